/* SPDX-License-Identifier: Apache-2.0 */
/* Tallies by the numbers of groups. */
#include "analysis/statistics_tally.h"

#include <stdlib.h>

void an_table_begin(struct an_table *table, const enum an_group *by, unsigned int nby)
{
	table->nby = nby;
	table->is_wide = true;
	for (unsigned int i = 0; i < nby; i++) {
		table->by[i] = by[i];
		if (by[i] <= AN_BY_STREAM || by[i] == AN_BY_CALLER)
			table->is_wide = false;
	}
}

/* Of crossed groups each pair that occurs has a number of its own. */
static uint32_t cross(struct an_table *table, unsigned int level, uint32_t so_far, uint32_t next)
{
	uint64_t key = (uint64_t)so_far << 32 | next;
	uint32_t *known = ut_map_get(&table->pairs[level], key);

	if (known)
		return *known;
	ut_map_put(&table->pairs[level], key, ++table->npairs);
	return table->npairs;
}

/* Each is a block of its own, so that it stays where it is. */
static struct an_tally *add(struct an_tally **slot, const uint32_t *parts,
			    const struct an_seen *seen)
{
	*slot = ut_xcalloc(1, sizeof(**slot));
	memcpy((*slot)->parts, parts, sizeof((*slot)->parts));
	(*slot)->min_ns = UINT64_MAX;
	(*slot)->first_ordinal = seen->event->ordinal;
	(*slot)->first_spot = an_seen_spot(seen);
	return *slot;
}

struct an_tally *an_table_at(struct an_table *table, const struct an_seen *seen)
{
	uint32_t parts[AN_MAX_BY] = { 0 }, number = 0;
	struct an_tally **slot;

	for (unsigned int i = 0; i < table->nby; i++) {
		parts[i] = an_keys_of(seen->keys, table->by[i], seen);
		if (!parts[i])
			return NULL;
		number = i ? cross(table, i, number, parts[i]) : parts[i];
	}
	slot = an_array_at(&table->tallies, number, sizeof(struct an_tally *));
	return *slot ? *slot : add(slot, parts, seen);
}

static void add_time(struct an_tally *tally, const struct an_seen *seen, bool with_time)
{
	tally->total_ns += with_time ? seen->ns : 0;
	if (seen->ns < tally->min_ns)
		tally->min_ns = seen->ns;
	if (seen->ns >= tally->max_ns) {
		tally->max_ns = seen->ns;
		tally->max_ordinal = seen->event->ordinal;
	}
	an_histogram_add(&tally->durations, seen->ns);
}

void an_tally_add(struct an_tally *tally, const struct an_seen *seen, bool with_time)
{
	unsigned int flags = seen->event->flags;
	const struct an_effect *effect = seen->effect;

	tally->calls++;
	tally->failed += !!(flags & CT_EVENT_FAILED);
	tally->expected += !!(flags & CT_EVENT_EXPECTED);
	if (flags & CT_EVENT_IN_FLIGHT)
		tally->in_flight++;
	else
		add_time(tally, seen, with_time);
	if (effect->kind == AN_EFFECT_NONE || !effect->known)
		return;
	if (effect->kind == AN_EFFECT_LAUNCH || effect->kind == AN_EFFECT_GRAPH_LAUNCH)
		tally->launches++;
	else if (effect->kind == AN_EFFECT_COPY || effect->kind == AN_EFFECT_SET)
		tally->bytes += effect->bytes;
}

uint64_t an_tally_mean_ns(const struct an_tally *tally)
{
	uint64_t n = tally->durations.count;

	return n ? (tally->total_ns + n / 2) / n : 0;
}

uint64_t an_tally_percentile_ns(const struct an_tally *tally, double percent)
{
	uint64_t ns = an_histogram_percentile(&tally->durations, percent);

	if (!tally->durations.count)
		return 0;
	if (percent >= 100)
		return tally->max_ns;
	if (ns < tally->min_ns)
		return tally->min_ns;
	return ns > tally->max_ns ? tally->max_ns : ns;
}

static const char *full_name(const struct an_table *table, const struct an_tally *tally,
			     struct an_keys *keys)
{
	const char *name = an_keys_name(keys, table->by[0], tally->parts[0]);

	for (unsigned int i = 1; i < table->nby; i++)
		name = ut_arena_printf(&keys->strings, "%s / %s", name,
				       an_keys_name(keys, table->by[i], tally->parts[i]));
	return name;
}

void an_table_finish(struct an_table *table, struct an_keys *keys)
{
	struct an_tally **all = table->tallies.data;

	table->list = ut_xcalloc(table->tallies.capacity + 1, sizeof(struct an_tally *));
	for (size_t i = 0; i < table->tallies.capacity; i++) {
		if (!all[i])
			continue;
		all[i]->name = full_name(table, all[i], keys);
		if (all[i]->min_ns == UINT64_MAX)
			all[i]->min_ns = 0;
		table->list[table->count++] = all[i];
	}
}

void an_table_free(struct an_table *table)
{
	struct an_tally **all = table->tallies.data;

	for (size_t i = 0; i < table->tallies.capacity; i++) {
		if (all[i])
			an_histogram_free(&all[i]->durations);
		free(all[i]);
	}
	free(all);
	free(table->list);
	for (unsigned int i = 0; i < AN_MAX_BY; i++)
		ut_map_free(&table->pairs[i]);
}
