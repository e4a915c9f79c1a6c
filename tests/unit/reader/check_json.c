/* SPDX-License-Identifier: Apache-2.0 */
/* Reading JSON traces: what was written comes back, and damage is found. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/reader/fixture.h"
#include "write/json.h"

static char *text;
static size_t size;
static struct rd_trace *trace;
static struct ct_event event;

/* A built trace as JSON, in text. */
static void write_json(const struct trace_builder *b, bool gz)
{
	struct rd_trace *native = fx_open(b);
	FILE *file = tmpfile();
	struct wr_json *json = wr_json_open(fileno(file), gz);

	ck_assert_int_eq(wr_json_header(json, rd_header(native)), 0);
	while (rd_next(native, &event))
		ck_assert_int_eq(wr_json_event(json, &event), 0);
	ck_assert_int_eq(wr_json_end(json), 0);
	rd_close(native);
	free(text);
	text = fx_read_file(fileno(file), &size);
	fclose(file);
}

static void setup(void)
{
	struct trace_builder b = { 0 };

	tb_sample(&b);
	write_json(&b, false);
	tb_free(&b);
}

static void teardown(void)
{
	rd_close(trace);
	trace = NULL;
	free(text);
	text = NULL;
}

static void open_text(void)
{
	struct rd_error error = { .text = "" };

	trace = fx_open_bytes(text, size, &error);
	ck_assert_msg(trace != NULL, "%s", error.text);
}

static int count_events(void)
{
	int n = 0;

	while (rd_next(trace, &event))
		n++;
	return n;
}

static void expect_refused(const char *json, const char *why)
{
	struct rd_error error = { .text = "" };

	ck_assert_ptr_null(fx_open_bytes(json, strlen(json), &error));
	ck_assert_msg(strstr(error.text, why) != NULL, "%s", error.text);
}

START_TEST(the_header_comes_back)
{
	const struct ct_header *h;

	open_text();
	h = rd_header(trace);
	ck_assert_str_eq(h->command, "./app --size 10");
	ck_assert_uint_eq(h->start_realtime_ns, TB_REALTIME);
	ck_assert_int_eq(h->exit_status, 9);
	ck_assert_str_eq(h->driver_version, "13010");
	ck_assert_uint_eq(h->calls, 28);
	ck_assert_uint_eq(h->nprocesses, 2);
	ck_assert_str_eq(h->processes[1].name, "chi\033ld");
	ck_assert_uint_eq(h->processes[0].lost, 15);
	ck_assert_uint_eq(h->ndevices, 1);
	ck_assert_str_eq(h->devices[0].property_values[0], "150754820096");
	ck_assert_str_eq(h->warnings[0].code, "loss");
	ck_assert_uint_eq(h->nfacts, 3);
	ck_assert(h->complete);
}
END_TEST

START_TEST(every_event_comes_back_in_order)
{
	open_text();
	ck_assert_int_eq(count_events(), 17);
	ck_assert_ptr_null(rd_damage(trace));
}
END_TEST

START_TEST(times_come_back_to_the_nanosecond)
{
	const struct ct_event *e;

	open_text();
	e = fx_call(trace, "cudaMalloc");
	ck_assert_uint_eq(e->start_ns, TB_REALTIME + 10000);
	ck_assert_uint_eq(e->end_ns, TB_REALTIME + 25500);
	e = fx_call(trace, "function_4000");
	ck_assert_uint_eq(e->end_ns - e->start_ns, 1);
}
END_TEST

START_TEST(arguments_come_back_as_what_they_look_like)
{
	const struct ct_event *e;

	open_text();
	e = fx_call(trace, "cudaMemcpyAsync");
	ck_assert_uint_eq(fx_arg(e, "dst")->value.u, 0x7f0000000000);
	ck_assert_int_eq(fx_arg(e, "count")->value.i, 4096);
	ck_assert_str_eq(fx_arg(e, "kind")->text, "cudaMemcpyHostToDevice");
	ck_assert_uint_eq(fx_arg(e, "stream")->value.u, 2);
	ck_assert_uint_eq(fx_call(trace, "cudaLaunchKernel")->nargs, 6);
	e = fx_call(trace, "cudaLaunchKernel");
	ck_assert_int_eq(fx_arg(e, "func")->kind, CT_KIND_KERNEL);
	ck_assert_str_eq(fx_arg(e, "func")->label, "void axpy<float>(float\\*, \"x\")");
	ck_assert_uint_eq(fx_arg(e, "gridDim")->value.xyz[0], 8);
}
END_TEST

