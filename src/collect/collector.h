/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collector: follows a session while its processes run and moves what they record into a
 * native trace.
 *
 *	col_begin(&c, &session, fd, folder, &run);
 *	while (the program runs)
 *		col_poll(&c), sleep a little;
 *	col_finish(&c, &end);
 *	... c.totals, c.warnings
 *	col_free(&c);
 *
 * One thread, no signal handlers: the caller decides when to look. A disk that is full costs
 * records, which are counted; it never stops the draining, for the program would wait.
 */
#ifndef COLLECT_COLLECTOR_H
#define COLLECT_COLLECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/addresses.h"
#include "collect/modules.h"
#include "collect/outsiders.h"
#include "collect/runtimes.h"
#include "collect/process.h"
#include "collect/session.h"
#include "collect/stats.h"
#include "collect/switches.h"
#include "collect/triggers.h"
#include "collect/warnings.h"
#include "write/native.h"

/* Cells that are moved at once; the producer gets their room back after each move. */
#define COL_BATCH_CELLS 1024

/* What the header of a trace says of the run. */
struct col_run_info {
	const char *tool_version;
	const char *command;                 /* see command.h */
	bool simulated;                      /* with the simulated driver */
	const struct col_settings *settings; /* what the session was made with, or NULL */
	struct col_flight *flight;           /* the trace is of the newest alone: see flight.h */
};

/* What is known when the program has ended. */
struct col_end_info {
	int exit_status;         /* as waitpid gives it; -1: not known */
	const char *program;     /* path of the file that was run, or NULL */
	const char *own_modules; /* folder of the project's own libraries, or NULL */
	const char *trigger;     /* why the trace was made while it was, or NULL */
	bool live;               /* the processes go on, and so does their session */
	bool recovered;          /* there was no collector when the processes ended */
};

struct col_flight;

struct collector {
	struct col_session *session;
	struct wr_native trace;
	struct col_stats *stats;
	struct col_switches switches;
	const struct col_selection *selection; /* of functions, or NULL: all are recorded */
	const struct col_inject *inject;       /* or NULL: nothing is injected */
	struct col_flight *flight;             /* or NULL: everything is kept */
	struct col_watch watch;                /* what may be a reason to make a trace */
	struct col_warnings warnings;
	struct col_modules modules;
	struct col_runtimes runtimes;
	struct col_outsiders outsiders; /* looked for by who has started the command */
	struct col_places places;       /* of callers and stacks */
	struct col_process **processes; /* in the order in which they were seen */
	size_t nprocesses;
	size_t capacity;
	struct col_process **open; /* those that are not closed, and perhaps some that are */
	size_t nopen;
	size_t open_capacity;
	struct col_process **by_slot; /* session->nslots; NULL: not seen yet */
	uint32_t slots_seen;          /* the first so many were */
	struct ctr_cell *batch;       /* COL_BATCH_CELLS */
	bool overwrite;  /* flight recorder: rings are read when their process has ended */
	bool keep_files; /* do not remove what a process left when it has been taken */
	bool newest;     /* of what was recorded only that is kept: see flight.h */
	bool frozen;     /* we are to tell of this instant: what comes now is another's */
	bool holds;      /* that other one needs the files: nothing goes away meanwhile */
	bool api_written;
	uint32_t next_index;
	uint32_t ring_fill;   /* fullest ring that the last poll found, in 1/256 */
	unsigned int idle_us; /* what the last poll asked for */
	bool moved;           /* the last poll found records */
	uint64_t next_scan_ns;
	uint64_t next_alive_ns;
	uint64_t next_clock_ns;
	uint64_t began_ns;
	uint64_t ended_ns;
	unsigned int clock_samples;
	int write_error;  /* first one, as a positive errno */
	int unread_error; /* likewise the last one of a ring that could not be read */
	bool disk_full;   /* the last one was that */
	struct col_counters totals;
};

/*
 * `fd`: an empty file for the trace, in `folder`. Returns 0 or a negative errno: nothing could be
 * written.
 */
int col_begin(struct collector *c, struct col_session *session, int fd, const char *folder,
	      const struct col_run_info *run);

/* Looks once. Returns how many microseconds the caller may sleep until the next time. */
unsigned int col_poll(struct collector *c);

/* A traced process other than `pid` still runs. */
bool col_others_run(const struct collector *c, uint32_t pid);

/*
 * Ends the session, takes what is left, and writes the end of the trace. Returns 0, or a negative
 * errno if the trace has no end; the records before are whole even so.
 */
int col_finish(struct collector *c, const struct col_end_info *end);

void col_free(struct collector *c);

/* Fewer microseconds between two looks the fuller a ring is; `idle_us`: sleep before, no record. */
unsigned int col_pace(unsigned int ring_fill, bool moved, unsigned int idle_us);

#endif
