/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated driver's way in, its devices and its contexts.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim_fixture.h"

START_TEST(calls_before_init_answer_not_initialized)
{
	CUcontext ctx;
	int count;

	FAILS(cuDeviceGetCount(&count), CUDA_ERROR_NOT_INITIALIZED);
	FAILS(cuCtxGetCurrent(&ctx), CUDA_ERROR_NOT_INITIALIZED);
	FAILS(cuMemFree_v2(0), CUDA_ERROR_NOT_INITIALIZED);
}
END_TEST

START_TEST(version_and_error_names_need_no_init)
{
	const char *name;
	int version = 0;

	OK(cuDriverGetVersion(&version));
	ck_assert_int_eq(version, 13000);
	OK(cuGetErrorName(CUDA_ERROR_NOT_READY, &name));
	ck_assert_str_eq(name, "CUDA_ERROR_NOT_READY");
	OK(cuGetErrorString(CUDA_ERROR_NOT_READY, &name));
	ck_assert_ptr_nonnull(name);
	FAILS(cuGetErrorName((CUresult)12345, &name), CUDA_ERROR_INVALID_VALUE);
	ck_assert_ptr_null(name);
}
END_TEST

START_TEST(init_takes_no_flags_and_may_be_repeated)
{
	FAILS(cuInit(1), CUDA_ERROR_INVALID_VALUE);
	OK(cuInit(0));
	OK(cuInit(0));
}
END_TEST

START_TEST(number_of_devices_follows_the_environment)
{
	CUdevice dev;
	int count;

	setenv("CURTRACE_SIM_DEVICES", "3", 1);
	OK(cuInit(0));
	OK(cuDeviceGetCount(&count));
	ck_assert_int_eq(count, 3);
	OK(cuDeviceGet(&dev, 2));
	FAILS(cuDeviceGet(&dev, 3), CUDA_ERROR_INVALID_DEVICE);
	FAILS(cuDeviceGet(&dev, -1), CUDA_ERROR_INVALID_DEVICE);
}
END_TEST

START_TEST(without_devices_init_answers_no_device)
{
	setenv("CURTRACE_SIM_DEVICES", "0", 1);
	FAILS(cuInit(0), CUDA_ERROR_NO_DEVICE);
}
END_TEST

START_TEST(every_known_attribute_is_answered_and_no_other)
{
	int value;

	OK(cuInit(0));
	for (int i = 1; i < CU_DEVICE_ATTRIBUTE_MAX; i++)
		OK(cuDeviceGetAttribute(&value, (CUdevice_attribute)i, 1));
	FAILS(cuDeviceGetAttribute(&value, (CUdevice_attribute)0, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_MAX, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_WARP_SIZE, 99),
	      CUDA_ERROR_INVALID_DEVICE);
	FAILS(cuDeviceGetAttribute(NULL, CU_DEVICE_ATTRIBUTE_WARP_SIZE, 0),
	      CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(attributes_are_those_of_an_h200)
{
	int value;

	OK(cuInit(0));
	OK(cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, 0));
	ck_assert_int_eq(value, 9);
	OK(cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, 0));
	ck_assert_int_eq(value, 132);
	OK(cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, 0));
	ck_assert_int_eq(value, 232448);
}
END_TEST

