/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsing selections. Names are those of the `api` text, so that a tool needs no table of its own.
 */
#include "collect/select.h"

#include <fnmatch.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader/api_text.h"
#include "util/xalloc.h"

#define SAY(...) snprintf(why, size, __VA_ARGS__)

/* Names longer than this are compared with nothing. */
#define LONGEST_NAME 128

struct choice {
	struct col_selection *selection;
	const struct rd_function *functions;
	size_t count;
};

/* What an element asks of a function. */
typedef bool test(const struct rd_function *function, const void *data);

static bool is_domain(const struct rd_function *function, const void *data)
{
	return !strcmp(function->domain, data);
}

static bool is_name(const struct rd_function *function, const void *data)
{
	return !strcmp(function->name, data) || (function->twin && !strcmp(function->twin, data));
}

static bool is_like(const struct rd_function *function, const void *data)
{
	return !fnmatch(data, function->name, 0);
}

static bool is_found(const struct rd_function *function, const void *data)
{
	return !regexec(data, function->name, 0, NULL, 0);
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

/* False: there is none. */
static bool choose_all(const struct choice *c, test *matches, const void *data, bool in)
{
	bool found = false;

	for (size_t i = 0; i < c->count; i++) {
		if (!matches(&c->functions[i], data))
			continue;
		choose(c->selection, c->functions[i].id, in);
		found = true;
	}
	return found;
}

/* ---- what may have been meant -------------------------------------------------------------- */

/* Letters to be added, removed or changed to make one word of the other; cases do not count. */
static size_t distance(const char *a, const char *b)
{
	size_t row[LONGEST_NAME + 1], length = strlen(b);

	if (length > LONGEST_NAME)
		return SIZE_MAX;
	for (size_t i = 0; i <= length; i++)
		row[i] = i;
	for (size_t i = 1; *a; a++, i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t k = 1; k <= length; k++) {
			size_t change = corner + (strncasecmp(a, b + k - 1, 1) != 0);
			size_t least = row[k] < row[k - 1] ? row[k] : row[k - 1];

			corner = row[k];
			row[k] = change < least + 1 ? change : least + 1;
		}
	}
	return row[length];
}

/* The nearest name or domain; NULL if a third of its letters or more would be others. */
static const char *nearest(const struct choice *c, const char *word, bool domain)
{
	size_t least = strlen(word) / 3 + 1;
	const char *best = NULL;

	for (size_t i = 0; i < c->count; i++) {
		const char *name = domain ? c->functions[i].domain : c->functions[i].name;
		size_t d = distance(word, name);

		if (d < least) {
			least = d;
			best = name;
		}
	}
	return best;
}

static bool unknown(const struct choice *c, const char *element, char *why, size_t size)
{
	bool domain = *element == '%';
	const char *best = nearest(c, element + domain, domain);

	if (best)
		SAY("`%s': there is no such %s (did you mean %s%s?)", element,
		    domain ? "domain" : "function", domain ? "%" : "", best);
	else
		SAY("`%s': there is no such %s", element, domain ? "domain" : "function");
	return false;
}

/* ---- elements ------------------------------------------------------------------------------ */

/* "/re" as strace has it; "/re/" is how others write it. */
static bool take_expression(const struct choice *c, const char *element, bool in, char *why,
			    size_t size)
{
	char *pattern = ut_xstrdup(element + 1);
	size_t length = strlen(pattern);
	char text[128];
	regex_t regex;
	bool found;
	int error;

	if (length && pattern[length - 1] == '/')
		pattern[length - 1] = '\0';
	error = regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB);
	free(pattern);
	if (error) {
		regerror(error, &regex, text, sizeof(text));
		SAY("`%s': %s", element, text);
		return false;
	}
	found = choose_all(c, is_found, &regex, in);
	regfree(&regex);
	if (!found)
		SAY("`%s': no function is called so", element);
	return found;
}

static bool take_element(const struct choice *c, const char *element, bool in, char *why,
			 size_t size)
{
	bool optional = *element == '?';

	element += optional;
	if (!*element) {
		SAY("an element between the commas is empty");
		return false;
	}
	if (!strcmp(element, "none"))
		return true;
	/* Functions that only a later version has too. */
	if (!strcmp(element, "all")) {
		memset(c->selection->left_out, in ? 0 : 0xff, sizeof(c->selection->left_out));
		return true;
	}
	if (*element == '/')
		return take_expression(c, element, in, why, size) || optional;
	if (*element == '%')
		return choose_all(c, is_domain, element + 1, in) || optional ||
		       unknown(c, element, why, size);
	if (!strpbrk(element, "*?["))
		return choose_all(c, is_name, element, in) || optional ||
		       unknown(c, element, why, size);
	if (choose_all(c, is_like, element, in) || optional)
		return true;
	SAY("`%s': no function is called so", element);
	return false;
}

/* ---- expressions --------------------------------------------------------------------------- */

static bool is_left_out(const struct col_selection *s, unsigned int id)
{
	return id < CTR_SWITCH_FUNCTIONS && s->left_out[id / 8] >> id % 8 & 1;
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

/* strace's other qualifiers (signal=, read=, ...) are about what there is not here. */
static const char *behind_qualifier(const char *expression)
{
	if (!strncmp(expression, "trace=", 6))
		return expression + 6;
	return !strncmp(expression, "t=", 2) ? expression + 2 : expression;
}

bool col_select(struct col_selection *s, const struct rd_api *api, const char *expression,
		char *why, size_t size)
{
	struct choice c = { .selection = s };
	const char *at = behind_qualifier(expression);
	bool all_but = *at == '!', good = true;
	char *words, *word, *rest;

	c.functions = rd_api_functions(api, &c.count);
	/* What a first expression is about: with ! everything, else nothing, also of the future. */
	if (!s->text && !all_but)
		memset(s->left_out, 0xff, sizeof(s->left_out));
	words = rest = ut_xstrdup(at + all_but);
	while (good && (word = strsep(&rest, ","))) {
		bool out = *word == '!';

		good = take_element(&c, word + out, !out && !all_but, why, size);
	}
	free(words);
	if (!good)
		return false;
	add_text(s, at);
	count_names(&c);
	return true;
}

void col_selection_free(struct col_selection *s)
{
	free(s->text);
	*s = (struct col_selection){ .text = NULL };
}
