/* SPDX-License-Identifier: Apache-2.0 */
/* Made-up runs. */
#include "unit/analysis/runs.h"

#include <string.h>

#include "reader/names.h"

static struct ct_process_info process = { .pid = 100, .name = "app" };
struct ct_header run_header;
struct an_statistics *run_statistics;

static struct rd_names names;
static uint64_t now, gap, ordinal, place;
static uint32_t thread;
static bool finished;

void run_begin(enum an_group by)
{
	run_header = (struct ct_header){
		.command = "./app",
		.nprocesses = 1,
		.processes = &process,
		.complete = true,
	};
	now = 1000000;
	gap = 100;
	ordinal = 0;
	place = 0x1000;
	thread = 100;
	finished = false;
	run_statistics = an_statistics_new(&run_header, &by, 1);
}

void run_at(uint64_t offset)
{
	place = offset;
}

void run_thread(uint32_t tid)
{
	thread = tid;
}

void run_pause(uint64_t ns)
{
	gap = ns;
}

static void add(struct ct_event event, uint64_t ns, bool counted)
{
	event.function = rd_names_number(&names, event.name);
	event.ordinal = ++ordinal;
	event.pid = 100;
	event.tid = thread;
	event.start_ns = now;
	event.end_ns = now + ns;
	event.caller_module = "/opt/app";
	event.caller_offset = place;
	now += ns + gap;
	an_statistics_add(run_statistics, &event, counted);
}

uint64_t run_call(struct ct_event event, uint64_t ns)
{
	add(event, ns, true);
	return ordinal;
}

void run_skip(struct ct_event event, uint64_t ns)
{
	add(event, ns, false);
}

void run_loss(uint64_t calls)
{
	struct ct_event event = { .type = CT_EVENT_LOSS, .lost_full = calls, .tid = thread };

	an_statistics_add(run_statistics, &event, true);
}

void run_loss_of(uint64_t calls, const char *cause)
{
	struct ct_event event = {
		.type = CT_EVENT_LOSS, .lost_other = calls, .lost_cause = cause, .tid = thread
	};

	an_statistics_add(run_statistics, &event, true);
}

void run_launch(uint64_t stream)
{
	run_call(ev_call("cudaLaunchKernel", ev_kernel("func", 0x4000, "axpy"),
			 ev_dim3("gridDim", 1, 1, 1), ev_dim3("blockDim", 32, 1, 1),
			 ev_handle("stream", stream), EV_END),
		 1000);
}

void run_wait(uint64_t ns)
{
	run_call(ev_call("cudaDeviceSynchronize", EV_END), ns);
}

void run_copy_async(uint64_t to, uint64_t from, uint64_t bytes, unsigned int kind)
{
	run_call(ev_call("cudaMemcpyAsync", ev_ptr("dst", to), ev_ptr("src", from),
			 ev_size("count", bytes), ev_enum("kind", kind),
			 ev_handle("stream", 0x6000), EV_END),
		 1000);
}

void run_copy(uint64_t to, uint64_t from, uint64_t bytes, unsigned int kind, uint64_t ns)
{
	run_call(ev_call("cudaMemcpy", ev_ptr("dst", to), ev_ptr("src", from),
			 ev_size("count", bytes), ev_enum("kind", kind), EV_END),
		 ns);
}

void run_malloc(uint64_t at, uint64_t bytes)
{
	run_call(ev_call("cudaMalloc", ev_ptr("devPtr", at), ev_size("size", bytes), EV_END), 1000);
}

void run_free(uint64_t at)
{
	run_call(ev_call("cudaFree", ev_ptr("devPtr", at), EV_END), 1000);
}

void run_pin(uint64_t at, uint64_t bytes)
{
	run_call(ev_call("cudaMallocHost", ev_ptr("ptr", at), ev_size("size", bytes), EV_END),
		 1000);
}

static void finish(void)
{
	if (!finished)
		an_statistics_finish(run_statistics);
	finished = true;
}

const struct an_finding *run_finding(const char *code)
{
	const struct an_finding *findings;
	size_t n;

	finish();
	findings = an_statistics_findings(run_statistics, &n);
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(findings[i].code, code))
			return &findings[i];
	}
	return NULL;
}

const struct an_tally *run_row(const char *name)
{
	struct an_tally *const *rows;
	size_t n;

	finish();
	rows = an_statistics_rows(run_statistics, &n);
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(rows[i]->name, name))
			return rows[i];
	}
	return NULL;
}

void run_end(void)
{
	finish();
	an_statistics_free(run_statistics);
	rd_names_free(&names);
	names = (struct rd_names){ 0 };
}
