/* SPDX-License-Identifier: Apache-2.0 */
/* Traces of Kineto, in every layout: what is ours in them is read, and nothing is made up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "reader/foreign.h"
#include "reader/foreign_split.h"
#include "unit/reader/fixture.h"

#define HEAD                                                                           \
	"{\n  \"schemaVersion\": 1,\n  \"deviceProperties\": [\n    {\n"               \
	"      \"id\": 0, \"name\": \"Some GPU\", \"numSms\": 132\n    }\n  ],\n"      \
	"  \"cuda_runtime_version\": 12080,\n  \"distributedInfo\": {\"backend\": "    \
	"\"nccl\", \"rank\": 3, \"world_size\": 8},\n  \"displayTimeUnit\": \"ms\",\n" \
	"  \"baseTimeNanoseconds\": 1735689600000000001,\n  \"traceEvents\": [\n"
/* clang-format off */
#define CALL(name, ts, dur, tid, correlation)                                              \
	"  {\n    \"ph\": \"X\", \"cat\": \"cuda_runtime\", \"name\": \"" name "\",\n"     \
	"    \"pid\": 77, \"tid\": " #tid ", \"ts\": " #ts ", \"dur\": " #dur ",\n"        \
	"    \"args\": {\n      \"External id\": 5, \"correlation\": " #correlation "\n    }\n  }"
#define OTHERS                                                                             \
	"  {\"ph\": \"X\", \"cat\": \"cpu_op\", \"name\": \"a \\\"}{[\\\\\", "             \
	"\"pid\": 77, \"tid\": 78, \"ts\": 1, \"dur\": 9, \"args\": {\"x\": \"}]\"}},\n"   \
	"  {\"ph\": \"X\", \"cat\": \"kernel\", \"name\": \"k\", \"pid\": 0, \"tid\": 7," \
	"\"ts\": 1, \"dur\": 9, \"args\": {\"correlation\": 1}},\n"                                \
	"  {\"ph\": \"M\", \"name\": \"process_name\", \"pid\": 77, \"tid\": 0, \"ts\": 1, " \
	"\"args\": {\"name\": \"python\"}},\n"                                             \
	"  {\"ph\": \"M\", \"name\": \"process_name\", \"pid\": 0, \"tid\": 0, \"ts\": 1, " \
	"\"args\": {\"name\": \"GPU 0\"}},\n"                                              \
	"  {\"ph\": \"M\", \"name\": \"thread_name\", \"pid\": 77, \"tid\": 78, \"ts\": 1, " \
	"\"args\": {\"name\": \"loader \\u00e9\"}}"
/* clang-format on */
#define TAIL "\n  ],\n  \"traceName\": \"run\"\n}\n"

static struct rd_trace *trace;
static struct ct_event event;

static void teardown(void)
{
	rd_close(trace);
	trace = NULL;
}

static void open_text(const char *text)
{
	struct rd_error error = { .text = "" };

	trace = fx_open_bytes(text, strlen(text), &error);
	ck_assert_msg(trace != NULL, "%s", error.text);
}

static void expect_refused(const char *text, const char *why)
{
	struct rd_error error = { .text = "" };

	ck_assert_ptr_null(fx_open_bytes(text, strlen(text), &error));
	ck_assert_msg(strstr(error.text, why) != NULL, "%s", error.text);
}

