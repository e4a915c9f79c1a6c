/* SPDX-License-Identifier: Apache-2.0 */
/* Changing nodes of an instantiated graph. */
#include "graphs.h"

static void add_ten(void *data)
{
	*(int *)data += 10;
}

/* One graph with a node of every simple kind, and its instance. */
struct sample {
	cudaGraph_t graph, child;
	cudaGraphExec_t exec;
	unsigned int *p, *q, n, value;
	int number;
	cudaEvent_t event;
	cudaGraphNode_t kernel, set, copy, host, empty, record, wait, sub;
};

static struct cudaKernelNodeParams fill_params(struct sample *s)
{
	static void *args[3];

	args[0] = &s->p;
	args[1] = &s->n;
	args[2] = &s->value;
	return KERNEL_NODE(kernel_fill, DIM(1), DIM(1), args);
}

static struct sample *make_sample(void)
{
	static struct sample sample = { .n = 4, .value = 1 };
	struct sample *s = &sample;
	struct cudaKernelNodeParams kernel = fill_params(s);
	struct cudaMemsetParams set;
	struct cudaHostNodeParams host = { add_ten, &s->number };

	conf_register();
	s->p = conf_words(16);
	s->q = conf_words(16);
	s->graph = conf_graph();
	s->child = conf_graph();
	set = MEMSET_NODE(s->p + 4, 2, 1, 16);
	NEED(cudaEventCreate(&s->event));
	NEED(cudaGraphAddKernelNode(&s->kernel, s->graph, NULL, 0, &kernel));
	NEED(cudaGraphAddMemsetNode(&s->set, s->graph, &s->kernel, 1, &set));
	NEED(cudaGraphAddMemcpyNode1D(&s->copy, s->graph, &s->set, 1, s->q, s->p, 32,
				      cudaMemcpyDeviceToDevice));
	NEED(cudaGraphAddHostNode(&s->host, s->graph, &s->copy, 1, &host));
	s->empty = conf_empty_node(s->graph, s->host);
	NEED(cudaGraphAddEventRecordNode(&s->record, s->graph, &s->empty, 1, s->event));
	NEED(cudaGraphAddEventWaitNode(&s->wait, s->graph, &s->record, 1, s->event));
	set = MEMSET_NODE(s->p + 8, 3, 1, 16);
	NEED(cudaGraphAddMemsetNode(&s->sub, s->child, NULL, 0, &set));
	NEED(cudaGraphAddChildGraphNode(&s->sub, s->graph, &s->wait, 1, s->child));
	s->exec = conf_instantiate(s->graph);
	return s;
}

CASE(all_kinds_together)
{
	struct sample *s = make_sample();

	SHOW_GRAPH(s->graph);
	conf_play_exec(s->exec);
	conf_play_exec(s->exec);
	SHOW_DEVICE(s->p, 64);
	SHOW_DEVICE(s->q, 64);
	SHOW(s->number);
}

CASE(kernel)
{
	struct sample *s = make_sample();
	struct cudaKernelNodeParams params = fill_params(s), got;

	s->value = 0x09090909;
	params.blockDim = DIM(4);
	DO(cudaGraphExecKernelNodeSetParams(s->exec, s->kernel, &params));
	conf_play_exec(s->exec);
	SHOW_DEVICE(s->p, 16);
	NEED(cudaGraphKernelNodeGetParams(s->kernel, &got));
	SHOW_DIM(got.blockDim);
	params.func = (void *)kernel_increment;
	DO(cudaGraphExecKernelNodeSetParams(s->exec, s->kernel, &params));
	conf_play_exec(s->exec);
	SHOW_DEVICE(s->p, 16);
}

CASE_ALONE(kernel_bad)
{
	struct sample *s = make_sample();
	struct cudaKernelNodeParams params = fill_params(s);

	DO(cudaGraphExecKernelNodeSetParams(NULL, s->kernel, &params));
	DO(cudaGraphExecKernelNodeSetParams(s->exec, NULL, &params));
	DO(cudaGraphExecKernelNodeSetParams(s->exec, s->set, &params));
	params.blockDim = DIM(0);
	DO(cudaGraphExecKernelNodeSetParams(s->exec, s->kernel, &params));
	params.blockDim = DIM(2048);
	DO(cudaGraphExecKernelNodeSetParams(s->exec, s->kernel, &params));
	params = fill_params(s);
	params.func = NULL;
	DO(cudaGraphExecKernelNodeSetParams(s->exec, s->kernel, &params));
	params.func = s;
	DO(cudaGraphExecKernelNodeSetParams(s->exec, s->kernel, &params));
	DO(cudaGraphExecKernelNodeSetParams(NULL, NULL, &params));
	conf_play_exec(s->exec);
	SHOW_DEVICE(s->p, 16);
	DO(cudaGraphExecKernelNodeSetParams(s->exec, s->kernel, NULL));
}

