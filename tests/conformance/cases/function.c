/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes of kernels. */
#include "conformance.h"

static __attribute__((noinline)) void unregistered(void)
{
	__asm__ volatile("" : : "i"(unregistered));
}

#define FUNC(name) ((const void *)kernel_##name)

/* What does not depend on how the driver's compiler does its work. */
static void show_attributes(const void *func)
{
	struct cudaFuncAttributes a;

	UNTOUCH(a);
	if (DO(cudaFuncGetAttributes(&a, func)) != cudaSuccess) {
		SHOW_IF(a.maxThreadsPerBlock == UNTOUCHED_INT);
		return;
	}
	SHOW(a.sharedSizeBytes);
	SHOW(a.localSizeBytes);
	SHOW(a.maxThreadsPerBlock);
	SHOW(a.ptxVersion);
	SHOW(a.binaryVersion);
	SHOW(a.cacheModeCA);
	SHOW(a.maxDynamicSharedSizeBytes);
	SHOW(a.preferredShmemCarveout);
	SHOW(a.clusterDimMustBeSet);
	SHOW(a.requiredClusterWidth);
	SHOW(a.requiredClusterHeight);
	SHOW(a.requiredClusterDepth);
	SHOW(a.clusterSchedulingPolicyPreference);
	SHOW(a.nonPortableClusterSizeAllowed);
	SHOW_BYTES(a.reserved, sizeof(a.reserved));
}

CASE(attributes)
{
	conf_register();
	show_attributes(FUNC(empty));
}

CASE(attributes_bounded)
{
	conf_register();
	show_attributes(FUNC(bounded));
}

CASE(attributes_clustered)
{
	conf_register();
	show_attributes(FUNC(clustered));
}

CASE(attributes_shared)
{
	conf_register();
	show_attributes(FUNC(shared_mem));
}

CASE(attributes_of_nothing)
{
	conf_register();
	show_attributes(NULL);
	show_attributes((const void *)unregistered);
}

CASE(attributes_by_handles)
{
	cudaFunction_t function = NULL;
	cudaKernel_t kernel = NULL;

	conf_register();
	NEED(cudaGetKernel(&kernel, FUNC(bounded)));
	NEED(cudaGetFuncBySymbol(&function, FUNC(bounded)));
	show_attributes(kernel);
	show_attributes(function);
}

CASE(attributes_nowhere)
{
	conf_register();
	DO(cudaFuncGetAttributes(NULL, NULL));
	DO(cudaFuncGetAttributes(NULL, (const void *)unregistered));
	DO(cudaFuncGetAttributes(NULL, FUNC(empty)));
}

/* Setting. */

static int value_of(const void *func, enum cudaFuncAttribute attribute)
{
	struct cudaFuncAttributes a;

	if (cudaFuncGetAttributes(&a, func) != cudaSuccess)
		return -99;
	switch (attribute) {
	case cudaFuncAttributeMaxDynamicSharedMemorySize:
		return a.maxDynamicSharedSizeBytes;
	case cudaFuncAttributePreferredSharedMemoryCarveout:
		return a.preferredShmemCarveout;
	case cudaFuncAttributeClusterDimMustBeSet:
		return a.clusterDimMustBeSet;
	case cudaFuncAttributeRequiredClusterWidth:
		return a.requiredClusterWidth;
	case cudaFuncAttributeRequiredClusterHeight:
		return a.requiredClusterHeight;
	case cudaFuncAttributeRequiredClusterDepth:
		return a.requiredClusterDepth;
	case cudaFuncAttributeNonPortableClusterSizeAllowed:
		return a.nonPortableClusterSizeAllowed;
	case cudaFuncAttributeClusterSchedulingPolicyPreference:
		return a.clusterSchedulingPolicyPreference;
	default:
		return -98;
	}
}

static void set(const void *func, enum cudaFuncAttribute attribute, int value)
{
	conf_print("attribute %d, value %d", (int)attribute, value);
	DO(cudaFuncSetAttribute(func, attribute, value));
	conf_print("  now %d", value_of(func, attribute));
}

CASE(set_dynamic_shared)
{
	static const int sizes[] = { 0,      1,      49152, 49153,      100000,     232448,
				     232449, 262144, -1,    0x7fffffff, -0x7fffffff };

	conf_register();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		set(FUNC(empty), cudaFuncAttributeMaxDynamicSharedMemorySize, sizes[i]);
}

CASE(set_dynamic_shared_beside_static)
{
	conf_register();
	set(FUNC(shared_mem), cudaFuncAttributeMaxDynamicSharedMemorySize, 228352);
	set(FUNC(shared_mem), cudaFuncAttributeMaxDynamicSharedMemorySize, 228353);
	set(FUNC(shared_mem), cudaFuncAttributeMaxDynamicSharedMemorySize, 232448);
}

