/* SPDX-License-Identifier: Apache-2.0 */
/* Copy nodes. */
#include "graphs.h"

static void show_copy(const struct cudaMemcpy3DParms *copy, const void *src, const void *dst)
{
	SHOW_IF(copy->srcPtr.ptr == src);
	SHOW_IF(copy->dstPtr.ptr == dst);
	conf_print("  from pitch %zu xsize %zu ysize %zu at %zu %zu %zu, array %s",
		   copy->srcPtr.pitch, copy->srcPtr.xsize, copy->srcPtr.ysize, copy->srcPos.x,
		   copy->srcPos.y, copy->srcPos.z, copy->srcArray == NULL ? "no" : "yes");
	conf_print("  to pitch %zu xsize %zu ysize %zu at %zu %zu %zu, array %s",
		   copy->dstPtr.pitch, copy->dstPtr.xsize, copy->dstPtr.ysize, copy->dstPos.x,
		   copy->dstPos.y, copy->dstPos.z, copy->dstArray == NULL ? "no" : "yes");
	conf_print("  extent %zu %zu %zu", copy->extent.width, copy->extent.height,
		   copy->extent.depth);
	SHOW(copy->kind);
}

static void show_node(cudaGraphNode_t node, const void *src, const void *dst)
{
	struct cudaMemcpy3DParms got;

	UNTOUCH(got);
	if (DO(cudaGraphMemcpyNodeGetParams(node, &got)) == cudaSuccess)
		show_copy(&got, src, dst);
}

static struct cudaMemcpy3DParms linear(void *dst, const void *src, size_t count,
				       enum cudaMemcpyKind kind)
{
	return (struct cudaMemcpy3DParms){
		.srcPtr = { (void *)src, count, count, 1 },
		.dstPtr = { dst, count, count, 1 },
		.extent = { count, 1, 1 },
		.kind = kind,
	};
}

static cudaGraphNode_t copy_node(cudaGraph_t graph, void *dst, const void *src, size_t count,
				 enum cudaMemcpyKind kind)
{
	cudaGraphNode_t node = NULL;

	NEED(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, dst, src, count, kind));
	return node;
}

static unsigned int *counted_words(unsigned int count)
{
	unsigned int *p = conf_words(count), words[64];

	for (unsigned int i = 0; i < count && i < 64; i++)
		words[i] = i + 1;
	NEED(cudaMemcpy(p, words, count * sizeof(*p), cudaMemcpyHostToDevice));
	return p;
}

CASE(linear_of_each_kind)
{
	unsigned int *a = counted_words(4), *b = conf_words(4), *h = NULL;
	cudaGraph_t graph;
	cudaGraphNode_t node;
	enum cudaGraphNodeType type;

	NEED(cudaMallocHost((void **)&h, 16));
	memset(h, 0x21, 16);
	graph = conf_graph();
	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, b, h, 16, cudaMemcpyHostToDevice));
	DO(cudaGraphNodeGetType(node, &type));
	SHOW(type);
	show_node(node, h, b);
	conf_play(graph);
	SHOW_DEVICE(b, 16);
	graph = conf_graph();
	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, b, a, 12, cudaMemcpyDeviceToDevice));
	show_node(node, a, b);
	conf_play(graph);
	SHOW_DEVICE(b, 16);
	graph = conf_graph();
	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, h, b, 16, cudaMemcpyDeviceToHost));
	show_node(node, b, h);
	conf_play(graph);
	SHOW_BYTES(h, 16);
	graph = conf_graph();
	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, h + 2, h, 8, cudaMemcpyHostToHost));
	show_node(node, h, h + 2);
	conf_play(graph);
	SHOW_BYTES(h, 16);
	graph = conf_graph();
	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, a, h, 16, cudaMemcpyDefault));
	show_node(node, h, a);
	conf_play(graph);
	SHOW_DEVICE(a, 16);
}

