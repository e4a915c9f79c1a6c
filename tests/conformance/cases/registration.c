/* SPDX-License-Identifier: Apache-2.0 */
/* What a compiled program registers: images, kernels, variables. */
#define CONF_FRESH_PROCESS
#include "conformance.h"

#include "curtrace/sim.h"
#include "fatbin_image.h"

#define PTX_HEAD ".version 7.8\n.target sm_90\n.address_size 64\n"

/* Two images with a kernel and a variable of the same names; the variables differ. */
#define SAME_PTX(value)                                                     \
	PTX_HEAD                                                            \
	".visible .global .align 4 .u32 reg_which = " value ";\n"           \
	".visible .entry reg_same(.param .u64 out)\n{\n"                    \
	"	.reg .b32 %r<2>;\n	.reg .b64 %d<2>;\n	ld.param.u64 %d1, [out];\n" \
	"	ld.global.u32 %r1, [reg_which];\n	st.u32 [%d1], %r1;\n	ret;\n}\n"

static const char first_ptx[] = SAME_PTX("1");
static const char second_ptx[] = SAME_PTX("2");

/* What the kernels are known by is an address and no more. */
#define STUB(name)                                       \
	static __attribute__((noinline)) void name(void) \
	{                                                \
		__asm__ volatile("" : : "i"(name));      \
	}
STUB(stub_a)
STUB(stub_b)
STUB(stub_unknown)

static unsigned int variable_a, *shadow;

__attribute__((visibility("default"))) void curtrace_sim__reg_same(
	const struct curtrace_sim_launch *launch, void **params)
{
	**(unsigned int **)params[0] = *(unsigned int *)conf_sim_variable(launch, "reg_which");
}

static void register_function(void **handle, void (*stub)(void), const char *name)
{
	__cudaRegisterFunction(handle, (const char *)stub, (char *)name, name, -1, NULL, NULL, NULL,
			       NULL, NULL);
}

static void register_variable(void **handle, void *key, const char *name, size_t size)
{
	__cudaRegisterVar(handle, key, (char *)name, name, 0, size, 0, 0);
}

/* An image whose kernel is known by a stub. */
static void **register_image(const char *ptx, void (*stub)(void), const char *name)
{
	void **handle = __cudaRegisterFatBinary(conf_fatbin(ptx));

	register_function(handle, stub, name);
	return handle;
}

static void show_which(void (*stub)(void))
{
	void *out = NULL;

	NEED(cudaMalloc(&out, 4));
	NEED(cudaMemset(out, 0, 4));
	DO(cudaLaunchKernel((const void *)stub, DIM(1), DIM(1), ARGS(&out), 0, NULL));
	DO(cudaDeviceSynchronize());
	SHOW_DEVICE(out, 4);
}

CASE(launch_without_end)
{
	register_image(first_ptx, stub_a, "reg_same");
	show_which(stub_a);
}

CASE(launch_with_end)
{
	__cudaRegisterFatBinaryEnd(register_image(first_ptx, stub_a, "reg_same"));
	show_which(stub_a);
}

CASE(unregister_then_launch)
{
	void **handle = register_image(first_ptx, stub_a, "reg_same");
	struct cudaFuncAttributes attributes;
	cudaKernel_t kernel = UNTOUCHED;

	__cudaRegisterFatBinaryEnd(handle);
	show_which(stub_a);
	__cudaUnregisterFatBinary(handle);
	DO(cudaGetKernel(&kernel, (const void *)stub_a));
	DO(cudaFuncGetAttributes(&attributes, (const void *)stub_a));
	DO(cudaLaunchKernel((const void *)stub_a, DIM(1), DIM(1), NULL, 0, NULL));
	DO(cudaDeviceSynchronize());
}

CASE(unregister_before_use)
{
	void **handle = register_image(first_ptx, stub_a, "reg_same");
	cudaKernel_t kernel = UNTOUCHED;

	__cudaRegisterFatBinaryEnd(handle);
	__cudaUnregisterFatBinary(handle);
	DO(cudaGetKernel(&kernel, (const void *)stub_a));
	SHOW(kernel);
	DO(cudaFree(0));
}

CASE(unregister_and_register_again)
{
	void **handle = register_image(first_ptx, stub_a, "reg_same");

	show_which(stub_a);
	__cudaUnregisterFatBinary(handle);
	register_image(second_ptx, stub_a, "reg_same");
	show_which(stub_a);
}

CASE(two_images_with_one_name)
{
	register_image(first_ptx, stub_a, "reg_same");
	register_image(second_ptx, stub_b, "reg_same");
	show_which(stub_a);
	show_which(stub_b);
}

CASE(two_images_unregister_first)
{
	void **first = register_image(first_ptx, stub_a, "reg_same");

	register_image(second_ptx, stub_b, "reg_same");
	show_which(stub_a);
	__cudaUnregisterFatBinary(first);
	show_which(stub_b);
}

