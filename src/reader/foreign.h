/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to the forms of foreign traces: calls that other tools have recorded, as events.
 *
 * A form reads its file once when it is opened, hands over calls, threads and processes in any
 * order, and then everything comes back in the order of time. Kept are functions, threads and
 * processes; the calls go through rd_sort. What a trace does not hold is said in ct_header.lacks
 * and never made up.
 */
#ifndef READER_FOREIGN_H
#define READER_FOREIGN_H

#include "reader/foreign_sort.h"
#include "reader/trace.h"
#include "util/map.h"

#define RD_FOREIGN_NESTING 32 /* depth to which calls are kept within their callers */

struct rd_foreign_function {
	const char *name;  /* cudaLaunchKernel */
	const char *entry; /* cudaLaunchKernel_ptsz */
	bool per_thread;
	bool answers; /* whatever it returns is what was asked for */
};

struct rd_foreign_thread {
	uint32_t pid, tid;
	uint32_t process; /* number in processes, if it has calls */
	const char *name; /* NULL: not known */
	bool has_calls;
	bool announced;
	uint32_t nopen;
	int64_t open_ends[RD_FOREIGN_NESTING]; /* of the calls that have not ended yet */
};

struct rd_foreign_process {
	uint32_t pid;
	const char *name; /* NULL: not known */
	int32_t rank, world_size;
	uint64_t calls;
};

struct rd_foreign { /* all zero: empty */
	struct rd_sort sort;
	struct rd_names entries; /* as the trace spells functions: their numbers are ours */
	struct rd_foreign_function *functions; /* number n is functions[n - 1] */
	size_t nfunctions, functions_capacity;
	struct rd_foreign_thread *threads;
	size_t nthreads, threads_capacity;
	struct ut_map thread_index; /* pid << 32 | tid */
	struct rd_foreign_process *processes;
	size_t nprocesses, processes_capacity;
	struct ut_map process_index;
	uint64_t calls;
	int64_t first_ns;
	uint64_t base_ns; /* CLOCK_REALTIME of time 0 */
	struct rd_foreign_call pending;
	bool has_pending;
};

/* The number of a function as the trace spells it: cudaLaunchKernel_ptsz_v7000. */
uint32_t rd_foreign_function(struct rd_trace *trace, struct rd_foreign *foreign, const char *name);

/* Valid until the next one is asked for; made if they are new. */
struct rd_foreign_thread *rd_foreign_thread(struct rd_foreign *foreign, uint32_t pid, uint32_t tid);
struct rd_foreign_process *rd_foreign_process(struct rd_foreign *foreign, uint32_t pid);

/* `call` with its times, function, correlation and result; the rest is filled in here. */
void rd_foreign_add(struct rd_foreign *foreign, uint32_t pid, uint32_t tid,
		    struct rd_foreign_call *call);

/* A fact for the header; both texts live as long as the trace. */
void rd_foreign_fact(struct rd_trace *trace, const char *name, const char *value);

/* After the last call: counters, processes and start of the header. False: cannot be sorted. */
bool rd_foreign_finish(struct rd_trace *trace, struct rd_foreign *foreign);

bool rd_foreign_next(struct rd_trace *trace, struct rd_foreign *foreign, struct ct_event *event);

/* They describe no functions. */
const struct rd_function *rd_foreign_functions(const struct rd_trace *trace, size_t *count);

void rd_foreign_free(struct rd_foreign *foreign);

extern const struct rd_form rd_kineto_form;
extern const struct rd_form rd_nsys_form;

/*
 * Whether JSON, plain or compressed, is to be opened as a foreign trace and not as one of
 * curtrace, by its beginning.
 */
bool rd_kineto_is_it(const struct rd_trace *trace);

/* The first bytes of a file of SQLite. */
#define RD_NSYS_MAGIC "SQLite format 3"

#endif
