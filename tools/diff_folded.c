/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff as folded differential stacks: lane, frames from the outermost, function and kernel, then
 * the weight in A and in B. What flamegraph.pl draws in red and blue, as difffolded.pl writes it.
 * Where a trace has no stacks, the place that a call came from stands in for them.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/roles.h"
#include "analysis/statistics_hash.h"
#include "diff.h"
#include "reader/reader.h"
#include "util/arena.h"
#include "util/map.h"
#include "util/message.h"
#include "util/xalloc.h"
#include "write/text.h"

#define DEPTH 256

struct line {
	const char *text;
	uint64_t weights[2];
};

struct folding {
	struct ut_map index; /* by hash of the text */
	struct line *lines;
	size_t count, capacity;
	struct ut_arena strings;
	struct wr_text text;
	/* Of the side that is read: which lane an event is of, and which of its calls is next. */
	const char **roles; /* by lane: what A calls it, so that workers that swapped places meet */
	uint32_t *lanes;
	uint64_t last_ordinal;
	const struct diff *diff;
};

/* ---- which call is of which lane ------------------------------------------------------------- */

static void index_lanes(struct folding *f, const struct df_side *side)
{
	f->last_ordinal = 0;
	for (size_t i = 0; i < side->nlanes; i++) {
		const struct df_lane *lane = &side->lanes[i];

		if (lane->ncalls &&
		    lane->first_ordinal + lane->calls[lane->ncalls - 1].ordinal > f->last_ordinal)
			f->last_ordinal =
				lane->first_ordinal + lane->calls[lane->ncalls - 1].ordinal;
	}
	f->lanes = ut_xcalloc(f->last_ordinal + 1, sizeof(*f->lanes));
	for (size_t i = 0; i < side->nlanes; i++) {
		const struct df_lane *lane = &side->lanes[i];

		for (size_t k = 0; k < lane->ncalls; k++)
			f->lanes[lane->first_ordinal + lane->calls[k].ordinal] = (uint32_t)i + 1;
	}
}

static const char **roles_of(const struct df_report *report, unsigned int which)
{
	const struct df_side *side = which ? report->b : report->a;
	const char **roles = ut_xcalloc(side->nlanes + 1, sizeof(*roles));
	struct df_pair *pairs;
	size_t count;

	for (size_t i = 0; i < side->nlanes; i++)
		roles[i] = side->lanes[i].role;
	if (!which)
		return roles;
	pairs = df_roles(report->a, report->b, &count);
	for (size_t i = 0; i < count; i++) {
		if (pairs[i].a != DF_NO_LANE && pairs[i].b != DF_NO_LANE)
			roles[pairs[i].b] = report->a->lanes[pairs[i].a].role;
	}
	free(pairs);
	return roles;
}

/* ---- a line ---------------------------------------------------------------------------------- */

/* A semicolon would end the frame, a newline the line; a blank stands before the weights alone. */
static void add_frame(struct wr_text *text, const char *frame)
{
	if (text->used)
		wr_text_char(text, ';');
	for (; *frame; frame++) {
		unsigned char c = (unsigned char)*frame;

		wr_text_char(text, (char)(c == ';' ? ':' : c < 0x20 || c == 0x7f ? '?' : c));
	}
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* By the function alone, or what is known of it: offsets differ between builds. */
static void add_place(struct wr_text *text, const char *function, const char *module)
{
	add_frame(text, function ? function : module ? base_of(module) : "?");
}

static void add_stack(struct wr_text *text, const struct ct_header *header,
		      const struct ct_event *event)
{
	uint32_t path[DEPTH];
	size_t depth = 0;

	for (uint32_t frame = event->stack; frame && frame <= header->nframes && depth < DEPTH;
	     frame = header->frames[frame - 1].parent)
		path[depth++] = frame;
	while (depth--)
		add_place(text, header->frames[path[depth] - 1].function,
			  header->frames[path[depth] - 1].module);
	if (!event->stack && (event->caller_function || event->caller_module))
		add_place(text, event->caller_function, event->caller_module);
}

/* The kernel of a launch has a frame of its own. */
static void add_call(struct wr_text *text, const struct ct_event *event)
{
	add_frame(text, event->name);
	for (unsigned int i = 0; i < event->nargs; i++) {
		if (event->args[i].kind == CT_KIND_KERNEL && event->args[i].label)
			add_frame(text, event->args[i].label);
	}
}

static struct line *line_of(struct folding *f)
{
	uint64_t hash;
	const uint32_t *number;

	wr_text_char(&f->text, '\0');
	hash = an_hash_text(f->text.data);
	number = ut_map_get(&f->index, hash);
	if (number)
		return &f->lines[*number];
	ut_grow(&f->lines, &f->capacity, f->count, sizeof(*f->lines));
	f->lines[f->count] = (struct line){ .text = ut_arena_strdup(&f->strings, f->text.data) };
	ut_map_put(&f->index, hash, (uint32_t)f->count);
	return &f->lines[f->count++];
}

static void add_event(struct folding *f, const struct ct_header *header,
		      const struct ct_event *event, unsigned int which)
{
	uint32_t lane = event->ordinal <= f->last_ordinal ? f->lanes[event->ordinal] : 0;

	if (event->type != CT_EVENT_CALL)
		return;
	f->text.used = 0;
	add_frame(&f->text, lane ? f->roles[lane - 1] : "?");
	add_stack(&f->text, header, event);
	add_call(&f->text, event);
	line_of(f)->weights[which] += f->diff->by_time ? event->end_ns - event->start_ns : 1;
}

static bool add_side(struct folding *f, const struct df_side *side, unsigned int which)
{
	static struct ct_event event;
	struct rd_error error;
	struct rd_trace *trace = rd_open(side->path, &error);

	if (!trace) {
		ut_warn("%s: folded stacks need the trace itself: %s", side->path, error.text);
		return false;
	}
	index_lanes(f, side);
	f->roles = roles_of(f->diff->report, which);
	while (rd_next(trace, &event))
		add_event(f, rd_header(trace), &event, which);
	rd_close(trace);
	free(f->lanes);
	free(f->roles);
	return true;
}

static int compare(const void *left, const void *right)
{
	return strcmp(((const struct line *)left)->text, ((const struct line *)right)->text);
}

bool diff_print_folded(const struct diff *diff, FILE *out)
{
	struct folding f = { .diff = diff };
	bool good = add_side(&f, diff->report->a, 0) && add_side(&f, diff->report->b, 1);

	if (f.count)
		qsort(f.lines, f.count, sizeof(*f.lines), compare);
	for (size_t i = 0; good && i < f.count; i++)
		fprintf(out, "%s %" PRIu64 " %" PRIu64 "\n", f.lines[i].text, f.lines[i].weights[0],
			f.lines[i].weights[1]);
	ut_map_free(&f.index);
	free(f.lines);
	ut_arena_free(&f.strings);
	wr_text_free(&f.text);
	return good;
}
