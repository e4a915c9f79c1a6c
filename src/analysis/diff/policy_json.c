/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy out of its file. Nothing that is not known is passed over: a word that is misspelt would
 * make a gate that lets everything through.
 */
#include "analysis/diff/policy.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/xalloc.h"

/* Policies that extend one another more often than this go round in a circle. */
#define DEEPEST  8
#define MAX_FILE (1 << 20)

struct reading {
	struct df_policy *policy;
	const char *path;
	const char *folder;
	unsigned int depth;
	char *why;
	size_t size;
};

static bool bad(struct reading *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool bad(struct reading *r, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(r->why, r->size, "%s: %s", r->path, text);
	return false;
}

/* ---- values -------------------------------------------------------------------------------- */

static bool take_setting(struct reading *r, const cJSON *value, enum df_setting *setting)
{
	if (cJSON_IsString(value) && !strcmp(value->valuestring, "on"))
		*setting = DF_SET_ON;
	else if (cJSON_IsString(value) && !strcmp(value->valuestring, "advice"))
		*setting = DF_SET_ADVICE;
	else if (cJSON_IsString(value) && !strcmp(value->valuestring, "off"))
		*setting = DF_SET_OFF;
	else
		return bad(r, "\"%s\" must be \"on\", \"advice\" or \"off\"", value->string);
	return true;
}

/* 3, "3", "5%", "exact" */
static bool add_tolerance(struct reading *r, const char *name, const cJSON *value,
			  struct df_tolerance *tolerance)
{
	double number = cJSON_IsNumber(value) ? value->valuedouble : 0;
	char *end = NULL;

	if (cJSON_IsString(value)) {
		if (!strcmp(value->valuestring, "exact"))
			return true;
		number = strtod(value->valuestring, &end);
	}
	if ((!cJSON_IsNumber(value) && (!end || end == value->valuestring)) || !(number >= 0))
		return bad(r, "\"%s\" must be a number, a percentage like \"5%%\", or \"exact\"",
			   name);
	if (end && !strcmp(end, "%"))
		tolerance->relative = number / 100;
	else if (end && *end)
		return bad(r, "\"%s\": \"%s\" is no number and no percentage", name,
			   value->valuestring);
	else
		tolerance->absolute = number;
	return true;
}

/* One, or ["10%", 2]: within one or the other. */
static bool take_tolerance(struct reading *r, const cJSON *value, struct df_tolerance *tolerance)
{
	const cJSON *part;

	*tolerance = (struct df_tolerance){ 0, 0 };
	if (!cJSON_IsArray(value) || !cJSON_GetArraySize(value))
		return add_tolerance(r, value->string, value, tolerance);
	cJSON_ArrayForEach(part, value)
	{
		if (!add_tolerance(r, value->string, part, tolerance))
			return false;
	}
	return true;
}

static bool take_share(struct reading *r, const cJSON *value, double *share)
{
	struct df_tolerance tolerance;

	if (!take_tolerance(r, value, &tolerance))
		return false;
	if (tolerance.absolute != 0)
		return bad(r, "\"%s\" must be a percentage like \"5%%\"", value->string);
	*share = tolerance.relative;
	return true;
}

/* "50us", "1ms", "200 ns"; a number: ns */
static bool take_time(struct reading *r, const cJSON *value, double *ns)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };
	char *end;

	if (cJSON_IsNumber(value) && value->valuedouble >= 0) {
		*ns = value->valuedouble;
		return true;
	}
	if (cJSON_IsString(value)) {
		*ns = strtod(value->valuestring, &end);
		while (*end == ' ')
			end++;
		for (size_t i = 0; end > value->valuestring && i < 4 && *ns >= 0; i++) {
			if (!strcmp(end, units[i].name)) {
				*ns *= units[i].ns;
				return true;
			}
		}
	}
	return bad(r, "\"%s\" must be a time like \"50us\"", value->string);
}