CASE_ALONE(set)
{
	struct sample *s = make_sample();
	struct cudaMemsetParams params = MEMSET_NODE(s->p + 4, 0x44, 1, 8), got;

	DO(cudaGraphExecMemsetNodeSetParams(s->exec, s->set, &params));
	conf_play_exec(s->exec);
	SHOW_DEVICE(s->p, 32);
	NEED(cudaGraphMemsetNodeGetParams(s->set, &got));
	SHOW(got.value);
	params = MEMSET_NODE(s->q + 8, 0x01020304, 4, 2);
	DO(cudaGraphExecMemsetNodeSetParams(s->exec, s->set, &params));
	params.pitch = 16;
	params.height = 2;
	DO(cudaGraphExecMemsetNodeSetParams(s->exec, s->set, &params));
	conf_play_exec(s->exec);
	SHOW_DEVICE(s->q, 64);
}

CASE(set_bad)
{
	struct sample *s = make_sample();
	const struct cudaMemsetParams good = MEMSET_NODE(s->p, 1, 1, 8);
	struct cudaMemsetParams params = good;

	DO(cudaGraphExecMemsetNodeSetParams(NULL, s->set, &params));
	DO(cudaGraphExecMemsetNodeSetParams(s->exec, NULL, &params));
	DO(cudaGraphExecMemsetNodeSetParams(s->exec, s->kernel, &params));
	params.elementSize = 3;
	DO(cudaGraphExecMemsetNodeSetParams(s->exec, s->set, &params));
	params = good;
	params.width = 0;
	DO(cudaGraphExecMemsetNodeSetParams(s->exec, s->set, &params));
	params = good;
	params.dst = NULL;
	DO(cudaGraphExecMemsetNodeSetParams(s->exec, s->set, &params));
	DO(cudaGraphExecMemsetNodeSetParams(s->exec, s->set, NULL));
}

CASE(copy)
{
	struct sample *s = make_sample();
	struct cudaMemcpy3DParms params = {
		.srcPtr = { s->p + 4, 16, 16, 1 },
		.dstPtr = { s->q + 4, 16, 16, 1 },
		.extent = { 16, 1, 1 },
		.kind = cudaMemcpyDeviceToDevice,
	};

	DO(cudaGraphExecMemcpyNodeSetParams(s->exec, s->copy, &params));
	conf_play_exec(s->exec);
	SHOW_DEVICE(s->q, 64);
	DO(cudaGraphExecMemcpyNodeSetParams1D(s->exec, s->copy, s->q + 12, s->p, 8,
					      cudaMemcpyDeviceToDevice));
	conf_play_exec(s->exec);
	SHOW_DEVICE(s->q, 64);
}

CASE(copy_symbols)
{
	struct sample *s = make_sample();
	static unsigned int got[16];

	DO(cudaGraphExecMemcpyNodeSetParamsToSymbol(s->exec, s->copy, table, s->p, 16, 4,
						    cudaMemcpyDeviceToDevice));
	conf_play_exec(s->exec);
	NEED(cudaMemcpyFromSymbol(got, table, 64, 0, cudaMemcpyDeviceToHost));
	SHOW_BYTES(got, 64);
	DO(cudaGraphExecMemcpyNodeSetParamsFromSymbol(s->exec, s->copy, s->q, table, 8, 8,
						      cudaMemcpyDeviceToDevice));
	conf_play_exec(s->exec);
	SHOW_DEVICE(s->q, 64);
	DO(cudaGraphExecMemcpyNodeSetParamsToSymbol(s->exec, s->copy, table, s->p, 16, 60,
						    cudaMemcpyDeviceToDevice));
	DO(cudaGraphExecMemcpyNodeSetParamsToSymbol(s->exec, s->copy, table, s->p, 16, 0,
						    cudaMemcpyDeviceToHost));
	DO(cudaGraphExecMemcpyNodeSetParamsToSymbol(s->exec, s->copy, s, s->p, 16, 0,
						    cudaMemcpyDeviceToDevice));
	DO(cudaGraphExecMemcpyNodeSetParamsToSymbol(NULL, s->copy, table, s->p, 16, 0,
						    cudaMemcpyDeviceToDevice));
	DO(cudaGraphExecMemcpyNodeSetParamsToSymbol(s->exec, NULL, table, s->p, 16, 0,
						    cudaMemcpyDeviceToDevice));
	DO(cudaGraphExecMemcpyNodeSetParamsFromSymbol(s->exec, s->copy, s->q, table, 8, 0,
						      cudaMemcpyHostToDevice));
	DO(cudaGraphExecMemcpyNodeSetParamsFromSymbol(s->exec, s->copy, s->q, s, 8, 0,
						      cudaMemcpyDeviceToDevice));
	DO(cudaGraphExecMemcpyNodeSetParamsFromSymbol(NULL, s->copy, s->q, table, 8, 0,
						      cudaMemcpyDeviceToDevice));
	DO(cudaGraphExecMemcpyNodeSetParamsFromSymbol(s->exec, NULL, s->q, table, 8, 0,
						      cudaMemcpyDeviceToDevice));
}

