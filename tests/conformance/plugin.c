/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library with device code of its own, to be loaded and unloaded by the cases: what nvcc makes of
 * a shared library with one kernel.
 */
#include <stdint.h>
#include <string.h>

#include "api/cudart.h"
#include "kernels.h"
#include "plugin.h"

#define EXPORT __attribute__((visibility("default")))

static const char ptx[] = ".version 7.8\n.target sm_90\n.address_size 64\n"
			  ".visible .entry plugin_fill(.param .u64 p, .param .u32 value)\n{\n"
			  "	.reg .b32 %r<2>;\n	.reg .b64 %d<2>;\n"
			  "	ld.param.u64 %d1, [p];\n"
			  "	ld.param.u32 %r1, [value];\n"
			  "	st.u32 [%d1], %r1;\n"
			  "	ret;\n}\n";

static void **handle;

static __attribute__((noinline)) void kernel_plugin_fill(void)
{
	__asm__ volatile("");
}

static __attribute__((constructor)) void register_image(void)
{
	static struct conf_fatbin_image image;

	handle = __cudaRegisterFatBinary(conf_fatbin_in(&image, 1, 90, ptx, sizeof(ptx)));
	__cudaRegisterFunction(handle, (const char *)kernel_plugin_fill, (char *)"plugin_fill",
			       "plugin_fill", -1, NULL, NULL, NULL, NULL, NULL);
	__cudaRegisterFatBinaryEnd(handle);
}

/* As the handler that nvcc's code registers: at the program's end, or before when unloaded. */
static __attribute__((destructor)) void unregister_image(void)
{
	__cudaUnregisterFatBinary(handle);
}

EXPORT cudaError_t plugin_fill(unsigned int *p, unsigned int value)
{
	return conf_launch((const void *)kernel_plugin_fill, DIM(1), DIM(1), ARGS(&p, &value), 0,
			   cudaStreamPerThread);
}

SIM_KERNEL(plugin_fill)
{
	(void)launch;
	*PARAM(unsigned int *, 0) = PARAM(unsigned int, 1);
}
