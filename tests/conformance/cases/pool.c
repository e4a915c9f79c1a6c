/* SPDX-License-Identifier: Apache-2.0 */
/* Memory pools and stream-ordered allocation. */
#include "conformance.h"

static const struct cudaMemLocation on_device = { cudaMemLocationTypeDevice, 0 };

static cudaStream_t new_stream(void)
{
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	return stream;
}

static struct cudaMemPoolProps plain(void)
{
	struct cudaMemPoolProps props;

	memset(&props, 0, sizeof(props));
	props.allocType = cudaMemAllocationTypePinned;
	props.location = on_device;
	return props;
}

static cudaMemPool_t new_pool(void)
{
	struct cudaMemPoolProps props = plain();
	cudaMemPool_t pool = NULL;

	NEED(cudaMemPoolCreate(&pool, &props));
	return pool;
}

static cudaMemPool_t default_pool(void)
{
	cudaMemPool_t pool = NULL;

	NEED(cudaDeviceGetDefaultMemPool(&pool, 0));
	return pool;
}

static void show_attributes(cudaMemPool_t pool)
{
	for (int attribute = 1; attribute <= 8; attribute++) {
		unsigned long long value = 0;

		if (cudaMemPoolGetAttribute(pool, (enum cudaMemPoolAttr)attribute, &value) !=
		    cudaSuccess)
			conf_print("  attribute %d fails", attribute);
		else
			conf_print("  attribute %d: %llu", attribute, value);
	}
}

CASE(allocate_and_free)
{
	cudaStream_t stream = new_stream();
	void *p = UNTOUCHED;

	DO(cudaMallocAsync(&p, 1024, stream));
	SHOW(p);
	DO(cudaMemsetAsync(p, 0x5c, 1024, stream));
	DO(cudaStreamSynchronize(stream));
	SHOW_DEVICE(p, 1024);
	DO(cudaFreeAsync(p, stream));
	DO(cudaStreamSynchronize(stream));
}

CASE(allocate_on_default_streams)
{
	static const cudaStream_t streams[] = { NULL, cudaStreamLegacy, cudaStreamPerThread };

	for (int i = 0; i < 3; i++) {
		void *p = UNTOUCHED;

		DO(cudaMallocAsync(&p, 64, streams[i]));
		SHOW(p);
		DO(cudaFreeAsync(p, streams[i]));
	}
	DO(cudaDeviceSynchronize());
}

CASE(allocate_nothing)
{
	void *p = UNTOUCHED;

	DO(cudaMallocAsync(&p, 0, NULL));
	SHOW(p);
	p = UNTOUCHED;
	DO(cudaMallocFromPoolAsync(&p, 0, default_pool(), NULL));
	SHOW(p);
	p = UNTOUCHED;
	DO(cudaMallocFromPoolAsync(&p, 0, NULL, NULL));
	SHOW(p);
}

CASE(allocate_too_much)
{
	void *p = UNTOUCHED;

	DO(cudaMallocAsync(&p, (size_t)1 << 50, NULL));
	SHOW(p);
	DO(cudaMallocAsync(&p, (size_t)-1, NULL));
	SHOW(p);
	DO(cudaMallocFromPoolAsync(&p, (size_t)1 << 50, new_pool(), NULL));
	SHOW(p);
}

CASE(allocate_null)
{
	DO(cudaMallocAsync(NULL, 64, NULL));
	DO(cudaMallocAsync(NULL, 0, NULL));
	DO(cudaMallocAsync(NULL, (size_t)1 << 50, NULL));
}

CASE(allocate_from_pool_null)
{
	void *p = UNTOUCHED;

	DO(cudaMallocFromPoolAsync(NULL, 64, default_pool(), NULL));
	DO(cudaMallocFromPoolAsync(NULL, 0, default_pool(), NULL));
	DO(cudaMallocFromPoolAsync(&p, 64, NULL, NULL));
	SHOW(p);
	DO(cudaMallocFromPoolAsync(NULL, 64, NULL, NULL));
}

