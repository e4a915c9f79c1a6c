/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts and devices: when which driver call is made, and what a program is answered. */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>

#include "runtime/calls.h"
#include "runtime/context.h"
#include "runtime/entry.h"
#include "runtime/introspect.h"
#include "script_driver.h"

#define PRIMARY ((CUcontext)0x1000)
#define FOREIGN ((CUcontext)0x2000)

static __thread CUcontext current; /* per thread, as with the driver */
static CUdevice device_of_current;
static CUresult context_fault; /* what a query of the current context answers */

static CUresult get_current(const uint64_t *args)
{
	*(CUcontext *)args[0] = current;
	return CUDA_SUCCESS;
}

static CUresult set_current(const uint64_t *args)
{
	current = (CUcontext)args[0];
	return CUDA_SUCCESS;
}

/* Without a current context the driver answers 201. */
static CUresult get_device(const uint64_t *args)
{
	if (context_fault != CUDA_SUCCESS)
		return context_fault;
	if (current == NULL)
		return CUDA_ERROR_INVALID_CONTEXT;
	*(CUdevice *)args[0] = device_of_current;
	return CUDA_SUCCESS;
}

/* Each test runs in a process of its own, so the runtime's state is new in each. */
static void setup(void)
{
	script_install();
	current = NULL;
	script_hook(cuCtxGetCurrent, get_current);
	script_hook(cuCtxSetCurrent, set_current);
	script_hook(cuCtxGetDevice, get_device);
	script_output(cuDeviceGetCount, 0, 2, sizeof(int));
	script_output(cuDevicePrimaryCtxRetain, 0, PRIMARY, sizeof(CUcontext));
}

START_TEST(first_call_makes_the_primary_context_of_device_0_current)
{
	ck_assert_int_eq(rt_enter_context(), cudaSuccess);
	ck_assert_ptr_eq(current, PRIMARY);
	ck_assert_int_eq((int)script_arg(cuDevicePrimaryCtxRetain, 1), 0);
}
END_TEST

START_TEST(later_calls_ask_for_the_current_context_only)
{
	rt_enter_context();
	script_forget_calls();
	ck_assert_int_eq(rt_enter_context(), cudaSuccess);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(a_context_of_the_programs_own_is_used_as_it_is)
{
	current = FOREIGN;
	ck_assert_int_eq(rt_enter_context(), cudaSuccess);
	ck_assert_ptr_eq(current, FOREIGN);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 0);
}
END_TEST

START_TEST(get_device_makes_no_context)
{
	int device = -1;

	ck_assert_int_eq(rt_cudaGetDevice(&device), cudaSuccess);
	ck_assert_int_eq(device, 0);
	ck_assert_ptr_null(current);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 0);
}
END_TEST

START_TEST(get_device_answers_for_the_current_context)
{
	int device = -1;

	current = FOREIGN;
	device_of_current = 1;
	rt_cudaGetDevice(&device);
	ck_assert_int_eq(device, 1);
}
END_TEST

START_TEST(get_device_still_answers_when_the_context_is_broken)
{
	int device = -1;

	rt_cudaSetDevice(1);
	context_fault = CUDA_ERROR_ILLEGAL_ADDRESS;
	ck_assert_int_eq(rt_cudaGetDevice(&device), cudaSuccess);
	ck_assert_int_eq(device, 1);
}
END_TEST

START_TEST(get_device_answers_4_when_the_driver_is_down)
{
	int device = -1;

	rt_cudaSetDevice(1);
	context_fault = CUDA_ERROR_DEINITIALIZED;
	ck_assert_int_eq(rt_cudaGetDevice(&device), cudaErrorCudartUnloading);
}
END_TEST

START_TEST(get_device_costs_one_driver_call)
{
	int device;

	rt_cudaSetDevice(1);
	script_forget_calls();
	rt_cudaGetDevice(&device);
	ck_assert_int_eq(script_count(cuCtxGetDevice), 1);
	ck_assert_int_eq(script_count(cuCtxGetCurrent), 0);
}
END_TEST

START_TEST(set_device_again_is_one_driver_call)
{
	rt_cudaSetDevice(1);
	script_forget_calls();
	ck_assert_int_eq(rt_cudaSetDevice(1), cudaSuccess);
	ck_assert_int_eq(script_count(cuCtxSetCurrent), 1);
	ck_assert_int_eq(script_calls(), 1);
}
END_TEST

