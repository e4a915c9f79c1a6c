/* SPDX-License-Identifier: Apache-2.0 */
/* Launches with a configuration: attributes, clusters. */
#include "conformance.h"

#define FUNC(name) ((const void *)kernel_##name)

/* One attribute, by an initialiser of its value. */
#define WITH(attribute_id, ...)   \
	((cudaLaunchAttribute[]){ \
		{ .id = (cudaLaunchAttributeID)(attribute_id), .val = { __VA_ARGS__ } } })

static cudaLaunchConfig_t config_of(dim3 grid, dim3 block, cudaLaunchAttribute *attrs)
{
	return (cudaLaunchConfig_t){
		.gridDim = grid,
		.blockDim = block,
		.attrs = attrs,
		.numAttrs = attrs != NULL,
	};
}

static void try_on(const void *func, dim3 grid, cudaStream_t stream, cudaLaunchAttribute *attrs)
{
	cudaLaunchConfig_t config = config_of(grid, DIM(32), attrs);

	config.stream = stream;
	DO(cudaLaunchKernelExC(&config, func, NULL));
}

static void try_attribute(cudaLaunchAttribute *attrs)
{
	try_on(FUNC(empty), DIM(4), NULL, attrs);
}

CASE(none)
{
	unsigned int n = 2;
	cudaLaunchConfig_t config = config_of(DIM(1), DIM(1), NULL);
	unsigned int value = 0;

	conf_register();
	DO(cudaLaunchKernelExC(&config, FUNC(add_counter), ARGS(&n)));
	DO(cudaMemcpyFromSymbol(&value, &counter, 4, 0, cudaMemcpyDeviceToHost));
	SHOW(value);
}

CASE(array_is_null)
{
	cudaLaunchConfig_t config = config_of(DIM(1), DIM(1), NULL);

	conf_register();
	config.numAttrs = 1;
	DO(cudaLaunchKernelExC(&config, FUNC(empty), NULL));
}

CASE(configuration_is_null)
{
	conf_register();
	DO(cudaLaunchKernelExC(NULL, FUNC(empty), NULL));
}

CASE(configuration_and_function_are_null)
{
	DO(cudaLaunchKernelExC(NULL, NULL, NULL));
}

CASE(of_nothing)
{
	cudaLaunchConfig_t config = config_of(DIM(1), DIM(1), NULL);

	conf_register();
	DO(cudaLaunchKernelExC(&config, NULL, NULL));
	config.gridDim.x = 0;
	DO(cudaLaunchKernelExC(&config, NULL, NULL));
	DO(cudaLaunchKernelExC(&config, FUNC(empty), NULL));
}

CASE(by_handles)
{
	cudaLaunchConfig_t config = config_of(DIM(1), DIM(1), NULL);
	cudaFunction_t function = NULL;
	cudaKernel_t kernel = NULL;

	conf_register();
	NEED(cudaGetKernel(&kernel, FUNC(empty)));
	NEED(cudaGetFuncBySymbol(&function, FUNC(empty)));
	DO(cudaLaunchKernelExC(&config, kernel, NULL));
	DO(cudaLaunchKernelExC(&config, function, NULL));
	DO(cudaDeviceSynchronize());
}

CASE(sizes)
{
	cudaLaunchConfig_t config = config_of(DIM(1), DIM(1025), NULL);

	conf_register();
	DO(cudaLaunchKernelExC(&config, FUNC(empty), NULL));
	config.blockDim = DIM(0);
	DO(cudaLaunchKernelExC(&config, FUNC(empty), NULL));
	config.blockDim = DIM(65);
	DO(cudaLaunchKernelExC(&config, FUNC(bounded), NULL));
	config.dynamicSmemBytes = 49153;
	DO(cudaLaunchKernelExC(&config, FUNC(empty), NULL));
	config.dynamicSmemBytes = (size_t)1 << 32;
	DO(cudaLaunchKernelExC(&config, FUNC(empty), NULL));
	config.dynamicSmemBytes = (size_t)-1;
	DO(cudaLaunchKernelExC(&config, FUNC(empty), NULL));
	DO(cudaDeviceSynchronize());
}

CASE(arguments_are_null)
{
	cudaLaunchConfig_t config = config_of(DIM(1), DIM(1), NULL);

	conf_register();
	DO(cudaLaunchKernelExC(&config, FUNC(fill), NULL));
	DO(cudaDeviceSynchronize());
}

