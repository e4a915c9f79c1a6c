/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traces as sides of a comparison: two runs of one program with other addresses, handles, threads'
 * ids and interleaving are the same tokens, lane by lane.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/diff/side.h"
#include "unit/reader/fixture.h"
#include "write/json.h"

#define ROUNDS 20u

static struct trace_builder b;
static struct df_dictionary *dictionary;
static char path[2][32];

/* What two runs of one program have different, and what a test changes. */
struct how {
	uint64_t base;     /* of all addresses and handles */
	uint32_t tid;      /* of the main thread, which has its process's number */
	uint64_t pace;     /* ns between the worker's calls */
	uint64_t size;     /* of the allocation, bytes */
	uint32_t blocks;   /* of each launch */
	uint32_t losses;   /* of the worker */
	bool other_kernel; /* the worker's */
	bool profiled;
	bool cut;
};

static const struct how one = { 0x7f0000000000, 100, 1000, 4096, 8, 0, false, false, false };
static const struct how two = { 0x7a1200000000, 345, 3700, 4096, 8, 0, false, false, false };

struct launch {
	uint64_t func;
	uint32_t grid[3], block[3];
	uint64_t args, shared, stream;
};

struct copy {
	uint64_t to, from, bytes;
	uint32_t kind, unused;
	uint64_t stream;
};

static void add(uint16_t function, uint64_t at, const void *payload, size_t size)
{
	tb_call(&b, &(struct tb_call){ .function = function,
				       .flags = CTR_CELL_OUTPUTS,
				       .start = at,
				       .end = at + 100,
				       .caller = 0x401000,
				       .payload = payload,
				       .size = size });
}

/* A stream of its own, and launches on it. */
static void add_thread(const struct how *how, uint64_t start, uint64_t pace, uint64_t stream,
		       uint64_t kernel)
{
	const uint64_t made[] = { stream, 1 };
	const struct launch launch = {
		kernel, { how->blocks, 1, 1 }, { 32, 1, 1 }, how->base + 1, 0, stream
	};

	add(TB_STREAM_CREATE, start, made, 12);
	for (unsigned int i = 1; i <= ROUNDS; i++) {
		if (how->profiled && i == 6)
			add(TB_PROFILER_START, start + i * pace - 200, NULL, 0);
		add(TB_LAUNCH, start + i * pace, &launch, sizeof(launch));
		add(TB_EVENT_QUERY, start + i * pace + 150, &how->base, sizeof(how->base));
	}
}

static void build(const struct how *how)
{
	const uint64_t allocation[] = { how->base + 0x100000, how->size };
	struct copy copy = { how->base + 0x100010, how->base + 0x900000, 64, 1, 0, 0 };
	uint64_t kernel = how->base + 0x40;

	b = (struct trace_builder){ 0 };
	tb_begin(&b);
	tb_prologue(&b);
	tb_process(&b, how->tid, "train");
	tb_def(&b, 0, CTR_DEF_DEVICE, 0, 600, "name=Test GPU\n");
	tb_def(&b, 0, CTR_DEF_KERNEL, kernel, 1, "name=axpy<float>\n");
	tb_def(&b, 0, CTR_DEF_KERNEL, kernel + 8, 1, "name=scale\n");
	tb_cells(&b, 0, 0);
	tb_thread(&b, 900, how->tid, "train");
	add(TB_MALLOC, 1000, allocation, sizeof(allocation));
	copy.stream = how->base + 0x500;
	add_thread(how, 2000, 1000, how->base + 0x500, kernel);
	add(TB_MEMCPY_ASYNC, 2000 + 1000 * (ROUNDS + 2), &copy, sizeof(copy));
	tb_cells_end(&b);
	tb_cells(&b, 0, 1);
	tb_thread(&b, 2100, how->tid + 7, "pool-1");
	add_thread(how, 2200, how->pace, how->base + 0x600,
		   how->other_kernel ? kernel + 8 : kernel);
	if (how->losses)
		tb_loss(&b, 2300 + how->pace * ROUNDS, 2400 + how->pace * ROUNDS, how->losses, 0);
	tb_cells_end(&b);
	if (!how->cut)
		tb_end(&b, "{\"exit_status\":0}");
}

