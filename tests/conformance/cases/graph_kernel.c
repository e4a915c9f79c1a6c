/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel nodes. */
#include "graphs.h"

static struct cudaKernelNodeParams fill_node(unsigned int **p, unsigned int *n, unsigned int *value)
{
	static void *args[3];

	conf_register();
	args[0] = p;
	args[1] = n;
	args[2] = value;
	return KERNEL_NODE(kernel_fill, DIM(1), DIM(4), args);
}

static cudaGraphNode_t empty_kernel(cudaGraph_t graph)
{
	struct cudaKernelNodeParams kernel = KERNEL_NODE(kernel_empty, DIM(1), DIM(1), NULL);
	cudaGraphNode_t node = NULL;

	conf_register();
	NEED(cudaGraphAddKernelNode(&node, graph, NULL, 0, &kernel));
	return node;
}

CASE(add_read_back_and_launch)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(8), n = 8, value = 5;
	struct cudaKernelNodeParams params = fill_node(&p, &n, &value), got;
	cudaGraphNode_t node = UNTOUCHED;
	enum cudaGraphNodeType type;

	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	SHOW(node);
	value = 6; /* the node has a copy */
	DO(cudaGraphNodeGetType(node, &type));
	SHOW(type);
	UNTOUCH(got);
	DO(cudaGraphKernelNodeGetParams(node, &got));
	SHOW_IF(got.func == (void *)kernel_fill);
	SHOW_DIM(got.gridDim);
	SHOW_DIM(got.blockDim);
	SHOW(got.sharedMemBytes);
	SHOW(got.extra);
	SHOW_IF(got.kernelParams != NULL && got.kernelParams != params.kernelParams);
	SHOW(*(unsigned int *)got.kernelParams[1]);
	SHOW(*(unsigned int *)got.kernelParams[2]);
	conf_play(graph);
	SHOW_DEVICE(p, 32);
}

CASE(sizes_read_back)
{
	cudaGraph_t graph = conf_graph();
	struct cudaKernelNodeParams params =
		KERNEL_NODE(kernel_empty, DIM(2, 3, 4), DIM(8, 4, 2), NULL);
	struct cudaKernelNodeParams got;
	cudaGraphNode_t node = NULL;

	conf_register();
	params.sharedMemBytes = 1024;
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	UNTOUCH(got);
	DO(cudaGraphKernelNodeGetParams(node, &got));
	SHOW_IF(got.func == (void *)kernel_empty);
	SHOW_DIM(got.gridDim);
	SHOW_DIM(got.blockDim);
	SHOW(got.sharedMemBytes);
	SHOW(got.extra);
	conf_play(graph);
}

CASE(read_back_can_be_added_again)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(4), n = 4, value = 9;
	struct cudaKernelNodeParams params = fill_node(&p, &n, &value), got;
	cudaGraphNode_t node = NULL, again = NULL;

	NEED(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	if (NEED(cudaGraphKernelNodeGetParams(node, &got)) != cudaSuccess)
		return;
	DO(cudaGraphAddKernelNode(&again, graph, &node, 1, &got));
	DO(cudaGraphKernelNodeSetParams(node, &got));
	/* What was read before may be gone: it was the node's own memory. */
	NEED(cudaGraphKernelNodeGetParams(node, &got));
	got.blockDim = DIM(2);
	DO(cudaGraphKernelNodeSetParams(node, &got));
	DO(cudaGraphKernelNodeGetParams(node, &got));
	SHOW_DIM(got.blockDim);
	conf_play(graph);
	SHOW_DEVICE(p, 16);
}

CASE(parameters_in_a_buffer)
{
	cudaGraph_t graph = conf_graph();
	struct {
		void *p;
		unsigned int n, value;
	} buffer = { conf_words(4), 4, 0x01010101 };
	size_t size = sizeof(buffer);
	/* The ends of the list and its keys: pointer, size, end. */
	void *extra[] = { (void *)1, &buffer, (void *)2, &size, NULL };
	struct cudaKernelNodeParams params = KERNEL_NODE(kernel_fill, DIM(1), DIM(1), NULL), got;
	cudaGraphNode_t node = NULL;

	conf_register();
	params.extra = extra;
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	if (node == NULL)
		return;
	buffer.value = 7;
	conf_play(graph);
	SHOW_DEVICE(buffer.p, 16);
	DO(cudaGraphKernelNodeGetParams(node, &got));
	SHOW(got.kernelParams);
	SHOW(got.extra);
}

