/* SPDX-License-Identifier: Apache-2.0 */
/* Last errors, names of errors, versions, and the driver's entry points. */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/calls.h"
#include "runtime/entry.h"
#include "script_driver.h"

static void setup(void)
{
	script_install();
}

START_TEST(get_clears_and_peek_does_not)
{
	rt_keep_error(cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaPeekAtLastError(), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGetLastError(), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGetLastError(), cudaSuccess);
}
END_TEST

static void *other_thread(void *seen)
{
	*(cudaError_t *)seen = rt_cudaPeekAtLastError();
	return NULL;
}

START_TEST(each_thread_has_its_own)
{
	cudaError_t seen = cudaErrorUnknown;
	pthread_t thread;

	rt_keep_error(cudaErrorInvalidValue);
	pthread_create(&thread, NULL, other_thread, &seen);
	pthread_join(thread, NULL);
	ck_assert_int_eq(seen, cudaSuccess);
}
END_TEST

/* As NVIDIA's library does where there is no driver: before any other call, and again and again. */
START_TEST(an_unusable_driver_is_the_last_error_for_ever)
{
	drv_adopt(NULL, DRV_MIN_VERSION - 10);
	ck_assert_int_eq(rt_cudaPeekAtLastError(), cudaErrorInsufficientDriver);
	rt_keep_error(cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGetLastError(), cudaErrorInsufficientDriver);
	ck_assert_int_eq(rt_cudaGetLastError(), cudaErrorInsufficientDriver);
}
END_TEST

START_TEST(the_last_error_is_asked_of_no_driver)
{
	rt_cudaPeekAtLastError();
	rt_cudaGetLastError();
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(names_are_the_enumerators)
{
	ck_assert_str_eq(rt_cudaGetErrorName(cudaSuccess), "cudaSuccess");
	ck_assert_str_eq(rt_cudaGetErrorName(cudaErrorInsufficientDriver),
			 "cudaErrorInsufficientDriver");
	ck_assert_str_eq(rt_cudaGetErrorName(cudaErrorUnknown), "cudaErrorUnknown");
}
END_TEST

START_TEST(codes_without_a_name_get_one_answer_for_both_questions)
{
	const int codes[] = { 202, 916, 12345, -1 };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		const char *name = rt_cudaGetErrorName((cudaError_t)codes[i]);

		ck_assert_ptr_nonnull(name);
		ck_assert_ptr_eq(name, rt_cudaGetErrorString((cudaError_t)codes[i]));
	}
}
END_TEST

START_TEST(descriptions_are_the_drivers)
{
	static const char words[] = "what the driver says";

	script_output(cuGetErrorString, 1, words, sizeof(char *));
	ck_assert_ptr_eq(rt_cudaGetErrorString(cudaErrorIllegalAddress), words);
}
END_TEST

START_TEST(descriptions_exist_without_a_driver)
{
	drv_adopt(NULL, 0);
	ck_assert_ptr_nonnull(strstr(rt_cudaGetErrorString(cudaErrorInsufficientDriver), "driver"));
	/* Nothing is worded here for a code that only a driver can cause. */
	ck_assert_str_eq(rt_cudaGetErrorString(cudaErrorIllegalAddress), "cudaErrorIllegalAddress");
}
END_TEST

START_TEST(versions_are_answered)
{
	int version = 0;

	ck_assert_int_eq(rt_cudaRuntimeGetVersion(&version), cudaSuccess);
	ck_assert_int_eq(version, 13000);
	ck_assert_int_eq(rt_cudaRuntimeGetVersion(NULL), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaDriverGetVersion(NULL), cudaErrorInvalidValue);
}
END_TEST

START_TEST(entry_points_are_asked_for_with_the_callers_kind_of_stream)
{
	void *function = NULL;

	rt_cudaGetDriverEntryPoint("cuInit", &function, cudaEnableDefault, NULL);
	ck_assert_uint_eq(script_arg(cuGetProcAddress, 2) & 0xffffffff, 13000);
	ck_assert_uint_eq(script_arg(cuGetProcAddress, 3), CU_GET_PROC_ADDRESS_LEGACY_STREAM);
	rt_cudaGetDriverEntryPoint_ptsz("cuInit", &function, cudaEnableDefault, NULL);
	ck_assert_uint_eq(script_arg(cuGetProcAddress, 3),
			  CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM);
	rt_cudaGetDriverEntryPointByVersion_ptsz("cuInit", &function, 12020, cudaEnableLegacyStream,
						 NULL);
	ck_assert_uint_eq(script_arg(cuGetProcAddress, 2) & 0xffffffff, 12020);
	ck_assert_uint_eq(script_arg(cuGetProcAddress, 3), CU_GET_PROC_ADDRESS_LEGACY_STREAM);
}
END_TEST

START_TEST(an_unknown_entry_point_is_an_answer)
{
	void *function = (void *)1;
	enum cudaDriverEntryPointQueryResult status = cudaDriverEntryPointSuccess;

	script_answer(cuGetProcAddress, CUDA_ERROR_NOT_FOUND);
	ck_assert_int_eq(rt_cudaGetDriverEntryPoint("cuNone", &function, 0, &status), cudaSuccess);
	ck_assert_ptr_null(function);
	ck_assert_int_eq(status, cudaDriverEntryPointSymbolNotFound);
	ck_assert_int_eq(rt_cudaGetDriverEntryPoint(NULL, &function, 0, NULL),
			 cudaErrorInvalidValue);
}
END_TEST

START_TEST(export_tables_need_a_place_and_an_id)
{
	cudaUUID_t id = { { 0 } };
	const void *table = NULL;

	ck_assert_int_eq(rt_cudaGetExportTable(NULL, &id), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGetExportTable(&table, NULL), cudaErrorInvalidValue);
	ck_assert_int_eq(script_count(cuGetExportTable), 0);
	script_output(cuGetExportTable, 0, 0x1234, sizeof(void *));
	ck_assert_int_eq(rt_cudaGetExportTable(&table, &id), cudaSuccess);
	ck_assert_ptr_eq(table, (void *)0x1234);
}
END_TEST

static Suite *error_suite(void)
{
	Suite *s = suite_create("runtime/error");
	TCase *c = tcase_create("errors"), *e = tcase_create("versions and entry points");

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_test(c, get_clears_and_peek_does_not);
	tcase_add_test(c, each_thread_has_its_own);
	tcase_add_test(c, an_unusable_driver_is_the_last_error_for_ever);
	tcase_add_test(c, the_last_error_is_asked_of_no_driver);
	tcase_add_test(c, names_are_the_enumerators);
	tcase_add_test(c, codes_without_a_name_get_one_answer_for_both_questions);
	tcase_add_test(c, descriptions_are_the_drivers);
	tcase_add_test(c, descriptions_exist_without_a_driver);
	suite_add_tcase(s, c);
	tcase_add_checked_fixture(e, setup, NULL);
	tcase_add_test(e, versions_are_answered);
	tcase_add_test(e, entry_points_are_asked_for_with_the_callers_kind_of_stream);
	tcase_add_test(e, an_unknown_entry_point_is_an_answer);
	tcase_add_test(e, export_tables_need_a_place_and_an_id);
	suite_add_tcase(s, e);
	return s;
}

int main(void)
{
	SRunner *r = srunner_create(error_suite());
	int failed;

	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
