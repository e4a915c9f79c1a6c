/* SPDX-License-Identifier: Apache-2.0 */
/* The report for a person; the verdict is its last line. */
#include "check_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "check_verdict.h"
#include "show.h"

static void print_runtimes(const struct check *c)
{
	const struct check_proof *p = &c->proof;

	printf("%-11s ", c->sides[CHECK_REFERENCE].label);
	show_text(stdout, *p->reference ? p->reference : "(not seen)");
	printf("\n%-11s ", c->sides[CHECK_OURS].label);
	show_text(stdout, p->ours);
	printf(" (%" PRIu64 " call%s served)\n", p->calls, p->calls == 1 ? "" : "s");
	for (size_t i = 0; i < p->nnotes; i++) {
		fputs("note: ", stdout);
		show_text(stdout, p->notes[i]);
		putchar('\n');
	}
}

static void print_times(const struct check *c)
{
	char text[4][32];

	printf("\n%-11s %10s %10s %10s %10s\n", "", "median", "least", "most", "user+sys");
	for (unsigned int i = 0; i < c->nsides; i++) {
		const struct check_side *side = &c->sides[i];
		struct check_times wall = check_wall(side);

		printf("%-11s %10s %10s %10s %10s\n", side->label,
		       check_time_text(wall.median, text[0], sizeof(text[0])),
		       check_time_text(wall.least, text[1], sizeof(text[1])),
		       check_time_text(wall.most, text[2], sizeof(text[2])),
		       check_time_text(check_cpu(side).median, text[3], sizeof(text[3])));
	}
	putchar('\n');
}

static void print_line(const char *label, const char *text)
{
	printf("  %-11s ", label);
	if (text)
		show_text(stdout, text);
	else
		fputs("(no such line)", stdout);
	putchar('\n');
}

static void print_difference(const struct check *c, enum check_side_id id, const char *stream,
			     const struct check_difference *d)
{
	if (!d->there)
		return;
	printf("line %" PRIu64 " of the %s:\n", d->line, stream);
	print_line(c->sides[CHECK_REFERENCE].label, d->reference);
	print_line(c->sides[id].label, d->other);
	if (d->other_again)
		print_line("(or)", d->other_again);
}

static char *last_words(const struct check_side *side)
{
	return side->err.count ? check_files_last_line(side->err.paths[0]) : NULL;
}

/* Why a program ended as it did is mostly what it said last. */
static void print_last_words(const struct check_side *reference, const struct check_side *other)
{
	char *a = last_words(reference), *b = last_words(other);

	if (a || b)
		puts("last line of the standard error:");
	if (a)
		print_line(reference->label, a);
	if (b)
		print_line(other->label, b);
	free(a);
	free(b);
}

static void print_differences(const struct check *c)
{
	for (unsigned int i = CHECK_OURS; i < c->nsides; i++) {
		const struct check_result *r = &c->results[i];

		print_difference(c, i, "output", &r->out.first);
		print_difference(c, i, "standard error", &r->err.first);
		if (r->outcome_differs)
			print_last_words(&c->sides[CHECK_REFERENCE], &c->sides[i]);
	}
	if (c->options.runs == 1 && c->status == CHECK_DIFFERENT)
		puts("This was one run each: with more (-n), what varies by itself is told apart.");
}

/* After a timeout a side may have had no run. */
static bool all_ran(const struct check *c)
{
	for (unsigned int i = 0; i < c->nsides; i++)
		if (!c->sides[i].nruns)
			return false;
	return c->nsides;
}

void check_report(const struct check *c)
{
	if (!c->options.quiet && all_ran(c)) {
		print_runtimes(c);
		print_times(c);
		print_differences(c);
	}
	show_text(stdout, c->sentence);
	putchar('\n');
}
