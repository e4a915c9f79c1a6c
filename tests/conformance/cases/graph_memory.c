/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation and free nodes. */
#include "graphs.h"

#define MIB (1 << 20)

static struct cudaMemAllocNodeParams describe(size_t size)
{
	return (struct cudaMemAllocNodeParams){
		.poolProps = {
			.allocType = cudaMemAllocationTypePinned,
			.location = { cudaMemLocationTypeDevice, 0 },
		},
		.bytesize = size,
	};
}

static cudaGraphNode_t alloc_node(cudaGraph_t graph, size_t size, void **p)
{
	struct cudaMemAllocNodeParams params = describe(size);
	cudaGraphNode_t node = NULL;

	NEED(cudaGraphAddMemAllocNode(&node, graph, NULL, 0, &params));
	*p = params.dptr;
	return node;
}

CASE(alloc_use_and_free)
{
	cudaGraph_t graph = conf_graph();
	struct cudaMemAllocNodeParams params = describe(64);
	struct cudaMemsetParams set = MEMSET_NODE(NULL, 0x61, 1, 16);
	unsigned int *out = conf_words(4);
	cudaGraphNode_t node = UNTOUCHED, next = UNTOUCHED, last = UNTOUCHED;
	enum cudaGraphNodeType type;

	params.dptr = UNTOUCHED;
	DO(cudaGraphAddMemAllocNode(&node, graph, NULL, 0, &params));
	SHOW(node);
	SHOW(params.dptr);
	DO(cudaGraphNodeGetType(node, &type));
	SHOW(type);
	set.dst = params.dptr;
	DO(cudaGraphAddMemsetNode(&next, graph, &node, 1, &set));
	DO(cudaGraphAddMemcpyNode1D(&last, graph, &next, 1, out, params.dptr, 16,
				    cudaMemcpyDeviceToDevice));
	DO(cudaGraphAddMemFreeNode(&node, graph, &last, 1, params.dptr));
	DO(cudaGraphNodeGetType(node, &type));
	SHOW(type);
	SHOW_GRAPH(graph);
	conf_play(graph);
	SHOW_DEVICE(out, 16);
}

CASE(alloc_read_back)
{
	cudaGraph_t graph = conf_graph();
	struct cudaMemAllocNodeParams params = describe(1000), got;
	cudaGraphNode_t node = NULL;

	DO(cudaGraphAddMemAllocNode(&node, graph, NULL, 0, &params));
	UNTOUCH(got);
	DO(cudaGraphMemAllocNodeGetParams(node, &got));
	SHOW(got.bytesize);
	SHOW_IF(got.dptr == params.dptr);
	SHOW(got.poolProps.allocType);
	SHOW(got.poolProps.handleTypes);
	SHOW(got.poolProps.location.type);
	SHOW(got.poolProps.location.id);
	SHOW(got.poolProps.maxSize);
	SHOW(got.accessDescCount);
	SHOW(got.accessDescs);
}

CASE(alloc_with_access)
{
	cudaGraph_t graph = conf_graph();
	struct cudaMemAllocNodeParams params = describe(1000), got;
	struct cudaMemAccessDesc access = { { cudaMemLocationTypeDevice, 0 },
					    cudaMemAccessFlagsProtReadWrite };
	cudaGraphNode_t node = NULL;

	params.accessDescs = &access;
	params.accessDescCount = 1;
	DO(cudaGraphAddMemAllocNode(&node, graph, NULL, 0, &params));
	UNTOUCH(got);
	if (node == NULL)
		return;
	DO(cudaGraphMemAllocNodeGetParams(node, &got));
	SHOW(got.accessDescCount);
}

CASE(alloc_bad_descriptions)
{
	cudaGraph_t graph = conf_graph();
	struct cudaMemAllocNodeParams params = describe(0);
	cudaGraphNode_t node = UNTOUCHED;

	params.dptr = UNTOUCHED;
	DO(cudaGraphAddMemAllocNode(&node, graph, NULL, 0, &params));
	SHOW(params.dptr);
	params = describe((size_t)1 << 60);
	DO(cudaGraphAddMemAllocNode(&node, graph, NULL, 0, &params));
	params = describe(64);
	params.poolProps.allocType = cudaMemAllocationTypeInvalid;
	DO(cudaGraphAddMemAllocNode(&node, graph, NULL, 0, &params));
	params = describe(64);
	params.poolProps.location.id = 99;
	DO(cudaGraphAddMemAllocNode(&node, graph, NULL, 0, &params));
	params = describe(64);
	params.poolProps.location.id = -1;
	DO(cudaGraphAddMemAllocNode(&node, graph, NULL, 0, &params));
	params = describe(64);
	params.poolProps.location.type = cudaMemLocationTypeInvalid;
	DO(cudaGraphAddMemAllocNode(&node, graph, NULL, 0, &params));
	params = describe(64);
	params.poolProps.handleTypes = cudaMemHandleTypePosixFileDescriptor;
	DO(cudaGraphAddMemAllocNode(&node, graph, NULL, 0, &params));
	SHOW(params.dptr);
	SHOW_GRAPH(graph);
}

