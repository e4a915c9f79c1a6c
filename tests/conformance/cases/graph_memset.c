/* SPDX-License-Identifier: Apache-2.0 */
/* Set nodes. */
#include "graphs.h"

static void show_set(const struct cudaMemsetParams *set, const void *p)
{
	SHOW_IF(set->dst == p);
	SHOW(set->pitch);
	SHOW(set->value);
	SHOW(set->elementSize);
	SHOW(set->width);
	SHOW(set->height);
}

static cudaGraphNode_t set_node(cudaGraph_t graph, void *p)
{
	struct cudaMemsetParams set = MEMSET_NODE(p, 1, 1, 8);
	cudaGraphNode_t node = NULL;

	NEED(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	return node;
}

CASE(add_read_back_and_launch)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(8);
	struct cudaMemsetParams set = MEMSET_NODE(p, 0x55, 1, 20), got;
	cudaGraphNode_t node = UNTOUCHED;
	enum cudaGraphNodeType type;

	DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	SHOW(node);
	DO(cudaGraphNodeGetType(node, &type));
	SHOW(type);
	UNTOUCH(got);
	DO(cudaGraphMemsetNodeGetParams(node, &got));
	show_set(&got, p);
	conf_play(graph);
	SHOW_DEVICE(p, 32);
}

CASE(element_sizes)
{
	unsigned int *p = conf_words(8);
	static const unsigned int sizes[] = { 1, 2, 4, 0, 3, 8, 16 };

	for (int i = 0; i < 7; i++) {
		cudaGraph_t graph = conf_graph();
		struct cudaMemsetParams set = MEMSET_NODE(p, 0x01020304, sizes[i], 3), got;
		cudaGraphNode_t node = UNTOUCHED;

		SHOW(set.elementSize);
		NEED(cudaMemset(p, 0, 32));
		if (DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set)) != cudaSuccess) {
			SHOW(node);
			continue;
		}
		DO(cudaGraphMemsetNodeGetParams(node, &got));
		SHOW(got.value);
		conf_play(graph);
		SHOW_DEVICE(p, 16);
	}
}

CASE(element_size_and_small_value)
{
	unsigned int *p = conf_words(8);

	for (unsigned int size = 1; size <= 4; size *= 2) {
		cudaGraph_t graph = conf_graph();
		struct cudaMemsetParams set = MEMSET_NODE(p, 0x12, size, 2);
		cudaGraphNode_t node = NULL;

		NEED(cudaMemset(p, 0xff, 32));
		DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
		if (node != NULL)
			conf_play(graph);
		SHOW_DEVICE(p, 12);
	}
}

CASE(rows)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(16);
	struct cudaMemsetParams set = {
		.dst = p, .pitch = 16, .value = 9, .elementSize = 1, .width = 4, .height = 3
	};
	struct cudaMemsetParams got;
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	UNTOUCH(got);
	DO(cudaGraphMemsetNodeGetParams(node, &got));
	show_set(&got, p);
	conf_play(graph);
	SHOW_DEVICE(p, 64);
}

CASE(rows_of_pitched_memory)
{
	cudaGraph_t graph = conf_graph();
	void *p = NULL;
	size_t pitch = 0;
	struct cudaMemsetParams set = {
		.value = 0x0a0b, .elementSize = 2, .width = 5, .height = 2
	};
	cudaGraphNode_t node = UNTOUCHED;

	NEED(cudaMallocPitch(&p, &pitch, 16, 2));
	NEED(cudaMemset2D(p, pitch, 0, 16, 2));
	set.dst = p;
	set.pitch = pitch;
	DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	conf_play(graph);
	SHOW_DEVICE(p, 16);
	SHOW_DEVICE((char *)p + pitch, 16);
}

CASE(pitch_of_one_row)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(16);
	struct cudaMemsetParams set = {
		.dst = p, .pitch = 3, .value = 9, .elementSize = 1, .width = 8, .height = 1
	};
	struct cudaMemsetParams got;
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	if (node == UNTOUCHED)
		return;
	DO(cudaGraphMemsetNodeGetParams(node, &got));
	SHOW(got.pitch);
}

CASE(bad_sizes)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(16);
	struct cudaMemsetParams good = {
		.dst = p, .pitch = 16, .value = 9, .elementSize = 4, .width = 2, .height = 2
	};
	struct cudaMemsetParams set = good;
	cudaGraphNode_t node = UNTOUCHED;

	set.pitch = 4;
	DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	set.pitch = 10;
	DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	set.pitch = 0;
	DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	set = good;
	set.width = 0;
	DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	set = good;
	set.height = 0;
	DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	set = good;
	set.dst = NULL;
	DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	set = good;
	set.dst = (char *)p + 2;
	DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	set = good;
	set.width = (size_t)1 << 40;
	set.height = 1;
	DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	SHOW(node);
}

CASE(beyond_the_end)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(16);
	struct cudaMemsetParams set = MEMSET_NODE(p, 1, 1, 64 << 20);
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	SHOW(node);
}

