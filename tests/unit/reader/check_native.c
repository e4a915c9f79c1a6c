/* SPDX-License-Identifier: Apache-2.0 */
/* Sound native traces: header, order, decoding. */
#include <stdlib.h>
#include <string.h>

#include "reader/native.h"
#include "unit/reader/fixture.h"

static struct trace_builder b;
static struct rd_trace *trace;
static struct ct_event event;

static void setup(void)
{
	b = (struct trace_builder){ 0 };
	tb_begin(&b);
	tb_prologue(&b);
	tb_process(&b, 100, "app");
}

static void setup_sample(void)
{
	b = (struct trace_builder){ 0 };
	tb_sample(&b);
	trace = fx_open(&b);
}

static void teardown(void)
{
	rd_close(trace);
	trace = NULL;
	tb_free(&b);
}

/* A call without arguments in the open chunk of cells. */
static void plain(uint64_t start, uint64_t end)
{
	tb_call(&b, &(struct tb_call){ .function = TB_SYNCHRONIZE, .start = start, .end = end });
}

static void finish(void)
{
	tb_end(&b, "{\"exit_status\":0,\"calls\":\"3\",\"recorded\":\"3\"}");
	trace = fx_open(&b);
}

/* ---- header -------------------------------------------------------------------------------- */

START_TEST(the_header_tells_about_the_run)
{
	const struct ct_header *h = rd_header(trace);

	ck_assert_str_eq(h->tool_version, "0.1.0");
	ck_assert_str_eq(h->host, "node1");
	ck_assert_str_eq(h->command, "./app --size 10");
	ck_assert_uint_eq(h->start_realtime_ns, TB_REALTIME);
	ck_assert_int_eq(h->exit_status, 9);
	ck_assert_str_eq(h->clock, "monotonic");
	ck_assert_str_eq(h->overflow, "block");
	ck_assert(h->complete);
	ck_assert_ptr_null(rd_damage(trace));
}
END_TEST

START_TEST(the_header_has_counters_by_process)
{
	const struct ct_header *h = rd_header(trace);

	ck_assert_uint_eq(h->calls, 28);
	ck_assert_uint_eq(h->recorded, 13);
	ck_assert_uint_eq(h->lost, 15);
	ck_assert_uint_eq(h->in_flight, 1);
	ck_assert_uint_eq(h->nprocesses, 2);
	ck_assert_uint_eq(h->processes[0].pid, 100);
	ck_assert_uint_eq(h->processes[0].calls, 26);
	ck_assert_uint_eq(h->processes[0].lost, 15);
	ck_assert_uint_eq(h->processes[1].parent_pid, 199);
	ck_assert_uint_eq(h->processes[1].recorded, 2);
}
END_TEST

START_TEST(the_header_has_versions_devices_and_warnings)
{
	const struct ct_header *h = rd_header(trace);

	ck_assert_str_eq(h->runtime_version, "13000");
	ck_assert_str_eq(h->driver_version, "13010");
	ck_assert_str_eq(h->driver_file, "/usr/lib/libcuda.so.1");
	ck_assert_uint_eq(h->ndevices, 1);
	ck_assert_str_eq(h->devices[0].name, "Test GPU");
	ck_assert_uint_eq(h->devices[0].nproperties, 3);
	ck_assert_str_eq(h->devices[0].property_names[0], "totalGlobalMem");
	ck_assert_str_eq(h->devices[0].property_values[0], "150754820096");
	ck_assert_uint_eq(h->nwarnings, 1);
	ck_assert_str_eq(h->warnings[0].code, "loss");
}
END_TEST

START_TEST(what_else_the_collector_wrote_is_kept)
{
	const struct ct_header *h = rd_header(trace);

	ck_assert_uint_eq(h->nfacts, 3);
	ck_assert_str_eq(h->facts[0].name, "settings.ring_bytes");
	ck_assert_str_eq(h->facts[0].value, "262144");
	ck_assert_str_eq(h->facts[2].name, "lost_full");
}
END_TEST

