/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The demo: adds two vectors with a kernel that is loaded from PTX text through the runtime's
 * library calls, so that neither nvcc nor a toolkit is needed to build it. It runs on a GPU with
 * NVIDIA's runtime or with curtrace's, and over the simulated driver, which runs the C function
 * curtrace_sim__vector_add in place of the kernel.
 */
#include <stdio.h>
#include <stdlib.h>

#include "api/cudart.h"
#include "curtrace/sim.h"

#define COUNT  65536
#define BLOCK  256
#define ROUNDS 3

static const char ptx[] =
	".version 7.0\n"
	".target sm_70\n"
	".address_size 64\n"
	".visible .entry vector_add(.param .u64 a, .param .u64 b, .param .u64 c, .param .u32 n)\n"
	"{\n"
	"	.reg .pred %p;\n"
	"	.reg .b32 %i<5>;\n"
	"	.reg .f32 %f<4>;\n"
	"	.reg .b64 %l<8>;\n"
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
	"	cvta.to.global.u64 %l5, %l1;\n"
	"	cvta.to.global.u64 %l6, %l2;\n"
	"	cvta.to.global.u64 %l7, %l3;\n"
	"	add.s64 %l5, %l5, %l4;\n"
	"	add.s64 %l6, %l6, %l4;\n"
	"	add.s64 %l7, %l7, %l4;\n"
	"	ld.global.f32 %f1, [%l5];\n"
	"	ld.global.f32 %f2, [%l6];\n"
	"	add.f32 %f3, %f1, %f2;\n"
	"	st.global.f32 [%l7], %f3;\n"
	"done:\n"
	"	ret;\n"
	"}\n";

/* The kernel for the simulated driver: the whole grid in one call. */
__attribute__((visibility("default"))) void curtrace_sim__vector_add(
	const struct curtrace_sim_launch *launch, void **params)
{
	const float *a = *(float **)params[0], *b = *(float **)params[1];
	float *c = *(float **)params[2];
	unsigned int n = *(unsigned int *)params[3];
	unsigned int threads = launch->grid[0] * launch->block[0];

	for (unsigned int i = 0; i < n && i < threads; i++)
		c[i] = a[i] + b[i];
}

static void check(cudaError_t error, const char *what)
{
	if (error == cudaSuccess)
		return;
	fprintf(stderr, "vector-add: %s: %s (%s)\n", what, cudaGetErrorString(error),
		cudaGetErrorName(error));
	exit(1);
}

#define CHECK(call) check((call), #call)

struct vectors {
	float *a, *b, *c; /* on the device */
	float *host;      /* pinned, COUNT elements */
	size_t bytes;
};

static void allocate(struct vectors *v)
{
	v->bytes = COUNT * sizeof(float);
	CHECK(cudaMalloc((void **)&v->a, v->bytes));
	CHECK(cudaMalloc((void **)&v->b, v->bytes));
	CHECK(cudaMalloc((void **)&v->c, v->bytes));
	CHECK(cudaMallocHost((void **)&v->host, v->bytes));
}

static void release(const struct vectors *v)
{
	CHECK(cudaFreeHost(v->host));
	CHECK(cudaFree(v->a));
	CHECK(cudaFree(v->b));
	CHECK(cudaFree(v->c));
}

static void fill(const struct vectors *v, float *device, float step, cudaStream_t stream)
{
	for (int i = 0; i < COUNT; i++)
		v->host[i] = step * (float)i;
	CHECK(cudaMemcpyAsync(device, v->host, v->bytes, cudaMemcpyHostToDevice, stream));
	/* The buffer is filled again next: the copy must have read it. */
	CHECK(cudaStreamSynchronize(stream));
}

/* Adds the first part of the vectors, a larger one each round. */
static void add(const struct vectors *v, cudaKernel_t kernel, unsigned int n, cudaStream_t stream)
{
	void *args[] = { (void *)&v->a, (void *)&v->b, (void *)&v->c, &n };
	dim3 grid = { (n + BLOCK - 1) / BLOCK, 1, 1 }, block = { BLOCK, 1, 1 };

	CHECK(cudaLaunchKernel(kernel, grid, block, args, 0, stream));
}

static int verify(const struct vectors *v)
{
	int wrong = 0;

	for (int i = 0; i < COUNT; i++)
		wrong += v->host[i] != 3.0f * (float)i;
	return wrong;
}

int main(void)
{
	struct vectors v;
	struct cudaDeviceProp prop;
	cudaLibrary_t library;
	cudaKernel_t kernel;
	cudaStream_t stream;
	cudaEvent_t done;
	int wrong;

	CHECK(cudaGetDeviceProperties(&prop, 0));
	CHECK(cudaLibraryLoadData(&library, ptx, NULL, NULL, 0, NULL, NULL, 0));
	CHECK(cudaLibraryGetKernel(&kernel, library, "vector_add"));
	CHECK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
	CHECK(cudaEventCreateWithFlags(&done, cudaEventDisableTiming));
	allocate(&v);
	fill(&v, v.a, 1.0f, stream);
	fill(&v, v.b, 2.0f, stream);
	CHECK(cudaMemsetAsync(v.c, 0, v.bytes, stream));
	for (unsigned int round = 1; round <= ROUNDS; round++)
		add(&v, kernel, COUNT / ROUNDS * round + COUNT % ROUNDS, stream);
	CHECK(cudaEventRecord(done, stream));
	CHECK(cudaMemcpyAsync(v.host, v.c, v.bytes, cudaMemcpyDeviceToHost, stream));
	CHECK(cudaStreamWaitEvent(stream, done, 0));
	CHECK(cudaStreamSynchronize(stream));
	wrong = verify(&v);
	printf("%d elements added, %d wrong\n", COUNT, wrong);
	release(&v);
	CHECK(cudaEventDestroy(done));
	CHECK(cudaStreamDestroy(stream));
	CHECK(cudaLibraryUnload(library));
	CHECK(cudaDeviceSynchronize());
	return wrong != 0;
}
