/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of a trace's warnings.
 */
#include "collect/warnings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/xalloc.h"

void col_warnings_add(struct col_warnings *w, const char *code, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = ut_xstrdup(format);
	va_end(args);
	for (size_t i = 0; i < w->count; i++) {
		if (strcmp(w->list[i].code, code) || strcmp(w->list[i].text, text))
			continue;
		free(text);
		return;
	}
	ut_grow(&w->list, &w->capacity, w->count, sizeof(*w->list));
	w->list[w->count++] = (struct ct_warning){ .code = code, .text = text };
}

size_t col_warnings_with(const struct col_warnings *w, const char *code)
{
	size_t count = 0;

	for (size_t i = 0; i < w->count; i++)
		count += !strcmp(w->list[i].code, code);
	return count;
}

void col_warnings_free(struct col_warnings *w)
{
	for (size_t i = 0; i < w->count; i++)
		free((char *)w->list[i].text);
	free(w->list);
	*w = (struct col_warnings){ .list = NULL };
}
