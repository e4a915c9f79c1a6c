/* SPDX-License-Identifier: Apache-2.0 */
/* The pass that adds a trace's calls up. */
#include "analysis/statistics.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/findings_detect.h"
#include "analysis/statistics_ranges.h"
#include "analysis/statistics_retry.h"
#include "analysis/statistics_tally.h"

struct process {
	uint64_t calls;
	bool lost; /* calls of it are missing */
};

#define KERNELS_SEEN 64
struct kernel_seen {
	const char *name; /* by its address, see ct_event.lasting */
	struct an_tally *tally;
};

struct an_statistics {
	struct an_run run;
	struct an_keys keys;
	struct an_state *state;
	struct an_table functions, kernels, streams, rows;
	struct an_ranges ranges;
	bool has_rows; /* asked for something else than what is there anyhow */
	struct an_table *asked;
	struct kernel_seen kernels_seen[KERNELS_SEEN];
	struct an_traffic traffic[AN_TRAFFICS];
	struct an_wait_sum waits[AN_WAITS];
	struct an_failures failures;
	struct an_findings *findings;
	struct an_array processes; /* struct process, by index */
	struct an_effect effect;   /* of the present event */
};

/* ---- names --------------------------------------------------------------------------------- */

static const char *const group_names[AN_GROUPS] = {
	[AN_BY_FUNCTION] = "function", [AN_BY_KERNEL] = "kernel", [AN_BY_DIRECTION] = "direction",
	[AN_BY_STREAM] = "stream",     [AN_BY_THREAD] = "thread", [AN_BY_PROCESS] = "process",
	[AN_BY_MODULE] = "module",     [AN_BY_CALLER] = "caller", [AN_BY_DOMAIN] = "domain",
	[AN_BY_RANGE] = "range",
};

const char *an_group_name(enum an_group group)
{
	return group_names[group];
}

enum an_group an_group_of(const char *name)
{
	unsigned int i = 0;

	while (i < AN_GROUPS && strcmp(name, group_names[i]) != 0)
		i++;
	return (enum an_group)i;
}

const char *an_wait_name(enum an_wait wait)
{
	static const char *const names[AN_WAITS] = {
		[AN_WAIT_DEVICE] = "device",
		[AN_WAIT_STREAM] = "stream",
		[AN_WAIT_EVENT] = "event",
		[AN_WAIT_COPY] = "copy",
	};

	return names[wait];
}

const char *an_traffic_name(unsigned int traffic)
{
	return traffic == AN_TRAFFIC_SETS ? "set" : an_direction_name((enum an_direction)traffic);
}

/* ---- one call ------------------------------------------------------------------------------ */

static struct process *process_of(struct an_statistics *s, uint32_t process)
{
	return an_array_at(&s->processes, process, sizeof(struct process));
}

/* How large elements are that were copied to or from an array, the array tells. */
static void find_bytes(struct an_statistics *s, const struct an_seen *seen)
{
	uint64_t bytes;

	if (s->effect.bytes_known || !an_state_bytes(s->state, seen->event, &s->effect, &bytes))
		return;
	s->effect.bytes = bytes;
	s->effect.bytes_known = true;
}

/* Copies that failed have moved nothing. */
static void find_traffic(struct an_statistics *s, struct an_seen *seen)
{
	const struct an_effect *effect = seen->effect;

	seen->traffic = AN_TRAFFICS;
	seen->direction = effect->direction;
	if (effect->kind == AN_EFFECT_SET) {
		seen->traffic = AN_TRAFFIC_SETS;
	} else if (effect->kind == AN_EFFECT_COPY) {
		if (effect->direction != AN_HOST_TO_DEVICE &&
		    effect->direction != AN_DEVICE_TO_HOST)
			seen->direction = an_state_direction(s->state, seen->event, effect);
		seen->traffic = seen->direction;
		find_bytes(s, seen);
	}
}

/*
 * What the host waits for. The GPU copies from device to device, and sets, while the host goes on,
 * also where the call is not named so: how long that took the call does not tell.
 */
