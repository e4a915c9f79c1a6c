/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels by the values that calls name them with, and what an observer hears of them. */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "fake_image.h"
#include "runtime/address_map.h"
#include "runtime/image.h"
#include "runtime/introspect.h"
#include "runtime/kernel.h"

static CUkernel found(const void *func)
{
	CUfunction function = (CUfunction)1;
	CUkernel kernel = NULL;

	ck_assert_int_eq(rt_kernel_find(func, &kernel, &function), cudaSuccess);
	ck_assert_ptr_eq(function, NULL);
	return kernel;
}

static cudaError_t answer_of(const void *func)
{
	CUfunction function;
	CUkernel kernel;

	return rt_kernel_find(func, &kernel, &function);
}

/* The kernel's handle is made of the library's, so that images can be told apart. */
static CUresult kernel_of_library(const uint64_t *args)
{
	*(CUkernel *)(uintptr_t)args[0] = (CUkernel)(uintptr_t)(args[1] + 1);
	return CUDA_SUCCESS;
}

static CUresult library_of_wrapper(const uint64_t *args)
{
	*(CUlibrary *)(uintptr_t)args[0] = (CUlibrary)(uintptr_t)args[1];
	return CUDA_SUCCESS;
}

static char first_wrapper[24], second_wrapper[24];

static void **image_with_stub(char *wrapper)
{
	void **handle = rt___cudaRegisterFatBinary(wrapper);

	fake_kernel(handle, fake_stub, "shared");
	script_hook(cuLibraryLoadData, library_of_wrapper);
	script_hook(cuLibraryGetKernel, kernel_of_library);
	return handle;
}

START_TEST(a_stub_is_found_by_its_name_in_its_image)
{
	fake_image();
	ck_assert_ptr_eq(found(fake_stub), (void *)(uintptr_t)FAKE_KERNEL);
	ck_assert_uint_eq(script_arg(cuLibraryGetKernel, 1), FAKE_LIBRARY);
	ck_assert_str_eq((const char *)script_arg(cuLibraryGetKernel, 2), "_Z4fakev");
}
END_TEST

START_TEST(the_driver_is_asked_for_a_kernel_once)
{
	fake_image();
	found(fake_stub);
	found(fake_stub);
	ck_assert_int_eq(script_count(cuLibraryGetKernel), 1);
}
END_TEST

START_TEST(null_is_no_device_function)
{
	ck_assert_int_eq(answer_of(NULL), cudaErrorInvalidDeviceFunction);
}
END_TEST