CASE(allocate_from_pool)
{
	cudaStream_t stream = new_stream();
	cudaMemPool_t pool = new_pool();
	void *p = UNTOUCHED;

	DO(cudaMallocFromPoolAsync(&p, 1000, pool, stream));
	SHOW(p);
	show_attributes(pool);
	DO(cudaFreeAsync(p, stream));
	DO(cudaStreamSynchronize(stream));
	show_attributes(pool);
	DO(cudaMemPoolDestroy(pool));
}

CASE(free_bad_pointers)
{
	char *p = NULL;
	int local = 0;

	DO(cudaFreeAsync(NULL, NULL));
	DO(cudaFreeAsync(&local, NULL));
	NEED(cudaMallocAsync((void **)&p, 1024, NULL));
	DO(cudaFreeAsync(p + 8, NULL));
	DO(cudaFreeAsync(p, NULL));
}

CASE(free_twice)
{
	cudaStream_t stream = new_stream();
	void *p = NULL;

	NEED(cudaMallocAsync(&p, 1024, stream));
	DO(cudaFreeAsync(p, stream));
	DO(cudaFreeAsync(p, stream));
	DO(cudaStreamSynchronize(stream));
}

CASE(free_of_other_memory)
{
	void *d = NULL, *h = NULL, *m = NULL;

	NEED(cudaMalloc(&d, 1024));
	NEED(cudaMallocHost(&h, 1024));
	NEED(cudaMallocManaged(&m, 1024, cudaMemAttachGlobal));
	DO(cudaFreeAsync(h, NULL));
	DO(cudaFreeAsync(d, NULL));
	DO(cudaFreeAsync(m, NULL));
	DO(cudaDeviceSynchronize());
}

CASE(free_with_other_calls)
{
	void *p = NULL;

	NEED(cudaMallocAsync(&p, 1024, NULL));
	DO(cudaFreeHost(p));
	DO(cudaFree(p));
	NEED(cudaMallocAsync(&p, 1024, NULL));
	DO(cudaFreeAsync(p, cudaStreamPerThread));
	DO(cudaDeviceSynchronize());
}

CASE(free_on_busy_stream)
{
	struct conf_busy busy;
	cudaStream_t stream = new_stream();
	void *p = NULL, *q = UNTOUCHED;

	conf_register();
	NEED(cudaMallocAsync(&p, 1024, stream));
	conf_occupy(&busy, stream);
	DO(cudaFreeAsync(p, stream));
	DO(cudaMallocAsync(&q, 64, stream));
	SHOW(q);
	conf_release(&busy);
	DO(cudaFreeAsync(q, stream));
	DO(cudaStreamSynchronize(stream));
}

CASE(used_memory)
{
	cudaStream_t stream = new_stream();
	cudaMemPool_t pool = default_pool();
	void *p = NULL, *q = NULL;

	NEED(cudaMallocAsync(&p, 1000, stream));
	NEED(cudaMallocAsync(&q, (size_t)40 << 20, stream));
	NEED(cudaStreamSynchronize(stream));
	show_attributes(pool);
	NEED(cudaFreeAsync(q, stream));
	NEED(cudaStreamSynchronize(stream));
	show_attributes(pool);
	DO(cudaMemPoolTrimTo(pool, 0));
	show_attributes(pool);
	NEED(cudaFreeAsync(p, stream));
	NEED(cudaStreamSynchronize(stream));
	show_attributes(pool);
	DO(cudaMemPoolTrimTo(pool, 0));
	show_attributes(pool);
}

