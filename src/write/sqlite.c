/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database with the tables of Nsight Systems' export that a trace of calls can fill, by their
 * names and columns, so that queries which were written for those run; and tables of our own for
 * what those have not, or have only as of the GPU: when a kernel ran or a copy took place is not
 * known here, and is not made up. sqlite_schema.h has both.
 */
#include <stdlib.h>

#include "util/utf8.h"
#include "util/xalloc.h"
#include "write/arguments.h"
#include "write/flat.h"
#include "write/sqlite_internal.h"

/* ---- columns ------------------------------------------------------------------------------- */

/* What is not UTF-8 is no text to those who read a database. */
void sq_out_text(struct sqlite *w, const char *text)
{
	size_t length = strlen(text), size;
	uint32_t code;

	if (wr_is_plain(text, length)) {
		sq_text(&w->file, text, length);
		return;
	}
	w->scratch.used = 0;
	for (; length; text += size, length -= size) {
		size = ut_utf8_char(text, length, &code);
		if (size) {
			wr_text_raw(&w->scratch, text, size);
		} else {
			wr_text_literal(&w->scratch, "\xef\xbf\xbd");
			size = 1;
		}
	}
	sq_text(&w->file, w->scratch.data, w->scratch.used);
}

void sq_out_text_or_null(struct sqlite *w, const char *text)
{
	if (text)
		sq_out_text(w, text);
	else
		sq_null(&w->file);
}

/* Numbers above 2^63, as of an allocation that was refused for it, have no place in a column. */
void sq_out_count(struct sqlite *w, uint64_t number)
{
	if (number <= INT64_MAX)
		sq_integer(&w->file, (int64_t)number);
	else
		sq_null(&w->file);
}

static void out_address(struct sqlite *w, uint64_t address)
{
	if (address)
		sq_integer(&w->file, (int64_t)address);
	else
		sq_null(&w->file);
}

/* A row of its own in StringIds, when the text is met for the first time: outside of other rows. */
static uint32_t string_id(struct sqlite *w, const char *text, bool lasting)
{
	bool is_new;
	uint32_t id;

	if (!text)
		return 0;
	id = wr_intern(&w->strings, text, lasting, &is_new);
	if (is_new) {
		sq_null(&w->file);
		sq_out_text(w, text);
		sq_add(&w->file, SQ_STRING_IDS, id);
	}
	return id;
}

static void out_id(struct sqlite *w, uint32_t id)
{
	if (id)
		sq_integer(&w->file, id);
	else
		sq_null(&w->file);
}

static int64_t relative_ns(const struct sqlite *w, uint64_t time_ns)
{
	return (int64_t)(time_ns - w->header->start_realtime_ns);
}

static void *begin(const struct wr_target *target, const struct ct_header *header)
{
	struct sqlite *w = ut_xcalloc(1, sizeof(*w));

	w->header = header;
	w->last_ns = header->start_realtime_ns;
	w->callchains = ut_xcalloc((size_t)header->nframes / 8 + 1, 1);
	sq_begin(&w->file, target->fd);
	for (size_t i = 0; i < SQ_TABLES; i++)
		sq_table(&w->file, sq_tables[i].name, sq_tables[i].sql);
	for (size_t i = 0; sq_views[i].name; i++)
		sq_view(&w->file, sq_views[i].name, sq_views[i].sql);
	sq_add_run(w);
	return w;
}

/* ---- calls --------------------------------------------------------------------------------- */

static void add_thread(struct sqlite *w, struct wr_thread *thread, const struct ct_event *event)
{
	uint32_t name = string_id(w, event->thread_name ? event->thread_name : "", false);

	sq_integer(&w->file, name);
	sq_null(&w->file);
	sq_integer(&w->file, sq_global_id(event->pid, event->tid));
	sq_add(&w->file, SQ_THREAD_NAMES, 0);
	thread->described = true;
}

static void add_runtime(struct sqlite *w, const struct ct_event *event)
{
	uint32_t name = string_id(w, event->name, event->lasting);
	bool in_flight = event->flags & CT_EVENT_IN_FLIGHT;

	sq_integer(&w->file, relative_ns(w, event->start_ns));
	/* How long it would have taken nobody knows, and sums leave NULL out. */
	if (in_flight)
		sq_null(&w->file);
	else
		sq_integer(&w->file, relative_ns(w, event->end_ns));
	sq_integer(&w->file, 0);
	sq_integer(&w->file, sq_global_id(event->pid, event->tid));
	sq_integer(&w->file, (int64_t)event->ordinal);
	sq_integer(&w->file, name);
	if (in_flight || w->header->lacks & CT_LACKS_RESULTS)
		sq_null(&w->file);
	else
		sq_integer(&w->file, event->result);
	if (event->stack && event->stack <= w->header->nframes) {
		w->callchains[event->stack / 8] |= (uint8_t)(1u << event->stack % 8);
		sq_integer(&w->file, event->stack);
	} else {
		sq_null(&w->file);
	}
	sq_add(&w->file, SQ_RUNTIME, 0);
}

