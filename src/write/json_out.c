/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON writer's sink and JSON's lexical forms. */
#include "write/json_out.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/format.h"
#include "util/utf8.h"
#include "util/xalloc.h"

/* Every integer up to here is exact in a double: 2^53. */
#define EXACT ((uint64_t)1 << 53)

/* Of a text: far less than the buffer has. */
#define COPIED_AT_ONCE ((size_t)4096)

/* Level 1: a third of the time of the default and hardly larger, for text as repetitive as this. */
#define GZ_MODE "wb1"

void wr_out_begin(struct wr_out *out, int fd, bool gz)
{
	int copy;

	*out = (struct wr_out){ .fd = fd, .data = ut_xmalloc(WR_OUT_BUFFER) };
	if (!gz)
		return;
	/* zlib closes what it is given. */
	copy = dup(fd);
	out->gz = copy < 0 ? NULL : gzdopen(copy, GZ_MODE);
	if (out->gz)
		return;
	out->error = errno ? -errno : -ENOMEM;
	if (copy >= 0)
		close(copy);
}

/* zlib hides errno behind a code of its own, and a full disk should be called one. */
static void write_gz(struct wr_out *out)
{
	int zerror;

	errno = 0;
	if (gzwrite(out->gz, out->data, (unsigned int)out->used) == (int)out->used)
		return;
	gzerror(out->gz, &zerror);
	out->error = zerror == Z_ERRNO && errno ? -errno : -EIO;
}

/* All of it, whatever the size of the pieces that the kernel takes. */
static void write_plain(struct wr_out *out)
{
	size_t done = 0;
	ssize_t part;

	while (done < out->used) {
		part = write(out->fd, out->data + done, out->used - done);
		if (part < 0 && errno == EINTR)
			continue;
		if (part <= 0) {
			out->error = part ? -errno : -EIO;
			return;
		}
		done += (size_t)part;
	}
}

/* After an error the buffer is emptied all the same, so that memory does not grow. */
void wr_out_flush(struct wr_out *out)
{
	if (out->error)
		;
	else if (out->gz)
		write_gz(out);
	else
		write_plain(out);
	out->used = 0;
}

/* Compressed data may only reach the disk here, and fail here. */
int wr_out_end(struct wr_out *out)
{
	int error;

	wr_out_flush(out);
	if (out->gz) {
		errno = 0;
		error = gzclose(out->gz);
		if (error != Z_OK && !out->error)
			out->error = error == Z_ERRNO && errno ? -errno : -EIO;
	}
	free(out->data);
	return out->error;
}

void wr_out_long(struct wr_out *out, const char *text, size_t length)
{
	while (length > WR_OUT_BUFFER - out->used) {
		size_t part = WR_OUT_BUFFER - out->used;

		memcpy(out->data + out->used, text, part);
		out->used += part;
		text += part;
		length -= part;
		wr_out_flush(out);
	}
	memcpy(out->data + out->used, text, length);
	out->used += length;
}

/* ---- strings ------------------------------------------------------------------------------- */

/* Most text is, and is copied in runs. */
static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

#define EACH(c) (0x0101010101010101u * (c))

/*
 * Of eight characters at once. A byte below 0x80 gets its upper bit by each of these subtractions
 * if it is below what is subtracted, and by the addition if it is 0x7f. Borrows and carries reach
 * other bytes only from one that has its bit then.
 */
static inline bool are_plain(uint64_t eight)
{
	uint64_t special = eight | (eight - EACH(0x20u)) | ((eight ^ EACH(0x22u)) - EACH(1u)) |
			   ((eight ^ EACH(0x5cu)) - EACH(1u)) | (eight + EACH(1u));

	return !(special & EACH(0x80u));
}

/* Copies a text, `to` has room for it, and says whether all of it is plain. */
static inline bool copy_plain(char *to, const char *text, size_t length)
{
	uint64_t eight;
	uint32_t low, high;
	size_t at;

	if (length >= sizeof(eight)) {
		for (at = 0; at + sizeof(eight) < length; at += sizeof(eight)) {
			memcpy(&eight, text + at, sizeof(eight));
			memcpy(to + at, &eight, sizeof(eight));
			if (!are_plain(eight))
				return false;
		}
		/* The last eight, of which some may have been among those before. */
		memcpy(&eight, text + length - sizeof(eight), sizeof(eight));
		memcpy(to + length - sizeof(eight), &eight, sizeof(eight));
		return are_plain(eight);
	}
	if (length >= sizeof(low)) {
		memcpy(&low, text, sizeof(low));
		memcpy(&high, text + length - sizeof(high), sizeof(high));
		memcpy(to, &low, sizeof(low));
		memcpy(to + length - sizeof(high), &high, sizeof(high));
		return are_plain((uint64_t)high << 32 | low);
	}
	for (at = 0; at < length && is_plain((unsigned char)text[at]); at++)
		to[at] = text[at];
	return at == length;
}

