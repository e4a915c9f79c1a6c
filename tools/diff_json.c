/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff as JSON, all of it: schema "curtrace-diff", whose version rises when a member changes its
 * meaning or goes; new members may come. docs/DIFF.md tells of each.
 */
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "util/utf8.h"
#include "util/xalloc.h"

#define SCHEMA  "curtrace-diff"
#define VERSION 1

/* Exact, where cJSON's numbers are doubles. */
static void add_u64(cJSON *object, const char *name, uint64_t value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	cJSON_AddRawToObject(object, name, digits);
}

/* 0 stands for none. */
static void add_number(cJSON *object, const char *name, uint64_t value)
{
	if (value)
		add_u64(object, name, value);
	else
		cJSON_AddNullToObject(object, name);
}

/* Names are any bytes, JSON is UTF-8: what is none becomes U+FFFD. */
static cJSON *make_text(const char *text)
{
	size_t length = text ? strlen(text) : 0, size;
	char *copy, *to;
	uint32_t code;
	cJSON *item;

	if (!text)
		return cJSON_CreateNull();
	copy = to = ut_xmalloc(3 * length + 1);
	for (size_t at = 0; at < length; at += size) {
		size = ut_utf8_char(text + at, length - at, &code);
		memcpy(to, size ? text + at : "\xef\xbf\xbd", size ? size : 3);
		to += size ? size : 3;
		size += !size;
	}
	*to = '\0';
	item = cJSON_CreateString(copy);
	free(copy);
	return item;
}

static void add_text(cJSON *object, const char *name, const char *text)
{
	cJSON_AddItemToObject(object, name, make_text(text));
}

/* JSON has no infinity. */
static void add_value(cJSON *object, const char *name, double value)
{
	if (isfinite(value))
		cJSON_AddNumberToObject(object, name, value);
	else
		cJSON_AddNullToObject(object, name);
}

/* ---- sides and levels ------------------------------------------------------------------------ */

static void add_side(cJSON *root, const char *name, const struct df_side *side, const char *operand,
		     uint64_t calls, unsigned int runs)
{
	cJSON *object = cJSON_AddObjectToObject(root, name), *environment;

	add_text(object, "trace", operand);
	add_text(object, "command", side->command);
	add_u64(object, "calls", calls);
	add_u64(object, "runs", runs);
	add_u64(object, "processes", side->nprocesses);
	add_u64(object, "lanes", side->nlanes);
	add_u64(object, "lost", side->lost);
	add_u64(object, "in_flight", side->in_flight);
	cJSON_AddBoolToObject(object, "complete", side->complete);
	environment = cJSON_AddObjectToObject(object, "environment");
	add_text(environment, "gpus", side->environment.gpus);
	add_text(environment, "driver", side->environment.driver);
	add_text(environment, "runtime", side->environment.runtime);
	add_text(environment, "curtrace", side->environment.curtrace);
	add_text(environment, "clocks", side->environment.clocks);
	add_text(environment, "layers", side->environment.layers);
}

static void add_levels(cJSON *root, const struct df_report *report)
{
	cJSON *levels = cJSON_AddObjectToObject(root, "levels"), *object;

	for (unsigned int i = 0; i < DF_LEVELS; i++) {
		object = cJSON_AddObjectToObject(levels, df_level_name(i));
		add_text(object, "verdict", diff_verdict_word(report->levels[i].verdict));
		add_text(object, "why", report->levels[i].why);
		add_u64(object, "gating", report->levels[i].gating);
		add_u64(object, "advice", report->levels[i].advice);
		add_u64(object, "ignored", report->levels[i].ignored);
	}
}

/* ---- items ----------------------------------------------------------------------------------- */

static void add_loop(cJSON *object, const struct df_item *item)
{
	cJSON *loop;

	if (!item->block_a && !item->block_b) {
		cJSON_AddNullToObject(object, "loop");
		return;
	}
	loop = cJSON_AddObjectToObject(object, "loop");
	add_number(loop, "position", item->position);
	add_u64(loop, "calls_a", item->block_a);
	add_u64(loop, "calls_b", item->block_b);
	add_u64(loop, "iterations_a", item->iterations_a);
	add_u64(loop, "iterations_b", item->iterations_b);
}

static void add_item(cJSON *list, const struct diff *diff, size_t number)
{
	const struct df_item *item = &diff->report->items[number];
	cJSON *object = cJSON_CreateObject(), *stack;

	add_u64(object, "number", number + 1);
	add_text(object, "key", item->key);
	add_text(object, "level", df_level_name(item->level));
	add_text(object, "what", diff_what_name(item->what));
	add_text(object, "weight", diff_weight_name(item->weight));
	add_text(object, "why", item->why);
	cJSON_AddBoolToObject(object, "improvement", diff_is_improvement(item));
	add_text(object, "role", item->role);
	add_text(object, "phase", df_phase_name(item->phase));
	add_text(object, "text", item->text);
	add_u64(object, "times", item->times);
	add_loop(object, item);
	add_number(object, "event_a", item->ordinal_a);
	add_number(object, "event_b", item->ordinal_b);
	add_text(object, "argument", item->argument);
	add_text(object, "before", item->before);
	add_text(object, "after", item->after);
	add_value(object, "value_a", item->value_a);
	add_value(object, "value_b", item->value_b);
	add_value(object, "share", item->share);
	add_text(object, "caller", item->caller);
	stack = cJSON_AddArrayToObject(object, "stack");
	for (const char **frame = item->stack; frame && *frame; frame++)
		cJSON_AddItemToArray(stack, make_text(*frame));
	cJSON_AddItemToArray(list, object);
}

static void add_items(cJSON *root, const struct diff *diff)
{
	size_t shown[DF_IGNORED + 1] = { 0 };
	cJSON *list = cJSON_AddArrayToObject(root, "items");

	for (size_t i = 0; i < diff->report->nitems; i++) {
		if (shown[diff->report->items[i].weight]++ < diff->top)
			add_item(list, diff, i);
	}
}

void diff_print_json(const struct diff *diff, FILE *out)
{
	const struct df_report *report = diff->report;
	cJSON *root = cJSON_CreateObject(), *notes;
	char summary[512], *text;

	cJSON_AddStringToObject(root, "schema", SCHEMA);
	cJSON_AddNumberToObject(root, "version", VERSION);
	add_text(root, "verdict", diff_verdict_word(report->verdict));
	diff_summary(diff, summary, sizeof(summary));
	add_text(root, "summary", summary);
	cJSON_AddNumberToObject(root, "exit_status", diff_status(diff));
	add_text(root, "policy", report->policy);
	add_text(root, "baseline", report->baseline);
	add_value(root, "gated", report->gated);
	add_u64(root, "gated_calls", report->calls_gated);
	add_side(root, "a", report->a, diff->operand_a, report->calls_a, report->runs_a);
	add_side(root, "b", report->b, diff->operand_b, report->calls_b, report->runs_b);
	add_levels(root, report);
	add_u64(root, "items_in_all", report->nitems);
	add_items(root, diff);
	notes = cJSON_AddArrayToObject(root, "notes");
	for (size_t i = 0; i < report->nnotes; i++)
		cJSON_AddItemToArray(notes, make_text(report->notes[i]));
	text = cJSON_Print(root);
	fputs(text ? text : "{}", out);
	putc('\n', out);
	cJSON_free(text);
	cJSON_Delete(root);
}
