/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader of cubins, over ELF files made here.  check_image_nvcc.c asks the same of files that
 * nvcc makes.
 */
#include <check.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "sim/image.h"
#include "image_fixture.h"

#define MANAGED     0x04
#define CUDA_OBJECT 13 /* STT_OBJECT's counterpart in relocatable files */

static int result_of(struct bytes *file, int sm, struct sim_image **image)
{
	void *copy = exact_copy(file->data, file->size);
	int rc;

	*image = NULL;
	rc = sim_image_parse_sized(copy, file->size, sm, image);
	free(copy);
	return rc;
}

static struct sim_image *parsed(struct cubin_fixture *cubin)
{
	struct bytes file = cubin_end(cubin);
	struct sim_image *image;

	ck_assert_int_eq(result_of(&file, 90, &image), SIM_IMAGE_OK);
	bytes_free(&file);
	return image;
}

static void add_info(struct cubin_fixture *cubin, unsigned text, const char *name,
		     struct bytes *info)
{
	unsigned section = cubin_section(cubin, name, info->data, info->size);

	cubin->sections[section].info = text;
	bytes_free(info);
}

/* index, ordinal and offset, size: in the small form the upper 14 bits, with flags below */
static void add_param(struct bytes *info, uint32_t ordinal, uint32_t offset, uint32_t size)
{
	uint32_t words[3] = { 0, ordinal | offset << 16, size << 18 | 0x1f000 };

	record_words(info, 0x17, 3, words);
}

/* A file of everything: two kernels, k with attributes and plain without, and four variables. */
static void make_file(struct cubin_fixture *cubin)
{
	static const uint32_t bounds[3] = { 64, 2, 1 }, cluster[3] = { 2, 1, 1 };
	static const int init[2] = { 77, 5 };
	static const float table[2] = { 1.0f, 2.0f };
	static const unsigned char note[32] = { 12,  0,   0,   0,   8,   0,   0,   0,   0xe8, 3,
						0,   0,   'N', 'V', 'I', 'D', 'I', 'A', ' ',  'C',
						'o', 'r', 'p', 0,   2,   0,   80,  0,   130 };
	struct bytes info = { 0 };
	unsigned text, shared, symbol;

	cubin_begin(cubin, 90);
	cubin_kernel(cubin, "plain");
	text = cubin_kernel(cubin, "k");
	symbol = (unsigned)(cubin->symbols.size / sizeof(Elf64_Sym)) - 1;
	record_value(&info, 2, 0x4c, 1);
	add_param(&info, 1, 8, 4);
	add_param(&info, 0, 0, 8);
	record_value(&info, 3, 0x19, 12);
	record_words(&info, 0x05, 3, bounds);
	record_value(&info, 1, 0x3e, 0);
	record_words(&info, 0x3d, 3, cluster);
	add_info(cubin, text, ".nv.info.k", &info);
	record_words(&info, 0x2f, 2, (uint32_t[]){ symbol, 18 });
	record_words(&info, 0x12, 2, (uint32_t[]){ symbol, 256 });
	record_words(&info, 0x11, 2, (uint32_t[]){ symbol, 111 });
	add_info(cubin, 0, ".nv.info", &info);
	shared = cubin_section(cubin, ".nv.shared.k", NULL, 1024 + 128);
	cubin->sections[shared].info = text;
	cubin_symbol(cubin, ".nv.reservedSmem.offset0", STT_OBJECT, 0, SHN_UNDEF, 0, 4);
	cubin_section(cubin, ".note.nv.cuinfo", note, sizeof(note));
	symbol = cubin_section(cubin, ".nv.global.init", init, sizeof(init));
	cubin_symbol(cubin, "m_val", STT_OBJECT, MANAGED, symbol, 0, 4);
	cubin_symbol(cubin, "g_init", STT_OBJECT, 0, symbol, 4, 4);
	symbol = cubin_section(cubin, ".nv.global", NULL, 32);
	cubin_symbol(cubin, "g_zero", STT_OBJECT, 0, symbol, 8, 24);
	symbol = cubin_section(cubin, ".nv.constant3", table, sizeof(table));
	cubin_symbol(cubin, "c_tab", STT_OBJECT, 0, symbol, 0, 8);
}

