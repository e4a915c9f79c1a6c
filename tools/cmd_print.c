/* SPDX-License-Identifier: Apache-2.0 */
/* curtrace print: one line a call, in the manner of strace. */
#include "cmd.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "options.h"
#include "print.h"
#include "show.h"
#include "source.h"
#include "util/message.h"
#include "util/progress.h"

/* clang-format off */
static const char usage[] =
	"Usage: curtrace print [OPTION]... " SOURCE_OPERANDS "\n"
	"\n"
	"Prints a trace, one line a call:\n"
	"\n"
	"    TIME PID/TID FUNCTION(ARGUMENT=VALUE, ...) = RESULT <DURATION>\n"
	"\n"
	"TIME counts from the start of the recording, in seconds; so is DURATION. Streams, events\n"
	"and other objects are numbered (stream#2), and behind a pointer stands where it points\n"
	"to: 0x7f0000000040 <device 1 MiB #3 +0x40> is 64 bytes behind the beginning of the third\n"
	"allocation. An argument that is known only after success is shown as @ADDRESS where the\n"
	"call failed. A call that had not returned ends in <unfinished ...>. A call of an older\n"
	"CUDA's interface shows its version: FUNCTION@12.\n"
	"\n"
	SOURCE_USAGE
	"\n"
	SELECT_USAGE
	"  -c, --call PATTERN   the same as -e, of one name or pattern\n"
	"  -n, --limit N        at most N calls\n"
	"      --raw            addresses alone, no numbers and no memory\n"
	"  -r, --relative       TIME since the line before: --time delta\n"
	"      --time FORM      TIME as start, delta, clock (of day), epoch (since 1970), none\n"
	"      --caller         also where each call came from\n"
	"  -k, --stacks         also the stack of each call (`curtrace record --stacks')\n"
	"  -F, --follow         print a recording that goes on, as it grows: the one of this\n"
	"                       process (in the place of TRACE), or the only one; or PROGRAM's\n"
	SOURCE_OPTIONS_USAGE
	"\n"
	SOURCE_STATUS_USAGE;
/* clang-format on */

/* How often new calls are looked for while PROGRAM runs. */
#define WATCH_MS 50

struct printing {
	struct print_options options;
	struct select_calls select;
	struct source source;
	unsigned long long limit; /* 0: none */
	bool follow;
};

/* False: it cannot go on. The event is 5 KB, too much for some stacks. */
static bool print_events(struct printing *printing, struct printer *printer, struct rd_trace *trace)
{
	struct select_calls *select = &printing->select;
	unsigned long long lines = 0;
	static struct ct_event event;
	bool good;

	good = select_begin(select, "print", trace);
	/* Lines that run over the terminal are progress enough. */
	if (!isatty(STDOUT_FILENO))
		ut_progress_begin("printing", rd_header(trace)->recorded);
	while (good && rd_next(trace, &event) && !select_is_past(select, &event)) {
		ut_progress_step();
		if (!printer_event(printer, &event, select))
			continue;
		if (++lines == printing->limit || !printer_flush(printer, false))
			break;
	}
	ut_progress_end();
	if (good)
		select_end(select, "print");
	return good;
}

static int print(struct printing *printing)
{
	static struct printer printer; /* large, and there is one */
	struct rd_trace *trace;
	bool good;

	printing->source.stacks = printing->options.stacks;
	trace = source_open(&printing->source);
	if (!trace)
		return source_failed(&printing->source);
	if (!printing->source.quiet && rd_header(trace)->lacks) {
		fputs("curtrace: ", stderr);
		show_missing(stderr, rd_header(trace));
	}
	printer_begin(&printer, trace, &printing->options);
	good = print_events(printing, &printer, trace);
	printer_end(&printer);
	return source_close(&printing->source, trace, good ? CMD_OK : CMD_ERROR);
}

/* ---- while it is recorded ------------------------------------------------------------------ */

static struct print_follow following(struct printing *printing)
{
	static struct printer printer;

	return (struct print_follow){ .printer = &printer,
				      .select = &printing->select,
				      .options = &printing->options,
				      .limit = printing->limit };
}