START_TEST(results_and_flags_come_back)
{
	const struct ct_event *e;

	open_text();
	fx_call(trace, "cudaMalloc");
	e = fx_call(trace, "cudaMalloc");
	ck_assert_uint_eq(e->flags, CT_EVENT_FAILED);
	ck_assert_int_eq(e->result, 2);
	ck_assert_str_eq(e->result_name, "cudaErrorMemoryAllocation");
	ck_assert_str_eq(fx_call(trace, "cudaMemcpyAsync")->entry, "cudaMemcpyAsync_ptsz");
	fx_call(trace, "cudaLaunchKernel");
	ck_assert_uint_eq(fx_call(trace, "cudaLaunchKernel")->flags, CT_EVENT_WAITED);
	ck_assert_uint_eq(fx_call(trace, "cudaEventQuery")->flags, CT_EVENT_EXPECTED);
	ck_assert_str_eq(fx_call(trace, "__cudaRegisterFatBinaryEnd")->result_kind, "void");
	ck_assert_uint_eq(fx_call(trace, "cudaDeviceSynchronize")->flags, CT_EVENT_IN_FLIGHT);
}
END_TEST

START_TEST(threads_losses_and_callers_come_back)
{
	const struct ct_event *e;

	open_text();
	e = fx_call(trace, "cudaMalloc");
	ck_assert_str_eq(e->thread_name, "app");
	ck_assert_str_eq(e->caller_module, "app");
	ck_assert_uint_eq(e->caller_offset, 0x1200);
	while (rd_next(trace, &event) && event.type != CT_EVENT_LOSS)
		continue;
	ck_assert_uint_eq(event.lost_full, 12);
	ck_assert_uint_eq(event.end_ns, TB_REALTIME + 29000);
	ck_assert_str_eq(event.thread_name, "wo\033]0;rk\"er");
	e = fx_call(trace, "cudaLaunchKernel");
	ck_assert_uint_eq(e->process, 1);
}
END_TEST

START_TEST(what_was_read_is_written_the_same_again)
{
	FILE *file = tmpfile();
	struct wr_json *json = wr_json_open(fileno(file), false);
	char *again;
	size_t length;

	open_text();
	wr_json_header(json, rd_header(trace));
	while (rd_next(trace, &event))
		wr_json_event(json, &event);
	ck_assert_int_eq(wr_json_end(json), 0);
	again = fx_read_file(fileno(file), &length);
	ck_assert_str_eq(again, text);
	free(again);
	fclose(file);
}
END_TEST

START_TEST(a_compressed_trace_is_read_alike)
{
	struct trace_builder b = { 0 };

	tb_sample(&b);
	write_json(&b, true);
	tb_free(&b);
	ck_assert_uint_eq((unsigned char)text[0], 0x1f);
	open_text();
	ck_assert_int_eq(count_events(), 17);
	ck_assert_ptr_null(rd_damage(trace));
}
END_TEST

START_TEST(a_compressed_trace_that_is_cut_says_so)
{
	struct trace_builder b = { 0 };

	tb_sample(&b);
	write_json(&b, true);
	tb_free(&b);
	size -= 12;
	open_text();
	count_events();
	ck_assert_ptr_nonnull(rd_damage(trace));
	ck_assert(!rd_header(trace)->complete);
}
END_TEST

START_TEST(a_trace_cut_at_any_byte_gives_what_is_whole)
{
	struct rd_error error;
	size_t whole = size, events = (size_t)(strstr(text, "\"traceEvents\": [") - text);
	int n, last = 0;

	for (size = 1; size < whole - 2; size += 7) {
		trace = fx_open_bytes(text, size, &error);
		ck_assert_int_eq(trace != NULL, size >= events + strlen("\"traceEvents\": ["));
		if (!trace)
			continue;
		ck_assert(!rd_header(trace)->complete);
		n = count_events();
		ck_assert_ptr_nonnull(rd_damage(trace));
		ck_assert_int_ge(n, last);
		last = n;
		rd_close(trace);
		trace = NULL;
	}
	ck_assert_int_ge(last, 16);
}
END_TEST

START_TEST(a_spoilt_line_costs_itself_only)
{
	char *line = strstr(text, "{\"ph\":\"X\"");

	line[1] = '!';
	open_text();
	ck_assert_int_eq(count_events(), 16);
	ck_assert_uint_ge(rd_damage(trace)->offset, (uint64_t)(line - text));
	ck_assert_uint_lt(rd_damage(trace)->offset, (uint64_t)(line - text) + 10);
}
END_TEST

START_TEST(something_behind_the_end_is_damage)
{
	text = realloc(text, size + 32);
	strcpy(text + size, "{\"ph\":\"X\"}\n");
	size = strlen(text);
	open_text();
	ck_assert_int_eq(count_events(), 17);
	ck_assert_ptr_nonnull(strstr(rd_damage(trace)->text, "behind the end"));
}
END_TEST

