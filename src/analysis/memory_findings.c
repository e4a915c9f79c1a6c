/* SPDX-License-Identifier: Apache-2.0 */
/* What is worth saying about memory, in words. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/memory_internal.h"
#include "util/units.h"
#include "util/xalloc.h"

#define MAX_EVIDENCE 8

/* Memory that is taken and given back so often, and mostly of the same size, is worth keeping. */
#define CHURN_AGAIN 100
#define CHURN_SHARE 2 /* one in so many */

struct kind {
	const char *code;
	enum an_severity severity;
	const char *one, *many; /* behind the count */
	const char *advice;
};

/* clang-format off */
static const struct kind kinds[AN_INCIDENTS] = {
	[AN_INCIDENT_DOUBLE_FREE] = {
		"double-free", AN_SEVERITY_TROUBLE,
		"free of memory that was freed already", "frees of memory that was freed already",
		"whoever holds it next may lose it: one owner should free it" },
	[AN_INCIDENT_UNKNOWN_FREE] = {
		"unknown-free", AN_SEVERITY_TROUBLE,
		"free of what nobody had allocated", "frees of what nobody had allocated",
		"it is freed by the address it was given at, by its own kind of free" },
	[AN_INCIDENT_COPY_BEYOND] = {
		"copy-beyond-end", AN_SEVERITY_TROUBLE,
		"copy beyond the end of its memory", "copies beyond the end of their memory",
		"what lies there is somebody else's: compare the count with the allocation" },
	[AN_INCIDENT_COPY_FREED] = {
		"copy-after-free", AN_SEVERITY_TROUBLE,
		"copy of memory that was freed", "copies of memory that was freed",
		"the free comes too early, or the copy too late" },
	[AN_INCIDENT_COPY_OUTSIDE] = {
		"copy-outside", AN_SEVERITY_TROUBLE,
		"copy outside any allocation was refused",
		"copies outside any allocation were refused",
		"the address on the device's side is none that was allocated" },
	[AN_INCIDENT_NO_MEMORY] = {
		"failed-allocation", AN_SEVERITY_TROUBLE,
		"allocation failed", "allocations failed",
		"`--at' shows who held the memory then" },
	[AN_INCIDENT_UNSEEN_FREE] = {
		"unseen-allocation", AN_SEVERITY_NOTE,
		"free of memory whose allocation is not in the trace",
		"frees of memory whose allocation is not in the trace",
		"made before recording began, by driver calls, or lost: live bytes lack it" },
	[AN_INCIDENT_UNSEEN_COPY] = {
		"unseen-memory", AN_SEVERITY_NOTE,
		"copy in memory whose allocation is not in the trace",
		"copies in memory whose allocation is not in the trace",
		"made before recording began, by driver calls, or variables of a module" },
};
/* clang-format on */

/* ---- words --------------------------------------------------------------------------------- */

static const char *bytes_text(struct an_usage *usage, uint64_t bytes)
{
	char text[UT_UNITS_MAX];

	return ut_arena_strdup(&usage->texts, ut_units_bytes(text, bytes));
}

static const char *count_text(struct an_usage *usage, uint64_t count)
{
	char text[UT_UNITS_MAX];

	return ut_arena_strdup(&usage->texts, ut_units_count(text, count));
}

static const char *caller_of(struct an_usage *usage, const struct an_incident *incident)
{
	char text[512];

	if (!incident->caller_module && !incident->caller_function)
		return "";
	return ut_arena_strdup(&usage->texts,
			       an_caller_text(incident->caller_module, incident->caller_offset,
					      incident->caller_function,
					      incident->caller_function_offset, text,
					      sizeof(text)));
}

/* "4.00 MiB that cudaMalloc gave at init+0x3 (app)" */
static const char *allocation_text(struct an_usage *usage, const struct an_allocation *other)
{
	char text[512] = "";

	if (other->caller_module || other->caller_function)
		an_caller_text(other->caller_module, other->caller_offset, other->caller_function,
			       other->caller_function_offset, text, sizeof(text));
	return ut_arena_printf(&usage->texts, "%s that %s gave%s%s",
			       bytes_text(usage, other->bytes), other->function,
			       *text ? " at " : "", text);
}

