/* SPDX-License-Identifier: Apache-2.0 */
/* The modules that callers and stacks lie in, by path and build id. */
#include "reader/modules.h"

#include <string.h>

#include "reader/json_value.h"

/* A program loads some hundred. A file that names more is made to waste memory. */
#define MAX_MODULES 4096

static bool is_known(const struct ct_header *header, const char *path, const char *build_id)
{
	for (unsigned int i = 0; i < header->nmodules; i++) {
		const struct ct_module *module = &header->modules[i];

		if (!strcmp(module->path, path) &&
		    !strcmp(module->build_id ? module->build_id : "", build_id ? build_id : ""))
			return true;
	}
	return false;
}

void rd_modules_add(struct rd_trace *trace, const char *path, const char *build_id)
{
	struct ct_header *header = &trace->header;
	struct ct_module *modules = header->modules;
	unsigned int n = header->nmodules;

	if (n >= MAX_MODULES || is_known(header, path, build_id))
		return;
	/* Room doubles, at each power of two. */
	if (!(n & (n - 1))) {
		modules = ut_arena_alloc(&trace->strings, (n ? 2 * n : 1) * sizeof(*modules));
		if (n)
			memcpy(modules, header->modules, n * sizeof(*modules));
		header->modules = modules;
	}
	modules[n] = (struct ct_module){
		.path = ut_arena_strdup(&trace->strings, path),
		.build_id = build_id ? ut_arena_strdup(&trace->strings, build_id) : NULL,
	};
	header->nmodules++;
}

/* m BUILD-ID PATH */
static void add_line(struct rd_trace *trace, const char *line, size_t length)
{
	const char *blank = length > 2 ? memchr(line + 2, ' ', length - 2) : NULL;
	char *build_id, *path;

	if (!blank || line[1] != ' ' || memchr(line, '\0', length))
		return;
	build_id = ut_arena_copy(&trace->scratch, line + 2, (size_t)(blank - line - 2));
	path = ut_arena_copy(&trace->scratch, blank + 1, length - (size_t)(blank + 1 - line));
	rd_modules_add(trace, path, strcmp(build_id, "-") != 0 ? build_id : NULL);
}

void rd_modules_take(struct rd_trace *trace, const char *text, size_t length)
{
	const char *end = text + length, *newline;

	for (; text < end; text = newline + (newline < end)) {
		newline = memchr(text, '\n', (size_t)(end - text));
		if (!newline)
			newline = end;
		if (*text == 'm')
			add_line(trace, text, (size_t)(newline - text));
	}
	ut_arena_reset(&trace->scratch);
}

void rd_modules_parse(struct rd_trace *trace, const cJSON *list)
{
	const cJSON *entry;

	cJSON_ArrayForEach(entry, list)
	{
		const char *path = rd_json_text(&trace->strings, entry, "path");

		if (path)
			rd_modules_add(trace, path,
				       rd_json_text(&trace->strings, entry, "build_id"));
	}
}