START_TEST(set_device_binds_at_once)
{
	ck_assert_int_eq(rt_cudaSetDevice(1), cudaSuccess);
	ck_assert_int_eq((int)script_arg(cuDevicePrimaryCtxRetain, 1), 1);
	ck_assert_ptr_eq(current, PRIMARY);
}
END_TEST

START_TEST(set_device_refuses_what_is_no_ordinal)
{
	ck_assert_int_eq(rt_cudaSetDevice(2), cudaErrorInvalidDevice);
	ck_assert_int_eq(rt_cudaSetDevice(-1), cudaErrorInvalidDevice);
	ck_assert_ptr_null(current);
}
END_TEST

START_TEST(no_device_is_an_error_of_its_own)
{
	int count = -1;

	script_output(cuDeviceGetCount, 0, 0, sizeof(int));
	ck_assert_int_eq(rt_cudaGetDeviceCount(&count), cudaErrorNoDevice);
	ck_assert_int_eq(count, 0);
}
END_TEST

START_TEST(the_number_of_devices_is_asked_for_once)
{
	int count = 0;

	ck_assert_int_eq(rt_cudaGetDeviceCount(&count), cudaSuccess);
	script_answer(cuDeviceGetCount, CUDA_ERROR_NOT_INITIALIZED);
	count = 0;
	ck_assert_int_eq(rt_cudaGetDeviceCount(&count), cudaSuccess);
	ck_assert_int_eq(count, 2);
	ck_assert_int_eq(rt_cudaGetDeviceCount(NULL), cudaErrorInvalidValue);
}
END_TEST

START_TEST(init_device_binds_only_with_flags)
{
	ck_assert_int_eq(rt_cudaInitDevice(0, 0, 0), cudaSuccess);
	ck_assert_ptr_null(current);
	ck_assert_int_eq(rt_cudaInitDevice(0, 0, 2), cudaSuccess);
	ck_assert_ptr_null(current);
	ck_assert_int_eq(rt_cudaInitDevice(0, 0x100, cudaInitDeviceFlagsAreValid),
			 cudaErrorInvalidValue);
	ck_assert_ptr_eq(current, PRIMARY);
}
END_TEST

/* Device 0 is held by another process in exclusive mode. */
static CUresult retain_all_but_0(const uint64_t *args)
{
	if ((int)args[1] == 0)
		return CUDA_ERROR_DEVICE_UNAVAILABLE;
	*(CUcontext *)args[0] = PRIMARY;
	return CUDA_SUCCESS;
}

START_TEST(a_thread_without_a_choice_gets_the_next_device_if_one_is_taken)
{
	int device = -1;

	script_hook(cuDevicePrimaryCtxRetain, retain_all_but_0);
	device_of_current = 1;
	ck_assert_int_eq(rt_enter_context(), cudaSuccess);
	rt_cudaGetDevice(&device);
	ck_assert_int_eq(device, 1);
}
END_TEST

START_TEST(a_thread_with_a_choice_does_not)
{
	script_hook(cuDevicePrimaryCtxRetain, retain_all_but_0);
	ck_assert_int_eq(rt_cudaSetDevice(0), cudaErrorDevicesUnavailable);
	ck_assert_ptr_null(current);
}
END_TEST

START_TEST(valid_devices_set_the_order)
{
	int order[] = { 1, 0 }, device = -1;

	ck_assert_int_eq(rt_cudaSetValidDevices(order, 2), cudaSuccess);
	rt_cudaGetDevice(&device);
	ck_assert_int_eq(device, 1);
	rt_enter_context();
	ck_assert_int_eq((int)script_arg(cuDevicePrimaryCtxRetain, 1), 1);
}
END_TEST

START_TEST(valid_devices_are_checked)
{
	int wrong[] = { 7 }, many[] = { 0, 1, 0 };

	ck_assert_int_eq(rt_cudaSetValidDevices(NULL, 1), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaSetValidDevices(many, 3), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaSetValidDevices(wrong, 1), cudaErrorInvalidDevice);
	ck_assert_int_eq(rt_cudaSetValidDevices(NULL, 0), cudaSuccess);
	rt_enter_context();
	ck_assert_int_eq(rt_cudaSetValidDevices(NULL, 0), cudaSuccess);
}
END_TEST

