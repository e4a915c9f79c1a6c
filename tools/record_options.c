/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsing the options of `curtrace record`.
 */
#include "record_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "util/message.h"
#include "util/quantity.h"

enum {
	OPT_SIM = CMD_LONG,
	OPT_JSON,
	OPT_BUFFER,
	OPT_BUFFER_TOTAL,
	OPT_OVERFLOW,
	OPT_BLOCK_TIMEOUT,
	OPT_DELAY,
	OPT_DURATION,
	OPT_START_OFF,
	OPT_RANGE,
	OPT_STATIC,
	OPT_LAYERS,
	OPT_TORCH,
	OPT_WAIT_ALL,
	OPT_STACKS,
	OPT_STACK_DEPTH,
	OPT_PYTHON,
	OPT_KERNEL_ARGS,
	OPT_FLIGHT,
	OPT_TRIGGER,
	OPT_MAX_DUMPS
};

const struct cmd_option record_option_table[] = {
	{ 'o', "output", true },
	{ 'q', "quiet", false },
	{ 'h', "help", false },
	{ OPT_SIM, "sim", false },
	{ OPT_JSON, "json", true },
	{ OPT_BUFFER, "buffer", true },
	{ OPT_BUFFER_TOTAL, "buffer-total", true },
	{ OPT_OVERFLOW, "overflow", true },
	{ OPT_BLOCK_TIMEOUT, "block-timeout", true },
	{ 'e', "trace", true },
	{ OPT_DELAY, "delay", true },
	{ OPT_DURATION, "duration", true },
	{ OPT_START_OFF, "start-off", false },
	{ OPT_RANGE, "range", true },
	{ OPT_STATIC, "static", true },
	{ OPT_LAYERS, "layers", true },
	{ OPT_TORCH, "torch", false },
	{ OPT_WAIT_ALL, "wait-all", false },
	{ OPT_STACKS, "stacks", CMD_MAY_HAVE_VALUE },
	{ OPT_STACK_DEPTH, "stack-depth", true },
	{ OPT_PYTHON, "python", false },
	{ OPT_KERNEL_ARGS, "kernel-args", false },
	{ OPT_FLIGHT, "flight", CMD_MAY_HAVE_VALUE },
	{ OPT_TRIGGER, "trigger", true },
	{ OPT_MAX_DUMPS, "max-dumps", true },
	{ 0, NULL, false },
};

/* A power of two, as the rings need it: what is asked for is the least there will be. */
static bool parse_ring_size(const char *text, uint32_t *bytes)
{
	uint64_t wanted;

	if (!ut_quantity_size(text, &wanted) || wanted > COL_RING_BYTES_MAX)
		return false;
	*bytes = COL_RING_BYTES_MIN;
	while (*bytes < wanted)
		*bytes *= 2;
	return true;
}

/* By the names that the header of a trace shows. */
static bool parse_overflow(const char *text, enum ctr_overflow *overflow)
{
	static const char *const names[] = {
		[CTR_OVERFLOW_BLOCK] = "block",
		[CTR_OVERFLOW_DROP] = "drop",
		[CTR_OVERFLOW_OVERWRITE] = "overwrite",
	};

	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text, names[i]))
			continue;
		*overflow = (enum ctr_overflow)i;
		return true;
	}
	return false;
}

/* The last one holds. The second name of cuda-profiler is the one that nsys has for it. */
static bool parse_range(const char *text, struct col_settings *settings)
{
	static const char nvtx[] = "nvtx:";

	settings->ranges = !strcmp(text, "cuda-profiler") || !strcmp(text, "cudaProfilerApi");
	settings->range = strncmp(text, nvtx, sizeof(nvtx) - 1) ? NULL : text + sizeof(nvtx) - 1;
	if (settings->range)
		return *settings->range && strlen(settings->range) < CTR_RANGE_NAME;
	return settings->ranges;
}

/* When recording is on. */
static bool parse_when(const char *text, int option, struct col_settings *settings)
{
	switch (option) {
	case OPT_DELAY:
		return ut_quantity_time(text, &settings->delay_ns);
	case OPT_DURATION:
		return ut_quantity_time(text, &settings->duration_ns) && settings->duration_ns;
	default:
		return parse_range(text, settings);
	}
}

