/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader of PTX text, over texts written here.  Where a number is not plain from the PTX ISA
 * it is what a driver told for the same text on an H100.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/image.h"
#include "image_fixture.h"

#define HEAD ".version 9.0\n.target sm_90\n.address_size 64\n"

static int result_of(const char *text, int sm, struct sim_image **image)
{
	size_t size = strlen(text) + 1;
	char *copy = exact_copy(text, size);
	int rc;

	*image = NULL;
	rc = sim_image_parse_sized(copy, size, sm, image);
	/* The description must not lean on the text. */
	memset(copy, '?', size);
	free(copy);
	return rc;
}

static struct sim_image *parsed(const char *text)
{
	struct sim_image *image;

	ck_assert_int_eq(result_of(text, 90, &image), SIM_IMAGE_OK);
	return image;
}

static const struct sim_image_kernel *kernel_of(const struct sim_image *image, const char *name)
{
	const struct sim_image_kernel *kernel = sim_image_find_kernel(image, name);

	ck_assert_msg(kernel != NULL, "no kernel %s", name);
	return kernel;
}

static const struct sim_image_global *global_of(const struct sim_image *image, const char *name)
{
	const struct sim_image_global *global = sim_image_find_global(image, name);

	ck_assert_msg(global != NULL, "no variable %s", name);
	return global;
}

static void expect_param(const struct sim_image_kernel *kernel, uint32_t index, uint32_t offset,
			 uint32_t size)
{
	ck_assert_uint_lt(index, kernel->nparams);
	ck_assert_uint_eq(kernel->params[index].offset, offset);
	ck_assert_uint_eq(kernel->params[index].size, size);
}

START_TEST(parameters_are_laid_out_by_size_and_alignment)
{
	struct sim_image *image = parsed(
		HEAD ".visible .entry k(\n\t.param .u8 k_0,\n\t.param .align 8 .b8 k_1[24],\n"
		     "\t.param .u16 k_2,\n\t.param .align 16 .b8 k_3[32],\n\t.param .u64 k_4\n)\n"
		     "{ ret; }");
	const struct sim_image_kernel *kernel = kernel_of(image, "k");

	ck_assert_uint_eq(kernel->nparams, 5);
	expect_param(kernel, 0, 0, 1);
	expect_param(kernel, 1, 8, 24);
	expect_param(kernel, 2, 32, 2);
	expect_param(kernel, 3, 48, 32);
	expect_param(kernel, 4, 80, 8);
	ck_assert_uint_eq(kernel->param_size, 88);
	sim_image_free(image);
}
END_TEST

START_TEST(the_parameter_block_ends_with_its_last_byte)
{
	struct sim_image *image = parsed(
		HEAD
		".entry k(.param .align 1 .b8 a[1], .param .u64 b, .param .align 1 .b8 c[1]) {}");
	const struct sim_image_kernel *kernel = kernel_of(image, "k");

	ck_assert_uint_eq(kernel->param_size, 17);
	expect_param(kernel, 2, 16, 1);
	sim_image_free(image);
}
END_TEST

START_TEST(an_alignment_behind_ptr_is_not_the_parameters)
{
	struct sim_image *image =
		parsed(HEAD ".entry k(.param .u32 a, .param .u64 .ptr .global .align 256 b) {}");

	expect_param(kernel_of(image, "k"), 1, 8, 8);
	sim_image_free(image);
}
END_TEST

START_TEST(large_parameters_keep_their_size)
{
	struct sim_image *image = parsed(
		HEAD ".entry k(.param .u32 a, .param .align 1 .b8 b[30000], .param .u64 c) {}");

	expect_param(kernel_of(image, "k"), 1, 4, 30000);
	expect_param(kernel_of(image, "k"), 2, 30008, 8);
	sim_image_free(image);
}
END_TEST

START_TEST(a_kernel_may_have_no_parameters)
{
	struct sim_image *image = parsed(HEAD ".entry a() {}\n.entry b { ret; }");

	ck_assert_uint_eq(kernel_of(image, "a")->nparams, 0);
	ck_assert_uint_eq(kernel_of(image, "b")->nparams, 0);
	ck_assert_uint_eq(kernel_of(image, "b")->param_size, 0);
	sim_image_free(image);
}
END_TEST

