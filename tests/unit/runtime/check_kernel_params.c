/* SPDX-License-Identifier: Apache-2.0 */
/* How large a kernel's parameters are: asked once, forgotten in time, never taken for another's. */
#include <check.h>
#include <stdlib.h>

#include "fake_image.h"
#include "runtime/kernel_params.h"

static const size_t two[] = { 8, 4 }, other[] = { 4, 8 };
static const size_t *sizes;
static size_t nsizes;

/* Arguments: a kernel or function, index, where the offset goes, where the size goes. */
static CUresult param_info(const uint64_t *args)
{
	if (args[1] >= nsizes)
		return CUDA_ERROR_INVALID_VALUE;
	*(size_t *)(uintptr_t)args[2] = 8 * args[1];
	*(size_t *)(uintptr_t)args[3] = sizes ? sizes[args[1]] : 4;
	return CUDA_SUCCESS;
}

static void takes(const size_t *sizes_, size_t count)
{
	sizes = sizes_;
	nsizes = count;
	script_hook(cuKernelGetParamInfo, param_info);
	script_hook(cuFuncGetParamInfo, param_info);
}

static void *const handle = (void *)0xa0a0;

/* As a launch by a handle leaves it. */
static const struct rt_kernel_params *of_handle(void)
{
	script_output(cuKernelGetName, 0, "loaded", sizeof(char *));
	script_output(cuFuncGetName, 0, "loaded", sizeof(char *));
	return rt_kernel_params_find(handle);
}

static const struct rt_kernel_params *of_stub(void)
{
	CUfunction function;
	CUkernel kernel;

	ck_assert_int_eq(rt_kernel_find(fake_stub, &kernel, &function), cudaSuccess);
	return rt_kernel_params_find(fake_stub);
}

START_TEST(the_driver_is_asked_once)
{
	const struct rt_kernel_params *params;

	takes(two, 2);
	fake_image();
	ck_assert_ptr_null(rt_kernel_params_ready(fake_stub));
	params = of_stub();
	ck_assert_ptr_nonnull(params);
	ck_assert_uint_eq(params->count, 2);
	ck_assert_uint_eq(params->known, 2);
	ck_assert_uint_eq(params->size[0], 8);
	ck_assert_uint_eq(params->size[1], 4);
	ck_assert_uint_eq(params->bytes, 12);
	script_forget_calls();
	ck_assert_ptr_eq(rt_kernel_params_ready(fake_stub), params);
	ck_assert_ptr_eq(rt_kernel_params_ready((void *)(uintptr_t)FAKE_KERNEL), params);
	ck_assert(rt_kernel_params_hold(fake_stub, params));
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(a_driver_that_cannot_tell_is_not_asked_again)
{
	script_answer(cuKernelGetParamInfo, CUDA_ERROR_NOT_SUPPORTED);
	fake_image();
	ck_assert_uint_eq(of_stub()->count, 0);
	ck_assert_uint_eq(rt_kernel_params_ready(fake_stub)->count, 0);
}
END_TEST

START_TEST(of_many_parameters_the_first_ones_are_known)
{
	const struct rt_kernel_params *params;

	takes(NULL, 100);
	fake_image();
	params = of_stub();
	ck_assert_uint_eq(params->count, 100);
	ck_assert_uint_eq(params->known, RT_KERNEL_PARAMS);
	ck_assert_uint_eq(params->bytes, 4 * RT_KERNEL_PARAMS);
}
END_TEST

START_TEST(they_go_with_the_image)
{
	void **image;

	takes(two, 2);
	image = fake_image();
	of_stub();
	rt___cudaUnregisterFatBinary(image);
	ck_assert_ptr_null(rt_kernel_params_ready(fake_stub));
	takes(other, 2);
	fake_image();
	ck_assert_ptr_null(rt_kernel_params_ready(fake_stub));
	ck_assert_uint_eq(of_stub()->size[0], 4);
}
END_TEST

START_TEST(a_handle_that_means_another_kernel_is_found_out)
{
	const struct rt_kernel_params *params;

	takes(two, 2);
	params = of_handle();
	ck_assert_ptr_nonnull(params);
	ck_assert(rt_kernel_params_hold(handle, params));
	takes(other, 2);
	ck_assert(!rt_kernel_params_hold(handle, params));
	takes(two, 1);
	ck_assert(!rt_kernel_params_hold(handle, params));
}
END_TEST

START_TEST(a_function_is_asked_about_as_one)
{
	takes(two, 2);
	script_answer(cuKernelGetName, CUDA_ERROR_INVALID_HANDLE);
	script_forget_calls();
	ck_assert_uint_eq(of_handle()->count, 2);
	ck_assert_int_eq(script_count(cuKernelGetParamInfo), 0);
	ck_assert_int_eq(script_count(cuFuncGetParamInfo), 3);
}
END_TEST

START_TEST(what_is_no_kernel_has_none)
{
	script_answer(cuKernelGetName, CUDA_ERROR_INVALID_HANDLE);
	script_answer(cuFuncGetName, CUDA_ERROR_INVALID_HANDLE);
	ck_assert_ptr_null(rt_kernel_params_find(handle));
	ck_assert_ptr_null(rt_kernel_params_ready(NULL));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kernel_params");
	TCase *tests = tcase_create("params");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, fake_driver, NULL);
	tcase_add_test(tests, the_driver_is_asked_once);
	tcase_add_test(tests, a_driver_that_cannot_tell_is_not_asked_again);
	tcase_add_test(tests, of_many_parameters_the_first_ones_are_known);
	tcase_add_test(tests, they_go_with_the_image);
	tcase_add_test(tests, a_handle_that_means_another_kernel_is_found_out);
	tcase_add_test(tests, a_function_is_asked_about_as_one);
	tcase_add_test(tests, what_is_no_kernel_has_none);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
