/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to the JSON writer: a buffered sink, plain or compressed, and JSON's lexical forms. The
 * first error is kept and silences everything after it.
 */
#ifndef WRITE_JSON_OUT_H
#define WRITE_JSON_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#define WR_OUT_BUFFER ((size_t)256 << 10)

struct wr_out {
	int fd;
	gzFile gz; /* NULL: plain */
	int error; /* negative errno of the first failure, or 0 */
	char *data;
	size_t used;
};

void wr_out_begin(struct wr_out *out, int fd, bool gz);
/* Flushes and frees; returns out->error. */
int wr_out_end(struct wr_out *out);

void wr_out_flush(struct wr_out *out);

/*
 * Room for `size` bytes, far fewer than the buffer has, to be formatted in place. What is used of
 * it is added to out->used.
 */
static inline char *wr_out_room(struct wr_out *out, size_t size)
{
	if (size > WR_OUT_BUFFER - out->used)
		wr_out_flush(out);
	return out->data + out->used;
}

/* What does not fit into the rest of the buffer. */
void wr_out_long(struct wr_out *out, const char *text, size_t length);

/* Inlined by all means: of a literal, whose length is known, nothing is left but a few stores. */
static inline __attribute__((always_inline)) void wr_out_raw(struct wr_out *out, const char *text,
							     size_t length)
{
	if (length > WR_OUT_BUFFER - out->used) {
		wr_out_long(out, text, length);
		return;
	}
	memcpy(out->data + out->used, text, length);
	out->used += length;
}

#define wr_out_literal(out, text) wr_out_raw(out, "" text, sizeof(text) - 1)

/* A quoted string of any bytes: escaped, what is not UTF-8 replaced by U+FFFD. */
void wr_out_string(struct wr_out *out, const char *text, size_t length);
/* The same without the quotes: a part of a string. */
void wr_out_escaped(struct wr_out *out, const char *text, size_t length);
/* As wr_out_string; NULL is the empty string. */
void wr_out_text(struct wr_out *out, const char *text);

/* Always a number. */
void wr_out_u64(struct wr_out *out, uint64_t value);
/* A number, or a string of digits where a reader's double would not hold it. */
void wr_out_exact_u64(struct wr_out *out, uint64_t value);
void wr_out_exact_i64(struct wr_out *out, int64_t value);
void wr_out_digits(struct wr_out *out, uint64_t value); /* always a string of digits */
void wr_out_hex(struct wr_out *out, uint64_t value);    /* "0x…", quoted */
void wr_out_us(struct wr_out *out, int64_t ns);
void wr_out_float(struct wr_out *out, double value);

#endif
