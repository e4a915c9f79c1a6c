/* SPDX-License-Identifier: Apache-2.0 */
/* Managed memory: allocation, advice, prefetch, discard, attachment. */
#include "conformance.h"

#define SIZE ((size_t)2 << 20)

static const struct cudaMemLocation device = { cudaMemLocationTypeDevice, 0 };
static const struct cudaMemLocation host = { cudaMemLocationTypeHost, 0 };
static const struct cudaMemLocation numa = { cudaMemLocationTypeHostNuma, 0 };
static const struct cudaMemLocation numa_current = { cudaMemLocationTypeHostNumaCurrent, 0 };
static const struct cudaMemLocation nowhere = { cudaMemLocationTypeInvalid, 0 };
static const struct cudaMemLocation bad_type = { (enum cudaMemLocationType)77, 0 };
static const struct cudaMemLocation no_device = { cudaMemLocationTypeDevice, 99 };
static const struct cudaMemLocation negative = { cudaMemLocationTypeDevice, -5 };
static const struct cudaMemLocation cpu_device = { cudaMemLocationTypeDevice, cudaCpuDeviceId };

static char *managed_memory(size_t size)
{
	char *p = NULL;

	NEED(cudaMallocManaged((void **)&p, size, cudaMemAttachGlobal));
	return p;
}

CASE(allocate)
{
	unsigned char *p = UNTOUCHED;

	DO(cudaMallocManaged((void **)&p, 1000, cudaMemAttachGlobal));
	SHOW(p);
	memset(p, 0x12, 1000);
	SHOW_DEVICE(p, 1000);
	DO(cudaMemset(p, 0x34, 500));
	DO(cudaDeviceSynchronize());
	SHOW_BYTES(p, 1000);
	DO(cudaFree(p));
}

CASE(allocate_flags)
{
	for (unsigned int flags = 0; flags <= 8; flags++) {
		void *p = UNTOUCHED;

		SHOW(flags);
		if (DO(cudaMallocManaged(&p, 64, flags)) == cudaSuccess)
			NEED(cudaFree(p));
		else
			SHOW(p);
	}
}

CASE(allocate_nothing)
{
	void *p = UNTOUCHED;

	DO(cudaMallocManaged(&p, 0, cudaMemAttachGlobal));
	SHOW(p);
}

CASE(allocate_bad_arguments)
{
	void *p = UNTOUCHED;

	DO(cudaMallocManaged(NULL, 64, cudaMemAttachGlobal));
	DO(cudaMallocManaged(NULL, 0, cudaMemAttachGlobal));
	DO(cudaMallocManaged(NULL, 64, 0x100));
	DO(cudaMallocManaged(&p, (size_t)1 << 60, cudaMemAttachGlobal));
	SHOW(p);
	DO(cudaMallocManaged(&p, (size_t)1 << 60, 0));
	SHOW(p);
}

CASE(kernel_sees_host_data)
{
	unsigned int *p = (unsigned int *)managed_memory(64), n = 16;

	conf_register();
	for (unsigned int i = 0; i < n; i++)
		p[i] = i;
	DO(LAUNCH(kernel_increment, DIM(1), DIM(16), ARGS(&p, &n)));
	DO(cudaDeviceSynchronize());
	SHOW(p[0]);
	SHOW(p[15]);
}

CASE(variable)
{
	void *p = NULL;

	conf_register_managed(NULL);
	DO(cudaGetSymbolAddress(&p, &managed));
	SHOW_IF(p == managed);
}

static void show_range(void *p, size_t size)
{
	for (int attribute = 0; attribute <= 9; attribute++) {
		int value = UNTOUCHED_INT;

		SHOW(attribute);
		DO(cudaMemRangeGetAttribute(&value, sizeof(value),
					    (enum cudaMemRangeAttribute)attribute, p, size));
		SHOW(value);
	}
}

CASE(range_default)
{
	show_range(managed_memory(SIZE), SIZE);
}

CASE(range_after_advice)
{
	char *p = managed_memory(SIZE);

	NEED(cudaMemAdvise(p, SIZE, cudaMemAdviseSetReadMostly, device));
	NEED(cudaMemAdvise(p, SIZE, cudaMemAdviseSetPreferredLocation, device));
	NEED(cudaMemAdvise(p, SIZE, cudaMemAdviseSetAccessedBy, device));
	NEED(cudaMemPrefetchAsync(p, SIZE, device, 0, NULL));
	NEED(cudaDeviceSynchronize());
	show_range(p, SIZE);
}

