/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON chunks of a native trace, and the header that is made of them and of what was seen in
 * the records. Where the end is missing the records' own count stands in for the collector's.
 */
#include <stdlib.h>
#include <string.h>

#include "reader/json_value.h"
#include "reader/native.h"
#include "reader/run_info.h"
#include "util/xalloc.h"

/* The first chunk: what was known before the program started. */
bool rd_header_parse(struct rd_trace *trace, const void *text, size_t size)
{
	cJSON *root = cJSON_ParseWithLength(text, size);
	bool sound = cJSON_IsObject(root);

	if (sound)
		rd_run_parse(trace, root);
	cJSON_Delete(root);
	return sound;
}

/* A process may have chosen another clock than the collector, where it cannot see /sys. */
static uint32_t clock_kind(const cJSON *object)
{
	const cJSON *name = cJSON_GetObjectItemCaseSensitive(object, "clock");

	return cJSON_IsString(name) && !strcmp(name->valuestring, "monotonic") ? CTR_CLOCK_MONOTONIC
									       : CTR_CLOCK_TSC;
}

/* Adds a process even if the text cannot be parsed: other chunks name processes by number. */
bool rd_process_parse(struct rd_trace *trace, struct rd_native *native, const void *text,
		      size_t size)
{
	cJSON *root = cJSON_ParseWithLength(text, size);
	const cJSON *opened = cJSON_GetObjectItemCaseSensitive(root, "opened");
	struct rd_process *process;
	bool sound = cJSON_IsObject(root);
	const struct ctr_clock_sample sample = {
		.counter = rd_json_u64(opened, "counter", 0),
		.monotonic_ns = rd_json_u64(opened, "monotonic_ns", 0),
		.realtime_ns = rd_json_u64(opened, "realtime_ns", 0),
	};

	ut_grow(&native->processes, &native->processes_capacity, native->nprocesses,
		sizeof(*native->processes));
	process = &native->processes[native->nprocesses++];
	*process = (struct rd_process){ 0 };
	rd_process_info_parse(trace, root, &process->info);
	rd_clock_add(&native->clock, clock_kind(root), &sample);
	cJSON_Delete(root);
	return sound;
}

/* The process that an entry of the end's list is about; NULL if the trace does not have it. */
static struct ct_process_info *end_process(struct rd_native *native, const cJSON *entry)
{
	uint64_t number = rd_json_u64(entry, "process", UINT64_MAX);

	return number < native->nprocesses ? &native->processes[number].info : NULL;
}

/* The last chunk: what only the collector can count, above all losses by cause. */
bool rd_end_parse(struct rd_trace *trace, struct rd_native *native, const void *text, size_t size)
{
	cJSON *root = cJSON_ParseWithLength(text, size);
	struct ct_process_info *info;
	bool sound = cJSON_IsObject(root);
	const cJSON *entry;

	if (sound)
		rd_run_parse_end(trace, root);
	cJSON_ArrayForEach(entry, cJSON_GetObjectItemCaseSensitive(root, "processes"))
	{
		info = end_process(native, entry);
		if (info)
			rd_process_counts_parse(entry, info);
	}
	cJSON_Delete(root);
	return sound;
}

/* ---- everything together ------------------------------------------------------------------- */

/* Calls that left neither a record nor a loss record cannot be known here. */
static void count_what_was_seen(struct ct_header *header, struct rd_native *native)
{
	size_t i;

	for (i = 0; i < native->nprocesses; i++) {
		struct rd_process *process = &native->processes[i];

		process->info.recorded = process->calls;
		process->info.in_flight = process->in_flight;
		process->info.lost = process->lost;
		process->info.calls = process->calls + process->lost;
		header->calls += process->info.calls;
		header->recorded += process->calls;
		header->lost += process->lost;
		header->in_flight += process->in_flight;
	}
}

