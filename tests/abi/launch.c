/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small program as nvcc of each version would have built it: device code is registered before
 * main, a kernel is launched as <<<>>> is compiled, and the source knows the names that the
 * toolkit's headers have. What it prints is the same for every version, on a GPU and over the
 * simulated driver.
 */
#include <stdio.h>
#include <stdlib.h>

#include "curtrace/sim.h"
#include "fatbin_image.h"
#include "toolkit.h"

#define COUNT  65536
#define BLOCK  256
#define ROUNDS 3

/* clang-format off */
static const char ptx[] =
	".version 7.0\n.target sm_70\n.address_size 64\n"
	".visible .global .align 4 .u32 launches = 40;\n"
	".visible .entry add(.param .u64 a, .param .u64 b, .param .u64 c, .param .u32 n)\n{\n"
	"	.reg .pred %p;\n	.reg .b32 %i<5>;\n	.reg .b64 %l<8>;\n"
	"	ld.param.u64 %l1, [a];\n"
	"	ld.param.u64 %l2, [b];\n"
	"	ld.param.u64 %l3, [c];\n"
	"	ld.param.u32 %i1, [n];\n"
	"	mov.u32 %i2, %ctaid.x;\n"
	"	mov.u32 %i3, %ntid.x;\n"
	"	mov.u32 %i4, %tid.x;\n"
	"	mad.lo.s32 %i2, %i2, %i3, %i4;\n"
	"	setp.ge.u32 %p, %i2, %i1;\n"
	"	@%p bra done;\n"
	"	mul.wide.u32 %l4, %i2, 4;\n"
	"	add.s64 %l1, %l1, %l4;\n"
	"	add.s64 %l2, %l2, %l4;\n"
	"	add.s64 %l3, %l3, %l4;\n"
	"	ld.u32 %i3, [%l1];\n"
	"	ld.u32 %i4, [%l2];\n"
	"	add.s32 %i3, %i3, %i4;\n"
	"	st.u32 [%l3], %i3;\n"
	"done:\n	ret;\n}\n";
/* clang-format on */

static void **image_handle;
static unsigned int launches;

/* The kernel over the simulated driver: the whole grid in one call. */
__attribute__((visibility("default"))) void curtrace_sim__add(
	const struct curtrace_sim_launch *launch, void **params)
{
	const int *a = *(int **)params[0], *b = *(int **)params[1];
	unsigned int n = *(unsigned int *)params[3], threads = launch->grid[0] * launch->block[0];
	int *c = *(int **)params[2];

	for (unsigned int i = 0; i < n && i < threads; i++)
		c[i] = a[i] + b[i];
}

static void check(cudaError_t error, const char *what)
{
	if (error == cudaSuccess)
		return;
	printf("%s: %s\n", what, cudaGetErrorName(error));
	exit(1);
}

#define TRY(call) check((call), #call)

/* What stands for the kernel on the host: it launches by its own address. */
static __attribute__((noinline)) void add(int *a, int *b, int *c, unsigned int n)
{
	void *args[] = { &a, &b, &c, &n };
	cudaStream_t stream;
	dim3 grid, block;
	size_t shared;

	TRY(__cudaPopCallConfiguration(&grid, &block, &shared, &stream));
#if CUDA_MAJOR < 13
	TRY(cudaLaunchKernel((const void *)add, grid, block, args, shared, stream));
#else
	cudaKernel_t kernel;

	TRY(__cudaGetKernel(&kernel, (const void *)add));
	TRY(__cudaLaunchKernel(kernel, grid, block, args, shared, stream));
#endif
}

static void unregister_image(void)
{
	__cudaUnregisterFatBinary(image_handle);
}

static __attribute__((constructor)) void register_image(void)
{
	static struct conf_fatbin_image image;

	image_handle = __cudaRegisterFatBinary(conf_fatbin_in(&image, 1, 90, ptx, sizeof(ptx)));
	__cudaRegisterFunction(image_handle, (const char *)add, (char *)"add", "add", -1, NULL,
			       NULL, NULL, NULL, NULL);
	__cudaRegisterVar(image_handle, (char *)&launches, (char *)"launches", "launches", 0,
			  sizeof(launches), 0, 0);
	__cudaRegisterFatBinaryEnd(image_handle);
	atexit(unregister_image);
}

static const char *yes(int condition)
{
	return condition ? "yes" : "no";
}

static void show_device(void)
{
	TOOLKIT_PROPERTIES prop;
	int version = 0, attribute = 0;

	TRY(cudaRuntimeGetVersion(&version));
	printf("the runtime is the program's: %s\n", yes(version == TOOLKIT_VERSION));
	TRY(cudaSetDevice(0));
	TRY(cudaGetDeviceProperties(&prop, 0));
	TRY(cudaDeviceGetAttribute(&attribute, cudaDevAttrMultiProcessorCount, 0));
	printf("the device has a name: %s\n", yes(prop.TOOLKIT_PROPERTY(name)[0] != '\0'));
	printf("its properties are its attributes: %s, ",
	       yes(prop.TOOLKIT_PROPERTY(multiProcessorCount) == attribute));
	TRY(cudaDeviceGetAttribute(&attribute, cudaDevAttrReservedSharedMemoryPerBlock, 0));
	printf("%s\n", yes(prop.TOOLKIT_PROPERTY(reservedSharedMemPerBlock) == (size_t)attribute));
}

