/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record's bytes as an event, by the function's row of the `api` text. Text is copied to the
 * trace's scratch memory, for the cursor moves on before the event is handed out.
 */
#include <stdio.h>
#include <string.h>

#include "reader/native.h"
#include "util/xalloc.h"

/* ---- values -------------------------------------------------------------------------------- */

/* Little endian, as every machine that writes traces is. */
static uint64_t load_unsigned(const uint8_t *bytes, unsigned int size)
{
	uint64_t value = 0;

	memcpy(&value, bytes, size <= sizeof(value) ? size : sizeof(value));
	return value;
}

/* The sign is carried up from the width that the value was recorded in. */
static int64_t load_signed(const uint8_t *bytes, unsigned int size)
{
	uint64_t value = load_unsigned(bytes, size);
	unsigned int unused = size < 8 ? 64 - 8 * size : 0;

	return (int64_t)(value << unused) >> unused;
}

static void load_float(struct ct_arg *arg, const uint8_t *bytes, unsigned int size)
{
	float single;

	if (size == sizeof(arg->value.f)) {
		memcpy(&arg->value.f, bytes, size);
		return;
	}
	memcpy(&single, bytes, sizeof(single));
	arg->value.f = single;
}

/* A|B|0x40 */
static const char *flags_label(struct rd_trace *trace, const struct rd_enum *values, uint64_t bits)
{
	const char *label = rd_enum_name(values, (int64_t)bits), *name;
	uint64_t flag;
	size_t i;

	if (label || !bits)
		return label ? label : "0";
	for (i = 0; values && i < values->count; i++) {
		flag = (uint64_t)values->by_bits[i].value;
		name = values->by_bits[i].name;
		if (!flag || (bits & flag) != flag)
			continue;
		bits &= ~flag;
		label = label ? ut_arena_printf(&trace->scratch, "%s|%s", label, name) : name;
	}
	if (!bits)
		return label;
	return ut_arena_printf(&trace->scratch, "%s%s0x%llx", label ? label : "", label ? "|" : "",
			       (unsigned long long)bits);
}

/* The recorder pads with NULs: a text without one filled its room and may have been longer. */
static void load_text(struct rd_trace *trace, struct ct_arg *arg, const uint8_t *bytes,
		      unsigned int size)
{
	size_t length = strnlen((const char *)bytes, size);

	arg->truncated = length == size;
	arg->text = ut_arena_copy(&trace->scratch, (const char *)bytes, length);
}

