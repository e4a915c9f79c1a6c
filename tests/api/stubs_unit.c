/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A translation unit with device code: UNIT names what it exports, FACTOR is what its constant
 * begins with. All units have kernels and variables of the same names, as `static' ones in C++ may.
 */
#include <stdlib.h>

#include "fatbin_image.h"
#include "stubs.h"

#define TEXT_OF(x) #x
#define TEXT(x)    TEXT_OF(x)

/* ---- device code --------------------------------------------------------------------------- */

/* clang-format off */
#define PTX_HEAD                                                         \
	".version 7.8\n.target sm_90\n.address_size 64\n"                \
	".visible .const .align 4 .u32 factor = " TEXT(FACTOR) ";\n"     \
	".visible .global .align 4 .u32 counter = 0;\n"

#define PTX_SCALE                                                        \
	".visible .entry stubs_scale(.param .u64 out, .param .u32 by)\n{\n" \
	"	.reg .b32 %r<8>;\n	.reg .b64 %d<4>;\n"              \
	"	ld.param.u64 %d1, [out];\n"                              \
	"	ld.param.u32 %r1, [by];\n"                               \
	"	ld.const.u32 %r2, [factor];\n"                           \
	"	mul.lo.u32 %r3, %r1, %r2;\n"                             \
	"	mov.u32 %r4, %nctaid.x;\n"                               \
	"	mov.u32 %r5, %ntid.x;\n"                                 \
	"	mov.u32 %r6, %dynamic_smem_size;\n"                      \
	"	st.global.u32 [%d1], %r3;\n"                             \
	"	st.global.u32 [%d1+4], %r4;\n"                           \
	"	st.global.u32 [%d1+8], %r5;\n"                           \
	"	st.global.u32 [%d1+12], %r6;\n"                          \
	"	red.global.add.u32 [counter], 1;\n"                      \
	"	ret;\n}\n"

#ifdef STUBS_CLANG
#define PTX PTX_HEAD PTX_SCALE
#else
#define PTX                                                              \
	PTX_HEAD                                                         \
	".visible .global .attribute(.managed) .align 4 .u32 level = 40;\n" \
	PTX_SCALE                                                        \
	".visible .entry stubs_raise()\n{\n"                             \
	"	red.global.add.u32 [level], 1;\n"                        \
	"	ret;\n}\n"
#endif
/* clang-format on */

/* Constant data, in the sections that the tools look for. */
static const struct {
	struct conf_fatbin_header header;
	struct conf_fatbin_entry entry;
	char payload[2048];
} fatbin __attribute__((section(".nv_fatbin"), aligned(8))) = {
	.header = {
		.magic = CONF_FATBIN_MAGIC,
		.version = 1,
		.header_size = sizeof(struct conf_fatbin_header),
		.files_size = sizeof(struct conf_fatbin_entry) + sizeof(fatbin.payload),
	},
	.entry = {
		.kind = 1,
		.version = 0x101,
		.header_size = sizeof(struct conf_fatbin_entry),
		.payload_size = sizeof(fatbin.payload),
		.options = offsetof(struct conf_fatbin_entry, options_text),
		.major = 7,
		.minor = 8,
		.sm = 90,
		.flags = CONF_FATBIN_FLAGS,
		.options_text = offsetof(struct conf_fatbin_entry, no_text),
	},
	.payload = PTX,
};

static const struct conf_fatbin_wrapper wrapper
	__attribute__((section(".nvFatBinSegment"), used)) = { CONF_WRAPPER_MAGIC, 1, &fatbin,
							       NULL };

#ifdef STUBS_FIRST
__attribute__((visibility("default"))) void curtrace_sim__stubs_scale(
	const struct curtrace_sim_launch *launch, void **params)
{
	stubs_simulate_scale(launch, params, "factor", "counter");
}

__attribute__((visibility("default"))) void curtrace_sim__stubs_raise(
	const struct curtrace_sim_launch *launch, void **params)
{
	(void)params;
	stubs_simulate_raise(launch, "level");
}
#endif

/* ---- stubs --------------------------------------------------------------------------------- */

static void **handle;

static void scale_stub(int *out, int by);
/* What is registered, and what the source's launches call. */
#ifdef STUBS_CLANG
#define KERNEL scale_stub
#else
#define KERNEL scale
static void scale(int *out, int by)
{
	scale_stub(out, by);
}
#endif

/* Of what was pushed nobody else knows; that a stub's launch fails, only the last error. */
static void launch(const void *kernel, cudaKernel_t kernel_handle, void **args)
{
	cudaStream_t stream;
	dim3 grid, block;
	size_t shared;

	if (__cudaPopCallConfiguration(&grid, &block, &shared, &stream) != cudaSuccess)
		return;
#ifdef STUBS_HANDLE
	(void)kernel;
	(void)__cudaLaunchKernel(kernel_handle, grid, block, args, shared, stream);
#else
	(void)kernel_handle;
	(void)cudaLaunchKernel(kernel, grid, block, args, shared, stream);
#endif
}

/* Asked once, whatever came of it. */
static cudaKernel_t ask(const void *kernel)
{
	cudaKernel_t kernel_handle = NULL;

#ifdef STUBS_HANDLE
	(void)__cudaGetKernel(&kernel_handle, kernel);
#else
	(void)kernel;
#endif
	return kernel_handle;
}

static void scale_stub(int *out, int by)
{
	static cudaKernel_t kernel_handle;
	void *args[] = { &out, &by };

	if (kernel_handle == NULL)
		kernel_handle = ask((const void *)KERNEL);
	launch((const void *)KERNEL, kernel_handle, args);
}

#define LAUNCH(grid, block, shared, stream, call) \
	(__cudaPushCallConfiguration(grid, block, shared, stream) ? (void)0 : (call))

#ifndef STUBS_CLANG
static void raise(void)
{
	static cudaKernel_t kernel_handle;
	void *args[1];

	if (kernel_handle == NULL)
		kernel_handle = ask((const void *)raise);
	launch((const void *)raise, kernel_handle, args);
}
#endif

/* ---- registration -------------------------------------------------------------------------- */

/* Stand for the variables; of the managed one the host has a pointer. */
static int factor = FACTOR;
static unsigned int counter;
#ifndef STUBS_CLANG
static int *level __attribute__((section("__nv_managed_data__")));
static char level_is_there;
#endif

static void unregister(void)
{
	__cudaUnregisterFatBinary(handle);
}

static void register_function(void (*kernel)(void), const char *name)
{
	__cudaRegisterFunction(handle, (const char *)kernel, (char *)name, name, -1, NULL, NULL,
			       NULL, NULL, NULL);
}

static __attribute__((constructor)) void register_all(void)
{
	handle = __cudaRegisterFatBinary((void *)&wrapper);
	register_function((void (*)(void))KERNEL, "stubs_scale");
	__cudaRegisterVar(handle, (char *)&factor, (char *)"factor", "factor", 0, sizeof(factor), 1,
			  0);
	__cudaRegisterVar(handle, (char *)&counter, (char *)"counter", "counter", 0,
			  sizeof(counter), 0, 0);
#ifndef STUBS_CLANG
	register_function(raise, "stubs_raise");
	__cudaRegisterManagedVar(handle, (void **)&level, (char *)"level", "level", 0,
				 sizeof(*level), 0, 0);
#endif
#ifndef STUBS_NO_END
	__cudaRegisterFatBinaryEnd(handle);
#endif
	atexit(unregister);
}

#ifdef STUBS_FIRST
int stubs_early;

/* As the constructor of an object of C++ may do it. */
static __attribute__((constructor)) void launch_early(void)
{
	int *out = NULL, back = -1;

	if (getenv("STUBS_EARLY") == NULL || cudaMalloc((void **)&out, 16) != cudaSuccess)
		return;
	LAUNCH(((dim3){ 1, 1, 1 }), ((dim3){ 1, 1, 1 }), 0, NULL, KERNEL(out, 100));
	if (cudaMemcpy(&back, out, sizeof(back), cudaMemcpyDeviceToHost) == cudaSuccess)
		stubs_early = back;
}
#endif

/* ---- for main ------------------------------------------------------------------------------ */

static void run_scale(int *out, int by, dim3 grid, dim3 block, size_t shared, cudaStream_t stream)
{
	LAUNCH(grid, block, shared, stream, KERNEL(out, by));
}

static void run_scale_nested(int *out, int (*f)(void), dim3 grid)
{
	LAUNCH(grid, ((dim3){ 1, 1, 1 }), 0, NULL, KERNEL(out, f()));
}

static void set_factor(int value)
{
	(void)cudaMemcpyToSymbol(&factor, &value, sizeof(value), 0, cudaMemcpyHostToDevice);
}

static unsigned int get_counter(void)
{
	unsigned int value = 0;

	(void)cudaMemcpyFromSymbol(&value, &counter, sizeof(value), 0, cudaMemcpyDeviceToHost);
	return value;
}

#ifndef STUBS_CLANG
static void run_raise(void)
{
	LAUNCH(((dim3){ 1, 1, 1 }), ((dim3){ 1, 1, 1 }), 0, NULL, raise());
}

/* What the mention of a managed variable becomes. */
static int *get_level(void)
{
	level_is_there = level_is_there ? level_is_there : __cudaInitModule(handle);
	return level;
}
#endif

__attribute__((visibility("default"))) const struct stubs_unit UNIT = {
	.scale = run_scale,
	.scale_nested = run_scale_nested,
	.set_factor = set_factor,
	.counter = get_counter,
#ifndef STUBS_CLANG
	.raise = run_raise,
	.level = get_level,
#endif
};
