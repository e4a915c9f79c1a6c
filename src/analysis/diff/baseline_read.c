/* SPDX-License-Identifier: Apache-2.0 */
/* A baseline out of its file. A file that somebody has changed is refused, not believed. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/baseline_own.h"
#include "analysis/statistics_hash.h"
#include "reader/json_value.h"
#include "util/xalloc.h"

#define MAX_FILE  ((size_t)1 << 30)
#define MAX_CALLS ((size_t)1 << 28)
/* Loops within loops. */
#define DEEPEST 64
/* Looked at for the mark of a baseline. */
#define HEAD 64

struct reading {
	struct df_baseline *baseline;
	struct df_baseline_own *own;
	struct df_dictionary *dictionary;
	uint32_t *tokens, *shapes; /* by a call's number */
};

/* ---- calls --------------------------------------------------------------------------------- */

static bool take_calls(struct reading *r, const cJSON *list)
{
	struct df_baseline_own *own = r->own;
	size_t count = (size_t)cJSON_GetArraySize(list);

	if (!cJSON_IsArray(list))
		return false;
	own->calls = ut_xcalloc(count + 1, sizeof(*own->calls));
	r->tokens = ut_xcalloc(count + 1, sizeof(*r->tokens));
	r->shapes = ut_xcalloc(count + 1, sizeof(*r->shapes));
	for (const cJSON *call = list->child; call; call = call->next, own->ncalls++) {
		const cJSON *text = cJSON_GetArrayItem(call, 0);
		const cJSON *shape = cJSON_GetArrayItem(call, 1);
		const cJSON *caller = cJSON_GetArrayItem(call, 2);
		struct df_description *description = &own->calls[own->ncalls];

		if (!cJSON_IsString(text) || !cJSON_IsString(shape))
			return false;
		df_text_apart(&own->strings, ut_arena_strdup(&own->strings, text->valuestring),
			      description);
		if (cJSON_IsString(caller))
			description->caller = ut_arena_strdup(&own->strings, caller->valuestring);
		r->tokens[own->ncalls] =
			df_dictionary_token(r->dictionary, an_hash_text(text->valuestring));
		r->shapes[own->ncalls] = df_dictionary_shape(r->dictionary, shape->valuestring);
	}
	return true;
}

/* ---- sequences ----------------------------------------------------------------------------- */

struct sequence {
	const struct reading *r;
	const cJSON *loops;
	uint32_t *numbers;
	size_t count, capacity;
};

static bool expand_loop(struct sequence *s, const char *text, unsigned int depth);

/* "12 13 L0 6" */
static bool expand(struct sequence *s, const char *text, unsigned int depth)
{
	char *end;

	while (*text) {
		bool is_loop = *text == 'L';
		unsigned long number;

		text += is_loop;
		if (*text < '0' || *text > '9')
			return false;
		number = strtoul(text, &end, 10);
		text = end + (*end == ' ');
		if (is_loop) {
			const cJSON *loop = number < INT32_MAX
						    ? cJSON_GetArrayItem(s->loops, (int)number)
						    : NULL;

			if (!cJSON_IsString(loop) || depth == DEEPEST ||
			    !expand_loop(s, loop->valuestring, depth + 1))
				return false;
			continue;
		}
		if (number >= s->r->own->ncalls || s->count >= MAX_CALLS)
			return false;
		ut_grow(&s->numbers, &s->capacity, s->count, sizeof(*s->numbers));
		s->numbers[s->count++] = (uint32_t)number;
	}
	return true;
}

/* "200x 14 15 L1": the body once, and what that gave again. */
static bool expand_loop(struct sequence *s, const char *text, unsigned int depth)
{
	char *end;
	unsigned long times = strtoul(text, &end, 10);
	size_t first = s->count, length;

	if (strncmp(end, "x ", 2) != 0 || !times || !expand(s, end + 2, depth))
		return false;
	length = s->count - first;
	if (length && times > (MAX_CALLS - first) / length)
		return false;
	for (size_t i = 0; i < length * (times - 1); i++) {
		ut_grow(&s->numbers, &s->capacity, s->count, sizeof(*s->numbers));
		s->numbers[s->count] = s->numbers[s->count - length];
		s->count++;
	}
	return true;
}

/* ---- lanes --------------------------------------------------------------------------------- */

static bool take_phases(struct df_lane *lane, const cJSON *phases)
{
	size_t before = 0;

	if (cJSON_GetArraySize(phases) != DF_PHASES + 1)
		return false;
	for (int i = 0; i <= DF_PHASES; i++) {
		const cJSON *phase = cJSON_GetArrayItem(phases, i);

		if (!cJSON_IsNumber(phase) || phase->valuedouble < (double)before ||
		    phase->valuedouble > (double)lane->ncalls)
			return false;
		before = lane->phase[i] = (size_t)phase->valuedouble;
	}
	return true;
}