CASE(parameters_given_twice)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(4), n = 4, value = 9;
	size_t size = 16;
	char buffer[16] = { 0 };
	void *extra[] = { (void *)1, buffer, (void *)2, &size, NULL };
	struct cudaKernelNodeParams params = fill_node(&p, &n, &value);
	cudaGraphNode_t node = UNTOUCHED;

	params.extra = extra;
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	SHOW(node);
}

CASE(parameters_missing)
{
	cudaGraph_t graph = conf_graph();
	struct cudaKernelNodeParams params = KERNEL_NODE(kernel_fill, DIM(1), DIM(1), NULL);
	cudaGraphNode_t node = UNTOUCHED;

	conf_register();
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	SHOW(node);
}

CASE(add_bad_sizes)
{
	cudaGraph_t graph = conf_graph();
	struct cudaKernelNodeParams params = KERNEL_NODE(kernel_empty, DIM(1), DIM(1), NULL);
	cudaGraphNode_t node = UNTOUCHED;

	conf_register();
	params.gridDim = DIM(0);
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	params.gridDim = DIM(1, 0);
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	params.gridDim = DIM(1, 65536);
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	params.gridDim = DIM(1);
	params.blockDim = DIM(0);
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	params.blockDim = DIM(1025);
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	params.blockDim = DIM(1, 1, 65);
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	params.blockDim = DIM(1);
	params.sharedMemBytes = 1 << 20;
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	SHOW(node);
	SHOW_GRAPH(graph);
}

CASE(add_beyond_launch_bounds)
{
	cudaGraph_t graph = conf_graph();
	struct cudaKernelNodeParams params = KERNEL_NODE(kernel_bounded, DIM(1), DIM(65), NULL);
	cudaGraphNode_t node = UNTOUCHED;

	conf_register();
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	params.blockDim = DIM(64);
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
}

CASE(add_with_much_shared_memory)
{
	cudaGraph_t graph = conf_graph();
	struct cudaKernelNodeParams params = KERNEL_NODE(kernel_empty, DIM(1), DIM(1), NULL);
	cudaGraphNode_t node = UNTOUCHED;

	conf_register();
	params.sharedMemBytes = 49152;
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	params.sharedMemBytes = 49153;
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	NEED(cudaFuncSetAttribute((void *)kernel_empty, cudaFuncAttributeMaxDynamicSharedMemorySize,
				  65536));
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	SHOW_GRAPH(graph);
}

CASE(add_clustered)
{
	cudaGraph_t graph = conf_graph();
	struct cudaKernelNodeParams params = KERNEL_NODE(kernel_clustered, DIM(4), DIM(1), NULL);
	cudaGraphNode_t node = UNTOUCHED;

	conf_register();
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	params.gridDim = DIM(3);
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	SHOW_GRAPH(graph);
}

CASE(add_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	struct cudaKernelNodeParams params = KERNEL_NODE(kernel_empty, DIM(1), DIM(1), NULL);
	cudaGraphNode_t node = UNTOUCHED, null = NULL;

	conf_register();
	DO(cudaGraphAddKernelNode(NULL, graph, NULL, 0, &params));
	DO(cudaGraphAddKernelNode(&node, NULL, NULL, 0, &params));
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 1, &params));
	DO(cudaGraphAddKernelNode(&node, graph, &null, 1, &params));
	SHOW(node);
}

CASE(add_null_description)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = UNTOUCHED;

	conf_register();
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, NULL));
}

static int no_kernel;

CASE(add_no_kernel)
{
	cudaGraph_t graph = conf_graph();
	struct cudaKernelNodeParams params = KERNEL_NODE(&no_kernel, DIM(1), DIM(1), NULL);
	cudaGraphNode_t node = UNTOUCHED;

	conf_register();
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	SHOW(node);
}

