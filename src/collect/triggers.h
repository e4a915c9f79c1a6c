/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a flight recorder makes a trace for, as it is written:
 *
 *	error		a call fails
 *	slow:SET>TIME	one of a function in SET takes longer, whether or not it has returned
 *	signal		the command is killed by a signal, or exits as a shell says of one
 *	failure		the command exits with a status that is not 0
 *	exit		the command ends
 *
 * SET is a selection of functions (util/selector.h). The last three are the caller's to see.
 */
#ifndef COLLECT_TRIGGERS_H
#define COLLECT_TRIGGERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curtrace/trace_format.h"

struct col_process;
struct col_ring;
struct col_run;
struct collector;
struct rd_api;

#define COL_TRIGGERS_SLOW 16 /* so many are taken */

struct col_slow {
	uint8_t left_out[CTR_SWITCH_FUNCTIONS / 8];
	uint64_t ns;
};

/* All zero: none. */
struct col_triggers {
	bool error, signal, failure, exit;
	unsigned int nslow;
	struct col_slow slow[COL_TRIGGERS_SLOW];
	char *text; /* as they were written, with blanks between them */
};

/* Adds one, or several words with commas between them. False, with one line in `why`. */
bool col_triggers_add(struct col_triggers *t, const struct rd_api *api, const char *text, char *why,
		      size_t size);

/* Why there should be a trace, given how the command ended (as of waitpid). False: no reason. */
bool col_triggers_at_end(const struct col_triggers *t, int status, char *why, size_t size);

void col_triggers_free(struct col_triggers *t);

/* What the collector has seen. */
struct col_watch {
	const struct col_triggers *triggers; /* or NULL: nothing is looked for */
	char why[256];                       /* the first reason since it was emptied; "": none */
	uint64_t more;                       /* further ones since then */
	/* Counter of the CPU against time, from the session's beginning to `sample`. */
	struct ctr_clock_sample sample;
	uint64_t next_look_ns;
};

/* A run of records that was taken, copied. */
void col_triggers_look(struct collector *c, const struct col_process *p, const struct col_ring *r,
		       const struct col_run *run);

/* Calls that have not returned; now and then, whatever `now_ns` says. */
void col_triggers_poll(struct collector *c, uint64_t now_ns);

#endif
