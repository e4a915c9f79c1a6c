/* SPDX-License-Identifier: Apache-2.0 */
/* curtrace print: one line a call, in the manner of strace. */
#include <fnmatch.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "options.h"
#include "show.h"
#include "util/format.h"
#include "util/message.h"

static const char usage[] =
	"Usage: curtrace print [OPTION...] [TRACE]\n"
	"\n"
	"Prints a trace (.ctr, .json, .json.gz; default " CMD_DEFAULT_TRACE "), one line a call:\n"
	"\n"
	"    TIME PID/TID FUNCTION(ARGUMENT=VALUE, ...) = RESULT <DURATION>\n"
	"\n"
	"TIME counts from the start of the recording, in seconds, as does DURATION. An argument\n"
	"that is known only after success is shown as @ADDRESS where the call failed. A call that\n"
	"had not returned ends in <unfinished ...>. A call of an older CUDA's interface shows its\n"
	"version: FUNCTION@12.\n"
	"\n"
	"  -c, --call PATTERN   only functions whose names match, as in cudaMemcpy*\n"
	"  -f, --failed         only calls that failed\n"
	"  -p, --process PID    only this process\n"
	"  -t, --thread TID     only this thread\n"
	"  -n, --limit N        at most N lines\n"
	"      --caller         also where each call came from\n"
	"  -k, --stacks         also the stack of each call (`curtrace record --stacks')\n"
	"\n"
	"Exit status: 0; 1 if the trace is cut off or corrupt (what is sound was printed); 2 if\n"
	"nothing could be read, or on wrong usage.\n";

/* Which lines are wanted, and what is on them. */
struct selection {
	const char *call;
	bool failed;
	bool caller;
	bool stacks;
	unsigned long long pid, tid, limit; /* 0: all */
};

/* Codes for a terminal; all empty if there is none. */
struct colours {
	const char *name, *failed, *expected, *faint, *end;
};

static const struct colours no_colours = { "", "", "", "", "" };
static const struct colours ansi_colours = { "\033[1m", "\033[31m", "\033[33m", "\033[2m",
					     "\033[0m" };

/* Without printf: a line has up to a dozen of these. */
static void print_hex(uint64_t value)
{
	char text[UT_FORMAT_MAX];

	fwrite(text, 1, ut_format_hex(text, value), stdout);
}

static void print_seconds(int64_t ns, int width)
{
	char text[UT_FORMAT_MAX];
	int length = (int)ut_format_s(text, ns);

	printf("%*.*s", width > length ? width : length, length, text);
}

/* ---- arguments ----------------------------------------------------------------------------- */

/* Reads like an enumerator or a set of flags: shown bare, as from a native trace. */
static bool is_word(const char *text)
{
	return *text && !text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					   "0123456789_|")];
}

/* A JSON trace does not tell an enumerator from a string: quotes where it matters. */
static void print_text(const struct ct_arg *arg)
{
	const char *text = arg->text ? arg->text : "";

	if (arg->kind != CT_KIND_STR && is_word(text))
		fputs(text, stdout);
	else
		show_quoted(stdout, text);
	if (arg->truncated)
		fputs("...", stdout);
}

/* Names where the trace has names, else numbers as they are usually written. */
static void print_known(const struct ct_arg *arg)
{
	switch (arg->kind) {
	case CT_KIND_INT:
	case CT_KIND_ENUM:
		if (arg->label)
			show_text(stdout, arg->label);
		else
			printf("%" PRId64, arg->value.i);
		break;
	case CT_KIND_UINT:
	case CT_KIND_SIZE:
		printf("%" PRIu64, arg->value.u);
		break;
	case CT_KIND_FLAGS:
		show_text(stdout, arg->label ? arg->label : "0");
		break;
	case CT_KIND_KERNEL:
		if (arg->label)
			show_quoted(stdout, arg->label);
		else
			print_hex(arg->value.u);
		break;
	case CT_KIND_DIM3:
		printf("{%" PRIu32 ",%" PRIu32 ",%" PRIu32 "}", arg->value.xyz[0],
		       arg->value.xyz[1], arg->value.xyz[2]);
		break;
	case CT_KIND_FLOAT:
		printf("%g", arg->value.f);
		break;
	case CT_KIND_STR:
	case CT_KIND_BYTES:
	case CT_KIND_TEXT:
		print_text(arg);
		break;
	default:
		print_hex(arg->value.u);
		if (!arg->label)
			break;
		fputs(" <", stdout);
		show_text(stdout, arg->label);
		putchar('>');
	}
}

