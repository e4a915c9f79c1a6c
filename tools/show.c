/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands that print share. */
#include "show.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "curtrace/json_format.h"
#include "util/message.h"
#include "util/utf8.h"

/* The offset stands last, for scripts that cut the file there. */
void show_complaint(const char *path, const struct rd_error *error)
{
	if (error->offset == RD_NO_OFFSET)
		ut_warn("%s: %s", path, error->text);
	else
		ut_warn("%s: %s (at offset %" PRIu64 ")", path, error->text, error->offset);
}

/* Damage is told last, below what was printed, which is where a person looks. */
int show_close(struct rd_trace *trace, const char *path)
{
	const struct rd_error *damage = trace ? rd_damage(trace) : NULL;
	int status = CMD_OK;

	if (fflush(stdout) || ferror(stdout)) {
		/* Nobody reads on: `curtrace print | head` is no error. */
		if (errno != EPIPE) {
			ut_warn("cannot write: %s", strerror(errno));
			status = CMD_ERROR;
		}
	} else if (damage) {
		show_complaint(path ? path : CMD_DEFAULT_TRACE, damage);
		status = CMD_DAMAGED;
	}
	rd_close(trace);
	return status;
}

void show_missing(FILE *out, const struct ct_header *header)
{
	static const char *const names[] = { CT_JSON_LACKS };
	unsigned int left = header->lacks & ((1u << sizeof(names) / sizeof(names[0])) - 1);
	const char *source = header->source ? header->source : "another tool";
	bool several = strchr(source, ',');

	if (!header->source && !left)
		return;
	fputs(several ? "of traces of " : "a trace of ", out);
	show_text(out, source);
	fputs(!left ? "\n" : several ? ", some of which hold no " : ", which holds no ", out);
	for (size_t i = 0; left; i++) {
		if (!(left & 1u << i))
			continue;
		left &= ~(1u << i);
		fprintf(out, "%s%s", names[i], !left ? "\n" : left & (left - 1) ? ", " : " or ");
	}
}

/* Escapes of C, which everybody reads. */
static void add_escape(struct wr_text *out, uint32_t code)
{
	char escape[16];

	if (code == '\n')
		strcpy(escape, "\\n");
	else if (code == '\t')
		strcpy(escape, "\\t");
	else
		snprintf(escape, sizeof(escape), code < 0x100 ? "\\x%02" PRIx32 : "\\u%04" PRIx32,
			 code);
	wr_text_raw(out, escape, strlen(escape));
}

static void add_char(struct wr_text *out, const char *text, size_t length, uint32_t code,
		     bool quoted)
{
	if (quoted && (code == '"' || code == '\\'))
		wr_text_char(out, '\\');
	if (ut_is_printable(code))
		wr_text_raw(out, text, length);
	else
		add_escape(out, code);
}

/* Length of the beginning of `text` that can be shown as it is. */
static size_t plain_length(const char *text, size_t length, bool quoted)
{
	size_t n;

	for (n = 0; n < length && text[n] >= 0x20 && text[n] < 0x7f; n++) {
		if (quoted && (text[n] == '"' || text[n] == '\\'))
			break;
	}
	return n;
}

static void add_string(struct wr_text *out, const char *text, bool quoted)
{
	size_t length = strlen(text), size;
	uint32_t code;

	while (length) {
		size = plain_length(text, length, quoted);
		wr_text_raw(out, text, size);
		text += size;
		length -= size;
		if (!length)
			break;
		size = ut_utf8_char(text, length, &code);
		if (size)
			add_char(out, text, size, code, quoted);
		else
			add_escape(out, (unsigned char)*text);
		size += !size;
		text += size;
		length -= size;
	}
}

void show_into(struct wr_text *out, const char *text)
{
	size_t length = strlen(text);

	/* As nearly everything is, and lines are mostly this. */
	if (wr_is_plain(text, length))
		wr_text_raw(out, text, length);
	else
		add_string(out, text, false);
}

void show_quoted_into(struct wr_text *out, const char *text)
{
	wr_text_char(out, '"');
	add_string(out, text, true);
	wr_text_char(out, '"');
}

static void show_string(FILE *out, const char *text, bool quoted)
{
	static struct wr_text line;

	line.used = 0;
	add_string(&line, text, quoted);
	if (line.used)
		fwrite(line.data, 1, line.used, out);
}

void show_text(FILE *out, const char *text)
{
	show_string(out, text, false);
}

void show_quoted(FILE *out, const char *text)
{
	putc('"', out);
	show_string(out, text, true);
	putc('"', out);
}

/* https://no-color.org: set to anything but nothing. */
bool show_colours(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term && strcmp(term, "dumb");
}

const char *show_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}
