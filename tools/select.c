/* SPDX-License-Identifier: Apache-2.0 */
/* Which calls of a trace are asked about. */
#include "select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/message.h"
#include "util/quantity.h"
#include "util/similar.h"
#include "util/xalloc.h"

enum select_state {
	STATE_SUCCESS = 0x1, /* and calls whose result is no status */
	STATE_EXPECTED = 0x2,
	STATE_FAILED = 0x4,
	STATE_UNFINISHED = 0x8,
	STATE_ALL = 0xf
};

/* ---- the command line ---------------------------------------------------------------------- */

/* strace's word for it, too. */
static unsigned int state_of(const char *word)
{
	static const struct {
		const char *name;
		unsigned int states;
	} words[] = {
		{ "success", STATE_SUCCESS },       { "successful", STATE_SUCCESS },
		{ "expected", STATE_EXPECTED },     { "failed", STATE_FAILED },
		{ "unfinished", STATE_UNFINISHED }, { "all", STATE_ALL },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(word, words[i].name))
			return words[i].states;
	}
	return 0;
}

static bool add_states(struct select_calls *s, const char *command, const char *list)
{
	bool all_but = *list == '!', good = true;
	char *words, *word, *rest;
	unsigned int states = 0;

	words = rest = ut_xstrdup(list + all_but);
	while (good && (word = strsep(&rest, ","))) {
		unsigned int state = state_of(word);

		states |= state;
		good = state != 0;
		if (!good)
			ut_warn("%s: -e status=%s: it is success, expected, failed or unfinished",
				command, list);
	}
	free(words);
	s->states |= all_but ? STATE_ALL & ~states : states;
	return good;
}

bool select_add(struct select_calls *s, const char *command, const char *expression)
{
	char why[256];

	if (!strncmp(expression, "status=", 7))
		return add_states(s, command, expression + 7);
	if (ut_selector_add(&s->functions, expression, why, sizeof(why)))
		return true;
	ut_warn("%s: -e %s", command, why);
	return false;
}

static bool take_time(const struct cmd_args *args, const char *option, uint64_t *ns)
{
	if (ut_quantity_time(args->value, ns))
		return true;
	ut_warn("%s: %s takes a time, as in 1.5 (seconds) or 200ms, not `%s'", args->argv[0],
		option, args->value);
	return false;
}

enum select_taken select_take(struct select_calls *s, const struct cmd_args *args, int which)
{
	bool good = true;

	switch (which) {
	case 'e':
		good = select_add(s, args->argv[0], args->value);
		break;
	case 'f':
		s->states |= STATE_FAILED;
		break;
	case 'p':
		good = cmd_number(args, "--process", UINT32_MAX, &s->pid);
		break;
	case 't':
		good = cmd_number(args, "--thread", UINT32_MAX, &s->tid);
		break;
	case SELECT_STREAM:
		s->stream = args->value;
		break;
	case SELECT_FROM:
		good = take_time(args, "--from", &s->from_ns);
		break;
	case SELECT_TO:
		good = take_time(args, "--to", &s->to_ns);
		break;
	case SELECT_LONGER:
		good = take_time(args, "--longer", &s->longer_ns);
		break;
	default:
		return SELECT_NOT_MINE;
	}
	return good ? SELECT_TAKEN : SELECT_BAD;
}

/* ---- functions ----------------------------------------------------------------------------- */

/* An element that is about no function at all is a slip of the fingers. */
static bool check_element(const struct select_calls *s, size_t i, const struct rd_function *list,
			  size_t count, const char *command)
{
	const char *element = ut_selector_needs(&s->functions, i);
	bool domain = element && *element == '%';
	struct ut_similar similar = { .word = domain ? element + 1 : element };
	char why[256];

	for (size_t k = 0; element && k < count; k++) {
		const struct ut_selected function = rd_selected(&list[k]);

		if (ut_selector_is_about(&s->functions, i, &function))
			return true;
		ut_similar_offer(&similar, domain ? list[k].domain : list[k].name);
	}
	if (!element)
		return true;
	ut_selector_say_unknown(element, similar.best, why, sizeof(why));
	ut_warn("%s: -e %s", command, why);
	return false;
}

bool select_begin(struct select_calls *s, const char *command, struct rd_trace *trace)
{
	size_t count = 0;
	const struct rd_function *list = rd_functions(trace, &count);

	s->origin_ns = rd_header(trace)->start_realtime_ns;
	s->check_met = !count;
	s->nfunctions = 0;
	free(s->met);
	s->met = ut_xcalloc(s->functions.count + 1, sizeof(*s->met));
	for (size_t i = 0; i < s->functions.count && count; i++) {
		if (!check_element(s, i, list, count, command))
			return false;
	}
	return true;
}

/* A trace that does not tell domains is of functions that have the same ones here. */
static const char *domain_of(const struct ct_event *event)
{
	const struct an_function *known;

	if (event->domain && *event->domain)
		return event->domain;
	known = an_function(event->name);
	return known ? known->domain : "";
}