START_TEST(an_unknown_value_goes_to_the_driver_as_a_kernel)
{
	ck_assert_ptr_eq(found((void *)0x1234), (void *)0x1234);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(only_stubs_are_symbols)
{
	cudaKernel_t kernel = (cudaKernel_t)5;

	fake_image();
	found(fake_stub);
	ck_assert_int_eq(rt_cudaGetKernel(&kernel, (void *)(uintptr_t)FAKE_KERNEL),
			 cudaErrorInvalidDeviceFunction);
	ck_assert_int_eq(rt_cudaGetKernel(&kernel, fake_wrapper), cudaErrorInvalidDeviceFunction);
	ck_assert_ptr_eq(kernel, (void *)5);
}
END_TEST

START_TEST(an_image_without_kernels_has_no_code_for_this_device)
{
	fake_image();
	script_answer(cuLibraryGetKernel, CUDA_ERROR_NOT_FOUND);
	script_output(cuLibraryGetKernelCount, 0, 0, sizeof(unsigned int));
	script_answer(cuLibraryGetModule, CUDA_ERROR_NO_BINARY_FOR_GPU);
	ck_assert_int_eq(answer_of(fake_stub), cudaErrorNoKernelImageForDevice);
}
END_TEST

START_TEST(a_kernel_that_its_image_lacks_is_not_found)
{
	fake_image();
	script_answer(cuLibraryGetKernel, CUDA_ERROR_NOT_FOUND);
	ck_assert_int_eq(answer_of(fake_stub), cudaErrorSymbolNotFound);
}
END_TEST

START_TEST(the_oldest_of_several_registrations_counts)
{
	image_with_stub(first_wrapper);
	image_with_stub(second_wrapper);
	ck_assert_ptr_eq(found(fake_stub), first_wrapper + 1);
}
END_TEST

START_TEST(a_registration_leaves_a_kernel_in_use)
{
	image_with_stub(first_wrapper);
	ck_assert_ptr_eq(found(fake_stub), first_wrapper + 1);
	image_with_stub(second_wrapper);
	ck_assert_ptr_eq(found(fake_stub), first_wrapper + 1);
}
END_TEST

START_TEST(the_older_registration_stays_when_the_newer_is_gone)
{
	void **second;

	image_with_stub(first_wrapper);
	second = image_with_stub(second_wrapper);
	found(fake_stub);
	rt___cudaUnregisterFatBinary(second);
	ck_assert_ptr_eq(found(fake_stub), first_wrapper + 1);
}
END_TEST

START_TEST(the_newer_registration_counts_when_the_older_is_gone)
{
	void **first = image_with_stub(first_wrapper);

	image_with_stub(second_wrapper);
	rt___cudaUnregisterFatBinary(first);
	ck_assert_ptr_eq(found(fake_stub), second_wrapper + 1);
}
END_TEST

START_TEST(a_handle_whose_image_is_gone_means_the_stub_s_other_image)
{
	void **first = image_with_stub(first_wrapper);

	image_with_stub(second_wrapper);
	found(fake_stub);
	rt___cudaUnregisterFatBinary(first);
	ck_assert_ptr_eq(found(first_wrapper + 1), second_wrapper + 1);
}
END_TEST

START_TEST(a_kernel_is_known_by_its_stub)
{
	fake_image();
	found(fake_stub);
	ck_assert_ptr_eq(rt_kernel_host_stub(NULL, (CUkernel)(uintptr_t)FAKE_KERNEL), fake_stub);
	ck_assert_ptr_eq(rt_kernel_host_stub((CUfunction)(uintptr_t)0x77,
					     (CUkernel)(uintptr_t)FAKE_KERNEL),
			 fake_stub);
}
END_TEST

START_TEST(a_kernel_of_another_runtime_is_unknown)
{
	fake_image();
	found(fake_stub);
	ck_assert_ptr_eq(rt_kernel_host_stub((CUfunction)0x88, (CUkernel)0x77), NULL);
}
END_TEST

START_TEST(a_function_without_a_kernel_is_known_by_itself)
{
	ck_assert_ptr_eq(rt_kernel_host_stub((CUfunction)0x88, NULL), (void *)0x88);
}
END_TEST

START_TEST(a_node_takes_stubs_and_kernels_only)
{
	CUkernel kernel;

	fake_image();
	ck_assert_int_eq(rt_kernel_find_for_node(NULL, &kernel), cudaErrorInvalidDeviceFunction);
	ck_assert_int_eq(rt_kernel_find_for_node(fake_stub, &kernel), cudaSuccess);
	ck_assert_ptr_eq(kernel, (void *)(uintptr_t)FAKE_KERNEL);
	script_answer(cuKernelGetFunction, CUDA_ERROR_INVALID_HANDLE);
	ck_assert_int_eq(rt_kernel_find_for_node(fake_wrapper, &kernel),
			 cudaErrorInvalidResourceHandle);
}
END_TEST

START_TEST(a_node_does_not_tell_why_a_kernel_is_missing)
{
	CUkernel kernel;

	fake_image();
	script_answer(cuLibraryGetKernel, CUDA_ERROR_NOT_FOUND);
	script_output(cuLibraryGetKernelCount, 0, 0, sizeof(unsigned int));
	script_answer(cuLibraryGetModule, CUDA_ERROR_NO_BINARY_FOR_GPU);
	ck_assert_int_eq(rt_kernel_find_for_node(fake_stub, &kernel),
			 cudaErrorInvalidResourceHandle);
}
END_TEST

START_TEST(a_kernel_is_unknown_after_its_image_is_gone)
{
	void **handle = fake_image();

	found(fake_stub);
	rt___cudaUnregisterFatBinary(handle);
	ck_assert_ptr_eq(rt_kernel_host_stub(NULL, (CUkernel)(uintptr_t)FAKE_KERNEL), NULL);
}
END_TEST

static struct {
	const void *key;
	char name[32];
} seen[64];
static int nseen;

static void see_kernel(const void *key, const char *name)
{
	seen[nseen].key = key;
	strncpy(seen[nseen].name, name, sizeof(seen[0].name) - 1);
	nseen++;
}

static const struct rt_observer observer = { .kernel = see_kernel };

START_TEST(first_use_reports_both_names_of_a_kernel_once)
{
	rt_observe(&observer);
	fake_image();
	ck_assert_int_eq(nseen, 0);
	found(fake_stub);
	found(fake_stub);
	ck_assert_int_eq(nseen, 2);
	ck_assert_ptr_eq(seen[0].key, fake_stub);
	ck_assert_str_eq(seen[0].name, "_Z4fakev");
	ck_assert_ptr_eq(seen[1].key, (void *)(uintptr_t)FAKE_KERNEL);
	ck_assert_str_eq(seen[1].name, "_Z4fakev");
}
END_TEST

START_TEST(a_repeat_reports_what_was_used_and_nothing_else)
{
	static char unused_stub[16];

	rt_observe(&observer);
	fake_kernel(fake_image(), unused_stub, "unused");
	found(fake_stub);
	nseen = 0;
	rt_introspect_repeat();
	ck_assert_int_eq(nseen, 2);
	ck_assert_str_eq(seen[0].name, "_Z4fakev");
	ck_assert_str_eq(seen[1].name, "_Z4fakev");
}
END_TEST

static void use_library_kernel(cudaKernel_t *kernel)
{
	script_output(cuKernelGetName, 0, (uintptr_t) "loaded", sizeof(char *));
	script_output(cuKernelGetLibrary, 0, 0x1b, sizeof(CUlibrary));
	ck_assert_int_eq(rt_cudaLibraryGetKernel(kernel, (cudaLibrary_t)0x1b, "loaded"),
			 cudaSuccess);
}

START_TEST(a_kernel_from_a_library_is_reported_once)
{
	cudaKernel_t kernel;

	rt_observe(&observer);
	use_library_kernel(&kernel);
	use_library_kernel(&kernel);
	ck_assert_int_eq(nseen, 1);
	ck_assert_ptr_eq(seen[0].key, kernel);
	ck_assert_str_eq(seen[0].name, "loaded");
}
END_TEST

START_TEST(an_unloaded_library_s_kernels_are_forgotten)
{
	cudaKernel_t kernel;

	rt_observe(&observer);
	use_library_kernel(&kernel);
	ck_assert_ptr_eq(rt_kernel_ready(kernel), kernel);
	rt_cudaLibraryUnload((cudaLibrary_t)0x1b);
	ck_assert_ptr_eq(rt_kernel_ready(kernel), NULL);
	use_library_kernel(&kernel);
	ck_assert_int_eq(nseen, 2);
}
END_TEST

START_TEST(a_reset_forgets_functions_and_keeps_kernels)
{
	cudaFunction_t function;

	fake_image();
	script_output(cuFuncGetName, 0, (uintptr_t) "f", sizeof(char *));
	script_answer(cuKernelGetName, CUDA_ERROR_INVALID_HANDLE);
	ck_assert_int_eq(rt_cudaGetFuncBySymbol(&function, fake_stub), cudaSuccess);
	ck_assert_ptr_eq(rt_kernel_ready(function), function);
	rt_images_context_reset();
	ck_assert_ptr_eq(rt_kernel_ready(function), NULL);
	ck_assert_ptr_eq(rt_kernel_host_stub(NULL, (CUkernel)(uintptr_t)FAKE_KERNEL), fake_stub);
}
END_TEST

static char many_stubs[20000];
static bool stop;

static void *look_up(void *unused)
{
	(void)unused;
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
		ck_assert_ptr_eq(found(fake_stub), (void *)(uintptr_t)FAKE_KERNEL);
	return NULL;
}

START_TEST(lookups_stay_right_while_images_come_and_go)
{
	pthread_t thread;

	fake_image();
	found(fake_stub);
	ck_assert_int_eq(pthread_create(&thread, NULL, look_up, NULL), 0);
	for (int round = 0; round < 30; round++) {
		void **handle = rt___cudaRegisterFatBinary(fake_wrapper);

		for (size_t i = 0; i < sizeof(many_stubs); i++)
			fake_kernel(handle, many_stubs + i, "many");
		rt___cudaUnregisterFatBinary(handle);
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}
END_TEST

START_TEST(address_one_is_never_found)
{
	struct rt_address_map map = { 0 };

	ck_assert(rt_address_put(&map, many_stubs, fake_stub));
	rt_address_drop(&map, many_stubs);
	ck_assert_ptr_eq(rt_address_find(&map, (void *)1), NULL);
	ck_assert(!rt_address_put(&map, (void *)1, fake_stub));
	ck_assert(!rt_address_put(&map, NULL, fake_stub));
}
END_TEST

START_TEST(a_map_that_is_emptied_again_and_again_does_not_grow)
{
	struct rt_address_map map = { 0 };
	size_t mask;

	rt_address_put(&map, many_stubs, fake_stub);
	mask = map.table->mask;
	for (size_t i = 1; i < sizeof(many_stubs); i++) {
		rt_address_put(&map, many_stubs + i, fake_stub);
		rt_address_drop(&map, many_stubs + i);
	}
	ck_assert_uint_eq(map.table->mask, mask);
	ck_assert_ptr_eq(rt_address_find(&map, many_stubs), fake_stub);
}
END_TEST

static TCase *names_case(void)
{
	TCase *tests = tcase_create("names");

	tcase_add_checked_fixture(tests, fake_driver, NULL);
	tcase_add_test(tests, a_stub_is_found_by_its_name_in_its_image);
	tcase_add_test(tests, the_driver_is_asked_for_a_kernel_once);
	tcase_add_test(tests, null_is_no_device_function);
	tcase_add_test(tests, an_unknown_value_goes_to_the_driver_as_a_kernel);
	tcase_add_test(tests, only_stubs_are_symbols);
	tcase_add_test(tests, an_image_without_kernels_has_no_code_for_this_device);
	tcase_add_test(tests, a_kernel_that_its_image_lacks_is_not_found);
	tcase_add_test(tests, the_oldest_of_several_registrations_counts);
	tcase_add_test(tests, a_registration_leaves_a_kernel_in_use);
	tcase_add_test(tests, the_older_registration_stays_when_the_newer_is_gone);
	tcase_add_test(tests, the_newer_registration_counts_when_the_older_is_gone);
	tcase_add_test(tests, a_handle_whose_image_is_gone_means_the_stub_s_other_image);
	tcase_add_test(tests, a_kernel_is_known_by_its_stub);
	tcase_add_test(tests, a_kernel_of_another_runtime_is_unknown);
	tcase_add_test(tests, a_function_without_a_kernel_is_known_by_itself);
	tcase_add_test(tests, a_node_takes_stubs_and_kernels_only);
	tcase_add_test(tests, a_node_does_not_tell_why_a_kernel_is_missing);
	tcase_add_test(tests, a_kernel_is_unknown_after_its_image_is_gone);
	return tests;
}

static TCase *reports_case(void)
{
	TCase *tests = tcase_create("reports");

	tcase_add_checked_fixture(tests, fake_driver, NULL);
	tcase_add_test(tests, first_use_reports_both_names_of_a_kernel_once);
	tcase_add_test(tests, a_repeat_reports_what_was_used_and_nothing_else);
	tcase_add_test(tests, a_kernel_from_a_library_is_reported_once);
	tcase_add_test(tests, an_unloaded_library_s_kernels_are_forgotten);
	tcase_add_test(tests, a_reset_forgets_functions_and_keeps_kernels);
	return tests;
}

static TCase *map_case(void)
{
	TCase *tests = tcase_create("map");

	tcase_add_checked_fixture(tests, fake_driver, NULL);
	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, lookups_stay_right_while_images_come_and_go);
	tcase_add_test(tests, address_one_is_never_found);
	tcase_add_test(tests, a_map_that_is_emptied_again_and_again_does_not_grow);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("kernel");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, names_case());
	suite_add_tcase(suite, reports_case());
	suite_add_tcase(suite, map_case());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
