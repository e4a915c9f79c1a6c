/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What redaction does to names, addresses and events. Structures are filled in anew, so that what a
 * later version adds to them is left out until somebody has thought about it.
 */
#include "collect/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "reader/reader.h"
#include "util/siphash.h"
#include "util/xalloc.h"

/* No memory is mapped below. */
#define FIRST_ADDRESS 4096
#define SPACING_SHIFT 40

/* ---- names ---------------------------------------------------------------------------------- */

void col_redact_name(const struct col_redact *r, const char *what, const char *name, size_t length,
		     char out[COL_REDACTED_SIZE])
{
	uint64_t hash = ut_siphash(r->key, name, length) & 0xffffffffffffull;

	snprintf(out, COL_REDACTED_SIZE, "%s_%012llx", what, (unsigned long long)hash);
}

static const char *hashed(const struct col_redact *r, struct ut_arena *arena, const char *what,
			  const char *name)
{
	char out[COL_REDACTED_SIZE];

	if (!name || !*name)
		return name;
	col_redact_name(r, what, name, strlen(name), out);
	return ut_arena_strdup(arena, out);
}

/* ---- addresses ------------------------------------------------------------------------------ */

static struct col_redact_range *range_of(struct col_redact *r, uint64_t address)
{
	size_t low = 0, high = r->nranges;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (r->ranges[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < r->nranges && r->ranges[low].begin <= address ? &r->ranges[low] : NULL;
}

uint64_t col_redact_address(struct col_redact *r, uint64_t address)
{
	struct col_redact_range *range;
	uint32_t *number;

	if (address < FIRST_ADDRESS || address == UINT64_MAX)
		return address;
	range = range_of(r, address);
	if (range) {
		if (!range->number)
			range->number = ++r->next;
		return ((uint64_t)range->number << SPACING_SHIFT) + (address - range->begin);
	}
	number = ut_map_get(&r->numbers, address);
	if (!number) {
		ut_map_put(&r->numbers, address, ++r->next);
		return (uint64_t)r->next << SPACING_SHIFT;
	}
	return (uint64_t)*number << SPACING_SHIFT;
}

/* ---- allocations ---------------------------------------------------------------------------- */

static const struct ct_arg *find_arg(const struct ct_event *event, const char *const *names)
{
	for (; *names; names++)
		for (unsigned int i = 0; i < event->nargs; i++)
			if (event->args[i].known && !strcmp(event->args[i].name, *names))
				return &event->args[i];
	return NULL;
}

/* By the names of arguments: a JSON trace has nothing else to go by. */
static void note_allocation(struct col_redact *r, const struct ct_event *event)
{
	static const char *const pointers[] = { "devPtr", "ptr", "pHost", NULL };
	static const char *const sizes[] = { "size", NULL };
	const struct ct_arg *pointer, *size;
	uint64_t end;

	if (event->type != CT_EVENT_CALL || event->flags & CT_EVENT_FAILED ||
	    (!strstr(event->name, "Malloc") && !strstr(event->name, "Alloc")))
		return;
	pointer = find_arg(event, pointers);
	size = find_arg(event, sizes);
	if (!pointer || !size || pointer->kind != CT_KIND_PTR || !size->value.u ||
	    (size->kind != CT_KIND_SIZE && size->kind != CT_KIND_UINT &&
	     size->kind != CT_KIND_INT) ||
	    size->value.u >> SPACING_SHIFT || pointer->value.u < FIRST_ADDRESS ||
	    __builtin_add_overflow(pointer->value.u, size->value.u, &end))
		return;
	ut_grow(&r->ranges, &r->capacity, r->nranges, sizeof(*r->ranges));
	r->ranges[r->nranges++] =
		(struct col_redact_range){ .begin = pointer->value.u, .end = end };
}

static int compare(const void *a, const void *b)
{
	const struct col_redact_range *x = a, *y = b;

	return (x->begin > y->begin) - (x->begin < y->begin);
}

/* Memory that was allocated again, in other pieces, is one range: its addresses stay apart. */
static void merge_ranges(struct col_redact *r)
{
	size_t kept = 0;

	if (!r->nranges)
		return;
	if (r->nranges)
		qsort(r->ranges, r->nranges, sizeof(*r->ranges), compare);
	for (size_t i = 1; i < r->nranges; i++) {
		struct col_redact_range *last = &r->ranges[kept];

		if (r->ranges[i].begin >= last->end)
			r->ranges[++kept] = r->ranges[i];
		else if (r->ranges[i].end > last->end)
			last->end = r->ranges[i].end;
	}
	r->nranges = kept + 1;
}

bool col_redact_begin(struct col_redact *r, const char *path, char *why, size_t size)
{
	struct rd_error problem;
	struct rd_trace *trace = rd_open(path, &problem);
	struct ct_event *event;

	*r = (struct col_redact){ .next = 0 };
	if (!trace) {
		snprintf(why, size, "%s", problem.text);
		return false;
	}
	if (getrandom(r->key, sizeof(r->key), 0) != sizeof(r->key)) {
		snprintf(why, size, "there are no random numbers for a key");
		rd_close(trace);
		return false;
	}
	event = ut_xmalloc(sizeof(*event));
	while (rd_next(trace, event))
		note_allocation(r, event);
	free(event);
	rd_close(trace);
	merge_ranges(r);
	return true;
}

void col_redact_free(struct col_redact *r)
{
	free(r->ranges);
	ut_map_free(&r->numbers);
	ut_arena_free(&r->header);
	ut_arena_free(&r->scratch);
	*r = (struct col_redact){ .next = 0 };
}

/* ---- the header ----------------------------------------------------------------------------- */

bool col_redact_keeps(const char *name, const char *value)
{
	static const char *const harmless[] = {
		"tool",      "tool_version", "clock",          "overflow",        "runtime_version",
		"cpu",       "kernel",       "driver_version", "switched",        "range",
		"selection", "recovered",    "settings.range", "settings.layers", "settings.inject",
		"injected",  "delayed",
	};

	/* What they speak of is left out. */
	if (!strcmp(name, "settings.range") && !strncmp(value, "nvtx:", 5))
		return false;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (!strcmp(name, harmless[i]))
			return true;
	if (!strcmp(name, "settings.kernel_args"))
		return false;
	return !value[strspn(value, "0123456789")] || !strcmp(value, "true") ||
	       !strcmp(value, "false");
}

static void redact_processes(struct col_redact *r, const struct ct_header *from,
			     struct ct_header *to)
{
	to->processes = ut_arena_alloc(&r->header, from->nprocesses * sizeof(*to->processes));
	for (unsigned int i = 0; i < from->nprocesses; i++) {
		const struct ct_process_info *p = &from->processes[i];

		to->processes[i] = (struct ct_process_info){
			.pid = p->pid,
			.parent_pid = p->parent_pid,
			.start_time = p->start_time,
			.exec_count = p->exec_count,
			.name = hashed(r, &r->header, "process", p->name),
			.calls = p->calls,
			.recorded = p->recorded,
			.lost = p->lost,
			.in_flight = p->in_flight,
		};
	}
	to->nprocesses = from->nprocesses;
}

static void redact_facts(struct col_redact *r, const struct ct_header *from, struct ct_header *to)
{
	to->facts = ut_arena_alloc(&r->header, from->nfacts * sizeof(*to->facts));
	for (unsigned int i = 0; i < from->nfacts; i++)
		if (col_redact_keeps(from->facts[i].name, from->facts[i].value))
			to->facts[to->nfacts++] = from->facts[i];
	to->warnings = ut_arena_alloc(&r->header, from->nwarnings * sizeof(*to->warnings));
	for (unsigned int i = 0; i < from->nwarnings; i++)
		to->warnings[to->nwarnings++] = (struct ct_warning){
			.code = from->warnings[i].code,
			.text = "(redacted)",
		};
}

/* Those of a merged trace say on which host they are. */
static void redact_devices(struct col_redact *r, const struct ct_header *from, struct ct_header *to)
{
	to->devices = ut_arena_alloc(&r->header, from->ndevices * sizeof(*to->devices));
	for (unsigned int i = 0; i < from->ndevices; i++) {
		const struct ct_device_info *own = &from->devices[i];
		struct ct_device_info *device = &to->devices[i];
		size_t size = own->nproperties * sizeof(*own->property_names);

		*device = *own;
		device->nproperties = 0;
		device->property_names = ut_arena_alloc(&r->header, size);
		device->property_values = ut_arena_alloc(&r->header, size);
		for (unsigned int n = 0; n < own->nproperties; n++) {
			if (!strcmp(own->property_names[n], "host"))
				continue;
			device->property_names[device->nproperties] = own->property_names[n];
			device->property_values[device->nproperties++] = own->property_values[n];
		}
	}
	to->ndevices = from->ndevices;
}

void col_redact_header(struct col_redact *r, const struct ct_header *from, struct ct_header *to)
{
	*to = (struct ct_header){
		.source = from->source,
		.lacks = from->lacks,
		.tool_version = from->tool_version,
		.host = "",
		.command = "",
		.start_realtime_ns = from->start_realtime_ns,
		.exit_status = from->exit_status,
		.runtime_version = from->runtime_version,
		.driver_version = from->driver_version,
		.clock = from->clock,
		.overflow = from->overflow,
		.rank = from->rank,
		.world_size = from->world_size,
		.calls = from->calls,
		.recorded = from->recorded,
		.lost = from->lost,
		.in_flight = from->in_flight,
		.complete = from->complete,
	};
	redact_devices(r, from, to);
	redact_processes(r, from, to);
	redact_facts(r, from, to);
}

/* ---- events --------------------------------------------------------------------------------- */

/* Enumerators, which a JSON trace does not tell from other text, are words of CUDA's. */
static bool is_enumerator(const char *text)
{
	size_t words = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_|");

	return !text[words] && !strncmp(text, "cuda", 4) && text[4] >= 'A' && text[4] <= 'Z';
}

/* Of the arguments that are text some are the names of something. */
static bool is_named_text(const struct ct_arg *arg)
{
	static const char *const names[] = { "name", "symbol", "deviceName", "fileName", "path" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(arg->name, names[i]))
			return true;
	return false;
}

static void redact_arg(struct col_redact *r, enum ct_layer layer, const struct ct_arg *from,
		       struct ct_arg *to)
{
	*to = *from;
	if (!from->known)
		return;
	switch (from->kind) {
	case CT_KIND_PTR:
	case CT_KIND_HANDLE:
	case CT_KIND_KERNEL:
		to->value.u = col_redact_address(r, from->value.u);
		to->label = hashed(r, &r->scratch,
				   from->kind == CT_KIND_KERNEL ? "kernel" : "symbol", from->label);
		break;
	case CT_KIND_TEXT:
		if (from->text && is_enumerator(from->text) && !is_named_text(from))
			break;
		/* fallthrough */
	case CT_KIND_STR:
	case CT_KIND_BYTES:
		to->text = hashed(r, &r->scratch, "text", from->text);
		to->truncated = false;
		break;
	case CT_KIND_ENUM:
		/* CUDA's enumerators are no secret; NVTX's categories have the program's names. */
		if (layer == CT_LAYER_NVTX)
			to->label = hashed(r, &r->scratch, "category", from->label);
		break;
	default:
		break;
	}
}

static const char *file_name(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path;
}

void col_redact_event(struct col_redact *r, const struct ct_event *from, struct ct_event *to)
{
	ut_arena_reset(&r->scratch);
	*to = (struct ct_event){
		.type = from->type,
		.layer = from->layer,
		.flags = from->flags,
		.ordinal = from->ordinal,
		.name = from->name,
		.entry = from->entry,
		.domain = from->domain,
		.abi = from->abi,
		.process = from->process,
		.pid = from->pid,
		.tid = from->tid,
		.thread_name = hashed(r, &r->scratch, "t", from->thread_name),
		.start_ns = from->start_ns,
		.end_ns = from->end_ns,
		.result_kind = from->result_kind,
		.result = from->result,
		.result_name = from->result_name,
		.caller = col_redact_address(r, from->caller),
		.caller_module = hashed(r, &r->scratch, "file", file_name(from->caller_module)),
		.caller_offset = from->caller_offset,
		.range = from->range,
		.range_name = hashed(r, &r->scratch, "range", from->range_name),
		.range_domain = hashed(r, &r->scratch, "domain", from->range_domain),
		.range_id = from->range_id,
		.range_end_ns = from->range_end_ns,
		.range_pop_ns = from->range_pop_ns,
		.lost_full = from->lost_full,
		.lost_reentered = from->lost_reentered,
		.lost_other = from->lost_other,
		.lost_cause = from->lost_cause,
		.nargs = from->nargs,
	};
	/* The values that kernels got are the last ones, if there are any. */
	while (to->nargs && ct_is_kernel_arg(&from->args[to->nargs - 1]))
		to->nargs--;
	for (unsigned int i = 0; i < to->nargs; i++)
		redact_arg(r, from->layer, &from->args[i], &to->args[i]);
}
