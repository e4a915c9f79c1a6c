/* SPDX-License-Identifier: Apache-2.0 */
/* Streams: creation, flags, priorities, waiting, callbacks, attributes. */
#include "conformance.h"

static cudaStream_t made(void)
{
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	return stream;
}

static cudaStream_t capturing(enum cudaStreamCaptureMode mode)
{
	cudaStream_t stream = made();

	NEED(cudaStreamBeginCapture(stream, mode));
	return stream;
}

static void end(cudaStream_t stream)
{
	cudaGraph_t graph = NULL;

	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}

CASE(create)
{
	cudaStream_t stream = UNTOUCHED;

	DO(cudaStreamCreate(&stream));
	SHOW(stream);
	DO(cudaStreamQuery(stream));
	DO(cudaStreamSynchronize(stream));
	DO(cudaStreamDestroy(stream));
}

CASE(create_null)
{
	DO(cudaStreamCreate(NULL));
}

CASE(create_with_flags)
{
	for (unsigned int flags = 0; flags < 4; flags++) {
		cudaStream_t stream = UNTOUCHED;
		unsigned int got = UNTOUCHED_INT;

		SHOW(flags);
		if (DO(cudaStreamCreateWithFlags(&stream, flags)) != cudaSuccess) {
			SHOW(stream);
			continue;
		}
		DO(cudaStreamGetFlags(stream, &got));
		SHOW(got);
		NEED(cudaStreamDestroy(stream));
	}
}

CASE(create_with_bad_flags)
{
	static const unsigned int bad[] = { 4, 8, 0x10, 0x100, 0x80000000u, ~0u };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cudaStream_t stream = UNTOUCHED;

		DO(cudaStreamCreateWithFlags(&stream, bad[i]));
		SHOW(stream);
		DO(cudaStreamCreateWithPriority(&stream, bad[i], 0));
		SHOW(stream);
	}
}

CASE(create_with_flags_null)
{
	DO(cudaStreamCreateWithFlags(NULL, 0));
	DO(cudaStreamCreateWithFlags(NULL, 4));
}

CASE(create_with_priority_null)
{
	DO(cudaStreamCreateWithPriority(NULL, 0, 0));
	DO(cudaStreamCreateWithPriority(NULL, 4, 0));
}

CASE(priorities)
{
	static const int asked[] = { 0, -1, -2, -5, -6, -99, 1, 99 };

	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		cudaStream_t stream = NULL;
		int got = UNTOUCHED_INT;

		SHOW(asked[i]);
		DO(cudaStreamCreateWithPriority(&stream, cudaStreamNonBlocking, asked[i]));
		DO(cudaStreamGetPriority(stream, &got));
		SHOW(got);
		NEED(cudaStreamDestroy(stream));
	}
}

CASE(default_streams_flags)
{
	unsigned int flags = UNTOUCHED_INT;

	DO(cudaStreamGetFlags(NULL, &flags));
	SHOW(flags);
	DO(cudaStreamGetFlags(cudaStreamLegacy, &flags));
	SHOW(flags);
	DO(cudaStreamGetFlags(cudaStreamPerThread, &flags));
	SHOW(flags);
}

CASE_ALONE(default_streams_priority)
{
	int priority = UNTOUCHED_INT;

	DO(cudaStreamGetPriority(NULL, &priority));
	SHOW(priority);
	DO(cudaStreamGetPriority(cudaStreamLegacy, &priority));
	SHOW(priority);
	DO(cudaStreamGetPriority(cudaStreamPerThread, &priority));
	SHOW(priority);
}

CASE(default_streams_device)
{
	int device = UNTOUCHED_INT;

	DO(cudaStreamGetDevice(NULL, &device));
	SHOW(device);
	device = UNTOUCHED_INT;
	DO(cudaStreamGetDevice(cudaStreamLegacy, &device));
	SHOW(device);
	device = UNTOUCHED_INT;
	DO(cudaStreamGetDevice(cudaStreamPerThread, &device));
	SHOW(device);
	device = UNTOUCHED_INT;
	DO(cudaStreamGetDevice(made(), &device));
	SHOW(device);
}

