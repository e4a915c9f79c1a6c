/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory and events shared between processes. A second process is forked before the first call and
 * does its part between two messages, so that what both print has one order.
 */
#define _GNU_SOURCE
#define CONF_FRESH_PROCESS
#include "conformance.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct other {
	int link; /* to the other process */
	pid_t pid;
};

/* Everything that one process may want to tell the other at once. */
struct message {
	bool valid; /* what the message brings could be made */
	cudaIpcMemHandle_t memory;
	cudaIpcEventHandle_t event;
	struct cudaMemPoolPtrExportData pointer;
};

static bool tell(const struct other *other, const struct message *message)
{
	return send(other->link, message, sizeof(*message), MSG_NOSIGNAL) == sizeof(*message);
}

/* False: the other process has ended. */
static bool hear(const struct other *other, struct message *message)
{
	memset(message, 0, sizeof(*message));
	return read(other->link, message, sizeof(*message)) == sizeof(*message);
}

/* Sends a word and waits for one: the other process does its part meanwhile. */
static void let_run(const struct other *other, struct message *message)
{
	struct message answer;

	if (!tell(other, message) || !hear(other, &answer))
		conf_print("the other process has ended");
}

static struct other start(void (*part)(const struct other *))
{
	struct other other = { -1, -1 };
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
		return other;
	fflush(stdout);
	other.pid = fork();
	other.link = ends[other.pid == 0];
	close(ends[other.pid != 0]);
	if (other.pid != 0)
		return other;
	part(&other);
	fflush(stdout);
	_exit(0);
}

static void finish(struct other *other)
{
	int status = 0;

	close(other->link);
	if (waitpid(other->pid, &status, 0) == other->pid && status != 0)
		conf_print("the other process ended with %s %d",
			   WIFSIGNALED(status) ? "signal" : "status",
			   WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static void send_file(const struct other *other, int file)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char byte = 0;
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };

	memset(&control, 0, sizeof(control));
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &file, sizeof(file));
	if (sendmsg(other->link, &message, MSG_NOSIGNAL) != 1)
		conf_print("the file could not be sent");
}

static int receive_file(const struct other *other)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char byte = 0;
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	int file = -1;

	memset(&control, 0, sizeof(control));
	if (recvmsg(other->link, &message, 0) == 1 && message.msg_controllen > 0)
		memcpy(&file, CMSG_DATA(&control.header), sizeof(file));
	return file;
}

/* ---- one process ---- */

CASE(memory_handle)
{
	cudaIpcMemHandle_t a, b, c;
	char *p = NULL, *q = NULL;

	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	memset(&c, 0, sizeof(c));
	NEED(cudaMalloc((void **)&p, (size_t)4 << 20));
	NEED(cudaMalloc((void **)&q, (size_t)4 << 20));
	DO(cudaIpcGetMemHandle(&a, p));
	DO(cudaIpcGetMemHandle(&b, p));
	DO(cudaIpcGetMemHandle(&c, q));
	SHOW_IF(memcmp(&a, &b, sizeof(a)) == 0);
	SHOW_IF(memcmp(&a, &c, sizeof(a)) == 0);
	DO(cudaIpcGetMemHandle(&b, p + 256));
	DO(cudaIpcGetMemHandle(&b, p + 1));
}

CASE(memory_handle_of_others)
{
	cudaIpcMemHandle_t handle;
	void *h = NULL, *m = NULL, *a = NULL;
	int local = 0;

	UNTOUCH(handle);
	NEED(cudaMallocHost(&h, 64));
	NEED(cudaMallocManaged(&m, 64, cudaMemAttachGlobal));
	NEED(cudaMallocAsync(&a, 64, NULL));
	DO(cudaIpcGetMemHandle(&handle, NULL));
	DO(cudaIpcGetMemHandle(&handle, &local));
	DO(cudaIpcGetMemHandle(&handle, h));
	DO(cudaIpcGetMemHandle(&handle, m));
	DO(cudaIpcGetMemHandle(&handle, a));
	SHOW_BYTES(&handle, sizeof(handle));
}

