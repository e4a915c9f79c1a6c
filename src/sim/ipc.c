/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What other processes may use. Memory that is to be shared is put into a file without a name, and
 * an event that is shared has a page of its own; a handle names the process and the file's number
 * there, and who opens it maps the same file. Opening a handle where it was made fails as with
 * NVIDIA's driver.
 */
#define _GNU_SOURCE /* memfd_create */

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/memory.h"
#include "sim/op.h"

#define MEMORY_MARK UINT64_C(0x6372737063736d69)
#define EVENT_MARK  UINT64_C(0x7665737063736d69)
#define PAGE        ((size_t)4096)

_Static_assert(sizeof(struct sim_shared_memory) <= CU_IPC_HANDLE_SIZE, "size of an IPC handle");

/* A file of another process; -1 if it is gone. */
static int open_file(int process, int number)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", process, number);
	return open(path, O_RDWR | O_CLOEXEC);
}

/* ---- memory ---- */

/* What was mapped, found by the address that the application knows. */
struct import {
	uintptr_t address;
	void *map;
	size_t size;
	int process;
	uint64_t id;
	unsigned int opened;
	struct import *next;
};

static struct import *imports;

bool sim_memory_share(struct sim_shared_memory *shared, const struct sim_alloc *alloc)
{
	size_t offset;
	int file;

	if (!sim_heap_share(alloc->device, alloc->start, alloc->size, &file, &offset))
		return false;
	*shared = (struct sim_shared_memory){
		.mark = MEMORY_MARK,
		.process = getpid(),
		.file = file,
		.id = alloc->id,
		.offset = offset,
		.size = alloc->size,
	};
	return true;
}

void sim_memory_unmap(uintptr_t address)
{
	for (struct import **link = &imports; *link; link = &(*link)->next) {
		struct import *import = *link;

		if (import->address != address)
			continue;
		*link = import->next;
		munmap(import->map, import->size);
		free(import);
		return;
	}
}

static bool map_file(struct import *import, const struct sim_shared_memory *shared)
{
	size_t inside = shared->offset % PAGE;
	int file = open_file(shared->process, shared->file);

	if (file < 0)
		return false;
	import->size = inside + shared->size;
	import->map = mmap(NULL, import->size, PROT_READ | PROT_WRITE, MAP_SHARED, file,
			   (off_t)(shared->offset - inside));
	close(file);
	import->address = (uintptr_t)import->map + inside;
	return import->map != MAP_FAILED;
}

static CUresult map_memory(struct sim_alloc **out, const struct sim_shared_memory *shared,
			   CUcontext ctx)
{
	struct import *import = calloc(1, sizeof(*import));

	if (!import || !map_file(import, shared)) {
		free(import);
		return CUDA_ERROR_MAP_FAILED;
	}
	*out = sim_memory_enter((void *)import->address, shared->size, SIM_M_IMPORTED, ctx);
	if (!*out) {
		munmap(import->map, import->size);
		free(import);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	import->process = shared->process;
	import->id = shared->id;
	import->opened = 1;
	import->next = imports;
	imports = import;
	return CUDA_SUCCESS;
}

CUresult sim_memory_open(struct sim_alloc **out, const struct sim_shared_memory *shared,
			 CUcontext ctx)
{
	if (shared->mark != MEMORY_MARK)
		return CUDA_ERROR_INVALID_VALUE;
	if (shared->process == getpid())
		return CUDA_ERROR_INVALID_CONTEXT;
	for (struct import *import = imports; import; import = import->next)
		if (import->process == shared->process && import->id == shared->id) {
			import->opened++;
			*out = sim_memory_find(import->address);
			return CUDA_SUCCESS;
		}
	return map_memory(out, shared, ctx);
}

CUresult cuIpcGetMemHandle(CUipcMemHandle *handle, CUdeviceptr dptr)
{
	const struct sim_alloc *alloc;
	struct sim_shared_memory shared;

	SIM_ENTER(SIM_CTX);
	alloc = sim_memory_find(dptr);
	if (!handle || !alloc || alloc->kind != SIM_M_DEVICE)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_memory_share(&shared, alloc))
		return CUDA_ERROR_OUT_OF_MEMORY;
	memset(handle, 0, sizeof(*handle));
	memcpy(handle->reserved, &shared, sizeof(shared));
	return CUDA_SUCCESS;
}

static CUresult open_memory(struct sim_call *call, CUdeviceptr *dptr, const CUipcMemHandle *handle,
			    unsigned int flags)
{
	struct sim_shared_memory shared;
	struct sim_alloc *alloc;
	CUresult error;

	if (!dptr || flags != CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS)
		return CUDA_ERROR_INVALID_VALUE;
	memcpy(&shared, handle->reserved, sizeof(shared));
	error = sim_memory_open(&alloc, &shared, call->ctx);
	if (error == CUDA_SUCCESS)
		*dptr = alloc->start;
	return error;
}

CUresult cuIpcOpenMemHandle(CUdeviceptr *dptr, CUipcMemHandle handle, unsigned int flags)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	return open_memory(&call, dptr, &handle, flags);
}

CUresult cuIpcOpenMemHandle_v2(CUdeviceptr *dptr, CUipcMemHandle handle, unsigned int flags)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	return open_memory(&call, dptr, &handle, flags);
}