CASE_ALONE(ids)
{
	unsigned long long null = 0, legacy = 0, thread = 0, a = 0, b = 0, again = 0;
	cudaStream_t s = made(), t = made();

	DO(cudaStreamGetId(NULL, &null));
	DO(cudaStreamGetId(cudaStreamLegacy, &legacy));
	DO(cudaStreamGetId(cudaStreamPerThread, &thread));
	DO(cudaStreamGetId(s, &a));
	DO(cudaStreamGetId(t, &b));
	DO(cudaStreamGetId(s, &again));
	SHOW_IF(null == legacy);
	SHOW_IF(null == thread);
	SHOW_IF(legacy == thread);
	SHOW_IF(a == again);
	SHOW_IF(a != b);
	SHOW_IF(b > a);
	SHOW(legacy);
}

CASE(get_flags_null)
{
	DO(cudaStreamGetFlags(made(), NULL));
}

CASE(get_flags_null_of_null)
{
	DO(cudaStreamGetFlags(NULL, NULL));
}

CASE(get_priority_null)
{
	DO(cudaStreamGetPriority(made(), NULL));
}

CASE(get_priority_null_of_null)
{
	DO(cudaStreamGetPriority(NULL, NULL));
}

CASE(get_id_null)
{
	DO(cudaStreamGetId(made(), NULL));
}

CASE(get_device_null)
{
	DO(cudaStreamGetDevice(made(), NULL));
}

CASE(destroy_default_streams)
{
	DO(cudaStreamDestroy(NULL));
	DO(cudaStreamDestroy(cudaStreamLegacy));
	DO(cudaStreamDestroy(cudaStreamPerThread));
	DO(cudaStreamQuery(NULL));
}

CASE(destroy_null_first_call)
{
	DO(cudaStreamDestroy(NULL));
}

CASE(destroyed_stream)
{
	cudaStream_t stream = made();

	NEED(cudaStreamDestroy(stream));
	DO(cudaStreamQuery(stream));
}

CASE(destroy_busy)
{
	struct conf_busy busy;
	cudaStream_t stream = made();
	unsigned int *p = NULL, value = 0, one = 1, fill = 0x33;

	conf_register();
	NEED(cudaMalloc((void **)&p, 4));
	NEED(cudaMemset(p, 0, 4));
	conf_occupy(&busy, stream);
	NEED(conf_launch((const void *)kernel_fill, DIM(1), DIM(1), ARGS(&p, &one, &fill), 0,
			 stream));
	DO(cudaStreamDestroy(stream));
	__atomic_store_n(busy.flag, 1, __ATOMIC_RELEASE);
	DO(cudaDeviceSynchronize());
	DO(cudaMemcpy(&value, p, 4, cudaMemcpyDeviceToHost));
	SHOW(value);
}

CASE(query_and_synchronize_default)
{
	DO(cudaStreamQuery(NULL));
	DO(cudaStreamQuery(cudaStreamLegacy));
	DO(cudaStreamQuery(cudaStreamPerThread));
	DO(cudaStreamSynchronize(NULL));
	DO(cudaStreamSynchronize(cudaStreamLegacy));
	DO(cudaStreamSynchronize(cudaStreamPerThread));
}

CASE(query_busy)
{
	struct conf_busy busy;
	cudaStream_t stream = made();

	conf_register();
	conf_occupy(&busy, stream);
	DO(cudaStreamQuery(stream));
	DO_KEEP(cudaStreamQuery(stream));
	DO_KEEP(cudaGetLastError());
	conf_release(&busy);
	DO(cudaStreamQuery(stream));
}

CASE(query_busy_keeps_last_error)
{
	struct conf_busy busy;
	cudaStream_t stream = made();

	conf_register();
	conf_occupy(&busy, stream);
	DO_KEEP(cudaStreamDestroy(NULL));
	DO_KEEP(cudaStreamQuery(stream));
	DO(cudaGetLastError());
	conf_release(&busy);
}

/* Who waits for whom: a blocking stream is busy, what do the default streams say? */
CASE(query_default_while_blocking_busy)
{
	struct conf_busy busy;
	cudaStream_t stream = made();

	conf_register();
	conf_occupy(&busy, stream);
	DO(cudaStreamQuery(cudaStreamPerThread));
	DO(cudaStreamQuery(cudaStreamLegacy));
	DO(cudaStreamQuery(NULL));
	conf_release(&busy);
	DO(cudaStreamQuery(cudaStreamLegacy));
}

