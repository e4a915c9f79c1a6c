/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of a run from JSON. */
#include "reader/run_info.h"

#include <string.h>

#include "curtrace/json_format.h"
#include "reader/json_value.h"

#define MAX_FACTS 200

/* A member that is absent keeps what another chunk has said. */
static void take_text(struct rd_trace *trace, const cJSON *object, const char *key,
		      const char **member)
{
	const char *text = rd_json_text(&trace->strings, object, key);

	if (text)
		*member = text;
}

/* ---- what has no member of its own --------------------------------------------------------- */

/* Members that ct_header holds, or that are read elsewhere. */
static const char *const known_keys[] = {
	"tool",     "tool_version",    "host",           "command",     "clock",
	"overflow", "runtime_version", "driver_version", "driver_file", "start_realtime_ns",
	"rank",     "world_size",      "exit_status",    "calls",       "recorded",
	"lost",     "in_flight",       "complete",       "processes",   "warnings",
	"source",   "lacks",           "modules",
};

/* These would stand in the header twice. */
static bool is_known(const char *key)
{
	for (size_t i = 0; i < sizeof(known_keys) / sizeof(known_keys[0]); i++) {
		if (!strcmp(key, known_keys[i]))
			return true;
	}
	return false;
}

static void add_fact(struct rd_trace *trace, const char *name, const char *value)
{
	struct ct_header *header = &trace->header;
	struct ct_fact *facts;

	facts = ut_arena_alloc(&trace->strings, (header->nfacts + 1) * sizeof(*facts));
	if (header->nfacts)
		memcpy(facts, header->facts, header->nfacts * sizeof(*facts));
	facts[header->nfacts++] = (struct ct_fact){ .name = name, .value = value };
	header->facts = facts;
}

/* Values one level down get the name of their group before them: settings.ring_bytes. */
static void take_facts(struct rd_trace *trace, const cJSON *object, const char *prefix)
{
	const char *name, *value;
	const cJSON *item;

	cJSON_ArrayForEach(item, object)
	{
		/* Copying the list each time is no matter for as many as a collector writes. */
		if (!item->string || is_known(item->string) || trace->header.nfacts >= MAX_FACTS)
			continue;
		name = ut_arena_printf(&trace->strings, "%s%s", prefix, item->string);
		value = rd_json_text(&trace->strings, object, item->string);
		if (cJSON_IsBool(item))
			value = cJSON_IsTrue(item) ? "true" : "false";
		if (value)
			add_fact(trace, name, value);
		else if (cJSON_IsObject(item) && !*prefix)
			take_facts(trace, item, ut_arena_printf(&trace->strings, "%s.", name));
	}
}

/* ---- the run ------------------------------------------------------------------------------- */

/* Of a trace that another tool recorded. */
static void take_source(struct rd_trace *trace, const cJSON *object)
{
	static const char *const names[] = { CT_JSON_LACKS };
	const char *lacks = rd_json_text(&trace->scratch, object, "lacks");

	take_text(trace, object, "source", &trace->header.source);
	for (size_t i = 0; lacks && i < sizeof(names) / sizeof(names[0]); i++) {
		if (strstr(lacks, names[i]))
			trace->header.lacks |= 1u << i;
	}
}

void rd_run_parse(struct rd_trace *trace, const cJSON *object)
{
	struct ct_header *header = &trace->header;

	take_source(trace, object);
	take_text(trace, object, "tool_version", &header->tool_version);
	take_text(trace, object, "host", &header->host);
	take_text(trace, object, "command", &header->command);
	take_text(trace, object, "clock", &header->clock);
	take_text(trace, object, "overflow", &header->overflow);
	take_text(trace, object, "runtime_version", &header->runtime_version);
	take_text(trace, object, "driver_version", &header->driver_version);
	take_text(trace, object, "driver_file", &header->driver_file);
	header->start_realtime_ns = rd_json_u64(object, "start_realtime_ns", 0);
	header->rank = (int32_t)rd_json_i64(object, "rank", 0);
	header->world_size = (int32_t)rd_json_i64(object, "world_size", 0);
	take_facts(trace, object, "");
}

/* A warning without a text is none. */
static void parse_warnings(struct rd_trace *trace, const cJSON *list)
{
	const char *code, *text;
	const cJSON *entry;

	cJSON_ArrayForEach(entry, list)
	{
		code = rd_json_text(&trace->scratch, entry, "code");
		text = rd_json_text(&trace->scratch, entry, "text");
		if (text)
			rd_add_warning(trace, code ? code : "", text);
	}
}

void rd_run_parse_end(struct rd_trace *trace, const cJSON *object)
{
	rd_run_parse_counts(trace, object);
	take_facts(trace, object, "");
}

void rd_run_parse_counts(struct rd_trace *trace, const cJSON *object)
{
	struct ct_header *header = &trace->header;

	header->exit_status = (int32_t)rd_json_i64(object, "exit_status", -1);
	header->calls = rd_json_u64(object, "calls", 0);
	header->recorded = rd_json_u64(object, "recorded", 0);
	header->lost = rd_json_u64(object, "lost", 0);
	header->in_flight = rd_json_u64(object, "in_flight", 0);
	parse_warnings(trace, cJSON_GetObjectItemCaseSensitive(object, "warnings"));
}

void rd_process_info_parse(struct rd_trace *trace, const cJSON *object,
			   struct ct_process_info *info)
{
	*info = (struct ct_process_info){
		.pid = (uint32_t)rd_json_u64(object, "pid", 0),
		.parent_pid = (uint32_t)rd_json_u64(object, "parent_pid", 0),
		.start_time = rd_json_u64(object, "start_time", 0),
		.exec_count = (uint32_t)rd_json_u64(object, "exec_count", 0),
		.host_pid = (uint32_t)rd_json_u64(object, "host_pid", 0),
		.rank = (int32_t)rd_json_i64(object, "world_rank", 0),
		.world_size = (int32_t)rd_json_i64(object, "world_size", 0),
		.original_pid = (uint32_t)rd_json_u64(object, "original_pid", 0),
		.name = "?",
	};
	take_text(trace, object, "name", &info->name);
	take_text(trace, object, "host", &info->host);
}

void rd_process_counts_parse(const cJSON *object, struct ct_process_info *info)
{
	info->calls = rd_json_u64(object, "calls", 0);
	info->recorded = rd_json_u64(object, "recorded", 0);
	info->in_flight = rd_json_u64(object, "in_flight", 0);
	/* Of all causes together: what was made and not recorded. */
	info->lost = info->calls > info->recorded ? info->calls - info->recorded : 0;
	info->lost = rd_json_u64(object, "lost", info->lost);
}

void rd_run_finish(struct rd_trace *trace)
{
	struct ct_header *header = &trace->header;
	const char **const always[] = { &header->tool_version, &header->host, &header->command,
					&header->clock, &header->overflow };

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++) {
		if (!*always[i])
			*always[i] = "?";
	}
}