CASE(ignore)
{
	conf_register();
	try_attribute(WITH(cudaLaunchAttributeIgnore, .cooperative = 0));
	try_attribute(WITH(cudaLaunchAttributeIgnore, .cooperative = 1234));
	DO(cudaDeviceSynchronize());
}

CASE(unknown)
{
	static const int ids[] = { 15, 17, 18, 19, 20, 63, 64, 1000, -1 };

	conf_register();
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		conf_print("attribute %d", ids[i]);
		try_attribute(WITH(ids[i], .cooperative = 0));
	}
	DO(cudaDeviceSynchronize());
}

CASE(cooperative)
{
	conf_register();
	for (int value = -1; value < 3; value++) {
		conf_print("value %d", value);
		try_attribute(WITH(cudaLaunchAttributeCooperative, .cooperative = value));
	}
	try_on(FUNC(empty), DIM(1000000), NULL,
	       WITH(cudaLaunchAttributeCooperative, .cooperative = 1));
	try_on(FUNC(clustered), DIM(2), NULL,
	       WITH(cudaLaunchAttributeCooperative, .cooperative = 1));
	DO(cudaDeviceSynchronize());
}

static void try_cluster(const void *func, dim3 grid, unsigned int x, unsigned int y, unsigned int z)
{
	conf_print("grid %u %u %u, cluster %u %u %u", grid.x, grid.y, grid.z, x, y, z);
	try_on(func, grid, NULL,
	       WITH(cudaLaunchAttributeClusterDimension, .clusterDim = { x, y, z }));
}

CASE(cluster)
{
	conf_register();
	try_cluster(FUNC(empty), DIM(4), 1, 1, 1);
	try_cluster(FUNC(empty), DIM(4), 2, 1, 1);
	try_cluster(FUNC(empty), DIM(4), 4, 1, 1);
	try_cluster(FUNC(empty), DIM(4), 3, 1, 1);
	try_cluster(FUNC(empty), DIM(4), 8, 1, 1);
	try_cluster(FUNC(empty), DIM(8), 8, 1, 1);
	try_cluster(FUNC(empty), DIM(16), 16, 1, 1);
	try_cluster(FUNC(empty), DIM(4), 0, 0, 0);
	try_cluster(FUNC(empty), DIM(4), 2, 0, 0);
	try_cluster(FUNC(empty), DIM(4), 0, 1, 1);
	try_cluster(FUNC(empty), DIM(2, 2, 2), 2, 2, 2);
	try_cluster(FUNC(empty), DIM(4, 4, 1), 4, 4, 1);
	try_cluster(FUNC(empty), DIM(4), 1, 2, 1);
	DO(cudaDeviceSynchronize());
}

CASE(cluster_non_portable)
{
	conf_register();
	DO(cudaFuncSetAttribute(FUNC(empty), cudaFuncAttributeNonPortableClusterSizeAllowed, 1));
	try_cluster(FUNC(empty), DIM(16), 16, 1, 1);
	try_cluster(FUNC(empty), DIM(32), 32, 1, 1);
	DO(cudaDeviceSynchronize());
}

CASE(cluster_of_clustered)
{
	conf_register();
	try_cluster(FUNC(clustered), DIM(4), 2, 1, 1);
	try_cluster(FUNC(clustered), DIM(4), 4, 1, 1);
	try_cluster(FUNC(clustered), DIM(4), 1, 1, 1);
	try_on(FUNC(clustered), DIM(3), NULL, NULL);
	try_on(FUNC(clustered), DIM(4), NULL, NULL);
	DO(cudaDeviceSynchronize());
}

CASE(cluster_must_be_set)
{
	conf_register();
	DO(cudaFuncSetAttribute(FUNC(empty), cudaFuncAttributeClusterDimMustBeSet, 1));
	try_on(FUNC(empty), DIM(4), NULL, NULL);
	try_cluster(FUNC(empty), DIM(4), 2, 1, 1);
	DO(cudaDeviceSynchronize());
}

CASE(cluster_policy)
{
	conf_register();
	for (int policy = -1; policy < 4; policy++) {
		conf_print("policy %d", policy);
		try_attribute(WITH(cudaLaunchAttributeClusterSchedulingPolicyPreference,
				   .clusterSchedulingPolicyPreference =
					   (enum cudaClusterSchedulingPolicy)policy));
	}
	DO(cudaDeviceSynchronize());
}

