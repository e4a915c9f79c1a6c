/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The formats of an export, on events made by hand; tests/cli/export-formats.test has whole
 * traces.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "write/format.h"
#include "write/protobuf.h"
#include "write/text.h"

static FILE *file;
static char *text;
static struct ct_process_info process;
static struct ct_header header;
static struct ct_event event;
static struct wr_detail detail;
static const struct wr_format *format;
static void *writer;

static void setup(void)
{
	file = tmpfile();
	process = (struct ct_process_info){ .pid = 7, .name = "app" };
	header = (struct ct_header){
		.host = "node",
		.start_realtime_ns = 1000,
		.nprocesses = 1,
		.processes = &process,
	};
	event = (struct ct_event){
		.name = "cudaThing",
		.domain = "thing",
		.pid = 7,
		.tid = 8,
		.thread_name = "main",
		.result_kind = "status",
		.result_name = "cudaSuccess",
	};
	detail = (struct wr_detail){ .device = -1 };
}

static void teardown(void)
{
	free(text);
	text = NULL;
	fclose(file);
}

static void begin(const char *name, enum wr_weight weight)
{
	struct wr_target target = { .fd = fileno(file), .weight = weight };

	format = wr_format_named(name);
	ck_assert_ptr_ne(format, NULL);
	writer = format->begin(&target, &header);
}

static void call(const char *name, uint64_t start, uint64_t end)
{
	event.name = name;
	event.start_ns = start;
	event.end_ns = end;
	event.ordinal++;
	ck_assert_int_eq(format->event(writer, &event, &detail), 0);
}

static const char *finish(void)
{
	long size;

	ck_assert_int_eq(format->end(writer), 0);
	ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	text = calloc(1, (size_t)size + 1);
	rewind(file);
	ck_assert_uint_eq(fread(text, 1, (size_t)size, file), (size_t)size);
	return text;
}

static void assert_has(const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "no %s in %s", part, text);
}

/* ---- the list ------------------------------------------------------------------------------ */

START_TEST(a_file_is_of_the_longest_ending_that_fits)
{
	bool gz;

	ck_assert_str_eq(wr_format_of_file("a.speedscope.json", &gz)->name, "speedscope");
	ck_assert_str_eq(wr_format_of_file("d/a.csv.gz", &gz)->name, "csv");
	ck_assert(gz);
	ck_assert_ptr_eq(wr_format_of_file("a.json", &gz), NULL);
	ck_assert(!gz);
	ck_assert_ptr_eq(wr_format_of_file("d/.csv", &gz), NULL);
	ck_assert_ptr_eq(wr_format_named("xml"), NULL);
}
END_TEST

/* ---- text ---------------------------------------------------------------------------------- */

START_TEST(json_within_json_and_csv_is_quoted_once_more)
{
	static const struct {
		enum wr_quoting quoting;
		const char *quoted;
	} cases[] = {
		{ WR_QUOTED_NOT, "\"a\\\"b\\\\c\\n\\u0001\xc3\xa4\xef\xbf\xbd\"" },
		{ WR_QUOTED_IN_JSON,
		  "\\\"a\\\\\\\"b\\\\\\\\c\\\\n\\\\u0001\xc3\xa4\xef\xbf\xbd\\\"" },
		{ WR_QUOTED_IN_CSV, "\"\"a\\\"\"b\\\\c\\n\\u0001\xc3\xa4\xef\xbf\xbd\"\"" },
	};
	struct wr_text t = { .data = NULL };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		t.used = 0;
		wr_text_string(&t, "a\"b\\c\n\1\xc3\xa4\xff", cases[i].quoting);
		wr_text_char(&t, '\0');
		ck_assert_str_eq(t.data, cases[i].quoted);
	}
	wr_text_free(&t);
}
END_TEST

/* Eight bytes at once must see what one at a time does. */
START_TEST(every_special_byte_is_seen_at_every_place)
{
	for (size_t length = 1; length < 20; length++) {
		for (size_t at = 0; at < length; at++) {
			for (int c = 1; c < 256; c++) {
				char string[20];
				bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';

				memset(string, 'a', length);
				string[at] = (char)c;
				ck_assert_int_eq(wr_is_plain(string, length), plain);
			}
		}
	}
}
END_TEST

START_TEST(a_cell_of_nothing_stays_empty)
{
	struct wr_text t = { .data = NULL };

	wr_csv_text(&t, "");
	ck_assert_uint_eq(t.used, 0);
	wr_csv_text(&t, "=");
	wr_text_char(&t, '\0');
	ck_assert_str_eq(t.data, "\"'=\"");
	wr_text_free(&t);
}
END_TEST

