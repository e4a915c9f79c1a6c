/* SPDX-License-Identifier: Apache-2.0 */
/* External memory and semaphores as programs of CUDA 11 and 12 describe them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "edge.h"
#include "runtime/calls.h"
#include "script_driver.h"

#define MEMORY ((cudaExternalMemory_t)0x51000)
#define STREAM ((cudaStream_t)0x57)
#define MOST   100

/* What the driver was given. */
static CUDA_EXTERNAL_MEMORY_HANDLE_DESC memory;
static CUDA_EXTERNAL_MEMORY_BUFFER_DESC buffer;
static CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC mipmap;
static CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC semaphore;
static CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS signals[MOST];
static CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS waits[MOST];
static const cudaExternalSemaphore_t semaphores[MOST];

static const unsigned int zero[16];

static CUresult take_memory(const uint64_t *args)
{
	memcpy(&memory, (const void *)args[1], sizeof(memory));
	return CUDA_SUCCESS;
}

static CUresult take_buffer(const uint64_t *args)
{
	memcpy(&buffer, (const void *)args[2], sizeof(buffer));
	return CUDA_SUCCESS;
}

static CUresult take_mipmap(const uint64_t *args)
{
	memcpy(&mipmap, (const void *)args[2], sizeof(mipmap));
	return CUDA_SUCCESS;
}

static CUresult take_semaphore(const uint64_t *args)
{
	memcpy(&semaphore, (const void *)args[1], sizeof(semaphore));
	return CUDA_SUCCESS;
}

static CUresult take_signals(const uint64_t *args)
{
	memcpy(signals, (const void *)args[1], (unsigned int)args[2] * sizeof(signals[0]));
	return CUDA_SUCCESS;
}

static CUresult take_waits(const uint64_t *args)
{
	memcpy(waits, (const void *)args[1], (unsigned int)args[2] * sizeof(waits[0]));
	return CUDA_SUCCESS;
}

static void install(void)
{
	script_install();
	script_hook(cuImportExternalMemory, take_memory);
	script_hook(cuExternalMemoryGetMappedBuffer, take_buffer);
	script_hook(cuExternalMemoryGetMappedMipmappedArray, take_mipmap);
	script_hook(cuImportExternalSemaphore, take_semaphore);
	script_hook(cuSignalExternalSemaphoresAsync, take_signals);
	script_hook(cuWaitExternalSemaphoresAsync, take_waits);
}

START_TEST(memory_is_imported_with_zeros_behind)
{
	struct cudaExternalMemoryHandleDesc_v12 *desc = edge(sizeof(*desc));
	cudaExternalMemory_t made;

	desc->type = cudaExternalMemoryHandleTypeD3D12Heap;
	desc->handle.win32.handle = (void *)0x1;
	desc->handle.win32.name = (void *)0x2;
	desc->size = 4096;
	desc->flags = cudaExternalMemoryDedicated;
	ck_assert_int_eq(rt_cudaImportExternalMemory_v12(&made, desc), cudaSuccess);
	ck_assert_int_eq(memory.type, CU_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP);
	ck_assert_ptr_eq(memory.handle.win32.handle, (void *)0x1);
	ck_assert_ptr_eq(memory.handle.win32.name, (void *)0x2);
	ck_assert_uint_eq(memory.size, 4096);
	ck_assert_uint_eq(memory.flags, 1);
	ck_assert_mem_eq(memory.reserved, zero, sizeof(zero));
	ck_assert_uint_eq(script_arg(cuImportExternalMemory, 0), (uintptr_t)&made);
}
END_TEST