START_TEST(kernels_are_listed_last_first)
{
	struct sim_image *image =
		parsed(HEAD ".entry a() {}\n.weak .entry b() {}\n.visible .entry c() {}");

	ck_assert_uint_eq(image->nkernels, 3);
	ck_assert_str_eq(image->kernels[0].name, "c");
	ck_assert_str_eq(image->kernels[1].name, "b");
	ck_assert_str_eq(image->kernels[2].name, "a");
	sim_image_free(image);
}
END_TEST

START_TEST(an_announced_kernel_is_listed_once)
{
	struct sim_image *image = parsed(
		HEAD ".visible .entry k(.param .u64 a);\n.visible .entry k(.param .u64 a) {}");

	ck_assert_uint_eq(image->nkernels, 1);
	sim_image_free(image);
}
END_TEST

START_TEST(launch_bounds_are_told)
{
	struct sim_image *image =
		parsed(HEAD ".entry k()\n.maxntid 32, 4\n.minnctapersm 2\n.maxnreg 40\n{}\n"
			    ".entry r()\n.reqntid 64, 2, 1\n{}\n.entry n() {}");

	ck_assert_uint_eq(kernel_of(image, "k")->max_threads, 128);
	ck_assert_uint_eq(kernel_of(image, "k")->min_blocks, 2);
	ck_assert_uint_eq(kernel_of(image, "r")->max_threads, 0);
	ck_assert_uint_eq(kernel_of(image, "r")->req_block[0], 64);
	ck_assert_uint_eq(kernel_of(image, "r")->req_block[1], 2);
	ck_assert_uint_eq(kernel_of(image, "r")->req_block[2], 1);
	ck_assert_uint_eq(kernel_of(image, "n")->max_threads, 0);
	ck_assert_uint_eq(kernel_of(image, "n")->req_block[0], 0);
	sim_image_free(image);
}
END_TEST

START_TEST(cluster_shapes_are_told)
{
	struct sim_image *image =
		parsed(HEAD ".entry k()\n.explicitcluster\n.reqnctapercluster 2, 1, 1\n{}\n"
			    ".entry m()\n.maxclusterrank 4\n{}");

	ck_assert(kernel_of(image, "k")->cluster_must_be_set);
	ck_assert_uint_eq(kernel_of(image, "k")->cluster[0], 2);
	ck_assert_uint_eq(kernel_of(image, "k")->cluster[2], 1);
	ck_assert(!kernel_of(image, "m")->cluster_must_be_set);
	ck_assert_uint_eq(kernel_of(image, "m")->max_cluster_rank, 4);
	sim_image_free(image);
}
END_TEST

START_TEST(shared_variables_of_a_body_add_up)
{
	struct sim_image *image =
		parsed(HEAD ".entry k()\n{\n.shared .align 16 .b8 s[100];\n.shared .u32 t;\n"
			    ".shared .f64 u[3];\n"
			    "ret;\n}\n"
			    ".entry n() {}");

	/* 100, then 4 at 100, then 24 at 104 */
	ck_assert_uint_eq(kernel_of(image, "k")->static_shared, 128);
	ck_assert_uint_eq(kernel_of(image, "n")->static_shared, 0);
	sim_image_free(image);
}
END_TEST

START_TEST(a_modules_shared_variable_counts_where_it_is_named)
{
	struct sim_image *image =
		parsed(HEAD ".shared .align 4 .b8 buf[64];\n.extern .shared .align 16 .b8 dyn[];\n"
			    ".entry k() { mov.u32 %r1, buf; mov.u32 %r2, buf; mov.u32 %r3, dyn; }\n"
			    ".entry n() { mov.u32 %r1, dyn; }");

	ck_assert_uint_eq(kernel_of(image, "k")->static_shared, 64);
	ck_assert_uint_eq(kernel_of(image, "n")->static_shared, 0);
	sim_image_free(image);
}
END_TEST

START_TEST(shared_within_an_opcode_declares_nothing)
{
	struct sim_image *image =
		parsed(HEAD ".entry k()\n{\n$L_1:\n@%p1 ld.shared.v2.u32 {%r1, %r2}, [%r3];\n"
			    "st.shared.u32 [%r3], %r1;\nld.volatile.shared.u32 %r1, [%r3];\n"
			    "ld.local.u32 %r1, [%r2];\n}");

	ck_assert_uint_eq(kernel_of(image, "k")->static_shared, 0);
	ck_assert_uint_eq(kernel_of(image, "k")->local_size, 0);
	sim_image_free(image);
}
END_TEST

