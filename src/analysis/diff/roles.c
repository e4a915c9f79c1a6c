/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes first, then their threads: those of one kind of name stand in the order of their first
 * call, unless what they do says that they have changed places.
 */
#include "analysis/diff/roles.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/assign.h"
#include "analysis/statistics_hash.h"
#include "util/xalloc.h"

/* Beyond so many of one kind they are taken in their order. */
#define MOST_ALIKE 256

/* How often each call is made, by rising tokens. */
struct counts {
	struct df_count {
		uint32_t token, count;
	} * list;
	size_t n;
	uint64_t calls;
};

/* A process or thread that is looked for on the other side. */
struct item {
	const char *name;
	struct counts counts;
	uint64_t kind; /* only those of one kind are the same */
	size_t pair;   /* that of the other side, DF_NO_LANE: none yet */
	enum df_known_by known_by;
	bool counted;
};

struct party {
	const struct df_side *side;
	struct item *items;
	size_t count;
	bool renamed; /* those of other names are looked at */
};

/* ---- what they do ---------------------------------------------------------------------------- */

static int by_token(const void *a, const void *b)
{
	const struct df_count *x = a, *y = b;

	return (x->token > y->token) - (x->token < y->token);
}

static uint32_t last_token(const struct df_side *side)
{
	uint32_t last = 0;

	for (size_t i = 0; i < side->nlanes; i++) {
		for (size_t k = 0; k < side->lanes[i].ncalls; k++) {
			if (side->lanes[i].calls[k].token > last)
				last = side->lanes[i].calls[k].token;
		}
	}
	return last;
}

static void count_lane(uint32_t *seen, const struct df_lane *lane, struct counts *counts,
		       size_t *capacity)
{
	for (size_t i = 0; i < lane->ncalls; i++) {
		uint32_t token = lane->calls[i].token;

		if (!seen[token]) {
			ut_grow(&counts->list, capacity, counts->n, sizeof(*counts->list));
			counts->list[counts->n++] = (struct df_count){ token, 0 };
		}
		seen[token]++;
	}
	counts->calls += lane->ncalls;
}

/* `seen`: zeros by token, and so again afterwards. */
static void finish_counts(uint32_t *seen, struct counts *counts)
{
	for (size_t i = 0; i < counts->n; i++) {
		counts->list[i].count = seen[counts->list[i].token];
		seen[counts->list[i].token] = 0;
	}
	if (counts->n)
		qsort(counts->list, counts->n, sizeof(*counts->list), by_token);
}

/* Calls that one has and the other has not. */
static uint64_t difference(const struct counts *a, const struct counts *b)
{
	uint64_t common = 0;
	size_t i = 0, k = 0;

	while (i < a->n && k < b->n) {
		const struct df_count *x = &a->list[i], *y = &b->list[k];

		if (x->token == y->token)
			common += x->count < y->count ? x->count : y->count;
		i += x->token <= y->token;
		k += y->token <= x->token;
	}
	return a->calls + b->calls - 2 * common;
}

/* ---- matching those of one kind -------------------------------------------------------------- */

struct group {
	size_t *members; /* items, in their order */
	size_t count;
};

static struct group group_of(const struct party *party, uint64_t kind)
{
	struct group group = { ut_xcalloc(party->count + 1, sizeof(*group.members)), 0 };

	for (size_t i = 0; i < party->count; i++) {
		if (party->items[i].kind == kind && party->items[i].pair == DF_NO_LANE)
			group.members[group.count++] = i;
	}
	return group;
}

/* Those of one name stand opposite each other, the rest fills up in order. */
static void line_up(const struct party *a, const struct party *b, const struct group *of_a,
		    struct group *of_b)
{
	size_t n = of_a->count < of_b->count ? of_a->count : of_b->count;

	for (size_t i = 0; i < n; i++) {
		const char *name = a->items[of_a->members[i]].name;

		if (!strcmp(b->items[of_b->members[i]].name, name))
			continue;
		for (size_t k = i + 1; k < of_b->count; k++) {
			size_t other = of_b->members[k];

			if (strcmp(b->items[other].name, name) != 0 ||
			    (k < n && !strcmp(a->items[of_a->members[k]].name, name)))
				continue;
			memmove(&of_b->members[i + 1], &of_b->members[i],
				(k - i) * sizeof(*of_b->members));
			of_b->members[i] = other;
			break;
		}
	}
}

static uint64_t cost_of(const struct party *a, const struct party *b, const struct group *of_a,
			const struct group *of_b, size_t i, size_t k)
{
	static const struct counts nothing;
	const struct counts *x = i < of_a->count ? &a->items[of_a->members[i]].counts : &nothing;
	const struct counts *y = k < of_b->count ? &b->items[of_b->members[k]].counts : &nothing;

	return difference(x, y);
}

