/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Launches of the simulated driver: that the C function for a kernel runs with what was given, what
 * is refused and with which code (as a driver R580 on an H200 answers), and occupancy.
 */
#include <check.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "curtrace/sim.h"
#include "kernel_fixture.h"

static struct curtrace_sim_launch seen;
static atomic_int runs;
static bool name_fits;

static void add(const struct curtrace_sim_launch *launch, void **params)
{
	unsigned int *word = *(unsigned int **)params[0];

	seen = *launch;
	name_fits = strcmp(launch->name, "add") == 0;
	*word += *(unsigned int *)params[1];
	/* The copy is the kernel's own. */
	*(unsigned int *)params[1] = 1000;
	runs++;
}

/* Found by its name alone: this program exports it. */
void curtrace_sim__other(const struct curtrace_sim_launch *launch, void **params);

__attribute__((visibility("default"))) void curtrace_sim__other(
	const struct curtrace_sim_launch *launch, void **params)
{
	(void)launch;
	**(unsigned int **)params[0] = 4242;
}

static void fault(const struct curtrace_sim_launch *launch, void **params)
{
	(void)params;
	curtrace_sim_fault(launch, CUDA_ERROR_ILLEGAL_ADDRESS);
}

static void slow(const struct curtrace_sim_launch *launch, void **params)
{
	usleep(20000);
	add(launch, params);
}

static void count(const struct curtrace_sim_launch *launch, void **params)
{
	(void)launch;
	(void)params;
	runs++;
}

/* What each test works with. */
static CUlibrary library;
static CUkernel kernel;
static CUfunction function;
static CUstream stream;
static CUdeviceptr memory;
static unsigned int amount = 5;
static void *params[2];

static void set_up(void)
{
	begin();
	library = load_library();
	kernel = kernel_named(library, "add");
	function = function_of(kernel);
	stream = new_stream();
	memory = device_memory(64);
	OK(cuMemsetD32_v2(memory, 0, 16));
	params[0] = &memory;
	params[1] = &amount;
	curtrace_sim_kernel("add", add);
}

static unsigned int word(void)
{
	unsigned int value = 0;

	OK(cuCtxSynchronize());
	OK(cuMemcpyDtoH_v2(&value, memory, 4));
	return value;
}

static CUfunction as_function(CUkernel handle)
{
	return (CUfunction)(void *)handle;
}

START_TEST(a_registered_function_runs_with_the_parameters)
{
	set_up();
	OK(cuLaunchKernel(function, 2, 3, 4, 5, 6, 7, 80, stream, params, NULL));
	ck_assert_uint_eq(word(), 5);
	ck_assert(name_fits);
	ck_assert_uint_eq(seen.grid[2], 4);
	ck_assert_uint_eq(seen.block[0], 5);
	ck_assert_uint_eq(seen.cluster[0], 1);
	ck_assert_uint_eq(seen.shared_bytes, 80);
	ck_assert_ptr_eq(seen.stream, stream);
}
END_TEST

START_TEST(parameters_are_copied_at_the_launch)
{
	set_up();
	curtrace_sim_kernel("add", slow);
	OK(launch_one(function, stream, params));
	amount = 77;
	ck_assert_uint_eq(word(), 5);
}
END_TEST

START_TEST(a_kernel_is_launched_without_asking_for_its_function)
{
	set_up();
	OK(launch_one(as_function(kernel), stream, params));
	ck_assert_uint_eq(word(), 5);
}
END_TEST

START_TEST(a_function_that_the_program_exports_is_found)
{
	set_up();
	OK(launch_one(as_function(kernel_named(library, "other")), stream, params));
	ck_assert_uint_eq(word(), 4242);
}
END_TEST

START_TEST(a_kernel_without_a_function_does_nothing)
{
	set_up();
	OK(launch_one(as_function(kernel_named(library, "nothing")), stream, NULL));
	ck_assert_uint_eq(word(), 0);
}
END_TEST

START_TEST(a_function_is_registered_after_the_first_launch)
{
	set_up();
	curtrace_sim_kernel("add", NULL);
	OK(launch_one(function, stream, params));
	ck_assert_uint_eq(word(), 0);
	curtrace_sim_kernel("add", add);
	OK(launch_one(function, stream, params));
	ck_assert_uint_eq(word(), 5);
}
END_TEST

