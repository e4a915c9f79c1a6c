/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One object a line, every column in every line: a loader that looks at the first ones knows all.
 */
#include "write/rows.h"

static void out_text(struct wr_text *line, const char *text)
{
	wr_text_string(line, text, WR_QUOTED_NOT);
}

static void *begin(const struct wr_target *target, const struct ct_header *header)
{
	static const struct wr_row_style style = {
		.keys = true,
		.null = "null",
		.address_quote = '"',
		.quoting = WR_QUOTED_IN_JSON,
		.text = out_text,
	};

	return wr_rows_begin(&style, target, header);
}

static const char *const endings[] = { ".ndjson", ".jsonl", NULL };

extern const struct wr_format wr_format_ndjson;
const struct wr_format wr_format_ndjson = {
	.name = "ndjson",
	.endings = endings,
	.needs = WR_FLAT_NEEDS,
	.text = true,
	.begin = begin,
	.event = wr_rows_event,
	.end = wr_rows_end,
};
