/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All outputs of both sides are read in step, line by line.
 */
#include "check_compare.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_lines.h"
#include "check_run.h"
#include "util/xalloc.h"

/* Of a line so much is shown, and so much of it before the place where it differs. */
#define SHOWN  160
#define BEFORE 60

/* The user may lose patience in the middle of gigabytes. */
#define LINES_AT_ONCE 4096

struct group {
	struct check_lines *outputs;
	size_t count;
};

static int open_group(struct group *g, const struct check_files *files, const regex_t *ignore,
		      size_t nignore)
{
	g->outputs = ut_xcalloc(files->count + 1, sizeof(*g->outputs));
	for (g->count = 0; g->count < files->count; g->count++)
		if (!check_lines_open(&g->outputs[g->count], files->paths[g->count], ignore,
				      nignore))
			return -errno;
	return 0;
}

static void close_group(struct group *g)
{
	for (size_t i = 0; i < g->count; i++)
		check_lines_close(&g->outputs[i]);
	free(g->outputs);
}

/* True while one of them has a line. */
static bool step(struct group *g)
{
	bool any = false;

	for (size_t i = 0; i < g->count; i++)
		any |= check_lines_next(&g->outputs[i]);
	return any;
}

/* The output in which the line is another one than in the first; 0: there is none. */
static size_t find_other(const struct group *g)
{
	for (size_t i = 1; i < g->count; i++)
		if (!check_lines_equal(&g->outputs[0], &g->outputs[i]))
			return i;
	return 0;
}

static int group_error(const struct group *g)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->outputs[i].error)
			return g->outputs[i].error;
	return 0;
}

static bool continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* The part around byte `at`, cut between characters, with NUL as \0 and what is missing named. */
static char *excerpt(const struct check_lines *l, size_t at)
{
	size_t from = at > SHOWN - BEFORE ? at - BEFORE : 0, to;
	char *text = ut_xmalloc(2 * SHOWN + 64), *out = text;

	if (at >= CHECK_LINE_KEPT) {
		sprintf(text, "(%" PRIu64 " bytes, the first %zu of them the same)", l->length,
			CHECK_LINE_KEPT);
		return text;
	}
	while (from && from < l->kept && continues(l->text[from]))
		from--;
	to = l->kept - from > SHOWN ? from + SHOWN : l->kept;
	while (to > from && to < l->kept && continues(l->text[to]))
		to--;
	if (from)
		out += sprintf(out, "...");
	for (size_t i = from; i < to; i++) {
		if (!l->text[i])
			out += sprintf(out, "\\0");
		else
			*out++ = l->text[i];
	}
	strcpy(out, to < l->length ? "..." : "");
	if (to == l->length && !l->newline)
		strcpy(out, " (no newline at the end)");
	return text;
}

/* Where two lines part; the first byte that is not kept if they do so behind that. */
static size_t parting(const struct check_lines *a, const struct check_lines *b)
{
	size_t at = 0, most = a->kept < b->kept ? a->kept : b->kept;

	while (at < most && a->text[at] == b->text[at])
		at++;
	return at;
}

static void keep_difference(struct check_difference *d, const struct group *reference,
			    const struct group *other, size_t again)
{
	const struct check_lines *a = &reference->outputs[0], *b = &other->outputs[0];
	size_t at;

	/* Of those of a line that varies, the first that is not the reference's is shown first. */
	if (again && check_lines_equal(a, b)) {
		b = &other->outputs[again];
		again = 0;
	}
	at = a->there && b->there ? parting(a, b) : 0;
	*d = (struct check_difference){ .there = true };
	d->line = a->there ? a->number : b->number;
	d->reference = a->there ? excerpt(a, at) : NULL;
	d->other = b->there ? excerpt(b, at) : NULL;
	if (again && other->outputs[again].there)
		d->other_again = excerpt(&other->outputs[again], at);
}

static void keep_varying(struct check_comparison *r, uint64_t line)
{
	struct check_range *last = r->nranges ? &r->ranges[r->nranges - 1] : NULL;

	if (last && !r->more_ranges && last->last + 1 == line)
		last->last = line;
	else if (r->nranges == CHECK_RANGES)
		r->more_ranges = true;
	else
		r->ranges[r->nranges++] = (struct check_range){ line, line };
}

static uint64_t line_number(const struct group *g)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->outputs[i].there)
			return g->outputs[i].number;
	return 0;
}

static void judge_line(struct check_comparison *r, struct check_difference *unsteady,
		       const struct group *reference, const struct group *other)
{
	bool varies = find_other(reference);
	size_t again = find_other(other);

	r->lines++;
	if (varies || again) {
		uint64_t line = line_number(reference);

		keep_varying(r, line ? line : line_number(other));
		r->varying += varies;
		r->unsteady += !varies;
		if (!varies && !unsteady->there)
			keep_difference(unsteady, reference, other, again);
	} else if (check_lines_equal(&reference->outputs[0], &other->outputs[0])) {
		r->same++;
	} else {
		r->differing++;
		if (!r->first.there)
			keep_difference(&r->first, reference, other, 0);
	}
}

static void free_difference(struct check_difference *d)
{
	free(d->reference);
	free(d->other);
	free(d->other_again);
	*d = (struct check_difference){ .there = false };
}

/*
 * Where an output of the reference varies, a line of it may be steady by chance: that the same line
 * varies on the other side says nothing then.
 */
static void settle_unsteady(struct check_comparison *r, struct check_difference *unsteady)
{
	if (r->varying) {
		r->varying += r->unsteady;
		r->unsteady = 0;
	} else if (unsteady->there && (!r->first.there || unsteady->line < r->first.line)) {
		free_difference(&r->first);
		r->first = *unsteady;
		*unsteady = (struct check_difference){ .there = false };
	}
	free_difference(unsteady);
}

static int compare_groups(struct group *reference, struct group *other, struct check_comparison *r)
{
	struct check_difference unsteady = { .there = false };
	int error;

	for (;;) {
		bool more = step(reference);

		more |= step(other);
		if (!more)
			break;
		judge_line(r, &unsteady, reference, other);
		if (r->lines % LINES_AT_ONCE == 0 && check_interrupted()) {
			free_difference(&unsteady);
			return -EINTR;
		}
	}
	settle_unsteady(r, &unsteady);
	error = group_error(reference);
	return error ? error : group_error(other);
}

int check_compare(const struct check_files *reference, const struct check_files *other,
		  const regex_t *ignore, size_t nignore, struct check_comparison *result)
{
	struct group a, b;
	int error;

	*result = (struct check_comparison){ .lines = 0 };
	error = open_group(&a, reference, ignore, nignore);
	if (!error) {
		error = open_group(&b, other, ignore, nignore);
		if (!error)
			error = compare_groups(&a, &b, result);
		close_group(&b);
	}
	close_group(&a);
	return error;
}

void check_comparison_free(struct check_comparison *result)
{
	free_difference(&result->first);
	*result = (struct check_comparison){ .lines = 0 };
}

bool check_comparison_differs(const struct check_comparison *c)
{
	return c->differing || c->unsteady;
}

bool check_comparison_says_nothing(const struct check_comparison *c)
{
	return c->lines && c->varying == c->lines;
}
