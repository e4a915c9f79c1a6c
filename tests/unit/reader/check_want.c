/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a part only, of native traces and of JSON; and the windows in which a trace is read. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/reader/fixture.h"
#include "write/json.h"

static struct trace_builder b;
static struct ct_event event, other;

static void setup(void)
{
	b = (struct trace_builder){ 0 };
	tb_sample(&b);
}

static void teardown(void)
{
	tb_free(&b);
}

/* The sample in either form: what is asked for means the same in both. */
static struct rd_trace *open_sample(bool as_json)
{
	char path[] = "/tmp/curtrace-check.XXXXXX";
	struct rd_trace *trace = fx_open(&b), *again;
	struct rd_error error;
	struct wr_json *json;
	int fd;

	if (!as_json)
		return trace;
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	json = wr_json_open(fd, false);
	wr_json_header(json, rd_header(trace));
	while (rd_next(trace, &event))
		wr_json_event(json, &event);
	ck_assert_int_eq(wr_json_end(json), 0);
	rd_close(trace);
	close(fd);
	again = rd_open(path, &error);
	unlink(path);
	ck_assert_ptr_nonnull(again);
	return again;
}

/* What is always there, of each event of a trace that is read in part, and of it as a whole. */
static void same_but_for_the_rest(struct rd_trace *part, bool as_json)
{
	struct rd_trace *whole = open_sample(as_json);

	while (rd_next(whole, &event)) {
		ck_assert(rd_next(part, &other));
		ck_assert_str_eq(event.name, other.name);
		ck_assert_str_eq(event.entry, other.entry);
		ck_assert_str_eq(event.thread_name, other.thread_name);
		ck_assert_uint_eq(event.function, other.function);
		ck_assert_uint_eq(event.flags, other.flags);
		ck_assert_uint_eq(event.start_ns, other.start_ns);
		ck_assert_uint_eq(event.end_ns, other.end_ns);
		ck_assert_int_eq(event.result, other.result);
		ck_assert_uint_eq(event.tid, other.tid);
		ck_assert_uint_eq(event.process, other.process);
	}
	ck_assert(!rd_next(part, &other));
	rd_close(whole);
	rd_close(part);
}

START_TEST(what_is_always_there_does_not_depend_on_what_is_wanted)
{
	for (unsigned int want = 0; want <= RD_WANT_ALL; want++) {
		struct rd_trace *trace = open_sample(_i);

		rd_want(trace, want);
		same_but_for_the_rest(trace, _i);
	}
}
END_TEST

START_TEST(arguments_that_are_not_wanted_are_not_there)
{
	struct rd_trace *trace = open_sample(_i);

	rd_want(trace, RD_WANT_ALL & ~RD_WANT_ARGS);
	while (rd_next(trace, &event))
		ck_assert_uint_eq(event.nargs, 0);
	rd_close(trace);
}
END_TEST

START_TEST(without_labels_arguments_have_their_values)
{
	struct rd_trace *trace = open_sample(_i);
	const struct ct_event *call;

	rd_want(trace, RD_WANT_ARGS);
	call = fx_call(trace, "cudaLaunchKernel");
	ck_assert_uint_eq(fx_arg(call, "func")->value.u, 0x401136);
	ck_assert_ptr_null(fx_arg(call, "func")->label);
	ck_assert_ptr_null(fx_arg(call, "gridDim")->label);
	ck_assert_ptr_null(call->caller_module);
	rd_close(trace);
}
END_TEST

START_TEST(callers_alone_can_be_had)
{
	struct rd_trace *trace = open_sample(_i);
	const struct ct_event *call;

	rd_want(trace, RD_WANT_CALLER);
	call = fx_call(trace, "cudaMalloc");
	ck_assert_ptr_nonnull(strstr(call->caller_module, "app"));
	ck_assert_uint_eq(call->nargs, 0);
	rd_close(trace);
}
END_TEST

static unsigned int asked;

static bool is_launch(const char *function)
{
	asked++;
	return !strcmp(function, "cudaLaunchKernel");
}

START_TEST(arguments_can_be_had_of_some_functions)
{
	struct rd_trace *trace = open_sample(_i);
	unsigned int launches = 0, functions = 0;

	asked = 0;
	rd_want_args_of(trace, is_launch);
	while (rd_next(trace, &event)) {
		bool launch = !strcmp(event.name, "cudaLaunchKernel");

		launches += launch;
		ck_assert_int_eq(event.nargs > 0, launch);
		if (event.function > functions)
			functions = event.function;
	}
	ck_assert_uint_gt(launches, 0);
	/* Once for each that the trace describes. */
	ck_assert_uint_le(asked, functions);
	ck_assert_uint_ge(asked + 1, functions);
	rd_close(trace);
}
END_TEST

START_TEST(functions_are_numbered_as_they_are_met)
{
	struct rd_trace *trace = open_sample(_i);
	uint32_t most = 0;

	while (rd_next(trace, &event)) {
		if (event.type != CT_EVENT_CALL) {
			ck_assert_uint_eq(event.function, 0);
			continue;
		}
		ck_assert_uint_ge(event.function, 1);
		ck_assert_uint_le(event.function, most + 1);
		ck_assert_str_eq(rd_function_name(trace, event.function), event.name);
		most = event.function > most ? event.function : most;
	}
	ck_assert_ptr_null(rd_function_name(trace, most + 1));
	rd_close(trace);
}
END_TEST