/* A control character, quote or backslash. A raw one makes the whole file unreadable. */
static void out_escape(struct wr_out *out, uint32_t code)
{
	static const char short_codes[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	char text[8];
	size_t i;

	for (i = 0; i < sizeof(short_codes) - 1; i += 2) {
		if ((unsigned char)short_codes[i] == code) {
			text[0] = '\\';
			text[1] = short_codes[i + 1];
			wr_out_raw(out, text, 2);
			return;
		}
	}
	snprintf(text, sizeof(text), "\\u%04x", (unsigned int)code & 0xffff);
	wr_out_raw(out, text, 6);
}

/* One character that is not plain; returns its length. */
static size_t out_special(struct wr_out *out, const char *text, size_t length)
{
	uint32_t code;
	size_t size = ut_utf8_char(text, length, &code);

	if (!size) {
		wr_out_literal(out, "\xef\xbf\xbd");
		return 1;
	}
	if (code < 0xa0)
		out_escape(out, code);
	else
		wr_out_raw(out, text, size);
	return size;
}

void wr_out_escaped(struct wr_out *out, const char *text, size_t length)
{
	size_t at = 0, plain;

	/* Nearly every text is short and plain. */
	if (length <= COPIED_AT_ONCE && copy_plain(wr_out_room(out, length), text, length)) {
		out->used += length;
		return;
	}
	while (at < length) {
		for (plain = at; plain < length && is_plain((unsigned char)text[plain]); plain++)
			continue;
		wr_out_raw(out, text + at, plain - at);
		at = plain;
		if (at < length)
			at += out_special(out, text + at, length - at);
	}
}

void wr_out_string(struct wr_out *out, const char *text, size_t length)
{
	wr_out_literal(out, "\"");
	wr_out_escaped(out, text, length);
	wr_out_literal(out, "\"");
}

void wr_out_text(struct wr_out *out, const char *text)
{
	wr_out_string(out, text ? text : "", text ? strlen(text) : 0);
}

/* ---- numbers ------------------------------------------------------------------------------- */

void wr_out_u64(struct wr_out *out, uint64_t value)
{
	out->used += ut_format_u64(wr_out_room(out, UT_FORMAT_MAX), value);
}

void wr_out_digits(struct wr_out *out, uint64_t value)
{
	wr_out_literal(out, "\"");
	wr_out_u64(out, value);
	wr_out_literal(out, "\"");
}

void wr_out_exact_u64(struct wr_out *out, uint64_t value)
{
	if (value < EXACT)
		wr_out_u64(out, value);
	else
		wr_out_digits(out, value);
}

void wr_out_exact_i64(struct wr_out *out, int64_t value)
{
	char text[UT_FORMAT_MAX];
	size_t length;

	if (value >= 0) {
		wr_out_exact_u64(out, (uint64_t)value);
		return;
	}
	length = ut_format_i64(text, value);
	if (value > -(int64_t)EXACT)
		wr_out_raw(out, text, length);
	else
		wr_out_string(out, text, length);
}

/* A string, for JSON has no hexadecimal numbers. */
void wr_out_hex(struct wr_out *out, uint64_t value)
{
	char *text = wr_out_room(out, UT_FORMAT_MAX + 2);
	size_t length = ut_format_hex(text + 1, value);

	text[0] = '"';
	text[length + 1] = '"';
	out->used += length + 2;
}

void wr_out_us(struct wr_out *out, int64_t ns)
{
	out->used += ut_format_us(wr_out_room(out, UT_FORMAT_MAX), ns);
}

void wr_out_float(struct wr_out *out, double value)
{
	bool single = (double)(float)value == value;
	char text[40];
	int length = 0, digits;

	/* JSON has no word for these. */
	if (!isfinite(value)) {
		wr_out_text(out, isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
		return;
	}
	/* As few digits as give the same number again. */
	for (digits = 6; digits <= 17; digits++) {
		length = snprintf(text, sizeof(text), "%.*g", digits, value);
		if (single ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
			break;
	}
	wr_out_raw(out, text, (size_t)length);
}