START_TEST(a_long_message_has_a_long_length)
{
	struct wr_text t = { .data = NULL };
	static char bytes[20000];
	size_t outer = pb_open(&t, 1), inner = pb_open(&t, 2);

	wr_text_raw(&t, bytes, sizeof(bytes));
	pb_close(&t, inner);
	pb_close(&t, outer);
	/* 20000 = 0x4e20: a0 9c 01; with its tag and length 20004: a4 9c 01. */
	ck_assert_uint_eq(t.used, 20008);
	ck_assert_mem_eq(t.data, "\x0a\xa4\x9c\x01\x12\xa0\x9c\x01\0", 9);
	wr_text_free(&t);
}
END_TEST

/* ---- rows ---------------------------------------------------------------------------------- */

START_TEST(a_spreadsheet_gets_no_formula)
{
	begin("csv", 0);
	detail.effect = WR_LAUNCH;
	detail.kernel = "=1+1";
	call("cudaThing", 2000, 3000);
	detail.kernel = "'k'";
	call("cudaThing", 4000, 4001);
	detail.kernel = "a,b\"c\nd";
	call("cudaThing", 5000, 5001);
	detail.kernel = "\xef\xbc\x9d"
			"1";
	call("cudaThing", 6000, 6001);
	finish();
	assert_has(",\"'=1+1\",");
	assert_has(",\"''k'\",");
	assert_has(",\"a,b\"\"c\xe2\x90\x8a"
		   "d\",");
	assert_has(",\"'\xef\xbc\x9d"
		   "1\",");
}
END_TEST

START_TEST(numbers_that_no_column_holds_are_null)
{
	begin("ndjson", 0);
	detail.effect = WR_ALLOC;
	detail.bytes_known = true;
	detail.bytes = UINT64_MAX;
	call("cudaMalloc", 500, 600);
	detail.bytes = INT64_MAX;
	call("cudaMalloc", 700, 800);
	finish();
	assert_has("\"bytes\":null,");
	assert_has("\"bytes\":9223372036854775807,");
	/* Before the recording began. */
	assert_has("\"relative_ns\":-500,");
}
END_TEST

START_TEST(what_a_foreign_trace_lacks_is_null)
{
	header.lacks = CT_LACKS_ARGUMENTS | CT_LACKS_RESULTS;
	begin("ndjson", 0);
	call("cudaThing", 2000, 3000);
	finish();
	assert_has("\"outcome\":null,\"result\":null,\"result_code\":null,");
	assert_has("\"arguments\":null}");
}
END_TEST

/* The same address, another text: only what lasts is known by its address. */
START_TEST(a_text_that_changes_is_read_again)
{
	char name[] = "cudaFirst";

	begin("csv", 0);
	call(name, 2000, 3000);
	strcpy(name, "cudaOther");
	call(name, 4000, 5000);
	finish();
	assert_has("cudaFirst");
	assert_has("cudaOther");
}
END_TEST

/* ---- stacks -------------------------------------------------------------------------------- */

START_TEST(a_call_has_not_the_time_of_calls_within_it)
{
	begin("folded", WR_WEIGHT_TIME);
	call("outer", 1000, 2000);
	call("inner", 1100, 1300);
	call("innermost", 1150, 1160);
	call("second", 1400, 1500);
	call("later", 2000, 2007);
	ck_assert_str_eq(finish(), "app;outer 700\n"
				   "app;outer;inner 190\n"
				   "app;outer;inner;innermost 10\n"
				   "app;outer;second 100\n"
				   "app;later 7\n");
}
END_TEST

/* Two clocks can say so; then nothing is counted twice. */
START_TEST(a_call_that_outlives_the_one_around_it_is_cut)
{
	begin("folded", WR_WEIGHT_TIME);
	call("outer", 1000, 2000);
	call("inner", 1900, 2500);
	ck_assert_str_eq(finish(), "app;outer 900\napp;outer;inner 100\n");
}
END_TEST

START_TEST(threads_have_their_own_calls)
{
	begin("folded", WR_WEIGHT_TIME);
	call("outer", 1000, 2000);
	event.tid = 9;
	call("other", 1100, 1300);
	ck_assert_str_eq(finish(), "app;outer 1000\napp;other 200\n");
}
END_TEST

