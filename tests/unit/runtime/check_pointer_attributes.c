/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cudaPointerGetAttributes over a driver that knows four pieces of memory; the expected answers
 * are those of NVIDIA's library on an H200.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/calls.h"
#include "script_driver.h"

/* What the driver knows; all zero and device -2 for an address that is not its own. */
static struct known {
	unsigned int type;
	int device;
	unsigned char managed;
	void *on_device, *on_host;
} known;

static CUresult answer_attributes(const uint64_t *args)
{
	const CUpointer_attribute *wanted = (const void *)(uintptr_t)args[1];
	void **data = (void **)(uintptr_t)args[2];

	for (unsigned int i = 0; i < (unsigned int)args[0]; i++) {
		switch (wanted[i]) {
		case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
			memcpy(data[i], &known.type, sizeof(known.type));
			break;
		case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
			memcpy(data[i], &known.on_device, sizeof(known.on_device));
			break;
		case CU_POINTER_ATTRIBUTE_HOST_POINTER:
			memcpy(data[i], &known.on_host, sizeof(known.on_host));
			break;
		case CU_POINTER_ATTRIBUTE_IS_MANAGED:
			/* A single byte, the least that a boolean can be. */
			memcpy(data[i], &known.managed, sizeof(known.managed));
			break;
		case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
			memcpy(data[i], &known.device, sizeof(known.device));
			break;
		default:
			ck_abort_msg("attribute %d is not needed", (int)wanted[i]);
		}
	}
	return CUDA_SUCCESS;
}

static void install(void)
{
	script_install();
	known = (struct known){ .device = -2 };
	script_hook(cuPointerGetAttributes, answer_attributes);
}

static void *const somewhere = (void *)0x7f0000001000;

static void expect(const struct cudaPointerAttributes *a, enum cudaMemoryType type, int device,
		   void *on_device, void *on_host)
{
	ck_assert_int_eq(a->type, type);
	ck_assert_int_eq(a->device, device);
	ck_assert_ptr_eq(a->devicePointer, on_device);
	ck_assert_ptr_eq(a->hostPointer, on_host);
}

START_TEST(an_unknown_address_is_its_own_host_pointer_on_device_minus_2)
{
	struct cudaPointerAttributes a;

	ck_assert_int_eq(rt_cudaPointerGetAttributes(&a, somewhere), cudaSuccess);
	expect(&a, cudaMemoryTypeUnregistered, -2, NULL, somewhere);
}
END_TEST

START_TEST(null_is_an_unknown_address)
{
	struct cudaPointerAttributes a;

	ck_assert_int_eq(rt_cudaPointerGetAttributes(&a, NULL), cudaSuccess);
	expect(&a, cudaMemoryTypeUnregistered, -2, NULL, NULL);
}
END_TEST

START_TEST(device_memory_has_no_host_pointer)
{
	struct cudaPointerAttributes a;

	known = (struct known){ .type = CU_MEMORYTYPE_DEVICE, .device = 3, .on_device = somewhere };
	ck_assert_int_eq(rt_cudaPointerGetAttributes(&a, somewhere), cudaSuccess);
	expect(&a, cudaMemoryTypeDevice, 3, somewhere, NULL);
}
END_TEST

START_TEST(page_locked_memory_has_both_pointers)
{
	struct cudaPointerAttributes a;

	known = (struct known){ .type = CU_MEMORYTYPE_HOST,
				.on_device = somewhere,
				.on_host = (void *)0x1000 };
	ck_assert_int_eq(rt_cudaPointerGetAttributes(&a, somewhere), cudaSuccess);
	expect(&a, cudaMemoryTypeHost, 0, somewhere, (void *)0x1000);
}
END_TEST

START_TEST(managed_memory_is_neither_the_hosts_nor_the_devices)
{
	struct cudaPointerAttributes a;

	known = (struct known){ .type = CU_MEMORYTYPE_DEVICE,
				.managed = 1,
				.on_device = somewhere,
				.on_host = somewhere };
	ck_assert_int_eq(rt_cudaPointerGetAttributes(&a, somewhere), cudaSuccess);
	expect(&a, cudaMemoryTypeManaged, 0, somewhere, somewhere);
}
END_TEST

START_TEST(the_reserved_words_are_zero)
{
	static const long zero[8];
	struct cudaPointerAttributes a;

	memset(&a, 0xff, sizeof(a));
	ck_assert_int_eq(rt_cudaPointerGetAttributes(&a, somewhere), cudaSuccess);
	ck_assert_mem_eq(a.reserved, zero, sizeof(zero));
}
END_TEST

START_TEST(without_a_place_for_the_answer_it_is_1)
{
	ck_assert_int_eq(rt_cudaPointerGetAttributes(NULL, somewhere), cudaErrorInvalidValue);
}
END_TEST

START_TEST(an_error_of_the_driver_leaves_no_device)
{
	struct cudaPointerAttributes a;

	memset(&a, 0xff, sizeof(a));
	script_hook(cuPointerGetAttributes, NULL);
	script_answer(cuPointerGetAttributes, CUDA_ERROR_ILLEGAL_ADDRESS);
	ck_assert_int_eq(rt_cudaPointerGetAttributes(&a, somewhere), cudaErrorIllegalAddress);
	expect(&a, cudaMemoryTypeUnregistered, -1, NULL, NULL);
}
END_TEST

START_TEST(one_call_of_the_driver_answers_all)
{
	struct cudaPointerAttributes a;

	ck_assert_int_eq(rt_cudaPointerGetAttributes(&a, somewhere), cudaSuccess);
	ck_assert_int_eq(script_calls(), 1);
	ck_assert_uint_eq(script_arg(cuPointerGetAttributes, 3), (uintptr_t)somewhere);
}
END_TEST

/* In a context that was reset; by the second time it has been made ready. */
static CUresult answer_the_second_time(const uint64_t *args)
{
	static int asked;

	return asked++ == 0 ? CUDA_ERROR_CONTEXT_IS_DESTROYED : answer_attributes(args);
}

START_TEST(a_context_that_was_reset_is_made_ready)
{
	struct cudaPointerAttributes a;

	script_hook(cuPointerGetAttributes, answer_the_second_time);
	ck_assert_int_eq(rt_cudaPointerGetAttributes(&a, somewhere), cudaSuccess);
	ck_assert_int_eq(a.type, cudaMemoryTypeUnregistered);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pointer_attributes");
	TCase *memory = tcase_create("pointers");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, memory);
	tcase_add_checked_fixture(memory, install, NULL);
	tcase_add_test(memory, an_unknown_address_is_its_own_host_pointer_on_device_minus_2);
	tcase_add_test(memory, a_context_that_was_reset_is_made_ready);
	tcase_add_test(memory, null_is_an_unknown_address);
	tcase_add_test(memory, device_memory_has_no_host_pointer);
	tcase_add_test(memory, page_locked_memory_has_both_pointers);
	tcase_add_test(memory, managed_memory_is_neither_the_hosts_nor_the_devices);
	tcase_add_test(memory, the_reserved_words_are_zero);
	tcase_add_test(memory, without_a_place_for_the_answer_it_is_1);
	tcase_add_test(memory, an_error_of_the_driver_leaves_no_device);
	tcase_add_test(memory, one_call_of_the_driver_answers_all);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
