/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory and semaphores of other interfaces, as far as one process needs them: memory is what the
 * file descriptor maps (or plain memory where it maps nothing), a semaphore is a number that
 * signals raise and waits wait for. What was imported twice from one file is one semaphore.
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "sim/external.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/memory.h"

struct CUextMemory_st {
	int fd;
	unsigned long long size;
};

/* Counted by its imports and by the operations that use it. */
struct semaphore {
	unsigned int refs;
	dev_t device;
	ino_t inode;
	unsigned long long value;
	struct semaphore *next;
};

struct CUextSemaphore_st {
	struct semaphore *semaphore;
	CUexternalSemaphoreHandleType type;
	int fd;
};

static struct semaphore *semaphores;

/*
 * File descriptors are all that there is on Linux. A graphics driver's cannot be told from others
 * here, but a device or a file without contents is none.
 */
CUresult cuImportExternalMemory(CUexternalMemory *out, const CUDA_EXTERNAL_MEMORY_HANDLE_DESC *desc)
{
	CUexternalMemory memory;
	struct stat status;

	SIM_ENTER(SIM_CTX);
	if (!out || !desc || !desc->size ||
	    desc->flags & ~(unsigned int)CUDA_EXTERNAL_MEMORY_DEDICATED)
		return CUDA_ERROR_INVALID_VALUE;
	if (desc->type != CU_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD &&
	    desc->type != CU_EXTERNAL_MEMORY_HANDLE_TYPE_DMABUF_FD)
		return CUDA_ERROR_INVALID_VALUE;
	if (fstat(desc->handle.fd, &status) != 0 || S_ISCHR(status.st_mode) || status.st_size == 0)
		return CUDA_ERROR_UNKNOWN;
	memory = calloc(1, sizeof(*memory));
	if (!memory || !sim_handle_add(memory, SIM_H_EXTERNAL_MEMORY)) {
		free(memory);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	/* The descriptor is the driver's from now on. */
	memory->fd = desc->handle.fd;
	memory->size = desc->size;
	*out = memory;
	return CUDA_SUCCESS;
}

CUresult cuDestroyExternalMemory(CUexternalMemory memory)
{
	SIM_ENTER(SIM_CTX);
	if (!memory)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(memory, SIM_H_EXTERNAL_MEMORY))
		return CUDA_ERROR_INVALID_HANDLE;
	sim_handle_remove(memory);
	close(memory->fd);
	free(memory);
	return CUDA_SUCCESS;
}

/* The file's own pages where it has as many; else memory that only this process sees. */
static void *map(int fd, unsigned long long offset, size_t size)
{
	struct stat status;
	void *address = MAP_FAILED;

	if (fstat(fd, &status) == 0 && (unsigned long long)status.st_size >= offset + size)
		address = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);
	if (address == MAP_FAILED)
		address = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			       0);
	return address == MAP_FAILED ? NULL : address;
}

/* The buffer is freed with cuMemFree, and outlives the memory it was mapped from. */
CUresult cuExternalMemoryGetMappedBuffer(CUdeviceptr *dptr, CUexternalMemory memory,
					 const CUDA_EXTERNAL_MEMORY_BUFFER_DESC *desc)
{
	void *address;

	SIM_ENTER(SIM_CTX);
	if (!dptr || !desc || !desc->size || desc->flags || !memory)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(memory, SIM_H_EXTERNAL_MEMORY))
		return CUDA_ERROR_INVALID_HANDLE;
	if (desc->size > memory->size || desc->offset > memory->size - desc->size)
		return CUDA_ERROR_INVALID_VALUE;
	address = map(memory->fd, desc->offset, desc->size);
	if (!address)
		return CUDA_ERROR_OUT_OF_MEMORY;
	if (!sim_memory_enter(address, desc->size, SIM_M_EXTERNAL, call.ctx)) {
		munmap(address, desc->size);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	*dptr = (CUdeviceptr)(uintptr_t)address;
	return CUDA_SUCCESS;
}

/* Arrays here have no layout that another interface could know. */
CUresult cuExternalMemoryGetMappedMipmappedArray(
	CUmipmappedArray *mipmap, CUexternalMemory memory,
	const CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC *desc)
{
	SIM_ENTER(SIM_CTX);
	if (!mipmap || !desc || !memory)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(memory, SIM_H_EXTERNAL_MEMORY))
		return CUDA_ERROR_INVALID_HANDLE;
	return CUDA_ERROR_NOT_SUPPORTED;
}

static void drop(struct semaphore *semaphore)
{
	struct semaphore **link = &semaphores;

	if (--semaphore->refs)
		return;
	while (*link != semaphore)
		link = &(*link)->next;
	*link = semaphore->next;
	free(semaphore);
}

