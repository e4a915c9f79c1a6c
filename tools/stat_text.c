/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stat for people: what was run, findings in words, what moved and waited, and a table. Without
 * options it has the lines and columns that the terminal has, 24 and 80 where there is none.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "show.h"
#include "stat.h"
#include "util/units.h"

#define LEAST_COLUMNS 80
#define LEAST_LINES   24
/* Names shorter than this are not told from one another. */
#define NAME_COLUMNS 24
#define MAX_COLUMNS  16

/* ---- the terminal -------------------------------------------------------------------------- */

static unsigned int from_environment(const char *name, unsigned int least)
{
	const char *value = getenv(name);
	long number = value ? strtol(value, NULL, 10) : 0;

	return number > (long)least && number < 10000 ? (unsigned int)number : least;
}

static void terminal_size(unsigned int *columns, unsigned int *lines)
{
	struct winsize size;

	*columns = from_environment("COLUMNS", LEAST_COLUMNS);
	*lines = from_environment("LINES", LEAST_LINES);
	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		return;
	if (size.ws_col > LEAST_COLUMNS)
		*columns = size.ws_col;
	if (size.ws_row > LEAST_LINES)
		*lines = size.ws_row;
}

/* ---- header -------------------------------------------------------------------------------- */

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* Errors that were asked for are among the failed calls, unless the program tried again. */
static void print_interference(const struct an_run *run, char *line, size_t size)
{
	char injected[UT_UNITS_MAX], delayed[UT_UNITS_MAX];
	size_t length = strlen(line);

	if (run->injected)
		snprintf(line + length, size - length, ", %s injected error%s",
			 ut_units_count(injected, run->injected), plural(run->injected));
	length = strlen(line);
	if (run->delayed)
		snprintf(line + length, size - length, ", %s delayed call%s",
			 ut_units_count(delayed, run->delayed), plural(run->delayed));
}

/* "2.31 s, 1 process, 2 threads: 1,234 calls (45% of the time), 3 failed, none lost" */
static unsigned int print_counts(const struct stat *stat, FILE *out, unsigned int width)
{
	const struct an_run *run = an_statistics_run(stat->statistics);
	const struct ct_header *header = an_statistics_header(stat->statistics);
	uint64_t lost = header->lost > run->lost ? header->lost : run->lost;
	char time[UT_UNITS_MAX], calls[UT_UNITS_MAX], failed[UT_UNITS_MAX], in_calls[UT_UNITS_MAX];
	char lost_text[UT_UNITS_MAX] = "none", line[400];

	if (lost)
		ut_units_count(lost_text, lost);
	snprintf(line, sizeof(line),
		 "%s, %" PRIu32 " process%s, %" PRIu32
		 " thread%s: %s %scall%s, %s in them, %s failed, "
		 "%s lost",
		 ut_units_time(time, run->last_ns - run->first_ns), run->processes,
		 run->processes == 1 ? "" : "es", run->threads, plural(run->threads),
		 ut_units_count(calls, run->calls), stat->filtered ? "selected " : "",
		 plural(run->calls), ut_units_time(in_calls, run->calls_ns),
		 ut_units_count(failed, run->failed), lost_text);
	if (header->lacks & CT_LACKS_RESULTS)
		snprintf(line, sizeof(line), "%s, %" PRIu32 " threads: %s %scalls, %s in them",
			 time, run->threads, calls, stat->filtered ? "selected " : "", in_calls);
	print_interference(run, line, sizeof(line));
	return stat_wrap(out, line, 0, width, 2, 2);
}

/* What the durations are of: nobody may take them for NVIDIA's, or for times on the GPU. */
static void print_durations(const struct stat *stat, FILE *out, unsigned int width)
{
	const struct ct_header *header = an_statistics_header(stat->statistics);
	const struct an_run *run = an_statistics_run(stat->statistics);
	const struct stat_ratio *mean = &stat->ratios.mean;
	char line[300];

	if (header->source)
		snprintf(line, sizeof(line), "Times are of the host's calls, as %s recorded them.",
			 header->source);
	else if (run->calls && run->driver_calls == run->calls)
		snprintf(line, sizeof(line), "Times are of calls of the driver itself.");
	else if (run->driver_calls && stat->ratios.known)
		snprintf(line, sizeof(line),
			 "Times are of calls of the driver, and of curtrace's runtime "
			 "(%.2f of NVIDIA's).",
			 mean->recording);
	else if (run->driver_calls)
		snprintf(line, sizeof(line),
			 "Times are of calls of the driver, and of curtrace's runtime, not "
			 "NVIDIA's.");
	else if (stat->ratios.known)
		snprintf(line, sizeof(line),
			 "Times are of calls of curtrace's runtime: %.2f of NVIDIA's "
			 "(%.2f to %.2f).",
			 mean->recording, mean->low, mean->high);
	else
		snprintf(line, sizeof(line),
			 "Times are of calls of curtrace's runtime, not NVIDIA's.");
	stat_cut(out, line, width);
	putc('\n', out);
}

