/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands that print share. */
#include "show.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "collect/recover.h"
#include "config.h"
#include "util/message.h"
#include "util/utf8.h"

/* The offset stands last, for scripts that cut the file there. */
static void complain(const char *path, const struct rd_error *error)
{
	if (error->offset == RD_NO_OFFSET)
		ut_warn("%s: %s", path, error->text);
	else
		ut_warn("%s: %s (at offset %" PRIu64 ")", path, error->text, error->offset);
}

/* A session's folder: its trace is made in a file without a name. */
static struct rd_trace *open_folder(const char *path, struct rd_error *error)
{
	const char *tmp = getenv("TMPDIR");
	struct rd_trace *trace = NULL;
	char name[PATH_MAX], why[240];
	int fd;

	tmp = tmp && *tmp ? tmp : "/tmp";
	*error = (struct rd_error){ .offset = RD_NO_OFFSET };
	if (snprintf(name, sizeof(name), "%s/curtrace-XXXXXX", tmp) >= (int)sizeof(name) ||
	    (fd = mkstemp(name)) < 0) {
		snprintf(error->text, sizeof(error->text), "no room to read it in: %s",
			 strerror(errno));
		return NULL;
	}
	unlink(name);
	if (col_recover(path, fd, tmp, PACKAGE_VERSION, why, sizeof(why))) {
		snprintf(error->text, sizeof(error->text), "%s", why);
	} else {
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		trace = rd_open(name, error);
	}
	close(fd);
	return trace;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

struct rd_trace *show_open(const char *path)
{
	struct rd_error error;
	struct rd_trace *trace;

	trace = path && is_folder(path) ? open_folder(path, &error)
					: rd_open(path ? path : CMD_DEFAULT_TRACE, &error);
	if (!trace)
		complain(path ? path : CMD_DEFAULT_TRACE, &error);
	return trace;
}

/* Damage is told last, below what was printed, which is where a person looks. */
int show_close(struct rd_trace *trace, const char *path)
{
	const struct rd_error *damage = rd_damage(trace);
	int status = CMD_OK;

	if (fflush(stdout) || ferror(stdout)) {
		/* Nobody reads on: `curtrace print | head` is no error. */
		if (errno != EPIPE) {
			ut_warn("cannot write: %s", strerror(errno));
			status = CMD_ERROR;
		}
	} else if (damage) {
		complain(path ? path : CMD_DEFAULT_TRACE, damage);
		status = CMD_DAMAGED;
	}
	rd_close(trace);
	return status;
}

/* Escapes of C, which everybody reads. */
static void show_char(FILE *out, const char *text, size_t length, uint32_t code, bool quoted)
{
	if (quoted && (code == '"' || code == '\\'))
		putc('\\', out);
	if (ut_is_printable(code)) {
		fwrite(text, 1, length, out);
		return;
	}
	switch (code) {
	case '\n':
		fputs("\\n", out);
		break;
	case '\t':
		fputs("\\t", out);
		break;
	default:
		fprintf(out, code < 0x100 ? "\\x%02" PRIx32 : "\\u%04" PRIx32, code);
	}
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

static void show_string(FILE *out, const char *text, bool quoted)
{
	size_t length = strlen(text), size;
	uint32_t code;

	while (length) {
		size = plain_length(text, length, quoted);
		fwrite(text, 1, size, out);
		text += size;
		length -= size;
		if (!length)
			break;
		size = ut_utf8_char(text, length, &code);
		if (size)
			show_char(out, text, size, code, quoted);
		else
			fprintf(out, "\\x%02x", (unsigned char)*text);
		size += !size;
		text += size;
		length -= size;
	}
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