START_TEST(a_declaration_may_follow_a_source_line)
{
	struct sim_image *image =
		parsed(HEAD ".entry k()\n{\n.loc 1 12 0\n.shared .align 4 .b8 s[128];\n"
			    ".loc 1 12 3, function_name $L__info_string0, inlined_at 1 7 9\n"
			    ".local .b8 l[8];\n}");

	ck_assert_uint_eq(kernel_of(image, "k")->static_shared, 128);
	ck_assert_uint_eq(kernel_of(image, "k")->local_size, 8);
	sim_image_free(image);
}
END_TEST

START_TEST(local_variables_add_up)
{
	struct sim_image *image = parsed(
		HEAD
		".entry k() { .local .align 16 .b8 __local_depot0[256]; .reg .b64 %SP; ret; }");

	ck_assert_uint_eq(kernel_of(image, "k")->local_size, 256);
	sim_image_free(image);
}
END_TEST

START_TEST(versions_are_the_texts_and_the_devices)
{
	struct sim_image *image;

	ck_assert_int_eq(result_of(".version 8.0 .target sm_80 .entry k() {}", 90, &image), 0);
	ck_assert_int_eq(kernel_of(image, "k")->ptx_version, 80);
	ck_assert_int_eq(kernel_of(image, "k")->binary_version, 90);
	ck_assert_uint_eq(kernel_of(image, "k")->regs, SIM_IMAGE_NOMINAL_REGS);
	ck_assert(image->from_ptx);
	sim_image_free(image);
}
END_TEST

START_TEST(variables_have_size_alignment_and_space)
{
	struct sim_image *image = parsed(
		HEAD ".global .align 4 .b8 zero[64];\n.visible .global .v4 .f32 vec;\n"
		     ".const .align 4 .b8 tab[32];\n.const .f64 one;\n"
		     ".global .attribute(.managed) .align 8 .b8 man[24];\n.global .u16 a, b[3];");

	ck_assert_uint_eq(image->nglobals, 7);
	ck_assert_uint_eq(global_of(image, "zero")->size, 64);
	ck_assert_uint_eq(global_of(image, "zero")->align, 4);
	ck_assert(!global_of(image, "zero")->is_constant);
	ck_assert_ptr_null(global_of(image, "zero")->init);
	ck_assert_uint_eq(global_of(image, "vec")->size, 16);
	ck_assert_uint_eq(global_of(image, "vec")->align, 16);
	ck_assert(global_of(image, "tab")->is_constant);
	ck_assert(!global_of(image, "tab")->is_managed);
	ck_assert(global_of(image, "man")->is_managed);
	ck_assert_uint_eq(global_of(image, "man")->size, 24);
	ck_assert_uint_eq(global_of(image, "a")->size, 2);
	ck_assert_uint_eq(global_of(image, "b")->size, 6);
	ck_assert_uint_eq(image->const_size, 40);
	sim_image_free(image);
}
END_TEST

START_TEST(kernels_tell_the_modules_constant_bytes)
{
	struct sim_image *image =
		parsed(HEAD ".entry a() {}\n.const .b8 c[33];\n.const .u32 d;\n.entry b() {}");

	ck_assert_uint_eq(kernel_of(image, "a")->const_size, 40);
	ck_assert_uint_eq(kernel_of(image, "b")->const_size, 40);
	sim_image_free(image);
}
END_TEST

static void expect_init(const struct sim_image *image, const char *name, const void *bytes,
			size_t size)
{
	const struct sim_image_global *global = global_of(image, name);

	ck_assert_uint_eq(global->size, size);
	ck_assert_ptr_nonnull(global->init);
	ck_assert_mem_eq(global->init, bytes, size);
}

START_TEST(a_list_shorter_than_the_variable_leaves_zeros)
{
	static const int expected[4] = { 1, 2, 3, 4 };
	struct sim_image *image = parsed(
		HEAD ".global .align 4 .b8 g[16] = {1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4};");

	expect_init(image, "g", expected, sizeof(expected));
	sim_image_free(image);
}
END_TEST

