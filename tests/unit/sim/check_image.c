/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interface to device images: pointers without sizes, wrappers, lists of unlinked parts, and
 * the answers of cuLibraryLoadData.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/image.h"
#include "image_fixture.h"

struct wrapper {
	uint32_t magic;
	uint32_t version;
	const void *data;
	const void *const *list;
};

#define WRAPPER_MAGIC 0x466243b1u

static struct sim_image *parsed(const void *data)
{
	struct sim_image *image = NULL;

	ck_assert_int_eq(sim_image_parse(data, 90, &image), SIM_IMAGE_OK);
	return image;
}

/* A page that is the last one mapped; what is put at its end has nothing readable behind it. */
static unsigned char *page_end;

static void map_page(void)
{
	long page = sysconf(_SC_PAGESIZE);
	unsigned char *start = mmap(NULL, (size_t)page * 2, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(start, MAP_FAILED);
	ck_assert_int_eq(mprotect(start + page, (size_t)page, PROT_NONE), 0);
	page_end = start + page;
}

static void *at_page_end(const void *data, size_t size)
{
	return memcpy(page_end - size, data, size);
}

START_TEST(all_four_kinds_are_told_apart)
{
	static const char text[] = ".version 8.0\n.target sm_80\n.entry text() {}\n";
	struct bytes fatbin = ptx_fatbin(80, FATBIN_ZSTD, "fatbin"), file;
	struct wrapper wrapper = { WRAPPER_MAGIC, 1, fatbin.data, NULL };
	struct cubin_fixture cubin;
	struct sim_image *image;

	cubin_begin(&cubin, 90);
	cubin_kernel(&cubin, "cubin");
	file = cubin_end(&cubin);
	image = parsed(text);
	ck_assert_ptr_nonnull(sim_image_find_kernel(image, "text"));
	sim_image_free(image);
	image = parsed(fatbin.data);
	ck_assert_ptr_nonnull(sim_image_find_kernel(image, "fatbin"));
	sim_image_free(image);
	image = parsed(&wrapper);
	ck_assert_ptr_nonnull(sim_image_find_kernel(image, "fatbin"));
	ck_assert_ptr_null(sim_image_find_kernel(image, "other"));
	ck_assert_ptr_null(sim_image_find_global(image, "fatbin"));
	sim_image_free(image);
	image = parsed(file.data);
	ck_assert_ptr_nonnull(sim_image_find_kernel(image, "cubin"));
	sim_image_free(image);
	bytes_free(&fatbin);
	bytes_free(&file);
}
END_TEST

START_TEST(a_wrapper_may_hold_a_cubin_or_text)
{
	static const char text[] = ".version 8.0\n.target sm_80\n.entry text() {}\n";
	struct wrapper wrapper = { WRAPPER_MAGIC, 1, text, NULL };
	struct sim_image *image = parsed(&wrapper);

	ck_assert_ptr_nonnull(sim_image_find_kernel(image, "text"));
	sim_image_free(image);
}
END_TEST

START_TEST(a_linked_part_is_preferred_to_the_list)
{
	struct bytes linked = ptx_fatbin(80, 0, "linked"), unit = ptx_fatbin(80, 0, "unit");
	const void *list[] = { unit.data, NULL };
	struct wrapper wrapper = { WRAPPER_MAGIC, 2, linked.data, list };
	struct sim_image *image = parsed(&wrapper);

	ck_assert_uint_eq(image->nkernels, 1);
	ck_assert_str_eq(image->kernels[0].name, "linked");
	sim_image_free(image);
	bytes_free(&linked);
	bytes_free(&unit);
}
END_TEST

/* A wrapper of version 2 whose linked part is for other devices only. */
static int list_result(const void *const *list, struct sim_image **image)
{
	struct bytes linked = ptx_fatbin(100, 0, "linked");
	struct wrapper wrapper = { WRAPPER_MAGIC, 2, linked.data, list };
	int rc;

	*image = NULL;
	rc = sim_image_parse(&wrapper, 90, image);
	bytes_free(&linked);
	return rc;
}

START_TEST(the_list_is_joined_where_nothing_is_linked)
{
	struct bytes a = ptx_fatbin(80, 0, "a"), b = ptx_fatbin(75, FATBIN_LZ4, "b");
	const void *list[] = { a.data, b.data, NULL };
	struct sim_image *image;

	ck_assert_int_eq(list_result(list, &image), SIM_IMAGE_OK);
	ck_assert(!image->no_code);
	ck_assert_uint_eq(image->nkernels, 2);
	ck_assert_str_eq(image->kernels[0].name, "a");
	ck_assert_str_eq(image->kernels[1].name, "b");
	sim_image_free(image);
	bytes_free(&a);
	bytes_free(&b);
}
END_TEST

static struct bytes text_fatbin(const char *declarations)
{
	struct bytes fatbin;
	char text[512];
	int n = snprintf(text, sizeof(text), ".version 8.0\n.target sm_80\n%s", declarations);

	fatbin_begin(&fatbin);
	fatbin_add(&fatbin, FATBIN_PTX, 80, 0, text, (size_t)n + 1);
	fatbin_end(&fatbin);
	return fatbin;
}

START_TEST(of_two_definitions_the_first_is_kept)
{
	struct bytes a = text_fatbin(".weak .entry k(.param .u32 p) {}\n.const .b8 c[4] = {1};");
	struct bytes b =
		text_fatbin(".weak .entry k() {}\n.const .b8 c[4] = {2};\n.const .b8 d[4];");
	const void *list[] = { a.data, b.data, NULL };
	struct sim_image *image;

	ck_assert_int_eq(list_result(list, &image), SIM_IMAGE_OK);
	ck_assert_uint_eq(image->nkernels, 1);
	ck_assert_uint_eq(image->kernels[0].nparams, 1);
	ck_assert_uint_eq(image->nglobals, 2);
	ck_assert_int_eq(*(char *)sim_image_find_global(image, "c")->init, 1);
	sim_image_free(image);
	bytes_free(&a);
	bytes_free(&b);
}
END_TEST

START_TEST(kernels_of_all_parts_tell_the_same_constant_bytes)
{
	struct bytes a = text_fatbin(".entry a() {}\n.const .b8 c[4];");
	struct bytes b = text_fatbin(".entry b() {}\n.const .b8 d[8];");
	const void *list[] = { a.data, b.data, NULL };
	struct sim_image *image;

	ck_assert_int_eq(list_result(list, &image), SIM_IMAGE_OK);
	ck_assert_uint_eq(sim_image_find_kernel(image, "a")->const_size, 12);
	ck_assert_uint_eq(sim_image_find_kernel(image, "b")->const_size, 12);
	sim_image_free(image);
	bytes_free(&a);
	bytes_free(&b);
}
END_TEST

START_TEST(a_list_with_a_part_missing_has_no_code)
{
	struct bytes a = ptx_fatbin(80, 0, "a"), b = ptx_fatbin(100, 0, "b");
	const void *list[] = { a.data, b.data, NULL };
	struct sim_image *image;

	ck_assert_int_eq(list_result(list, &image), SIM_IMAGE_OK);
	ck_assert(image->no_code);
	ck_assert_uint_eq(image->nkernels, 0);
	sim_image_free(image);
	ck_assert_int_eq(list_result(list + 2, &image), SIM_IMAGE_OK);
	ck_assert(image->no_code);
	sim_image_free(image);
	bytes_free(&a);
	bytes_free(&b);
}
END_TEST

START_TEST(a_damaged_part_spoils_the_list)
{
	struct bytes a = ptx_fatbin(80, 0, "a");
	const void *list[] = { a.data, "neither", NULL };
	struct sim_image *image;

	ck_assert_int_eq(list_result(list, &image), SIM_IMAGE_INVALID);
	ck_assert_ptr_null(image);
	bytes_free(&a);
}
END_TEST

START_TEST(a_wrapper_of_any_version_is_taken)
{
	struct wrapper odd = { WRAPPER_MAGIC, 99, ".version 8.0\n.target sm_80\n", NULL };
	struct sim_image *image;

	ck_assert_int_eq(sim_image_parse(&odd, 90, &image), SIM_IMAGE_OK);
	sim_image_free(image);
}
END_TEST

START_TEST(wrappers_of_nothing_are_invalid)
{
	struct wrapper wrappers[] = {
		{ WRAPPER_MAGIC, 1, NULL, NULL },
		{ WRAPPER_MAGIC, 1, (const void *)16, NULL },
	};
	struct wrapper nested = { WRAPPER_MAGIC, 1, &nested, NULL };
	struct sim_image *image;

	for (size_t i = 0; i < sizeof(wrappers) / sizeof(wrappers[0]); i++)
		ck_assert_int_eq(sim_image_parse(&wrappers[i], 90, &image), SIM_IMAGE_INVALID);
	ck_assert_int_eq(sim_image_parse(&nested, 90, &image), SIM_IMAGE_INVALID);
}
END_TEST

START_TEST(a_list_at_no_address_has_no_code)
{
	struct sim_image *image;

	ck_assert_int_eq(list_result((const void *const *)16, &image), SIM_IMAGE_OK);
	ck_assert(image->no_code);
	sim_image_free(image);
}
END_TEST

START_TEST(pointers_to_nothing_readable_are_invalid)
{
	struct sim_image *image;

	ck_assert_int_eq(sim_image_parse(NULL, 90, &image), SIM_IMAGE_INVALID);
	ck_assert_int_eq(sim_image_parse((const void *)64, 90, &image), SIM_IMAGE_INVALID);
	ck_assert_int_eq(sim_image_parse(page_end, 90, &image), SIM_IMAGE_INVALID);
}
END_TEST

START_TEST(text_without_end_stops_at_the_last_page)
{
	static const char text[] = ".version 8.0\n.target sm_80\n.entry k() {}";
	struct sim_image *image = parsed(at_page_end(text, sizeof(text) - 1));

	ck_assert_uint_eq(image->nkernels, 1);
	sim_image_free(image);
}
END_TEST

START_TEST(images_cut_off_by_the_last_page_are_invalid)
{
	struct bytes fatbin = ptx_fatbin(80, 0, "k"), file;
	struct cubin_fixture cubin;
	struct sim_image *image;

	cubin_begin(&cubin, 90);
	cubin_kernel(&cubin, "k");
	file = cubin_end(&cubin);
	for (size_t n = 4; n < fatbin.size; n++)
		ck_assert_int_eq(sim_image_parse(at_page_end(fatbin.data, n), 90, &image),
				 SIM_IMAGE_INVALID);
	for (size_t n = 4; n < file.size; n++)
		ck_assert_int_eq(sim_image_parse(at_page_end(file.data, n), 90, &image),
				 SIM_IMAGE_INVALID);
	bytes_free(&fatbin);
	bytes_free(&file);
}
END_TEST

START_TEST(a_program_of_this_machine_is_invalid)
{
	int fd = open("/proc/self/exe", O_RDONLY);
	void *file = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	struct sim_image *image;

	ck_assert_ptr_ne(file, MAP_FAILED);
	ck_assert_int_eq(sim_image_parse(file, 90, &image), SIM_IMAGE_INVALID);
	ck_assert_int_eq(sim_image_library_result(file, SIM_IMAGE_INVALID), SIM_IMAGE_OK);
	munmap(file, 4096);
	close(fd);
}
END_TEST

START_TEST(a_library_holds_faults_back)
{
	static const char text[] = "hello";

	ck_assert_int_eq(sim_image_library_result(text, SIM_IMAGE_OK), SIM_IMAGE_OK);
	ck_assert_int_eq(sim_image_library_result(text, SIM_IMAGE_INVALID), SIM_IMAGE_OK);
	ck_assert_int_eq(sim_image_library_result(text, SIM_IMAGE_BAD_PTX), SIM_IMAGE_OK);
	ck_assert_int_eq(sim_image_library_result(text, SIM_IMAGE_NO_BINARY), SIM_IMAGE_OK);
	ck_assert_int_eq(sim_image_library_result(text, SIM_IMAGE_UNKNOWN), SIM_IMAGE_OK);
	ck_assert_int_eq(sim_image_library_result(text, SIM_IMAGE_NO_MEMORY), SIM_IMAGE_NO_MEMORY);
}
END_TEST

START_TEST(a_library_refuses_a_broken_cubin_at_once)
{
	struct cubin_fixture cubin;
	struct bytes file;
	void *header;

	cubin_begin(&cubin, 90);
	file = cubin_end(&cubin);
	header = at_page_end(file.data, 64);
	ck_assert_int_eq(sim_image_library_result(header, SIM_IMAGE_INVALID), SIM_IMAGE_INVALID);
	ck_assert_int_eq(sim_image_library_result(at_page_end(file.data, 63), SIM_IMAGE_INVALID),
			 SIM_IMAGE_OK);
	bytes_free(&file);
}
END_TEST

START_TEST(freeing_nothing_is_allowed)
{
	sim_image_free(NULL);
}
END_TEST

static Suite *image_suite(void)
{
	Suite *suite = suite_create("sim/image");
	TCase *tc = tcase_create("wrappers");

	tcase_add_test(tc, all_four_kinds_are_told_apart);
	tcase_add_test(tc, a_wrapper_may_hold_a_cubin_or_text);
	tcase_add_test(tc, a_linked_part_is_preferred_to_the_list);
	tcase_add_test(tc, the_list_is_joined_where_nothing_is_linked);
	tcase_add_test(tc, of_two_definitions_the_first_is_kept);
	tcase_add_test(tc, kernels_of_all_parts_tell_the_same_constant_bytes);
	tcase_add_test(tc, a_list_with_a_part_missing_has_no_code);
	tcase_add_test(tc, a_damaged_part_spoils_the_list);
	tcase_add_test(tc, a_wrapper_of_any_version_is_taken);
	tcase_add_test(tc, wrappers_of_nothing_are_invalid);
	tcase_add_test(tc, a_list_at_no_address_has_no_code);
	tcase_add_test(tc, freeing_nothing_is_allowed);
	suite_add_tcase(suite, tc);

	tc = tcase_create("extents");
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, map_page, NULL);
	tcase_add_test(tc, pointers_to_nothing_readable_are_invalid);
	tcase_add_test(tc, text_without_end_stops_at_the_last_page);
	tcase_add_test(tc, images_cut_off_by_the_last_page_are_invalid);
	tcase_add_test(tc, a_program_of_this_machine_is_invalid);
	tcase_add_test(tc, a_library_holds_faults_back);
	tcase_add_test(tc, a_library_refuses_a_broken_cubin_at_once);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(image_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
