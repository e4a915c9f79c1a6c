/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts: first calls, reset, contexts that the driver made, flags. */
#define CONF_FRESH_PROCESS
#include "conformance.h"

#include "driver_calls.h"

static void show_contexts(void)
{
	DRIVER(CUresult, cuCtxGetCurrent, CUcontext *);
	DRIVER(CUresult, cuDevicePrimaryCtxGetState, CUdevice, unsigned int *, int *);
	CUcontext current = NULL;
	unsigned int flags = 0;
	int active = 0, got, state;

	got = cuCtxGetCurrent(&current);
	state = cuDevicePrimaryCtxGetState(0, &flags, &active);
	conf_print("  driver: current %s (%d), primary %s, flags %x (%d)",
		   current != NULL ? "set" : "null", got, active ? "active" : "inactive", flags,
		   state);
}

/* -- which calls make a context -- */

CASE(version_makes_none)
{
	int version = 0;

	DO(cudaRuntimeGetVersion(&version));
	DO(cudaDriverGetVersion(&version));
	show_contexts();
}

CASE(last_error_makes_none)
{
	DO(cudaPeekAtLastError());
	DO(cudaGetLastError());
	show_contexts();
}

CASE(get_device_makes_none)
{
	int device = UNTOUCHED_INT;

	DO(cudaGetDevice(&device));
	SHOW(device);
	show_contexts();
}

CASE(count_makes_none)
{
	int n = 0;

	DO(cudaGetDeviceCount(&n));
	show_contexts();
}

CASE(properties_make_none)
{
	static struct cudaDeviceProp p;
	int value = 0;

	DO(cudaGetDeviceProperties(&p, 0));
	DO(cudaDeviceGetAttribute(&value, cudaDevAttrWarpSize, 0));
	show_contexts();
}

CASE(choose_makes_none)
{
	static struct cudaDeviceProp p;
	int device = 0;

	DO(cudaChooseDevice(&device, &p));
	show_contexts();
}

CASE(get_flags_makes_none)
{
	unsigned int flags = 0;

	DO(cudaGetDeviceFlags(&flags));
	show_contexts();
}

CASE(peer_question_makes_none)
{
	int can = UNTOUCHED_INT;

	DO(cudaDeviceCanAccessPeer(&can, 0, 0));
	show_contexts();
}

CASE(entry_point_makes_none)
{
	enum cudaDriverEntryPointQueryResult found;
	void *function = UNTOUCHED;

	DO(cudaGetDriverEntryPoint("cuCtxGetCurrent", &function, cudaEnableDefault, &found));
	show_contexts();
}

CASE(capture_mode_makes_none)
{
	enum cudaStreamCaptureMode mode = cudaStreamCaptureModeRelaxed;

	DO(cudaThreadExchangeStreamCaptureMode(&mode));
	show_contexts();
}

CASE(default_pool_makes_none)
{
	cudaMemPool_t pool = UNTOUCHED;

	DO(cudaDeviceGetDefaultMemPool(&pool, 0));
	SHOW(pool);
	show_contexts();
}

CASE(pci_bus_id_makes_none)
{
	char id[16];

	DO(cudaDeviceGetPCIBusId(id, sizeof(id), 0));
	show_contexts();
}

CASE(failing_set_device_makes_none)
{
	DO(cudaSetDevice(1000));
	show_contexts();
	DO(cudaSetDevice(-1));
	show_contexts();
}

CASE(set_device_makes_one)
{
	DO(cudaSetDevice(0));
	show_contexts();
}

CASE(set_flags_makes_one_or_none)
{
	DO(cudaSetDeviceFlags(cudaDeviceScheduleYield));
	show_contexts();
}

CASE(init_makes_one_or_none)
{
	DO(cudaInitDevice(0, 0, 0));
	show_contexts();
}

CASE(free_of_nothing_makes_one)
{
	DO(cudaFree(NULL));
	show_contexts();
}

CASE(malloc_makes_one)
{
	void *p = NULL;

	DO(cudaMalloc(&p, 16));
	show_contexts();
}

CASE(malloc_of_nothing_makes_one)
{
	void *p = NULL;

	DO(cudaMalloc(&p, 0));
	show_contexts();
}

