/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Working out the warnings of a trace. Each is one sentence that a person can act on.
 */
#include "collect/finish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One line for each cause, with what can be done about it. */
static void warn_lost(struct collector *c, uint64_t n, const char *code, const char *why)
{
	if (n)
		col_warnings_add(&c->warnings, code, "%llu %s not in the trace: %s",
				 (unsigned long long)n, n == 1 ? "call is" : "calls are", why);
}

/* lost_no_room is a part of lost_no_ring, told apart because another remedy helps. */
static void explain_losses(struct collector *c)
{
	const struct col_counters *t = &c->totals;
	char why[160];

	warn_lost(c, t->lost_full, "loss",
		  "the ring of their thread was full (--buffer gives larger ones)");
	warn_lost(c, t->lost_reentered, "loss",
		  "a signal handler made them while another call was being recorded");
	warn_lost(c, t->lost_no_ring - t->lost_no_room, "loss",
		  "their threads got no ring within the budget (--buffer-total raises it)");
	warn_lost(c, t->lost_no_room, "loss",
		  "their threads got no ring: the session's folder is full, or closed to them "
		  "(another user, a limit)");
	warn_lost(c, t->lost_no_slot, "loss",
		  "there were more processes than the session has room for");
	warn_lost(c, t->lost_no_session, "loss",
		  "their processes could not open the session (descriptors, rights or memory)");
	snprintf(why, sizeof(why), "the trace could not be written (%s)", strerror(c->write_error));
	warn_lost(c, t->lost_write, "trace-disk", why);
	warn_lost(c, t->lost_overwritten, "overwritten",
		  c->newest ? "they are older than what --flight keeps"
			    : "newer ones took their place, as --overflow overwrite asks for");
	warn_lost(c, t->lost_damaged, "damaged",
		  "the memory that they were recorded in was written over or cut off");
	if (t->lost_unread)
		col_warnings_add(&c->warnings, "loss",
				 "%llu %s could not be read (%s): their calls are missing, and "
				 "counted as one each",
				 (unsigned long long)t->lost_unread,
				 t->lost_unread == 1 ? "ring" : "rings", strerror(c->unread_error));
	if (t->broken_rings)
		col_warnings_add(&c->warnings, "damaged",
				 "%llu %s cut off while in use: calls are missing there, perhaps "
				 "more than were counted",
				 (unsigned long long)t->broken_rings,
				 t->broken_rings == 1 ? "ring file was" : "ring files were");
	if (t->uncounted)
		col_warnings_add(&c->warnings, "damaged",
				 "%llu more calls are in the trace than its processes have counted",
				 (unsigned long long)t->uncounted);
	if (c->write_error && !t->lost_write)
		col_warnings_add(&c->warnings, "trace-disk",
				 "parts of the trace could not be written (%s)",
				 strerror(c->write_error));
	if (t->lost_defs)
		col_warnings_add(&c->warnings, "loss",
				 "%llu %s missing: the session's folder was "
				 "full, or closed to their process",
				 (unsigned long long)t->lost_defs,
				 t->lost_defs == 1 ? "name or property is"
						   : "names or properties are");
}

/* No fault: the program was killed, or ended its process while a thread was in a call. */
static void explain_in_flight(struct collector *c, const struct col_end_info *end)
{
	if (c->totals.in_flight)
		col_warnings_add(&c->warnings, "in-flight", "%llu %s had not returned when the %s",
				 (unsigned long long)c->totals.in_flight,
				 c->totals.in_flight == 1 ? "call" : "calls",
				 end->live ? "snapshot was taken" : "process ended");
}

/* A trace without calls says why, as far as that can be found out. */
static void explain_emptiness(struct collector *c)
{
	if (c->totals.calls)
		return;
	if (!c->nprocesses)
		col_warnings_add(&c->warnings, "no-calls",
				 "no CUDA runtime call was seen, and no process reached the end "
				 "of its main program with curtrace's library loaded");
	else if (c->switches.began_off && !c->switches.first_on_ns)
		col_warnings_add(&c->warnings, "no-calls",
				 "no CUDA runtime call was recorded: recording was never switched "
				 "on");
	else if (c->selection || col_switches_varied(&c->switches))
		col_warnings_add(&c->warnings, "no-calls",
				 "no CUDA runtime call was recorded: none of the selected ones was "
				 "made while recording was on");
	else if (c->modules.uses_runtime)
		col_warnings_add(&c->warnings, "no-calls",
				 "no CUDA runtime call was seen: the program uses the runtime but "
				 "did not call it in this run");
	else
		col_warnings_add(&c->warnings, "no-calls",
				 "no CUDA runtime call was seen: neither the program nor a "
				 "library that it loaded is linked to a shared CUDA runtime");
}

/* Modules first: why there are no calls may be found among them. */
void col_explain(struct collector *c, const struct col_end_info *end)
{
	/* A program that was killed at once has left no map; in the map, paths have no links. */
	if (end->program) {
		char *path = realpath(end->program, NULL);

		if (path)
			col_modules_add(&c->modules, path, strlen(path));
		free(path);
	}
	col_runtimes_warn(&c->runtimes, &c->warnings);
	col_modules_inspect(&c->modules, end->own_modules, &c->runtimes, &c->warnings);
	explain_emptiness(c);
	col_outsiders_explain(&c->outsiders, !c->totals.calls, &c->warnings);
	explain_losses(c);
	explain_in_flight(c, end);
	if (c->stats->no_driver)
		col_warnings_add(&c->warnings, "no-driver",
				 "%llu %s failed because there is no usable CUDA driver or "
				 "device",
				 (unsigned long long)c->stats->no_driver,
				 c->stats->no_driver == 1 ? "call" : "calls");
	if (c->stats->not_supported)
		col_warnings_add(&c->warnings, "not-supported",
				 "%llu %s answered `not supported' (`curtrace info --coverage` "
				 "lists what curtrace's runtime lacks)",
				 (unsigned long long)c->stats->not_supported,
				 c->stats->not_supported == 1 ? "call" : "calls");
}
