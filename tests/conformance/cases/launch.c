/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel launches. */
#include "conformance.h"

static __attribute__((noinline)) void unregistered(void)
{
	__asm__ volatile("" : : "i"(unregistered));
}

#define FUNC(name)   ((const void *)kernel_##name)
#define NO_ARGUMENTS NULL

static unsigned int *words(unsigned int count)
{
	void *p = NULL;

	NEED(cudaMalloc(&p, count * sizeof(unsigned int)));
	NEED(cudaMemset(p, 0, count * sizeof(unsigned int)));
	return p;
}

/* What kernels do. */

CASE(fill)
{
	unsigned int *p = words(8), n = 6, value = 0x01020304;

	conf_register();
	DO(LAUNCH(kernel_fill, DIM(1), DIM(32), ARGS(&p, &n, &value)));
	DO(cudaDeviceSynchronize());
	SHOW_DEVICE(p, 32);
}

CASE(fill_by_public_call)
{
	unsigned int *p = words(8), n = 8, value = 5;

	conf_register();
	DO(cudaLaunchKernel(FUNC(fill), DIM(1), DIM(8), ARGS(&p, &n, &value), 0, NULL));
	DO(cudaStreamSynchronize(NULL));
	SHOW_DEVICE(p, 32);
}

CASE(arguments_are_taken_at_once)
{
	unsigned int *p = words(4), n = 4, value = 5;

	conf_register();
	DO(cudaLaunchKernel(FUNC(fill), DIM(1), DIM(8), ARGS(&p, &n, &value), 0, NULL));
	value = 6;
	n = 0;
	DO(cudaStreamSynchronize(NULL));
	SHOW_DEVICE(p, 16);
}

CASE(scalars)
{
	void *out = words(12);
	unsigned char a = 200;
	unsigned short b = 60000;
	unsigned int c = 4000000000u;
	unsigned long long d = 0x0123456789abcdefULL;
	float e = 12.75f;
	double f = 1e12;

	conf_register();
	DO(LAUNCH(kernel_scalars, DIM(1), DIM(1), ARGS(&out, &a, &b, &c, &d, &e, &f)));
	DO(cudaDeviceSynchronize());
	SHOW_DEVICE(out, 48);
}

CASE(order_in_stream)
{
	unsigned int *p = words(4), *q = words(4), n = 4, value = 40;

	conf_register();
	DO(LAUNCH(kernel_fill, DIM(1), DIM(4), ARGS(&p, &n, &value)));
	DO(LAUNCH(kernel_increment, DIM(1), DIM(4), ARGS(&p, &n)));
	DO(LAUNCH(kernel_increment, DIM(1), DIM(4), ARGS(&p, &n)));
	DO(LAUNCH(kernel_copy, DIM(1), DIM(4), ARGS(&q, &p, &n)));
	DO(cudaDeviceSynchronize());
	SHOW_DEVICE(q, 16);
}

CASE(variable_and_constant)
{
	unsigned int n = 3, value = 0, fresh[4] = { 9, 8, 7, 6 };
	void *out = words(4);

	conf_register();
	DO(LAUNCH(kernel_add_counter, DIM(1), DIM(1), ARGS(&n)));
	DO(LAUNCH(kernel_add_counter, DIM(4), DIM(32), ARGS(&n)));
	DO(cudaMemcpyFromSymbol(&value, &counter, 4, 0, cudaMemcpyDeviceToHost));
	SHOW(value);
	DO(LAUNCH(kernel_read_konst, DIM(1), DIM(1), ARGS(&out)));
	SHOW_DEVICE(out, 16);
	DO(cudaMemcpyToSymbol(konst, fresh, 16, 0, cudaMemcpyHostToDevice));
	DO(LAUNCH(kernel_read_konst, DIM(1), DIM(1), ARGS(&out)));
	SHOW_DEVICE(out, 16);
}

CASE(shared_memory)
{
	void *out = words(1);

	conf_register();
	DO(LAUNCH(kernel_shared_mem, DIM(1), DIM(32), ARGS(&out)));
	SHOW_DEVICE(out, 4);
}

