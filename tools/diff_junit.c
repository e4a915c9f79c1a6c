/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff as JUnit XML: a suite, a case for each level. What gates is the level's failure, what has no
 * verdict is skipped, what cannot be compared is an error.
 */
#include <string.h>

#include "diff.h"
#include "util/utf8.h"

/* What XML 1.0 cannot hold at all, escaped or not, becomes U+FFFD. */
static bool is_xml(uint32_t code)
{
	return code == '\t' || code == '\n' || code == '\r' ||
	       (code >= 0x20 && code != 0xfffe && code != 0xffff);
}

static void put_char(FILE *out, const char *text, size_t size, uint32_t code)
{
	switch (code) {
	case '&':
		fputs("&amp;", out);
		break;
	case '<':
		fputs("&lt;", out);
		break;
	case '>':
		fputs("&gt;", out);
		break;
	case '"':
		fputs("&quot;", out);
		break;
	case '\n':
	case '\r':
	case '\t':
		fprintf(out, "&#%u;", (unsigned int)code);
		break;
	default:
		fwrite(text, 1, size, out);
	}
}

static void put(FILE *out, const char *text)
{
	size_t length = strlen(text), size;
	uint32_t code;

	for (; length; text += size, length -= size) {
		size = ut_utf8_char(text, length, &code);
		if (size && is_xml(code))
			put_char(out, text, size, code);
		else
			fputs("\xef\xbf\xbd", out);
		size += !size;
	}
}

static void put_attribute(FILE *out, const char *name, const char *text)
{
	fprintf(out, " %s=\"", name);
	put(out, text);
	putc('"', out);
}

/* ---- a level --------------------------------------------------------------------------------- */

static void put_part(FILE *out, const char *before, const char *text)
{
	if (!text)
		return;
	fputs(before, out);
	put(out, text);
}

static void put_items(const struct diff *diff, FILE *out, enum df_level level,
		      enum df_weight weight)
{
	size_t shown = 0;

	for (size_t i = 0; i < diff->report->nitems && shown < diff->top; i++) {
		const struct df_item *item = &diff->report->items[i];

		if (item->level != level || item->weight != weight)
			continue;
		shown++;
		put_part(out, "", item->role);
		put_part(out, item->role ? ": " : "", item->text);
		put_part(out, "\n  before: ", item->before);
		put_part(out, "\n  now: ", item->after);
		put_part(out, "\n  from: ", item->caller);
		for (const char **frame = item->stack; frame && *frame; frame++)
			put_part(out, "\n    ", *frame);
		put_part(out, "\n  key: ", item->key);
		putc('\n', out);
	}
}

static void put_failure(const struct diff *diff, FILE *out, enum df_level level)
{
	char message[128];

	snprintf(message, sizeof(message), "%zu difference%s in %s",
		 diff->report->levels[level].gating,
		 diff->report->levels[level].gating == 1 ? "" : "s", df_level_name(level));
	fputs("    <failure type=\"different\"", out);
	put_attribute(out, "message", message);
	fputs(">", out);
	put_items(diff, out, level, DF_GATES);
	fputs("</failure>\n", out);
}

static void put_reason(FILE *out, const char *element, const char *type,
		       const struct df_level_result *level)
{
	fprintf(out, "    <%s", element);
	if (type)
		put_attribute(out, "type", type);
	put_attribute(out, "message", level->why ? level->why : diff_verdict_word(level->verdict));
	fputs("/>\n", out);
}

static void put_level(const struct diff *diff, FILE *out, enum df_level level)
{
	const struct df_level_result *result = &diff->report->levels[level];

	fputs("   <testcase classname=\"curtrace.diff\"", out);
	put_attribute(out, "name", df_level_name(level));
	fputs(" time=\"0\">\n", out);
	if (diff_level_fails(diff, level))
		put_failure(diff, out, level);
	else if (result->verdict == DF_NOT_COMPARABLE)
		put_reason(out, "error", "not-comparable", result);
	else if (result->verdict == DF_NO_VERDICT || result->verdict == DF_OFF)
		put_reason(out, "skipped", NULL, result);
	if (result->advice) {
		fputs("    <system-out>", out);
		put_items(diff, out, level, DF_ADVICE);
		fputs("</system-out>\n", out);
	}
	fputs("   </testcase>\n", out);
}

/* ---- the suite ------------------------------------------------------------------------------- */

static unsigned int levels_that_fail(const struct diff *diff)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < DF_LEVELS; i++)
		count += diff_level_fails(diff, i);
	return count;
}

static unsigned int levels_that_are(const struct df_report *report, enum df_verdict verdict)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < DF_LEVELS; i++)
		count += report->levels[i].verdict == verdict;
	return count;
}

static void put_property(FILE *out, const char *name, const char *value)
{
	if (!value)
		return;
	fputs("    <property", out);
	put_attribute(out, "name", name);
	put_attribute(out, "value", value);
	fputs("/>\n", out);
}

static void put_properties(const struct diff *diff, FILE *out)
{
	char summary[512], share[32];

	diff_summary(diff, summary, sizeof(summary));
	diff_share(diff->report, share, sizeof(share));
	fputs("   <properties>\n", out);
	put_property(out, "verdict", diff_verdict_word(diff->report->verdict));
	put_property(out, "summary", summary);
	put_property(out, "gated", share);
	put_property(out, "policy", diff->report->policy);
	put_property(out, "baseline", diff->report->baseline);
	put_property(out, "a", diff->operand_a);
	put_property(out, "b", diff->operand_b);
	fputs("   </properties>\n", out);
}

void diff_print_junit(const struct diff *diff, FILE *out)
{
	const struct df_report *report = diff->report;

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", out);
	fprintf(out,
		"  <testsuite name=\"curtrace diff\" tests=\"%u\" failures=\"%u\" errors=\"%u\" "
		"skipped=\"%u\" time=\"0\">\n",
		DF_LEVELS, levels_that_fail(diff), levels_that_are(report, DF_NOT_COMPARABLE),
		levels_that_are(report, DF_NO_VERDICT) + levels_that_are(report, DF_OFF));
	put_properties(diff, out);
	for (unsigned int i = 0; i < DF_LEVELS; i++)
		put_level(diff, out, i);
	fputs("  </testsuite>\n</testsuites>\n", out);
}