CASE(add_null_function)
{
	cudaGraph_t graph = conf_graph();
	struct cudaKernelNodeParams params = KERNEL_NODE(NULL, DIM(1), DIM(1), NULL);
	cudaGraphNode_t node = UNTOUCHED;

	conf_register();
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	SHOW(node);
}

CASE(null_function_and_bad_graph)
{
	struct cudaKernelNodeParams params = KERNEL_NODE(NULL, DIM(1), DIM(1), NULL);
	cudaGraphNode_t node = UNTOUCHED;

	conf_register();
	DO(cudaGraphAddKernelNode(&node, NULL, NULL, 0, &params));
	params.func = (void *)kernel_empty;
	params.blockDim = DIM(0);
	DO(cudaGraphAddKernelNode(&node, NULL, NULL, 0, &params));
	DO(cudaGraphAddKernelNode(NULL, NULL, NULL, 0, &params));
}

CASE_ALONE(add_without_registration)
{
	cudaGraph_t graph = conf_graph();
	struct cudaKernelNodeParams params = KERNEL_NODE(kernel_empty, DIM(1), DIM(1), NULL);
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	conf_register();
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
}

CASE(kernel_handle_as_function)
{
	cudaGraph_t graph = conf_graph();
	struct cudaKernelNodeParams params = KERNEL_NODE(NULL, DIM(1), DIM(1), NULL), got;
	cudaKernel_t kernel = NULL;
	cudaGraphNode_t node = NULL;

	conf_register();
	NEED(cudaGetKernel(&kernel, (void *)kernel_empty));
	params.func = kernel;
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	if (node == NULL)
		return;
	UNTOUCH(got);
	DO(cudaGraphKernelNodeGetParams(node, &got));
	SHOW_IF(got.func == (void *)kernel_empty);
	conf_play(graph);
}

CASE(driver_function_as_function)
{
	cudaGraph_t graph = conf_graph();
	struct cudaKernelNodeParams params = KERNEL_NODE(NULL, DIM(1), DIM(1), NULL), got;
	cudaFunction_t function = NULL;
	cudaGraphNode_t node = NULL;

	conf_register();
	NEED(cudaGetFuncBySymbol(&function, (void *)kernel_empty));
	params.func = function;
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	if (node == NULL)
		return;
	UNTOUCH(got);
	DO(cudaGraphKernelNodeGetParams(node, &got));
	SHOW_IF(got.func == (void *)kernel_empty);
	SHOW_IF(got.func == (void *)function);
	conf_play(graph);
}

CASE(kernel_of_a_library)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(4), n = 4, value = 0x02020202;
	struct cudaKernelNodeParams params =
		KERNEL_NODE(NULL, DIM(1), DIM(4), ARGS(&p, &n, &value));
	struct cudaKernelNodeParams got;
	cudaLibrary_t library = NULL;
	cudaKernel_t kernel = NULL;
	cudaGraphNode_t node = NULL;

	NEED(cudaLibraryLoadData(&library, conf_ptx, NULL, NULL, 0, NULL, NULL, 0));
	NEED(cudaLibraryGetKernel(&kernel, library, "fill"));
	params.func = kernel;
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	if (node == NULL)
		return;
	UNTOUCH(got);
	DO(cudaGraphKernelNodeGetParams(node, &got));
	SHOW_IF(got.func == (void *)kernel);
	SHOW_IF(got.func == UNTOUCHED);
	conf_play(graph);
	SHOW_DEVICE(p, 16);
	params.blockDim = DIM(1);
	DO(cudaGraphKernelNodeSetParams(node, &params));
}

CASE(get_params_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = conf_empty_node(graph, NULL);
	struct cudaKernelNodeParams got;

	UNTOUCH(got);
	DO(cudaGraphKernelNodeGetParams(node, &got));
	SHOW(got.func);
	DO(cudaGraphKernelNodeGetParams(NULL, &got));
	SHOW(got.func);
}

CASE(get_params_null_out)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = empty_kernel(graph);

	DO(cudaGraphKernelNodeGetParams(node, NULL));
}

