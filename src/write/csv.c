/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comma-separated values as RFC 4180 has them, but that a line ends in a newline alone. An event is
 * one line whatever its texts hold: a control character in one is written as its U+2400 picture.
 *
 * A spreadsheet takes a cell that begins with = + - @ for a formula, quoted or not, and a traced
 * program chooses its names. Such a text gets an apostrophe before it, and so does one that begins
 * with an apostrophe, so that taking one away gives what was there. No other cell is changed: no
 * name of CUDA's, number, address or list of arguments begins so.
 */
#include "util/utf8.h"
#include "write/rows.h"

/* Also what some take for these: the full-width forms U+FF0B, U+FF0D, U+FF1D, U+FF20. */
static bool may_be_formula(const char *text)
{
	static const char *const wide[] = { "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\x9d",
					    "\xef\xbc\xa0" };

	if (!text[0])
		return false;
	if (strchr("=+-@'", text[0]))
		return true;
	if (text[0] != wide[0][0])
		return false;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (!strncmp(text, wide[i], 3))
			return true;
	return false;
}

/* One character; returns its length. */
static size_t out_character(struct wr_text *line, const char *text, size_t length)
{
	uint32_t code;
	size_t size = ut_utf8_char(text, length, &code);

	if (!size) {
		wr_text_literal(line, "\xef\xbf\xbd");
		return 1;
	}
	if (code < 0x20 || code == 0x7f) {
		wr_text_literal(line, "\xe2\x90");
		wr_text_char(line, (char)(code == 0x7f ? 0xa1 : 0x80 + code));
	} else if (code > 0x7f && code < 0xa0) {
		wr_text_literal(line, "\xef\xbf\xbd");
	} else {
		if (code == '"')
			wr_text_char(line, '"');
		wr_text_raw(line, text, size);
	}
	return size;
}

void wr_csv_text(struct wr_text *line, const char *text)
{
	size_t length = strlen(text), at = 0;
	bool formula = may_be_formula(text);

	if (!formula && wr_is_plain(text, length) && !memchr(text, ',', length)) {
		wr_text_raw(line, text, length);
		return;
	}
	wr_text_char(line, '"');
	if (formula)
		wr_text_char(line, '\'');
	while (at < length)
		at += out_character(line, text + at, length - at);
	wr_text_char(line, '"');
}

static void *begin(const struct wr_target *target, const struct ct_header *header)
{
	static const struct wr_row_style style = {
		.null = "",
		.quoting = WR_QUOTED_IN_CSV,
		.text = wr_csv_text,
	};
	struct wr_rows *w = wr_rows_begin(&style, target, header);

	for (int i = 0; i < WR_FLAT_WIDTH; i++) {
		if (i)
			wr_out_literal(&w->out, ",");
		wr_out_raw(&w->out, wr_flat_names[i], strlen(wr_flat_names[i]));
	}
	wr_out_literal(&w->out, "\n");
	return w;
}

static const char *const endings[] = { ".csv", NULL };

extern const struct wr_format wr_format_csv;
const struct wr_format wr_format_csv = {
	.name = "csv",
	.endings = endings,
	.needs = WR_FLAT_NEEDS,
	.text = true,
	.begin = begin,
	.event = wr_rows_event,
	.end = wr_rows_end,
};
