/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the suites of what processes share: a second process and messages between the two. It is
 * forked before the first call, as a child of an initialised parent has no driver.
 */
#ifndef SIM_PROCESS_FIXTURE_H
#define SIM_PROCESS_FIXTURE_H

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim_fixture.h"

/* Everything that one process may want to tell the other. */
struct message {
	CUipcMemHandle memory, more;
	CUipcEventHandle event;
	CUmemPoolPtrExportData pointer;
	int pool; /* number of its file in the process that sends */
};

struct other {
	int link;
	pid_t pid;
};

static inline void tell(const struct other *other, const struct message *message)
{
	ck_assert_int_eq(send(other->link, message, sizeof(*message), MSG_NOSIGNAL),
			 sizeof(*message));
}

static inline struct message hear(const struct other *other)
{
	struct message message;

	ck_assert_int_eq(recv(other->link, &message, sizeof(message), 0), sizeof(message));
	return message;
}

static inline void let_run(const struct other *other, const struct message *message)
{
	tell(other, message);
	hear(other);
}

static inline struct other start(void (*part)(const struct other *))
{
	struct other other;
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	other.pid = fork();
	other.link = ends[other.pid == 0];
	close(ends[other.pid != 0]);
	if (other.pid != 0)
		return other;
	begin();
	part(&other);
	_exit(0);
}

/* What failed in the other process is told there. */
static inline void finish(const struct other *other)
{
	int status = -1;

	ck_assert_int_eq(waitpid(other->pid, &status, 0), other->pid);
	ck_assert_int_eq(status, 0);
}

static inline void fill(CUdeviceptr memory, unsigned char value, size_t size)
{
	OK(cuMemsetD8_v2(memory, value, size));
	OK(cuCtxSynchronize());
}

static inline unsigned char byte_at(CUdeviceptr memory)
{
	unsigned char byte = 0;

	OK(cuMemcpyDtoH_v2(&byte, memory, 1));
	return byte;
}

#endif /* SIM_PROCESS_FIXTURE_H */