CASE(query_default_while_nonblocking_busy)
{
	struct conf_busy busy;
	cudaStream_t stream = NULL;

	conf_register();
	NEED(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
	conf_occupy(&busy, stream);
	DO(cudaStreamQuery(cudaStreamLegacy));
	DO(cudaStreamQuery(NULL));
	DO(cudaStreamSynchronize(NULL));
	DO(cudaStreamQuery(stream));
	conf_release(&busy);
}

CASE(blocking_waits_for_legacy)
{
	struct conf_busy busy;
	cudaStream_t blocking = made(), other = NULL;

	conf_register();
	NEED(cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking));
	conf_occupy(&busy, cudaStreamLegacy);
	NEED(conf_launch((const void *)kernel_empty, DIM(1), DIM(1), NULL, 0, blocking));
	NEED(conf_launch((const void *)kernel_empty, DIM(1), DIM(1), NULL, 0, other));
	DO(cudaStreamQuery(blocking));
	DO(cudaStreamSynchronize(other));
	DO(cudaStreamQuery(other));
	conf_release(&busy);
	DO(cudaStreamSynchronize(blocking));
}

CASE(thread_stream_busy)
{
	struct conf_busy busy;

	conf_register();
	conf_occupy(&busy, cudaStreamPerThread);
	DO(cudaStreamQuery(cudaStreamPerThread));
	DO(cudaStreamQuery(NULL));
	conf_release(&busy);
}

static void query_thread_stream(void *data)
{
	(void)data;
	DO(cudaStreamQuery(cudaStreamPerThread));
}

CASE(thread_stream_is_each_threads)
{
	struct conf_busy busy;

	conf_register();
	conf_occupy(&busy, cudaStreamPerThread);
	conf_in_thread(query_thread_stream, NULL);
	DO(cudaStreamQuery(cudaStreamPerThread));
	conf_release(&busy);
}

/*
 * ---- host functions and callbacks ----
 *
 * What prints is queued by NEED, which is silent: it may print before the call has returned.
 */

static void count(void *data)
{
	++*(int *)data;
}

static void stream_callback(cudaStream_t stream, cudaError_t error, void *data)
{
	conf_print("  callback: status %s, stream %s", conf_error_name(error),
		   stream == *(cudaStream_t *)data ? "the same" : "another");
}

CASE(launch_host_func)
{
	cudaStream_t stream = made();
	int counted = 0;

	DO(cudaLaunchHostFunc(stream, count, &counted));
	DO(cudaLaunchHostFunc(stream, count, &counted));
	DO(cudaStreamSynchronize(stream));
	SHOW(counted);
	DO(cudaLaunchHostFunc(NULL, count, &counted));
	DO(cudaDeviceSynchronize());
	SHOW(counted);
	DO(cudaLaunchHostFunc(cudaStreamPerThread, count, &counted));
	DO(cudaStreamSynchronize(cudaStreamPerThread));
	SHOW(counted);
}

CASE(launch_host_func_null)
{
	DO(cudaLaunchHostFunc(made(), NULL, NULL));
	DO(cudaLaunchHostFunc(NULL, NULL, NULL));
}

CASE(launch_host_func_busy)
{
	struct conf_busy busy;
	cudaStream_t stream = made();
	volatile int counted = 0;

	conf_register();
	conf_occupy(&busy, stream);
	DO(cudaLaunchHostFunc(stream, count, (void *)&counted));
	SHOW((int)counted);
	conf_release(&busy);
	SHOW((int)counted);
}

static void all_forbidden(void *data)
{
	cudaStream_t made_here = UNTOUCHED;
	int device = UNTOUCHED_INT;

	DO(cudaStreamQuery(data));
	DO(cudaStreamSynchronize(data));
	DO(cudaStreamCreate(&made_here));
	SHOW(made_here);
	DO(cudaDeviceSynchronize());
	DO(cudaLaunchHostFunc(data, count, NULL));
	DO(cudaGetDevice(&device));
	DO(cudaStreamDestroy(NULL));
	DO(cudaStreamCreate(NULL));
}

CASE(calls_from_host_function)
{
	cudaStream_t stream = made();

	NEED(cudaLaunchHostFunc(stream, all_forbidden, stream));
	DO(cudaStreamSynchronize(stream));
	DO(cudaGetLastError());
}

static void forbidden_in_callback(cudaStream_t stream, cudaError_t error, void *data)
{
	(void)error;
	(void)data;
	DO(cudaStreamQuery(stream));
	DO(cudaFree(NULL));
}