CASE(copy_bad)
{
	struct sample *s = make_sample();
	unsigned int *h = NULL;
	struct cudaMemcpy3DParms params = {
		.srcPtr = { s->p, 16, 16, 2 },
		.dstPtr = { s->q, 16, 16, 2 },
		.extent = { 8, 2, 1 },
		.kind = cudaMemcpyDeviceToDevice,
	};

	NEED(cudaMallocHost((void **)&h, 64));
	DO(cudaGraphExecMemcpyNodeSetParams(s->exec, s->copy, &params));
	DO(cudaGraphExecMemcpyNodeSetParams(NULL, s->copy, &params));
	DO(cudaGraphExecMemcpyNodeSetParams(s->exec, NULL, &params));
	DO(cudaGraphExecMemcpyNodeSetParams(s->exec, s->set, &params));
	DO(cudaGraphExecMemcpyNodeSetParams1D(s->exec, s->copy, h, s->p, 32,
					      cudaMemcpyDeviceToHost));
	DO(cudaGraphExecMemcpyNodeSetParams1D(s->exec, s->copy, s->q, h, 32,
					      cudaMemcpyHostToDevice));
	DO(cudaGraphExecMemcpyNodeSetParams1D(s->exec, s->copy, s->q, h, 32, cudaMemcpyDefault));
	DO(cudaGraphExecMemcpyNodeSetParams1D(s->exec, s->copy, s->q, s->p, 32, cudaMemcpyDefault));
	DO(cudaGraphExecMemcpyNodeSetParams1D(s->exec, s->copy, s->q, s->p, 32,
					      (enum cudaMemcpyKind)8));
	DO(cudaGraphExecMemcpyNodeSetParams1D(s->exec, s->copy, s->q, s->p, 0,
					      cudaMemcpyDeviceToDevice));
	DO(cudaGraphExecMemcpyNodeSetParams1D(s->exec, s->copy, NULL, s->p, 8,
					      cudaMemcpyDeviceToDevice));
	DO(cudaGraphExecMemcpyNodeSetParams1D(NULL, s->copy, s->q, s->p, 8,
					      cudaMemcpyDeviceToDevice));
	DO(cudaGraphExecMemcpyNodeSetParams1D(s->exec, NULL, s->q, s->p, 8,
					      cudaMemcpyDeviceToDevice));
	DO(cudaGraphExecMemcpyNodeSetParams(s->exec, s->copy, NULL));
}

CASE_ALONE(host)
{
	struct sample *s = make_sample();
	int other = 100;
	struct cudaHostNodeParams params = { add_ten, &other };

	DO(cudaGraphExecHostNodeSetParams(s->exec, s->host, &params));
	conf_play_exec(s->exec);
	SHOW(s->number);
	SHOW(other);
	DO(cudaGraphExecHostNodeSetParams(NULL, s->host, &params));
	DO(cudaGraphExecHostNodeSetParams(s->exec, NULL, &params));
	DO(cudaGraphExecHostNodeSetParams(s->exec, s->kernel, &params));
	params.fn = NULL;
	DO(cudaGraphExecHostNodeSetParams(s->exec, s->host, &params));
	DO(cudaGraphExecHostNodeSetParams(s->exec, s->host, NULL));
}

