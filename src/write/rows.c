/* SPDX-License-Identifier: Apache-2.0 */
#include "write/rows.h"

#include <stdlib.h>

#include "util/xalloc.h"
#include "write/arguments.h"

/* One way in which a text stands in the cache: as a cell. wr_arguments has others. */
#define ROLE_CELL 0

#define FIRST_OF_PLACE WR_FLAT_rank
#define LAST_OF_PLACE  WR_FLAT_thread

static void make_fixed(struct wr_fixed *fixed, const struct wr_text *text)
{
	memcpy(fixed->text, text->data, text->used);
	fixed->length = text->used;
}

static void make_columns(struct wr_rows *w)
{
	struct wr_text text = { .data = NULL };

	wr_text_room(&text, WR_FIXED);
	for (int i = 0; i < WR_FLAT_WIDTH; i++) {
		text.used = 0;
		if (i)
			wr_text_char(&text, ',');
		else if (w->style->keys)
			wr_text_char(&text, '{');
		if (w->style->keys) {
			wr_text_string(&text, wr_flat_names[i], WR_QUOTED_NOT);
			wr_text_char(&text, ':');
		}
		make_fixed(&w->keys[i], &text);
		wr_text_raw(&text, w->style->null, strlen(w->style->null));
		make_fixed(&w->nulls[i], &text);
	}
	wr_text_free(&text);
}

struct wr_rows *wr_rows_begin(const struct wr_row_style *style, const struct wr_target *target,
			      const struct ct_header *header)
{
	struct wr_rows *w = ut_xcalloc(1, sizeof(*w));

	w->header = header;
	w->style = style;
	wr_out_begin(&w->out, target->fd, target->gz);
	make_columns(w);
	return w;
}

/* ---- cells --------------------------------------------------------------------------------- */

static void out_text(struct wr_rows *w, const struct wr_cell *cell)
{
	struct wr_text *line = &w->line;
	const char *text = cell->value.text;
	struct wr_cached *place;
	size_t begin;

	if (!cell->lasting) {
		w->style->text(line, text);
		return;
	}
	place = wr_cache_place(&w->cache, text, ROLE_CELL);
	if (wr_cache_add(place, text, ROLE_CELL, line))
		return;
	begin = line->used;
	w->style->text(line, text);
	wr_cache_keep(place, text, ROLE_CELL, line, begin);
}

/* What may be of any length. */
static void out_long(struct wr_rows *w, const struct wr_cell *cell, const struct ct_event *event)
{
	if (cell->type == WR_CELL_TEXT) {
		out_text(w, cell);
		return;
	}
	wr_text_char(&w->line, '"');
	wr_arguments(&w->line, event, w->style->quoting, &w->cache);
	wr_text_char(&w->line, '"');
}

/* What fits into UT_FORMAT_MAX bytes and two quotes. */
static char *put_short(char *at, const struct wr_cell *cell, char quote)
{
	if (cell->type == WR_CELL_INTEGER)
		return at + ut_format_i64(at, cell->value.integer);
	if (cell->type == WR_CELL_BOOLEAN)
		return cell->value.boolean ? mempcpy(at, "true", 4) : mempcpy(at, "false", 5);
	if (quote)
		*at++ = quote;
	at += ut_format_hex(at, cell->value.address);
	if (quote)
		*at++ = quote;
	return at;
}

/* Room is made for all cells at once, and again behind each of any length. */
#define ROOM ((size_t)WR_FLAT_WIDTH * (WR_FIXED + UT_FORMAT_MAX + 2))

static void out_cells(struct wr_rows *w, const struct wr_cell *row, int first, int last,
		      const struct ct_event *event)
{
	char *at = wr_text_room(&w->line, ROOM), quote = w->style->address_quote;

	for (int i = first; i <= last; i++) {
		const struct wr_cell *cell = &row[i];
		bool is_null = cell->type == WR_CELL_NULL;
		const struct wr_fixed *fixed = is_null ? &w->nulls[i] : &w->keys[i];

		/* Of a constant size, which is a few stores. */
		memcpy(at, fixed->text, WR_FIXED);
		at += fixed->length;
		if (is_null)
			continue;
		if (cell->type != WR_CELL_TEXT && cell->type != WR_CELL_ARGUMENTS) {
			at = put_short(at, cell, quote);
			continue;
		}
		w->line.used = (size_t)(at - w->line.data);
		out_long(w, cell, event);
		at = wr_text_room(&w->line, ROOM);
	}
	w->line.used = (size_t)(at - w->line.data);
}

/* ---- lines --------------------------------------------------------------------------------- */

/* The same in all lines of a thread. */
static void out_place(struct wr_rows *w, struct wr_thread *thread, struct wr_cell *row,
		      const struct ct_event *event)
{
	size_t number = (size_t)(thread - w->threads.list), begin = w->line.used;
	struct wr_place_text *place;

	if (number >= w->places_capacity) {
		size_t before = w->places_capacity;

		ut_grow(&w->places, &w->places_capacity, number, sizeof(*w->places));
		memset(w->places + before, 0, (w->places_capacity - before) * sizeof(*w->places));
	}
	place = &w->places[number];
	if (thread->described) {
		wr_text_raw(&w->line, place->text, place->length);
		return;
	}
	wr_flat_place(w->header, event, row);
	out_cells(w, row, FIRST_OF_PLACE, LAST_OF_PLACE, event);
	place->length = w->line.used - begin;
	place->text = ut_xrealloc(place->text, place->length + 1);
	memcpy(place->text, w->line.data + begin, place->length);
	thread->described = true;
}

int wr_rows_event(void *writer, const struct ct_event *event, const struct wr_detail *detail)
{
	struct wr_cell row[WR_FLAT_WIDTH];
	struct wr_rows *w = writer;
	struct wr_thread *thread = wr_threads_get(&w->threads, event);

	if (event->type == CT_EVENT_THREAD)
		thread->described = false; /* its name comes with this */
	if (!wr_flat_row(w->header, event, detail, row))
		return w->out.error;
	w->line.used = 0;
	out_cells(w, row, 0, FIRST_OF_PLACE - 1, event);
	out_place(w, thread, row, event);
	out_cells(w, row, LAST_OF_PLACE + 1, WR_FLAT_WIDTH - 1, event);
	if (w->style->keys)
		wr_text_char(&w->line, '}');
	wr_text_char(&w->line, '\n');
	wr_out_raw(&w->out, w->line.data, w->line.used);
	return w->out.error;
}

int wr_rows_end(void *writer)
{
	struct wr_rows *w = writer;
	int error = wr_out_end(&w->out);

	for (size_t i = 0; i < w->places_capacity; i++)
		free(w->places[i].text);
	free(w->places);
	wr_threads_free(&w->threads);
	wr_text_free(&w->line);
	free(w);
	return error;
}
