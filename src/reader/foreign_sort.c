/* SPDX-License-Identifier: Apache-2.0 */
/* An external merge sort. */
#include "reader/foreign_sort.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/heap.h"
#include "util/xalloc.h"

#define WINDOW 1024 /* calls of a run that are in memory while runs are merged */

struct rd_sort_run {
	uint64_t offset; /* in the file, of what was not read yet */
	uint64_t left;   /* calls from there on */
	struct rd_foreign_call *window;
	size_t at, count;
};

static int compare(const struct rd_foreign_call *a, const struct rd_foreign_call *b)
{
	if (a->start_ns != b->start_ns)
		return a->start_ns < b->start_ns ? -1 : 1;
	if (a->end_ns != b->end_ns)
		return a->end_ns > b->end_ns ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static int compare_calls(const void *a, const void *b)
{
	return compare(a, b);
}

/* ---- parts --------------------------------------------------------------------------------- */

/* Where it is full another folder may be named by TMPDIR. The file loses its name at once. */
static int open_file(void)
{
	const char *tmp = getenv("TMPDIR");
	char name[4096];
	int fd;

	if (snprintf(name, sizeof(name), "%s/curtrace-XXXXXX", tmp && *tmp ? tmp : "/tmp") >=
	    (int)sizeof(name)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkstemp(name);
	if (fd >= 0)
		unlink(name);
	return fd;
}

static int write_all(int fd, const char *data, size_t size, uint64_t offset)
{
	ssize_t part;

	for (; size; data += part, size -= (size_t)part, offset += (uint64_t)part) {
		part = pwrite(fd, data, size, (off_t)offset);
		if (part < 0 && errno == EINTR)
			part = 0;
		else if (part <= 0)
			return part ? errno : ENOSPC;
	}
	return 0;
}

/* Sorts what is in memory and writes it behind the runs before. */
static void spill(struct rd_sort *sort)
{
	size_t size = sort->count * sizeof(*sort->calls);

	if (!sort->has_file && !sort->error) {
		sort->fd = open_file();
		sort->has_file = sort->fd >= 0;
		sort->error = sort->has_file ? 0 : errno;
	}
	ut_grow(&sort->runs, &sort->runs_capacity, sort->nruns, sizeof(*sort->runs));
	qsort(sort->calls, sort->count, sizeof(*sort->calls), compare_calls);
	if (!sort->error)
		sort->error = write_all(sort->fd, (char *)sort->calls, size, sort->offset);
	if (!sort->error)
		sort->runs[sort->nruns++] =
			(struct rd_sort_run){ .offset = sort->offset, .left = sort->count };
	sort->offset += size;
	sort->count = 0;
}

void rd_sort_add(struct rd_sort *sort, const struct rd_foreign_call *call)
{
	if (sort->count == (sort->limit ? sort->limit : RD_SORT_CALLS))
		spill(sort);
	ut_grow(&sort->calls, &sort->capacity, sort->count, sizeof(*sort->calls));
	sort->calls[sort->count++] = *call;
}

/* ---- merging them -------------------------------------------------------------------------- */

/* The run's next call is in its window; false: there is none, or it cannot be read. */
static bool refill(struct rd_sort *sort, struct rd_sort_run *run)
{
	size_t wanted = run->left < WINDOW ? (size_t)run->left : WINDOW, size, done = 0;
	ssize_t part;

	if (run->at < run->count)
		return true;
	size = wanted * sizeof(*run->window);
	while (done < size) {
		part = pread(sort->fd, (char *)run->window + done, size - done,
			     (off_t)(run->offset + done));
		if (part < 0 && errno == EINTR)
			continue;
		if (part <= 0) {
			sort->error = part ? errno : EIO;
			return false;
		}
		done += (size_t)part;
	}
	run->at = 0;
	run->count = wanted;
	run->offset += size;
	run->left -= wanted;
	return wanted > 0;
}

static bool is_before(const struct rd_sort_run *a, const struct rd_sort_run *b)
{
	return compare(&a->window[a->at], &b->window[b->at]) < 0;
}

UT_HEAP_SIFT_DOWN(sift_down, struct rd_sort_run, is_before)

/* What fits in memory never sees a file. */
int rd_sort_finish(struct rd_sort *sort)
{
	if (!sort->nruns) {
		if (sort->count)
			qsort(sort->calls, sort->count, sizeof(*sort->calls), compare_calls);
		return sort->error;
	}
	spill(sort);
	free(sort->calls);
	sort->calls = NULL;
	sort->capacity = 0;
	sort->heap = ut_xcalloc(sort->nruns, sizeof(struct rd_sort_run *));
	for (size_t i = 0; i < sort->nruns; i++) {
		sort->runs[i].window = ut_xmalloc(WINDOW * sizeof(struct rd_foreign_call));
		if (!sort->error && refill(sort, &sort->runs[i]))
			sort->heap[sort->nheap++] = &sort->runs[i];
	}
	for (size_t i = sort->nheap / 2; i-- > 0;)
		sift_down(sort->heap, sort->nheap, i);
	return sort->error;
}

bool rd_sort_next(struct rd_sort *sort, struct rd_foreign_call *call)
{
	struct rd_sort_run *run;

	if (!sort->nruns) {
		if (sort->next == sort->count)
			return false;
		*call = sort->calls[sort->next++];
		return true;
	}
	if (!sort->nheap || sort->error)
		return false;
	run = sort->heap[0];
	*call = run->window[run->at++];
	if (!refill(sort, run))
		sort->heap[0] = sort->heap[--sort->nheap];
	if (sort->nheap)
		sift_down(sort->heap, sort->nheap, 0);
	return true;
}

void rd_sort_free(struct rd_sort *sort)
{
	for (size_t i = 0; i < sort->nruns; i++)
		free(sort->runs[i].window);
	if (sort->has_file)
		close(sort->fd);
	free(sort->runs);
	free(sort->heap);
	free(sort->calls);
	*sort = (struct rd_sort){ 0 };
}