CASE(threshold_keeps_memory)
{
	cudaStream_t stream = new_stream();
	cudaMemPool_t pool = new_pool();
	unsigned long long all = ~0ull, zero = 0;
	void *p = NULL;

	DO(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &all));
	NEED(cudaMallocFromPoolAsync(&p, (size_t)40 << 20, pool, stream));
	NEED(cudaFreeAsync(p, stream));
	NEED(cudaStreamSynchronize(stream));
	show_attributes(pool);
	DO(cudaMemPoolTrimTo(pool, (size_t)1 << 40));
	DO(cudaMemPoolTrimTo(pool, 1));
	show_attributes(pool);
	DO(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReservedMemHigh, &zero));
	DO(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrUsedMemHigh, &zero));
	show_attributes(pool);
}

CASE(trim_bad)
{
	DO(cudaMemPoolTrimTo(NULL, 0));
}

CASE_ALONE(get_default_and_current)
{
	cudaMemPool_t pool = UNTOUCHED, current = UNTOUCHED;

	DO(cudaDeviceGetDefaultMemPool(&pool, 0));
	SHOW(pool);
	DO(cudaDeviceGetMemPool(&current, 0));
	SHOW_IF(pool == current);
	show_attributes(pool);
}

CASE(get_of_bad_device)
{
	cudaMemPool_t pool = UNTOUCHED;

	DO(cudaDeviceGetDefaultMemPool(&pool, 99));
	SHOW(pool);
	DO(cudaDeviceGetDefaultMemPool(&pool, -1));
	DO(cudaDeviceGetMemPool(&pool, 99));
	DO(cudaDeviceGetMemPool(&pool, -1));
	SHOW(pool);
	DO(cudaDeviceSetMemPool(99, default_pool()));
	DO(cudaDeviceSetMemPool(-1, default_pool()));
	DO(cudaDeviceSetMemPool(99, NULL));
}

CASE(get_default_null)
{
	DO(cudaDeviceGetDefaultMemPool(NULL, 0));
	DO(cudaDeviceGetDefaultMemPool(NULL, 99));
}

CASE(get_current_null)
{
	DO(cudaDeviceGetMemPool(NULL, 0));
	DO(cudaDeviceGetMemPool(NULL, 99));
}

CASE(set_current)
{
	cudaMemPool_t pool = new_pool(), current = UNTOUCHED, other = UNTOUCHED;
	void *p = NULL;

	DO(cudaDeviceSetMemPool(0, pool));
	DO(cudaDeviceGetMemPool(&current, 0));
	SHOW_IF(current == pool);
	DO(cudaDeviceGetDefaultMemPool(&other, 0));
	SHOW_IF(other == pool);
	NEED(cudaMallocAsync(&p, 1000, NULL));
	NEED(cudaDeviceSynchronize());
	show_attributes(pool);
	DO(cudaMemPoolDestroy(pool));
	DO(cudaDeviceGetMemPool(&current, 0));
	SHOW_IF(current == other);
	DO(cudaFreeAsync(p, NULL));
	DO(cudaDeviceSynchronize());
}

CASE(set_current_null)
{
	DO(cudaDeviceSetMemPool(0, NULL));
}

CASE(create_and_destroy)
{
	struct cudaMemPoolProps props = plain();
	cudaMemPool_t pool = UNTOUCHED;

	DO(cudaMemPoolCreate(&pool, &props));
	SHOW(pool);
	show_attributes(pool);
	DO(cudaMemPoolDestroy(pool));
	DO(cudaMemPoolDestroy(NULL));
	DO(cudaMemPoolDestroy(default_pool()));
}

CASE(create_max_size)
{
	struct cudaMemPoolProps props = plain();
	cudaMemPool_t pool = UNTOUCHED;
	void *p = UNTOUCHED;

	props.maxSize = (size_t)64 << 20;
	DO(cudaMemPoolCreate(&pool, &props));
	DO(cudaMallocFromPoolAsync(&p, (size_t)32 << 20, pool, NULL));
	SHOW(p);
	p = UNTOUCHED;
	DO(cudaMallocFromPoolAsync(&p, (size_t)256 << 20, pool, NULL));
	SHOW(p);
}