CASE(set_carveout)
{
	static const int values[] = { -1, 0, 1, 50, 100, 101, -2, 1000 };

	conf_register();
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		set(FUNC(empty), cudaFuncAttributePreferredSharedMemoryCarveout, values[i]);
}

CASE(set_cluster_must_be_set)
{
	conf_register();
	set(FUNC(empty), cudaFuncAttributeClusterDimMustBeSet, 1);
	set(FUNC(empty), cudaFuncAttributeClusterDimMustBeSet, 0);
	set(FUNC(empty), cudaFuncAttributeClusterDimMustBeSet, 2);
	set(FUNC(clustered), cudaFuncAttributeClusterDimMustBeSet, 0);
}

CASE(set_required_cluster)
{
	conf_register();
	set(FUNC(empty), cudaFuncAttributeRequiredClusterWidth, 2);
	set(FUNC(empty), cudaFuncAttributeRequiredClusterHeight, 2);
	set(FUNC(empty), cudaFuncAttributeRequiredClusterDepth, 2);
	set(FUNC(empty), cudaFuncAttributeRequiredClusterDepth, 0);
	set(FUNC(empty), cudaFuncAttributeRequiredClusterWidth, -1);
	set(FUNC(empty), cudaFuncAttributeRequiredClusterWidth, 16);
}

CASE(set_required_cluster_of_clustered)
{
	conf_register();
	set(FUNC(clustered), cudaFuncAttributeRequiredClusterWidth, 4);
	set(FUNC(clustered), cudaFuncAttributeRequiredClusterWidth, 2);
	set(FUNC(clustered), cudaFuncAttributeRequiredClusterHeight, 1);
}

CASE(set_non_portable)
{
	conf_register();
	set(FUNC(empty), cudaFuncAttributeNonPortableClusterSizeAllowed, 1);
	set(FUNC(empty), cudaFuncAttributeNonPortableClusterSizeAllowed, 0);
	set(FUNC(empty), cudaFuncAttributeNonPortableClusterSizeAllowed, 2);
	set(FUNC(empty), cudaFuncAttributeNonPortableClusterSizeAllowed, -1);
}

CASE(set_cluster_policy)
{
	conf_register();
	for (int policy = -1; policy < 5; policy++)
		set(FUNC(empty), cudaFuncAttributeClusterSchedulingPolicyPreference, policy);
}

CASE(set_unknown_attribute)
{
	static const int attributes[] = { -1, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 1000 };

	conf_register();
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		conf_print("attribute %d", attributes[i]);
		DO(cudaFuncSetAttribute(FUNC(empty), (enum cudaFuncAttribute)attributes[i], 1));
	}
}

CASE(set_attribute_of_nothing)
{
	conf_register();
	DO(cudaFuncSetAttribute(NULL, cudaFuncAttributeMaxDynamicSharedMemorySize, 1024));
	DO(cudaFuncSetAttribute((const void *)unregistered,
				cudaFuncAttributeMaxDynamicSharedMemorySize, 1024));
	DO(cudaFuncSetAttribute(NULL, (enum cudaFuncAttribute)99, 0));
	DO(cudaFuncSetAttribute((const void *)unregistered, (enum cudaFuncAttribute)99, 0));
}

CASE(set_attribute_by_handles)
{
	cudaFunction_t function = NULL;
	cudaKernel_t kernel = NULL;

	conf_register();
	NEED(cudaGetKernel(&kernel, FUNC(empty)));
	NEED(cudaGetFuncBySymbol(&function, FUNC(empty)));
	set(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, 60000);
	set(FUNC(empty), cudaFuncAttributeMaxDynamicSharedMemorySize, 61000);
	set(function, cudaFuncAttributeMaxDynamicSharedMemorySize, 62000);
	conf_print("stub %d", value_of(FUNC(empty), cudaFuncAttributeMaxDynamicSharedMemorySize));
	conf_print("kernel %d", value_of(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize));
}

CASE(set_attribute_lasts_over_reset)
{
	conf_register();
	set(FUNC(empty), cudaFuncAttributeMaxDynamicSharedMemorySize, 60000);
	DO(cudaDeviceReset());
	conf_print("  now %d", value_of(FUNC(empty), cudaFuncAttributeMaxDynamicSharedMemorySize));
}