static bool is_blocking_copy(const struct an_seen *seen)
{
	return seen->effect->kind == AN_EFFECT_COPY && !seen->effect->asynchronous &&
	       seen->direction != AN_DEVICE_TO_DEVICE && seen->direction != AN_PEER_TO_PEER;
}

static bool is_waiting(const struct an_seen *seen)
{
	return seen->effect->kind == AN_EFFECT_WAIT || is_blocking_copy(seen);
}

static void add_traffic(struct an_traffic *traffic, const struct an_seen *seen)
{
	const struct an_effect *effect = seen->effect;

	if (!effect->known)
		return;
	traffic->count++;
	traffic->bytes += effect->bytes;
	traffic->unsized += !effect->bytes_known;
	if (!is_blocking_copy(seen) || !effect->bytes_known)
		return;
	traffic->blocking++;
	traffic->blocking_bytes += effect->bytes;
	traffic->blocking_ns += seen->ns;
}

static void add_wait(struct an_statistics *s, const struct an_seen *seen)
{
	struct an_wait_sum *wait = &s->waits[seen->effect->waits_for];

	wait->count++;
	wait->ns += seen->ns;
	if (seen->ns > wait->max_ns)
		wait->max_ns = seen->ns;
}

/* Copies within the host's memory wait for nothing. */
static void add_effect(struct an_statistics *s, const struct an_seen *seen)
{
	const struct an_effect *effect = seen->effect;

	if (seen->traffic < AN_TRAFFICS)
		add_traffic(&s->traffic[seen->traffic], seen);
	if (is_waiting(seen) && seen->direction != AN_HOST_TO_HOST)
		add_wait(s, seen);
	if (effect->kind == AN_EFFECT_LAUNCH)
		s->run.launches += effect->known;
	else if (effect->kind == AN_EFFECT_GRAPH_LAUNCH)
		s->run.graph_launches += effect->known;
}

/* What the thread has given the GPU to do since it waited last: after the findings have seen it. */
static void add_work(const struct an_seen *seen)
{
	const struct an_effect *effect = seen->effect;
	struct an_thread *thread = seen->thread;

	if (is_waiting(seen)) {
		thread->work = thread->launches = 0;
		thread->turns++;
	} else if (effect->kind == AN_EFFECT_LAUNCH || effect->kind == AN_EFFECT_GRAPH_LAUNCH) {
		thread->work++;
		thread->launches++;
		thread->turns++;
	} else if (effect->kind == AN_EFFECT_COPY || effect->kind == AN_EFFECT_SET) {
		thread->work++;
	}
}

static void add_in_run(struct an_statistics *s, const struct an_seen *seen, bool within)
{
	const struct ct_event *event = seen->event;
	struct process *process = process_of(s, event->process);
	struct an_run *run = &s->run;

	if (!run->calls++)
		run->first_ns = event->start_ns;
	if (event->end_ns > run->last_ns)
		run->last_ns = event->end_ns;
	run->driver_calls += seen->event->layer == CT_LAYER_DRIVER;
	run->processes += !process->calls++;
	run->threads += !seen->thread->calls++;
	run->calls_ns += within ? 0 : seen->ns;
	run->expected += !!(event->flags & CT_EVENT_EXPECTED);
	run->injected += !!(event->flags & CT_EVENT_INJECTED);
	run->delayed += !!(event->flags & CT_EVENT_DELAYED);
	if (event->flags & CT_EVENT_WAITED) {
		run->waited++;
		run->waited_ns += seen->ns;
	}
	if (event->flags & CT_EVENT_IN_FLIGHT && !run->in_flight++)
		run->unreturned = (struct an_call){ event->function, an_seen_spot(seen),
						    event->ordinal,
						    event->end_ns - event->start_ns };
	if (seen->ns > run->longest.ns && !is_waiting(seen)) {
		run->longest = (struct an_call){ event->function, an_seen_spot(seen),
						 event->ordinal, seen->ns };
		run->longest_number = process->calls;
	}
}

/* The row of a failure, and of what it turns out to be, is every tally that it is counted in. */
static void settle_failure(struct an_statistics *s, const struct an_seen *seen,
			   struct an_tally *const counted_in[4])
{
	unsigned int retried;