/* By what a kernel may be named. */

CASE(by_handles)
{
	unsigned int *p = words(2), n = 2;
	cudaFunction_t function = NULL;
	cudaKernel_t kernel = NULL;

	conf_register();
	NEED(cudaGetKernel(&kernel, FUNC(increment)));
	NEED(cudaGetFuncBySymbol(&function, FUNC(increment)));
	DO(cudaLaunchKernel(kernel, DIM(1), DIM(1), ARGS(&p, &n), 0, NULL));
	DO(cudaLaunchKernel(function, DIM(1), DIM(1), ARGS(&p, &n), 0, NULL));
	DO(__cudaLaunchKernel(kernel, DIM(1), DIM(1), ARGS(&p, &n), 0, NULL));
	DO(__cudaLaunchKernel((cudaKernel_t)function, DIM(1), DIM(1), ARGS(&p, &n), 0, NULL));
	DO(cudaLaunchCooperativeKernel(kernel, DIM(1), DIM(1), ARGS(&p, &n), 0, NULL));
	DO(cudaLaunchCooperativeKernel(function, DIM(1), DIM(1), ARGS(&p, &n), 0, NULL));
	SHOW_DEVICE(p, 8);
}

CASE(by_stub_as_handle)
{
	unsigned int *p = words(2), n = 2;

	conf_register();
	DO(__cudaLaunchKernel((cudaKernel_t)kernel_increment, DIM(1), DIM(1), ARGS(&p, &n), 0,
			      NULL));
	SHOW_DEVICE(p, 8);
}

CASE(of_nothing)
{
	conf_register();
	DO(cudaLaunchKernel(NULL, DIM(1), DIM(1), NO_ARGUMENTS, 0, NULL));
	DO(cudaLaunchKernel((const void *)unregistered, DIM(1), DIM(1), NO_ARGUMENTS, 0, NULL));
	DO(cudaLaunchCooperativeKernel(NULL, DIM(1), DIM(1), NO_ARGUMENTS, 0, NULL));
	DO(cudaLaunchCooperativeKernel((const void *)unregistered, DIM(1), DIM(1), NO_ARGUMENTS, 0,
				       NULL));
	DO(cudaLaunchKernel(NULL, DIM(0), DIM(0), NO_ARGUMENTS, 0, NULL));
	DO(cudaLaunchKernel((const void *)unregistered, DIM(0), DIM(0), NO_ARGUMENTS, 0, NULL));
	DO(cudaDeviceSynchronize());
}

/* Sizes. */

static void try_size(const void *func, dim3 grid, dim3 block, size_t shared)
{
	conf_print("grid %u %u %u, block %u %u %u, shared %zu", grid.x, grid.y, grid.z, block.x,
		   block.y, block.z, shared);
	DO(cudaLaunchKernel(func, grid, block, NO_ARGUMENTS, shared, NULL));
}

CASE(grids)
{
	conf_register();
	try_size(FUNC(empty), DIM(0), DIM(1), 0);
	try_size(FUNC(empty), DIM(1, 0, 1), DIM(1), 0);
	try_size(FUNC(empty), DIM(1, 1, 0), DIM(1), 0);
	try_size(FUNC(empty), DIM(65536), DIM(1), 0);
	try_size(FUNC(empty), DIM(1, 65535), DIM(1), 0);
	try_size(FUNC(empty), DIM(1, 65536), DIM(1), 0);
	try_size(FUNC(empty), DIM(1, 1, 65535), DIM(1), 0);
	try_size(FUNC(empty), DIM(1, 1, 65536), DIM(1), 0);
	try_size(FUNC(empty), DIM(0x80000000u), DIM(1), 0);
	try_size(FUNC(empty), DIM(0xffffffffu), DIM(1), 0);
	DO(cudaDeviceSynchronize());
}

