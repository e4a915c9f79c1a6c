/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory and semaphores of other interfaces in the simulated driver.
 */
#define _GNU_SOURCE /* memfd_create */
#include <check.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel_fixture.h"

static CUexternalMemory import_memory(int fd, unsigned long long size)
{
	CUDA_EXTERNAL_MEMORY_HANDLE_DESC desc = {
		.type = CU_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD,
		.handle.fd = fd,
		.size = size,
	};
	CUexternalMemory memory;

	OK(cuImportExternalMemory(&memory, &desc));
	return memory;
}

static CUexternalSemaphore import_semaphore(int fd, CUexternalSemaphoreHandleType type)
{
	CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC desc = { .type = type, .handle.fd = fd };
	CUexternalSemaphore semaphore;

	OK(cuImportExternalSemaphore(&semaphore, &desc));
	return semaphore;
}

START_TEST(a_mapped_buffer_shows_the_files_bytes)
{
	CUDA_EXTERNAL_MEMORY_BUFFER_DESC desc = { .offset = 4096, .size = 4096 };
	int fd = memfd_create("memory", MFD_CLOEXEC);
	CUexternalMemory memory;
	CUdeviceptr address;
	char bytes[4] = "";

	begin();
	ck_assert_int_eq(ftruncate(fd, 8192), 0);
	ck_assert_int_eq(pwrite(fd, "abc", 4, 4096), 4);
	memory = import_memory(fd, 8192);
	OK(cuExternalMemoryGetMappedBuffer(&address, memory, &desc));
	OK(cuMemcpyDtoH_v2(bytes, address, 4));
	ck_assert_str_eq(bytes, "abc");
	OK(cuDestroyExternalMemory(memory));
	OK(cuMemFree_v2(address));
}
END_TEST

static int file_of(off_t size)
{
	int fd = memfd_create("memory", 0);

	ck_assert_int_eq(ftruncate(fd, size), 0);
	return fd;
}

START_TEST(a_buffer_must_lie_within_the_memory)
{
	CUDA_EXTERNAL_MEMORY_BUFFER_DESC desc = { .offset = 4096, .size = 4097 };
	CUdeviceptr address;

	begin();
	FAILS(cuExternalMemoryGetMappedBuffer(&address, import_memory(file_of(8192), 8192), &desc),
	      CUDA_ERROR_INVALID_VALUE);
	FAILS(cuExternalMemoryGetMappedBuffer(&address, NULL, &desc), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(what_is_no_descriptor_is_not_imported)
{
	CUDA_EXTERNAL_MEMORY_HANDLE_DESC desc = {
		.type = CU_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD,
		.handle.fd = -1,
		.size = 4096,
	};
	CUexternalMemory memory;

	begin();
	FAILS(cuImportExternalMemory(&memory, &desc), CUDA_ERROR_UNKNOWN);
	desc.handle.fd = memfd_create("empty", 0);
	FAILS(cuImportExternalMemory(&memory, &desc), CUDA_ERROR_UNKNOWN);
}
END_TEST

START_TEST(a_wait_on_one_stream_ends_with_a_signal_on_another)
{
	CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS signal = { .params.fence.value = 5 };
	CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS wait = { .params.fence.value = 5 };
	CUexternalSemaphore semaphore;
	CUstream waiting, signalling;

	begin();
	semaphore = import_semaphore(memfd_create("semaphore", 0),
				     CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_TIMELINE_SEMAPHORE_FD);
	waiting = new_stream();
	signalling = new_stream();
	OK(cuWaitExternalSemaphoresAsync(&semaphore, &wait, 1, waiting));
	usleep(5000);
	FAILS(cuStreamQuery(waiting), CUDA_ERROR_NOT_READY);
	OK(cuSignalExternalSemaphoresAsync(&semaphore, &signal, 1, signalling));
	OK(cuStreamSynchronize(waiting));
	OK(cuDestroyExternalSemaphore(semaphore));
	FAILS(cuDestroyExternalSemaphore(semaphore), CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

START_TEST(two_imports_of_one_file_are_one_semaphore)
{
	CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS signal = { .flags = 0 };
	CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS wait = { .flags = 0 };
	int fd = memfd_create("semaphore", 0);
	CUexternalSemaphore first, second;
	CUstream stream;

	begin();
	stream = new_stream();
	first = import_semaphore(dup(fd), CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD);
	second = import_semaphore(fd, CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD);
	OK(cuSignalExternalSemaphoresAsync(&first, &signal, 1, stream));
	OK(cuWaitExternalSemaphoresAsync(&second, &wait, 1, stream));
	OK(cuStreamSynchronize(stream));
}
END_TEST

START_TEST(semaphores_are_used_by_graphs)
{
	CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS value = { .params.fence.value = 3 };
	CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS least = { .params.fence.value = 3 };
	CUDA_EXT_SEM_SIGNAL_NODE_PARAMS signal = { NULL, &value, 1 }, out;
	CUDA_EXT_SEM_WAIT_NODE_PARAMS wait = { NULL, &least, 1 };
	CUexternalSemaphore semaphore;
	CUgraphNode first, second;
	CUgraphExec exec;
	CUgraph graph;

	begin();
	semaphore = import_semaphore(memfd_create("semaphore", 0),
				     CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_TIMELINE_SEMAPHORE_FD);
	signal.extSemArray = wait.extSemArray = &semaphore;
	OK(cuGraphCreate(&graph, 0));
	OK(cuGraphAddExternalSemaphoresSignalNode(&first, graph, NULL, 0, &signal));
	OK(cuGraphAddExternalSemaphoresWaitNode(&second, graph, &first, 1, &wait));
	OK(cuGraphExternalSemaphoresSignalNodeGetParams(first, &out));
	ck_assert_uint_eq(out.numExtSems, 1);
	ck_assert_ptr_eq(out.extSemArray[0], semaphore);
	ck_assert_uint_eq(out.paramsArray[0].params.fence.value, 3);
	OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
	OK(cuGraphLaunch(exec, NULL));
	OK(cuCtxSynchronize());
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("external");
	TCase *tcase = tcase_create("external");

	suite_add_tcase(suite, tcase);
	tcase_add_test(tcase, a_mapped_buffer_shows_the_files_bytes);
	tcase_add_test(tcase, a_buffer_must_lie_within_the_memory);
	tcase_add_test(tcase, what_is_no_descriptor_is_not_imported);
	tcase_add_test(tcase, a_wait_on_one_stream_ends_with_a_signal_on_another);
	tcase_add_test(tcase, two_imports_of_one_file_are_one_semaphore);
	tcase_add_test(tcase, semaphores_are_used_by_graphs);
	return run_suite(suite);
}