CASE(memory_handle_null)
{
	void *p = NULL;

	NEED(cudaMalloc(&p, 64));
	DO(cudaIpcGetMemHandle(NULL, p));
}

CASE(memory_open_own)
{
	cudaIpcMemHandle_t handle;
	void *p = NULL, *q = UNTOUCHED;

	memset(&handle, 0, sizeof(handle));
	NEED(cudaMalloc(&p, 64));
	NEED(cudaIpcGetMemHandle(&handle, p));
	DO(cudaIpcOpenMemHandle(&q, handle, cudaIpcMemLazyEnablePeerAccess));
	SHOW(q);
	DO(cudaIpcOpenMemHandle(&q, handle, 0));
	DO(cudaIpcOpenMemHandle(&q, handle, 2));
	DO(cudaIpcOpenMemHandle(NULL, handle, 1));
	SHOW(q);
}

CASE(memory_open_garbage)
{
	cudaIpcMemHandle_t handle;
	void *q = UNTOUCHED;

	memset(&handle, 0, sizeof(handle));
	DO(cudaIpcOpenMemHandle(&q, handle, cudaIpcMemLazyEnablePeerAccess));
	DO(cudaIpcOpenMemHandle(&q, handle, 0));
	SHOW(q);
	memset(&handle, 0x77, sizeof(handle));
	DO(cudaIpcOpenMemHandle(&q, handle, cudaIpcMemLazyEnablePeerAccess));
	SHOW(q);
}

CASE(memory_close_not_opened)
{
	void *p = NULL;
	int local = 0;

	NEED(cudaMalloc(&p, 64));
	DO(cudaIpcCloseMemHandle(p));
	DO(cudaIpcCloseMemHandle(NULL));
	DO(cudaIpcCloseMemHandle(&local));
}

CASE(event_handle)
{
	cudaIpcEventHandle_t handle;
	cudaEvent_t shared = NULL, plain = NULL;

	UNTOUCH(handle);
	NEED(cudaEventCreate(&plain));
	NEED(cudaEventCreateWithFlags(&shared, cudaEventInterprocess | cudaEventDisableTiming));
	DO(cudaIpcGetEventHandle(&handle, plain));
	DO(cudaIpcGetEventHandle(&handle, NULL));
	DO(cudaIpcGetEventHandle(&handle, shared));
	DO(cudaEventRecord(shared, NULL));
	DO(cudaEventSynchronize(shared));
}

CASE(event_handle_null)
{
	cudaEvent_t shared = NULL;

	NEED(cudaEventCreateWithFlags(&shared, cudaEventInterprocess | cudaEventDisableTiming));
	DO(cudaIpcGetEventHandle(NULL, shared));
}

CASE(event_open_own)
{
	cudaIpcEventHandle_t handle;
	cudaEvent_t shared = NULL, opened = UNTOUCHED;

	NEED(cudaEventCreateWithFlags(&shared, cudaEventInterprocess | cudaEventDisableTiming));
	NEED(cudaIpcGetEventHandle(&handle, shared));
	DO(cudaIpcOpenEventHandle(&opened, handle));
	SHOW(opened);
}

CASE(event_open_garbage)
{
	cudaIpcEventHandle_t handle;
	cudaEvent_t opened = UNTOUCHED;

	memset(&handle, 0x33, sizeof(handle));
	DO(cudaIpcOpenEventHandle(&opened, handle));
	SHOW(opened);
}

CASE(event_open_null)
{
	cudaIpcEventHandle_t handle;

	memset(&handle, 0, sizeof(handle));
	DO(cudaIpcOpenEventHandle(NULL, handle));
}

CASE(handles_in_capture)
{
	cudaIpcMemHandle_t handle;
	cudaIpcEventHandle_t event_handle;
	cudaEvent_t shared = NULL;
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;
	void *p = NULL;

	NEED(cudaEventCreateWithFlags(&shared, cudaEventInterprocess | cudaEventDisableTiming));
	NEED(cudaMalloc(&p, 64));
	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaIpcGetMemHandle(&handle, p));
	DO(cudaIpcGetEventHandle(&event_handle, shared));
	DO(cudaIpcCloseMemHandle(p));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}