START_TEST(calls_come_in_order_of_time_with_what_the_trace_holds)
{
	const struct ct_header *h;

	open_text(HEAD CALL("cudaLaunchKernel", 20.5, 4.125, 78,
			    9) ",\n" OTHERS ",\n" CALL("cudaMalloc", 10.001, 2, 78, 8) TAIL);
	h = rd_header(trace);
	ck_assert_str_eq(h->source, "kineto");
	ck_assert_uint_eq(h->lacks, CT_LACKS_ARGUMENTS | CT_LACKS_RESULTS | CT_LACKS_IN_FLIGHT |
					    CT_LACKS_LOSSES | CT_LACKS_CALLERS);
	ck_assert_int_eq(h->rank, 3);
	ck_assert_int_eq(h->world_size, 8);
	ck_assert_str_eq(h->runtime_version, "12080");
	ck_assert_uint_eq(h->ndevices, 1);
	ck_assert_str_eq(h->devices[0].name, "Some GPU");
	ck_assert_uint_eq(h->calls, 2);
	ck_assert_uint_eq(h->nprocesses, 1);
	ck_assert_uint_eq(h->processes[0].pid, 77);
	ck_assert_str_eq(h->processes[0].name, "python");
	ck_assert_uint_eq(h->start_realtime_ns, 1735689600000010002);
	ck_assert(h->complete);

	ck_assert(rd_next(trace, &event));
	ck_assert_int_eq(event.type, CT_EVENT_THREAD);
	ck_assert_str_eq(event.thread_name, "loader \u00e9");
	ck_assert(rd_next(trace, &event));
	ck_assert_str_eq(event.name, "cudaMalloc");
	ck_assert_uint_eq(event.start_ns, 1735689600000010002);
	ck_assert_uint_eq(event.end_ns - event.start_ns, 2000);
	ck_assert_uint_eq(event.tid, 78);
	ck_assert_uint_eq(event.correlation, 8);
	ck_assert_uint_eq(event.nargs, 0);
	ck_assert_str_eq(event.result_kind, "");
	ck_assert(rd_next(trace, &event));
	ck_assert_str_eq(event.name, "cudaLaunchKernel");
	ck_assert_uint_eq(event.end_ns - event.start_ns, 4125);
	ck_assert(!rd_next(trace, &event));
	ck_assert_ptr_null(rd_damage(trace));
}
END_TEST

/* The same events, each layout that a writer may choose. */
START_TEST(the_layout_does_not_matter)
{
	const char *pretty = HEAD CALL("cudaMalloc", 1, 2, 78, 8) ",\n" OTHERS TAIL;
	char *line = strdup(pretty);
	size_t n = 0;

	for (const char *at = pretty; *at; at++) {
		if (*at != '\n')
			line[n++] = *at;
	}
	line[n] = '\0';
	open_text(line);
	ck_assert_str_eq(fx_call(trace, "cudaMalloc")->name, "cudaMalloc");
	ck_assert_str_eq(rd_header(trace)->processes[0].name, "python");
	free(line);
	teardown();
	/* A bare list, and times since 1970. */
	open_text("[" CALL("cudaMalloc", 1735689600000000.25, 2, 78, 8) "]");
	ck_assert_uint_eq(fx_call(trace, "cudaMalloc")->start_ns, 1735689600000000250);
	ck_assert_uint_eq(rd_header(trace)->lacks & CT_LACKS_REALTIME, 0);
	teardown();
	open_text("[" CALL("cudaMalloc", 5, 2, 78, 8) "]");
	ck_assert_uint_ne(rd_header(trace)->lacks & CT_LACKS_REALTIME, 0);
}
END_TEST

START_TEST(names_lose_the_version_and_the_twin)
{
	const struct ct_event *e;

	open_text(HEAD CALL("cudaLaunchKernel_ptsz_v7000", 1, 1, 78, 1) "," CALL(
		"cudaMemcpy_v3020", 3, 1, 78, 2) "," CALL("cuMemAlloc_v2", 5, 1, 78, 3) TAIL);
	e = fx_call(trace, "cudaLaunchKernel");
	ck_assert_str_eq(e->entry, "cudaLaunchKernel_ptsz");
	ck_assert_uint_eq(e->flags, CT_EVENT_PER_THREAD);
	ck_assert_str_eq(fx_call(trace, "cudaMemcpy")->entry, "cudaMemcpy");
	ck_assert_str_eq(fx_call(trace, "cuMemAlloc_v2")->entry, "cuMemAlloc_v2");
}
END_TEST