static bool ask_function(struct select_calls *s, const struct ct_event *event)
{
	const struct ut_selected function = {
		.name = event->name,
		.symbol = event->entry,
		.domain = domain_of(event),
		.layer = rd_layer_name(event->layer),
	};

	for (size_t i = 0; i < s->functions.count && s->check_met; i++)
		s->met[i] |= ut_selector_is_about(&s->functions, i, &function);
	return ut_selector_takes(&s->functions, &function);
}

/*
 * Asked once for each function. A twin has its function's number and a name of its own, which is
 * asked for again.
 */
static bool is_function(struct select_calls *s, const struct ct_event *event)
{
	size_t number = event->function, n = s->nfunctions;

	if (!s->functions.is_given)
		return true;
	if (event->flags & CT_EVENT_PER_THREAD || strcmp(event->name, event->entry) != 0)
		return ask_function(s, event);
	if (number >= n) {
		s->nfunctions = 2 * number + 64;
		s->functions_in = ut_xrealloc(s->functions_in, s->nfunctions);
		memset(s->functions_in + n, 0, s->nfunctions - n);
	}
	if (!s->functions_in[number])
		s->functions_in[number] = ask_function(s, event) ? 1 : -1;
	return s->functions_in[number] > 0;
}

void select_end(struct select_calls *s, const char *command)
{
	for (size_t i = 0; i < s->functions.count && s->check_met; i++) {
		const char *element = ut_selector_needs(&s->functions, i);

		if (element && !s->met[i])
			ut_warn("%s: -e %s: nothing in the trace is called so", command, element);
	}
	ut_selector_free(&s->functions);
	free(s->functions_in);
	free(s->met);
	s->functions_in = NULL;
	s->met = NULL;
}

/* ---- events -------------------------------------------------------------------------------- */

static unsigned int state_of_event(const struct ct_event *event)
{
	if (event->flags & CT_EVENT_IN_FLIGHT)
		return STATE_UNFINISHED;
	if (event->flags & CT_EVENT_FAILED)
		return STATE_FAILED;
	return event->flags & CT_EVENT_EXPECTED ? STATE_EXPECTED : STATE_SUCCESS;
}

/* As print shows it, the number of it alone, or the handle itself. */
static bool is_named(const char *wanted, const char *name, uint64_t handle)
{
	const char *number = strchr(name, '#');
	char *end;

	if (!strcmp(wanted, name) || (number && !strcmp(wanted, number + 1)))
		return true;
	return !strncmp(wanted, "0x", 2) && strtoull(wanted, &end, 16) == handle && !*end;
}

/* A trace that does not tell handles from other addresses tells them by their names. */
static bool is_stream(const struct ct_arg *arg)
{
	if (!arg->known)
		return false;
	if (arg->kind == CT_KIND_HANDLE)
		return !strcmp(arg->type, "stream");
	return arg->kind == CT_KIND_PTR &&
	       (!strcmp(arg->name, "stream") || !strcmp(arg->name, "pStream") ||
		!strcmp(arg->name, "hStream"));
}

static bool has_stream(const struct select_calls *s, const struct ct_event *event,
		       struct an_state *state)
{
	char name[64];

	for (unsigned int i = 0; i < event->nargs; i++) {
		const struct ct_arg *arg = &event->args[i];

		if (is_stream(arg) && is_named(s->stream,
					       an_state_handle(state, event->process, "stream",
							       arg->value.u, name, sizeof(name)),
					       arg->value.u))
			return true;
	}
	return false;
}

static bool is_in_time(const struct select_calls *s, const struct ct_event *event)
{
	uint64_t at = event->start_ns - s->origin_ns;

	/* Before the recording began, by the clock: that is at its beginning. */
	if (event->start_ns < s->origin_ns)
		at = 0;
	return at >= s->from_ns && (!s->to_ns || at <= s->to_ns);
}

bool select_is_past(const struct select_calls *s, const struct ct_event *event)
{
	return s->to_ns && event->start_ns > s->origin_ns &&
	       event->start_ns - s->origin_ns > s->to_ns;
}

bool select_event(struct select_calls *s, const struct ct_event *event, struct an_state *state)
{
	if (!s->origin_ns)
		s->origin_ns = event->start_ns;
	if ((s->pid && event->pid != s->pid) || (s->tid && event->tid != s->tid) ||
	    !is_in_time(s, event))
		return false;
	if (event->type == CT_EVENT_LOSS)
		return true;
	if (event->type != CT_EVENT_CALL)
		return !s->functions.is_given && !s->states && !s->stream && !s->longer_ns;
	if (s->states && !(s->states & state_of_event(event)))
		return false;
	if (s->longer_ns && event->end_ns - event->start_ns < s->longer_ns)
		return false;
	return is_function(s, event) && (!s->stream || has_stream(s, event, state));
}