CASE(linear_with_ordinary_host_memory)
{
	unsigned int *a = counted_words(4), host[4] = { 0 };
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = NULL;

	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, host, a, 16, cudaMemcpyDeviceToHost));
	conf_play(graph);
	SHOW_BYTES(host, 16);
	host[0] = 99;
	graph = conf_graph();
	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, a, host, 4, cudaMemcpyDefault));
	show_node(node, host, a);
	conf_play(graph);
	SHOW_DEVICE(a, 16);
}

CASE(linear_wrong_kind)
{
	unsigned int *a = conf_words(4), *b = conf_words(4);
	static unsigned int h[4];
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, a, b, 16, (enum cudaMemcpyKind)5));
	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, a, b, 16, (enum cudaMemcpyKind) - 1));
	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, a, b, 16, (enum cudaMemcpyKind)77));
	SHOW(node);
	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, a, h, 16, cudaMemcpyDeviceToDevice));
	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, h, a, 16, cudaMemcpyHostToHost));
	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, a, b, 16, cudaMemcpyHostToDevice));
}

CASE(linear_bad_arguments)
{
	unsigned int *a = conf_words(4), *b = conf_words(4);
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddMemcpyNode1D(NULL, graph, NULL, 0, a, b, 16, cudaMemcpyDefault));
	DO(cudaGraphAddMemcpyNode1D(&node, NULL, NULL, 0, a, b, 16, cudaMemcpyDefault));
	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 1, a, b, 16, cudaMemcpyDefault));
	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, NULL, b, 16, cudaMemcpyDefault));
	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, a, NULL, 16, cudaMemcpyDefault));
	DO(cudaGraphAddMemcpyNode1D(&node, NULL, NULL, 0, a, b, 16, (enum cudaMemcpyKind)77));
	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, NULL, b, 16, (enum cudaMemcpyKind)77));
	SHOW(node);
	SHOW_GRAPH(graph);
}

CASE(linear_of_nothing)
{
	unsigned int *a = conf_words(4), *b = conf_words(4);
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, a, b, 0, cudaMemcpyDeviceToDevice));
	SHOW(node);
	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, NULL, NULL, 0, cudaMemcpyDefault));
	SHOW(node);
}

CASE(linear_beyond_the_end)
{
	unsigned int *a = conf_words(4), *b = conf_words(4);
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, a, b, 64 << 20,
				    cudaMemcpyDeviceToDevice));
	DO(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, a, b, (size_t)1 << 60,
				    cudaMemcpyDeviceToDevice));
	SHOW(node);
}

CASE(box)
{
	unsigned int *a = counted_words(32), *b = conf_words(32);
	cudaGraph_t graph = conf_graph();
	struct cudaMemcpy3DParms copy = {
		.srcPtr = { a, 16, 16, 2 },
		.srcPos = { 4, 0, 1 },
		.dstPtr = { b, 16, 16, 2 },
		.dstPos = { 0, 1, 0 },
		.extent = { 8, 1, 2 },
		.kind = cudaMemcpyDeviceToDevice,
	};
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddMemcpyNode(&node, graph, NULL, 0, &copy));
	show_node(node, a, b);
	conf_play(graph);
	SHOW_DEVICE(b, 64);
}

CASE(rows)
{
	unsigned int *a = counted_words(16);
	static unsigned int h[16];
	cudaGraph_t graph = conf_graph();
	struct cudaMemcpy3DParms copy = {
		.srcPtr = { a, 16, 8, 4 },
		.dstPtr = { h, 12, 8, 4 },
		.extent = { 8, 4, 1 },
		.kind = cudaMemcpyDeviceToHost,
	};
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddMemcpyNode(&node, graph, NULL, 0, &copy));
	show_node(node, a, h);
	conf_play(graph);
	SHOW_BYTES(h, 48);
}

