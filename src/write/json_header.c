/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands before the events. One key a line with a blank behind every colon: HTA looks for
 * the rank with a pattern that wants both, and near the beginning.
 */
#include <stdlib.h>
#include <string.h>

#include "curtrace/json_format.h"
#include "util/format.h"
#include "util/xalloc.h"
#include "write/json_internal.h"

/*
 * Times are written as microseconds since a fixed boundary of a quarter of a year, as Kineto does:
 * small enough for a double to hold every nanosecond, and the same for all ranks of a run.
 */
#define BASE_STEP_NS (7889238u * (uint64_t)1000000000)

static void out_key(struct wr_out *out, const char *key)
{
	wr_out_text(out, key);
	wr_out_literal(out, ": ");
}

/* ,\n"key": "text" */
static void out_text_line(struct wr_out *out, const char *key, const char *text)
{
	if (!text)
		return;
	wr_out_literal(out, ",\n");
	out_key(out, key);
	wr_out_text(out, text);
}

static void out_u64_line(struct wr_out *out, const char *key, uint64_t value)
{
	wr_out_literal(out, ",\n");
	out_key(out, key);
	wr_out_exact_u64(out, value);
}

/* ---- devices ------------------------------------------------------------------------------- */

/* A value of a definition: a number where it reads like one that a double holds. */
static void out_property(struct wr_out *out, const char *value)
{
	size_t digits = strspn(value, "0123456789");

	if (digits && digits <= 15 && !value[digits] && (value[0] != '0' || digits == 1))
		wr_out_raw(out, value, digits);
	else
		wr_out_text(out, value);
}

/* With CUDA_VISIBLE_DEVICES, processes mean different devices by one ordinal: both are listed. */
static bool is_same_device(const struct ct_device_info *a, const struct ct_device_info *b)
{
	unsigned int i;

	if (a->ordinal != b->ordinal || strcmp(a->name, b->name) ||
	    a->nproperties != b->nproperties)
		return false;
	for (i = 0; i < a->nproperties; i++) {
		if (strcmp(a->property_names[i], b->property_names[i]) ||
		    strcmp(a->property_values[i], b->property_values[i]))
			return false;
	}
	return true;
}

/* Every process describes its devices; mostly they are the same ones. */
static bool is_repeated(const struct ct_header *header, unsigned int number)
{
	unsigned int i;

	for (i = 0; i < number; i++) {
		if (is_same_device(&header->devices[i], &header->devices[number]))
			return true;
	}
	return false;
}

static void out_device(struct wr_out *out, const struct ct_device_info *device)
{
	unsigned int i;

	wr_out_literal(out, "{\"id\": ");
	wr_out_u64(out, device->ordinal);
	wr_out_literal(out, ", \"name\": ");
	wr_out_text(out, device->name);
	for (i = 0; i < device->nproperties; i++) {
		wr_out_literal(out, ", ");
		out_key(out, device->property_names[i]);
		out_property(out, device->property_values[i]);
	}
	wr_out_literal(out, "}");
}

static void out_devices(struct wr_out *out, const struct ct_header *header)
{
	const char *separator = "\n";
	unsigned int i;

	wr_out_literal(out, "\"deviceProperties\": [");
	for (i = 0; i < header->ndevices; i++) {
		if (is_repeated(header, i))
			continue;
		wr_out_raw(out, separator, strlen(separator));
		out_device(out, &header->devices[i]);
		separator = ",\n";
	}
	wr_out_literal(out, "],\n");
}

/* ---- the run ------------------------------------------------------------------------------- */

/* Of a trace that another tool recorded. */
static void out_source(struct wr_out *out, const struct ct_header *header)
{
	static const char *const names[] = { CT_JSON_LACKS };
	bool first = true;

	out_text_line(out, "source", header->source);
	if (!header->lacks)
		return;
	wr_out_literal(out, ",\n\"lacks\": \"");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(header->lacks & 1u << i))
			continue;
		if (!first)
			wr_out_literal(out, ", ");
		wr_out_raw(out, names[i], strlen(names[i]));
		first = false;
	}
	wr_out_literal(out, "\"");
}

