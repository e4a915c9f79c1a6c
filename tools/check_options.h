/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of `curtrace check`.
 */
#ifndef TOOLS_CHECK_OPTIONS_H
#define TOOLS_CHECK_OPTIONS_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"

/* The outputs of all runs of a side may be open at once. */
#define CHECK_RUNS_MAX 100

struct check_options {
	unsigned int runs;
	unsigned int warmup;
	const char *runtime; /* for the reference; NULL: what the loader finds */
	const char *keep;    /* folder for the outputs, or NULL */
	uint64_t timeout_ns; /* of a run; UINT64_MAX: none */
	bool simulate;
	bool recording;
	bool with_stderr;
	bool json;
	bool quiet;
	bool help;
	regex_t *ignore; /* lines that match one are not compared */
	size_t nignore;
	size_t ignore_capacity;
	char **command; /* program and arguments, NULL at the end */
};

extern const struct cmd_option check_option_table[];

/* False: wrong usage, and a message was printed. */
bool check_options_parse(int argc, char **argv, struct check_options *o);

void check_options_free(struct check_options *o);

#endif
