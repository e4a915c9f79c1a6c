/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Removing old flight recorder sessions: of those whose processes are all dead, the newest few
 * stay, if they are not too large, and those that somebody reads. Runs in the program's own
 * process, where malloc may not be ours to call: folders are listed by the system call, into small
 * buffers.
 */
#include "record/prune.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "curtrace/trace_format.h"
#include "record/files.h"

/* What the kernel writes; glibc declares it only as struct dirent64, behind opendir. */
struct listed {
	uint64_t inode;
	int64_t next;
	uint16_t size;
	uint8_t type;
	char name[];
};

#define NAME_SIZE 64

/* Calls `each` for every entry whose name fits; stops when that answers false. */
static void list(int folder, bool (*each)(int folder, const char *name, void *data), void *data)
{
	char part[2048] __attribute__((aligned(8)));
	long n;

	while ((n = syscall(SYS_getdents64, folder, part, sizeof(part))) > 0)
		for (long at = 0; at < n;) {
			const struct listed *entry = (const struct listed *)(part + at);

			at += entry->size;
			if (entry->name[0] == '.' || strlen(entry->name) >= NAME_SIZE)
				continue;
			if (!each(folder, entry->name, data))
				return;
		}
}

/* A number that another process got after the death of this one keeps the session, no more. */
static bool in_use(int session)
{
	struct ctr_session head;
	struct ctr_process slot;
	off_t at = sizeof(head);

	if (pread(session, &head, sizeof(head), 0) != sizeof(head))
		return false;
	for (uint32_t i = 0; i < head.processes && i < CTR_PROCESS_SLOTS; i++, at += sizeof(slot)) {
		if (pread(session, &slot, sizeof(slot), at) != sizeof(slot))
			break;
		if (slot.state != CTR_PROCESS_EXITED && slot.pid != 0 &&
		    (kill((pid_t)slot.pid, 0) == 0 || errno == EPERM))
			return true;
	}
	return false;
}

/* Whoever reads it has it locked. */
static bool is_free(int session)
{
	return flock(session, LOCK_EX | LOCK_NB) == 0;
}

struct oldest {
	unsigned int dead;
	uint64_t bytes; /* of all of them */
	struct timespec time;
	char name[NAME_SIZE];
};

static bool is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* What it occupies, which is less than its size where nothing was ever written. */
static bool add_size(int folder, const char *name, void *bytes)
{
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		*(uint64_t *)bytes += (uint64_t)st.st_blocks * 512;
	return true;
}

/* 0: not known. */
static uint64_t most_bytes(int base)
{
	struct statfs fs;

	if (fstatfs(base, &fs))
		return 0;
	return (uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize / REC_FLIGHT_PART;
}

static bool too_much(const struct oldest *oldest, uint64_t most)
{
	return oldest->dead > REC_FLIGHT_KEEP || (oldest->dead && most && oldest->bytes > most);
}

/* A session without a session file is one that somebody is just making. */
static bool consider(int base, const char *name, void *data)
{
	struct oldest *oldest = data;
	struct stat st;
	int folder, session;
	bool dead;

	if (strncmp(name, REC_FLIGHT_PREFIX, strlen(REC_FLIGHT_PREFIX)) != 0)
		return true;
	folder = openat(base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0)
		return true;
	session = rec_file_open(folder, "session", 0);
	dead = session >= 0 && fstat(session, &st) == 0 && st.st_nlink > 0 && !in_use(session) &&
	       is_free(session);
	if (session >= 0)
		close(session);
	if (dead)
		list(folder, add_size, &oldest->bytes);
	close(folder);
	if (!dead)
		return true;
	if (oldest->dead++ == 0 || is_before(&st.st_ctim, &oldest->time)) {
		oldest->time = st.st_ctim;
		strcpy(oldest->name, name);
	}
	return true;
}

static bool unlink_entry(int folder, const char *name, void *data)
{
	(void)data;
	unlinkat(folder, name, 0);
	return true;
}

/* Processes that still map the files lose nothing that they hold, and nobody else can find it. */
static void remove_session(int base, const char *name)
{
	int folder = openat(base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), session;

	if (folder < 0)
		return;
	session = rec_file_open(folder, "session", 0);
	if (session >= 0 && is_free(session)) {
		list(folder, unlink_entry, NULL);
		unlinkat(base, name, AT_REMOVEDIR);
	}
	if (session >= 0)
		close(session);
	close(folder);
}

void rec_flight_prune(int base)
{
	uint64_t most = most_bytes(base);

	/* A few at a time: a program must not pay for what hundreds of others left. */
	for (int i = 0; i < 4; i++) {
		struct oldest oldest = { .dead = 0 };

		lseek(base, 0, SEEK_SET);
		list(base, consider, &oldest);
		if (!too_much(&oldest, most))
			return;
		remove_session(base, oldest.name);
	}
}