CASE(preferred_cluster)
{
	conf_register();
	try_attribute(WITH(cudaLaunchAttributePreferredClusterDimension,
			   .preferredClusterDim = { 2, 1, 1 }));
	try_attribute(WITH(cudaLaunchAttributePreferredClusterDimension,
			   .preferredClusterDim = { 0, 0, 0 }));
	DO(cudaDeviceSynchronize());
}

CASE(priority)
{
	int least = 0, greatest = 0;
	cudaStream_t stream = NULL;

	conf_register();
	NEED(cudaDeviceGetStreamPriorityRange(&least, &greatest));
	NEED(cudaStreamCreate(&stream));
	try_attribute(WITH(cudaLaunchAttributePriority, .priority = least));
	try_attribute(WITH(cudaLaunchAttributePriority, .priority = greatest));
	try_attribute(WITH(cudaLaunchAttributePriority, .priority = greatest - 1));
	try_attribute(WITH(cudaLaunchAttributePriority, .priority = least + 1));
	try_on(FUNC(empty), DIM(1), stream,
	       WITH(cudaLaunchAttributePriority, .priority = greatest));
	try_on(FUNC(empty), DIM(1), stream, WITH(cudaLaunchAttributePriority, .priority = 100));
	DO(cudaDeviceSynchronize());
}

static void try_serialization(cudaStream_t stream, int value)
{
	conf_print("value %d", value);
	try_on(FUNC(empty), DIM(1), stream,
	       WITH(cudaLaunchAttributeProgrammaticStreamSerialization,
		    .programmaticStreamSerializationAllowed = value));
}

CASE(programmatic_serialization)
{
	cudaStream_t stream = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	try_serialization(stream, 0);
	try_serialization(stream, 1);
	try_serialization(stream, 2);
	try_serialization(NULL, 1);
	DO(cudaDeviceSynchronize());
}

CASE(programmatic_serialization_in_capture)
{
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	try_on(FUNC(empty), DIM(1), stream, NULL);
	try_serialization(stream, 1);
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}

static void try_event(cudaEvent_t event, int flags, int at_start)
{
	conf_print("flags %d, at start %d", flags, at_start);
	try_attribute(WITH(cudaLaunchAttributeProgrammaticEvent,
			   .programmaticEvent = { event, flags, at_start }));
	conf_print("completion");
	try_attribute(WITH(cudaLaunchAttributeLaunchCompletionEvent,
			   .launchCompletionEvent = { event, flags }));
}

CASE(events)
{
	cudaEvent_t timed = NULL, plain = NULL;

	conf_register();
	NEED(cudaEventCreate(&timed));
	NEED(cudaEventCreateWithFlags(&plain, cudaEventDisableTiming));
	try_event(plain, 0, 0);
	try_event(plain, 0, 1);
	try_event(plain, 1, 0);
	try_event(plain, 77, 0);
	try_event(timed, 0, 0);
	DO(cudaEventSynchronize(plain));
	DO(cudaDeviceSynchronize());
}

CASE(programmatic_event_null)
{
	conf_register();
	try_attribute(WITH(cudaLaunchAttributeProgrammaticEvent, .programmaticEvent = { 0 }));
}

CASE(completion_event_null)
{
	conf_register();
	try_attribute(
		WITH(cudaLaunchAttributeLaunchCompletionEvent, .launchCompletionEvent = { 0 }));
}

CASE(sync_policy)
{
	conf_register();
	for (int policy = 0; policy < 6; policy++) {
		conf_print("policy %d", policy);
		try_attribute(WITH(cudaLaunchAttributeSynchronizationPolicy,
				   .syncPolicy = (enum cudaSynchronizationPolicy)policy));
	}
	DO(cudaDeviceSynchronize());
}

CASE(mem_sync_domain)
{
	conf_register();
	for (int domain = -1; domain < 3; domain++) {
		conf_print("domain %d", domain);
		try_attribute(WITH(cudaLaunchAttributeMemSyncDomain,
				   .memSyncDomain = (cudaLaunchMemSyncDomain)domain));
	}
	try_attribute(WITH(cudaLaunchAttributeMemSyncDomainMap, .memSyncDomainMap = { 0, 1 }));
	try_attribute(WITH(cudaLaunchAttributeMemSyncDomainMap, .memSyncDomainMap = { 3, 3 }));
	try_attribute(WITH(cudaLaunchAttributeMemSyncDomainMap, .memSyncDomainMap = { 4, 0 }));
	try_attribute(WITH(cudaLaunchAttributeMemSyncDomainMap, .memSyncDomainMap = { 0, 200 }));
	DO(cudaDeviceSynchronize());
}