START_TEST(a_frame_is_one_frame_whatever_its_name)
{
	process.name = "a;b\nc";
	begin("folded", WR_WEIGHT_CALLS);
	call("cudaThing", 1000, 2000);
	ck_assert_str_eq(finish(), "a:b?c;cudaThing 1\n");
}
END_TEST

START_TEST(only_what_succeeded_has_moved_bytes)
{
	begin("folded", WR_WEIGHT_BYTES);
	detail.effect = WR_COPY;
	detail.direction = "host to device";
	detail.bytes_known = true;
	detail.bytes = 4096;
	call("cudaMemcpy", 1000, 2000);
	detail.known = true;
	call("cudaMemcpy", 3000, 4000);
	detail.effect = WR_ALLOC;
	detail.direction = NULL;
	call("cudaMalloc", 5000, 6000);
	ck_assert_str_eq(finish(), "app;cudaMemcpy;host to device 4096\n");
}
END_TEST

/* A parent that is its own ancestor must not keep anybody busy for ever. */
START_TEST(a_circle_of_frames_ends)
{
	struct ct_frame frames[] = {
		{ .parent = 2, .function = "f" },
		{ .parent = 1, .function = "g" },
	};
	static const char *const names[] = { "folded", "speedscope", "pftrace", "sqlite" };

	header.nframes = 2;
	header.frames = frames;
	event.stack = 1;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ck_assert_int_eq(ftruncate(fileno(file), 0), 0);
		begin(names[i], WR_WEIGHT_CALLS);
		call("cudaThing", 1000, 2000);
		free(text);
		finish();
	}
}
END_TEST

/* ---- all of them --------------------------------------------------------------------------- */

START_TEST(a_full_disk_is_told)
{
	const struct wr_format *f = wr_format_number((size_t)_i);
	int fd = open("/dev/full", O_RDWR);
	struct wr_target target = { .fd = fd };

	ck_assert_ptr_ne(f, NULL);
	writer = f->begin(&target, &header);
	event.start_ns = 2000;
	event.end_ns = 3000;
	f->event(writer, &event, &detail);
	ck_assert_int_eq(f->end(writer), -ENOSPC);
	close(fd);
}
END_TEST

/* A process that the header does not have, an end before the beginning, no names at all. */
START_TEST(nonsense_is_survived)
{
	const struct wr_format *f = wr_format_number((size_t)_i);
	struct wr_target target = { .fd = fileno(file) };
	static const struct wr_live live = { .process = 99, .device = 3, .memory = "device" };

	writer = f->begin(&target, &header);
	event = (struct ct_event){
		.name = "",
		.domain = "",
		.process = 99,
		.start_ns = 3000,
		.end_ns = 2000,
		.result_kind = "",
		.stack = 12345,
	};
	detail.nlive = 1;
	detail.live = &live;
	detail.effect = WR_COPY;
	for (int type = CT_EVENT_CALL; type <= CT_EVENT_THREAD; type++) {
		event.type = (enum ct_event_type)type;
		event.ordinal++;
		ck_assert_int_eq(f->event(writer, &event, type == CT_EVENT_CALL ? &detail : NULL),
				 0);
	}
	ck_assert_int_eq(f->end(writer), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("formats");
	TCase *all = tcase_create("all");
	SRunner *runner;
	int formats = 0, failed;

	while (wr_format_number((size_t)formats))
		formats++;
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, a_file_is_of_the_longest_ending_that_fits);
	tcase_add_test(all, json_within_json_and_csv_is_quoted_once_more);
	tcase_add_test(all, every_special_byte_is_seen_at_every_place);
	tcase_add_test(all, a_cell_of_nothing_stays_empty);
	tcase_add_test(all, a_long_message_has_a_long_length);
	tcase_add_test(all, a_spreadsheet_gets_no_formula);
	tcase_add_test(all, numbers_that_no_column_holds_are_null);
	tcase_add_test(all, what_a_foreign_trace_lacks_is_null);
	tcase_add_test(all, a_text_that_changes_is_read_again);
	tcase_add_test(all, a_call_has_not_the_time_of_calls_within_it);
	tcase_add_test(all, a_call_that_outlives_the_one_around_it_is_cut);
	tcase_add_test(all, threads_have_their_own_calls);
	tcase_add_test(all, a_frame_is_one_frame_whatever_its_name);
	tcase_add_test(all, only_what_succeeded_has_moved_bytes);
	tcase_add_test(all, a_circle_of_frames_ends);
	tcase_add_loop_test(all, a_full_disk_is_told, 0, formats);
	tcase_add_loop_test(all, nonsense_is_survived, 0, formats);
	suite_add_tcase(suite, all);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
