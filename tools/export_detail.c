/* SPDX-License-Identifier: Apache-2.0 */
#include "export_detail.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/effect.h"
#include "analysis/state.h"
#include "util/xalloc.h"
#include "write/intern.h"

#define STREAMS 64u

/* What a handle was called when it was last looked up. */
struct stream_name {
	uint32_t process;
	uint64_t handle;
	uint64_t generation;
	const char *name; /* NULL: none yet */
};

struct export_detail {
	struct an_state *state;
	struct an_effect effect;
	struct an_change change;
	struct wr_detail detail;
	struct wr_intern names; /* of streams: texts that last */
	struct stream_name streams[STREAMS];
	uint64_t generation; /* of handles: one that is made or gone may give another its name */
	/* How much of which memory is live; few: a row for each process, device and kind. */
	struct wr_live *live;
	size_t nlive, live_capacity;
	/* Those that the last call has changed. */
	struct wr_live *changed;
	size_t changed_capacity;
};

struct export_detail *export_detail_new(void)
{
	struct export_detail *d = ut_xcalloc(1, sizeof(*d));

	d->state = an_state_new();
	return d;
}

void export_detail_free(struct export_detail *d)
{
	an_state_free(d->state);
	wr_intern_free(&d->names);
	free(d->live);
	free(d->changed);
	free(d);
}

/* ---- memory that is live ------------------------------------------------------------------- */

static bool is_same(const struct wr_live *a, const struct wr_live *b)
{
	return a->process == b->process && a->device == b->device && a->memory == b->memory;
}

static struct wr_live *find(struct wr_live *list, size_t count, const struct wr_live *wanted)
{
	for (size_t i = 0; i < count; i++)
		if (is_same(&list[i], wanted))
			return &list[i];
	return NULL;
}

static struct wr_live *live_of(struct export_detail *d, const struct an_allocation *a)
{
	const struct wr_live wanted = {
		.process = a->process,
		.device = a->device,
		.memory = an_memory_name(a->memory),
	};
	struct wr_live *found = find(d->live, d->nlive, &wanted);

	if (found)
		return found;
	ut_grow(&d->live, &d->live_capacity, d->nlive, sizeof(*d->live));
	d->live[d->nlive] = wanted;
	return &d->live[d->nlive++];
}

/* The sum after the last change of it is what the format sees. */
static void note_changed(struct export_detail *d, const struct wr_live *live)
{
	struct wr_live *known = find(d->changed, d->detail.nlive, live);

	if (!known) {
		ut_grow(&d->changed, &d->changed_capacity, d->detail.nlive, sizeof(*d->changed));
		known = &d->changed[d->detail.nlive++];
	}
	*known = *live;
}

static void count(struct export_detail *d, const struct an_allocation *a, bool taken)
{
	struct wr_live *live;

	/* What is borrowed is only named, and takes nothing. */
	if (a->memory == AN_MEMORY_BORROWED || !a->bytes_known)
		return;
	live = live_of(d, a);
	live->bytes += taken ? a->bytes : 0 - a->bytes;
	note_changed(d, live);
}

/* ---- one call ------------------------------------------------------------------------------ */

static const char *wait_name(enum an_wait wait)
{
	switch (wait) {
	case AN_WAIT_DEVICE:
		return "device";
	case AN_WAIT_STREAM:
		return "stream";
	case AN_WAIT_EVENT:
		return "event";
	case AN_WAIT_COPY:
		return "copy";
	}
	return NULL;
}

static enum wr_effect effect_of(enum an_effect_kind kind)
{
	static const enum wr_effect effects[AN_EFFECTS] = {
		[AN_EFFECT_ALLOC] = WR_ALLOC,        [AN_EFFECT_FREE] = WR_FREE,
		[AN_EFFECT_COPY] = WR_COPY,          [AN_EFFECT_SET] = WR_SET,
		[AN_EFFECT_LAUNCH] = WR_LAUNCH,      [AN_EFFECT_GRAPH_LAUNCH] = WR_GRAPH_LAUNCH,
		[AN_EFFECT_WAIT] = WR_WAIT,          [AN_EFFECT_CREATE] = WR_CREATE,
		[AN_EFFECT_DESTROY] = WR_DESTROY,    [AN_EFFECT_SET_DEVICE] = WR_SET_DEVICE,
		[AN_EFFECT_RESET] = WR_DEVICE_RESET,
	};

	return kind < AN_EFFECTS ? effects[kind] : WR_NO_EFFECT;
}

static void fill_copy(struct export_detail *d, const struct ct_event *event)
{
	const struct an_effect *effect = &d->effect;
	struct wr_detail *detail = &d->detail;
	int32_t to, from;

	detail->bytes_known = an_state_bytes(d->state, event, effect, &detail->bytes);
	detail->to = effect->to;
	detail->from = effect->from;
	an_state_devices(d->state, event, effect, &to, &from);
	detail->device = to >= 0 ? to : from;
	if (effect->kind == AN_EFFECT_COPY)
		detail->direction = an_direction_name(an_state_direction(d->state, event, effect));
}