/* Not at every look of the collector's: a piece costs a millisecond or two. */
static void watch(int fd, void *data)
{
	struct print_follow *f = data;
	static struct timespec last;
	struct timespec now;
	char why[256];

	clock_gettime(CLOCK_MONOTONIC, &now);
	if ((now.tv_sec - last.tv_sec) * 1000 + (now.tv_nsec - last.tv_nsec) / 1000000 < WATCH_MS)
		return;
	if (!last.tv_sec && !follow_begin(&f->follow, fd, why, sizeof(why))) {
		ut_warn("print: --follow: %s", why);
		f->is_done = f->failed = true;
	}
	last = now;
	if (!f->is_done)
		print_follow_step(f, false);
}

/* The program has ended, perhaps before the first look. */
static int follow_program(struct printing *printing)
{
	struct source *source = &printing->source;
	struct print_follow f = following(printing);
	bool failed;

	f.follow.piece_fd = f.follow.fd = -1;
	source->watch = watch;
	source->watch_data = &f;
	if (!source_find(source))
		return source_failed(source);
	if (f.follow.fd < 0)
		watch(source->fd, &f);
	print_follow_step(&f, true);
	failed = f.failed;
	print_follow_free(&f);
	return source_close(source, NULL, failed ? CMD_ERROR : CMD_OK);
}

static int follow(struct printing *printing)
{
	struct source *source = &printing->source;
	struct print_follow f = following(printing);

	printing->source.stacks = printing->options.stacks;
	if (source->command)
		return follow_program(printing);
	if (!source_lead(source))
		return source_failed(source);
	return source_close(source, NULL, print_follow_session(&f, source->operand));
}

/* ---- command line -------------------------------------------------------------------------- */

enum {
	OPTION_CALLER = CMD_LONG,
	OPTION_RAW,
	OPTION_TIME
};

static const struct cmd_option options[] = {
	{ 'c', "call", true },
	{ 'n', "limit", true },
	{ 'k', "stacks", false },
	{ 'F', "follow", false },
	{ 'r', "relative", false },
	{ OPTION_TIME, "time", true },
	{ OPTION_RAW, "raw", false },
	{ OPTION_CALLER, "caller", false },
	SELECT_OPTIONS,
	SOURCE_OPTIONS,
	{ 0 },
};

static const char *const times[] = {
	[PRINT_SINCE_START] = "start", [PRINT_SINCE_LINE] = "delta", [PRINT_CLOCK] = "clock",
	[PRINT_EPOCH] = "epoch",       [PRINT_NO_TIME] = "none",
};

static bool take_time(const char *word, enum print_time *time)
{
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		if (strcmp(word, times[i]))
			continue;
		*time = (enum print_time)i;
		return true;
	}
	ut_warn("print: --time %s: it is start, delta, clock, epoch or none", word);
	return false;
}

/* False: a message was printed. */
static bool take_option(struct printing *printing, struct cmd_args *args, int which)
{
	struct print_options *o = &printing->options;

	switch (which) {
	case 'c':
		return select_add(&printing->select, "print", args->value);
	case 'n':
		return cmd_number(args, "--limit", UINT64_MAX, &printing->limit);
	case 'k':
		o->stacks = true;
		return true;
	case 'F':
		printing->follow = true;
		return true;
	case 'r':
		o->time = PRINT_SINCE_LINE;
		return true;
	case OPTION_TIME:
		return take_time(args->value, &o->time);
	case OPTION_RAW:
		o->raw = true;
		return true;
	case OPTION_CALLER:
		o->caller = true;
		return true;
	default:
		return false;
	}
}

static const struct cmd_words words[] = {
	{ "time", "start delta clock epoch none" },
	{ "stream", "default legacy per-thread" },
	{ 0 },
};

static int run(int argc, char **argv)
{
	struct cmd_args args = { .argc = argc, .argv = argv, .options = options };
	static struct printing printing;
	enum source_taken source;
	enum select_taken select;
	int which;

	while ((which = cmd_args_next(&args)) != CMD_ARGS_END) {
		source = source_take(&printing.source, &args, which);
		if (source == SOURCE_TAKEN)
			continue;
		select = source == SOURCE_BAD ? SELECT_BAD
					      : select_take(&printing.select, &args, which);
		if (select == SELECT_BAD ||
		    (select == SELECT_NOT_MINE && !take_option(&printing, &args, which)))
			return CMD_ERROR;
	}
	return printing.follow ? follow(&printing) : print(&printing);
}

const struct cmd cmd_print = {
	.name = "print",
	.synopsis = "print a trace, one line a call",
	.usage = usage,
	.options = options,
	.words = words,
	.run = run,
};
