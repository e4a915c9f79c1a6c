/* SPDX-License-Identifier: Apache-2.0 */
/* What of a kernel's name is the same in two builds, and of which routine it is a variant. */
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/kernel_name.h"
#include "unit/reader/fixture.h"

static const char *normal(const char *name)
{
	static char text[2][512];
	static unsigned int turn;
	char *to = text[++turn % 2];

	ck_assert_uint_lt(df_kernel_name(name, to, sizeof(text[0])), sizeof(text[0]));
	return to;
}

static const struct {
	const char *a, *b;
} same[] = {
	/* The hash of a translation unit, and the number that goes with it. */
	{ "_GLOBAL__N__1f2e3d4c_12_reduce_cu_ab12cd34_5678::sum<float>(float*)",
	  "_GLOBAL__N__00aa3d4c_12_reduce_cu_99887766_1::sum<float>(float*)" },
	{ "_ZN57_INTERNAL_5e8f1c39_9_kernel_cu_f0c34fdc_1234",
	  "_ZN57_INTERNAL_12345678_9_kernel_cu_aaaaaaaa_99" },
	/* Lambdas. */
	{ "void vectorized<4, "
	  "gelu(Iterator&)::{lambda()#2}::operator()() const::{lambda(float)#7}>",
	  "void vectorized<4, "
	  "gelu(Iterator&)::{lambda()#1}::operator()() const::{lambda(float)#12}>" },
	{ "run<main::'lambda'(int)>", "run<main::'lambda3'(int)>" },
	{ "run<__nv_dl_wrapper_t<__nv_dl_tag<void (*)(int), &(step(int)), 1u>, float> >(int)",
	  "run<__nv_dl_wrapper_t<__nv_dl_tag<void (*)(int), &(step(int)), 4u>, float> >(int)" },
	{ "run<__nv_dl_wrapper_t<__nv_dl_tag<int (*)(), &f<2>, (unsigned int)1> > >",
	  "run<__nv_dl_wrapper_t<__nv_dl_tag<int (*)(), &f<2>, (unsigned int)2> > >" },
	/* Generated kernels. */
	{ "triton_poi_fused_add_relu_0", "triton_poi_fused_add_relu_17" },
	{ "triton_red_fused__softmax_mul_3", "triton_red_fused__softmax_mul_4" },
	{ "loop_add_fusion_12", "loop_add_fusion_3" },
	{ "fused_mul_add_8213641236412", "fused_mul_add_1263812638126" },
	{ "cupy_multiply__float32_1a2b3c4d5e6f", "cupy_multiply__float32_9a8b7c6d5e4f" },
};

static const struct {
	const char *a, *b;
} different[] = {
	{ "scale<float>(float*)", "scale<double>(float*)" },
	{ "tile<16, 16>(float*)", "tile<16, 32>(float*)" },
	{ "triton_poi_fused_add_relu_0", "triton_poi_fused_add_0" },
	{ "triton_poi_fused_add_relu_0", "triton_per_fused_add_relu_0" },
	{ "kernel_1", "kernel_2" },
	{ "layer_norm_768", "layer_norm_1024" },
	{ "run<__nv_dl_wrapper_t<__nv_dl_tag<int (*)(), &f, 1u>, 2u> >",
	  "run<__nv_dl_wrapper_t<__nv_dl_tag<int (*)(), &f, 1u>, 3u> >" },
	{ "sm80_xmma_gemm_f16f16_tilesize64x64", "sm80_xmma_gemm_f16f16_tilesize128x64" },
	{ "map<deadbeef>", "map<deadbeee>" },
	{ "decaf_kernel", "facade_kernel" },
};

START_TEST(what_a_build_numbers_anew_does_not_show)
{
	ck_assert_str_eq(normal(same[_i].a), normal(same[_i].b));
	ck_assert_str_ne(same[_i].a, same[_i].b);
}
END_TEST

START_TEST(other_kernels_stay_others)
{
	ck_assert_str_ne(normal(different[_i].a), normal(different[_i].b));
}
END_TEST

START_TEST(what_is_normal_stays_so)
{
	char once[512];

	strcpy(once, normal(same[_i].a));
	ck_assert_str_eq(normal(once), once);
}
END_TEST

