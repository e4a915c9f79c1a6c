/* SPDX-License-Identifier: Apache-2.0 */
/* What the forms of foreign traces share. */
#include "reader/foreign.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "reader/run_info.h"
#include "util/xalloc.h"

/* Both the runtime's and the driver's: work is going on, which is what was asked. */
#define STATUS_NOT_READY 600

/* ---- functions ----------------------------------------------------------------------------- */

/* Length without a version as CUPTI has it, _v3020 to _v12000; cuMemAlloc_v2 is a name. */
static size_t without_version(const char *name, size_t length)
{
	size_t digits = 0;

	while (digits < length && isdigit((unsigned char)name[length - digits - 1]))
		digits++;
	if (digits < 4 || length < digits + 3 || memcmp(name + length - digits - 2, "_v", 2) != 0)
		return length;
	return length - digits - 2;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), size = strlen(end);

	return length > size && !strcmp(text + length - size, end);
}

/* In the driver's interface the twin of a function is an entry of its own name. */
static void name_function(struct rd_trace *trace, struct rd_foreign_function *function,
			  const char *name)
{
	size_t length = without_version(name, strlen(name));

	function->entry = ut_arena_copy(&trace->strings, name, length);
	function->name = function->entry;
	function->per_thread = ends_with(function->entry, "_ptsz") ||
			       ends_with(function->entry, "_ptds");
	if (function->per_thread)
		function->name = ut_arena_copy(&trace->strings, name, length - strlen("_ptsz"));
	function->answers = !strcmp(function->name, "cudaGetLastError") ||
			    !strcmp(function->name, "cudaPeekAtLastError");
}

uint32_t rd_foreign_function(struct rd_trace *trace, struct rd_foreign *foreign, const char *name)
{
	uint32_t number = rd_names_number(&foreign->entries, name);

	if (number > foreign->nfunctions) {
		ut_grow(&foreign->functions, &foreign->functions_capacity, foreign->nfunctions,
			sizeof(*foreign->functions));
		name_function(trace, &foreign->functions[foreign->nfunctions++], name);
	}
	return number;
}

/* ---- threads and processes ----------------------------------------------------------------- */

struct rd_foreign_thread *rd_foreign_thread(struct rd_foreign *foreign, uint32_t pid, uint32_t tid)
{
	uint64_t key = (uint64_t)pid << 32 | tid;
	uint32_t *known = ut_map_get(&foreign->thread_index, key);

	if (known)
		return &foreign->threads[*known];
	ut_grow(&foreign->threads, &foreign->threads_capacity, foreign->nthreads,
		sizeof(*foreign->threads));
	ut_map_put(&foreign->thread_index, key, (uint32_t)foreign->nthreads);
	foreign->threads[foreign->nthreads] = (struct rd_foreign_thread){ .pid = pid, .tid = tid };
	return &foreign->threads[foreign->nthreads++];
}

struct rd_foreign_process *rd_foreign_process(struct rd_foreign *foreign, uint32_t pid)
{
	uint32_t *known = ut_map_get(&foreign->process_index, pid);

	if (known)
		return &foreign->processes[*known];
	ut_grow(&foreign->processes, &foreign->processes_capacity, foreign->nprocesses,
		sizeof(*foreign->processes));
	ut_map_put(&foreign->process_index, pid, (uint32_t)foreign->nprocesses);
	foreign->processes[foreign->nprocesses] = (struct rd_foreign_process){ .pid = pid };
	return &foreign->processes[foreign->nprocesses++];
}

void rd_foreign_add(struct rd_foreign *foreign, uint32_t pid, uint32_t tid,
		    struct rd_foreign_call *call)
{
	/* Who reads traces takes thread 0 for the process's first. */
	struct rd_foreign_thread *thread = rd_foreign_thread(foreign, pid, tid ? tid : pid);

