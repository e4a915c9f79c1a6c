/* SPDX-License-Identifier: Apache-2.0 */
/* Private to `curtrace stat`: what was asked for, the columns of its tables, its formats. */
#ifndef TOOLS_STAT_H
#define TOOLS_STAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "analysis/statistics.h"

enum stat_format {
	STAT_TEXT,
	STAT_JSON,
	STAT_CSV
};

/* Of which columns a table consists, and what it can be sorted by. */
enum stat_column {
	STAT_TOTAL,
	STAT_SHARE, /* of the time in all calls */
	STAT_CALLS,
	STAT_FAILURES,
	STAT_EXPECTED,
	STAT_MEAN,
	STAT_MIN,
	STAT_P50,
	STAT_P90,
	STAT_P99,
	STAT_MAX,
	STAT_BYTES,
	STAT_LAUNCHES,
	STAT_RATIO, /* of a call to NVIDIA's runtime, as measured */
	STAT_NAME,
	STAT_COLUMNS
};

#define STAT_TOP_FITS UINT64_MAX /* as many rows as the terminal has room for */
#define STAT_TOP_ALL  (UINT64_MAX - 1)

/* What calls cost with our runtime beside NVIDIA's, from an installed table of measurements. */
struct stat_ratio {
	char *function;
	double off, recording;
	double low, high; /* of `recording`, over cases and runs */
};
struct stat_ratios {             /* all zero: none are known */
	struct stat_ratio *list; /* by name; the mean of all is not in it */
	size_t count;
	struct stat_ratio mean;
	bool known;
};

void stat_ratios_load(struct stat_ratios *ratios);
/* NULL: it was not measured. */
const struct stat_ratio *stat_ratios_find(const struct stat_ratios *ratios, const char *function);
void stat_ratios_free(struct stat_ratios *ratios);

struct stat {
	/* What was asked for. */
	enum an_group by[AN_MAX_BY];
	unsigned int nby;
	enum stat_column sort;
	bool sort_given;
	uint64_t top;
	enum stat_format format;
	bool only_findings;
	bool show_ratio;
	bool wide;     /* names are not cut */
	bool filtered; /* some calls are not counted */
	/* What came of it. */
	const struct an_statistics *statistics;
	struct stat_ratios ratios;
	const struct an_tally **rows; /* sorted, all of them */
	size_t nrows;
};

/* "total", "failures", ...; STAT_COLUMNS if there is none of that name. */
enum stat_column stat_column_of(const char *name);
const char *stat_column_title(enum stat_column column);

/* Fills in rows and nrows. */
void stat_sort(struct stat *stat);

/* A number that a column holds; of STAT_SHARE and STAT_RATIO none. */
uint64_t stat_value(enum stat_column column, const struct an_tally *tally);
/* The ratio of a row's function; 0: not known, or the rows are no functions. */
double stat_row_ratio(const struct stat *stat, const struct an_tally *row);

/* Each writes everything to `out`. */
void stat_print_text(const struct stat *stat, FILE *out);
void stat_print_json(const struct stat *stat, FILE *out);
void stat_print_csv(const struct stat *stat, FILE *out);

/* stat_findings.c: headlines in at most `lines` lines of `width`; all with what they rest on. */
unsigned int stat_print_headlines(const struct stat *stat, FILE *out, unsigned int width,
				  unsigned int lines);
void stat_print_findings(const struct stat *stat, FILE *out, unsigned int width);

/* stat_words.c: text of the traced program, cut to `width` columns; returns those it took. */
unsigned int stat_cut(FILE *out, const char *text, unsigned int width);
/* The same broken at blanks into at most `lines` lines, the further ones behind `indent` blanks. */
unsigned int stat_wrap(FILE *out, const char *text, unsigned int column, unsigned int width,
		       unsigned int indent, unsigned int lines);
/* Six columns at most: "12.3us"; "1,234" or "12.3M"; "1.5G". */
char *stat_short_time(char text[32], uint64_t ns);
char *stat_short_count(char text[32], uint64_t count);
char *stat_short_bytes(char text[32], uint64_t bytes);

#endif
