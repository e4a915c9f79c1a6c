/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader of fatbins, over containers made here around PTX and a small cubin.  The choice among
 * entries is the one an H100 made from fatbins of the same shape.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/image.h"
#include "image_fixture.h"

static int result_of(struct bytes *fatbin, int sm, struct sim_image **image)
{
	void *copy = exact_copy(fatbin->data, fatbin->size);
	int rc;

	*image = NULL;
	rc = sim_image_parse_sized(copy, fatbin->size, sm, image);
	free(copy);
	return rc;
}

static void add_ptx(struct bytes *fatbin, int sm, uint64_t flags, const char *kernel)
{
	struct bytes one = ptx_fatbin(sm, flags, kernel);

	bytes_add(fatbin, one.data + 16, one.size - 16);
	bytes_free(&one);
}

static void add_cubin(struct bytes *fatbin, int sm, uint64_t flags, const char *kernel)
{
	struct cubin_fixture cubin;
	struct bytes file;

	cubin_begin(&cubin, sm);
	cubin_kernel(&cubin, kernel);
	file = cubin_end(&cubin);
	fatbin_add(fatbin, FATBIN_CUBIN, sm, flags, file.data, file.size);
	bytes_free(&file);
}

/* Closes the fatbin and tells the one kernel that a device of this architecture finds in it. */
static void expect_kernel(struct bytes *fatbin, int sm, const char *name)
{
	struct sim_image *image;

	fatbin_end(fatbin);
	ck_assert_int_eq(result_of(fatbin, sm, &image), SIM_IMAGE_OK);
	if (name) {
		ck_assert(!image->no_code);
		ck_assert_uint_eq(image->nkernels, 1);
		ck_assert_str_eq(image->kernels[0].name, name);
	} else {
		ck_assert(image->no_code);
		ck_assert_uint_eq(image->nkernels, 0);
	}
	sim_image_free(image);
	bytes_free(fatbin);
}

static const uint64_t compressions[] = { 0, FATBIN_LZ4, FATBIN_ZSTD };

START_TEST(ptx_is_read_however_compressed)
{
	struct bytes fatbin = ptx_fatbin(80, compressions[_i], "k");

	expect_kernel(&fatbin, 90, "k");
}
END_TEST

START_TEST(a_cubin_is_read_however_compressed)
{
	struct bytes fatbin;

	fatbin_begin(&fatbin);
	add_cubin(&fatbin, 90, compressions[_i], "k");
	expect_kernel(&fatbin, 90, "k");
}
END_TEST

/* kind: C for a cubin, P for PTX; each entry's kernel is named as the entry. */
static const struct {
	const char *entries;
	int sm;
	const char *chosen;
} choices[] = {
	{ "C90 P90", 90, "C90" },     { "P90 C90", 90, "C90" },      { "C80 C86 P90", 86, "C86" },
	{ "C86 C80 P90", 86, "C86" }, { "C80 P70", 86, "C80" },      { "C86 P80", 90, "P80" },
	{ "P80 P90", 90, "P90" },     { "P90 P80", 90, "P90" },      { "P80 P90", 86, "P80" },
	{ "C90 C90a", 90, "C90a" },   { "P90 P90a", 90, "P90a" },    { "P90a P80", 100, "P80" },
	{ "C100a P90", 103, "P90" },  { "C100f P90", 103, "C100f" }, { "C100 C100f", 100, "C100f" },
	{ "P100f", 103, "P100f" },    { "P100f", 120, NULL },        { "C75", 90, NULL },
	{ "P100", 90, NULL },         { "C86", 80, NULL },           { "", 90, NULL },
};

START_TEST(the_best_entry_for_the_device_is_taken)
{
	const char *at = choices[_i].entries;
	struct bytes fatbin;

	fatbin_begin(&fatbin);
	while (*at) {
		size_t length = strcspn(at, " ");
		char name[16] = "";
		uint64_t flags = 0;

		memcpy(name, at, length);
		if (name[length - 1] == 'a')
			flags = FATBIN_ARCH_ONLY;
		else if (name[length - 1] == 'f')
			flags = FATBIN_FAMILY;
		if (*at == 'C')
			add_cubin(&fatbin, atoi(at + 1), flags, name);
		else
			add_ptx(&fatbin, atoi(at + 1), flags, name);
		at += length + (at[length] == ' ');
	}
	expect_kernel(&fatbin, choices[_i].sm, choices[_i].chosen);
}
END_TEST

START_TEST(entries_of_unknown_kinds_are_passed_over)
{
	struct bytes fatbin;

	fatbin_begin(&fatbin);
	fatbin_add(&fatbin, 8, 90, 0, "intermediate code", 17);
	add_ptx(&fatbin, 80, 0, "k");
	expect_kernel(&fatbin, 90, "k");
}
END_TEST

START_TEST(what_follows_the_container_is_not_its_own)
{
	struct bytes fatbin = ptx_fatbin(80, 0, "k");
	struct sim_image *image;

	bytes_add(&fatbin, "nonsense", 8);
	ck_assert_int_eq(result_of(&fatbin, 90, &image), SIM_IMAGE_OK);
	sim_image_free(image);
	bytes_free(&fatbin);
}
END_TEST

