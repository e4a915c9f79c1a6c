/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/statistics_ranges.h"

/* A domain's ranges go by both names, as --range takes them. */
static uint32_t number_of(struct an_keys *keys, const struct ct_event *event)
{
	const char *name = *event->range_name ? event->range_name : "(no message)";

	if (*event->range_domain)
		name = ut_arena_printf(&keys->strings, "%s/%s", event->range_domain, name);
	return rd_names_number(&keys->ranges, name);
}

static void begin(struct an_ranges *r, const struct an_seen *seen)
{
	const struct ct_event *event = seen->event;
	bool pushed = event->range == CT_RANGE_PUSH;

	ut_grow(&r->open, &r->capacity, r->nopen, sizeof(*r->open));
	r->open[r->nopen++] = (struct an_open_range){
		.start_ns = event->start_ns,
		.id = event->range_id,
		.level = event->result,
		.name = number_of(seen->keys, event),
		.owner = pushed ? seen->thread->number : 0,
		.process = event->process,
	};
}

static bool is_same(const struct an_open_range *range, const struct an_seen *seen, uint32_t owner)
{
	const struct ct_event *event = seen->event;

	return range->owner == owner && range->process == event->process &&
	       range->id == event->range_id && (!owner || range->level == event->result);
}

/* The one that was begun last. Those whose ends were not recorded stay, and are never counted. */
static void end(struct an_ranges *r, struct an_table *table, struct an_seen *seen)
{
	uint32_t owner = seen->event->range == CT_RANGE_POP ? seen->thread->number : 0;
	struct an_open_range range;
	struct an_tally *tally;
	size_t i = r->nopen;

	while (i > 0 && !is_same(&r->open[i - 1], seen, owner))
		i--;
	if (!i)
		return;
	range = r->open[i - 1];
	memmove(&r->open[i - 1], &r->open[i], (r->nopen - i) * sizeof(*r->open));
	r->nopen--;
	seen->range = range.name;
	seen->ns = seen->event->end_ns - range.start_ns;
	tally = an_table_at(table, seen);
	if (!tally)
		return;
	an_tally_add(tally, seen, true);
	tally->launches += range.launches;
	tally->bytes += range.bytes;
}

/* A level that is pushed again was popped in between, unseen. */
static void forget(struct an_ranges *r, const struct an_seen *seen)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->nopen; i++)
		if (!is_same(&r->open[i], seen, seen->thread->number) || seen->event->result < 0)
			r->open[kept++] = r->open[i];
	r->nopen = kept;
}

void an_ranges_see(struct an_ranges *ranges, struct an_table *table, struct an_seen *seen)
{
	switch (seen->event->range) {
	case CT_RANGE_PUSH:
		forget(ranges, seen);
		begin(ranges, seen);
		break;
	case CT_RANGE_START:
		begin(ranges, seen);
		break;
	case CT_RANGE_POP:
	case CT_RANGE_END:
		end(ranges, table, seen);
		break;
	default:
		break;
	}
}

void an_ranges_count(struct an_ranges *ranges, const struct an_seen *seen)
{
	const struct an_effect *effect = seen->effect;
	bool launches = effect->kind == AN_EFFECT_LAUNCH || effect->kind == AN_EFFECT_GRAPH_LAUNCH;
	bool moves = effect->kind == AN_EFFECT_COPY || effect->kind == AN_EFFECT_SET;

	if (!effect->known || (!launches && !moves))
		return;
	for (size_t i = 0; i < ranges->nopen; i++) {
		struct an_open_range *range = &ranges->open[i];

		if (range->owner != seen->thread->number)
			continue;
		range->launches += launches;
		range->bytes += moves ? effect->bytes : 0;
	}
}