struct vectors {
	int *a, *b, *c, *host;
};

static int wrong(const struct vectors *v, unsigned int n)
{
	int count = 0;

	TRY(cudaMemcpy(v->host, v->c, COUNT * sizeof(int), cudaMemcpyDeviceToHost));
	for (unsigned int i = 0; i < COUNT; i++)
		count += v->host[i] != (i < n ? 3 * (int)i : 0);
	return count;
}

static void launch(const struct vectors *v, unsigned int n, cudaStream_t stream)
{
	const dim3 grid = { (n + BLOCK - 1) / BLOCK, 1, 1 }, block = { BLOCK, 1, 1 };

	if (__cudaPushCallConfiguration(grid, block, 0, stream) == 0)
		add(v->a, v->b, v->c, n);
}

static void fill(const struct vectors *v)
{
	for (int i = 0; i < COUNT; i++)
		v->host[i] = i;
	TRY(cudaMemcpy(v->a, v->host, COUNT * sizeof(int), cudaMemcpyHostToDevice));
	for (int i = 0; i < COUNT; i++)
		v->host[i] = 2 * i;
	TRY(cudaMemcpy(v->b, v->host, COUNT * sizeof(int), cudaMemcpyHostToDevice));
	TRY(cudaMemset(v->c, 0, COUNT * sizeof(int)));
}

/* Captured, and launched several times. */
static void by_graph(const struct vectors *v, cudaStream_t stream)
{
	enum cudaStreamCaptureStatus status;
	cudaGraphExec_t exec;
	cudaGraph_t graph;

	TRY(cudaMemsetAsync(v->c, 0, COUNT * sizeof(int), stream));
	TRY(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	launch(v, COUNT / 2, stream);
	TRY(cudaStreamIsCapturing(stream, &status));
	printf("capturing: %s\n", yes(status == cudaStreamCaptureStatusActive));
	TRY(cudaStreamEndCapture(stream, &graph));
#if CUDA_MAJOR == 11
	TRY(cudaGraphInstantiate(&exec, graph, NULL, NULL, 0));
#else
	TRY(cudaGraphInstantiate(&exec, graph, 0));
#endif
	for (int i = 0; i < ROUNDS; i++)
		TRY(cudaGraphLaunch(exec, stream));
	TRY(cudaStreamSynchronize(stream));
	printf("a graph added %d elements, %d wrong\n", COUNT / 2, wrong(v, COUNT / 2));
	TRY(cudaGraphExecDestroy(exec));
	TRY(cudaGraphDestroy(graph));
}

static void show_kinds(const struct vectors *v)
{
	TOOLKIT_POINTER device, host;
	TOOLKIT_FUNCTION kernel;
	unsigned int value = 0;

	TRY(cudaPointerGetAttributes(&device, v->a));
	TRY(cudaPointerGetAttributes(&host, v->host));
	printf("memory: type %d on device %d, type %d\n", device.type, device.device, host.type);
	TRY(cudaFuncGetAttributes(&kernel, (const void *)add));
	printf("the kernel takes a block: %s\n", yes(kernel.maxThreadsPerBlock >= BLOCK));
	TRY(cudaMemcpyFromSymbol(&value, &launches, sizeof(value), 0, cudaMemcpyDeviceToHost));
	printf("a variable of the device: %u\n", value);
}

int main(void)
{
	cudaEvent_t start, end;
	cudaStream_t stream;
	struct vectors v;
	float ms = -1;

	show_device();
	TRY(cudaMalloc((void **)&v.a, COUNT * sizeof(int)));
	TRY(cudaMalloc((void **)&v.b, COUNT * sizeof(int)));
	TRY(cudaMalloc((void **)&v.c, COUNT * sizeof(int)));
	TRY(cudaMallocHost((void **)&v.host, COUNT * sizeof(int)));
	TRY(cudaStreamCreate(&stream));
	TRY(cudaEventCreate(&start));
	TRY(cudaEventCreate(&end));
	fill(&v);
	TRY(cudaEventRecord(start, stream));
	launch(&v, COUNT, stream);
	TRY(cudaEventRecord(end, stream));
	TRY(cudaEventSynchronize(end));
	TRY(cudaEventElapsedTime(&ms, start, end));
	printf("%d elements added, %d wrong, in some time: %s\n", COUNT, wrong(&v, COUNT),
	       yes(ms >= 0));
	by_graph(&v, stream);
	show_kinds(&v);
	printf("a failure: %s", cudaGetErrorName(cudaMemcpy(v.a, v.b, 4, (enum cudaMemcpyKind)77)));
	printf(", and the last error: %s\n", cudaGetErrorName(cudaGetLastError()));
	TRY(cudaFree(v.a));
	TRY(cudaFree(v.b));
	TRY(cudaFree(v.c));
	TRY(cudaFreeHost(v.host));
	return 0;
}
