/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From expressions to the table of rules that processes read.
 */
#include "collect/inject.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/select.h"
#include "reader/api_text.h"
#include "util/similar.h"
#include "util/xalloc.h"

/* What has been read of an expression. */
struct request {
	const char *set;
	const char *error; /* as it was written, or NULL */
	struct ctr_inject_rule rule;
	char *why;
	size_t size;
};

static bool refuse(const struct request *r, const char *format, const char *what)
{
	/* The formats are this file's own, with one %s each. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(r->why, r->size, format, what);
#pragma GCC diagnostic pop
	return false;
}

/* ---- the parts of an expression ------------------------------------------------------------ */

/* From 1 on. The text moves behind it. */
static bool take_number(const char **text, uint64_t *number)
{
	char *end;

	if (!isdigit((unsigned char)**text))
		return false;
	errno = 0;
	*number = strtoull(*text, &end, 10);
	*text = end;
	return !errno && *number;
}

/* Without a + a range is every call of it, and a number alone is one call. */
static bool take_when(const char *text, struct ctr_inject_rule *rule)
{
	if (!take_number(&text, &rule->first))
		return false;
	rule->last = rule->first;
	rule->step = 1;
	if (text[0] == '.' && text[1] == '.') {
		text += 2;
		if (!take_number(&text, &rule->last) || rule->last < rule->first)
			return false;
	} else if (*text == '+') {
		rule->last = UINT64_MAX;
	}
	if (*text == '+' && *++text)
		return take_number(&text, &rule->step) && !*text;
	return !*text;
}

/* Microseconds where no unit is given; a day is long enough for anybody. */
static bool take_delay(const char *text, uint64_t *ns)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "", 1e3 }, { "us", 1e3 }, { "ns", 1 }, { "ms", 1e6 }, { "s", 1e9 } };
	const double most = 86400e9;
	char *end;
	double value = isdigit((unsigned char)*text) ? strtod(text, &end) : -1;

	if (value < 0 || text[1] == 'x' || text[1] == 'X')
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].name) != 0 || value * units[i].ns > most)
			continue;
		*ns = (uint64_t)(value * units[i].ns + 0.5);
		return *ns != 0;
	}
	return false;
}

static bool take_part(struct request *r, const char *part)
{
	const char *value = strchr(part, '=');
	size_t length = value ? (size_t)(value++ - part) : 0;

	if (length == 5 && !strncmp(part, "error", length)) {
		r->error = value;
		return *value || refuse(r, "%s: an error's name or number is missing", part);
	}
	if (length == 4 && !strncmp(part, "when", length))
		return take_when(value, &r->rule) ||
		       refuse(r, "%s: it is FIRST[..LAST][+[STEP]], numbers from 1 on", part);
	if (length == 11 && !strncmp(part, "delay_enter", length))
		return take_delay(value, &r->rule.delay_enter_ns) ||
		       refuse(r, "%s: not a time (100, in us, or 5ms, 2s)", part);
	if (length == 10 && !strncmp(part, "delay_exit", length))
		return take_delay(value, &r->rule.delay_exit_ns) ||
		       refuse(r, "%s: not a time (100, in us, or 5ms, 2s)", part);
	return refuse(r, "%s: it is error=, when=, delay_enter= or delay_exit=", part);
}

/* The first : that is not within the brackets of a pattern. */
static char *end_of_set(char *text)
{
	unsigned int depth = 0;

	for (; *text && (*text != ':' || depth); text++)
		depth = *text == '[' ? depth + 1 : depth - (*text == ']' && depth);
	return *text ? text : NULL;
}

/* The text is cut into its parts. */
static bool parse(struct request *r, char *text)
{
	char *rest = end_of_set(text), *part;

	r->set = text;
	if (rest)
		*rest++ = '\0';
	r->rule.first = r->rule.step = 1;
	r->rule.last = UINT64_MAX;
	while ((part = strsep(&rest, ":")))
		if (!take_part(r, part))
			return false;
	if (!r->error && !r->rule.delay_enter_ns && !r->rule.delay_exit_ns)
		return refuse(
			r, "%s: say what to inject: error=, delay_enter= or delay_exit=", r->set);
	return true;
}

/* ---- functions ----------------------------------------------------------------------------- */

/* What the function's statuses call by that name or number; 0: nothing, or success. */
static int32_t find_error(const struct rd_function *function, const char *error)
{
	const struct rd_enum *statuses = function->has_status ? function->statuses : NULL;
	char *end;
	long number = strtol(error, &end, 10);
	bool is_number = isdigit((unsigned char)*error) && !*end;

	for (size_t i = 0; statuses && i < statuses->count; i++) {
		const struct rd_enumerator *status = &statuses->by_value[i];

		if (is_number ? status->value == number : !strcmp(status->name, error))
			return (int32_t)status->value;
	}
	return 0;
}