CASE(range_after_host_advice)
{
	char *p = managed_memory(SIZE);

	NEED(cudaMemAdvise(p, SIZE, cudaMemAdviseSetPreferredLocation, host));
	NEED(cudaMemPrefetchAsync(p, SIZE, host, 0, NULL));
	NEED(cudaDeviceSynchronize());
	show_range(p, SIZE);
}

CASE(range_after_unset)
{
	char *p = managed_memory(SIZE);

	NEED(cudaMemAdvise(p, SIZE, cudaMemAdviseSetReadMostly, device));
	NEED(cudaMemAdvise(p, SIZE, cudaMemAdviseSetPreferredLocation, device));
	NEED(cudaMemAdvise(p, SIZE, cudaMemAdviseSetAccessedBy, device));
	DO(cudaMemAdvise(p, SIZE, cudaMemAdviseUnsetReadMostly, nowhere));
	DO(cudaMemAdvise(p, SIZE, cudaMemAdviseUnsetPreferredLocation, nowhere));
	DO(cudaMemAdvise(p, SIZE, cudaMemAdviseUnsetAccessedBy, device));
	DO(cudaMemAdvise(p, SIZE, cudaMemAdviseUnsetReadMostly, device));
	DO(cudaMemAdvise(p, SIZE, cudaMemAdviseUnsetPreferredLocation, device));
	show_range(p, SIZE);
}

CASE(range_bad_arguments)
{
	char *p = managed_memory(SIZE);
	void *d = NULL, *h = NULL;
	int value = UNTOUCHED_INT;
	const enum cudaMemRangeAttribute read_mostly = cudaMemRangeAttributeReadMostly;

	NEED(cudaMalloc(&d, 4096));
	NEED(cudaMallocHost(&h, 4096));
	DO(cudaMemRangeGetAttribute(&value, 3, read_mostly, p, SIZE));
	DO(cudaMemRangeGetAttribute(&value, 0, read_mostly, p, SIZE));
	DO(cudaMemRangeGetAttribute(&value, 8, read_mostly, p, SIZE));
	DO(cudaMemRangeGetAttribute(&value, 4, read_mostly, p, 0));
	DO(cudaMemRangeGetAttribute(&value, 4, read_mostly, p, 2 * SIZE));
	DO(cudaMemRangeGetAttribute(&value, 4, read_mostly, NULL, SIZE));
	DO(cudaMemRangeGetAttribute(&value, 4, read_mostly, d, 4096));
	DO(cudaMemRangeGetAttribute(&value, 4, read_mostly, h, 4096));
	SHOW(value);
	DO(cudaMemRangeGetAttribute(&value, 4, read_mostly, p + 4096, 4096));
	SHOW(value);
}

CASE(range_null)
{
	char *p = managed_memory(SIZE);

	DO(cudaMemRangeGetAttribute(NULL, 4, cudaMemRangeAttributeReadMostly, p, SIZE));
}

CASE(range_accessed_by)
{
	char *p = managed_memory(SIZE);
	int list[3] = { 1, 2, 3 };

	NEED(cudaMemAdvise(p, SIZE, cudaMemAdviseSetAccessedBy, device));
	DO(cudaMemRangeGetAttribute(list, sizeof(list), cudaMemRangeAttributeAccessedBy, p, SIZE));
	SHOW(list[0]);
	SHOW(list[1]);
	SHOW(list[2]);
	DO(cudaMemRangeGetAttribute(list, 6, cudaMemRangeAttributeAccessedBy, p, SIZE));
	DO(cudaMemRangeGetAttribute(list, 0, cudaMemRangeAttributeAccessedBy, p, SIZE));
}

CASE(range_in_parts)
{
	char *p = managed_memory(2 * SIZE);
	int value = UNTOUCHED_INT;

	NEED(cudaMemAdvise(p, SIZE, cudaMemAdviseSetReadMostly, device));
	DO(cudaMemRangeGetAttribute(&value, 4, cudaMemRangeAttributeReadMostly, p, SIZE));
	SHOW(value);
	DO(cudaMemRangeGetAttribute(&value, 4, cudaMemRangeAttributeReadMostly, p, 2 * SIZE));
	SHOW(value);
	DO(cudaMemRangeGetAttribute(&value, 4, cudaMemRangeAttributeReadMostly, p + SIZE, SIZE));
	SHOW(value);
}

