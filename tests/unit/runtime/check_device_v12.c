/* SPDX-License-Identifier: Apache-2.0 */
/* Devices for programs of CUDA 11 and 12: properties, choice, selection without a context. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "edge.h"
#include "runtime/calls.h"
#include "runtime/context.h"
#include "runtime/entry.h"
#include "script_driver.h"

#define PRIMARY ((CUcontext)0x1000)

static CUcontext current;
static CUdevice device_of_current;
static int asked_for_clock;

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

static CUresult get_device(const uint64_t *args)
{
	if (current == NULL)
		return CUDA_ERROR_INVALID_CONTEXT;
	*(CUdevice *)args[0] = device_of_current;
	return CUDA_SUCCESS;
}

static CUresult get_name(const uint64_t *args)
{
	strcpy((char *)args[0], (int)args[2] == 0 ? "First" : "Second");
	return CUDA_SUCCESS;
}

/* Device 1 has twice the memory. */
static CUresult get_memory(const uint64_t *args)
{
	*(size_t *)args[0] = (size_t)(1 + (int)args[1]) << 30;
	return CUDA_SUCCESS;
}

/* Each attribute has a value of its own. */
static CUresult get_attribute(const uint64_t *args)
{
	asked_for_clock += (int)args[1] == CU_DEVICE_ATTRIBUTE_CLOCK_RATE;
	*(int *)args[0] = 1000 + (int)args[1];
	return CUDA_SUCCESS;
}

static void setup(void)
{
	script_install();
	current = NULL;
	script_hook(cuCtxGetCurrent, get_current);
	script_hook(cuCtxSetCurrent, set_current);
	script_hook(cuCtxGetDevice, get_device);
	script_hook(cuDeviceGetName, get_name);
	script_hook(cuDeviceTotalMem, get_memory);
	script_hook(cuDeviceGetAttribute, get_attribute);
	script_output(cuDeviceGetCount, 0, 2, sizeof(int));
	script_output(cuDevicePrimaryCtxRetain, 0, PRIMARY, sizeof(CUcontext));
}

static int value_of(CUdevice_attribute attribute)
{
	return 1000 + (int)attribute;
}

START_TEST(properties_of_11_end_where_its_structure_ends)
{
	struct cudaDeviceProp_v11 *prop = edge(sizeof(*prop));

	ck_assert_int_eq(rt_cudaGetDeviceProperties_v12(prop, 1), cudaSuccess);
	ck_assert_str_eq(prop->name, "Second");
	ck_assert_uint_eq(prop->totalGlobalMem, 2ul << 30);
	ck_assert_int_eq(prop->maxThreadsDim[2], value_of(CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z));
	ck_assert_int_eq(prop->major, value_of(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR));
	ck_assert_uint_eq(prop->totalConstMem, value_of(CU_DEVICE_ATTRIBUTE_TOTAL_CONSTANT_MEMORY));
	ck_assert_uint_eq(prop->reservedSharedMemPerBlock,
			  value_of(CU_DEVICE_ATTRIBUTE_RESERVED_SHARED_MEMORY_PER_BLOCK));
}
END_TEST

START_TEST(what_13_dropped_is_still_told)
{
	struct cudaDeviceProp_v11 prop;

	ck_assert_int_eq(rt_cudaGetDeviceProperties_v12(&prop, 0), cudaSuccess);
	ck_assert_int_eq(prop.clockRate, value_of(CU_DEVICE_ATTRIBUTE_CLOCK_RATE));
	ck_assert_int_eq(prop.deviceOverlap, value_of(CU_DEVICE_ATTRIBUTE_GPU_OVERLAP));
	ck_assert_int_eq(prop.kernelExecTimeoutEnabled,
			 value_of(CU_DEVICE_ATTRIBUTE_KERNEL_EXEC_TIMEOUT));
	ck_assert_int_eq(prop.computeMode, value_of(CU_DEVICE_ATTRIBUTE_COMPUTE_MODE));
	ck_assert_int_eq(prop.maxTexture1DLinear,
			 value_of(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE1D_LINEAR_WIDTH));
	ck_assert_int_eq(prop.memoryClockRate, value_of(CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE));
	ck_assert_int_eq(prop.singleToDoublePrecisionPerfRatio,
			 value_of(CU_DEVICE_ATTRIBUTE_SINGLE_TO_DOUBLE_PRECISION_PERF_RATIO));
	ck_assert_int_eq(prop.cooperativeMultiDeviceLaunch,
			 value_of(CU_DEVICE_ATTRIBUTE_COOPERATIVE_MULTI_DEVICE_LAUNCH));
}
END_TEST

