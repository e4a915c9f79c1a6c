/* SPDX-License-Identifier: Apache-2.0 */
/* Calls from many threads at once. What each found is counted; the order is nobody's. */
#define CONF_FRESH_PROCESS
#include "conformance.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "plugin.h"

#define THREADS 16
#define ROUNDS  50

/* What the threads of a case share. */
struct team {
	pthread_barrier_t start;
	cudaError_t (*work)(int thread);
	unsigned int failures;
	cudaError_t error; /* of one that failed */
	int next;
};

static void *member(void *data)
{
	struct team *team = data;
	int thread = __atomic_fetch_add(&team->next, 1, __ATOMIC_RELAXED);
	cudaError_t error;

	pthread_barrier_wait(&team->start);
	error = team->work(thread);
	if (error != cudaSuccess) {
		__atomic_fetch_add(&team->failures, 1, __ATOMIC_RELAXED);
		__atomic_store_n(&team->error, error, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* All threads do the work at once; tells how many failed. */
static void together(cudaError_t (*work)(int thread))
{
	struct team team = { .work = work };
	pthread_t threads[THREADS];

	pthread_barrier_init(&team.start, NULL, THREADS);
	for (int i = 0; i < THREADS; i++) {
		if (pthread_create(&threads[i], NULL, member, &team) != 0) {
			conf_print("no thread could be made");
			exit(1);
		}
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&team.start);
	conf_print("%u of %d threads failed%s%s", team.failures, THREADS,
		   team.failures > 0 ? ", one with " : "",
		   team.failures > 0 ? conf_error_name(team.error) : "");
}

static cudaError_t free_nothing(int thread)
{
	(void)thread;
	return cudaFree(NULL);
}

CASE(first_call_is_free)
{
	together(free_nothing);
}

static void *allocated[THREADS];

static cudaError_t allocate(int thread)
{
	return cudaMalloc(&allocated[thread], 4096);
}

CASE(first_call_is_malloc)
{
	int distinct = 0;

	together(allocate);
	for (int i = 0; i < THREADS; i++) {
		bool seen = allocated[i] == NULL;

		for (int j = 0; j < i; j++)
			seen |= allocated[j] == allocated[i];
		distinct += !seen;
	}
	SHOW(distinct);
}

static cudaError_t launch(int thread)
{
	(void)thread;
	return LAUNCH(kernel_empty, DIM(1), DIM(1), NULL);
}

CASE(first_call_is_a_launch)
{
	conf_register();
	together(launch);
	DO(cudaDeviceSynchronize());
}

static cudaError_t select_device(int thread)
{
	int device = -1;
	cudaError_t error = cudaSetDevice(0);

	(void)thread;
	if (error == cudaSuccess)
		error = cudaGetDevice(&device);
	return error == cudaSuccess && device != 0 ? cudaErrorUnknown : error;
}

CASE(first_call_is_set_device)
{
	together(select_device);
}

static cudaError_t ask_properties(int thread)
{
	struct cudaDeviceProp prop;
	cudaError_t error = cudaGetDeviceProperties(&prop, 0);

	(void)thread;
	return error == cudaSuccess && prop.warpSize != 32 ? cudaErrorUnknown : error;
}

CASE(first_call_is_a_question)
{
	together(ask_properties);
}

/* Each thread's own stream and memory; the kernels of all run at once. */
static cudaError_t fill_and_check(int thread)
{
	unsigned int found[64] = { 0 }, n = 64, value = (unsigned int)thread;
	cudaStream_t stream = NULL;
	void *p = NULL;
	cudaError_t error = cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);

	if (error == cudaSuccess)
		error = cudaMalloc(&p, sizeof(found));
	for (int round = 0; round < ROUNDS && error == cudaSuccess; round++, value += THREADS) {
		error = cudaLaunchKernel((const void *)kernel_fill, DIM(1), DIM(64),
					 ARGS(&p, &n, &value), 0, stream);
		if (error == cudaSuccess)
			error = cudaMemcpyAsync(found, p, sizeof(found), cudaMemcpyDeviceToHost,
						stream);
		if (error == cudaSuccess)
			error = cudaStreamSynchronize(stream);
		if (error == cudaSuccess && (found[0] != value || found[63] != value))
			error = cudaErrorUnknown;
	}
	if (error == cudaSuccess)
		error = cudaFree(p);
	return error == cudaSuccess ? cudaStreamDestroy(stream) : error;
}

CASE(each_with_its_stream)
{
	conf_register();
	together(fill_and_check);
}

static cudaError_t add_to_counter(int thread)
{
	unsigned int by = (unsigned int)thread;

	return LAUNCH(kernel_add_counter, DIM(1), DIM(1), ARGS(&by));
}

CASE(all_on_the_default_stream)
{
	unsigned int value = 0;

	conf_register();
	together(add_to_counter);
	DO(cudaMemcpyFromSymbol(&value, &counter, sizeof(value), 0, cudaMemcpyDeviceToHost));
	SHOW(value);
}

static cudaError_t fail_differently(int thread)
{
	void *p;
	cudaError_t wanted = thread % 2 ? cudaErrorInvalidValue : cudaErrorInvalidDevice;

	if (thread % 2)
		cudaMalloc(NULL, 1);
	else
		cudaSetDevice(-1);
	for (int i = 0; i < ROUNDS; i++) {
		if (cudaMalloc(&p, 16) != cudaSuccess || cudaFree(p) != cudaSuccess)
			return cudaErrorUnknown;
	}
	return cudaGetLastError() == wanted && cudaGetLastError() == cudaSuccess ? cudaSuccess
										 : cudaErrorUnknown;
}

CASE(each_with_its_last_error)
{
	together(fail_differently);
}

static cudaError_t pools_and_events(int thread)
{
	cudaEvent_t event = NULL;
	void *p = NULL;
	cudaError_t error = cudaEventCreateWithFlags(&event, cudaEventDisableTiming);

	(void)thread;
	for (int round = 0; round < ROUNDS && error == cudaSuccess; round++) {
		error = cudaMallocAsync(&p, 1024, cudaStreamPerThread);
		if (error == cudaSuccess)
			error = cudaFreeAsync(p, cudaStreamPerThread);
		if (error == cudaSuccess)
			error = cudaEventRecord(event, cudaStreamPerThread);
		if (error == cudaSuccess)
			error = cudaEventSynchronize(event);
	}
	return error == cudaSuccess ? cudaEventDestroy(event) : error;
}

CASE(pools_and_events_of_all)
{
	together(pools_and_events);
}

/* The library beside the program. */
static void *open_plugin(void)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 32);
	void *library;

	if (length < 0)
		return NULL;
	while (length > 0 && path[length - 1] != '/')
		length--;
	strcpy(path + length, "plugin.so");
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL)
		conf_print("%s cannot be opened", "plugin.so");
	return library;
}

