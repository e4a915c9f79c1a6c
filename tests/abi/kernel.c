/* SPDX-License-Identifier: Apache-2.0 */
/* A program's own kernel: registration, launches, attributes. */
#define TOOLKIT_EXPORTED_NAMES
#include "kernel.h"

#include "cases.h"
#include "curtrace/sim.h"
#include "fatbin_image.h"
#include "guard.h"
#include "newest.h"

#define COUNT 64

/* clang-format off */
static const char ptx[] =
	".version 7.8\n.target sm_90\n.address_size 64\n"
	".visible .global .align 4 .u32 abi_variable = 7;\n"
	".visible .entry abi_fill(.param .u64 p, .param .u32 value)\n{\n"
	"	.reg .b32 %r<4>;\n	.reg .b64 %d<4>;\n"
	"	ld.param.u64 %d1, [p];\n"
	"	ld.param.u32 %r1, [value];\n"
	"	mov.u32 %r2, %tid.x;\n"
	"	mul.wide.u32 %d2, %r2, 4;\n"
	"	add.s64 %d1, %d1, %d2;\n"
	"	st.u32 [%d1], %r1;\n"
	"	ret;\n}\n";
/* clang-format on */

static const dim3 one = { 1, 1, 1 }, threads = { COUNT, 1, 1 };
static unsigned int variable;

/* Stands for the kernel; only its address counts, so nothing may fold it into another. */
static __attribute__((noinline)) void fill(void)
{
	__asm__ volatile("" : : "i"(fill));
}

/* The kernel over the simulated driver, which finds it by its name. */
__attribute__((visibility("default"))) void curtrace_sim__abi_fill(
	const struct curtrace_sim_launch *launch, void **params)
{
	for (unsigned int i = 0; i < launch->block[0]; i++)
		(*(unsigned int **)params[0])[i] = *(unsigned int *)params[1];
}

static void register_image(void)
{
	static struct conf_fatbin_image image;
	static void **handle;

	if (handle != NULL)
		return;
	handle = __cudaRegisterFatBinary(conf_fatbin_in(&image, 1, 90, ptx, sizeof(ptx)));
	__cudaRegisterFunction(handle, (const char *)fill, (char *)"abi_fill", "abi_fill", -1, NULL,
			       NULL, NULL, NULL, NULL);
	__cudaRegisterVar(handle, (char *)&variable, (char *)"abi_variable", "abi_variable", 0,
			  sizeof(variable), 0, 0);
#if CUDA_MAJOR == 11
	{
		static const char texture, surface;
		static const void *address;

		__cudaRegisterTexture(handle, (const void *)&texture, &address, "abi_texture", 2, 0,
				      0);
		__cudaRegisterSurface(handle, (const void *)&surface, &address, "abi_surface", 2,
				      0);
	}
#endif
	__cudaRegisterFatBinaryEnd(handle);
}

struct cudaKernelNodeParams abi_kernel_node(void)
{
	static unsigned int *memory, value = 1;
	static void *args[] = { &memory, &value };

	register_image();
	if (memory == NULL)
		OK(cudaMalloc((void **)&memory, COUNT * sizeof(*memory)));
	return (struct cudaKernelNodeParams){
		.func = (void *)fill,
		.gridDim = one,
		.blockDim = threads,
		.kernelParams = args,
	};
}

static bool filled(const unsigned int *memory, unsigned int value)
{
	unsigned int back[COUNT];

	OK(cudaMemcpy(back, memory, sizeof(back), cudaMemcpyDeviceToHost));
	for (int i = 0; i < COUNT; i++)
		if (back[i] != value)
			return false;
	return true;
}

static void launches(unsigned int *memory)
{
	unsigned int value = 11;
	void *args[] = { &memory, &value };

	OK(cudaLaunchKernel((const void *)fill, one, threads, args, 0, NULL));
	CHECK(filled(memory, 11));
	value = 12;
	OK(cudaLaunchCooperativeKernel((const void *)fill, one, threads, args, 0, NULL));
	CHECK(filled(memory, 12));
#if CUDA_MAJOR >= 12
	{
		cudaKernel_t *kernel = OUTPUT(cudaKernel_t);

		value = 13;
		OK(cudaGetKernel(kernel, (const void *)fill));
		OK(__cudaLaunchKernel(*kernel, one, threads, args, 0, NULL));
		CHECK(filled(memory, 13));
	}
#endif
}

