/* SPDX-License-Identifier: Apache-2.0 */
/* What of a call two runs of one program share, in words; and that keys and words agree. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/canon.h"
#include "unit/analysis/events.h"
#include "unit/reader/fixture.h"

#define MAIN   0u
#define WORKER 1u

static struct df_canon *canon;
static struct df_canonical call;
static uint32_t lane;
static uint64_t early; /* calls begin so much before the time that is theirs */

static void begin(bool identities)
{
	canon = df_canon_new(identities);
	df_canon_lane(canon, MAIN, "main thread");
	df_canon_lane(canon, WORKER, "another thread");
	lane = MAIN;
	early = 0;
}

static void setup(void)
{
	begin(false);
}

static void teardown(void)
{
	df_canon_free(canon);
}

/* The call in words, valid until the next but one. */
static const char *text_of(struct ct_event event)
{
	static char text[2][512];
	static unsigned int turn;
	char *to = text[++turn % 2];
	struct an_effect effect;
	struct an_change change;

	if (!event.result && !event.result_name)
		event.result_name = "cudaSuccess";
	event.tid += lane;
	event.start_ns -= early;
	df_canon_take(canon, lane, &event, &call, &effect, &change);
	ck_assert_uint_lt(df_canonical_text(&call, to, sizeof(text[0])), sizeof(text[0]));
	return to;
}

static struct ct_arg output(struct ct_arg arg)
{
	arg.direction = CT_OUT;
	return arg;
}

static struct ct_arg handle(const char *name, const char *type, uint64_t value)
{
	struct ct_arg arg = ev_handle(name, value);

	arg.type = type;
	return arg;
}

/* Events of a trace that describes its functions: an output is marked. */
static struct ct_event described(struct ct_event event)
{
	event.layout = 1;
	return event;
}

static const char *create_stream(uint64_t value)
{
	return text_of(described(
		ev_call("cudaStreamCreate", output(handle("pStream", "stream", value)), EV_END)));
}

static const char *destroy_stream(uint64_t value)
{
	return text_of(ev_call("cudaStreamDestroy", handle("stream", "stream", value), EV_END));
}

static const char *wait_stream(uint64_t value)
{
	return text_of(ev_call("cudaStreamSynchronize", handle("stream", "stream", value), EV_END));
}

static const char *allocate(const char *function, const char *name, uint64_t at, uint64_t bytes)
{
	return text_of(described(
		ev_call(function, output(ev_ptr(name, at)), ev_size("size", bytes), EV_END)));
}

static const char *copy(uint64_t to, uint64_t from)
{
	struct ct_arg kind = ev_enum("kind", 1);

	kind.label = "cudaMemcpyHostToDevice";
	return text_of(ev_call("cudaMemcpyAsync", ev_ptr("dst", to), ev_ptr("src", from),
			       ev_size("count", 64), kind, handle("stream", "stream", 0), EV_END));
}

/* ---- memory -------------------------------------------------------------------------------- */

START_TEST(memory_is_known_by_kind_and_size)
{
	ck_assert_str_eq(allocate("cudaMalloc", "devPtr", 0x7f0000000000, 4 << 20),
			 "cudaMalloc(size=4194304) = cudaSuccess");
	allocate("cudaMallocHost", "ptr", 0x10000, 3000);
	ck_assert_str_eq(copy(0x7f0000000100, 0x10010),
			 "cudaMemcpyAsync(dst=device 4 MiB, src=pinned 3000 B, count=64, "
			 "kind=cudaMemcpyHostToDevice, stream=default) = cudaSuccess");
	ck_assert_str_eq(copy(0x7f0000000000, 0x5555), copy(0x7f0000000080, 0x7777));
	ck_assert_ptr_nonnull(strstr(copy(0x7f0000000000, 0x5555), "src=pageable"));
	/* What was allocated before recording began. */
	ck_assert_ptr_nonnull(strstr(copy(0x7e0000000000, 0x5555), "dst=device,"));
	/* As it was before the call. */
	ck_assert_str_eq(text_of(ev_call("cudaFree", ev_ptr("devPtr", 0x7f0000000000), EV_END)),
			 "cudaFree(devPtr=device 4 MiB) = cudaSuccess");
	ck_assert_str_eq(text_of(ev_call("cudaFree", ev_ptr("devPtr", 0), EV_END)),
			 "cudaFree(devPtr=NULL) = cudaSuccess");
}
END_TEST