/* @: the address where the value would have been written, had the call succeeded. */
static void print_arg(const struct ct_arg *arg)
{
	show_text(stdout, arg->name);
	putchar('=');
	if (arg->known) {
		print_known(arg);
	} else if (arg->value.u) {
		putchar('@');
		print_hex(arg->value.u);
	} else {
		putchar('?');
	}
}

/* ---- events -------------------------------------------------------------------------------- */

/* Void functions have none, and functions that return a pointer show it as an argument. */
static void print_result(const struct ct_event *event, const struct colours *colours)
{
	const char *colour = event->flags & CT_EVENT_FAILED     ? colours->failed
			     : event->flags & CT_EVENT_EXPECTED ? colours->expected
								: "";

	if (event->flags & CT_EVENT_IN_FLIGHT) {
		printf(" = %s<unfinished ...>%s", colours->expected, colours->end);
		return;
	}
	if (!strcmp(event->result_kind, "status")) {
		printf(" = %s", colour);
		if (event->result_name)
			show_text(stdout, event->result_name);
		if (event->result_name && event->result)
			printf(" (%" PRId32 ")", event->result);
		else if (!event->result_name)
			printf("%" PRId32, event->result);
		fputs(*colour ? colours->end : "", stdout);
	} else if (!strcmp(event->result_kind, "int")) {
		printf(" = %" PRId32, event->result);
	} else if (!strcmp(event->result_kind, "uint")) {
		printf(" = %" PRIu32, (uint32_t)event->result);
	}
}

/* The file's name without its folder: the folder is in info, and long. */
static void print_caller(const struct ct_event *event)
{
	fputs(" [", stdout);
	if (event->caller_module) {
		show_text(stdout, show_basename(event->caller_module));
		putchar('+');
		print_hex(event->caller_offset);
	} else {
		print_hex(event->caller);
	}
	if (event->caller_function) {
		putchar(' ');
		show_text(stdout, event->caller_function);
		putchar('+');
		print_hex(event->caller_function_offset);
	}
	putchar(']');
}

/* As strace -k shows them: innermost first, " > module(function+offset) [offset in the module]". */
static void print_stack(const struct ct_header *header, uint32_t number)
{
	while (number) {
		const struct ct_frame *frame = &header->frames[number - 1];

		fputs(" > ", stdout);
		show_text(stdout, frame->module ? frame->module : "");
		putchar('(');
		if (frame->function) {
			show_text(stdout, frame->function);
			putchar('+');
			print_hex(frame->function_offset);
		}
		fputs(") [", stdout);
		print_hex(frame->module ? frame->offset : frame->address);
		fputs("]\n", stdout);
		number = frame->parent;
	}
}

/*
 * The name is the one that was called, twin or not: that is what the program did. Behind it the
 * version of CUDA, if the program called an older one's.
 */
static void print_call(const struct ct_event *event, const struct selection *selection,
		       const struct colours *colours)
{
	unsigned int i;

	fputs(colours->name, stdout);
	show_text(stdout, event->entry);
	if (event->abi)
		printf("@%" PRIu32, event->abi);
	printf("%s(", colours->end);
	for (i = 0; i < event->nargs; i++) {
		if (i)
			fputs(", ", stdout);
		print_arg(&event->args[i]);
	}
	putchar(')');
	print_result(event, colours);
	printf(" %s<", colours->faint);
	print_seconds((int64_t)(event->end_ns - event->start_ns), 0);
	printf(">%s", colours->end);
	if (selection->caller && (event->caller || event->caller_module))
		print_caller(event);
}

/* Where calls are missing must not be overlooked. */
static void print_loss(const struct ct_event *event, const struct colours *colours)
{
	const char *separator = "";

	printf("%s--- %" PRIu64 " calls lost (", colours->failed,
	       event->lost_full + event->lost_reentered + event->lost_other);
	if (event->lost_full) {
		printf("%" PRIu64 ": no room in the ring", event->lost_full);
		separator = ", ";
	}
	if (event->lost_reentered) {
		printf("%s%" PRIu64 ": in a signal handler", separator, event->lost_reentered);
		separator = ", ";
	}
	if (event->lost_other) {
		printf("%s%" PRIu64 ": ", separator, event->lost_other);
		show_text(stdout, *event->lost_cause ? event->lost_cause : "?");
	}
	printf(") ---%s", colours->end);
}