/* One byte of a fatbin of one zstd entry, set to a value that must not be believed. */
static const struct {
	size_t offset;
	unsigned char value;
	int rc;
} damages[] = {
	{ 4, 7, 200 },                              /* version */
	{ 6, 8, 200 },                              /* header smaller than itself */
	{ 7, 0xff, 200 },                           /* header larger than the file */
	{ 9, 0xff, 200 },                           /* entries larger than the file */
	{ 15, 0x80, 200 },      { 16 + 4, 8, 200 }, /* an entry's header smaller than itself */
	{ 16 + 5, 0xff, 200 },                      /* and larger than the file */
	{ 16 + 15, 0xff, 200 },                     /* payload */
	{ 16 + 18, 0xff, 200 },                     /* compressed size above the payload's */
	{ 16 + 16, 1, 999 },                        /* and below it */
	{ 16 + 58, 0xff, 999 },                     /* unpacked size */
	{ 16 + 63, 0x7f, 999 }, { 16 + 56, 0x01, 999 }, { 16 + 64, 0, 999 }, /* the frame's magic */
};

START_TEST(each_damage_has_its_answer)
{
	struct bytes fatbin = ptx_fatbin(80, FATBIN_ZSTD, "kernel_of_the_damaged_container");
	struct sim_image *image;

	fatbin.data[damages[_i].offset] = damages[_i].value;
	ck_assert_int_eq(result_of(&fatbin, 90, &image), damages[_i].rc);
	ck_assert_ptr_null(image);
	bytes_free(&fatbin);
}
END_TEST

START_TEST(damaged_lz4_data_do_not_unpack)
{
	struct bytes fatbin = ptx_fatbin(80, FATBIN_LZ4, "k");
	struct sim_image *image;

	memset(fatbin.data + 16 + 64, 0xff, 24);
	ck_assert_int_eq(result_of(&fatbin, 90, &image), SIM_IMAGE_UNKNOWN);
	fatbin.data[16 + 59] = 0x40;
	ck_assert_int_eq(result_of(&fatbin, 90, &image), SIM_IMAGE_UNKNOWN);
	bytes_free(&fatbin);
}
END_TEST

START_TEST(a_fault_in_the_chosen_entry_is_the_answer)
{
	static const char text[] = ".version 8.0\n.target sm_80\n.entry k( {}\n";
	struct sim_image *image;
	struct bytes fatbin;

	fatbin_begin(&fatbin);
	fatbin_add(&fatbin, FATBIN_PTX, 80, 0, text, sizeof(text));
	add_ptx(&fatbin, 70, 0, "sound");
	fatbin_end(&fatbin);
	ck_assert_int_eq(result_of(&fatbin, 90, &image), SIM_IMAGE_BAD_PTX);
	ck_assert_int_eq(result_of(&fatbin, 75, &image), SIM_IMAGE_OK);
	sim_image_free(image);
	bytes_free(&fatbin);
}
END_TEST

/* Entries of all sorts; the cubin is what a 9.0 device takes. */
static struct bytes mixture(void)
{
	struct bytes fatbin;

	fatbin_begin(&fatbin);
	add_ptx(&fatbin, 80, FATBIN_LZ4, "lz4");
	add_ptx(&fatbin, 75, 0, "plain");
	add_cubin(&fatbin, 90, FATBIN_ZSTD, "cubin");
	fatbin_end(&fatbin);
	return fatbin;
}

START_TEST(a_fatbin_cut_short_anywhere_is_invalid)
{
	struct bytes fatbin = mixture();

	for (size_t n = 0; n < fatbin.size; n++) {
		struct bytes part = { fatbin.data, n };
		struct sim_image *image;

		ck_assert_int_eq(result_of(&part, 90, &image), SIM_IMAGE_INVALID);
	}
	bytes_free(&fatbin);
}
END_TEST

START_TEST(a_damaged_fatbin_is_survived)
{
	static const int devices[] = { 75, 80, 90 };
	struct bytes fatbin = mixture();
	uint32_t random = 4711;

	for (int round = 0; round < 30000; round++) {
		unsigned char *copy = exact_copy(fatbin.data, fatbin.size);
		struct sim_image *image = NULL;

		for (int i = 0; i <= round % 3; i++) {
			random = random * 1664525 + 1013904223;
			copy[4 + (random >> 8) % (fatbin.size - 4)] = (unsigned char)(random >> 4);
		}
		if (sim_image_parse_sized(copy, fatbin.size, devices[round % 3], &image) ==
		    SIM_IMAGE_OK)
			sim_image_free(image);
		free(copy);
	}
	bytes_free(&fatbin);
}
END_TEST

static Suite *fatbin_suite(void)
{
	Suite *suite = suite_create("sim/fatbin");
	TCase *tc = tcase_create("contents");

	tcase_add_loop_test(tc, ptx_is_read_however_compressed, 0, 3);
	tcase_add_loop_test(tc, a_cubin_is_read_however_compressed, 0, 3);
	tcase_add_loop_test(tc, the_best_entry_for_the_device_is_taken, 0,
			    (int)(sizeof(choices) / sizeof(choices[0])));
	tcase_add_test(tc, entries_of_unknown_kinds_are_passed_over);
	tcase_add_test(tc, what_follows_the_container_is_not_its_own);
	suite_add_tcase(suite, tc);

	tc = tcase_create("faults");
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, each_damage_has_its_answer, 0,
			    (int)(sizeof(damages) / sizeof(damages[0])));
	tcase_add_test(tc, damaged_lz4_data_do_not_unpack);
	tcase_add_test(tc, a_fault_in_the_chosen_entry_is_the_answer);
	tcase_add_test(tc, a_fatbin_cut_short_anywhere_is_invalid);
	tcase_add_test(tc, a_damaged_fatbin_is_survived);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(fatbin_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