/* The value of an option that is more than a flag. */
static bool take_value(struct record_options *o, int option, const char *value)
{
	bool good = true;

	switch (option) {
	case 'o':
		o->output = value;
		good = output_form_of(value, &o->form);
		if (!good)
			ut_warn("-o %s: a trace's name ends in .json, .json.gz or .ctr", value);
		return good;
	case 'e':
		return record_inject_take(&o->inject, value, &good)
			       ? good
			       : record_select_add(&o->select, value);
	case OPT_JSON:
		good = o->full = !strcmp(value, "full");
		break;
	case OPT_STACKS:
		o->stacks.expression = value;
		break;
	case OPT_STACK_DEPTH:
		return record_stacks_depth(&o->stacks, value);
	case OPT_FLIGHT:
		return record_flight_time(&o->flight, value);
	case OPT_TRIGGER:
		return record_flight_trigger(&o->flight, value);
	case OPT_MAX_DUMPS:
		return record_flight_dumps(&o->flight, value);
	case OPT_DELAY:
	case OPT_DURATION:
	case OPT_RANGE:
		good = parse_when(value, option, &o->settings);
		break;
	case OPT_BUFFER:
		good = parse_ring_size(value, &o->settings.ring_bytes);
		break;
	case OPT_BUFFER_TOTAL:
		good = ut_quantity_size(value, &o->settings.total_bytes) && o->settings.total_bytes;
		break;
	case OPT_STATIC:
		o->keep_static = !strcmp(value, "off");
		good = o->keep_static || !strcmp(value, "on");
		break;
	case OPT_LAYERS:
		return record_layers_parse(value, &o->layers);
	case OPT_OVERFLOW:
		good = parse_overflow(value, &o->settings.overflow);
		break;
	case OPT_BLOCK_TIMEOUT:
		good = ut_quantity_time(value, &o->settings.block_timeout_ns);
		/* 0 stands for the default there. */
		o->settings.block_timeout_ns += !o->settings.block_timeout_ns;
		break;
	}
	if (!good)
		ut_warn("%s is not a value for that option (`curtrace help record`)", value);
	return good;
}

/* The first word that is no option is the program; what follows is its own. */
bool record_options_parse(int argc, char **argv, struct record_options *o)
{
	struct cmd_args args = {
		.argc = argc, .argv = argv, .options = record_option_table, .stop_at_operand = true
	};
	int option;

	*o = (struct record_options){ .form = OUTPUT_JSON, .layers = RECORD_LAYERS_DEFAULT };
	while ((option = cmd_args_next(&args)) != CMD_ARGS_END && option != CMD_ARGS_OPERAND) {
		if (option == CMD_ARGS_BAD)
			return false;
		o->quiet |= option == 'q';
		o->help |= option == 'h';
		o->simulate |= option == OPT_SIM;
		o->wait_all |= option == OPT_WAIT_ALL;
		o->settings.start_off |= option == OPT_START_OFF;
		o->settings.kernel_args |= option == OPT_KERNEL_ARGS;
		o->torch |= option == OPT_TORCH;
		o->stacks.python |= option == OPT_PYTHON;
		o->stacks.wanted |= option == OPT_STACKS || option == OPT_PYTHON;
		if (!take_value(o, option, args.value))
			return false;
	}
	o->command = argv + args.next;
	if (!o->help && args.next >= argc) {
		ut_warn("record: no command given (`curtrace help record`)");
		return false;
	}
	if (o->help)
		return true;
	if (o->full && o->form == OUTPUT_NATIVE) {
		ut_warn("record: --json says nothing of a native trace (.ctr)");
		return false;
	}
	if (!record_layers_select(o->layers, &o->select) || !record_select_resolve(&o->select) ||
	    !record_inject_resolve(&o->inject) ||
	    !record_stacks_resolve(&o->stacks, &o->settings) ||
	    !record_flight_resolve(&o->flight, &o->settings))
		return false;
	o->settings.layers = record_layers_text(o->layers);
	o->settings.inject = o->inject.count ? &o->inject.rules : NULL;
	o->settings.selection = o->select.count ? &o->select.selection : NULL;
	return true;
}