CASE(box_bad_descriptions)
{
	unsigned int *a = conf_words(16), *b = conf_words(16);
	cudaGraph_t graph = conf_graph();
	const struct cudaMemcpy3DParms good = {
		.srcPtr = { a, 16, 16, 2 },
		.dstPtr = { b, 16, 16, 2 },
		.extent = { 8, 2, 2 },
		.kind = cudaMemcpyDeviceToDevice,
	};
	struct cudaMemcpy3DParms copy = good;
	cudaGraphNode_t node = UNTOUCHED;

	copy.srcPtr.pitch = 4;
	DO(cudaGraphAddMemcpyNode(&node, graph, NULL, 0, &copy));
	copy = good;
	copy.dstPtr.ysize = 1;
	DO(cudaGraphAddMemcpyNode(&node, graph, NULL, 0, &copy));
	copy = good;
	copy.srcPtr.ptr = NULL;
	DO(cudaGraphAddMemcpyNode(&node, graph, NULL, 0, &copy));
	copy = good;
	copy.dstPtr.ptr = NULL;
	DO(cudaGraphAddMemcpyNode(&node, graph, NULL, 0, &copy));
	copy = good;
	copy.extent.width = 0;
	DO(cudaGraphAddMemcpyNode(&node, graph, NULL, 0, &copy));
	copy = good;
	copy.extent.depth = 0;
	DO(cudaGraphAddMemcpyNode(&node, graph, NULL, 0, &copy));
	copy = good;
	copy.kind = (enum cudaMemcpyKind)9;
	DO(cudaGraphAddMemcpyNode(&node, graph, NULL, 0, &copy));
	memset(&copy, 0, sizeof(copy));
	DO(cudaGraphAddMemcpyNode(&node, graph, NULL, 0, &copy));
	SHOW_GRAPH(graph);
}

CASE(box_bad_arguments)
{
	unsigned int *a = conf_words(4), *b = conf_words(4);
	cudaGraph_t graph = conf_graph();
	struct cudaMemcpy3DParms copy = linear(a, b, 16, cudaMemcpyDeviceToDevice);
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddMemcpyNode(NULL, graph, NULL, 0, &copy));
	DO(cudaGraphAddMemcpyNode(&node, NULL, NULL, 0, &copy));
	DO(cudaGraphAddMemcpyNode(&node, graph, NULL, 1, &copy));
	SHOW(node);
}

CASE(box_null_description)
{
	cudaGraphNode_t node = UNTOUCHED;
	cudaGraph_t graph = conf_graph();

	DO(cudaGraphAddMemcpyNode(&node, graph, NULL, 0, NULL));
}

CASE(array_and_back)
{
	struct cudaChannelFormatDesc word = { 32, 0, 0, 0, cudaChannelFormatKindUnsigned };
	cudaArray_t array = NULL;
	unsigned int *a = counted_words(16), *b = conf_words(16);
	cudaGraph_t graph = conf_graph();
	struct cudaMemcpy3DParms to = {
		.srcPtr = { a, 16, 16, 4 },
		.extent = { 4, 2, 1 },
		.dstPos = { 0, 1, 0 },
		.kind = cudaMemcpyDeviceToDevice,
	};
	struct cudaMemcpy3DParms from = {
		.srcPos = { 1, 1, 0 },
		.dstPtr = { b, 16, 16, 4 },
		.extent = { 3, 2, 1 },
		.kind = cudaMemcpyDeviceToDevice,
	};
	cudaGraphNode_t node = NULL, next = NULL;

	NEED(cudaMallocArray(&array, &word, 4, 4, 0));
	to.dstArray = from.srcArray = array;
	DO(cudaGraphAddMemcpyNode(&node, graph, NULL, 0, &to));
	show_node(node, a, NULL);
	DO(cudaGraphAddMemcpyNode(&next, graph, &node, 1, &from));
	show_node(next, NULL, b);
	conf_play(graph);
	SHOW_DEVICE(b, 64);
}

