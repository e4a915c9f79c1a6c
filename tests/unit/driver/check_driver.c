/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loader, over a fake libcuda that CURTRACE_DRIVER names. Loading happens once in a process,
 * so each test must run in a process of its own: Check's fork mode is not optional here.
 */
#include <check.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/driver.h"

#define THREADS 16

static void use_library(const char *path)
{
	ck_assert_int_eq(setenv("CURTRACE_DRIVER", path, 1), 0);
}

/* Something that the fake exports; the handle is the one the loader uses too. */
static void *from_fake(const char *name)
{
	void *library = dlopen(FAKE_DRIVER, RTLD_NOW | RTLD_LOCAL);
	void *address = library ? dlsym(library, name) : NULL;

	ck_assert_msg(address != NULL, "%s: %s", name, FAKE_DRIVER);
	return address;
}

static int init_calls(void)
{
	int (*calls)(void);

	*(void **)&calls = from_fake("fake_init_calls");
	return calls();
}

static int asked(const char *name, int version, cuuint64_t flags)
{
	int (*times)(const char *, int, cuuint64_t);

	*(void **)&times = from_fake("fake_asked");
	return times(name, version, flags);
}

static void call_in_init(void (*callback)(void))
{
	*(void (**)(void))from_fake("fake_in_init") = callback;
}