START_TEST(memory_says_on_which_other_device_it_is)
{
	text_of(ev_call("cudaSetDevice", ev_int("device", 2), EV_END));
	allocate("cudaMalloc", "devPtr", 0x7f0000000000, 1 << 30);
	ck_assert_ptr_nonnull(strstr(copy(0x7f0000000000, 0x10), "dst=device 1 GiB on device 2,"));
}
END_TEST

START_TEST(sizes_are_read_back)
{
	static const struct {
		const char *text;
		bool is;
		uint64_t bytes;
	} cases[] = {
		{ "device 4 MiB", true, 4 << 20 },
		{ "pool 3000 B", true, 3000 },
		{ "pinned 64 KiB on device 1", true, 64 << 10 },
		{ "device 1 GiB #1+0x10", true, 1 << 30 },
		{ "pageable", false, 0 },
		{ "device", false, 0 },
		{ "device MiB", false, 0 },
		{ "device 4 MiBs", false, 0 },
		{ "4 MiB", false, 0 },
		{ "", false, 0 },
	};
	uint64_t bytes;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ck_assert_int_eq(df_memory_bytes(cases[i].text, &bytes), cases[i].is);
		if (cases[i].is)
			ck_assert_uint_eq(bytes, cases[i].bytes);
	}
}
END_TEST

START_TEST(identities_are_told_on_request)
{
	teardown();
	begin(true);
	lane = WORKER;
	allocate("cudaMalloc", "devPtr", 0x7e0000000000, 4096);
	lane = MAIN;
	allocate("cudaMalloc", "devPtr", 0x7f0000000000, 4096);
	ck_assert_ptr_nonnull(strstr(copy(0x7f0000000010, 0x10), "dst=device 4 KiB #1+0x10,"));
	allocate("cudaMalloc", "devPtr", 0x7f0000001000, 4096);
	ck_assert_ptr_nonnull(strstr(copy(0x7f0000001000, 0x10), "dst=device 4 KiB #2+0x0,"));
}
END_TEST

/* ---- objects ------------------------------------------------------------------------------- */

START_TEST(objects_are_numbered_in_the_lane_that_made_them)
{
	ck_assert_str_eq(create_stream(0x500), "cudaStreamCreate() = cudaSuccess");
	lane = WORKER;
	create_stream(0x600);
	ck_assert_str_eq(wait_stream(0x600),
			 "cudaStreamSynchronize(stream=stream#1) = cudaSuccess");
	ck_assert_str_eq(wait_stream(0x500),
			 "cudaStreamSynchronize(stream=stream#1 of main thread) = cudaSuccess");
	lane = MAIN;
	ck_assert_str_eq(wait_stream(0x600),
			 "cudaStreamSynchronize(stream=stream#1 of another thread) = cudaSuccess");
	create_stream(0x700);
	ck_assert_str_eq(wait_stream(0x700),
			 "cudaStreamSynchronize(stream=stream#2) = cudaSuccess");
	ck_assert_str_eq(wait_stream(2), "cudaStreamSynchronize(stream=per-thread) = cudaSuccess");
}
END_TEST

START_TEST(a_number_is_used_again)
{
	create_stream(0x500);
	for (uint64_t i = 0; i < 200; i++) {
		create_stream(0x1000 + i);
		ck_assert_ptr_nonnull(strstr(wait_stream(0x1000 + i), "stream#2)"));
		ck_assert_ptr_nonnull(strstr(destroy_stream(0x1000 + i), "stream#2)"));
	}
	destroy_stream(0x500);
	create_stream(0x500);
	ck_assert_ptr_nonnull(strstr(wait_stream(0x500), "stream#1)"));
}
END_TEST

/* Another thread's pace is chance. */
START_TEST(a_number_that_another_lane_gives_back_stays_taken)
{
	create_stream(0x500);
	lane = WORKER;
	destroy_stream(0x500);
	lane = MAIN;
	create_stream(0x600);
	ck_assert_ptr_nonnull(strstr(wait_stream(0x600), "stream#2)"));
}
END_TEST

START_TEST(what_nobody_made_is_numbered_by_who_uses_it)
{
	lane = WORKER;
	wait_stream(0x900);
	wait_stream(0x500);
	lane = MAIN;
	ck_assert_ptr_nonnull(strstr(wait_stream(0x500), "stream=stream#1)"));
	ck_assert_ptr_nonnull(strstr(wait_stream(0x900), "stream=stream#2)"));
}
END_TEST

static const char *event_call(const char *function, uint64_t event, uint64_t stream)
{
	return text_of(ev_call(function, handle("event", "event", event),
			       handle("stream", "stream", stream), EV_END));
}