START_TEST(reset_before_any_context_does_nothing)
{
	ck_assert_int_eq(rt_cudaDeviceReset(), cudaSuccess);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxReset), 0);
}
END_TEST

START_TEST(the_call_after_a_reset_retains_again)
{
	rt_enter_context();
	script_output(cuDevicePrimaryCtxGetState, 2, 1, sizeof(int));
	ck_assert_int_eq(rt_cudaDeviceReset(), cudaSuccess);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxReset), 1);
	script_forget_calls();
	ck_assert_int_eq(rt_enter_context(), cudaSuccess);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 1);
	script_forget_calls();
	rt_enter_context();
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(reset_revives_a_context_that_another_party_reset)
{
	rt_enter_context();
	script_output(cuDevicePrimaryCtxGetState, 2, 0, sizeof(int));
	script_forget_calls();
	ck_assert_int_eq(rt_cudaDeviceReset(), cudaSuccess);
	ck_assert_int_eq(rt_enter_context(), cudaSuccess);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 1);
}
END_TEST

/* What a foreign reset leaves: the context is current, and not active. */
static void reset_by_another_party(void)
{
	script_output(cuDevicePrimaryCtxGetState, 2, 0, sizeof(int));
	script_forget_calls();
}

START_TEST(a_context_that_another_party_reset_is_retained_again)
{
	rt_enter_context();
	reset_by_another_party();
	ck_assert(rt_revive_context());
	ck_assert_int_eq(rt_enter_context(), cudaSuccess);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 1);
}
END_TEST

START_TEST(a_call_that_fails_in_a_living_context_is_not_repeated)
{
	rt_enter_context();
	script_output(cuDevicePrimaryCtxGetState, 2, 1, sizeof(int));
	ck_assert(!rt_revive_context());
	ck_assert_int_eq(rt_enter_context(), cudaSuccess);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 1);
}
END_TEST

START_TEST(a_call_is_repeated_once_for_each_reset)
{
	rt_enter_context();
	reset_by_another_party();
	ck_assert(rt_revive_context());
	rt_enter_context();
	script_output(cuDevicePrimaryCtxGetState, 2, 1, sizeof(int));
	ck_assert(!rt_revive_context());
	reset_by_another_party();
	ck_assert(rt_revive_context());
}
END_TEST

static void *revive(void *again)
{
	current = PRIMARY;
	*(bool *)again = rt_revive_context();
	return NULL;
}

/* Its call failed too, but before it asks the other thread has put the context in order. */
START_TEST(a_thread_that_comes_second_repeats_its_call_too)
{
	pthread_t thread;
	bool again = false;

	rt_enter_context();
	reset_by_another_party();
	ck_assert(rt_revive_context());
	rt_enter_context();
	script_output(cuDevicePrimaryCtxGetState, 2, 1, sizeof(int));
	pthread_create(&thread, NULL, revive, &again);
	pthread_join(thread, NULL);
	ck_assert(again);
}
END_TEST

START_TEST(a_dead_context_of_the_programs_own_is_not_revived)
{
	rt_enter_context();
	reset_by_another_party();
	current = FOREIGN;
	ck_assert(!rt_revive_context());
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 0);
}
END_TEST

START_TEST(reset_leaves_a_context_of_the_programs_own_alone)
{
	current = FOREIGN;
	ck_assert_int_eq(rt_cudaDeviceReset(), cudaSuccess);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxReset), 0);
	ck_assert_ptr_eq(current, FOREIGN);
}
END_TEST

START_TEST(a_device_broken_by_a_fault_is_unavailable_after_its_reset)
{
	rt_enter_context();
	script_output(cuDevicePrimaryCtxGetState, 2, 1, sizeof(int));
	script_answer(cuDevicePrimaryCtxRetain, CUDA_ERROR_ILLEGAL_ADDRESS);
	ck_assert_int_eq(rt_cudaDeviceReset(), cudaSuccess);
	ck_assert_int_eq(rt_enter_context(), cudaErrorDevicesUnavailable);
	ck_assert_int_eq(rt_enter_context(), cudaErrorDevicesUnavailable);
}
END_TEST

