/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions: what a key means, when, and in which process. */
#include <string.h>

#include "reader/definitions.h"
#include "unit/reader/fixture.h"

static struct rd_definitions defs;
static struct ut_arena strings;

/* Adds one definition by way of a built chunk; `spoil` damages its last byte. */
static size_t add(uint32_t process, uint16_t kind, uint64_t key, uint64_t counter, const char *text,
		  bool spoil)
{
	const size_t heads = sizeof(struct ctr_chunk) + sizeof(struct ctr_chunk_defs);
	struct trace_builder b = { 0 };
	size_t added;

	tb_def(&b, process, kind, key, counter, text);
	if (spoil)
		b.data[b.size - 1] ^= 1;
	added = rd_definitions_add(&defs, &strings, process, b.data + heads, b.size - heads);
	tb_free(&b);
	return added;
}

static const char *name_of(uint32_t process, uint64_t key, uint64_t counter)
{
	const struct rd_definition *d =
		rd_definitions_find(&defs, process, CTR_DEF_KERNEL, key, counter);

	return rd_definition_get(d, "name");
}

static void teardown(void)
{
	rd_definitions_free(&defs);
	ut_arena_free(&strings);
}

START_TEST(the_latest_definition_before_the_call_holds)
{
	add(0, CTR_DEF_KERNEL, 7, 200, "name=second\n", false);
	add(0, CTR_DEF_KERNEL, 7, 100, "name=first\n", false);
	rd_definitions_sort(&defs);
	ck_assert_str_eq(name_of(0, 7, 150), "first");
	ck_assert_str_eq(name_of(0, 7, 200), "second");
	ck_assert_str_eq(name_of(0, 7, UINT64_MAX), "second");
}
END_TEST

START_TEST(a_call_just_before_the_first_definition_gets_it)
{
	add(0, CTR_DEF_KERNEL, 7, 100, "name=first\n", false);
	rd_definitions_sort(&defs);
	ck_assert_str_eq(name_of(0, 7, 99), "first");
}
END_TEST

START_TEST(processes_keys_and_kinds_are_apart)
{
	add(0, CTR_DEF_KERNEL, 7, 100, "name=mine\n", false);
	add(1, CTR_DEF_KERNEL, 7, 100, "name=other\n", false);
	add(0, CTR_DEF_SYMBOL, 8, 100, "name=variable\n", false);
	rd_definitions_sort(&defs);
	ck_assert_str_eq(name_of(0, 7, 100), "mine");
	ck_assert_str_eq(name_of(1, 7, 100), "other");
	ck_assert_ptr_null(name_of(0, 8, 100));
	ck_assert_ptr_null(name_of(2, 7, 100));
}
END_TEST

START_TEST(properties_are_found_by_name)
{
	add(0, CTR_DEF_DEVICE, 0, 1, "name=GPU = fast\nnonsense\ncomputeMajor=9\nempty=\n", false);
	ck_assert_uint_eq(defs.list[0].nproperties, 3);
	ck_assert_str_eq(rd_definition_get(&defs.list[0], "name"), "GPU = fast");
	ck_assert_str_eq(rd_definition_get(&defs.list[0], "computeMajor"), "9");
	ck_assert_str_eq(rd_definition_get(&defs.list[0], "empty"), "");
	ck_assert_ptr_null(rd_definition_get(&defs.list[0], "computeMinor"));
}
END_TEST

START_TEST(a_torn_definition_is_left_out)
{
	ck_assert_uint_eq(add(0, CTR_DEF_KERNEL, 7, 100, "name=torn\n", true), 0);
	ck_assert_uint_eq(defs.count, 0);
}
END_TEST

START_TEST(an_impossible_size_is_not_followed)
{
	struct ctr_def def = { .size = UINT32_MAX };

	ck_assert_uint_eq(rd_definitions_add(&defs, &strings, 0, &def, sizeof(def)), 0);
	def.size = 4;
	ck_assert_uint_eq(rd_definitions_add(&defs, &strings, 0, &def, sizeof(def)), 0);
}
END_TEST

/* Asked again and again, forwards and backwards in time, the answer is that of the search. */
START_TEST(the_quick_answer_is_the_right_one)
{
	static const uint64_t times[] = { 0, 99, 100, 150, 199, 200, 201, 300, UINT64_MAX };
	const struct rd_definition *found;
	const char *quick;

	add(0, CTR_DEF_KERNEL, 7, 200, "name=second\n", false);
	add(0, CTR_DEF_KERNEL, 7, 100, "name=first\n", false);
	add(1, CTR_DEF_KERNEL, 7, 150, "name=other\n", false);
	add(1, CTR_DEF_KERNEL, 8, 0, "size=1\n", false);
	rd_definitions_sort(&defs);
	for (unsigned int i = 0; i < 9 * 9 * 6; i++) {
		uint32_t process = i % 3;
		uint64_t key = 7 + i / 3 % 2, when = times[i / 54 % 2 ? 8 - i / 6 % 9 : i / 6 % 9];

		found = rd_definitions_find(&defs, process, CTR_DEF_KERNEL, key, when);
		quick = rd_definitions_name(&defs, process, CTR_DEF_KERNEL, key, when);
		if (quick)
			ck_assert_str_eq(quick, rd_definition_get(found, "name"));
		else
			ck_assert_ptr_null(rd_definition_get(found, "name"));
		ck_assert_ptr_null(rd_definitions_name(&defs, process, CTR_DEF_SYMBOL, key, when));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reader/definitions");
	TCase *t = tcase_create("definitions");

	suite_add_tcase(suite, t);
	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, the_latest_definition_before_the_call_holds);
	tcase_add_test(t, a_call_just_before_the_first_definition_gets_it);
	tcase_add_test(t, processes_keys_and_kinds_are_apart);
	tcase_add_test(t, properties_are_found_by_name);
	tcase_add_test(t, a_torn_definition_is_left_out);
	tcase_add_test(t, an_impossible_size_is_not_followed);
	tcase_add_test(t, the_quick_answer_is_the_right_one);
	return fx_run(suite);
}