START_TEST(rows_of_a_list_start_at_their_place)
{
	static const int expected[2][3] = { { 1, 2, 0 }, { 4, 0, 0 } };
	static const int flat[2][2] = { { 1, 2 }, { 3, 4 } };
	struct sim_image *image = parsed(
		HEAD ".global .u32 a[2][3] = {{1, 2}, {4}};\n.global .s32 f[2][2] = {1, 2, 3, 4};");

	expect_init(image, "a", expected, sizeof(expected));
	expect_init(image, "f", flat, sizeof(flat));
	sim_image_free(image);
}
END_TEST

START_TEST(numbers_of_all_notations_are_stored)
{
	static const float floats[4] = { 1.0f, -1.5f, 0.25f, 2500.0f };
	static const double doubles[3] = { 1.0, 1.0, -2.0 };
	static const unsigned int bits[2] = { 0x3f800000, 10 };
	static const long long wide[4] = { -1, 0xff, 8, 5 };
	struct sim_image *image =
		parsed(HEAD ".global .f32 f[4] = {0f3f800000, -1.5, 0.25, 2.5e3};\n"
			    ".global .f64 d[3] = {0d3ff0000000000000, 0f3F800000, -2};\n"
			    ".global .b32 b[2] = {0f3f800000, 0b1010};\n"
			    ".global .s64 w[4] = {-1, 0xFF, 010, 5U};");

	expect_init(image, "f", floats, sizeof(floats));
	expect_init(image, "d", doubles, sizeof(doubles));
	expect_init(image, "b", bits, sizeof(bits));
	expect_init(image, "w", wide, sizeof(wide));
	sim_image_free(image);
}
END_TEST

START_TEST(an_array_without_size_is_as_long_as_its_list)
{
	static const unsigned char expected[3] = { 1, 2, 3 };
	struct sim_image *image = parsed(HEAD ".const .u8 cc[] = {1, 2, 3};");

	expect_init(image, "cc", expected, sizeof(expected));
	sim_image_free(image);
}
END_TEST

START_TEST(addresses_are_left_zero_beside_numbers)
{
	static const unsigned long expected[4] = { 7, 0, 0, 9 };
	struct sim_image *image = parsed(HEAD ".global .u32 x = 5;\n.global .u64 p = generic(x);\n"
					      ".global .u64 q[4] = {7, x, generic(x)+4, 9};\n"
					      ".global .b8 r[2] = {0xff(x), 0xff00(x)};");

	ck_assert_uint_eq(global_of(image, "p")->size, 8);
	ck_assert_ptr_null(global_of(image, "p")->init);
	expect_init(image, "q", expected, sizeof(expected));
	ck_assert_ptr_null(global_of(image, "r")->init);
	sim_image_free(image);
}
END_TEST

START_TEST(what_is_defined_elsewhere_is_not_listed)
{
	struct sim_image *image = parsed(
		HEAD ".extern .global .align 4 .u32 other;\n.extern .const .b8 table[];\n"
		     ".extern .func (.param .b32 r) vprintf (.param .b64 a, .param .b64 b);\n"
		     ".global .texref t;\n.global .surfref s;\n.entry k() {}");

	ck_assert_uint_eq(image->nglobals, 0);
	ck_assert_uint_eq(image->nkernels, 1);
	sim_image_free(image);
}
END_TEST

START_TEST(everything_else_is_passed_over)
{
	struct sim_image *image = parsed(
		"//\n// made by hand: .entry no()\n//\n\n/* .entry neither() { */\n" HEAD
		".file 1 \"a } \\\" { .entry quoted() b.cu\", 12, 34\n.pragma \"nounroll\";\n"
		".visible .func (.param .b32 r) f(.param .b32 a)\n.noreturn\n"
		"{ .shared .b32 own; { .reg .b32 t; } ret; }\n.alias g, f;\n"
		".section .debug_str { info: .b8 116, 0 .b32 .debug_abbrev }\n"
		".visible .entry k(.param .u64 a)\n{\n.loc 1 3 5\ncall (r), f, (a);\n"
		"prototype_0 : .callprototype (.param .b32 _) _ (.param .b64 _) ;\n"
		"mul.f32 %f1, %f2, 0f3F800000;\nadd.s32 %r1, %r2, -1;\n}\n");

	ck_assert_uint_eq(image->nkernels, 1);
	ck_assert_str_eq(image->kernels[0].name, "k");
	ck_assert_uint_eq(image->nglobals, 0);
	sim_image_free(image);
}
END_TEST

