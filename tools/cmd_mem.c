/* SPDX-License-Identifier: Apache-2.0 */
/*
 * curtrace mem: who holds memory, and what moves. The trace is read once; a second time, up to the
 * instant in question, for who held the memory then: what was live there is not kept for every
 * instant that might turn out to be the peak.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "mem.h"
#include "show.h"
#include "source.h"
#include "util/message.h"
#include "util/progress.h"
#include "util/quantity.h"

#define TEXT_TOP   10
#define PIECES     24
#define MAX_PIECES 100000

static const char usage[] =
	"Usage: curtrace mem [OPTION]... " SOURCE_OPERANDS "\n"
	"\n"
	"Shows how much memory was live, who held it at the peak and at the end, what was taken\n"
	"and given back again and again, what was copied between which devices, and frees and\n"
	"copies that do not fit.\n"
	"\n"
	"      --at TIME        who held memory at TIME (1.5s, 200ms), not at the peak\n"
	"  -f, --format FORMAT  text, json or csv (one table: the peak, or what --only names)\n"
	"  -n, --top N          so many rows of each table (text: 10, otherwise all); 0 for all\n"
	"      --only TABLE     kinds, devices, peak, held, churn, traffic, findings or timeline\n"
	"  -s, --stacks         tell holders apart by their call stacks, and show these\n"
	"      --timeline[=N]   live memory over time, in N pieces (24)\n" SOURCE_OPTIONS_USAGE
	"\n" SOURCE_USAGE "\n"
	"A file is read a second time, up to the instant in question.\n"
	"\n" SOURCE_STATUS_USAGE;

enum {
	OPTION_AT = CMD_LONG,
	OPTION_ONLY,
	OPTION_TIMELINE
};

static const struct cmd_option options[] = {
	{ OPTION_AT, "at", true },
	{ 'f', "format", true },
	{ 'n', "top", true },
	{ OPTION_ONLY, "only", true },
	{ 's', "stacks", false },
	{ OPTION_TIMELINE, "timeline", CMD_MAY_HAVE_VALUE },
	SOURCE_OPTIONS,
	{ 0 },
};

static const struct cmd_words words[] = {
	{ "format", "text json csv" },
	{ "only", "kinds devices peak held churn traffic findings timeline" },
	{ NULL, NULL },
};

/* ---- what the formats share ---------------------------------------------------------------- */

const char *mem_table_name(enum mem_table table)
{
	static const char *const names[MEM_TABLES] = {
		"kinds", "devices", "peak", "held", "churn", "traffic", "findings", "timeline",
	};

	return names[table];
}

bool mem_wants(const struct mem *mem, enum mem_table table)
{
	if (table == MEM_TIMELINE && !mem->instants)
		return false;
	return mem->only == MEM_TABLES || mem->only == table;
}

size_t mem_rows(const struct mem *mem, size_t count)
{
	return count < mem->top ? count : (size_t)mem->top;
}

size_t mem_holding(const struct an_holder *const *holders, size_t count)
{
	size_t n = 0;

	while (n < count && holders[n]->kind.live)
		n++;
	return n;
}

uint64_t mem_relative(const struct mem *mem, uint64_t ns)
{
	uint64_t first = an_usage_first_ns(mem->usage);

	return ns > first ? ns - first : 0;
}

const char *mem_route_name(const struct an_route *route)
{
	return route->is_set ? "set" : an_direction_name(route->direction);
}

uint32_t mem_pid(const struct mem *mem, uint32_t process)
{
	return process < mem->header->nprocesses ? mem->header->processes[process].pid : 0;
}

/* ---- options ------------------------------------------------------------------------------- */

static bool take_format(struct mem *mem, const char *text)
{
	static const char *const names[] = { "text", "json", "csv" };

	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(text, names[i])) {
			mem->format = (enum mem_format)i;
			return true;
		}
	}
	ut_warn("mem: --format is text, json or csv, not `%s'", text);
	return false;
}

static bool take_only(struct mem *mem, const char *text)
{
	for (int table = 0; table < MEM_TABLES; table++) {
		if (!strcmp(text, mem_table_name((enum mem_table)table))) {
			mem->only = (enum mem_table)table;
			return true;
		}
	}
	ut_warn("mem: --only knows no table `%s' (see `curtrace help mem')", text);
	return false;
}

static bool take_at(struct mem *mem, const char *text)
{
	mem->at_given = ut_quantity_time(text, &mem->at_ns);
	if (!mem->at_given)
		ut_warn("mem: --at takes a time such as 1.5s or 200ms, not `%s'", text);
	return mem->at_given;
}

static bool take_pieces(struct mem *mem, const struct cmd_args *args)
{
	unsigned long long number = PIECES;

	if (args->value && !cmd_number(args, "--timeline", MAX_PIECES, &number))
		return false;
	mem->pieces = number ? number : 1;
	return true;
}

static bool take_top(struct mem *mem, const struct cmd_args *args)
{
	unsigned long long number;

	if (!cmd_number(args, "--top", MEM_ALL - 1, &number))
		return false;
	mem->top = number ? number : MEM_ALL;
	return true;
}

static bool take_option(struct mem *mem, const struct cmd_args *args, int which)
{
	switch (which) {
	case 'f':
		return take_format(mem, args->value);
	case 'n':
		return take_top(mem, args);
	case 's':
		mem->stacks = true;
		return true;
	case OPTION_AT:
		return take_at(mem, args->value);
	case OPTION_ONLY:
		return take_only(mem, args->value);
	case OPTION_TIMELINE:
		return take_pieces(mem, args);
	default:
		return false;
	}
}