CASE(set_params)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(8), n = 8, value = 1;
	struct cudaKernelNodeParams params = fill_node(&p, &n, &value), got;
	cudaGraphNode_t node = NULL;

	NEED(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	value = 2;
	n = 4;
	params.blockDim = DIM(2);
	DO(cudaGraphKernelNodeSetParams(node, &params));
	DO(cudaGraphKernelNodeGetParams(node, &got));
	SHOW_DIM(got.blockDim);
	SHOW(*(unsigned int *)got.kernelParams[2]);
	conf_play(graph);
	SHOW_DEVICE(p, 32);
	params.func = (void *)kernel_increment;
	DO(cudaGraphKernelNodeSetParams(node, &params));
	DO(cudaGraphKernelNodeGetParams(node, &got));
	SHOW_IF(got.func == (void *)kernel_increment);
	conf_play(graph);
	SHOW_DEVICE(p, 32);
}

CASE(set_params_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = empty_kernel(graph), other = conf_empty_node(graph, NULL);
	struct cudaKernelNodeParams params = KERNEL_NODE(kernel_empty, DIM(1), DIM(1), NULL), got;

	DO(cudaGraphKernelNodeSetParams(other, &params));
	DO(cudaGraphKernelNodeSetParams(NULL, &params));
	params.blockDim = DIM(0);
	DO(cudaGraphKernelNodeSetParams(node, &params));
	params.blockDim = DIM(2048);
	DO(cudaGraphKernelNodeSetParams(node, &params));
	params.blockDim = DIM(1);
	params.func = NULL;
	DO(cudaGraphKernelNodeSetParams(node, &params));
	params.func = &no_kernel;
	DO(cudaGraphKernelNodeSetParams(node, &params));
	DO(cudaGraphKernelNodeGetParams(node, &got));
	SHOW_IF(got.func == (void *)kernel_empty);
	SHOW_DIM(got.blockDim);
}

CASE(set_params_null)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = empty_kernel(graph);

	DO(cudaGraphKernelNodeSetParams(node, NULL));
}

CASE(attributes_of_a_new_node)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = empty_kernel(graph);
	cudaLaunchAttributeValue value;

	for (int id = 0; id < 19; id++) {
		if (id == 3 || id == 16)
			continue;
		conf_print("attribute %d", id);
		UNTOUCH(value);
		DO(cudaGraphKernelNodeGetAttribute(node, (cudaLaunchAttributeID)id, &value));
		if (id == cudaLaunchAttributeAccessPolicyWindow)
			SHOW(value.accessPolicyWindow.num_bytes);
		else
			SHOW_BYTES(&value, 12);
	}
}

CASE(attribute_synchronization_policy)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = empty_kernel(graph);
	cudaLaunchAttributeValue value;

	UNTOUCH(value);
	DO(cudaGraphKernelNodeGetAttribute(node, cudaLaunchAttributeSynchronizationPolicy, &value));
	DO(cudaGraphKernelNodeGetAttribute(node, cudaLaunchAttributeNvlinkUtilCentricScheduling,
					   &value));
	DO(cudaGraphKernelNodeGetAttribute(node, (cudaLaunchAttributeID)99, &value));
	DO(cudaGraphKernelNodeGetAttribute(node, (cudaLaunchAttributeID)-1, &value));
	SHOW_BYTES(&value, 16);
}

CASE(attribute_priority)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = empty_kernel(graph);
	cudaLaunchAttributeValue value = { .priority = -2 }, got;

	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributePriority, &value));
	UNTOUCH(got);
	DO(cudaGraphKernelNodeGetAttribute(node, cudaLaunchAttributePriority, &got));
	SHOW(got.priority);
	value.priority = -100;
	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributePriority, &value));
	DO(cudaGraphKernelNodeGetAttribute(node, cudaLaunchAttributePriority, &got));
	SHOW(got.priority);
	value.priority = 5;
	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributePriority, &value));
	DO(cudaGraphKernelNodeGetAttribute(node, cudaLaunchAttributePriority, &got));
	SHOW(got.priority);
	conf_play(graph);
}