START_TEST(a_kind_of_memory_that_12_has_not_is_refused)
{
	struct cudaExternalMemoryHandleDesc_v12 desc = { .size = 1 };
	cudaExternalMemory_t made;

	desc.type = (enum cudaExternalMemoryHandleType)(cudaExternalMemoryHandleTypeNvSciBuf + 1);
	ck_assert_int_eq(rt_cudaImportExternalMemory_v12(&made, &desc), cudaErrorInvalidValue);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(a_buffer_is_mapped)
{
	struct cudaExternalMemoryBufferDesc_v12 *desc = edge(sizeof(*desc));
	void *mapped;

	desc->offset = 64;
	desc->size = 128;
	desc->flags = 0;
	ck_assert_int_eq(rt_cudaExternalMemoryGetMappedBuffer_v12(&mapped, MEMORY, desc),
			 cudaSuccess);
	ck_assert_uint_eq(buffer.offset, 64);
	ck_assert_uint_eq(buffer.size, 128);
	ck_assert_uint_eq(buffer.flags, 0);
	ck_assert_mem_eq(buffer.reserved, zero, sizeof(zero));
	ck_assert_uint_eq(script_arg(cuExternalMemoryGetMappedBuffer, 0), (uintptr_t)&mapped);
	ck_assert_uint_eq(script_arg(cuExternalMemoryGetMappedBuffer, 1), (uintptr_t)MEMORY);
}
END_TEST

START_TEST(a_mipmap_is_mapped)
{
	struct cudaExternalMemoryMipmappedArrayDesc_v12 *desc = edge(sizeof(*desc));
	cudaMipmappedArray_t mapped;

	desc->offset = 64;
	desc->formatDesc =
		(struct cudaChannelFormatDesc){ .x = 32, .f = cudaChannelFormatKindFloat };
	desc->extent = (struct cudaExtent){ .width = 16, .height = 8, .depth = 4 };
	desc->flags = cudaArraySurfaceLoadStore;
	desc->numLevels = 3;
	ck_assert_int_eq(rt_cudaExternalMemoryGetMappedMipmappedArray_v12(&mapped, MEMORY, desc),
			 cudaSuccess);
	ck_assert_uint_eq(mipmap.offset, 64);
	ck_assert_int_eq(mipmap.arrayDesc.Format, CU_AD_FORMAT_FLOAT);
	ck_assert_uint_eq(mipmap.arrayDesc.Height, 8);
	ck_assert_uint_eq(mipmap.arrayDesc.Flags, cudaArraySurfaceLoadStore);
	ck_assert_uint_eq(mipmap.numLevels, 3);
}
END_TEST

START_TEST(a_semaphore_is_imported)
{
	struct cudaExternalSemaphoreHandleDesc_v12 *desc = edge(sizeof(*desc));
	cudaExternalSemaphore_t made;

	desc->type = cudaExternalSemaphoreHandleTypeKeyedMutex;
	desc->handle.win32.handle = (void *)0x1;
	desc->handle.win32.name = (void *)0x2;
	desc->flags = 0;
	ck_assert_int_eq(rt_cudaImportExternalSemaphore_v12(&made, desc), cudaSuccess);
	ck_assert_int_eq(semaphore.type, CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D11_KEYED_MUTEX);
	ck_assert_ptr_eq(semaphore.handle.win32.handle, (void *)0x1);
	ck_assert_ptr_eq(semaphore.handle.win32.name, (void *)0x2);
	ck_assert_uint_eq(semaphore.flags, 0);
	ck_assert_mem_eq(semaphore.reserved, zero, sizeof(zero));
}
END_TEST

START_TEST(missing_descriptions_are_the_drivers_to_refuse)
{
	cudaExternalSemaphore_t made;
	cudaMipmappedArray_t mapped;
	cudaExternalMemory_t imported;
	void *address;

	script_hook(cuImportExternalMemory, NULL);
	script_hook(cuExternalMemoryGetMappedBuffer, NULL);
	script_hook(cuImportExternalSemaphore, NULL);
	script_answer(cuImportExternalMemory, CUDA_ERROR_INVALID_VALUE);
	script_answer(cuExternalMemoryGetMappedBuffer, CUDA_ERROR_INVALID_VALUE);
	script_answer(cuImportExternalSemaphore, CUDA_ERROR_INVALID_VALUE);
	ck_assert_int_eq(rt_cudaImportExternalMemory_v12(&imported, NULL), cudaErrorInvalidValue);
	ck_assert_uint_eq(script_arg(cuImportExternalMemory, 1), 0);
	ck_assert_int_eq(rt_cudaExternalMemoryGetMappedBuffer_v12(&address, MEMORY, NULL),
			 cudaErrorInvalidValue);
	ck_assert_uint_eq(script_arg(cuExternalMemoryGetMappedBuffer, 2), 0);
	ck_assert_int_eq(rt_cudaImportExternalSemaphore_v12(&made, NULL), cudaErrorInvalidValue);
	ck_assert_uint_eq(script_arg(cuImportExternalSemaphore, 1), 0);
	ck_assert_int_eq(rt_cudaExternalMemoryGetMappedMipmappedArray_v12(&mapped, MEMORY, NULL),
			 cudaErrorInvalidValue);
}
END_TEST

/* On this side and that of what is converted on the stack. */
static const unsigned int counts[] = { 1, 16, 17, MOST };

START_TEST(signals_go_out_in_one_call)
{
	unsigned int count = counts[_i];
	struct cudaExternalSemaphoreSignalParams_v11 *params = edge(count * sizeof(*params));

	for (unsigned int i = 0; i < count; i++) {
		params[i].params.fence.value = 100 + i;
		params[i].params.nvSciSync.reserved = 200 + i;
		params[i].params.keyedMutex.key = 300 + i;
		params[i].flags = 400 + i;
	}
	ck_assert_int_eq(rt_cudaSignalExternalSemaphoresAsync_v12(semaphores, params, count,
								  STREAM),
			 cudaSuccess);
	ck_assert_int_eq(script_count(cuSignalExternalSemaphoresAsync), 1);
	ck_assert_uint_eq(script_arg(cuSignalExternalSemaphoresAsync, 0), (uintptr_t)semaphores);
	ck_assert_uint_eq(script_arg(cuSignalExternalSemaphoresAsync, 3), (uintptr_t)STREAM);
	for (unsigned int i = 0; i < count; i++) {
		ck_assert_uint_eq(signals[i].params.fence.value, 100 + i);
		ck_assert_uint_eq(signals[i].params.nvSciSync.reserved, 200 + i);
		ck_assert_uint_eq(signals[i].params.keyedMutex.key, 300 + i);
		ck_assert_mem_eq(signals[i].params.reserved, zero,
				 sizeof(signals[i].params.reserved));
		ck_assert_uint_eq(signals[i].flags, 400 + i);
		ck_assert_mem_eq(signals[i].reserved, zero, sizeof(zero));
	}
}
END_TEST

START_TEST(waits_go_out_in_one_call)
{
	unsigned int count = counts[_i];
	struct cudaExternalSemaphoreWaitParams_v11 *params = edge(count * sizeof(*params));

	for (unsigned int i = 0; i < count; i++) {
		params[i].params.fence.value = 100 + i;
		params[i].params.nvSciSync.reserved = 200 + i;
		params[i].params.keyedMutex.key = 300 + i;
		params[i].params.keyedMutex.timeoutMs = 350 + i;
		params[i].flags = 400 + i;
	}
	ck_assert_int_eq(rt_cudaWaitExternalSemaphoresAsync_v12(semaphores, params, count, STREAM),
			 cudaSuccess);
	ck_assert_int_eq(script_count(cuWaitExternalSemaphoresAsync), 1);
	for (unsigned int i = 0; i < count; i++) {
		ck_assert_uint_eq(waits[i].params.fence.value, 100 + i);
		ck_assert_uint_eq(waits[i].params.nvSciSync.reserved, 200 + i);
		ck_assert_uint_eq(waits[i].params.keyedMutex.key, 300 + i);
		ck_assert_uint_eq(waits[i].params.keyedMutex.timeoutMs, 350 + i);
		ck_assert_mem_eq(waits[i].params.reserved, zero, sizeof(waits[i].params.reserved));
		ck_assert_uint_eq(waits[i].flags, 400 + i);
		ck_assert_mem_eq(waits[i].reserved, zero, sizeof(zero));
	}
}
END_TEST

START_TEST(what_is_missing_or_wrong_is_the_drivers_to_refuse)
{
	struct cudaExternalSemaphoreSignalParams_v11 signal = { .flags = 0 };
	struct cudaExternalSemaphoreWaitParams_v11 wait = { .flags = 0 };

	script_hook(cuSignalExternalSemaphoresAsync, NULL);
	script_hook(cuWaitExternalSemaphoresAsync, NULL);
	script_answer(cuSignalExternalSemaphoresAsync, CUDA_ERROR_INVALID_HANDLE);
	script_answer(cuWaitExternalSemaphoresAsync, CUDA_ERROR_INVALID_HANDLE);
	ck_assert_int_eq(rt_cudaSignalExternalSemaphoresAsync_v12(NULL, NULL, 1, STREAM),
			 cudaErrorInvalidResourceHandle);
	ck_assert_uint_eq(script_arg(cuSignalExternalSemaphoresAsync, 1), 0);
	ck_assert_int_eq(rt_cudaWaitExternalSemaphoresAsync_v12(NULL, NULL, 1, STREAM),
			 cudaErrorInvalidResourceHandle);
	ck_assert_uint_eq(script_arg(cuWaitExternalSemaphoresAsync, 1), 0);
	rt_cudaSignalExternalSemaphoresAsync_v12(semaphores, &signal, 0, STREAM);
	ck_assert_uint_ne(script_arg(cuSignalExternalSemaphoresAsync, 1), 0);
	ck_assert_uint_eq((unsigned int)script_arg(cuSignalExternalSemaphoresAsync, 2), 0);
	rt_cudaWaitExternalSemaphoresAsync_v12(semaphores, &wait, 0, STREAM);
	ck_assert_uint_ne(script_arg(cuWaitExternalSemaphoresAsync, 1), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("external_v12");
	TCase *descriptions = tcase_create("descriptions");
	TCase *operations = tcase_create("operations");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, descriptions);
	tcase_add_checked_fixture(descriptions, install, NULL);
	tcase_add_test(descriptions, memory_is_imported_with_zeros_behind);
	tcase_add_test(descriptions, a_kind_of_memory_that_12_has_not_is_refused);
	tcase_add_test(descriptions, a_buffer_is_mapped);
	tcase_add_test(descriptions, a_mipmap_is_mapped);
	tcase_add_test(descriptions, a_semaphore_is_imported);
	tcase_add_test(descriptions, missing_descriptions_are_the_drivers_to_refuse);

	suite_add_tcase(suite, operations);
	tcase_add_checked_fixture(operations, install, NULL);
	tcase_add_loop_test(operations, signals_go_out_in_one_call, 0, 4);
	tcase_add_loop_test(operations, waits_go_out_in_one_call, 0, 4);
	tcase_add_test(operations, what_is_missing_or_wrong_is_the_drivers_to_refuse);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
