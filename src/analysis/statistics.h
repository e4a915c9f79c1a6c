/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a trace's calls add up to: one pass, memory only for what there are different ones of
 * (functions, kernels, threads, places), and percentiles to within 0.8 % (statistics_histogram.h).
 *
 *	struct an_statistics *s = an_statistics_new(rd_header(trace), by, nby);
 *	while (rd_next(trace, &event))
 *		an_statistics_add(s, &event, true);
 *	an_statistics_finish(s);
 *	...
 *	an_statistics_free(s);
 *
 * A duration is the time that the call took in the host's thread, in the runtime that was traced.
 * A call that had not returned is counted, and has none.
 */
#ifndef ANALYSIS_STATISTICS_H
#define ANALYSIS_STATISTICS_H

#include <stddef.h>

#include "analysis/effect.h"
#include "analysis/findings.h"
#include "analysis/state.h"
#include "analysis/statistics_histogram.h"
#include "analysis/statistics_spots.h"

/* What calls are put together by. */
enum an_group {
	AN_BY_FUNCTION,
	AN_BY_KERNEL,    /* launches of kernels alone */
	AN_BY_DIRECTION, /* copies and sets alone */
	AN_BY_STREAM,    /* calls that have a stream alone */
	AN_BY_THREAD,
	AN_BY_PROCESS,
	AN_BY_MODULE, /* the program file or library that the call was made from */
	AN_BY_CALLER, /* the place that it was made from */
	AN_BY_DOMAIN, /* memory, stream, launch, ... */
	AN_BY_RANGE,  /* NVTX's: no calls, but the ranges themselves; not crossed with others */
	AN_GROUPS
};

/* "function", ...; the group of that name, AN_GROUPS if there is none. */
const char *an_group_name(enum an_group group);
enum an_group an_group_of(const char *name);

/* So many groups may be crossed: by process and function. */
#define AN_MAX_BY 3

struct an_tally {
	const char *name; /* as people read it: of crossed groups all, with " / " between them */
	uint32_t parts[AN_MAX_BY]; /* numbers in the groups, see an_statistics_part */
	uint64_t calls;
	uint64_t failed;   /* and neither of the next two */
	uint64_t retried;  /* a failure that was cleared, and the same function worked soon after */
	uint64_t expected; /* answers that are no failures: NotReady, ... */
	uint64_t in_flight; /* had not returned */
	uint64_t total_ns, min_ns, max_ns;
	uint64_t max_ordinal;   /* the event that took max_ns */
	uint64_t first_ordinal; /* the first one that was counted */
	uint32_t first_spot;    /* where from; 0: not known */
	uint64_t launches;      /* of kernels and graphs */
	uint64_t bytes;         /* copied and set, as far as the trace tells */
	struct an_histogram durations;
};

uint64_t an_tally_mean_ns(const struct an_tally *tally);
/* Kept within the least and the longest, which are exact. */
uint64_t an_tally_percentile_ns(const struct an_tally *tally, double percent);

/* Copies of one direction, or sets. Failed ones are not in it. */
struct an_traffic {
	uint64_t count;
	uint64_t bytes;
	uint64_t unsized; /* of `count`: the trace does not hold how much */
	/* Those that the host waited for: only their duration says how fast it went. */
	uint64_t blocking, blocking_bytes, blocking_ns;
};

/* AN_DIRECTIONS stands for the sets. */
#define AN_TRAFFIC_SETS AN_DIRECTIONS
#define AN_TRAFFICS     (AN_DIRECTIONS + 1)

#define AN_WAITS (AN_WAIT_COPY + 1)
const char *an_wait_name(enum an_wait wait);

struct an_wait_sum {
	uint64_t count, ns, max_ns;
};

/* A function's failures by status. */
struct an_failure {
	uint32_t function;
	int32_t result;
	const char *result_name; /* or NULL */
	uint64_t count;          /* without those that were retried */
	uint64_t retried;
	uint64_t ordinal; /* an example, and where it was called from */
	uint32_t spot;
	uint64_t last_ordinal; /* another one */
	uint32_t last_spot;
};

/* One call that is worth naming. */
struct an_call {
	uint32_t function; /* 0: none */
	uint32_t spot;
	uint64_t ordinal, ns;
};

struct an_run {
	uint64_t first_ns, last_ns; /* from the first call's start to the last one's end */
	uint64_t calls;             /* that were counted */
	uint64_t driver_calls;      /* of them: of the driver's functions */
	uint64_t skipped;           /* that were not: filtered out */
	uint64_t calls_ns;          /* in calls, those within others left out */
	uint64_t failed, retried, expected, in_flight;
	uint64_t injected, delayed; /* errors and pauses made for a test */
	uint64_t lost;              /* by the loss records of the trace */
	uint64_t older;             /* of all, counted or not: a flight recorder gave them up */
	uint64_t waited, waited_ns; /* calls that waited for room in the ring, all their time */
	uint64_t launches, graph_launches; /* that worked */
	uint32_t threads, processes;       /* with calls */
	struct an_call longest;            /* of all that are not waits or blocking copies */
	uint64_t longest_number;           /* which call of its process it was, from 1 */
	struct an_call unreturned;         /* the first that had not returned */
};

struct an_statistics;

/* Grouped by `by`, beside what is always there. The header stays the trace's. */
struct an_statistics *an_statistics_new(const struct ct_header *header, const enum an_group *by,
					unsigned int nby);

/*
 * Every event, in the trace's order. Not `counted` is what was filtered out: it changes what is
 * known of memory, streams and devices, and nothing else.
 */
void an_statistics_add(struct an_statistics *s, const struct ct_event *event, bool counted);

/* After the last event. */
void an_statistics_finish(struct an_statistics *s);

void an_statistics_free(struct an_statistics *s);

/* What was true before the event that comes next: for those who select. */
struct an_state *an_statistics_state(struct an_statistics *s);

/* Whether the arguments of a function are of use here: for rd_want_args_of. */
bool an_statistics_wants(const char *function);

/* ---- after an_statistics_finish ------------------------------------------------------------- */

const struct an_run *an_statistics_run(const struct an_statistics *s);
const struct ct_header *an_statistics_header(const struct an_statistics *s);

/* Tallies by what was asked for, by function, by kernel, by stream; in no particular order. */
struct an_tally *const *an_statistics_rows(const struct an_statistics *s, size_t *count);
struct an_tally *const *an_statistics_functions(const struct an_statistics *s, size_t *count);
struct an_tally *const *an_statistics_kernels(const struct an_statistics *s, size_t *count);
struct an_tally *const *an_statistics_streams(const struct an_statistics *s, size_t *count);

/* The name of row's member of group number `i` of those asked for. */
const char *an_statistics_part(const struct an_statistics *s, const struct an_tally *row,
			       unsigned int i);

/* That of a function by its number in the trace; NULL: it was not called. */
const struct an_tally *an_statistics_function(const struct an_statistics *s, uint32_t function);
const struct an_tally *an_statistics_named(const struct an_statistics *s, const char *function);

const struct an_traffic *an_statistics_traffic(const struct an_statistics *s); /* AN_TRAFFICS */
const char *an_traffic_name(unsigned int traffic);
const struct an_wait_sum *an_statistics_waits(const struct an_statistics *s); /* AN_WAITS */
const struct an_failure *an_statistics_failures(const struct an_statistics *s, size_t *count);
const struct an_spots *an_statistics_spots(const struct an_statistics *s);

/* What is worth saying in words, the weightiest first. */
const struct an_finding *an_statistics_findings(const struct an_statistics *s, size_t *count);

#endif
