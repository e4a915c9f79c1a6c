/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of `curtrace record`.
 */
#ifndef TOOLS_RECORD_OPTIONS_H
#define TOOLS_RECORD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "collect/session.h"
#include "options.h"
#include "output.h"
#include "record_flight.h"
#include "record_inject.h"
#include "record_layers.h"
#include "record_select.h"
#include "record_stacks.h"

struct record_options {
	const char *output; /* pattern, NULL: the default trace */
	enum output_form form;
	bool full; /* JSON that carries everything */
	bool simulate;
	bool quiet;
	bool wait_all;    /* for every process of the command */
	bool keep_static; /* runtimes that the program brings with it are left alone */
	bool torch;       /* PyTorch is to tell its operators and steps by NVTX */
	bool help;
	unsigned int layers; /* a bit for each that is recorded, see record_layers.h */
	struct record_select select;
	struct record_inject inject;
	struct record_stacks stacks;
	struct record_flight flight;
	struct col_settings settings;
	char **command; /* program and arguments, NULL at the end */
};

extern const struct cmd_option record_option_table[];

/* False: wrong usage, and a message was printed. */
bool record_options_parse(int argc, char **argv, struct record_options *o);

#endif