/* What has another name must at least do much of the same. */
static bool is_like(const struct counts *a, const struct counts *b)
{
	return difference(a, b) <= (a->calls + b->calls) / 2;
}

static void join(struct party *a, struct party *b, size_t x, size_t y, enum df_known_by known_by)
{
	if (a->renamed && !is_like(&a->items[x].counts, &b->items[y].counts))
		return;
	if (a->renamed)
		known_by = DF_BY_CONTENT;
	a->items[x].pair = y;
	b->items[y].pair = x;
	a->items[x].known_by = b->items[y].known_by = known_by;
}

static void match_by_content(struct party *a, struct party *b, const struct group *of_a,
			     const struct group *of_b)
{
	size_t n = of_a->count > of_b->count ? of_a->count : of_b->count, i, k;
	uint64_t *cost = ut_xcalloc(n * n, sizeof(*cost));
	size_t *to = ut_xcalloc(n, sizeof(*to));

	for (i = 0; i < n; i++) {
		for (k = 0; k < n; k++)
			cost[i * n + k] = cost_of(a, b, of_a, of_b, i, k);
	}
	df_assign_near(cost, n, to);
	for (i = 0; i < of_a->count; i++) {
		if (to[i] < of_b->count)
			join(a, b, of_a->members[i], of_b->members[to[i]],
			     to[i] == i ? DF_BY_ORDER : DF_BY_CONTENT);
	}
	free(cost);
	free(to);
}

static void match_kind(struct party *a, struct party *b, uint64_t kind)
{
	struct group of_a = group_of(a, kind), of_b = group_of(b, kind);
	size_t i, n = of_a.count < of_b.count ? of_a.count : of_b.count;

	line_up(a, b, &of_a, &of_b);
	if (n && (of_a.count > 1 || of_b.count > 1) && of_a.count <= MOST_ALIKE &&
	    of_b.count <= MOST_ALIKE) {
		match_by_content(a, b, &of_a, &of_b);
	} else {
		for (i = 0; i < n; i++)
			join(a, b, of_a.members[i], of_b.members[i], DF_BY_ORDER);
	}
	free(of_a.members);
	free(of_b.members);
}

static void match_kinds(struct party *a, struct party *b)
{
	for (size_t i = 0; i < a->count; i++) {
		if (a->items[i].pair == DF_NO_LANE)
			match_kind(a, b, a->items[i].kind);
	}
}

/* pool-7 is of one kind with pool-12. */
static uint64_t kind_of_name(const char *name)
{
	uint64_t hash = an_hash_text("");

	for (; *name; name++) {
		if (!isdigit((unsigned char)*name))
			hash = an_hash_mix(hash, (unsigned char)*name);
	}
	return hash;
}

/* Leaves as they are those that have a pair. */
static void set_kinds(struct party *party, uint64_t (*kind)(const struct party *, size_t))
{
	for (size_t i = 0; i < party->count; i++)
		party->items[i].kind = kind(party, i);
}

/* ---- processes and threads ----------------------------------------------------------------- */

static uint64_t by_process_name(const struct party *party, size_t i)
{
	return kind_of_name(party->items[i].name);
}

static uint64_t all_alike(const struct party *party, size_t i)
{
	(void)party, (void)i;
	return 0;
}

static uint64_t process_of(const struct party *party, size_t lane)
{
	return party->side->lanes[lane].process;
}

static struct party new_party(const struct df_side *side, size_t count)
{
	struct party party = { side, ut_xcalloc(count + 1, sizeof(*party.items)), count, false };

	for (size_t i = 0; i < count; i++) {
		party.items[i].pair = DF_NO_LANE;
		party.items[i].known_by = DF_UNMATCHED;
	}
	return party;
}

static struct party processes_of(const struct df_side *side, uint32_t *seen)
{
	struct party party = new_party(side, side->nprocesses);

	for (size_t i = 0; i < party.count; i++) {
		struct counts *counts = &party.items[i].counts;
		size_t capacity = 0;

		party.items[i].name = side->processes[i].name;
		for (size_t k = 0; party.count > 1 && k < side->nlanes; k++) {
			if (side->lanes[k].process == i)
				count_lane(seen, &side->lanes[k], counts, &capacity);
		}
		finish_counts(seen, counts);
	}
	return party;
}

static struct party threads_of(const struct df_side *side, uint32_t *seen)
{
	struct party party = new_party(side, side->nlanes);

	for (size_t i = 0; i < party.count; i++) {
		size_t capacity = 0;

		party.items[i].name = side->lanes[i].name;
		count_lane(seen, &side->lanes[i], &party.items[i].counts, &capacity);
		finish_counts(seen, &party.items[i].counts);
	}
	return party;
}

static void free_party(struct party *party)
{
	for (size_t i = 0; i < party->count; i++)
		free(party->items[i].counts.list);
	free(party->items);
}