START_TEST(a_device_described_by_a_process_twice_is_one)
{
	tb_def(&b, 0, CTR_DEF_DEVICE, 0, 1, "name=A\n");
	tb_def(&b, 0, CTR_DEF_DEVICE, 0, 2, "name=B\n");
	finish();
	ck_assert_uint_eq(rd_header(trace)->ndevices, 1);
	ck_assert_str_eq(rd_header(trace)->devices[0].name, "B");
}
END_TEST

START_TEST(the_functions_are_those_of_the_trace)
{
	const struct rd_function *f;
	size_t count;

	f = rd_functions(trace, &count);
	ck_assert_uint_eq(count, 13);
	ck_assert_str_eq(f[0].name, "cudaMalloc");
}
END_TEST

/* ---- order --------------------------------------------------------------------------------- */

START_TEST(events_come_in_order_of_their_start)
{
	uint64_t last = 0, n = 0;

	while (rd_next(trace, &event)) {
		ck_assert_uint_ge(event.start_ns, last);
		ck_assert_uint_ge(event.end_ns, event.start_ns);
		ck_assert_uint_eq(event.ordinal, ++n);
		last = event.start_ns;
	}
	ck_assert_uint_eq(n, 17);
}
END_TEST

START_TEST(many_rings_are_merged)
{
	uint64_t last = 0, n = 0;
	unsigned int ring, i;

	for (ring = 0; ring < 8; ring++) {
		tb_cells(&b, 0, ring);
		for (i = 0; i < 300; i++)
			plain(1000 + i * 977 + ring * 131, 1001 + i * 977 + ring * 131);
		tb_cells_end(&b);
	}
	finish();
	for (; rd_next(trace, &event); n++) {
		ck_assert_uint_ge(event.start_ns, last);
		last = event.start_ns;
	}
	ck_assert_uint_eq(n, 2400);
	ck_assert_ptr_null(rd_damage(trace));
}
END_TEST

START_TEST(records_go_on_over_chunks)
{
	static const char payload[200];
	unsigned int i, n = 0;

	for (i = 0; i < 50; i++) {
		tb_cells(&b, 0, 0);
		tb_call(&b, &(struct tb_call){ .function = TB_ALL_KINDS,
					       .start = 10 + i,
					       .end = 10 + i,
					       .payload = payload,
					       .size = sizeof(payload) });
		plain(10 + i, 10 + i);
		tb_cells_end(&b);
	}
	finish();
	while (rd_next(trace, &event))
		n++;
	ck_assert_uint_eq(n, 100);
}
END_TEST

START_TEST(cells_that_stand_in_the_file_twice_count_once)
{
	unsigned int n = 0;

	tb_cells(&b, 0, 0);
	plain(10, 20);
	tb_cells_end(&b);
	b.cells[0][0] = 0;
	tb_cells(&b, 0, 0);
	plain(10, 20);
	tb_cells_end(&b);
	finish();
	while (rd_next(trace, &event))
		n++;
	ck_assert_uint_eq(n, 1);
}
END_TEST

START_TEST(a_callee_stays_within_its_caller)
{
	/* The callee never returned, which its caller did. */
	tb_cells(&b, 0, 0);
	plain(100, 200);
	tb_cells_end(&b);
	tb_in_flight(&b, 0, 0, &(struct tb_call){ .function = TB_SYNCHRONIZE, .start = 150 });
	tb_cells(&b, 0, 0);
	plain(250, 300);
	tb_cells_end(&b);
	finish();
	ck_assert(rd_next(trace, &event));
	ck_assert(rd_next(trace, &event));
	ck_assert_uint_eq(event.start_ns, TB_REALTIME + 150);
	ck_assert_uint_eq(event.end_ns, TB_REALTIME + 200);
	ck_assert(rd_next(trace, &event));
	ck_assert_uint_eq(event.end_ns, TB_REALTIME + 300);
}
END_TEST