CASE(calls_from_callback)
{
	cudaStream_t stream = made();

	NEED(cudaStreamAddCallback(stream, forbidden_in_callback, NULL, 0));
	DO(cudaStreamSynchronize(stream));
}

CASE(add_callback)
{
	cudaStream_t stream = made();

	NEED(cudaStreamAddCallback(stream, stream_callback, &stream, 0));
	DO(cudaStreamSynchronize(stream));
}

CASE(add_callback_default_streams)
{
	cudaStream_t null = NULL, legacy = cudaStreamLegacy, thread = cudaStreamPerThread;

	NEED(cudaStreamAddCallback(NULL, stream_callback, &null, 0));
	DO(cudaDeviceSynchronize());
	NEED(cudaStreamAddCallback(cudaStreamLegacy, stream_callback, &legacy, 0));
	DO(cudaDeviceSynchronize());
	NEED(cudaStreamAddCallback(cudaStreamPerThread, stream_callback, &thread, 0));
	DO(cudaDeviceSynchronize());
}

CASE(add_callback_bad_arguments)
{
	cudaStream_t stream = made();

	DO(cudaStreamAddCallback(stream, stream_callback, &stream, 1));
	DO(cudaStreamAddCallback(stream, stream_callback, &stream, ~0u));
	DO(cudaStreamAddCallback(stream, NULL, NULL, 0));
	DO(cudaStreamAddCallback(stream, NULL, NULL, 1));
	DO(cudaStreamSynchronize(stream));
}

static void callback_status(cudaStream_t stream, cudaError_t error, void *data)
{
	(void)stream;
	*(cudaError_t *)data = error;
}

CASE(callback_after_fault)
{
	cudaStream_t stream = made();
	cudaError_t seen = cudaErrorUnknown;

	conf_register();
	NEED(conf_launch((const void *)kernel_bad_address, DIM(1), DIM(1), NULL, 0, stream));
	/* Refused or not, as the fault is known by now or not: it is not called. */
	(void)cudaStreamAddCallback(stream, callback_status, &seen, 0);
	(void)cudaGetLastError();
	DO(cudaStreamSynchronize(stream));
	(void)cudaDeviceSynchronize();
	conf_print("  seen: %s", conf_error_name(seen));
}

/* ---- attributes ---- */

CASE(attributes_default)
{
	cudaStream_t stream = made();

	for (int id = 0; id <= 17; id++) {
		cudaLaunchAttributeValue value;

		UNTOUCH(value);
		SHOW(id);
		if (DO(cudaStreamGetAttribute(stream, (cudaLaunchAttributeID)id, &value)) ==
		    cudaSuccess)
			SHOW(value.priority);
	}
}

CASE(attribute_window)
{
	cudaStream_t stream = made();
	cudaLaunchAttributeValue value;
	void *p = NULL;

	memset(&value, 0, sizeof(value));
	NEED(cudaMalloc(&p, 1 << 20));
	DO(cudaStreamGetAttribute(stream, cudaLaunchAttributeAccessPolicyWindow, &value));
	SHOW(value.accessPolicyWindow.base_ptr);
	SHOW(value.accessPolicyWindow.num_bytes);
	SHOW(value.accessPolicyWindow.hitRatio);
	SHOW(value.accessPolicyWindow.hitProp);
	SHOW(value.accessPolicyWindow.missProp);
	value.accessPolicyWindow = (struct cudaAccessPolicyWindow){
		.base_ptr = p,
		.num_bytes = 65536,
		.hitRatio = 0.5f,
		.hitProp = cudaAccessPropertyPersisting,
		.missProp = cudaAccessPropertyStreaming,
	};
	DO(cudaStreamSetAttribute(stream, cudaLaunchAttributeAccessPolicyWindow, &value));
	memset(&value, 0, sizeof(value));
	DO(cudaStreamGetAttribute(stream, cudaLaunchAttributeAccessPolicyWindow, &value));
	SHOW_IF(value.accessPolicyWindow.base_ptr == p);
	SHOW(value.accessPolicyWindow.num_bytes);
	SHOW(value.accessPolicyWindow.hitRatio);
	SHOW(value.accessPolicyWindow.hitProp);
	SHOW(value.accessPolicyWindow.missProp);
}