CASE(events)
{
	struct sample *s = make_sample();
	cudaEvent_t other, got = UNTOUCHED;

	NEED(cudaEventCreate(&other));
	DO(cudaGraphExecEventRecordNodeSetEvent(s->exec, s->record, other));
	DO(cudaGraphExecEventWaitNodeSetEvent(s->exec, s->wait, other));
	NEED(cudaGraphEventRecordNodeGetEvent(s->record, &got));
	SHOW_IF(got == s->event);
	conf_play_exec(s->exec);
	DO(cudaGraphExecEventRecordNodeSetEvent(NULL, s->record, other));
	DO(cudaGraphExecEventRecordNodeSetEvent(s->exec, NULL, other));
	DO(cudaGraphExecEventRecordNodeSetEvent(s->exec, s->wait, other));
	DO(cudaGraphExecEventWaitNodeSetEvent(NULL, s->wait, other));
	DO(cudaGraphExecEventWaitNodeSetEvent(s->exec, NULL, other));
	DO(cudaGraphExecEventWaitNodeSetEvent(s->exec, s->record, other));
	DO(cudaGraphExecEventRecordNodeSetEvent(s->exec, s->record, NULL));
	DO(cudaGraphExecEventWaitNodeSetEvent(s->exec, s->wait, NULL));
}

CASE(child)
{
	struct sample *s = make_sample();
	cudaGraph_t other = conf_graph(), unlike = conf_graph();
	struct cudaMemsetParams set = MEMSET_NODE(s->p + 8, 0x19, 1, 16);
	cudaGraphNode_t node;

	NEED(cudaGraphAddMemsetNode(&node, other, NULL, 0, &set));
	DO(cudaGraphExecChildGraphNodeSetParams(s->exec, s->sub, other));
	conf_play_exec(s->exec);
	SHOW_DEVICE(s->p + 8, 16);
	DO(cudaGraphExecChildGraphNodeSetParams(s->exec, s->sub, unlike));
	DO(cudaGraphExecChildGraphNodeSetParams(NULL, s->sub, other));
	DO(cudaGraphExecChildGraphNodeSetParams(s->exec, NULL, other));
	DO(cudaGraphExecChildGraphNodeSetParams(s->exec, s->kernel, other));
	DO(cudaGraphExecChildGraphNodeSetParams(s->exec, s->sub, NULL));
}

CASE(node_inside_a_child)
{
	struct sample *s = make_sample();
	cudaGraph_t inside = NULL;
	struct cudaMemsetParams set = MEMSET_NODE(s->p + 8, 0x29, 1, 16);
	cudaGraphNode_t node = NULL, original = NULL;
	size_t count = 1;

	NEED(cudaGraphChildGraphNodeGetGraph(s->sub, &inside));
	NEED(cudaGraphGetNodes(inside, &node, &count));
	DO(cudaGraphExecMemsetNodeSetParams(s->exec, node, &set));
	conf_play_exec(s->exec);
	SHOW_DEVICE(s->p + 8, 16);
	NEED(cudaGraphGetNodes(s->child, &original, &count));
	DO(cudaGraphExecMemsetNodeSetParams(s->exec, original, &set));
}

CASE(node_of_another_graph)
{
	struct sample *s = make_sample();
	cudaGraph_t other = conf_graph();
	struct cudaMemsetParams set = MEMSET_NODE(s->p, 1, 1, 16);
	cudaGraphNode_t node, late;
	unsigned int enabled = UNTOUCHED_INT;

	NEED(cudaGraphAddMemsetNode(&node, other, NULL, 0, &set));
	DO(cudaGraphExecMemsetNodeSetParams(s->exec, node, &set));
	NEED(cudaGraphAddMemsetNode(&late, s->graph, NULL, 0, &set));
	DO(cudaGraphExecMemsetNodeSetParams(s->exec, late, &set));
	DO(cudaGraphNodeSetEnabled(s->exec, node, 0));
	DO(cudaGraphNodeGetEnabled(s->exec, late, &enabled));
	SHOW(enabled);
}