CASE(failing_malloc_makes_one_or_none)
{
	DO(cudaMalloc(NULL, 16));
	show_contexts();
}

CASE(synchronize_makes_one)
{
	DO(cudaDeviceSynchronize());
	show_contexts();
}

CASE(get_limit_makes_one)
{
	size_t value = 0;

	DO(cudaDeviceGetLimit(&value, cudaLimitStackSize));
	show_contexts();
}

CASE(pointer_question_makes_one_or_none)
{
	struct cudaPointerAttributes attributes;

	DO(cudaPointerGetAttributes(&attributes, &attributes));
	show_contexts();
}

CASE(stream_makes_one)
{
	cudaStream_t stream = NULL;

	DO(cudaStreamCreate(&stream));
	show_contexts();
}

CASE(null_event_makes_one_or_none)
{
	DO(cudaEventQuery(NULL));
	show_contexts();
}

CASE(graph_makes_one_or_none)
{
	cudaGraph_t graph = NULL;

	DO(cudaGraphCreate(&graph, 0));
	show_contexts();
}

CASE(registration_makes_none)
{
	conf_register();
	DO(cudaGetLastError());
	show_contexts();
}

CASE(kernel_question_makes_one_or_none)
{
	struct cudaFuncAttributes attributes;

	conf_register();
	DO(cudaFuncGetAttributes(&attributes, (const void *)kernel_empty));
	show_contexts();
}

CASE(profiler_makes_one_or_none)
{
	DO(cudaProfilerStart());
	show_contexts();
}

CASE(log_makes_none)
{
	cudaLogIterator iterator;

	DO(cudaLogsCurrent(&iterator, 0));
	show_contexts();
}

CASE(user_object_makes_one_or_none)
{
	cudaUserObject_t object = UNTOUCHED;

	DO(cudaUserObjectCreate(&object, NULL, NULL, 1, 1));
	show_contexts();
}

static void show_in_thread(void *unused)
{
	void *p = NULL;

	(void)unused;
	show_contexts();
	DO(cudaMalloc(&p, 16));
	show_contexts();
	DO(cudaFree(p));
}

CASE(another_thread_gets_its_own_current)
{
	DO(cudaSetDevice(0));
	conf_in_thread(show_in_thread, NULL);
	show_contexts();
}

/* -- flags -- */

static void set_flags(unsigned int flags)
{
	unsigned int now = UNTOUCHED_INT;

	conf_print("flags %#x", flags);
	DO(cudaSetDeviceFlags(flags));
	DO(cudaGetDeviceFlags(&now));
	SHOW(now);
}

CASE(flags_at_first)
{
	unsigned int flags = UNTOUCHED_INT;

	DO(cudaGetDeviceFlags(&flags));
	SHOW(flags);
	NEED(cudaFree(NULL));
	DO(cudaGetDeviceFlags(&flags));
	SHOW(flags);
}

CASE(flags_to_nowhere)
{
	DO(cudaGetDeviceFlags(NULL));
}

CASE(flags_of_scheduling)
{
	for (unsigned int flags = 0; flags < 8; flags++)
		set_flags(flags);
}

CASE(flags_of_scheduling_with_a_context)
{
	NEED(cudaFree(NULL));
	for (unsigned int flags = 0; flags < 8; flags++)
		set_flags(flags);
}

CASE(flags_of_memory)
{
	set_flags(cudaDeviceMapHost);
	set_flags(cudaDeviceLmemResizeToMax);
	set_flags(cudaDeviceSyncMemops);
	set_flags(cudaDeviceScheduleSpin | cudaDeviceMapHost | cudaDeviceLmemResizeToMax);
	set_flags(0);
}

CASE(flags_undefined)
{
	set_flags(0x20);
	set_flags(0x40);
	set_flags(0x60);
	set_flags(0x100);
	set_flags(0x80000000u);
	set_flags(0xff);
	set_flags(~0u);
}

CASE(flags_after_reset)
{
	NEED(cudaSetDeviceFlags(cudaDeviceScheduleBlockingSync));
	NEED(cudaFree(NULL));
	DO(cudaDeviceReset());
	set_flags(0);
	NEED(cudaSetDeviceFlags(cudaDeviceScheduleBlockingSync));
	show_contexts();
	DO(cudaDeviceReset());
	show_contexts();
}