static const char *wait_event(uint64_t event)
{
	return text_of(ev_call("cudaEventSynchronize", handle("event", "event", event), EV_END));
}

static void create_event(uint64_t event)
{
	text_of(described(
		ev_call("cudaEventCreate", output(handle("event", "event", event)), EV_END)));
}

/* Which of a pool's events it is says nothing, what it waits for everything. */
START_TEST(an_event_is_what_it_waits_for)
{
	create_stream(0x500);
	create_event(0xe1);
	create_event(0xe2);
	ck_assert_str_eq(wait_event(0xe1), "cudaEventSynchronize(event=event) = cudaSuccess");
	ck_assert_str_eq(event_call("cudaEventRecord", 0xe1, 0x500),
			 "cudaEventRecord(event=event, stream=stream#1) = cudaSuccess");
	ck_assert_str_eq(wait_event(0xe1),
			 "cudaEventSynchronize(event=event on stream#1) = cudaSuccess");
	event_call("cudaEventRecord", 0xe2, 0x500);
	ck_assert_str_eq(
		wait_event(0xe1),
		"cudaEventSynchronize(event=event on stream#1, 1 before the last) = cudaSuccess");
	ck_assert_str_eq(wait_event(0xe2),
			 "cudaEventSynchronize(event=event on stream#1) = cudaSuccess");
	/* How long ago another lane has recorded it is a matter of time. */
	lane = WORKER;
	ck_assert_str_eq(
		wait_event(0xe1),
		"cudaEventSynchronize(event=event on stream#1 of main thread) = cudaSuccess");
	lane = MAIN;
	event_call("cudaEventRecord", 0xe1, 0);
	ck_assert_str_eq(wait_event(0xe1),
			 "cudaEventSynchronize(event=event on default) = cudaSuccess");
}
END_TEST

/*
 * A stream is destroyed, its handle is given to another thread's at once, and what made that one
 * began first.
 */
START_TEST(what_has_begun_before_means_what_was_there)
{
	create_stream(0x500);
	allocate("cudaMalloc", "devPtr", 0x7f0000000000, 4096);
	lane = WORKER;
	create_stream(0x500);
	allocate("cudaMalloc", "devPtr", 0x7f0000000000, 1 << 20);
	lane = MAIN;
	early = 5000;
	ck_assert_ptr_nonnull(strstr(destroy_stream(0x500), "(stream=stream#1)"));
	ck_assert_str_eq(text_of(ev_call("cudaFree", ev_ptr("devPtr", 0x7f0000000000), EV_END)),
			 "cudaFree(devPtr=device 4 KiB) = cudaSuccess");
	early = 0;
	create_stream(0x600);
	ck_assert_ptr_nonnull(strstr(wait_stream(0x600), "(stream=stream#1)"));
	lane = WORKER;
	ck_assert_ptr_nonnull(strstr(wait_stream(0x500), "(stream=stream#1)"));
	ck_assert_ptr_nonnull(strstr(copy(0x7f0000000000, 0x10), "dst=device 1 MiB,"));
}
END_TEST

/* ---- results and outputs ------------------------------------------------------------------- */

START_TEST(results_are_told_and_times_are_not)
{
	struct ct_event event =
		ev_call("cudaStreamSynchronize", handle("stream", "stream", 0), EV_END);

	event = ev_failed(event, 700);
	event.result_name = "cudaErrorIllegalAddress";
	ck_assert_str_eq(text_of(event),
			 "cudaStreamSynchronize(stream=default) = cudaErrorIllegalAddress");
	event.result_name = NULL;
	event.result = 12345;
	ck_assert_str_eq(text_of(event), "cudaStreamSynchronize(stream=default) = 12345");
	event.flags = CT_EVENT_IN_FLIGHT;
	ck_assert_str_eq(text_of(event), "cudaStreamSynchronize(stream=default) = in flight");
	ck_assert_str_eq(text_of(described(ev_call("cudaEventElapsedTime",
						   output(ev_arg("ms", CT_KIND_FLOAT, 7)),
						   handle("start", "event", 1), EV_END))),
			 "cudaEventElapsedTime(start=event) = cudaSuccess");
	ck_assert_str_eq(
		text_of(described(ev_call("cudaGetDevice", output(ev_int("device", 3)), EV_END))),
		"cudaGetDevice(device=3) = cudaSuccess");
	ck_assert_str_eq(text_of(described(ev_call("cudaMemGetInfo", output(ev_size("free", 3)),
						   output(ev_size("total", 4)), EV_END))),
			 "cudaMemGetInfo() = cudaSuccess");
}
END_TEST