START_TEST(properties_of_12_have_more_and_zeros_behind)
{
	static const int zero[63];
	struct cudaDeviceProp_v12 *prop = edge(sizeof(*prop));
	struct cudaDeviceProp now;

	ck_assert_int_eq(rt_cudaGetDeviceProperties_v2_v12(prop, 0), cudaSuccess);
	ck_assert_int_eq(rt_cudaGetDeviceProperties(&now, 0), cudaSuccess);
	ck_assert_str_eq(prop->base.name, "First");
	ck_assert_int_eq(prop->base.clockRate, value_of(CU_DEVICE_ATTRIBUTE_CLOCK_RATE));
	ck_assert_int_eq(prop->hostRegisterSupported, now.hostRegisterSupported);
	ck_assert_int_eq(prop->clusterLaunch, value_of(CU_DEVICE_ATTRIBUTE_CLUSTER_LAUNCH));
	ck_assert_int_eq(prop->unifiedFunctionPointers, now.unifiedFunctionPointers);
	ck_assert_mem_eq(prop->reserved2, zero, sizeof(zero));
}
END_TEST

START_TEST(a_device_is_asked_once_for_what_its_programs_can_see)
{
	struct cudaDeviceProp_v11 prop;
	struct cudaDeviceProp now;
	int calls;

	rt_cudaGetDeviceProperties(&now, 0);
	ck_assert_int_eq(asked_for_clock, 0);
	rt_cudaGetDeviceProperties_v12(&prop, 0);
	ck_assert_int_eq(asked_for_clock, 1);
	calls = script_calls();
	rt_cudaGetDeviceProperties_v12(&prop, 0);
	ck_assert_int_eq(script_calls(), calls);
}
END_TEST

START_TEST(a_bad_device_leaves_the_properties_alone)
{
	struct cudaDeviceProp_v12 *prop = edge(sizeof(*prop));

	ck_assert_int_eq(rt_cudaGetDeviceProperties_v2_v12(prop, 2), cudaErrorInvalidDevice);
	ck_assert_int_eq(rt_cudaGetDeviceProperties_v12(&prop->base, -1), cudaErrorInvalidDevice);
	script_hook(cuDeviceGetName, NULL);
	script_answer(cuDeviceGetName, CUDA_ERROR_UNKNOWN);
	ck_assert_int_eq(rt_cudaGetDeviceProperties_v12(&prop->base, 0), cudaErrorUnknown);
	expect_untouched(prop, sizeof(*prop));
	ck_assert_int_eq(rt_cudaGetDeviceProperties_v12(NULL, 0), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGetDeviceProperties_v2_v12(NULL, 0), cudaErrorInvalidValue);
}
END_TEST

START_TEST(the_choice_reads_no_more_than_11s_structure)
{
	struct cudaDeviceProp_v11 *wanted = edge(sizeof(*wanted));
	int device = -1;

	memset(wanted, 0, sizeof(*wanted));
	wanted->major = wanted->minor = -1;
	ck_assert_int_eq(rt_cudaChooseDevice_v12(&device, wanted), cudaSuccess);
	ck_assert_int_eq(device, 0);
	wanted->totalGlobalMem = 2ul << 30;
	ck_assert_int_eq(rt_cudaChooseDevice_v12(&device, wanted), cudaSuccess);
	ck_assert_int_eq(device, 1);
	wanted->totalGlobalMem = 0;
	strcpy(wanted->name, "Second");
	device = -1;
	ck_assert_int_eq(rt_cudaChooseDevice_v12(&device, wanted), cudaSuccess);
	ck_assert_int_eq(device, 1);
	ck_assert_int_eq(rt_cudaChooseDevice_v12(&device, NULL), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaChooseDevice_v12(NULL, wanted), cudaErrorInvalidValue);
}
END_TEST