CASE(blocks)
{
	conf_register();
	try_size(FUNC(empty), DIM(1), DIM(0), 0);
	try_size(FUNC(empty), DIM(1), DIM(1, 0, 1), 0);
	try_size(FUNC(empty), DIM(1), DIM(1, 1, 0), 0);
	try_size(FUNC(empty), DIM(1), DIM(1024), 0);
	try_size(FUNC(empty), DIM(1), DIM(1025), 0);
	try_size(FUNC(empty), DIM(1), DIM(1, 1024), 0);
	try_size(FUNC(empty), DIM(1), DIM(1, 1025), 0);
	try_size(FUNC(empty), DIM(1), DIM(1, 1, 64), 0);
	try_size(FUNC(empty), DIM(1), DIM(1, 1, 65), 0);
	try_size(FUNC(empty), DIM(1), DIM(32, 32, 1), 0);
	try_size(FUNC(empty), DIM(1), DIM(32, 32, 2), 0);
	try_size(FUNC(empty), DIM(1), DIM(65536, 65536, 1), 0);
	DO(cudaDeviceSynchronize());
}

CASE(bounds)
{
	conf_register();
	try_size(FUNC(bounded), DIM(1), DIM(64), 0);
	try_size(FUNC(bounded), DIM(1), DIM(65), 0);
	try_size(FUNC(bounded), DIM(1), DIM(8, 8), 0);
	try_size(FUNC(bounded), DIM(1), DIM(1, 64), 0);
	try_size(FUNC(bounded), DIM(1), DIM(2048), 0);
	DO(cudaDeviceSynchronize());
}

CASE(dynamic_shared)
{
	conf_register();
	try_size(FUNC(empty), DIM(1), DIM(1), 49152);
	try_size(FUNC(empty), DIM(1), DIM(1), 49153);
	try_size(FUNC(empty), DIM(1), DIM(1), 232448);
	try_size(FUNC(empty), DIM(1), DIM(1), 0xffffffffu);
	try_size(FUNC(empty), DIM(1), DIM(1), (size_t)1 << 32);
	try_size(FUNC(empty), DIM(1), DIM(1), ((size_t)1 << 32) + 49153);
	try_size(FUNC(empty), DIM(1), DIM(1), (size_t)-1);
	DO(cudaDeviceSynchronize());
}

CASE(static_and_dynamic_shared)
{
	void *out = words(1);

	conf_register();
	DO(cudaLaunchKernel(FUNC(shared_mem), DIM(1), DIM(1), ARGS(&out), 45056, NULL));
	DO(cudaLaunchKernel(FUNC(shared_mem), DIM(1), DIM(1), ARGS(&out), 45057, NULL));
	DO(cudaDeviceSynchronize());
}

CASE(clusters_of_kernel)
{
	conf_register();
	try_size(FUNC(clustered), DIM(2), DIM(1), 0);
	try_size(FUNC(clustered), DIM(4, 3, 2), DIM(32), 0);
	try_size(FUNC(clustered), DIM(1), DIM(1), 0);
	try_size(FUNC(clustered), DIM(3), DIM(1), 0);
	try_size(FUNC(clustered), DIM(1, 2), DIM(1), 0);
	try_size(FUNC(clustered), DIM(0), DIM(1), 0);
	DO(cudaDeviceSynchronize());
}

/* Arguments. */

CASE(no_arguments)
{
	void *none[] = { NULL };

	conf_register();
	DO(cudaLaunchKernel(FUNC(empty), DIM(1), DIM(1), NULL, 0, NULL));
	DO(cudaLaunchKernel(FUNC(empty), DIM(1), DIM(1), none, 0, NULL));
	DO(cudaDeviceSynchronize());
}

CASE(null_array_for_arguments)
{
	conf_register();
	DO(cudaLaunchKernel(FUNC(fill), DIM(1), DIM(1), NULL, 0, NULL));
	DO(cudaDeviceSynchronize());
}

CASE(null_argument)
{
	unsigned int *p = words(1), n = 1;

	conf_register();
	DO(cudaLaunchKernel(FUNC(fill), DIM(1), DIM(1), ARGS(&p, &n, NULL), 0, NULL));
	DO(cudaDeviceSynchronize());
}