/* The processes are complete only now, and their array does not move any more. */
static void finish_processes(struct rd_trace *trace, struct rd_native *native)
{
	struct ct_header *header = &trace->header;
	size_t i;

	header->nprocesses = (unsigned int)native->nprocesses;
	header->processes =
		ut_arena_alloc(&trace->strings, native->nprocesses * sizeof(*header->processes));
	for (i = 0; i < native->nprocesses; i++) {
		struct rd_process *process = &native->processes[i];
		struct rd_clock *clock = &native->clock;
		uint64_t last = rd_clock_last_ns(clock), seen;

		header->processes[i] = process->info;
		/* A call in flight lasts at least as long as any that it contains. */
		if (process->last_counter[0]) {
			seen = rd_clock_ns(clock, CTR_CLOCK_MONOTONIC, process->last_counter[0]);
			last = seen > last ? seen : last;
		}
		if (process->last_counter[1]) {
			seen = rd_clock_ns(clock, CTR_CLOCK_TSC, process->last_counter[1]);
			last = seen > last ? seen : last;
		}
		process->last_ns = last;
	}
}

/* The name stands apart: everybody shows it, while the rest is what the shim chose to say. */
static void add_device(struct rd_trace *trace, const struct rd_definition *definition)
{
	struct ct_device_info *device = &trace->header.devices[trace->header.ndevices++];
	size_t size = definition->nproperties * sizeof(char *);
	unsigned int i;

	*device = (struct ct_device_info){
		.process = definition->process,
		.ordinal = (uint32_t)definition->key,
		.name = rd_definition_get(definition, "name"),
		.property_names = ut_arena_alloc(&trace->strings, size),
		.property_values = ut_arena_alloc(&trace->strings, size),
	};
	if (!device->name)
		device->name = "?";
	for (i = 0; i < definition->nproperties; i++) {
		if (!strcmp(definition->properties[i].name, "name"))
			continue;
		device->property_names[device->nproperties] = definition->properties[i].name;
		device->property_values[device->nproperties++] = definition->properties[i].value;
	}
}

static void take_versions(struct ct_header *header, const struct rd_definition *definition)
{
	const char *driver = rd_definition_get(definition, "driver");

	/* A process that found no driver says 0; another one may know better. */
	if (!header->runtime_version)
		header->runtime_version = rd_definition_get(definition, "runtime");
	if (!driver || (header->driver_version && !strcmp(driver, "0")))
		return;
	header->driver_version = driver;
	header->driver_file = rd_definition_get(definition, "driver_file");
}

/* Sorted by process, kind, key and time: repeated descriptions stand side by side. */
static void finish_definitions(struct rd_trace *trace, const struct rd_definitions *defs)
{
	struct ct_header *header = &trace->header;
	const struct rd_definition *last = NULL;
	size_t i, devices = 0;

	for (i = 0; i < defs->count; i++)
		devices += defs->list[i].kind == CTR_DEF_DEVICE;
	header->devices = ut_arena_alloc(&trace->strings, devices * sizeof(*header->devices));
	for (i = 0; i < defs->count; i++) {
		const struct rd_definition *definition = &defs->list[i];

		if (definition->kind == CTR_DEF_VERSIONS)
			take_versions(header, definition);
		if (definition->kind != CTR_DEF_DEVICE)
			continue;
		/* A device that was described twice by a process is one device. */
		if (last && last->process == definition->process && last->key == definition->key)
			header->ndevices--;
		add_device(trace, definition);
		last = definition;
	}
}

void rd_header_finish(struct rd_trace *trace, struct rd_native *native)
{
	rd_run_finish(trace);
	if (!native->has_end)
		count_what_was_seen(&trace->header, native);
	finish_processes(trace, native);
	finish_definitions(trace, &native->definitions);
	if (!rd_clock_is_known(&native->clock) && native->clock.nknots)
		rd_add_warning(trace, "clock",
			       "too few clock samples: times and durations are in "
			       "ticks of the CPU's counter");
}
