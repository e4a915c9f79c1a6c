/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of the simulated driver: allocation, copies, sets, pools, arrays, pointer attributes.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim_fixture.h"

START_TEST(allocations_lie_512_bytes_apart)
{
	CUdeviceptr a, b;

	begin();
	a = device_memory(100);
	b = device_memory(100);
	ck_assert_uint_eq(a % 512, 0);
	ck_assert_uint_eq(b % 512, 0);
	ck_assert_uint_ne(a, b);
}
END_TEST

START_TEST(sizes_that_cannot_be_are_refused)
{
	CUdeviceptr memory;

	begin();
	FAILS(cuMemAlloc_v2(&memory, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemAlloc_v2(NULL, 4), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemAlloc_v2(&memory, (size_t)1 << 60), CUDA_ERROR_OUT_OF_MEMORY);
	FAILS(cuMemAlloc_v2(&memory, SIZE_MAX), CUDA_ERROR_OUT_OF_MEMORY);
}
END_TEST

START_TEST(a_refused_allocation_leaves_nothing)
{
	CUstream stream;
	CUdeviceptr memory = 1;
	void *host = &memory;
	size_t pitch = 1;

	begin();
	FAILS(cuMemAlloc_v2(&memory, SIZE_MAX), CUDA_ERROR_OUT_OF_MEMORY);
	ck_assert_uint_eq(memory, 0);
	FAILS(cuMemHostAlloc(&host, 8, 0x100), CUDA_ERROR_INVALID_VALUE);
	ck_assert_ptr_null(host);
	memory = 1;
	OK(cuStreamCreate(&stream, 0));
	OK(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_GLOBAL));
	FAILS(cuMemAllocPitch_v2(&memory, &pitch, 16, 16, 4),
	      CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	ck_assert_uint_eq(memory, 0);
	ck_assert_uint_eq(pitch, 512);
}
END_TEST

/* The driver's arithmetic wraps around; the device then meets memory that is not there. */
START_TEST(a_set_that_wraps_around_is_a_fault)
{
	begin();
	OK(cuMemsetD8_v2(device_memory(64), 1, SIZE_MAX));
	FAILS(cuCtxSynchronize(), CUDA_ERROR_ILLEGAL_ADDRESS);
}
END_TEST

START_TEST(a_device_has_as_much_as_it_says)
{
	size_t available, total;
	CUdeviceptr most, more;

	begin();
	OK(cuMemGetInfo_v2(&available, &total));
	ck_assert_uint_eq(total, 150109880320);
	OK(cuMemAlloc_v2(&most, available - ((size_t)64 << 20)));
	FAILS(cuMemAlloc_v2(&more, (size_t)128 << 20), CUDA_ERROR_OUT_OF_MEMORY);
	OK(cuMemFree_v2(most));
	OK(cuMemAlloc_v2(&more, (size_t)128 << 20));
}
END_TEST

START_TEST(free_memory_comes_back)
{
	size_t before, during, after;
	CUdeviceptr memory;

	begin();
	OK(cuMemGetInfo_v2(&before, NULL));
	memory = device_memory((size_t)100 << 20);
	OK(cuMemGetInfo_v2(&during, NULL));
	ck_assert_uint_eq(before - during, (size_t)100 << 20);
	OK(cuMemFree_v2(memory));
	OK(cuMemGetInfo_v2(&after, NULL));
	ck_assert_uint_eq(after, before);
}
END_TEST

START_TEST(only_the_start_of_an_allocation_can_be_freed_and_once)
{
	CUdeviceptr memory;

	begin();
	memory = device_memory(64);
	FAILS(cuMemFree_v2(memory + 4), CUDA_ERROR_INVALID_VALUE);
	OK(cuMemFree_v2(memory));
	FAILS(cuMemFree_v2(memory), CUDA_ERROR_INVALID_VALUE);
	OK(cuMemFree_v2(0));
}
END_TEST

START_TEST(many_allocations_are_told_apart)
{
	enum {
		COUNT = 3000
	};
	static CUdeviceptr all[COUNT];
	CUdeviceptr base;
	size_t size;

	begin();
	for (size_t i = 0; i < COUNT; i++)
		all[i] = device_memory(1 + i * 37);
	for (size_t i = 0; i < COUNT; i += 2)
		OK(cuMemFree_v2(all[i]));
	for (size_t i = 1; i < COUNT; i += 2) {
		OK(cuMemGetAddressRange_v2(&base, &size, all[i] + i * 37));
		ck_assert_uint_eq(base, all[i]);
		ck_assert_uint_eq(size, 1 + i * 37);
		FAILS(cuMemGetAddressRange_v2(&base, &size, all[i] + size), CUDA_ERROR_NOT_FOUND);
	}
}
END_TEST

START_TEST(pitch_is_a_multiple_of_512)
{
	CUdeviceptr memory, base;
	size_t pitch, size;

	begin();
	OK(cuMemAllocPitch_v2(&memory, &pitch, 513, 3, 4));
	ck_assert_uint_eq(pitch, 1024);
	OK(cuMemGetAddressRange_v2(&base, &size, memory));
	ck_assert_uint_eq(size, 3072);
	FAILS(cuMemAllocPitch_v2(&memory, &pitch, 100, 3, 3), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemAllocPitch_v2(&memory, &pitch, 0, 3, 4), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(copies_bring_bytes_there_and_back)
{
	char out[1000], in[1000];
	CUdeviceptr a, b;

	begin();
	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = (char)(i * 7);
	a = device_memory(sizeof(out));
	b = device_memory(sizeof(out));
	OK(cuMemcpyHtoD_v2(a, out, sizeof(out)));
	OK(cuMemcpyDtoD_v2(b, a, sizeof(out)));
	OK(cuMemcpyDtoH_v2(in, b, sizeof(in)));
	ck_assert_mem_eq(in, out, sizeof(in));
	memset(in, 0, sizeof(in));
	OK(cuMemcpy((CUdeviceptr)in, a, sizeof(in)));
	ck_assert_mem_eq(in, out, sizeof(in));
}
END_TEST

START_TEST(copies_out_of_bounds_are_refused)
{
	char host[2000];
	CUdeviceptr memory;

	begin();
	memory = device_memory(1000);
	FAILS(cuMemcpyHtoD_v2(memory, host, 1001), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemcpyDtoH_v2(host, memory + 996, 5), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemcpyDtoHAsync_v2(host, memory, 2000, NULL), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemcpy(memory, (CUdeviceptr)host, 1001), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemsetD8_v2(memory, 1, 1001), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(a_copy_of_nothing_succeeds_whatever_the_pointers)
{
	begin();
	OK(cuMemcpy(0, 0, 0));
	OK(cuMemcpyHtoD_v2(0, NULL, 0));
	OK(cuMemsetD8_v2(0, 1, 0));
	FAILS(cuMemcpy(0, 0, 1), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(directions_that_do_not_fit_are_refused)
{
	char host[100];
	CUdeviceptr memory;

	begin();
	memory = device_memory(100);
	FAILS(cuMemcpyHtoD_v2((CUdeviceptr)host, host + 50, 4), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemcpyDtoH_v2(host, (CUdeviceptr)host, 4), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemcpyDtoD_v2(memory, (CUdeviceptr)host, 4), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemsetD8_v2((CUdeviceptr)host, 1, 1), CUDA_ERROR_INVALID_VALUE);
	OK(cuMemcpy((CUdeviceptr)host, (CUdeviceptr)host + 50, 4));
}
END_TEST

START_TEST(an_async_copy_from_the_stack_may_be_followed_by_its_reuse)
{
	char host[100], back[100];
	CUdeviceptr memory;
	CUstream stream;

	begin();
	memory = device_memory(sizeof(host));
	OK(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	memset(host, 1, sizeof(host));
	OK(cuMemcpyHtoDAsync_v2(memory, host, sizeof(host), stream));
	memset(host, 2, sizeof(host));
	OK(cuStreamSynchronize(stream));
	OK(cuMemcpyDtoH_v2(back, memory, sizeof(back)));
	for (size_t i = 0; i < sizeof(back); i++)
		ck_assert_int_eq(back[i], 1);
}
END_TEST

START_TEST(rectangles_keep_to_their_pitch)
{
	char host[8][8], back[4][4];
	CUdeviceptr memory;
	CUDA_MEMCPY2D copy = { .srcMemoryType = CU_MEMORYTYPE_HOST,
			       .srcHost = host,
			       .srcPitch = 8,
			       .srcXInBytes = 2,
			       .srcY = 3,
			       .dstMemoryType = CU_MEMORYTYPE_DEVICE,
			       .dstPitch = 16,
			       .WidthInBytes = 4,
			       .Height = 4 };

	begin();
	memory = device_memory(64);
	for (int y = 0; y < 8; y++)
		for (int x = 0; x < 8; x++)
			host[y][x] = (char)(10 * y + x);
	copy.dstDevice = memory;
	OK(cuMemcpy2D_v2(&copy));
	for (int y = 0; y < 4; y++) {
		OK(cuMemcpyDtoH_v2(back[y], memory + 16 * (unsigned int)y, 4));
		ck_assert_mem_eq(back[y], &host[y + 3][2], 4);
	}
	copy.srcXInBytes = 6;
	FAILS(cuMemcpy2D_v2(&copy), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemcpy2D_v2(NULL), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(sets_fill_elements_of_each_size)
{
	unsigned int words[4];
	CUdeviceptr memory;

	begin();
	memory = device_memory(16);
	OK(cuMemsetD32_v2(memory, 0x01020304, 4));
	OK(cuMemsetD16_v2(memory + 4, 0xaabb, 2));
	OK(cuMemsetD8_v2(memory + 8, 0xcc, 4));
	OK(cuMemcpyDtoH_v2(words, memory, 16));
	ck_assert_uint_eq(words[0], 0x01020304);
	ck_assert_uint_eq(words[1], 0xaabbaabb);
	ck_assert_uint_eq(words[2], 0xcccccccc);
	ck_assert_uint_eq(words[3], 0x01020304);
	FAILS(cuMemsetD32_v2(memory + 1, 1, 1), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemsetD2D8_v2(memory, 4, 1, 5, 2), CUDA_ERROR_INVALID_VALUE);
	OK(cuMemsetD2D8_v2(memory, 4, 1, 2, 4));
}
END_TEST

START_TEST(pinned_memory_knows_its_flags_and_device_address)
{
	unsigned int flags;
	CUdeviceptr device;
	void *host;

	begin();
	OK(cuMemHostAlloc(&host, 1000, CU_MEMHOSTALLOC_PORTABLE));
	OK(cuMemHostGetFlags(&flags, host));
	ck_assert_uint_eq(flags, CU_MEMHOSTALLOC_PORTABLE | CU_MEMHOSTALLOC_DEVICEMAP);
	OK(cuMemHostGetDevicePointer_v2(&device, (char *)host + 8, 0));
	ck_assert_uint_eq(device, (CUdeviceptr)host + 8);
	FAILS(cuMemFreeHost((char *)host + 8), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemHostUnregister(host), CUDA_ERROR_INVALID_VALUE);
	OK(cuMemFreeHost(host));
	FAILS(cuMemFreeHost(host), CUDA_ERROR_INVALID_VALUE);
	OK(cuMemFreeHost(NULL));
	OK(cuMemHostAlloc(&host, 0, 0));
	ck_assert_ptr_null(host);
}
END_TEST

START_TEST(memory_is_registered_once)
{
	static char memory[4096];

	begin();
	FAILS(cuMemHostUnregister(memory), CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED);
	OK(cuMemHostRegister_v2(memory + 5, 1000, 0));
	FAILS(cuMemHostRegister_v2(memory, 4096, 0), CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED);
	FAILS(cuMemHostUnregister(memory), CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED);
	OK(cuMemHostUnregister(memory + 5));
	FAILS(cuMemHostRegister_v2(memory, 0, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemHostRegister_v2(memory, 10, 0x100), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

struct attributes {
	CUcontext ctx;
	unsigned int type;
	CUdeviceptr device;
	void *host;
	unsigned int managed;
	int ordinal;
};

static struct attributes attributes_of(CUdeviceptr pointer)
{
	struct attributes a;
	CUpointer_attribute list[] = {
		CU_POINTER_ATTRIBUTE_CONTEXT,        CU_POINTER_ATTRIBUTE_MEMORY_TYPE,
		CU_POINTER_ATTRIBUTE_DEVICE_POINTER, CU_POINTER_ATTRIBUTE_HOST_POINTER,
		CU_POINTER_ATTRIBUTE_IS_MANAGED,     CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL,
	};
	void *data[] = { &a.ctx, &a.type, &a.device, &a.host, &a.managed, &a.ordinal };

	memset(&a, 0xee, sizeof(a));
	OK(cuPointerGetAttributes(6, list, data, pointer));
	return a;
}

START_TEST(attributes_tell_device_from_host_memory)
{
	CUcontext ctx = begin();
	CUdeviceptr memory = device_memory(64);
	struct attributes a = attributes_of(memory + 8);
	void *host;

	ck_assert_ptr_eq(a.ctx, ctx);
	ck_assert_uint_eq(a.type, CU_MEMORYTYPE_DEVICE);
	ck_assert_uint_eq(a.device, memory + 8);
	ck_assert_ptr_null(a.host);
	ck_assert_uint_eq(a.managed, 0);
	ck_assert_int_eq(a.ordinal, 0);
	OK(cuMemHostAlloc(&host, 64, 0));
	a = attributes_of((CUdeviceptr)host);
	ck_assert_uint_eq(a.type, CU_MEMORYTYPE_HOST);
	ck_assert_ptr_eq(a.host, host);
	ck_assert_uint_eq(a.device, (CUdeviceptr)host);
}
END_TEST

START_TEST(managed_memory_is_device_memory_with_a_host_address)
{
	CUdeviceptr memory;
	struct attributes a;

	begin();
	OK(cuMemAllocManaged(&memory, 64, CU_MEM_ATTACH_GLOBAL));
	a = attributes_of(memory);
	ck_assert_uint_eq(a.type, CU_MEMORYTYPE_DEVICE);
	ck_assert_uint_eq(a.managed, 1);
	ck_assert_ptr_eq(a.host, (void *)memory);
	FAILS(cuMemAllocManaged(&memory, 64, 3), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(unknown_memory_has_no_type_and_no_device)
{
	int local;
	unsigned int type;
	struct attributes a;

	begin();
	a = attributes_of((CUdeviceptr)&local);
	ck_assert_uint_eq(a.type, 0);
	ck_assert_ptr_null(a.ctx);
	ck_assert_uint_eq(a.device, 0);
	ck_assert_ptr_eq(a.host, &local);
	ck_assert_int_eq(a.ordinal, -2);
	FAILS(cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, (CUdeviceptr)&local),
	      CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(advice_and_prefetches_can_be_asked_back)
{
	CUmemLocation where = { .type = CU_MEM_LOCATION_TYPE_DEVICE, .id = 1 };
	CUdeviceptr memory;
	int value;

	begin();
	OK(cuMemAllocManaged(&memory, 1000, CU_MEM_ATTACH_GLOBAL));
	OK(cuMemRangeGetAttribute(&value, sizeof(value), CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION,
				  memory, 1000));
	ck_assert_int_eq(value, CU_DEVICE_INVALID);
	OK(cuMemAdvise_v2(memory, 1000, CU_MEM_ADVISE_SET_PREFERRED_LOCATION, where));
	OK(cuMemRangeGetAttribute(&value, sizeof(value), CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION,
				  memory, 1000));
	ck_assert_int_eq(value, 1);
	where.type = CU_MEM_LOCATION_TYPE_HOST;
	OK(cuMemPrefetchAsync_v2(memory, 1000, where, 0, NULL));
	OK(cuMemRangeGetAttribute(&value, sizeof(value),
				  CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION, memory, 1000));
	ck_assert_int_eq(value, CU_DEVICE_CPU);
	FAILS(cuMemAdvise_v2(memory, 2000, CU_MEM_ADVISE_SET_READ_MOSTLY, where),
	      CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemAdvise_v2(device_memory(64), 64, CU_MEM_ADVISE_SET_READ_MOSTLY, where),
	      CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(older_advice_takes_numbers_of_devices)
{
	CUdeviceptr memory;
	int value;

	begin();
	OK(cuMemAllocManaged(&memory, 1000, CU_MEM_ATTACH_GLOBAL));
	OK(cuMemAdvise(memory, 1000, CU_MEM_ADVISE_SET_PREFERRED_LOCATION, CU_DEVICE_CPU));
	OK(cuMemRangeGetAttribute(&value, sizeof(value), CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION,
				  memory, 1000));
	ck_assert_int_eq(value, CU_DEVICE_CPU);
	FAILS(cuMemAdvise(memory, 1000, CU_MEM_ADVISE_SET_PREFERRED_LOCATION, 99),
	      CUDA_ERROR_INVALID_DEVICE);
	FAILS(cuMemAdvise(memory, 1000, CU_MEM_ADVISE_SET_ACCESSED_BY, CU_DEVICE_INVALID),
	      CUDA_ERROR_INVALID_DEVICE);
	FAILS(cuMemAdvise(memory, 2000, CU_MEM_ADVISE_SET_ACCESSED_BY, 99),
	      CUDA_ERROR_INVALID_VALUE);
	OK(cuMemAdvise(memory, 1000, CU_MEM_ADVISE_SET_READ_MOSTLY, 99));
	OK(cuMemAdvise(memory, 1000, CU_MEM_ADVISE_SET_ACCESSED_BY, 0));
	OK(cuMemAdvise(memory, 1000, CU_MEM_ADVISE_SET_ACCESSED_BY, CU_DEVICE_CPU));
	OK(cuMemRangeGetAttribute(&value, sizeof(value), CU_MEM_RANGE_ATTRIBUTE_ACCESSED_BY, memory,
				  1000));
	ck_assert_int_eq(value, 0);
}
END_TEST

static cuuint64_t pool_value(CUmemoryPool pool, CUmemPool_attribute attribute)
{
	cuuint64_t value;

	OK(cuMemPoolGetAttribute(pool, attribute, &value));
	return value;
}

START_TEST(pools_count_what_is_used_and_reserved)
{
	CUmemoryPool pool;
	CUdeviceptr a, b;

	begin();
	OK(cuDeviceGetDefaultMemPool(&pool, 0));
	OK(cuMemAllocAsync(&a, 1000, NULL));
	OK(cuMemAllocAsync(&b, 3000, NULL));
	ck_assert_uint_eq(pool_value(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT), 4000);
	ck_assert_uint_eq(pool_value(pool, CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT), 32 << 20);
	OK(cuMemFreeAsync(a, NULL));
	OK(cuStreamSynchronize(NULL));
	ck_assert_uint_eq(pool_value(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT), 3000);
	ck_assert_uint_eq(pool_value(pool, CU_MEMPOOL_ATTR_USED_MEM_HIGH), 4000);
	OK(cuMemFree_v2(b));
	ck_assert_uint_eq(pool_value(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT), 0);
}
END_TEST

START_TEST(a_threshold_keeps_memory_until_it_is_trimmed)
{
	cuuint64_t all = UINT64_MAX, zero = 0;
	CUmemoryPool pool;
	CUdeviceptr memory;

	begin();
	OK(cuDeviceGetDefaultMemPool(&pool, 0));
	OK(cuMemPoolSetAttribute(pool, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, &all));
	OK(cuMemAllocAsync(&memory, 40 << 20, NULL));
	ck_assert_uint_eq(pool_value(pool, CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT), 64 << 20);
	OK(cuMemFreeAsync(memory, NULL));
	OK(cuStreamSynchronize(NULL));
	ck_assert_uint_eq(pool_value(pool, CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT), 64 << 20);
	OK(cuMemPoolTrimTo(pool, 0));
	ck_assert_uint_eq(pool_value(pool, CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT), 0);
	FAILS(cuMemPoolSetAttribute(pool, CU_MEMPOOL_ATTR_USED_MEM_HIGH, &all),
	      CUDA_ERROR_INVALID_VALUE);
	OK(cuMemPoolSetAttribute(pool, CU_MEMPOOL_ATTR_USED_MEM_HIGH, &zero));
	ck_assert_uint_eq(pool_value(pool, CU_MEMPOOL_ATTR_USED_MEM_HIGH), 0);
}
END_TEST

START_TEST(async_memory_is_freed_once_and_from_its_start)
{
	CUdeviceptr memory;

	begin();
	OK(cuMemAllocAsync(&memory, 1000, NULL));
	FAILS(cuMemFreeAsync(memory + 4, NULL), CUDA_ERROR_INVALID_VALUE);
	OK(cuMemFreeAsync(memory, NULL));
	FAILS(cuMemFreeAsync(memory, NULL), CUDA_ERROR_INVALID_VALUE);
	OK(cuMemFreeAsync(0, NULL));
	OK(cuMemFreeAsync(device_memory(64), NULL));
	FAILS(cuMemAllocAsync(&memory, (size_t)1 << 50, NULL), CUDA_ERROR_OUT_OF_MEMORY);
}
END_TEST

START_TEST(a_device_returns_to_its_default_pool)
{
	CUmemPoolProps props = { .allocType = CU_MEM_ALLOCATION_TYPE_PINNED,
				 .location = { .type = CU_MEM_LOCATION_TYPE_DEVICE } };
	CUmemoryPool original, own, now;
	CUdeviceptr memory;

	begin();
	OK(cuDeviceGetMemPool(&original, 0));
	OK(cuMemPoolCreate(&own, &props));
	OK(cuDeviceSetMemPool(0, own));
	OK(cuMemAllocAsync(&memory, 64, NULL));
	OK(cuMemPoolDestroy(own));
	OK(cuDeviceGetMemPool(&now, 0));
	ck_assert_ptr_eq(now, original);
	OK(cuMemFreeAsync(memory, NULL));
	FAILS(cuMemPoolDestroy(original), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuDeviceSetMemPool(0, NULL), CUDA_ERROR_INVALID_VALUE);
	props.location.id = 99;
	FAILS(cuMemPoolCreate(&own, &props), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(arrays_hold_what_is_copied_into_them)
{
	CUDA_ARRAY3D_DESCRIPTOR desc = { .Width = 4,
					 .Height = 3,
					 .Depth = 2,
					 .Format = CU_AD_FORMAT_UNSIGNED_INT32,
					 .NumChannels = 1 },
				found;
	unsigned int out[24], in[24];
	CUDA_MEMCPY3D copy = { .srcMemoryType = CU_MEMORYTYPE_HOST,
			       .srcHost = out,
			       .srcPitch = 16,
			       .srcHeight = 3,
			       .dstMemoryType = CU_MEMORYTYPE_ARRAY,
			       .WidthInBytes = 16,
			       .Height = 3,
			       .Depth = 2 };
	CUDA_MEMCPY3D back = { .dstMemoryType = CU_MEMORYTYPE_HOST,
			       .dstHost = in,
			       .dstPitch = 16,
			       .dstHeight = 3,
			       .srcMemoryType = CU_MEMORYTYPE_ARRAY,
			       .WidthInBytes = 16,
			       .Height = 3,
			       .Depth = 2 };
	CUarray array;

	begin();
	for (unsigned int i = 0; i < 24; i++)
		out[i] = i * i;
	OK(cuArray3DCreate_v2(&array, &desc));
	OK(cuArray3DGetDescriptor_v2(&found, array));
	ck_assert_mem_eq(&found, &desc, sizeof(desc));
	copy.dstArray = back.srcArray = array;
	OK(cuMemcpy3D_v2(&copy));
	OK(cuMemcpy3D_v2(&back));
	ck_assert_mem_eq(in, out, sizeof(in));
	copy.dstZ = 1;
	FAILS(cuMemcpy3D_v2(&copy), CUDA_ERROR_INVALID_VALUE);
	OK(cuArrayDestroy(array));
	FAILS(cuArrayDestroy(array), CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

START_TEST(arrays_of_impossible_shape_are_refused)
{
	CUDA_ARRAY3D_DESCRIPTOR desc = { .Width = 16,
					 .Height = 16,
					 .Depth = 5,
					 .Format = CU_AD_FORMAT_FLOAT,
					 .NumChannels = 1,
					 .Flags = CUDA_ARRAY3D_CUBEMAP };
	CUarray array;

	begin();
	FAILS(cuArray3DCreate_v2(&array, &desc), CUDA_ERROR_INVALID_VALUE);
	desc.Depth = 6;
	OK(cuArray3DCreate_v2(&array, &desc));
	desc.NumChannels = 3;
	FAILS(cuArray3DCreate_v2(&array, &desc), CUDA_ERROR_INVALID_VALUE);
	desc.NumChannels = 1;
	desc.Flags = CUDA_ARRAY3D_LAYERED;
	desc.Depth = 0;
	FAILS(cuArray3DCreate_v2(&array, &desc), CUDA_ERROR_INVALID_VALUE);
	desc.Flags = 0x80000;
	FAILS(cuArray3DCreate_v2(&array, &desc), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(mipmap_levels_halve)
{
	CUDA_ARRAY3D_DESCRIPTOR desc = {
		.Width = 16, .Height = 8, .Format = CU_AD_FORMAT_FLOAT, .NumChannels = 1
	};
	CUmipmappedArray mipmap;
	CUarray level;

	begin();
	OK(cuMipmappedArrayCreate(&mipmap, &desc, 3));
	OK(cuMipmappedArrayGetLevel(&level, mipmap, 2));
	OK(cuArray3DGetDescriptor_v2(&desc, level));
	ck_assert_uint_eq(desc.Width, 4);
	ck_assert_uint_eq(desc.Height, 2);
	FAILS(cuMipmappedArrayGetLevel(&level, mipmap, 3), CUDA_ERROR_INVALID_VALUE);
	OK(cuMipmappedArrayDestroy(mipmap));
}
END_TEST

START_TEST(batches_copy_each_of_their_items)
{
	CUmemcpyAttributes attributes = { .srcAccessOrder = CU_MEMCPY_SRC_ACCESS_ORDER_STREAM };
	size_t first = 0, sizes[2] = { 4, 8 };
	CUdeviceptr from[2], to[2];
	CUstream stream;
	unsigned char bytes[8];

	begin();
	OK(cuStreamCreate(&stream, 0));
	for (int i = 0; i < 2; i++) {
		from[i] = device_memory(8);
		to[i] = device_memory(8);
		OK(cuMemsetD8_v2(from[i], (unsigned char)(i + 1), 8));
		OK(cuMemsetD8_v2(to[i], 9, 8));
	}
	OK(cuMemcpyBatchAsync_v2(to, from, sizes, 2, &attributes, &first, 1, stream));
	OK(cuStreamSynchronize(stream));
	OK(cuMemcpyDtoH_v2(bytes, to[0], 8));
	ck_assert_mem_eq(bytes, "\1\1\1\1\11\11\11\11", 8);
	OK(cuMemcpyDtoH_v2(bytes, to[1], 8));
	ck_assert_mem_eq(bytes, "\2\2\2\2\2\2\2\2", 8);
	FAILS(cuMemcpyBatchAsync_v2(to, from, sizes, 2, &attributes, &first, 1, NULL),
	      CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(a_batch_of_12_says_which_copy_failed)
{
	CUmemcpyAttributes attributes = { .srcAccessOrder = CU_MEMCPY_SRC_ACCESS_ORDER_STREAM };
	size_t first = 0, sizes[3] = { 4, 4, 4 }, failed = 77;
	CUdeviceptr from[3], to[3];
	CUstream stream;

	begin();
	OK(cuStreamCreate(&stream, 0));
	for (int i = 0; i < 3; i++) {
		from[i] = device_memory(8);
		to[i] = device_memory(8);
	}
	FAILS(cuMemcpyBatchAsync(to, from, sizes, 3, &attributes, &first, 1, &failed, NULL),
	      CUDA_ERROR_INVALID_VALUE);
	ck_assert_uint_eq(failed, 77);
	OK(cuMemcpyBatchAsync(to, from, sizes, 3, &attributes, &first, 1, &failed, stream));
	ck_assert_uint_eq(failed, SIZE_MAX);
	failed = 77;
	FAILS(cuMemcpyBatchAsync(to, from, sizes, 3, NULL, &first, 1, &failed, stream),
	      CUDA_ERROR_INVALID_VALUE);
	ck_assert_uint_eq(failed, SIZE_MAX);
	sizes[1] = 0;
	FAILS(cuMemcpyBatchAsync(to, from, sizes, 3, &attributes, &first, 1, &failed, stream),
	      CUDA_ERROR_INVALID_VALUE);
	ck_assert_uint_eq(failed, 1);
	FAILS(cuMemcpyBatchAsync(to, from, sizes, 3, &attributes, &first, 1, NULL, stream),
	      CUDA_ERROR_INVALID_VALUE);
}
END_TEST

static CUDA_MEMCPY3D_BATCH_OP box_of(CUdeviceptr to, CUdeviceptr from)
{
	return (CUDA_MEMCPY3D_BATCH_OP){
		.src = { .type = CU_MEMCPY_OPERAND_TYPE_POINTER, .op.ptr.ptr = from },
		.dst = { .type = CU_MEMCPY_OPERAND_TYPE_POINTER, .op.ptr.ptr = to },
		.extent = { 4, 2, 1 },
		.srcAccessOrder = CU_MEMCPY_SRC_ACCESS_ORDER_STREAM,
	};
}

START_TEST(a_batch_of_boxes_says_which_one_cannot_be)
{
	CUDA_MEMCPY3D_BATCH_OP boxes[3];
	CUdeviceptr memory;
	size_t failed = 77;
	CUstream stream;

	begin();
	OK(cuStreamCreate(&stream, 0));
	memory = device_memory(512);
	for (int i = 0; i < 3; i++)
		boxes[i] = box_of(memory + 64 * (CUdeviceptr)i, memory + 256);
	FAILS(cuMemcpy3DBatchAsync(3, boxes, &failed, 0, NULL), CUDA_ERROR_INVALID_VALUE);
	ck_assert_uint_eq(failed, 77);
	OK(cuMemcpy3DBatchAsync(3, boxes, &failed, 0, stream));
	ck_assert_uint_eq(failed, SIZE_MAX);
	boxes[1].src.op.ptr.rowLength = 3;
	FAILS(cuMemcpy3DBatchAsync(3, boxes, &failed, 0, stream), CUDA_ERROR_INVALID_VALUE);
	ck_assert_uint_eq(failed, 1);
	boxes[1].src.op.ptr.rowLength = 4;
	boxes[1].src.op.ptr.layerHeight = 1;
	FAILS(cuMemcpy3DBatchAsync(3, boxes, &failed, 0, stream), CUDA_ERROR_INVALID_VALUE);
	ck_assert_uint_eq(failed, 1);
	/* Where the memory is does not matter before all boxes were looked at. */
	boxes[1].src.op.ptr = (__typeof__(boxes[1].src.op.ptr)){ 0 };
	boxes[2].extent.width = 0;
	FAILS(cuMemcpy3DBatchAsync(3, boxes, &failed, 0, stream), CUDA_ERROR_INVALID_VALUE);
	ck_assert_uint_eq(failed, 2);
	FAILS(cuMemcpy3DBatchAsync(2, boxes, &failed, 0, stream), CUDA_ERROR_INVALID_VALUE);
	ck_assert_uint_eq(failed, SIZE_MAX);
}
END_TEST

START_TEST(a_reset_frees_what_the_context_owned)
{
	CUcontext ctx = begin();
	CUdeviceptr memory = device_memory(64);

	OK(cuDevicePrimaryCtxReset_v2(0));
	OK(cuDevicePrimaryCtxRetain(&ctx, 0));
	FAILS(cuMemFree_v2(memory), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(handles_for_other_processes_are_for_device_memory)
{
	CUipcMemHandle handle;
	CUdeviceptr memory, opened;
	void *host;

	begin();
	memory = device_memory(64);
	OK(cuIpcGetMemHandle(&handle, memory));
	FAILS(cuIpcOpenMemHandle_v2(&opened, handle, CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS),
	      CUDA_ERROR_INVALID_CONTEXT);
	OK(cuMemHostAlloc(&host, 64, 0));
	FAILS(cuIpcGetMemHandle(&handle, (CUdeviceptr)host), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sim memory");
	TCase *all = tcase_create("all");

	tcase_add_test(all, allocations_lie_512_bytes_apart);
	tcase_add_test(all, sizes_that_cannot_be_are_refused);
	tcase_add_test(all, a_refused_allocation_leaves_nothing);
	tcase_add_test(all, a_set_that_wraps_around_is_a_fault);
	tcase_add_test(all, a_device_has_as_much_as_it_says);
	tcase_add_test(all, free_memory_comes_back);
	tcase_add_test(all, only_the_start_of_an_allocation_can_be_freed_and_once);
	tcase_add_test(all, many_allocations_are_told_apart);
	tcase_add_test(all, pitch_is_a_multiple_of_512);
	tcase_add_test(all, copies_bring_bytes_there_and_back);
	tcase_add_test(all, copies_out_of_bounds_are_refused);
	tcase_add_test(all, a_copy_of_nothing_succeeds_whatever_the_pointers);
	tcase_add_test(all, directions_that_do_not_fit_are_refused);
	tcase_add_test(all, an_async_copy_from_the_stack_may_be_followed_by_its_reuse);
	tcase_add_test(all, rectangles_keep_to_their_pitch);
	tcase_add_test(all, sets_fill_elements_of_each_size);
	tcase_add_test(all, pinned_memory_knows_its_flags_and_device_address);
	tcase_add_test(all, memory_is_registered_once);
	tcase_add_test(all, attributes_tell_device_from_host_memory);
	tcase_add_test(all, managed_memory_is_device_memory_with_a_host_address);
	tcase_add_test(all, unknown_memory_has_no_type_and_no_device);
	tcase_add_test(all, advice_and_prefetches_can_be_asked_back);
	tcase_add_test(all, older_advice_takes_numbers_of_devices);
	tcase_add_test(all, pools_count_what_is_used_and_reserved);
	tcase_add_test(all, a_threshold_keeps_memory_until_it_is_trimmed);
	tcase_add_test(all, async_memory_is_freed_once_and_from_its_start);
	tcase_add_test(all, a_device_returns_to_its_default_pool);
	tcase_add_test(all, arrays_hold_what_is_copied_into_them);
	tcase_add_test(all, arrays_of_impossible_shape_are_refused);
	tcase_add_test(all, mipmap_levels_halve);
	tcase_add_test(all, batches_copy_each_of_their_items);
	tcase_add_test(all, a_batch_of_12_says_which_copy_failed);
	tcase_add_test(all, a_batch_of_boxes_says_which_one_cannot_be);
	tcase_add_test(all, a_reset_frees_what_the_context_owned);
	tcase_add_test(all, handles_for_other_processes_are_for_device_memory);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
