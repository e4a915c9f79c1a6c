/* SPDX-License-Identifier: Apache-2.0 */
/* The last error, names of errors. */
#include "conformance.h"

#include <dlfcn.h>

CASE(get_clears)
{
	void *p = NULL;

	DO_KEEP(cudaMalloc(NULL, 16));
	DO_KEEP(cudaPeekAtLastError());
	DO_KEEP(cudaPeekAtLastError());
	DO_KEEP(cudaMalloc(&p, 16));
	SHOW(cudaPeekAtLastError());
	SHOW(cudaGetLastError());
	SHOW(cudaGetLastError());
	SHOW(cudaPeekAtLastError());
}

CASE(the_last_of_two)
{
	DO_KEEP(cudaMalloc(NULL, 16));
	DO_KEEP(cudaSetDevice(1000));
	SHOW(cudaGetLastError());
	SHOW(cudaGetLastError());
}

static void fail_in_thread(void *unused)
{
	(void)unused;
	SHOW(cudaPeekAtLastError());
	DO_KEEP(cudaMalloc(NULL, 16));
	SHOW(cudaPeekAtLastError());
}

CASE(each_thread_has_its_own)
{
	DO_KEEP(cudaSetDevice(1000));
	conf_in_thread(fail_in_thread, NULL);
	SHOW(cudaGetLastError());
}

CASE(other_thread_does_not_leak)
{
	conf_in_thread(fail_in_thread, NULL);
	SHOW(cudaGetLastError());
}

/* The call's success must leave the error of the call before. */
#define KEEPS(call)                                                                                \
	do {                                                                                       \
		cudaError_t result_;                                                               \
                                                                                                   \
		(void)cudaSetDevice(1000);                                                         \
		result_ = (call);                                                                  \
		conf_print("%s = %s, last error %s", #call, conf_error_name(result_),              \
			   cudaPeekAtLastError() == cudaErrorInvalidDevice ? "stays" : "changed"); \
	} while (0)

CASE(kept_by_device_calls)
{
	static struct cudaDeviceProp p;
	int number = 0;
	unsigned int flags = 0;
	size_t a = 0, b = 0;
	char id[16];

	KEEPS(cudaGetDeviceCount(&number));
	KEEPS(cudaGetDevice(&number));
	KEEPS(cudaSetDevice(0));
	KEEPS(cudaGetDeviceProperties(&p, 0));
	KEEPS(cudaDeviceGetAttribute(&number, 1, 0));
	KEEPS(cudaGetDeviceFlags(&flags));
	KEEPS(cudaSetDeviceFlags(0));
	KEEPS(cudaInitDevice(0, 0, 0));
	KEEPS(cudaChooseDevice(&number, &p));
	KEEPS(cudaDeviceGetLimit(&a, cudaLimitStackSize));
	KEEPS(cudaDeviceSetLimit(cudaLimitStackSize, 1024));
	KEEPS(cudaDeviceGetPCIBusId(id, sizeof(id), 0));
	KEEPS(cudaDeviceSynchronize());
	KEEPS(cudaMemGetInfo(&a, &b));
	KEEPS(cudaRuntimeGetVersion(&number));
	KEEPS(cudaDriverGetVersion(&number));
	KEEPS(cudaDeviceReset());
}

CASE(kept_by_memory_calls)
{
	struct cudaPointerAttributes attributes;
	void *p = NULL, *host = NULL;
	char bytes[16] = "";

	KEEPS(cudaMalloc(&p, 256));
	KEEPS(cudaMalloc(&host, 0));
	KEEPS(cudaMallocHost(&host, 256));
	KEEPS(cudaMemset(p, 0, 256));
	KEEPS(cudaMemcpy(p, bytes, 16, cudaMemcpyHostToDevice));
	KEEPS(cudaMemcpy(bytes, p, 16, cudaMemcpyDefault));
	KEEPS(cudaMemcpyAsync(host, p, 16, cudaMemcpyDeviceToHost, NULL));
	KEEPS(cudaMemcpy2D(host, 16, p, 16, 8, 2, cudaMemcpyDefault));
	KEEPS(cudaPointerGetAttributes(&attributes, p));
	KEEPS(cudaFreeHost(host));
	KEEPS(cudaFree(p));
	KEEPS(cudaFree(NULL));
}

CASE(kept_by_stream_calls)
{
	cudaStream_t stream = NULL;
	cudaEvent_t event = NULL, second = NULL;
	enum cudaStreamCaptureStatus status;
	unsigned int flags = 0;
	float ms = 0;
	int number = 0;

	KEEPS(cudaStreamCreate(&stream));
	KEEPS(cudaEventCreate(&event));
	KEEPS(cudaEventCreateWithFlags(&second, 0));
	KEEPS(cudaEventRecord(event, stream));
	KEEPS(cudaEventRecord(second, stream));
	KEEPS(cudaStreamWaitEvent(stream, event, 0));
	KEEPS(cudaEventSynchronize(second));
	KEEPS(cudaEventQuery(event));
	KEEPS(cudaEventElapsedTime(&ms, event, second));
	KEEPS(cudaStreamSynchronize(stream));
	KEEPS(cudaStreamQuery(stream));
	KEEPS(cudaStreamGetFlags(stream, &flags));
	KEEPS(cudaStreamGetPriority(stream, &number));
	KEEPS(cudaStreamIsCapturing(stream, &status));
	KEEPS(cudaEventDestroy(event));
	KEEPS(cudaEventDestroy(second));
	KEEPS(cudaStreamDestroy(stream));
}