CASE(array_to_host)
{
	struct cudaChannelFormatDesc pair = { 16, 16, 0, 0, cudaChannelFormatKindSigned };
	cudaArray_t array = NULL, other = NULL;
	static unsigned int h[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, got[8];
	cudaGraph_t graph = conf_graph();
	struct cudaMemcpy3DParms copy = {
		.srcPtr = { h, 16, 4, 2 },
		.extent = { 4, 2, 1 },
		.kind = cudaMemcpyHostToDevice,
	};
	cudaGraphNode_t a = NULL, b = NULL, c = NULL;

	NEED(cudaMallocArray(&array, &pair, 4, 2, 0));
	NEED(cudaMallocArray(&other, &pair, 4, 2, 0));
	copy.dstArray = array;
	DO(cudaGraphAddMemcpyNode(&a, graph, NULL, 0, &copy));
	show_node(a, h, NULL);
	copy = (struct cudaMemcpy3DParms){ .srcArray = array,
					   .dstArray = other,
					   .extent = { 4, 2, 1 },
					   .kind = cudaMemcpyDeviceToDevice };
	DO(cudaGraphAddMemcpyNode(&b, graph, &a, 1, &copy));
	show_node(b, NULL, NULL);
	copy = (struct cudaMemcpy3DParms){ .srcArray = other,
					   .dstPtr = { got, 16, 4, 2 },
					   .extent = { 4, 2, 1 },
					   .kind = cudaMemcpyDefault };
	DO(cudaGraphAddMemcpyNode(&c, graph, &b, 1, &copy));
	show_node(c, NULL, got);
	conf_play(graph);
	SHOW_BYTES(got, 32);
}

CASE(array_of_three_dimensions)
{
	struct cudaChannelFormatDesc byte = { 8, 0, 0, 0, cudaChannelFormatKindUnsigned };
	cudaArray_t array = NULL;
	static unsigned char h[32], got[32];
	cudaGraph_t graph = conf_graph();
	struct cudaMemcpy3DParms copy = {
		.srcPtr = { h, 4, 4, 4 },
		.extent = { 4, 4, 2 },
		.kind = cudaMemcpyHostToDevice,
	};
	cudaGraphNode_t a = NULL, b = NULL;

	for (int i = 0; i < 32; i++)
		h[i] = (unsigned char)i;
	NEED(cudaMalloc3DArray(&array, &byte, (struct cudaExtent){ 4, 4, 2 }, 0));
	copy.dstArray = array;
	DO(cudaGraphAddMemcpyNode(&a, graph, NULL, 0, &copy));
	copy = (struct cudaMemcpy3DParms){ .srcArray = array,
					   .srcPos = { 1, 1, 1 },
					   .dstPtr = { got, 4, 4, 4 },
					   .extent = { 2, 2, 1 },
					   .kind = cudaMemcpyDeviceToHost };
	DO(cudaGraphAddMemcpyNode(&b, graph, &a, 1, &copy));
	show_node(b, NULL, got);
	conf_play(graph);
	SHOW_BYTES(got, 32);
}

CASE(array_bad)
{
	struct cudaChannelFormatDesc word = { 32, 0, 0, 0, cudaChannelFormatKindUnsigned };
	cudaArray_t array = NULL;
	unsigned int *a = conf_words(64);
	cudaGraph_t graph = conf_graph();
	struct cudaMemcpy3DParms copy = {
		.srcPtr = { a, 64, 64, 4 },
		.extent = { 5, 1, 1 },
		.kind = cudaMemcpyDeviceToDevice,
	};
	cudaGraphNode_t node = UNTOUCHED;

	NEED(cudaMallocArray(&array, &word, 4, 4, 0));
	copy.dstArray = array;
	DO(cudaGraphAddMemcpyNode(&node, graph, NULL, 0, &copy));
	copy.extent.width = 4;
	copy.kind = cudaMemcpyDeviceToHost;
	DO(cudaGraphAddMemcpyNode(&node, graph, NULL, 0, &copy));
	copy.kind = cudaMemcpyHostToHost;
	DO(cudaGraphAddMemcpyNode(&node, graph, NULL, 0, &copy));
	copy.kind = cudaMemcpyDeviceToDevice;
	copy.dstPtr = (struct cudaPitchedPtr){ a, 64, 64, 4 };
	DO(cudaGraphAddMemcpyNode(&node, graph, NULL, 0, &copy));
	SHOW(node);
}

CASE_ALONE(to_symbol)
{
	cudaGraph_t graph = conf_graph();
	static unsigned int h[4] = { 1, 2, 3, 4 }, got[16];
	unsigned int *p = counted_words(4);
	void *address = NULL;
	cudaGraphNode_t node = UNTOUCHED, next = UNTOUCHED;

	conf_register();
	NEED(cudaGetSymbolAddress(&address, table));
	DO(cudaGraphAddMemcpyNodeToSymbol(&node, graph, NULL, 0, table, h, 8, 4,
					  cudaMemcpyHostToDevice));
	show_node(node, h, (char *)address + 4);
	DO(cudaGraphAddMemcpyNodeToSymbol(&next, graph, &node, 1, table, p, 16, 48,
					  cudaMemcpyDeviceToDevice));
	show_node(next, p, (char *)address + 48);
	DO(cudaGraphAddMemcpyNodeToSymbol(&next, graph, &next, 1, table, p, 4, 32,
					  cudaMemcpyDefault));
	conf_play(graph);
	NEED(cudaMemcpyFromSymbol(got, table, 64, 0, cudaMemcpyDeviceToHost));
	SHOW_BYTES(got, 64);
}

CASE(from_symbol)
{
	cudaGraph_t graph = conf_graph();
	static unsigned int h[4];
	unsigned int *p = conf_words(4);
	void *address = NULL;
	cudaGraphNode_t node = UNTOUCHED, next = UNTOUCHED;

	conf_register();
	NEED(cudaGetSymbolAddress(&address, konst));
	DO(cudaGraphAddMemcpyNodeFromSymbol(&node, graph, NULL, 0, h, konst, 8, 4,
					    cudaMemcpyDeviceToHost));
	show_node(node, (char *)address + 4, h);
	DO(cudaGraphAddMemcpyNodeFromSymbol(&next, graph, NULL, 0, p, konst, 16, 0,
					    cudaMemcpyDeviceToDevice));
	show_node(next, address, p);
	DO(cudaGraphAddMemcpyNodeFromSymbol(&next, graph, NULL, 0, h + 3, &counter, 4, 0,
					    cudaMemcpyDefault));
	conf_play(graph);
	SHOW_BYTES(h, 16);
	SHOW_DEVICE(p, 16);
}

CASE(to_symbol_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	static unsigned int h[32];
	cudaGraphNode_t node = UNTOUCHED;

	conf_register();
	DO(cudaGraphAddMemcpyNodeToSymbol(&node, graph, NULL, 0, table, h, 8, 60,
					  cudaMemcpyHostToDevice));
	DO(cudaGraphAddMemcpyNodeToSymbol(&node, graph, NULL, 0, table, h, 68, 0,
					  cudaMemcpyHostToDevice));
	DO(cudaGraphAddMemcpyNodeToSymbol(&node, graph, NULL, 0, table, h, 8, (size_t)-4,
					  cudaMemcpyHostToDevice));
	DO(cudaGraphAddMemcpyNodeToSymbol(&node, graph, NULL, 0, table, h, 8, 0,
					  cudaMemcpyDeviceToHost));
	DO(cudaGraphAddMemcpyNodeToSymbol(&node, graph, NULL, 0, table, h, 8, 0,
					  cudaMemcpyHostToHost));
	DO(cudaGraphAddMemcpyNodeToSymbol(&node, graph, NULL, 0, table, h, 8, 0,
					  (enum cudaMemcpyKind)7));
	DO(cudaGraphAddMemcpyNodeToSymbol(&node, graph, NULL, 0, h, h, 8, 0,
					  cudaMemcpyHostToDevice));
	DO(cudaGraphAddMemcpyNodeToSymbol(&node, graph, NULL, 0, h, h, 8, 0,
					  cudaMemcpyDeviceToHost));
	DO(cudaGraphAddMemcpyNodeToSymbol(&node, graph, NULL, 0, table, NULL, 8, 0,
					  cudaMemcpyHostToDevice));
	DO(cudaGraphAddMemcpyNodeToSymbol(&node, graph, NULL, 0, table, h, 0, 0,
					  cudaMemcpyHostToDevice));
	DO(cudaGraphAddMemcpyNodeToSymbol(NULL, graph, NULL, 0, table, h, 8, 0,
					  cudaMemcpyHostToDevice));
	DO(cudaGraphAddMemcpyNodeToSymbol(&node, NULL, NULL, 0, table, h, 8, 0,
					  cudaMemcpyHostToDevice));
	SHOW_GRAPH(graph);
}

CASE(from_symbol_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	static unsigned int h[32];
	cudaGraphNode_t node = UNTOUCHED;

	conf_register();
	DO(cudaGraphAddMemcpyNodeFromSymbol(&node, graph, NULL, 0, h, table, 8, 60,
					    cudaMemcpyDeviceToHost));
	DO(cudaGraphAddMemcpyNodeFromSymbol(&node, graph, NULL, 0, h, table, 8, 0,
					    cudaMemcpyHostToDevice));
	DO(cudaGraphAddMemcpyNodeFromSymbol(&node, graph, NULL, 0, h, table, 8, 0,
					    (enum cudaMemcpyKind)7));
	DO(cudaGraphAddMemcpyNodeFromSymbol(&node, graph, NULL, 0, h, h, 8, 0,
					    cudaMemcpyDeviceToHost));
	DO(cudaGraphAddMemcpyNodeFromSymbol(&node, graph, NULL, 0, NULL, table, 8, 0,
					    cudaMemcpyDeviceToHost));
	DO(cudaGraphAddMemcpyNodeFromSymbol(NULL, graph, NULL, 0, h, table, 8, 0,
					    cudaMemcpyDeviceToHost));
	DO(cudaGraphAddMemcpyNodeFromSymbol(&node, NULL, NULL, 0, h, table, 8, 0,
					    cudaMemcpyDeviceToHost));
	SHOW(node);
	SHOW_GRAPH(graph);
}

CASE(symbol_null)
{
	cudaGraph_t graph = conf_graph();
	static unsigned int h[4];
	cudaGraphNode_t node = UNTOUCHED;

	conf_register();
	DO(cudaGraphAddMemcpyNodeFromSymbol(&node, graph, NULL, 0, h, NULL, 8, 0,
					    cudaMemcpyDeviceToHost));
	DO(cudaGraphAddMemcpyNodeToSymbol(&node, graph, NULL, 0, NULL, h, 8, 0,
					  cudaMemcpyHostToDevice));
	SHOW(node);
}

CASE(set_params)
{
	unsigned int *a = counted_words(8), *b = conf_words(8);
	static unsigned int h[8];
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = copy_node(graph, b, a, 8, cudaMemcpyDeviceToDevice);
	struct cudaMemcpy3DParms copy = linear(b + 4, a + 1, 12, cudaMemcpyDeviceToDevice);

	DO(cudaGraphMemcpyNodeSetParams(node, &copy));
	show_node(node, a + 1, b + 4);
	conf_play(graph);
	SHOW_DEVICE(b, 32);
	DO(cudaGraphMemcpyNodeSetParams1D(node, h, a, 16, cudaMemcpyDeviceToHost));
	show_node(node, a, h);
	conf_play(graph);
	SHOW_BYTES(h, 32);
	DO(cudaGraphMemcpyNodeSetParams1D(node, b, h, 4, cudaMemcpyDefault));
	show_node(node, h, b);
}

CASE(set_params_of_symbols)
{
	unsigned int *a = counted_words(8);
	static unsigned int h[16];
	void *address = NULL;
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = copy_node(graph, a + 4, a, 8, cudaMemcpyDeviceToDevice);

	conf_register();
	NEED(cudaGetSymbolAddress(&address, table));
	DO(cudaGraphMemcpyNodeSetParamsToSymbol(node, table, a, 12, 8, cudaMemcpyDeviceToDevice));
	show_node(node, a, (char *)address + 8);
	conf_play(graph);
	DO(cudaGraphMemcpyNodeSetParamsFromSymbol(node, h, table, 60, 4, cudaMemcpyDeviceToHost));
	show_node(node, (char *)address + 4, h);
	conf_play(graph);
	SHOW_BYTES(h, 64);
	DO(cudaGraphMemcpyNodeSetParamsToSymbol(node, table, a, 12, 56, cudaMemcpyDeviceToDevice));
	DO(cudaGraphMemcpyNodeSetParamsToSymbol(node, table, a, 12, 0, cudaMemcpyDeviceToHost));
	DO(cudaGraphMemcpyNodeSetParamsToSymbol(node, h, a, 12, 0, cudaMemcpyDeviceToDevice));
	DO(cudaGraphMemcpyNodeSetParamsFromSymbol(node, h, table, 65, 0, cudaMemcpyDeviceToHost));
	DO(cudaGraphMemcpyNodeSetParamsFromSymbol(node, h, table, 4, 0, cudaMemcpyHostToDevice));
	DO(cudaGraphMemcpyNodeSetParamsFromSymbol(node, h, h, 4, 0, cudaMemcpyDeviceToHost));
	DO(cudaGraphMemcpyNodeSetParamsFromSymbol(NULL, h, table, 4, 0, cudaMemcpyDeviceToHost));
	DO(cudaGraphMemcpyNodeSetParamsToSymbol(NULL, table, h, 4, 0, cudaMemcpyHostToDevice));
	show_node(node, (char *)address + 4, h);
}

CASE(set_params_bad)
{
	unsigned int *a = counted_words(8), *b = conf_words(8);
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = copy_node(graph, b, a, 8, cudaMemcpyDeviceToDevice);
	cudaGraphNode_t other = conf_empty_node(graph, NULL);
	struct cudaMemcpy3DParms copy = linear(b, a, 12, cudaMemcpyDeviceToDevice);

	DO(cudaGraphMemcpyNodeSetParams(other, &copy));
	DO(cudaGraphMemcpyNodeSetParams(NULL, &copy));
	DO(cudaGraphMemcpyNodeSetParams1D(other, b, a, 8, cudaMemcpyDeviceToDevice));
	DO(cudaGraphMemcpyNodeSetParams1D(NULL, b, a, 8, cudaMemcpyDeviceToDevice));
	DO(cudaGraphMemcpyNodeSetParams1D(node, b, a, 8, (enum cudaMemcpyKind)6));
	DO(cudaGraphMemcpyNodeSetParams1D(node, NULL, a, 8, cudaMemcpyDeviceToDevice));
	DO(cudaGraphMemcpyNodeSetParams1D(node, b, NULL, 8, cudaMemcpyDeviceToDevice));
	copy.extent.height = 0;
	DO(cudaGraphMemcpyNodeSetParams(node, &copy));
	show_node(node, a, b);
	DO(cudaGraphMemcpyNodeSetParams1D(node, b, a, 0, cudaMemcpyDeviceToDevice));
	show_node(node, a, b);
}

CASE(set_params_null)
{
	unsigned int *a = conf_words(8);
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = copy_node(graph, a, a + 4, 8, cudaMemcpyDeviceToDevice);

	DO(cudaGraphMemcpyNodeSetParams(node, NULL));
}

CASE(get_params_bad)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t other = conf_empty_node(graph, NULL);
	struct cudaMemcpy3DParms got;

	UNTOUCH(got);
	DO(cudaGraphMemcpyNodeGetParams(other, &got));
	SHOW(got.srcPtr.ptr);
	DO(cudaGraphMemcpyNodeGetParams(NULL, &got));
	SHOW(got.srcPtr.ptr);
}