/* A pattern, or a list of them. */
static bool take_patterns(struct reading *r, const cJSON *value, const char ***patterns)
{
	struct ut_arena *strings = &r->policy->strings;
	const cJSON *entry = cJSON_IsArray(value) ? value->child : value;
	size_t count = cJSON_IsArray(value) ? (size_t)cJSON_GetArraySize(value) : 1;
	const char **list = ut_arena_alloc(strings, (count + 1) * sizeof(*list));

	for (size_t i = 0; i < count; i++, entry = entry->next) {
		if (!cJSON_IsString(entry))
			return bad(r, "\"%s\" must be a pattern or a list of patterns",
				   value->string);
		list[i] = ut_arena_strdup(strings, entry->valuestring);
	}
	list[count] = NULL;
	if (!count)
		return bad(r, "\"%s\" is an empty list", value->string);
	*patterns = list;
	return true;
}

/* ---- rules --------------------------------------------------------------------------------- */

static bool take_levels_of(struct reading *r, const cJSON *value, struct df_rule *rule)
{
	const char **names;

	if (!take_patterns(r, value, &names))
		return false;
	for (; *names; names++) {
		enum df_level level = df_level_of(*names);

		if (level == DF_LEVELS)
			return bad(r, "there is no level \"%s\"", *names);
		rule->levels[level] = true;
	}
	rule->has_levels = true;
	return true;
}

static bool take_weight(struct reading *r, const cJSON *value, struct df_rule *rule)
{
	const char *word = cJSON_IsString(value) ? value->valuestring : "";

	if (!strcmp(word, "gate"))
		rule->weight = DF_GATES;
	else if (!strcmp(word, "advice"))
		rule->weight = DF_ADVICE;
	else if (!strcmp(word, "ignore"))
		rule->weight = DF_IGNORED;
	else
		return bad(r, "\"do\" must be \"gate\", \"advice\" or \"ignore\"");
	rule->has_weight = true;
	return true;
}

static bool take_rule_member(struct reading *r, const cJSON *value, struct df_rule *rule)
{
	const char *key = value->string;
	struct {
		const char *key;
		const char ***patterns;
	} patterns[] = {
		{ "function", &rule->function }, { "domain", &rule->domain },
		{ "kernel", &rule->kernel },     { "module", &rule->module },
		{ "lane", &rule->lane },         { "argument", &rule->argument },
	};

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		if (!strcmp(key, patterns[i].key))
			return take_patterns(r, value, patterns[i].patterns);
	}
	if (!strcmp(key, "level"))
		return take_levels_of(r, value, rule);
	if (!strcmp(key, "do"))
		return take_weight(r, value, rule);
	if (!strcmp(key, "count"))
		return (rule->has_count = take_tolerance(r, value, &rule->count));
	if (!strcmp(key, "within"))
		return (rule->has_value = take_tolerance(r, value, &rule->value));
	if (!strcmp(key, "time"))
		return (rule->has_time = take_share(r, value, &rule->time));
	if (strcmp(key, "why") || !cJSON_IsString(value))
		return bad(r, "a rule has no \"%s\"", key);
	rule->why = ut_arena_strdup(&r->policy->strings, value->valuestring);
	return true;
}

static bool take_rule(struct reading *r, const cJSON *object)
{
	struct df_policy *policy = r->policy;
	struct df_rule rule = { 0 };

	for (const cJSON *value = object->child; value; value = value->next) {
		if (!value->string || !take_rule_member(r, value, &rule))
			return value->string ? false : bad(r, "a rule must be an object");
	}
	if (!rule.has_weight && !rule.has_count && !rule.has_value && !rule.has_time)
		return bad(r, "a rule says nothing: it needs one of do, count, within, time");
	if (rule.has_value && !rule.argument)
		return bad(r, "\"within\" is for an argument, which the rule does not name");
	ut_grow(&policy->rules, &policy->capacity, policy->nrules, sizeof(*policy->rules));
	policy->rules[policy->nrules++] = rule;
	return true;
}

static bool take_rules(struct reading *r, const cJSON *list)
{
	if (!cJSON_IsArray(list))
		return bad(r, "\"rules\" must be a list");
	for (const cJSON *rule = list->child; rule; rule = rule->next) {
		if (!cJSON_IsObject(rule))
			return bad(r, "a rule must be an object");
		if (!take_rule(r, rule))
			return false;
	}
	return true;
}

/* ---- levels -------------------------------------------------------------------------------- */