CASE(dynamic_shared_then_launch)
{
	void *out = NULL;

	conf_register();
	NEED(cudaMalloc(&out, 4));
	DO(cudaLaunchKernel(FUNC(shared_mem), DIM(1), DIM(1), ARGS(&out), 100000, NULL));
	DO(cudaFuncSetAttribute(FUNC(shared_mem), cudaFuncAttributeMaxDynamicSharedMemorySize,
				100000));
	DO(cudaLaunchKernel(FUNC(shared_mem), DIM(1), DIM(1), ARGS(&out), 100000, NULL));
	DO(cudaLaunchKernel(FUNC(shared_mem), DIM(1), DIM(1), ARGS(&out), 100001, NULL));
	DO(cudaDeviceSynchronize());
	SHOW_DEVICE(out, 4);
}

CASE(calls_in_capture)
{
	struct cudaFuncAttributes attributes;
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaFuncGetAttributes(&attributes, FUNC(empty)));
	DO(cudaFuncSetAttribute(FUNC(empty), cudaFuncAttributeMaxDynamicSharedMemorySize, 60000));
	DO(cudaFuncSetCacheConfig(FUNC(empty), cudaFuncCachePreferL1));
	DO(cudaFuncSetSharedMemConfig(FUNC(empty), cudaSharedMemBankSizeFourByte));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}

/* For one device. */

static void set_for_device(cudaKernel_t kernel, enum cudaFuncAttribute attribute, int value,
			   int device)
{
	conf_print("attribute %d, value %d, device %d", (int)attribute, value, device);
	DO(cudaKernelSetAttributeForDevice(kernel, attribute, value, device));
	conf_print("  now %d", value_of(kernel, attribute));
}

CASE(set_for_device)
{
	cudaKernel_t kernel = NULL;

	conf_register();
	NEED(cudaGetKernel(&kernel, FUNC(empty)));
	set_for_device(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, 60000, 0);
	set_for_device(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, 232449, 0);
	set_for_device(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, 61000, 99);
	set_for_device(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, 61000, -1);
	set_for_device(kernel, cudaFuncAttributePreferredSharedMemoryCarveout, 50, 0);
	set_for_device(kernel, cudaFuncAttributePreferredSharedMemoryCarveout, 101, 0);
	set_for_device(kernel, (enum cudaFuncAttribute)99, 0, 0);
	set_for_device(kernel, (enum cudaFuncAttribute)0, 64, 0);
	set_for_device(kernel, (enum cudaFuncAttribute)99, 0, 99);
}

CASE(set_for_device_null_kernel)
{
	DO(cudaKernelSetAttributeForDevice(NULL, cudaFuncAttributeMaxDynamicSharedMemorySize, 1000,
					   0));
	DO(cudaKernelSetAttributeForDevice(NULL, cudaFuncAttributeMaxDynamicSharedMemorySize, 1000,
					   99));
	DO(cudaKernelSetAttributeForDevice(NULL, (enum cudaFuncAttribute)99, 1000, 0));
}

CASE(set_for_device_stub_for_kernel)
{
	conf_register();
	DO(cudaKernelSetAttributeForDevice((cudaKernel_t)kernel_empty,
					   cudaFuncAttributeMaxDynamicSharedMemorySize, 1000, 0));
}

/* Cache and banks. */

CASE(cache_config)
{
	conf_register();
	for (int config = -1; config < 5; config++) {
		conf_print("configuration %d", config);
		DO(cudaFuncSetCacheConfig(FUNC(empty), (enum cudaFuncCache)config));
	}
	DO(cudaFuncSetCacheConfig(NULL, cudaFuncCachePreferL1));
	DO(cudaFuncSetCacheConfig((const void *)unregistered, cudaFuncCachePreferL1));
	DO(cudaFuncSetCacheConfig(NULL, (enum cudaFuncCache)99));
	DO(cudaFuncSetCacheConfig((const void *)unregistered, (enum cudaFuncCache)99));
}

CASE(shared_mem_config)
{
	conf_register();
	for (int config = -1; config < 4; config++) {
		conf_print("configuration %d", config);
		DO(cudaFuncSetSharedMemConfig(FUNC(empty), (enum cudaSharedMemConfig)config));
	}
	DO(cudaFuncSetSharedMemConfig(NULL, cudaSharedMemBankSizeFourByte));
	DO(cudaFuncSetSharedMemConfig((const void *)unregistered, cudaSharedMemBankSizeFourByte));
	DO(cudaFuncSetSharedMemConfig(NULL, (enum cudaSharedMemConfig)99));
}

/* Names and parameters. */

CASE(name)
{
	const char *name = UNTOUCHED;
	cudaKernel_t kernel = NULL;

	conf_register();
	if (DO(cudaFuncGetName(&name, FUNC(fill))) == cudaSuccess)
		SHOW_TEXT(name);
	NEED(cudaGetKernel(&kernel, FUNC(bounded)));
	if (DO(cudaFuncGetName(&name, kernel)) == cudaSuccess)
		SHOW_TEXT(name);
}