CASE(kept_by_launches_and_graphs)
{
	struct cudaFuncAttributes attributes;
	cudaGraph_t graph = NULL;
	cudaGraphExec_t exec = NULL;
	cudaStream_t stream = NULL;
	cudaKernel_t kernel = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	KEEPS(LAUNCH(kernel_empty, DIM(1), DIM(1), NULL));
	KEEPS(cudaLaunchKernel((const void *)kernel_empty, DIM(1), DIM(1), NULL, 0, stream));
	KEEPS(cudaFuncGetAttributes(&attributes, (const void *)kernel_empty));
	KEEPS(cudaGetKernel(&kernel, (const void *)kernel_empty));
	KEEPS(cudaGraphCreate(&graph, 0));
	KEEPS(cudaGraphInstantiate(&exec, graph, 0));
	KEEPS(cudaGraphLaunch(exec, stream));
	KEEPS(cudaStreamSynchronize(stream));
	KEEPS(cudaGraphExecDestroy(exec));
	KEEPS(cudaGraphDestroy(graph));
	KEEPS(cudaStreamDestroy(stream));
	KEEPS((cudaProfilerStart()));
	KEEPS((cudaProfilerStop()));
}

CASE(not_ready_is_not_recorded)
{
	struct conf_busy busy;
	cudaStream_t stream = NULL;
	cudaEvent_t event = NULL, second = NULL;
	float ms = 0;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	NEED(cudaEventCreate(&event));
	NEED(cudaEventCreate(&second));
	NEED(LAUNCH(kernel_empty, DIM(1), DIM(1), NULL));
	NEED(cudaDeviceSynchronize());
	conf_occupy(&busy, stream);
	NEED(cudaEventRecord(event, stream));
	NEED(cudaEventRecord(second, stream));
	DO(cudaStreamQuery(stream));
	DO(cudaEventQuery(event));
	DO(cudaEventElapsedTime(&ms, event, second));
	DO_KEEP(cudaSetDevice(1000));
	DO_KEEP(cudaStreamQuery(stream));
	DO_KEEP(cudaEventQuery(event));
	SHOW(cudaGetLastError());
	conf_release(&busy);
	DO(cudaStreamQuery(stream));
}

CASE(launch_failure_is_recorded)
{
	conf_register();
	DO_KEEP(LAUNCH(kernel_empty, DIM(0), DIM(1), NULL));
	SHOW(cudaPeekAtLastError());
	DO_KEEP(LAUNCH(kernel_empty, DIM(1), DIM(1), NULL));
	SHOW(cudaGetLastError());
	SHOW(cudaGetLastError());
}

/* -- names -- */

static bool same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Codes that our declarations do not name print as numbers. */
static bool is_named(int code)
{
	return conf_error_name((cudaError_t)code)[0] == 'c';
}

static void show_names(int first, int last)
{
	const char *unknown = cudaGetErrorName((cudaError_t)12345);

	for (int code = first; code <= last; code++) {
		const char *name = cudaGetErrorName((cudaError_t)code);

		if (is_named(code))
			conf_print("%d: %s", code,
				   same(name, conf_error_name((cudaError_t)code))
					   ? conf_error_name((cudaError_t)code)
					   : "another name");
		else if (name == NULL)
			conf_print("%d: null", code);
		else if (!same(name, unknown))
			conf_print("%d: named \"%s\"", code, name);
	}
}

CASE(names_0_to_99)
{
	show_names(0, 99);
}

CASE(names_100_to_399)
{
	show_names(100, 399);
}

CASE(names_400_to_799)
{
	show_names(400, 799);
}

CASE(names_800_to_1000)
{
	show_names(800, 1000);
}

CASE(names_of_no_codes)
{
	static const int codes[] = { -1, -1000, 1001, 9999, 10000, 10001, 12345, 99999 };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		const char *name = cudaGetErrorName((cudaError_t)codes[i]);

		conf_print("%d: %s", codes[i],
			   is_named(codes[i])                                 ? "a code"
			   : name == NULL                                     ? "null"
			   : same(name, cudaGetErrorName((cudaError_t)12345)) ? "as 12345"
									      : "otherwise");
	}
	SHOW_IF(same(cudaGetErrorName((cudaError_t)12345), cudaGetErrorString((cudaError_t)12345)));
	SHOW_IF(same(cudaGetErrorString((cudaError_t)12345), cudaGetErrorString((cudaError_t)-1)));
}

CASE(texts_are_there)
{
	int without = 0, like_unknown = 0;

	for (int code = 0; code <= 1000; code++) {
		const char *text = cudaGetErrorString((cudaError_t)code);

		if (text == NULL || text[0] == '\0')
			without++;
		else if (is_named(code) && same(text, cudaGetErrorString((cudaError_t)12345)))
			like_unknown++;
	}
	SHOW(without);
	SHOW(like_unknown);
}

CASE(texts_are_the_drivers)
{
	void *library = dlopen("libcuda.so.1", RTLD_NOW);
	int (*get)(int, const char **) =
		(int (*)(int, const char **))dlsym(library, "cuGetErrorString");
	int devices = 0;

	NEED(cudaGetDeviceCount(&devices));
	for (int code = 0; get != NULL && code <= 1000; code++) {
		const char *text = NULL;

		if (is_named(code) && get(code, &text) == 0)
			conf_print("%d: %s text", code,
				   same(text, cudaGetErrorString((cudaError_t)code)) ? "the same"
										     : "another");
	}
}

CASE(names_do_not_touch_the_last_error)
{
	DO_KEEP(cudaSetDevice(1000));
	SHOW_IF(cudaGetErrorName(cudaErrorMemoryAllocation) != NULL);
	SHOW_IF(cudaGetErrorString((cudaError_t)12345) != NULL);
	SHOW(cudaPeekAtLastError());
	SHOW(cudaGetLastError());
}
