/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session's switches, as the collector follows and drives them.
 */
#ifndef COLLECT_SWITCHES_H
#define COLLECT_SWITCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct collector;
struct col_process;

/* Of so many changes the trace says when each of them was. */
#define COL_SWITCHES_TOLD 200

struct col_switch_change {
	uint64_t ns; /* on CLOCK_MONOTONIC */
	bool on;
};

struct col_switches {
	struct col_switch_change told[COL_SWITCHES_TOLD];
	size_t ntold;
	uint64_t seen;     /* changes that were looked at */
	bool began_off;    /* when the session was made */
	bool on;           /* after the changes seen */
	uint64_t since_ns; /* how long it has been so */
	uint64_t on_ns;    /* time before that for which recording was on */
	uint64_t first_on_ns;
	uint64_t delay_ends_ns, duration_ns; /* 0: not asked for */
};

/* The session is there. */
void col_switches_begin(struct collector *c);

/* The program is about to run, and is to be recorded after the one time and for the other. */
void col_switches_time(struct collector *c, uint64_t delay_ns, uint64_t duration_ns);

/* Does what is due, and looks for changes. How many microseconds from now the next is due. */
unsigned int col_switches_poll(struct collector *c, uint64_t now_ns);

/* A process is dead that may have been in a range. */
void col_switches_leave(struct collector *c, const struct col_process *p);

/* Nobody reads the rings any more: switches every process off that still runs. */
void col_switches_end(struct collector *c);

/* Recording was not on all the time. */
bool col_switches_varied(const struct col_switches *s);

/* "on at 0.500 s, off at 2.000 s"; "off" first if it began so. To be freed. */
char *col_switches_text(const struct collector *c);

#endif