CASE(attribute_window_bad)
{
	cudaStream_t stream = made();
	cudaLaunchAttributeValue value;
	void *p = NULL;

	memset(&value, 0, sizeof(value));
	NEED(cudaMalloc(&p, 1 << 20));
	value.accessPolicyWindow.base_ptr = p;
	value.accessPolicyWindow.num_bytes = 65536;
	value.accessPolicyWindow.hitRatio = 1.5f;
	DO(cudaStreamSetAttribute(stream, cudaLaunchAttributeAccessPolicyWindow, &value));
	value.accessPolicyWindow.hitRatio = -1;
	DO(cudaStreamSetAttribute(stream, cudaLaunchAttributeAccessPolicyWindow, &value));
	value.accessPolicyWindow.hitRatio = 1;
	value.accessPolicyWindow.missProp = cudaAccessPropertyPersisting;
	DO(cudaStreamSetAttribute(stream, cudaLaunchAttributeAccessPolicyWindow, &value));
	value.accessPolicyWindow.missProp = (enum cudaAccessProperty)9;
	DO(cudaStreamSetAttribute(stream, cudaLaunchAttributeAccessPolicyWindow, &value));
	value.accessPolicyWindow.missProp = cudaAccessPropertyNormal;
	value.accessPolicyWindow.num_bytes = (size_t)1 << 40;
	DO(cudaStreamSetAttribute(stream, cudaLaunchAttributeAccessPolicyWindow, &value));
	value.accessPolicyWindow.num_bytes = 0;
	DO(cudaStreamSetAttribute(stream, cudaLaunchAttributeAccessPolicyWindow, &value));
}

CASE(attribute_sync_policy)
{
	cudaStream_t stream = made();

	for (int policy = 0; policy <= 5; policy++) {
		cudaLaunchAttributeValue value;

		memset(&value, 0, sizeof(value));
		value.syncPolicy = (enum cudaSynchronizationPolicy)policy;
		SHOW(policy);
		DO(cudaStreamSetAttribute(stream, cudaLaunchAttributeSynchronizationPolicy,
					  &value));
		DO(cudaStreamGetAttribute(stream, cudaLaunchAttributeSynchronizationPolicy,
					  &value));
		SHOW((int)value.syncPolicy);
	}
}

CASE(attribute_priority)
{
	static const int wanted[] = { -3, 0, -99, 99 };
	cudaStream_t stream = made();

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		cudaLaunchAttributeValue value;
		int got = UNTOUCHED_INT;

		memset(&value, 0, sizeof(value));
		value.priority = wanted[i];
		SHOW(wanted[i]);
		DO(cudaStreamSetAttribute(stream, cudaLaunchAttributePriority, &value));
		DO(cudaStreamGetPriority(stream, &got));
		SHOW(got);
	}
}

CASE(attribute_domains)
{
	cudaStream_t stream = made();
	cudaLaunchAttributeValue value;

	memset(&value, 0, sizeof(value));
	DO(cudaStreamGetAttribute(stream, cudaLaunchAttributeMemSyncDomainMap, &value));
	SHOW(value.memSyncDomainMap.default_);
	SHOW(value.memSyncDomainMap.remote);
	value.memSyncDomainMap.default_ = 2;
	value.memSyncDomainMap.remote = 3;
	DO(cudaStreamSetAttribute(stream, cudaLaunchAttributeMemSyncDomainMap, &value));
	memset(&value, 0, sizeof(value));
	DO(cudaStreamGetAttribute(stream, cudaLaunchAttributeMemSyncDomainMap, &value));
	SHOW(value.memSyncDomainMap.default_);
	SHOW(value.memSyncDomainMap.remote);
	value.memSyncDomainMap.default_ = 200;
	DO(cudaStreamSetAttribute(stream, cudaLaunchAttributeMemSyncDomainMap, &value));
	memset(&value, 0, sizeof(value));
	value.memSyncDomain = 1;
	DO(cudaStreamSetAttribute(stream, cudaLaunchAttributeMemSyncDomain, &value));
	DO(cudaStreamGetAttribute(stream, cudaLaunchAttributeMemSyncDomain, &value));
	SHOW((int)value.memSyncDomain);
	value.memSyncDomain = (cudaLaunchMemSyncDomain)7;
	DO(cudaStreamSetAttribute(stream, cudaLaunchAttributeMemSyncDomain, &value));
}