/* What the driver does for a call of the runtime is that call's effect. */
START_TEST(calls_of_a_thread_nest)
{
	const struct ct_event *e;

	open_text(HEAD CALL("cudaMemcpy", 0, 10, 78, 1) "," CALL("cuInit", 5, 6, 78, 2) "," CALL(
		"cuInit", 5, 6, 79, 3) TAIL);
	e = fx_call(trace, "cuInit");
	ck_assert_uint_eq(e->end_ns, 1735689600000010001);
	ck_assert_uint_eq(e->flags, CT_EVENT_INTERNAL);
	e = fx_call(trace, "cuInit");
	ck_assert_uint_eq(e->end_ns, 1735689600000011001);
	ck_assert_uint_eq(e->flags, 0);
}
END_TEST

START_TEST(times_are_exact_and_round_below_a_nanosecond)
{
	open_text(HEAD CALL("a", 0.0004, 1e3, 78, 1) "," CALL("b", 1.0005, 0.9996, 78, 1) "," CALL(
		"c", "2000", 1, 78, 1) TAIL);
	ck_assert_uint_eq(fx_call(trace, "a")->start_ns, 1735689600000000001);
	ck_assert_uint_eq(fx_call(trace, "b")->start_ns, 1735689600000001002);
	ck_assert(rd_next(trace, &event));
	ck_assert_uint_eq(event.start_ns, 1735689600002000001);
}
END_TEST

/* Times before the beginning of time, and a beginning that is none: the order and lengths hold. */
START_TEST(times_that_cannot_be_are_counted_from_the_first_call)
{
	const char *const spoilt[] = {
		"[" CALL("a", -5, 10, 78, 1) "," CALL("b", 20, 2, 78, 2) "]",
		"{\"traceEvents\": [" CALL("a", 1, 10, 78, 1) "," CALL(
			"b", 26, 2, 78, 2) "], \"baseTimeNanoseconds\": -2}",
	};

	for (size_t i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
		open_text(spoilt[i]);
		ck_assert_uint_ne(rd_header(trace)->lacks & CT_LACKS_REALTIME, 0);
		ck_assert(rd_next(trace, &event));
		ck_assert_uint_eq(event.start_ns, 0);
		ck_assert_uint_eq(event.end_ns, 10000);
		ck_assert(rd_next(trace, &event));
		ck_assert_uint_eq(event.start_ns, 25000);
		teardown();
	}
}
END_TEST

START_TEST(a_device_of_many_properties_takes_no_square_of_time)
{
	const size_t count = 150000;
	char *text = malloc(count * 24 + 8192), *at = text;

	at += sprintf(at, "{\"traceEvents\": [" CALL("cudaMalloc", 1, 2, 78, 8) "], ");
	at += sprintf(at, "\"deviceProperties\": [{\"id\": 0");
	for (size_t i = 0; i < count; i++)
		at += sprintf(at, ",\"p%zu\":%zu", i, i);
	strcpy(at, "}]}");
	alarm(3);
	open_text(text);
	ck_assert_uint_eq(rd_header(trace)->devices[0].nproperties, count);
	alarm(0);
	free(text);
}
END_TEST

/* As deep as it likes, but not as deep as the stack. */
START_TEST(a_million_lists_of_events_are_read)
{
	static const char list[] = "\"traceEvents\":[],";
	const size_t count = 1000000, length = sizeof(list) - 1;
	char *text = malloc(count * length + 8192);
	size_t used = 1;

	text[0] = '{';
	for (size_t i = 0; i < count; i++, used += length)
		memcpy(text + used, list, length);
	strcpy(text + used, "\"traceEvents\": [" CALL("cudaMalloc", 1, 2, 78, 8) "]}");
	open_text(text);
	ck_assert_str_eq(fx_call(trace, "cudaMalloc")->name, "cudaMalloc");
	free(text);
}
END_TEST