START_TEST(devices_are_found_by_their_bus_id)
{
	char id[16], other[16];
	CUdevice dev;

	OK(cuInit(0));
	OK(cuDeviceGetPCIBusId(id, sizeof(id), 1));
	OK(cuDeviceGetPCIBusId(other, sizeof(other), 0));
	ck_assert_str_ne(id, other);
	OK(cuDeviceGetByPCIBusId(&dev, id));
	ck_assert_int_eq(dev, 1);
	FAILS(cuDeviceGetPCIBusId(id, 5, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuDeviceGetByPCIBusId(&dev, "ffff:ff:1f.0"), CUDA_ERROR_INVALID_DEVICE);
	FAILS(cuDeviceGetByPCIBusId(&dev, "garbage"), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(uuids_differ_between_devices)
{
	CUuuid a, b;

	OK(cuInit(0));
	OK(cuDeviceGetUuid(&a, 0));
	OK(cuDeviceGetUuid(&b, 1));
	ck_assert_int_ne(memcmp(&a, &b, sizeof(a)), 0);
}
END_TEST

START_TEST(entry_points_are_found_by_name_and_version)
{
	CUdriverProcAddressQueryResult status;
	void *function = &function;

	/* Named here so that a static link brings them in. */
	ck_assert_ptr_nonnull((void *)cuMemAlloc_v2);
	OK(cuGetProcAddress_v2("cuMemAlloc", &function, 13000, 0, &status));
	ck_assert_ptr_eq(function, (void *)cuMemAlloc_v2);
	ck_assert_int_eq(status, CU_GET_PROC_ADDRESS_SUCCESS);
	OK(cuGetProcAddress_v2("cuNothing", &function, 13000, 0, &status));
	ck_assert_ptr_null(function);
	ck_assert_int_eq(status, CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND);
	OK(cuGetProcAddress_v2("cuMemAlloc", &function, 1000, 0, &status));
	ck_assert_int_eq(status, CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT);
	FAILS(cuGetProcAddress_v2("cuMemAlloc", &function, 99999, 0, &status),
	      CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(the_older_form_answers_an_error_for_a_name_that_is_not_found)
{
	void *const untouched = (void *)0x55;
	void *function = untouched;

	ck_assert_ptr_nonnull((void *)cuMemAlloc_v2);
	FAILS(cuGetProcAddress("cuNothing", &function, 13000, 0), CUDA_ERROR_NOT_FOUND);
	FAILS(cuGetProcAddress("cuMemAlloc", &function, 1000, 0), CUDA_ERROR_NOT_FOUND);
	FAILS(cuGetProcAddress("cuMemAlloc", &function, 99999, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGetProcAddress("cuMemAlloc", NULL, 11080, 0), CUDA_ERROR_INVALID_VALUE);
	ck_assert_ptr_eq(function, untouched);
	OK(cuGetProcAddress("cuMemAlloc", &function, 11080, 0));
	ck_assert_ptr_eq(function, (void *)cuMemAlloc_v2);
}
END_TEST

START_TEST(the_profiler_of_old_is_not_supported)
{
	FAILS(cuProfilerInitialize("config", "output", CU_OUT_CSV), CUDA_ERROR_NOT_SUPPORTED);
	OK(cuInit(0));
	FAILS(cuProfilerInitialize(NULL, NULL, CU_OUT_CSV), CUDA_ERROR_NOT_SUPPORTED);
}
END_TEST

START_TEST(a_status_that_nobody_wants_makes_no_error_of_it)
{
	void *function = &function;

	OK(cuGetProcAddress_v2("cuNothing", &function, 13000, 0, NULL));
	ck_assert_ptr_null(function);
}
END_TEST

START_TEST(per_thread_forms_are_found_when_asked_for)
{
	CUdriverProcAddressQueryResult status;
	void *plain, *per_thread;

	ck_assert_ptr_nonnull((void *)cuMemcpyAsync_ptsz);
	OK(cuGetProcAddress_v2("cuMemcpyAsync", &plain, 13000, CU_GET_PROC_ADDRESS_LEGACY_STREAM,
			       &status));
	OK(cuGetProcAddress_v2("cuMemcpyAsync", &per_thread, 13000,
			       CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM, &status));
	ck_assert_ptr_eq(plain, (void *)cuMemcpyAsync);
	ck_assert_ptr_eq(per_thread, (void *)cuMemcpyAsync_ptsz);
	OK(cuGetProcAddress_v2("cuMemcpyAsync", &per_thread, 6050,
			       CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM, &status));
	ck_assert_int_eq(status, CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT);
}
END_TEST

START_TEST(calls_without_a_context_answer_invalid_context)
{
	CUdeviceptr memory;
	CUstream stream;

	OK(cuInit(0));
	FAILS(cuMemAlloc_v2(&memory, 4), CUDA_ERROR_INVALID_CONTEXT);
	FAILS(cuStreamCreate(&stream, 0), CUDA_ERROR_INVALID_CONTEXT);
	FAILS(cuCtxSynchronize(), CUDA_ERROR_INVALID_CONTEXT);
	FAILS(cuCtxPopCurrent_v2(NULL), CUDA_ERROR_INVALID_CONTEXT);
	OK(cuMemFree_v2(0));
}
END_TEST

START_TEST(primary_context_counts_its_retains)
{
	CUcontext a, b;
	unsigned int flags;
	int active;

	OK(cuInit(0));
	FAILS(cuDevicePrimaryCtxRelease_v2(0), CUDA_ERROR_INVALID_CONTEXT);
	OK(cuDevicePrimaryCtxRetain(&a, 0));
	OK(cuDevicePrimaryCtxRetain(&b, 0));
	ck_assert_ptr_eq(a, b);
	OK(cuDevicePrimaryCtxRelease_v2(0));
	OK(cuDevicePrimaryCtxGetState(0, &flags, &active));
	ck_assert_int_eq(active, 1);
	OK(cuDevicePrimaryCtxRelease_v2(0));
	OK(cuDevicePrimaryCtxGetState(0, &flags, &active));
	ck_assert_int_eq(active, 0);
}
END_TEST

START_TEST(reset_primary_context_stays_current_but_is_of_no_use)
{
	CUcontext ctx = begin(), current;
	CUdeviceptr memory;
	CUdevice dev;

	OK(cuDevicePrimaryCtxReset_v2(0));
	OK(cuCtxGetCurrent(&current));
	ck_assert_ptr_eq(current, ctx);
	FAILS(cuMemAlloc_v2(&memory, 4), CUDA_ERROR_CONTEXT_IS_DESTROYED);
	OK(cuCtxGetDevice(&dev));
	OK(cuDevicePrimaryCtxRetain(&current, 0));
	ck_assert_ptr_eq(current, ctx);
	OK(cuMemAlloc_v2(&memory, 4));
}
END_TEST

START_TEST(primary_flags_show_in_the_context)
{
	CUcontext ctx;
	unsigned int flags;

	OK(cuInit(0));
	FAILS(cuDevicePrimaryCtxSetFlags_v2(0, 3), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuDevicePrimaryCtxSetFlags_v2(0, 0x100), CUDA_ERROR_INVALID_VALUE);
	OK(cuDevicePrimaryCtxSetFlags_v2(0, CU_CTX_SCHED_BLOCKING_SYNC));
	OK(cuDevicePrimaryCtxRetain(&ctx, 0));
	OK(cuCtxSetCurrent(ctx));
	OK(cuCtxGetFlags(&flags));
	ck_assert_uint_eq(flags, CU_CTX_SCHED_BLOCKING_SYNC | CU_CTX_MAP_HOST);
}
END_TEST

START_TEST(contexts_form_a_stack_in_each_thread)
{
	CUcontext first = begin(), second, popped, current;

	OK(cuCtxCreate_v4(&second, NULL, 0, 1));
	OK(cuCtxGetCurrent(&current));
	ck_assert_ptr_eq(current, second);
	OK(cuCtxPushCurrent_v2(first));
	OK(cuCtxPopCurrent_v2(&popped));
	ck_assert_ptr_eq(popped, first);
	OK(cuCtxDestroy_v2(second));
	OK(cuCtxGetCurrent(&current));
	ck_assert_ptr_eq(current, first);
	FAILS(cuCtxDestroy_v2(first), CUDA_ERROR_INVALID_CONTEXT);
}
END_TEST

START_TEST(setting_no_context_pops_the_current_one)
{
	CUcontext current;

	begin();
	OK(cuCtxSetCurrent(NULL));
	OK(cuCtxGetCurrent(&current));
	ck_assert_ptr_null(current);
	OK(cuCtxSetCurrent(NULL));
}
END_TEST

START_TEST(limits_are_kept_and_bounded)
{
	size_t value;

	begin();
	OK(cuCtxGetLimit(&value, CU_LIMIT_STACK_SIZE));
	ck_assert_uint_eq(value, 1024);
	OK(cuCtxSetLimit(CU_LIMIT_STACK_SIZE, 5000));
	OK(cuCtxGetLimit(&value, CU_LIMIT_STACK_SIZE));
	ck_assert_uint_eq(value, 5008);
	OK(cuCtxSetLimit(CU_LIMIT_PRINTF_FIFO_SIZE, 5000));
	OK(cuCtxGetLimit(&value, CU_LIMIT_PRINTF_FIFO_SIZE));
	ck_assert_uint_eq(value, 524288);
	FAILS(cuCtxSetLimit(CU_LIMIT_MAX_L2_FETCH_GRANULARITY, 5000), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuCtxGetLimit(&value, CU_LIMIT_DEV_RUNTIME_SYNC_DEPTH), CUDA_ERROR_UNSUPPORTED_LIMIT);
	FAILS(cuCtxGetLimit(&value, CU_LIMIT_MAX), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuCtxSetLimit(CU_LIMIT_SHMEM_SIZE, 1), CUDA_ERROR_NOT_PERMITTED);
}
END_TEST

START_TEST(priority_range_is_six_levels)
{
	int least, greatest;

	begin();
	OK(cuCtxGetStreamPriorityRange(&least, &greatest));
	ck_assert_int_eq(least, 0);
	ck_assert_int_eq(greatest, -5);
}
END_TEST

START_TEST(peer_access_is_switched_once)
{
	CUcontext other;
	int can;

	begin();
	OK(cuDevicePrimaryCtxRetain(&other, 1));
	OK(cuDeviceCanAccessPeer(&can, 0, 1));
	ck_assert_int_eq(can, 1);
	OK(cuDeviceCanAccessPeer(&can, 0, 0));
	ck_assert_int_eq(can, 0);
	FAILS(cuCtxDisablePeerAccess(other), CUDA_ERROR_PEER_ACCESS_NOT_ENABLED);
	OK(cuCtxEnablePeerAccess(other, 0));
	FAILS(cuCtxEnablePeerAccess(other, 0), CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED);
	OK(cuCtxDisablePeerAccess(other));
}
END_TEST

START_TEST(a_process_is_no_peer_of_itself)
{
	FAILS(cuCtxEnablePeerAccess(begin(), 0), CUDA_ERROR_PEER_ACCESS_UNSUPPORTED);
}
END_TEST

static int child_status(void (*child)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		child();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void expect_not_initialized(void)
{
	CUcontext ctx;
	int value;

	if (cuInit(0) != CUDA_ERROR_NOT_INITIALIZED)
		_exit(1);
	if (cuDeviceGetCount(&value) != CUDA_ERROR_NOT_INITIALIZED)
		_exit(2);
	if (cuCtxGetCurrent(&ctx) != CUDA_ERROR_NOT_INITIALIZED)
		_exit(3);
	if (cuDriverGetVersion(&value) != CUDA_SUCCESS)
		_exit(4);
}

START_TEST(a_child_forked_after_init_has_no_driver)
{
	CUdeviceptr memory;

	begin();
	memory = device_memory(64);
	/* So that there is a worker to lose. */
	OK(cuMemsetD8Async(memory, 1, 64, CU_STREAM_PER_THREAD));
	ck_assert_int_eq(child_status(expect_not_initialized), 0);
	OK(cuMemFree_v2(memory));
}
END_TEST

static void expect_init_works(void)
{
	if (cuInit(0) != CUDA_SUCCESS)
		_exit(1);
}

START_TEST(a_child_forked_before_init_can_initialise)
{
	ck_assert_int_eq(child_status(expect_init_works), 0);
	ck_assert_int_eq(child_status(expect_init_works), 0);
}
END_TEST

static void after_the_driver(void)
{
	int count;

	_exit(cuDeviceGetCount(&count) == CUDA_ERROR_DEINITIALIZED ? 0 : 1);
}

/* Handlers run in reverse order: what was registered before cuInit runs after the driver's. */
static void exit_normally(void)
{
	atexit(after_the_driver);
	cuInit(0);
	exit(2);
}

START_TEST(calls_after_the_drivers_exit_handler_answer_deinitialized)
{
	ck_assert_int_eq(child_status(exit_normally), 0);
}
END_TEST

START_TEST(injected_failures_hit_the_call_they_count)
{
	CUdeviceptr memory;

	setenv("CURTRACE_SIM_FAIL", "cuMemAlloc:2=2,cuStreamCreate:1=1", 1);
	begin();
	OK(cuMemAlloc_v2(&memory, 4));
	FAILS(cuMemAlloc_v2(&memory, 4), CUDA_ERROR_OUT_OF_MEMORY);
	OK(cuMemAlloc_v2(&memory, 4));
}
END_TEST

START_TEST(an_injected_fault_stays)
{
	CUcontext ctx;
	CUdeviceptr memory;
	CUdevice dev;

	setenv("CURTRACE_SIM_FAIL", "cuCtxSynchronize:1=700", 1);
	begin();
	FAILS(cuCtxSynchronize(), CUDA_ERROR_ILLEGAL_ADDRESS);
	FAILS(cuMemAlloc_v2(&memory, 4), CUDA_ERROR_ILLEGAL_ADDRESS);
	OK(cuCtxGetDevice(&dev));
	OK(cuDevicePrimaryCtxReset_v2(0));
	FAILS(cuDevicePrimaryCtxRetain(&ctx, 0), CUDA_ERROR_ILLEGAL_ADDRESS);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sim device");
	TCase *all = tcase_create("all");

	tcase_add_test(all, calls_before_init_answer_not_initialized);
	tcase_add_test(all, version_and_error_names_need_no_init);
	tcase_add_test(all, init_takes_no_flags_and_may_be_repeated);
	tcase_add_test(all, number_of_devices_follows_the_environment);
	tcase_add_test(all, without_devices_init_answers_no_device);
	tcase_add_test(all, every_known_attribute_is_answered_and_no_other);
	tcase_add_test(all, attributes_are_those_of_an_h200);
	tcase_add_test(all, devices_are_found_by_their_bus_id);
	tcase_add_test(all, uuids_differ_between_devices);
	tcase_add_test(all, entry_points_are_found_by_name_and_version);
	tcase_add_test(all, the_older_form_answers_an_error_for_a_name_that_is_not_found);
	tcase_add_test(all, a_status_that_nobody_wants_makes_no_error_of_it);
	tcase_add_test(all, the_profiler_of_old_is_not_supported);
	tcase_add_test(all, per_thread_forms_are_found_when_asked_for);
	tcase_add_test(all, calls_without_a_context_answer_invalid_context);
	tcase_add_test(all, primary_context_counts_its_retains);
	tcase_add_test(all, reset_primary_context_stays_current_but_is_of_no_use);
	tcase_add_test(all, primary_flags_show_in_the_context);
	tcase_add_test(all, contexts_form_a_stack_in_each_thread);
	tcase_add_test(all, setting_no_context_pops_the_current_one);
	tcase_add_test(all, limits_are_kept_and_bounded);
	tcase_add_test(all, priority_range_is_six_levels);
	tcase_add_test(all, peer_access_is_switched_once);
	tcase_add_test(all, a_process_is_no_peer_of_itself);
	tcase_add_test(all, a_child_forked_after_init_has_no_driver);
	tcase_add_test(all, a_child_forked_before_init_can_initialise);
	tcase_add_test(all, calls_after_the_drivers_exit_handler_answer_deinitialized);
	tcase_add_test(all, injected_failures_hit_the_call_they_count);
	tcase_add_test(all, an_injected_fault_stays);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