/* Readers of other tools' traces say so by a question mark. */
static bool is_known(const char *text)
{
	return text && *text && strcmp(text, "?") != 0;
}

static unsigned int print_header(const struct stat *stat, FILE *out, unsigned int width)
{
	const struct ct_header *header = an_statistics_header(stat->statistics);
	const char *command = is_known(header->command) ? header->command : "(program not known)";
	unsigned int used;
	char line[1024];

	if (is_known(header->host))
		used = (unsigned int)snprintf(line, sizeof(line), " on %.200s", header->host);
	else
		used = (unsigned int)snprintf(line, sizeof(line), "%s", "");
	stat_cut(out, command, used < width / 2 ? width - used : width / 2);
	stat_cut(out, line, width / 2);
	putc('\n', out);
	used = print_counts(stat, out, width);
	print_durations(stat, out, width);
	return used + 2;
}

/* A line as it grows. What has no room is no loss: a terminal shows less. */
struct line {
	char text[1024];
	size_t used;
};

static void __attribute__((format(printf, 2, 3))) say(struct line *line, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line->text + line->used, sizeof(line->text) - line->used, format, args);
	va_end(args);
	if (n > 0 && line->used + (size_t)n < sizeof(line->text))
		line->used += (size_t)n;
}

/* ---- sums ---------------------------------------------------------------------------------- */

/* "copied: to device 1.2 GiB (12x, 12 GB/s), ..." - the rate of blocking copies alone is known. */
static unsigned int print_traffic(const struct stat *stat, FILE *out, unsigned int width)
{
	static const char *const names[AN_TRAFFICS] = {
		[AN_DIRECTION_UNKNOWN] = "somewhere", [AN_HOST_TO_HOST] = "on host",
		[AN_HOST_TO_DEVICE] = "to device",    [AN_DEVICE_TO_HOST] = "to host",
		[AN_DEVICE_TO_DEVICE] = "on device",  [AN_PEER_TO_PEER] = "between devices",
		[AN_BY_ADDRESS] = "somewhere",        [AN_TRAFFIC_SETS] = "set",
	};
	const struct an_traffic *all = an_statistics_traffic(stat->statistics);
	char bytes[UT_UNITS_MAX] = "", rate[UT_UNITS_MAX], count[UT_UNITS_MAX];
	struct line line = { .used = 0 };

	for (unsigned int i = 0; i < AN_TRAFFICS; i++) {
		if (!all[i].count)
			continue;
		if (all[i].count > all[i].unsized)
			ut_units_bytes(bytes, all[i].bytes);
		say(&line, "%s%s %s (%sx", line.used ? ", " : "copied: ", names[i],
		    all[i].count > all[i].unsized ? bytes : "? bytes",
		    ut_units_count(count, all[i].count));
		if (all[i].blocking_ns && i != AN_TRAFFIC_SETS)
			say(&line, ", %s",
			    ut_units_rate(rate, all[i].blocking_bytes, all[i].blocking_ns));
		say(&line, ")");
	}
	if (!line.used)
		return 0;
	stat_wrap(out, line.text, 0, width, 2, 1);
	return 1;
}

static unsigned int print_waits(const struct stat *stat, FILE *out, unsigned int width)
{
	const struct an_wait_sum *all = an_statistics_waits(stat->statistics);
	const struct an_run *run = an_statistics_run(stat->statistics);
	char time[UT_UNITS_MAX], share[UT_UNITS_MAX], count[UT_UNITS_MAX];
	struct line line = { .used = 0 };
	uint64_t ns = 0, n = 0, parts = 0;

	for (unsigned int i = 0; i < AN_WAITS; i++) {
		ns += all[i].ns;
		n += all[i].count;
	}
	if (!n)
		return 0;
	say(&line, "waited: %s (%s of the run)", ut_units_time(time, ns),
	    ut_units_share(share, ns, run->last_ns - run->first_ns));
	for (unsigned int i = 0; i < AN_WAITS; i++) {
		if (!all[i].count)
			continue;
		say(&line, "%s%s %s (%sx)", parts++ ? ", " : ": ", an_wait_name((enum an_wait)i),
		    ut_units_time(time, all[i].ns), ut_units_count(count, all[i].count));
	}
	stat_wrap(out, line.text, 0, width, 2, 1);
	return 1;
}

