/* SPDX-License-Identifier: Apache-2.0 */
/* Pointer attributes; advice and prefetches, which took the number of a device before 13. */
#define TOOLKIT_EXPORTED_NAMES
#include "cases.h"
#include "guard.h"
#include "newest.h"

#define SIZE ((size_t)2 << 20)

static void same_attributes(const void *p)
{
	TOOLKIT_POINTER *old = OUTPUT(TOOLKIT_POINTER);
	struct cudaPointerAttributes new;

	OK(cudaPointerGetAttributes(old, p));
	SAME(new_pointer(&new, p), cudaSuccess);
	SAME(old->type, new.type);
	SAME(old->device, new.device);
	CHECK(old->devicePointer == new.devicePointer);
	CHECK(old->hostPointer == new.hostPointer);
}

static void pointers(void)
{
	static int of_the_program;
	void **device = OUTPUT(void *), **host = OUTPUT(void *), **managed = OUTPUT(void *);

	OK(cudaMalloc(device, 4096));
	OK(cudaHostAlloc(host, 4096, cudaHostAllocMapped));
	OK(cudaMallocManaged(managed, 4096, cudaMemAttachGlobal));
	same_attributes(*device);
	same_attributes((char *)*device + 100);
	same_attributes(*host);
	same_attributes(*managed);
	same_attributes(&of_the_program);
	same_attributes(NULL);
	GIVES(cudaErrorInvalidValue, cudaPointerGetAttributes(NULL, *device));
	OK(cudaFree(*device));
	OK(cudaFreeHost(*host));
	OK(cudaFree(*managed));
}

/* A device by its number, -1 for the host; `newer` takes 12's name for 13's form. */
static cudaError_t advise(void *p, enum cudaMemoryAdvise advice, int device, bool newer)
{
#if CUDA_MAJOR >= 12
	struct cudaMemLocation where = {
		.type = device < 0 ? cudaMemLocationTypeHost : cudaMemLocationTypeDevice,
		.id = device < 0 ? 0 : device,
	};
#endif
	(void)newer;
#if CUDA_MAJOR == 12
	if (newer)
		return CALL(cudaMemAdvise_v2(p, SIZE, advice, where));
#endif
#if CUDA_MAJOR < 13
	return CALL(cudaMemAdvise(p, SIZE, advice, device));
#else
	return CALL(cudaMemAdvise(p, SIZE, advice, where));
#endif
}

static cudaError_t prefetch(void *p, int device, cudaStream_t stream, bool newer)
{
#if CUDA_MAJOR >= 12
	struct cudaMemLocation where = {
		.type = device < 0 ? cudaMemLocationTypeHost : cudaMemLocationTypeDevice,
		.id = device < 0 ? 0 : device,
	};
#endif
	(void)newer;
#if CUDA_MAJOR == 12
	if (newer)
		return CALL(cudaMemPrefetchAsync_v2(p, SIZE, where, 0, stream));
#endif
#if CUDA_MAJOR < 13
	return CALL(cudaMemPrefetchAsync(p, SIZE, device, stream));
#else
	return CALL(cudaMemPrefetchAsync(p, SIZE, where, 0, stream));
#endif
}

static int range(void *p, enum cudaMemRangeAttribute attribute)
{
	int *value = OUTPUT(int);

	OK(cudaMemRangeGetAttribute(value, sizeof(*value), attribute, p, SIZE));
	return *value;
}

static void locations(bool newer)
{
	cudaStream_t *stream = OUTPUT(cudaStream_t);
	void **p = OUTPUT(void *);

	OK(cudaMallocManaged(p, SIZE, cudaMemAttachGlobal));
	OK(cudaStreamCreate(stream));
	SAME(advise(*p, cudaMemAdviseSetReadMostly, 0, newer), cudaSuccess);
	SAME(range(*p, cudaMemRangeAttributeReadMostly), 1);
	SAME(advise(*p, cudaMemAdviseUnsetReadMostly, 0, newer), cudaSuccess);
	SAME(range(*p, cudaMemRangeAttributeReadMostly), 0);
	SAME(advise(*p, cudaMemAdviseSetPreferredLocation, 0, newer), cudaSuccess);
	SAME(range(*p, cudaMemRangeAttributePreferredLocation), 0);
	SAME(advise(*p, cudaMemAdviseSetPreferredLocation, cudaCpuDeviceId, newer), cudaSuccess);
	SAME(range(*p, cudaMemRangeAttributePreferredLocation), cudaCpuDeviceId);
	/* The driver's function of then, and its answer. */
	SAME(advise(*p, cudaMemAdviseSetPreferredLocation, 99, newer),
	     CUDA_MAJOR == 13 || newer ? cudaErrorInvalidValue : cudaErrorInvalidDevice);
	SAME(advise(NULL, cudaMemAdviseSetReadMostly, 0, newer), cudaErrorInvalidValue);
	SAME(prefetch(*p, 0, *stream, newer), cudaSuccess);
	SAME(range(*p, cudaMemRangeAttributeLastPrefetchLocation), 0);
	SAME(prefetch(*p, cudaCpuDeviceId, NULL, newer), cudaSuccess);
	OK(cudaDeviceSynchronize());
	SAME(range(*p, cudaMemRangeAttributeLastPrefetchLocation), cudaCpuDeviceId);
	SAME(prefetch(*p, 99, *stream, newer), cudaErrorInvalidDevice);
	OK(cudaStreamSynchronize(*stream));
	OK(cudaStreamDestroy(*stream));
	OK(cudaFree(*p));
	abi_release();
}

void abi_memory(void)
{
	pointers();
	abi_release();
	locations(false);
	if (CUDA_MAJOR == 12)
		locations(true);
}