/* The facts of the run that are single values. */
static void out_run(struct wr_out *out, const struct ct_header *header)
{
	unsigned int i;

	wr_out_literal(out, "{\n\"tool\": \"" CT_JSON_TOOL "\"");
	out_text_line(out, "tool_version", header->tool_version);
	out_source(out, header);
	out_text_line(out, "host", header->host);
	out_text_line(out, "command", header->command);
	wr_out_literal(out, ",\n\"start_realtime_ns\": ");
	wr_out_digits(out, header->start_realtime_ns);
	wr_out_literal(out, ",\n\"exit_status\": ");
	wr_out_exact_i64(out, header->exit_status);
	out_text_line(out, "runtime_version", header->runtime_version);
	out_text_line(out, "driver_version", header->driver_version);
	out_text_line(out, "driver_file", header->driver_file);
	out_text_line(out, "clock", header->clock);
	out_text_line(out, "overflow", header->overflow);
	out_u64_line(out, "calls", header->calls);
	out_u64_line(out, "recorded", header->recorded);
	out_u64_line(out, "lost", header->lost);
	out_u64_line(out, "in_flight", header->in_flight);
	for (i = 0; i < header->nfacts; i++) {
		wr_out_literal(out, ",\n");
		out_key(out, header->facts[i].name);
		out_property(out, header->facts[i].value);
	}
	if (header->complete)
		wr_out_literal(out, ",\n\"complete\": true");
	else
		wr_out_literal(out, ",\n\"complete\": false");
}

/* Of a merged trace. Not called `rank`: HTA would take the first one for that of the file. */
static void out_origin(struct wr_out *out, const struct ct_process_info *process)
{
	if (process->host) {
		wr_out_literal(out, ", \"host\": ");
		wr_out_text(out, process->host);
	}
	if (process->world_size) {
		wr_out_literal(out, ", \"world_rank\": ");
		wr_out_exact_i64(out, process->rank);
		wr_out_literal(out, ", \"world_size\": ");
		wr_out_exact_i64(out, process->world_size);
	}
	if (process->original_pid) {
		wr_out_literal(out, ", \"original_pid\": ");
		wr_out_u64(out, process->original_pid);
	}
}

/* For curtrace itself; viewers take names of processes from the events below. */
static void out_process(struct wr_out *out, const struct ct_process_info *process)
{
	wr_out_literal(out, "{\"pid\": ");
	wr_out_u64(out, process->pid);
	wr_out_literal(out, ", \"parent_pid\": ");
	wr_out_u64(out, process->parent_pid);
	wr_out_literal(out, ", \"start_time\": ");
	wr_out_digits(out, process->start_time);
	wr_out_literal(out, ", \"exec_count\": ");
	wr_out_u64(out, process->exec_count);
	if (process->host_pid) {
		wr_out_literal(out, ", \"host_pid\": ");
		wr_out_u64(out, process->host_pid);
	}
	wr_out_literal(out, ", \"name\": ");
	wr_out_text(out, process->name);
	wr_out_literal(out, ", \"calls\": ");
	wr_out_exact_u64(out, process->calls);
	wr_out_literal(out, ", \"recorded\": ");
	wr_out_exact_u64(out, process->recorded);
	wr_out_literal(out, ", \"lost\": ");
	wr_out_exact_u64(out, process->lost);
	wr_out_literal(out, ", \"in_flight\": ");
	wr_out_exact_u64(out, process->in_flight);
	out_origin(out, process);
	wr_out_literal(out, "}");
}

/* A caller is told by the last part of a module's path: here stands which file that was. */
static void out_module(struct wr_out *out, const struct ct_module *module)
{
	wr_out_literal(out, "{\"path\": ");
	wr_out_text(out, module->path);
	if (module->build_id) {
		wr_out_literal(out, ", \"build_id\": ");
		wr_out_text(out, module->build_id);
	}
	wr_out_literal(out, "}");
}

/* Between the elements of a list, one a line. */
static void out_separator(struct wr_out *out, unsigned int number)
{
	if (number)
		wr_out_literal(out, ",\n");
	else
		wr_out_literal(out, "\n");
}

/* The facts of the run that are lists: only for tools that read nested values. */
static void out_lists(struct wr_out *out, const struct ct_header *header)
{
	unsigned int i;

	wr_out_literal(out, ",\n\"processes\": [");
	for (i = 0; i < header->nprocesses; i++) {
		out_separator(out, i);
		out_process(out, &header->processes[i]);
	}
	wr_out_literal(out, "],\n\"modules\": [");
	for (i = 0; i < header->nmodules; i++) {
		out_separator(out, i);
		out_module(out, &header->modules[i]);
	}
	wr_out_literal(out, "],\n\"warnings\": [");
	for (i = 0; i < header->nwarnings; i++) {
		out_separator(out, i);
		wr_out_literal(out, "{\"code\": ");
		wr_out_text(out, header->warnings[i].code);
		wr_out_literal(out, ", \"text\": ");
		wr_out_text(out, header->warnings[i].text);
		wr_out_literal(out, "}");
	}
	wr_out_literal(out, "]");
}

/* ---- stacks -------------------------------------------------------------------------------- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* libfoo.so+0x1234, or the bare address where no file was mapped. */
static void out_place(struct wr_out *out, const struct ct_frame *frame)
{
	const char *module = frame->module ? base_name(frame->module) : "";
	size_t length = strlen(module);
	char *text = ut_xmalloc(length + 1 + UT_FORMAT_MAX);

	memcpy(text, module, length);
	if (length)
		text[length++] = '+';
	length += ut_format_hex(text + length, frame->module ? frame->offset : frame->address);
	wr_out_string(out, text, length);
	free(text);
}