CASE(alloc_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	struct cudaMemAllocNodeParams params = describe(64);
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddMemAllocNode(NULL, graph, NULL, 0, &params));
	DO(cudaGraphAddMemAllocNode(&node, NULL, NULL, 0, &params));
	DO(cudaGraphAddMemAllocNode(&node, graph, NULL, 1, &params));
	SHOW(node);
	SHOW(params.dptr);
}

CASE(alloc_null_description)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddMemAllocNode(&node, graph, NULL, 0, NULL));
}

CASE(alloc_access_missing)
{
	cudaGraph_t graph = conf_graph();
	struct cudaMemAllocNodeParams params = describe(64);
	cudaGraphNode_t node = UNTOUCHED;

	params.accessDescCount = 1;
	DO(cudaGraphAddMemAllocNode(&node, graph, NULL, 0, &params));
}

CASE(free_read_back)
{
	cudaGraph_t graph = conf_graph();
	void *p, *got = UNTOUCHED;
	cudaGraphNode_t alloc = alloc_node(graph, 64, &p), node = NULL;

	DO(cudaGraphAddMemFreeNode(&node, graph, &alloc, 1, p));
	DO(cudaGraphMemFreeNodeGetParams(node, &got));
	SHOW_IF(got == p);
}

CASE(free_twice)
{
	cudaGraph_t graph = conf_graph();
	void *p;
	cudaGraphNode_t alloc = alloc_node(graph, 64, &p), node = NULL, again = UNTOUCHED;

	DO(cudaGraphAddMemFreeNode(&node, graph, &alloc, 1, p));
	DO(cudaGraphAddMemFreeNode(&again, graph, &node, 1, p));
	DO(cudaGraphAddMemFreeNode(&again, graph, &alloc, 1, p));
	SHOW(again);
	SHOW_GRAPH(graph);
}

CASE(free_not_after_the_allocation)
{
	cudaGraph_t graph = conf_graph();
	void *p;
	cudaGraphNode_t node = UNTOUCHED;

	alloc_node(graph, 64, &p);
	DO(cudaGraphAddMemFreeNode(&node, graph, NULL, 0, p));
	SHOW(node);
}

CASE(free_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	void *p, *device = conf_words(4);
	cudaGraphNode_t alloc = alloc_node(graph, 64, &p), node = UNTOUCHED;
	int local;

	DO(cudaGraphAddMemFreeNode(NULL, graph, &alloc, 1, p));
	DO(cudaGraphAddMemFreeNode(&node, NULL, &alloc, 1, p));
	DO(cudaGraphAddMemFreeNode(&node, graph, NULL, 1, p));
	DO(cudaGraphAddMemFreeNode(&node, graph, &alloc, 1, NULL));
	DO(cudaGraphAddMemFreeNode(&node, graph, &alloc, 1, device));
	DO(cudaGraphAddMemFreeNode(&node, graph, &alloc, 1, &local));
	DO(cudaGraphAddMemFreeNode(&node, graph, &alloc, 1, (char *)p + 1));
	SHOW(node);
}

CASE(get_params_of_other_nodes)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t other = conf_empty_node(graph, NULL);
	struct cudaMemAllocNodeParams got;
	void *p = UNTOUCHED;

	UNTOUCH(got);
	DO(cudaGraphMemAllocNodeGetParams(other, &got));
	DO(cudaGraphMemAllocNodeGetParams(NULL, &got));
	SHOW(got.dptr);
	DO(cudaGraphMemFreeNodeGetParams(other, &p));
	DO(cudaGraphMemFreeNodeGetParams(NULL, &p));
	SHOW(p);
}

CASE(alloc_get_null)
{
	cudaGraph_t graph = conf_graph();
	void *p;
	cudaGraphNode_t node = alloc_node(graph, 64, &p);

	DO(cudaGraphMemAllocNodeGetParams(node, NULL));
}

CASE(free_get_null)
{
	cudaGraph_t graph = conf_graph();
	void *p;
	cudaGraphNode_t alloc = alloc_node(graph, 64, &p), node = NULL;

	NEED(cudaGraphAddMemFreeNode(&node, graph, &alloc, 1, p));
	DO(cudaGraphMemFreeNodeGetParams(node, NULL));
}