CASE(range_several)
{
	char *p = managed_memory(SIZE);
	int a = UNTOUCHED_INT, b = UNTOUCHED_INT;
	void *data[] = { &a, &b };
	size_t sizes[] = { 4, 4 };
	enum cudaMemRangeAttribute names[] = { cudaMemRangeAttributeReadMostly,
					       cudaMemRangeAttributePreferredLocation };

	DO(cudaMemRangeGetAttributes(data, sizes, names, 2, p, SIZE));
	SHOW(a);
	SHOW(b);
	a = b = UNTOUCHED_INT;
	DO(cudaMemRangeGetAttributes(data, sizes, names, 0, p, SIZE));
	sizes[1] = 3;
	DO(cudaMemRangeGetAttributes(data, sizes, names, 2, p, SIZE));
	sizes[1] = 4;
	names[1] = (enum cudaMemRangeAttribute)77;
	DO(cudaMemRangeGetAttributes(data, sizes, names, 2, p, SIZE));
	names[1] = cudaMemRangeAttributePreferredLocation;
	DO(cudaMemRangeGetAttributes(data, sizes, names, 2, NULL, SIZE));
	DO(cudaMemRangeGetAttributes(data, sizes, names, 2, p, 0));
}

CASE(range_several_null_data)
{
	size_t sizes[] = { 4 };
	enum cudaMemRangeAttribute names[] = { cudaMemRangeAttributeReadMostly };

	DO(cudaMemRangeGetAttributes(NULL, sizes, names, 1, managed_memory(SIZE), SIZE));
}

CASE(range_several_null_sizes)
{
	int a = 0;
	void *data[] = { &a };
	enum cudaMemRangeAttribute names[] = { cudaMemRangeAttributeReadMostly };

	DO(cudaMemRangeGetAttributes(data, NULL, names, 1, managed_memory(SIZE), SIZE));
}

CASE(range_several_null_names)
{
	int a = 0;
	void *data[] = { &a };
	size_t sizes[] = { 4 };

	DO(cudaMemRangeGetAttributes(data, sizes, NULL, 1, managed_memory(SIZE), SIZE));
}

CASE(advise_all)
{
	char *p = managed_memory(SIZE);

	for (int advice = 0; advice <= 7; advice++) {
		enum cudaMemoryAdvise a = (enum cudaMemoryAdvise)advice;

		SHOW(advice);
		DO(cudaMemAdvise(p, SIZE, a, device));
		DO(cudaMemAdvise(p, SIZE, a, host));
		DO(cudaMemAdvise(p, SIZE, a, no_device));
		DO(cudaMemAdvise(p, SIZE, a, negative));
		DO(cudaMemAdvise(p, SIZE, a, cpu_device));
		DO(cudaMemAdvise(p, SIZE, a, nowhere));
		DO(cudaMemAdvise(p, SIZE, a, bad_type));
	}
}

CASE(advise_numa)
{
	char *p = managed_memory(SIZE);

	DO(cudaMemAdvise(p, SIZE, cudaMemAdviseSetPreferredLocation, numa));
	DO(cudaMemAdvise(p, SIZE, cudaMemAdviseSetPreferredLocation, numa_current));
	DO(cudaMemAdvise(p, SIZE, cudaMemAdviseSetAccessedBy, numa));
	DO(cudaMemAdvise(p, SIZE, cudaMemAdviseSetAccessedBy, numa_current));
}

CASE(advise_bad_ranges)
{
	char *p = managed_memory(SIZE);
	void *d = NULL, *h = NULL;
	int local = 0;

	NEED(cudaMalloc(&d, 4096));
	NEED(cudaMallocHost(&h, 4096));
	DO(cudaMemAdvise(p, 0, cudaMemAdviseSetReadMostly, device));
	DO(cudaMemAdvise(p, 2 * SIZE, cudaMemAdviseSetReadMostly, device));
	DO(cudaMemAdvise(p + 10, 100, cudaMemAdviseSetReadMostly, device));
	DO(cudaMemAdvise(NULL, SIZE, cudaMemAdviseSetReadMostly, device));
	DO(cudaMemAdvise(d, 4096, cudaMemAdviseSetReadMostly, device));
	DO(cudaMemAdvise(h, 4096, cudaMemAdviseSetReadMostly, device));
	DO(cudaMemAdvise(&local, 4, cudaMemAdviseSetPreferredLocation, no_device));
}