START_TEST(what_is_cut_off_or_spoilt_is_said)
{
	const char *whole = HEAD CALL("cudaMalloc", 1, 2, 78, 8) "," OTHERS "," CALL("cudaFree", 5,
										     2, 78, 9) TAIL;
	const char *const spoilt[] = {
		HEAD "{\"ph\" \"X\"}," CALL("cudaFree", 5, 2, 78, 9) TAIL,
		HEAD CALL("cudaMalloc", soon, 2, 78, 8) "," CALL("cudaFree", 5, 2, 78, 9) TAIL,
		HEAD CALL("cudaMalloc", 1, 2, main, 8) "," CALL("cudaFree", 5, 2, 78, 9) TAIL,
		HEAD CALL("", 1, 2, 78, 8) "," CALL("cudaFree", 5, 2, 78, 9) TAIL,
	};
	struct rd_error error;
	size_t size;

	for (size = strlen(HEAD CALL("cudaMalloc", 1, 2, 78, 8)); size < strlen(whole) - 2;
	     size += 7) {
		trace = fx_open_bytes(whole, size, &error);
		ck_assert_ptr_nonnull(trace);
		ck_assert_str_eq(fx_call(trace, "cudaMalloc")->name, "cudaMalloc");
		ck_assert_ptr_nonnull(rd_damage(trace));
		ck_assert(!rd_header(trace)->complete);
		teardown();
	}
	for (size_t i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
		open_text(spoilt[i]);
		ck_assert_ptr_nonnull(rd_damage(trace));
		ck_assert_ptr_nonnull(strstr(rd_damage(trace)->text, "an event"));
		ck_assert_str_eq(fx_call(trace, "cudaFree")->name, "cudaFree");
		teardown();
	}
}
END_TEST

START_TEST(a_compressed_trace_is_read_and_one_that_was_cut_is_damaged)
{
	const char *text = HEAD CALL("cudaMalloc", 1, 2, 78, 8) TAIL;
	char path[] = "/tmp/curtrace-check.XXXXXX";
	struct rd_error error = { .text = "" };
	gzFile file = gzdopen(mkstemp(path), "wb");
	FILE *packed;
	char *data;
	size_t size;

	ck_assert_int_gt(gzputs(file, text), 0);
	gzclose(file);
	trace = rd_open(path, &error);
	ck_assert_msg(trace != NULL, "%s", error.text);
	ck_assert_uint_eq(fx_call(trace, "cudaMalloc")->correlation, 8);
	teardown();
	packed = fopen(path, "rb");
	data = fx_read_file(fileno(packed), &size);
	fclose(packed);
	trace = fx_open_bytes(data, size - 12, &error);
	ck_assert_ptr_nonnull(trace);
	ck_assert_ptr_nonnull(rd_damage(trace));
	free(data);
	unlink(path);
}
END_TEST

START_TEST(other_json_is_refused)
{
	expect_refused("[1, 2]", "not a trace of curtrace");
	expect_refused("{\"traceEvents\": []}", "not a trace of curtrace");
	expect_refused("{\"traceEvents\": [{\"ph\": \"X\", \"cat\": \"gpu\", \"name\": \"x\", "
		       "\"pid\": 1, \"tid\": 1, \"ts\": 1, \"dur\": 1}]}",
		       "not a trace of curtrace");
	/* One of a profiler that has seen no CUDA is a trace, and says so. */
	open_text("{\"baseTimeNanoseconds\": 1, \"traceEvents\": []}");
	ck_assert(!rd_next(trace, &event));
	ck_assert_str_eq(rd_header(trace)->warnings[0].code, "no-calls");
}
END_TEST

/* ---- the parts ----------------------------------------------------------------------------- */

