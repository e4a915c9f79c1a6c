/* SPDX-License-Identifier: Apache-2.0 */
/* A trace as one side of a comparison. */
#include "analysis/diff/side.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/side_own.h"
#include "analysis/diff/walk.h"
#include "analysis/statistics_hash.h"
#include "util/xalloc.h"

/* While it is loaded. */
struct loader {
	struct df_walk walk;
	struct df_side *side;
	struct df_own *own;
	struct df_memories memories;
	struct ut_map known; /* by a call's key: its number in `calls` */
	struct {
		uint32_t token, shape;
	} * calls;
	size_t ncalls, calls_capacity;
	size_t *capacities; /* of the lanes' calls */
	size_t ncapacities, capacities_capacity;
	char *text;
	size_t text_size;
	struct df_range range;
};

/* ---- tokens -------------------------------------------------------------------------------- */

static const char *text_of(struct loader *l,
			   size_t (*write)(const struct df_canonical *, char *, size_t))
{
	size_t length = write(&l->walk.call, l->text, l->text_size);

	if (length >= l->text_size) {
		l->text_size = 2 * length + 1;
		l->text = ut_xrealloc(l->text, l->text_size);
		write(&l->walk.call, l->text, l->text_size);
	}
	return l->text;
}

/* What is compared is the text that would be shown; it is made once for each call that is new. */
static uint32_t meet(struct loader *l)
{
	struct df_dictionary *dictionary = l->side->dictionary;
	uint32_t number = (uint32_t)l->ncalls;

	ut_grow(&l->calls, &l->calls_capacity, l->ncalls, sizeof(*l->calls));
	l->calls[l->ncalls].token =
		df_dictionary_token(dictionary, an_hash_text(text_of(l, df_canonical_text)));
	l->calls[l->ncalls++].shape = df_dictionary_shape(dictionary, text_of(l, df_shape_text));
	ut_map_put(&l->known, l->walk.call.key, number);
	return number;
}

/* ---- calls --------------------------------------------------------------------------------- */

static struct df_lane *lane_of(struct loader *l)
{
	while (l->ncapacities < l->walk.lanes.count) {
		ut_grow(&l->capacities, &l->capacities_capacity, l->ncapacities,
			sizeof(*l->capacities));
		l->capacities[l->ncapacities++] = 0;
	}
	return &l->walk.lanes.list[l->walk.lane];
}

static uint32_t duration_of(const struct ct_event *event)
{
	uint64_t ns = event->end_ns - event->start_ns;

	return ns < UINT32_MAX ? (uint32_t)ns : UINT32_MAX;
}

static void add_call(struct loader *l)
{
	const struct ct_event *event = &l->walk.event;
	const uint32_t *known = ut_map_get(&l->known, l->walk.call.key);
	uint32_t number = known ? *known : meet(l);
	struct df_lane *lane = lane_of(l);

	ut_grow(&lane->calls, &l->capacities[l->walk.lane], lane->ncalls, sizeof(*lane->calls));
	lane->calls[lane->ncalls++] = (struct df_call){
		.token = l->calls[number].token,
		.shape = l->calls[number].shape,
		.ordinal = (uint32_t)(event->ordinal - lane->first_ordinal),
		.duration = duration_of(event),
	};
}

static void add_loss(struct loader *l)
{
	const struct ct_event *event = &l->walk.event;

	lane_of(l)->losses += event->lost_full + event->lost_reentered + event->lost_other;
}

static void add_all(struct loader *l)
{
	while (df_walk_next(&l->walk)) {
		if (l->walk.event.type == CT_EVENT_LOSS) {
			add_loss(l);
			continue;
		}
		df_range_add(&l->range, &l->walk, lane_of(l)->ncalls);
		df_memories_add(&l->memories, &l->walk);
		l->side->calls_driver |= l->walk.event.layer == CT_LAYER_DRIVER;
		add_call(l);
	}
}

/* ---- the run ------------------------------------------------------------------------------- */

static const char *keep(struct df_own *own, const char *text)
{
	return text ? ut_arena_strdup(&own->lanes.strings, text) : NULL;
}

/* Devices that the process with most of them has, as "NVIDIA H200 x 2, NVIDIA L4". */
static const char *gpus_of(struct df_own *own, const struct ct_header *header)
{
	const char *text = NULL;
	unsigned int i, k, same;

	for (i = 0; i < header->ndevices; i++) {
		const struct ct_device_info *device = &header->devices[i];

		same = 0;
		for (k = 0; k < header->ndevices; k++) {
			if (header->devices[k].process != device->process ||
			    strcmp(header->devices[k].name, device->name) != 0)
				continue;
			if (k < i)
				break;
			same++;
		}
		if (k < header->ndevices || device->process != header->devices[0].process)
			continue;
		text = ut_arena_printf(&own->lanes.strings, same > 1 ? "%s%s%s x %u" : "%s%s%s",
				       text ? text : "", text ? ", " : "", device->name, same);
	}
	return text;
}