static unsigned int print_launches(const struct stat *stat, FILE *out, unsigned int width)
{
	const struct an_run *run = an_statistics_run(stat->statistics);
	char count[UT_UNITS_MAX];
	struct line line = { .used = 0 };
	struct an_tally *const *streams;
	size_t nkernels, nstreams, used = 0;

	an_statistics_kernels(stat->statistics, &nkernels);
	streams = an_statistics_streams(stat->statistics, &nstreams);
	for (size_t i = 0; i < nstreams; i++)
		used += streams[i]->launches > 0;
	if (!run->launches && !run->graph_launches)
		return 0;
	say(&line, "launches: ");
	if (run->launches)
		say(&line, "%s", ut_units_count(count, run->launches));
	if (run->launches && nkernels)
		say(&line, " of %zu kernel%s", nkernels, plural(nkernels));
	if (run->graph_launches)
		say(&line, "%s%s of graphs", run->launches ? ", " : "",
		    ut_units_count(count, run->graph_launches));
	if (used)
		say(&line, ", on %zu stream%s", used, plural(used));
	stat_wrap(out, line.text, 0, width, 2, 1);
	return 1;
}

/* ---- the table ----------------------------------------------------------------------------- */

struct layout {
	enum stat_column columns[MAX_COLUMNS];
	unsigned int ncolumns;
	unsigned int name; /* columns of the terminal that are left for it */
	bool rates;        /* of copies */
};

static unsigned int width_of(enum stat_column column)
{
	switch (column) {
	case STAT_SHARE:
		return 6;
	case STAT_CALLS:
		return 7;
	case STAT_FAILURES:
		return 5;
	case STAT_EXPECTED:
	case STAT_LAUNCHES:
		return 8;
	default:
		return 6;
	}
}

static bool has_any(const struct stat *stat, enum stat_column column)
{
	for (size_t i = 0; i < stat->nrows; i++) {
		if (stat_value(column, stat->rows[i]))
			return true;
	}
	return false;
}

static void add_column(struct layout *layout, enum stat_column column)
{
	layout->columns[layout->ncolumns++] = column;
	layout->name -= layout->name > width_of(column) + 1 ? width_of(column) + 1 : layout->name;
}

static void drop_column(struct layout *layout, enum stat_column column)
{
	for (unsigned int i = 0; i < layout->ncolumns; i++) {
		if (layout->columns[i] != column)
			continue;
		layout->name += width_of(column) + 1;
		layout->ncolumns--;
		memmove(&layout->columns[i], &layout->columns[i + 1],
			(layout->ncolumns - i) * sizeof(layout->columns[0]));
		return;
	}
}

static bool is_by(const struct stat *stat, enum an_group group)
{
	for (unsigned int i = 0; i < stat->nby; i++) {
		if (stat->by[i] == group)
			return true;
	}
	return false;
}

/* What the rows have, and what they are sorted by; percentiles make room for names. */
static void choose_columns(const struct stat *stat, struct layout *layout, unsigned int width)
{
	static const enum stat_column usual[] = { STAT_TOTAL, STAT_SHARE, STAT_CALLS };
	static const enum stat_column times[] = { STAT_MEAN, STAT_P50, STAT_P90, STAT_P99,
						  STAT_MAX };
	static const enum stat_column dropped[] = { STAT_P90, STAT_P50, STAT_SHARE, STAT_MEAN };

	*layout = (struct layout){ .name = width };
	for (unsigned int i = 0; i < 3; i++)
		add_column(layout, usual[i]);
	if (has_any(stat, STAT_FAILURES))
		add_column(layout, STAT_FAILURES);
	if (stat->sort == STAT_EXPECTED)
		add_column(layout, STAT_EXPECTED);
	if (is_by(stat, AN_BY_DIRECTION) || stat->sort == STAT_BYTES)
		add_column(layout, STAT_BYTES);
	if (is_by(stat, AN_BY_STREAM) || stat->sort == STAT_LAUNCHES)
		add_column(layout, STAT_LAUNCHES);
	if (stat->sort == STAT_MIN)
		add_column(layout, STAT_MIN);
	for (unsigned int i = 0; i < 5; i++)
		add_column(layout, times[i]);
	if (stat->show_ratio)
		add_column(layout, STAT_RATIO);
	layout->rates = stat->nby == 1 && stat->by[0] == AN_BY_DIRECTION;
	if (layout->rates)
		layout->name -= layout->name > 10 ? 10 : layout->name;
	for (unsigned int i = 0; i < 4 && layout->name < NAME_COLUMNS; i++) {
		if (dropped[i] != stat->sort)
			drop_column(layout, dropped[i]);
	}
}

