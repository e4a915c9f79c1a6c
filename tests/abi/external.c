/* SPDX-License-Identifier: Apache-2.0 */
/*
 * External memory, which is the driver's own here, and semaphores. Those are no driver's, so that a
 * GPU's refuses them and the simulated one does not: what 13's form says, an older one must say.
 */
#define _GNU_SOURCE /* memfd_create */
#define TOOLKIT_EXPORTED_NAMES
#include "cases.h"
#include "guard.h"
#include "newest.h"

#include <sys/mman.h>
#include <unistd.h>

/* In pages of what the driver exports: it maps nothing that begins within one. */
#define PART ((size_t)2 << 20)
#define SIZE (2 * PART)

/* The memory is a real driver's. */
static bool exported;

/* ---- memory -------------------------------------------------------------------------------- */

/* NULL: that is what the driver refuses, of 13's form too. */
static unsigned char *map_part(cudaExternalMemory_t memory, size_t offset, size_t size)
{
	const struct cudaExternalMemoryBufferDesc new = { .offset = offset, .size = size };
	TOOLKIT_EXTERNAL_BUFFER buffer = { .offset = offset, .size = size };
	void **p = OUTPUT(void *), *new_part;
	cudaError_t error = new_map_buffer(&new_part, memory, &new);

	if (error == cudaSuccess)
		OK(cudaFree(new_part));
	GIVES(error, cudaExternalMemoryGetMappedBuffer(p, memory, INPUT(buffer)));
	return error == cudaSuccess ? *p : NULL;
}

/* What is written through one mapping is read through another one. */
static void share(unsigned char *whole, const unsigned char *part, size_t offset)
{
	static unsigned char back[PART], wanted[PART];

	memset(wanted, 0x33, sizeof(wanted));
	OK(cudaMemset(whole, 0x22, SIZE));
	OK(cudaMemset(whole + offset, 0x33, PART));
	OK(cudaMemcpy(back, part, PART, cudaMemcpyDeviceToHost));
	SAME_BYTES(back, wanted, PART);
}

/* R580 maps no part of its own memory that begins in its middle. */
static void map_buffers(cudaExternalMemory_t memory)
{
	TOOLKIT_EXTERNAL_BUFFER outside = { .offset = SIZE, .size = PART };
	size_t offset = exported ? 0 : PART;
	unsigned char *whole = map_part(memory, 0, SIZE), *part = map_part(memory, offset, PART);
	void **p = OUTPUT(void *);

	CHECK(whole != NULL && (exported || part != NULL));
	if (whole != NULL && part != NULL)
		share(whole, part, offset);
	if (part != NULL)
		OK(cudaFree(part));
	if (whole != NULL)
		OK(cudaFree(whole));
	part = map_part(memory, PART, PART);
	if (part != NULL)
		OK(cudaFree(part));
	GIVES(cudaErrorInvalidValue, cudaExternalMemoryGetMappedBuffer(p, memory, INPUT(outside)));
	GIVES(cudaErrorInvalidValue, cudaExternalMemoryGetMappedBuffer(p, memory, NULL));
	CHECK(abi_untouched(p, sizeof(*p)));
}

static void map_mipmap(cudaExternalMemory_t memory, const TOOLKIT_EXTERNAL_MIPMAP *description)
{
	struct cudaExternalMemoryMipmappedArrayDesc new = {
		.offset = description->offset,
		.formatDesc = description->formatDesc,
		.extent = description->extent,
		.flags = description->flags,
		.numLevels = description->numLevels,
	};
	cudaMipmappedArray_t *mipmap = OUTPUT(cudaMipmappedArray_t), new_mipmap;
	cudaError_t error = new_map_mipmap(&new_mipmap, memory, &new);

	if (error == cudaSuccess)
		OK(cudaFreeMipmappedArray(new_mipmap));
	GIVES(error,
	      cudaExternalMemoryGetMappedMipmappedArray(mipmap, memory, INPUT(*description)));
	if (error == cudaSuccess)
		OK(cudaFreeMipmappedArray(*mipmap));
	else
		CHECK(abi_untouched(mipmap, sizeof(*mipmap)));
}