START_TEST(a_caller_comes_before_its_callee_that_starts_with_it)
{
	fx_call(trace, "cudaLaunchKernel");
	fx_call(trace, "cudaLaunchKernel");
	ck_assert(rd_next(trace, &event));
	ck_assert_str_eq(event.name, "cudaDeviceSynchronize");
	ck_assert_uint_eq(event.start_ns, TB_REALTIME + 50000);
}
END_TEST

START_TEST(the_counter_of_the_cpu_is_converted)
{
	static const struct ctr_clock_sample samples[] = {
		{ .counter = 3000, .monotonic_ns = 1000, .realtime_ns = TB_REALTIME + 1000 },
		{ .counter = 6000000000,
		  .monotonic_ns = 2000000000,
		  .realtime_ns = TB_REALTIME + 2000000000 },
	};

	tb_free(&b);
	tb_begin(&b);
	b.clock = CTR_CLOCK_TSC;
	tb_text(&b, CTR_CHUNK_HEADER, "{\"clock\":\"tsc\"}");
	tb_text(&b, CTR_CHUNK_API, tb_api_text);
	tb_text(&b, CTR_CHUNK_PROCESS, "{\"pid\":1,\"clock\":\"tsc\"}");
	tb_clock(&b, samples, 2);
	tb_cells(&b, 0, 0);
	plain(30000, 60000);
	tb_cells_end(&b);
	finish();
	ck_assert(rd_next(trace, &event));
	ck_assert_uint_eq(event.start_ns, TB_REALTIME + 10000);
	ck_assert_uint_eq(event.end_ns, TB_REALTIME + 20000);
}
END_TEST

/* ---- calls --------------------------------------------------------------------------------- */

START_TEST(a_call_has_its_thread_and_result)
{
	const struct ct_event *e = fx_call(trace, "cudaMalloc");

	ck_assert_uint_eq(e->pid, 100);
	ck_assert_uint_eq(e->tid, 100);
	ck_assert_str_eq(e->thread_name, "app");
	ck_assert_str_eq(e->domain, "memory");
	ck_assert_str_eq(e->result_kind, "status");
	ck_assert_str_eq(e->result_name, "cudaSuccess");
	ck_assert_uint_eq(e->flags, 0);
	ck_assert_uint_eq(e->start_ns, TB_REALTIME + 10000);
	ck_assert_uint_eq(e->end_ns, TB_REALTIME + 25500);
}
END_TEST

START_TEST(outputs_are_known_after_success_only)
{
	const struct ct_arg *arg = fx_arg(fx_call(trace, "cudaMalloc"), "devPtr");

	ck_assert(arg->known);
	ck_assert_uint_eq(arg->value.u, 0x7f0000000000);
	arg = fx_arg(fx_call(trace, "cudaMalloc"), "devPtr");
	ck_assert(!arg->known);
	/* The address where it would have been written. */
	ck_assert_uint_eq(arg->value.u, 0x7ffd00001000);
}
END_TEST

START_TEST(a_failure_and_an_expected_answer_differ)
{
	const struct ct_event *e;

	fx_call(trace, "cudaMalloc");
	e = fx_call(trace, "cudaMalloc");
	ck_assert_uint_eq(e->flags, CT_EVENT_FAILED);
	ck_assert_str_eq(e->result_name, "cudaErrorMemoryAllocation");
	e = fx_call(trace, "cudaEventQuery");
	ck_assert_uint_eq(e->flags, CT_EVENT_EXPECTED);
	ck_assert_int_eq(e->result, 600);
}
END_TEST

START_TEST(the_name_by_which_a_call_was_entered_is_kept)
{
	const struct ct_event *e = fx_call(trace, "cudaMemcpyToSymbol");

	ck_assert_str_eq(e->entry, "cudaMemcpyToSymbol_ptds");
	ck_assert_uint_eq(e->flags, CT_EVENT_PER_THREAD);
	e = fx_call(trace, "cudaMemcpyAsync");
	ck_assert_str_eq(e->entry, "cudaMemcpyAsync_ptsz");
}
END_TEST