/* Any bytes end, and no piece lies outside of them. */
START_TEST(the_splitter_ends_on_any_text)
{
	const char alphabet[] = "{}[]\",:\\ a1\n";
	char path[] = "/tmp/curtrace-check.XXXXXX";
	unsigned int state = 1;
	int fd = mkstemp(path);
	char text[64];

	unlink(path);
	for (int round = 0; round < 2000; round++) {
		struct rd_split split = { 0 };
		enum rd_piece piece;
		int pieces = 0;

		text[0] = round % 2 ? '{' : '[';
		for (size_t i = 1; i < sizeof(text); i++) {
			state = state * 1103515245 + 12345;
			text[i] = alphabet[(state >> 16) % (sizeof(alphabet) - 1)];
		}
		ck_assert_int_eq(pwrite(fd, text, sizeof(text), 0), sizeof(text));
		lseek(fd, 0, SEEK_SET);
		split.file = gzdopen(dup(fd), "rb");
		do {
			struct rd_slice name, value;
			struct rd_walk walk;

			piece = rd_split_next(&split);
			if (piece == RD_PIECE_EVENT || piece == RD_PIECE_MEMBER) {
				ck_assert_uint_gt(split.value.length, 0);
				rd_walk_begin(&walk, split.value);
				while (rd_walk_next(&walk, &name, &value))
					ck_assert(value.at + value.length <=
						  split.value.at + split.value.length);
			}
			ck_assert_int_lt(++pieces, 100);
		} while (piece >= RD_PIECE_EVENT);
		gzclose(split.file);
		rd_split_free(&split);
	}
	close(fd);
}
END_TEST

/* One more or less than what fits into memory, and the order is the same. */
START_TEST(sorting_in_parts_gives_the_same_order)
{
	for (size_t limit = 1; limit < 70; limit += 13) {
		struct rd_sort sort = { .limit = limit };
		struct rd_foreign_call call = { 0 }, last = { .start_ns = INT64_MIN };
		uint64_t seen = 0;

		for (uint64_t i = 0; i < 64; i++) {
			call.start_ns = (int64_t)(i * 37 % 64 / 2) - 5;
			call.end_ns = call.start_ns + (int64_t)(i % 3);
			call.number = i;
			rd_sort_add(&sort, &call);
		}
		ck_assert_int_eq(rd_sort_finish(&sort), 0);
		while (rd_sort_next(&sort, &call)) {
			ck_assert(call.start_ns > last.start_ns ||
				  (call.start_ns == last.start_ns &&
				   (call.end_ns < last.end_ns ||
				    (call.end_ns == last.end_ns && call.number > last.number))));
			last = call;
			seen++;
		}
		ck_assert_uint_eq(seen, 64);
		ck_assert_int_eq(sort.error, 0);
		rd_sort_free(&sort);
	}
}
END_TEST

START_TEST(no_room_to_sort_in_is_an_error)
{
	struct rd_sort sort = { .limit = 4 };
	struct rd_foreign_call call = { 0 };

	setenv("TMPDIR", "/nowhere", 1);
	for (int i = 0; i < 20; i++)
		rd_sort_add(&sort, &call);
	ck_assert_int_ne(rd_sort_finish(&sort), 0);
	rd_sort_free(&sort);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reader/foreign");
	TCase *tc = tcase_create("kineto");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, calls_come_in_order_of_time_with_what_the_trace_holds);
	tcase_add_test(tc, the_layout_does_not_matter);
	tcase_add_test(tc, names_lose_the_version_and_the_twin);
	tcase_add_test(tc, calls_of_a_thread_nest);
	tcase_add_test(tc, times_are_exact_and_round_below_a_nanosecond);
	tcase_add_test(tc, times_that_cannot_be_are_counted_from_the_first_call);
	tcase_add_test(tc, a_device_of_many_properties_takes_no_square_of_time);
	tcase_add_test(tc, a_million_lists_of_events_are_read);
	tcase_add_test(tc, what_is_cut_off_or_spoilt_is_said);
	tcase_add_test(tc, a_compressed_trace_is_read_and_one_that_was_cut_is_damaged);
	tcase_add_test(tc, other_json_is_refused);
	suite_add_tcase(suite, tc);
	tc = tcase_create("parts");
	tcase_add_test(tc, the_splitter_ends_on_any_text);
	tcase_add_test(tc, sorting_in_parts_gives_the_same_order);
	tcase_add_test(tc, no_room_to_sort_in_is_an_error);
	suite_add_tcase(suite, tc);
	return fx_run(suite);
}