/* The simulated driver knows no such arrays; but a bad description is told from a good one. */
static void map_mipmaps(cudaExternalMemory_t memory)
{
	TOOLKIT_EXTERNAL_MIPMAP description = {
		.formatDesc = { 32, 0, 0, 0, cudaChannelFormatKindFloat },
		.extent = { 16, 16, 0 },
		.numLevels = 1,
	};

	map_mipmap(memory, &description);
	/* None at all has R580 write beyond its own memory. */
	if (!exported) {
		description.numLevels = 0;
		map_mipmap(memory, &description);
	}
	description.formatDesc.x = 7;
	map_mipmap(memory, &description);
	GIVES(cudaErrorInvalidValue, cudaExternalMemoryGetMappedMipmappedArray(
					     OUTPUT(cudaMipmappedArray_t), memory, NULL));
}

static cudaError_t import_with_13(const TOOLKIT_EXTERNAL_MEMORY *d, int fd)
{
	struct cudaExternalMemoryHandleDesc new = {
		.type = d->type,
		.handle = { .fd = fd },
		.size = d->size,
		.flags = d->flags,
	};
	cudaExternalMemory_t memory;
	cudaError_t error = new_import_memory(&memory, &new);

	if (error == cudaSuccess)
		OK(cudaDestroyExternalMemory(memory));
	else
		close(fd);
	return error;
}

/* The simulated driver exports none, and takes any file. */
static int new_memory(void)
{
	int fd = driver_exported_memory(SIZE);

	exported = fd >= 0;
	if (!exported) {
		fd = memfd_create("abi", 0);
		SAME(ftruncate(fd, SIZE), 0);
	}
	return fd;
}

/* An import that works takes the file. */
static cudaError_t import(const TOOLKIT_EXTERNAL_MEMORY *description)
{
	TOOLKIT_EXTERNAL_MEMORY own = *description;
	cudaExternalMemory_t *memory = OUTPUT(cudaExternalMemory_t);
	int fd = new_memory();
	cudaError_t error = import_with_13(description, dup(fd));

	own.handle.fd = dup(fd);
	GIVES(error, cudaImportExternalMemory(memory, INPUT(own)));
	if (error == cudaSuccess) {
		map_buffers(*memory);
		map_mipmaps(*memory);
		OK(cudaDestroyExternalMemory(*memory));
	} else {
		CHECK(abi_untouched(memory, sizeof(*memory)));
		close(own.handle.fd);
	}
	close(fd);
	abi_release();
	return error;
}

static void memory(void)
{
	TOOLKIT_EXTERNAL_MEMORY d = { .type = cudaExternalMemoryHandleTypeOpaqueFd, .size = SIZE };

	SAME(import(&d), cudaSuccess);
	d.flags = cudaExternalMemoryDedicated;
	import(&d);
	d.flags = 0x80000000u;
	import(&d);
	d.flags = 0;
	d.size = 0;
	import(&d);
	d.size = SIZE;
	d.type = (enum cudaExternalMemoryHandleType)1000;
	import(&d);
	GIVES(cudaErrorInvalidValue, cudaImportExternalMemory(OUTPUT(cudaExternalMemory_t), NULL));
	GIVES(cudaErrorInvalidValue, cudaImportExternalMemory(NULL, INPUT(d)));
	abi_release();
}

/* ---- semaphores ---------------------------------------------------------------------------- */

static cudaError_t semaphore_with_13(const TOOLKIT_SEMAPHORE *d, int fd)
{
	struct cudaExternalSemaphoreHandleDesc new = {
		.type = d->type,
		.handle = { .fd = fd },
		.flags = d->flags,
	};
	cudaExternalSemaphore_t semaphore;
	cudaError_t error = new_import_semaphore(&semaphore, &new);

	if (error == cudaSuccess)
		OK(cudaDestroyExternalSemaphore(semaphore));
	else
		close(fd);
	return error;
}

static cudaError_t import_semaphore(cudaExternalSemaphore_t *semaphore, const TOOLKIT_SEMAPHORE *d)
{
	TOOLKIT_SEMAPHORE own = *d;
	int fd = memfd_create("abi", 0);
	cudaError_t error = semaphore_with_13(d, dup(fd));

	own.handle.fd = fd;
	GIVES(error, cudaImportExternalSemaphore(semaphore, INPUT(own)));
	if (error != cudaSuccess) {
		CHECK(abi_untouched(semaphore, sizeof(*semaphore)));
		close(fd);
	}
	return error;
}

