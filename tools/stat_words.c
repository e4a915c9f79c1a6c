/* SPDX-License-Identifier: Apache-2.0 */
/* Words and numbers that have so many columns and no more. */
#include <inttypes.h>
#include <string.h>

#include "show.h"
#include "stat.h"
#include "util/units.h"
#include "util/utf8.h"

/* What cannot be printed is shown as \x1b, which takes four columns. */
static unsigned int columns_of(const char *text, size_t length, size_t *bytes)
{
	uint32_t code;

	*bytes = ut_utf8_char(text, length, &code);
	if (*bytes && ut_is_printable(code))
		return 1;
	if (!*bytes) {
		*bytes = 1;
		return 4;
	}
	return code == '\n' || code == '\t' ? 2 : code < 0x100 ? 4 : 6;
}

/* How much of the text has room in so many columns, and how many it takes. */
static size_t fitting(const char *text, unsigned int width, unsigned int *columns)
{
	size_t length = strlen(text), at = 0, bytes;
	unsigned int next;

	*columns = 0;
	while (at < length) {
		next = columns_of(text + at, length - at, &bytes);
		if (*columns + next > width)
			break;
		*columns += next;
		at += bytes;
	}
	return at;
}

static void put(FILE *out, const char *text, size_t length)
{
	char part[1024];

	for (; length; text += length < sizeof(part) - 1 ? length : sizeof(part) - 1,
		       length -= length < sizeof(part) - 1 ? length : sizeof(part) - 1) {
		size_t n = length < sizeof(part) - 1 ? length : sizeof(part) - 1;

		memcpy(part, text, n);
		part[n] = '\0';
		show_text(out, part);
	}
}

unsigned int stat_cut(FILE *out, const char *text, unsigned int width)
{
	unsigned int columns;
	size_t length = fitting(text, width, &columns);

	if (text[length] && width > 2) {
		length = fitting(text, width - 2, &columns);
		put(out, text, length);
		fputs("..", out);
		return columns + 2;
	}
	put(out, text, length);
	return columns;
}

/* The last line is cut if the text has more. */
unsigned int stat_wrap(FILE *out, const char *text, unsigned int column, unsigned int width,
		       unsigned int indent, unsigned int lines)
{
	unsigned int used = 1, columns;
	size_t length, end;

	for (;; used++) {
		length = fitting(text, width - column, &columns);
		if (!text[length] || used == lines)
			break;
		for (end = length; end && text[end] != ' '; end--)
			;
		if (!end)
			break;
		put(out, text, end);
		fprintf(out, "\n%*s", (int)indent, "");
		text += end + 1;
		column = indent;
	}
	stat_cut(out, text, width - column);
	putc('\n', out);
	return used;
}

/* Without the blank before the unit. */
static char *squeeze(char *text)
{
	char *to = text;

	for (char *from = text; *from; from++) {
		if (*from != ' ')
			*to++ = *from;
	}
	*to = '\0';
	return text;
}

char *stat_short_time(char text[32], uint64_t ns)
{
	uint64_t seconds = ns / 1000000000;

	if (seconds < 100)
		return squeeze(ut_units_time(text, ns));
	if (seconds < 100000)
		snprintf(text, 32, "%" PRIu64 "s", seconds);
	else
		snprintf(text, 32, "%" PRIu64 "h", seconds / 3600);
	return text;
}

char *stat_short_count(char text[32], uint64_t count)
{
	static const char *const units[] = { "", "k", "M", "G", "T", "P", "E" };
	double value = (double)count;
	unsigned int i = 0;

	if (count < 1000000)
		return ut_units_count(text, count);
	for (; value >= 999.5; i++)
		value /= 1000;
	snprintf(text, 32, "%.*f%s", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value, units[i]);
	return text;
}

char *stat_short_bytes(char text[32], uint64_t bytes)
{
	size_t length;

	squeeze(ut_units_bytes(text, bytes));
	length = strlen(text);
	if (length > 2 && text[length - 2] == 'i')
		text[length - 2] = '\0';
	return text;
}