static void add_call(struct sqlite *w, const struct ct_event *event)
{
	bool lasting = event->lasting;
	uint32_t domain = string_id(w, event->domain, lasting);
	uint32_t outcome = string_id(w, wr_outcome(w->header, event), true);
	uint32_t result = string_id(w, event->result_name, lasting);
	uint32_t module = string_id(w, event->caller_module, lasting);
	uint32_t function = string_id(w, event->caller_function, lasting);

	sq_null(&w->file); /* the row's number */
	sq_integer(&w->file, event->process);
	out_id(w, domain);
	out_id(w, outcome);
	out_id(w, result);
	out_id(w, module);
	if (module)
		sq_integer(&w->file, (int64_t)event->caller_offset);
	else
		sq_null(&w->file);
	out_id(w, function);
	if (w->header->lacks & CT_LACKS_ARGUMENTS) {
		sq_null(&w->file);
	} else {
		w->scratch.used = 0;
		wr_arguments(&w->scratch, event, WR_QUOTED_NOT, &w->cache);
		sq_text(&w->file, w->scratch.data, w->scratch.used);
	}
	sq_add(&w->file, SQ_CALL, (int64_t)event->ordinal);
}

/* ---- what calls did ------------------------------------------------------------------------ */

static void out_bytes(struct sqlite *w, const struct wr_detail *detail)
{
	if (detail->bytes_known)
		sq_out_count(w, detail->bytes);
	else
		sq_null(&w->file);
}

/* The stream's short name and its handle, which is 0 of the default stream. */
static void out_stream(struct sqlite *w, const struct wr_detail *detail, uint32_t name)
{
	out_id(w, name);
	if (detail->has_stream)
		sq_integer(&w->file, (int64_t)detail->stream);
	else
		sq_null(&w->file);
}

static uint32_t stream_id(struct sqlite *w, const struct wr_detail *detail)
{
	return detail->has_stream ? string_id(w, detail->stream_name, true) : 0;
}

static void add_copy(struct sqlite *w, const struct ct_event *event, const struct wr_detail *detail)
{
	uint32_t direction = string_id(w, detail->direction, true);
	uint32_t stream = stream_id(w, detail);

	sq_null(&w->file);
	out_bytes(w, detail);
	if (detail->effect == WR_COPY)
		out_id(w, direction);
	out_address(w, detail->to);
	if (detail->effect == WR_COPY)
		out_address(w, detail->from);
	sq_integer(&w->file, detail->asynchronous);
	out_stream(w, detail, stream);
	sq_add(&w->file, detail->effect == WR_COPY ? SQ_COPY : SQ_SET, (int64_t)event->ordinal);
}

static void add_launch(struct sqlite *w, const struct ct_event *event,
		       const struct wr_detail *detail)
{
	uint32_t effect = string_id(w, wr_effect_name(detail->effect), true);
	uint32_t kernel = string_id(w, detail->kernel, event->lasting);
	uint32_t stream = stream_id(w, detail);

	sq_null(&w->file);
	out_id(w, effect);
	out_id(w, kernel);
	for (int i = 0; i < 7; i++) {
		if (!detail->has_shape)
			sq_null(&w->file);
		else if (i < 3)
			sq_integer(&w->file, detail->grid[i]);
		else if (i < 6)
			sq_integer(&w->file, detail->block[i - 3]);
		else
			sq_out_count(w, detail->shared);
	}
	out_stream(w, detail, stream);
	sq_add(&w->file, SQ_LAUNCH, (int64_t)event->ordinal);
}

static void add_wait(struct sqlite *w, const struct ct_event *event, const struct wr_detail *detail)
{
	uint32_t waits_for = string_id(w, detail->waits_for, true);
	uint32_t stream = stream_id(w, detail);

	sq_null(&w->file);
	out_id(w, waits_for);
	out_stream(w, detail, stream);
	sq_add(&w->file, SQ_WAIT, (int64_t)event->ordinal);
}