/* What the first one of its place was about. */
static const char *about(struct an_usage *usage, const struct an_incident *incident)
{
	const char *other = incident->other.number ? allocation_text(usage, &incident->other) : "";
	const char *beyond = bytes_text(usage, incident->beyond);
	struct ut_arena *texts = &usage->texts;

	switch (incident->kind) {
	case AN_INCIDENT_COPY_BEYOND:
		return ut_arena_printf(texts, "0x%" PRIx64 ", %s beyond the end of %s",
				       incident->at, beyond, other);
	case AN_INCIDENT_UNKNOWN_FREE:
	case AN_INCIDENT_UNSEEN_FREE:
		if (!*other)
			break;
		if (incident->beyond)
			return ut_arena_printf(texts, "0x%" PRIx64 ", %s into %s", incident->at,
					       beyond, other);
		return ut_arena_printf(texts, "0x%" PRIx64 ", freed before: %s", incident->at,
				       other);
	case AN_INCIDENT_DOUBLE_FREE:
	case AN_INCIDENT_COPY_FREED:
		return ut_arena_printf(texts, "0x%" PRIx64 ", %s", incident->at, other);
	case AN_INCIDENT_NO_MEMORY:
		return ut_arena_printf(texts, "%s in all, %s with %s live on devices",
				       bytes_text(usage, incident->bytes),
				       incident->result ? incident->result : "failed", beyond);
	default:
		break;
	}
	return ut_arena_printf(texts, "0x%" PRIx64, incident->at);
}

/* "cudaFree at step+0x12 (app), 1.23 s: 0x7f…, …" */
static struct an_evidence evidence_of(struct an_usage *usage, const struct an_incident *incident)
{
	const char *caller = caller_of(usage, incident), *often = "";
	char time[UT_UNITS_MAX];

	if (incident->count > 1)
		often = ut_arena_printf(&usage->texts, ", %s times",
					count_text(usage, incident->count));
	ut_units_time(time, incident->ns > usage->first_ns ? incident->ns - usage->first_ns : 0);
	return (struct an_evidence){
		.text = ut_arena_printf(&usage->texts, "%s%s%s at %s%s: %s", incident->function,
					*caller ? " from " : "", caller, time, often,
					about(usage, incident)),
		.count = incident->count,
		.ordinal = incident->ordinal,
		.caller = caller,
		.function = incident->function,
	};
}

/* ---- findings ------------------------------------------------------------------------------ */

static struct an_finding *add_finding(struct an_usage *usage, const char *code,
				      enum an_severity severity, const char *advice)
{
	size_t size = (usage->nfindings + 1) * sizeof(*usage->findings);
	struct an_finding *finding;

	usage->findings = ut_xrealloc(usage->findings, size);
	finding = &usage->findings[usage->nfindings++];
	*finding = (struct an_finding){
		.code = code,
		.severity = severity,
		.advice = advice,
		.evidence =
			ut_arena_alloc(&usage->texts, MAX_EVIDENCE * sizeof(struct an_evidence)),
	};
	return finding;
}

static int by_count(const void *a, const void *b)
{
	const struct an_incident *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return (x->ordinal > y->ordinal) - (x->ordinal < y->ordinal);
}

static void find_incidents(struct an_usage *usage, enum an_incident_kind kind)
{
	const struct an_incidents *incidents = &usage->incidents;
	struct an_finding *finding = NULL;

	if (incidents->others[kind].count) {
		finding = add_finding(usage, kinds[kind].code, kinds[kind].severity,
				      kinds[kind].advice);
		finding->count = incidents->others[kind].count;
		finding->bytes = incidents->others[kind].bytes;
	}
	for (size_t i = 0; i < incidents->count; i++) {
		const struct an_incident *incident = &incidents->list[i];

		if (incident->kind != kind)
			continue;
		if (!finding)
			finding = add_finding(usage, kinds[kind].code, kinds[kind].severity,
					      kinds[kind].advice);
		finding->count += incident->count;
		finding->bytes += incident->bytes;
		if (finding->nevidence < MAX_EVIDENCE)
			finding->evidence[finding->nevidence++] = evidence_of(usage, incident);
	}
	if (finding)
		finding->headline =
			ut_arena_printf(&usage->texts, "%s %s", count_text(usage, finding->count),
					finding->count == 1 ? kinds[kind].one : kinds[kind].many);
}

static struct an_evidence held_by(struct an_usage *usage, const struct an_holder *holder,
				  uint64_t count, const char *what)
{
	char caller[512] = "";

	if (holder->caller_module || holder->caller_function)
		an_caller_text(holder->caller_module, holder->caller_offset,
			       holder->caller_function, holder->caller_function_offset, caller,
			       sizeof(caller));
	return (struct an_evidence){
		.text = ut_arena_printf(&usage->texts, "%s%s%s: %s", holder->function,
					*caller ? " from " : "", caller, what),
		.count = count,
		.ordinal = holder->first_ordinal,
		.caller = ut_arena_strdup(&usage->texts, caller),
		.function = holder->function,
	};
}