CUresult cuIpcCloseMemHandle(CUdeviceptr dptr)
{
	struct import *import = imports;
	CUresult error;

	SIM_ENTER(SIM_CTX);
	while (import && import->address != dptr)
		import = import->next;
	if (!import)
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_captures ? sim_capture_unsafe() : CUDA_SUCCESS;
	if (error != CUDA_SUCCESS)
		return error;
	if (--import->opened == 0)
		sim_memory_free(sim_memory_find(dptr));
	return CUDA_SUCCESS;
}

/* ---- events ---- */

/* In a page of a file, mapped by all processes that know the event. */
struct sim_shared_event {
	_Atomic uint64_t recorded;
	_Atomic uint64_t done; /* all recordings up to this one are */
	int32_t process;
	int32_t file;
};

struct event_content {
	uint64_t mark;
	int32_t process;
	int32_t file;
};

static struct sim_shared_event *map_event(int file)
{
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

	return page == MAP_FAILED ? NULL : page;
}

/* The file stays open as long as the process: others may ask for it at any time. */
static struct sim_shared_event *new_shared_event(void)
{
	int file = memfd_create("simulated event", MFD_CLOEXEC);
	struct sim_shared_event *shared = NULL;

	if (file >= 0 && ftruncate(file, (off_t)PAGE) == 0)
		shared = map_event(file);
	if (!shared) {
		close(file);
		return NULL;
	}
	shared->process = getpid();
	shared->file = file;
	return shared;
}

bool sim_shared_pending(const struct sim_shared_event *shared)
{
	return atomic_load(&shared->done) < atomic_load(&shared->recorded);
}

void sim_shared_record(CUevent event, struct sim_record *record)
{
	record->shared = event->shared;
	record->number = atomic_fetch_add(&event->shared->recorded, 1) + 1;
}

void sim_shared_done(const struct sim_record *record)
{
	uint64_t done = atomic_load(&record->shared->done);

	while (done < record->number &&
	       !atomic_compare_exchange_weak(&record->shared->done, &done, record->number))
		;
}

/* Nobody wakes a stream that waits for another process: it looks now and then. */
struct shared_wait {
	struct sim_op op;
	struct sim_shared_event *shared;
	uint64_t number;
};

static void run_shared_wait(struct sim_op *op, CUstream stream)
{
	const struct shared_wait *wait = (const struct shared_wait *)op;

	(void)stream;
	while (atomic_load(&wait->shared->done) < wait->number && !sim_ended())
		usleep(200);
}

struct sim_op *sim_shared_wait_op(struct sim_shared_event *shared)
{
	struct shared_wait *wait = calloc(1, sizeof(*wait));

	if (!wait)
		return NULL;
	*wait = (struct shared_wait){
		.op = { .kind = SIM_OP_OTHER, .refs = 1, .run = run_shared_wait },
		.shared = shared,
		.number = atomic_load(&shared->recorded),
	};
	return &wait->op;
}

static bool share_event(CUevent event)
{
	if (event->shared)
		return true;
	event->shared = new_shared_event();
	if (!event->shared)
		return false;
	/* The recording that may be under way becomes the first. */
	if (event->record && !event->record->done)
		sim_shared_record(event, event->record);
	return true;
}

CUresult cuIpcGetEventHandle(CUipcEventHandle *handle, CUevent event)
{
	struct event_content content = { .mark = EVENT_MARK };

	SIM_ENTER(SIM_CTX);
	if (!handle || !event)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(event, SIM_H_EVENT) || !(event->flags & CU_EVENT_INTERPROCESS) ||
	    event->opened)
		return CUDA_ERROR_INVALID_HANDLE;
	if (!share_event(event))
		return CUDA_ERROR_OUT_OF_MEMORY;
	content.process = event->shared->process;
	content.file = event->shared->file;
	memset(handle, 0, sizeof(*handle));
	memcpy(handle->reserved, &content, sizeof(content));
	return CUDA_SUCCESS;
}

static CUresult open_event(struct sim_call *call, CUevent *event, const struct event_content *from)
{
	struct sim_shared_event *shared;
	int file = open_file(from->process, from->file);

	if (file < 0)
		return CUDA_ERROR_MAP_FAILED;
	shared = map_event(file);
	close(file);
	if (!shared)
		return CUDA_ERROR_MAP_FAILED;
	*event = sim_event_new(call->ctx, CU_EVENT_INTERPROCESS | CU_EVENT_DISABLE_TIMING);
	if (!*event) {
		munmap(shared, PAGE);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	(*event)->shared = shared;
	(*event)->opened = true;
	return CUDA_SUCCESS;
}

CUresult cuIpcOpenEventHandle(CUevent *event, CUipcEventHandle handle)
{
	struct event_content content;

	SIM_ENTER(SIM_CTX);
	memcpy(&content, handle.reserved, sizeof(content));
	if (!event)
		return CUDA_ERROR_INVALID_VALUE;
	if (content.mark != EVENT_MARK)
		return CUDA_ERROR_MAP_FAILED;
	if (content.process == getpid())
		return CUDA_ERROR_INVALID_CONTEXT;
	return open_event(&call, event, &content);
}
