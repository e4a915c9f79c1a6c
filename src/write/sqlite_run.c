/* SPDX-License-Identifier: Apache-2.0 */
/* What a database says once: of the run, its devices and processes. */
#include <stdlib.h>
#include <time.h>

#include "write/sqlite_internal.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

static void add_pair(struct sqlite *w, unsigned int table, const char *name, const char *value)
{
	if (!value)
		return;
	sq_out_text(w, name);
	sq_out_text(w, value);
	sq_add(&w->file, table, 0);
}

static void add_number(struct sqlite *w, unsigned int table, const char *name, uint64_t value)
{
	char text[UT_FORMAT_MAX + 1];

	text[ut_format_u64(text, value)] = '\0';
	add_pair(w, table, name, text);
}

static void add_run(struct sqlite *w, const struct ct_header *header)
{
	add_pair(w, SQ_EXPORT, "EXPORT_TOOL", "curtrace " PACKAGE_VERSION);
	add_number(w, SQ_EXPORT, "CURTRACE_SCHEMA_VERSION", SQ_SCHEMA_VERSION);
	add_pair(w, SQ_CAPTURE, "source", header->source ? header->source : "curtrace");
	add_pair(w, SQ_CAPTURE, "tool_version", header->tool_version);
	add_pair(w, SQ_CAPTURE, "host", header->host);
	add_pair(w, SQ_CAPTURE, "command", header->command);
	add_pair(w, SQ_CAPTURE, "runtime_version", header->runtime_version);
	add_pair(w, SQ_CAPTURE, "driver_version", header->driver_version);
	add_pair(w, SQ_CAPTURE, "clock", header->clock);
	add_number(w, SQ_CAPTURE, "calls", header->calls);
	add_number(w, SQ_CAPTURE, "recorded", header->recorded);
	add_number(w, SQ_CAPTURE, "lost", header->lost);
	add_number(w, SQ_CAPTURE, "in_flight", header->in_flight);
	add_number(w, SQ_CAPTURE, "complete", header->complete);
	for (unsigned int i = 0; i < header->nfacts; i++)
		add_pair(w, SQ_CAPTURE, header->facts[i].name, header->facts[i].value);
	for (unsigned int i = 0; i < header->nwarnings; i++)
		add_pair(w, SQ_WARNING, header->warnings[i].code, header->warnings[i].text);
}

static void add_start(struct sqlite *w, const struct ct_header *header)
{
	time_t seconds = (time_t)(header->start_realtime_ns / 1000000000);
	struct tm tm;
	char text[32] = "";

	if (gmtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	sq_out_count(w, header->start_realtime_ns);
	sq_out_text(w, text);
	sq_null(&w->file); /* where the traced machine's clock stood is not in a trace */
	sq_add(&w->file, SQ_START_TIME, 0);
}

static const char *property(const struct ct_device_info *device, const char *name)
{
	for (unsigned int i = 0; i < device->nproperties; i++)
		if (!strcmp(device->property_names[i], name))
			return device->property_values[i];
	return NULL;
}

static void out_property(struct sqlite *w, const struct ct_device_info *device, const char *name)
{
	const char *value = property(device, name);
	char *end;
	long long number = value ? strtoll(value, &end, 10) : 0;

	if (value && *value && !*end)
		sq_integer(&w->file, number);
	else
		sq_out_text_or_null(w, value);
}

/* Every process tells of its devices: once for each ordinal is what the table has. */
static void add_devices(struct sqlite *w, const struct ct_header *header)
{
	static const char *const columns[] = { SQ_GPU_PROPERTIES };

	for (unsigned int i = 0; i < header->ndevices; i++) {
		const struct ct_device_info *d = &header->devices[i];
		unsigned int before = 0;

		while (before < i && header->devices[before].ordinal != d->ordinal)
			before++;
		if (before < i)
			continue;
		sq_integer(&w->file, sq_global_id(0, 0));
		sq_integer(&w->file, d->ordinal);
		sq_out_text_or_null(w, d->name);
		sq_integer(&w->file, d->ordinal);
		for (size_t c = 0; c < sizeof(columns) / sizeof(columns[0]); c++)
			out_property(w, d, columns[c]);
		sq_add(&w->file, SQ_GPU, 0);
	}
}

static void add_processes(struct sqlite *w, const struct ct_header *header)
{
	for (unsigned int i = 0; i < header->nprocesses; i++) {
		const struct ct_process_info *p = &header->processes[i];

		sq_integer(&w->file, sq_global_id(p->pid, 0));
		sq_integer(&w->file, p->pid);
		sq_out_text_or_null(w, p->name);
		sq_integer(&w->file, i);
		sq_integer(&w->file, p->parent_pid);
		sq_out_text_or_null(w, p->host ? p->host : header->host);
		if (p->world_size > 0 || header->world_size > 0)
			sq_integer(&w->file, p->world_size > 0 ? p->rank : header->rank);
		else
			sq_null(&w->file);
		sq_out_count(w, p->calls);
		sq_out_count(w, p->lost);
		sq_add(&w->file, SQ_PROCESSES, 0);
	}
}

void sq_add_run(struct sqlite *w)
{
	add_run(w, w->header);
	add_start(w, w->header);
	add_devices(w, w->header);
	add_processes(w, w->header);
	sq_integer(&w->file, 0);
	sq_out_text(w, "TRACE_PROCESS_EVENT_CUDA_RUNTIME");
	sq_out_text(w, "CUDA runtime");
	sq_add(&w->file, SQ_EVENT_CLASS, 0);
}
