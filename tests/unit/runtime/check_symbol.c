/* SPDX-License-Identifier: Apache-2.0 */
/* Device variables by host address, and copies to and from them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fake_image.h"
#include "runtime/image.h"
#include "runtime/introspect.h"
#include "runtime/symbol_table.h"

#define SIZE sizeof(fake_variable)

static char data[2 * sizeof(fake_variable)];

static cudaError_t to(size_t count, size_t offset, enum cudaMemcpyKind kind)
{
	return rt_cudaMemcpyToSymbol(fake_variable, data, count, offset, kind);
}

static cudaError_t from(size_t count, size_t offset, enum cudaMemcpyKind kind)
{
	return rt_cudaMemcpyFromSymbol(data, fake_variable, count, offset, kind);
}

START_TEST(a_variable_has_the_driver_s_address_and_size)
{
	void *address = NULL;
	size_t size = 0;

	fake_image();
	ck_assert_int_eq(rt_cudaGetSymbolAddress(&address, fake_variable), cudaSuccess);
	ck_assert_ptr_eq(address, (void *)(uintptr_t)FAKE_GLOBAL);
	ck_assert_int_eq(rt_cudaGetSymbolSize(&size, fake_variable), cudaSuccess);
	ck_assert_uint_eq(size, SIZE);
	ck_assert_str_eq((const char *)script_arg(cuLibraryGetGlobal, 3), "fake");
}
END_TEST

START_TEST(what_is_no_variable_is_an_invalid_symbol)
{
	void *address;

	fake_image();
	ck_assert_int_eq(rt_cudaGetSymbolAddress(&address, data), cudaErrorInvalidSymbol);
	ck_assert_int_eq(rt_cudaGetSymbolAddress(&address, NULL), cudaErrorInvalidSymbol);
	ck_assert_int_eq(rt_cudaGetSymbolAddress(&address, fake_variable + 4),
			 cudaErrorInvalidSymbol);
}
END_TEST

START_TEST(a_variable_that_its_image_lacks_is_not_found)
{
	void *address;

	fake_image();
	script_answer(cuLibraryGetGlobal, CUDA_ERROR_NOT_FOUND);
	ck_assert_int_eq(rt_cudaGetSymbolAddress(&address, fake_variable), cudaErrorSymbolNotFound);
	script_answer(cuLibraryGetGlobal, CUDA_ERROR_NO_BINARY_FOR_GPU);
	ck_assert_int_eq(rt_cudaGetSymbolAddress(&address, fake_variable),
			 cudaErrorNoKernelImageForDevice);
}
END_TEST

START_TEST(an_address_has_nowhere_to_go)
{
	fake_image();
	ck_assert_int_eq(rt_cudaGetSymbolAddress(NULL, fake_variable), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGetSymbolSize(NULL, fake_variable), cudaErrorInvalidValue);
}
END_TEST

START_TEST(a_variable_is_unknown_after_its_image_is_gone)
{
	void **handle = fake_image();
	void *address;

	rt___cudaUnregisterFatBinary(handle);
	ck_assert_int_eq(rt_cudaGetSymbolAddress(&address, fake_variable), cudaErrorInvalidSymbol);
}
END_TEST

START_TEST(the_oldest_registration_of_a_variable_counts_while_it_lives)
{
	static char other_wrapper[24];
	void **first = fake_image();
	void *address;

	fake_global(rt___cudaRegisterFatBinary(other_wrapper), fake_variable, "newer", SIZE);
	rt_cudaGetSymbolAddress(&address, fake_variable);
	ck_assert_str_eq((const char *)script_arg(cuLibraryGetGlobal, 3), "fake");
	rt___cudaUnregisterFatBinary(first);
	ck_assert_int_eq(rt_cudaGetSymbolAddress(&address, fake_variable), cudaSuccess);
	ck_assert_str_eq((const char *)script_arg(cuLibraryGetGlobal, 3), "newer");
}
END_TEST

START_TEST(the_address_of_a_shadow_is_no_symbol)
{
	static void *shadow;
	void *address = NULL;

	fake_managed(fake_image(), &shadow, "m");
	ck_assert_int_eq(rt_cudaGetSymbolAddress(&address, &shadow), cudaErrorInvalidSymbol);
	rt_images_prepare_context();
	ck_assert_int_eq(rt_cudaGetSymbolAddress(&address, &shadow), cudaErrorInvalidSymbol);
	ck_assert_int_eq(rt_cudaGetSymbolAddress(&address, shadow), cudaSuccess);
}
END_TEST

START_TEST(a_managed_variable_is_found_by_the_shadow_s_value)
{
	static void *shadow;
	void *address = NULL;
	size_t size = 0;

	fake_managed(fake_image(), &shadow, "m");
	rt_images_prepare_context();
	ck_assert_int_eq(rt_cudaGetSymbolAddress(&address, shadow), cudaSuccess);
	ck_assert_ptr_eq(address, shadow);
	ck_assert_int_eq(rt_cudaGetSymbolSize(&size, shadow), cudaSuccess);
	ck_assert_uint_eq(size, 4);
}
END_TEST

START_TEST(null_is_not_a_managed_variable_without_a_place)
{
	static void *shadow;
	void *address;

	fake_managed(fake_image(), &shadow, "m");
	ck_assert_int_eq(rt_cudaGetSymbolAddress(&address, NULL), cudaErrorInvalidSymbol);
}
END_TEST

START_TEST(a_copy_goes_to_the_offset_in_the_variable)
{
	fake_image();
	ck_assert_int_eq(to(8, 16, cudaMemcpyHostToDevice), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemcpyHtoD, 0), FAKE_GLOBAL + 16);
	ck_assert_ptr_eq((void *)script_arg(cuMemcpyHtoD, 1), data);
	ck_assert_uint_eq(script_arg(cuMemcpyHtoD, 2), 8);
	ck_assert_int_eq(from(8, 16, cudaMemcpyDeviceToHost), cudaSuccess);
	ck_assert_ptr_eq((void *)script_arg(cuMemcpyDtoH, 0), data);
	ck_assert_uint_eq(script_arg(cuMemcpyDtoH, 1), FAKE_GLOBAL + 16);
}
END_TEST

START_TEST(no_bytes_are_no_error_whatever_else_is_wrong)
{
	fake_image();
	ck_assert_int_eq(to(0, SIZE + 1, cudaMemcpyDeviceToHost), cudaSuccess);
	ck_assert_int_eq(rt_cudaMemcpyToSymbol(data, data, 0, 0, cudaMemcpyHostToDevice),
			 cudaSuccess);
	ck_assert_int_eq(from(0, 0, cudaMemcpyHostToDevice), cudaSuccess);
}
END_TEST

START_TEST(a_copy_past_the_end_is_refused)
{
	fake_image();
	ck_assert_int_eq(to(SIZE, 0, cudaMemcpyHostToDevice), cudaSuccess);
	ck_assert_int_eq(to(SIZE + 1, 0, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
	ck_assert_int_eq(to(4, SIZE - 3, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
	ck_assert_int_eq(to(4, (size_t)-2, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
	ck_assert_int_eq(from(SIZE + 1, 0, cudaMemcpyDeviceToHost), cudaErrorInvalidValue);
}
END_TEST

START_TEST(the_wrong_direction_is_found_last)
{
	fake_image();
	ck_assert_int_eq(to(4, 0, cudaMemcpyDeviceToHost), cudaErrorInvalidMemcpyDirection);
	ck_assert_int_eq(to(4, 0, cudaMemcpyHostToHost), cudaErrorInvalidMemcpyDirection);
	ck_assert_int_eq(to(4, 0, (enum cudaMemcpyKind)9), cudaErrorInvalidMemcpyDirection);
	ck_assert_int_eq(from(4, 0, cudaMemcpyHostToDevice), cudaErrorInvalidMemcpyDirection);
	ck_assert_int_eq(to(SIZE + 1, 0, cudaMemcpyDeviceToHost), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaMemcpyToSymbol(data, data, 4, 0, cudaMemcpyDeviceToHost),
			 cudaErrorInvalidSymbol);
}
END_TEST

START_TEST(the_asynchronous_and_per_thread_forms_look_the_symbol_up_alike)
{
	fake_image();
	ck_assert_int_eq(rt_cudaMemcpyToSymbolAsync(fake_variable, data, 4, 4,
						    cudaMemcpyHostToDevice, (cudaStream_t)0x57),
			 cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemcpyHtoDAsync, 0), FAKE_GLOBAL + 4);
	ck_assert_uint_eq(script_arg(cuMemcpyHtoDAsync, 3), 0x57);
	ck_assert_int_eq(rt_cudaMemcpyFromSymbol_ptds(data, fake_variable, 4, 4,
						      cudaMemcpyDeviceToHost),
			 cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemcpyDtoH_ptds, 1), FAKE_GLOBAL + 4);
}
END_TEST

static int nseen;

static void see_symbol(const void *key, const char *name, size_t size)
{
	ck_assert_ptr_eq(key, fake_variable);
	ck_assert_str_eq(name, "fake");
	ck_assert_uint_eq(size, SIZE);
	nseen++;
}

START_TEST(first_use_reports_a_variable_once_and_a_repeat_again)
{
	static const struct rt_observer observer = { .symbol = see_symbol };

	rt_observe(&observer);
	fake_image();
	ck_assert_int_eq(nseen, 0);
	to(4, 0, cudaMemcpyHostToDevice);
	to(4, 0, cudaMemcpyHostToDevice);
	ck_assert_int_eq(nseen, 1);
	rt_introspect_repeat();
	ck_assert_int_eq(nseen, 2);
}
END_TEST

static TCase *lookup_case(void)
{
	TCase *tests = tcase_create("lookup");

	tcase_add_checked_fixture(tests, fake_driver, NULL);
	tcase_add_test(tests, a_variable_has_the_driver_s_address_and_size);
	tcase_add_test(tests, what_is_no_variable_is_an_invalid_symbol);
	tcase_add_test(tests, a_variable_that_its_image_lacks_is_not_found);
	tcase_add_test(tests, an_address_has_nowhere_to_go);
	tcase_add_test(tests, a_variable_is_unknown_after_its_image_is_gone);
	tcase_add_test(tests, the_oldest_registration_of_a_variable_counts_while_it_lives);
	tcase_add_test(tests, the_address_of_a_shadow_is_no_symbol);
	tcase_add_test(tests, a_managed_variable_is_found_by_the_shadow_s_value);
	tcase_add_test(tests, null_is_not_a_managed_variable_without_a_place);
	tcase_add_test(tests, first_use_reports_a_variable_once_and_a_repeat_again);
	return tests;
}

static TCase *copy_case(void)
{
	TCase *tests = tcase_create("copies");

	tcase_add_checked_fixture(tests, fake_driver, NULL);
	tcase_add_test(tests, a_copy_goes_to_the_offset_in_the_variable);
	tcase_add_test(tests, no_bytes_are_no_error_whatever_else_is_wrong);
	tcase_add_test(tests, a_copy_past_the_end_is_refused);
	tcase_add_test(tests, the_wrong_direction_is_found_last);
	tcase_add_test(tests, the_asynchronous_and_per_thread_forms_look_the_symbol_up_alike);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("symbol");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, lookup_case());
	suite_add_tcase(suite, copy_case());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