static struct df_side *load_with(const struct how *how, int which, const struct df_load *load,
				 char *why, size_t size)
{
	int fd;

	strcpy(path[which], "/tmp/curtrace-check.XXXXXX");
	fd = mkstemp(path[which]);
	ck_assert_int_ge(fd, 0);
	close(fd);
	build(how);
	ck_assert_int_eq(tb_save(&b, path[which]), 0);
	tb_free(&b);
	return df_side_load(path[which], load, dictionary, why, size);
}

static struct df_side *load(const struct how *how, int which)
{
	char why[256] = "";
	struct df_side *side = load_with(how, which, NULL, why, sizeof(why));

	ck_assert_msg(side != NULL, "%s", why);
	return side;
}

static void setup(void)
{
	dictionary = df_dictionary_new();
	path[0][0] = path[1][0] = '\0';
}

static void teardown(void)
{
	df_dictionary_free(dictionary);
	for (int i = 0; i < 2; i++) {
		if (path[i][0])
			unlink(path[i]);
	}
}

/* Calls of lane `lane` that are not the same; those that only one has as well. */
static size_t differences(const struct df_side *x, const struct df_side *y, size_t lane, bool shape)
{
	const struct df_lane *p = &x->lanes[lane], *q = &y->lanes[lane];
	size_t n = p->ncalls < q->ncalls ? p->ncalls : q->ncalls, i;
	size_t count = p->ncalls + q->ncalls - 2 * n;

	for (i = 0; i < n; i++)
		count += shape ? p->calls[i].shape != q->calls[i].shape
			       : p->calls[i].token != q->calls[i].token;
	return count;
}

/* ---- two runs ------------------------------------------------------------------------------ */

START_TEST(two_runs_of_a_program_are_the_same)
{
	struct df_side *x = load(&one, 0), *y = load(&two, 1);

	ck_assert_uint_eq(x->nlanes, 2);
	ck_assert_uint_eq(y->nlanes, 2);
	ck_assert_uint_eq(x->lanes[0].ncalls, 3 + 2 * ROUNDS);
	ck_assert_uint_eq(x->lanes[1].ncalls, 1 + 2 * ROUNDS);
	ck_assert_uint_eq(differences(x, y, 0, false), 0);
	ck_assert_uint_eq(differences(x, y, 1, false), 0);
	/* Both launch the same kernel in the same way, each on its own first stream. */
	ck_assert_uint_eq(x->lanes[0].calls[2].token, x->lanes[1].calls[1].token);
	ck_assert_uint_ne(x->lanes[0].calls[2].token, x->lanes[0].calls[3].token);
	df_side_free(x);
	df_side_free(y);
}
END_TEST

START_TEST(what_differs_differs_where_it_does)
{
	struct how how = two;
	struct df_side *x = load(&one, 0), *y;

	how.blocks = 9;
	y = load(&how, 1);
	ck_assert_uint_eq(differences(x, y, 0, false), ROUNDS);
	ck_assert_uint_eq(differences(x, y, 0, true), 0);
	df_side_free(y);
	unlink(path[1]);
	how = two;
	how.other_kernel = true;
	y = load(&how, 1);
	ck_assert_uint_eq(differences(x, y, 0, false), 0);
	ck_assert_uint_eq(differences(x, y, 1, false), ROUNDS);
	ck_assert_uint_eq(differences(x, y, 1, true), ROUNDS);
	df_side_free(y);
	unlink(path[1]);
	/* The allocation, and the copy into it. */
	how = two;
	how.size *= 2;
	y = load(&how, 1);
	ck_assert_uint_eq(differences(x, y, 0, false), 2);
	ck_assert_uint_eq(differences(x, y, 1, false), 0);
	df_side_free(x);
	df_side_free(y);
}
END_TEST