/* Only regular files have an identity: the inode of an eventfd, say, is everybody's. */
static struct semaphore *share(int fd)
{
	struct semaphore *semaphore = NULL;
	struct stat status;
	bool regular = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);

	if (regular)
		for (semaphore = semaphores; semaphore; semaphore = semaphore->next)
			if (semaphore->device == status.st_dev && semaphore->inode == status.st_ino)
				break;
	if (!semaphore) {
		semaphore = calloc(1, sizeof(*semaphore));
		if (!semaphore)
			return NULL;
		if (regular) {
			semaphore->device = status.st_dev;
			semaphore->inode = status.st_ino;
		}
		semaphore->next = semaphores;
		semaphores = semaphore;
	}
	semaphore->refs++;
	return semaphore;
}

/* Binary ones, and timelines that only grow. */
CUresult cuImportExternalSemaphore(CUexternalSemaphore *out,
				   const CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC *desc)
{
	CUexternalSemaphore imported;
	struct stat status;

	SIM_ENTER(SIM_CTX);
	if (!out || !desc || desc->flags)
		return CUDA_ERROR_INVALID_VALUE;
	if (desc->type != CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD &&
	    desc->type != CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_TIMELINE_SEMAPHORE_FD)
		return CUDA_ERROR_INVALID_VALUE;
	if (desc->handle.fd < 0 &&
	    desc->type == CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_TIMELINE_SEMAPHORE_FD)
		return CUDA_ERROR_INVALID_VALUE;
	if (fstat(desc->handle.fd, &status) != 0 || S_ISCHR(status.st_mode))
		return CUDA_ERROR_UNKNOWN;
	imported = calloc(1, sizeof(*imported));
	if (imported)
		imported->semaphore = share(desc->handle.fd);
	if (!imported || !imported->semaphore ||
	    !sim_handle_add(imported, SIM_H_EXTERNAL_SEMAPHORE)) {
		if (imported && imported->semaphore)
			drop(imported->semaphore);
		free(imported);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	imported->type = desc->type;
	imported->fd = desc->handle.fd;
	*out = imported;
	return CUDA_SUCCESS;
}

CUresult cuDestroyExternalSemaphore(CUexternalSemaphore imported)
{
	SIM_ENTER(SIM_CTX);
	if (!imported)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(imported, SIM_H_EXTERNAL_SEMAPHORE))
		return CUDA_ERROR_INVALID_HANDLE;
	sim_handle_remove(imported);
	close(imported->fd);
	drop(imported->semaphore);
	free(imported);
	return CUDA_SUCCESS;
}

/* Operations. The arrays are for read-back from graph nodes, the items for running. */
struct item {
	struct semaphore *semaphore;
	bool timeline;
	unsigned long long value;
};

struct semaphore_op {
	struct sim_op op;
	unsigned int count;
	CUexternalSemaphore *handles;
	CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS *signals;
	CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS *waits;
	struct item items[];
};

/* The semaphores were held, so an import may be destroyed while an operation waits. */
static void release(struct sim_op *op)
{
	struct semaphore_op *own = (struct semaphore_op *)op;

	for (unsigned int i = 0; i < own->count; i++)
		if (own->items[i].semaphore)
			drop(own->items[i].semaphore);
	free(own->handles);
	free(own->signals);
	free(own->waits);
	free(own);
}

/* Waiters on other streams look again. */
static void run_signal(struct sim_op *op, CUstream stream)
{
	struct semaphore_op *own = (struct semaphore_op *)op;

	(void)stream;
	sim_lock();
	for (unsigned int i = 0; i < own->count; i++)
		if (own->items[i].semaphore)
			own->items[i].semaphore->value =
				own->items[i].timeline ? own->items[i].value : 1;
	sim_notify();
	sim_unlock();
}

/* A plain semaphore is taken by the wait, a timeline only has to come far enough. */
static void run_wait(struct sim_op *op, CUstream stream)
{
	struct semaphore_op *own = (struct semaphore_op *)op;

	sim_lock();
	for (unsigned int i = 0; i < own->count; i++) {
		const struct item *item = &own->items[i];
		unsigned long long least = item->timeline ? item->value : 1;

		if (!item->semaphore)
			continue;
		while (item->semaphore->value < least && stream->ctx->sticky == CUDA_SUCCESS)
			sim_wait();
		if (!item->timeline)
			item->semaphore->value = 0;
	}
	sim_unlock();
}

static CUresult make(enum sim_op_kind kind, const CUexternalSemaphore *handles, unsigned int count,
		     struct semaphore_op **out)
{
	struct semaphore_op *own;