CASE(bad_size_and_bad_stream)
{
	cudaStream_t stream = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	DO(cudaLaunchKernel(FUNC(empty), DIM(0), DIM(1), NO_ARGUMENTS, 0, stream));
	DO(cudaLaunchKernel(FUNC(empty), DIM(0), DIM(0), NO_ARGUMENTS, 1u << 30, stream));
	DO(cudaStreamQuery(stream));
}

/* Streams. */

CASE(special_streams)
{
	unsigned int *p = words(1), n = 1;

	conf_register();
	DO(cudaLaunchKernel(FUNC(increment), DIM(1), DIM(1), ARGS(&p, &n), 0, cudaStreamLegacy));
	DO(cudaLaunchKernel(FUNC(increment), DIM(1), DIM(1), ARGS(&p, &n), 0, cudaStreamPerThread));
	DO(cudaStreamSynchronize(cudaStreamPerThread));
	DO(conf_launch(FUNC(increment), DIM(1), DIM(1), ARGS(&p, &n), 0, cudaStreamPerThread));
	DO(cudaDeviceSynchronize());
	SHOW_DEVICE(p, 4);
}

CASE(default_stream_is_busy)
{
	struct conf_busy busy;

	conf_register();
	conf_occupy(&busy, cudaStreamLegacy);
	DO(cudaStreamQuery(cudaStreamLegacy));
	DO(cudaStreamQuery(NULL));
	DO(cudaLaunchKernel(FUNC(empty), DIM(1), DIM(1), NO_ARGUMENTS, 0, NULL));
	DO(cudaStreamQuery(NULL));
	conf_release(&busy);
	DO(cudaDeviceSynchronize());
	DO(cudaStreamQuery(NULL));
}

CASE(default_stream_waits_for_blocking_stream)
{
	struct conf_busy busy;
	cudaStream_t stream = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	conf_occupy(&busy, stream);
	DO(cudaLaunchKernel(FUNC(empty), DIM(1), DIM(1), NO_ARGUMENTS, 0, cudaStreamLegacy));
	DO(cudaStreamQuery(cudaStreamLegacy));
	conf_release(&busy);
	DO(cudaDeviceSynchronize());
}

CASE(stream_destroyed_after_launch)
{
	unsigned int *p = words(1), n = 1;
	cudaStream_t stream = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	DO(cudaLaunchKernel(FUNC(increment), DIM(1), DIM(1), ARGS(&p, &n), 0, stream));
	DO(cudaStreamDestroy(stream));
	DO(cudaDeviceSynchronize());
	SHOW_DEVICE(p, 4);
}

CASE(into_destroyed_stream)
{
	cudaStream_t stream = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamDestroy(stream));
	DO(cudaLaunchKernel(FUNC(empty), DIM(1), DIM(1), NO_ARGUMENTS, 0, stream));
}

static void capture_launch(enum cudaStreamCaptureMode mode, bool with_failure)
{
	unsigned int *p = words(1), n = 1;
	cudaStream_t stream = NULL;
	cudaGraphExec_t exec = NULL;
	cudaGraph_t graph = NULL;
	size_t nodes = 0;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCapture(stream, mode));
	DO(cudaLaunchKernel(FUNC(increment), DIM(1), DIM(1), ARGS(&p, &n), 0, stream));
	if (with_failure)
		DO(cudaLaunchKernel(FUNC(increment), DIM(0), DIM(1), ARGS(&p, &n), 0, stream));
	DO(cudaStreamEndCapture(stream, &graph));
	if (graph == NULL)
		return;
	DO(cudaGraphGetNodes(graph, NULL, &nodes));
	SHOW(nodes);
	SHOW_DEVICE(p, 4);
	DO(cudaGraphInstantiate(&exec, graph, 0));
	if (exec == NULL)
		return;
	DO(cudaGraphLaunch(exec, stream));
	DO(cudaStreamSynchronize(stream));
	SHOW_DEVICE(p, 4);
}

CASE(capture_global)
{
	capture_launch(cudaStreamCaptureModeGlobal, false);
}

CASE(capture_failing_launch)
{
	capture_launch(cudaStreamCaptureModeGlobal, true);
}

CASE(capture_thread_local)
{
	capture_launch(cudaStreamCaptureModeThreadLocal, false);
}

