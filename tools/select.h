/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which calls of a trace a reading command is asked about: by function, outcome, process, thread,
 * stream, time and duration. The words are those of `record -e` and strace (util/selector.h).
 *
 *	struct select_calls select = { 0 };
 *	... select_take for each option (SELECT_OPTIONS in the command's table)
 *	if (!select_begin(&select, trace))
 *		... a message was printed: CMD_ERROR
 *	while (rd_next(trace, &event))
 *		if (select_event(&select, &event, state)) ...
 *	select_end(&select);
 */
#ifndef TOOLS_SELECT_H
#define TOOLS_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/state.h"
#include "options.h"
#include "reader/reader.h"
#include "util/selector.h"

enum {
	SELECT_STREAM = CMD_LONG + 1100,
	SELECT_FROM,
	SELECT_TO,
	SELECT_LONGER
};

/* clang-format off */
#define SELECT_OPTIONS \
	{ 'e', "trace", true }, \
	{ 'f', "failed", false }, \
	{ 'p', "process", true }, \
	{ 't', "thread", true }, \
	{ SELECT_STREAM, "stream", true }, \
	{ SELECT_FROM, "from", true }, \
	{ SELECT_TO, "to", true }, \
	{ SELECT_LONGER, "longer", true }
#define SELECT_USAGE \
	"  -e, --trace WHAT     only these calls: names, %domains, cuda*Async patterns,\n" \
	"                       /expressions, with commas; ! in front: all but these;\n" \
	"                       or status=success, expected, failed, unfinished\n" \
	"  -f, --failed         only calls that failed: -e status=failed\n" \
	"  -p, --process PID    only this process\n" \
	"  -t, --thread TID     only this thread\n" \
	"      --stream STREAM  only calls with this stream: 2, stream#2, default, 0xADDRESS\n" \
	"      --from TIME      only from so long after the start of the recording (1.5, 200ms)\n" \
	"      --to TIME        only until then\n" \
	"      --longer TIME    only calls that took so long\n"
/* clang-format on */

struct select_calls { /* all zero: all calls */
	struct ut_selector functions;
	unsigned int states; /* bits of enum select_state; 0: all */
	unsigned long long pid, tid;
	const char *stream;
	uint64_t from_ns, to_ns; /* from the start; to_ns 0: to the end */
	uint64_t longer_ns;
	/* From select_begin. */
	uint64_t origin_ns;        /* CLOCK_REALTIME; 0: not known before the first event */
	signed char *functions_in; /* by number: 0 not asked yet, 1 in, -1 out */
	size_t nfunctions;
	bool *met; /* by element: it was about something in the trace */
	bool check_met;
};

enum select_taken {
	SELECT_NOT_MINE,
	SELECT_TAKEN,
	SELECT_BAD /* wrong usage, and a message was printed */
};

enum select_taken select_take(struct select_calls *s, const struct cmd_args *args, int which);

/* -e, for commands that spell it otherwise as well. False: a message was printed. */
bool select_add(struct select_calls *s, const char *command, const char *expression);

/*
 * To be called for each trace. False: a function was asked for that the trace's runtime has not
 * got, and a message was printed. What a trace does not say of itself is not known before its end:
 * see select_end.
 */
bool select_begin(struct select_calls *s, const char *command, struct rd_trace *trace);

/*
 * Losses are selected whatever was asked for, unless they are another thread's: they may be what is
 * missing. `state` gives streams their names.
 */
bool select_event(struct select_calls *s, const struct ct_event *event, struct an_state *state);

/* Nothing that comes after this event can be selected: events come in order of their start. */
bool select_is_past(const struct select_calls *s, const struct ct_event *event);

/* Says what was asked for and never met in a trace that does not list its functions. */
void select_end(struct select_calls *s, const char *command);

#endif