CASE(get_params_null)
{
	unsigned int *a = conf_words(8);
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = copy_node(graph, a, a + 4, 8, cudaMemcpyDeviceToDevice);

	DO(cudaGraphMemcpyNodeGetParams(node, NULL));
}

CASE(read_back_can_be_set)
{
	unsigned int *a = counted_words(16), *b = conf_words(16);
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = copy_node(graph, b, a, 12, cudaMemcpyDeviceToDevice), again;
	struct cudaMemcpy3DParms got;

	if (NEED(cudaGraphMemcpyNodeGetParams(node, &got)) != cudaSuccess)
		return;
	DO(cudaGraphMemcpyNodeSetParams(node, &got));
	got.dstPtr.ptr = b + 8;
	DO(cudaGraphAddMemcpyNode(&again, graph, &node, 1, &got));
	conf_play(graph);
	SHOW_DEVICE(b, 64);
}

/* Captures one copy and shows it. */
#define CAPTURED(src, dst, call)                                                   \
	do {                                                                       \
		cudaGraph_t captured = NULL;                                       \
		cudaGraphNode_t nodes[4] = { NULL };                               \
		size_t count = 4;                                                  \
		NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal)); \
		DO(call);                                                          \
		if (NEED(cudaStreamEndCapture(stream, &captured)) != cudaSuccess)  \
			break;                                                     \
		SHOW_GRAPH(captured);                                              \
		NEED(cudaGraphGetNodes(captured, nodes, &count));                  \
		if (count == 1)                                                    \
			show_node(nodes[0], src, dst);                             \
	} while (0)