/* ---- memory between two processes ---- */

#define SHARED_SIZE ((size_t)4 << 20)

static void read_and_write(const struct other *parent)
{
	struct cudaPointerAttributes a;
	struct message m;
	void *p = UNTOUCHED;

	if (!hear(parent, &m) || !m.valid)
		return;
	conf_print("other process:");
	if (DO(cudaIpcOpenMemHandle(&p, m.memory, cudaIpcMemLazyEnablePeerAccess)) == cudaSuccess) {
		SHOW_DEVICE(p, 64);
		UNTOUCH(a);
		DO(cudaPointerGetAttributes(&a, p));
		SHOW(a.type);
		SHOW(a.device);
		SHOW_IF(a.devicePointer == p);
		SHOW(a.hostPointer);
		DO(cudaMemset(p, 0x99, 32));
		DO(cudaDeviceSynchronize());
		DO(cudaFree(p));
		DO(cudaIpcCloseMemHandle(p));
		DO(cudaIpcCloseMemHandle(p));
	}
	tell(parent, &m);
}

/* The allocation to share, filled, with its handle. */
static char *shared_memory(struct message *m, size_t size)
{
	char *p = NULL;

	memset(m, 0, sizeof(*m));
	NEED(cudaMalloc((void **)&p, size));
	NEED(cudaMemset(p, 0x42, size));
	NEED(cudaDeviceSynchronize());
	m->valid = NEED(cudaIpcGetMemHandle(&m->memory, p)) == cudaSuccess;
	return p;
}

CASE(memory_between_processes)
{
	struct other child = start(read_and_write);
	struct message m;
	char *p = shared_memory(&m, SHARED_SIZE);

	let_run(&child, &m);
	conf_print("first process:");
	SHOW_DEVICE(p, 64);
	DO(cudaFree(p));
	finish(&child);
}

CASE(small_memory_between_processes)
{
	struct other child = start(read_and_write);
	struct message m;
	char *first = NULL, *p;

	NEED(cudaMalloc((void **)&first, 512));
	NEED(cudaMemset(first, 0x11, 512));
	p = shared_memory(&m, 1000);
	let_run(&child, &m);
	conf_print("first process:");
	SHOW_DEVICE(p, 64);
	SHOW_DEVICE(first, 64);
	finish(&child);
}

static void open_twice(const struct other *parent)
{
	struct message m;
	void *p = UNTOUCHED, *q = UNTOUCHED;

	if (!hear(parent, &m) || !m.valid)
		return;
	conf_print("other process:");
	DO(cudaIpcOpenMemHandle(&p, m.memory, 0));
	DO(cudaIpcOpenMemHandle(&p, m.memory, cudaIpcMemLazyEnablePeerAccess));
	if (DO(cudaIpcOpenMemHandle(&q, m.memory, cudaIpcMemLazyEnablePeerAccess)) == cudaSuccess) {
		SHOW_IF(p == q);
		DO(cudaIpcCloseMemHandle((char *)p + 8));
		DO(cudaIpcCloseMemHandle(p));
		SHOW_DEVICE(q, 16);
		DO(cudaIpcCloseMemHandle(q));
		DO(cudaIpcCloseMemHandle(q));
	}
	tell(parent, &m);
}

CASE(memory_opened_twice)
{
	struct other child = start(open_twice);
	struct message m;

	(void)shared_memory(&m, SHARED_SIZE);
	let_run(&child, &m);
	finish(&child);
}

static void hand_on(const struct other *parent)
{
	cudaIpcMemHandle_t handle;
	struct message m;
	void *p = UNTOUCHED;

	if (!hear(parent, &m) || !m.valid)
		return;
	conf_print("other process:");
	if (DO(cudaIpcOpenMemHandle(&p, m.memory, cudaIpcMemLazyEnablePeerAccess)) == cudaSuccess)
		DO(cudaIpcGetMemHandle(&handle, p));
	tell(parent, &m);
}