#define CREATE(change)                                   \
	do {                                             \
		struct cudaMemPoolProps props = plain(); \
		cudaMemPool_t pool = UNTOUCHED;          \
		conf_print("%s", #change);               \
		change;                                  \
		DO(cudaMemPoolCreate(&pool, &props));    \
		SHOW(pool);                              \
	} while (0)

CASE(create_bad_properties)
{
	CREATE(props.allocType = cudaMemAllocationTypeInvalid);
	CREATE(props.allocType = (enum cudaMemAllocationType)7);
	CREATE(props.location.type = cudaMemLocationTypeInvalid);
	CREATE(props.location.type = (enum cudaMemLocationType)7);
	CREATE(props.location.id = 99);
	CREATE(props.location.id = -1);
	CREATE(props.handleTypes = cudaMemHandleTypeWin32);
	CREATE(props.handleTypes = cudaMemHandleTypeWin32Kmt);
	CREATE(props.handleTypes = (enum cudaMemAllocationHandleType)0x100);
	CREATE(props.usage = 1);
	CREATE(props.usage = 0x8000);
	CREATE(props.reserved[0] = 1);
	CREATE(props.reserved[53] = 1);
	CREATE(props.win32SecurityAttributes = UNTOUCHED);
}

CASE(create_other_locations)
{
	CREATE(props.location.type = cudaMemLocationTypeHost);
	CREATE(props.location.type = cudaMemLocationTypeHostNuma);
	CREATE(props.location.type = cudaMemLocationTypeHostNumaCurrent);
	CREATE((props.location.type = cudaMemLocationTypeHost, props.location.id = 5));
}

CASE(create_shareable)
{
	CREATE(props.handleTypes = cudaMemHandleTypePosixFileDescriptor);
}

CASE(create_managed)
{
	CREATE(props.allocType = cudaMemAllocationTypeManaged);
}

CASE(create_null)
{
	struct cudaMemPoolProps props = plain();

	DO(cudaMemPoolCreate(NULL, &props));
}

CASE(create_null_properties)
{
	cudaMemPool_t pool = UNTOUCHED;

	DO(cudaMemPoolCreate(&pool, NULL));
	SHOW(pool);
}

CASE(host_pool_memory)
{
	struct cudaMemPoolProps props = plain();
	struct cudaPointerAttributes a;
	cudaMemPool_t pool = NULL;
	char *p = NULL;

	props.location = (struct cudaMemLocation){ cudaMemLocationTypeHost, 0 };
	if (DO(cudaMemPoolCreate(&pool, &props)) != cudaSuccess)
		return;
	if (DO(cudaMallocFromPoolAsync((void **)&p, 64, pool, NULL)) != cudaSuccess)
		return;
	NEED(cudaDeviceSynchronize());
	UNTOUCH(a);
	DO(cudaPointerGetAttributes(&a, p));
	SHOW(a.type);
	SHOW(a.device);
	DO(cudaMemset(p, 1, 64));
	SHOW_DEVICE(p, 64);
	DO(cudaFreeAsync(p, NULL));
}

CASE(destroy_with_allocation)
{
	cudaStream_t stream = new_stream();
	cudaMemPool_t pool = new_pool();
	void *p = NULL;

	NEED(cudaMallocFromPoolAsync(&p, 1000, pool, stream));
	DO(cudaMemPoolDestroy(pool));
	DO(cudaMemset(p, 3, 1000));
	SHOW_DEVICE(p, 16);
	DO(cudaFreeAsync(p, stream));
	DO(cudaStreamSynchronize(stream));
}

CASE(attributes_bad)
{
	cudaMemPool_t pool = new_pool();
	unsigned long long value = UNTOUCHED_64;
	int numbers[] = { 0, 12, 77, -1 };

	for (int i = 0; i < 4; i++) {
		SHOW(numbers[i]);
		DO(cudaMemPoolGetAttribute(pool, (enum cudaMemPoolAttr)numbers[i], &value));
		DO(cudaMemPoolSetAttribute(pool, (enum cudaMemPoolAttr)numbers[i], &value));
	}
	SHOW(value);
	DO(cudaMemPoolGetAttribute(NULL, cudaMemPoolAttrUsedMemHigh, &value));
	DO(cudaMemPoolSetAttribute(NULL, cudaMemPoolAttrReleaseThreshold, &value));
	SHOW(value);
}

CASE(attributes_set)
{
	cudaMemPool_t pool = new_pool();

	for (int attribute = 1; attribute <= 8; attribute++) {
		unsigned long long value = 0;

		SHOW(attribute);
		DO(cudaMemPoolSetAttribute(pool, (enum cudaMemPoolAttr)attribute, &value));
		value = 1;
		DO(cudaMemPoolSetAttribute(pool, (enum cudaMemPoolAttr)attribute, &value));
		value = 7;
		DO(cudaMemPoolSetAttribute(pool, (enum cudaMemPoolAttr)attribute, &value));
	}
	show_attributes(pool);
}

CASE(get_attribute_null)
{
	DO(cudaMemPoolGetAttribute(new_pool(), cudaMemPoolAttrUsedMemHigh, NULL));
}

CASE(set_attribute_null)
{
	DO(cudaMemPoolSetAttribute(new_pool(), cudaMemPoolAttrReleaseThreshold, NULL));
}

static void show_access(cudaMemPool_t pool, struct cudaMemLocation location)
{
	enum cudaMemAccessFlags flags;

	UNTOUCH(flags);
	DO(cudaMemPoolGetAccess(&flags, pool, &location));
	SHOW((int)flags);
}

CASE(get_access)
{
	cudaMemPool_t pool = new_pool();

	show_access(pool, on_device);
	show_access(default_pool(), on_device);
	show_access(pool, (struct cudaMemLocation){ cudaMemLocationTypeDevice, 99 });
	show_access(pool, (struct cudaMemLocation){ cudaMemLocationTypeDevice, -1 });
	show_access(pool, (struct cudaMemLocation){ cudaMemLocationTypeHost, 0 });
	show_access(pool, (struct cudaMemLocation){ cudaMemLocationTypeInvalid, 0 });
	show_access(pool, (struct cudaMemLocation){ (enum cudaMemLocationType)77, 0 });
	show_access(NULL, on_device);
}

CASE(get_access_null_flags)
{
	struct cudaMemLocation location = on_device;

	DO(cudaMemPoolGetAccess(NULL, new_pool(), &location));
}

CASE(get_access_null_location)
{
	enum cudaMemAccessFlags flags;

	DO(cudaMemPoolGetAccess(&flags, new_pool(), NULL));
}

static void set_access(cudaMemPool_t pool, int type, int id, int flags)
{
	const struct cudaMemAccessDesc access = {
		.location = { (enum cudaMemLocationType)type, id },
		.flags = (enum cudaMemAccessFlags)flags,
	};

	conf_print("location %d %d, flags %d", type, id, flags);
	DO(cudaMemPoolSetAccess(pool, &access, 1));
}

CASE(set_access_on_itself)
{
	cudaMemPool_t pool = new_pool();

	for (int flags = 0; flags <= 4; flags++)
		set_access(pool, cudaMemLocationTypeDevice, 0, flags);
	show_access(pool, on_device);
}

CASE(set_access_bad)
{
	cudaMemPool_t pool = new_pool();

	set_access(pool, cudaMemLocationTypeDevice, 99, 3);
	set_access(pool, cudaMemLocationTypeDevice, -1, 3);
	set_access(pool, cudaMemLocationTypeHost, 0, 3);
	set_access(pool, cudaMemLocationTypeHost, 0, 0);
	set_access(pool, cudaMemLocationTypeInvalid, 0, 3);
	set_access(pool, 77, 0, 3);
	set_access(NULL, cudaMemLocationTypeDevice, 0, 3);
}

CASE(set_access_count)
{
	cudaMemPool_t pool = new_pool();
	const struct cudaMemAccessDesc access = { on_device, cudaMemAccessFlagsProtReadWrite };

	DO(cudaMemPoolSetAccess(pool, &access, 0));
	DO(cudaMemPoolSetAccess(pool, NULL, 0));
}

CASE(set_access_null)
{
	DO(cudaMemPoolSetAccess(new_pool(), NULL, 1));
}

CASE(mem_pool_by_location)
{
	struct cudaMemLocation location = on_device;
	cudaMemPool_t pool = UNTOUCHED, made = new_pool();

	DO(cudaMemGetDefaultMemPool(&pool, &location, cudaMemAllocationTypePinned));
	SHOW_IF(pool == default_pool());
	DO(cudaMemGetMemPool(&pool, &location, cudaMemAllocationTypePinned));
	SHOW_IF(pool == default_pool());
	DO(cudaMemSetMemPool(&location, cudaMemAllocationTypePinned, made));
	DO(cudaMemGetMemPool(&pool, &location, cudaMemAllocationTypePinned));
	SHOW_IF(pool == made);
	DO(cudaDeviceGetMemPool(&pool, 0));
	SHOW_IF(pool == made);
}

#define LOCATED(location_type, location_id, allocation)                                     \
	do {                                                                                \
		struct cudaMemLocation at = { (enum cudaMemLocationType)(location_type),    \
					      location_id };                                \
		enum cudaMemAllocationType kind = (enum cudaMemAllocationType)(allocation); \
		cudaMemPool_t pool = UNTOUCHED;                                             \
		conf_print("location %d %d, type %d", (int)(location_type), (location_id),  \
			   (int)(allocation));                                              \
		DO(cudaMemGetDefaultMemPool(&pool, &at, kind));                             \
		SHOW(pool);                                                                 \
		pool = UNTOUCHED;                                                           \
		DO(cudaMemGetMemPool(&pool, &at, kind));                                    \
		SHOW(pool);                                                                 \
	} while (0)

CASE(mem_pool_bad_locations)
{
	LOCATED(cudaMemLocationTypeDevice, 99, 1);
	LOCATED(cudaMemLocationTypeDevice, -1, 1);
	LOCATED(cudaMemLocationTypeInvalid, 0, 1);
	LOCATED(77, 0, 1);
	LOCATED(cudaMemLocationTypeDevice, 0, 0);
	LOCATED(cudaMemLocationTypeDevice, 0, 77);
}

CASE(mem_pool_host_locations)
{
	LOCATED(cudaMemLocationTypeHost, 0, 1);
	LOCATED(cudaMemLocationTypeHostNuma, 0, 1);
	LOCATED(cudaMemLocationTypeHostNumaCurrent, 0, 1);
}

CASE(mem_pool_managed)
{
	LOCATED(cudaMemLocationTypeDevice, 0, 2);
	LOCATED(cudaMemLocationTypeInvalid, 0, 2);
}

CASE(mem_get_default_null)
{
	struct cudaMemLocation location = on_device;

	DO(cudaMemGetDefaultMemPool(NULL, &location, cudaMemAllocationTypePinned));
}

CASE(mem_get_default_null_location)
{
	cudaMemPool_t pool = UNTOUCHED;

	DO(cudaMemGetDefaultMemPool(&pool, NULL, cudaMemAllocationTypePinned));
}

CASE(mem_get_null)
{
	struct cudaMemLocation location = on_device;

	DO(cudaMemGetMemPool(NULL, &location, cudaMemAllocationTypePinned));
}

CASE(mem_set_null)
{
	struct cudaMemLocation location = on_device;

	DO(cudaMemSetMemPool(&location, cudaMemAllocationTypePinned, NULL));
}

CASE(mem_set_bad)
{
	struct cudaMemLocation location = { cudaMemLocationTypeDevice, 99 };
	struct cudaMemLocation host = { cudaMemLocationTypeHost, 0 };

	DO(cudaMemSetMemPool(&location, cudaMemAllocationTypePinned, new_pool()));
	DO(cudaMemSetMemPool(&host, cudaMemAllocationTypePinned, new_pool()));
	location.id = 0;
	DO(cudaMemSetMemPool(&location, cudaMemAllocationTypeInvalid, new_pool()));
	DO(cudaMemSetMemPool(&location, cudaMemAllocationTypeManaged, new_pool()));
}

CASE(mem_set_null_location)
{
	DO(cudaMemSetMemPool(NULL, cudaMemAllocationTypePinned, new_pool()));
}

CASE(export_of_unshareable)
{
	struct cudaMemPoolPtrExportData data;
	int fd = UNTOUCHED_INT;
	void *p = NULL, *d = NULL;

	DO(cudaMemPoolExportToShareableHandle(&fd, default_pool(),
					      cudaMemHandleTypePosixFileDescriptor, 0));
	DO(cudaMemPoolExportToShareableHandle(&fd, new_pool(), cudaMemHandleTypePosixFileDescriptor,
					      0));
	DO(cudaMemPoolExportToShareableHandle(&fd, new_pool(), cudaMemHandleTypeNone, 0));
	SHOW(fd);
	NEED(cudaMallocAsync(&p, 64, NULL));
	NEED(cudaMalloc(&d, 64));
	DO(cudaMemPoolExportPointer(&data, p));
	DO(cudaMemPoolExportPointer(&data, d));
	DO(cudaMemPoolExportPointer(&data, NULL));
	DO(cudaMemPoolExportPointer(&data, &fd));
}

CASE(export_pointer_null)
{
	void *p = NULL;

	NEED(cudaMallocAsync(&p, 64, NULL));
	DO(cudaMemPoolExportPointer(NULL, p));
}

CASE(import_bad)
{
	cudaMemPool_t pool = UNTOUCHED;
	struct cudaMemPoolPtrExportData data;
	void *p = UNTOUCHED;

	memset(&data, 0, sizeof(data));
	DO(cudaMemPoolImportFromShareableHandle(&pool, (void *)(intptr_t)-1,
						cudaMemHandleTypePosixFileDescriptor, 0));
	DO(cudaMemPoolImportFromShareableHandle(&pool, NULL, cudaMemHandleTypeNone, 0));
	DO(cudaMemPoolImportFromShareableHandle(&pool, (void *)(intptr_t)-1,
						cudaMemHandleTypePosixFileDescriptor, 1));
	SHOW(pool);
	DO(cudaMemPoolImportPointer(&p, new_pool(), &data));
	DO(cudaMemPoolImportPointer(&p, NULL, &data));
	SHOW(p);
}

/* ---- captures ---- */

static void end(cudaStream_t stream)
{
	cudaGraph_t graph = NULL;
	size_t count = 0;

	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
	if (graph == NULL)
		return;
	NEED(cudaGraphGetNodes(graph, NULL, &count));
	SHOW(count);
}

CASE(capture_alloc_and_free)
{
	cudaStream_t stream = new_stream();
	void *p = UNTOUCHED;

	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaMallocAsync(&p, 64, stream));
	SHOW(p);
	DO(cudaMemsetAsync(p, 1, 64, stream));
	DO(cudaFreeAsync(p, stream));
	end(stream);
}