START_TEST(a_launch_survives_the_library_it_came_from)
{
	set_up();
	curtrace_sim_kernel("add", slow);
	OK(launch_one(function, stream, params));
	OK(cuLibraryUnload(library));
	ck_assert_uint_eq(word(), 5);
	FAILS(launch_one(function, stream, params), CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

START_TEST(packed_parameters_are_unpacked)
{
	struct {
		CUdeviceptr address;
		unsigned int value;
	} packed;
	size_t size = 12;
	void *extra[] = { CU_LAUNCH_PARAM_BUFFER_POINTER, &packed, CU_LAUNCH_PARAM_BUFFER_SIZE,
			  &size, CU_LAUNCH_PARAM_END };

	set_up();
	packed.address = memory;
	packed.value = 9;
	OK(cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, stream, NULL, extra));
	ck_assert_uint_eq(word(), 9);
	size = 16;
	FAILS(cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, stream, NULL, extra),
	      CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES);
	FAILS(cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, stream, params, extra),
	      CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(missing_parameters_are_noticed)
{
	set_up();
	FAILS(launch_one(function, stream, NULL), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(what_is_no_function_is_not_launched)
{
	set_up();
	FAILS(launch_one(NULL, stream, params), CUDA_ERROR_INVALID_HANDLE);
	FAILS(launch_one((CUfunction)(void *)&amount, stream, params), CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

START_TEST(shapes_are_checked)
{
	static const unsigned int bad[][6] = {
		{ 0, 1, 1, 1, 1, 1 },   { 1, 1, 1, 1, 1, 0 },           { 1, 1, 1, 1025, 1, 1 },
		{ 1, 1, 1, 32, 32, 2 }, { 1, 65536, 1, 1, 1, 1 },       { 1, 1, 65536, 1, 1, 1 },
		{ 1, 1, 1, 1, 1, 65 },  { 0x80000000u, 1, 1, 1, 1, 1 },
	};

	set_up();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		FAILS(cuLaunchKernel(function, bad[i][0], bad[i][1], bad[i][2], bad[i][3],
				     bad[i][4], bad[i][5], 0, stream, params, NULL),
		      CUDA_ERROR_INVALID_VALUE);
	OK(cuLaunchKernel(function, 2147483647, 65535, 1, 1024, 1, 1, 0, stream, params, NULL));
}
END_TEST

START_TEST(launch_bounds_are_kept)
{
	CUfunction small;

	set_up();
	small = function_of(kernel_named(library, "small"));
	OK(cuLaunchKernel(small, 1, 1, 1, 64, 1, 1, 0, stream, params, NULL));
	FAILS(cuLaunchKernel(small, 1, 1, 1, 65, 1, 1, 0, stream, params, NULL),
	      CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(much_shared_memory_must_be_asked_for_first)
{
	set_up();
	OK(cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 49152, stream, params, NULL));
	FAILS(cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 49153, stream, params, NULL),
	      CUDA_ERROR_INVALID_VALUE);
	OK(cuFuncSetAttribute(function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 100000));
	OK(cuLaunchKernel(as_function(kernel), 1, 1, 1, 1, 1, 1, 100000, stream, params, NULL));
}
END_TEST

static CUresult launch_clusters(unsigned int grid, unsigned int cluster)
{
	CUlaunchAttribute attribute = { .id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION,
					.value.clusterDim = { cluster, 1, 1 } };
	CUlaunchConfig config = { grid, 1, 1, 1, 1, 1, 0, stream, &attribute, 1 };

	return cuLaunchKernelEx(&config, function, params, NULL);
}

START_TEST(clusters_must_divide_the_grid_and_not_be_too_large)
{
	set_up();
	OK(launch_clusters(4, 2));
	OK(cuCtxSynchronize());
	ck_assert_uint_eq(seen.cluster[0], 2);
	FAILS(launch_clusters(3, 2), CUDA_ERROR_INVALID_CLUSTER_SIZE);
	FAILS(launch_clusters(16, 16), CUDA_ERROR_INVALID_CLUSTER_SIZE);
	OK(cuFuncSetAttribute(function, CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED, 1));
	OK(launch_clusters(16, 16));
	FAILS(launch_clusters(32, 32), CUDA_ERROR_INVALID_CLUSTER_SIZE);
}
END_TEST

START_TEST(a_cluster_that_was_compiled_in_holds)
{
	CUfunction paired;

	set_up();
	paired = function_of(kernel_named(library, "paired"));
	FAILS(launch_one(paired, stream, params), CUDA_ERROR_INVALID_CLUSTER_SIZE);
	OK(cuLaunchKernel(paired, 2, 1, 1, 1, 1, 1, 0, stream, params, NULL));
}
END_TEST

START_TEST(a_cooperative_launch_must_fit_on_the_device)
{
	set_up();
	OK(cuLaunchCooperativeKernel(function, 132 * 32, 1, 1, 64, 1, 1, 0, stream, params));
	FAILS(cuLaunchCooperativeKernel(function, 132 * 32 + 1, 1, 1, 64, 1, 1, 0, stream, params),
	      CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE);
}
END_TEST

START_TEST(attributes_of_a_launch_are_checked)
{
	CUlaunchAttribute attribute = { .id = (CUlaunchAttributeID)99 };
	CUlaunchConfig config = { 1, 1, 1, 1, 1, 1, 0, NULL, &attribute, 1 };

	set_up();
	FAILS(cuLaunchKernelEx(&config, function, params, NULL), CUDA_ERROR_INVALID_VALUE);
	attribute.id = CU_LAUNCH_ATTRIBUTE_LAUNCH_COMPLETION_EVENT;
	FAILS(cuLaunchKernelEx(&config, function, params, NULL), CUDA_ERROR_INVALID_HANDLE);
	config.attrs = NULL;
	FAILS(cuLaunchKernelEx(&config, function, params, NULL), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuLaunchKernelEx(NULL, function, params, NULL), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(a_launch_records_the_event_it_was_given)
{
	CUlaunchAttribute attribute = { .id = CU_LAUNCH_ATTRIBUTE_LAUNCH_COMPLETION_EVENT };
	CUlaunchConfig config = { 1, 1, 1, 1, 1, 1, 0, NULL, &attribute, 1 };
	CUevent event;

	set_up();
	curtrace_sim_kernel("add", slow);
	OK(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
	attribute.value.launchCompletionEvent.event = event;
	config.hStream = stream;
	OK(cuLaunchKernelEx(&config, function, params, NULL));
	FAILS(cuEventQuery(event), CUDA_ERROR_NOT_READY);
	OK(cuEventSynchronize(event));
	ck_assert_int_eq(runs, 1);
}
END_TEST

START_TEST(a_function_belongs_to_one_context_a_kernel_to_none)
{
	CUcontext other;
	CUdeviceptr counter;

	set_up();
	OK(cuCtxCreate_v4(&other, NULL, 0, 0));
	FAILS(launch_one(function, NULL, params), CUDA_ERROR_INVALID_HANDLE);
	OK(launch_one(as_function(kernel), NULL, params));
	OK(launch_one(as_function(kernel), stream, params));
	OK(cuLibraryGetGlobal(&counter, NULL, library, "counter"));
	OK(cuCtxSynchronize());
}
END_TEST

START_TEST(launches_of_one_stream_run_in_order)
{
	set_up();
	curtrace_sim_kernel("add", slow);
	OK(launch_one(function, stream, params));
	OK(cuMemsetD32Async(memory, 1, 1, stream));
	curtrace_sim_kernel("add", add);
	OK(launch_one(function, stream, params));
	ck_assert_uint_eq(word(), 6);
}
END_TEST

START_TEST(a_fault_in_a_kernel_stays)
{
	CUdeviceptr more;

	set_up();
	curtrace_sim_kernel("add", fault);
	OK(launch_one(function, stream, params));
	FAILS(cuStreamSynchronize(stream), CUDA_ERROR_ILLEGAL_ADDRESS);
	FAILS(cuMemAlloc_v2(&more, 4), CUDA_ERROR_ILLEGAL_ADDRESS);
	FAILS(launch_one(function, stream, params), CUDA_ERROR_ILLEGAL_ADDRESS);
}
END_TEST

START_TEST(the_interface_of_cuda_3_still_launches)
{
	set_up();
	OK(cuFuncSetBlockShape(function, 8, 1, 1));
	OK(cuParamSetSize(function, 12));
	OK(cuParamSetv(function, 0, &memory, 8));
	OK(cuParamSeti(function, 8, 3));
	OK(cuLaunchGrid(function, 2, 2));
	ck_assert_uint_eq(word(), 3);
	ck_assert_uint_eq(seen.block[0], 8);
	ck_assert_uint_eq(seen.grid[1], 2);
}
END_TEST

static int active(CUfunction of, int threads, size_t dynamic)
{
	int blocks = -1;

	OK(cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, of, threads, dynamic));
	return blocks;
}

/* Registers do not limit these: the nominal number of a kernel in PTX is small. */
START_TEST(blocks_on_a_multiprocessor_are_limited_by_threads_and_shared_memory)
{
	set_up();
	ck_assert_int_eq(active(function, 32, 0), 32);
	ck_assert_int_eq(active(function, 96, 0), 21);
	ck_assert_int_eq(active(function, 1024, 0), 2);
	ck_assert_int_eq(active(function, 1025, 0), 0);
	ck_assert_int_eq(active(function, 32, 16384), 13);
	ck_assert_int_eq(active(function, 32, 49152), 4);
	ck_assert_int_eq(active(function, 32, 49153), 0);
}
END_TEST

START_TEST(a_carveout_limits_the_shared_memory)
{
	set_up();
	OK(cuFuncSetAttribute(function, CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT, 50));
	ck_assert_int_eq(active(function, 32, 10000), 12);
	OK(cuFuncSetAttribute(function, CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT, -1));
	OK(cuFuncSetCacheConfig(function, CU_FUNC_CACHE_PREFER_L1));
	ck_assert_int_eq(active(function, 32, 0), 8);
}
END_TEST

START_TEST(the_best_block_size_is_found)
{
	int grid, block;

	set_up();
	OK(cuOccupancyMaxPotentialBlockSize(&grid, &block, function, NULL, 0, 0));
	ck_assert_int_eq(grid, 264);
	ck_assert_int_eq(block, 1024);
	OK(cuOccupancyMaxPotentialBlockSize(&grid, &block, function, NULL, 0, 100));
	ck_assert_int_eq(block, 64);
}
END_TEST

START_TEST(shared_memory_left_for_a_number_of_blocks_is_told)
{
	size_t size;

	set_up();
	OK(cuOccupancyAvailableDynamicSMemPerBlock(&size, function, 8, 32));
	ck_assert_uint_eq(size, 29184);
	OK(cuOccupancyAvailableDynamicSMemPerBlock(&size, function, 1, 32));
	ck_assert_uint_eq(size, 49152);
	FAILS(cuOccupancyAvailableDynamicSMemPerBlock(&size, function, 3, 1024),
	      CUDA_ERROR_INVALID_VALUE);
}
END_TEST

/* A stream on device 1, and the grid of it that goes with one on device 0. */
static CUDA_LAUNCH_PARAMS on_device_1(void)
{
	CUDA_LAUNCH_PARAMS launch = { .gridDimX = 1,
				      .gridDimY = 1,
				      .gridDimZ = 1,
				      .blockDimX = 1,
				      .blockDimY = 1,
				      .blockDimZ = 1,
				      .kernelParams = params };
	CUcontext before, other;

	OK(cuCtxGetCurrent(&before));
	OK(cuDevicePrimaryCtxRetain(&other, 1));
	OK(cuCtxSetCurrent(other));
	launch.function = as_function(kernel);
	launch.hStream = new_stream();
	OK(cuCtxSetCurrent(before));
	return launch;
}

START_TEST(grids_on_several_devices_need_no_current_context)
{
	CUDA_LAUNCH_PARAMS list[2];
	CUcontext ctx;

	set_up();
	curtrace_sim_kernel("add", count);
	OK(cuCtxGetCurrent(&ctx));
	list[0] = list[1] = on_device_1();
	list[0].hStream = stream;
	OK(cuCtxSetCurrent(NULL));
	OK(cuLaunchCooperativeKernelMultiDevice(list, 2, 0));
	OK(cuCtxSetCurrent(ctx));
	OK(cuStreamSynchronize(list[0].hStream));
	OK(cuStreamSynchronize(list[1].hStream));
	ck_assert_int_eq(runs, 2);
}
END_TEST

START_TEST(grids_on_several_devices_are_one_on_each)
{
	CUDA_LAUNCH_PARAMS list[2];

	set_up();
	list[0] = list[1] = on_device_1();
	FAILS(cuLaunchCooperativeKernelMultiDevice(list, 2, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuLaunchCooperativeKernelMultiDevice(list, 0, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuLaunchCooperativeKernelMultiDevice(list, 64, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuLaunchCooperativeKernelMultiDevice(NULL, 1, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuLaunchCooperativeKernelMultiDevice(list, 1, 4), CUDA_ERROR_INVALID_VALUE);
	list[0].hStream = NULL;
	FAILS(cuLaunchCooperativeKernelMultiDevice(list, 2, 0), CUDA_ERROR_INVALID_HANDLE);
	list[0].hStream = CU_STREAM_PER_THREAD;
	FAILS(cuLaunchCooperativeKernelMultiDevice(list, 2, 0), CUDA_ERROR_INVALID_HANDLE);
	ck_assert_uint_eq(word(), 0);
}
END_TEST

START_TEST(grids_on_several_devices_cannot_be_captured)
{
	CUDA_LAUNCH_PARAMS one;
	CUgraph graph;

	set_up();
	one = on_device_1();
	OK(cuStreamBeginCapture_v2(one.hStream, CU_STREAM_CAPTURE_MODE_RELAXED));
	FAILS(cuLaunchCooperativeKernelMultiDevice(&one, 1, 0),
	      CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	FAILS(cuStreamEndCapture(one.hStream, &graph), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("launch");
	TCase *tcase = tcase_create("launch");

	suite_add_tcase(suite, tcase);
	tcase_add_test(tcase, a_registered_function_runs_with_the_parameters);
	tcase_add_test(tcase, parameters_are_copied_at_the_launch);
	tcase_add_test(tcase, a_kernel_is_launched_without_asking_for_its_function);
	tcase_add_test(tcase, a_function_that_the_program_exports_is_found);
	tcase_add_test(tcase, a_kernel_without_a_function_does_nothing);
	tcase_add_test(tcase, a_function_is_registered_after_the_first_launch);
	tcase_add_test(tcase, a_launch_survives_the_library_it_came_from);
	tcase_add_test(tcase, packed_parameters_are_unpacked);
	tcase_add_test(tcase, missing_parameters_are_noticed);
	tcase_add_test(tcase, what_is_no_function_is_not_launched);
	tcase_add_test(tcase, shapes_are_checked);
	tcase_add_test(tcase, launch_bounds_are_kept);
	tcase_add_test(tcase, much_shared_memory_must_be_asked_for_first);
	tcase_add_test(tcase, clusters_must_divide_the_grid_and_not_be_too_large);
	tcase_add_test(tcase, a_cluster_that_was_compiled_in_holds);
	tcase_add_test(tcase, a_cooperative_launch_must_fit_on_the_device);
	tcase_add_test(tcase, grids_on_several_devices_need_no_current_context);
	tcase_add_test(tcase, grids_on_several_devices_are_one_on_each);
	tcase_add_test(tcase, grids_on_several_devices_cannot_be_captured);
	tcase_add_test(tcase, attributes_of_a_launch_are_checked);
	tcase_add_test(tcase, a_launch_records_the_event_it_was_given);
	tcase_add_test(tcase, a_function_belongs_to_one_context_a_kernel_to_none);
	tcase_add_test(tcase, launches_of_one_stream_run_in_order);
	tcase_add_test(tcase, a_fault_in_a_kernel_stays);
	tcase_add_test(tcase, the_interface_of_cuda_3_still_launches);
	tcase_add_test(tcase, blocks_on_a_multiprocessor_are_limited_by_threads_and_shared_memory);
	tcase_add_test(tcase, a_carveout_limits_the_shared_memory);
	tcase_add_test(tcase, the_best_block_size_is_found);
	tcase_add_test(tcase, shared_memory_left_for_a_number_of_blocks_is_told);
	return run_suite(suite);
}