static bool parse(struct mem *mem, struct source *source, int argc, char **argv)
{
	struct cmd_args args = { .argc = argc, .argv = argv, .options = options };
	int which;

	while ((which = cmd_args_next(&args)) != CMD_ARGS_END) {
		enum source_taken taken = source_take(source, &args, which);

		if (taken == SOURCE_BAD ||
		    (taken == SOURCE_NOT_MINE && !take_option(mem, &args, which)))
			return false;
	}
	if (mem->only == MEM_TIMELINE && !mem->pieces)
		mem->pieces = PIECES;
	if (mem->format == MEM_CSV && mem->only == MEM_TABLES)
		mem->only = mem->pieces ? MEM_TIMELINE : MEM_PEAK;
	if (!mem->top)
		mem->top = mem->format == MEM_TEXT ? TEXT_TOP : MEM_ALL;
	source->stacks = mem->stacks;
	return true;
}

/* ---- reading ------------------------------------------------------------------------------- */

static void want(struct rd_trace *trace)
{
	rd_want(trace, RD_WANT_ARGS | RD_WANT_CALLER);
	rd_want_args_of(trace, an_usage_wants);
}

static struct an_usage *read_all(const struct mem *mem, struct rd_trace *trace)
{
	struct an_usage *all = an_usage_new(rd_header(trace), mem->stacks);
	struct ct_event event;

	want(trace);
	ut_progress_begin("reading", rd_header(trace)->recorded);
	while (rd_next(trace, &event)) {
		ut_progress_step();
		an_usage_add(all, &event);
	}
	ut_progress_end();
	an_usage_finish(all);
	return all;
}

/* Of device memory, or where there is none of the host's. */
static struct an_peak peak_of(const struct mem *mem)
{
	const struct an_kind *device = an_usage_device_memory(mem->usage);

	return device->peak.ordinal ? device->peak : an_usage_host_memory(mem->usage)->peak;
}

/* The instant in question: by time, or the event that made the peak. */
struct instant {
	uint64_t last_ns;
	uint64_t last_ordinal;
};

static struct instant instant_of(struct mem *mem)
{
	struct an_peak peak = peak_of(mem);

	if (mem->at_given) {
		mem->moment_ns = an_usage_first_ns(mem->usage) + mem->at_ns;
		return (struct instant){ mem->moment_ns, UINT64_MAX };
	}
	mem->moment_ns = peak.ns;
	return (struct instant){ UINT64_MAX, peak.ordinal };
}

static struct an_usage *read_until(const struct mem *mem, struct rd_trace *trace,
				   struct instant until)
{
	struct an_usage *moment = an_usage_new(rd_header(trace), mem->stacks);
	struct ct_event event;

	want(trace);
	while (rd_next(trace, &event) && event.start_ns <= until.last_ns &&
	       event.ordinal <= until.last_ordinal)
		an_usage_add(moment, &event);
	an_usage_finish(moment);
	return moment;
}

static struct an_timeline *read_timeline(const struct mem *mem, struct rd_trace *trace)
{
	struct an_timeline *line = an_timeline_new(an_usage_first_ns(mem->usage),
						   an_usage_last_ns(mem->usage), mem->pieces);
	struct an_usage *running = an_usage_new(rd_header(trace), false);
	struct ct_event event;

	want(trace);
	while (rd_next(trace, &event)) {
		an_usage_add(running, &event);
		an_timeline_add(line, running, event.start_ns);
	}
	an_usage_free(running);
	return line;
}

/* It could be read a moment ago; if it cannot now, the answer does without. */
static struct rd_trace *open_again(const struct source *source)
{
	struct rd_error error;
	struct rd_trace *trace = rd_open(source->path, &error);

	if (!trace)
		show_complaint(source->name, &error);
	return trace;
}

/* ---- the command --------------------------------------------------------------------------- */

static void print(const struct mem *mem)
{
	switch (mem->format) {
	case MEM_TEXT:
		mem_print_text(mem, stdout);
		break;
	case MEM_JSON:
		mem_print_json(mem, stdout);
		break;
	case MEM_CSV:
		mem_print_csv(mem, stdout);
		break;
	}
}

static void answer(struct mem *mem, const struct source *source)
{
	bool moment = mem_wants(mem, MEM_PEAK) && (mem->at_given || peak_of(mem).ordinal);
	struct rd_trace *first = moment ? open_again(source) : NULL;
	struct rd_trace *second = mem->pieces ? open_again(source) : NULL;
	struct an_usage *then = first ? read_until(mem, first, instant_of(mem)) : NULL;
	struct an_timeline *line = second ? read_timeline(mem, second) : NULL;

	mem->moment = then;
	if (line)
		mem->instants = an_timeline_finish(line, &mem->ninstants);
	print(mem);
	an_usage_free(then);
	an_timeline_free(line);
	rd_close(first);
	rd_close(second);
}

static int run(int argc, char **argv)
{
	struct mem mem = { .only = MEM_TABLES };
	struct source source = { 0 };
	struct rd_trace *trace;
	struct an_usage *all;

	if (!parse(&mem, &source, argc, argv))
		return CMD_ERROR;
	trace = source_open(&source);
	if (!trace)
		return source_failed(&source);
	mem.header = rd_header(trace);
	all = read_all(&mem, trace);
	mem.usage = all;
	answer(&mem, &source);
	an_usage_free(all);
	return source_close(&source, trace, CMD_OK);
}

const struct cmd cmd_mem = {
	.name = "mem",
	.synopsis = "show who holds memory, what moves, and what does not fit",
	.usage = usage,
	.options = options,
	.words = words,
	.run = run,
};