START_TEST(want_of_memory_for_a_context_stays_what_it_is)
{
	script_answer(cuDevicePrimaryCtxRetain, CUDA_ERROR_OUT_OF_MEMORY);
	ck_assert_int_eq(rt_enter_context(), cudaErrorMemoryAllocation);
}
END_TEST

START_TEST(reset_takes_a_primary_context_that_was_bound_through_the_driver)
{
	current = PRIMARY;
	script_output(cuDevicePrimaryCtxGetState, 2, 1, sizeof(int));
	ck_assert_int_eq(rt_cudaDeviceReset(), cudaSuccess);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxReset), 1);
	script_forget_calls();
	ck_assert_int_eq(rt_enter_context(), cudaSuccess);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 1);
}
END_TEST

START_TEST(flags_take_a_primary_context_that_was_bound_through_the_driver)
{
	current = PRIMARY;
	script_output(cuDevicePrimaryCtxGetState, 2, 1, sizeof(int));
	ck_assert_int_eq(rt_cudaSetDeviceFlags(cudaDeviceScheduleYield), cudaSuccess);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxSetFlags), 1);
}
END_TEST

START_TEST(asking_whether_a_context_is_primary_makes_none)
{
	current = FOREIGN;
	ck_assert(!rt_current_is_primary(current));
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 0);
}
END_TEST

static int reported_device = -1, reports;

static void note_device(const struct rt_device_facts *facts)
{
	reported_device = facts->ordinal;
	reports++;
}

START_TEST(the_first_call_in_a_context_of_the_programs_own_reports_its_device)
{
	static const struct rt_observer observer = { .device = note_device };

	rt_observe(&observer);
	current = FOREIGN;
	device_of_current = 1;
	ck_assert_int_eq(rt_enter_context(), cudaSuccess);
	ck_assert_int_eq(reported_device, 1);
	script_forget_calls();
	rt_enter_context();
	ck_assert_int_eq(script_count(cuCtxGetCurrent), 1);
	ck_assert_int_eq(script_calls(), 0);
	ck_assert_int_eq(reports, 1);
}
END_TEST

START_TEST(device_flags_are_checked_and_lose_the_map_bit)
{
	ck_assert_int_eq(rt_cudaSetDeviceFlags(0x100), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaSetDeviceFlags(3), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaSetDeviceFlags(cudaDeviceMapHost | cudaDeviceScheduleYield),
			 cudaSuccess);
	ck_assert_uint_eq((unsigned int)script_arg(cuDevicePrimaryCtxSetFlags, 1),
			  cudaDeviceScheduleYield);
	/* Bits of the driver's that have no effect here. */
	ck_assert_int_eq(rt_cudaSetDeviceFlags(0x60 | cudaDeviceSyncMemops), cudaSuccess);
	ck_assert_uint_eq((unsigned int)script_arg(cuDevicePrimaryCtxSetFlags, 1),
			  cudaDeviceSyncMemops);
	current = FOREIGN;
	ck_assert_int_eq(rt_cudaSetDeviceFlags(0), cudaErrorIncompatibleDriverContext);
}
END_TEST

START_TEST(device_flags_have_the_map_bit)
{
	unsigned int flags = 0;

	ck_assert_int_eq(rt_cudaGetDeviceFlags(&flags), cudaSuccess);
	ck_assert_uint_eq(flags, cudaDeviceMapHost);
	/* Unless the driver tells otherwise of the program's own context. */
	current = FOREIGN;
	script_output(cuCtxGetFlags, 0, 0, sizeof(int));
	ck_assert_int_eq(rt_cudaGetDeviceFlags(&flags), cudaSuccess);
	ck_assert_uint_eq(flags, 0);
}
END_TEST

static void *enter(void *result)
{
	*(cudaError_t *)result = rt_enter_context();
	return NULL;
}

START_TEST(sixteen_threads_retain_once)
{
	pthread_t threads[16];
	cudaError_t results[16];

	for (int i = 0; i < 16; i++)
		pthread_create(&threads[i], NULL, enter, &results[i]);
	for (int i = 0; i < 16; i++) {
		pthread_join(threads[i], NULL);
		ck_assert_int_eq(results[i], cudaSuccess);
	}
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 1);
}
END_TEST

