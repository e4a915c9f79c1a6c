/* SPDX-License-Identifier: Apache-2.0 */
/* Things that are made and given back again and again. */
#include <stdlib.h>

#include "analysis/findings_catalogue.h"
#include "analysis/statistics_hash.h"

/* ---- allocations --------------------------------------------------------------------------- */

/* A line of the program that allocates; known again by what an allocation remembers of it. */
struct allocator {
	uint32_t function, spot;
	uint64_t ordinal;
	uint64_t count, live, most_live, bytes, ns;
};

/* Texts that stay where they are, by address: the same ones come again and again. */
#define HASHES 16
struct hashed {
	const char *text;
	uint64_t hash;
};

struct allocators {
	struct hashed hashes[HASHES];
	struct ut_map index;
	struct an_array list; /* struct allocator, by number */
	uint32_t count;
};

static uint64_t hash_of(struct allocators *all, const char *text, bool lasting)
{
	struct hashed *known = &all->hashes[((uintptr_t)text >> 4 ^ (uintptr_t)text >> 8) % HASHES];

	if (!lasting)
		return an_hash_text(text);
	if (known->text != text || !text)
		*known = (struct hashed){ text, an_hash_text(text) };
	return known->hash;
}

static uint64_t key_of_event(struct allocators *all, const struct ct_event *event)
{
	uint64_t place = an_hash_mix(hash_of(all, event->caller_module, event->lasting),
				     event->caller_offset);

	return an_hash_mix(an_hash_mix(place, hash_of(all, event->name, event->lasting)),
			   event->process);
}

/* The state keeps its texts as long as it lives. */
static uint64_t key_of_allocation(struct allocators *all, const struct an_allocation *a)
{
	uint64_t place = an_hash_mix(hash_of(all, a->caller_module, true), a->caller_offset);

	return an_hash_mix(an_hash_mix(place, hash_of(all, a->function, true)), a->process);
}

/* From pools is what loops are told to do; others' memory is not allocated. */
static bool is_costly(enum an_memory memory)
{
	switch (memory) {
	case AN_MEMORY_DEVICE:
	case AN_MEMORY_PINNED:
	case AN_MEMORY_REGISTERED:
	case AN_MEMORY_MANAGED:
	case AN_MEMORY_ARRAY:
		return true;
	default:
		return false;
	}
}

static void see_new(struct allocators *all, const struct an_seen *seen)
{
	const struct ct_event *event = seen->event;
	uint32_t *known, number;
	struct allocator *a;
	uint64_t key;

	if (!is_costly(seen->effect->memory))
		return;
	key = key_of_event(all, event);
	known = ut_map_get(&all->index, key);
	number = known ? *known : ++all->count;
	if (!known)
		ut_map_put(&all->index, key, number);
	a = an_array_at(&all->list, number, sizeof(*a));
	if (!a->count++) {
		a->function = event->function;
		a->spot = an_seen_spot(seen);
		a->ordinal = event->ordinal;
	}
	a->bytes += seen->effect->bytes;
	a->ns += seen->ns;
	if (++a->live > a->most_live)
		a->most_live = a->live;
}

static void see_free(struct allocators *all, const struct an_seen *seen)
{
	const struct an_allocation *gone =
		an_state_find(seen->state, seen->event->process, seen->effect->at);
	struct allocator *a;
	uint32_t *known;

	if (!gone || gone->address != seen->effect->at)
		return;
	known = ut_map_get(&all->index, key_of_allocation(all, gone));
	if (!known)
		return;
	a = an_array_at(&all->list, *known, sizeof(*a));
	a->live -= a->live > 0;
	a->ns += seen->ns;
}

static void see_allocation(void *own, const struct an_seen *seen)
{
	if (!seen->effect->known)
		return;
	if (seen->effect->kind == AN_EFFECT_ALLOC)
		see_new(own, seen);
	else
		see_free(own, seen);
}

static bool is_loop(const struct allocator *a)
{
	return a->count >= AN_LOOP_CALLS && a->most_live * AN_LOOP_LIVE_PART <= a->count;
}

