/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What compilers and generators number anew in each build, taken out of kernels' names: hashes of
 * translation units, numbers of lambdas, numbers of generated kernels. Template arguments stay:
 * another one is another kernel.
 */
#include "analysis/diff/kernel_name.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define UNIT_HASH 8  /* digits of the hash of a translation unit, as nvcc makes it */
#define LONG      10 /* digits that nobody has typed */

struct output {
	char *text;
	size_t size, length;
};

static void put(struct output *out, const char *text, size_t length)
{
	for (; length; text++, length--) {
		if (out->length + 1 < out->size)
			out->text[out->length] = *text;
		out->length++;
	}
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static size_t word_length(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]) || text[length] == '_')
		length++;
	return length;
}

static size_t digits(const char *text, size_t length)
{
	size_t count = 0;

	while (count < length && isdigit((unsigned char)text[count]))
		count++;
	return count;
}

static bool is_hex(const char *text, size_t length, bool *has_letter)
{
	bool has_digit = false;

	*has_letter = false;
	for (size_t i = 0; i < length; i++) {
		if (isdigit((unsigned char)text[i]))
			has_digit = true;
		else if (text[i] >= 'a' && text[i] <= 'f')
			*has_letter = true;
		else
			return false;
	}
	return has_digit || *has_letter;
}

/* ---- identifiers ----------------------------------------------------------------------------- */

static bool holds(const char *word, size_t length, const char *part)
{
	size_t size = strlen(part);

	for (; length >= size; word++, length--) {
		if (!strncmp(word, part, size))
			return true;
	}
	return false;
}

/* Names that nvcc makes for what is private to a translation unit, mangled or not. */
static bool is_private(const char *word, size_t length)
{
	return holds(word, length, "_GLOBAL__N__") || holds(word, length, "_INTERNAL_") ||
	       begins(word, "__nv_static_");
}

/* Kernels that are numbered as they are generated: Inductor's, XLA's, and the older fusers'. */
static bool is_generated(const char *word, size_t length)
{
	static const char *const made[] = { "triton_", "nvfuser_", "fused_", "fusion", "wrapped_" };

	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		if (begins(word, made[i]))
			return true;
	}
	/* loop_add_fusion_12 */
	return holds(word, length, "_fusion");
}

/* One part of a name between underlines. */
static bool is_number(const char *part, size_t length, bool private, bool last, bool generated)
{
	bool has_letter, hex = is_hex(part, length, &has_letter);

	if (!length)
		return false;
	if (digits(part, length) == length)
		return private || length >= LONG || (last && generated);
	if (private)
		return hex && length >= UNIT_HASH;
	return hex && has_letter && length >= UNIT_HASH && strcspn(part, "0123456789") < length;
}

static void put_word(struct output *out, const char *word, size_t length)
{
	bool private = is_private(word, length), generated = is_generated(word, length);
	size_t from, to;

	for (from = 0; from <= length; from = to + 1) {
		to = from;
		while (to < length && word[to] != '_')
			to++;
		if (from)
			put(out, "_", 1);
		if (from && is_number(word + from, to - from, private, to == length, generated))
			put(out, "#", 1);
		else
			put(out, word + from, to - from);
	}
}

/* ---- what stands between identifiers --------------------------------------------------------- */

/* {lambda(int)#2}, {unnamed type#1}: from the mark on. Returns how much was taken, 0: nothing. */
static size_t put_ordinal(struct output *out, const char *at, bool in_braces)
{
	size_t count;

	if (*at != '#' || !in_braces)
		return 0;
	count = digits(at + 1, strlen(at + 1));
	if (!count || at[count + 1] != '}')
		return 0;
	put(out, "#", 1);
	return count + 1;
}

/* 'lambda0'(int), as other demanglers have it. */
static size_t put_quoted(struct output *out, const char *at)
{
	size_t count;

	if (!begins(at, "'lambda"))
		return 0;
	count = digits(at + 7, strlen(at + 7));
	if (at[7 + count] != '\'')
		return 0;
	put(out, "'lambda#'", 9);
	return count + 8;
}

/*
 * The tag of an extended lambda ends in its number within the function around it: , 2u> or
 * , (unsigned int)2>.
 */
static size_t put_tag_number(struct output *out, const char *at)
{
	static const char cast[] = "(unsigned int)";
	size_t length = 1, count;

	if (*at != ',')
		return 0;
	while (at[length] == ' ')
		length++;
	if (begins(at + length, cast))
		length += sizeof(cast) - 1;
	count = digits(at + length, strlen(at + length));
	if (!count)
		return 0;
	length += count;
	length += at[length] == 'u';
	if (at[length] != '>')
		return 0;
	put(out, ", #", 3);
	return length;
}

/* Where we are within a name. */
struct depth {
	unsigned int braces;
	unsigned int angles;
	unsigned int
		tag; /* depth of the angle brackets that a lambda's tag stands in; 0: in none */
};

static size_t put_special(struct output *out, const char *at, const struct depth *depth)
{
	size_t taken = put_ordinal(out, at, depth->braces);

	if (!taken)
		taken = put_quoted(out, at);
	if (!taken && depth->tag && depth->tag == depth->angles)
		taken = put_tag_number(out, at);
	return taken;
}

static void note(struct depth *depth, char c)
{
	depth->braces += c == '{';
	depth->braces -= c == '}' && depth->braces;
	depth->angles += c == '<';
	if (c != '>' || !depth->angles)
		return;
	if (depth->tag == depth->angles)
		depth->tag = 0;
	depth->angles--;
}

static bool is_tag(const char *word)
{
	return begins(word, "__nv_dl_tag<") || begins(word, "__nv_dl_trailing_return_tag<");
}

size_t df_kernel_name(const char *name, char *text, size_t size)
{
	struct output out = { text, size, 0 };
	struct depth depth = { 0, 0, 0 };
	size_t length;

	while (*name) {
		length = word_length(name);
		if (length) {
			if (is_tag(name))
				depth.tag = depth.angles + 1;
			put_word(&out, name, length);
		} else {
			length = put_special(&out, name, &depth);
		}
		if (!length) {
			note(&depth, *name);
			put(&out, name, 1);
			length = 1;
		}
		name += length;
	}
	if (size)
		text[out.length < size ? out.length : size - 1] = '\0';
	return out.length;
}