	thread->has_calls = true;
	rd_foreign_process(foreign, pid)->calls++;
	call->thread = (uint32_t)(thread - foreign->threads);
	call->number = foreign->calls++;
	if (call->end_ns < call->start_ns)
		call->end_ns = call->start_ns;
	if (foreign->calls == 1 || call->start_ns < foreign->first_ns)
		foreign->first_ns = call->start_ns;
	rd_sort_add(&foreign->sort, call);
}

/* ---- the header ---------------------------------------------------------------------------- */

void rd_foreign_fact(struct rd_trace *trace, const char *name, const char *value)
{
	struct ct_header *header = &trace->header;
	struct ct_fact *facts;

	facts = ut_arena_alloc(&trace->strings, (header->nfacts + 1) * sizeof(*facts));
	if (header->nfacts)
		memcpy(facts, header->facts, header->nfacts * sizeof(*facts));
	facts[header->nfacts++] = (struct ct_fact){ .name = name, .value = value };
	header->facts = facts;
}

/* Those of GPUs and of other things that have rows in the trace are not processes of ours. */
static void take_processes(struct rd_trace *trace, struct rd_foreign *foreign)
{
	struct ct_header *header = &trace->header;

	header->processes =
		ut_arena_alloc(&trace->strings, foreign->nprocesses * sizeof(*header->processes));
	for (size_t i = 0; i < foreign->nprocesses; i++) {
		const struct rd_foreign_process *process = &foreign->processes[i];

		if (!process->calls)
			continue;
		ut_map_put(&foreign->process_index, process->pid, header->nprocesses);
		header->processes[header->nprocesses++] = (struct ct_process_info){
			.pid = process->pid,
			.name = process->name ? process->name : "?",
			.calls = process->calls,
			.recorded = process->calls,
			.rank = process->rank,
			.world_size = process->world_size,
		};
	}
	for (size_t i = 0; i < foreign->nthreads; i++) {
		struct rd_foreign_thread *thread = &foreign->threads[i];

		if (thread->has_calls)
			thread->process = *ut_map_get(&foreign->process_index, thread->pid);
	}
}

/*
 * A start that no clock of this age shows, or calls before it: times are counted from the first
 * call then. Sums of base and time stay within 64 bits.
 */
static void check_base(struct rd_trace *trace, struct rd_foreign *foreign)
{
	int64_t first;

	if (foreign->base_ns <= INT64_MAX &&
	    (!foreign->calls ||
	     (!__builtin_add_overflow((int64_t)foreign->base_ns, foreign->first_ns, &first) &&
	      first >= 0)))
		return;
	foreign->base_ns = -(uint64_t)foreign->first_ns;
	trace->header.start_realtime_ns = 0;
	trace->header.lacks |= CT_LACKS_REALTIME;
}

bool rd_foreign_finish(struct rd_trace *trace, struct rd_foreign *foreign)
{
	struct ct_header *header = &trace->header;
	int error = rd_sort_finish(&foreign->sort);

	if (error) {
		rd_note_damage(trace, RD_NO_OFFSET,
			       "its calls cannot be sorted in $TMPDIR, or /tmp: %s",
			       strerror(error));
		return false;
	}
	header->calls = header->recorded = foreign->calls;
	header->complete = !trace->damaged;
	take_processes(trace, foreign);
	check_base(trace, foreign);
	if (!header->start_realtime_ns && foreign->calls)
		header->start_realtime_ns = foreign->base_ns + (uint64_t)foreign->first_ns;
	if (!foreign->calls)
		rd_add_warning(trace, "no-calls", "the trace holds no call of CUDA's runtime");
	rd_run_finish(trace);
	return true;
}

/* ---- events -------------------------------------------------------------------------------- */

static void fill_thread(const struct rd_foreign_thread *thread, struct ct_event *event)
{
	event->process = thread->process;
	event->pid = thread->pid;
	event->tid = thread->tid;
	event->thread_name = thread->name ? thread->name : "";
}