/* ---- windows ------------------------------------------------------------------------------- */

#define CALLS 6000u

/* Calls of one or more cells, their first argument counting them, in chunks and rings by turns. */
static void build_calls(unsigned int in_chunk, unsigned int rings, bool packed)
{
	tb_free(&b);
	b = (struct trace_builder){ .packed = packed };
	tb_begin(&b);
	tb_prologue(&b);
	tb_process(&b, 100, "app");
	for (uint64_t i = 0; i < CALLS; i++) {
		uint64_t payload[12] = { i };

		if (i % in_chunk == 0) {
			/* What lies between chunks moves their cells off the boundary of a word. */
			if (i % 3 == 1)
				tb_text(&b, 63, "abc");
			tb_cells(&b, 0, (uint32_t)(i / in_chunk % rings));
		}
		tb_call(&b, &(struct tb_call){ .function = i % 5 ? TB_MEMCPY_ASYNC : TB_MALLOC,
					       .flags = CTR_CELL_OUTPUTS,
					       .start = 1000 * i,
					       .end = 1000 * i + 500,
					       .payload = payload,
					       .size = i % 5 ? sizeof(payload) : 16 });
		if (i % in_chunk == in_chunk - 1 || i == CALLS - 1)
			tb_cells_end(&b);
	}
	tb_end(&b, "{}");
}

static void expect_calls(struct rd_trace *trace)
{
	for (uint64_t i = 0; i < CALLS; i++) {
		ck_assert(rd_next(trace, &event));
		ck_assert_uint_eq(event.args[0].value.u, i);
		ck_assert_uint_eq(event.start_ns, TB_REALTIME + 1000 * i);
	}
	ck_assert(!rd_next(trace, &event));
	ck_assert_ptr_null(rd_damage(trace));
	rd_close(trace);
}

START_TEST(chunks_of_every_size_are_read)
{
	static const unsigned int sizes[] = { 1, 2, 7, 64, 1000, CALLS };
	static const unsigned int rings[] = { 1, 2, 8 };

	for (unsigned int i = 0; i < 6; i++) {
		for (unsigned int k = 0; k < 3; k++) {
			build_calls(sizes[i], rings[k], _i);
			expect_calls(fx_open(&b));
		}
	}
}
END_TEST

START_TEST(packed_records_are_the_same_ones)
{
	struct trace_builder packed = { .packed = true };
	struct rd_trace *trace;

	tb_sample(&packed);
	ck_assert_uint_lt(packed.size, b.size);
	trace = fx_open(&packed);
	ck_assert_ptr_null(rd_damage(trace));
	same_but_for_the_rest(trace, false);
	tb_free(&packed);
}
END_TEST

START_TEST(a_file_that_shrinks_while_it_is_read_is_no_harm)
{
	char path[] = "/tmp/curtrace-check.XXXXXX";
	struct rd_error error;
	struct rd_trace *trace;
	unsigned int n = 0;

	build_calls(1000, 2, _i);
	ck_assert_int_eq(close(mkstemp(path)), 0);
	ck_assert_int_eq(tb_save(&b, path), 0);
	trace = rd_open(path, &error);
	ck_assert_ptr_nonnull(trace);
	ck_assert_int_eq(truncate(path, (off_t)b.size / 2), 0);
	unlink(path);
	for (; rd_next(trace, &event); n++)
		ck_assert_uint_lt(event.args[0].value.u, CALLS);
	ck_assert_uint_lt(n, CALLS);
	ck_assert_ptr_nonnull(strstr(rd_damage(trace)->text, "changed"));
	rd_close(trace);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reader/want");
	TCase *part = tcase_create("part"), *windows = tcase_create("windows");

	tcase_add_checked_fixture(part, setup, teardown);
	tcase_add_loop_test(part, what_is_always_there_does_not_depend_on_what_is_wanted, 0, 2);
	tcase_add_loop_test(part, arguments_that_are_not_wanted_are_not_there, 0, 2);
	tcase_add_loop_test(part, without_labels_arguments_have_their_values, 0, 2);
	tcase_add_loop_test(part, callers_alone_can_be_had, 0, 2);
	tcase_add_loop_test(part, arguments_can_be_had_of_some_functions, 0, 2);
	tcase_add_loop_test(part, functions_are_numbered_as_they_are_met, 0, 2);
	suite_add_tcase(suite, part);
	tcase_add_checked_fixture(windows, setup, teardown);
	tcase_add_loop_test(windows, chunks_of_every_size_are_read, 0, 2);
	tcase_add_loop_test(windows, a_file_that_shrinks_while_it_is_read_is_no_harm, 0, 2);
	tcase_add_test(windows, packed_records_are_the_same_ones);
	suite_add_tcase(suite, windows);
	return fx_run(suite);
}