START_TEST(properties_are_asked_for_once)
{
	struct cudaDeviceProp prop;

	script_output(cuDeviceGetAttribute, 0, 7, sizeof(int));
	script_output(cuDeviceTotalMem, 0, 12345, sizeof(size_t));
	ck_assert_int_eq(rt_cudaGetDeviceProperties(&prop, 1), cudaSuccess);
	ck_assert_int_eq(prop.major, 7);
	ck_assert_uint_eq(prop.sharedMemPerBlock, 7);
	ck_assert_uint_eq(prop.totalGlobalMem, 12345);
	script_forget_calls();
	ck_assert_int_eq(rt_cudaGetDeviceProperties(&prop, 1), cudaSuccess);
	ck_assert_int_eq(script_count(cuDeviceGetAttribute), 0);
	ck_assert_int_eq(rt_cudaGetDeviceProperties(NULL, 1), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGetDeviceProperties(&prop, 2), cudaErrorInvalidDevice);
}
END_TEST

START_TEST(an_attribute_is_asked_for_once)
{
	int value = 0;

	script_answer(cuDeviceGetAttribute, CUDA_ERROR_SYSTEM_NOT_READY);
	ck_assert_int_eq(rt_cudaDeviceGetAttribute(&value, cudaDevAttrWarpSize, 1),
			 cudaErrorSystemNotReady);
	script_answer(cuDeviceGetAttribute, CUDA_SUCCESS);
	script_output(cuDeviceGetAttribute, 0, -3, sizeof(int));
	for (int i = 0; i < 3; i++) {
		value = 0;
		ck_assert_int_eq(rt_cudaDeviceGetAttribute(&value, cudaDevAttrWarpSize, 1),
				 cudaSuccess);
		ck_assert_int_eq(value, -3);
	}
	ck_assert_int_eq(script_count(cuDeviceGetAttribute), 2);
	ck_assert_uint_eq((uint32_t)script_arg(cuDeviceGetAttribute, 1), cudaDevAttrWarpSize);
	ck_assert_uint_eq((uint32_t)script_arg(cuDeviceGetAttribute, 2), 1);
	/* Another device and another attribute have answers of their own, 0 too. */
	script_output(cuDeviceGetAttribute, 0, 0, sizeof(int));
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(rt_cudaDeviceGetAttribute(&value, cudaDevAttrWarpSize, 0), 0);
		ck_assert_int_eq(value, 0);
		ck_assert_int_eq(rt_cudaDeviceGetAttribute(&value, cudaDevAttrIntegrated, 1), 0);
		ck_assert_int_eq(value, 0);
	}
	ck_assert_int_eq(script_count(cuDeviceGetAttribute), 4);
}
END_TEST

START_TEST(an_attribute_that_may_change_is_asked_for_each_time)
{
	static const enum cudaDeviceAttr changing[] = {
		cudaDevAttrClockRate, cudaDevAttrMemoryClockRate, cudaDevAttrKernelExecTimeout,
		cudaDevAttrComputeMode, cudaDevAttrMpsEnabled
	};
	int value;

	for (int i = 0; i < 5; i++) {
		script_output(cuDeviceGetAttribute, 0, 4, sizeof(int));
		ck_assert_int_eq(rt_cudaDeviceGetAttribute(&value, changing[i], 0), cudaSuccess);
		script_output(cuDeviceGetAttribute, 0, 5, sizeof(int));
		ck_assert_int_eq(rt_cudaDeviceGetAttribute(&value, changing[i], 0), cudaSuccess);
		ck_assert_int_eq(value, 5);
	}
}
END_TEST