CASE(attribute_cooperative)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = empty_kernel(graph);
	cudaLaunchAttributeValue value = { .cooperative = 1 }, got;

	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributeCooperative, &value));
	UNTOUCH(got);
	DO(cudaGraphKernelNodeGetAttribute(node, cudaLaunchAttributeCooperative, &got));
	SHOW(got.cooperative);
	conf_play(graph);
	value.cooperative = 2;
	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributeCooperative, &value));
	DO(cudaGraphKernelNodeGetAttribute(node, cudaLaunchAttributeCooperative, &got));
	SHOW(got.cooperative);
}

CASE(attribute_cluster)
{
	cudaGraph_t graph = conf_graph();
	struct cudaKernelNodeParams params = KERNEL_NODE(kernel_empty, DIM(8), DIM(1), NULL);
	cudaGraphNode_t node = NULL;
	cudaLaunchAttributeValue value = { .clusterDim = { 2, 1, 1 } }, got;

	conf_register();
	NEED(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributeClusterDimension, &value));
	UNTOUCH(got);
	DO(cudaGraphKernelNodeGetAttribute(node, cudaLaunchAttributeClusterDimension, &got));
	SHOW(got.clusterDim.x);
	SHOW(got.clusterDim.y);
	conf_play(graph);
	value.clusterDim.x = 3;
	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributeClusterDimension, &value));
	DO(cudaGraphKernelNodeGetAttribute(node, cudaLaunchAttributeClusterDimension, &got));
	SHOW(got.clusterDim.x);
}

CASE(attribute_cluster_scheduling)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = empty_kernel(graph);
	cudaLaunchAttributeValue value = { .clusterSchedulingPolicyPreference = 2 }, got;

	DO(cudaGraphKernelNodeSetAttribute(
		node, cudaLaunchAttributeClusterSchedulingPolicyPreference, &value));
	UNTOUCH(got);
	DO(cudaGraphKernelNodeGetAttribute(
		node, cudaLaunchAttributeClusterSchedulingPolicyPreference, &got));
	SHOW(got.clusterSchedulingPolicyPreference);
}

CASE(attribute_access_policy)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = empty_kernel(graph);
	unsigned int *p = conf_words(256);
	cudaLaunchAttributeValue value = { .accessPolicyWindow = { .base_ptr = p,
								   .num_bytes = 1024,
								   .hitRatio = 0.5f,
								   .hitProp = 2,
								   .missProp = 1 } };
	cudaLaunchAttributeValue got;

	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributeAccessPolicyWindow, &value));
	UNTOUCH(got);
	DO(cudaGraphKernelNodeGetAttribute(node, cudaLaunchAttributeAccessPolicyWindow, &got));
	SHOW_IF(got.accessPolicyWindow.base_ptr == p);
	SHOW(got.accessPolicyWindow.num_bytes);
	SHOW(got.accessPolicyWindow.hitRatio);
	SHOW(got.accessPolicyWindow.hitProp);
	SHOW(got.accessPolicyWindow.missProp);
	value.accessPolicyWindow.hitRatio = 2;
	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributeAccessPolicyWindow, &value));
}

CASE(attribute_mem_sync_domain)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = empty_kernel(graph);
	cudaLaunchAttributeValue value = { .memSyncDomain = 1 }, got;

	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributeMemSyncDomain, &value));
	UNTOUCH(got);
	DO(cudaGraphKernelNodeGetAttribute(node, cudaLaunchAttributeMemSyncDomain, &got));
	SHOW(got.memSyncDomain);
	value = (cudaLaunchAttributeValue){ .memSyncDomainMap = { 1, 2 } };
	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributeMemSyncDomainMap, &value));
	UNTOUCH(got);
	DO(cudaGraphKernelNodeGetAttribute(node, cudaLaunchAttributeMemSyncDomainMap, &got));
	SHOW_BYTES(&got, 2);
}

CASE(attribute_carveout)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = empty_kernel(graph);
	cudaLaunchAttributeValue value = { .sharedMemCarveout = 50 }, got;

	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributePreferredSharedMemoryCarveout,
					   &value));
	UNTOUCH(got);
	DO(cudaGraphKernelNodeGetAttribute(node, cudaLaunchAttributePreferredSharedMemoryCarveout,
					   &got));
	SHOW(got.sharedMemCarveout);
	value.sharedMemCarveout = 101;
	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributePreferredSharedMemoryCarveout,
					   &value));
}

