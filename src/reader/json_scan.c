/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scanner of calls. It takes what the writer writes: the keys in that order, no blanks, numbers
 * without superfluous digits, strings without a backslash. All else is cJSON's, and tests/fuzz sees
 * to it that a line which is taken here is the same event there.
 */
#include "reader/json_scan.h"

#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "curtrace/json_format.h"

/* Up to 2^43 microseconds doubles tell every nanosecond from its neighbours. */
#define EXACT_NS (((uint64_t)1 << 43) * 1000)

/* Whether the text goes on with a literal, and past it. */
#define TAKE(at, literal)                                                                       \
	(!memcmp(*(at), "" literal, sizeof(literal) - 1) ? (*(at) += sizeof(literal) - 1, true) \
							 : false)

/* ---- strings ------------------------------------------------------------------------------- */

#ifdef __SSE2__

/* To the next quote, backslash or control character, of which the line's end is one. */
static inline const char *find_special(const char *at)
{
	const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
	const __m128i control = _mm_set1_epi8(0x1f);

	for (;; at += sizeof(__m128i)) {
		__m128i text = _mm_loadu_si128((const __m128i *)(const void *)at);
		__m128i special =
			_mm_or_si128(_mm_cmpeq_epi8(text, quote), _mm_cmpeq_epi8(text, backslash));
		int mask;

		special = _mm_or_si128(special, _mm_cmpeq_epi8(_mm_min_epu8(text, control), text));
		mask = _mm_movemask_epi8(special);
		if (mask)
			return at + __builtin_ctz((unsigned int)mask);
	}
}

#else

#define EACH(c) (0x0101010101010101u * (c))

/* Has its upper bit set in the lowest byte that is 0, and maybe in others above that. */
static inline uint64_t zero_bytes(uint64_t eight)
{
	return (eight - EACH(1)) & ~eight & EACH(0x80);
}

static inline const char *find_special(const char *at)
{
	for (;; at += sizeof(uint64_t)) {
		uint64_t eight, special;

		memcpy(&eight, at, sizeof(eight));
		special = zero_bytes(eight ^ EACH('"')) | zero_bytes(eight ^ EACH('\\')) |
			  ((eight - EACH(0x20)) & ~eight & EACH(0x80));
		if (special)
			return at + __builtin_ctzll(special) / 8;
	}
}

#endif

/* A string whose opening quote has been passed. */
static inline bool take_string(const char **at, const char **text, size_t *length)
{
	const char *end = find_special(*at);

	if (*end != '"')
		return false;
	*text = *at;
	*length = (size_t)(end - *at);
	*at = end + 1;
	return true;
}

/* ---- numbers ------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
	return (unsigned char)(c - '0') <= 9;
}

/* Decimal digits, at most `most` of them, without a 0 before others. */
static bool take_digits(const char **at, unsigned int most, uint64_t *value)
{
	const char *from = *at, *to = from;
	uint64_t number = 0;

	for (; is_digit(*to); to++)
		number = number * 10 + (uint64_t)(*to - '0');
	if (to == from || to - from > (ptrdiff_t)most || (*from == '0' && to - from > 1))
		return false;
	*value = number;
	*at = to;
	return true;
}