/* What drv_load() answers in a child of this process; -1 if it does not return. */
static int answer_in_child(void)
{
	int status = 0;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		alarm(10);
		_exit(drv_load());
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(without_a_library_loading_answers_35)
{
	use_library("/nonexistent/libcuda.so.1");
	ck_assert_int_eq(drv_load(), DRV_INSUFFICIENT);
	ck_assert_int_eq(drv_load(), 35);
	ck_assert_int_eq(drv_open(), 35);
}
END_TEST

START_TEST(without_a_library_the_version_is_0)
{
	use_library("/nonexistent/libcuda.so.1");
	ck_assert_int_eq(drv_version(), 0);
}
END_TEST

START_TEST(without_a_library_every_function_answers_36)
{
	use_library("/nonexistent/libcuda.so.1");
	drv_load();
	ck_assert_int_eq(drv.cuInit(0), 36);
	ck_assert_int_eq(drv.cuMemcpyHtoD_ptds(0, NULL, 0), 36);
}
END_TEST

START_TEST(a_library_that_appears_later_is_not_looked_for)
{
	use_library("/nonexistent/libcuda.so.1");
	drv_load();
	use_library(FAKE_DRIVER);
	ck_assert_int_eq(drv_load(), 35);
}
END_TEST

START_TEST(before_loading_every_function_answers_36)
{
	ck_assert_int_eq(drv.cuDeviceGetCount(NULL), 36);
	ck_assert_int_eq(drv.cuStreamGetCaptureInfo_v10010(NULL, NULL, NULL), 36);
}
END_TEST

START_TEST(a_stub_library_answers_34)
{
	setenv("FAKE_STUB", "1", 1);
	use_library(FAKE_DRIVER);
	ck_assert_int_eq(drv_load(), DRV_STUB_LIBRARY);
	ck_assert_int_eq(drv_load(), 34);
}
END_TEST

START_TEST(with_a_stub_library_the_version_is_0)
{
	setenv("FAKE_STUB", "1", 1);
	use_library(FAKE_DRIVER);
	ck_assert_int_eq(drv_version(), 0);
}
END_TEST

/* Only with a toolkit: main() leaves it out otherwise. */
static char toolkit_stub[4096];

START_TEST(the_toolkits_own_stub_library_answers_34)
{
	use_library(toolkit_stub);
	ck_assert_int_eq(drv_load(), 34);
	ck_assert_int_eq(drv_version(), 0);
}
END_TEST

START_TEST(an_older_driver_answers_35_and_is_not_initialised)
{
	setenv("FAKE_VERSION", "12090", 1);
	use_library(FAKE_DRIVER);
	ck_assert_int_eq(drv_load(), 35);
	ck_assert_int_eq(drv_load(), 35);
	ck_assert_int_eq(init_calls(), 0);
}
END_TEST

START_TEST(an_older_driver_still_tells_its_version)
{
	setenv("FAKE_VERSION", "12090", 1);
	use_library(FAKE_DRIVER);
	ck_assert_int_eq(drv_version(), 12090);
}
END_TEST

START_TEST(a_driver_with_the_old_look_up_is_asked_through_that)
{
	setenv("FAKE_VERSION", "11040", 1);
	use_library(FAKE_OLD_DRIVER);
	ck_assert_int_eq(drv_version(), 11040);
	ck_assert_int_eq(drv_load(), 35);
}
END_TEST

START_TEST(a_library_that_is_no_driver_answers_35)
{
	use_library("libm.so.6");
	ck_assert_int_eq(drv_load(), 35);
	ck_assert_int_eq(drv_version(), 0);
	ck_assert_int_eq(drv.cuDriverGetVersion(NULL), 36);
}
END_TEST

START_TEST(a_driver_of_this_version_loads)
{
	use_library(FAKE_DRIVER);
	ck_assert_int_eq(drv_load(), DRV_OK);
	ck_assert_int_eq(drv_load(), DRV_OK);
	ck_assert_int_eq(init_calls(), 1);
	ck_assert_int_eq(drv_version(), 13000);
	ck_assert_int_eq(drv.cuMemFree(0), CUDA_SUCCESS);
}
END_TEST

START_TEST(opening_does_not_initialise)
{
	use_library(FAKE_DRIVER);
	ck_assert_int_eq(drv_open(), DRV_OK);
	ck_assert_int_eq(drv_version(), 13000);
	ck_assert_int_eq(init_calls(), 0);
}
END_TEST

START_TEST(a_function_that_the_driver_lacks_answers_36)
{
	setenv("FAKE_LACKS", "cuMemGetMemPool", 1);
	use_library(FAKE_DRIVER);
	ck_assert_int_eq(drv_load(), DRV_OK);
	ck_assert_int_eq(drv.cuMemGetMemPool(NULL, NULL, 0), 36);
}
END_TEST

START_TEST(a_function_without_an_address_answers_36)
{
	setenv("FAKE_NULL", "cuMemGetMemPool", 1);
	use_library(FAKE_DRIVER);
	ck_assert_int_eq(drv_load(), DRV_OK);
	ck_assert_int_eq(drv.cuMemGetMemPool(NULL, NULL, 0), 36);
}
END_TEST

START_TEST(only_the_function_that_is_lacking_answers_36)
{
	const char *table = (const char *)&drv;
	const char *stand_ins = (const char *)&drv_missing;
	int i, missing = 0;

	setenv("FAKE_LACKS", "cuMemGetMemPool", 1);
	use_library(FAKE_DRIVER);
	ck_assert_int_eq(drv_load(), DRV_OK);
	for (i = 0; i < DRV_ROW_COUNT; i++) {
		unsigned int at = drv_rows[i].offset;

		missing += *(void *const *)(table + at) == *(void *const *)(stand_ins + at);
	}
	ck_assert_int_eq(missing, 1);
}
END_TEST

START_TEST(each_abi_is_asked_for_at_its_own_version)
{
	use_library(FAKE_DRIVER);
	ck_assert_int_eq(drv_open(), DRV_OK);
	ck_assert_int_eq(asked("cuMemAlloc", 3020, CU_GET_PROC_ADDRESS_LEGACY_STREAM), 1);
	ck_assert_int_eq(asked("cuEventElapsedTime", 2000, CU_GET_PROC_ADDRESS_LEGACY_STREAM), 1);
	ck_assert_int_eq(asked("cuEventElapsedTime", 12080, CU_GET_PROC_ADDRESS_LEGACY_STREAM), 1);
}
END_TEST

START_TEST(per_thread_forms_are_asked_for_with_their_flag)
{
	cuuint64_t per_thread = CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM;

	use_library(FAKE_DRIVER);
	ck_assert_int_eq(drv_open(), DRV_OK);
	ck_assert_int_eq(asked("cuMemcpyHtoD", 7000, per_thread), 1);
	ck_assert_int_eq(asked("cuLaunchKernel", 7000, per_thread), 1);
	ck_assert_int_eq(asked("cuStreamGetCaptureInfo", 12030, per_thread), 1);
	ck_assert_int_eq(asked("cuMemAlloc", 3020, per_thread), 0);
}
END_TEST

START_TEST(what_init_answers_is_passed_on_and_asked_again)
{
	setenv("FAKE_INIT", "100", 1);
	use_library(FAKE_DRIVER);
	ck_assert_int_eq(drv_load(), 100);
	setenv("FAKE_INIT", "802", 1);
	ck_assert_int_eq(drv_load(), 802);
	setenv("FAKE_INIT", "0", 1);
	ck_assert_int_eq(drv_load(), 0);
}
END_TEST

START_TEST(opening_leaves_errno_alone)
{
	use_library(FAKE_DRIVER);
	errno = EXDEV;
	ck_assert_int_eq(drv_open(), DRV_OK);
	ck_assert_int_eq(errno, EXDEV);
}
END_TEST

START_TEST(loading_leaves_errno_alone)
{
	use_library(FAKE_DRIVER);
	errno = EXDEV;
	ck_assert_int_eq(drv_load(), DRV_OK);
	ck_assert_int_eq(errno, EXDEV);
}
END_TEST

static pthread_barrier_t barrier;

static void *load_and_call(void *answer)
{
	pthread_barrier_wait(&barrier);
	*(int *)answer = drv_load();
	if (*(int *)answer == DRV_OK)
		*(int *)answer = drv.cuCtxSynchronize();
	return NULL;
}

static void linger(void)
{
	usleep(20000);
}

START_TEST(sixteen_threads_at_the_first_call_initialise_once)
{
	pthread_t threads[THREADS];
	int answers[THREADS];
	int i;

	use_library(FAKE_DRIVER);
	call_in_init(linger);
	pthread_barrier_init(&barrier, NULL, THREADS);
	for (i = 0; i < THREADS; i++) {
		answers[i] = -1;
		pthread_create(&threads[i], NULL, load_and_call, &answers[i]);
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		ck_assert_int_eq(answers[i], DRV_OK);
	}
	ck_assert_int_eq(init_calls(), 1);
}
END_TEST

START_TEST(a_child_forked_before_loading_loads_for_itself)
{
	use_library(FAKE_DRIVER);
	ck_assert_int_eq(answer_in_child(), DRV_OK);
	ck_assert_int_eq(init_calls(), 0);
	ck_assert_int_eq(drv_load(), DRV_OK);
}
END_TEST

START_TEST(a_child_forked_after_opening_loads_for_itself)
{
	use_library(FAKE_DRIVER);
	ck_assert_int_eq(drv_open(), DRV_OK);
	ck_assert_int_eq(answer_in_child(), DRV_OK);
}
END_TEST

START_TEST(a_child_forked_after_loading_gets_3_and_its_parent_goes_on)
{
	use_library(FAKE_DRIVER);
	ck_assert_int_eq(drv_load(), DRV_OK);
	ck_assert_int_eq(answer_in_child(), DRV_NOT_INITIALIZED);
	ck_assert_int_eq(drv_load(), DRV_OK);
}
END_TEST

START_TEST(a_child_forked_after_a_failed_init_asks_for_itself)
{
	setenv("FAKE_INIT", "100", 1);
	use_library(FAKE_DRIVER);
	ck_assert_int_eq(drv_load(), 100);
	setenv("FAKE_INIT", "0", 1);
	ck_assert_int_eq(answer_in_child(), DRV_OK);
}
END_TEST

static sem_t in_init, may_leave;

static void wait_in_init(void)
{
	sem_post(&in_init);
	sem_wait(&may_leave);
}

static void *load(void *answer)
{
	*(int *)answer = drv_load();
	return NULL;
}

START_TEST(a_child_forked_while_another_thread_initialises_gets_3_at_once)
{
	pthread_t thread;
	int answer = -1;

	use_library(FAKE_DRIVER);
	sem_init(&in_init, 0, 0);
	sem_init(&may_leave, 0, 0);
	call_in_init(wait_in_init);
	pthread_create(&thread, NULL, load, &answer);
	sem_wait(&in_init);
	ck_assert_int_eq(answer_in_child(), DRV_NOT_INITIALIZED);
	sem_post(&may_leave);
	pthread_join(thread, NULL);
	ck_assert_int_eq(answer, DRV_OK);
}
END_TEST

static int nested = -1;

static void load_again(void)
{
	nested = drv_load();
}

START_TEST(a_call_from_inside_init_is_let_through_to_the_driver)
{
	alarm(10);
	use_library(FAKE_DRIVER);
	call_in_init(load_again);
	ck_assert_int_eq(drv_load(), DRV_OK);
	ck_assert_int_eq(nested, DRV_OK);
	ck_assert_int_eq(init_calls(), 1);
}
END_TEST

static CUresult scripted_get_count(int *count)
{
	*count = 7;
	return CUDA_SUCCESS;
}

START_TEST(a_scripted_table_stands_in_for_a_library)
{
	struct drv_table table = drv_missing;
	int count = 0;

	use_library("/nonexistent/libcuda.so.1");
	table.cuDeviceGetCount = scripted_get_count;
	drv_adopt(&table, 13000);
	ck_assert_int_eq(drv_load(), DRV_OK);
	ck_assert_int_eq(drv_version(), 13000);
	ck_assert_int_eq(drv.cuDeviceGetCount(&count), CUDA_SUCCESS);
	ck_assert_int_eq(count, 7);
	ck_assert_int_eq(drv.cuDeviceGet(&count, 0), 36);
}
END_TEST

/* The stub of a toolkit that configure found, if it has one. */
static int find_toolkit_stub(void)
{
	const char *toolkit = getenv("CURTRACE_CUDA");

	if (!toolkit || !*toolkit)
		return 0;
	snprintf(toolkit_stub, sizeof(toolkit_stub), "%s/lib64/stubs/libcuda.so", toolkit);
	return access(toolkit_stub, R_OK) == 0;
}

static Suite *make_suite(void)
{
	Suite *suite = suite_create("driver");
	TCase *refusals = tcase_create("refusals");
	TCase *loading = tcase_create("loading");
	TCase *processes = tcase_create("threads and forks");

	suite_add_tcase(suite, refusals);
	tcase_add_test(refusals, without_a_library_loading_answers_35);
	tcase_add_test(refusals, without_a_library_the_version_is_0);
	tcase_add_test(refusals, without_a_library_every_function_answers_36);
	tcase_add_test(refusals, a_library_that_appears_later_is_not_looked_for);
	tcase_add_test(refusals, before_loading_every_function_answers_36);
	tcase_add_test(refusals, a_stub_library_answers_34);
	tcase_add_test(refusals, with_a_stub_library_the_version_is_0);
	if (find_toolkit_stub())
		tcase_add_test(refusals, the_toolkits_own_stub_library_answers_34);
	tcase_add_test(refusals, an_older_driver_answers_35_and_is_not_initialised);
	tcase_add_test(refusals, an_older_driver_still_tells_its_version);
	tcase_add_test(refusals, a_driver_with_the_old_look_up_is_asked_through_that);
	tcase_add_test(refusals, a_library_that_is_no_driver_answers_35);

	suite_add_tcase(suite, loading);
	tcase_add_test(loading, a_driver_of_this_version_loads);
	tcase_add_test(loading, opening_does_not_initialise);
	tcase_add_test(loading, a_function_that_the_driver_lacks_answers_36);
	tcase_add_test(loading, a_function_without_an_address_answers_36);
	tcase_add_test(loading, only_the_function_that_is_lacking_answers_36);
	tcase_add_test(loading, each_abi_is_asked_for_at_its_own_version);
	tcase_add_test(loading, per_thread_forms_are_asked_for_with_their_flag);
	tcase_add_test(loading, what_init_answers_is_passed_on_and_asked_again);
	tcase_add_test(loading, opening_leaves_errno_alone);
	tcase_add_test(loading, loading_leaves_errno_alone);
	tcase_add_test(loading, a_call_from_inside_init_is_let_through_to_the_driver);
	tcase_add_test(loading, a_scripted_table_stands_in_for_a_library);

	suite_add_tcase(suite, processes);
	tcase_add_test(processes, sixteen_threads_at_the_first_call_initialise_once);
	tcase_add_test(processes, a_child_forked_before_loading_loads_for_itself);
	tcase_add_test(processes, a_child_forked_after_opening_loads_for_itself);
	tcase_add_test(processes, a_child_forked_after_loading_gets_3_and_its_parent_goes_on);
	tcase_add_test(processes, a_child_forked_after_a_failed_init_asks_for_itself);
	tcase_add_test(processes, a_child_forked_while_another_thread_initialises_gets_3_at_once);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(make_suite());
	int failed;

	srunner_set_fork_status(runner, CK_FORK);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