START_TEST(a_side_says_who_is_who)
{
	struct df_side *x = load(&one, 0);

	ck_assert_uint_eq(x->nprocesses, 1);
	ck_assert_str_eq(x->processes[0].name, "train");
	ck_assert_uint_eq(x->processes[0].pid, 100);
	ck_assert_str_eq(x->lanes[0].role, "train/1");
	ck_assert_str_eq(x->lanes[0].name, "");
	ck_assert_str_eq(x->lanes[1].role, "train/2 pool-1");
	ck_assert_str_eq(x->lanes[1].name, "pool-1");
	ck_assert_str_eq(x->environment.gpus, "Test GPU");
	ck_assert_str_eq(df_dictionary_shape_text(dictionary, x->lanes[0].calls[2].shape),
			 "cudaLaunchKernel axpy<float>");
	ck_assert_str_eq(df_dictionary_shape_function(dictionary, x->lanes[0].calls[2].shape),
			 "cudaLaunchKernel");
	ck_assert_ptr_null(df_dictionary_shape_text(dictionary, 12345));
	ck_assert_uint_eq(x->lanes[0].calls[0].duration, 100);
	ck_assert(x->complete);
	df_side_free(x);
}
END_TEST

START_TEST(memory_is_counted)
{
	struct df_side *x = load(&one, 0);
	const struct df_memory *memory = &x->memory[0];

	ck_assert_uint_eq(memory->peak[AN_MEMORY_DEVICE], 4096);
	ck_assert_uint_eq(memory->leaked[AN_MEMORY_DEVICE], 4096);
	ck_assert_uint_eq(memory->allocations[AN_MEMORY_DEVICE], 1);
	ck_assert_uint_eq(memory->frees[AN_MEMORY_DEVICE], 0);
	ck_assert_uint_eq(memory->copies[AN_HOST_TO_DEVICE], 1);
	ck_assert_uint_eq(memory->copied[AN_HOST_TO_DEVICE], 64);
	ck_assert_uint_eq(memory->pageable_async, 1);
	df_side_free(x);
}
END_TEST

/* ---- what is missing ----------------------------------------------------------------------- */

START_TEST(losses_are_those_of_their_lane)
{
	struct how how = one;
	struct df_side *x;

	how.losses = 5;
	x = load(&how, 0);
	ck_assert_uint_eq(x->lanes[0].losses, 0);
	ck_assert_uint_eq(x->lanes[1].losses, 5);
	ck_assert_uint_eq(x->lanes[1].ncalls, 1 + 2 * ROUNDS);
	df_side_free(x);
}
END_TEST

START_TEST(a_trace_that_was_cut_off_says_so)
{
	struct how how = one;
	struct df_side *x;

	how.cut = true;
	x = load(&how, 0);
	ck_assert(!x->complete);
	ck_assert_uint_eq(x->lanes[0].ncalls, 3 + 2 * ROUNDS);
	df_side_free(x);
}
END_TEST

START_TEST(what_cannot_be_read_is_said)
{
	char why[256] = "";

	ck_assert_ptr_null(df_side_load("/nonexistent/a.ctr", NULL, dictionary, why, sizeof(why)));
	ck_assert_ptr_nonnull(strstr(why, "/nonexistent/a.ctr"));
}
END_TEST

/* ---- ranges and steps ------------------------------------------------------------------------ */

START_TEST(a_range_is_the_steady_state)
{
	const struct df_load range = { .range = "cuda-profiler" };
	struct how how = one;
	struct df_side *x;
	char why[256] = "";

	how.profiled = true;
	x = load_with(&how, 0, &range, why, sizeof(why));
	ck_assert_msg(x != NULL, "%s", why);
	ck_assert(x->lanes[0].steady_known);
	/* Behind the allocation, the stream, five rounds and the mark; to the end. */
	ck_assert_uint_eq(x->lanes[0].phase[DF_STEADY], 2 + 2 * 5 + 1);
	ck_assert_uint_eq(x->lanes[0].phase[DF_TEARDOWN], x->lanes[0].ncalls);
	ck_assert_uint_eq(x->lanes[0].phase[DF_PHASES], x->lanes[0].ncalls);
	df_side_free(x);
}
END_TEST

START_TEST(a_range_that_is_not_there_is_an_error)
{
	static const char *const ranges[] = { "cuda-profiler", "nvtx:step", "steps" };
	char why[256] = "";

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		const struct df_load range = { .range = ranges[i] };

		why[0] = '\0';
		ck_assert_ptr_null(load_with(&one, 0, &range, why, sizeof(why)));
		ck_assert_ptr_nonnull(strstr(why, ranges[i]));
		unlink(path[0]);
	}
}
END_TEST