CASE(capture_relaxed)
{
	capture_launch(cudaStreamCaptureModeRelaxed, false);
}

CASE(into_default_stream_while_capturing)
{
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaLaunchKernel(FUNC(empty), DIM(1), DIM(1), NO_ARGUMENTS, 0, NULL));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}

CASE(capture_cooperative)
{
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaLaunchCooperativeKernel(FUNC(empty), DIM(1), DIM(1), NO_ARGUMENTS, 0, stream));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}

/* Cooperative launches. */

CASE(cooperative)
{
	unsigned int *p = words(1), n = 1;

	conf_register();
	DO(cudaLaunchCooperativeKernel(FUNC(increment), DIM(1), DIM(1), ARGS(&p, &n), 0, NULL));
	DO(cudaDeviceSynchronize());
	SHOW_DEVICE(p, 4);
	DO(cudaLaunchCooperativeKernel(FUNC(empty), DIM(132), DIM(1024), NO_ARGUMENTS, 0, NULL));
	DO(cudaLaunchCooperativeKernel(FUNC(empty), DIM(264), DIM(1024), NO_ARGUMENTS, 0, NULL));
	DO(cudaLaunchCooperativeKernel(FUNC(empty), DIM(265), DIM(1024), NO_ARGUMENTS, 0, NULL));
	DO(cudaLaunchCooperativeKernel(FUNC(empty), DIM(1000000), DIM(1), NO_ARGUMENTS, 0, NULL));
	DO(cudaLaunchCooperativeKernel(FUNC(empty), DIM(0), DIM(1), NO_ARGUMENTS, 0, NULL));
	DO(cudaLaunchCooperativeKernel(FUNC(empty), DIM(1), DIM(0), NO_ARGUMENTS, 0, NULL));
	DO(cudaLaunchCooperativeKernel(FUNC(empty), DIM(1), DIM(1025), NO_ARGUMENTS, 0, NULL));
	DO(cudaLaunchCooperativeKernel(FUNC(empty), DIM(1), DIM(1), NO_ARGUMENTS, 49153, NULL));
	DO(cudaLaunchCooperativeKernel(FUNC(bounded), DIM(1), DIM(65), NO_ARGUMENTS, 0, NULL));
	DO(cudaLaunchCooperativeKernel(FUNC(clustered), DIM(2), DIM(1), NO_ARGUMENTS, 0, NULL));
	DO(cudaLaunchCooperativeKernel(FUNC(clustered), DIM(3), DIM(1), NO_ARGUMENTS, 0, NULL));
	DO(cudaDeviceSynchronize());
}

CASE(cooperative_special_streams)
{
	conf_register();
	DO(cudaLaunchCooperativeKernel(FUNC(empty), DIM(1), DIM(1), NO_ARGUMENTS, 0,
				       cudaStreamLegacy));
	DO(cudaLaunchCooperativeKernel(FUNC(empty), DIM(1), DIM(1), NO_ARGUMENTS, 0,
				       cudaStreamPerThread));
	DO(cudaDeviceSynchronize());
}

/* Faults. */

CASE(bad_address)
{
	void *p = UNTOUCHED;

	conf_register();
	DO(LAUNCH(kernel_bad_address, DIM(1), DIM(1), NO_ARGUMENTS));
	DO(cudaDeviceSynchronize());
	DO(LAUNCH(kernel_empty, DIM(1), DIM(1), NO_ARGUMENTS));
	DO(cudaMalloc(&p, 16));
	SHOW(p);
	DO(cudaStreamQuery(NULL));
	DO(cudaLaunchKernel(FUNC(empty), DIM(0), DIM(0), NO_ARGUMENTS, 0, NULL));
	DO(cudaLaunchKernel(NULL, DIM(1), DIM(1), NO_ARGUMENTS, 0, NULL));
}

CASE(trap)
{
	conf_register();
	DO(LAUNCH(kernel_trap, DIM(1), DIM(1), NO_ARGUMENTS));
	DO(cudaStreamSynchronize(NULL));
	DO(cudaLaunchCooperativeKernel(FUNC(empty), DIM(1), DIM(1), NO_ARGUMENTS, 0, NULL));
	DO(cudaDeviceSynchronize());
}

