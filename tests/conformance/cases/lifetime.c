/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The beginning and the end of a process, and what it shares it with: calls from exit handlers and
 * destructors, children made by fork, a second runtime.
 */
#define CONF_FRESH_PROCESS
#include "conformance.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- fork: what a child finds --------------------------------------------------------------- */

/* Runs a function in a child and waits: what both print stays in order. */
static void in_child(void (*run)(void))
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		run();
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, &status, 0);
	conf_print("the child ended with %d", status);
}

static void use_device(void)
{
	void *p = UNTOUCHED;
	int device = UNTOUCHED_INT, count = UNTOUCHED_INT;

	DO(cudaGetDeviceCount(&count));
	SHOW(count);
	DO(cudaGetDevice(&device));
	SHOW(device);
	DO(cudaMalloc(&p, 64));
	SHOW(p);
	DO(cudaSetDevice(0));
	DO(cudaDeviceSynchronize());
}

CASE(child_of_a_fresh_parent)
{
	in_child(use_device);
	DO(cudaFree(NULL));
}

CASE(child_of_an_initialised_parent)
{
	void *p;

	DO(cudaMalloc(&p, 64));
	in_child(use_device);
	DO(cudaFree(p));
}

static void ask_what_needs_no_context(void)
{
	int version = UNTOUCHED_INT;

	DO(cudaRuntimeGetVersion(&version));
	SHOW_IF(version >= 13000);
	DO(cudaPeekAtLastError());
	DO(cudaGetLastError());
	SHOW_TEXT(cudaGetErrorName(cudaErrorInvalidValue));
	DO(cudaGetDeviceCount(&version));
}

CASE(child_asks_for_versions)
{
	DO(cudaFree(NULL));
	in_child(ask_what_needs_no_context);
}

static void launch_in_child(void)
{
	DO(LAUNCH(kernel_empty, DIM(1), DIM(1), NULL));
	DO(cudaDeviceSynchronize());
}

CASE(child_launches)
{
	conf_register();
	in_child(launch_in_child);
	DO(LAUNCH(kernel_empty, DIM(1), DIM(1), NULL));
	DO(cudaDeviceSynchronize());
	in_child(launch_in_child);
	DO(cudaDeviceSynchronize());
}

CASE(child_after_device_count_only)
{
	int count = UNTOUCHED_INT;

	DO(cudaGetDeviceCount(&count));
	in_child(use_device);
}

CASE(child_after_version_only)
{
	int version = UNTOUCHED_INT;

	DO(cudaRuntimeGetVersion(&version));
	DO(cudaDriverGetVersion(&version));
	in_child(use_device);
}

static void leave_error(void)
{
	DO(cudaPeekAtLastError());
	DO(cudaGetLastError());
}

CASE(child_inherits_the_last_error)
{
	DO_KEEP(cudaMalloc(NULL, 1));
	in_child(leave_error);
	DO(cudaGetLastError());
}

static void exit_normally(void)
{
	exit(0);
}

CASE(child_exits_normally)
{
	conf_register();
	DO(cudaFree(NULL));
	in_child(exit_normally);
	DO(cudaDeviceSynchronize());
}

/* ---- the end -------------------------------------------------------------------------------- */

static cudaStream_t last_stream;
static void *last_memory;

static void release_all(void)
{
	DO(cudaStreamSynchronize(last_stream));
	DO(cudaStreamDestroy(last_stream));
	DO(cudaFree(last_memory));
	DO(cudaGetLastError());
}

static void make_all(void)
{
	NEED(cudaStreamCreate(&last_stream));
	NEED(cudaMalloc(&last_memory, 256));
}

CASE(exit_handler_made_before_the_first_call)
{
	atexit(release_all);
	make_all();
}

CASE(exit_handler_made_after_the_first_call)
{
	make_all();
	atexit(release_all);
}

/* Ran by the loader after all exit handlers. */
static bool release_at_end;

static __attribute__((destructor)) void destroy(void)
{
	if (release_at_end)
		release_all();
}

CASE(destructor_of_the_program)
{
	make_all();
	release_at_end = true;
}

static void launch_at_end(void)
{
	DO(LAUNCH(kernel_empty, DIM(1), DIM(1), NULL));
	DO(cudaDeviceSynchronize());
}

CASE(exit_handler_launches)
{
	conf_register();
	NEED(cudaFree(NULL));
	atexit(launch_at_end);
}

CASE(exit_handler_makes_the_first_call)
{
	conf_register();
	atexit(launch_at_end);
}

CASE(exit_with_work_under_way)
{
	struct conf_busy busy;
	cudaStream_t stream;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	conf_occupy(&busy, stream);
	DO(cudaStreamQuery(stream));
	__atomic_store_n(busy.flag, 1, __ATOMIC_RELEASE);
}

static void *exit_in_thread(void *data)
{
	(void)data;
	exit(3);
}