/* In both sides the number of the process of A, or one that the other side has not. */
static void set_thread_kinds(struct party *threads, const struct party *processes, bool is_b,
			     bool by_name)
{
	for (size_t i = 0; i < threads->count; i++) {
		uint64_t process = process_of(threads, i), kind;

		if (is_b && process < processes->count)
			kind = processes->items[process].pair != DF_NO_LANE
				       ? processes->items[process].pair
				       : UINT64_MAX - process;
		else
			kind = process;
		kind = an_hash_mix(kind, by_name);
		if (by_name)
			kind = an_hash_mix(kind, kind_of_name(threads->items[i].name));
		threads->items[i].kind = kind;
	}
}

static void match_processes(struct party *a, struct party *b)
{
	set_kinds(a, by_process_name);
	set_kinds(b, by_process_name);
	match_kinds(a, b);
	/* A program that was renamed, or another build of it under another name. */
	set_kinds(a, all_alike);
	set_kinds(b, all_alike);
	match_kinds(a, b);
}

/* ---- threads that were named too late -------------------------------------------------------- */

/* Nearly the same calls. */
static bool is_close(const struct counts *a, const struct counts *b)
{
	return difference(a, b) * 20 <= a->calls + b->calls;
}

static size_t count_kind(const struct party *party, uint64_t kind)
{
	size_t count = 0;

	for (size_t i = 0; i < party->count; i++)
		count += party->items[i].kind == kind;
	return count;
}

static bool has_close(const struct party *party, uint64_t kind, const struct counts *counts)
{
	for (size_t i = 0; i < party->count; i++) {
		if (party->items[i].kind == kind && party->items[i].pair == DF_NO_LANE &&
		    is_close(&party->items[i].counts, counts))
			return true;
	}
	return false;
}

/*
 * Who starts a thread often names it, and may do so before or after its first call. One without a
 * name that has no like among those without one is one of a name that the other side has more of.
 */
static void match_nameless(struct party *a, struct party *b)
{
	for (size_t i = 0; i < a->count; i++) {
		struct item *item = &a->items[i];

		if (*item->name || item->pair != DF_NO_LANE ||
		    has_close(b, item->kind, &item->counts))
			continue;
		for (size_t k = 0; k < b->count; k++) {
			struct item *other = &b->items[k];

			if (!*other->name || other->pair != DF_NO_LANE ||
			    count_kind(b, other->kind) <= count_kind(a, other->kind) ||
			    !is_close(&item->counts, &other->counts))
				continue;
			item->pair = k;
			other->pair = i;
			item->known_by = other->known_by = DF_BY_CONTENT;
			break;
		}
	}
}

static void match_threads(struct party *a, struct party *b, const struct party *processes_a,
			  const struct party *processes_b)
{
	for (int by_name = 1; by_name >= 0; by_name--) {
		a->renamed = !by_name;
		set_thread_kinds(a, processes_a, false, by_name);
		set_thread_kinds(b, processes_b, true, by_name);
		if (by_name && processes_a->count == 1 && processes_b->count == 1) {
			match_nameless(a, b);
			match_nameless(b, a);
		}
		match_kinds(a, b);
	}
}

/* ---- pairs --------------------------------------------------------------------------------- */

static struct df_pair *pairs_of(const struct party *a, const struct party *b, size_t *count)
{
	struct df_pair *pairs = ut_xcalloc(a->count + b->count + 1, sizeof(*pairs));
	size_t n = 0, i;

	for (i = 0; i < a->count; i++)
		pairs[n++] = (struct df_pair){ i, a->items[i].pair,
					       a->items[i].pair == DF_NO_LANE
						       ? DF_UNMATCHED
						       : a->items[i].known_by };
	for (i = 0; i < b->count; i++) {
		if (b->items[i].pair == DF_NO_LANE)
			pairs[n++] = (struct df_pair){ DF_NO_LANE, i, DF_UNMATCHED };
	}
	*count = n;
	return pairs;
}

struct df_pair *df_roles(const struct df_side *a, const struct df_side *b, size_t *count)
{
	uint32_t last_a = last_token(a), last_b = last_token(b);
	uint32_t *seen = ut_xcalloc((size_t)(last_a > last_b ? last_a : last_b) + 1, sizeof(*seen));
	struct party processes_a = processes_of(a, seen), processes_b = processes_of(b, seen);
	struct party threads_a = threads_of(a, seen), threads_b = threads_of(b, seen);
	struct df_pair *pairs;

	match_processes(&processes_a, &processes_b);
	match_threads(&threads_a, &threads_b, &processes_a, &processes_b);
	pairs = pairs_of(&threads_a, &threads_b, count);
	free_party(&processes_a);
	free_party(&processes_b);
	free_party(&threads_a);
	free_party(&threads_b);
	free(seen);
	return pairs;
}