CASE(captured)
{
	unsigned int *a = counted_words(16), *b = conf_words(16), *h = NULL;
	cudaStream_t stream;

	NEED(cudaMallocHost((void **)&h, 64));
	NEED(cudaStreamCreate(&stream));
	CAPTURED(h, a, cudaMemcpyAsync(a, h, 64, cudaMemcpyHostToDevice, stream));
	CAPTURED(a, h, cudaMemcpyAsync(h, a, 64, cudaMemcpyDeviceToHost, stream));
	CAPTURED(a, b, cudaMemcpyAsync(b, a, 64, cudaMemcpyDeviceToDevice, stream));
	CAPTURED(a, b, cudaMemcpyAsync(b, a, 64, cudaMemcpyDefault, stream));
	CAPTURED(a, b, cudaMemcpyAsync(b, a, 0, cudaMemcpyDefault, stream));
}

CASE(captured_rows_and_boxes)
{
	unsigned int *a = counted_words(16), *b = conf_words(16);
	struct cudaMemcpy3DParms box = {
		.srcPtr = { a, 16, 8, 2 },
		.dstPtr = { b, 16, 8, 2 },
		.extent = { 8, 2, 2 },
		.kind = cudaMemcpyDeviceToDevice,
	};
	cudaStream_t stream;

	NEED(cudaStreamCreate(&stream));
	CAPTURED(a, b, cudaMemcpy2DAsync(b, 16, a, 16, 8, 3, cudaMemcpyDeviceToDevice, stream));
	CAPTURED(a, b, cudaMemcpy2DAsync(b, 16, a, 16, 8, 3, cudaMemcpyDefault, stream));
	CAPTURED(a, b, cudaMemcpy3DAsync(&box, stream));
}