static bool take_lane(struct reading *r, const cJSON *object, size_t number, uint64_t *ordinal)
{
	struct df_baseline_own *own = r->own;
	struct df_lane *lane = &own->side.lanes[number];
	const cJSON *text = cJSON_GetObjectItemCaseSensitive(object, "sequence");
	struct sequence s = { .r = r, .loops = cJSON_GetObjectItemCaseSensitive(object, "loops") };
	bool good = cJSON_IsString(text) && expand(&s, text->valuestring, 0);

	own->numbers[number] = s.numbers;
	if (!good)
		return false;
	lane->role = rd_json_text(&own->strings, object, "role");
	lane->name = rd_json_text(&own->strings, object, "name");
	lane->process = (uint32_t)rd_json_u64(object, "process", 0);
	lane->thread = (uint32_t)rd_json_u64(object, "thread", 1);
	lane->period = rd_json_u64(object, "period", 0);
	lane->steady_known = rd_json_bool(object, "steady_known", false);
	lane->first_ordinal = *ordinal;
	lane->ncalls = s.count;
	lane->calls = ut_xmalloc((s.count + 1) * sizeof(*lane->calls));
	for (size_t i = 0; i < s.count; i++)
		lane->calls[i] = (struct df_call){ .token = r->tokens[s.numbers[i]],
						   .shape = r->shapes[s.numbers[i]],
						   .ordinal = (uint32_t)i };
	*ordinal += s.count;
	return lane->role && lane->name && lane->process < own->side.nprocesses &&
	       take_phases(lane, cJSON_GetObjectItemCaseSensitive(object, "phases"));
}

static bool take_lanes(struct reading *r, const cJSON *list)
{
	struct df_baseline_own *own = r->own;
	size_t count = (size_t)cJSON_GetArraySize(list);
	uint64_t ordinal = 1;

	if (!cJSON_IsArray(list))
		return false;
	own->side.lanes = ut_xcalloc(count + 1, sizeof(*own->side.lanes));
	own->numbers = ut_xcalloc(count + 1, sizeof(uint32_t *));
	for (const cJSON *object = list->child; object; object = object->next) {
		if (!take_lane(r, object, own->side.nlanes++, &ordinal))
			return false;
	}
	return true;
}

/* ---- processes ----------------------------------------------------------------------------- */

static bool take_u64s(const cJSON *object, const char *key, uint64_t *values, int count)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, key);

	for (int i = 0; list && i < count; i++) {
		const cJSON *value = cJSON_GetArrayItem(list, i);

		if (!cJSON_IsString(value) || !rd_parse_u64(value->valuestring, &values[i]))
			return false;
	}
	return true;
}

static bool take_process(struct reading *r, const cJSON *object)
{
	struct df_side *side = &r->own->side;
	struct df_memory *memory = &side->memory[side->nprocesses];
	struct df_process *process = &side->processes[side->nprocesses++];

	process->name = rd_json_text(&r->own->strings, object, "name");
	return process->name && take_u64s(object, "peak", memory->peak, AN_MEMORIES) &&
	       take_u64s(object, "leaked", memory->leaked, AN_MEMORIES) &&
	       take_u64s(object, "allocations", memory->allocations, AN_MEMORIES) &&
	       take_u64s(object, "frees", memory->frees, AN_MEMORIES) &&
	       take_u64s(object, "copied", memory->copied, AN_DIRECTIONS) &&
	       take_u64s(object, "copies", memory->copies, AN_DIRECTIONS) &&
	       take_u64s(object, "pageable_async", &memory->pageable_async, 1);
}

static bool take_processes(struct reading *r, const cJSON *list)
{
	struct df_side *side = &r->own->side;
	size_t count = (size_t)cJSON_GetArraySize(list);

	if (!cJSON_IsArray(list))
		return false;
	side->processes = ut_xcalloc(count + 1, sizeof(*side->processes));
	side->memory = ut_xcalloc(count + 1, sizeof(*side->memory));
	for (const cJSON *object = list->child; object; object = object->next) {
		if (!take_process(r, object))
			return false;
	}
	return true;
}

/* ---- what was learned ---------------------------------------------------------------------- */

static bool take_noises(struct df_noises *noises, const cJSON *list)
{
	if (!cJSON_IsArray(list))
		return false;
	for (const cJSON *entry = list->child; entry; entry = entry->next) {
		const cJSON *atom = cJSON_GetArrayItem(entry, 0);
		const cJSON *low = cJSON_GetArrayItem(entry, 1);
		const cJSON *high = cJSON_GetArrayItem(entry, 2);

		if (!cJSON_IsString(atom))
			return false;
		df_noises_note(noises, atom->valuestring,
			       cJSON_IsNumber(low) && cJSON_IsNumber(high),
			       low ? low->valuedouble : 0, high ? high->valuedouble : 0);
	}
	df_noises_sort(noises);
	return true;
}

