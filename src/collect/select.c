/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From expressions to the functions of an installation. Names are those of the `api` text, so that
 * a tool needs no table of its own.
 */
#include "collect/select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader/api_text.h"
#include "util/selector.h"
#include "util/similar.h"
#include "util/xalloc.h"

struct choice {
	struct col_selection *selection;
	const struct rd_function *functions;
	size_t count;
};

static bool is_left_out(const struct col_selection *s, unsigned int id)
{
	return id < CTR_SWITCH_FUNCTIONS && s->left_out[id / 8] >> id % 8 & 1;
}

static void choose(struct col_selection *s, unsigned int id, bool in)
{
	if (id >= CTR_SWITCH_FUNCTIONS)
		return;
	if (in)
		s->left_out[id / 8] &= (uint8_t) ~(1u << id % 8);
	else
		s->left_out[id / 8] |= (uint8_t)(1u << id % 8);
}

/* ---- what may have been meant -------------------------------------------------------------- */

static bool unknown(const struct choice *c, const char *element, char *why, size_t size)
{
	bool domain = *element == '%';
	struct ut_similar similar = { .word = element + domain };

	for (size_t i = 0; i < c->count; i++)
		ut_similar_offer(&similar, domain ? c->functions[i].domain : c->functions[i].name);
	ut_selector_say_unknown(element, similar.best, why, size);
	return false;
}

/* Each element is about a function that there is. */
static bool check_elements(const struct choice *c, const struct ut_selector *selector, char *why,
			   size_t size)
{
	for (size_t i = 0; i < selector->count; i++) {
		const char *element = ut_selector_needs(selector, i);
		bool found = !element;

		for (size_t k = 0; k < c->count && !found; k++) {
			const struct ut_selected function = rd_selected(&c->functions[k]);

			found = ut_selector_is_about(selector, i, &function);
		}
		if (!found)
			return unknown(c, element, why, size);
	}
	return true;
}

/* ---- expressions --------------------------------------------------------------------------- */

/* Functions that only a later version has are chosen too: by `all`. */
static void choose_functions(const struct choice *c, const struct ut_selector *selector)
{
	struct col_selection *s = c->selection;
	const struct rd_function *f = c->functions, *end = f + c->count;

	for (unsigned int id = 0; id < CTR_SWITCH_FUNCTIONS; id++) {
		struct ut_selected function = { .name = NULL };

		while (f < end && f->id < id)
			f++;
		if (f < end && f->id == id)
			function = rd_selected(f);
		choose(s, id, ut_selector_changes(selector, !is_left_out(s, id), &function));
	}
}

/* A function of several generations of the interface has an id for each, and one name. */
static void count_names(struct choice *c)
{
	c->selection->names = c->selection->all = 0;
	for (size_t i = 0; i < c->count; i++) {
		bool repeated = false;

		for (size_t k = 0; k < i && !repeated; k++)
			repeated = !strcmp(c->functions[k].name, c->functions[i].name);
		c->selection->all += !repeated;
		c->selection->names += !repeated && !is_left_out(c->selection, c->functions[i].id);
	}
}

static void add_text(struct col_selection *s, const char *expression)
{
	size_t size = (s->text ? strlen(s->text) : 0) + strlen(expression) + 2;
	char *text = ut_xmalloc(size);

	snprintf(text, size, "%s%s%s", s->text ? s->text : "", s->text ? " " : "", expression);
	free(s->text);
	s->text = text;
}

bool col_select(struct col_selection *s, const struct rd_api *api, const char *expression,
		char *why, size_t size)
{
	struct choice c = { .selection = s };
	struct ut_selector selector = { .count = 0 };
	bool good;

	c.functions = rd_api_functions(api, &c.count);
	good = ut_selector_add(&selector, expression, why, size) &&
	       check_elements(&c, &selector, why, size);
	if (good) {
		if (!s->text && !selector.at_first)
			memset(s->left_out, 0xff, sizeof(s->left_out));
		choose_functions(&c, &selector);
		add_text(s, selector.text);
		count_names(&c);
	}
	ut_selector_free(&selector);
	return good;
}

void col_selection_free(struct col_selection *s)
{
	free(s->text);
	*s = (struct col_selection){ .text = NULL };
}