CASE(memory_handed_on)
{
	struct other child = start(hand_on);
	struct message m;

	(void)shared_memory(&m, SHARED_SIZE);
	let_run(&child, &m);
	finish(&child);
}

static void kernel_on_it(const struct other *parent)
{
	unsigned int *p = UNTOUCHED, n = 4;
	struct message m;

	if (!hear(parent, &m) || !m.valid)
		return;
	conf_register();
	conf_print("other process:");
	if (DO(cudaIpcOpenMemHandle((void **)&p, m.memory, cudaIpcMemLazyEnablePeerAccess)) ==
	    cudaSuccess) {
		DO(LAUNCH(kernel_increment, DIM(1), DIM(4), ARGS(&p, &n)));
		DO(cudaDeviceSynchronize());
	}
	tell(parent, &m);
}

CASE(kernel_on_shared_memory)
{
	struct other child = start(kernel_on_it);
	struct message m;
	char *p = shared_memory(&m, SHARED_SIZE);

	let_run(&child, &m);
	conf_print("first process:");
	SHOW_DEVICE(p, 32);
	finish(&child);
}

/* ---- events between two processes ---- */

static void wait_for_event(const struct other *parent)
{
	cudaStream_t stream = NULL;
	cudaEvent_t event = UNTOUCHED;
	struct message m;

	if (!hear(parent, &m) || !m.valid)
		return;
	conf_print("other process:");
	if (DO(cudaIpcOpenEventHandle(&event, m.event)) != cudaSuccess)
		return;
	DO(cudaEventQuery(event));
	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamWaitEvent(stream, event, 0));
	DO(cudaStreamQuery(stream));
	tell(parent, &m);
	if (!hear(parent, &m))
		return;
	conf_print("other process:");
	DO(cudaEventSynchronize(event));
	DO(cudaEventQuery(event));
	DO(cudaStreamSynchronize(stream));
	DO(cudaEventDestroy(event));
	tell(parent, &m);
}

CASE(event_between_processes)
{
	struct other child = start(wait_for_event);
	struct conf_busy busy;
	struct message m;
	cudaEvent_t event = NULL;
	cudaStream_t stream = NULL;

	memset(&m, 0, sizeof(m));
	conf_register();
	NEED(cudaStreamCreate(&stream));
	NEED(cudaEventCreateWithFlags(&event, cudaEventInterprocess | cudaEventDisableTiming));
	conf_occupy(&busy, stream);
	DO(cudaEventRecord(event, stream));
	m.valid = DO(cudaIpcGetEventHandle(&m.event, event)) == cudaSuccess;
	let_run(&child, &m);
	conf_release(&busy);
	let_run(&child, &m);
	finish(&child);
}

static void record_event(const struct other *parent)
{
	cudaEvent_t event = UNTOUCHED;
	struct message m;

	if (!hear(parent, &m) || !m.valid)
		return;
	conf_print("other process:");
	if (DO(cudaIpcOpenEventHandle(&event, m.event)) != cudaSuccess)
		return;
	DO(cudaEventQuery(event));
	DO(cudaEventRecord(event, NULL));
	DO(cudaEventSynchronize(event));
	DO(cudaIpcGetEventHandle(&m.event, event));
	tell(parent, &m);
}

CASE(event_recorded_by_other)
{
	struct other child = start(record_event);
	struct message m;
	cudaEvent_t event = NULL;

	memset(&m, 0, sizeof(m));
	NEED(cudaEventCreateWithFlags(&event, cudaEventInterprocess | cudaEventDisableTiming));
	m.valid = DO(cudaIpcGetEventHandle(&m.event, event)) == cudaSuccess;
	let_run(&child, &m);
	DO(cudaEventQuery(event));
	DO(cudaEventSynchronize(event));
	finish(&child);
}

/* ---- pools between two processes ---- */