CASE(prefetch)
{
	unsigned char *p = (unsigned char *)managed_memory(SIZE);

	memset(p, 0x66, SIZE);
	DO(cudaMemPrefetchAsync(p, SIZE, device, 0, NULL));
	DO(cudaMemPrefetchAsync(p, SIZE, host, 0, NULL));
	DO(cudaMemPrefetchAsync(p, 100, device, 0, cudaStreamPerThread));
	DO(cudaMemPrefetchAsync(p + 100, 1000, device, 0, cudaStreamLegacy));
	DO(cudaMemPrefetchAsync(p, SIZE, numa, 0, NULL));
	DO(cudaMemPrefetchAsync(p, SIZE, numa_current, 0, NULL));
	DO(cudaDeviceSynchronize());
	SHOW_BYTES(p, 64);
}

CASE(prefetch_bad_arguments)
{
	char *p = managed_memory(SIZE);
	void *d = NULL, *h = NULL;

	NEED(cudaMalloc(&d, 4096));
	NEED(cudaMallocHost(&h, 4096));
	DO(cudaMemPrefetchAsync(p, 0, device, 0, NULL));
	DO(cudaMemPrefetchAsync(p, 2 * SIZE, device, 0, NULL));
	DO(cudaMemPrefetchAsync(NULL, SIZE, device, 0, NULL));
	DO(cudaMemPrefetchAsync(d, 4096, device, 0, NULL));
	DO(cudaMemPrefetchAsync(h, 4096, device, 0, NULL));
	DO(cudaMemPrefetchAsync(p, SIZE, no_device, 0, NULL));
	DO(cudaMemPrefetchAsync(p, SIZE, negative, 0, NULL));
	DO(cudaMemPrefetchAsync(p, SIZE, cpu_device, 0, NULL));
	DO(cudaMemPrefetchAsync(p, SIZE, nowhere, 0, NULL));
	DO(cudaMemPrefetchAsync(p, SIZE, bad_type, 0, NULL));
	DO(cudaMemPrefetchAsync(p, SIZE, device, 1, NULL));
	DO(cudaMemPrefetchAsync(p, SIZE, device, ~0u, NULL));
	DO(cudaMemPrefetchAsync(NULL, SIZE, no_device, 0, NULL));
	DO(cudaMemPrefetchAsync(NULL, SIZE, device, 1, NULL));
	DO(cudaMemPrefetchAsync(p, SIZE, no_device, 1, NULL));
	DO(cudaDeviceSynchronize());
}

CASE(prefetch_in_capture)
{
	char *p = managed_memory(SIZE);
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
	DO(cudaMemPrefetchAsync(p, SIZE, device, 0, stream));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}

CASE(prefetch_on_busy_stream)
{
	struct conf_busy busy;
	char *p = managed_memory(SIZE);
	cudaStream_t stream = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	conf_occupy(&busy, stream);
	DO(cudaMemPrefetchAsync(p, SIZE, device, 0, stream));
	DO(cudaStreamQuery(stream));
	conf_release(&busy);
	DO(cudaStreamQuery(stream));
}

CASE(calls_in_capture)
{
	char *p = managed_memory(SIZE);
	void *q = UNTOUCHED;
	int value = UNTOUCHED_INT;
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaMemAdvise(p, SIZE, cudaMemAdviseSetReadMostly, device));
	DO(cudaMemRangeGetAttribute(&value, 4, cudaMemRangeAttributeReadMostly, p, SIZE));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaMallocManaged(&q, 64, cudaMemAttachGlobal));
	SHOW(q);
	DO(cudaStreamEndCapture(stream, &graph));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
	DO(cudaMallocManaged(&q, 64, cudaMemAttachGlobal));
	SHOW(q);
	DO(cudaStreamEndCapture(stream, &graph));
}

/* ---- batches ---- */

struct batch {
	void *pointers[2];
	size_t sizes[2];
	struct cudaMemLocation locations[2];
	size_t indices[2];
	cudaStream_t stream;
};

static struct batch new_batch(void)
{
	struct batch b = {
		.pointers = { managed_memory(SIZE), managed_memory(SIZE) },
		.sizes = { SIZE, SIZE },
		.locations = { device, host },
		.indices = { 0, 1 },
	};

	NEED(cudaStreamCreate(&b.stream));
	return b;
}

#define PREFETCH(b, count, places, flags)                                                     \
	cudaMemPrefetchBatchAsync(b.pointers, b.sizes, count, b.locations, b.indices, places, \
				  flags, b.stream)