static const struct {
	const char *text;
	int sm;
	int rc;
} answers[] = {
	{ "", 90, 200 },
	{ "hello", 90, 200 },
	{ ".target sm_90\n.address_size 64\n", 90, 200 },
	{ "/* never closed .version 9.0", 90, 200 },
	{ ".version 9.0\n.address_size 64\n", 90, 218 },
	{ ".version nine\n.target sm_90\n", 90, 218 },
	{ ".version 99.0\n.target sm_90\n", 90, 222 },
	{ ".version 9.0\n.target sm_90\n", 90, 0 },
	{ ".version 9.0\n.target sm_90\n.address_size 32\n", 90, 218 },
	{ ".version 9.0\n.target sm_100\n", 90, 218 },
	{ ".version 9.0\n.target sm_80, texmode_independent\n", 90, 0 },
	{ ".version 9.0\n.target sm_90a\n", 90, 0 },
	{ ".version 9.0\n.target sm_90a\n", 100, 218 },
	{ ".version 9.0\n.target sm_100f\n", 103, 0 },
	{ ".version 9.0\n.target sm_100f\n", 120, 218 },
	{ ".version 9.0\n.target texmode_independent\n", 90, 218 },
	{ HEAD ".visible .entry k(.param .u64 a {ret;}\n", 90, 218 },
	{ HEAD ".entry k(.u64 a) {}", 90, 218 },
	{ HEAD ".entry k(.param .u65 a) {}", 90, 218 },
	{ HEAD ".entry k(.param a) {}", 90, 218 },
	{ HEAD ".entry k(.param .align 3 .b8 a[4]) {}", 90, 218 },
	{ HEAD ".entry k(.param .align 8 .b8 z[0]) {}", 90, 218 },
	{ HEAD ".entry k(.param .b8 z[70000]) {}", 90, 218 },
	{ HEAD ".entry () {}", 90, 218 },
	{ HEAD ".entry k() { ret;", 90, 218 },
	{ HEAD ".entry k() { { ret; }", 90, 218 },
	{ HEAD ".entry k() ret;", 90, 218 },
	{ HEAD ".entry k() { .shared .b8 x[4] }", 90, 218 },
	{ HEAD "stray", 90, 218 },
	{ HEAD ".unknown 1;", 90, 218 },
	{ HEAD ".global .u32 x", 90, 218 },
	{ HEAD ".global .u32 x[2] = {1, 2, 3};", 90, 218 },
	{ HEAD ".global .u32 x = {1};", 90, 218 },
	{ HEAD ".global .u32 x[2] = {1, 2;", 90, 218 },
	{ HEAD ".global .u32 x = \"text\";", 90, 218 },
	{ HEAD ".global .f32 x = 0f3f8;", 90, 218 },
	{ HEAD ".global .u32 x = 0xfg;", 90, 218 },
	{ HEAD ".global .u32 x = 08;", 90, 218 },
	{ HEAD ".global .u32 x[2][] = {};", 90, 218 },
	{ HEAD ".global .u32 x[99999999999999];", 90, 218 },
	{ HEAD ".global .u32 x[99999999][99999999];", 90, 218 },
	{ HEAD ".global .attribute(.managed .u32 x;", 90, 218 },
	{ HEAD "\x01", 90, 218 },
	{ HEAD ".pragma \"open;\n", 90, 218 },
	{ HEAD ".func f", 90, 218 },
	{ HEAD ".section .debug_str", 90, 218 },
};

START_TEST(each_fault_has_its_answer)
{
	struct sim_image *image;
	int rc = result_of(answers[_i].text, answers[_i].sm, &image);

	ck_assert_msg(rc == answers[_i].rc, "%d for %s", rc, answers[_i].text);
	if (rc)
		ck_assert_ptr_null(image);
	sim_image_free(image);
}
END_TEST

