/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical calls in words. */
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/canon.h"

/* Text that is counted on beyond its room. */
struct line {
	char *text;
	size_t size, length;
};

static void put(struct line *line, const char *text, size_t length)
{
	size_t room = line->length < line->size ? line->size - line->length : 0;

	if (room > 1)
		memcpy(line->text + line->length, text, length < room - 1 ? length : room - 1);
	line->length += length;
}

static void put_text(struct line *line, const char *text)
{
	put(line, text, strlen(text));
}

static __attribute__((format(printf, 2, 3))) void put_printf(struct line *line, const char *format,
							     ...)
{
	char text[96];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put(line, text, length < (int)sizeof(text) ? (size_t)length : sizeof(text) - 1);
}

static size_t finish(struct line *line)
{
	if (line->size)
		line->text[line->length < line->size ? line->length : line->size - 1] = '\0';
	return line->length;
}

/* ---- values -------------------------------------------------------------------------------- */

static const char *const units[] = { "B", "KiB", "MiB", "GiB" };

/* Exact, so that what differs looks different: 4 MiB, but 4194305 B. */
static void put_bytes(struct line *line, uint64_t bytes)
{
	size_t unit = 0;

	while (bytes && unit < 3 && !(bytes & 1023)) {
		bytes >>= 10;
		unit++;
	}
	put_printf(line, "%" PRIu64 " %s", bytes, units[unit]);
}

bool df_memory_bytes(const char *text, uint64_t *bytes)
{
	char *end;

	for (unsigned int memory = AN_MEMORY_NONE + 1; memory < AN_MEMORIES; memory++) {
		const char *name = an_memory_name(memory);
		size_t length = strlen(name);

		if (strncmp(text, name, length) != 0 || text[length] != ' ' ||
		    !isdigit((unsigned char)text[length + 1]))
			continue;
		*bytes = strtoull(text + length + 1, &end, 10);
		for (unsigned int unit = 0; unit < 4 && *end == ' '; unit++) {
			length = strlen(units[unit]);
			if (strncmp(end + 1, units[unit], length) != 0 ||
			    (end[length + 1] && end[length + 1] != ' '))
				continue;
			*bytes <<= 10 * unit;
			return true;
		}
	}
	return false;
}

static void put_memory(struct line *line, const struct df_value *value)
{
	put_text(line, value->word);
	if (value->n[1]) {
		put_text(line, " ");
		put_bytes(line, value->n[1] - 1);
	}
	if (value->n[0] > 1)
		put_printf(line, " on device %" PRIu64, value->n[0] - 1);
	if (value->kind == DF_VALUE_PLACE)
		put_printf(line, " #%" PRIu64 "+0x%" PRIx64, value->n[2] >> 40,
			   value->n[2] & (((uint64_t)1 << 40) - 1));
}

static void put_object(struct line *line, const struct df_value *value)
{
	put_text(line, value->word);
	if (value->n[0])
		put_printf(line, "#%" PRIu64, value->n[0]);
	if (value->of) {
		put_text(line, " of ");
		put_text(line, value->of);
	}
}

static void put_event(struct line *line, const struct df_value *value)
{
	if (!value->word) {
		put_text(line, "event");
		return;
	}
	put_text(line, "event on ");
	put_object(line, value);
	if (value->n[1] > 1)
		put_printf(line, ", %" PRIu64 " before the last", value->n[1] - 1);
}

static void put_value(struct line *line, const struct df_value *value)
{
	double real;

	switch (value->kind) {
	case DF_VALUE_SIGNED:
		put_printf(line, "%" PRId64, (int64_t)value->n[0]);
		break;
	case DF_VALUE_UNSIGNED:
		put_printf(line, "%" PRIu64, value->n[0]);
		break;
	case DF_VALUE_HEX:
		put_printf(line, "0x%" PRIx64, value->n[0]);
		break;
	case DF_VALUE_REAL:
		memcpy(&real, &value->n[0], sizeof(real));
		put_printf(line, "%.9g", real);
		break;
	case DF_VALUE_TRIPLE:
		put_printf(line, "%" PRIu64 ",%" PRIu64 ",%" PRIu64, value->n[0], value->n[1],
			   value->n[2]);
		break;
	case DF_VALUE_WORD:
		put_text(line, value->word);
		break;
	case DF_VALUE_TEXT:
		put_text(line, "\"");
		put_text(line, value->word);
		put_text(line, "\"");
		break;
	case DF_VALUE_MEMORY:
	case DF_VALUE_PLACE:
		put_memory(line, value);
		break;
	case DF_VALUE_OBJECT:
		put_object(line, value);
		break;
	case DF_VALUE_EVENT:
		put_event(line, value);
		break;
	}
}

size_t df_value_text(const struct df_value *value, char *text, size_t size)
{
	struct line line = { text, size, 0 };

	put_value(&line, value);
	return finish(&line);
}

/* ---- calls --------------------------------------------------------------------------------- */

static void put_result(struct line *line, const struct df_canonical *call)
{
	if (call->result)
		put_text(line, call->result);
	else if (call->has_number)
		put_printf(line, "%" PRId32, call->number);
	if (call->injected)
		put_text(line, " (injected)");
}

size_t df_result_text(const struct df_canonical *call, char *text, size_t size)
{
	struct line line = { text, size, 0 };

	put_result(&line, call);
	return finish(&line);
}

size_t df_canonical_text(const struct df_canonical *call, char *text, size_t size)
{
	struct line line = { text, size, 0 };

	put_text(&line, call->function);
	put_text(&line, "(");
	for (unsigned int i = 0; i < call->nvalues; i++) {
		if (i)
			put_text(&line, ", ");
		put_text(&line, call->values[i].name);
		put_text(&line, "=");
		put_value(&line, &call->values[i]);
	}
	put_text(&line, ")");
	if (call->result || call->has_number) {
		put_text(&line, " = ");
		put_result(&line, call);
	}
	return finish(&line);
}

size_t df_shape_text(const struct df_canonical *call, char *text, size_t size)
{
	struct line line = { text, size, 0 };

	put_text(&line, call->function);
	if (call->kernel) {
		put_text(&line, " ");
		put_text(&line, call->kernel);
	}
	return finish(&line);
}