static struct sim_image *everything(void)
{
	struct cubin_fixture cubin;

	make_file(&cubin);
	return parsed(&cubin);
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

START_TEST(a_kernels_attributes_are_told)
{
	struct sim_image *image = everything();
	const struct sim_image_kernel *kernel = kernel_of(image, "k");

	ck_assert_uint_eq(kernel->nparams, 2);
	ck_assert_uint_eq(kernel->params[0].offset, 0);
	ck_assert_uint_eq(kernel->params[0].size, 8);
	ck_assert_uint_eq(kernel->params[1].offset, 8);
	ck_assert_uint_eq(kernel->params[1].size, 4);
	ck_assert_uint_eq(kernel->param_size, 12);
	ck_assert_uint_eq(kernel->max_threads, 128);
	ck_assert_uint_eq(kernel->cluster[0], 2);
	ck_assert(kernel->cluster_must_be_set);
	ck_assert_uint_eq(kernel->regs, 18);
	ck_assert_uint_eq(kernel->local_size, 256);
	ck_assert_uint_eq(kernel->const_size, 8);
	ck_assert_int_eq(kernel->ptx_version, 80);
	ck_assert_int_eq(kernel->binary_version, 90);
	sim_image_free(image);
}
END_TEST

START_TEST(a_kernel_without_attributes_has_none)
{
	struct sim_image *image = everything();
	const struct sim_image_kernel *kernel = kernel_of(image, "plain");

	ck_assert_uint_eq(kernel->nparams, 0);
	ck_assert_uint_eq(kernel->max_threads, 0);
	ck_assert_uint_eq(kernel->static_shared, 0);
	ck_assert(!kernel->cluster_must_be_set);
	sim_image_free(image);
}
END_TEST

START_TEST(kernels_are_listed_in_the_order_of_their_code)
{
	struct cubin_fixture cubin;
	struct sim_image *image;
	unsigned first, second;

	cubin_begin(&cubin, 90);
	first = cubin_section(&cubin, ".text.a", "code", 4);
	second = cubin_section(&cubin, ".text.b", "code", 4);
	cubin_symbol(&cubin, "b", STT_FUNC, 0x10, second, 0, 4);
	cubin_symbol(&cubin, "a", STT_FUNC, 0x10, first, 0, 4);
	image = parsed(&cubin);
	ck_assert_uint_eq(image->nkernels, 2);
	ck_assert_str_eq(image->kernels[0].name, "a");
	ck_assert_str_eq(image->kernels[1].name, "b");
	sim_image_free(image);
}
END_TEST

START_TEST(device_functions_are_no_kernels)
{
	struct cubin_fixture cubin;
	struct sim_image *image;

	cubin_begin(&cubin, 90);
	cubin_symbol(&cubin, "f", STT_FUNC, 0, cubin_section(&cubin, ".text.f", "code", 4), 0, 4);
	cubin_symbol(&cubin, "vprintf", STT_FUNC, 0x10, SHN_UNDEF, 0, 0);
	image = parsed(&cubin);
	ck_assert_uint_eq(image->nkernels, 0);
	sim_image_free(image);
}
END_TEST

START_TEST(parameters_above_4_kib_have_records_of_their_own)
{
	static const uint32_t large[3] = { 0, 1 | 8u << 16, 30000 };
	static const uint32_t small[3] = { 0, 0, 0x05000008 };
	static const uint32_t block[3] = { 64, 2, 1 };
	struct cubin_fixture cubin;
	struct sim_image *image;
	struct bytes info = { 0 };
	unsigned text;

	cubin_begin(&cubin, 90);
	text = cubin_kernel(&cubin, "k");
	record_words(&info, 0x45, 3, large);
	record_words(&info, 0x45, 3, small);
	record_words(&info, 0x10, 3, block);
	record_words(&info, 0x3f, 1, (uint32_t[]){ 4 });
	add_info(&cubin, text, ".nv.info.k", &info);
	image = parsed(&cubin);
	ck_assert_uint_eq(kernel_of(image, "k")->params[1].size, 30000);
	ck_assert_uint_eq(kernel_of(image, "k")->params[1].offset, 8);
	ck_assert_uint_eq(kernel_of(image, "k")->params[0].size, 8);
	ck_assert_uint_eq(kernel_of(image, "k")->req_block[0], 64);
	ck_assert_uint_eq(kernel_of(image, "k")->req_block[1], 2);
	ck_assert_uint_eq(kernel_of(image, "k")->max_cluster_rank, 4);
	sim_image_free(image);
}
END_TEST

START_TEST(reserved_shared_memory_is_not_the_kernels)
{
	struct sim_image *image = everything();

	ck_assert_uint_eq(kernel_of(image, "k")->static_shared, 128);
	sim_image_free(image);
}
END_TEST

START_TEST(a_relocatable_file_has_nothing_reserved_yet)
{
	struct cubin_fixture cubin;
	struct sim_image *image;
	unsigned global;

	make_file(&cubin);
	cubin.type = ET_REL;
	global = cubin_section(&cubin, ".nv.global", NULL, 8);
	cubin_symbol(&cubin, "r_zero", CUDA_OBJECT, 0x20 | MANAGED, global, 0, 8);
	cubin_symbol(&cubin, "elsewhere", CUDA_OBJECT, 0x20, SHN_UNDEF, 0, 8);
	image = parsed(&cubin);
	ck_assert(image->relocatable);
	ck_assert_uint_eq(kernel_of(image, "k")->static_shared, 1024 + 128);
	ck_assert(global_of(image, "r_zero")->is_managed);
	ck_assert_ptr_null(sim_image_find_global(image, "elsewhere"));
	sim_image_free(image);
}
END_TEST

START_TEST(variables_are_told_with_their_bytes)
{
	struct sim_image *image = everything();

	ck_assert_uint_eq(image->nglobals, 4);
	ck_assert(global_of(image, "m_val")->is_managed);
	ck_assert_int_eq(*(int *)global_of(image, "m_val")->init, 77);
	ck_assert(!global_of(image, "g_init")->is_managed);
	ck_assert_int_eq(*(int *)global_of(image, "g_init")->init, 5);
	ck_assert_uint_eq(global_of(image, "g_init")->align, 4);
	ck_assert_uint_eq(global_of(image, "g_zero")->size, 24);
	ck_assert_uint_eq(global_of(image, "g_zero")->align, 8);
	ck_assert_ptr_null(global_of(image, "g_zero")->init);
	ck_assert(global_of(image, "c_tab")->is_constant);
	ck_assert_float_eq(((float *)global_of(image, "c_tab")->init)[1], 2.0f);
	ck_assert_uint_eq(image->const_size, 8);
	sim_image_free(image);
}
END_TEST

START_TEST(files_of_older_tools_hold_the_architecture_in_the_low_byte)
{
	struct cubin_fixture cubin;
	struct sim_image *image;

	cubin_begin(&cubin, 0);
	cubin.osabi = 0x33;
	cubin.flags = 0x005a055a;
	cubin_kernel(&cubin, "k");
	image = parsed(&cubin);
	ck_assert_int_eq(kernel_of(image, "k")->binary_version, 90);
	sim_image_free(image);
}
END_TEST

static const struct {
	int code_sm;
	int device_sm;
	int rc;
} architectures[] = {
	{ 90, 90, 0 },    { 80, 86, 0 },   { 86, 80, 209 },   { 80, 90, 209 },
	{ 100, 90, 209 }, { 100, 103, 0 }, { 100, 120, 209 }, { 75, 90, 209 },
};

START_TEST(code_runs_within_its_major_version)
{
	struct cubin_fixture cubin;
	struct sim_image *image;
	struct bytes file;

	cubin_begin(&cubin, architectures[_i].code_sm);
	cubin_kernel(&cubin, "k");
	file = cubin_end(&cubin);
	ck_assert_int_eq(result_of(&file, architectures[_i].device_sm, &image),
			 architectures[_i].rc);
	sim_image_free(image);
	bytes_free(&file);
}
END_TEST

START_TEST(a_file_for_another_machine_is_invalid)
{
	struct cubin_fixture cubin;
	struct sim_image *image;
	struct bytes file;

	make_file(&cubin);
	file = cubin_end(&cubin);
	file.data[18] = EM_X86_64;
	ck_assert_int_eq(result_of(&file, 90, &image), SIM_IMAGE_INVALID);
	bytes_free(&file);
}
END_TEST

START_TEST(a_parameter_out_of_order_is_invalid)
{
	struct cubin_fixture cubin;
	struct sim_image *image;
	struct bytes info = { 0 }, file;

	cubin_begin(&cubin, 90);
	add_param(&info, 1, 0, 8);
	add_info(&cubin, cubin_kernel(&cubin, "k"), ".nv.info.k", &info);
	file = cubin_end(&cubin);
	ck_assert_int_eq(result_of(&file, 90, &image), SIM_IMAGE_INVALID);
	bytes_free(&file);
}
END_TEST

START_TEST(a_variable_beyond_its_section_is_invalid)
{
	struct cubin_fixture cubin;
	struct sim_image *image;
	struct bytes file;

	cubin_begin(&cubin, 90);
	cubin_symbol(&cubin, "g", STT_OBJECT, 0,
		     cubin_section(&cubin, ".nv.global.init", "12345678", 8), 4, 8);
	file = cubin_end(&cubin);
	ck_assert_int_eq(result_of(&file, 90, &image), SIM_IMAGE_INVALID);
	bytes_free(&file);
}
END_TEST

START_TEST(a_file_cut_short_anywhere_is_invalid)
{
	struct cubin_fixture cubin;
	struct bytes file;

	make_file(&cubin);
	file = cubin_end(&cubin);
	for (size_t n = 0; n < file.size; n++) {
		struct bytes part = { file.data, n };
		struct sim_image *image;

		ck_assert_int_eq(result_of(&part, 90, &image), SIM_IMAGE_INVALID);
	}
	bytes_free(&file);
}
END_TEST

START_TEST(a_damaged_file_is_survived)
{
	struct cubin_fixture cubin;
	uint32_t random = 777;
	struct bytes file;

	make_file(&cubin);
	file = cubin_end(&cubin);
	for (int round = 0; round < 30000; round++) {
		unsigned char *copy = exact_copy(file.data, file.size);
		struct sim_image *image = NULL;

		/* Not the magic: it would end up as text that is no PTX, every time. */
		for (int i = 0; i <= round % 5; i++) {
			random = random * 1664525 + 1013904223;
			copy[4 + (random >> 8) % (file.size - 4)] = (unsigned char)(random >> 4);
		}
		if (sim_image_parse_sized(copy, file.size, 90, &image) == SIM_IMAGE_OK)
			sim_image_free(image);
		free(copy);
	}
	bytes_free(&file);
}
END_TEST

static Suite *cubin_suite(void)
{
	Suite *suite = suite_create("sim/cubin");
	TCase *tc = tcase_create("contents");

	tcase_add_test(tc, a_kernels_attributes_are_told);
	tcase_add_test(tc, a_kernel_without_attributes_has_none);
	tcase_add_test(tc, kernels_are_listed_in_the_order_of_their_code);
	tcase_add_test(tc, device_functions_are_no_kernels);
	tcase_add_test(tc, parameters_above_4_kib_have_records_of_their_own);
	tcase_add_test(tc, reserved_shared_memory_is_not_the_kernels);
	tcase_add_test(tc, a_relocatable_file_has_nothing_reserved_yet);
	tcase_add_test(tc, variables_are_told_with_their_bytes);
	tcase_add_test(tc, files_of_older_tools_hold_the_architecture_in_the_low_byte);
	tcase_add_loop_test(tc, code_runs_within_its_major_version, 0,
			    (int)(sizeof(architectures) / sizeof(architectures[0])));
	suite_add_tcase(suite, tc);

	tc = tcase_create("faults");
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, a_file_for_another_machine_is_invalid);
	tcase_add_test(tc, a_parameter_out_of_order_is_invalid);
	tcase_add_test(tc, a_variable_beyond_its_section_is_invalid);
	tcase_add_test(tc, a_file_cut_short_anywhere_is_invalid);
	tcase_add_test(tc, a_damaged_file_is_survived);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(cubin_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