CASE(capture_alloc_nothing)
{
	cudaStream_t stream = new_stream();
	void *p = UNTOUCHED;

	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaMallocAsync(&p, 0, stream));
	SHOW(p);
	DO(cudaFreeAsync(NULL, stream));
	DO(cudaMallocAsync(NULL, 64, stream));
	end(stream);
}

CASE(capture_alloc_elsewhere)
{
	static const enum cudaStreamCaptureMode modes[] = { cudaStreamCaptureModeGlobal,
							    cudaStreamCaptureModeThreadLocal,
							    cudaStreamCaptureModeRelaxed };
	cudaStream_t stream = new_stream(), other = new_stream();

	for (int i = 0; i < 3; i++) {
		void *p = UNTOUCHED;

		SHOW((int)modes[i]);
		NEED(cudaStreamBeginCapture(stream, modes[i]));
		DO(cudaMallocAsync(&p, 64, other));
		SHOW(p);
		end(stream);
	}
}

CASE(capture_free_outside_memory)
{
	cudaStream_t stream = new_stream();
	void *p = NULL;

	NEED(cudaMallocAsync(&p, 64, stream));
	NEED(cudaStreamSynchronize(stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaFreeAsync(p, stream));
	end(stream);
}

CASE(capture_pool_calls)
{
	cudaStream_t stream = new_stream();
	cudaMemPool_t pool = new_pool(), made = UNTOUCHED;
	struct cudaMemPoolProps props = plain();
	unsigned long long value = 0;
	void *p = UNTOUCHED;

	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaMemPoolCreate(&made, &props));
	SHOW(made);
	DO(cudaMemPoolGetAttribute(pool, cudaMemPoolAttrUsedMemHigh, &value));
	DO(cudaMallocFromPoolAsync(&p, 64, pool, stream));
	SHOW(p);
	DO(cudaFreeAsync(p, stream));
	DO(cudaMemPoolTrimTo(pool, 0));
	DO(cudaMemPoolDestroy(made));
	end(stream);
}

