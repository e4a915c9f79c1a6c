/* SPDX-License-Identifier: Apache-2.0 */
/* Facts and warnings of a merged trace. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/merge_internal.h"
#include "util/xalloc.h"

/* Traces that are described one by one; of more, that there are. */
#define DESCRIBED 64
/* Traces that a warning names. */
#define NAMED 4

/* ---- facts --------------------------------------------------------------------------------- */

struct facts {
	struct an_merge *merge;
	struct ct_fact *list;
	size_t count, capacity;
};

static void add(struct facts *facts, const char *name, const char *value)
{
	ut_grow(&facts->list, &facts->capacity, facts->count, sizeof(*facts->list));
	facts->list[facts->count++] = (struct ct_fact){ .name = name, .value = value };
}

static const char *fact_of(const struct ct_header *header, const char *name)
{
	for (unsigned int i = 0; i < header->nfacts; i++) {
		if (!strcmp(header->facts[i].name, name))
			return header->facts[i].value;
	}
	return NULL;
}

/* Counts of calls, by what became of them. */
static bool is_sum(const char *name)
{
	return !strncmp(name, "lost_", 5) || !strcmp(name, "failed");
}

static void add_sum(struct facts *facts, const char *name)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < facts->merge->nsources; i++) {
		const char *value = fact_of(facts->merge->sources[i].header, name);

		sum += value ? strtoull(value, NULL, 10) : 0;
	}
	add(facts, name, ut_arena_printf(&facts->merge->strings, "%" PRIu64, sum));
}

/* What every trace says, and says alike. */
static void add_common(struct facts *facts, const struct ct_fact *fact)
{
	for (size_t i = 1; i < facts->merge->nsources; i++) {
		const char *other = fact_of(facts->merge->sources[i].header, fact->name);

		if (!other || strcmp(other, fact->value) != 0)
			return;
	}
	add(facts, fact->name, fact->value);
}

/* Counts that only some traces have, too. */
static void add_sums(struct facts *facts)
{
	for (size_t i = 0; i < facts->merge->nsources; i++) {
		const struct ct_header *header = facts->merge->sources[i].header;

		for (unsigned int n = 0; n < header->nfacts; n++) {
			const char *name = header->facts[n].name;
			size_t known = 0;

			while (known < facts->count && strcmp(facts->list[known].name, name) != 0)
				known++;
			if (known == facts->count && is_sum(name))
				add_sum(facts, name);
		}
	}
}

static void add_input(struct facts *facts, size_t number)
{
	struct an_merge *merge = facts->merge;
	const struct an_merge_source *source = &merge->sources[number];
	const struct ct_header *header = source->header;
	struct ut_arena *strings = &merge->strings;
	const char *rank = "";

	if (header->world_size)
		rank = ut_arena_printf(strings, "rank %d of %d, ", header->rank,
				       header->world_size);
	add(facts, ut_arena_printf(strings, "merged.%zu", number + 1),
	    ut_arena_printf(strings, "%s: %shost %s, %" PRIu64 " calls%s, clock %+" PRId64 " ns",
			    source->input->name, rank, header->host, header->recorded,
			    header->complete ? "" : " (not complete)", source->input->shift_ns));
}

void an_merge_facts(struct an_merge *merge)
{
	const struct ct_header *first = merge->sources[0].header;
	struct facts facts = { .merge = merge };
	size_t size;

	add(&facts, "merged", ut_arena_printf(&merge->strings, "%zu traces", merge->nsources));
	add(&facts, "merged_align", merge->options.align);
	add(&facts, "merged_clocks", merge->options.clocks);
	add(&facts, "merged_use",
	    "for viewing: tools that compare ranks (HTA) take the traces of the ranks themselves");
	for (unsigned int i = 0; i < first->nfacts; i++) {
		if (!is_sum(first->facts[i].name) &&
		    strncmp(first->facts[i].name, "merged", 6) != 0)
			add_common(&facts, &first->facts[i]);
	}
	add_sums(&facts);
	for (size_t i = 0; i < merge->nsources && i < DESCRIBED; i++)
		add_input(&facts, i);
	size = facts.count * sizeof(*facts.list);
	merge->header.facts = ut_arena_alloc(&merge->strings, size);
	memcpy(merge->header.facts, facts.list, size);
	merge->header.nfacts = (unsigned int)facts.count;
	free(facts.list);
}

/* ---- warnings ------------------------------------------------------------------------------ */

struct warning {
	const char *code, *text;
	const char *names; /* of the traces that have it, as many as are named */
	size_t count;
};

struct warnings {
	struct an_merge *merge;
	struct warning *list;
	size_t count, capacity;
};

static void warn(struct warnings *warnings, const struct an_merge_source *source,
		 const struct ct_warning *warning)
{
	struct ut_arena *strings = &warnings->merge->strings;
	const char *name = an_merge_source_name(warnings->merge, source);
	struct warning *known = warnings->list;

	for (; known < warnings->list + warnings->count; known++) {
		if (strcmp(known->code, warning->code) != 0 ||
		    strcmp(known->text, warning->text) != 0)
			continue;
		if (known->count++ < NAMED)
			known->names = ut_arena_printf(strings, "%s, %s", known->names, name);
		return;
	}
	ut_grow(&warnings->list, &warnings->capacity, warnings->count, sizeof(*warnings->list));
	warnings->list[warnings->count++] =
		(struct warning){ warning->code, warning->text, name, 1 };
}

/* That a trace is not complete would show in the whole's `complete` only. */
static void warn_of_damage(struct warnings *warnings, size_t number)
{
	const struct an_merge *merge = warnings->merge;
	const struct an_merge_source *source = &merge->sources[number];
	const struct rd_error *damage = rd_damage(source->input->trace);

	if (merge->options.seen && *merge->options.seen->damage[number].text)
		damage = &merge->options.seen->damage[number];
	if (damage)
		warn(warnings, source, &(struct ct_warning){ "damaged", damage->text });
	else if (!source->header->complete)
		warn(warnings, source,
		     &(struct ct_warning){ "incomplete",
					   "the trace was not complete when it was written" });
}

static void finish_warnings(struct warnings *warnings)
{
	struct an_merge *merge = warnings->merge;
	size_t own = merge->options.nwarnings, total = own + warnings->count;
	struct ct_warning *list = ut_arena_alloc(&merge->strings, total * sizeof(*list));

	if (own)
		memcpy(list, merge->options.warnings, own * sizeof(*list));
	for (size_t i = 0; i < warnings->count; i++) {
		const struct warning *w = &warnings->list[i];
		const char *more = "";

		if (w->count > NAMED)
			more = ut_arena_printf(&merge->strings, " and %zu more", w->count - NAMED);
		list[own + i] = (struct ct_warning){
			.code = w->code,
			.text = ut_arena_printf(&merge->strings, "%s%s: %s", w->names, more,
						w->text),
		};
	}
	merge->header.warnings = list;
	merge->header.nwarnings = (unsigned int)total;
}

void an_merge_warnings(struct an_merge *merge)
{
	struct warnings warnings = { .merge = merge };

	for (size_t i = 0; i < merge->nsources; i++) {
		const struct ct_header *header = merge->sources[i].header;

		warn_of_damage(&warnings, i);
		for (unsigned int n = 0; n < header->nwarnings; n++)
			warn(&warnings, &merge->sources[i], &header->warnings[n]);
	}
	finish_warnings(&warnings);
	free(warnings.list);
}
