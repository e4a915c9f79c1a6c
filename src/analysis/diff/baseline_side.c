/* SPDX-License-Identifier: Apache-2.0 */
/* A baseline as one side of a comparison: what its calls were is in their texts. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/baseline_own.h"
#include "util/xalloc.h"

/* Answers live as long as the side. */
struct df_answers {
	struct df_answers *next;
	struct df_description list[];
};

void df_baseline_own_free(struct df_baseline_own *own)
{
	while (own->answers) {
		struct df_answers *answers = own->answers;

		own->answers = answers->next;
		free(answers);
	}
	for (size_t i = 0; i < own->side.nlanes; i++) {
		free(own->side.lanes[i].calls);
		if (own->numbers)
			free(own->numbers[i]);
	}
	free(own->side.lanes);
	free(own->side.processes);
	free(own->side.memory);
	free(own->numbers);
	free(own->calls);
	ut_arena_free(&own->strings);
	free(own);
}

/* ---- texts --------------------------------------------------------------------------------- */

/* The length of `name=` at the beginning of a text, 0: none is there. */
static size_t name_length(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]) ||
	       (text[length] && strchr("_.->[]", text[length])))
		length++;
	return length && text[length] == '=' ? length : 0;
}

/* Where the argument that begins at `at` ends: before ", name=", else at `end`. */
static const char *argument_end(const char *at, const char *end)
{
	for (const char *comma = at; (comma = strstr(comma, ", ")) && comma < end; comma += 2) {
		if (name_length(comma + 2))
			return comma;
	}
	return end;
}

static const char *last_of(const char *text, const char *what)
{
	const char *last = NULL;

	for (const char *at = text; (at = strstr(at, what)); at++)
		last = at;
	return last;
}

void df_text_apart(struct ut_arena *strings, const char *text, struct df_description *call)
{
	const char *at = strchr(text, '('), *result = last_of(text, ") = ");
	const char *end = result ? result : strrchr(text, ')');
	const char *names[256], *values[256];
	size_t n = 0;

	call->text = text;
	call->result = result ? result + 4 : "";
	for (at = at ? at + 1 : end; at && end && at < end && n < 256;) {
		const char *next = argument_end(at, end);
		size_t name = name_length(at);

		if (name) {
			names[n] = ut_arena_copy(strings, at, name);
			values[n++] = ut_arena_copy(strings, at + name + 1,
						    (size_t)(next - at) - name - 1);
		}
		at = next + 2;
	}
	call->nargs = n;
	call->names = ut_arena_alloc(strings, (n + 1) * sizeof(*names));
	call->values = ut_arena_alloc(strings, (n + 1) * sizeof(*values));
	memcpy(call->names, names, n * sizeof(*names));
	memcpy(call->values, values, n * sizeof(*values));
}

/* ---- answers ------------------------------------------------------------------------------- */

static const struct df_description *call_of(const struct df_baseline_own *own, uint64_t ordinal)
{
	for (size_t i = 0; i < own->side.nlanes; i++) {
		const struct df_lane *lane = &own->side.lanes[i];

		if (ordinal >= lane->first_ordinal && ordinal < lane->first_ordinal + lane->ncalls)
			return &own->calls[own->numbers[i][ordinal - lane->first_ordinal]];
	}
	return NULL;
}

const struct df_description *df_describe(struct df_side *side, const uint64_t *ordinals,
					 size_t count)
{
	struct df_baseline_own *own = side->own;
	struct df_answers *answers;

	if (!side->summary)
		return df_side_describe(side, ordinals, count);
	answers = ut_xcalloc(1, sizeof(*answers) + (count + 1) * sizeof(answers->list[0]));
	answers->next = own->answers;
	own->answers = answers;
	for (size_t i = 0; i < count; i++) {
		const struct df_description *call = call_of(own, ordinals[i]);

		if (call)
			answers->list[i] = *call;
		else
			answers->list[i].text = answers->list[i].result = "";
		answers->list[i].ordinal = ordinals[i];
	}
	return answers->list;
}