/* Microseconds with three decimals, as nanoseconds; none that a double would not tell apart. */
static bool take_us(const char **at, int64_t *ns)
{
	const char *text = *at;
	uint64_t us;

	if (!take_digits(&text, 13, &us) || text[0] != '.' || !is_digit(text[1]) ||
	    !is_digit(text[2]) || !is_digit(text[3]) || is_digit(text[4]))
		return false;
	us = us * 1000 + (uint64_t)((text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0'));
	if (us >= EXACT_NS || text[4] == 'e' || text[4] == 'E')
		return false;
	*ns = (int64_t)us;
	*at = text + 4;
	return true;
}

/* The rest of a number with decimals or an exponent. */
static bool take_float(const char **at, const char *from, double *number)
{
	const char *to = *at;
	char *end;

	if (*to == '.') {
		for (to++; is_digit(*to); to++)
			continue;
		if (!is_digit(to[-1]))
			return false;
	}
	if (*to == 'e') {
		to += to[1] == '-' || to[1] == '+' ? 2 : 1;
		if (!is_digit(*to))
			return false;
		while (is_digit(*to))
			to++;
	}
	*number = strtod(from, &end);
	*at = to;
	/* cJSON copies numbers of no more than this. */
	return end == to && to - from < 60;
}

static bool take_number(const char **at, struct rd_member *member)
{
	const char *from = *at;
	bool negative = *from == '-';
	uint64_t value;

	member->kind = RD_VALUE_NUMBER;
	*at += negative;
	if (!take_digits(at, 15, &value))
		return false;
	member->number = negative ? -(double)value : (double)value;
	if (**at == '.' || **at == 'e')
		return take_float(at, from, &member->number);
	return true;
}

static bool take_triple(const char **at, struct rd_member *member)
{
	uint64_t value;

	member->kind = RD_VALUE_TRIPLE;
	for (unsigned int i = 0; i < 3; i++) {
		if (!take_digits(at, 10, &value) || value > UINT32_MAX ||
		    *(*at)++ != (i < 2 ? ',' : ']'))
			return false;
		member->xyz[i] = (uint32_t)value;
	}
	return true;
}

/* ---- members ------------------------------------------------------------------------------- */

static bool take_value(const char **at, struct rd_member *member)
{
	switch (**at) {
	case '"':
		++*at;
		member->kind = RD_VALUE_TEXT;
		return take_string(at, &member->text, &member->length);
	case '[':
		++*at;
		return take_triple(at, member);
	case 't':
		member->kind = RD_VALUE_TRUE;
		return TAKE(at, "true");
	default:
		return take_number(at, member);
	}
}

/* "key":value, … up to the brace; at least one. */
static bool take_members(const char **at, struct rd_scan *scan)
{
	size_t n = 0;

	do {
		struct rd_member *member = &scan->members[n];

		if (n++ == RD_SCAN_MEMBERS || !TAKE(at, "\"") ||
		    !take_string(at, &member->key, &member->key_length) || *(*at)++ != ':' ||
		    !take_value(at, member))
			return false;
	} while (*(*at)++ == ',');
	scan->call.members = scan->members;
	scan->call.nmembers = n;
	return (*at)[-1] == '}';
}

static bool take_place(const char **at, struct rd_json_call *call)
{
	uint64_t pid, tid;

	if (!TAKE(at, ",\"pid\":") || !take_digits(at, 10, &pid) || !TAKE(at, ",\"tid\":") ||
	    !take_digits(at, 10, &tid))
		return false;
	call->pid = (uint32_t)pid;
	call->tid = (uint32_t)tid;
	return TAKE(at, ",\"ts\":") && take_us(at, &call->ts_ns) && TAKE(at, ",\"dur\":") &&
	       take_us(at, &call->dur_ns);
}

/* ---- lines --------------------------------------------------------------------------------- */

/* The line is the reader's own buffer; each string has its closing quote behind it. */
static void end_strings(const struct rd_scan *scan)
{
	const struct rd_json_call *call = &scan->call;

	((char *)call->name)[call->name_length] = '\0';
	for (size_t i = 0; i < call->nmembers; i++) {
		const struct rd_member *member = &call->members[i];

		((char *)member->key)[member->key_length] = '\0';
		if (member->kind == RD_VALUE_TEXT)
			((char *)member->text)[member->length] = '\0';
	}
}

bool rd_scan_call(char *line, size_t length, struct rd_scan *scan)
{
	struct rd_json_call *call = &scan->call;
	const char *at = line;

	if (TAKE(&at, "{\"ph\":\"X\",\"cat\":\"" CT_JSON_CATEGORY "\",\"name\":\""))
		call->layer = CT_LAYER_RUNTIME;
	else if (TAKE(&at, "{\"ph\":\"X\",\"cat\":\"" CT_JSON_DRIVER "\",\"name\":\""))
		call->layer = CT_LAYER_DRIVER;
	else
		return false;
	if (!take_string(&at, &call->name, &call->name_length) || !call->name_length ||
	    !take_place(&at, call))
		return false;
	call->frame = 0;
	if (TAKE(&at, ",\"sf\":") && !take_digits(&at, 15, &call->frame))
		return false;
	if (!TAKE(&at, ",\"args\":{") || !take_members(&at, scan) || *at++ != '}')
		return false;
	at += *at == ',';
	if (at != line + length)
		return false;
	end_strings(scan);
	return true;
}
