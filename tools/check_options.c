/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsing the options of `curtrace check`.
 */
#include "check_options.h"

#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "util/message.h"
#include "util/quantity.h"
#include "util/xalloc.h"

#define RUNS 5

enum {
	OPT_WARMUP = CMD_LONG,
	OPT_RUNTIME,
	OPT_SIM,
	OPT_RECORDING,
	OPT_STDERR,
	OPT_IGNORE_STDERR,
	OPT_IGNORE,
	OPT_KEEP,
	OPT_TIMEOUT,
	OPT_JSON
};

const struct cmd_option check_option_table[] = {
	{ 'n', "runs", true },
	{ 'q', "quiet", false },
	{ 'h', "help", false },
	{ OPT_WARMUP, "warmup", true },
	{ OPT_RUNTIME, "runtime", true },
	{ OPT_SIM, "sim", false },
	{ OPT_RECORDING, "recording", false },
	{ OPT_STDERR, "stderr", false },
	{ OPT_IGNORE_STDERR, "ignore-stderr", false },
	{ OPT_IGNORE, "ignore", true },
	{ OPT_KEEP, "keep", true },
	{ OPT_TIMEOUT, "timeout", true },
	{ OPT_JSON, "json", false },
	{ 0, NULL, false },
};

static bool take_flag(struct check_options *o, int option)
{
	switch (option) {
	case 'q':
		return o->quiet = true;
	case 'h':
		return o->help = true;
	case OPT_SIM:
		return o->simulate = true;
	case OPT_RECORDING:
		return o->recording = true;
	case OPT_STDERR:
		return o->with_stderr = true;
	case OPT_IGNORE_STDERR:
		o->with_stderr = false;
		return true;
	case OPT_JSON:
		return o->json = true;
	}
	return false;
}

static bool take_count(const struct cmd_args *args, const char *name, unsigned int *count)
{
	unsigned long long number;

	if (!cmd_number(args, name, CHECK_RUNS_MAX, &number))
		return false;
	*count = (unsigned int)number;
	return true;
}

/* An expression that matches everything would leave nothing to compare: "" is taken as a slip. */
static bool take_ignore(struct check_options *o, const char *text)
{
	char why[128] = "it is empty";
	int error = *text ? 0 : REG_BADPAT;

	ut_grow(&o->ignore, &o->ignore_capacity, o->nignore, sizeof(*o->ignore));
	if (!error) {
		error = regcomp(&o->ignore[o->nignore], text, REG_EXTENDED | REG_NOSUB);
		if (!error) {
			o->nignore++;
			return true;
		}
		regerror(error, NULL, why, sizeof(why));
	}
	ut_warn("check: --ignore `%s' is not a regular expression: %s", text, why);
	return false;
}

/* 0 is no limit, as timeout(1) has it. */
static bool take_timeout(struct check_options *o, const char *text)
{
	if (!ut_quantity_time(text, &o->timeout_ns)) {
		ut_warn("check: --timeout takes a time such as 90 (seconds) or 500ms, not `%s'",
			text);
		return false;
	}
	if (!o->timeout_ns)
		o->timeout_ns = UINT64_MAX;
	return true;
}

static bool take(struct check_options *o, int option, const struct cmd_args *args)
{
	switch (option) {
	case 'n':
		if (!take_count(args, "-n", &o->runs))
			return false;
		if (!o->runs)
			ut_warn("check: -n 0 compares nothing: at least one run is needed");
		return o->runs;
	case OPT_WARMUP:
		return take_count(args, "--warmup", &o->warmup);
	case OPT_RUNTIME:
		o->runtime = args->value;
		return true;
	case OPT_KEEP:
		o->keep = args->value;
		return true;
	case OPT_IGNORE:
		return take_ignore(o, args->value);
	case OPT_TIMEOUT:
		return take_timeout(o, args->value);
	}
	return take_flag(o, option);
}

/* The first word that is no option is the program; what follows is its own. */
bool check_options_parse(int argc, char **argv, struct check_options *o)
{
	struct cmd_args args = {
		.argc = argc, .argv = argv, .options = check_option_table, .stop_at_operand = true
	};
	int option;

	*o = (struct check_options){ .runs = RUNS, .timeout_ns = UINT64_MAX };
	while ((option = cmd_args_next(&args)) != CMD_ARGS_END)
		if (option == CMD_ARGS_BAD || !take(o, option, &args))
			return false;
	o->command = argv + args.next;
	if (!o->help && args.next >= argc) {
		ut_warn("check: no command given (`curtrace help check`)");
		return false;
	}
	return true;
}

void check_options_free(struct check_options *o)
{
	for (size_t i = 0; i < o->nignore; i++)
		regfree(&o->ignore[i]);
	free(o->ignore);
	o->ignore = NULL;
	o->nignore = 0;
}
