/* SPDX-License-Identifier: Apache-2.0 */
/* The report for a program: one JSON object. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#include "check_report.h"
#include "check_verdict.h"
#include "collect/command.h"
#include "util/xalloc.h"

/* Outputs are any bytes, JSON is UTF-8. */
static void add_text(cJSON *object, const char *name, const char *text)
{
	char *copy;

	if (!text) {
		cJSON_AddNullToObject(object, name);
		return;
	}
	copy = ut_xstrdup(text);
	col_make_text(copy);
	cJSON_AddStringToObject(object, name, copy);
	free(copy);
}

static void add_times(cJSON *object, const char *name, struct check_times t)
{
	cJSON *times = cJSON_AddObjectToObject(object, name);

	cJSON_AddNumberToObject(times, "median", t.median);
	cJSON_AddNumberToObject(times, "min", t.least);
	cJSON_AddNumberToObject(times, "max", t.most);
}

static void add_run(cJSON *list, const struct check_run *run)
{
	static const char *const kinds[] = { "exit_status", "signal", NULL };
	cJSON *object = cJSON_CreateObject();
	const char *kind = kinds[run->outcome.kind];

	if (kind)
		cJSON_AddNumberToObject(object, kind, run->outcome.code);
	cJSON_AddBoolToObject(object, "timed_out", run->outcome.kind == CHECK_TIMED_OUT);
	cJSON_AddNumberToObject(object, "wall_s", run->wall);
	cJSON_AddNumberToObject(object, "cpu_s", run->cpu);
	cJSON_AddItemToArray(list, object);
}

static void add_difference(cJSON *object, const struct check_difference *d)
{
	cJSON *first;

	if (!d->there)
		return;
	first = cJSON_AddObjectToObject(object, "first_difference");
	cJSON_AddNumberToObject(first, "line", (double)d->line);
	add_text(first, "reference", d->reference);
	add_text(first, "other", d->other);
	if (d->other_again)
		add_text(first, "other_again", d->other_again);
}

static void add_comparison(cJSON *object, const char *name, const struct check_comparison *r)
{
	cJSON *stream = cJSON_AddObjectToObject(object, name), *list;

	cJSON_AddBoolToObject(stream, "same", !check_comparison_differs(r));
	cJSON_AddNumberToObject(stream, "lines", (double)r->lines);
	cJSON_AddNumberToObject(stream, "lines_same", (double)r->same);
	cJSON_AddNumberToObject(stream, "lines_different", (double)r->differing);
	cJSON_AddNumberToObject(stream, "lines_not_deterministic", (double)r->varying);
	cJSON_AddNumberToObject(stream, "lines_deterministic_with_reference_only",
				(double)r->unsteady);
	list = cJSON_AddArrayToObject(stream, "not_deterministic");
	for (size_t i = 0; i < r->nranges; i++) {
		const double range[] = { (double)r->ranges[i].first, (double)r->ranges[i].last };

		cJSON_AddItemToArray(list, cJSON_CreateDoubleArray(range, 2));
	}
	add_difference(stream, &r->first);
}

static void add_result(const struct check *c, cJSON *object, const struct check_result *r)
{
	cJSON *result;

	if (!r->made)
		return;
	result = cJSON_AddObjectToObject(object, "compared");
	cJSON_AddBoolToObject(result, "outcome_same", !r->outcome_differs);
	cJSON_AddBoolToObject(result, "outcome_not_deterministic", r->outcome_varies);
	cJSON_AddNumberToObject(result, "wall_ratio", r->wall_ratio);
	cJSON_AddNumberToObject(result, "cpu_ratio", r->cpu_ratio);
	add_comparison(result, "stdout", &r->out);
	if (c->options.with_stderr)
		add_comparison(result, "stderr", &r->err);
}

static void add_side(const struct check *c, cJSON *object, enum check_side_id id)
{
	static const char *const names[] = { "reference", "curtrace", "recording" };
	const struct check_side *side = &c->sides[id];
	cJSON *json = cJSON_AddObjectToObject(object, names[id]), *list;

	if (id != CHECK_RECORDING)
		add_text(json, "runtime", id == CHECK_OURS ? c->proof.ours : c->proof.reference);
	list = cJSON_AddArrayToObject(json, "runs");
	for (unsigned int i = 0; i < side->nruns; i++)
		add_run(list, &side->runs[i]);
	if (side->nruns) {
		add_times(json, "wall_s", check_wall(side));
		add_times(json, "cpu_s", check_cpu(side));
	}
	add_result(c, json, &c->results[id]);
}

void check_report_json(const struct check *c)
{
	cJSON *object = cJSON_CreateObject(), *notes;
	char *command = col_command_text(c->options.command), *text;

	add_text(object, "verdict", check_status_name(c->status));
	cJSON_AddNumberToObject(object, "exit_status", c->status);
	add_text(object, "text", c->sentence);
	add_text(object, "reason", *c->why ? c->why : NULL);
	add_text(object, "command", command);
	cJSON_AddNumberToObject(object, "calls_served", (double)c->proof.calls);
	notes = cJSON_AddArrayToObject(object, "notes");
	for (size_t i = 0; i < c->proof.nnotes; i++)
		cJSON_AddItemToArray(notes, cJSON_CreateString(c->proof.notes[i]));
	for (unsigned int i = 0; i < c->nsides; i++)
		add_side(c, object, i);
	text = cJSON_Print(object);
	puts(text ? text : "{}");
	cJSON_free(text);
	cJSON_Delete(object);
	free(command);
}
