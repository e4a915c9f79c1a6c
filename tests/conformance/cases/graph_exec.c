/* SPDX-License-Identifier: Apache-2.0 */
/* Instantiation and launch. */
#include "graphs.h"

/* A graph that adds one to each of four words. */
static cudaGraph_t counting_graph(unsigned int **p)
{
	static unsigned int n = 4;
	struct cudaKernelNodeParams add =
		KERNEL_NODE(kernel_increment, DIM(1), DIM(4), ARGS(p, &n));
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node;

	conf_register();
	NEED(cudaGraphAddKernelNode(&node, graph, NULL, 0, &add));
	return graph;
}

CASE(instantiate_and_launch)
{
	unsigned int *p = conf_words(4);
	cudaGraph_t graph = counting_graph(&p);
	cudaGraphExec_t exec = UNTOUCHED;
	cudaStream_t stream;

	NEED(cudaStreamCreate(&stream));
	DO(cudaGraphInstantiate(&exec, graph, 0));
	SHOW(exec);
	DO(cudaGraphLaunch(exec, stream));
	DO(cudaGraphLaunch(exec, stream));
	DO(cudaStreamSynchronize(stream));
	SHOW_DEVICE(p, 16);
	DO(cudaGraphExecDestroy(exec));
}

CASE(special_streams)
{
	unsigned int *p = conf_words(4);
	cudaGraphExec_t exec = conf_instantiate(counting_graph(&p));

	DO(cudaGraphLaunch(exec, NULL));
	DO(cudaGraphLaunch(exec, cudaStreamLegacy));
	DO(cudaDeviceSynchronize());
	DO(cudaGraphLaunch(exec, cudaStreamPerThread));
	DO(cudaDeviceSynchronize());
	SHOW_DEVICE(p, 16);
	DO(cudaGraphUpload(exec, NULL));
	DO(cudaGraphUpload(exec, cudaStreamLegacy));
	DO(cudaGraphUpload(exec, cudaStreamPerThread));
}

CASE(empty_graph)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphExec_t exec = UNTOUCHED;

	DO(cudaGraphInstantiate(&exec, graph, 0));
	SHOW(exec);
	DO(cudaGraphUpload(exec, NULL));
	DO(cudaGraphLaunch(exec, NULL));
	DO(cudaStreamSynchronize(NULL));
	DO(cudaGraphExecDestroy(exec));
}

CASE(instantiate_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphExec_t exec = UNTOUCHED;

	DO(cudaGraphInstantiate(NULL, graph, 0));
	DO(cudaGraphInstantiate(&exec, NULL, 0));
	DO(cudaGraphInstantiateWithFlags(NULL, graph, 0));
	DO(cudaGraphInstantiateWithFlags(&exec, NULL, 0));
	DO(cudaGraphInstantiate(&exec, graph, 16));
	DO(cudaGraphInstantiate(&exec, graph, 0x100));
	DO(cudaGraphInstantiate(&exec, graph, 1ull << 32));
	DO(cudaGraphInstantiate(&exec, graph, 1ull << 63));
	DO(cudaGraphInstantiate(&exec, NULL, 0x100));
	SHOW(exec);
}

CASE(instantiate_flags)
{
	unsigned int *p = conf_words(4);
	cudaGraph_t graph = counting_graph(&p);

	for (unsigned long long flags = 0; flags < 16; flags++) {
		cudaGraphExec_t exec = UNTOUCHED;
		unsigned long long got = (unsigned long long)UNTOUCHED_64;

		SHOW(flags);
		if (DO(cudaGraphInstantiateWithFlags(&exec, graph, flags)) != cudaSuccess) {
			SHOW(exec);
			continue;
		}
		DO(cudaGraphExecGetFlags(exec, &got));
		SHOW(got);
		DO(cudaGraphExecDestroy(exec));
	}
}

CASE(get_flags_bad_arguments)
{
	unsigned long long got = (unsigned long long)UNTOUCHED_64;
	cudaGraphExec_t exec = conf_instantiate(conf_graph());

	DO(cudaGraphExecGetFlags(NULL, &got));
	SHOW(got);
	DO(cudaGraphExecGetFlags(exec, NULL));
}

