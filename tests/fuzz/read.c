/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a trace to its end and looks at everything in it. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/fuzz.h"

/* The file stays: making one for each input would be most of the work. */
const char *fz_file(const uint8_t *data, size_t size)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		FZ_MUST(fd >= 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	FZ_MUST(ftruncate(fd, 0) == 0);
	FZ_MUST(pwrite(fd, data, size, 0) == (ssize_t)size);
	return path;
}

/* So that a sanitizer sees every byte of a text; NULL is allowed. */
static size_t look_at(const char *text)
{
	return text ? strlen(text) : 0;
}

static void check_arg(const struct ct_arg *arg)
{
	FZ_MUST(arg->name && arg->type);
	look_at(arg->name);
	look_at(arg->type);
	look_at(arg->label);
	FZ_MUST(arg->kind > CT_KIND_NONE && arg->kind <= CT_KIND_TEXT);
	FZ_MUST(arg->direction <= CT_OUT);
	if (arg->known &&
	    (arg->kind == CT_KIND_STR || arg->kind == CT_KIND_BYTES || arg->kind == CT_KIND_TEXT)) {
		FZ_MUST(arg->text);
		look_at(arg->text);
	}
}

static void check_event(const struct rd_trace *trace, const struct ct_event *event)
{
	const struct ct_header *header = rd_header(trace);

	FZ_MUST(event->name && event->entry && event->domain && event->result_kind);
	FZ_MUST(event->thread_name && event->end_ns >= event->start_ns);
	FZ_MUST(event->type <= CT_EVENT_THREAD && event->nargs <= CT_MAX_ARGS);
	FZ_MUST(event->stack <= header->nframes);
	FZ_MUST(!header->nprocesses || event->process < header->nprocesses);
	look_at(event->name);
	look_at(event->entry);
	look_at(event->domain);
	look_at(event->result_kind);
	look_at(event->result_name);
	look_at(event->thread_name);
	look_at(event->caller_module);
	look_at(event->caller_function);
	look_at(event->lost_cause);
	for (unsigned int i = 0; i < event->nargs; i++)
		check_arg(&event->args[i]);
	if (event->type == CT_EVENT_CALL)
		FZ_MUST(!strcmp(rd_function_name(trace, event->function), event->name));
	else
		FZ_MUST(!event->function);
}

static void check_header(const struct ct_header *header)
{
	look_at(header->tool_version);
	look_at(header->host);
	look_at(header->command);
	look_at(header->runtime_version);
	look_at(header->driver_version);
	look_at(header->driver_file);
	look_at(header->clock);
	look_at(header->overflow);
	for (unsigned int i = 0; i < header->nprocesses; i++)
		look_at(header->processes[i].name);
	for (unsigned int i = 0; i < header->ndevices; i++) {
		const struct ct_device_info *device = &header->devices[i];

		look_at(device->name);
		for (unsigned int k = 0; k < device->nproperties; k++)
			look_at(device->property_names[k]), look_at(device->property_values[k]);
	}
	for (unsigned int i = 0; i < header->nwarnings; i++)
		look_at(header->warnings[i].code), look_at(header->warnings[i].text);
	for (unsigned int i = 0; i < header->nfacts; i++)
		look_at(header->facts[i].name), look_at(header->facts[i].value);
	for (uint32_t i = 0; i < header->nframes; i++) {
		/* Following parents comes to an end. */
		FZ_MUST(header->frames[i].parent <= i);
		look_at(header->frames[i].module);
		look_at(header->frames[i].function);
	}
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static void same_arg(const struct ct_arg *a, const struct ct_arg *b)
{
	FZ_MUST(same_text(a->name, b->name) && same_text(a->type, b->type));
	FZ_MUST(a->kind == b->kind && a->direction == b->direction && a->known == b->known);
	FZ_MUST(a->truncated == b->truncated);
	FZ_MUST(!memcmp(&a->value, &b->value, sizeof(a->value)));
	FZ_MUST(same_text(a->label, b->label) && same_text(a->text, b->text));
}

/* What is read whatever was asked for. */
static void same_frame(const struct ct_event *a, const struct ct_event *b)
{
	FZ_MUST(a->type == b->type && a->flags == b->flags && a->ordinal == b->ordinal);
	FZ_MUST(a->function == b->function && a->abi == b->abi && a->process == b->process);
	FZ_MUST(a->pid == b->pid && a->tid == b->tid && a->stack == b->stack);
	FZ_MUST(a->start_ns == b->start_ns && a->end_ns == b->end_ns);
	FZ_MUST(a->result == b->result && same_text(a->result_kind, b->result_kind));
	FZ_MUST(same_text(a->result_name, b->result_name));
	FZ_MUST(same_text(a->name, b->name) && same_text(a->entry, b->entry));
	FZ_MUST(same_text(a->domain, b->domain) && same_text(a->thread_name, b->thread_name));
	FZ_MUST(a->lost_full == b->lost_full && a->lost_reentered == b->lost_reentered);
	FZ_MUST(a->lost_other == b->lost_other && same_text(a->lost_cause, b->lost_cause));
}

void fz_same_event(const struct ct_event *a, const struct ct_event *b)
{
	same_frame(a, b);
	FZ_MUST(a->caller == b->caller && a->caller_offset == b->caller_offset);
	FZ_MUST(a->caller_function_offset == b->caller_function_offset);
	FZ_MUST(same_text(a->caller_module, b->caller_module));
	FZ_MUST(same_text(a->caller_function, b->caller_function));
	FZ_MUST(a->nargs == b->nargs);
	for (unsigned int i = 0; i < a->nargs; i++)
		same_arg(&a->args[i], &b->args[i]);
}

static bool is_odd(const char *function)
{
	return strlen(function) & 1;
}

/* What was not asked for is not there. */
static void check_little(const struct ct_event *event, unsigned int want)
{
	if (!(want & RD_WANT_ARGS) || (event->type == CT_EVENT_CALL && !is_odd(event->name)))
		FZ_MUST(!event->nargs);
	for (unsigned int i = 0; !(want & RD_WANT_LABELS) && i < event->nargs; i++)
		FZ_MUST(!event->args[i].label);
	if (!(want & RD_WANT_CALLER))
		FZ_MUST(!event->caller_module && !event->caller_function);
}

/* One reader that wants everything, and one beside it that wants little. */
void fz_read_all(const uint8_t *data, size_t size)
{
	static struct ct_event all, little;
	const char *path = fz_file(data, size);
	unsigned int want = size & RD_WANT_ALL;
	struct rd_error error;
	struct rd_trace *trace = rd_open(path, &error), *second;
	uint64_t last = 0;

	if (!trace) {
		FZ_MUST(memchr(error.text, '\0', sizeof(error.text)) && *error.text);
		return;
	}
	second = rd_open(path, &error);
	FZ_MUST(second);
	rd_want(second, want);
	rd_want_args_of(second, is_odd);
	check_header(rd_header(trace));
	while (rd_next(trace, &all)) {
		check_event(trace, &all);
		FZ_MUST(rd_next(second, &little));
		same_frame(&all, &little);
		if (!rd_header(trace)->source)
			check_little(&little, want);
		if (all.start_ns < last)
			FZ_MUST(*(const char *)data == '{' || data[0] == 0x1f);
		last = all.start_ns;
	}
	FZ_MUST(!rd_next(second, &little));
	rd_close(trace);
	rd_close(second);
}