static void in_callback(void *stream)
{
	void *p = UNTOUCHED;

	DO(cudaMallocAsync(&p, 64, stream));
	SHOW(p);
	DO(cudaFreeAsync(NULL, stream));
	DO(cudaMallocAsync(&p, 0, stream));
}

CASE(from_host_function)
{
	cudaStream_t stream = new_stream();

	NEED(cudaLaunchHostFunc(stream, in_callback, stream));
	DO(cudaStreamSynchronize(stream));
}

CASE(after_sticky_error)
{
	cudaMemPool_t pool = UNTOUCHED;
	void *p = NULL, *q = UNTOUCHED;

	conf_register();
	NEED(cudaMallocAsync(&p, 64, NULL));
	DO(LAUNCH(kernel_bad_address, DIM(1), DIM(1), NULL));
	DO(cudaDeviceSynchronize());
	DO(cudaMallocAsync(&q, 64, NULL));
	SHOW(q);
	DO(cudaMallocAsync(&q, 0, NULL));
	DO(cudaMallocAsync(NULL, 64, NULL));
	DO(cudaFreeAsync(p, NULL));
	DO(cudaFreeAsync(NULL, NULL));
	DO(cudaDeviceGetDefaultMemPool(&pool, 0));
}

CASE_TWO_DEVICES(access_from_other_device)
{
	cudaMemPool_t pool = new_pool();
	const struct cudaMemLocation second = { cudaMemLocationTypeDevice, 1 };

	show_access(pool, second);
	set_access(pool, cudaMemLocationTypeDevice, 1, 3);
	show_access(pool, second);
	set_access(pool, cudaMemLocationTypeDevice, 1, 1);
	show_access(pool, second);
	set_access(pool, cudaMemLocationTypeDevice, 1, 0);
	show_access(pool, second);
	DO(cudaDeviceSetMemPool(1, pool));
}

CASE_TWO_DEVICES(pool_of_stream_device)
{
	cudaStream_t stream = new_stream();
	struct cudaPointerAttributes a;
	void *p = NULL;

	NEED(cudaSetDevice(1));
	DO(cudaMallocAsync(&p, 64, stream));
	DO(cudaPointerGetAttributes(&a, p));
	SHOW(a.device);
	DO(cudaFreeAsync(p, stream));
	DO(cudaStreamSynchronize(stream));
	DO(cudaMallocFromPoolAsync(&p, 64, default_pool(), NULL));
	DO(cudaPointerGetAttributes(&a, p));
	SHOW(a.device);
	DO(cudaFreeAsync(p, NULL));
}
