/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of an event and of what it did goes into which column. Integers are signed and of 64 bits
 * everywhere, as every database has them: what does not fit (the size of an allocation that was
 * refused for it) is not there, but stands in the arguments.
 */
#include "write/flat.h"

#include <string.h>

#include "util/format.h"

const char *const wr_flat_names[WR_FLAT_WIDTH] = {
#define X(name, type) #name,
	WR_FLAT_COLUMNS(X)
#undef X
};

#define SET_INTEGER(name, number)     (row[WR_FLAT_##name] = make_integer(number))
#define SET_TEXT(name, string, lasts) (row[WR_FLAT_##name] = make_text(string, lasts))
#define SET_ADDRESS(name, number)     (row[WR_FLAT_##name] = make_address(number))

static inline struct wr_cell make_integer(uint64_t number)
{
	if (number > INT64_MAX)
		return (struct wr_cell){ .type = WR_CELL_NULL };
	return (struct wr_cell){ .type = WR_CELL_INTEGER, .value.integer = (int64_t)number };
}

static inline struct wr_cell make_signed(int64_t number)
{
	return (struct wr_cell){ .type = WR_CELL_INTEGER, .value.integer = number };
}

static inline struct wr_cell make_text(const char *string, bool lasts)
{
	return (struct wr_cell){ .type = string && *string ? WR_CELL_TEXT : WR_CELL_NULL,
				 .lasting = lasts,
				 .value.text = string };
}

static inline struct wr_cell make_address(uint64_t address)
{
	return (struct wr_cell){ .type = address ? WR_CELL_ADDRESS : WR_CELL_NULL,
				 .value.address = address };
}

void wr_flat_place(const struct ct_header *header, const struct ct_event *event,
		   struct wr_cell row[WR_FLAT_WIDTH])
{
	const struct ct_process_info *process =
		event->process < header->nprocesses ? &header->processes[event->process] : NULL;

	if (process && process->world_size > 0)
		row[WR_FLAT_rank] = make_signed(process->rank);
	else if (header->world_size > 0)
		row[WR_FLAT_rank] = make_signed(header->rank);
	SET_TEXT(host, process && process->host ? process->host : header->host, true);
	SET_INTEGER(process, event->process);
	SET_INTEGER(pid, event->pid);
	SET_INTEGER(tid, event->tid);
	if (process)
		SET_TEXT(program, process->name, true);
	SET_TEXT(thread, event->thread_name, false);
}

static void fill_time(const struct ct_header *header, const struct ct_event *event,
		      struct wr_cell *row)
{
	SET_INTEGER(ordinal, event->ordinal);
	SET_INTEGER(start_ns, event->start_ns);
	row[WR_FLAT_relative_ns] =
		make_signed((int64_t)(event->start_ns - header->start_realtime_ns));
	SET_INTEGER(duration_ns, event->end_ns - event->start_ns);
}

const char *wr_outcome(const struct ct_header *header, const struct ct_event *event)
{
	if (header->lacks & CT_LACKS_RESULTS)
		return NULL;
	if (event->flags & CT_EVENT_IN_FLIGHT)
		return "in flight";
	if (event->flags & CT_EVENT_FAILED)
		return "failed";
	return event->flags & CT_EVENT_EXPECTED ? "expected" : "ok";
}

static void fill_result(const struct ct_event *event, struct wr_cell *row)
{
	bool is_status = !strcmp(event->result_kind, "status");

	if (event->flags & CT_EVENT_IN_FLIGHT)
		return;
	if (is_status)
		SET_TEXT(result, event->result_name, event->lasting);
	if (is_status || !strcmp(event->result_kind, "int"))
		row[WR_FLAT_result_code] = make_signed(event->result);
	else if (!strcmp(event->result_kind, "uint"))
		row[WR_FLAT_result_code] = make_signed((uint32_t)event->result);
}

static void fill_caller(const struct ct_event *event, struct wr_cell *row)
{
	if (event->caller_module) {
		SET_TEXT(caller_module, event->caller_module, event->lasting);
		SET_ADDRESS(caller_offset, event->caller_offset);
	}
	SET_TEXT(caller_function, event->caller_function, event->lasting);
}

static void fill_shape(const struct wr_detail *detail, bool lasting, struct wr_cell *row)
{
	SET_TEXT(kernel, detail->kernel, lasting);
	if (!detail->has_shape)
		return;
	for (int i = 0; i < 3; i++) {
		row[WR_FLAT_grid_x + i] = make_integer(detail->grid[i]);
		row[WR_FLAT_block_x + i] = make_integer(detail->block[i]);
	}
	SET_INTEGER(shared_bytes, detail->shared);
}

static void fill_effect(const struct wr_detail *detail, bool lasting, struct wr_cell *row)
{
	if (detail->effect) {
		SET_TEXT(effect, wr_effect_name(detail->effect), true);
		if (detail->bytes_known)
			SET_INTEGER(bytes, detail->bytes);
		SET_TEXT(direction, detail->direction, true);
		SET_TEXT(memory, detail->memory, true);
		if (detail->device >= 0)
			SET_INTEGER(device, (uint64_t)detail->device);
		row[WR_FLAT_asynchronous] = (struct wr_cell){
			.type = WR_CELL_BOOLEAN,
			.value.boolean = detail->asynchronous,
		};
		SET_ADDRESS(address, detail->at);
		SET_ADDRESS(destination, detail->to);
		SET_ADDRESS(source, detail->from);
		SET_TEXT(waits_for, detail->waits_for, true);
		fill_shape(detail, lasting, row);
	}
	if (detail->has_stream)
		SET_TEXT(stream, detail->stream_name, true);
	if (detail->allocation)
		SET_INTEGER(allocation, detail->allocation);
	if (detail->nlive == 1)
		SET_INTEGER(live_bytes, detail->live[0].bytes);
}

bool wr_flat_row(const struct ct_header *header, const struct ct_event *event,
		 const struct wr_detail *detail, struct wr_cell row[WR_FLAT_WIDTH])
{
	if (event->type == CT_EVENT_THREAD)
		return false;
	memset(row, 0, WR_FLAT_WIDTH * sizeof(*row));
	SET_TEXT(event, event->type == CT_EVENT_CALL ? "call" : "loss", true);
	fill_time(header, event, row);
	if (event->type == CT_EVENT_LOSS) {
		SET_INTEGER(lost, event->lost_full + event->lost_reentered + event->lost_other);
		return true;
	}
	SET_TEXT(domain, event->domain, event->lasting);
	SET_TEXT(function, event->name, event->lasting);
	SET_TEXT(outcome, wr_outcome(header, event), true);
	if (!(header->lacks & CT_LACKS_RESULTS))
		fill_result(event, row);
	if (detail)
		fill_effect(detail, event->lasting, row);
	fill_caller(event, row);
	if (!(header->lacks & CT_LACKS_ARGUMENTS))
		row[WR_FLAT_arguments] = (struct wr_cell){ .type = WR_CELL_ARGUMENTS };
	return true;
}