CASE(address_before_and_after_launch)
{
	cudaGraph_t graph = conf_graph();
	void *p;
	struct cudaPointerAttributes attributes;
	cudaGraphExec_t exec;

	alloc_node(graph, 64, &p);
	exec = conf_instantiate(graph);
	UNTOUCH(attributes);
	DO(cudaPointerGetAttributes(&attributes, p));
	SHOW(attributes.type);
	DO(cudaGraphLaunch(exec, NULL));
	DO(cudaStreamSynchronize(NULL));
	DO(cudaPointerGetAttributes(&attributes, p));
	SHOW(attributes.type);
	SHOW(attributes.device);
	DO(cudaMemset(p, 0x71, 64));
	SHOW_DEVICE(p, 64);
	DO(cudaFree(p));
	DO(cudaGraphExecDestroy(exec));
}

CASE(relaunch_needs_a_free)
{
	cudaGraph_t graph = conf_graph();
	void *p;
	cudaGraphExec_t exec;

	alloc_node(graph, 64, &p);
	exec = conf_instantiate(graph);
	DO(cudaGraphLaunch(exec, NULL));
	DO(cudaGraphLaunch(exec, NULL));
	DO(cudaFreeAsync(p, NULL));
	DO(cudaGraphLaunch(exec, NULL));
	DO(cudaStreamSynchronize(NULL));
	DO(cudaFree(p));
	DO(cudaFree(p));
}

CASE(auto_free_on_launch)
{
	cudaGraph_t graph = conf_graph();
	void *p;
	cudaGraphExec_t exec = NULL;

	alloc_node(graph, 64, &p);
	DO(cudaGraphInstantiate(&exec, graph, cudaGraphInstantiateFlagAutoFreeOnLaunch));
	DO(cudaGraphLaunch(exec, NULL));
	DO(cudaGraphLaunch(exec, NULL));
	DO(cudaStreamSynchronize(NULL));
	DO(cudaMemset(p, 1, 64));
	DO(cudaGraphExecDestroy(exec));
	DO(cudaFree(p));
}

CASE(graph_frees_what_another_allocates)
{
	cudaGraph_t graph = conf_graph(), freeing = conf_graph();
	void *p;
	cudaGraphNode_t node = UNTOUCHED;
	cudaGraphExec_t exec, freeing_exec;

	alloc_node(graph, 64, &p);
	exec = conf_instantiate(graph);
	DO(cudaGraphAddMemFreeNode(&node, freeing, NULL, 0, p));
	SHOW(node);
	freeing_exec = conf_instantiate(freeing);
	for (int i = 0; i < 2; i++) {
		DO(cudaGraphLaunch(exec, NULL));
		DO(cudaGraphLaunch(freeing_exec, NULL));
	}
	DO(cudaStreamSynchronize(NULL));
}

CASE(instantiate_twice)
{
	cudaGraph_t graph = conf_graph();
	void *p;
	cudaGraphExec_t first = UNTOUCHED, second = UNTOUCHED;

	alloc_node(graph, 64, &p);
	DO(cudaGraphInstantiate(&first, graph, 0));
	DO(cudaGraphInstantiate(&second, graph, 0));
	SHOW(second);
	DO(cudaGraphExecDestroy(first));
	DO(cudaGraphInstantiate(&second, graph, 0));
}

CASE(what_allocation_forbids)
{
	cudaGraph_t graph = conf_graph(), clone = UNTOUCHED, parent = conf_graph();
	void *p;
	cudaGraphNode_t alloc = alloc_node(graph, 64, &p), node = UNTOUCHED;
	cudaGraphNode_t next = conf_empty_node(graph, alloc);

	DO(cudaGraphClone(&clone, graph));
	SHOW(clone);
	DO(cudaGraphAddChildGraphNode(&node, parent, NULL, 0, graph));
	SHOW(node);
	DO(cudaGraphDestroyNode(alloc));
	DO(cudaGraphDestroyNode(next));
	DO(cudaGraphRemoveDependencies(graph, &alloc, &next, NULL, 1));
	SHOW_GRAPH(graph);
}

CASE(update_with_allocation)
{
	cudaGraph_t graph = conf_graph();
	void *p;
	cudaGraphExecUpdateResultInfo info;
	cudaGraphExec_t exec;

	alloc_node(graph, 64, &p);
	exec = conf_instantiate(graph);
	UNTOUCH(info);
	DO(cudaGraphExecUpdate(exec, graph, &info));
	SHOW(info.result);
}

CASE(captured_allocation)
{
	cudaGraph_t graph = NULL;
	void *p = NULL, *q = UNTOUCHED;
	struct cudaMemAllocNodeParams got;
	cudaGraphNode_t nodes[4] = { NULL };
	size_t count = 4;
	cudaStream_t stream;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaMallocAsync(&p, 256, stream));
	SHOW(p);
	DO(cudaMemsetAsync(p, 1, 256, stream));
	DO(cudaFreeAsync(p, stream));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW_GRAPH(graph);
	NEED(cudaGraphGetNodes(graph, nodes, &count));
	if (count != 3)
		return;
	DO(cudaGraphMemAllocNodeGetParams(nodes[0], &got));
	SHOW(got.bytesize);
	SHOW_IF(got.dptr == p);
	DO(cudaGraphMemFreeNodeGetParams(nodes[2], &q));
	SHOW_IF(q == p);
	conf_play(graph);
}