	if (seen->event->flags & CT_EVENT_FAILED) {
		s->run.failed++;
		an_failures_add(&s->failures, seen, counted_in);
	} else if (seen->thread->npending) {
		retried = an_failures_settle(&s->failures, seen);
		s->run.failed -= retried;
		s->run.retried += retried;
	}
}

static void end_repeats(struct an_statistics *s, const struct an_thread *thread)
{
	if (thread->repeats >= AN_REPEATS_MIN)
		an_findings_repeats(s->findings,
				    &(struct an_repeats){ .function = thread->repeated,
							  .count = thread->repeats,
							  .ns = thread->repeats_ns,
							  .ordinal = thread->repeats_ordinal,
							  .spot = thread->repeats_spot });
}

/* The place is looked up only when there are enough of them to speak of. */
static void add_repeat(struct an_statistics *s, const struct an_seen *seen)
{
	struct an_thread *thread = seen->thread;

	if (thread->repeated != seen->event->function) {
		end_repeats(s, thread);
		thread->repeated = seen->event->function;
		thread->repeats = thread->repeats_ns = 0;
		thread->repeats_ordinal = seen->event->ordinal;
	}
	thread->repeats_ns += seen->ns;
	if (++thread->repeats == AN_REPEATS_MIN)
		thread->repeats_spot = an_seen_spot(seen);
}

/* Launches of a loop come back to the same few kernels, whose names stay where they are. */
static struct an_tally *kernel_of(struct an_statistics *s, const struct an_seen *seen)
{
	const char *name = seen->effect->kernel;
	struct kernel_seen *last;

	if (!name || !seen->event->lasting)
		return an_table_at(&s->kernels, seen);
	last = &s->kernels_seen[((uintptr_t)name >> 4 ^ (uintptr_t)name >> 10) % KERNELS_SEEN];
	if (last->name != name)
		*last = (struct kernel_seen){ name, an_table_at(&s->kernels, seen) };
	return last->tally;
}

/* A thread mostly stays with the stream that it used last. */
static struct an_tally *stream_of(struct an_statistics *s, const struct an_seen *seen)
{
	struct an_thread *thread = seen->thread;
	const struct an_effect *effect = seen->effect;

	if (!effect->has_stream || effect->kind == AN_EFFECT_WAIT)
		return an_table_at(&s->streams, seen);
	if (!thread->stream_tally || thread->stream != effect->stream ||
	    thread->stream_device != thread->device ||
	    thread->streams_forgotten != s->keys.streams_forgotten) {
		thread->stream = effect->stream;
		thread->stream_device = thread->device;
		thread->streams_forgotten = s->keys.streams_forgotten;
		thread->stream_tally = an_table_at(&s->streams, seen);
	}
	return thread->stream_tally;
}

static void count(struct an_statistics *s, const struct an_seen *seen)
{
	struct an_tally *counted_in[4] = { NULL };
	bool within = seen->event->start_ns < seen->thread->busy_until;
	unsigned int n = 0;

	if (!within)
		seen->thread->busy_until = seen->event->end_ns;
	add_in_run(s, seen, within);
	counted_in[n++] = an_table_at_function(&s->functions, seen);
	if (seen->effect->kind != AN_EFFECT_NONE) {
		if (seen->effect->kind == AN_EFFECT_LAUNCH)
			counted_in[n] = kernel_of(s, seen);
		n += counted_in[n] != NULL;
		counted_in[n] = stream_of(s, seen);
		n += counted_in[n] != NULL;
		add_effect(s, seen);
	}
	if (s->has_rows && s->rows.by[0] != AN_BY_RANGE)
		counted_in[n] = an_table_at(&s->rows, seen);
	for (unsigned int i = 0; i < 4 && counted_in[i]; i++)
		an_tally_add(counted_in[i], seen, !(i == n && s->rows.is_wide && within));
	settle_failure(s, seen, counted_in);
	add_repeat(s, seen);
	an_findings_see(s->findings, seen);
	add_work(seen);
}

