/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chunks of a native trace behind the events of a JSON trace: one line says what chunk it is,
 * the lines that follow are its payload, piece by piece, in a form that people can read and that
 * gives the same bytes again. What has no such form stands there as hexadecimal.
 */
#include <string.h>

#include "curtrace/json_format.h"
#include "curtrace/trace_format.h"
#include "util/utf8.h"
#include "write/json_internal.h"

/* Of a payload, in a line. */
#define PIECE ((size_t)16 << 10)
#define WORDS 64

struct payload {
	const char *at;
	size_t left;
};

/* ---- values -------------------------------------------------------------------------------- */

static void out_number(struct wr_out *out, const char *key, uint64_t value)
{
	wr_out_raw(out, key, strlen(key));
	wr_out_u64(out, value);
}

static void out_digits(struct wr_out *out, const char *key, uint64_t value)
{
	wr_out_raw(out, key, strlen(key));
	wr_out_digits(out, value);
}

static void out_bytes(struct wr_out *out, const void *data, size_t size)
{
	const unsigned char *bytes = data;
	char *to = wr_out_room(out, 2 * size);

	for (size_t i = 0; i < size; i++) {
		*to++ = "0123456789abcdef"[bytes[i] >> 4];
		*to++ = "0123456789abcdef"[bytes[i] & 15];
	}
	out->used += 2 * size;
}

/* Takes the next `size` bytes of a payload; false if it has fewer left. */
static bool take(struct payload *p, void *data, size_t size)
{
	if (p->left < size)
		return false;
	memcpy(data, p->at, size);
	p->at += size;
	p->left -= size;
	return true;
}

/* ---- pieces -------------------------------------------------------------------------------- */

static void out_hex_lines(struct wr_json *json, struct payload *p)
{
	while (p->left) {
		size_t size = p->left < PIECE ? p->left : PIECE;

		wr_json_line(json);
		wr_out_literal(&json->out, "{\"hex\":\"");
		out_bytes(&json->out, p->at, size);
		wr_out_literal(&json->out, "\"}");
		p->at += size;
		p->left -= size;
	}
}

/* Comes back from JSON as it was: UTF-8, and no NUL. */
static bool is_text(const char *text, size_t length)
{
	uint32_t code;
	size_t at, size;

	for (at = 0; at < length; at += size) {
		size = ut_utf8_char(text + at, length - at, &code);
		if (!size || !code)
			return false;
	}
	return true;
}

/* A line of JSON for each line of the text, with its newline. */
static void out_text_lines(struct wr_json *json, struct payload *p)
{
	while (p->left) {
		const char *newline = memchr(p->at, '\n', p->left < PIECE ? p->left : PIECE);
		size_t size = newline           ? (size_t)(newline + 1 - p->at)
			      : p->left < PIECE ? p->left
						: PIECE;
		struct payload piece = { p->at, size };

		if (is_text(p->at, size)) {
			wr_json_line(json);
			wr_out_literal(&json->out, "{\"text\":");
			wr_out_string(&json->out, p->at, size);
			wr_out_literal(&json->out, "}");
		} else {
			out_hex_lines(json, &piece);
		}
		p->at += size;
		p->left -= size;
	}
}

/* As many cells as the head says, if there are so many. */
static bool out_record(struct wr_json *json, struct payload *p)
{
	struct wr_out *out = &json->out;
	struct ctr_cell cell;
	size_t size;

	if (p->left < sizeof(cell))
		return false;
	memcpy(&cell, p->at, sizeof(cell));
	size = (size_t)cell.ncells * sizeof(cell);
	if (!size || size > p->left)
		return false;
	wr_json_line(json);
	out_number(out, "{\"function\":", cell.function);
	out_number(out, ",\"flags\":", cell.flags);
	wr_out_literal(out, ",\"result\":");
	wr_out_exact_i64(out, cell.result);
	out_digits(out, ",\"commit\":", cell.commit);
	out_digits(out, ",\"start\":", cell.start);
	out_digits(out, ",\"end\":", cell.end);
	wr_out_literal(out, ",\"caller\":");
	wr_out_hex(out, cell.caller);
	wr_out_literal(out, ",\"payload\":\"");
	out_bytes(out, p->at + CTR_CELL_HEAD_SIZE, size - CTR_CELL_HEAD_SIZE);
	wr_out_literal(out, "\"}");
	p->at += size;
	p->left -= size;
	return true;
}

static bool out_def(struct wr_json *json, struct payload *p)
{
	struct wr_out *out = &json->out;
	struct ctr_def def;

	if (p->left < sizeof(def))
		return false;
	memcpy(&def, p->at, sizeof(def));
	if (def.size < sizeof(def) || def.size > p->left || def.reserved || def.size > PIECE ||
	    !is_text(p->at + sizeof(def), def.size - sizeof(def)))
		return false;
	wr_json_line(json);
	out_number(out, "{\"kind\":", def.kind);
	out_number(out, ",\"tid\":", def.tid);
	out_digits(out, ",\"counter\":", def.counter);
	wr_out_literal(out, ",\"key\":");
	wr_out_hex(out, def.key);
	out_number(out, ",\"checksum\":", def.checksum);
	wr_out_literal(out, ",\"text\":");
	wr_out_string(out, p->at + sizeof(def), def.size - sizeof(def));
	wr_out_literal(out, "}");
	p->at += def.size;
	p->left -= def.size;
	return true;
}