static void print_event(const struct ct_event *event, uint64_t origin,
			const struct selection *selection, const struct colours *colours)
{
	fputs(colours->faint, stdout);
	print_seconds((int64_t)(event->start_ns - origin), 13);
	printf(" %" PRIu32 "/%" PRIu32 "%s ", event->pid, event->tid, colours->end);
	switch (event->type) {
	case CT_EVENT_CALL:
		print_call(event, selection, colours);
		break;
	case CT_EVENT_LOSS:
		print_loss(event, colours);
		break;
	case CT_EVENT_THREAD:
		fputs("--- thread ", stdout);
		show_quoted(stdout, event->thread_name);
		fputs(" ---", stdout);
		break;
	}
	putchar('\n');
}

static bool is_selected(const struct ct_event *event, const struct selection *selection)
{
	if ((selection->pid && event->pid != selection->pid) ||
	    (selection->tid && event->tid != selection->tid))
		return false;
	/* Losses are shown whatever was asked for: they may be what is missing here. */
	if (event->type != CT_EVENT_CALL)
		return event->type == CT_EVENT_LOSS || (!selection->call && !selection->failed);
	if (selection->failed && !(event->flags & CT_EVENT_FAILED))
		return false;
	return !selection->call || !fnmatch(selection->call, event->name, 0) ||
	       !fnmatch(selection->call, event->entry, 0);
}

/* The event is 5 KB, too much for some stacks. */
static void print_events(struct rd_trace *trace, const struct selection *selection)
{
	const struct colours *colours = show_colours() ? &ansi_colours : &no_colours;
	uint64_t origin = rd_header(trace)->start_realtime_ns;
	unsigned long long lines = 0;
	static struct ct_event event;

	while (rd_next(trace, &event)) {
		if (!origin)
			origin = event.start_ns;
		if (!is_selected(&event, selection))
			continue;
		print_event(&event, origin, selection, colours);
		if (selection->stacks)
			print_stack(rd_header(trace), event.stack);
		if (++lines == selection->limit)
			break;
	}
}

/* ---- command line -------------------------------------------------------------------------- */

enum {
	OPTION_CALLER = CMD_LONG
};

static const struct cmd_option options[] = {
	{ 'c', "call", true },
	{ 'f', "failed", false },
	{ 'p', "process", true },
	{ 't', "thread", true },
	{ 'n', "limit", true },
	{ 'k', "stacks", false },
	{ OPTION_CALLER, "caller", false },
	{ 0 },
};

/* False: a message was printed. */
static bool take_option(struct cmd_args *args, int which, struct selection *selection,
			const char **path)
{
	switch (which) {
	case 'c':
		selection->call = args->value;
		return true;
	case 'f':
		selection->failed = true;
		return true;
	case 'p':
		return cmd_number(args, "--process", UINT32_MAX, &selection->pid);
	case 't':
		return cmd_number(args, "--thread", UINT32_MAX, &selection->tid);
	case 'n':
		return cmd_number(args, "--limit", UINT64_MAX, &selection->limit);
	case 'k':
		selection->stacks = true;
		return true;
	case OPTION_CALLER:
		selection->caller = true;
		return true;
	case CMD_ARGS_OPERAND:
		if (*path)
			ut_warn("print: one trace at a time, not also `%s'", args->value);
		else
			*path = args->value;
		return *path == args->value;
	default:
		return false;
	}
}

static int run(int argc, char **argv)
{
	struct cmd_args args = { .argc = argc, .argv = argv, .options = options };
	struct selection selection = { 0 };
	struct rd_trace *trace;
	const char *path = NULL;
	int which;

	while ((which = cmd_args_next(&args)) != CMD_ARGS_END) {
		if (!take_option(&args, which, &selection, &path))
			return CMD_ERROR;
	}
	trace = show_open(path);
	if (!trace)
		return CMD_ERROR;
	/* A pager that was left ends this quietly, also where a parent ignores the signal. */
	signal(SIGPIPE, SIG_DFL);
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	print_events(trace, &selection);
	return show_close(trace, path);
}

const struct cmd cmd_print = {
	.name = "print",
	.synopsis = "print a trace, one line a call",
	.usage = usage,
	.run = run,
};