START_TEST(a_device_is_selected_without_a_context)
{
	int device = -1;

	ck_assert_int_eq(rt_cudaSetDevice_v11(1), cudaSuccess);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 0);
	ck_assert_int_eq(rt_cudaGetDevice(&device), cudaSuccess);
	ck_assert_int_eq(device, 1);
	ck_assert_ptr_null(current);
}
END_TEST

START_TEST(the_next_call_makes_the_context)
{
	rt_cudaSetDevice_v11(1);
	ck_assert_int_eq(rt_enter_context(), cudaSuccess);
	ck_assert_int_eq((int)script_arg(cuDevicePrimaryCtxRetain, 1), 1);
	ck_assert_ptr_eq(current, PRIMARY);
}
END_TEST

START_TEST(another_device_takes_the_first_ones_place)
{
	int device = -1;

	rt_enter_context();
	ck_assert_ptr_nonnull(current);
	ck_assert_int_eq(rt_cudaSetDevice_v11(1), cudaSuccess);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 1);
	rt_cudaGetDevice(&device);
	ck_assert_int_eq(device, 1);
	ck_assert_int_eq(rt_enter_context(), cudaSuccess);
	ck_assert_int_eq((int)script_arg(cuDevicePrimaryCtxRetain, 1), 1);
}
END_TEST

START_TEST(a_context_that_is_there_is_made_current)
{
	rt_enter_context();
	current = NULL;
	ck_assert_int_eq(rt_cudaSetDevice_v11(0), cudaSuccess);
	ck_assert_ptr_eq(current, PRIMARY);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 1);
}
END_TEST

START_TEST(a_device_that_was_reset_gets_no_context_by_selection)
{
	rt_enter_context();
	script_output(cuDevicePrimaryCtxGetState, 2, 1, sizeof(int));
	ck_assert_int_eq(rt_cudaDeviceReset(), cudaSuccess);
	ck_assert_int_eq(rt_cudaSetDevice_v11(0), cudaSuccess);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 1);
	ck_assert_int_eq(rt_enter_context(), cudaSuccess);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 2);
}
END_TEST

START_TEST(a_bad_device_is_not_selected)
{
	int device = -1;

	rt_enter_context();
	ck_assert_int_eq(rt_cudaSetDevice_v11(2), cudaErrorInvalidDevice);
	ck_assert_int_eq(rt_cudaSetDevice_v11(-1), cudaErrorInvalidDevice);
	ck_assert_ptr_eq(current, PRIMARY);
	rt_cudaGetDevice(&device);
	ck_assert_int_eq(device, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("device_v12");
	TCase *properties = tcase_create("properties");
	TCase *selection = tcase_create("selection");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, properties);
	tcase_add_checked_fixture(properties, setup, NULL);
	tcase_add_test(properties, properties_of_11_end_where_its_structure_ends);
	tcase_add_test(properties, what_13_dropped_is_still_told);
	tcase_add_test(properties, properties_of_12_have_more_and_zeros_behind);
	tcase_add_test(properties, a_device_is_asked_once_for_what_its_programs_can_see);
	tcase_add_test(properties, a_bad_device_leaves_the_properties_alone);
	tcase_add_test(properties, the_choice_reads_no_more_than_11s_structure);

	suite_add_tcase(suite, selection);
	tcase_add_checked_fixture(selection, setup, NULL);
	tcase_add_test(selection, a_device_is_selected_without_a_context);
	tcase_add_test(selection, the_next_call_makes_the_context);
	tcase_add_test(selection, another_device_takes_the_first_ones_place);
	tcase_add_test(selection, a_context_that_is_there_is_made_current);
	tcase_add_test(selection, a_device_that_was_reset_gets_no_context_by_selection);
	tcase_add_test(selection, a_bad_device_is_not_selected);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