CASE(attribute_set_others)
{
	cudaStream_t stream = made();
	cudaLaunchAttributeValue value;

	memset(&value, 0, sizeof(value));
	for (int id = 0; id <= 17; id++) {
		if (id == 1 || id == 3 || (id >= 8 && id <= 10))
			continue;
		SHOW(id);
		DO(cudaStreamSetAttribute(stream, (cudaLaunchAttributeID)id, &value));
	}
	DO(cudaStreamSetAttribute(stream, (cudaLaunchAttributeID)-1, &value));
	DO(cudaStreamGetAttribute(stream, (cudaLaunchAttributeID)-1, &value));
}

CASE(attributes_of_default_streams)
{
	cudaLaunchAttributeValue value;

	memset(&value, 0, sizeof(value));
	DO(cudaStreamGetAttribute(NULL, cudaLaunchAttributePriority, &value));
	SHOW(value.priority);
	DO(cudaStreamSetAttribute(NULL, cudaLaunchAttributePriority, &value));
	value.syncPolicy = cudaSyncPolicyYield;
	DO(cudaStreamSetAttribute(NULL, cudaLaunchAttributeSynchronizationPolicy, &value));
	DO(cudaStreamSetAttribute(cudaStreamPerThread, cudaLaunchAttributeSynchronizationPolicy,
				  &value));
	memset(&value, 0, sizeof(value));
	DO(cudaStreamGetAttribute(cudaStreamLegacy, cudaLaunchAttributeSynchronizationPolicy,
				  &value));
	SHOW((int)value.syncPolicy);
	DO(cudaStreamGetAttribute(cudaStreamPerThread, cudaLaunchAttributeSynchronizationPolicy,
				  &value));
	SHOW((int)value.syncPolicy);
}

CASE(attribute_get_null)
{
	DO(cudaStreamGetAttribute(made(), cudaLaunchAttributePriority, NULL));
}

CASE(attribute_set_null)
{
	DO(cudaStreamSetAttribute(made(), cudaLaunchAttributePriority, NULL));
}

CASE(copy_attributes)
{
	cudaStream_t from = made(), to = made();
	cudaLaunchAttributeValue value;
	int priority = UNTOUCHED_INT;

	memset(&value, 0, sizeof(value));
	value.syncPolicy = cudaSyncPolicySpin;
	NEED(cudaStreamSetAttribute(from, cudaLaunchAttributeSynchronizationPolicy, &value));
	value.priority = -2;
	NEED(cudaStreamSetAttribute(from, cudaLaunchAttributePriority, &value));
	DO(cudaStreamCopyAttributes(to, from));
	DO(cudaStreamGetAttribute(to, cudaLaunchAttributeSynchronizationPolicy, &value));
	SHOW((int)value.syncPolicy);
	DO(cudaStreamGetPriority(to, &priority));
	SHOW(priority);
	DO(cudaStreamCopyAttributes(to, to));
	DO(cudaStreamCopyAttributes(NULL, from));
	DO(cudaStreamCopyAttributes(to, NULL));
	DO(cudaStreamCopyAttributes(NULL, NULL));
	DO(cudaStreamCopyAttributes(cudaStreamPerThread, from));
}

/* ---- managed memory ---- */

CASE(attach)
{
	cudaStream_t stream = made();
	void *p = NULL;

	NEED(cudaMallocManaged(&p, 4096, cudaMemAttachGlobal));
	DO(cudaStreamAttachMemAsync(stream, p, 0, cudaMemAttachSingle));
	DO(cudaStreamSynchronize(stream));
	DO(cudaStreamAttachMemAsync(stream, p, 4096, cudaMemAttachHost));
	DO(cudaStreamAttachMemAsync(stream, p, 4096, cudaMemAttachGlobal));
	DO(cudaStreamAttachMemAsync(NULL, p, 0, cudaMemAttachGlobal));
	DO(cudaStreamAttachMemAsync(NULL, p, 0, cudaMemAttachHost));
	DO(cudaStreamAttachMemAsync(NULL, p, 0, cudaMemAttachSingle));
	DO(cudaStreamAttachMemAsync(cudaStreamLegacy, p, 0, cudaMemAttachSingle));
	DO(cudaStreamAttachMemAsync(cudaStreamPerThread, p, 0, cudaMemAttachSingle));
	DO(cudaDeviceSynchronize());
}

