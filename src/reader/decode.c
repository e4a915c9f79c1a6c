/* SPDX-License-Identifier: Apache-2.0 */
/* A record's bytes as an event, by the function's row of the `api` text. */
#include <stddef.h>
#include <string.h>

#include "reader/arguments.h"
#include "reader/native.h"
#include "reader/nvtx.h"

/* ---- calls --------------------------------------------------------------------------------- */

/* Callers are few, and each makes many calls: those that were seen last are at hand. */
static void decode_caller(struct rd_native *native, uint32_t process, struct ct_event *event,
			  uint64_t caller)
{
	struct rd_caller *known =
		&native->callers[(caller ^ caller >> 9 ^ process) & (RD_CALLERS - 1)];

	if (known->address != caller || known->process != process) {
		known->address = caller;
		known->process = process;
		known->place = rd_places_find(&native->processes[process].places, caller);
	}
	event->caller = caller;
	event->caller_module = known->place.module;
	event->caller_offset = known->place.offset;
	event->caller_function = known->place.function;
	event->caller_function_offset = known->place.function_offset;
}

/* How the call came about: its stack, and what was done to it. */
static void decode_stack(const struct rd_native *native, const struct rd_ring *ring,
			 struct ct_event *event)
{
	const struct ctr_cell *cell = ring->record;
	struct ctr_cell_stack stack;

	if (!(cell->flags & CTR_CELL_STACK) || cell->ncells < 2)
		return;
	memcpy(&stack, cell + cell->ncells - 1, sizeof(stack));
	if (stack.injected & CTR_INJECTED_ERROR)
		event->flags |= CT_EVENT_INJECTED;
	if (stack.injected & CTR_INJECTED_DELAY)
		event->flags |= CT_EVENT_DELAYED;
	event->stack = rd_stacks_find(&native->stacks, ring->process, stack.stack);
}

static void decode_result(const struct rd_function *function, struct ct_event *event,
			  int32_t result)
{
	event->result_kind = function->result_kind;
	event->result = result;
	if (!function->has_status)
		return;
	if (!result) {
		event->result_name = function->success;
		return;
	}
	event->result_name = rd_status_name(function, result);
	event->flags |= rd_is_expected(function, result) ? CT_EVENT_EXPECTED : CT_EVENT_FAILED;
}

/* The end, kept within the calls that are open: an unreturned call may lie in one that returned. */
static void decode_end(struct rd_native *native, struct rd_ring *ring, struct ct_event *event)
{
	uint64_t end = ring->record_flags & CTR_CELLS_IN_FLIGHT
			       ? native->processes[ring->process].last_ns
			       : rd_clock_ns(&native->clock, ring->record_clock, ring->record->end);

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

/* The function's name is made up: it may be of a recorder whose `api` text was lost. */
static void decode_unknown(struct rd_trace *trace, struct ct_event *event, unsigned int id)
{
	event->name = ut_arena_printf(&trace->scratch, "function_%u", id);
	event->entry = event->name;
	event->function = rd_names_number(&trace->names, event->name);
}

/* What our runtime asks of the driver is asked within one of its calls. */
static void decode_layer(struct rd_ring *ring, struct ct_event *event, enum ct_layer layer)
{
	event->layer = layer;
	if (layer == CT_LAYER_RUNTIME && event->end_ns > ring->runtime_end)
		ring->runtime_end = event->end_ns;
	else if (layer == CT_LAYER_DRIVER && event->start_ns < ring->runtime_end)
		event->flags |= CT_EVENT_INTERNAL;
}

static void decode_call(struct rd_trace *trace, struct rd_native *native, struct rd_ring *ring,
			struct ct_event *event)
{
	const struct ctr_cell *cell = ring->record;
	const struct rd_shape *shape = rd_shape_of(trace, native, cell->function);
	const struct rd_function *function;

	event->type = CT_EVENT_CALL;
	event->flags |= cell->flags & CTR_CELL_PER_THREAD ? CT_EVENT_PER_THREAD : 0;
	event->flags |= cell->flags & CTR_CELL_WAITED ? CT_EVENT_WAITED : 0;
	event->abi = rd_api_abi(native->api, (cell->flags & CTR_CELL_ABI) >> CTR_CELL_ABI_SHIFT);
	decode_end(native, ring, event);
	if (trace->want & RD_WANT_CALLER)
		decode_caller(native, ring->process, event, cell->caller);
	decode_stack(native, ring, event);
	if (!shape) {
		decode_unknown(trace, event, cell->function);
		return;
	}
	function = shape->function;
	event->lasting = true;
	event->function = shape->number;
	decode_layer(ring, event, function->layer);
	event->name = function->name;
	event->entry = event->flags & CT_EVENT_PER_THREAD && function->twin ? function->twin
									    : function->symbol;
	event->domain = function->domain;
	if (!(event->flags & CT_EVENT_IN_FLIGHT))
		decode_result(function, event, cell->result);
	rd_arguments(trace, native, ring, shape, event);
	if (event->layer != CT_LAYER_NVTX)
		return;
	rd_nvtx(trace, native, ring, shape, event);
	if (native->ranges && (event->range == CT_RANGE_PUSH || event->range == CT_RANGE_POP))
		rd_ranges_next(native->ranges, event, native->processes[ring->process].last_ns);
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
	ring->runtime_end = 0;
}

/* The ring may have been another thread's before. */
static void decode_thread(struct rd_native *native, struct rd_ring *ring, struct ct_event *event)
{
	struct ctr_control_thread thread;

	memcpy(&thread, ring->record->payload, sizeof(thread));
	set_thread(native, ring, thread.pid, thread.tid);
	memcpy(ring->thread_name, thread.name, sizeof(thread.name));
	ring->thread_name[sizeof(thread.name)] = '\0';
	ring->given_name = rd_definitions_name(&native->definitions, ring->process, CTR_DEF_THREAD,
					       ring->tid, UINT64_MAX);
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

	memcpy(&loss, ring->record->payload, sizeof(loss));
	event->type = CT_EVENT_LOSS;
	event->lost_full = loss.full;
	event->lost_reentered = loss.reentered;
	event->lost_other = loss.other;
	event->lost_cause = loss_cause(ring->record->result);
	event->end_ns = rd_clock_ns(&native->clock, ring->record_clock, ring->record->end);
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
	event->thread_name = ring->given_name ? ring->given_name : ring->thread_name;
	return true;
}