/* Forms of several versions are one function to whoever counts its calls. */
static uint16_t counter_of(const struct rd_function *functions, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (functions[k].layer == functions[i].layer &&
		    !strcmp(functions[k].name, functions[i].name))
			return (uint16_t)functions[k].id;
	return (uint16_t)functions[i].id;
}

static uint8_t number_of(struct ctr_inject *table, const struct ctr_inject_rule *rule)
{
	for (uint32_t i = 0; i < table->nrules; i++)
		if (!memcmp(&table->rules[i], rule, sizeof(*rule)))
			return (uint8_t)(i + 1);
	if (table->nrules == CTR_INJECT_RULES)
		return 0;
	table->rules[table->nrules++] = *rule;
	return (uint8_t)table->nrules;
}

/* No function of the set answers so: what may have been meant. */
static bool no_such_error(const struct request *r, const struct rd_function *functions,
			  size_t count, const struct col_selection *set)
{
	struct ut_similar similar = { .word = r->error };

	for (size_t i = 0; i < count; i++) {
		const struct rd_function *f = &functions[i];

		if (set->left_out[f->id / 8] >> f->id % 8 & 1 || !f->has_status || !f->statuses)
			continue;
		for (size_t k = 0; k < f->statuses->count; k++)
			ut_similar_offer(&similar, f->statuses->by_value[k].name);
	}
	snprintf(r->why, r->size, "no function of `%s' answers with an error `%s'%s%s%s", r->set,
		 r->error, similar.best ? " (is it `" : "", similar.best ? similar.best : "",
		 similar.best ? "'?)" : "");
	return false;
}

static bool apply(struct col_inject *inject, struct request *r, const struct rd_api *api,
		  const struct col_selection *set)
{
	size_t count, matched = 0;
	const struct rd_function *functions = rd_api_functions(api, &count);

	for (size_t i = 0; i < count; i++) {
		unsigned int id = functions[i].id;
		uint8_t number;

		if (id >= CTR_SWITCH_FUNCTIONS || set->left_out[id / 8] >> id % 8 & 1)
			continue;
		if (r->error && !(r->rule.error = find_error(&functions[i], r->error)))
			continue;
		number = number_of(&inject->table, &r->rule);
		if (!number)
			return refuse(r, "%s: these are too many rules", r->set);
		inject->table.rule[id] = number;
		inject->table.counter[id] = counter_of(functions, i);
		matched++;
	}
	if (matched)
		return true;
	if (r->error)
		return no_such_error(r, functions, count, set);
	return refuse(r, "%s: this is no function", r->set);
}

static void add_text(struct col_inject *inject, const char *expression)
{
	size_t size = (inject->text ? strlen(inject->text) : 0) + strlen(expression) + 2;
	char *text = ut_xmalloc(size);

	snprintf(text, size, "%s%s%s", inject->text ? inject->text : "", inject->text ? " " : "",
		 expression);
	free(inject->text);
	inject->text = text;
}

bool col_inject_add(struct col_inject *inject, const struct rd_api *api, const char *expression,
		    char *why, size_t size)
{
	struct col_selection set = { .text = NULL };
	struct request request = { .why = why, .size = size };
	char *text = ut_xstrdup(expression);
	bool good = parse(&request, text) && col_select(&set, api, request.set, why, size) &&
		    apply(inject, &request, api, &set);

	if (good)
		add_text(inject, expression);
	inject->table.magic = CTR_INJECT_MAGIC;
	col_selection_free(&set);
	free(text);
	return good;
}

/* ---- the session --------------------------------------------------------------------------- */

int col_inject_ask(int dirfd, const struct col_inject *inject,
		   uint8_t left_out[CTR_SWITCH_FUNCTIONS / 8])
{
	struct ctr_inject table = inject->table;
	int fd =
		openat(dirfd, "inject", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int error = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	for (unsigned int id = 0; id < CTR_SWITCH_FUNCTIONS; id++) {
		uint8_t bit = (uint8_t)(1u << id % 8);

		if (!table.rule[id] || !(left_out[id / 8] & bit))
			continue;
		table.unselected[id / 8] |= bit;
		left_out[id / 8] &= (uint8_t)~bit;
	}
	n = write(fd, &table, sizeof(table));
	if (n != sizeof(table))
		error = n < 0 ? -errno : -ENOSPC;
	close(fd);
	return error;
}

void col_inject_free(struct col_inject *inject)
{
	free(inject->text);
	*inject = (struct col_inject){ .text = NULL };
}