CASE(access_policy)
{
	void *p = NULL;

	conf_register();
	NEED(cudaMalloc(&p, 1 << 20));
	try_attribute(WITH(cudaLaunchAttributeAccessPolicyWindow,
			   .accessPolicyWindow = { p, 1 << 20, 0.5f, cudaAccessPropertyPersisting,
						   cudaAccessPropertyStreaming }));
	try_attribute(WITH(cudaLaunchAttributeAccessPolicyWindow,
			   .accessPolicyWindow = { p, 1 << 20, 2.0f, cudaAccessPropertyPersisting,
						   cudaAccessPropertyStreaming }));
	try_attribute(WITH(cudaLaunchAttributeAccessPolicyWindow,
			   .accessPolicyWindow = { p, 1 << 20, 0.5f, cudaAccessPropertyNormal,
						   cudaAccessPropertyPersisting }));
	try_attribute(WITH(cudaLaunchAttributeAccessPolicyWindow,
			   .accessPolicyWindow = { NULL, 0, 0.0f, cudaAccessPropertyNormal,
						   cudaAccessPropertyNormal }));
	try_attribute(
		WITH(cudaLaunchAttributeAccessPolicyWindow,
		     .accessPolicyWindow = { p, (size_t)1 << 40, 1.0f, cudaAccessPropertyNormal,
					     cudaAccessPropertyNormal }));
	DO(cudaDeviceSynchronize());
}

CASE(shared_carveout)
{
	static const unsigned int values[] = { 0, 50, 100, 101, 0xffffffffu };

	conf_register();
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		conf_print("carveout %u", values[i]);
		try_attribute(WITH(cudaLaunchAttributePreferredSharedMemoryCarveout,
				   .sharedMemCarveout = values[i]));
	}
	DO(cudaDeviceSynchronize());
}

CASE(device_updatable_node)
{
	conf_register();
	try_attribute(WITH(cudaLaunchAttributeDeviceUpdatableKernelNode,
			   .deviceUpdatableKernelNode = { 0 }));
	try_attribute(WITH(cudaLaunchAttributeDeviceUpdatableKernelNode,
			   .deviceUpdatableKernelNode = { .deviceUpdatable = 1 }));
	DO(cudaDeviceSynchronize());
}

CASE(nvlink_scheduling)
{
	conf_register();
	for (unsigned int value = 0; value < 3; value++) {
		conf_print("value %u", value);
		try_attribute(WITH(cudaLaunchAttributeNvlinkUtilCentricScheduling,
				   .nvlinkUtilCentricScheduling = value));
	}
	DO(cudaDeviceSynchronize());
}

CASE(several)
{
	cudaLaunchAttribute attrs[3] = {
		{ .id = cudaLaunchAttributeClusterDimension, .val = { .clusterDim = { 2, 1, 1 } } },
		{ .id = cudaLaunchAttributeCooperative, .val = { .cooperative = 1 } },
		{ .id = cudaLaunchAttributePriority, .val = { .priority = 0 } },
	};
	cudaLaunchConfig_t config = config_of(DIM(4), DIM(32), attrs);

	conf_register();
	config.numAttrs = 3;
	DO(cudaLaunchKernelExC(&config, FUNC(empty), NULL));
	attrs[1] = attrs[0];
	DO(cudaLaunchKernelExC(&config, FUNC(empty), NULL));
	attrs[1].val.clusterDim.x = 4;
	DO(cudaLaunchKernelExC(&config, FUNC(empty), NULL));
	config.numAttrs = 0;
	DO(cudaLaunchKernelExC(&config, FUNC(empty), NULL));
	DO(cudaDeviceSynchronize());
}

CASE(special_streams)
{
	conf_register();
	try_on(FUNC(empty), DIM(1), cudaStreamLegacy, NULL);
	try_on(FUNC(empty), DIM(1), cudaStreamPerThread, NULL);
	try_on(FUNC(empty), DIM(1), NULL, NULL);
	DO(cudaDeviceSynchronize());
}
