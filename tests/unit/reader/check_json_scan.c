/* SPDX-License-Identifier: Apache-2.0 */
/* The scanner: which lines it takes. That it finds in them what cJSON does, tests/fuzz shows. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reader/json_events.h"
#include "reader/json_scan.h"
#include "unit/reader/fixture.h"
#include "write/json.h"

#define HEAD  "{\"ph\":\"X\",\"cat\":\"cuda_runtime\",\"name\":\"f\",\"pid\":1,\"tid\":2,"
#define TIMES "\"ts\":3.004,\"dur\":0.005,"

static struct rd_scan scan;

static bool takes(const char *text)
{
	char line[4096] = "";

	ck_assert_uint_lt(strlen(text), sizeof(line) - RD_SCAN_MARGIN);
	strcpy(line, text);
	return rd_scan_call(line, strlen(line), &scan);
}

START_TEST(every_call_that_the_writer_writes_is_taken)
{
	static struct ct_event event;
	char path[] = "/tmp/curtrace-check.XXXXXX", *text, *line, *rest;
	struct trace_builder b = { 0 };
	struct rd_trace *trace;
	struct wr_json *json;
	unsigned int calls = 0, taken = 0;
	int fd = mkstemp(path);
	size_t size;

	unlink(path);
	tb_sample(&b);
	trace = fx_open(&b);
	json = wr_json_open(fd, false);
	wr_json_header(json, rd_header(trace));
	while (rd_next(trace, &event))
		wr_json_event(json, &event);
	ck_assert_int_eq(wr_json_end(json), 0);
	rest = text = fx_read_file(fd, &size);
	while ((line = strsep(&rest, "\n"))) {
		if (strncmp(line, "{\"ph\":\"X\"", 9) != 0 || strchr(line, '\\'))
			continue;
		calls++;
		ck_assert_msg(takes(line), "not taken: %s", line);
		taken++;
	}
	ck_assert_uint_ge(calls, 10);
	ck_assert_uint_eq(taken, calls);
	free(text);
	close(fd);
	rd_close(trace);
	tb_free(&b);
}
END_TEST

START_TEST(what_it_takes_is_in_the_scan)
{
	ck_assert(takes(HEAD TIMES
			"\"sf\":7,\"args\":{\"a\":\"x\",\"b\":-12,\"c\":[1,2,3],\"d\":true,"
			"\"e\":1.5e3,\"correlation\":1}},"));
	ck_assert_str_eq(scan.call.name, "f");
	ck_assert_uint_eq(scan.call.pid, 1);
	ck_assert_uint_eq(scan.call.tid, 2);
	ck_assert_int_eq(scan.call.ts_ns, 3004);
	ck_assert_int_eq(scan.call.dur_ns, 5);
	ck_assert_uint_eq(scan.call.frame, 7);
	ck_assert_uint_eq(scan.call.nmembers, 6);
	ck_assert_str_eq(scan.members[0].text, "x");
	ck_assert_double_eq(scan.members[1].number, -12);
	ck_assert_uint_eq(scan.members[2].xyz[2], 3);
	ck_assert_int_eq(scan.members[3].kind, RD_VALUE_TRUE);
	ck_assert_double_eq(scan.members[4].number, 1500);
}
END_TEST

START_TEST(other_forms_are_left_to_cjson)
{
	static const char *const lines[] = {
		"",
		"{",
		"]}",
		HEAD,
		HEAD TIMES "\"args\":{}}",
		HEAD TIMES "\"args\":{\"a\":1}",
		HEAD TIMES "\"args\":{\"a\":1}} ",
		HEAD TIMES "\"args\":{\"a\":1}},,",
		HEAD TIMES "\"args\":{\"a\": 1}}",
		HEAD TIMES "\"args\":{\"a\":01}}",
		HEAD TIMES "\"args\":{\"a\":null}}",
		HEAD TIMES "\"args\":{\"a\":[1,2]}}",
		HEAD TIMES "\"args\":{\"a\":[1,2,4294967296]}}",
		HEAD TIMES "\"args\":{\"a\":{}}}",
		HEAD TIMES "\"args\":{\"a\":\"\\n\"}}",
		HEAD TIMES "\"args\":{\"a\":\"\t\"}}",
		HEAD TIMES "\"args\":{\"a\":1.}}",
		HEAD TIMES "\"args\":{\"a\":1e}}",
		HEAD TIMES "\"args\":{\"a\":1234567890123456}}",
		HEAD "\"ts\":3.04,\"dur\":0.005,\"args\":{\"a\":1}}",
		HEAD "\"ts\":3.0041,\"dur\":0.005,\"args\":{\"a\":1}}",
		HEAD "\"ts\":8796093022208.000,\"dur\":0.005,\"args\":{\"a\":1}}",
		HEAD "\"ts\":-3.004,\"dur\":0.005,\"args\":{\"a\":1}}",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		ck_assert_msg(!takes(lines[i]), "taken: %s", lines[i]);
}
END_TEST

START_TEST(a_line_with_too_many_members_is_left)
{
	char line[4096];
	size_t at = (size_t)sprintf(line, "%s", HEAD TIMES "\"args\":{");

	for (unsigned int i = 0; i < RD_SCAN_MEMBERS; i++)
		at += (size_t)sprintf(line + at, "\"a\":%u,", i);
	sprintf(line + at - 1, "}}");
	ck_assert(takes(line));
	sprintf(line + at - 1, ",\"b\":1}}");
	ck_assert(!takes(line));
}
END_TEST

/* Times of today, which as doubles are not all their own nanosecond once they are multiplied. */
START_TEST(nanoseconds_are_exact_on_both_ways)
{
	static const int64_t times[] = {
		0, 1, 999, 4398046511103999, 4521094515251663, 7889237999999999, 8796093022207999
	};
	static struct ct_event a, b;
	struct rd_trace trace = { .want = RD_WANT_ALL };
	char line[512];
	cJSON *parsed;

	for (unsigned int i = 0; i < 7; i++) {
		for (int64_t ns = times[i]; ns < times[i] + (i == 6 ? 1 : 2000); ns++) {
			sprintf(line,
				HEAD "\"ts\":%" PRId64 ".%03d,\"dur\":0.005,\"args\":{\"a\":1}}",
				ns / 1000, (int)(ns % 1000));
			parsed = cJSON_Parse(line);
			ck_assert(rd_json_event(&trace, parsed, 0, &b));
			ck_assert(rd_scan_call(line, strlen(line), &scan));
			rd_json_call(&trace, &scan.call, 0, &a);
			ck_assert_uint_eq(a.start_ns, (uint64_t)ns);
			ck_assert_uint_eq(b.start_ns, (uint64_t)ns);
			cJSON_Delete(parsed);
			ut_arena_reset(&trace.scratch);
		}
	}
	rd_names_free(&trace.names);
	ut_arena_free(&trace.scratch);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reader/json_scan");
	TCase *tests = tcase_create("scan");

	tcase_add_test(tests, every_call_that_the_writer_writes_is_taken);
	tcase_add_test(tests, what_it_takes_is_in_the_scan);
	tcase_add_test(tests, other_forms_are_left_to_cjson);
	tcase_add_test(tests, a_line_with_too_many_members_is_left);
	tcase_add_test(tests, nanoseconds_are_exact_on_both_ways);
	suite_add_tcase(suite, tests);
	return fx_run(suite);
}