START_TEST(whether_something_was_ready_is_no_result)
{
	struct ct_event event = ev_call("cudaStreamQuery", handle("stream", "stream", 0), EV_END);
	uint64_t key;

	ck_assert_str_eq(text_of(event), "cudaStreamQuery(stream=default) = answered");
	key = call.key;
	event.flags = CT_EVENT_EXPECTED;
	event.result = 600;
	event.result_name = "cudaErrorNotReady";
	ck_assert_str_eq(text_of(event), "cudaStreamQuery(stream=default) = answered");
	ck_assert_uint_eq(call.key, key);
	event.flags = CT_EVENT_FAILED;
	ck_assert_str_eq(text_of(event), "cudaStreamQuery(stream=default) = cudaErrorNotReady");
}
END_TEST

START_TEST(the_default_stream_is_the_one_that_was_meant)
{
	struct ct_event event = ev_call("cudaStreamSynchronize", handle("stream", "stream", 0),
					EV_END),
			set = ev_call("cudaMemset", ev_ptr("devPtr", 0), EV_END);

	event.flags = set.flags = CT_EVENT_PER_THREAD;
	ck_assert_str_eq(text_of(event), "cudaStreamSynchronize(stream=per-thread) = cudaSuccess");
	ck_assert_str_eq(text_of(set), "cudaMemset(devPtr=NULL, stream=per-thread) = cudaSuccess");
}
END_TEST

/* ---- launches ------------------------------------------------------------------------------ */

static const char *launch(uint64_t key, const char *kernel, uint32_t blocks)
{
	return text_of(ev_call("cudaLaunchKernel", ev_kernel("func", key, kernel),
			       ev_dim3("gridDim", blocks, 1, 1), ev_ptr("args", 0x7ffc),
			       handle("stream", "stream", 0), EV_END));
}

/* Keys are what is compared first, and must tell apart whatever the text does. */
START_TEST(keys_tell_apart_what_the_text_does)
{
	static const struct {
		uint32_t x, y, z;
	} grids[] = { { 2, 1, 1 }, { 1, 2, 1 }, { 1, 1, 2 }, { 1, 1, 1 } };
	uint64_t keys[8];
	size_t n = 0;

	for (; n < 4; n++) {
		text_of(ev_call("cudaLaunchKernel", ev_kernel("func", 1, "axpy"),
				ev_dim3("gridDim", grids[n].x, grids[n].y, grids[n].z), EV_END));
		keys[n] = call.key;
	}
	for (; n < 8; n++) {
		allocate("cudaMalloc", "devPtr", 0x7f0000000000 + (n << 20), 1000 + n);
		copy(0x7f0000000000 + (n << 20), 0x10);
		keys[n] = call.key;
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++)
			ck_assert_uint_ne(keys[i], keys[k]);
	}
}
END_TEST

START_TEST(a_kernel_is_known_by_its_name)
{
	char shape[128];
	uint64_t key, shape_key;

	ck_assert_str_eq(launch(0x4000, "triton_poi_fused_add_0", 5),
			 "cudaLaunchKernel(func=triton_poi_fused_add_#, gridDim=5,1,1, args=host, "
			 "stream=default) = cudaSuccess");
	key = call.key;
	shape_key = call.shape_key;
	df_shape_text(&call, shape, sizeof(shape));
	ck_assert_str_eq(shape, "cudaLaunchKernel triton_poi_fused_add_#");
	launch(0x8000, "triton_poi_fused_add_3", 5);
	ck_assert_uint_eq(call.key, key);
	launch(0x8000, "triton_poi_fused_add_3", 6);
	ck_assert_uint_ne(call.key, key);
	ck_assert_uint_eq(call.shape_key, shape_key);
	launch(0x4000, "axpy", 5);
	ck_assert_uint_ne(call.shape_key, shape_key);
	launch(0x4000, NULL, 5);
	ck_assert_str_eq(launch(0x9000, NULL, 5),
			 "cudaLaunchKernel(func=kernel, gridDim=5,1,1, args=host, stream=default) "
			 "= cudaSuccess");
}
END_TEST

/* ---- the same program in another process ----------------------------------------------------- */

