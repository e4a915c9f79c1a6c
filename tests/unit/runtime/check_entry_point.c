/* SPDX-License-Identifier: Apache-2.0 */
/* Versions, and the driver's functions by version: each program is answered for its own. */
#include <check.h>
#include <stdlib.h>

#include "runtime/calls.h"
#include "script_driver.h"

#define PLAIN      ((unsigned long long)cudaEnableDefault)
#define LEGACY     CU_GET_PROC_ADDRESS_LEGACY_STREAM
#define PER_THREAD CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM

static enum cudaDriverEntryPointQueryResult status;
static void *function;

START_TEST(a_program_hears_its_own_version)
{
	int version = 0;

	ck_assert_int_eq(rt_cudaRuntimeGetVersion(&version), cudaSuccess);
	ck_assert_int_eq(version, 13000);
	ck_assert_int_eq(rt_cudaRuntimeGetVersion_v12(&version), cudaSuccess);
	ck_assert_int_eq(version, 12090);
	ck_assert_int_eq(rt_cudaRuntimeGetVersion_v11(&version), cudaSuccess);
	ck_assert_int_eq(version, 11080);
	ck_assert_int_eq(rt_cudaRuntimeGetVersion_v12(NULL), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaRuntimeGetVersion_v11(NULL), cudaErrorInvalidValue);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

static void expect_asked(int version, unsigned long long flags)
{
	ck_assert_int_eq((int)script_arg(cuGetProcAddress, 2), version);
	ck_assert_uint_eq(script_arg(cuGetProcAddress, 3), flags);
}

START_TEST(programs_of_12_and_13_ask_for_their_version)
{
	rt_cudaGetDriverEntryPoint("cuMemAlloc", &function, PLAIN, &status);
	expect_asked(13000, LEGACY);
	rt_cudaGetDriverEntryPoint_v12("cuMemAlloc", &function, PLAIN, &status);
	expect_asked(12090, LEGACY);
	rt_cudaGetDriverEntryPoint_v12_ptsz("cuMemAlloc", &function, PLAIN, &status);
	expect_asked(12090, PER_THREAD);
	rt_cudaGetDriverEntryPoint_v12("cuMemAlloc", &function, PER_THREAD, &status);
	expect_asked(12090, PER_THREAD);
}
END_TEST

static void expect_asked_v11(unsigned long long flags)
{
	ck_assert_int_eq((int)script_arg(cuGetProcAddress_v11030, 2), 11080);
	ck_assert_uint_eq(script_arg(cuGetProcAddress_v11030, 3), flags);
}

START_TEST(programs_of_11_ask_the_function_of_their_time)
{
	script_output(cuGetProcAddress_v11030, 1, 0x1234, sizeof(void *));
	ck_assert_int_eq(rt_cudaGetDriverEntryPoint_v11("cuMemAlloc", &function, PLAIN),
			 cudaSuccess);
	ck_assert_ptr_eq(function, (void *)0x1234);
	expect_asked_v11(LEGACY);
	rt_cudaGetDriverEntryPoint_v11_ptsz("cuMemAlloc", &function, PLAIN);
	expect_asked_v11(PER_THREAD);
	rt_cudaGetDriverEntryPoint_v11_ptsz("cuMemAlloc", &function, LEGACY);
	expect_asked_v11(LEGACY);
	ck_assert_int_eq(script_count(cuGetProcAddress), 0);
}
END_TEST

START_TEST(a_name_that_is_not_found_is_an_error_in_11_alone)
{
	function = &function;
	script_answer(cuGetProcAddress_v11030, CUDA_ERROR_NOT_FOUND);
	ck_assert_int_eq(rt_cudaGetDriverEntryPoint_v11("cuNone", &function, PLAIN),
			 cudaErrorSymbolNotFound);
	ck_assert_ptr_eq(function, &function);
	script_output(cuGetProcAddress, 1, 0, sizeof(void *));
	script_output(cuGetProcAddress, 4, CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND, sizeof(int));
	ck_assert_int_eq(rt_cudaGetDriverEntryPoint_v12("cuNone", &function, PLAIN, &status),
			 cudaSuccess);
	ck_assert_ptr_null(function);
	ck_assert_int_eq(status, cudaDriverEntryPointSymbolNotFound);
}
END_TEST

START_TEST(missing_arguments_answer_1)
{
	ck_assert_int_eq(rt_cudaGetDriverEntryPoint_v11(NULL, &function, PLAIN),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGetDriverEntryPoint_v11("cuMemAlloc", NULL, PLAIN),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGetDriverEntryPoint_v12(NULL, &function, PLAIN, NULL),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("entry_point");
	TCase *all = tcase_create("versions");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, all);
	tcase_add_checked_fixture(all, script_install, NULL);
	tcase_add_test(all, a_program_hears_its_own_version);
	tcase_add_test(all, programs_of_12_and_13_ask_for_their_version);
	tcase_add_test(all, programs_of_11_ask_the_function_of_their_time);
	tcase_add_test(all, a_name_that_is_not_found_is_an_error_in_11_alone);
	tcase_add_test(all, missing_arguments_answer_1);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