START_TEST(steps_are_a_part_of_the_steady_state)
{
	const struct df_load steps = { .first_step = 3, .last_step = 7 };
	struct df_side *x = load(&one, 0), *y;
	char why[256] = "";

	unlink(path[0]);
	y = load_with(&one, 0, &steps, why, sizeof(why));
	ck_assert_uint_eq(x->lanes[1].period, 2);
	ck_assert_uint_eq(y->lanes[1].period, 2);
	ck_assert_uint_eq(y->lanes[1].phase[DF_STEADY], x->lanes[1].phase[DF_STEADY] + 2 * 2);
	ck_assert_uint_eq(y->lanes[1].phase[DF_TEARDOWN], x->lanes[1].phase[DF_STEADY] + 2 * 7);
	ck_assert(y->lanes[1].steady_known);
	ck_assert(!x->lanes[1].steady_known);
	df_side_free(x);
	df_side_free(y);
}
END_TEST

/* ---- single calls -------------------------------------------------------------------------- */

START_TEST(single_calls_are_described)
{
	struct df_side *x = load(&one, 0);
	const struct df_lane *lane = &x->lanes[0];
	uint64_t ordinals[4] = {
		lane->first_ordinal + lane->calls[0].ordinal,
		lane->first_ordinal + lane->calls[2].ordinal,
		lane->first_ordinal + lane->calls[2].ordinal,
		UINT32_MAX,
	};
	const struct df_description *d = df_side_describe(x, ordinals, 4), *again;

	ck_assert_str_eq(d[0].text, "cudaMalloc(size=4096) = cudaSuccess");
	ck_assert_uint_eq(d[0].ordinal, ordinals[0]);
	ck_assert_uint_eq(d[0].nargs, 1);
	ck_assert_str_eq(d[0].names[0], "size");
	ck_assert_str_eq(d[0].values[0], "4096");
	ck_assert_str_eq(d[0].result, "cudaSuccess");
	ck_assert_str_eq(d[1].text,
			 "cudaLaunchKernel(func=axpy<float>, gridDim=8,1,1, blockDim=32,1,1, "
			 "args=host, sharedMem=0, stream=stream#1) = cudaSuccess");
	ck_assert_str_eq(d[2].text, d[1].text);
	ck_assert_str_eq(d[1].caller, "0x401000");
	/* There is no such call. */
	ck_assert_str_eq(d[3].text, "");
	/* The first answer stays. */
	ordinals[0] = lane->first_ordinal + lane->calls[lane->ncalls - 1].ordinal;
	again = df_side_describe(x, ordinals, 1);
	ck_assert_ptr_nonnull(strstr(again[0].text, "dst=device 4 KiB, src=pageable"));
	ck_assert_str_eq(d[0].text, "cudaMalloc(size=4096) = cudaSuccess");
	df_side_free(x);
}
END_TEST

/* ---- other forms --------------------------------------------------------------------------- */

static struct ct_event event;

static void write_json(const char *from, const char *to)
{
	struct rd_error error;
	struct rd_trace *trace = rd_open(from, &error);
	struct wr_json *json;
	int fd = mkstemp(strcpy(path[1], to));

	ck_assert_int_ge(fd, 0);
	ck_assert_ptr_nonnull(trace);
	json = wr_json_open(fd, false);
	wr_json_header(json, rd_header(trace));
	while (rd_next(trace, &event))
		wr_json_event(json, &event);
	ck_assert_int_eq(wr_json_end(json), 0);
	rd_close(trace);
	close(fd);
}

START_TEST(a_json_trace_is_the_same_side)
{
	struct df_side *x = load(&one, 0), *y;
	char why[256] = "";

	write_json(path[0], "/tmp/curtrace-check.XXXXXX");
	y = df_side_load(path[1], NULL, dictionary, why, sizeof(why));
	ck_assert_msg(y != NULL, "%s", why);
	ck_assert_uint_eq(y->nlanes, 2);
	ck_assert_uint_eq(differences(x, y, 0, true), 0);
	ck_assert_uint_eq(differences(x, y, 0, false), 0);
	ck_assert_uint_eq(differences(x, y, 1, false), 0);
	ck_assert_uint_eq(y->memory[0].peak[AN_MEMORY_DEVICE], 4096);
	df_side_free(x);
	df_side_free(y);
}
END_TEST