/* What <<<>>> is compiled to. */
static void configuration(unsigned int *memory)
{
	unsigned int value = 14;
	void *args[] = { &memory, &value };
	dim3 *grid = OUTPUT(dim3), *block = OUTPUT(dim3);
	cudaStream_t *stream = OUTPUT(cudaStream_t);
	size_t *shared = OUTPUT(size_t);

	SAME(__cudaPushCallConfiguration(one, threads, 0, NULL), 0);
	OK(__cudaPopCallConfiguration(grid, block, shared, stream));
	SAME(block->x, COUNT);
	SAME(*shared, 0);
	CHECK(*stream == NULL);
	OK(cudaLaunchKernel((const void *)fill, *grid, *block, args, *shared, *stream));
	CHECK(filled(memory, 14));
}

/* One grid on each device of a list; this one has one entry. */
static void several_devices(unsigned int *memory)
{
#if CUDA_MAJOR < 13
	struct cudaLaunchParams_v12 *list = OUTPUT(struct cudaLaunchParams_v12);
	cudaStream_t *stream = OUTPUT(cudaStream_t);
	unsigned int value = 15;
	void *args[] = { &memory, &value };

	OK(cudaStreamCreate(stream));
	*list = (struct cudaLaunchParams_v12){
		.func = (void *)fill,
		.gridDim = one,
		.blockDim = threads,
		.args = args,
		.stream = *stream,
	};
	OK(cudaLaunchCooperativeKernelMultiDevice(list, 1, 0));
	OK(cudaStreamSynchronize(*stream));
	CHECK(filled(memory, 15));
	GIVES(cudaErrorInvalidValue, cudaLaunchCooperativeKernelMultiDevice(list, 0, 0));
	GIVES(cudaErrorInvalidValue, cudaLaunchCooperativeKernelMultiDevice(NULL, 1, 0));
	GIVES(cudaErrorInvalidValue, cudaLaunchCooperativeKernelMultiDevice(list, 4711, 0));
	OK(cudaStreamDestroy(*stream));
#else
	(void)memory;
#endif
}

/* 11's structure ends where 12's cluster fields begin. */
static void attributes(void)
{
	TOOLKIT_FUNCTION *old = OUTPUT(TOOLKIT_FUNCTION);
	struct cudaFuncAttributes new;

	OK(cudaFuncGetAttributes(old, (const void *)fill));
	SAME(new_function(&new, (const void *)fill), cudaSuccess);
	CHECK(new.maxThreadsPerBlock > 0 && new.binaryVersion > 0);
	SAME(old->sharedSizeBytes, new.sharedSizeBytes);
	SAME(old->constSizeBytes, new.constSizeBytes);
	SAME(old->localSizeBytes, new.localSizeBytes);
	SAME(old->maxThreadsPerBlock, new.maxThreadsPerBlock);
	SAME(old->numRegs, new.numRegs);
	SAME(old->ptxVersion, new.ptxVersion);
	SAME(old->binaryVersion, new.binaryVersion);
	SAME(old->cacheModeCA, new.cacheModeCA);
	SAME(old->maxDynamicSharedSizeBytes, new.maxDynamicSharedSizeBytes);
	SAME(old->preferredShmemCarveout, new.preferredShmemCarveout);
#if CUDA_MAJOR >= 12
	/* Up to the reserved words, which are left alone. */
	SAME_BYTES(&old->clusterDimMustBeSet, &new.clusterDimMustBeSet,
		   offsetof(TOOLKIT_FUNCTION, reserved) -
			   offsetof(TOOLKIT_FUNCTION, clusterDimMustBeSet));
#endif
	GIVES(cudaErrorInvalidValue, cudaFuncGetAttributes(NULL, (const void *)fill));
}

static void symbols(void)
{
	void **address = OUTPUT(void *);
	unsigned int back = 0;
	size_t *size = OUTPUT(size_t);

	OK(cudaGetSymbolSize(size, &variable));
	SAME(*size, sizeof(variable));
	OK(cudaGetSymbolAddress(address, &variable));
	OK(cudaMemcpyFromSymbol(&back, &variable, sizeof(back), 0, cudaMemcpyDeviceToHost));
	SAME(back, 7);
}

/* Documented to do nothing on any device of today. */
static void doubles(void)
{
#if CUDA_MAJOR < 13
	double *d = OUTPUT(double);

	OK(cudaSetDoubleForDevice(d));
	OK(cudaSetDoubleForHost(d));
	CHECK(abi_untouched(d, sizeof(*d)));
#endif
}

void abi_kernel(void)
{
	unsigned int *memory = NULL;

	register_image();
	OK(cudaMalloc((void **)&memory, COUNT * sizeof(*memory)));
	launches(memory);
	configuration(memory);
	several_devices(memory);
	attributes();
	symbols();
	doubles();
	OK(cudaFree(memory));
	abi_release();
}
