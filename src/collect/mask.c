/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Masking words. A word of a command line may hold words itself (a script, a header): they are
 * looked at one by one.
 */
#include "collect/mask.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "util/xalloc.h"

#define BLANKS " \t\r\n"

/* What can stand in front of a value. */
static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

static bool same(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && !strncasecmp(text, word, length);
}

/* Of the author of something nothing is masked. */
static bool holds(const char *name, size_t length, const char *word)
{
	size_t n = strlen(word);

	for (size_t at = 0; at + n <= length; at++)
		if (!strncasecmp(name + at, word, n) &&
		    !(!strcmp(word, "auth") && at + n + 2 <= length &&
		      !strncasecmp(name + at + n, "or", 2) &&
		      strncasecmp(name + at + n, "oriz", 4)))
			return true;
	return false;
}

static bool is_secret_name(const char *name, size_t length)
{
	static const char *const parts[] = { "token",      "secret", "password", "passwd",
					     "passphrase", "pwd",    "key",      "credential",
					     "auth",       "bearer", "cookie",   "signature" };
	static const char *const names[] = { "pass", "pat", "pw", "sig" };

	while (length && *name == '-')
		name++, length--;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (holds(name, length, parts[i]))
			return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (same(name, length, names[i]))
			return true;
	return false;
}

/* ---- tokens by their looks ----------------------------------------------------------------- */

static const struct {
	const char *begins;
	size_t least; /* letters, digits, _ and - behind it */
} tokens[] = {
	{ "AKIA", 16 },        { "ASIA", 16 },  { "ghp_", 20 },  { "gho_", 20 },   { "ghu_", 20 },
	{ "ghs_", 20 },        { "ghr_", 20 },  { "hf_", 16 },   { "glpat-", 16 }, { "xoxb-", 10 },
	{ "github_pat_", 20 }, { "xoxp-", 10 }, { "xoxa-", 10 }, { "sk-", 20 },    { "eyJ", 20 },
};

/* Length of the token that `text` begins with, else 0. */
static size_t token_length(const char *text, size_t length)
{
	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		size_t head = strlen(tokens[i].begins), n = head;

		if (length < head || memcmp(text, tokens[i].begins, head))
			continue;
		while (n < length && is_name_char(text[n]))
			n++;
		if (n - head >= tokens[i].least)
			return n;
	}
	return 0;
}

/* ---- one word without blanks ---------------------------------------------------------------- */

struct out {
	char *text; /* as long as what it is made of, at least */
	size_t length;
};

static void put(struct out *o, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		o->text[o->length++] = text[i] == COL_MASKED ? '?' : text[i];
}

static void put_mask(struct out *o)
{
	o->text[o->length++] = COL_MASKED;
}

/* `at` stands behind "://": how long name and password are, 0 if there are none. */
static size_t user_length(const char *at, size_t left)
{
	size_t user = 0;

	for (size_t i = 0; i < left && !strchr("/?#", at[i]); i++)
		if (at[i] == '@')
			user = i;
	return user;
}

/* The value that begins at `text`: in quotes, or up to what ends a parameter. */
static size_t value_length(const char *text, size_t length)
{
	size_t n = 0;

	if (length && (*text == '"' || *text == '\'')) {
		const char *end = memchr(text + 1, *text, length - 1);

		return end ? (size_t)(end - text) + 1 : length;
	}
	while (n < length && !strchr("&;\"'", text[n]))
		n++;
	return n;
}

/* Behind the = or : at text[at]. `begin`: of the name before it. Length of what was masked. */
static size_t mask_value(struct out *o, const char *text, size_t length, size_t begin, size_t at)
{
	size_t value;

	if (!is_secret_name(text + begin, at - begin))
		return 0;
	value = value_length(text + at + 1, length - at - 1);
	if (value)
		put_mask(o);
	return value;
}