static void print_titles(const struct stat *stat, const struct layout *layout, FILE *out)
{
	for (unsigned int i = 0; i < layout->ncolumns; i++) {
		enum stat_column column = layout->columns[i];
		const char *title = stat_column_title(column);

		if (column == STAT_FAILURES)
			title = "fail";
		else if (column == STAT_RATIO)
			title = "NVIDIA";
		fprintf(out, "%*s ", (int)width_of(column), title);
	}
	if (layout->rates)
		fprintf(out, "%9s ", "rate");
	for (unsigned int i = 0; i < stat->nby; i++)
		fprintf(out, "%s%s", i ? " / " : "", an_group_name(stat->by[i]));
	putc('\n', out);
}

static void print_value(const struct stat *stat, const struct an_tally *row,
			enum stat_column column, FILE *out)
{
	const struct an_run *run = an_statistics_run(stat->statistics);
	uint64_t value = stat_value(column, row);
	char text[UT_UNITS_MAX] = "-";
	double ratio;

	switch (column) {
	case STAT_SHARE:
		ut_units_share(text, value, run->calls_ns);
		break;
	case STAT_CALLS:
	case STAT_FAILURES:
	case STAT_EXPECTED:
	case STAT_LAUNCHES:
		if (value)
			stat_short_count(text, value);
		break;
	case STAT_BYTES:
		stat_short_bytes(text, value);
		break;
	case STAT_RATIO:
		ratio = stat_row_ratio(stat, row);
		if (ratio > 0)
			snprintf(text, sizeof(text), "%.2f", ratio);
		break;
	default:
		if (row->durations.count)
			stat_short_time(text, value);
	}
	fprintf(out, "%*s ", (int)width_of(column), text);
}

static void print_row(const struct stat *stat, const struct layout *layout,
		      const struct an_tally *row, FILE *out)
{
	const struct an_traffic *traffic;
	char rate[UT_UNITS_MAX];

	for (unsigned int i = 0; i < layout->ncolumns; i++)
		print_value(stat, row, layout->columns[i], out);
	if (layout->rates) {
		traffic = &an_statistics_traffic(stat->statistics)[row->parts[0] - 1];
		fprintf(out, "%9s ",
			ut_units_rate(rate, traffic->blocking_bytes, traffic->blocking_ns));
	}
	if (stat->wide)
		show_text(out, row->name);
	else
		stat_cut(out, row->name, layout->name);
	putc('\n', out);
}

static void print_table(const struct stat *stat, FILE *out, unsigned int width, unsigned int lines)
{
	struct layout layout;
	uint64_t top = stat->top;

	/* The titles, and the line that tells of more rows. */
	if (top == STAT_TOP_FITS) {
		top = lines > 2 ? lines - 1 : 1;
		if (top < stat->nrows)
			top = top > 1 ? top - 1 : 1;
	}
	choose_columns(stat, &layout, width);
	print_titles(stat, &layout, out);
	for (size_t i = 0; i < stat->nrows && i < top; i++)
		print_row(stat, &layout, stat->rows[i], out);
	if (stat->nrows > top)
		fprintf(out, "%" PRIu64 " more row%s: --top all\n", stat->nrows - top,
			plural(stat->nrows - top));
}

#define LINES_OF_FINDINGS 8

void stat_print_text(const struct stat *stat, FILE *out)
{
	const struct ct_header *header = an_statistics_header(stat->statistics);
	unsigned int columns, lines, used;

	terminal_size(&columns, &lines);
	show_missing(out, header);
	if (stat->only_findings) {
		stat_print_findings(stat, out, columns);
		return;
	}
	used = print_header(stat, out, columns) + 2 * !!header->source + 1;
	putc('\n', out);
	used += stat_print_headlines(stat, out, columns, LINES_OF_FINDINGS);
	putc('\n', out);
	used += 1 + print_traffic(stat, out, columns);
	used += print_waits(stat, out, columns);
	used += print_launches(stat, out, columns);
	/* The prompt has a line too. */
	if (stat->nrows)
		print_table(stat, out, columns, lines > used + 1 ? lines - used - 1 : 0);
}