static void allocation_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	struct allocators *all = own;
	struct allocator *list = all->list.data, *most = NULL;
	uint64_t count = 0, ns = 0, bytes = 0, lines = 0;
	struct an_finding *finding;

	(void)s;
	for (uint32_t i = 1; i <= all->count; i++) {
		if (!is_loop(&list[i]))
			continue;
		if (!most || list[i].ns > most->ns)
			most = &list[i];
		count += list[i].count;
		ns += list[i].ns;
		bytes += list[i].bytes;
		lines++;
	}
	if (!most)
		return;
	finding = an_found(finder, "memory is allocated and freed in a loop: %s%s, %s times, %s%s",
			   an_said_function(finder, most->function),
			   an_said_place(finder, most->spot), an_said_count(finder, most->count),
			   an_said_time(finder, most->ns),
			   lines > 1 ? ", and at other places" : "");
	*finding = (struct an_finding){ finding->code,
					finding->severity,
					finding->headline,
					finding->advice,
					count,
					ns,
					bytes,
					NULL,
					0 };
	for (uint32_t i = 1; i <= all->count; i++) {
		if (is_loop(&list[i]))
			an_found_on(
				finder, finding, list[i].count, list[i].ordinal, list[i].function,
				list[i].spot,
				"%s%s: %s times, %s each on average, at most %s at once, %s with "
				"the frees",
				an_said_function(finder, list[i].function),
				an_said_place(finder, list[i].spot),
				an_said_count(finder, list[i].count),
				an_said_bytes(finder, list[i].bytes / list[i].count),
				an_said_count(finder, list[i].most_live),
				an_said_time(finder, list[i].ns));
	}
}

static void free_allocators(void *own)
{
	struct allocators *all = own;

	ut_map_free(&all->index);
	free(all->list.data);
}

const struct an_detector an_find_allocation_loop = {
	.kind = {
		.code = "allocation-in-loop",
		.severity = AN_SEVERITY_ADVICE,
		.looks_for =
			"a place that allocates (not from a pool) "
			AN_TEXT(AN_LOOP_CALLS) " times or more, with at most a "
			"quarter of it alive at once",
		.advice =
			"allocate once before the loop, or cudaMallocAsync from a "
			"pool: cudaMalloc and cudaFree cost much and may wait for "
			"the GPU",
	},
	.sees = AN_SEES(AN_EFFECT_ALLOC) | AN_SEES(AN_EFFECT_FREE),
	.size = sizeof(struct allocators),
	.see = see_allocation,
	.end = allocation_end,
	.free = free_allocators,
};

/* ---- events, streams, graphs ----------------------------------------------------------------- */

/* By process: how many of a type were made, and at once alive. */
struct making {
	uint64_t made, live, most_live, destroyed, ns;
};

struct handles {
	struct an_array makings; /* struct making, by process */
	struct an_lines lines;   /* counts[0]: made there */
};

static void see_handle(struct handles *handles, const struct an_seen *seen, const char *type)
{
	const struct an_effect *effect = seen->effect;
	struct making *making;

	if (!effect->known || !effect->type || strcmp(effect->type, type) != 0)
		return;
	making = an_array_at(&handles->makings, seen->event->process, sizeof(*making));
	making->ns += seen->ns;
	if (effect->kind == AN_EFFECT_DESTROY) {
		making->live -= making->live > 0;
		making->destroyed++;
		return;
	}
	making->made++;
	if (++making->live > making->most_live)
		making->most_live = making->live;
	an_line_at(&handles->lines, seen)->counts[0]++;
}

static void see_event(void *own, const struct an_seen *seen)
{
	see_handle(own, seen, "event");
}

static void see_stream(void *own, const struct an_seen *seen)
{
	see_handle(own, seen, "stream");
}

static void see_graph(void *own, const struct an_seen *seen)
{
	see_handle(own, seen, "graphexec");
}

static struct an_line *busiest(struct handles *handles, uint32_t process)
{
	struct an_line *most = NULL;

	for (uint32_t i = 1; i <= handles->lines.count; i++) {
		struct an_line *line = an_array_at(&handles->lines.list, i, sizeof(*line));

		if (line->process == process && (!most || line->counts[0] > most->counts[0]))
			most = line;
	}
	return most;
}