static void fill_launch(struct export_detail *d, const struct ct_event *event)
{
	const struct an_effect *effect = &d->effect;
	struct wr_detail *detail = &d->detail;

	detail->device = an_state_device(d->state, event->process, event->tid);
	if (effect->kind != AN_EFFECT_LAUNCH)
		return;
	detail->kernel = effect->kernel;
	detail->has_shape = effect->grid[0] && effect->block[0];
	for (int i = 0; i < 3; i++) {
		detail->grid[i] = effect->grid[i];
		detail->block[i] = effect->block[i];
	}
	detail->shared = effect->shared;
}

/* By what was true before the call. */
static void fill(struct export_detail *d, const struct ct_event *event)
{
	const struct an_effect *effect = &d->effect;
	struct wr_detail *detail = &d->detail;

	*detail = (struct wr_detail){
		.effect = effect_of(effect->kind),
		.known = effect->known,
		.asynchronous = effect->asynchronous,
		.has_stream = effect->has_stream,
		.stream = effect->stream,
		.device = -1,
		.at = effect->at,
	};
	switch (effect->kind) {
	case AN_EFFECT_COPY:
	case AN_EFFECT_SET:
		fill_copy(d, event);
		break;
	case AN_EFFECT_LAUNCH:
	case AN_EFFECT_GRAPH_LAUNCH:
		fill_launch(d, event);
		break;
	case AN_EFFECT_ALLOC:
	case AN_EFFECT_FREE:
		detail->memory = an_memory_name(effect->memory);
		detail->bytes_known = effect->bytes_known;
		detail->bytes = effect->bytes;
		break;
	case AN_EFFECT_WAIT:
		detail->waits_for = wait_name(effect->waits_for);
		break;
	case AN_EFFECT_SET_DEVICE:
		detail->device = effect->device;
		break;
	default:
		break;
	}
}

/* Of a free, what was freed is known from its allocation. */
static void fill_change(struct export_detail *d)
{
	static const enum wr_change changes[] = {
		[AN_CHANGE_NONE] = WR_UNCHANGED,
		[AN_CHANGE_ALLOCATED] = WR_ALLOCATED,
		[AN_CHANGE_FREED] = WR_FREED,
		[AN_CHANGE_DOUBLE_FREE] = WR_FREED_TWICE,
		[AN_CHANGE_UNKNOWN_FREE] = WR_FREED_UNKNOWN,
		[AN_CHANGE_RESET] = WR_RESET,
	};
	const struct an_allocation *a = d->change.allocation;
	struct wr_detail *detail = &d->detail;

	detail->change = changes[d->change.kind];
	for (size_t i = 0; i < d->change.count; i++)
		count(d, &d->change.gone[i], false);
	if (d->change.kind == AN_CHANGE_ALLOCATED)
		count(d, a, true);
	detail->live = d->changed;
	if (!a || d->change.kind == AN_CHANGE_UNKNOWN_FREE)
		return;
	detail->allocation = a->number;
	detail->memory = an_memory_name(a->memory);
	detail->device = a->device;
	detail->bytes_known = a->bytes_known;
	detail->bytes = a->bytes;
}

static const char *stream_name(struct export_detail *d, const struct ct_event *event)
{
	uint64_t handle = d->effect.stream;
	struct stream_name *known = &d->streams[(handle >> 4 ^ handle >> 12) % STREAMS];
	char text[64];
	bool is_new;

	if (known->name && known->handle == handle && known->process == event->process &&
	    known->generation == d->generation)
		return known->name;
	an_state_handle(d->state, event->process, "stream", handle, text, sizeof(text));
	wr_intern(&d->names, text, false, &is_new);
	*known = (struct stream_name){
		.process = event->process,
		.handle = handle,
		.generation = d->generation,
		.name = wr_intern_text(&d->names, text),
	};
	return known->name;
}

const struct wr_detail *export_detail_next(struct export_detail *d, const struct ct_event *event)
{
	if (event->type != CT_EVENT_CALL)
		return NULL;
	an_effect_of(event, &d->effect);
	if (d->effect.kind == AN_EFFECT_NONE) {
		d->detail = (struct wr_detail){ .device = -1 };
		return &d->detail;
	}
	fill(d, event);
	an_state_apply(d->state, event, &d->effect, &d->change);
	if (d->change.kind != AN_CHANGE_NONE)
		fill_change(d);
	if (d->effect.kind == AN_EFFECT_RESET ||
	    ((d->effect.kind == AN_EFFECT_CREATE || d->effect.kind == AN_EFFECT_DESTROY) &&
	     d->effect.type && !strcmp(d->effect.type, "stream")))
		d->generation++;
	if (d->effect.has_stream)
		d->detail.stream_name = stream_name(d, event);
	return &d->detail;
}