CASE(attribute_set_what_has_no_place_in_a_node)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = empty_kernel(graph);
	cudaLaunchAttributeValue value = { .pad = { 0 } };

	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributeIgnore, &value));
	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributeSynchronizationPolicy, &value));
	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributeProgrammaticStreamSerialization,
					   &value));
	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributeProgrammaticEvent, &value));
	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributeLaunchCompletionEvent, &value));
	DO(cudaGraphKernelNodeSetAttribute(node, (cudaLaunchAttributeID)77, &value));
}

CASE(attribute_bad_nodes)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = empty_kernel(graph), other = conf_empty_node(graph, NULL);
	cudaLaunchAttributeValue value = { .pad = { 0 } };

	DO(cudaGraphKernelNodeGetAttribute(other, cudaLaunchAttributePriority, &value));
	DO(cudaGraphKernelNodeSetAttribute(other, cudaLaunchAttributePriority, &value));
	DO(cudaGraphKernelNodeGetAttribute(NULL, cudaLaunchAttributePriority, &value));
	DO(cudaGraphKernelNodeSetAttribute(NULL, cudaLaunchAttributePriority, &value));
	DO(cudaGraphKernelNodeCopyAttributes(node, other));
	DO(cudaGraphKernelNodeCopyAttributes(other, node));
	DO(cudaGraphKernelNodeCopyAttributes(NULL, node));
	DO(cudaGraphKernelNodeCopyAttributes(node, NULL));
}

CASE(attribute_get_null_out)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = empty_kernel(graph);

	DO(cudaGraphKernelNodeGetAttribute(node, cudaLaunchAttributePriority, NULL));
}

CASE(attribute_set_null_value)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = empty_kernel(graph);

	DO(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributePriority, NULL));
}

CASE(copy_attributes)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = empty_kernel(graph), b = empty_kernel(graph);
	cudaLaunchAttributeValue value = { .priority = -1 }, got;

	NEED(cudaGraphKernelNodeSetAttribute(a, cudaLaunchAttributePriority, &value));
	DO(cudaGraphKernelNodeCopyAttributes(b, a));
	DO(cudaGraphKernelNodeGetAttribute(b, cudaLaunchAttributePriority, &got));
	SHOW(got.priority);
	DO(cudaGraphKernelNodeGetAttribute(a, cudaLaunchAttributePriority, &got));
	SHOW(got.priority);
	DO(cudaGraphKernelNodeCopyAttributes(a, a));
}

CASE(captured_kernel_read_back)
{
	cudaGraph_t graph = NULL;
	unsigned int *p = conf_words(4), n = 4, value = 3;
	struct cudaKernelNodeParams got;
	cudaGraphNode_t node = NULL;
	cudaStream_t stream;
	size_t count = 1;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(conf_launch(kernel_fill, DIM(2), DIM(4, 2), ARGS(&p, &n, &value), 256, stream));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW_GRAPH(graph);
	NEED(cudaGraphGetNodes(graph, &node, &count));
	UNTOUCH(got);
	DO(cudaGraphKernelNodeGetParams(node, &got));
	SHOW_IF(got.func == (void *)kernel_fill);
	SHOW_DIM(got.gridDim);
	SHOW_DIM(got.blockDim);
	SHOW(got.sharedMemBytes);
	SHOW(*(unsigned int *)got.kernelParams[2]);
	conf_play(graph);
	SHOW_DEVICE(p, 16);
}

CASE(captured_then_changed)
{
	cudaGraph_t graph = NULL;
	unsigned int *p = conf_words(4), n = 4, value = 3;
	struct cudaKernelNodeParams got;
	cudaGraphNode_t node = NULL;
	cudaStream_t stream;
	cudaGraphExec_t exec;
	size_t count = 1;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
	NEED(conf_launch(kernel_fill, DIM(1), DIM(4), ARGS(&p, &n, &value), 0, stream));
	NEED(cudaStreamEndCapture(stream, &graph));
	NEED(cudaGraphGetNodes(graph, &node, &count));
	exec = conf_instantiate(graph);
	DO(cudaGraphKernelNodeGetParams(node, &got));
	value = 8;
	got.kernelParams[2] = &value;
	DO(cudaGraphKernelNodeSetParams(node, &got));
	NEED(cudaGraphKernelNodeGetParams(node, &got));
	DO(cudaGraphExecKernelNodeSetParams(exec, node, &got));
	conf_play_exec(exec);
	SHOW_DEVICE(p, 16);
}