static bool out_sample(struct wr_json *json, struct payload *p)
{
	struct wr_out *out = &json->out;
	struct ctr_clock_sample sample;

	if (!take(p, &sample, sizeof(sample)))
		return false;
	wr_json_line(json);
	out_digits(out, "{\"counter\":", sample.counter);
	out_digits(out, ",\"monotonic_ns\":", sample.monotonic_ns);
	out_digits(out, ",\"realtime_ns\":", sample.realtime_ns);
	wr_out_literal(out, "}");
	return true;
}

static bool out_words(struct wr_json *json, struct payload *p)
{
	struct wr_out *out = &json->out;
	uint64_t word;

	if (p->left < sizeof(word))
		return false;
	wr_json_line(json);
	wr_out_literal(out, "{\"words\":[");
	for (unsigned int i = 0; i < WORDS && take(p, &word, sizeof(word)); i++) {
		if (i)
			wr_out_literal(out, ",");
		wr_out_hex(out, word);
	}
	wr_out_literal(out, "]}");
	return true;
}

/* ---- chunks -------------------------------------------------------------------------------- */

/* What stands before the pieces; false: nothing has been written, for that is not all there. */
static bool out_defs_head(struct wr_out *out, struct payload *p)
{
	struct ctr_chunk_defs head;

	if (!take(p, &head, sizeof(head)))
		return false;
	out_number(out, ",\"process\":", head.process);
	out_number(out, ",\"reserved\":", head.reserved);
	return true;
}

static bool out_stacks_head(struct wr_out *out, struct payload *p)
{
	struct ctr_chunk_stacks head;

	if (!take(p, &head, sizeof(head)))
		return false;
	out_number(out, ",\"process\":", head.process);
	out_number(out, ",\"reserved\":", head.reserved);
	out_digits(out, ",\"first\":", head.first);
	return true;
}

static bool out_cells_head(struct wr_out *out, struct payload *p)
{
	struct ctr_chunk_cells head;

	if (!take(p, &head, sizeof(head)))
		return false;
	out_number(out, ",\"process\":", head.process);
	out_number(out, ",\"ring\":", head.ring);
	out_digits(out, ",\"first\":", head.first);
	out_number(out, ",\"flags\":", head.flags);
	out_number(out, ",\"clock\":", head.clock);
	return true;
}

struct chunk_form {
	bool (*head)(struct wr_out *out, struct payload *p);    /* NULL: there is none */
	bool (*piece)(struct wr_json *json, struct payload *p); /* NULL: lines of text */
};

static const struct chunk_form forms[] = {
	[CTR_CHUNK_CELLS] = { out_cells_head, out_record },
	[CTR_CHUNK_DEFS] = { out_defs_head, out_def },
	[CTR_CHUNK_CLOCK] = { NULL, out_sample },
	[CTR_CHUNK_MAPS] = { out_defs_head, NULL },
	[CTR_CHUNK_STACKS] = { out_stacks_head, out_words },
	[CTR_CHUNK_SYMBOLS] = { out_defs_head, NULL },
};

static const char *const kinds[] = { CT_JSON_CHUNK_KINDS };

static void out_pieces(struct wr_json *json, const struct chunk_form *form, struct payload *p)
{
	if (!form->piece)
		out_text_lines(json, p);
	else
		while (form->piece(json, p))
			continue;
	out_hex_lines(json, p);
}

int wr_json_chunk(struct wr_json *json, uint32_t kind, const void *data, size_t size)
{
	static const struct chunk_form unknown = { NULL, NULL };
	bool is_known = kind < sizeof(kinds) / sizeof(kinds[0]) && *kinds[kind];
	const struct chunk_form *form = kind < sizeof(forms) / sizeof(forms[0]) ? &forms[kind]
										: &unknown;
	struct payload p = { data, size };
	struct wr_out *out = &json->out;

	wr_json_line(json);
	wr_out_literal(out, "{\"chunk\":");
	if (is_known)
		wr_out_text(out, kinds[kind]);
	else
		wr_out_u64(out, kind);
	out_number(out, ",\"size\":", size);
	if (form->head)
		form->head(out, &p);
	wr_out_literal(out, "}");
	if (is_known)
		out_pieces(json, form, &p);
	else
		out_hex_lines(json, &p);
	return out->error;
}

int wr_json_chunks(struct wr_json *json, unsigned int version_major, unsigned int version_minor)
{
	struct wr_out *out = &json->out;

	wr_out_literal(out, "\n" CT_JSON_MORE "\n" CT_JSON_CHUNKS);
	json->has_events = false;
	wr_json_line(json);
	out_number(out, "{\"version_major\":", version_major);
	out_number(out, ",\"version_minor\":", version_minor);
	wr_out_literal(out, "}");
	return out->error;
}
