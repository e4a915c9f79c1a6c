/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running a program and recording it: what `curtrace record` does, and every command that is given
 * a program in the place of a trace.
 */
#ifndef TOOLS_RECORDING_H
#define TOOLS_RECORDING_H

#include <limits.h>
#include <stdbool.h>

#include "child.h"
#include "collect/collector.h"
#include "collect/flight.h"
#include "collect/session.h"
#include "dumps.h"
#include "libraries.h"
#include "output.h"
#include "record_options.h"

struct recording {
	struct record_options options; /* set these first */
	int unnamed_fd;             /* or an empty file for the native trace, which gets no name: */
	const char *unnamed_folder; /* where that lies; NULL: options.output is made */
	/* Called now and then while the program runs, and must not take long; or NULL. */
	void (*watch)(void *data);
	void *watch_data;
	struct child child; /* .status: how the program ended */
	struct libraries libraries;
	struct col_session session;
	struct output output;
	struct collector collector;
	struct col_flight flight; /* if only the newest is kept */
	struct dumps dumps;
	char *program;
	char why[PATH_MAX + 256];
};

/*
 * Runs the program to its end and leaves its trace. 0: it ran (also if the trace could not be
 * brought into its form, which was said). Else a message was printed, and this is the exit status.
 */
int recording_run(struct recording *r);

#endif