static const char everything[] =
	"// text\n" HEAD
	".file 1 \"a.cu\"\n.extern .func (.param .b32 r) vprintf (.param .b64 a);\n"
	".global .align 4 .b8 g[16] = {1, 0x2, -3, 0f3f800000, 1.5e-3, generic(g)+4};\n"
	".const .attribute(.managed) .v2 .f32 c[2][2] = {{{1, 2}, {3}}, {}};\n"
	".shared .b8 s[8];\n"
	".visible .entry k(.param .u64 .ptr .global .align 8 a, .param .align 8 .b8 b[24])\n"
	".maxntid 256, 1, 1\n.minnctapersm 2\n{\n.local .b8 d[8];\n"
	"/* c */ L: ld.shared.u32 {%r1, %r2}, [s];\n}\n";

START_TEST(a_text_cut_short_anywhere_is_survived)
{
	size_t length = sizeof(everything) - 1;
	int accepted = 0;

	for (size_t n = 0; n <= length; n++) {
		char *copy = exact_copy(everything, n);
		struct sim_image *image = NULL;
		int rc = sim_image_parse_sized(copy, n, 90, &image);

		ck_assert(rc == 0 || rc == 200 || rc == 218);
		ck_assert_int_eq(rc == 0, image != NULL);
		accepted += rc == 0;
		sim_image_free(image);
		free(copy);
	}
	/* Whole statements are texts too, anything between them is not. */
	ck_assert_int_gt(accepted, 5);
	ck_assert_int_lt(accepted, 40);
}
END_TEST

START_TEST(a_damaged_text_is_survived)
{
	static const char marks[] = "{}()[].,;=<>0x\"'%-9\n\x80";
	uint32_t random = 12345;

	for (int round = 0; round < 30000; round++) {
		size_t size = sizeof(everything);
		char *copy = exact_copy(everything, size);
		struct sim_image *image = NULL;

		for (int i = 0; i <= round % 4; i++) {
			random = random * 1664525 + 1013904223;
			copy[(random >> 8) % size] = marks[(random >> 4) % sizeof(marks)];
		}
		if (sim_image_parse_sized(copy, size, 90, &image) == SIM_IMAGE_OK)
			sim_image_free(image);
		free(copy);
	}
}
END_TEST

static Suite *ptx_suite(void)
{
	Suite *suite = suite_create("sim/ptx");
	TCase *tc = tcase_create("kernels");

	tcase_add_test(tc, parameters_are_laid_out_by_size_and_alignment);
	tcase_add_test(tc, the_parameter_block_ends_with_its_last_byte);
	tcase_add_test(tc, an_alignment_behind_ptr_is_not_the_parameters);
	tcase_add_test(tc, large_parameters_keep_their_size);
	tcase_add_test(tc, a_kernel_may_have_no_parameters);
	tcase_add_test(tc, kernels_are_listed_last_first);
	tcase_add_test(tc, an_announced_kernel_is_listed_once);
	tcase_add_test(tc, launch_bounds_are_told);
	tcase_add_test(tc, cluster_shapes_are_told);
	tcase_add_test(tc, shared_variables_of_a_body_add_up);
	tcase_add_test(tc, a_modules_shared_variable_counts_where_it_is_named);
	tcase_add_test(tc, shared_within_an_opcode_declares_nothing);
	tcase_add_test(tc, a_declaration_may_follow_a_source_line);
	tcase_add_test(tc, local_variables_add_up);
	tcase_add_test(tc, versions_are_the_texts_and_the_devices);
	suite_add_tcase(suite, tc);

	tc = tcase_create("variables");
	tcase_add_test(tc, variables_have_size_alignment_and_space);
	tcase_add_test(tc, kernels_tell_the_modules_constant_bytes);
	tcase_add_test(tc, a_list_shorter_than_the_variable_leaves_zeros);
	tcase_add_test(tc, rows_of_a_list_start_at_their_place);
	tcase_add_test(tc, numbers_of_all_notations_are_stored);
	tcase_add_test(tc, an_array_without_size_is_as_long_as_its_list);
	tcase_add_test(tc, addresses_are_left_zero_beside_numbers);
	tcase_add_test(tc, what_is_defined_elsewhere_is_not_listed);
	tcase_add_test(tc, everything_else_is_passed_over);
	suite_add_tcase(suite, tc);

	tc = tcase_create("faults");
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, each_fault_has_its_answer, 0,
			    (int)(sizeof(answers) / sizeof(answers[0])));
	tcase_add_test(tc, a_text_cut_short_anywhere_is_survived);
	tcase_add_test(tc, a_damaged_text_is_survived);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(ptx_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