/* Memory that the system takes back anyway; but in a service it is what grows. */
static void find_leaks(struct an_usage *usage)
{
	struct an_finding *finding = NULL;

	for (size_t i = 0; i < usage->nholders; i++) {
		const struct an_holder *holder = usage->by_bytes[i];

		if (!holder->kind.live)
			continue;
		if (!finding)
			finding = add_finding(usage, "never-freed", AN_SEVERITY_ADVICE,
					      "a process's end frees it; a longer run may not "
					      "wait for that");
		finding->count += holder->kind.live;
		finding->bytes += holder->kind.live_bytes;
		if (finding->nevidence < MAX_EVIDENCE)
			finding->evidence[finding->nevidence++] =
				held_by(usage, holder, holder->kind.live,
					ut_arena_printf(&usage->texts, "%s in %s",
							bytes_text(usage, holder->kind.live_bytes),
							count_text(usage, holder->kind.live)));
	}
	if (finding)
		finding->headline = ut_arena_printf(
			&usage->texts, "%s allocation%s of %s %s never freed",
			count_text(usage, finding->count), finding->count == 1 ? "" : "s",
			bytes_text(usage, finding->bytes), finding->count == 1 ? "was" : "were");
}

/* A pool gives back without asking the device: there it costs little. */
static bool is_churn(const struct an_holder *holder)
{
	return holder->memory != AN_MEMORY_POOL && holder->memory != AN_MEMORY_IMPORTED &&
	       holder->again >= CHURN_AGAIN &&
	       holder->again * CHURN_SHARE >= holder->kind.allocations;
}

static void find_churn(struct an_usage *usage)
{
	struct an_finding *finding = NULL;

	for (size_t i = 0; i < usage->nchurn; i++) {
		const struct an_holder *holder = usage->by_churn[i];

		if (!is_churn(holder))
			continue;
		if (!finding)
			finding = add_finding(usage, "allocated-again", AN_SEVERITY_ADVICE,
					      "keep the memory, or take it from a pool "
					      "(cudaMallocAsync): each of these may wait for the "
					      "device");
		finding->count += holder->again;
		finding->bytes += holder->kind.allocated;
		if (finding->nevidence < MAX_EVIDENCE)
			finding->evidence[finding->nevidence++] =
				held_by(usage, holder, holder->again,
					ut_arena_printf(&usage->texts, "%s times",
							count_text(usage, holder->again)));
	}
	if (finding)
		finding->headline = ut_arena_printf(
			&usage->texts,
			"%s allocations were of a size that had just been given back",
			count_text(usage, finding->count));
}

static void find_losses(struct an_usage *usage)
{
	uint64_t lost = an_usage_lost(usage);
	struct an_finding *finding;

	if (!lost)
		return;
	finding = add_finding(usage, "lost-calls", AN_SEVERITY_TROUBLE,
			      "what they allocated, freed or copied is not in these numbers");
	finding->count = lost;
	finding->headline = ut_arena_printf(&usage->texts, "%s call%s %s not recorded",
					    count_text(usage, lost), lost == 1 ? "" : "s",
					    lost == 1 ? "was" : "were");
}

static void find_missing_arguments(struct an_usage *usage)
{
	struct an_finding *finding;

	if (!usage->without_arguments)
		return;
	finding = add_finding(usage, "no-arguments", AN_SEVERITY_TROUBLE,
			      "the trace does not hold what was allocated, freed or copied: it is "
			      "not in these numbers");
	finding->count = usage->without_arguments;
	finding->headline = ut_arena_printf(&usage->texts, "%s call%s without arguments",
					    count_text(usage, finding->count),
					    finding->count == 1 ? "" : "s");
}

/* By how much it matters: the kinds of incidents are in that order, troubles first. */
void an_usage_find(struct an_usage *usage)
{
	int kind;

	if (usage->incidents.count)
		qsort(usage->incidents.list, usage->incidents.count, sizeof(*usage->incidents.list),
		      by_count);
	find_losses(usage);
	find_missing_arguments(usage);
	for (kind = 0; kind < AN_INCIDENT_UNSEEN_FREE; kind++)
		find_incidents(usage, (enum an_incident_kind)kind);
	if (an_usage_is_whole(usage))
		find_leaks(usage);
	find_churn(usage);
	for (; kind < AN_INCIDENTS; kind++)
		find_incidents(usage, (enum an_incident_kind)kind);
}
