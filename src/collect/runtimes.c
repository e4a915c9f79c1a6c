/* SPDX-License-Identifier: Apache-2.0 */
/* Runtimes that objects bring with them. */
#include "collect/runtimes.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/defs.h"
#include "curtrace/trace_format.h"
#include "util/xalloc.h"

static char *value(const char *text, size_t size, const char *name)
{
	int length = 0;
	const char *found = col_defs_value(text, size, name, &length);
	char *copy = ut_xmalloc((size_t)length + 1);

	if (found)
		memcpy(copy, found, (size_t)length);
	copy[length] = '\0';
	return copy;
}

bool col_runtimes_know(const struct col_runtimes *r, const char *path)
{
	for (size_t i = 0; i < r->count; i++) {
		if (!strcmp(r->list[i].path, path))
			return true;
	}
	return false;
}

static void warn(struct col_warnings *w, const struct col_runtime *runtime, const char *text,
		 size_t size)
{
	bool is_static = !strcmp(runtime->role, "static-runtime");
	char *why = value(text, size, "why="), *function = value(text, size, "function=");

	col_warnings_add(w, is_static ? "static-runtime" : "other-runtime",
			 "%s %s, and %s%s%s%s: calls made %s it are not in the trace",
			 runtime->path,
			 is_static ? "carries a CUDA runtime of its own (nvcc's default, -cudart "
				     "static)"
				   : "is another CUDA runtime",
			 why, *function ? " (it has `" : "", function, *function ? "')" : "",
			 is_static ? "in" : "through");
	free(why);
	free(function);
}

/* One program in a hundred processes is one. */
static void take(struct col_runtimes *r, const char *text, size_t size, struct col_warnings *w)
{
	char *path = value(text, size, "path="), *covered = value(text, size, "covered=");
	struct col_runtime *runtime;

	if (*path && !col_runtimes_know(r, path)) {
		ut_grow(&r->list, &r->capacity, r->count, sizeof(*r->list));
		runtime = &r->list[r->count++];
		*runtime = (struct col_runtime){
			.path = path,
			.role = value(text, size, "role="),
			.abi = value(text, size, "abi="),
			.covered = !strcmp(covered, "yes"),
		};
		path = NULL;
		if (!runtime->covered)
			warn(w, runtime, text, size);
	}
	free(path);
	free(covered);
}

void col_runtimes_take(struct col_runtimes *r, const char *defs, size_t size,
		       struct col_warnings *warnings)
{
	struct ctr_def def;

	for (size_t at = 0; at + sizeof(def) <= size; at += def.size) {
		memcpy(&def, defs + at, sizeof(def));
		if (def.size < sizeof(def) || def.size > size - at)
			return;
		if (def.kind == CTR_DEF_MODULE)
			take(r, defs + at + sizeof(def), def.size - sizeof(def), warnings);
	}
}

char *col_runtimes_text(const struct col_runtimes *r)
{
	char *text = NULL, *longer;

	for (size_t i = 0; i < r->count; i++) {
		const struct col_runtime *runtime = &r->list[i];

		if (!runtime->covered)
			continue;
		if (asprintf(&longer, "%s%s%s (%s, CUDA %s)", text ? text : "", text ? ", " : "",
			     runtime->path, runtime->role, runtime->abi) < 0)
			return text;
		free(text);
		text = longer;
	}
	return text;
}

void col_runtimes_free(struct col_runtimes *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->list[i].path);
		free(r->list[i].role);
		free(r->list[i].abi);
	}
	free(r->list);
	*r = (struct col_runtimes){ .list = NULL };
}