START_TEST(enumerators_are_named)
{
	const struct ct_arg *arg = fx_arg(fx_call(trace, "cudaMemcpyAsync"), "kind");

	ck_assert_str_eq(arg->label, "cudaMemcpyHostToDevice");
	ck_assert_str_eq(arg->type, "cudaMemcpyKind");
}
END_TEST

START_TEST(kernels_are_named_as_in_their_process)
{
	const struct ct_event *e = fx_call(trace, "cudaLaunchKernel");

	/* The child's kernel has no definition. */
	ck_assert_uint_eq(e->pid, 200);
	ck_assert_uint_eq(e->process, 1);
	ck_assert_ptr_null(fx_arg(e, "func")->label);
	e = fx_call(trace, "cudaLaunchKernel");
	ck_assert_str_eq(fx_arg(e, "func")->label, "void axpy<float>(float\\*, \"x\")");
	ck_assert_uint_eq(fx_arg(e, "gridDim")->value.xyz[1], 2);
	ck_assert_uint_eq(e->flags, CT_EVENT_WAITED);
}
END_TEST

START_TEST(device_variables_are_named)
{
	const struct ct_arg *arg = fx_arg(fx_call(trace, "cudaMemcpyToSymbol"), "symbol");

	ck_assert_str_eq(arg->label, "coefficients");
}
END_TEST

START_TEST(a_caller_has_a_file_and_an_offset)
{
	const struct ct_event *e = fx_call(trace, "cudaMalloc");

	ck_assert_str_eq(e->caller_module, "/opt/user/app");
	ck_assert_uint_eq(e->caller_offset, 0x1200);
	e = fx_call(trace, "cudaMemcpyAsync");
	ck_assert_str_eq(e->caller_module, "/usr/lib/libfoo.so.1");
	ck_assert_uint_eq(e->caller_offset, 0x3222);
	e = fx_call(trace, "cudaLaunchKernel");
	ck_assert_ptr_null(e->caller_module);
}
END_TEST

START_TEST(a_call_in_flight_lasts_to_the_last_known_instant)
{
	const struct ct_event *e;

	fx_call(trace, "cudaDeviceSynchronize");
	e = fx_call(trace, "cudaDeviceSynchronize");
	ck_assert_uint_eq(e->flags, CT_EVENT_IN_FLIGHT);
	ck_assert_str_eq(e->result_kind, "");
	ck_assert_uint_eq(e->end_ns, TB_REALTIME + 1000000000);
}
END_TEST

START_TEST(a_function_that_is_not_described_is_a_call_still)
{
	const struct ct_event *e = fx_call(trace, "function_4000");

	ck_assert_uint_eq(e->nargs, 0);
	ck_assert_str_eq(e->domain, "");
}
END_TEST

START_TEST(text_is_cut_at_its_end)
{
	static const char whole[16] = "short", full[] = "exactly 16 chars";

	tb_cells(&b, 0, 0);
	tb_call(&b, &(struct tb_call){ .function = TB_FUNC_NAME,
				       .flags = CTR_CELL_OUTPUTS,
				       .start = 1,
				       .payload = whole,
				       .size = 16 });
	tb_call(&b, &(struct tb_call){ .function = TB_FUNC_NAME,
				       .flags = CTR_CELL_OUTPUTS,
				       .start = 2,
				       .payload = full,
				       .size = 16 });
	tb_cells_end(&b);
	finish();
	ck_assert(rd_next(trace, &event));
	ck_assert_str_eq(event.args[0].text, "short");
	ck_assert(!event.args[0].truncated);
	ck_assert(rd_next(trace, &event));
	ck_assert_str_eq(event.args[0].text, full);
	ck_assert(event.args[0].truncated);
}
END_TEST