CASE(stub_of_two_images)
{
	register_image(first_ptx, stub_a, "reg_same");
	register_image(second_ptx, stub_a, "reg_same");
	show_which(stub_a);
}

CASE(stub_of_two_images_unregister_second)
{
	void **second;

	register_image(first_ptx, stub_a, "reg_same");
	second = register_image(second_ptx, stub_a, "reg_same");
	__cudaUnregisterFatBinary(second);
	show_which(stub_a);
}

CASE(stub_twice_in_one_image)
{
	void **handle = register_image(first_ptx, stub_a, "reg_same");

	register_function(handle, stub_a, "reg_same");
	show_which(stub_a);
}

CASE(kernel_of_two_stubs)
{
	void **handle = register_image(first_ptx, stub_a, "reg_same");
	cudaKernel_t a = NULL, b = NULL;

	register_function(handle, stub_b, "reg_same");
	show_which(stub_a);
	show_which(stub_b);
	DO(cudaGetKernel(&a, (const void *)stub_a));
	DO(cudaGetKernel(&b, (const void *)stub_b));
	SHOW_IF(a == b);
}

CASE(name_not_in_image)
{
	void **handle = register_image(first_ptx, stub_a, "reg_absent");
	struct cudaFuncAttributes attributes;
	cudaKernel_t kernel = UNTOUCHED;

	register_function(handle, stub_b, "reg_same");
	DO(__cudaGetKernel(&kernel, (const void *)stub_a));
	SHOW_IF(kernel == (cudaKernel_t)stub_a);
	kernel = UNTOUCHED;
	DO(cudaGetKernel(&kernel, (const void *)stub_a));
	SHOW(kernel);
	DO(cudaFuncGetAttributes(&attributes, (const void *)stub_a));
	DO(cudaLaunchKernel((const void *)stub_a, DIM(1), DIM(1), NULL, 0, NULL));
	show_which(stub_b);
}

CASE(register_after_context)
{
	DO(cudaFree(0));
	register_image(first_ptx, stub_a, "reg_same");
	show_which(stub_a);
	register_image(second_ptx, stub_b, "reg_same");
	show_which(stub_b);
}

CASE(function_added_after_use)
{
	void **handle = register_image(first_ptx, stub_a, "reg_same");

	__cudaRegisterFatBinaryEnd(handle);
	show_which(stub_a);
	register_function(handle, stub_b, "reg_same");
	show_which(stub_b);
}

CASE(first_launch_in_capture)
{
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;
	cudaGraphExec_t exec = NULL;
	void *out = NULL;

	register_image(second_ptx, stub_a, "reg_same");
	NEED(cudaMalloc(&out, 4));
	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaLaunchKernel((const void *)stub_a, DIM(1), DIM(1), ARGS(&out), 0, stream));
	DO(cudaStreamEndCapture(stream, &graph));
	DO(cudaGraphInstantiate(&exec, graph, 0));
	DO(cudaGraphLaunch(exec, stream));
	DO(cudaStreamSynchronize(stream));
	SHOW_DEVICE(out, 4);
}

static void many_stubs(char *keys, size_t count)
{
	static const char *const texts[] = { first_ptx, second_ptx };

	for (size_t i = 0; i < count; i++)
		register_image(texts[i % 2], (void (*)(void))(keys + i), "reg_same");
}

CASE(many_images)
{
	static char keys[64];

	many_stubs(keys, sizeof(keys));
	show_which((void (*)(void))keys);
	show_which((void (*)(void))(keys + 33));
	show_which((void (*)(void))(keys + 63));
}

static void launch_in_thread(void *unused)
{
	(void)unused;
	show_which(stub_a);
}

CASE(launch_from_thread)
{
	register_image(second_ptx, stub_a, "reg_same");
	conf_in_thread(launch_in_thread, NULL);
	show_which(stub_a);
}

static void register_in_thread(void *unused)
{
	(void)unused;
	register_image(second_ptx, stub_a, "reg_same");
}

CASE(register_in_thread)
{
	conf_in_thread(register_in_thread, NULL);
	show_which(stub_a);
}

CASE(launch_after_reset)
{
	register_image(second_ptx, stub_a, "reg_same");
	show_which(stub_a);
	DO(cudaDeviceReset());
	show_which(stub_a);
}

/* What NVIDIA's own compilers call seldom. */

CASE(host_variable)
{
	void **handle = __cudaRegisterFatBinary(conf_fatbin(first_ptx));
	size_t size = UNTOUCHED_64;

	__cudaRegisterHostVar(handle, "reg_which", (char *)&variable_a, 4);
	conf_print("registered");
	DO(cudaGetSymbolSize(&size, &variable_a));
	DO(cudaFree(0));
}

CASE(unified_table_of_nulls)
{
	__cudaRegisterUnifiedTable(NULL, NULL, NULL, NULL, NULL);
	conf_print("registered");
	DO(cudaFree(0));
}

