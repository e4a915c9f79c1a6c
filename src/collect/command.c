/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quoting and masking of command lines.
 */
#include "collect/command.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/utf8.h"
#include "util/xalloc.h"

#define MASK "***"

struct text {
	char *data;
	size_t size;
	size_t capacity;
};

static void append(struct text *t, const char *data, size_t size)
{
	ut_grow(&t->data, &t->capacity, t->size + size + 1, 1);
	memcpy(t->data + t->size, data, size);
	t->size += size;
	t->data[t->size] = '\0';
}

/* Some of the name's letters say that its value is nobody's business. */
static bool is_secret_name(const char *name, size_t length)
{
	static const char *const words[] = { "token",  "secret",     "password",
					     "passwd", "credential", "key" };

	for (size_t at = 0; at < length; at++)
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (strlen(words[i]) <= length - at &&
			    !strncasecmp(name + at, words[i], strlen(words[i])))
				return true;
	return false;
}

static bool needs_quotes(const char *word, size_t length)
{
	if (!length)
		return true;
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)word[i]) && !strchr("_-+=./:,@%^", word[i]))
			return true;
	return false;
}

static void append_quoted(struct text *t, const char *word, size_t length)
{
	if (!needs_quotes(word, length)) {
		append(t, word, length);
		return;
	}
	append(t, "'", 1);
	for (size_t i = 0; i < length; i++) {
		if (word[i] == '\'')
			append(t, "'\\''", 4);
		else
			append(t, word + i, 1);
	}
	append(t, "'", 1);
}

/* "--token=x", "API_KEY=x": up to and with the =. Else 0. */
static size_t masked_prefix(const char *word)
{
	const char *equals = strchr(word, '=');

	if (!equals || equals == word || !equals[1] ||
	    !is_secret_name(word, (size_t)(equals - word)))
		return 0;
	return (size_t)(equals + 1 - word);
}

/* "--token" x */
static bool masks_next(const char *word, const char *next)
{
	return word[0] == '-' && !strchr(word, '=') && is_secret_name(word, strlen(word)) && next &&
	       next[0] != '-';
}

char *col_command_text(char *const *argv)
{
	struct text t = { .data = NULL };
	bool mask = false;

	append(&t, "", 0);
	for (size_t i = 0; argv[i]; i++) {
		size_t prefix = masked_prefix(argv[i]);

		if (i)
			append(&t, " ", 1);
		if (!mask)
			append_quoted(&t, argv[i], prefix ? prefix : strlen(argv[i]));
		if (mask || prefix)
			append(&t, MASK, strlen(MASK));
		/* The program itself may be called keygen: only options speak of what follows. */
		mask = i && !mask && masks_next(argv[i], argv[i + 1]);
	}
	col_make_text(t.data);
	return t.data;
}

void col_make_text(char *text)
{
	size_t left = strlen(text);

	while (left) {
		uint32_t code;
		size_t length = ut_utf8_char(text, left, &code);

		if (!length || !ut_is_printable(code)) {
			length = length ? length : 1;
			memset(text, '?', length);
		}
		text += length;
		left -= length;
	}
}
