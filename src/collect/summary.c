/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The summary of a run, for a person.
 */
#include "collect/summary.h"

#include <string.h>

#include "collect/inject.h"
#include "collect/select.h"

/* Of warnings of one kind (fifty libraries with a runtime of their own) so many are shown. */
#define SHOWN_OF_A_KIND 4

const char *col_format_size(char *out, size_t size, uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 1000 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1000;
		unit++;
	}
	snprintf(out, size, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
	return out;
}

static const char *plural(uint64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

/* The counts are those of the trace; what is missing stands behind them, only if something is. */
static void print_counts(FILE *out, const struct collector *c)
{
	size_t functions = col_stats_functions(c->stats);
	uint64_t calls = c->totals.recorded, lost = col_counters_lost(&c->totals);

	fprintf(out, "curtrace: %llu %s of %zu %s in %.3f s, %llu failed",
		(unsigned long long)calls, plural(calls, "call", "calls"), functions,
		plural(functions, "function", "functions"),
		(double)(c->ended_ns - c->began_ns) / 1e9, (unsigned long long)c->stats->failed);
	if (lost)
		fprintf(out, ", %llu lost", (unsigned long long)lost);
	fprintf(out, "; %zu %s, %llu %s\n", c->nprocesses,
		plural(c->nprocesses, "process", "processes"),
		(unsigned long long)c->stats->threads,
		plural(c->stats->threads, "thread", "threads"));
}

/* Only if the trace is not of everything. */
static void print_selection(FILE *out, const struct collector *c)
{
	if (c->selection)
		fprintf(out, "curtrace: of %u functions %u were selected (%s)\n", c->selection->all,
			c->selection->names, c->selection->text);
	if (col_switches_varied(&c->switches))
		fprintf(out, "curtrace: recording was on for %.3f s of the time\n",
			(double)c->switches.on_ns / 1e9);
}

/* Nobody is to take such a run for what the program does by itself. */
static void print_injected(FILE *out, const struct collector *c)
{
	const struct col_counters *t = &c->totals;

	if (!c->inject && !t->injected && !t->delayed)
		return;
	fprintf(out, "curtrace: %llu %s injected", (unsigned long long)t->injected,
		plural(t->injected, "error was", "errors were"));
	if (t->delayed)
		fprintf(out, " and %llu %s delayed", (unsigned long long)t->delayed,
			plural(t->delayed, "call was", "calls were"));
	fprintf(out, c->inject ? " (%s)\n" : "%s\n", c->inject ? c->inject->text : "");
}

/* Every call is in one of the three, and only something missing is worth the line. */
static void print_balance(FILE *out, const struct col_counters *t)
{
	uint64_t lost = col_counters_lost(t);

	if (lost || t->in_flight)
		fprintf(out,
			"curtrace: %llu calls made = %llu written + %llu lost + %llu in flight\n",
			(unsigned long long)t->calls,
			(unsigned long long)(t->recorded - t->in_flight), (unsigned long long)lost,
			(unsigned long long)t->in_flight);
}

/* The trace itself has them all. */
void col_summary_warnings(FILE *out, const struct collector *c)
{
	const struct col_warnings *w = &c->warnings;

	for (size_t i = 0; i < w->count; i++) {
		size_t before = 0, all = col_warnings_with(w, w->list[i].code);

		for (size_t k = 0; k < i; k++)
			before += !strcmp(w->list[k].code, w->list[i].code);
		if (before < SHOWN_OF_A_KIND)
			fprintf(out, "curtrace: warning: %s\n", w->list[i].text);
		else if (before == SHOWN_OF_A_KIND)
			fprintf(out,
				"curtrace: warning: and %zu more of that kind (`curtrace info` "
				"names them)\n",
				all - before);
	}
}

void col_summary(FILE *out, const struct collector *c)
{
	print_counts(out, c);
	print_balance(out, &c->totals);
	print_selection(out, c);
	print_injected(out, c);
	col_summary_warnings(out, c);
}
