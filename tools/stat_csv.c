/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stat as CSV: the table alone, every column, times in ns. Names come from the traced program and
 * are written so that no spreadsheet takes them for a formula.
 */
#include "stat.h"
#include "write/text.h"

static void add_number(struct wr_text *line, uint64_t number)
{
	wr_text_char(line, ',');
	wr_text_u64(line, number);
}

static void end_line(struct wr_text *line, FILE *out)
{
	wr_text_char(line, '\n');
	fwrite(line->data, 1, line->used, out);
	line->used = 0;
}

static void add_titles(struct wr_text *line, const struct stat *stat)
{
	for (unsigned int i = 0; i < stat->nby; i++) {
		wr_csv_text(line, an_group_name(stat->by[i]));
		wr_text_char(line, ',');
	}
	wr_text_literal(line, "calls,failed,retried,expected,in_flight,total_ns,share,mean_ns,"
			      "min_ns,p50_ns,p90_ns,p99_ns,max_ns,launches,bytes,first_event,"
			      "longest_event");
	if (stat->show_ratio)
		wr_text_literal(line, ",nvidia_ratio");
}

static void add_row(struct wr_text *line, const struct stat *stat, const struct an_tally *row)
{
	uint64_t all = an_statistics_run(stat->statistics)->calls_ns;
	double ratio = stat_row_ratio(stat, row);

	for (unsigned int i = 0; i < stat->nby; i++) {
		wr_csv_text(line, an_statistics_part(stat->statistics, row, i));
		wr_text_char(line, ',');
	}
	wr_text_u64(line, row->calls);
	add_number(line, row->failed);
	add_number(line, row->retried);
	add_number(line, row->expected);
	add_number(line, row->in_flight);
	add_number(line, row->total_ns);
	wr_text_char(line, ',');
	wr_text_float(line, all ? (double)row->total_ns / (double)all : 0);
	add_number(line, an_tally_mean_ns(row));
	add_number(line, row->min_ns);
	add_number(line, an_tally_percentile_ns(row, 50));
	add_number(line, an_tally_percentile_ns(row, 90));
	add_number(line, an_tally_percentile_ns(row, 99));
	add_number(line, row->max_ns);
	add_number(line, row->launches);
	add_number(line, row->bytes);
	add_number(line, row->first_ordinal);
	add_number(line, row->max_ordinal);
	if (!stat->show_ratio)
		return;
	wr_text_char(line, ',');
	if (ratio > 0)
		wr_text_float(line, ratio);
}

void stat_print_csv(const struct stat *stat, FILE *out)
{
	struct wr_text line = { 0 };

	add_titles(&line, stat);
	end_line(&line, out);
	for (size_t i = 0; i < stat->nrows && i < stat->top; i++) {
		add_row(&line, stat, stat->rows[i]);
		end_line(&line, out);
	}
	wr_text_free(&line);
}