START_TEST(flags_are_taken_apart)
{
	static const struct {
		uint64_t stream;
		uint32_t flags, padding;
	} none = { 1, 0, 0 }, more = { 1, 0x11, 0 };

	tb_cells(&b, 0, 0);
	tb_call(&b, &(struct tb_call){ .function = TB_STREAM_CREATE,
				       .start = 1,
				       .payload = &none,
				       .size = sizeof(none) });
	tb_call(&b, &(struct tb_call){ .function = TB_STREAM_CREATE,
				       .start = 2,
				       .payload = &more,
				       .size = sizeof(more) });
	tb_cells_end(&b);
	finish();
	ck_assert(rd_next(trace, &event));
	ck_assert_str_eq(event.args[1].label, "cudaStreamDefault");
	ck_assert(rd_next(trace, &event));
	ck_assert_str_eq(event.args[1].label, "cudaStreamNonBlocking|0x10");
}
END_TEST

START_TEST(an_argument_beyond_the_record_is_not_known)
{
	tb_cells(&b, 0, 0);
	/* One cell, which has no room for a copy's stream. */
	tb_call(&b, &(struct tb_call){ .function = TB_MEMCPY_ASYNC, .start = 1 });
	tb_cells_end(&b);
	finish();
	ck_assert(rd_next(trace, &event));
	ck_assert(fx_arg(&event, "count")->known);
	ck_assert(!fx_arg(&event, "stream")->known);
}
END_TEST

/* ---- control records ----------------------------------------------------------------------- */

START_TEST(a_loss_says_how_many_and_when)
{
	while (rd_next(trace, &event) && event.type != CT_EVENT_LOSS)
		continue;
	ck_assert_int_eq(event.type, CT_EVENT_LOSS);
	ck_assert_uint_eq(event.lost_full, 12);
	ck_assert_uint_eq(event.lost_reentered, 3);
	ck_assert_uint_eq(event.tid, 101);
	ck_assert_uint_eq(event.start_ns, TB_REALTIME + 23000);
	ck_assert_uint_eq(event.end_ns, TB_REALTIME + 29000);
}
END_TEST

START_TEST(a_loss_that_the_collector_found_says_why)
{
	const struct ctr_control_loss loss = { .other = 5 };

	tb_cells(&b, 0, 0);
	tb_call(&b, &(struct tb_call){ .function = CTR_CONTROL_LOSS,
				       .result = CTR_LOSS_TRACE_DISK,
				       .start = 3,
				       .end = 3,
				       .payload = &loss,
				       .size = sizeof(loss) });
	tb_cells_end(&b);
	finish();
	ck_assert(rd_next(trace, &event));
	ck_assert_int_eq(event.type, CT_EVENT_LOSS);
	ck_assert_uint_eq(event.lost_other, 5);
	ck_assert_str_eq(event.lost_cause, "trace-disk");
}
END_TEST

START_TEST(a_stream_record_is_a_definition)
{
	const struct ctr_control_stream stream = {
		.key = 7, .device = 1, .priority = -2, .flags = 3
	};
	const struct rd_definition *found;

	tb_cells(&b, 0, 0);
	tb_call(&b, &(struct tb_call){ .function = CTR_CONTROL_STREAM,
				       .start = 3,
				       .end = 3,
				       .payload = &stream,
				       .size = sizeof(stream) });
	tb_cells_end(&b);
	finish();
	found = rd_definitions_find(&((struct rd_native *)trace->state)->definitions, 0,
				    CTR_DEF_STREAM, 7, 10);
	ck_assert_str_eq(rd_definition_get(found, "device"), "1");
	ck_assert_str_eq(rd_definition_get(found, "priority"), "-2");
	ck_assert_str_eq(rd_definition_get(found, "flags"), "3");
	/* And no event. */
	ck_assert(!rd_next(trace, &event));
}
END_TEST