/* Launches, copies and waits change nothing that is asked for later. */
static void apply(struct an_statistics *s, const struct an_seen *seen)
{
	const struct an_effect *effect = seen->effect;
	struct an_change change;

	switch (effect->kind) {
	case AN_EFFECT_NONE:
	case AN_EFFECT_LAUNCH:
	case AN_EFFECT_GRAPH_LAUNCH:
	case AN_EFFECT_COPY:
	case AN_EFFECT_SET:
	case AN_EFFECT_WAIT:
		return;
	case AN_EFFECT_SET_DEVICE:
		if (effect->known && effect->device >= 0)
			seen->thread->device = effect->device;
		break;
	case AN_EFFECT_CREATE:
	case AN_EFFECT_DESTROY:
		if (effect->known && effect->type && !strcmp(effect->type, "stream"))
			an_keys_forget_stream(&s->keys, seen);
		break;
	default:
		break;
	}
	an_state_apply(s->state, seen->event, effect, &change);
}

static void add_loss(struct an_statistics *s, const struct ct_event *event, bool counted)
{
	process_of(s, event->process)->lost = true;
	if (counted)
		s->run.lost += event->lost_full + event->lost_reentered + event->lost_other;
	/* The trace begins behind them, whatever is counted of it. */
	if (event->lost_cause && !strcmp(event->lost_cause, "overwritten"))
		s->run.older += event->lost_other;
}

void an_statistics_add(struct an_statistics *s, const struct ct_event *event, bool counted)
{
	struct an_seen seen = {
		.event = event, .effect = &s->effect, .state = s->state, .keys = &s->keys
	};

	if (event->type == CT_EVENT_LOSS)
		add_loss(s, event, counted);
	seen.thread = an_keys_thread(&s->keys, event);
	if (event->type != CT_EVENT_CALL)
		return;
	seen.ns = event->flags & CT_EVENT_IN_FLIGHT ? 0 : event->end_ns - event->start_ns;
	an_effect_of(event, &s->effect);
	/* What the program says of its work is none of its calls. */
	if (event->layer == CT_LAYER_NVTX) {
		if (counted && s->has_rows && s->rows.by[0] == AN_BY_RANGE)
			an_ranges_see(&s->ranges, &s->rows, &seen);
		return;
	}
	find_traffic(s, &seen);
	if (counted)
		an_ranges_count(&s->ranges, &seen);
	if (counted)
		count(s, &seen);
	else
		s->run.skipped++;
	apply(s, &seen);
}

/* ---- begin and end ------------------------------------------------------------------------- */

static void begin_table(struct an_table *table, enum an_group group)
{
	an_table_begin(table, &group, 1);
}

struct an_statistics *an_statistics_new(const struct ct_header *header, const enum an_group *by,
					unsigned int nby)
{
	struct an_statistics *s = ut_xcalloc(1, sizeof(*s));

	s->state = an_state_new();
	s->keys.header = header;
	s->keys.state = s->state;
	begin_table(&s->functions, AN_BY_FUNCTION);
	begin_table(&s->kernels, AN_BY_KERNEL);
	begin_table(&s->streams, AN_BY_STREAM);
	an_table_begin(&s->rows, by, nby);
	s->asked = &s->rows;
	if (nby == 1 && by[0] == AN_BY_FUNCTION)
		s->asked = &s->functions;
	else if (nby == 1 && by[0] == AN_BY_KERNEL)
		s->asked = &s->kernels;
	else if (nby == 1 && by[0] == AN_BY_STREAM)
		s->asked = &s->streams;
	s->has_rows = s->asked == &s->rows && nby;
	s->findings = an_findings_new();
	return s;
}

void an_statistics_finish(struct an_statistics *s)
{
	for (size_t i = 0; i < s->keys.nthreads; i++)
		end_repeats(s, s->keys.threads[i]);
	an_table_finish(&s->functions, &s->keys);
	an_table_finish(&s->kernels, &s->keys);
	an_table_finish(&s->streams, &s->keys);
	an_table_finish(&s->rows, &s->keys);
	an_findings_end(s->findings, s);
}