CASE(captured_library_kernel_read_back)
{
	cudaGraph_t graph = NULL;
	struct cudaKernelNodeParams got;
	cudaLibrary_t library = NULL;
	cudaKernel_t kernel = NULL;
	cudaGraphNode_t node = NULL;
	cudaStream_t stream;
	size_t count = 1;

	NEED(cudaLibraryLoadData(&library, conf_ptx, NULL, NULL, 0, NULL, NULL, 0));
	NEED(cudaLibraryGetKernel(&kernel, library, "empty"));
	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
	DO(cudaLaunchKernel(kernel, DIM(1), DIM(1), NULL, 0, stream));
	NEED(cudaStreamEndCapture(stream, &graph));
	NEED(cudaGraphGetNodes(graph, &node, &count));
	UNTOUCH(got);
	DO(cudaGraphKernelNodeGetParams(node, &got));
	SHOW_IF(got.func == (void *)kernel);
	SHOW(got.func);
}

CASE(captured_attributes)
{
	cudaGraph_t graph = NULL;
	cudaGraphNode_t node = NULL;
	cudaStream_t stream;
	cudaLaunchAttribute attribute = { .id = cudaLaunchAttributePriority, .val.priority = -3 };
	cudaLaunchConfig_t config = {
		.gridDim = DIM(1), .blockDim = DIM(1), .attrs = &attribute, .numAttrs = 1
	};
	cudaLaunchAttributeValue got;
	size_t count = 1;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	config.stream = stream;
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
	DO(cudaLaunchKernelExC(&config, (void *)kernel_empty, NULL));
	NEED(cudaStreamEndCapture(stream, &graph));
	NEED(cudaGraphGetNodes(graph, &node, &count));
	DO(cudaGraphKernelNodeGetAttribute(node, cudaLaunchAttributePriority, &got));
	SHOW(got.priority);
}

CASE(chain_of_kernels)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(4), *q = conf_words(4), n = 4, value = 7;
	struct cudaKernelNodeParams fill =
		KERNEL_NODE(kernel_fill, DIM(1), DIM(4), ARGS(&p, &n, &value));
	struct cudaKernelNodeParams add =
		KERNEL_NODE(kernel_increment, DIM(1), DIM(4), ARGS(&p, &n));
	struct cudaKernelNodeParams copy =
		KERNEL_NODE(kernel_copy, DIM(1), DIM(4), ARGS(&q, &p, &n));
	cudaGraphNode_t node, next;
	cudaGraphExec_t exec;

	conf_register();
	DO(cudaGraphAddKernelNode(&node, graph, NULL, 0, &fill));
	DO(cudaGraphAddKernelNode(&next, graph, &node, 1, &add));
	DO(cudaGraphAddKernelNode(&node, graph, &next, 1, &add));
	DO(cudaGraphAddKernelNode(&next, graph, &node, 1, &copy));
	SHOW_GRAPH(graph);
	exec = conf_instantiate(graph);
	for (int i = 0; i < 3; i++)
		conf_play_exec(exec);
	SHOW_DEVICE(q, 16);
}

CASE(kernel_of_a_fault)
{
	cudaGraph_t graph = conf_graph();
	struct cudaKernelNodeParams params = KERNEL_NODE(kernel_bad_address, DIM(1), DIM(1), NULL);
	cudaGraphNode_t node;
	cudaGraphExec_t exec;

	conf_register();
	NEED(cudaGraphAddKernelNode(&node, graph, NULL, 0, &params));
	exec = conf_instantiate(graph);
	DO(cudaGraphLaunch(exec, NULL));
	DO(cudaDeviceSynchronize());
	DO(cudaGraphLaunch(exec, NULL));
}