/* A little run with other addresses, handles and thread ids; `noise` is another thread's. */
static void run(uint64_t base, bool noise, uint64_t keys[], size_t n)
{
	char texts[8][256];
	size_t i = 0;

	setup();
	if (noise) {
		lane = WORKER;
		allocate("cudaMalloc", "devPtr", base + 0x900000, 77);
		create_stream(base + 0x77);
		lane = MAIN;
	}
	strcpy(texts[i++], allocate("cudaMalloc", "devPtr", base, 4096));
	strcpy(texts[i++], create_stream(base + 0x500));
	strcpy(texts[i++], copy(base + 16, base + 0x800000));
	create_event(base + 0xe1);
	event_call("cudaEventRecord", base + 0xe1, base + 0x500);
	strcpy(texts[i++], wait_event(base + 0xe1));
	strcpy(texts[i++], wait_stream(base + 0x500));
	strcpy(texts[i++], text_of(ev_call("cudaFree", ev_ptr("devPtr", base), EV_END)));
	ck_assert_uint_eq(i, n);
	for (i = 0; i < n; i++) {
		keys[i] = 0;
		for (const char *c = texts[i]; *c; c++)
			keys[i] = keys[i] * 31 + (unsigned char)*c;
	}
	teardown();
}

START_TEST(other_addresses_and_handles_are_the_same_calls)
{
	uint64_t a[6], b[6];

	teardown();
	run(0x7f0000000000, false, a, 6);
	run(0x7a5000000000, true, b, 6);
	for (size_t i = 0; i < 6; i++)
		ck_assert_uint_eq(a[i], b[i]);
	setup();
}
END_TEST

/* A trace in JSON has no kinds, directions or types: what its calls are called is the same. */
START_TEST(without_kinds_it_is_the_same_text)
{
	text_of(ev_call("cudaStreamCreate", ev_ptr("pStream", 0x500), EV_END));
	ck_assert_str_eq(text_of(ev_call("cudaStreamSynchronize", ev_ptr("stream", 0x500), EV_END)),
			 "cudaStreamSynchronize(stream=stream#1) = cudaSuccess");
	ck_assert_str_eq(text_of(ev_call("cudaMalloc", ev_ptr("devPtr", 0x7f00), ev_int("size", 64),
					 EV_END)),
			 "cudaMalloc(size=64) = cudaSuccess");
	ck_assert_str_eq(text_of(ev_call("cudaMemcpyAsync", ev_ptr("dst", 0x7f00),
					 ev_ptr("src", 0x10), ev_int("count", 64),
					 ev_text("kind", "cudaMemcpyHostToDevice"),
					 ev_ptr("stream", 0), EV_END)),
			 "cudaMemcpyAsync(dst=device 64 B, src=pageable, count=64, "
			 "kind=cudaMemcpyHostToDevice, stream=default) = cudaSuccess");
}
END_TEST

START_TEST(text_is_cut_off_at_its_room)
{
	char text[8] = "XXXXXXX";

	allocate("cudaMalloc", "devPtr", 0x7f00, 64);
	ck_assert_uint_eq(df_canonical_text(&call, text, 5), strlen("cudaMalloc(size=64) = "
								    "cudaSuccess"));
	ck_assert_str_eq(text, "cuda");
	ck_assert_int_eq(text[5], 'X');
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diff_canon");
	TCase *t = tcase_create("canon");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, memory_is_known_by_kind_and_size);
	tcase_add_test(t, memory_says_on_which_other_device_it_is);
	tcase_add_test(t, sizes_are_read_back);
	tcase_add_test(t, identities_are_told_on_request);
	tcase_add_test(t, objects_are_numbered_in_the_lane_that_made_them);
	tcase_add_test(t, a_number_is_used_again);
	tcase_add_test(t, a_number_that_another_lane_gives_back_stays_taken);
	tcase_add_test(t, what_nobody_made_is_numbered_by_who_uses_it);
	tcase_add_test(t, an_event_is_what_it_waits_for);
	tcase_add_test(t, what_has_begun_before_means_what_was_there);
	tcase_add_test(t, results_are_told_and_times_are_not);
	tcase_add_test(t, whether_something_was_ready_is_no_result);
	tcase_add_test(t, the_default_stream_is_the_one_that_was_meant);
	tcase_add_test(t, keys_tell_apart_what_the_text_does);
	tcase_add_test(t, a_kernel_is_known_by_its_name);
	tcase_add_test(t, other_addresses_and_handles_are_the_same_calls);
	tcase_add_test(t, without_kinds_it_is_the_same_text);
	tcase_add_test(t, text_is_cut_off_at_its_room);
	suite_add_tcase(suite, t);
	return fx_run(suite);
}