static bool take_amount(struct reading *r, const cJSON *value, struct df_amount *amount)
{
	if (!cJSON_IsObject(value)) {
		amount->alone = DF_SET_ON;
		return take_setting(r, value, &amount->setting);
	}
	for (const cJSON *part = value->child; part; part = part->next) {
		bool good;

		if (!strcmp(part->string, "set"))
			good = take_setting(r, part, &amount->setting);
		else if (!strcmp(part->string, "alone"))
			good = take_setting(r, part, &amount->alone);
		else if (!strcmp(part->string, "within"))
			good = take_tolerance(r, part, &amount->within);
		else
			good = bad(r, "\"%s\" has no \"%s\"", value->string, part->string);
		if (!good)
			return false;
	}
	return true;
}

static bool take_memory(struct reading *r, const cJSON *part)
{
	static const char *const names[DF_QUANTITIES] = {
		[DF_PEAK] = "peak",       [DF_LEAKED] = "leaks",      [DF_SEGMENTS] = "segments",
		[DF_TRAFFIC] = "traffic", [DF_PAGEABLE] = "pageable",
	};

	for (unsigned int i = 0; i < DF_QUANTITIES; i++) {
		if (!strcmp(part->string, names[i]))
			return take_amount(r, part, &r->policy->amounts[i]);
	}
	return bad(r, "the level memory has no \"%s\"", part->string);
}

static bool take_time_part(struct reading *r, const cJSON *part)
{
	if (!strcmp(part->string, "threshold"))
		return take_share(r, part, &r->policy->time_threshold);
	if (!strcmp(part->string, "share"))
		return take_share(r, part, &r->policy->time_share);
	if (!strcmp(part->string, "floor"))
		return take_time(r, part, &r->policy->time_floor);
	return bad(r, "the level time has no \"%s\"", part->string);
}

static bool take_level_part(struct reading *r, enum df_level level, const cJSON *part)
{
	struct df_policy *policy = r->policy;

	if (!strcmp(part->string, "set"))
		return take_setting(r, part, &policy->levels[level]);
	if (level == DF_KERNELS && !strcmp(part->string, "variants"))
		return take_setting(r, part, &policy->variants);
	if (level == DF_STRUCTURE && !strcmp(part->string, "pools"))
		return take_setting(r, part, &policy->pools);
	if (level == DF_MEMORY)
		return take_memory(r, part);
	if (level == DF_TIME)
		return take_time_part(r, part);
	return bad(r, "the level %s has no \"%s\"", df_level_name(level), part->string);
}

static bool take_levels(struct reading *r, const cJSON *object)
{
	for (const cJSON *value = object->child; value; value = value->next) {
		enum df_level level = df_level_of(value->string);

		if (level == DF_LEVELS)
			return bad(r, "there is no level \"%s\"",
				   value->string ? value->string : "");
		if (!cJSON_IsObject(value)) {
			if (!take_setting(r, value, &r->policy->levels[level]))
				return false;
			continue;
		}
		for (const cJSON *part = value->child; part; part = part->next) {
			if (!take_level_part(r, level, part))
				return false;
		}
	}
	return true;
}

/* "steady", "all", or from one to another: ["warm-up", "steady"] */
static bool take_phases(struct reading *r, const cJSON *value)
{
	struct df_policy *policy = r->policy;
	const char **names;
	size_t count = 0;

	if (!take_patterns(r, value, &names))
		return false;
	while (names[count])
		count++;
	if (count == 1 && !strcmp(names[0], "all")) {
		policy->from = DF_STARTUP;
		policy->to = DF_TEARDOWN;
		return true;
	}
	policy->from = df_phase_of(names[0]);
	policy->to = df_phase_of(names[count - 1]);
	if (count > 2 || policy->from == DF_PHASES || policy->to == DF_PHASES ||
	    policy->from > policy->to)
		return bad(r, "\"phases\" must be \"all\", one of start-up, warm-up, steady, "
			      "teardown, or the first and the last of several");
	return true;
}

/* ---- the file ------------------------------------------------------------------------------ */

static bool take_file(struct reading *r, const char *path);