START_TEST(a_strange_question_about_a_device_is_the_drivers_to_answer)
{
	int value;

	ck_assert_int_eq(rt_cudaDeviceGetAttribute(&value, cudaDevAttrWarpSize, 0), cudaSuccess);
	script_answer(cuDeviceGetAttribute, CUDA_ERROR_INVALID_DEVICE);
	ck_assert_int_eq(rt_cudaDeviceGetAttribute(NULL, cudaDevAttrWarpSize, 0), 101);
	ck_assert_int_eq(rt_cudaDeviceGetAttribute(&value, cudaDevAttrWarpSize, -1), 101);
	ck_assert_int_eq(rt_cudaDeviceGetAttribute(&value, cudaDevAttrWarpSize, 64), 101);
	ck_assert_int_eq(rt_cudaDeviceGetAttribute(&value, (enum cudaDeviceAttr) - 1, 0), 101);
	ck_assert_int_eq(rt_cudaDeviceGetAttribute(&value, (enum cudaDeviceAttr)0x10000, 0), 101);
	ck_assert_int_eq(rt_cudaDeviceGetAttribute(&value, cudaDevAttrWarpSize, 0), cudaSuccess);
}
END_TEST

static Suite *context_suite(void)
{
	Suite *s = suite_create("runtime/context");
	TCase *c = tcase_create("contexts"), *d = tcase_create("devices");

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_test(c, first_call_makes_the_primary_context_of_device_0_current);
	tcase_add_test(c, later_calls_ask_for_the_current_context_only);
	tcase_add_test(c, a_context_of_the_programs_own_is_used_as_it_is);
	tcase_add_test(c, a_thread_without_a_choice_gets_the_next_device_if_one_is_taken);
	tcase_add_test(c, a_thread_with_a_choice_does_not);
	tcase_add_test(c, reset_before_any_context_does_nothing);
	tcase_add_test(c, the_call_after_a_reset_retains_again);
	tcase_add_test(c, reset_revives_a_context_that_another_party_reset);
	tcase_add_test(c, a_context_that_another_party_reset_is_retained_again);
	tcase_add_test(c, a_call_that_fails_in_a_living_context_is_not_repeated);
	tcase_add_test(c, a_call_is_repeated_once_for_each_reset);
	tcase_add_test(c, a_thread_that_comes_second_repeats_its_call_too);
	tcase_add_test(c, a_dead_context_of_the_programs_own_is_not_revived);
	tcase_add_test(c, reset_leaves_a_context_of_the_programs_own_alone);
	tcase_add_test(c, a_device_broken_by_a_fault_is_unavailable_after_its_reset);
	tcase_add_test(c, want_of_memory_for_a_context_stays_what_it_is);
	tcase_add_test(c, reset_takes_a_primary_context_that_was_bound_through_the_driver);
	tcase_add_test(c, asking_whether_a_context_is_primary_makes_none);
	tcase_add_test(c, the_first_call_in_a_context_of_the_programs_own_reports_its_device);
	tcase_add_test(c, sixteen_threads_retain_once);
	suite_add_tcase(s, c);
	tcase_add_checked_fixture(d, setup, NULL);
	tcase_add_test(d, get_device_makes_no_context);
	tcase_add_test(d, get_device_answers_for_the_current_context);
	tcase_add_test(d, get_device_still_answers_when_the_context_is_broken);
	tcase_add_test(d, get_device_answers_4_when_the_driver_is_down);
	tcase_add_test(d, get_device_costs_one_driver_call);
	tcase_add_test(d, set_device_again_is_one_driver_call);
	tcase_add_test(d, set_device_binds_at_once);
	tcase_add_test(d, set_device_refuses_what_is_no_ordinal);
	tcase_add_test(d, no_device_is_an_error_of_its_own);
	tcase_add_test(d, the_number_of_devices_is_asked_for_once);
	tcase_add_test(d, init_device_binds_only_with_flags);
	tcase_add_test(d, valid_devices_set_the_order);
	tcase_add_test(d, valid_devices_are_checked);
	tcase_add_test(d, device_flags_are_checked_and_lose_the_map_bit);
	tcase_add_test(d, device_flags_have_the_map_bit);
	tcase_add_test(d, flags_take_a_primary_context_that_was_bound_through_the_driver);
	tcase_add_test(d, properties_are_asked_for_once);
	tcase_add_test(d, an_attribute_is_asked_for_once);
	tcase_add_test(d, an_attribute_that_may_change_is_asked_for_each_time);
	tcase_add_test(d, a_strange_question_about_a_device_is_the_drivers_to_answer);
	suite_add_tcase(s, d);
	return s;
}

int main(void)
{
	SRunner *r = srunner_create(context_suite());
	int failed;

	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