CASE(with_params)
{
	unsigned int *p = conf_words(4);
	cudaGraph_t graph = counting_graph(&p);
	cudaGraphInstantiateParams params;
	cudaGraphExec_t exec = UNTOUCHED;

	UNTOUCH(params);
	params.flags = 0;
	params.uploadStream = NULL;
	DO(cudaGraphInstantiateWithParams(&exec, graph, &params));
	SHOW(exec);
	SHOW(params.result_out);
	SHOW(params.errNode_out);
	conf_play_exec(exec);
	SHOW_DEVICE(p, 16);
}

CASE(with_params_and_upload)
{
	unsigned int *p = conf_words(4);
	cudaGraph_t graph = counting_graph(&p);
	cudaGraphInstantiateParams params = { .flags = cudaGraphInstantiateFlagUpload };
	cudaGraphExec_t exec = UNTOUCHED;
	unsigned long long flags = 0;

	DO(cudaGraphInstantiateWithParams(&exec, graph, &params));
	SHOW(params.result_out);
	NEED(cudaStreamCreate(&params.uploadStream));
	DO(cudaGraphInstantiateWithParams(&exec, graph, &params));
	SHOW(params.result_out);
	DO(cudaGraphExecGetFlags(exec, &flags));
	SHOW(flags);
	params.uploadStream = cudaStreamPerThread;
	DO(cudaGraphInstantiateWithParams(&exec, graph, &params));
	params.uploadStream = cudaStreamLegacy;
	DO(cudaGraphInstantiateWithParams(&exec, graph, &params));
	conf_play_exec(exec);
	SHOW_DEVICE(p, 16);
}

CASE(with_params_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphInstantiateParams params;
	cudaGraphExec_t exec = UNTOUCHED;

	UNTOUCH(params);
	params.flags = 0x100;
	params.uploadStream = NULL;
	DO(cudaGraphInstantiateWithParams(&exec, graph, &params));
	SHOW(params.result_out);
	SHOW(params.errNode_out);
	params.flags = 0;
	DO(cudaGraphInstantiateWithParams(&exec, NULL, &params));
	SHOW(params.result_out);
	DO(cudaGraphInstantiateWithParams(NULL, graph, &params));
	SHOW(params.result_out);
	SHOW(exec);
	DO(cudaGraphInstantiateWithParams(&exec, graph, NULL));
}

CASE(launch_bad_arguments)
{
	cudaStream_t stream;

	NEED(cudaStreamCreate(&stream));
	DO(cudaGraphLaunch(NULL, stream));
	DO(cudaGraphLaunch(NULL, NULL));
	DO(cudaGraphUpload(NULL, stream));
	DO(cudaGraphUpload(NULL, NULL));
}

CASE(exec_destroy_null)
{
	DO(cudaGraphExecDestroy(NULL));
}

CASE(exec_destroy_twice)
{
	cudaGraphExec_t exec = conf_instantiate(conf_graph());

	DO(cudaGraphExecDestroy(exec));
	DO(cudaGraphExecDestroy(exec));
}

CASE(launch_destroyed)
{
	cudaGraphExec_t exec = conf_instantiate(conf_graph());

	DO(cudaGraphExecDestroy(exec));
	DO(cudaGraphLaunch(exec, NULL));
}

CASE(launch_in_a_busy_stream)
{
	unsigned int *p = conf_words(4);
	cudaGraphExec_t exec = conf_instantiate(counting_graph(&p));
	struct conf_busy busy;
	cudaStream_t stream, other;

	NEED(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
	NEED(cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking));
	DO(cudaGraphUpload(exec, stream));
	conf_occupy(&busy, stream);
	DO(cudaGraphLaunch(exec, stream));
	DO(cudaGraphLaunch(exec, stream));
	DO(cudaStreamQuery(stream));
	DO(cudaGraphLaunch(exec, other));
	conf_release(&busy);
	DO(cudaStreamSynchronize(other));
	SHOW_DEVICE(p, 16);
}

