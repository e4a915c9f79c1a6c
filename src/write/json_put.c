/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a line is not written every time: texts that are met for the first time, large numbers.
 *
 * The names of arguments share an object with keys that this writer and the programs that read its
 * files give a meaning to. HTA takes an event for one of a GPU if it has numbers in `stream` and
 * `correlation`, so an argument `stream` is written as `hStream` (and as text, as all handles
 * are); an argument named like a key of ours gets a `_` behind it.
 */
#include "write/json_put.h"

#include "curtrace/json_format.h"

static const char *const own_keys[] = { CT_JSON_OWN_KEYS };

/* ---- texts --------------------------------------------------------------------------------- */

/* Few names begin with such a letter, and no more is looked at in the others. */
static bool is_own_key(const struct wr_json *json, const char *name)
{
	if (name[0] < 'a' || name[0] > 'z' || !(json->own_letters & 1u << (name[0] - 'a')))
		return false;
	for (size_t i = 0; i < sizeof(own_keys) / sizeof(own_keys[0]); i++) {
		if (!strcmp(name, own_keys[i]))
			return true;
	}
	return false;
}

/* What the argument is called in the file: see above. */
static void out_key(struct wr_json *json, const char *name)
{
	struct wr_out *out = &json->out;

	wr_out_literal(out, "\"");
	if (!strcmp(name, "stream"))
		wr_out_literal(out, CT_JSON_STREAM);
	else
		wr_out_escaped(out, name, strlen(name));
	if (is_own_key(json, name))
		wr_out_literal(out, "_");
	wr_out_literal(out, "\":");
}

/*
 * The compiler's <<<...>>> launches by an entry of its own. HTA and TraceLens look for launches by
 * the name that people call it by; `api` keeps the entry's.
 */
static const char *shown_name(const char *name)
{
	return strcmp(name, CT_JSON_LAUNCH_ENTRY) ? name : CT_JSON_LAUNCH;
}

static void out_role(struct wr_json *json, enum wr_role role, const char *text)
{
	struct wr_out *out = &json->out;

	switch (role) {
	case WR_NAME:
		wr_out_literal(out, "{\"ph\":\"X\",\"cat\":\"" CT_JSON_CATEGORY "\",\"name\":");
		wr_out_text(out, shown_name(text));
		return;
	case WR_DRIVER:
		wr_out_literal(out, "{\"ph\":\"X\",\"cat\":\"" CT_JSON_DRIVER "\",\"name\":");
		wr_out_text(out, text);
		return;
	case WR_KEY:
		out_key(json, text);
		return;
	case WR_LABEL:
		break;
	case WR_KERNEL:
		wr_out_literal(out, "\"kernel\":");
		break;
	case WR_SYMBOL:
		wr_out_literal(out, "\"symbol_name\":");
		break;
	case WR_RESULT:
		wr_out_literal(out, "\"result\":");
		break;
	case WR_ENTRY:
		wr_out_literal(out, "\"api\":");
		break;
	}
	wr_out_text(out, text);
	wr_out_literal(out, ",");
}

char *wr_put_new(struct wr_json *json, char *at, enum wr_role role, const char *text,
		 struct wr_kept places[2])
{
	size_t length = text ? strlen(text) : 0, begin;

	wr_set_cursor(json, at);
	if (!places || !text || length > WR_KEPT_MAX) {
		out_role(json, role, text);
		return wr_cursor(json);
	}
	/* Every character may become six: so nothing is flushed before it was copied. */
	wr_out_room(&json->out, 6 * length + WR_ROOM);
	begin = json->out.used;
	out_role(json, role, text);
	wr_kept_make_way(places);
	wr_kept_set(&places[0], role, text, json->out.data + begin, json->out.used - begin);
	return wr_cursor(json);
}

/* ---- numbers ------------------------------------------------------------------------------- */

char *wr_put_large(struct wr_json *json, char *at, uint64_t value)
{
	wr_set_cursor(json, at);
	wr_out_exact_u64(&json->out, value);
	return wr_cursor(json);
}

char *wr_put_negative(struct wr_json *json, char *at, int64_t value)
{
	wr_set_cursor(json, at);
	wr_out_exact_i64(&json->out, value);
	return wr_cursor(json);
}

void wr_new_time_head(struct wr_json *json, uint64_t head)
{
	json->time_head = head;
	json->time_length = ut_format_u64(json->time_text, head);
}

void wr_json_call_begin(struct wr_json *json)
{
	char text[UT_FORMAT_MAX];

	for (size_t i = 0; i < sizeof(own_keys) / sizeof(own_keys[0]); i++)
		json->own_letters |= 1u << (own_keys[i][0] - 'a');
	for (unsigned int i = 0; i < 1000; i++) {
		struct wr_digits *digits = &json->digits[i];

		ut_format_u64(text, 1000 + i);
		memcpy(digits->padded, text + 1, 3);
		text[3] = (char)ut_format_u64(text, i);
		memcpy(digits->plain, text, sizeof(digits->plain));
	}
	json->correlation[0] = '0';
	json->correlation_length = 1;
}
