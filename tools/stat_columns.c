/* SPDX-License-Identifier: Apache-2.0 */
/* The columns of stat's tables, and the order of their rows. */
#include <stdlib.h>
#include <string.h>

#include "stat.h"
#include "util/xalloc.h"

static const char *const titles[STAT_COLUMNS] = {
	[STAT_TOTAL] = "total", [STAT_SHARE] = "share",       [STAT_CALLS] = "calls",
	[STAT_MEAN] = "mean",   [STAT_FAILURES] = "failures", [STAT_EXPECTED] = "expected",
	[STAT_MIN] = "min",     [STAT_P50] = "p50",           [STAT_P90] = "p90",
	[STAT_P99] = "p99",     [STAT_MAX] = "max",           [STAT_BYTES] = "bytes",
	[STAT_NAME] = "name",   [STAT_LAUNCHES] = "launches", [STAT_RATIO] = "ratio",
};

enum stat_column stat_column_of(const char *name)
{
	unsigned int i = 0;

	while (i < STAT_COLUMNS && strcmp(titles[i], name) != 0)
		i++;
	return (enum stat_column)i;
}

const char *stat_column_title(enum stat_column column)
{
	return titles[column];
}

uint64_t stat_value(enum stat_column column, const struct an_tally *tally)
{
	switch (column) {
	case STAT_TOTAL:
	case STAT_SHARE:
		return tally->total_ns;
	case STAT_CALLS:
		return tally->calls;
	case STAT_FAILURES:
		return tally->failed;
	case STAT_EXPECTED:
		return tally->expected + tally->retried;
	case STAT_MEAN:
		return an_tally_mean_ns(tally);
	case STAT_MIN:
		return tally->min_ns;
	case STAT_P50:
		return an_tally_percentile_ns(tally, 50);
	case STAT_P90:
		return an_tally_percentile_ns(tally, 90);
	case STAT_P99:
		return an_tally_percentile_ns(tally, 99);
	case STAT_MAX:
		return tally->max_ns;
	case STAT_BYTES:
		return tally->bytes;
	case STAT_LAUNCHES:
		return tally->launches;
	default:
		return 0;
	}
}

double stat_row_ratio(const struct stat *stat, const struct an_tally *row)
{
	const struct stat_ratio *ratio = NULL;

	for (unsigned int i = 0; i < stat->nby; i++) {
		if (stat->by[i] == AN_BY_FUNCTION)
			ratio = stat_ratios_find(&stat->ratios,
						 an_statistics_part(stat->statistics, row, i));
	}
	return ratio ? ratio->recording : 0;
}

/* qsort hands no data through; there is one table. */
struct keyed {
	const struct an_tally *row;
	uint64_t value;
	double ratio;
};

static int by_name(const struct keyed *a, const struct keyed *b)
{
	return strcmp(a->row->name, b->row->name);
}

/* The largest first; names as in a dictionary. */
static int compare(const void *left, const void *right)
{
	const struct keyed *a = left, *b = right;

	if (a->value != b->value)
		return a->value > b->value ? -1 : 1;
	if (a->ratio != b->ratio)
		return a->ratio > b->ratio ? -1 : 1;
	if (a->row->calls != b->row->calls && a->value)
		return a->row->calls > b->row->calls ? -1 : 1;
	return by_name(a, b);
}

void stat_sort(struct stat *stat)
{
	struct an_tally *const *rows = an_statistics_rows(stat->statistics, &stat->nrows);
	struct keyed *keyed = ut_xcalloc(stat->nrows + 1, sizeof(*keyed));

	for (size_t i = 0; i < stat->nrows; i++) {
		keyed[i].row = rows[i];
		keyed[i].value = stat_value(stat->sort, rows[i]);
		if (stat->sort == STAT_RATIO)
			keyed[i].ratio = stat_row_ratio(stat, rows[i]);
	}
	qsort(keyed, stat->nrows, sizeof(*keyed), compare);
	stat->rows = ut_xcalloc(stat->nrows + 1, sizeof(struct an_tally *));
	for (size_t i = 0; i < stat->nrows; i++)
		stat->rows[i] = keyed[i].row;
	free(keyed);
}
