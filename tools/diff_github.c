/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff as annotations of a job on GitHub: an error for each difference that counts, a warning for
 * advice, a notice with the verdict. GitHub shows ten of each kind for a step.
 */
#include "diff.h"

#define MOST 10

/* A command is a line; in its title a colon or comma would end the value. */
static void put(FILE *out, const char *text, bool in_property)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '%' || c < 0x20 || (in_property && (c == ':' || c == ',')))
			fprintf(out, "%%%02X", c);
		else
			putc(c, out);
	}
}

static void begin(FILE *out, const char *command, const char *level, const char *role)
{
	fprintf(out, "::%s title=curtrace diff%%3A ", command);
	put(out, level, true);
	if (role) {
		fputs("%2C ", out);
		put(out, role, true);
	}
	fputs("::", out);
}

static void put_line(FILE *out, const char *title, const char *text)
{
	if (!text)
		return;
	fprintf(out, "%%0A%s: ", title);
	put(out, text, false);
}

static void put_item(const struct diff *diff, size_t number, FILE *out)
{
	const struct df_item *item = &diff->report->items[number];

	begin(out, item->weight == DF_GATES ? "error" : "warning", df_level_name(item->level),
	      item->role);
	put(out, item->text ? item->text : diff_what_name(item->what), false);
	put_line(out, "before", item->before);
	put_line(out, "now", item->after);
	put_line(out, "from", item->caller);
	put_line(out, item->weight == DF_GATES ? "rule" : "advice", item->why);
	putc('\n', out);
}

static void put_items(const struct diff *diff, FILE *out, enum df_weight weight)
{
	size_t shown = 0;

	for (size_t i = 0; i < diff->report->nitems && shown < MOST && shown < diff->top; i++) {
		if (diff->report->items[i].weight != weight)
			continue;
		put_item(diff, i, out);
		shown++;
	}
}

void diff_print_github(const struct diff *diff, FILE *out)
{
	char summary[512], share[32];

	diff_summary(diff, summary, sizeof(summary));
	diff_share(diff->report, share, sizeof(share));
	begin(out, diff_status(diff) ? "error" : "notice", diff_verdict_word(diff->report->verdict),
	      NULL);
	put(out, summary, false);
	fputs("; rests on ", out);
	put(out, share, false);
	fputs(" of the calls that act\n", out);
	put_items(diff, out, DF_GATES);
	put_items(diff, out, DF_ADVICE);
}