START_TEST(a_ring_may_pass_to_another_thread)
{
	tb_cells(&b, 0, 0);
	tb_thread(&b, 10, 101, "first");
	plain(20, 30);
	tb_thread(&b, 40, 102, "a name of 16 byt");
	plain(50, 60);
	tb_cells_end(&b);
	finish();
	ck_assert_uint_eq(fx_call(trace, "cudaDeviceSynchronize")->tid, 101);
	ck_assert(rd_next(trace, &event));
	ck_assert_int_eq(event.type, CT_EVENT_THREAD);
	ck_assert_str_eq(event.thread_name, "a name of 16 byt");
	ck_assert_uint_eq(fx_call(trace, "cudaDeviceSynchronize")->tid, 102);
}
END_TEST

START_TEST(threads_that_are_not_known_are_apart)
{
	uint32_t tid;

	/* Flight recorder: the records that named the threads were overwritten. */
	tb_cells(&b, 0, 0);
	plain(10, 100);
	tb_cells_end(&b);
	tb_cells(&b, 0, 1);
	plain(50, 150);
	tb_cells_end(&b);
	finish();
	ck_assert(rd_next(trace, &event));
	tid = event.tid;
	ck_assert_uint_eq(event.pid, 100);
	ck_assert_uint_ne(tid, 0);
	ck_assert(rd_next(trace, &event));
	ck_assert_uint_ne(event.tid, tid);
	ck_assert_uint_eq(event.end_ns, TB_REALTIME + 150);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reader/native");
	TCase *sample = tcase_create("sample"), *t = tcase_create("made");

	suite_add_tcase(suite, sample);
	tcase_add_checked_fixture(sample, setup_sample, teardown);
	tcase_add_test(sample, the_header_tells_about_the_run);
	tcase_add_test(sample, the_header_has_counters_by_process);
	tcase_add_test(sample, the_header_has_versions_devices_and_warnings);
	tcase_add_test(sample, what_else_the_collector_wrote_is_kept);
	tcase_add_test(sample, the_functions_are_those_of_the_trace);
	tcase_add_test(sample, events_come_in_order_of_their_start);
	tcase_add_test(sample, a_caller_comes_before_its_callee_that_starts_with_it);
	tcase_add_test(sample, a_call_has_its_thread_and_result);
	tcase_add_test(sample, outputs_are_known_after_success_only);
	tcase_add_test(sample, a_failure_and_an_expected_answer_differ);
	tcase_add_test(sample, the_name_by_which_a_call_was_entered_is_kept);
	tcase_add_test(sample, enumerators_are_named);
	tcase_add_test(sample, kernels_are_named_as_in_their_process);
	tcase_add_test(sample, device_variables_are_named);
	tcase_add_test(sample, a_caller_has_a_file_and_an_offset);
	tcase_add_test(sample, a_call_in_flight_lasts_to_the_last_known_instant);
	tcase_add_test(sample, a_function_that_is_not_described_is_a_call_still);
	tcase_add_test(sample, a_loss_says_how_many_and_when);
	suite_add_tcase(suite, t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_device_described_by_a_process_twice_is_one);
	tcase_add_test(t, many_rings_are_merged);
	tcase_add_test(t, records_go_on_over_chunks);
	tcase_add_test(t, cells_that_stand_in_the_file_twice_count_once);
	tcase_add_test(t, a_callee_stays_within_its_caller);
	tcase_add_test(t, the_counter_of_the_cpu_is_converted);
	tcase_add_test(t, text_is_cut_at_its_end);
	tcase_add_test(t, flags_are_taken_apart);
	tcase_add_test(t, an_argument_beyond_the_record_is_not_known);
	tcase_add_test(t, a_loss_that_the_collector_found_says_why);
	tcase_add_test(t, a_stream_record_is_a_definition);
	tcase_add_test(t, a_ring_may_pass_to_another_thread);
	tcase_add_test(t, threads_that_are_not_known_are_apart);
	return fx_run(suite);
}