static bool take_extended(struct reading *r, const cJSON *value)
{
	const char *slash = strrchr(r->path, '/'), *name = value->valuestring;
	char path[4096];
	FILE *file;

	if (!cJSON_IsString(value) || strchr(name, '/'))
		return bad(r, "\"extends\" must be the name of a policy");
	if (r->depth == DEEPEST)
		return bad(r, "policies extend one another in a circle");
	snprintf(path, sizeof(path), "%.*s%s.json", slash ? (int)(slash - r->path + 1) : 0, r->path,
		 name);
	file = fopen(path, "re");
	if (file)
		fclose(file);
	else if (r->folder)
		snprintf(path, sizeof(path), "%s/%s.json", r->folder, name);
	return take_file(r, path);
}

static bool take_member(struct reading *r, const cJSON *value)
{
	struct df_policy *policy = r->policy;
	const char *key = value->string;

	if (!strcmp(key, "extends") || !strcmp(key, "curtrace_policy") || !strcmp(key, "about"))
		return true; /* seen to before */
	if (!strcmp(key, "levels"))
		return take_levels(r, value);
	if (!strcmp(key, "rules"))
		return take_rules(r, value);
	if (!strcmp(key, "phases"))
		return take_phases(r, value);
	if (!strcmp(key, "outside"))
		return take_setting(r, value, &policy->outside);
	if (!strcmp(key, "least"))
		return take_share(r, value, &policy->least);
	if (!strcmp(key, "name") && cJSON_IsString(value)) {
		policy->name = ut_arena_strdup(&policy->strings, value->valuestring);
		return true;
	}
	if (!strcmp(key, "version") && cJSON_IsNumber(value) && value->valuedouble >= 0) {
		policy->version = (unsigned int)value->valuedouble;
		return true;
	}
	return bad(r, "a policy has no \"%s\"", key);
}

static bool take_object(struct reading *r, const cJSON *object)
{
	const cJSON *version = cJSON_GetObjectItemCaseSensitive(object, "curtrace_policy");
	const cJSON *extends = cJSON_GetObjectItemCaseSensitive(object, "extends");

	if (!cJSON_IsObject(object) || !cJSON_IsNumber(version))
		return bad(r, "this is no policy: it has no number \"curtrace_policy\"");
	if (version->valuedouble != DF_POLICY_VERSION)
		return bad(r, "a policy of form %g; this curtrace knows form %d",
			   version->valuedouble, DF_POLICY_VERSION);
	if (extends && !take_extended(r, extends))
		return false;
	for (const cJSON *value = object->child; value; value = value->next) {
		if (!take_member(r, value))
			return false;
	}
	return true;
}

/* The whole of a small file, to be freed; NULL with errno. */
static char *read_whole(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text;
	size_t length;

	if (!file)
		return NULL;
	text = ut_xmalloc(MAX_FILE + 1);
	errno = 0;
	length = fread(text, 1, MAX_FILE + 1, file);
	if (ferror(file) || length > MAX_FILE) {
		errno = errno ? errno : EFBIG;
		free(text);
		text = NULL;
	} else {
		text[length] = '\0';
	}
	fclose(file);
	return text;
}

static size_t line_of(const char *text, const char *at)
{
	size_t line = 1;

	for (; at && text < at; text++)
		line += *text == '\n';
	return line;
}

static bool take_file(struct reading *r, const char *path)
{
	const char *outer = r->path;
	const char *end = NULL;
	char *text;
	cJSON *object;
	bool good;

	r->path = path;
	r->depth++;
	text = read_whole(path);
	if (!text)
		return bad(r, "%s", strerror(errno));
	object = cJSON_ParseWithOpts(text, &end, true);
	if (!object)
		good = bad(r, "no JSON at line %zu", line_of(text, end));
	else
		good = take_object(r, object);
	cJSON_Delete(object);
	free(text);
	if (good)
		r->path = outer;
	r->depth--;
	return good;
}

struct df_policy *df_policy_load(const char *path, const char *folder, char *why, size_t size)
{
	struct df_policy *policy = df_policy_new();
	struct reading r = {
		.policy = policy, .path = path, .folder = folder, .why = why, .size = size
	};

	if (take_file(&r, path))
		return policy;
	df_policy_free(policy);
	return NULL;
}
