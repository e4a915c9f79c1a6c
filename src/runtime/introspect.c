/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the runtime's files and the observer. Streams are not repeated: those of a parent
 * process mean nothing in its child, and a stream of the child's own is reported when it is made.
 */
#include "runtime/context.h"
#include "runtime/device_properties.h"
#include "runtime/entry.h"
#include "runtime/report.h"

const struct rt_observer *rt_observer;

static const struct rt_observer *observer(void)
{
	/* Pairs with the release in rt_observe(): the observer's own state is set up by then. */
	return __atomic_load_n(&rt_observer, __ATOMIC_ACQUIRE);
}

void rt_observe(const struct rt_observer *new_observer)
{
	__atomic_store_n(&rt_observer, new_observer, __ATOMIC_RELEASE);
}

void rt_report_kernel(const void *key, const char *name)
{
	const struct rt_observer *o = observer();

	if (o != NULL && o->kernel != NULL)
		o->kernel(key, name);
}

void rt_report_symbol(const void *key, const char *name, size_t size)
{
	const struct rt_observer *o = observer();

	if (o != NULL && o->symbol != NULL)
		o->symbol(key, name, size);
}

void rt_report_device(int ordinal)
{
	const struct rt_observer *o = observer();
	struct cudaDeviceProp prop;
	struct rt_device_facts facts;

	if (o == NULL || o->device == NULL || rt_device_properties(ordinal, &prop) != cudaSuccess)
		return;
	facts = (struct rt_device_facts){
		.ordinal = ordinal,
		.name = prop.name,
		.total_memory = prop.totalGlobalMem,
		.compute_major = prop.major,
		.compute_minor = prop.minor,
		.multiprocessors = prop.multiProcessorCount,
		.warp_size = prop.warpSize,
		.max_threads_per_block = prop.maxThreadsPerBlock,
		.max_threads_per_multiprocessor = prop.maxThreadsPerMultiProcessor,
		.registers_per_block = prop.regsPerBlock,
		.registers_per_multiprocessor = prop.regsPerMultiprocessor,
		.shared_per_block = prop.sharedMemPerBlock,
		.shared_per_block_optin = prop.sharedMemPerBlockOptin,
		.shared_per_multiprocessor = prop.sharedMemPerMultiprocessor,
	};
	o->device(&facts);
}

void rt_report_stream(cudaStream_t stream, unsigned int flags, int priority)
{
	const struct rt_observer *o = observer();
	int device;

	if (o != NULL && o->stream != NULL && rt_current_device(&device) == cudaSuccess)
		o->stream(stream, device, flags, priority);
}

void rt_report_driver(void)
{
	const struct rt_observer *o = observer();
	int version = drv_version();

	if (o != NULL && o->driver != NULL)
		o->driver(CUDART_VERSION, version, version != 0 ? drv_file() : NULL);
}

void rt_report_reference(const void *key, const char *name, bool is_surface)
{
	const struct rt_observer *o = observer();

	if (o != NULL && o->reference != NULL)
		o->reference(key, name, is_surface);
}

void rt_report_profiling(bool on)
{
	const struct rt_observer *o = observer();

	if (o != NULL && o->profiling != NULL)
		o->profiling(on);
}

void rt_introspect_repeat(void)
{
	rt_repeat_devices();
	rt_repeat_kernels();
	rt_repeat_symbols();
	rt_repeat_references();
}