CASE(attach_bad_arguments)
{
	cudaStream_t stream = made();
	char *p = NULL;
	void *d = NULL, *h = NULL;

	NEED(cudaMallocManaged((void **)&p, 4096, cudaMemAttachGlobal));
	NEED(cudaMalloc(&d, 4096));
	NEED(cudaMallocHost(&h, 4096));
	DO(cudaStreamAttachMemAsync(stream, p, 100, cudaMemAttachGlobal));
	DO(cudaStreamAttachMemAsync(stream, p, 8192, cudaMemAttachGlobal));
	DO(cudaStreamAttachMemAsync(stream, p + 8, 0, cudaMemAttachGlobal));
	DO(cudaStreamAttachMemAsync(stream, NULL, 0, cudaMemAttachGlobal));
	DO(cudaStreamAttachMemAsync(stream, d, 0, cudaMemAttachGlobal));
	DO(cudaStreamAttachMemAsync(stream, h, 0, cudaMemAttachGlobal));
	DO(cudaStreamSynchronize(stream));
}

CASE(attach_without_a_flag)
{
	char *p = NULL;

	NEED(cudaMallocManaged((void **)&p, 4096, cudaMemAttachGlobal));
	DO(cudaStreamAttachMemAsync(made(), p, 0, 0));
}

CASE(attach_with_an_undefined_flag)
{
	char *p = NULL;

	NEED(cudaMallocManaged((void **)&p, 4096, cudaMemAttachGlobal));
	DO(cudaStreamAttachMemAsync(made(), p, 0, 8));
}

/* ---- captures ---- */

static void others_during_capture(enum cudaStreamCaptureMode mode)
{
	cudaStream_t other = made(), new = UNTOUCHED, stream;

	stream = capturing(mode);
	DO(cudaStreamCreate(&new));
	SHOW(new);
	DO(cudaStreamDestroy(new));
	end(stream);
	stream = capturing(mode);
	DO(cudaStreamQuery(other));
	end(stream);
	stream = capturing(mode);
	DO(cudaStreamSynchronize(other));
	end(stream);
	stream = capturing(mode);
	DO(cudaStreamQuery(NULL));
	end(stream);
	stream = capturing(mode);
	DO(cudaStreamSynchronize(cudaStreamPerThread));
	end(stream);
	stream = capturing(mode);
	DO(cudaDeviceSynchronize());
	end(stream);
}

CASE(capture_global_others)
{
	others_during_capture(cudaStreamCaptureModeGlobal);
}

CASE(capture_thread_local_others)
{
	others_during_capture(cudaStreamCaptureModeThreadLocal);
}

CASE(capture_relaxed_others)
{
	others_during_capture(cudaStreamCaptureModeRelaxed);
}

CASE(capture_query_itself)
{
	cudaStream_t stream = capturing(cudaStreamCaptureModeRelaxed);

	DO(cudaStreamQuery(stream));
	end(stream);
	stream = capturing(cudaStreamCaptureModeRelaxed);
	DO(cudaStreamSynchronize(stream));
	DO(cudaStreamSynchronize(stream));
	end(stream);
}

CASE(capture_asks)
{
	cudaStream_t stream = capturing(cudaStreamCaptureModeGlobal);
	unsigned int flags = UNTOUCHED_INT;
	int number = UNTOUCHED_INT;
	unsigned long long id = 0;

	DO(cudaStreamGetFlags(stream, &flags));
	SHOW(flags);
	DO(cudaStreamGetPriority(stream, &number));
	SHOW(number);
	DO(cudaStreamGetDevice(stream, &number));
	SHOW(number);
	DO(cudaStreamGetId(stream, &id));
	end(stream);
}

CASE(capture_attributes)
{
	cudaStream_t stream = capturing(cudaStreamCaptureModeGlobal), other;
	cudaLaunchAttributeValue value;

	memset(&value, 0, sizeof(value));
	DO(cudaStreamGetAttribute(stream, cudaLaunchAttributePriority, &value));
	SHOW(value.priority);
	DO(cudaStreamSetAttribute(stream, cudaLaunchAttributePriority, &value));
	end(stream);
	other = made();
	stream = capturing(cudaStreamCaptureModeGlobal);
	DO(cudaStreamCopyAttributes(stream, other));
	end(stream);
}

