/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pools of the simulated driver that other processes use.
 */
#define _GNU_SOURCE /* memfd_create */
#include <check.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "process_fixture.h"

static CUmemoryPool new_pool(CUmemAllocationHandleType types)
{
	CUmemPoolProps props = {
		.allocType = CU_MEM_ALLOCATION_TYPE_PINNED,
		.handleTypes = types,
		.location = { .type = CU_MEM_LOCATION_TYPE_DEVICE, .id = 0 },
	};
	CUmemoryPool pool;

	OK(cuMemPoolCreate(&pool, &props));
	return pool;
}

static CUdeviceptr from_pool(CUmemoryPool pool, unsigned char value, size_t size)
{
	CUdeviceptr memory;

	OK(cuMemAllocFromPoolAsync(&memory, size, pool, NULL));
	fill(memory, value, size);
	return memory;
}

static CUresult import_file(CUmemoryPool *pool, int file)
{
	return cuMemPoolImportFromShareableHandle(pool, (void *)(intptr_t)file,
						  CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR, 0);
}

/* The pool whose file the parent has. */
static CUmemoryPool parents_pool(const struct message *m)
{
	CUmemoryPool pool;
	char path[64];
	int file;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", getppid(), m->pool);
	file = open(path, O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(file, 0);
	OK(import_file(&pool, file));
	close(file);
	return pool;
}

static cuuint64_t used(CUmemoryPool pool)
{
	cuuint64_t value = UINT64_MAX;

	OK(cuMemPoolGetAttribute(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT, &value));
	return value;
}

static void use_pool(const struct other *parent)
{
	struct message m = hear(parent);
	CUmemoryPool pool = parents_pool(&m);
	CUdeviceptr memory, none;

	FAILS(cuMemAllocFromPoolAsync(&none, 64, pool, NULL), CUDA_ERROR_INVALID_VALUE);
	OK(cuMemPoolImportPointer(&memory, pool, &m.pointer));
	ck_assert_uint_eq(used(pool), 4096);
	ck_assert_uint_eq(byte_at(memory), 0x42);
	fill(memory, 0x99, 4096);
	OK(cuMemFreeAsync(memory, NULL));
	OK(cuCtxSynchronize());
	ck_assert_uint_eq(used(pool), 0);
	FAILS(cuMemsetD8_v2(memory, 0, 1), CUDA_ERROR_INVALID_VALUE);
	OK(cuMemPoolDestroy(pool));
	tell(parent, &m);
}

START_TEST(another_process_uses_memory_of_a_pool)
{
	struct other other = start(use_pool);
	struct message m = { 0 };
	CUmemoryPool pool;
	CUdeviceptr memory;

	begin();
	pool = new_pool(CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR);
	memory = from_pool(pool, 0x42, 4096);
	OK(cuMemPoolExportToShareableHandle(&m.pool, pool, CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR,
					    0));
	OK(cuMemPoolExportPointer(&m.pointer, memory));
	let_run(&other, &m);
	/* What was freed there is still here. */
	ck_assert_uint_eq(byte_at(memory), 0x99);
	ck_assert_uint_eq(used(pool), 4096);
	finish(&other);
}
END_TEST

static void import_into_the_wrong_pool(const struct other *parent)
{
	struct message m = hear(parent);
	CUmemoryPool pool = parents_pool(&m);
	CUmemoryPool own = new_pool(CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR);
	CUdeviceptr memory;

	FAILS(cuMemPoolImportPointer(&memory, pool, &m.pointer), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemPoolImportPointer(&memory, own, &m.pointer), CUDA_ERROR_INVALID_VALUE);
	tell(parent, &m);
}

START_TEST(memory_is_imported_into_its_own_pool)
{
	const CUmemAllocationHandleType type = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;
	struct other other = start(import_into_the_wrong_pool);
	struct message m = { 0 };

	begin();
	OK(cuMemPoolExportPointer(&m.pointer, from_pool(new_pool(type), 0x42, 4096)));
	OK(cuMemPoolExportToShareableHandle(&m.pool, new_pool(type), type, 0));
	let_run(&other, &m);
	finish(&other);
}
END_TEST

START_TEST(pools_are_shared_only_if_made_for_it)
{
	const CUmemAllocationHandleType type = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;
	CUmemPoolPtrExportData data;
	CUmemoryPool pool, plain;
	int file;

	begin();
	plain = new_pool(CU_MEM_HANDLE_TYPE_NONE);
	FAILS(cuMemPoolExportToShareableHandle(&file, plain, type, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemPoolExportPointer(&data, from_pool(plain, 1, 64)), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemPoolExportPointer(&data, device_memory(64)), CUDA_ERROR_INVALID_VALUE);
	pool = new_pool(type);
	FAILS(cuMemPoolExportToShareableHandle(&file, pool, CU_MEM_HANDLE_TYPE_FABRIC, 0),
	      CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemPoolExportToShareableHandle(&file, pool, type, 1), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemPoolExportToShareableHandle(&file, NULL, type, 0), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(what_is_no_pools_file_is_refused)
{
	CUmemoryPool pool;
	int file = memfd_create("no pool", MFD_CLOEXEC);

	begin();
	FAILS(import_file(&pool, file), CUDA_ERROR_UNKNOWN);
	ck_assert_int_eq(ftruncate(file, 4096), 0);
	FAILS(import_file(&pool, file), CUDA_ERROR_UNKNOWN);
	FAILS(import_file(&pool, -1), CUDA_ERROR_UNKNOWN);
	FAILS(import_file(NULL, file), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sim pool_share");
	TCase *all = tcase_create("all");

	tcase_add_test(all, another_process_uses_memory_of_a_pool);
	tcase_add_test(all, memory_is_imported_into_its_own_pool);
	tcase_add_test(all, pools_are_shared_only_if_made_for_it);
	tcase_add_test(all, what_is_no_pools_file_is_refused);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
