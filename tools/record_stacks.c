/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions are named as with -e, and two groups that matter for stacks have names of their own.
 */
#include "record_stacks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api_file.h"
#include "collect/select.h"
#include "collect/session.h"
#include "util/message.h"
#include "util/xalloc.h"

_Static_assert(CTR_STACK_FUNCTIONS == CTR_SWITCH_FUNCTIONS, "a selection has a bit for each");

struct group {
	const char *name;
	const char *const *elements;
};

static const char *const launch[] = { "%launch", "?cudaGraphLaunch", NULL };
static const char *const alloc[] = { "cudaMalloc*",       "cudaFree*",           "?cudaHostAlloc",
				     "?cudaHostRegister", "?cudaHostUnregister", NULL };
static const struct group groups[] = { { "launch", launch }, { "alloc", alloc } };

bool record_stacks_depth(struct record_stacks *s, const char *text)
{
	unsigned long depth;
	char *end = NULL;

	errno = 0;
	depth = *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 0;
	if (errno || !depth || depth > CTR_STACK_MAX_DEPTH || *end) {
		ut_warn("record: --stack-depth takes a number from 1 to %d, not `%s'",
			CTR_STACK_MAX_DEPTH, text);
		return false;
	}
	s->depth = (uint32_t)depth;
	s->wanted = true;
	return true;
}

static void append(char **text, const char *mark, const char *element)
{
	size_t size = strlen(*text) + strlen(mark) + strlen(element) + 2;
	char *longer = ut_xmalloc(size);

	snprintf(longer, size, "%s%s%s%s", *text, **text ? "," : "", mark, element);
	free(*text);
	*text = longer;
}

/* The expression with each group's name replaced by its elements. To be freed. */
static char *spell_out(const char *expression)
{
	char *words = ut_xstrdup(expression), *rest = words, *word;
	char *text = ut_xstrdup("");

	while ((word = strsep(&rest, ","))) {
		const char *mark = *word == '!' ? "!" : "";
		const struct group *group = NULL;

		for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
			if (!strcmp(word + strlen(mark), groups[i].name))
				group = &groups[i];
		if (!group)
			append(&text, "", word);
		for (size_t i = 0; group && group->elements[i]; i++)
			append(&text, mark, group->elements[i]);
	}
	free(words);
	return text;
}

static bool select_functions(struct record_stacks *s)
{
	struct col_selection selection = { .text = NULL };
	char *expression, why[256];
	struct rd_api *api;
	bool good;

	if (!s->expression) {
		memset(s->functions, 0xff, sizeof(s->functions));
		return true;
	}
	api = api_file_read();
	if (!api)
		return false;
	expression = spell_out(s->expression);
	good = col_select(&selection, api, expression, why, sizeof(why));
	for (size_t i = 0; i < sizeof(s->functions); i++)
		s->functions[i] = (uint8_t)~selection.left_out[i];
	free(expression);
	rd_api_free(api);
	col_selection_free(&selection);
	if (!good)
		ut_warn("record: --stacks %s", why);
	return good;
}

bool record_stacks_resolve(struct record_stacks *s, struct col_settings *settings)
{
	if (!s->wanted)
		return true;
	settings->stack_depth = s->depth ? s->depth : COL_STACKS_DEPTH;
	settings->stack_functions = s->functions;
	return select_functions(s);
}

/* From version 3.12 on Python then writes a list of its functions for perf. */
void record_stacks_into_environment(const struct record_stacks *s)
{
	if (s->python)
		setenv("PYTHONPERFSUPPORT", "1", 1);
}