CASE(host_memory)
{
	cudaGraph_t graph = conf_graph();
	static char plain[64];
	void *pinned = NULL;
	struct cudaMemsetParams set = MEMSET_NODE(plain, 3, 1, 8);
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	SHOW(node);
	NEED(cudaMallocHost(&pinned, 16));
	memset(pinned, 0, 16);
	set.dst = pinned;
	DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	if (node == UNTOUCHED)
		return;
	conf_play(graph);
	SHOW_BYTES(pinned, 16);
}

CASE(add_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(4);
	struct cudaMemsetParams set = MEMSET_NODE(p, 1, 1, 8);
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddMemsetNode(NULL, graph, NULL, 0, &set));
	DO(cudaGraphAddMemsetNode(&node, NULL, NULL, 0, &set));
	DO(cudaGraphAddMemsetNode(&node, graph, NULL, 1, &set));
	SHOW(node);
	SHOW_GRAPH(graph);
}

CASE(add_null_description)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddMemsetNode(&node, graph, NULL, 0, NULL));
}

CASE(set_params)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(8), *q = conf_words(8);
	cudaGraphNode_t node = set_node(graph, p);
	struct cudaMemsetParams set = {
		.dst = q, .pitch = 16, .value = 0x0708, .elementSize = 2, .width = 2, .height = 2
	};
	struct cudaMemsetParams got;

	DO(cudaGraphMemsetNodeSetParams(node, &set));
	DO(cudaGraphMemsetNodeGetParams(node, &got));
	show_set(&got, q);
	conf_play(graph);
	SHOW_DEVICE(p, 16);
	SHOW_DEVICE(q, 32);
}

CASE(set_params_bad)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(8);
	cudaGraphNode_t node = set_node(graph, p), other = conf_empty_node(graph, NULL);
	struct cudaMemsetParams set = MEMSET_NODE(p, 1, 3, 8), got;

	DO(cudaGraphMemsetNodeSetParams(node, &set));
	set = MEMSET_NODE(NULL, 1, 1, 8);
	DO(cudaGraphMemsetNodeSetParams(node, &set));
	set = MEMSET_NODE(p, 1, 1, 0);
	DO(cudaGraphMemsetNodeSetParams(node, &set));
	set = MEMSET_NODE(p, 1, 1, 8);
	DO(cudaGraphMemsetNodeSetParams(other, &set));
	DO(cudaGraphMemsetNodeSetParams(NULL, &set));
	DO(cudaGraphMemsetNodeGetParams(node, &got));
	show_set(&got, p);
}

CASE(set_params_null)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = set_node(graph, conf_words(8));

	DO(cudaGraphMemsetNodeSetParams(node, NULL));
}

CASE(get_params_bad)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t other = conf_empty_node(graph, NULL);
	struct cudaMemsetParams got;

	UNTOUCH(got);
	DO(cudaGraphMemsetNodeGetParams(other, &got));
	DO(cudaGraphMemsetNodeGetParams(NULL, &got));
	SHOW_BYTES(&got, sizeof(got));
}

CASE(get_params_null)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = set_node(graph, conf_words(8));

	DO(cudaGraphMemsetNodeGetParams(node, NULL));
}

static cudaGraph_t capture(void (*work)(void *, cudaStream_t), void *p)
{
	cudaGraph_t graph = NULL;
	cudaStream_t stream;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	work(p, stream);
	NEED(cudaStreamEndCapture(stream, &graph));
	return graph;
}

static void show_captured(cudaGraph_t graph, void *p)
{
	struct cudaMemsetParams got;
	cudaGraphNode_t node = NULL;
	size_t count = 1;

	SHOW_GRAPH(graph);
	NEED(cudaGraphGetNodes(graph, &node, &count));
	if (count != 1)
		return;
	UNTOUCH(got);
	DO(cudaGraphMemsetNodeGetParams(node, &got));
	show_set(&got, p);
}

static void set_row(void *p, cudaStream_t stream)
{
	DO(cudaMemsetAsync(p, 0x77, 12, stream));
}

static void set_rows(void *p, cudaStream_t stream)
{
	DO(cudaMemset2DAsync(p, 16, 0x78, 8, 3, stream));
}

static void set_box(void *p, cudaStream_t stream)
{
	struct cudaPitchedPtr box = { .ptr = p, .pitch = 16, .xsize = 8, .ysize = 2 };

	DO(cudaMemset3DAsync(box, 0x79, (struct cudaExtent){ 8, 2, 1 }, stream));
}

static void set_boxes(void *p, cudaStream_t stream)
{
	struct cudaPitchedPtr box = { .ptr = p, .pitch = 16, .xsize = 8, .ysize = 2 };

	DO(cudaMemset3DAsync(box, 0x7a, (struct cudaExtent){ 8, 2, 2 }, stream));
}

CASE(captured)
{
	unsigned int *p = conf_words(32);

	show_captured(capture(set_row, p), p);
	show_captured(capture(set_rows, p), p);
	show_captured(capture(set_box, p), p);
	show_captured(capture(set_boxes, p), p);
}

CASE(captured_set_of_nothing)
{
	unsigned int *p = conf_words(4);
	cudaGraph_t graph = UNTOUCHED;
	cudaStream_t stream;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
	DO(cudaMemsetAsync(p, 1, 0, stream));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
	if (graph != UNTOUCHED && graph != NULL)
		SHOW_GRAPH(graph);
}