/* Clocks of other tools round: of calls of a thread that overlap, the later one is cut. */
static int64_t nested_end(struct rd_foreign_thread *thread, const struct rd_foreign_call *call)
{
	int64_t end = call->end_ns;

	while (thread->nopen && thread->open_ends[thread->nopen - 1] <= call->start_ns)
		thread->nopen--;
	if (thread->nopen && end > thread->open_ends[thread->nopen - 1])
		end = thread->open_ends[thread->nopen - 1];
	if (thread->nopen < RD_FOREIGN_NESTING)
		thread->open_ends[thread->nopen++] = end;
	return end;
}

/* What no version of CUDA means otherwise: that work goes on, and the answer to "what failed?". */
static void fill_result(const struct rd_foreign_function *function,
			const struct rd_foreign_call *call, struct ct_event *event)
{
	if (!call->has_result)
		return;
	event->result_kind = "status";
	event->result = call->result;
	if (call->result)
		event->flags |= function->answers || call->result == STATUS_NOT_READY
					? CT_EVENT_EXPECTED
					: CT_EVENT_FAILED;
}

/* cuMemAlloc, and not cudaMalloc */
static bool is_drivers(const char *name)
{
	return name[0] == 'c' && name[1] == 'u' && name[2] >= 'A' && name[2] <= 'Z';
}

static void fill_call(struct rd_foreign *foreign, const struct rd_foreign_call *call,
		      struct ct_event *event)
{
	const struct rd_foreign_function *function = &foreign->functions[call->function - 1];
	struct rd_foreign_thread *thread = &foreign->threads[call->thread];

	event->type = CT_EVENT_CALL;
	event->lasting = true;
	event->layer = is_drivers(function->name) ? CT_LAYER_DRIVER : CT_LAYER_RUNTIME;
	event->name = function->name;
	event->entry = function->entry;
	event->flags = function->per_thread ? CT_EVENT_PER_THREAD : 0;
	event->end_ns = foreign->base_ns + (uint64_t)nested_end(thread, call);
	if (event->layer == CT_LAYER_DRIVER && thread->nopen > 1)
		event->flags |= CT_EVENT_INTERNAL;
	event->correlation = call->correlation;
	fill_result(function, call, event);
}

/* A thread's name, if it has one, comes before its first call. */
bool rd_foreign_next(struct rd_trace *trace, struct rd_foreign *foreign, struct ct_event *event)
{
	const struct rd_foreign_call *call = &foreign->pending;
	struct rd_foreign_thread *thread;

	if (!foreign->has_pending && !rd_sort_next(&foreign->sort, &foreign->pending)) {
		if (foreign->sort.error)
			rd_note_damage(trace, RD_NO_OFFSET, "its sorted calls cannot be read: %s",
				       strerror(foreign->sort.error));
		return false;
	}
	/* All but the arguments, which there are none of. */
	memset(event, 0, offsetof(struct ct_event, args));
	event->name = event->entry = event->domain = event->result_kind = event->lost_cause = "";
	thread = &foreign->threads[call->thread];
	thread->announced |= !thread->name;
	fill_thread(thread, event);
	event->start_ns = event->end_ns = foreign->base_ns + (uint64_t)call->start_ns;
	foreign->has_pending = !thread->announced;
	if (thread->announced)
		fill_call(foreign, call, event);
	else
		event->type = CT_EVENT_THREAD;
	thread->announced = true;
	return true;
}

const struct rd_function *rd_foreign_functions(const struct rd_trace *trace, size_t *count)
{
	(void)trace;
	*count = 0;
	return NULL;
}

void rd_foreign_free(struct rd_foreign *foreign)
{
	rd_sort_free(&foreign->sort);
	rd_names_free(&foreign->entries);
	ut_map_free(&foreign->thread_index);
	ut_map_free(&foreign->process_index);
	free(foreign->functions);
	free(foreign->threads);
	free(foreign->processes);
}