	if (count && !handles)
		return CUDA_ERROR_INVALID_VALUE;
	/* Nodes can be made of NULL: what it means is a question for the launch. */
	for (unsigned int i = 0; i < count; i++)
		if (handles[i] && !sim_handle_ok(handles[i], SIM_H_EXTERNAL_SEMAPHORE))
			return CUDA_ERROR_INVALID_HANDLE;
	own = calloc(1, sizeof(*own) + count * sizeof(own->items[0]));
	if (!own)
		return CUDA_ERROR_OUT_OF_MEMORY;
	own->op.kind = kind;
	own->op.refs = 1;
	own->op.release = release;
	own->handles = malloc(count * sizeof(CUexternalSemaphore) + 1);
	if (!own->handles) {
		free(own);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	for (unsigned int i = 0; i < count; i++) {
		own->handles[i] = handles[i];
		own->count++;
		if (!handles[i])
			continue;
		own->items[i].semaphore = handles[i]->semaphore;
		own->items[i].semaphore->refs++;
		own->items[i].timeline = handles[i]->type ==
					 CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_TIMELINE_SEMAPHORE_FD;
	}
	*out = own;
	return CUDA_SUCCESS;
}

CUresult sim_semaphores_signal(const CUexternalSemaphore *handles,
			       const CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS *params,
			       unsigned int count, struct sim_op **op)
{
	struct semaphore_op *own;
	CUresult error;

	if (count && !params)
		return CUDA_ERROR_INVALID_VALUE;
	error = make(SIM_OP_SIGNAL, handles, count, &own);
	if (error != CUDA_SUCCESS)
		return error;
	own->signals = malloc(count * sizeof(*params) + 1);
	if (!own->signals) {
		sim_op_drop(&own->op);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	for (unsigned int i = 0; i < count; i++) {
		own->signals[i] = params[i];
		own->items[i].value = params[i].params.fence.value;
	}
	own->op.run = run_signal;
	*op = &own->op;
	return CUDA_SUCCESS;
}

CUresult sim_semaphores_wait(const CUexternalSemaphore *handles,
			     const CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS *params, unsigned int count,
			     struct sim_op **op)
{
	struct semaphore_op *own;
	CUresult error;

	if (count && !params)
		return CUDA_ERROR_INVALID_VALUE;
	error = make(SIM_OP_SEMAPHORE_WAIT, handles, count, &own);
	if (error != CUDA_SUCCESS)
		return error;
	own->waits = malloc(count * sizeof(*params) + 1);
	if (!own->waits) {
		sim_op_drop(&own->op);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	for (unsigned int i = 0; i < count; i++) {
		own->waits[i] = params[i];
		own->items[i].value = params[i].params.fence.value;
	}
	own->op.run = run_wait;
	*op = &own->op;
	return CUDA_SUCCESS;
}

unsigned int sim_semaphores_of(struct sim_op *op, CUexternalSemaphore **handles,
			       const CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS **signals,
			       const CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS **waits)
{
	struct semaphore_op *own = (struct semaphore_op *)op;

	*handles = own->handles;
	if (signals)
		*signals = own->signals;
	if (waits)
		*waits = own->waits;
	return own->count;
}

static CUresult submit(struct sim_call *call, bool per_thread, CUstream handle, CUresult error,
		       struct sim_op *op)
{
	struct semaphore_op *own = (struct semaphore_op *)op;
	CUstream stream;

	if (error != CUDA_SUCCESS)
		return error;
	for (unsigned int i = 0; i < own->count && error == CUDA_SUCCESS; i++)
		if (!own->handles[i])
			error = CUDA_ERROR_INVALID_HANDLE;
	if (error == CUDA_SUCCESS)
		error = sim_stream_find(call->ctx, handle, per_thread, &stream);
	if (error != CUDA_SUCCESS) {
		sim_op_drop(op);
		return error;
	}
	return sim_submit(stream, op);
}

static CUresult signal(struct sim_call *call, bool per_thread, const CUexternalSemaphore *handles,
		       const CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS *params, unsigned int count,
		       CUstream stream)
{
	struct sim_op *op = NULL;
	CUresult error = count ? sim_semaphores_signal(handles, params, count, &op)
			       : CUDA_ERROR_INVALID_VALUE;

	return submit(call, per_thread, stream, error, op);
}

static CUresult wait_for(struct sim_call *call, bool per_thread, const CUexternalSemaphore *handles,
			 const CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS *params, unsigned int count,
			 CUstream stream)
{
	struct sim_op *op = NULL;
	CUresult error = CUDA_ERROR_INVALID_VALUE;

	for (unsigned int i = 0; handles && i < count; i++)
		if (!handles[i])
			return CUDA_ERROR_INVALID_VALUE;
	if (count)
		error = sim_semaphores_wait(handles, params, count, &op);
	return submit(call, per_thread, stream, error, op);
}

SIM_TWINS(ptsz, SIM_CTX, cuSignalExternalSemaphoresAsync, signal,
	  (const CUexternalSemaphore *handles, const CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS *params,
	   unsigned int count, CUstream stream),
	  handles, params, count, stream)
SIM_TWINS(ptsz, SIM_CTX, cuWaitExternalSemaphoresAsync, wait_for,
	  (const CUexternalSemaphore *handles, const CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS *params,
	   unsigned int count, CUstream stream),
	  handles, params, count, stream)