CASE(captured_symbols)
{
	unsigned int *a = counted_words(16);
	void *address = NULL;
	cudaStream_t stream;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	NEED(cudaGetSymbolAddress(&address, table));
	CAPTURED(a, (char *)address + 4,
		 cudaMemcpyToSymbolAsync(table, a, 8, 4, cudaMemcpyDeviceToDevice, stream));
	CAPTURED((char *)address + 4, a,
		 cudaMemcpyFromSymbolAsync(a, table, 8, 4, cudaMemcpyDeviceToDevice, stream));
}

CASE(captured_array_copies)
{
	struct cudaChannelFormatDesc word = { 32, 0, 0, 0, cudaChannelFormatKindUnsigned };
	cudaArray_t array = NULL;
	unsigned int *a = counted_words(16);
	cudaStream_t stream;

	NEED(cudaMallocArray(&array, &word, 4, 4, 0));
	NEED(cudaStreamCreate(&stream));
	CAPTURED(a, NULL,
		 cudaMemcpy2DToArrayAsync(array, 4, 1, a, 16, 8, 2, cudaMemcpyDeviceToDevice,
					  stream));
	CAPTURED(NULL, a,
		 cudaMemcpy2DFromArrayAsync(a, 16, array, 4, 1, 8, 2, cudaMemcpyDeviceToDevice,
					    stream));
}