/* What is not understood is shown, not left out. */
static void load_bytes(struct rd_trace *trace, struct ct_arg *arg, const uint8_t *bytes,
		       unsigned int size)
{
	char *text = ut_arena_alloc(&trace->scratch, 2 * (size_t)size + 1);
	unsigned int i;

	for (i = 0; i < size; i++) {
		text[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		text[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
	text[2 * size] = '\0';
	arg->kind = CT_KIND_BYTES;
	arg->text = text;
}

/* Whether a value of this kind can have this size; what cannot is shown as bytes. */
static bool fits_kind(enum ct_kind kind, unsigned int size)
{
	switch (kind) {
	case CT_KIND_DIM3:
		return size == 12;
	case CT_KIND_FLOAT:
		return size == 4 || size == 8;
	case CT_KIND_STR:
	case CT_KIND_BYTES:
		return true;
	default:
		return size == 1 || size == 2 || size == 4 || size == 8;
	}
}

/* A value and, where it has one, its name in the trace's own enumerations. */
static void load_value(struct rd_trace *trace, struct ct_arg *arg, const struct rd_param *param,
		       const uint8_t *bytes)
{
	if (!fits_kind(param->kind, param->size)) {
		load_bytes(trace, arg, bytes, param->size);
		return;
	}
	switch (param->kind) {
	case CT_KIND_INT:
		arg->value.i = load_signed(bytes, param->size);
		break;
	case CT_KIND_ENUM:
		arg->value.i = load_signed(bytes, param->size);
		arg->label = rd_enum_name(param->values, arg->value.i);
		break;
	case CT_KIND_FLAGS:
		arg->value.u = load_unsigned(bytes, param->size);
		arg->label = flags_label(trace, param->values, arg->value.u);
		break;
	case CT_KIND_DIM3:
		memcpy(arg->value.xyz, bytes, sizeof(arg->value.xyz));
		break;
	case CT_KIND_FLOAT:
		load_float(arg, bytes, param->size);
		break;
	case CT_KIND_STR:
		load_text(trace, arg, bytes, param->size);
		break;
	case CT_KIND_BYTES:
		load_bytes(trace, arg, bytes, param->size);
		break;
	default:
		arg->value.u = load_unsigned(bytes, param->size);
	}
}

/* ---- arguments ----------------------------------------------------------------------------- */

/* What a key was called at the time of the call. */
static const char *defined_name(const struct rd_native *native, const struct rd_ring *ring,
				enum ctr_def_kind kind, uint64_t key)
{
	/* A kernel is resolved, and so defined, within the first call that uses it. */
	uint64_t when = ring->record_flags & CTR_CELLS_IN_FLIGHT ? UINT64_MAX : ring->record[0].end;
	const struct rd_definition *definition;

	if (!key)
		return NULL;
	definition = rd_definitions_find(&native->definitions, ring->process, kind, key, when);
	return definition ? rd_definition_get(definition, "name") : NULL;
}

/*
 * Whether a value is known depends on the cell's mark and not on the result: the recorder sets it
 * only when it has written the outputs.
 */
static void decode_arg(struct rd_trace *trace, const struct rd_native *native,
		       const struct rd_ring *ring, const struct rd_param *param, struct ct_arg *arg)
{
	const struct ctr_cell *cell = ring->record;
	const uint8_t *payload = cell->payload;
	size_t room = (size_t)cell->ncells * CTR_CELL_SIZE - CTR_CELL_HEAD_SIZE;
	bool has_outputs = cell->flags & CTR_CELL_OUTPUTS &&
			   !(ring->record_flags & CTR_CELLS_IN_FLIGHT);

	*arg = (struct ct_arg){
		.name = param->name,
		.type = param->type,
		.kind = param->kind,
		.direction = param->direction,
	};
	if ((size_t)param->offset + param->size > room)
		return;
	arg->known = param->direction == CT_IN || has_outputs;
	if (!arg->known) {
		/* Until then the slot holds the pointer itself, if it fits in. */
		if (param->size == sizeof(uint64_t))
			arg->value.u = load_unsigned(payload + param->offset, param->size);
		return;
	}
	load_value(trace, arg, param, payload + param->offset);
	if (arg->kind == CT_KIND_KERNEL)
		arg->label = defined_name(native, ring, CTR_DEF_KERNEL, arg->value.u);
	else if (arg->kind == CT_KIND_PTR)
		arg->label = defined_name(native, ring, CTR_DEF_SYMBOL, arg->value.u);
}

/* ---- calls --------------------------------------------------------------------------------- */

static void decode_caller(struct rd_process *process, struct ct_event *event, uint64_t caller)
{
	struct rd_place place = rd_places_find(&process->places, caller);

	event->caller = caller;
	event->caller_module = place.module;
	event->caller_offset = place.offset;
	event->caller_function = place.function;
	event->caller_function_offset = place.function_offset;
}

static void decode_stack(const struct rd_native *native, const struct rd_ring *ring,
			 struct ct_event *event)
{
	const struct ctr_cell *cell = ring->record;
	struct ctr_cell_stack stack;

	if (!(cell->flags & CTR_CELL_STACK) || cell->ncells < 2)
		return;
	memcpy(&stack, cell + cell->ncells - 1, sizeof(stack));
	event->stack = rd_stacks_find(&native->stacks, ring->process, stack.stack);
}

static void decode_result(const struct rd_native *native, const struct rd_function *function,
			  struct ct_event *event, int32_t result)
{
	event->result_kind = function->result_kind;
	event->result = result;
	if (!function->has_status)
		return;
	event->result_name = rd_api_status_name(native->api, result);
	if (result)
		event->flags |= rd_is_expected(function, result) ? CT_EVENT_EXPECTED
								 : CT_EVENT_FAILED;
}

/* The end, kept within the calls that are open: an unreturned call may lie in one that returned. */
static void decode_end(struct rd_native *native, struct rd_ring *ring, struct ct_event *event)
{
	uint64_t end =
		ring->record_flags & CTR_CELLS_IN_FLIGHT
			? native->processes[ring->process].last_ns
			: rd_clock_ns(&native->clock, ring->record_clock, ring->record[0].end);

	if (end < event->start_ns)
		end = event->start_ns;
	while (ring->nopen && ring->open_ends[ring->nopen - 1] <= event->start_ns)
		ring->nopen--;
	if (ring->nopen && end > ring->open_ends[ring->nopen - 1])
		end = ring->open_ends[ring->nopen - 1];
	if (ring->nopen < RD_NESTING)
		ring->open_ends[ring->nopen++] = end;
	event->end_ns = end;
}

static void decode_call(struct rd_trace *trace, struct rd_native *native, struct rd_ring *ring,
			struct ct_event *event)
{
	const struct ctr_cell *cell = ring->record;
	const struct rd_function *function = rd_api_function(native->api, cell->function);
	unsigned int i;

	event->type = CT_EVENT_CALL;
	event->flags |= cell->flags & CTR_CELL_PER_THREAD ? CT_EVENT_PER_THREAD : 0;
	event->flags |= cell->flags & CTR_CELL_WAITED ? CT_EVENT_WAITED : 0;
	event->abi = rd_api_abi(native->api, (cell->flags & CTR_CELL_ABI) >> CTR_CELL_ABI_SHIFT);
	decode_end(native, ring, event);
	decode_caller(&native->processes[ring->process], event, cell->caller);
	decode_stack(native, ring, event);
	if (!function) {
		event->name = ut_arena_printf(&trace->scratch, "function_%u", cell->function);
		event->entry = event->name;
		return;
	}
	event->name = function->name;
	event->entry = event->flags & CT_EVENT_PER_THREAD && function->twin ? function->twin
									    : function->name;
	event->domain = function->domain;
	if (!(event->flags & CT_EVENT_IN_FLIGHT))
		decode_result(native, function, event, cell->result);
	event->nargs = function->nparams;
	for (i = 0; i < function->nparams; i++)
		decode_arg(trace, native, ring, &function->params[i], &event->args[i]);
}

/* ---- control records ----------------------------------------------------------------------- */

static void set_thread(const struct rd_native *native, struct rd_ring *ring, uint32_t pid,
		       uint32_t tid)
{
	/* A thread that is not known, for the ring's beginning was overwritten, gets a number that
	 * no thread of the system has, so that it is not taken for another one. */
	ring->pid = pid ? pid : native->processes[ring->process].info.pid;
	ring->tid = tid ? tid : 0x40000000u + (ring->number & 0xffffffu);
	ring->nopen = 0;
}

/* The ring may have been another thread's before. */
static void decode_thread(struct rd_native *native, struct rd_ring *ring, struct ct_event *event)
{
	struct ctr_control_thread thread;

	memcpy(&thread, ring->record[0].payload, sizeof(thread));
	set_thread(native, ring, thread.pid, thread.tid);
	memcpy(ring->thread_name, thread.name, sizeof(thread.name));
	ring->thread_name[sizeof(thread.name)] = '\0';
	event->type = CT_EVENT_THREAD;
	event->end_ns = event->start_ns;
}

static const char *loss_cause(int32_t why)
{
	static const char *const causes[] = {
		[CTR_LOSS_NO_RING] = "no-ring",
		[CTR_LOSS_TRACE_DISK] = "trace-disk",
		[CTR_LOSS_OVERWRITTEN] = "overwritten",
		[CTR_LOSS_DAMAGED] = "damaged",
	};

	return why > 0 && why <= CTR_LOSS_DAMAGED ? causes[why] : "";
}

/* The record stands where there was room again; its times tell since when there was none. */
static void decode_loss(struct rd_native *native, struct rd_ring *ring, struct ct_event *event)
{
	struct ctr_control_loss loss;

	memcpy(&loss, ring->record[0].payload, sizeof(loss));
	event->type = CT_EVENT_LOSS;
	event->lost_full = loss.full;
	event->lost_reentered = loss.reentered;
	event->lost_other = loss.other;
	event->lost_cause = loss_cause(ring->record[0].result);
	event->end_ns = rd_clock_ns(&native->clock, ring->record_clock, ring->record[0].end);
	if (event->end_ns < event->start_ns)
		event->end_ns = event->start_ns;
}

bool rd_decode(struct rd_trace *trace, struct rd_native *native, struct rd_ring *ring,
	       struct ct_event *event)
{
	const struct ctr_cell *cell = ring->record;

	if (!ring->tid)
		set_thread(native, ring, 0, 0);
	/* All but the arguments, which are most of it. */
	memset(event, 0, offsetof(struct ct_event, args));
	event->process = ring->process;
	event->start_ns = ring->start_ns;
	event->name = event->entry = event->domain = event->result_kind = event->lost_cause = "";
	if (ring->record_flags & CTR_CELLS_IN_FLIGHT || cell->flags & CTR_CELL_LEFT)
		event->flags |= CT_EVENT_IN_FLIGHT;
	if (cell->function == CTR_CONTROL_THREAD && cell->ncells >= 2)
		decode_thread(native, ring, event);
	else if (cell->function == CTR_CONTROL_LOSS)
		decode_loss(native, ring, event);
	else if (cell->function >= CTR_FIRST_FUNCTION)
		decode_call(trace, native, ring, event);
	else
		return false;
	event->pid = ring->pid;
	event->tid = ring->tid;
	event->thread_name = ring->thread_name;
	return true;
}