void an_statistics_free(struct an_statistics *s)
{
	an_table_free(&s->functions);
	an_table_free(&s->kernels);
	an_table_free(&s->streams);
	an_table_free(&s->rows);
	an_findings_free(s->findings);
	an_failures_free(&s->failures);
	an_keys_free(&s->keys);
	an_state_free(s->state);
	free(s->processes.data);
	free(s->ranges.open);
	free(s);
}

struct an_state *an_statistics_state(struct an_statistics *s)
{
	return s->state;
}

bool an_statistics_wants(const char *name)
{
	const struct an_function *function = an_function(name);

	return function && function->effect != AN_EFFECT_NONE;
}

/* ---- what came of it ----------------------------------------------------------------------- */

const struct an_run *an_statistics_run(const struct an_statistics *s)
{
	return &s->run;
}

const struct ct_header *an_statistics_header(const struct an_statistics *s)
{
	return s->keys.header;
}

static struct an_tally *const *rows_of(const struct an_table *table, size_t *n)
{
	*n = table->count;
	return table->list;
}

struct an_tally *const *an_statistics_rows(const struct an_statistics *s, size_t *n)
{
	return rows_of(s->asked, n);
}

struct an_tally *const *an_statistics_functions(const struct an_statistics *s, size_t *n)
{
	return rows_of(&s->functions, n);
}

struct an_tally *const *an_statistics_kernels(const struct an_statistics *s, size_t *n)
{
	return rows_of(&s->kernels, n);
}

struct an_tally *const *an_statistics_streams(const struct an_statistics *s, size_t *n)
{
	return rows_of(&s->streams, n);
}

const char *an_statistics_part(const struct an_statistics *s, const struct an_tally *row,
			       unsigned int i)
{
	return an_keys_name((struct an_keys *)&s->keys, s->asked->by[i], row->parts[i]);
}

const struct an_tally *an_statistics_function(const struct an_statistics *s, uint32_t function)
{
	struct an_tally *const *all = s->functions.tallies.data;

	return function < s->functions.tallies.capacity ? all[function] : NULL;
}

const struct an_tally *an_statistics_named(const struct an_statistics *s, const char *function)
{
	for (size_t i = 0; i < s->functions.count; i++) {
		if (!strcmp(s->functions.list[i]->name, function))
			return s->functions.list[i];
	}
	return NULL;
}

const char *an_statistics_function_name(const struct an_statistics *s, uint32_t function)
{
	const struct an_tally *tally = an_statistics_function(s, function);

	return tally ? tally->name : "";
}

const struct an_traffic *an_statistics_traffic(const struct an_statistics *s)
{
	return s->traffic;
}

const struct an_wait_sum *an_statistics_waits(const struct an_statistics *s)
{
	return s->waits;
}

const struct an_failure *an_statistics_failures(const struct an_statistics *s, size_t *n)
{
	*n = s->failures.count;
	return s->failures.list;
}

const struct an_spots *an_statistics_spots(const struct an_statistics *s)
{
	return &s->keys.spots;
}

const struct an_finding *an_statistics_findings(const struct an_statistics *s, size_t *n)
{
	return an_findings_get(s->findings, n);
}

/* Settings of a recording that leaves calls out on purpose. */
static bool is_partial(const struct ct_header *header)
{
	static const char *const names[] = { "selection", "settings.start_off", "settings.delay_ns",
					     "settings.duration_ns", "settings.range" };

	for (unsigned int i = 0; i < header->nfacts; i++) {
		for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++) {
			if (!strcmp(header->facts[i].name, names[j]))
				return true;
		}
	}
	return false;
}

bool an_statistics_saw_all(const struct an_statistics *s, uint32_t process)
{
	const struct ct_header *header = s->keys.header;
	const struct process *all = s->processes.data;

	if (process >= header->nprocesses || process >= s->processes.capacity ||
	    header->lacks & (CT_LACKS_ARGUMENTS | CT_LACKS_LOSSES) || is_partial(header))
		return false;
	return !all[process].lost && !header->processes[process].lost;
}