CASE(destroy_while_running)
{
	unsigned int *p = conf_words(4);
	cudaGraph_t graph = counting_graph(&p);
	cudaGraphExec_t exec = conf_instantiate(graph);
	struct conf_busy busy;
	cudaStream_t stream;

	NEED(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
	DO(cudaGraphUpload(exec, stream));
	conf_occupy(&busy, stream);
	DO(cudaGraphLaunch(exec, stream));
	DO(cudaGraphExecDestroy(exec));
	DO(cudaGraphDestroy(graph));
	conf_release(&busy);
	SHOW_DEVICE(p, 16);
}

CASE(update_while_running)
{
	unsigned int *p = conf_words(4), *q = conf_words(4);
	cudaGraph_t graph = counting_graph(&p), other = counting_graph(&q);
	cudaGraphExec_t exec = conf_instantiate(graph);
	cudaGraphExecUpdateResultInfo info;
	struct conf_busy busy;
	cudaStream_t stream;

	NEED(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
	DO(cudaGraphUpload(exec, stream));
	conf_occupy(&busy, stream);
	DO(cudaGraphLaunch(exec, stream));
	DO(cudaGraphExecUpdate(exec, other, &info));
	SHOW(info.result);
	DO(cudaGraphLaunch(exec, stream));
	conf_release(&busy);
	SHOW_DEVICE(p, 16);
	SHOW_DEVICE(q, 16);
}

CASE(order_with_stream_work)
{
	unsigned int *p = conf_words(4);
	cudaGraphExec_t exec = conf_instantiate(counting_graph(&p));
	cudaStream_t stream;

	NEED(cudaStreamCreate(&stream));
	DO(cudaMemsetAsync(p, 1, 16, stream));
	DO(cudaGraphLaunch(exec, stream));
	DO(cudaMemsetAsync(p, 7, 8, stream));
	DO(cudaGraphLaunch(exec, stream));
	DO(cudaStreamSynchronize(stream));
	SHOW_DEVICE(p, 16);
}

CASE(launch_into_a_capture)
{
	unsigned int *p = conf_words(4);
	cudaGraphExec_t exec = conf_instantiate(counting_graph(&p));
	cudaGraph_t graph = UNTOUCHED;
	cudaStream_t stream;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaGraphLaunch(exec, stream));
	if (DO(cudaStreamEndCapture(stream, &graph)) != cudaSuccess) {
		SHOW(graph);
		return;
	}
	SHOW_GRAPH(graph);
	SHOW_DEVICE(p, 16);
	conf_play(graph);
	SHOW_DEVICE(p, 16);
}

CASE(upload_into_a_capture)
{
	unsigned int *p = conf_words(4);
	cudaGraphExec_t exec = conf_instantiate(counting_graph(&p));
	cudaGraph_t graph = UNTOUCHED;
	cudaStream_t stream;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
	DO(cudaGraphUpload(exec, stream));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}

CASE(launch_beside_a_capture)
{
	unsigned int *p = conf_words(4);
	cudaGraphExec_t exec = conf_instantiate(counting_graph(&p));
	cudaGraph_t graph;
	cudaStream_t stream, other;

	NEED(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
	NEED(cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking));
	for (int mode = 0; mode < 3; mode++) {
		graph = UNTOUCHED;
		SHOW(mode);
		NEED(cudaStreamBeginCapture(stream, (enum cudaStreamCaptureMode)mode));
		DO(cudaGraphLaunch(exec, other));
		DO(cudaStreamEndCapture(stream, &graph));
		SHOW(graph);
	}
	DO(cudaStreamSynchronize(other));
	SHOW_DEVICE(p, 16);
}

CASE(capture_and_launch)
{
	unsigned int *p = conf_words(4), n = 4;
	cudaGraph_t graph = NULL;
	cudaGraphExec_t exec = UNTOUCHED;
	cudaStream_t stream;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaMemsetAsync(p, 2, 16, stream));
	DO(conf_launch(kernel_increment, DIM(1), DIM(4), ARGS(&p, &n), 0, stream));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW_GRAPH(graph);
	DO(cudaGraphInstantiate(&exec, graph, 0));
	DO(cudaGraphDestroy(graph));
	DO(cudaGraphLaunch(exec, stream));
	DO(cudaGraphLaunch(exec, stream));
	DO(cudaStreamSynchronize(stream));
	SHOW_DEVICE(p, 16);
}