CASE(prefetch_batch)
{
	struct batch b = new_batch();

	memset(b.pointers[0], 0x31, SIZE);
	DO(PREFETCH(b, 2, 2, 0));
	DO(PREFETCH(b, 2, 1, 0));
	DO(PREFETCH(b, 1, 1, 0));
	DO(cudaStreamSynchronize(b.stream));
	SHOW_BYTES(b.pointers[0], 16);
}

CASE(prefetch_batch_bad_counts)
{
	struct batch b = new_batch();

	DO(PREFETCH(b, 0, 1, 0));
	DO(PREFETCH(b, 1, 0, 0));
	DO(PREFETCH(b, 1, 2, 0));
	DO(PREFETCH(b, 2, 2, 1));
	b.indices[0] = 1;
	DO(PREFETCH(b, 2, 2, 0));
	b.indices[0] = 0;
	b.indices[1] = 5;
	DO(PREFETCH(b, 2, 2, 0));
	b.indices[1] = 0;
	DO(PREFETCH(b, 2, 2, 0));
	DO(cudaStreamSynchronize(b.stream));
}

CASE(prefetch_batch_bad_members)
{
	struct batch b = new_batch();

	b.sizes[0] = 0;
	DO(PREFETCH(b, 2, 2, 0));
	b.sizes[0] = 4 * SIZE;
	DO(PREFETCH(b, 2, 2, 0));
	b.sizes[0] = SIZE;
	b.pointers[1] = NULL;
	DO(PREFETCH(b, 2, 2, 0));
	b.pointers[1] = b.pointers[0];
	b.locations[0] = no_device;
	DO(PREFETCH(b, 2, 2, 0));
	b.locations[0] = nowhere;
	DO(PREFETCH(b, 2, 2, 0));
	DO(cudaStreamSynchronize(b.stream));
}

CASE(prefetch_batch_legacy_stream)
{
	struct batch b = new_batch();

	b.stream = NULL;
	DO(PREFETCH(b, 2, 2, 0));
	b.stream = cudaStreamLegacy;
	DO(PREFETCH(b, 2, 2, 0));
	b.stream = cudaStreamPerThread;
	DO(PREFETCH(b, 2, 2, 0));
	DO(cudaDeviceSynchronize());
}

CASE(prefetch_batch_in_capture)
{
	struct batch b = new_batch();
	cudaGraph_t graph = NULL;

	NEED(cudaStreamBeginCapture(b.stream, cudaStreamCaptureModeRelaxed));
	DO(PREFETCH(b, 2, 2, 0));
	DO(cudaStreamEndCapture(b.stream, &graph));
	SHOW(graph);
}

CASE(prefetch_batch_null_pointers)
{
	struct batch b = new_batch();

	DO(cudaMemPrefetchBatchAsync(NULL, b.sizes, 2, b.locations, b.indices, 2, 0, b.stream));
}

CASE(prefetch_batch_null_sizes)
{
	struct batch b = new_batch();

	DO(cudaMemPrefetchBatchAsync(b.pointers, NULL, 2, b.locations, b.indices, 2, 0, b.stream));
}

CASE(prefetch_batch_null_locations)
{
	struct batch b = new_batch();

	DO(cudaMemPrefetchBatchAsync(b.pointers, b.sizes, 2, NULL, b.indices, 2, 0, b.stream));
}

CASE(prefetch_batch_null_indices)
{
	struct batch b = new_batch();

	DO(cudaMemPrefetchBatchAsync(b.pointers, b.sizes, 2, b.locations, NULL, 2, 0, b.stream));
}

CASE(discard_batch)
{
	struct batch b = new_batch();

	NEED(cudaMemset(b.pointers[0], 1, SIZE));
	DO(cudaMemDiscardBatchAsync(b.pointers, b.sizes, 2, 0, b.stream));
	DO(cudaMemDiscardBatchAsync(b.pointers, b.sizes, 1, 0, b.stream));
	DO(cudaStreamSynchronize(b.stream));
	DO(cudaMemset(b.pointers[0], 7, 16));
	SHOW_DEVICE(b.pointers[0], 16);
}

CASE(discard_batch_bad_arguments)
{
	struct batch b = new_batch();
	void *d = NULL;

	NEED(cudaMalloc(&d, SIZE));
	DO(cudaMemDiscardBatchAsync(b.pointers, b.sizes, 0, 0, b.stream));
	DO(cudaMemDiscardBatchAsync(b.pointers, b.sizes, 2, 1, b.stream));
	b.sizes[0] = 0;
	DO(cudaMemDiscardBatchAsync(b.pointers, b.sizes, 2, 0, b.stream));
	b.sizes[0] = 4 * SIZE;
	DO(cudaMemDiscardBatchAsync(b.pointers, b.sizes, 2, 0, b.stream));
	b.sizes[0] = SIZE;
	b.pointers[0] = NULL;
	DO(cudaMemDiscardBatchAsync(b.pointers, b.sizes, 2, 0, b.stream));
	b.pointers[0] = d;
	DO(cudaMemDiscardBatchAsync(b.pointers, b.sizes, 2, 0, b.stream));
	DO(cudaStreamSynchronize(b.stream));
}