/* What another tool has recorded has no arguments, and says so. */
START_TEST(a_foreign_trace_says_what_it_lacks)
{
	static const char kineto[] =
		"{\"schemaVersion\": 1, \"deviceProperties\": [], \"traceEvents\": ["
		"{\"ph\": \"X\", \"cat\": \"cuda_runtime\", \"name\": \"cudaMalloc\", \"pid\": 7, "
		"\"tid\": 7, \"ts\": 1000.0, \"dur\": 2.5, \"args\": {\"cbid\": 20}},"
		"{\"ph\": \"X\", \"cat\": \"cuda_runtime\", \"name\": \"cudaDeviceSynchronize\", "
		"\"pid\": 7, \"tid\": 7, \"ts\": 1010.0, \"dur\": 1.0, \"args\": {\"cbid\": 165}}"
		"]}\n";
	struct df_side *x;
	char why[256] = "";
	int fd = mkstemp(strcpy(path[0], "/tmp/curtrace-check.XXXXXX"));

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, kineto, sizeof(kineto) - 1), (ssize_t)sizeof(kineto) - 1);
	close(fd);
	x = df_side_load(path[0], NULL, dictionary, why, sizeof(why));
	ck_assert_msg(x != NULL, "%s", why);
	ck_assert_str_eq(x->source, "kineto");
	ck_assert_uint_ne(x->lacks & CT_LACKS_ARGUMENTS, 0);
	ck_assert_uint_eq(x->nlanes, 1);
	ck_assert_uint_eq(x->lanes[0].ncalls, 2);
	ck_assert_str_eq(df_dictionary_shape_text(dictionary, x->lanes[0].calls[1].shape),
			 "cudaDeviceSynchronize");
	ck_assert_uint_eq(x->lanes[0].calls[0].duration, 2500);
	df_side_free(x);
}
END_TEST

/* ---- both at once ---------------------------------------------------------------------------- */

static void *load_in_thread(void *name)
{
	char why[256];

	return df_side_load(name, NULL, dictionary, why, sizeof(why));
}

START_TEST(both_sides_may_be_loaded_at_once)
{
	struct df_side *sides[2];
	pthread_t threads[2];

	df_side_free(load(&one, 0));
	df_side_free(load(&two, 1));
	df_dictionary_free(dictionary);
	dictionary = df_dictionary_new();
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, load_in_thread, path[i]), 0);
	for (int i = 0; i < 2; i++) {
		void *side;

		pthread_join(threads[i], &side);
		sides[i] = side;
		ck_assert_ptr_nonnull(side);
	}
	ck_assert_uint_eq(differences(sides[0], sides[1], 0, false), 0);
	ck_assert_uint_eq(differences(sides[0], sides[1], 1, false), 0);
	df_side_free(sides[0]);
	df_side_free(sides[1]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diff_side");
	TCase *t = tcase_create("side");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, two_runs_of_a_program_are_the_same);
	tcase_add_test(t, what_differs_differs_where_it_does);
	tcase_add_test(t, a_side_says_who_is_who);
	tcase_add_test(t, memory_is_counted);
	tcase_add_test(t, losses_are_those_of_their_lane);
	tcase_add_test(t, a_trace_that_was_cut_off_says_so);
	tcase_add_test(t, what_cannot_be_read_is_said);
	tcase_add_test(t, a_range_is_the_steady_state);
	tcase_add_test(t, a_range_that_is_not_there_is_an_error);
	tcase_add_test(t, steps_are_a_part_of_the_steady_state);
	tcase_add_test(t, single_calls_are_described);
	tcase_add_test(t, a_json_trace_is_the_same_side);
	tcase_add_test(t, a_foreign_trace_says_what_it_lacks);
	tcase_add_test(t, both_sides_may_be_loaded_at_once);
	suite_add_tcase(suite, t);
	return fx_run(suite);
}
