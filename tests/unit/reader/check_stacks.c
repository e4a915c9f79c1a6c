/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks and the names of places: from the native trace, and by way of JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/reader/fixture.h"
#include "write/json.h"

static struct trace_builder b;

static void teardown(void)
{
	tb_free(&b);
	b = (struct trace_builder){ .data = NULL };
}

/* ---- a trace with stacks ------------------------------------------------------------------- */

static void add_stacks(uint32_t process, uint64_t first, const uint64_t *words, size_t n)
{
	const struct ctr_chunk_stacks head = { .process = process, .first = first };

	tb_chunk_begin(&b, CTR_CHUNK_STACKS);
	tb_raw(&b, &head, sizeof(head));
	tb_raw(&b, words, n * sizeof(*words));
	tb_chunk_end(&b);
}

static void add_symbols(uint32_t process, const char *text)
{
	const struct ctr_chunk_defs head = { .process = process };

	tb_chunk_begin(&b, CTR_CHUNK_SYMBOLS);
	tb_raw(&b, &head, sizeof(head));
	tb_raw(&b, text, strlen(text));
	tb_chunk_end(&b);
}

static void begin(void)
{
	tb_begin(&b);
	tb_prologue(&b);
	tb_process(&b, 100, "app");
	tb_maps(&b, 0,
		"400000-402000 r-xp 00000000 08:01 17 /opt/app\n"
		"500000-502000 r-xp 00001000 08:01 18 /usr/lib/libfoo.so.1\n");
}

/* A call of one cell and, if `stack` is not 0, the cell with it. */
static void add_call(uint64_t start, uint64_t stack)
{
	struct {
		struct ctr_cell call;
		struct ctr_cell_stack stack;
	} record = { .stack = { .stack = stack } };

	tb_call(&b, &(struct tb_call){
			    .function = TB_SYNCHRONIZE,
			    .flags = CTR_CELL_OUTPUTS | (stack ? CTR_CELL_STACK : 0),
			    .start = start,
			    .end = start + 10,
			    .caller = 0x400100,
			    .payload = record.call.payload,
			    .size = stack ? sizeof(record) - CTR_CELL_HEAD_SIZE : 0,
		    });
}

#define HEAD(n) (CTR_STACK_HEAD | (n))

/* Two stacks that share the two frames at the bottom, then one that was never finished. */
static const uint64_t words[] = { 0,       HEAD(3),  0x400100, 0x400200, 0x400300,
				  HEAD(3), 0x500800, 0x400200, 0x400300, 0,
				  0x1234,  HEAD(1),  0x999999 };

static void build(void)
{
	begin();
	tb_cells(&b, 0, 0);
	tb_thread(&b, 1000, 101, "main");
	add_call(2000, 1);
	add_call(3000, 5);
	add_call(4000, 0);
	add_call(5000, 11);
	add_call(6000, 9);
	add_call(7000, 1ull << 50);
	tb_cells_end(&b);
	add_stacks(0, 0, words, sizeof(words) / sizeof(words[0]));
	add_symbols(0, "m 0badc0de /opt/app\n"
		       "s 400100 1a inner\ns 400200 5 _ZN3sim4stepEi\n"
		       "nonsense\ns zz 1 x\ns 400300\n"
		       "s 400300 41 main\n");
	tb_end(&b, "{}");
}

/* Frames of the next call, innermost first, as "function+offset@module+offset ". */
static const char *next_stack(struct rd_trace *trace)
{
	const struct ct_header *header = rd_header(trace);
	const struct ct_event *event = fx_call(trace, "cudaDeviceSynchronize");
	static char text[1024];
	size_t size = 0;

	text[0] = '\0';
	for (uint32_t n = event->stack; n; n = header->frames[n - 1].parent) {
		const struct ct_frame *frame = &header->frames[n - 1];
		const char *slash = frame->module ? strrchr(frame->module, '/') : NULL;

		ck_assert_uint_le(n, header->nframes);
		ck_assert_uint_lt(frame->parent, n);
		size += (size_t)snprintf(text + size, sizeof(text) - size, "%s+%llx@%s+%llx ",
					 frame->function ? frame->function : "",
					 (unsigned long long)frame->function_offset,
					 slash           ? slash + 1
					 : frame->module ? frame->module
							 : "",
					 (unsigned long long)(frame->module ? frame->offset
									    : frame->address));
	}
	return text;
}

/* What every form of the trace must say. */
static void expect_stacks(struct rd_trace *trace)
{
	ck_assert_str_eq(next_stack(trace),
			 "inner+1a@app+100 sim::step(int)+5@app+200 main+41@app+300 ");
	ck_assert_str_eq(next_stack(trace),
			 "+0@libfoo.so.1+1800 sim::step(int)+5@app+200 main+41@app+300 ");
	ck_assert_str_eq(next_stack(trace), "");
	ck_assert_str_eq(next_stack(trace), "+0@+999999 ");
	/* In the midst of what was not finished, and nowhere. */
	ck_assert_str_eq(next_stack(trace), "");
	ck_assert_str_eq(next_stack(trace), "");
}

