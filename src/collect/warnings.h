/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person must know about a trace: each thing once, with a code for programs to test.
 */
#ifndef COLLECT_WARNINGS_H
#define COLLECT_WARNINGS_H

#include <stddef.h>

#include "curtrace/event.h"

struct col_warnings {
	struct ct_warning *list;
	size_t count;
	size_t capacity;
};

/* `code` is not copied. The same code and text are taken once. */
void col_warnings_add(struct col_warnings *w, const char *code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

size_t col_warnings_with(const struct col_warnings *w, const char *code);

void col_warnings_free(struct col_warnings *w);

#endif
