/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls of a foreign trace in order of time, in memory that does not grow with them: what does not
 * fit is sorted in parts, which lie in a file without a name until they are merged.
 */
#ifndef READER_FOREIGN_SORT_H
#define READER_FOREIGN_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rd_foreign_call {
	int64_t start_ns;
	int64_t end_ns;
	uint64_t number; /* in the file: who comes first of calls with the same times */
	uint64_t correlation;
	uint32_t function; /* number in rd_foreign.functions */
	uint32_t thread;   /* number in rd_foreign.threads */
	int32_t result;
	bool has_result;
};

/* Calls that are kept in memory: 48 MiB with what sorting them takes. */
#define RD_SORT_CALLS ((size_t)1 << 19)

struct rd_sort_run; /* a sorted part in the file */

struct rd_sort {                       /* all zero: empty */
	size_t limit;                  /* calls in memory; 0: RD_SORT_CALLS */
	struct rd_foreign_call *calls; /* of the part that is being filled */
	size_t count, capacity, next;
	struct rd_sort_run *runs;
	size_t nruns, runs_capacity;
	struct rd_sort_run **heap; /* runs with calls left, the earliest one first */
	size_t nheap;
	uint64_t offset; /* end of the file */
	bool has_file;
	int fd;
	int error; /* errno of the first failure, or 0 */
};

void rd_sort_add(struct rd_sort *sort, const struct rd_foreign_call *call);

/* After the last call, before the first rd_sort_next. Returns `error`. */
int rd_sort_finish(struct rd_sort *sort);

/*
 * The next call by start; of those that start together, the one that ends last is first. False at
 * the end, or with `error` if the file cannot be read.
 */
bool rd_sort_next(struct rd_sort *sort, struct rd_foreign_call *call);

void rd_sort_free(struct rd_sort *sort);

#endif