static void use_pool(const struct other *parent)
{
	cudaMemPool_t pool = UNTOUCHED;
	unsigned long long value = 1;
	struct message m;
	void *p = UNTOUCHED, *q = UNTOUCHED;
	int file = receive_file(parent);

	if (file < 0 || !hear(parent, &m) || !m.valid)
		return;
	conf_print("other process:");
	if (DO(cudaMemPoolImportFromShareableHandle(&pool, (void *)(intptr_t)file,
						    cudaMemHandleTypePosixFileDescriptor, 0)) !=
	    cudaSuccess)
		return;
	DO(cudaMallocFromPoolAsync(&q, 64, pool, NULL));
	DO(cudaMemPoolGetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &value));
	DO(cudaDeviceSetMemPool(0, pool));
	if (DO(cudaMemPoolImportPointer(&p, pool, &m.pointer)) == cudaSuccess) {
		SHOW_DEVICE(p, 32);
		DO(cudaMemset(p, 0x88, 16));
		DO(cudaMemPoolExportPointer(&m.pointer, p));
		DO(cudaFreeAsync(p, NULL));
		DO(cudaDeviceSynchronize());
	}
	DO(cudaMemPoolDestroy(pool));
	tell(parent, &m);
}

CASE(pool_between_processes)
{
	struct other child = start(use_pool);
	struct cudaMemPoolProps props;
	cudaMemPool_t pool = NULL;
	struct message m;
	void *p = NULL;
	int file = -1;

	memset(&m, 0, sizeof(m));
	memset(&props, 0, sizeof(props));
	props.allocType = cudaMemAllocationTypePinned;
	props.handleTypes = cudaMemHandleTypePosixFileDescriptor;
	props.location = (struct cudaMemLocation){ cudaMemLocationTypeDevice, 0 };
	if (DO(cudaMemPoolCreate(&pool, &props)) != cudaSuccess)
		goto out;
	NEED(cudaMallocFromPoolAsync(&p, 1000, pool, NULL));
	NEED(cudaMemset(p, 0x42, 1000));
	NEED(cudaDeviceSynchronize());
	if (DO(cudaMemPoolExportToShareableHandle(&file, pool, cudaMemHandleTypePosixFileDescriptor,
						  0)) != cudaSuccess)
		goto out;
	SHOW_IF(file >= 0);
	m.valid = DO(cudaMemPoolExportPointer(&m.pointer, p)) == cudaSuccess;
	send_file(&child, file);
	let_run(&child, &m);
	conf_print("first process:");
	SHOW_DEVICE(p, 32);
	DO(cudaFreeAsync(p, NULL));
	DO(cudaDeviceSynchronize());
out:
	finish(&child);
}

CASE(pool_export_bad_arguments)
{
	struct cudaMemPoolProps props;
	cudaMemPool_t pool = NULL;
	int file = UNTOUCHED_INT;

	memset(&props, 0, sizeof(props));
	props.allocType = cudaMemAllocationTypePinned;
	props.handleTypes = cudaMemHandleTypePosixFileDescriptor;
	props.location = (struct cudaMemLocation){ cudaMemLocationTypeDevice, 0 };
	if (DO(cudaMemPoolCreate(&pool, &props)) != cudaSuccess)
		return;
	DO(cudaMemPoolExportToShareableHandle(&file, pool, cudaMemHandleTypeNone, 0));
	DO(cudaMemPoolExportToShareableHandle(&file, pool, cudaMemHandleTypeWin32, 0));
	DO(cudaMemPoolExportToShareableHandle(&file, pool, cudaMemHandleTypeFabric, 0));
	DO(cudaMemPoolExportToShareableHandle(&file, pool, cudaMemHandleTypePosixFileDescriptor,
					      1));
	DO(cudaMemPoolExportToShareableHandle(&file, NULL, cudaMemHandleTypePosixFileDescriptor,
					      0));
	SHOW(file);
	DO(cudaMemPoolExportToShareableHandle(NULL, pool, cudaMemHandleTypePosixFileDescriptor, 0));
}

CASE(forked_after_initialisation)
{
	int status = 0;
	pid_t pid;
	void *p = NULL;

	NEED(cudaMalloc(&p, 64));
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		DO(cudaMalloc(&p, 64));
		DO(cudaDeviceSynchronize());
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	SHOW(status);
	DO(cudaFree(p));
}
