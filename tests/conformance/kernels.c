/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program compiled with nvcc contains besides its own code, written by hand: a fat binary
 * with PTX, host functions that stand for kernels, and the calls of its constructor.
 */
#define _GNU_SOURCE /* RTLD_NOLOAD */
#include "conformance.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/* clang-format off */

#define PTX_HEAD ".version 7.8\n.target sm_90\n.address_size 64\n"

/* First thread of the grid only. */
#define FIRST_THREAD_ONLY \
	"	mov.u32 %r1, %tid.x;\n" \
	"	mov.u32 %r2, %ctaid.x;\n" \
	"	or.b32 %r1, %r1, %r2;\n" \
	"	setp.ne.u32 %p1, %r1, 0;\n" \
	"	@%p1 bra done;\n"

#define REGISTERS \
	"	.reg .pred %p<4>;\n	.reg .b16 %h<4>;\n	.reg .b32 %r<12>;\n" \
	"	.reg .b64 %d<12>;\n	.reg .f32 %f<4>;\n	.reg .f64 %g<4>;\n"

/* %r1 counts from the thread's index to n in steps of the block. */
#define EACH(n_name, body) \
	"	ld.param.u32 %r2, [" n_name "];\n" \
	"	mov.u32 %r1, %tid.x;\n" \
	"	mov.u32 %r3, %ntid.x;\n" \
	"next:\n" \
	"	setp.ge.u32 %p1, %r1, %r2;\n" \
	"	@%p1 bra done;\n" \
	"	mul.wide.u32 %d1, %r1, 4;\n" body "	add.u32 %r1, %r1, %r3;\n" \
	"	bra next;\n" \
	"done:\n" \
	"	ret;\n"

const char conf_ptx[] =
	PTX_HEAD
	".visible .global .align 4 .u32 counter = 7;\n"
	".visible .global .align 4 .b32 table[16];\n"
	".visible .const .align 4 .b32 konst[4] = {1, 2, 3, 4};\n"
	".visible .entry empty()\n{\n	ret;\n}\n"

	".visible .entry fill(.param .u64 p, .param .u32 n, .param .u32 value)\n{\n" REGISTERS
	"	ld.param.u64 %d2, [p];\n"
	"	ld.param.u32 %r4, [value];\n" EACH("n",
	"	add.s64 %d1, %d1, %d2;\n"
	"	st.u32 [%d1], %r4;\n") "}\n"

	".visible .entry increment(.param .u64 p, .param .u32 n)\n{\n" REGISTERS
	"	ld.param.u64 %d2, [p];\n" EACH("n",
	"	add.s64 %d1, %d1, %d2;\n"
	"	ld.u32 %r4, [%d1];\n"
	"	add.u32 %r4, %r4, 1;\n"
	"	st.u32 [%d1], %r4;\n") "}\n"

	".visible .entry copy(.param .u64 to, .param .u64 from, .param .u32 n)\n{\n" REGISTERS
	"	ld.param.u64 %d2, [to];\n"
	"	ld.param.u64 %d3, [from];\n" EACH("n",
	"	add.s64 %d4, %d1, %d2;\n"
	"	add.s64 %d5, %d1, %d3;\n"
	"	ld.u32 %r4, [%d5];\n"
	"	st.u32 [%d4], %r4;\n") "}\n"

	".visible .entry wait(.param .u64 flag)\n{\n" REGISTERS
	FIRST_THREAD_ONLY
	"	ld.param.u64 %d1, [flag];\n"
	"	mov.u64 %d2, %globaltimer;\n"
	"again:\n"
	"	ld.volatile.u32 %r3, [%d1];\n"
	"	setp.ne.u32 %p1, %r3, 0;\n"
	"	@%p1 bra done;\n"
	"	nanosleep.u32 1000;\n"
	"	mov.u64 %d3, %globaltimer;\n"
	"	sub.u64 %d3, %d3, %d2;\n"
	"	setp.lt.u64 %p1, %d3, 5000000000;\n"
	"	@%p1 bra again;\n"
	"done:\n"
	"	ret;\n}\n"

	".visible .entry scalars(.param .u64 out, .param .u8 a, .param .u16 b, .param .u32 c,\n"
	"	.param .u64 d, .param .f32 e, .param .f64 f)\n{\n" REGISTERS
	FIRST_THREAD_ONLY
	"	ld.param.u64 %d1, [out];\n"
	"	ld.param.u8 %h1, [a];\n"
	"	cvt.u64.u16 %d2, %h1;\n"
	"	st.u64 [%d1], %d2;\n"
	"	ld.param.u16 %h1, [b];\n"
	"	cvt.u64.u16 %d2, %h1;\n"
	"	st.u64 [%d1+8], %d2;\n"
	"	ld.param.u32 %r1, [c];\n"
	"	cvt.u64.u32 %d2, %r1;\n"
	"	st.u64 [%d1+16], %d2;\n"
	"	ld.param.u64 %d2, [d];\n"
	"	st.u64 [%d1+24], %d2;\n"
	"	ld.param.f32 %f1, [e];\n"
	"	cvt.rzi.u64.f32 %d2, %f1;\n"
	"	st.u64 [%d1+32], %d2;\n"
	"	ld.param.f64 %g1, [f];\n"
	"	cvt.rzi.u64.f64 %d2, %g1;\n"
	"	st.u64 [%d1+40], %d2;\n"
	"done:\n"
	"	ret;\n}\n"

	".visible .entry bounded()\n.maxntid 64, 1, 1\n{\n	ret;\n}\n"
	".visible .entry clustered()\n.reqnctapercluster 2, 1, 1\n{\n	ret;\n}\n"

	".visible .entry shared_mem(.param .u64 out)\n{\n" REGISTERS
	"	.shared .align 4 .b8 room[4096];\n"
	FIRST_THREAD_ONLY
	"	ld.param.u64 %d1, [out];\n"
	"	st.shared.u32 [room+4092], 9;\n"
	"	ld.shared.u32 %r1, [room+4092];\n"
	"	st.u32 [%d1], %r1;\n"
	"done:\n"
	"	ret;\n}\n"

	".visible .entry add_counter(.param .u32 n)\n{\n" REGISTERS
	FIRST_THREAD_ONLY
	"	ld.param.u32 %r1, [n];\n"
	"	ld.global.u32 %r2, [counter];\n"
	"	add.u32 %r2, %r2, %r1;\n"
	"	st.global.u32 [counter], %r2;\n"
	"done:\n"
	"	ret;\n}\n"

	".visible .entry read_konst(.param .u64 out)\n{\n" REGISTERS
	FIRST_THREAD_ONLY
	"	ld.param.u64 %d1, [out];\n"
	"	ld.const.u32 %r1, [konst];\n"
	"	st.u32 [%d1], %r1;\n"
	"	ld.const.u32 %r1, [konst+4];\n"
	"	st.u32 [%d1+4], %r1;\n"
	"	ld.const.u32 %r1, [konst+8];\n"
	"	st.u32 [%d1+8], %r1;\n"
	"	ld.const.u32 %r1, [konst+12];\n"
	"	st.u32 [%d1+12], %r1;\n"
	"done:\n"
	"	ret;\n}\n"

	".visible .entry bad_address()\n{\n" REGISTERS
	"	mov.u64 %d1, 0x7fff00000000000;\n"
	"	mov.u32 %r1, 1;\n"
	"	st.global.u32 [%d1], %r1;\n"
	"	ret;\n}\n"

	".visible .entry trap()\n{\n	trap;\n	ret;\n}\n";

