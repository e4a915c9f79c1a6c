/* SPDX-License-Identifier: Apache-2.0 */
/* What can be set on a device: limits, cache and bank preferences. */
#include "conformance.h"

static void show_limit(enum cudaLimit limit)
{
	size_t value = UNTOUCHED_64;

	conf_print("limit %d", (int)limit);
	DO(cudaDeviceGetLimit(&value, limit));
	SHOW(value);
}

CASE(limits_at_first)
{
	for (int i = 0; i <= 7; i++)
		show_limit(i);
	show_limit(-1);
	show_limit(99);
}

static void set_limit(enum cudaLimit limit, size_t value)
{
	conf_print("value %zu", value);
	DO(cudaDeviceSetLimit(limit, value));
	show_limit(limit);
}

CASE(limit_of_stack)
{
	set_limit(cudaLimitStackSize, 2048);
	set_limit(cudaLimitStackSize, 5000);
	set_limit(cudaLimitStackSize, 0);
	set_limit(cudaLimitStackSize, (size_t)1 << 40);
}

CASE(limit_of_printf)
{
	set_limit(cudaLimitPrintfFifoSize, 2 << 20);
	set_limit(cudaLimitPrintfFifoSize, 1);
}

CASE(limit_of_printf_after_a_launch)
{
	conf_register();
	NEED(LAUNCH(kernel_empty, DIM(1), DIM(1), NULL));
	NEED(cudaDeviceSynchronize());
	set_limit(cudaLimitPrintfFifoSize, 2 << 20);
}

CASE(limit_of_heap)
{
	set_limit(cudaLimitMallocHeapSize, 16 << 20);
	set_limit(cudaLimitMallocHeapSize, 1);
}

CASE(limit_of_heap_after_a_launch)
{
	conf_register();
	NEED(LAUNCH(kernel_empty, DIM(1), DIM(1), NULL));
	NEED(cudaDeviceSynchronize());
	set_limit(cudaLimitMallocHeapSize, 16 << 20);
}

CASE(limit_of_sync_depth)
{
	set_limit(cudaLimitDevRuntimeSyncDepth, 4);
}

CASE(limit_of_pending_launches)
{
	set_limit(cudaLimitDevRuntimePendingLaunchCount, 4096);
	set_limit(cudaLimitDevRuntimePendingLaunchCount, 1);
}

CASE(limit_of_l2_granularity)
{
	set_limit(cudaLimitMaxL2FetchGranularity, 32);
	set_limit(cudaLimitMaxL2FetchGranularity, 128);
	set_limit(cudaLimitMaxL2FetchGranularity, 129);
	set_limit(cudaLimitMaxL2FetchGranularity, 0);
}

CASE(limit_of_persisting_l2)
{
	set_limit(cudaLimitPersistingL2CacheSize, 4 << 20);
	set_limit(cudaLimitPersistingL2CacheSize, 0);
	set_limit(cudaLimitPersistingL2CacheSize, (size_t)1 << 40);
}

CASE(limit_unknown)
{
	DO(cudaDeviceSetLimit(-1, 1));
	DO(cudaDeviceSetLimit(7, 1));
	DO(cudaDeviceSetLimit(99, 1));
	DO(cudaDeviceGetLimit(NULL, 99));
	DO(cudaDeviceGetLimit(NULL, cudaLimitStackSize));
}

CASE(limits_after_reset)
{
	NEED(cudaDeviceSetLimit(cudaLimitStackSize, 4096));
	DO(cudaDeviceReset());
	show_limit(cudaLimitStackSize);
}

CASE_ALONE(reset_of_persisting_l2)
{
	DO(cudaCtxResetPersistingL2Cache());
	DO(cudaCtxResetPersistingL2Cache());
}

/* -- cache, banks, priorities -- */

CASE(cache_config)
{
	enum cudaFuncCache config;

	for (int i = 0; i <= 3; i++) {
		UNTOUCH(config);
		DO(cudaDeviceSetCacheConfig(i));
		DO(cudaDeviceGetCacheConfig(&config));
		SHOW(config);
	}
	DO(cudaDeviceSetCacheConfig(4));
	DO(cudaDeviceSetCacheConfig(-1));
	DO(cudaDeviceGetCacheConfig(&config));
	SHOW(config);
}

CASE(cache_config_to_nowhere)
{
	DO(cudaDeviceGetCacheConfig(NULL));
}

CASE(shared_mem_config)
{
	enum cudaSharedMemConfig config;

	UNTOUCH(config);
	DO(cudaDeviceGetSharedMemConfig(&config));
	SHOW(config);
	for (int i = 0; i <= 3; i++)
		DO(cudaDeviceSetSharedMemConfig(i));
	DO(cudaDeviceSetSharedMemConfig(-1));
	DO(cudaDeviceGetSharedMemConfig(&config));
	SHOW(config);
}

CASE(shared_mem_config_to_nowhere)
{
	DO(cudaDeviceGetSharedMemConfig(NULL));
}

CASE(stream_priority_range)
{
	int least = UNTOUCHED_INT, greatest = UNTOUCHED_INT;

	DO(cudaDeviceGetStreamPriorityRange(&least, &greatest));
	SHOW(least);
	SHOW(greatest);
	DO(cudaDeviceGetStreamPriorityRange(NULL, &greatest));
	DO(cudaDeviceGetStreamPriorityRange(&least, NULL));
	DO(cudaDeviceGetStreamPriorityRange(NULL, NULL));
}