static void mask_inner(struct out *o, const char *text, size_t length)
{
	size_t begin = 0, at = 0;

	while (at < length) {
		size_t masked = at == begin ? token_length(text + at, length - at) : 0;
		char c = text[at];

		if (masked) {
			put_mask(o);
			at += masked;
			begin = at;
			continue;
		}
		put(o, &c, 1);
		if (c == '=' || (c == ':' && strncmp(text + at, "://", 3)))
			at += mask_value(o, text, length, begin, at);
		else if (c == ':' && at + 3 <= length &&
			 user_length(text + at + 3, length - at - 3)) {
			put(o, "//", 2);
			put_mask(o);
			at += 2 + user_length(text + at + 3, length - at - 3);
		}
		at++;
		if (!is_name_char(c))
			begin = at;
	}
}

/* ---- words ---------------------------------------------------------------------------------- */

/* "--token" speaks of what follows; "--token=" and "-Htoken:x" do not. */
static bool announces(const char *text, size_t length)
{
	return length > 1 && text[0] == '-' && !memchr(text, '=', length) &&
	       !memchr(text, ':', length) && is_secret_name(text, length);
}

/* Up to a blank that is in no quotes; a quote that is not closed is none. */
static size_t inner_length(const char *text)
{
	size_t n = 0;

	while (text[n] && !strchr(BLANKS, text[n])) {
		const char *end = strchr("\"'", text[n]) ? strchr(text + n + 1, text[n]) : NULL;

		n = end ? (size_t)(end + 1 - text) : n + 1;
	}
	return n;
}

/* "--token=two words": nobody knows where the value ends, if not with the word. 0: no such. */
static size_t assignment_length(const char *word)
{
	size_t n = 0;

	while (is_name_char(word[n]))
		n++;
	return word[n] == '=' && word[n + 1] && is_secret_name(word, n) ? n + 1 : 0;
}

static bool announces_user(const char *text, size_t length)
{
	return same(text, length, "-u") || same(text, length, "--user") ||
	       same(text, length, "--proxy-user");
}

/* "Authorization:" and what follows in the same word of the command line. */
static bool announces_rest(const char *text, size_t length)
{
	return (length > 1 && text[length - 1] == ':' && is_secret_name(text, length - 1)) ||
	       same(text, length, "bearer");
}

static void mask_user(struct out *o, const char *text, size_t length)
{
	const char *colon = memchr(text, ':', length);

	if (!colon) {
		mask_inner(o, text, length);
		return;
	}
	put(o, text, (size_t)(colon + 1 - text));
	put_mask(o);
}

static void mask_one(struct out *o, struct col_mask *mask, const char *text, size_t length)
{
	struct col_mask now = *mask;

	*mask = (struct col_mask){ .value = false };
	if (now.value && text[0] != '-') {
		put_mask(o);
		return;
	}
	if (now.user)
		mask_user(o, text, length);
	else
		mask_inner(o, text, length);
	mask->value = announces(text, length) || same(text, length, "bearer");
	mask->user = announces_user(text, length);
}

char *col_mask_word(struct col_mask *mask, const char *word)
{
	struct out o = { .text = ut_xmalloc(strlen(word) + 2) };

	/* A value is masked whole, whatever blanks are in it. */
	if (mask->value && *word != '-' && *word) {
		*mask = (struct col_mask){ .value = false };
		put_mask(&o);
		word = "";
	} else if (!*word || assignment_length(word)) {
		*mask = (struct col_mask){ .value = false };
	}
	if (assignment_length(word)) {
		put(&o, word, assignment_length(word));
		put_mask(&o);
		word = "";
	}
	while (*word) {
		size_t blanks = strspn(word, BLANKS), length = inner_length(word + blanks);

		put(&o, word, blanks);
		word += blanks;
		if (!length)
			break;
		mask_one(&o, mask, word, length);
		if (word[length] && announces_rest(word, length)) {
			put(&o, " ", 1);
			put_mask(&o);
			*mask = (struct col_mask){ .value = false };
			break;
		}
		word += length;
	}
	o.text[o.length] = '\0';
	return o.text;
}