CASE(discard_batch_default_streams)
{
	struct batch b = new_batch();

	DO(cudaMemDiscardBatchAsync(b.pointers, b.sizes, 2, 0, NULL));
	DO(cudaMemDiscardBatchAsync(b.pointers, b.sizes, 2, 0, cudaStreamLegacy));
	DO(cudaMemDiscardBatchAsync(b.pointers, b.sizes, 2, 0, cudaStreamPerThread));
	DO(cudaDeviceSynchronize());
}

CASE(discard_batch_null_pointers)
{
	struct batch b = new_batch();

	DO(cudaMemDiscardBatchAsync(NULL, b.sizes, 2, 0, b.stream));
}

CASE(discard_batch_null_sizes)
{
	struct batch b = new_batch();

	DO(cudaMemDiscardBatchAsync(b.pointers, NULL, 2, 0, b.stream));
}

CASE(discard_and_prefetch_batch)
{
	struct batch b = new_batch();

	DO(cudaMemDiscardAndPrefetchBatchAsync(b.pointers, b.sizes, 2, b.locations, b.indices, 2, 0,
					       b.stream));
	DO(cudaMemDiscardAndPrefetchBatchAsync(b.pointers, b.sizes, 0, b.locations, b.indices, 2, 0,
					       b.stream));
	DO(cudaMemDiscardAndPrefetchBatchAsync(b.pointers, b.sizes, 2, b.locations, b.indices, 0, 0,
					       b.stream));
	DO(cudaMemDiscardAndPrefetchBatchAsync(b.pointers, b.sizes, 2, b.locations, b.indices, 2, 1,
					       b.stream));
	b.locations[1] = no_device;
	DO(cudaMemDiscardAndPrefetchBatchAsync(b.pointers, b.sizes, 2, b.locations, b.indices, 2, 0,
					       b.stream));
	DO(cudaMemDiscardAndPrefetchBatchAsync(b.pointers, b.sizes, 1, b.locations, b.indices, 1, 0,
					       NULL));
	DO(cudaStreamSynchronize(b.stream));
}

CASE(discard_and_prefetch_batch_null)
{
	struct batch b = new_batch();

	DO(cudaMemDiscardAndPrefetchBatchAsync(NULL, b.sizes, 2, b.locations, b.indices, 2, 0,
					       b.stream));
}

CASE(after_sticky_error)
{
	char *p = managed_memory(SIZE);
	void *q = UNTOUCHED;
	int value = UNTOUCHED_INT;

	conf_register();
	DO(LAUNCH(kernel_trap, DIM(1), DIM(1), NULL));
	DO(cudaDeviceSynchronize());
	DO(cudaMallocManaged(&q, 64, cudaMemAttachGlobal));
	SHOW(q);
	DO(cudaMallocManaged(NULL, 0, 0));
	DO(cudaMemAdvise(p, SIZE, cudaMemAdviseSetReadMostly, device));
	DO(cudaMemPrefetchAsync(p, SIZE, device, 0, NULL));
	DO(cudaMemRangeGetAttribute(&value, 4, cudaMemRangeAttributeReadMostly, p, SIZE));
}

CASE_TWO_DEVICES(two_devices)
{
	char *p = managed_memory(SIZE);
	const struct cudaMemLocation second = { cudaMemLocationTypeDevice, 1 };
	int list[3] = { 7, 7, 7 };

	DO(cudaMemAdvise(p, SIZE, cudaMemAdviseSetAccessedBy, device));
	DO(cudaMemAdvise(p, SIZE, cudaMemAdviseSetAccessedBy, second));
	DO(cudaMemRangeGetAttribute(list, sizeof(list), cudaMemRangeAttributeAccessedBy, p, SIZE));
	SHOW(list[0]);
	SHOW(list[1]);
	SHOW(list[2]);
	DO(cudaMemPrefetchAsync(p, SIZE, second, 0, NULL));
	DO(cudaDeviceSynchronize());
	show_range(p, SIZE);
}