static const char *fact(const struct ct_header *header, const char *name)
{
	for (unsigned int i = 0; i < header->nfacts; i++) {
		if (!strcmp(header->facts[i].name, name))
			return header->facts[i].value;
	}
	return NULL;
}

static void take_processes(struct df_side *side, struct df_own *own, const struct ct_header *header)
{
	side->nprocesses = header->nprocesses;
	side->processes = ut_xcalloc(header->nprocesses + 1, sizeof(*side->processes));
	for (unsigned int i = 0; i < header->nprocesses; i++) {
		side->processes[i] = (struct df_process){
			.name = df_process_role(&own->lanes, i),
			.pid = header->processes[i].pid,
			.exit_status = i ? -1 : header->exit_status,
		};
	}
}

static void take_header(struct df_side *side, struct df_own *own, const struct ct_header *header)
{
	side->command = keep(own, header->command);
	side->source = keep(own, header->source);
	side->lacks = header->lacks;
	side->environment = (struct df_environment){
		.gpus = gpus_of(own, header),
		.driver = keep(own, header->driver_version),
		.runtime = keep(own, header->runtime_version),
		.curtrace = keep(own, header->tool_version),
		.clocks = keep(own, fact(header, "gpu_clocks")),
		.layers = keep(own, fact(header, "settings.layers")),
	};
	take_processes(side, own, header);
}

/* Said last: a JSON trace is only known to be whole when it was read. */
static void take_end(struct df_side *side, struct df_own *own, struct rd_trace *trace)
{
	const struct ct_header *header = rd_header(trace);
	const struct rd_error *damage = rd_damage(trace);

	side->complete = header->complete && !damage;
	side->lost = header->lost;
	side->in_flight = header->in_flight;
	side->damage = damage ? keep(own, damage->text) : NULL;
}

/* ---- loading ------------------------------------------------------------------------------- */

static void finish(struct loader *l)
{
	struct df_side *side = l->side;

	df_lanes_name(&l->walk.lanes);
	/* The lanes are the side's from here on, with the strings of all. */
	l->own->lanes = l->walk.lanes;
	l->walk.lanes = (struct df_lanes){ .header = NULL };
	take_header(side, l->own, l->walk.header);
	take_end(side, l->own, l->walk.trace);
	l->own->lanes.header = NULL;
	side->nlanes = l->own->lanes.count;
	side->lanes = l->own->lanes.list;
	side->memory = df_memories_end(&l->memories);
	df_side_phases(side, &l->own->load, &l->range);
}

static void end(struct loader *l)
{
	df_walk_end(&l->walk);
	df_range_end(&l->range);
	ut_map_free(&l->known);
	free(l->calls);
	free(l->capacities);
	free(l->text);
}

static struct df_side *side_new(const char *path, const struct df_load *load,
				struct df_dictionary *dictionary)
{
	struct df_side *side = ut_xcalloc(1, sizeof(*side));
	struct df_own *own = ut_xcalloc(1, sizeof(*own));

	side->own = own;
	side->dictionary = dictionary;
	if (load)
		own->load = *load;
	own->path = ut_xstrdup(path);
	side->path = own->path;
	return side;
}

struct df_side *df_side_load(const char *path, const struct df_load *load,
			     struct df_dictionary *dictionary, char *why, size_t size)
{
	struct loader l = { .text_size = 1024 };

	if (!df_range_begin(&l.range, load ? load->range : NULL, why, size))
		return NULL;
	if (!df_walk_begin(&l.walk, path, RD_WANT_ARGS | RD_WANT_LABELS, load && load->identities,
			   why, size)) {
		df_range_end(&l.range);
		return NULL;
	}
	l.walk.range = &l.range;
	l.side = side_new(path, load, dictionary);
	l.own = l.side->own;
	l.text = ut_xmalloc(l.text_size);
	df_memories_begin(&l.memories, l.walk.header->nprocesses);
	add_all(&l);
	finish(&l);
	end(&l);
	if (load && load->range && !l.range.found) {
		snprintf(why, size, "%s: the trace holds no range %s", path, load->range);
		df_side_free(l.side);
		return NULL;
	}
	return l.side;
}

void df_side_free(struct df_side *side)
{
	struct df_own *own;

	if (!side)
		return;
	own = side->own;
	for (size_t i = 0; i < side->nlanes; i++)
		free(side->lanes[i].calls);
	free(side->processes);
	free(side->memory);
	df_own_free(own);
	free(side);
}
