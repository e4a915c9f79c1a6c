/* SPDX-License-Identifier: Apache-2.0 */
#include "write/arguments.h"

#include "curtrace/json_format.h"

/* Every integer up to here is exact in a double: 2^53. */
#define EXACT ((uint64_t)1 << 53)

static void out_u64(struct wr_text *text, uint64_t value, enum wr_quoting quoting)
{
	if (value < EXACT) {
		wr_text_u64(text, value);
		return;
	}
	wr_text_quote(text, quoting);
	wr_text_u64(text, value);
	wr_text_quote(text, quoting);
}

static void out_i64(struct wr_text *text, int64_t value, enum wr_quoting quoting)
{
	if (value >= 0) {
		out_u64(text, (uint64_t)value, quoting);
	} else if (value > -(int64_t)EXACT) {
		wr_text_i64(text, value);
	} else {
		wr_text_quote(text, quoting);
		wr_text_i64(text, value);
		wr_text_quote(text, quoting);
	}
}

static void out_hex(struct wr_text *text, uint64_t value, enum wr_quoting quoting)
{
	wr_text_quote(text, quoting);
	wr_text_hex(text, value);
	wr_text_quote(text, quoting);
}

static void out_float(struct wr_text *text, double value, enum wr_quoting quoting)
{
	/* JSON has no word for these. */
	bool is_word = value != value || value - value != 0;

	if (is_word)
		wr_text_quote(text, quoting);
	wr_text_float(text, value);
	if (is_word)
		wr_text_quote(text, quoting);
}

static void out_dim3(struct wr_text *text, const uint32_t xyz[3])
{
	for (int i = 0; i < 3; i++) {
		wr_text_char(text, i ? ',' : '[');
		wr_text_u64(text, xyz[i]);
	}
	wr_text_char(text, ']');
}

static void out_text(struct wr_text *text, const struct ct_arg *arg, enum wr_quoting quoting)
{
	wr_text_quote(text, quoting);
	if (arg->text)
		wr_text_escaped(text, arg->text, strlen(arg->text), quoting);
	if (arg->truncated)
		wr_text_literal(text, CT_JSON_TRUNCATED);
	wr_text_quote(text, quoting);
}

static void out_value(struct wr_text *text, const struct ct_arg *arg, enum wr_quoting quoting)
{
	switch (arg->kind) {
	case CT_KIND_ENUM:
	case CT_KIND_INT:
		out_i64(text, arg->value.i, quoting);
		break;
	case CT_KIND_UINT:
	case CT_KIND_SIZE:
		out_u64(text, arg->value.u, quoting);
		break;
	case CT_KIND_DIM3:
		out_dim3(text, arg->value.xyz);
		break;
	case CT_KIND_FLOAT:
		out_float(text, arg->value.f, quoting);
		break;
	case CT_KIND_STR:
	case CT_KIND_BYTES:
	case CT_KIND_TEXT:
		out_text(text, arg, quoting);
		break;
	default:
		out_hex(text, arg->value.u, quoting);
	}
}

/* What a name is in the text; the caller of wr_arguments has role 0 for itself. */
enum {
	ROLE_KEY = 1,
	ROLE_LABEL
};

static void out_name(struct wr_text *text, const char *name, uint16_t role, enum wr_quoting quoting)
{
	wr_text_string(text, name, quoting);
	if (role == ROLE_KEY)
		wr_text_char(text, ':');
}

static void out_cached(struct wr_text *text, const char *name, uint16_t role,
		       enum wr_quoting quoting, struct wr_cache *cache)
{
	struct wr_cached *place = wr_cache_place(cache, name, role);
	size_t begin = text->used;

	if (wr_cache_add(place, name, role, text))
		return;
	out_name(text, name, role, quoting);
	wr_cache_keep(place, name, role, text, begin);
}

void wr_arguments(struct wr_text *text, const struct ct_event *event, enum wr_quoting quoting,
		  struct wr_cache *cache)
{
	char separator = '{';

	for (unsigned int i = 0; i < event->nargs; i++) {
		const struct ct_arg *arg = &event->args[i];

		if (!arg->known)
			continue;
		wr_text_char(text, separator);
		separator = ',';
		if (event->lasting)
			out_cached(text, arg->name, ROLE_KEY, quoting, cache);
		else
			out_name(text, arg->name, ROLE_KEY, quoting);
		if (!arg->label)
			out_value(text, arg, quoting);
		else if (event->lasting && arg->kind != CT_KIND_FLAGS)
			out_cached(text, arg->label, ROLE_LABEL, quoting, cache);
		else
			out_name(text, arg->label, ROLE_LABEL, quoting);
	}
	if (separator == '{')
		wr_text_char(text, '{');
	wr_text_char(text, '}');
}
