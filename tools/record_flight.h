/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --flight, --trigger and --max-dumps of `curtrace record': only what was recorded last is kept,
 * and made a trace of when there is a reason.
 */
#ifndef TOOLS_RECORD_FLIGHT_H
#define TOOLS_RECORD_FLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "collect/triggers.h"

/* So many --trigger are taken. */
#define RECORD_TRIGGERS_MAX 32

struct col_settings;

struct record_flight { /* all zero: everything is kept */
	bool wanted;
	uint64_t keep_ns;
	unsigned int max_dumps; /* 0: the default */
	const char *expressions[RECORD_TRIGGERS_MAX];
	unsigned int count;
	struct col_triggers triggers;
};

/* The value of --flight, NULL for none. False: not a time, and a message was printed. */
bool record_flight_time(struct record_flight *f, const char *text);

/* Likewise of --trigger and of --max-dumps. */
bool record_flight_trigger(struct record_flight *f, const char *text);
bool record_flight_dumps(struct record_flight *f, const char *text);

/*
 * Makes the triggers of the expressions and the functions of this installation, and fills in the
 * settings, which point into *f. False: they cannot be made, and a message was printed.
 */
bool record_flight_resolve(struct record_flight *f, struct col_settings *settings);

#endif