START_TEST(flipped_bytes_do_no_harm)
{
	struct rd_error error;
	char kept;

	for (size_t at = 0; at < size; at += 3) {
		kept = text[at];
		text[at] = (char)(kept ^ (1 << at % 8));
		trace = fx_open_bytes(text, size, &error);
		if (trace)
			count_events();
		rd_close(trace);
		trace = NULL;
		text[at] = kept;
	}
}
END_TEST

START_TEST(hostile_values_do_no_harm)
{
	static const char *const lines[] = {
		"{\"ph\":\"X\",\"cat\":\"cuda_runtime\",\"name\":\"a\",\"pid\":-1,\"tid\":1e300,"
		"\"ts\":1e300,\"dur\":-1e300,\"args\":{\"a\":1e400,\"b\":[1,2],\"c\":[1,2,3,4],"
		"\"d\":{},\"e\":null,\"f\":[-1,0,1],\"caller\":7,\"api\":[],\"result\":{}}}",
		"{\"ph\":\"X\",\"cat\":\"cuda_runtime\",\"name\":\"b\",\"args\":{\"kernel\":\"k\","
		"\"caller\":\"+\",\"result\":1e99,\"result_code\":-1e99,\"x\":\"0x\","
		"\"y\":\"0x11112222333344445\",\"\":\"\",\"_\":\"_\"}}",
		"{\"ph\":\"X\",\"cat\":\"cuda_runtime\",\"name\":\"c\",\"args\":7}",
		"{\"ph\":\"i\",\"name\":\"lost calls\"}",
		"{\"ph\":\"M\",\"name\":\"thread_name\"}",
		"{\"ph\":7,\"name\":7}",
		"{}",
	};
	char *events = strstr(text, "\"traceEvents\": [") + strlen("\"traceEvents\": [");
	char *made = malloc((size_t)(events - text) + 4096);
	size_t at = (size_t)(events - text);

	memcpy(made, text, at);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		at += (size_t)sprintf(made + at, "\n%s,", lines[i]);
	at += (size_t)sprintf(made + at, "\n]}\n");
	free(text);
	text = made;
	size = at;
	open_text();
	ck_assert_int_eq(count_events(), 5);
	ck_assert_ptr_null(rd_damage(trace));
}
END_TEST

START_TEST(an_event_with_too_many_arguments_is_cut)
{
	char *events = strstr(text, "\"traceEvents\": [") + strlen("\"traceEvents\": [");
	char *made = malloc((size_t)(events - text) + 4096);
	size_t at = (size_t)(events - text);

	memcpy(made, text, at);
	at += (size_t)sprintf(made + at, "\n{\"ph\":\"X\",\"cat\":\"cuda_runtime\","
					 "\"name\":\"a\",\"args\":{\"first\":0");
	for (int i = 0; i < 100; i++)
		at += (size_t)sprintf(made + at, ",\"a%d\":%d", i, i);
	at += (size_t)sprintf(made + at, "}}\n]}\n");
	free(text);
	text = made;
	size = at;
	open_text();
	ck_assert(rd_next(trace, &event));
	ck_assert_uint_eq(event.nargs, CT_MAX_ARGS);
}
END_TEST

START_TEST(other_json_is_refused)
{
	expect_refused("{}", "no line");
	expect_refused("{\"schemaVersion\": 1,\n\"traceEvents\": [\n]}\n",
		       "not a trace of curtrace");
	expect_refused("{\"otherData\": {\"tool\": \"other\"},\n\"traceEvents\": [\n]}\n",
		       "not a trace of curtrace");
	expect_refused("{\"otherData\": {tool\n\"traceEvents\": [\n]}\n", "not valid JSON");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reader/json");
	TCase *t = tcase_create("json");

	suite_add_tcase(suite, t);
	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, the_header_comes_back);
	tcase_add_test(t, every_event_comes_back_in_order);
	tcase_add_test(t, times_come_back_to_the_nanosecond);
	tcase_add_test(t, arguments_come_back_as_what_they_look_like);
	tcase_add_test(t, results_and_flags_come_back);
	tcase_add_test(t, threads_losses_and_callers_come_back);
	tcase_add_test(t, what_was_read_is_written_the_same_again);
	tcase_add_test(t, a_compressed_trace_is_read_alike);
	tcase_add_test(t, a_compressed_trace_that_is_cut_says_so);
	tcase_add_test(t, a_trace_cut_at_any_byte_gives_what_is_whole);
	tcase_add_test(t, a_spoilt_line_costs_itself_only);
	tcase_add_test(t, something_behind_the_end_is_damage);
	tcase_add_test(t, flipped_bytes_do_no_harm);
	tcase_add_test(t, hostile_values_do_no_harm);
	tcase_add_test(t, an_event_with_too_many_arguments_is_cut);
	tcase_add_test(t, other_json_is_refused);
	return fx_run(suite);
}
