/* SPDX-License-Identifier: Apache-2.0 */
/* Selections of functions: parsing and matching. */
#include "util/selector.h"

#include <fnmatch.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/xalloc.h"

#define SAY(...) snprintf(why, size, __VA_ARGS__)

enum element_kind {
	ELEMENT_NAME,
	ELEMENT_DOMAIN,
	ELEMENT_PATTERN,
	ELEMENT_EXPRESSION,
	ELEMENT_ALL,
	ELEMENT_NONE
};

struct ut_selector_element {
	enum element_kind kind;
	bool in;       /* added, and not taken out */
	bool optional; /* it may be that there is none */
	char *text;
	regex_t regex; /* of ELEMENT_EXPRESSION */
};

/* ---- parsing ------------------------------------------------------------------------------- */

/* "/re" as strace has it; "/re/" is how others write it. */
static bool compile(struct ut_selector_element *e, char *why, size_t size)
{
	char *pattern = ut_xstrdup(e->text + 1), text[128];
	size_t length = strlen(pattern);
	int error;

	if (length && pattern[length - 1] == '/')
		pattern[length - 1] = '\0';
	error = regcomp(&e->regex, pattern, REG_EXTENDED | REG_NOSUB);
	free(pattern);
	if (!error)
		return true;
	regerror(error, &e->regex, text, sizeof(text));
	SAY("`%s': %s", e->text, text);
	return false;
}

static enum element_kind kind_of(const char *element)
{
	if (!strcmp(element, "all"))
		return ELEMENT_ALL;
	if (!strcmp(element, "none"))
		return ELEMENT_NONE;
	if (*element == '/')
		return ELEMENT_EXPRESSION;
	if (*element == '%')
		return ELEMENT_DOMAIN;
	return strpbrk(element, "*?[") ? ELEMENT_PATTERN : ELEMENT_NAME;
}

static bool add_element(struct ut_selector *s, const char *word, bool in, char *why, size_t size)
{
	struct ut_selector_element e = { .in = in, .optional = *word == '?' };

	word += e.optional;
	if (!*word) {
		SAY("an element between the commas is empty");
		return false;
	}
	e.kind = kind_of(word);
	e.text = ut_xstrdup(word);
	if (e.kind == ELEMENT_EXPRESSION && !compile(&e, why, size)) {
		free(e.text);
		return false;
	}
	s->elements = ut_xrealloc(s->elements, (s->count + 1) * sizeof(e));
	s->elements[s->count++] = e;
	return true;
}

static void add_text(struct ut_selector *s, const char *expression)
{
	size_t size = (s->text ? strlen(s->text) : 0) + strlen(expression) + 2;
	char *text = ut_xmalloc(size);

	snprintf(text, size, "%s%s%s", s->text ? s->text : "", s->text ? " " : "", expression);
	free(s->text);
	s->text = text;
}

static const char *behind_qualifier(const char *expression)
{
	if (!strncmp(expression, "trace=", 6))
		return expression + 6;
	return !strncmp(expression, "t=", 2) ? expression + 2 : expression;
}

bool ut_selector_add(struct ut_selector *s, const char *expression, char *why, size_t size)
{
	const char *at = behind_qualifier(expression);
	bool all_but = *at == '!', good = true;
	char *words, *word, *rest;

	/* What a first expression is about: with ! everything, else nothing. */
	if (!s->is_given)
		s->at_first = all_but;
	s->is_given = true;
	words = rest = ut_xstrdup(at + all_but);
	while (good && (word = strsep(&rest, ","))) {
		bool out = *word == '!';

		good = add_element(s, word + out, !out && !all_but, why, size);
	}
	free(words);
	if (good)
		add_text(s, at);
	return good;
}

void ut_selector_free(struct ut_selector *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->elements[i].text);
		if (s->elements[i].kind == ELEMENT_EXPRESSION)
			regfree(&s->elements[i].regex);
	}
	free(s->elements);
	free(s->text);
	*s = (struct ut_selector){ .elements = NULL };
}

/* ---- matching ------------------------------------------------------------------------------ */

static bool is_text(const char *text, const char *wanted)
{
	return text && !strcmp(text, wanted);
}

static bool fits(const char *pattern, const char *text)
{
	return text && !fnmatch(pattern, text, 0);
}

static bool is_about(const struct ut_selector_element *e, const struct ut_selected *f)
{
	if (e->kind == ELEMENT_ALL || e->kind == ELEMENT_NONE || !f->name)
		return e->kind == ELEMENT_ALL;
	switch (e->kind) {
	case ELEMENT_NAME:
		return is_text(f->name, e->text) || is_text(f->symbol, e->text) ||
		       is_text(f->twin, e->text);
	case ELEMENT_DOMAIN:
		return is_text(f->domain, e->text + 1) || is_text(f->layer, e->text + 1);
	case ELEMENT_PATTERN:
		return fits(e->text, f->name) || fits(e->text, f->symbol) || fits(e->text, f->twin);
	default:
		return !regexec(&e->regex, f->name, 0, NULL, 0);
	}
}

bool ut_selector_is_about(const struct ut_selector *s, size_t i, const struct ut_selected *function)
{
	return is_about(&s->elements[i], function);
}

const char *ut_selector_needs(const struct ut_selector *s, size_t i)
{
	const struct ut_selector_element *e = &s->elements[i];

	return e->optional || e->kind == ELEMENT_ALL || e->kind == ELEMENT_NONE ? NULL : e->text;
}

bool ut_selector_changes(const struct ut_selector *s, bool before,
			 const struct ut_selected *function)
{
	for (size_t i = 0; i < s->count; i++) {
		if (is_about(&s->elements[i], function))
			before = s->elements[i].in;
	}
	return before;
}

bool ut_selector_takes(const struct ut_selector *s, const struct ut_selected *function)
{
	return ut_selector_changes(s, s->at_first || !s->is_given, function);
}

void ut_selector_say_unknown(const char *element, const char *meant, char *why, size_t size)
{
	enum element_kind kind = kind_of(element);
	const char *what = kind == ELEMENT_DOMAIN ? "domain" : "function";

	if (kind == ELEMENT_PATTERN || kind == ELEMENT_EXPRESSION)
		SAY("`%s': no function is called so", element);
	else if (meant)
		SAY("`%s': there is no such %s (did you mean %s%s?)", element, what,
		    kind == ELEMENT_DOMAIN ? "%" : "", meant);
	else
		SAY("`%s': there is no such %s", element, what);
}