CASE(fork_and_join_captured)
{
	unsigned int *p = conf_words(8);
	cudaGraph_t graph = NULL;
	cudaStream_t a, b;
	cudaEvent_t fork, join;

	NEED(cudaStreamCreate(&a));
	NEED(cudaStreamCreate(&b));
	NEED(cudaEventCreateWithFlags(&fork, cudaEventDisableTiming));
	NEED(cudaEventCreateWithFlags(&join, cudaEventDisableTiming));
	NEED(cudaStreamBeginCapture(a, cudaStreamCaptureModeGlobal));
	NEED(cudaMemsetAsync(p, 1, 4, a));
	NEED(cudaEventRecord(fork, a));
	NEED(cudaStreamWaitEvent(b, fork, 0));
	NEED(cudaMemsetAsync(p + 1, 2, 4, a));
	NEED(cudaMemsetAsync(p + 2, 3, 4, b));
	NEED(cudaEventRecord(join, b));
	NEED(cudaStreamWaitEvent(a, join, 0));
	NEED(cudaMemsetAsync(p + 3, 4, 4, a));
	DO(cudaStreamEndCapture(a, &graph));
	SHOW_GRAPH(graph);
	conf_play(graph);
	SHOW_DEVICE(p, 32);
}

struct task {
	cudaGraphExec_t exec;
};

static void launch_in_thread(void *data)
{
	struct task *task = data;

	DO(cudaGraphLaunch(task->exec, cudaStreamPerThread));
	DO(cudaStreamSynchronize(cudaStreamPerThread));
	DO(cudaGraphLaunch(NULL, NULL));
}

CASE(launch_in_another_thread)
{
	unsigned int *p = conf_words(4);
	struct task task = { conf_instantiate(counting_graph(&p)) };

	conf_in_thread(launch_in_thread, &task);
	SHOW(cudaPeekAtLastError());
	SHOW_DEVICE(p, 16);
}

CASE(two_execs_of_a_graph)
{
	unsigned int *p = conf_words(4);
	cudaGraph_t graph = counting_graph(&p);
	cudaGraphExec_t a = conf_instantiate(graph), b = conf_instantiate(graph);

	SHOW_IF(a != b);
	conf_play_exec(a);
	DO(cudaGraphExecDestroy(a));
	conf_play_exec(b);
	SHOW_DEVICE(p, 16);
}

CASE(exec_keeps_its_form)
{
	unsigned int *p = conf_words(4);
	cudaGraph_t graph = counting_graph(&p);
	cudaGraphExec_t exec = conf_instantiate(graph);
	cudaGraphNode_t node = NULL;
	size_t count = 1;

	NEED(cudaGraphGetNodes(graph, &node, &count));
	DO(cudaGraphDestroyNode(node));
	SHOW_GRAPH(graph);
	conf_play_exec(exec);
	SHOW_DEVICE(p, 16);
}

CASE(device_launch)
{
	unsigned int *p = conf_words(4);
	cudaGraph_t graph = counting_graph(&p);
	cudaGraphExec_t exec = UNTOUCHED;
	unsigned long long flags = 0;

	DO(cudaGraphInstantiate(&exec, graph, cudaGraphInstantiateFlagDeviceLaunch));
	if (exec == UNTOUCHED)
		return;
	DO(cudaGraphExecGetFlags(exec, &flags));
	SHOW(flags);
	DO(cudaGraphUpload(exec, NULL));
	conf_play_exec(exec);
	SHOW_DEVICE(p, 16);
}

CASE(device_launch_of_an_event_node)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphInstantiateParams params = { .flags = cudaGraphInstantiateFlagDeviceLaunch };
	cudaGraphExec_t exec = UNTOUCHED;
	cudaGraphNode_t node = conf_empty_node(graph, NULL);
	cudaEvent_t event;

	NEED(cudaEventCreate(&event));
	NEED(cudaGraphAddEventRecordNode(&node, graph, NULL, 0, event));
	DO(cudaGraphInstantiateWithParams(&exec, graph, &params));
	SHOW(params.result_out);
	SHOW_IF(params.errNode_out == node);
	SHOW(exec);
}
