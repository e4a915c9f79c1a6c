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

static bool is_function(const struct col_runtime *runtime)
{
	return !strcmp(runtime->role, "driver-function");
}

static bool knows_function(const struct col_runtimes *r, const char *name)
{
	for (size_t i = 0; i < r->count; i++)
		if (is_function(&r->list[i]) && !strcmp(r->list[i].function, name))
			return true;
	return false;
}

bool col_runtimes_know(const struct col_runtimes *r, const char *path)
{
	for (size_t i = 0; i < r->count; i++) {
		if (!is_function(&r->list[i]) && !strcmp(r->list[i].path, path))
			return true;
	}
	return false;
}

static bool is_driver(const struct col_runtime *runtime)
{
	return !strcmp(runtime->role, "driver");
}

const char *col_runtimes_instead(const struct col_runtimes *r)
{
	for (size_t i = 0; i < r->count; i++) {
		if (is_driver(&r->list[i]) && r->list[i].covered)
			return "; what it asks of the driver is";
	}
	return "";
}

static void warn(const struct col_runtimes *r, const struct col_runtime *runtime,
		 struct col_warnings *w)
{
	bool is_static = !strcmp(runtime->role, "static-runtime");
	const char *what = "is another CUDA runtime";

	if (is_function(runtime)) {
		col_warnings_add(w, "driver",
				 "`%s' was asked of the driver by a version of CUDA that is newer "
				 "than this curtrace: its calls are not in the trace",
				 runtime->function);
		return;
	}
	if (is_static)
		what = "carries a CUDA runtime of its own (nvcc's default, -cudart static)";
	else if (is_driver(runtime))
		what = "is a CUDA driver";
	col_warnings_add(w,
			 is_static            ? "static-runtime"
			 : is_driver(runtime) ? "driver"
					      : "other-runtime",
			 "%s %s, and %s%s%s%s: calls made %s it are not in the trace%s",
			 runtime->path, what, runtime->why, *runtime->function ? " (it has `" : "",
			 runtime->function, *runtime->function ? "')" : "",
			 is_static ? "in" : "through",
			 is_driver(runtime) ? "" : col_runtimes_instead(r));
}

void col_runtimes_warn(const struct col_runtimes *r, struct col_warnings *warnings)
{
	for (size_t i = 0; i < r->count; i++) {
		if (!r->list[i].covered)
			warn(r, &r->list[i], warnings);
	}
}

static bool is_known(const struct col_runtimes *r, const struct col_runtime *runtime)
{
	if (is_function(runtime))
		return knows_function(r, runtime->function);
	return !*runtime->path || col_runtimes_know(r, runtime->path);
}

static void free_runtime(struct col_runtime *runtime)
{
	free(runtime->path);
	free(runtime->role);
	free(runtime->abi);
	free(runtime->why);
	free(runtime->function);
}

/* One program in a hundred processes is one. */
static void take(struct col_runtimes *r, const char *text, size_t size)
{
	char *covered = value(text, size, "covered=");
	struct col_runtime runtime = {
		.path = value(text, size, "path="),
		.role = value(text, size, "role="),
		.abi = value(text, size, "abi="),
		.why = value(text, size, "why="),
		.function = value(text, size, "function="),
		.covered = !strcmp(covered, "yes"),
	};

	free(covered);
	if (is_known(r, &runtime)) {
		free_runtime(&runtime);
		return;
	}
	ut_grow(&r->list, &r->capacity, r->count, sizeof(*r->list));
	r->list[r->count++] = runtime;
}

void col_runtimes_take(struct col_runtimes *r, const char *defs, size_t size)
{
	struct ctr_def def;

	for (size_t at = 0; at + sizeof(def) <= size; at += def.size) {
		memcpy(&def, defs + at, sizeof(def));
		if (def.size < sizeof(def) || def.size > size - at)
			return;
		if (def.kind == CTR_DEF_MODULE)
			take(r, defs + at + sizeof(def), def.size - sizeof(def));
	}
}

char *col_runtimes_text(const struct col_runtimes *r)
{
	char *text = NULL, *longer;

	for (size_t i = 0; i < r->count; i++) {
		const struct col_runtime *runtime = &r->list[i];

		if (!runtime->covered || is_driver(runtime))
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
	for (size_t i = 0; i < r->count; i++)
		free_runtime(&r->list[i]);
	free(r->list);
	*r = (struct col_runtimes){ .list = NULL };
}
