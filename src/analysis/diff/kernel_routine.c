/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernels of NVIDIA's and other libraries, by the way in which they are named: of which routine
 * they are one variant among many, from which a heuristic chooses by size, device and time. A
 * variant of another precision is no choice of a heuristic's.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "analysis/diff/kernel_name.h"

enum routine {
	NONE,
	GEMM,
	GEMV,
	FORWARD,
	DATA_GRADIENT,
	WEIGHT_GRADIENT,
	ATTENTION,
	ATTENTION_GRADIENT,
	ROUTINES
};

enum precision {
	FP32,
	TF32,
	BF16,
	FP16,
	FP8,
	FP64,
	INT8,
	PRECISIONS
};

#define OF_ALL(routine)                                                             \
	{                                                                           \
		routine " fp32", routine " tf32", routine " bf16", routine " fp16", \
			routine " fp8", routine " fp64", routine " int8"            \
	}

static const char *const names[ROUTINES][PRECISIONS] = {
	[GEMM] = OF_ALL("matrix product"),
	[GEMV] = OF_ALL("matrix-vector product"),
	[FORWARD] = OF_ALL("convolution"),
	[DATA_GRADIENT] = OF_ALL("convolution's data gradient"),
	[WEIGHT_GRADIENT] = OF_ALL("convolution's weight gradient"),
	[ATTENTION] = OF_ALL("attention"),
	[ATTENTION_GRADIENT] = OF_ALL("attention's gradient"),
};

static bool has(const char *name, const char *part)
{
	return strstr(name, part);
}

static bool has_any(const char *name, const char *const parts[])
{
	while (*parts && !has(name, *parts))
		parts++;
	return *parts;
}

/* ---- libraries ------------------------------------------------------------------------------- */

/* sm80_, ampere_: as cuBLAS and cuDNN begin the names of kernels that are written by generation. */
static bool has_generation(const char *name)
{
	static const char *const generations[] = { "maxwell_",   "pascal_", "volta_",  "turing_",
						   "ampere_",    "ada_",    "hopper_", "sm90_",
						   "blackwell_", NULL };

	for (size_t i = 0; generations[i]; i++) {
		if (!strncmp(name, generations[i], strlen(generations[i])))
			return true;
	}
	if (strncmp(name, "sm", 2) != 0 || !isdigit((unsigned char)name[2]))
		return false;
	name += 2;
	while (isdigit((unsigned char)*name))
		name++;
	return !strncmp(name, "_xmma_", 6) || *name == '_';
}

/* A program's own kernel may well be called gemm: its variants are its own. */
static bool is_librarys(const char *name)
{
	static const char *const marks[] = { "cutlass_80_",
					     "cutlass_75_",
					     "cutlass_70_",
					     "cutlass_90_",
					     "cutlass_100_",
					     "cutlass3x_",
					     "cutlass::Kernel<cutlass_",
					     "cublas",
					     "nvjet_",
					     "cudnn",
					     "xmma_",
					     "splitKreduce_kernel",
					     "gemmSN_",
					     "gemmk1_kernel",
					     "gemv2T_kernel",
					     "gemv2N_kernel",
					     "gemvNSP_kernel",
					     "implicit_convolve_",
					     "winograd",
					     "conv2d_grouped_direct_kernel",
					     "flash_fwd_",
					     "flash_bwd_",
					     "fmha_cutlass",
					     "fmha_v2_",
					     NULL };

	return has_generation(name) || has_any(name, marks);
}

/* ---- routines -------------------------------------------------------------------------------- */

static enum routine routine_of(const char *name)
{
	static const char *const gradients[] = { "flash_bwd_", "fmha_cutlassB", "fmha_bwd", NULL };
	static const char *const attention[] = { "flash_fwd_", "fmha", "sdpa", NULL };
	static const char *const forward[] = { "fprop",  "implicit_convolve_", "winograd", "conv2d",
					       "scudnn", "convolve",           "_conv_",   NULL };
	static const char *const products[] = { "gemm",     "GEMM",         "nvjet_",
						"cutlass_", "splitKreduce", NULL };

	if (has_any(name, gradients))
		return ATTENTION_GRADIENT;
	if (has_any(name, attention))
		return ATTENTION;
	if (has(name, "dgrad"))
		return DATA_GRADIENT;
	if (has(name, "wgrad"))
		return WEIGHT_GRADIENT;
	if (has_any(name, forward))
		return FORWARD;
	if (has(name, "gemv"))
		return GEMV;
	return has_any(name, products) ? GEMM : NONE;
}

/* nvjet_tst_128x64: operands, accumulator, result. */
static enum precision nvjet_precision(char letter)
{
	switch (letter) {
	case 't':
		return BF16;
	case 'h':
		return FP16;
	case 'd':
		return FP64;
	case 's':
		return FP32;
	default:
		return FP8;
	}
}

static enum precision precision_of(const char *name)
{
	static const char *const fp8[] = { "e4m3", "e5m2", "fp8", NULL };
	static const char *const bf16[] = { "bf16", "bfloat16", NULL };
	static const char *const fp16[] = { "fp16",   "f16",    "hgemm",  "h1688", "h884",
					    "h16816", "__half", "half_t", NULL };
	static const char *const fp64[] = { "f64", "dgemm", "zgemm", "double", "d884", NULL };
	static const char *const int8[] = { "i8", "igemm", "imma", "int8", NULL };
	const char *nvjet = strstr(name, "nvjet_");

	if (nvjet)
		return nvjet_precision(nvjet[6]);
	if (has_any(name, fp8))
		return FP8;
	if (has_any(name, bf16))
		return BF16;
	if (has(name, "tf32") || has(name, "s1688"))
		return TF32;
	if (has_any(name, fp16))
		return FP16;
	if (has_any(name, fp64))
		return FP64;
	return has_any(name, int8) ? INT8 : FP32;
}

const char *df_kernel_routine(const char *name)
{
	if (!is_librarys(name))
		return NULL;
	return names[routine_of(name)][precision_of(name)];
}
