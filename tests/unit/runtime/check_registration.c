/* SPDX-License-Identifier: Apache-2.0 */
/* Registered images: when the driver is given them, and when they go. */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_image.h"
#include "runtime/image.h"
#include "runtime/kernel.h"

static void *managed;

static void load_kernel(void)
{
	cudaKernel_t kernel;

	ck_assert_int_eq(rt_cudaGetKernel(&kernel, fake_stub), cudaSuccess);
}

START_TEST(registration_touches_no_driver)
{
	void **handle = fake_image();

	fake_managed(handle, &managed, "m");
	ck_assert_int_eq(script_calls(), 0);
	rt___cudaUnregisterFatBinary(handle);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(the_handle_is_readable_as_far_as_old_programs_read)
{
	const volatile unsigned char *bytes =
		(unsigned char *)rt___cudaRegisterFatBinary(fake_wrapper);

	for (int i = 0; i < 0x58; i++)
		(void)bytes[i];
	ck_assert_uint_ge(sizeof(struct rt_image), 0x58);
}
END_TEST

START_TEST(an_image_is_loaded_at_its_first_use_and_once)
{
	fake_image();
	load_kernel();
	load_kernel();
	ck_assert_int_eq(script_count(cuLibraryLoadData), 1);
}
END_TEST

START_TEST(the_driver_gets_the_wrapper_and_hears_that_it_stays)
{
	const uint64_t *args;

	fake_image();
	load_kernel();
	args = script_last(cuLibraryLoadData)->args;
	ck_assert_ptr_eq((void *)args[1], fake_wrapper);
	ck_assert_uint_eq((unsigned int)args[7], 1);
}
END_TEST

START_TEST(an_image_is_used_without_the_end_of_its_registration)
{
	void **handle = rt___cudaRegisterFatBinary(fake_wrapper);

	fake_kernel(handle, fake_stub, "k");
	load_kernel();
}
END_TEST

START_TEST(a_failing_image_fails_at_each_use_with_its_reason)
{
	cudaKernel_t kernel = NULL;

	fake_image();
	script_answer(cuLibraryLoadData, CUDA_ERROR_INVALID_PTX);
	ck_assert_int_eq(rt_cudaGetKernel(&kernel, fake_stub), cudaErrorInvalidPtx);
	ck_assert_int_eq(rt_cudaGetKernel(&kernel, fake_stub), cudaErrorInvalidPtx);
	script_answer(cuLibraryLoadData, CUDA_SUCCESS);
	ck_assert_int_eq(rt_cudaGetKernel(&kernel, fake_stub), cudaSuccess);
}
END_TEST

START_TEST(unregistering_unloads_what_was_loaded)
{
	void **handle = fake_image();

	load_kernel();
	rt___cudaUnregisterFatBinary(handle);
	ck_assert_int_eq(script_count(cuLibraryUnload), 1);
	ck_assert_uint_eq(script_arg(cuLibraryUnload, 0), FAKE_LIBRARY);
}
END_TEST

START_TEST(unregistered_addresses_are_unknown_and_may_be_used_again)
{
	void **handle = fake_image();
	cudaKernel_t kernel;

	load_kernel();
	rt___cudaUnregisterFatBinary(handle);
	ck_assert_int_eq(rt_cudaGetKernel(&kernel, fake_stub), cudaErrorInvalidDeviceFunction);
	fake_image();
	script_output(cuLibraryGetKernel, 0, 0x5555, sizeof(CUkernel));
	ck_assert_int_eq(rt_cudaGetKernel(&kernel, fake_stub), cudaSuccess);
	ck_assert_ptr_eq(kernel, (void *)0x5555);
}
END_TEST

START_TEST(unregistering_no_handle_of_ours_does_nothing)
{
	rt___cudaUnregisterFatBinary(NULL);
	rt___cudaUnregisterFatBinary((void **)fake_stub);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(a_context_loads_nothing_by_default)
{
	fake_image();
	ck_assert_int_eq(rt_images_prepare_context(), cudaSuccess);
	ck_assert_int_eq(script_count(cuLibraryLoadData), 0);
}
END_TEST

START_TEST(a_context_loads_all_images_in_the_eager_mode)
{
	script_output(cuModuleGetLoadingMode, 0, CU_MODULE_EAGER_LOADING, sizeof(int));
	fake_image();
	fake_image();
	rt_images_prepare_context();
	ck_assert_int_eq(script_count(cuLibraryLoadData), 2);
	rt_images_prepare_context();
	ck_assert_int_eq(script_count(cuLibraryLoadData), 2);
}
END_TEST

START_TEST(an_image_that_cannot_be_loaded_does_not_spoil_the_context)
{
	script_output(cuModuleGetLoadingMode, 0, CU_MODULE_EAGER_LOADING, sizeof(int));
	script_answer(cuLibraryLoadData, CUDA_ERROR_NO_BINARY_FOR_GPU);
	fake_image();
	ck_assert_int_eq(rt_images_prepare_context(), cudaSuccess);
}
END_TEST

START_TEST(a_context_places_managed_variables)
{
	fake_managed(fake_image(), &managed, "m");
	rt_images_prepare_context();
	ck_assert_ptr_eq(managed, (void *)(uintptr_t)FAKE_MANAGED);
	/* The library must be in some context before the driver knows the address. */
	ck_assert_int_eq(script_count(cuLibraryGetModule), 1);
}
END_TEST

START_TEST(a_reset_moves_managed_variables_with_the_next_context)
{
	fake_managed(fake_image(), &managed, "m");
	rt_images_prepare_context();
	script_output(cuLibraryGetManaged, 0, 0x99000, sizeof(CUdeviceptr));
	rt_images_prepare_context();
	ck_assert_ptr_eq(managed, (void *)(uintptr_t)FAKE_MANAGED);
	rt_images_context_reset();
	rt_images_prepare_context();
	ck_assert_ptr_eq(managed, (void *)0x99000);
	ck_assert_int_eq(script_count(cuLibraryLoadData), 1);
}
END_TEST

START_TEST(init_module_places_managed_variables_and_says_so)
{
	void **handle = fake_image();

	fake_managed(handle, &managed, "m");
	ck_assert_int_ne(rt___cudaInitModule(handle), 0);
	ck_assert_ptr_eq(managed, (void *)(uintptr_t)FAKE_MANAGED);
}
END_TEST

START_TEST(init_module_asks_to_be_called_again_when_it_failed)
{
	void **handle = fake_image();

	fake_managed(handle, &managed, "m");
	script_answer(cuLibraryLoadData, CUDA_ERROR_OUT_OF_MEMORY);
	ck_assert_int_eq(rt___cudaInitModule(handle), 0);
	ck_assert_ptr_eq(managed, NULL);
}
END_TEST

START_TEST(init_module_without_managed_variables_loads_nothing)
{
	ck_assert_int_ne(rt___cudaInitModule(fake_image()), 0);
	ck_assert_int_ne(rt___cudaInitModule(NULL), 0);
	ck_assert_int_eq(script_count(cuLibraryLoadData), 0);
}
END_TEST

static int in_load[2], go_on[2];

static CUresult wait_in_load(const uint64_t *args)
{
	char byte = 0;

	ck_assert_int_eq(write(in_load[1], "l", 1), 1);
	ck_assert_int_eq(read(go_on[0], &byte, 1), 1);
	*(CUlibrary *)(uintptr_t)args[0] = (CUlibrary)(uintptr_t)FAKE_LIBRARY;
	return CUDA_SUCCESS;
}

static void *use_kernel(void *unused)
{
	(void)unused;
	load_kernel();
	return NULL;
}

/* A thread that is inside the driver, loading the fake image. */
static pthread_t loading_thread(void)
{
	pthread_t thread;
	char byte;

	ck_assert_int_eq(pipe(in_load), 0);
	ck_assert_int_eq(pipe(go_on), 0);
	script_hook(cuLibraryLoadData, wait_in_load);
	ck_assert_int_eq(pthread_create(&thread, NULL, use_kernel, NULL), 0);
	ck_assert_int_eq(read(in_load[0], &byte, 1), 1);
	return thread;
}

START_TEST(registration_does_not_wait_for_a_load)
{
	pthread_t thread;
	static char other_wrapper[24], other_stub[16];
	void **handle;

	fake_image();
	thread = loading_thread();
	handle = rt___cudaRegisterFatBinary(other_wrapper);
	fake_kernel(handle, other_stub, "other");
	rt___cudaUnregisterFatBinary(handle);
	ck_assert_int_eq(write(go_on[1], "g", 1), 1);
	pthread_join(thread, NULL);
}
END_TEST

START_TEST(threads_that_need_one_image_load_it_once)
{
	pthread_t first, second;

	fake_image();
	first = loading_thread();
	ck_assert_int_eq(pthread_create(&second, NULL, use_kernel, NULL), 0);
	ck_assert_int_eq(write(go_on[1], "g", 1), 1);
	pthread_join(first, NULL);
	pthread_join(second, NULL);
	ck_assert_int_eq(script_count(cuLibraryLoadData), 1);
}
END_TEST

START_TEST(a_child_forked_during_a_load_can_register_and_load)
{
	pthread_t thread;
	int status;
	pid_t child;

	fake_image();
	thread = loading_thread();
	child = fork();
	if (child == 0) {
		script_hook(cuLibraryLoadData, NULL);
		alarm(10);
		load_kernel();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(write(go_on[1], "g", 1), 1);
	pthread_join(thread, NULL);
}
END_TEST

static void **handle_at_exit;

static CUresult unload_at_exit(const uint64_t *args)
{
	(void)args;
	_exit(1);
}

static void unregister(void)
{
	rt___cudaUnregisterFatBinary(handle_at_exit);
}

START_TEST(unregistering_at_exit_leaves_the_driver_alone)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		/* As in a program: registered in a constructor, loaded later. */
		handle_at_exit = fake_image();
		atexit(unregister);
		load_kernel();
		script_hook(cuLibraryUnload, unload_at_exit);
		exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

static TCase *registration_case(void)
{
	TCase *tests = tcase_create("registration");

	tcase_add_checked_fixture(tests, fake_driver, NULL);
	tcase_add_test(tests, registration_touches_no_driver);
	tcase_add_test(tests, the_handle_is_readable_as_far_as_old_programs_read);
	tcase_add_test(tests, an_image_is_loaded_at_its_first_use_and_once);
	tcase_add_test(tests, the_driver_gets_the_wrapper_and_hears_that_it_stays);
	tcase_add_test(tests, an_image_is_used_without_the_end_of_its_registration);
	tcase_add_test(tests, a_failing_image_fails_at_each_use_with_its_reason);
	tcase_add_test(tests, unregistering_unloads_what_was_loaded);
	tcase_add_test(tests, unregistered_addresses_are_unknown_and_may_be_used_again);
	tcase_add_test(tests, unregistering_no_handle_of_ours_does_nothing);
	tcase_add_test(tests, unregistering_at_exit_leaves_the_driver_alone);
	return tests;
}

static TCase *context_case(void)
{
	TCase *tests = tcase_create("contexts");

	tcase_add_checked_fixture(tests, fake_driver, NULL);
	tcase_add_test(tests, a_context_loads_nothing_by_default);
	tcase_add_test(tests, a_context_loads_all_images_in_the_eager_mode);
	tcase_add_test(tests, an_image_that_cannot_be_loaded_does_not_spoil_the_context);
	tcase_add_test(tests, a_context_places_managed_variables);
	tcase_add_test(tests, a_reset_moves_managed_variables_with_the_next_context);
	tcase_add_test(tests, init_module_places_managed_variables_and_says_so);
	tcase_add_test(tests, init_module_asks_to_be_called_again_when_it_failed);
	tcase_add_test(tests, init_module_without_managed_variables_loads_nothing);
	return tests;
}

static TCase *thread_case(void)
{
	TCase *tests = tcase_create("threads");

	tcase_add_checked_fixture(tests, fake_driver, NULL);
	tcase_add_test(tests, registration_does_not_wait_for_a_load);
	tcase_add_test(tests, threads_that_need_one_image_load_it_once);
	tcase_add_test(tests, a_child_forked_during_a_load_can_register_and_load);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("registration");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, registration_case());
	suite_add_tcase(suite, context_case());
	suite_add_tcase(suite, thread_case());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