START_TEST(stacks_are_a_tree_of_named_frames)
{
	struct rd_trace *trace;

	build();
	trace = fx_open(&b);
	/* The shared frames are there once. */
	ck_assert_uint_eq(rd_header(trace)->nframes, 5);
	expect_stacks(trace);
	ck_assert_ptr_null(rd_damage(trace));
	rd_close(trace);
}
END_TEST

START_TEST(a_caller_has_its_function)
{
	struct rd_trace *trace;
	const struct ct_event *event;

	build();
	trace = fx_open(&b);
	event = fx_call(trace, "cudaDeviceSynchronize");
	ck_assert_str_eq(event->caller_function, "inner");
	ck_assert_uint_eq(event->caller_function_offset, 0x1a);
	ck_assert_str_eq(event->caller_module, "/opt/app");
	ck_assert_uint_eq(event->caller_offset, 0x100);
	rd_close(trace);
}
END_TEST

START_TEST(json_has_the_same_stacks)
{
	char path[] = "/tmp/curtrace-stacks-XXXXXX";
	static struct ct_event event;
	struct rd_trace *trace;
	struct rd_error error;
	struct wr_json *json;
	int fd = mkstemp(path);
	const struct ct_event *first;

	build();
	trace = fx_open(&b);
	json = wr_json_open(fd, false);
	ck_assert_int_eq(wr_json_header(json, rd_header(trace)), 0);
	while (rd_next(trace, &event))
		ck_assert_int_eq(wr_json_event(json, &event), 0);
	ck_assert_int_eq(wr_json_end(json), 0);
	rd_close(trace);
	close(fd);
	trace = rd_open(path, &error);
	ck_assert_ptr_nonnull(trace);
	expect_stacks(trace);
	ck_assert_ptr_null(rd_damage(trace));
	rd_close(trace);
	trace = rd_open(path, &error);
	first = fx_call(trace, "cudaDeviceSynchronize");
	ck_assert_str_eq(first->caller_function, "inner");
	ck_assert_uint_eq(first->caller_function_offset, 0x1a);
	rd_close(trace);
	unlink(path);
}
END_TEST

START_TEST(stacks_of_no_process_are_damage)
{
	struct rd_trace *trace;

	begin();
	add_stacks(7, 0, words, 3);
	tb_end(&b, "{}");
	trace = fx_open(&b);
	ck_assert_ptr_nonnull(rd_damage(trace));
	ck_assert_uint_eq(rd_header(trace)->nframes, 0);
	rd_close(trace);
}
END_TEST

/* A hostile file can make a stack as deep as it likes, but for what a stack can be. */
START_TEST(a_stack_deeper_than_any_is_none)
{
	static uint64_t deep[CTR_STACK_MAX_DEPTH + 10];
	struct rd_trace *trace;

	begin();
	deep[1] = HEAD(CTR_STACK_MAX_DEPTH + 1);
	tb_cells(&b, 0, 0);
	tb_thread(&b, 1000, 101, "main");
	add_call(2000, 1);
	tb_cells_end(&b);
	add_stacks(0, 0, deep, CTR_STACK_MAX_DEPTH + 10);
	tb_end(&b, "{}");
	trace = fx_open(&b);
	ck_assert_str_eq(next_stack(trace), "");
	rd_close(trace);
}
END_TEST

START_TEST(processes_have_stacks_of_their_own)
{
	struct rd_trace *trace;

	begin();
	tb_process(&b, 200, "other");
	tb_cells(&b, 0, 0);
	tb_thread(&b, 1000, 101, "main");
	add_call(2000, 1);
	tb_cells_end(&b);
	tb_cells(&b, 1, 0);
	tb_thread(&b, 1500, 201, "main");
	add_call(3000, 1);
	tb_cells_end(&b);
	add_stacks(0, 0, words, 5);
	add_stacks(1, 0, words, 5);
	add_symbols(0, "s 400100 1 of_the_first\n");
	add_symbols(1, "s 400100 2 of_the_second\n");
	tb_end(&b, "{}");
	trace = fx_open(&b);
	ck_assert_ptr_nonnull(strstr(next_stack(trace), "of_the_first+1@app"));
	ck_assert_ptr_nonnull(strstr(next_stack(trace), "of_the_second+2@+400100"));
	rd_close(trace);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stacks");
	TCase *tc = tcase_create("stacks");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, stacks_are_a_tree_of_named_frames);
	tcase_add_test(tc, a_caller_has_its_function);
	tcase_add_test(tc, json_has_the_same_stacks);
	tcase_add_test(tc, stacks_of_no_process_are_damage);
	tcase_add_test(tc, a_stack_deeper_than_any_is_none);
	tcase_add_test(tc, processes_have_stacks_of_their_own);
	suite_add_tcase(suite, tc);
	return fx_run(suite);
}
