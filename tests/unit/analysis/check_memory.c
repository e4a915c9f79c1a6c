/* SPDX-License-Identifier: Apache-2.0 */
/* What mem finds in calls that were made up. */
#include <string.h>
#include <unistd.h>

#include "analysis/memory.h"
#include "unit/analysis/events.h"
#include "unit/reader/fixture.h"

static const struct ct_header header = { .complete = true };
static struct an_usage *usage;

static void setup(void)
{
	usage = an_usage_new(&header, false);
}

static void teardown(void)
{
	an_usage_free(usage);
}

static void call(struct ct_event event)
{
	an_usage_add(usage, &event);
}

static const struct an_finding *finding(const char *code)
{
	const struct an_finding *all;
	size_t count;

	an_usage_finish(usage);
	all = an_usage_findings(usage, &count);
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(all[i].code, code))
			return &all[i];
	}
	ck_abort_msg("no %s", code);
	return NULL;
}

static void map(uint64_t at, uint64_t bytes)
{
	call(ev_call("cuMemMap", ev_ptr("ptr", at), ev_size("size", bytes), EV_END));
}

static void set(uint64_t at, uint64_t bytes)
{
	call(ev_call("cudaMemset", ev_ptr("devPtr", at), ev_int("value", 0),
		     ev_size("count", bytes), EV_END));
}

START_TEST(mappings_side_by_side_are_one_piece)
{
	map(0x1000, 0x100);
	map(0x1100, 0x100);
	call(ev_call("cudaMalloc", ev_ptr("devPtr", 0x1200), ev_size("size", 0x100), EV_END));
	set(0x1000, 0x200);
	set(0x1000, 0x210);
	ck_assert_uint_eq(finding("copy-beyond-end")->count, 1);
}
END_TEST

/* Of a damaged trace: looking for what comes behind must come to an end. */
START_TEST(mappings_that_cannot_be_have_an_end)
{
	alarm(10);
	map(0x1000, 0);
	set(0x1000, 16);
	map(0x10000, UINT64_MAX - 0x1ffff);
	map(UINT64_MAX - 0xffff, 0x20000);
	set(0x10000, 16);
	ck_assert_uint_eq(finding("copy-beyond-end")->count, 1);
}
END_TEST

START_TEST(incidents_at_any_number_of_places_are_counted)
{
	for (uint64_t i = 0; i < 2000; i++) {
		struct ct_event event =
			ev_failed(ev_call("cudaFree", ev_ptr("devPtr", 0x5000), EV_END), 1);

		event.caller_module = "app";
		event.caller_offset = i;
		call(event);
	}
	ck_assert_uint_eq(finding("unknown-free")->count, 2000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("memory");
	TCase *tcase = tcase_create("memory");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, mappings_side_by_side_are_one_piece);
	tcase_add_test(tcase, mappings_that_cannot_be_have_an_end);
	tcase_add_test(tcase, incidents_at_any_number_of_places_are_counted);
	suite_add_tcase(suite, tcase);
	return fx_run(suite);
}