CASE(get_proc_address)
{
	void *function = UNTOUCHED;
	size_t token = UNTOUCHED_64;

	DO(__cudaGetProcAddress("cudaMalloc", &function, &token));
	SHOW(function);
	SHOW_IF(token == UNTOUCHED_64);
	DO(__cudaGetProcAddress("no such name", &function, &token));
	SHOW(function);
}

CASE(get_proc_address_of_null)
{
	DO(__cudaGetProcAddress(NULL, NULL, NULL));
}

/* Nothing behind these: they may crash. */

CASE(register_null_wrapper)
{
	void **handle = __cudaRegisterFatBinary(NULL);

	SHOW(handle);
	DO(cudaFree(0));
	register_function(handle, stub_a, "reg_same");
	DO(cudaLaunchKernel((const void *)stub_a, DIM(1), DIM(1), NULL, 0, NULL));
}

CASE(register_null_wrapper_others_work)
{
	__cudaRegisterFatBinary(NULL);
	register_image(first_ptx, stub_a, "reg_same");
	show_which(stub_a);
}

CASE(register_wrapper_without_magic)
{
	static struct conf_fatbin_wrapper wrapper = { .magic = 0x12345678, .version = 1 };
	void **handle = __cudaRegisterFatBinary(&wrapper);

	SHOW(handle);
	register_image(first_ptx, stub_b, "reg_same");
	show_which(stub_b);
	register_function(handle, stub_a, "reg_same");
	DO(cudaLaunchKernel((const void *)stub_a, DIM(1), DIM(1), NULL, 0, NULL));
}

CASE(register_function_of_null_handle)
{
	register_function(NULL, stub_a, "reg_same");
	conf_print("registered");
}

CASE(register_function_of_null_stub)
{
	void **handle = __cudaRegisterFatBinary(conf_fatbin(first_ptx));

	register_function(handle, NULL, "reg_same");
	conf_print("registered");
	DO(cudaLaunchKernel(NULL, DIM(1), DIM(1), NULL, 0, NULL));
}

CASE(register_function_without_name)
{
	void **handle = __cudaRegisterFatBinary(conf_fatbin(first_ptx));

	__cudaRegisterFunction(handle, (const char *)stub_a, NULL, NULL, -1, NULL, NULL, NULL, NULL,
			       NULL);
	conf_print("registered");
	DO(cudaLaunchKernel((const void *)stub_a, DIM(1), DIM(1), NULL, 0, NULL));
}

CASE(register_variable_of_null_handle)
{
	register_variable(NULL, &variable_a, "reg_which", 4);
	conf_print("registered");
}

CASE(register_managed_of_null_handle)
{
	__cudaRegisterManagedVar(NULL, (void **)&shadow, (char *)"x", "x", 0, 4, 0, 0);
	conf_print("registered");
}

CASE(register_end_of_null)
{
	__cudaRegisterFatBinaryEnd(NULL);
	conf_print("ended");
}

CASE(unregister_null)
{
	__cudaUnregisterFatBinary(NULL);
	conf_print("unregistered");
	DO(cudaFree(0));
}

CASE(init_module_null)
{
	SHOW(__cudaInitModule(NULL));
	DO(cudaGetLastError());
}

CASE(get_kernel_nowhere)
{
	register_image(first_ptx, stub_a, "reg_same");
	DO(__cudaGetKernel(NULL, (const void *)stub_a));
}

CASE(get_kernel)
{
	cudaKernel_t kernel = UNTOUCHED, again = NULL, public = NULL;

	register_image(first_ptx, stub_a, "reg_same");
	DO(__cudaGetKernel(&kernel, (const void *)stub_a));
	SHOW(kernel);
	DO(__cudaGetKernel(&again, (const void *)stub_a));
	SHOW_IF(kernel == again);
	DO(cudaGetKernel(&public, (const void *)stub_a));
	SHOW_IF(kernel == public);
	DO(__cudaGetKernel(&again, kernel));
	SHOW_IF(kernel == again);
}

CASE(get_kernel_unregistered)
{
	cudaKernel_t kernel = UNTOUCHED;

	DO(__cudaGetKernel(&kernel, (const void *)stub_unknown));
	SHOW_IF(kernel == (cudaKernel_t)stub_unknown);
	kernel = UNTOUCHED;
	DO(__cudaGetKernel(&kernel, NULL));
	SHOW(kernel);
	DO(__cudaLaunchKernel((cudaKernel_t)stub_unknown, DIM(1), DIM(1), NULL, 0, NULL));
}

CASE(launch_kernel_null)
{
	DO(__cudaLaunchKernel(NULL, DIM(1), DIM(1), NULL, 0, NULL));
	DO(__cudaLaunchKernel_ptsz(NULL, DIM(1), DIM(1), NULL, 0, NULL));
}