/* clang-format on */

static const char managed_ptx[] = PTX_HEAD
	".visible .global .attribute(.managed) .align 4 .u32 managed = 5;\n";

/*
 * Host functions. Their addresses are what counts: each is a few bytes of its own, which nothing
 * may fold into another.
 */
#define STUB(name)                                           \
	__attribute__((noinline)) void kernel_##name(void)   \
	{                                                    \
		__asm__ volatile("" : : "i"(kernel_##name)); \
	}
STUB(empty)
STUB(fill)
STUB(increment)
STUB(copy)
STUB(wait)
STUB(scalars)
STUB(bounded)
STUB(clustered)
STUB(shared_mem)
STUB(add_counter)
STUB(read_konst)
STUB(bad_address)
STUB(trap)

unsigned int counter, table[16], konst[4], *managed;

/* The kernels for the simulated driver, which finds them by name. */
SIM_KERNEL(empty)
{
	(void)launch, (void)params;
}

SIM_KERNEL(bounded)
{
	(void)launch, (void)params;
}

SIM_KERNEL(clustered)
{
	(void)launch, (void)params;
}

SIM_KERNEL(fill)
{
	(void)launch;
	for (unsigned int i = 0; i < PARAM(unsigned int, 1); i++)
		PARAM(unsigned int *, 0)[i] = PARAM(unsigned int, 2);
}

SIM_KERNEL(increment)
{
	(void)launch;
	for (unsigned int i = 0; i < PARAM(unsigned int, 1); i++)
		PARAM(unsigned int *, 0)[i]++;
}

SIM_KERNEL(copy)
{
	(void)launch;
	for (unsigned int i = 0; i < PARAM(unsigned int, 2); i++)
		PARAM(unsigned int *, 0)[i] = PARAM(const unsigned int *, 1)[i];
}

SIM_KERNEL(wait)
{
	(void)launch;
	for (int i = 0; __atomic_load_n(PARAM(unsigned int *, 0), __ATOMIC_ACQUIRE) == 0; i++) {
		if (i == 50000)
			break;
		usleep(100);
	}
}

SIM_KERNEL(scalars)
{
	unsigned long long *out = PARAM(unsigned long long *, 0);

	(void)launch;
	out[0] = PARAM(unsigned char, 1);
	out[1] = PARAM(unsigned short, 2);
	out[2] = PARAM(unsigned int, 3);
	out[3] = PARAM(unsigned long long, 4);
	out[4] = (unsigned long long)PARAM(float, 5);
	out[5] = (unsigned long long)PARAM(double, 6);
}

SIM_KERNEL(shared_mem)
{
	(void)launch;
	*PARAM(unsigned int *, 0) = 9;
}

/* The program is not linked to the simulated driver; where a kernel runs here, it is loaded. */
static void *sim_symbol(const char *name)
{
	return dlsym(dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD), name);
}

void *conf_sim_variable(const struct curtrace_sim_launch *launch, const char *name)
{
	__typeof__(&curtrace_sim_variable) variable =
		(__typeof__(variable))sim_symbol("curtrace_sim_variable");

	return variable(launch, name);
}

void conf_sim_fault(const struct curtrace_sim_launch *launch, int error)
{
	__typeof__(&curtrace_sim_fault) fault = (__typeof__(fault))sim_symbol("curtrace_sim_fault");

	fault(launch, error);
}

SIM_KERNEL(add_counter)
{
	*(unsigned int *)conf_sim_variable(launch, "counter") += PARAM(unsigned int, 0);
}

SIM_KERNEL(read_konst)
{
	memcpy(PARAM(void *, 0), conf_sim_variable(launch, "konst"), sizeof(konst));
}

SIM_KERNEL(bad_address)
{
	(void)params;
	conf_sim_fault(launch, cudaErrorIllegalAddress);
}

SIM_KERNEL(trap)
{
	(void)params;
	conf_sim_fault(launch, cudaErrorLaunchFailure);
}

void *conf_fatbin_of(int kind, int sm, const void *image, size_t size)
{
	return conf_fatbin_in(malloc(sizeof(struct conf_fatbin_image)), kind, sm, image, size);
}

void *conf_fatbin(const char *ptx)
{
	return conf_fatbin_of(1, 90, ptx, strlen(ptx) + 1);
}

static void register_kernel(void **handle, void (*stub)(void), const char *name)
{
	__cudaRegisterFunction(handle, (const char *)stub, (char *)name, name, -1, NULL, NULL, NULL,
			       NULL, NULL);
}

static void register_first_image(void)
{
	void **handle = __cudaRegisterFatBinary(conf_fatbin(conf_ptx));

	register_kernel(handle, kernel_empty, "empty");
	register_kernel(handle, kernel_fill, "fill");
	register_kernel(handle, kernel_increment, "increment");
	register_kernel(handle, kernel_copy, "copy");
	register_kernel(handle, kernel_wait, "wait");
	register_kernel(handle, kernel_scalars, "scalars");
	register_kernel(handle, kernel_bounded, "bounded");
	register_kernel(handle, kernel_clustered, "clustered");
	register_kernel(handle, kernel_shared_mem, "shared_mem");
	register_kernel(handle, kernel_add_counter, "add_counter");
	register_kernel(handle, kernel_read_konst, "read_konst");
	register_kernel(handle, kernel_bad_address, "bad_address");
	register_kernel(handle, kernel_trap, "trap");
	__cudaRegisterVar(handle, (char *)&counter, (char *)"counter", "counter", 0,
			  sizeof(counter), 0, 0);
	__cudaRegisterVar(handle, (char *)table, (char *)"table", "table", 0, sizeof(table), 0, 0);
	__cudaRegisterVar(handle, (char *)konst, (char *)"konst", "konst", 0, sizeof(konst), 1, 0);
	__cudaRegisterFatBinaryEnd(handle);
}

void conf_register(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, register_first_image);
}

void conf_register_managed(void ***handle)
{
	void **image = __cudaRegisterFatBinary(conf_fatbin(managed_ptx));

	__cudaRegisterManagedVar(image, (void **)&managed, (char *)"managed", "managed", 0,
				 sizeof(unsigned int), 0, 0);
	__cudaRegisterFatBinaryEnd(image);
	if (handle != NULL)
		*handle = image;
}

void conf_occupy(struct conf_busy *busy, cudaStream_t stream)
{
	void *flag = NULL;

	NEED(cudaHostAlloc(&flag, sizeof(unsigned int), cudaHostAllocMapped));
	busy->flag = flag;
	busy->stream = stream;
	*busy->flag = 0;
	NEED(cudaLaunchKernel((const void *)kernel_wait, DIM(1), DIM(1), ARGS(&flag), 0, stream));
}

void conf_release(struct conf_busy *busy)
{
	__atomic_store_n(busy->flag, 1, __ATOMIC_RELEASE);
	NEED(cudaStreamSynchronize(busy->stream));
	NEED(cudaFreeHost((void *)busy->flag));
}
