/* SPDX-License-Identifier: Apache-2.0 */
/* What stat says in words. */
#include <string.h>

#include "show.h"
#include "stat.h"
#include "util/units.h"

#define MARK_COLUMNS 3

/* Trouble is marked so that it is seen without colours too. */
static void put_mark(FILE *out, enum an_severity severity)
{
	static const char *const marks[] = { "!! ", "*  ", "-  " };
	static const char *const colours[] = { "\033[31;1m", "\033[33m", "" };
	bool colour = show_colours() && *colours[severity];

	fprintf(out, "%s%s%s", colour ? colours[severity] : "", marks[severity],
		colour ? "\033[0m" : "");
}

static const char *nothing(const struct stat *stat)
{
	return an_statistics_run(stat->statistics)->calls ? "Nothing to find fault with.\n"
							  : "There are no calls to tell of.\n";
}

unsigned int stat_print_headlines(const struct stat *stat, FILE *out, unsigned int width,
				  unsigned int lines)
{
	const struct an_finding *findings;
	unsigned int used = 0, room;
	size_t n, i;

	findings = an_statistics_findings(stat->statistics, &n);
	if (!n) {
		fputs(nothing(stat), out);
		return 1;
	}
	/* The line that tells of more of them has a place of its own. */
	for (i = 0; i < n && used + (i + 1 < n) < lines; i++) {
		room = lines - used - (i + 1 < n);
		put_mark(out, findings[i].severity);
		used += stat_wrap(out, findings[i].headline, MARK_COLUMNS, width, MARK_COLUMNS,
				  room < 2 ? room : 2);
	}
	if (i == n)
		return used;
	fprintf(out, "   %zu more finding%s, and what can be done: --findings\n", n - i,
		n - i == 1 ? "" : "s");
	return used + 1;
}

static void print_evidence(const struct an_evidence *evidence, FILE *out, unsigned int width)
{
	char line[1400], ordinal[48] = "";

	if (evidence->ordinal)
		snprintf(ordinal, sizeof(ordinal), " (event %llu)",
			 (unsigned long long)evidence->ordinal);
	snprintf(line, sizeof(line), "%s%s", evidence->text, ordinal);
	fputs("     ", out);
	stat_wrap(out, line, 5, width, 7, 4);
}

#define EVIDENCE_SHOWN 8

void stat_print_findings(const struct stat *stat, FILE *out, unsigned int width)
{
	const struct an_finding *findings;
	size_t n;

	findings = an_statistics_findings(stat->statistics, &n);
	if (!n)
		fputs(nothing(stat), out);
	for (size_t i = 0; i < n; i++) {
		const struct an_finding *f = &findings[i];

		put_mark(out, f->severity);
		stat_wrap(out, f->headline, MARK_COLUMNS, width, MARK_COLUMNS, 6);
		for (size_t j = 0; j < f->nevidence && j < EVIDENCE_SHOWN; j++)
			print_evidence(&f->evidence[j], out, width);
		if (f->nevidence > EVIDENCE_SHOWN)
			fprintf(out, "     and %zu more\n", f->nevidence - EVIDENCE_SHOWN);
		fputs("   > ", out);
		stat_wrap(out, f->advice, 5, width, 5, 4);
		fprintf(out, "     [%s]\n%s", f->code, i + 1 < n ? "\n" : "");
	}
}