/* The format's own members first; every viewer shows `name`. */
static void out_frame(struct wr_out *out, uint32_t number, const struct ct_frame *frame)
{
	wr_out_digits(out, number);
	wr_out_literal(out, ": {\"category\": ");
	wr_out_text(out, frame->module ? base_name(frame->module) : "");
	wr_out_literal(out, ", \"name\": ");
	if (frame->function)
		wr_out_text(out, frame->function);
	else
		out_place(out, frame);
	if (frame->parent) {
		wr_out_literal(out, ", \"parent\": ");
		wr_out_digits(out, frame->parent);
	}
	if (frame->function) {
		wr_out_literal(out, ", \"at\": ");
		out_place(out, frame);
		wr_out_literal(out, ", \"offset\": ");
		wr_out_exact_u64(out, frame->function_offset);
	}
	wr_out_literal(out, "}");
}

/* Before the events, so that who reads a line at a time knows the frames when calls name them. */
static void out_frames(struct wr_out *out, const struct ct_header *header)
{
	if (!header->nframes)
		return;
	wr_out_literal(out, ",\n\"stackFrames\": {");
	for (uint32_t i = 0; i < header->nframes; i++) {
		out_separator(out, i);
		out_frame(out, i + 1, &header->frames[i]);
	}
	wr_out_literal(out, "}");
}

/* ---- names of processes -------------------------------------------------------------------- */

/* Thread and time have to be there for Perfetto, but mean nothing. */
static void out_metadata_event(struct wr_json *json, const char *name, uint32_t pid)
{
	struct wr_out *out = &json->out;

	wr_json_line(json);
	wr_out_literal(out, "{\"ph\":\"M\",\"name\":");
	wr_out_text(out, name);
	wr_out_literal(out, ",\"pid\":");
	wr_out_u64(out, wr_json_id(pid));
	wr_out_literal(out, ",\"tid\":");
	wr_out_u64(out, wr_json_id(pid));
	wr_out_literal(out, ",\"ts\":0,\"args\":");
}

/* "rank 3: app (host)" in a merged trace, where many are called the same. */
static void out_process_label(struct wr_out *out, const struct ct_process_info *process)
{
	wr_out_literal(out, "{\"name\":\"");
	if (process->world_size) {
		wr_out_literal(out, "rank ");
		wr_out_u64(out, (uint32_t)process->rank);
		wr_out_literal(out, ": ");
	}
	wr_out_escaped(out, process->name, strlen(process->name));
	if (process->host) {
		wr_out_literal(out, " (");
		wr_out_escaped(out, process->host, strlen(process->host));
		wr_out_literal(out, ")");
	}
	wr_out_literal(out, "\"}}");
}

/* HTA takes index 0 for "unlinked", so that no call may be the first event. */
static void out_process_events(struct wr_json *json, const struct ct_header *header)
{
	struct wr_out *out = &json->out;
	unsigned int i;

	for (i = 0; i < header->nprocesses; i++) {
		out_metadata_event(json, "process_name", header->processes[i].pid);
		out_process_label(out, &header->processes[i]);
		out_metadata_event(json, "process_sort_index", header->processes[i].pid);
		wr_out_literal(out, "{\"sort_index\":");
		wr_out_u64(out, i);
		wr_out_literal(out, "}}");
	}
}

int wr_json_header(struct wr_json *json, const struct ct_header *header)
{
	struct wr_out *out = &json->out;

	json->base_ns = header->start_realtime_ns - header->start_realtime_ns % BASE_STEP_NS;
	wr_out_literal(out, "{\n\"schemaVersion\": 1,\n");
	if (header->world_size > 0) {
		wr_out_literal(out, "\"distributedInfo\": {\"rank\": ");
		wr_out_exact_i64(out, header->rank);
		wr_out_literal(out, ", \"world_size\": ");
		wr_out_exact_i64(out, header->world_size);
		wr_out_literal(out, "},\n");
	}
	out_devices(out, header);
	wr_out_literal(out, "\"displayTimeUnit\": \"ms\",\n\"baseTimeNanoseconds\": ");
	wr_out_u64(out, json->base_ns);
	/* Twice: Perfetto shows the one, chrome://tracing the other. */
	wr_out_literal(out, ",\n\"metadata\": ");
	out_run(out, header);
	wr_out_literal(out, "},\n\"otherData\": ");
	out_run(out, header);
	out_lists(out, header);
	wr_out_literal(out, "}");
	out_frames(out, header);
	wr_out_literal(out, ",\n" CT_JSON_EVENTS);
	out_process_events(json, header);
	return out->error;
}