/* By the plain names, whose structures had no reserved words before 13; two, to see the stride. */
static void plain_values(const cudaExternalSemaphore_t *pair, unsigned long long first,
			 unsigned long long second, cudaStream_t signaller, cudaStream_t waiter)
{
#if CUDA_MAJOR < 13
	struct cudaExternalSemaphoreSignalParams_v11 signals[2] = {
		{ .params.fence.value = first }, { .params.fence.value = second }
	};
	struct cudaExternalSemaphoreWaitParams_v11 waits[2] = { { .params.fence.value = first },
								{ .params.fence.value = second } };
#else
	struct cudaExternalSemaphoreSignalParams signals[2] = { { .params.fence.value = first },
								{ .params.fence.value = second } };
	struct cudaExternalSemaphoreWaitParams waits[2] = { { .params.fence.value = first },
							    { .params.fence.value = second } };
#endif
	OK(cudaWaitExternalSemaphoresAsync(pair, INPUT(waits), 2, waiter));
	GIVES(cudaErrorNotReady, cudaStreamQuery(waiter));
	OK(cudaSignalExternalSemaphoresAsync(pair, INPUT(signals), 2, signaller));
	OK(cudaStreamSynchronize(waiter));
}

static void later_values(const cudaExternalSemaphore_t *pair, unsigned long long first,
			 unsigned long long second, cudaStream_t signaller, cudaStream_t waiter)
{
#if CUDA_MAJOR < 13
	struct cudaExternalSemaphoreSignalParams signals[2] = { { .params.fence.value = first },
								{ .params.fence.value = second } };
	struct cudaExternalSemaphoreWaitParams waits[2] = { { .params.fence.value = first },
							    { .params.fence.value = second } };

	OK(cudaWaitExternalSemaphoresAsync_v2(pair, INPUT(waits), 2, waiter));
	GIVES(cudaErrorNotReady, cudaStreamQuery(waiter));
	OK(cudaSignalExternalSemaphoresAsync_v2(pair, INPUT(signals), 2, signaller));
	OK(cudaStreamSynchronize(waiter));
#else
	plain_values(pair, first, second, signaller, waiter);
#endif
}

static void values(const cudaExternalSemaphore_t *pair)
{
	cudaStream_t *signaller = OUTPUT(cudaStream_t), *waiter = OUTPUT(cudaStream_t);

	OK(cudaStreamCreateWithFlags(signaller, cudaStreamNonBlocking));
	OK(cudaStreamCreateWithFlags(waiter, cudaStreamNonBlocking));
	plain_values(pair, 5, 50, *signaller, *waiter);
	later_values(pair, 6, 60, *signaller, *waiter);
	plain_values(pair, 7, 70, *signaller, *waiter);
	/* The first value is there, the second is not: with a wrong stride nothing would wait. */
	plain_values(pair, 7, 71, *signaller, *waiter);
	OK(cudaStreamDestroy(*signaller));
	OK(cudaStreamDestroy(*waiter));
}

static void semaphores(void)
{
	TOOLKIT_SEMAPHORE d = { .type = cudaExternalSemaphoreHandleTypeTimelineSemaphoreFd };
	cudaExternalSemaphore_t *pair = abi_output(2 * sizeof(*pair));

	if (import_semaphore(&pair[0], &d) == cudaSuccess &&
	    import_semaphore(&pair[1], &d) == cudaSuccess) {
		values(pair);
		OK(cudaDestroyExternalSemaphore(pair[0]));
		OK(cudaDestroyExternalSemaphore(pair[1]));
	}
	d.flags = 1;
	import_semaphore(OUTPUT(cudaExternalSemaphore_t), &d);
	d.flags = 0;
	d.type = (enum cudaExternalSemaphoreHandleType)1000;
	import_semaphore(OUTPUT(cudaExternalSemaphore_t), &d);
	GIVES(cudaErrorInvalidValue,
	      cudaImportExternalSemaphore(OUTPUT(cudaExternalSemaphore_t), NULL));
	GIVES(cudaErrorInvalidValue, cudaSignalExternalSemaphoresAsync(NULL, NULL, 0, NULL));
	GIVES(cudaErrorInvalidValue, cudaWaitExternalSemaphoresAsync(NULL, NULL, 0, NULL));
	GIVES(cudaErrorInvalidValue, cudaSignalExternalSemaphoresAsync(NULL, NULL, 1, NULL));
	GIVES(cudaErrorInvalidValue, cudaWaitExternalSemaphoresAsync(NULL, NULL, 1, NULL));
	abi_release();
}

void abi_external(void)
{
	memory();
	semaphores();
}