START_TEST(plain_names_are_left_alone)
{
	static const char *const names[] = {
		"axpy<float>(int, float, float const*, float*)",
		"cutlass_80_tensorop_s16816gemm_bf16_128x64_nn_align8",
		"ncclDevKernel_AllReduce_Sum_f32_RING_LL(ncclDevKernelArgsStorage<4096ul>)",
		"void at::native::reduce_kernel<512, 1, at::native::ReduceOp<float> >",
		"(anonymous namespace)::fill",
		"",
		"#",
		"{",
		">>",
		"__nv_dl_tag<",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_str_eq(normal(names[i]), names[i]);
}
END_TEST

START_TEST(text_is_cut_off_at_its_room)
{
	char text[8] = "XXXXXXX";

	ck_assert_uint_eq(df_kernel_name("triton_poi_fused_1", text, 5), 18);
	ck_assert_str_eq(text, "trit");
	ck_assert_int_eq(text[5], 'X');
	ck_assert_uint_eq(df_kernel_name("ab", text, 0), 2);
}
END_TEST

START_TEST(variants_of_one_routine_are_known)
{
	static const char *const products[] = {
		"ampere_bf16_s16816gemm_bf16_128x64_ldg8_f2f_stages_64x4_tn",
		"sm90_xmma_gemm_bf16bf16_bf16f32_f32_tn_n_tilesize64x64x64_warpgroupsize1x1x1",
		"void cutlass::Kernel<cutlass_80_wmma_tensorop_bf16_s161616gemm_bf16_16x16_128x2>",
		"nvjet_tst_128x256_64x4_2x1_v_bz_coopA_TNT",
	};

	for (size_t i = 0; i < sizeof(products) / sizeof(products[0]); i++)
		ck_assert_pstr_eq(df_kernel_routine(products[i]), "matrix product bf16");
	ck_assert_pstr_eq(df_kernel_routine("sm80_xmma_fprop_implicit_gemm_f16f16_f16f32_f32"),
			  "convolution fp16");
	ck_assert_pstr_eq(df_kernel_routine("sm80_xmma_wgrad_implicit_gemm_f16f16_f16f32_f32"),
			  "convolution's weight gradient fp16");
	ck_assert_pstr_eq(df_kernel_routine("void implicit_convolve_sgemm<float, float, 128>"),
			  "convolution fp32");
	ck_assert_pstr_eq(df_kernel_routine("void pytorch_flash::flash_fwd_kernel<64, "
					    "cutlass::bfloat16_t>"),
			  "attention bf16");
	ck_assert_pstr_eq(df_kernel_routine("ampere_sgemm_64x32_sliced1x4_nn"),
			  "matrix product fp32");
}
END_TEST

START_TEST(a_programs_own_kernels_are_no_librarys)
{
	ck_assert_ptr_null(df_kernel_routine("my_gemm<128>(float*)"));
	ck_assert_ptr_null(df_kernel_routine("conv2d_tiled<16>"));
	ck_assert_ptr_null(df_kernel_routine("attention_forward"));
	ck_assert_ptr_null(df_kernel_routine("sm_count"));
	ck_assert_ptr_null(df_kernel_routine("small_kernel"));
	ck_assert_ptr_null(df_kernel_routine("axpy<float>"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diff_kernel_name");
	TCase *t = tcase_create("names");

	tcase_add_loop_test(t, what_a_build_numbers_anew_does_not_show, 0,
			    sizeof(same) / sizeof(same[0]));
	tcase_add_loop_test(t, other_kernels_stay_others, 0,
			    sizeof(different) / sizeof(different[0]));
	tcase_add_loop_test(t, what_is_normal_stays_so, 0, sizeof(same) / sizeof(same[0]));
	tcase_add_test(t, plain_names_are_left_alone);
	tcase_add_test(t, text_is_cut_off_at_its_room);
	tcase_add_test(t, variants_of_one_routine_are_known);
	tcase_add_test(t, a_programs_own_kernels_are_no_librarys);
	suite_add_tcase(suite, t);
	return fx_run(suite);
}
