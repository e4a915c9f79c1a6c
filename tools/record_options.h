/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of `curtrace record`.
 */
#ifndef TOOLS_RECORD_OPTIONS_H
#define TOOLS_RECORD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "collect/session.h"
#include "output.h"
#include "record_select.h"
#include "record_stacks.h"

struct record_options {
	const char *output; /* pattern, NULL: the default trace */
	enum output_form form;
	bool simulate;
	bool quiet;
	bool wait_all; /* for every process of the command */
	bool help;
	struct record_select select;
	struct record_stacks stacks;
	struct col_settings settings;
	char **command; /* program and arguments, NULL at the end */
};

/* False: wrong usage, and a message was printed. */
bool record_options_parse(int argc, char **argv, struct record_options *o);

/* "64K", "1M", "2G", "4096"; false: not a size. */
bool record_parse_size(const char *text, uint64_t *bytes);

/* "100ms", "2s", "5" (seconds), "inf"; false: not a time. */
bool record_parse_time(const char *text, uint64_t *ns);

#endif