CASE(enabled)
{
	struct sample *s = make_sample();
	unsigned int enabled = UNTOUCHED_INT;

	DO(cudaGraphNodeGetEnabled(s->exec, s->set, &enabled));
	SHOW(enabled);
	DO(cudaGraphNodeSetEnabled(s->exec, s->set, 0));
	DO(cudaGraphNodeGetEnabled(s->exec, s->set, &enabled));
	SHOW(enabled);
	DO(cudaGraphNodeSetEnabled(s->exec, s->kernel, 0));
	conf_play_exec(s->exec);
	SHOW_DEVICE(s->p, 64);
	DO(cudaGraphNodeSetEnabled(s->exec, s->set, 7));
	DO(cudaGraphNodeGetEnabled(s->exec, s->set, &enabled));
	SHOW(enabled);
	DO(cudaGraphNodeSetEnabled(s->exec, s->kernel, 1));
	conf_play_exec(s->exec);
	SHOW_DEVICE(s->p, 64);
	DO(cudaGraphNodeSetEnabled(s->exec, s->copy, 0));
	conf_play_exec(s->exec);
}

CASE(enabled_stays_after_parameters)
{
	struct sample *s = make_sample();
	struct cudaMemsetParams set = MEMSET_NODE(s->p + 4, 0x39, 1, 16);
	cudaGraphExecUpdateResultInfo info;
	unsigned int enabled = UNTOUCHED_INT;

	NEED(cudaGraphNodeSetEnabled(s->exec, s->set, 0));
	DO(cudaGraphExecMemsetNodeSetParams(s->exec, s->set, &set));
	DO(cudaGraphNodeGetEnabled(s->exec, s->set, &enabled));
	SHOW(enabled);
	conf_play_exec(s->exec);
	SHOW_DEVICE(s->p, 32);
	DO(cudaGraphExecUpdate(s->exec, s->graph, &info));
	DO(cudaGraphNodeGetEnabled(s->exec, s->set, &enabled));
	SHOW(enabled);
}

CASE(enabled_of_other_kinds)
{
	struct sample *s = make_sample();
	unsigned int enabled = UNTOUCHED_INT;

	DO(cudaGraphNodeSetEnabled(s->exec, s->host, 0));
	DO(cudaGraphNodeSetEnabled(s->exec, s->empty, 0));
	DO(cudaGraphNodeSetEnabled(s->exec, s->record, 0));
	DO(cudaGraphNodeSetEnabled(s->exec, s->wait, 0));
	DO(cudaGraphNodeSetEnabled(s->exec, s->sub, 0));
	DO(cudaGraphNodeGetEnabled(s->exec, s->host, &enabled));
	DO(cudaGraphNodeGetEnabled(s->exec, s->empty, &enabled));
	DO(cudaGraphNodeGetEnabled(s->exec, s->record, &enabled));
	DO(cudaGraphNodeGetEnabled(s->exec, s->wait, &enabled));
	DO(cudaGraphNodeGetEnabled(s->exec, s->sub, &enabled));
	SHOW(enabled);
}

CASE(enabled_bad_arguments)
{
	struct sample *s = make_sample();
	unsigned int enabled = UNTOUCHED_INT;

	DO(cudaGraphNodeSetEnabled(NULL, s->set, 0));
	DO(cudaGraphNodeSetEnabled(s->exec, NULL, 0));
	DO(cudaGraphNodeGetEnabled(NULL, s->set, &enabled));
	DO(cudaGraphNodeGetEnabled(s->exec, NULL, &enabled));
	SHOW(enabled);
	DO(cudaGraphNodeGetEnabled(s->exec, s->set, NULL));
}

CASE(change_of_the_graph_leaves_the_exec)
{
	struct sample *s = make_sample();
	struct cudaMemsetParams set = MEMSET_NODE(s->p + 4, 0x49, 1, 16);

	DO(cudaGraphMemsetNodeSetParams(s->set, &set));
	conf_play_exec(s->exec);
	SHOW_DEVICE(s->p, 32);
}

CASE(change_while_running)
{
	struct sample *s = make_sample();
	struct cudaMemsetParams set = MEMSET_NODE(s->p + 4, 0x59, 1, 16);
	struct conf_busy busy;
	cudaStream_t stream;

	NEED(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
	NEED(cudaGraphUpload(s->exec, stream));
	conf_occupy(&busy, stream);
	DO(cudaGraphLaunch(s->exec, stream));
	DO(cudaGraphExecMemsetNodeSetParams(s->exec, s->set, &set));
	conf_release(&busy);
	SHOW_DEVICE(s->p, 32);
	conf_play_exec(s->exec);
	SHOW_DEVICE(s->p, 32);
}
