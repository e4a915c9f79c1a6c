/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compares a trace with what the program says that it did (calls.c):
 *
 *	check_calls TRACE FILE [no-loss] [exact] [before=FILE]
 *
 * Of each thread the calls stand in their order, and where some are missing a loss record says
 * exactly how many; whatever had returned is there or lost; one call at most is in flight. In the
 * header made = recorded + lost. no-loss: nothing is lost. exact: the program ended by itself, and
 * made is what it did. before: the program goes on; this is a copy of FILE that was made before the
 * trace, and FILE one that was made after it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "progress.h"
#include "reader/reader.h"

static const struct progress *progress, *before;
static uint64_t seen[PROGRESS_THREADS], committed[PROGRESS_THREADS];
static uint64_t lost_somewhere, gaps, calls, lost, in_flight;
static int wrong;

static void complain(const char *what, const struct ct_event *event, uint64_t a, uint64_t b)
{
	if (wrong++ < 10)
		printf("%s: %u/%u: %llu, %llu\n", what, event ? event->pid : 0,
		       event ? event->tid : 0, (unsigned long long)a, (unsigned long long)b);
}

/* Threads come one after the other in the file and mostly in the trace. */
static int find(const struct ct_event *event)
{
	static unsigned int last;

	for (unsigned int i = 0; i < progress->used && i < PROGRESS_THREADS; i++) {
		unsigned int at = (last + i) % progress->used;

		if (progress->thread[at].pid == event->pid &&
		    progress->thread[at].tid == event->tid)
			return (int)(last = at);
	}
	return -1;
}

static void take_loss(const struct ct_event *event)
{
	uint64_t n = event->lost_full + event->lost_reentered + event->lost_other;
	int thread = find(event);

	lost += n;
	if (thread >= 0)
		seen[thread] += n;
	else
		lost_somewhere += n;
}

static void take_call(const struct ct_event *event)
{
	int thread = find(event);
	uint64_t number = (uint64_t)event->args[0].value.i;

	calls++;
	if (thread < 0 || strcmp(event->name, "cudaGetErrorString")) {
		complain("a call that nobody made", event, number, 0);
		return;
	}
	if (number <= seen[thread])
		complain("a call that was seen before", event, number, seen[thread]);
	else
		gaps += number - seen[thread] - 1;
	seen[thread] = number;
	if (event->flags & CT_EVENT_IN_FLIGHT)
		in_flight++;
	else
		committed[thread] = number;
	if (event->end_ns < event->start_ns)
		complain("ends before it begins", event, event->start_ns, event->end_ns);
}

/* While a thread had no ring its calls were lost in no thread's place: only the sum is known. */
static uint64_t check_threads(void)
{
	uint64_t begun = 0, missing = 0;

	for (unsigned int i = 0; i < progress->used && i < PROGRESS_THREADS; i++) {
		const struct progress_thread *t = &progress->thread[i];

		begun += t->begun;
		if (seen[i] > t->begun)
			complain("more than were begun", NULL, seen[i], t->begun);
		if (seen[i] < before->thread[i].done)
			missing += before->thread[i].done - seen[i];
	}
	if (missing + gaps > lost_somewhere)
		complain("calls that had returned are missing", NULL, missing + gaps,
			 lost_somewhere);
	return begun;
}

static void check_header(const struct ct_header *h, uint64_t begun, int exact)
{
	uint64_t made = h->recorded + h->lost, slack = exact ? 0 : progress->used;

	for (unsigned int i = 0; i < progress->used && i < PROGRESS_THREADS; i++)
		slack += progress->thread[i].done - before->thread[i].done;

	if (h->calls != made)
		complain("header: made is not recorded + lost", NULL, h->calls, made);
	if (h->recorded != calls || h->in_flight != in_flight)
		complain("header: not what is in the trace", NULL, h->recorded, calls);
	if (h->lost < lost || (exact && h->calls != begun) || h->calls > begun ||
	    h->calls + slack < begun)
		complain("header: not what was made", NULL, h->calls, begun);
	if (!h->complete)
		complain("not complete", NULL, 0, 0);
}

static const struct progress *map(const char *path)
{
	int fd = open(path, O_RDONLY);

	return fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*progress), PROT_READ, MAP_PRIVATE, fd, 0);
}

int main(int argc, char **argv)
{
	static struct ct_event event;
	int exact = 0, no_loss = 0;
	struct rd_error error = { .offset = 0 };
	struct rd_trace *trace = argc > 2 ? rd_open(argv[1], &error) : NULL;
	const struct ct_header *header;

	progress = argc > 2 ? map(argv[2]) : MAP_FAILED;
	before = progress;
	for (int i = 3; i < argc; i++)
		if (!strncmp(argv[i], "before=", 7))
			before = map(argv[i] + 7);
	if (!trace || progress == MAP_FAILED || before == MAP_FAILED) {
		printf("%s: %s\n", argc > 1 ? argv[1] : "usage: check_calls TRACE FILE",
		       error.text);
		return 2;
	}
	for (int i = 3; i < argc; i++) {
		exact |= !strcmp(argv[i], "exact");
		no_loss |= !strcmp(argv[i], "no-loss");
	}
	header = rd_header(trace);
	while (rd_next(trace, &event)) {
		if (event.type == CT_EVENT_LOSS)
			take_loss(&event);
		else if (event.type == CT_EVENT_CALL)
			take_call(&event);
	}
	check_header(header, check_threads(), exact);
	if (rd_damage(trace))
		complain("damage", NULL, rd_damage(trace)->offset, 0);
	if (no_loss && header->lost)
		complain("lost", NULL, header->lost, 0);
	printf("%llu made, %llu written, %llu lost, %llu in flight, %u processes\n",
	       (unsigned long long)header->calls,
	       (unsigned long long)(header->recorded - header->in_flight),
	       (unsigned long long)header->lost, (unsigned long long)header->in_flight,
	       header->nprocesses);
	rd_close(trace);
	return wrong ? 1 : 0;
}