CASE_TWO_DEVICES(flags_of_each_device)
{
	unsigned int flags = 0;

	DO(cudaSetDeviceFlags(cudaDeviceScheduleYield));
	DO(cudaSetDevice(1));
	DO(cudaGetDeviceFlags(&flags));
	SHOW(flags);
	DO(cudaSetDevice(0));
	DO(cudaGetDeviceFlags(&flags));
	SHOW(flags);
}

CASE(init_device_with_flags)
{
	unsigned int flags = 0;
	int device = UNTOUCHED_INT;

	DO(cudaInitDevice(0, cudaDeviceScheduleYield, cudaInitDeviceFlagsAreValid));
	DO(cudaGetDeviceFlags(&flags));
	SHOW(flags);
	DO(cudaGetDevice(&device));
	SHOW(device);
	DO(cudaInitDevice(0, cudaDeviceScheduleSpin, cudaInitDeviceFlagsAreValid));
	DO(cudaGetDeviceFlags(&flags));
	SHOW(flags);
}

/* Which of these calls leave the context current in the calling thread. */
CASE(init_device_and_the_current_context)
{
	DO(cudaInitDevice(0, 0x100, cudaInitDeviceFlagsAreValid));
	show_contexts();
	DO(cudaInitDevice(0, 0, 0));
	show_contexts();
	DO(cudaInitDevice(0, 0, cudaInitDeviceFlagsAreValid));
	show_contexts();
}

CASE(init_device_with_an_undefined_flag)
{
	DO(cudaInitDevice(0, 0, 2));
	show_contexts();
}

CASE(init_device_without_valid_flags)
{
	unsigned int flags = 0;

	DO(cudaInitDevice(0, cudaDeviceScheduleYield, 0));
	DO(cudaGetDeviceFlags(&flags));
	SHOW(flags);
	DO(cudaInitDevice(0, 0x100, 0));
}

CASE(init_device_bad_arguments)
{
	DO(cudaInitDevice(1000, 0, 0));
	DO(cudaInitDevice(-1, 0, 0));
	DO(cudaInitDevice(0, 0, 2));
	DO(cudaInitDevice(0, 0x100, cudaInitDeviceFlagsAreValid));
	DO(cudaInitDevice(0, 3, cudaInitDeviceFlagsAreValid));
	DO(cudaInitDevice(1000, 0, 2));
	show_contexts();
}

CASE(valid_devices)
{
	int devices[2] = { 0, 0 };

	DO(cudaSetValidDevices(devices, 1));
	show_contexts();
	DO(cudaSetValidDevices(NULL, 0));
	DO(cudaFree(NULL));
	DO(cudaSetValidDevices(devices, 1));
}

CASE(valid_devices_twice_the_same)
{
	int devices[2] = { 0, 0 };

	DO(cudaSetValidDevices(devices, 2));
}

CASE(valid_devices_bad_arguments)
{
	int devices[2] = { 1000, -1 };

	DO(cudaSetValidDevices(devices, 1));
	DO(cudaSetValidDevices(devices + 1, 1));
	DO(cudaSetValidDevices(devices, 0));
	DO(cudaSetValidDevices(devices, -1));
	DO(cudaSetValidDevices(devices, 1000));
	DO(cudaSetValidDevices(NULL, 1));
	show_contexts();
}

CASE_TWO_DEVICES(valid_devices_decide_the_first)
{
	int devices[2] = { 1, 0 }, device = UNTOUCHED_INT;

	DO(cudaSetValidDevices(devices, 2));
	DO(cudaGetDevice(&device));
	SHOW(device);
	DO(cudaFree(NULL));
	DO(cudaGetDevice(&device));
	SHOW(device);
}

static void show_device(void *unused)
{
	int device = UNTOUCHED_INT;

	(void)unused;
	DO(cudaGetDevice(&device));
	SHOW(device);
}

CASE(get_device_to_nowhere)
{
	DO(cudaGetDevice(NULL));
}

CASE_TWO_DEVICES(each_thread_has_its_device)
{
	DO(cudaSetDevice(1));
	show_device(NULL);
	conf_in_thread(show_device, NULL);
	DO(cudaSetDevice(1000));
	show_device(NULL);
}