static void show_attributes(void)
{
	for (int id = 0; id < 4; id++) {
		uint64_t value = (uint64_t)UNTOUCHED_64;

		DO(cudaDeviceGetGraphMemAttribute(0, (enum cudaGraphMemAttributeType)id, &value));
		conf_print("  attribute %d: %lld bytes", id, (long long)value);
	}
}

CASE_ALONE(attributes_of_nothing)
{
	show_attributes();
	DO(cudaDeviceGraphMemTrim(0));
	show_attributes();
}

CASE(attributes_follow_memory)
{
	cudaGraph_t graph = conf_graph();
	void *p;
	cudaGraphExec_t exec;

	alloc_node(graph, 4 * MIB, &p);
	show_attributes();
	exec = conf_instantiate(graph);
	DO(cudaGraphLaunch(exec, NULL));
	DO(cudaStreamSynchronize(NULL));
	show_attributes();
	DO(cudaFree(p));
	show_attributes();
	DO(cudaGraphExecDestroy(exec));
	DO(cudaGraphDestroy(graph));
	DO(cudaDeviceGraphMemTrim(0));
	show_attributes();
}

CASE(attributes_reset)
{
	cudaGraph_t graph = conf_graph();
	void *p;
	uint64_t zero = 0, one = 1;
	cudaGraphExec_t exec;

	alloc_node(graph, 4 * MIB, &p);
	exec = conf_instantiate(graph);
	conf_play_exec(exec);
	NEED(cudaFree(p));
	NEED(cudaGraphExecDestroy(exec));
	NEED(cudaGraphDestroy(graph));
	NEED(cudaDeviceGraphMemTrim(0));
	DO(cudaDeviceSetGraphMemAttribute(0, cudaGraphMemAttrUsedMemHigh, &zero));
	DO(cudaDeviceSetGraphMemAttribute(0, cudaGraphMemAttrReservedMemHigh, &zero));
	show_attributes();
	DO(cudaDeviceSetGraphMemAttribute(0, cudaGraphMemAttrUsedMemHigh, &one));
	DO(cudaDeviceSetGraphMemAttribute(0, cudaGraphMemAttrUsedMemCurrent, &zero));
	DO(cudaDeviceSetGraphMemAttribute(0, cudaGraphMemAttrReservedMemCurrent, &zero));
	DO(cudaDeviceSetGraphMemAttribute(0, (enum cudaGraphMemAttributeType)4, &zero));
}

CASE(attributes_bad_arguments)
{
	uint64_t value = (uint64_t)UNTOUCHED_64, zero = 0;

	DO(cudaDeviceGetGraphMemAttribute(99, cudaGraphMemAttrUsedMemHigh, &value));
	DO(cudaDeviceGetGraphMemAttribute(-1, cudaGraphMemAttrUsedMemHigh, &value));
	DO(cudaDeviceGetGraphMemAttribute(0, (enum cudaGraphMemAttributeType)4, &value));
	DO(cudaDeviceGetGraphMemAttribute(0, (enum cudaGraphMemAttributeType) - 1, &value));
	DO(cudaDeviceGetGraphMemAttribute(99, (enum cudaGraphMemAttributeType)4, &value));
	SHOW(value);
	DO(cudaDeviceSetGraphMemAttribute(99, cudaGraphMemAttrUsedMemHigh, &zero));
	DO(cudaDeviceSetGraphMemAttribute(-1, cudaGraphMemAttrUsedMemHigh, &zero));
	DO(cudaDeviceGraphMemTrim(99));
	DO(cudaDeviceGraphMemTrim(-1));
}

CASE(attribute_get_null)
{
	DO(cudaDeviceGetGraphMemAttribute(0, cudaGraphMemAttrUsedMemHigh, NULL));
}

CASE(attribute_set_null)
{
	DO(cudaDeviceSetGraphMemAttribute(0, cudaGraphMemAttrUsedMemHigh, NULL));
}

CASE_ALONE(attribute_calls_make_no_context)
{
	uint64_t value = 5;
	unsigned int flags;
	int device = -1;

	DO(cudaDeviceGetGraphMemAttribute(0, cudaGraphMemAttrReservedMemCurrent, &value));
	SHOW(value);
	DO(cudaGetDevice(&device));
	SHOW(device);
	DO(cudaGetDeviceFlags(&flags));
	SHOW(flags);
}