CASE(capture_callback)
{
	cudaStream_t stream = capturing(cudaStreamCaptureModeRelaxed);

	DO(cudaStreamAddCallback(stream, stream_callback, &stream, 0));
	end(stream);
}

CASE(capture_host_func)
{
	int counted = 0;
	cudaStream_t stream = capturing(cudaStreamCaptureModeGlobal);

	DO(cudaLaunchHostFunc(stream, count, &counted));
	end(stream);
	SHOW(counted);
	stream = capturing(cudaStreamCaptureModeGlobal);
	DO(cudaLaunchHostFunc(stream, NULL, &counted));
	end(stream);
}

CASE(capture_attach)
{
	void *p = NULL;
	cudaStream_t stream;

	NEED(cudaMallocManaged(&p, 4096, cudaMemAttachGlobal));
	stream = capturing(cudaStreamCaptureModeRelaxed);
	DO(cudaStreamAttachMemAsync(stream, p, 0, cudaMemAttachSingle));
	end(stream);
}

CASE(capture_destroy)
{
	cudaStream_t stream = capturing(cudaStreamCaptureModeGlobal);

	DO(cudaStreamDestroy(stream));
	DO(cudaDeviceSynchronize());
}

CASE(after_sticky_error)
{
	cudaStream_t stream = made(), new = UNTOUCHED;
	unsigned int flags = UNTOUCHED_INT;
	int number = UNTOUCHED_INT;
	unsigned long long id = UNTOUCHED_64;

	conf_register();
	NEED(conf_launch((const void *)kernel_trap, DIM(1), DIM(1), NULL, 0, stream));
	DO(cudaStreamSynchronize(stream));
	DO(cudaStreamSynchronize(stream));
	DO(cudaStreamQuery(stream));
	DO(cudaStreamQuery(NULL));
	DO(cudaStreamGetFlags(stream, &flags));
	SHOW(flags);
	DO(cudaStreamGetPriority(stream, &number));
	DO(cudaStreamGetDevice(stream, &number));
	DO(cudaStreamGetId(stream, &id));
	DO(cudaStreamCreate(&new));
	SHOW(new);
	DO(cudaStreamCreate(NULL));
	DO(cudaLaunchHostFunc(stream, NULL, NULL));
	DO(cudaStreamDestroy(stream));
	DO(cudaStreamDestroy(NULL));
}

CASE(after_reset)
{
	made();
	NEED(cudaDeviceReset());
	DO(cudaStreamQuery(NULL));
	DO(cudaStreamQuery(cudaStreamPerThread));
}

static void use_in_thread(void *stream)
{
	int counted = 0;

	DO(cudaStreamQuery(stream));
	DO(cudaLaunchHostFunc(stream, count, &counted));
	DO(cudaStreamSynchronize(stream));
	SHOW(counted);
	DO(cudaStreamDestroy(stream));
}

CASE(two_threads)
{
	conf_in_thread(use_in_thread, made());
}

CASE(many_streams)
{
	cudaStream_t all[100];

	for (int i = 0; i < 100; i++)
		NEED(cudaStreamCreateWithFlags(&all[i], cudaStreamNonBlocking));
	for (int i = 0; i < 100; i++)
		NEED(cudaStreamDestroy(all[i]));
	DO(cudaDeviceSynchronize());
}

CASE_TWO_DEVICES(stream_of_other_device)
{
	cudaStream_t s0 = made(), s1;
	int device = UNTOUCHED_INT;
	unsigned int flags = UNTOUCHED_INT;
	void *p = NULL;

	NEED(cudaSetDevice(1));
	s1 = made();
	DO(cudaStreamGetDevice(s0, &device));
	SHOW(device);
	DO(cudaStreamGetDevice(s1, &device));
	SHOW(device);
	DO(cudaStreamGetDevice(NULL, &device));
	SHOW(device);
	DO(cudaStreamQuery(s0));
	DO(cudaStreamGetFlags(s0, &flags));
	NEED(cudaMalloc(&p, 64));
	DO(cudaMemsetAsync(p, 1, 64, s0));
	DO(cudaMemsetAsync(p, 1, 64, s1));
	conf_register();
	DO(conf_launch((const void *)kernel_empty, DIM(1), DIM(1), NULL, 0, s0));
	DO(cudaStreamSynchronize(s0));
	DO(cudaStreamDestroy(s0));
}