CASE(another_thread_exits)
{
	pthread_t thread;
	void *p;

	/* What is called below may not come to be recorded. */
	NEED(cudaMalloc(&p, 64));
	NEED(cudaFree(p));
	conf_print("a thread exits while this one allocates");
	pthread_create(&thread, NULL, exit_in_thread, NULL);
	/* What these calls answer while the process goes down is nobody's business. */
	while (cudaMalloc(&p, 64) == cudaSuccess)
		cudaFree(p);
	pthread_join(thread, NULL);
}

CASE(reset_at_the_end)
{
	make_all();
	DO(cudaDeviceReset());
	DO(cudaGetLastError());
}

/* ---- a second runtime on the same primary context ------------------------------------------- */

/*
 * The path of another copy of a runtime, in a file of its own: the loader takes it for another
 * library: with ours NVIDIA's, if the machine has it.
 */
#define OTHER_RUNTIME "CONFORMANCE_OTHER_RUNTIME"

struct other {
	cudaError_t (*malloc)(void **, size_t);
	cudaError_t (*free)(void *);
	cudaError_t (*memset_async)(void *, int, size_t, cudaStream_t);
	cudaError_t (*stream_create)(cudaStream_t *);
	cudaError_t (*stream_synchronize)(cudaStream_t);
	cudaError_t (*event_create)(cudaEvent_t *);
	cudaError_t (*event_record)(cudaEvent_t, cudaStream_t);
	cudaError_t (*set_device)(int);
	cudaError_t (*get_last_error)(void);
	cudaError_t (*device_reset)(void);
};

static bool open_other(struct other *other)
{
	const char *path = getenv(OTHER_RUNTIME);
	void *library = path != NULL && path[0] != 0 ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;

	if (library == NULL) {
		conf_print("%s names no library", OTHER_RUNTIME);
		return false;
	}
	other->malloc = (cudaError_t(*)(void **, size_t))dlsym(library, "cudaMalloc");
	other->free = (cudaError_t(*)(void *))dlsym(library, "cudaFree");
	other->memset_async = (cudaError_t(*)(void *, int, size_t,
					      cudaStream_t))dlsym(library, "cudaMemsetAsync");
	other->stream_create = (cudaError_t(*)(cudaStream_t *))dlsym(library, "cudaStreamCreate");
	other->stream_synchronize =
		(cudaError_t(*)(cudaStream_t))dlsym(library, "cudaStreamSynchronize");
	other->event_create = (cudaError_t(*)(cudaEvent_t *))dlsym(library, "cudaEventCreate");
	other->event_record =
		(cudaError_t(*)(cudaEvent_t, cudaStream_t))dlsym(library, "cudaEventRecord");
	other->set_device = (cudaError_t(*)(int))dlsym(library, "cudaSetDevice");
	other->get_last_error = (cudaError_t(*)(void))dlsym(library, "cudaGetLastError");
	other->device_reset = (cudaError_t(*)(void))dlsym(library, "cudaDeviceReset");
	return true;
}

CASE(two_runtimes_share_handles)
{
	struct other other;
	cudaStream_t stream = NULL;
	cudaEvent_t event = NULL;
	void *p = NULL;

	if (!open_other(&other))
		return;
	DO(other.malloc(&p, 64));
	DO(cudaMemset(p, 0x11, 64));
	DO(other.stream_create(&stream));
	DO(cudaMemsetAsync(p, 0x22, 32, stream));
	DO(other.event_create(&event));
	DO(cudaEventRecord(event, stream));
	DO(cudaEventSynchronize(event));
	DO(other.stream_synchronize(stream));
	SHOW_DEVICE(p, 64);
	DO(cudaStreamDestroy(stream));
	DO(cudaFree(p));
	DO(other.get_last_error());
}

CASE(two_runtimes_keep_their_last_errors)
{
	struct other other;

	if (!open_other(&other))
		return;
	conf_print("the other's failure: %s", conf_error_name(other.malloc(NULL, 1)));
	DO(cudaGetLastError());
	cudaSetDevice(-1);
	conf_print("the other's last error: %s", conf_error_name(other.get_last_error()));
	DO(cudaGetLastError());
}

CASE(the_other_runtime_resets)
{
	struct other other;
	void *p = NULL;

	if (!open_other(&other))
		return;
	conf_register();
	DO(cudaMalloc(&p, 64));
	DO(LAUNCH(kernel_empty, DIM(1), DIM(1), NULL));
	DO(cudaDeviceSynchronize());
	DO(other.device_reset());
	DO(cudaMalloc(&p, 64));
	DO(LAUNCH(kernel_empty, DIM(1), DIM(1), NULL));
	DO(cudaDeviceSynchronize());
}

CASE(reset_under_the_other_runtime)
{
	struct other other;
	void *p = NULL;

	if (!open_other(&other))
		return;
	DO(other.malloc(&p, 64));
	DO(cudaFree(p));
	DO(cudaDeviceReset());
	DO(cudaMalloc(&p, 64));
	DO(cudaMemset(p, 1, 64));
	DO(cudaFree(p));
}