static void add_memory(struct sqlite *w, const struct ct_event *event,
		       const struct wr_detail *detail)
{
	static const char *const names[] = {
		[WR_ALLOCATED] = "allocated",
		[WR_FREED] = "freed",
		[WR_FREED_TWICE] = "freed twice",
		[WR_FREED_UNKNOWN] = "freed unknown",
		[WR_RESET] = "reset",
	};
	uint32_t change = string_id(w, names[detail->change], true);
	uint32_t memory = string_id(w, detail->memory, true);

	sq_null(&w->file);
	out_id(w, change);
	out_address(w, detail->allocation);
	out_id(w, memory);
	if (detail->device >= 0)
		sq_integer(&w->file, detail->device);
	else
		sq_null(&w->file);
	out_address(w, detail->at);
	out_bytes(w, detail);
	if (detail->nlive == 1)
		sq_out_count(w, detail->live[0].bytes);
	else
		sq_null(&w->file);
	sq_add(&w->file, SQ_MEMORY, (int64_t)event->ordinal);
}

static void add_detail(struct sqlite *w, const struct ct_event *event,
		       const struct wr_detail *detail)
{
	switch (detail->effect) {
	case WR_COPY:
	case WR_SET:
		add_copy(w, event, detail);
		break;
	case WR_LAUNCH:
	case WR_GRAPH_LAUNCH:
		add_launch(w, event, detail);
		break;
	case WR_WAIT:
		add_wait(w, event, detail);
		break;
	default:
		break;
	}
	if (detail->change != WR_UNCHANGED)
		add_memory(w, event, detail);
}

static void add_loss(struct sqlite *w, const struct ct_event *event)
{
	uint32_t cause = string_id(w, event->lost_cause, false);

	sq_null(&w->file);
	sq_integer(&w->file, relative_ns(w, event->start_ns));
	sq_integer(&w->file, relative_ns(w, event->end_ns));
	sq_integer(&w->file, sq_global_id(event->pid, event->tid));
	sq_out_count(w, event->lost_full);
	sq_out_count(w, event->lost_reentered);
	sq_out_count(w, event->lost_other);
	out_id(w, cause);
	sq_add(&w->file, SQ_LOSS, (int64_t)event->ordinal);
}

static int write_event(void *writer, const struct ct_event *event, const struct wr_detail *detail)
{
	struct sqlite *w = writer;
	struct wr_thread *thread = wr_threads_get(&w->threads, event);

	if (!thread->described)
		add_thread(w, thread, event);
	if (event->end_ns > w->last_ns)
		w->last_ns = event->end_ns;
	if (event->type == CT_EVENT_LOSS)
		add_loss(w, event);
	if (event->type != CT_EVENT_CALL)
		return w->file.error;
	add_runtime(w, event);
	add_call(w, event);
	if (detail)
		add_detail(w, event, detail);
	return w->file.error;
}

/* ---- the end ------------------------------------------------------------------------------- */

#define MAX_DEPTH 1024

/* A stack, the innermost frame first. */
static void add_callchain(struct sqlite *w, uint32_t innermost)
{
	uint32_t number = innermost, depth;

	for (depth = 0; number && number <= w->header->nframes && depth < MAX_DEPTH; depth++) {
		const struct ct_frame *f = &w->header->frames[number - 1];
		uint32_t symbol = string_id(w, f->function ? f->function : "[unknown]", true);
		uint32_t module = string_id(w, f->module ? f->module : "[unknown]", true);

		sq_integer(&w->file, innermost);
		sq_integer(&w->file, symbol);
		sq_integer(&w->file, module);
		sq_integer(&w->file, !f->function);
		sq_integer(&w->file, (int64_t)(f->module ? f->offset : f->address));
		sq_integer(&w->file, depth);
		sq_add(&w->file, SQ_CALLCHAINS, 0);
		number = f->parent;
	}
}

static int end(void *writer)
{
	struct sqlite *w = writer;
	int error;

	for (uint32_t i = 1; i <= w->header->nframes; i++)
		if (w->callchains[i / 8] & 1u << i % 8)
			add_callchain(w, i);
	sq_integer(&w->file, sq_global_id(0, 0));
	sq_integer(&w->file, relative_ns(w, w->last_ns));
	sq_integer(&w->file, 0);
	sq_integer(&w->file, relative_ns(w, w->last_ns));
	sq_add(&w->file, SQ_DETAILS, 0);
	error = sq_end(&w->file);
	wr_intern_free(&w->strings);
	wr_threads_free(&w->threads);
	wr_text_free(&w->scratch);
	free(w->callchains);
	free(w);
	return error;
}

static const char *const endings[] = { ".sqlite", ".sqlite3", ".db", NULL };

extern const struct wr_format wr_format_sqlite;
const struct wr_format wr_format_sqlite = {
	.name = "sqlite",
	.endings = endings,
	.needs = WR_FLAT_NEEDS,
	.seeks = true,
	.begin = begin,
	.event = write_event,
	.end = end,
};