/* Made and given back again and again; or never given back. */
static bool is_made_in_loop(const struct making *making, const struct an_line *most)
{
	if (!most || most->counts[0] < AN_LOOP_CALLS)
		return false;
	if (making->most_live * AN_LOOP_LIVE_PART <= making->made)
		return true;
	return most->counts[0] >= AN_NEVER_DESTROYED && making->destroyed * 10 < making->made;
}

static void tell_handles(struct handles *handles, struct an_finder *finder, const char *what)
{
	struct making *makings = handles->makings.data;
	struct an_finding *finding;

	for (uint32_t i = 0; i < handles->makings.capacity; i++) {
		const struct making *making = &makings[i];
		const struct an_line *most = making->made ? busiest(handles, i) : NULL;

		if (!is_made_in_loop(making, most))
			continue;
		finding = an_found(finder, "%s made in a loop: %s%s, %s times, %s with %s", what,
				   an_said_function(finder, most->function),
				   an_said_place(finder, most->spot),
				   an_said_count(finder, most->counts[0]),
				   an_said_time(finder, making->ns),
				   making->destroyed ? "their destruction" : "none destroyed");
		finding->count = making->made;
		finding->ns = making->ns;
		an_found_on(
			finder, finding, most->counts[0], most->ordinal, most->function, most->spot,
			"%s%s: %s times; %s made in all, %s destroyed, at most %s at "
			"once",
			an_said_function(finder, most->function), an_said_place(finder, most->spot),
			an_said_count(finder, most->counts[0]), an_said_count(finder, making->made),
			an_said_count(finder, making->destroyed),
			an_said_count(finder, making->most_live));
	}
}

static void event_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	(void)s;
	tell_handles(own, finder, "events are");
}

static void stream_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	(void)s;
	tell_handles(own, finder, "streams are");
}

static void graph_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	(void)s;
	tell_handles(own, finder, "executable graphs are");
}

static void free_handles(void *own)
{
	struct handles *handles = own;

	free(handles->makings.data);
	an_lines_free(&handles->lines);
}

#define MADE_IN_LOOP                                                                  \
	"a place that makes one " AN_TEXT(                                            \
		AN_LOOP_CALLS) " times or more, with at most a "                      \
			       "quarter of its process's alive at once, or " AN_TEXT( \
				       AN_NEVER_DESTROYED) " times with hardly any destroyed"

const struct an_detector an_find_event_loop = {
	.kind = {
		.code = "event-per-iteration",
		.severity = AN_SEVERITY_ADVICE,
		.looks_for =
			MADE_IN_LOOP,
		.advice =
			"events can be recorded again: keep a few, made with "
			"cudaEventDisableTiming where no time is asked of them",
	},
	.sees = AN_SEES(AN_EFFECT_CREATE) | AN_SEES(AN_EFFECT_DESTROY),
	.size = sizeof(struct handles),
	.see = see_event,
	.end = event_end,
	.free = free_handles,
};

const struct an_detector an_find_stream_loop = {
	.kind = {
		.code = "stream-per-iteration",
		.severity = AN_SEVERITY_ADVICE,
		.looks_for =
			MADE_IN_LOOP,
		.advice =
			"a stream takes microseconds to make and waits for its "
			"work to be destroyed: make a few at the start",
	},
	.sees = AN_SEES(AN_EFFECT_CREATE) | AN_SEES(AN_EFFECT_DESTROY),
	.size = sizeof(struct handles),
	.see = see_stream,
	.end = stream_end,
	.free = free_handles,
};

const struct an_detector an_find_graph_loop = {
	.kind = {
		.code = "graph-per-iteration",
		.severity = AN_SEVERITY_ADVICE,
		.looks_for =
			MADE_IN_LOOP,
		.advice =
			"instantiating costs more than launching: keep the "
			"executable graph and change it with cudaGraphExecUpdate",
	},
	.sees = AN_SEES(AN_EFFECT_CREATE) | AN_SEES(AN_EFFECT_DESTROY),
	.size = sizeof(struct handles),
	.see = see_graph,
	.end = graph_end,
	.free = free_handles,
};