CASE(failed_launch_leaves_the_rest)
{
	unsigned int *p = words(1), n = 1;

	conf_register();
	DO(LAUNCH(kernel_increment, DIM(1), DIM(1), ARGS(&p, &n)));
	DO_KEEP(LAUNCH(kernel_increment, DIM(1), DIM(4096), ARGS(&p, &n)));
	DO_KEEP(LAUNCH(kernel_increment, DIM(1), DIM(1), ARGS(&p, &n)));
	DO_KEEP(cudaDeviceSynchronize());
	DO(cudaGetLastError());
	SHOW_DEVICE(p, 4);
}

#ifndef CONF_PER_THREAD

/* The configuration that <<<>>> leaves for the stub; it has no twin. */

static void pop(void)
{
	dim3 grid = DIM(91, 92, 93), block = DIM(94, 95, 96);
	cudaStream_t stream = UNTOUCHED;
	size_t shared = 97;

	DO(__cudaPopCallConfiguration(&grid, &block, &shared, &stream));
	conf_print("  grid %u %u %u, block %u %u %u, shared %zu", grid.x, grid.y, grid.z, block.x,
		   block.y, block.z, shared);
	SHOW(stream);
}

CASE(configuration)
{
	SHOW(__cudaPushCallConfiguration(DIM(1, 2, 3), DIM(4, 5, 6), 7, NULL));
	pop();
	pop();
	SHOW(__cudaPushCallConfiguration(DIM(0, 0, 0), DIM(0, 0, 0), (size_t)-1, UNTOUCHED));
	pop();
	DO(cudaGetLastError());
}

CASE(configuration_nested)
{
	for (unsigned int i = 1; i <= 3; i++)
		SHOW(__cudaPushCallConfiguration(DIM(i), DIM(10 * i), 100 * i, NULL));
	pop();
	SHOW(__cudaPushCallConfiguration(DIM(7), DIM(8), 9, cudaStreamPerThread));
	for (int i = 0; i < 4; i++)
		pop();
}

CASE(configuration_deep)
{
	unsigned int failed = 0, wrong = 0;

	for (unsigned int i = 0; i < 500; i++)
		failed += __cudaPushCallConfiguration(DIM(i), DIM(1), i, NULL) != 0;
	for (unsigned int i = 500; i-- > 0;) {
		dim3 grid = { 0, 0, 0 }, block;
		size_t shared = 0;
		cudaStream_t stream;

		if (__cudaPopCallConfiguration(&grid, &block, &shared, &stream) != cudaSuccess)
			failed++;
		wrong += grid.x != i || shared != i;
	}
	SHOW(failed);
	SHOW(wrong);
	pop();
}

static void pop_in_thread(void *unused)
{
	(void)unused;
	pop();
}

CASE(configuration_of_another_thread)
{
	SHOW(__cudaPushCallConfiguration(DIM(1), DIM(2), 3, NULL));
	conf_in_thread(pop_in_thread, NULL);
	pop();
}

CASE(configuration_over_reset)
{
	NEED(cudaFree(0));
	SHOW(__cudaPushCallConfiguration(DIM(1), DIM(2), 3, NULL));
	DO(cudaDeviceReset());
	pop();
}

CASE(configuration_empty_keeps_older_error)
{
	dim3 grid, block;
	size_t shared;
	cudaStream_t stream;

	DO_KEEP(cudaMalloc(NULL, 4));
	DO_KEEP(__cudaPopCallConfiguration(&grid, &block, &shared, &stream));
	DO(cudaGetLastError());
}

CASE(configuration_empty_to_nowhere)
{
	DO(__cudaPopCallConfiguration(NULL, NULL, NULL, NULL));
}

CASE(configuration_to_nowhere)
{
	SHOW(__cudaPushCallConfiguration(DIM(1), DIM(2), 3, NULL));
	DO(__cudaPopCallConfiguration(NULL, NULL, NULL, NULL));
}

#endif