CASE(name_by_function)
{
	const char *name = UNTOUCHED;
	cudaFunction_t function = NULL;

	conf_register();
	NEED(cudaGetFuncBySymbol(&function, FUNC(fill)));
	if (DO(cudaFuncGetName(&name, function)) == cudaSuccess)
		SHOW_TEXT(name);
}

CASE(name_of_nothing)
{
	const char *name = UNTOUCHED;

	conf_register();
	DO(cudaFuncGetName(&name, NULL));
	SHOW(name);
	name = UNTOUCHED;
	DO(cudaFuncGetName(&name, (const void *)unregistered));
	SHOW(name);
}

CASE(name_nowhere)
{
	conf_register();
	DO(cudaFuncGetName(NULL, NULL));
	DO(cudaFuncGetName(NULL, FUNC(fill)));
}

static void show_params(const void *func, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t offset = UNTOUCHED_INT, size = UNTOUCHED_INT;

		DO(cudaFuncGetParamInfo(func, i, &offset, &size));
		conf_print("  %zu: offset %zu, size %zu", i, offset, size);
	}
}

CASE(params)
{
	conf_register();
	show_params(FUNC(scalars), 9);
}

CASE(params_of_none)
{
	conf_register();
	show_params(FUNC(empty), 1);
}

CASE(params_by_handles)
{
	cudaFunction_t function = NULL;
	cudaKernel_t kernel = NULL;

	conf_register();
	NEED(cudaGetKernel(&kernel, FUNC(fill)));
	NEED(cudaGetFuncBySymbol(&function, FUNC(fill)));
	show_params(kernel, 4);
	show_params(function, 4);
}

CASE(params_half_asked)
{
	size_t offset = UNTOUCHED_INT, size = UNTOUCHED_INT;

	conf_register();
	DO(cudaFuncGetParamInfo(FUNC(fill), 1, &offset, NULL));
	SHOW(offset);
	DO(cudaFuncGetParamInfo(FUNC(fill), (size_t)-1, &offset, &size));
	DO(cudaFuncGetParamInfo(NULL, 0, &offset, &size));
	DO(cudaFuncGetParamInfo((const void *)unregistered, 0, &offset, &size));
	SHOW(size);
	DO(cudaFuncGetParamInfo(NULL, 0, NULL, NULL));
	DO(cudaFuncGetParamInfo(FUNC(fill), 1, NULL, &size));
	SHOW(size);
}

/* Handles. */

CASE(get_kernel)
{
	cudaKernel_t kernel = UNTOUCHED, again = NULL;

	conf_register();
	DO(cudaGetKernel(&kernel, FUNC(fill)));
	SHOW(kernel);
	DO(cudaGetKernel(&again, FUNC(fill)));
	SHOW_IF(kernel == again);
	again = UNTOUCHED;
	DO(cudaGetKernel(&again, kernel));
	SHOW_IF(again == UNTOUCHED);
	SHOW_IF(again == kernel);
	again = UNTOUCHED;
	DO(cudaGetKernel(&again, NULL));
	SHOW(again);
	DO(cudaGetKernel(&again, (const void *)unregistered));
	SHOW(again);
}

CASE(get_kernel_nowhere)
{
	conf_register();
	DO(cudaGetKernel(NULL, NULL));
	DO(cudaGetKernel(NULL, (const void *)unregistered));
	DO(cudaGetKernel(NULL, FUNC(fill)));
}

CASE(get_func)
{
	cudaFunction_t function = UNTOUCHED, again = NULL;
	cudaKernel_t kernel = NULL;

	conf_register();
	DO(cudaGetFuncBySymbol(&function, FUNC(fill)));
	SHOW(function);
	DO(cudaGetFuncBySymbol(&again, FUNC(fill)));
	SHOW_IF(function == again);
	NEED(cudaGetKernel(&kernel, FUNC(fill)));
	again = UNTOUCHED;
	DO(cudaGetFuncBySymbol(&again, kernel));
	SHOW(again);
	again = UNTOUCHED;
	DO(cudaGetFuncBySymbol(&again, function));
	SHOW(again);
	again = UNTOUCHED;
	DO(cudaGetFuncBySymbol(&again, NULL));
	SHOW(again);
	DO(cudaGetFuncBySymbol(&again, (const void *)unregistered));
	SHOW(again);
}

CASE(get_func_nowhere)
{
	conf_register();
	DO(cudaGetFuncBySymbol(NULL, NULL));
	DO(cudaGetFuncBySymbol(NULL, FUNC(fill)));
}
