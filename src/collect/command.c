/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command lines, quoted, what is secret masked.
 */
#include "collect/command.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "collect/mask.h"
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

static bool needs_quotes(const char *word, size_t length)
{
	if (!length)
		return true;
	for (size_t i = 0; i < length; i++)
		if (word[i] != COL_MASKED && !isalnum((unsigned char)word[i]) &&
		    !strchr("_-+=./:,@%^", word[i]))
			return true;
	return false;
}

static void append_quoted(struct text *t, const char *word, size_t length)
{
	const char *quote = needs_quotes(word, length) ? "'" : "";

	append(t, quote, strlen(quote));
	for (size_t i = 0; i < length; i++) {
		if (word[i] == COL_MASKED)
			append(t, MASK, strlen(MASK));
		else if (word[i] == '\'')
			append(t, "'\\''", 4);
		else
			append(t, word + i, 1);
	}
	append(t, quote, strlen(quote));
}

char *col_command_text(char *const *argv)
{
	struct col_mask mask = { .value = false };
	struct text t = { .data = NULL };

	append(&t, "", 0);
	for (size_t i = 0; argv[i]; i++) {
		char *word = col_mask_word(&mask, argv[i]);

		if (i)
			append(&t, " ", 1);
		append_quoted(&t, word, strlen(word));
		free(word);
		/* The program itself may be called anything: only options speak of what follows. */
		if (!i)
			mask = (struct col_mask){ .value = false };
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