static bool take_times(struct df_times *times, const cJSON *list)
{
	if (!cJSON_IsArray(list))
		return false;
	for (const cJSON *entry = list->child; entry; entry = entry->next) {
		const cJSON *role = cJSON_GetArrayItem(entry, 0);
		const cJSON *subject = cJSON_GetArrayItem(entry, 1);
		const cJSON *share = cJSON_GetArrayItem(entry, 2);
		struct df_timed *timed;

		if (!cJSON_IsString(role) || !cJSON_IsString(subject) || !cJSON_IsNumber(share))
			return false;
		timed = df_times_at(times, role->valuestring, subject->valuestring);
		timed->share = share->valuedouble;
		for (const cJSON *median = share->next; median; median = median->next)
			df_timed_add(timed, median->valuedouble);
	}
	return true;
}

static void take_environment(struct reading *r, const cJSON *object)
{
	struct ut_arena *strings = &r->own->strings;
	struct df_side *side = &r->own->side;

	side->command = rd_json_text(strings, object, "command");
	side->environment = (struct df_environment){
		.gpus = rd_json_text(strings, object, "gpus"),
		.driver = rd_json_text(strings, object, "driver"),
		.runtime = rd_json_text(strings, object, "runtime"),
		.curtrace = rd_json_text(strings, object, "curtrace"),
		.clocks = rd_json_text(strings, object, "clocks"),
		.layers = rd_json_text(strings, object, "layers"),
	};
}

/* NULL: it is sound. */
static const char *take_all(struct reading *r, const cJSON *object)
{
	struct df_baseline *baseline = r->baseline;
	uint64_t version = rd_json_u64(object, "curtrace_baseline", 0);

#define MEMBER(name) cJSON_GetObjectItemCaseSensitive(object, name)
	if (!version)
		return "this is no baseline";
	if (version != DF_BASELINE_VERSION)
		return "a baseline of another form than this curtrace knows";
	baseline->runs = (unsigned int)rd_json_u64(object, "runs", 0);
	baseline->times.runs = (unsigned int)rd_json_u64(object, "timed_runs", 0);
	baseline->policy = rd_json_text(&r->own->strings, object, "policy");
	take_environment(r, object);
	if (!take_processes(r, MEMBER("processes")))
		return "its processes are spoilt";
	if (!take_calls(r, MEMBER("calls")))
		return "its calls are spoilt";
	if (!take_lanes(r, MEMBER("threads")))
		return "its threads are spoilt";
	if (!take_noises(&baseline->noises, MEMBER("varies")))
		return "what varies is spoilt";
	if (!take_times(&baseline->times, MEMBER("times")))
		return "its times are spoilt";
#undef MEMBER
	return NULL;
}

/* ---- the file ------------------------------------------------------------------------------ */

static char *read_whole(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t length = 0, capacity = 0;

	if (!file)
		return NULL;
	errno = 0;
	do {
		capacity = capacity ? 2 * capacity : 65536;
		text = ut_xrealloc(text, capacity + 1);
		length += fread(text + length, 1, capacity - length, file);
	} while (length == capacity && length < MAX_FILE);
	if (ferror(file) || length >= MAX_FILE) {
		errno = errno ? errno : EFBIG;
		free(text);
		text = NULL;
	} else {
		text[length] = '\0';
	}
	fclose(file);
	return text;
}

static void own_side(struct reading *r, const char *path)
{
	struct df_baseline_own *own = r->own;

	own->side.own = own;
	own->side.summary = own->side.complete = true;
	own->side.dictionary = r->dictionary;
	own->side.path = r->baseline->path = ut_arena_strdup(&own->strings, path);
	r->baseline->side = &own->side;
}

struct df_baseline *df_baseline_load(const char *path, struct df_dictionary *dictionary, char *why,
				     size_t size)
{
	struct reading r = { .dictionary = dictionary };
	char *text = read_whole(path);
	const char *wrong;
	cJSON *object;

	if (!text) {
		snprintf(why, size, "%s: %s", path, strerror(errno));
		return NULL;
	}
	object = cJSON_Parse(text);
	free(text);
	r.baseline = ut_xcalloc(1, sizeof(*r.baseline));
	r.own = r.baseline->own = ut_xcalloc(1, sizeof(*r.own));
	own_side(&r, path);
	wrong = cJSON_IsObject(object) ? take_all(&r, object) : "this is no JSON";
	cJSON_Delete(object);
	free(r.tokens);
	free(r.shapes);
	if (!wrong)
		return r.baseline;
	snprintf(why, size, "%s: %s", path, wrong);
	df_baseline_free(r.baseline);
	return NULL;
}

/* The mark is the first member of what curtrace writes. */
bool df_baseline_is(const char *path)
{
	FILE *file = fopen(path, "re");
	char head[HEAD + 1];
	size_t length;

	if (!file)
		return false;
	length = fread(head, 1, HEAD, file);
	head[length] = '\0';
	fclose(file);
	return *head == '{' && strstr(head, "\"curtrace_baseline\"");
}