static cudaError_t use_plugin(void *library, unsigned int value)
{
	plugin_fill_function *fill = (plugin_fill_function *)dlsym(library, "plugin_fill");
	unsigned int *p, found = 0;
	cudaError_t error = cudaMalloc((void **)&p, sizeof(*p));

	if (error == cudaSuccess)
		error = fill(p, value);
	if (error == cudaSuccess)
		error = cudaStreamSynchronize(cudaStreamPerThread);
	if (error == cudaSuccess)
		error = cudaMemcpy(&found, p, sizeof(found), cudaMemcpyDeviceToHost);
	if (error == cudaSuccess)
		error = cudaFree(p);
	return error == cudaSuccess && found != value ? cudaErrorUnknown : error;
}

CASE(library_with_kernels)
{
	void *library = open_plugin();

	if (library == NULL)
		return;
	DO(use_plugin(library, 17));
	DO(cudaDeviceSynchronize());
	conf_print("dlclose: %d", dlclose(library));
	DO(cudaDeviceSynchronize());
	library = open_plugin();
	DO(use_plugin(library, 18));
}

static bool stop;

static void *launch_until_told(void *failures)
{
	unsigned int n = 0;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		n += conf_launch((const void *)kernel_empty, DIM(1), DIM(1), NULL, 0,
				 cudaStreamPerThread) != cudaSuccess;
		n += cudaStreamSynchronize(cudaStreamPerThread) != cudaSuccess;
	}
	__atomic_fetch_add((unsigned int *)failures, n, __ATOMIC_RELAXED);
	return NULL;
}

CASE(loading_while_others_launch)
{
	pthread_t threads[4];
	unsigned int failures = 0, unusable = 0;

	conf_register();
	NEED(cudaFree(NULL));
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, launch_until_told, &failures);
	for (unsigned int round = 0; round < 30; round++) {
		void *library = open_plugin();

		if (library == NULL)
			break;
		unusable += use_plugin(library, round) != cudaSuccess;
		dlclose(library);
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	SHOW(failures);
	SHOW(unusable);
}

static void end_thread(void *data)
{
	(void)data;
	NEED(cudaStreamCreate((cudaStream_t *)data));
	cudaMalloc(NULL, 1);
	pthread_exit(NULL);
}

CASE(thread_ends_with_an_error_pending)
{
	cudaStream_t stream = NULL;

	conf_in_thread(end_thread, &stream);
	SHOW(stream);
	DO(cudaPeekAtLastError());
	DO(cudaStreamSynchronize(stream));
	DO(cudaStreamDestroy(stream));
}

static void end_this_thread(void *data)
{
	(void)data;
	pthread_exit(NULL);
}

/* What runs callbacks is the driver's thread, which has no other: the stream never gets on. */
CASE(thread_ends_within_a_callback)
{
	cudaStream_t stream = NULL, other = NULL;
	void *p = NULL;

	NEED(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
	NEED(cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking));
	DO(cudaLaunchHostFunc(stream, end_this_thread, NULL));
	usleep(200000);
	DO(cudaGetLastError());
	DO(cudaMalloc(&p, 64));
	DO(cudaMemsetAsync(p, 1, 64, other));
	DO(cudaStreamSynchronize(other));
	DO(cudaMalloc(NULL, 64));
	DO(cudaFuncGetAttributes(NULL, (const void *)kernel_empty));
	/* Without exit handlers, some of which would wait for the stream. */
	_exit(0);
}

static cudaError_t reset_or_use(int thread)
{
	void *p;

	if (thread == 0)
		return cudaDeviceSynchronize();
	for (int i = 0; i < ROUNDS; i++) {
		cudaError_t error = cudaMalloc(&p, 64);

		if (error == cudaSuccess)
			error = cudaFree(p);
		if (error != cudaSuccess)
			return error;
	}
	return cudaSuccess;
}

CASE(all_again_after_a_reset)
{
	together(reset_or_use);
	DO(cudaDeviceReset());
	together(reset_or_use);
}
