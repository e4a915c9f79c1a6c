/* SPDX-License-Identifier: Apache-2.0 */
/* What a change of a lane's calls is, in words and for those who decide. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "analysis/diff/compare_own.h"
#include "analysis/diff/kernel_name.h"
#include "util/xalloc.h"

/* Different calls of one change that are told by name; and that are kept track of. */
#define MOST_NAMES  3
#define MOST_SHAPES 256
/* Items back that the same difference is looked for. */
#define LOOK_BACK 512

/* A change and what is known of its calls. */
struct told {
	struct df_comparison *c;
	size_t both;
	const struct df_change *change;
	const struct df_description *a, *b;
	size_t na, nb;
};

/* ---- words --------------------------------------------------------------------------------- */

/* Success is not worth a word. */
static const char *without_success(struct ut_arena *strings, const char *text)
{
	const char *end = strstr(text, " = cudaSuccess");

	return end && !end[14] ? ut_arena_copy(strings, text, (size_t)(end - text)) : text;
}

static const char *shape_text(const struct told *t, uint32_t shape)
{
	const char *text = df_dictionary_shape_text(t->c->a->dictionary, shape);

	return text ? text : "?";
}

static const struct df_call *call_of(const struct df_reduced *r, size_t call)
{
	return &r->sequence.calls[call];
}

/* "cudaA(x=1)", or "3 calls: cudaA, cudaB, cudaA" */
static const char *calls_text(const struct told *t, const struct df_reduced *r, size_t first,
			      size_t count, const struct df_description *described)
{
	struct ut_arena *strings = t->c->strings;
	char names[512];
	size_t length = 0;

	if (count == 1 && described->text && *described->text)
		return without_success(strings, described->text);
	if (count == 1)
		return shape_text(t, call_of(r, first)->shape);
	names[0] = '\0';
	for (size_t i = 0; i < count && i < MOST_NAMES; i++) {
		length += (size_t)snprintf(names + length, sizeof(names) - length, "%s%s",
					   i ? ", " : "",
					   shape_text(t, call_of(r, first + i)->shape));
		if (length >= sizeof(names))
			break;
	}
	return ut_arena_printf(strings, "%zu calls: %s%s", count, names,
			       count > MOST_NAMES ? ", ..." : "");
}

static const char *s(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* Where a change is, behind what it is. */
static const char *place_text(const struct told *t)
{
	const struct df_change *change = t->change;
	size_t block = change->block_a ? change->block_a : change->block_b;
	uint64_t rounds = change->iterations_a ? change->iterations_a : change->iterations_b;

	if (!block)
		return change->times > 1 ? ut_arena_printf(t->c->strings, ", at %" PRIu64 " places",
							   change->times)
					 : "";
	if (change->times >= rounds)
		return ut_arena_printf(
			t->c->strings,
			" at position %zu of the block of %zu call%s, repeated %" PRIu64 " times",
			change->position, block, s(block), rounds);
	return ut_arena_printf(t->c->strings,
			       " at position %zu of the block of %zu call%s, in %" PRIu64
			       " of %" PRIu64 " iterations",
			       change->position, block, s(block), change->times, rounds);
}

/* What came or went in every iteration of a loop. */
static bool is_of_all_iterations(const struct df_change *change)
{
	return change->block_a && change->block_b && change->block_a != change->block_b &&
	       change->times >= change->iterations_a;
}

static const char *came_text(const struct told *t, char sign, const char *calls)
{
	const struct df_change *change = t->change;

	if (!is_of_all_iterations(change))
		return ut_arena_printf(t->c->strings, "%c %s%s", sign, calls, place_text(t));
	return ut_arena_printf(t->c->strings,
			       "the block of %zu call%s repeated %" PRIu64
			       " times now has %zu: %c %s at position %zu",
			       change->block_a, s(change->block_a), change->iterations_a,
			       change->block_b, sign, calls, change->position);
}

/* ---- what items have in common ------------------------------------------------------------- */

static const char *kernel_in(const char *shape)
{
	const char *blank = strchr(shape, ' ');

	return blank ? blank + 1 : NULL;
}

/* train of "step(int) [train+0x1234]" and "train+0x1234" */
static const char *module_in(struct ut_arena *strings, const char *caller)
{
	const char *begin = caller ? strrchr(caller, '[') : NULL, *end;

	begin = begin ? begin + 1 : caller;
	end = begin ? strrchr(begin, '+') : NULL;
	return end ? ut_arena_copy(strings, begin, (size_t)(end - begin)) : NULL;
}

struct atoms {
	const char **list;
	uint32_t *shapes;
	size_t count;
};

static void add_atom(const struct told *t, struct atoms *atoms, uint32_t shape)
{
	for (size_t i = 0; i < atoms->count; i++) {
		if (atoms->shapes[i] == shape)
			return;
	}
	if (atoms->count == MOST_SHAPES)
		return;
	atoms->shapes[atoms->count] = shape;
	atoms->list[atoms->count++] = df_atom(t->c, "calls", t->both, t->change->phase == DF_STEADY,
					      shape_text(t, shape));
}

/* All calls that came or went must be such as come and go. */
static void take_atoms(const struct told *t, struct df_found *found)
{
	const struct df_both *both = &t->c->both[t->both];
	const struct df_change *change = t->change;
	const char *list[MOST_SHAPES];
	uint32_t shapes[MOST_SHAPES];
	struct atoms atoms = { list, shapes, 0 };

	for (size_t i = 0; i < change->na; i++)
		add_atom(t, &atoms, call_of(&both->a, change->a + i)->shape);
	for (size_t i = 0; i < change->nb; i++)
		add_atom(t, &atoms, call_of(&both->b, change->b + i)->shape);
	found->atoms = ut_arena_alloc(t->c->strings, (atoms.count + 1) * sizeof(*list));
	found->shapes = ut_arena_alloc(t->c->strings, (atoms.count + 1) * sizeof(*shapes));
	memcpy(found->atoms, list, atoms.count * sizeof(*list));
	memcpy(found->shapes, shapes, atoms.count * sizeof(*shapes));
	found->atoms[atoms.count] = NULL;
}

static void take_atom(const struct told *t, struct df_found *found, const char *kind,
		      const char *what)
{
	found->atoms = ut_arena_alloc(t->c->strings, 2 * sizeof(*found->atoms));
	found->shapes = ut_arena_alloc(t->c->strings, sizeof(*found->shapes));
	found->atoms[0] = df_atom(t->c, kind, t->both, t->change->phase == DF_STEADY, what);
	found->atoms[1] = NULL;
	found->shapes[0] = 0;
}

static unsigned int effects_of(const struct told *t)
{
	const struct df_both *both = &t->c->both[t->both];
	unsigned int effects = 0;

	for (size_t side = 0; side < 2; side++) {
		const struct df_reduced *r = side ? &both->b : &both->a;
		size_t first = side ? t->change->b : t->change->a, n = side ? t->nb : t->na;

		for (size_t i = 0; i < n; i++) {
			const char *function = df_dictionary_shape_function(
				t->c->a->dictionary, call_of(r, first + i)->shape);
			const struct an_function *known = function ? an_function(function) : NULL;

			effects |= known ? 1u << known->effect : 0;
		}
	}
	return effects;
}

/* The runtime's enumerator or the driver's. */
static bool is_error(const char *result)
{
	return !strncmp(result, "cudaError", 9) || !strncmp(result, "CUDA_ERROR", 10);
}

/* Of the calls that came, one that failed. */
static bool brings_failure(const struct told *t)
{
	for (size_t i = 0; i < t->nb && t->change->kind == DF_CHANGE_CAME; i++) {
		if (t->b[i].result && is_error(t->b[i].result))
			return true;
	}
	return false;
}

static struct df_found *begin(const struct told *t, enum df_level level, enum df_what what)
{
	const struct df_both *both = &t->c->both[t->both];
	const struct df_change *change = t->change;
	struct df_found *found = df_find(t->c, level, what, t->both);
	struct df_item *item = &found->item;
	const struct df_description *example = change->nb ? t->b : t->a;
	uint32_t shape = 0;

	item->phase = change->phase;
	item->times = change->times ? change->times : 1;
	item->block_a = change->block_a;
	item->block_b = change->block_b;
	item->position = change->position;
	item->iterations_a = change->iterations_a;
	item->iterations_b = change->iterations_b;
	if (t->na)
		item->ordinal_a = t->a->ordinal;
	if (t->nb)
		item->ordinal_b = t->b->ordinal;
	if (change->na)
		shape = call_of(&both->a, change->a)->shape;
	else if (change->nb)
		shape = call_of(&both->b, change->b)->shape;
	found->function = df_dictionary_shape_function(t->c->a->dictionary, shape);
	found->subject = shape_text(t, shape);
	found->kernel = kernel_in(found->subject);
	found->effects = effects_of(t);
	if (t->na + t->nb) {
		item->caller = example->caller ? ut_arena_strdup(t->c->strings, example->caller)
					       : NULL;
		item->stack = example->stack;
		found->module = module_in(t->c->strings, item->caller);
	}
	return found;
}

/* ---- one call, another token --------------------------------------------------------------- */

static const char *value_of(const struct df_description *call, const char *name)
{
	for (size_t i = 0; i < call->nargs; i++) {
		if (!strcmp(call->names[i], name))
			return call->values[i];
	}
	return NULL;
}

/* How a kernel is launched. */
static bool is_of_kernel(const struct told *t, const struct df_found *found, const char *argument)
{
	static const char *const words[] = { "grid", "block", "shared", "func", "kernel" };

	(void)t;
	if (!(found->effects & 1u << AN_EFFECT_LAUNCH))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasestr(argument, words[i]))
			return true;
	}
	return false;
}

static bool is_same_argument(const struct df_item *a, const struct df_item *b)
{
	return a->what == b->what && a->level == b->level && a->argument &&
	       !strcmp(a->argument, b->argument) && !strcmp(a->before, b->before) &&
	       !strcmp(a->after, b->after);
}

/*
 * The same argument that is the same other value elsewhere in the lane: a stream that was merged
 * away is one difference. How a kernel is launched is told for each. What is of the steady state
 * has the word.
 */
static bool is_known(struct df_comparison *c, const struct df_found *found)
{
	for (size_t i = c->nfound - 1; i-- > 0 && c->nfound - i < LOOK_BACK;) {
		struct df_found *other = &c->found[i];
		uint64_t times = other->item.times + found->item.times;

		if (other->both != found->both || !is_same_argument(&other->item, &found->item) ||
		    (found->item.level == DF_KERNELS && found->function != other->function) ||
		    (found->item.level == DF_KERNELS && found->kernel != other->kernel))
			continue;
		if (other->item.phase != DF_STEADY && found->item.phase == DF_STEADY)
			*other = *found;
		other->item.times = times;
		return true;
	}
	return false;
}

static void argument_differs(const struct told *t, const char *name, const char *before,
			     const char *after)
{
	struct ut_arena *strings = t->c->strings;
	struct df_found *found = begin(t, DF_STRUCTURE, DF_ARGUMENT);
	struct df_item *item = &found->item;

	if (is_of_kernel(t, found, name)) {
		item->level = DF_KERNELS;
		item->what = DF_KERNEL;
	}
	item->argument = ut_arena_strdup(strings, name);
	item->before = before ? ut_arena_strdup(strings, before) : "(none)";
	item->after = after ? ut_arena_strdup(strings, after) : "(none)";
	item->text = ut_arena_printf(strings, "%s: %s is %s, was %s%s", found->subject, name,
				     item->after, item->before, place_text(t));
	take_atom(t, found, "argument",
		  ut_arena_printf(strings, "%s %s", found->subject, item->argument));
	found->subject = ut_arena_printf(strings, "%s %s", found->subject, item->argument);
	if (is_known(t->c, found))
		t->c->nfound--;
}

static void result_differs(const struct told *t)
{
	struct ut_arena *strings = t->c->strings;
	struct df_found *found = begin(t, DF_RESULTS, DF_RESULT);
	struct df_item *item = &found->item;

	item->before = ut_arena_strdup(strings, t->a->result);
	item->after = ut_arena_strdup(strings, t->b->result);
	found->fails = is_error(t->b->result);
	item->text = ut_arena_printf(strings, "%s %s, was %s%s: %s", found->subject,
				     ut_arena_printf(strings, "returns %s", item->after),
				     item->before, place_text(t), t->b->text);
	take_atom(t, found, "result", found->subject);
}

/* Another kernel in its place; what else it is launched with follows from that. */
static void kernel_differs(const struct told *t, const char *before, const char *after)
{
	struct ut_arena *strings = t->c->strings;
	struct df_found *found = begin(t, DF_KERNELS, DF_KERNEL);
	struct df_item *item = &found->item;
	const char *a = kernel_in(before), *b = kernel_in(after);
	const char *routine = df_kernel_routine(a ? a : before);
	const char *other = df_kernel_routine(b ? b : after);
	bool variant = routine && other && !strcmp(routine, other);

	item->argument = a && b ? "kernel" : "function";
	item->before = a && b ? a : before;
	item->after = a && b ? b : after;
	item->what = variant ? DF_VARIANT : DF_KERNEL;
	item->text = variant ? ut_arena_printf(strings, "another variant of %s: %s, was %s%s",
					       routine, item->after, item->before, place_text(t))
			     : ut_arena_printf(strings, "%s is %s, was %s%s",
					       a && b ? "the kernel" : "the call", item->after,
					       item->before, place_text(t));
	if (!a || !b) {
		item->level = DF_STRUCTURE;
		item->what = DF_ARGUMENT;
	}
	take_atoms(t, found);
}

static void call_differs(const struct told *t)
{
	const struct df_both *both = &t->c->both[t->both];
	uint32_t before = call_of(&both->a, t->change->a)->shape;
	uint32_t after = call_of(&both->b, t->change->b)->shape;
	bool any = false;

	if (before != after) {
		kernel_differs(t, shape_text(t, before), shape_text(t, after));
		return;
	}
	if (t->a->result && t->b->result && strcmp(t->a->result, t->b->result) != 0) {
		result_differs(t);
		return;
	}
	for (size_t i = 0; i < t->a->nargs; i++) {
		const char *after_it = value_of(t->b, t->a->names[i]);

		if (after_it && !strcmp(after_it, t->a->values[i]))
			continue;
		argument_differs(t, t->a->names[i], t->a->values[i], after_it);
		any = true;
	}
	for (size_t i = 0; i < t->b->nargs; i++) {
		if (value_of(t->a, t->b->names[i]))
			continue;
		argument_differs(t, t->b->names[i], NULL, t->b->values[i]);
		any = true;
	}
	/* A side that cannot tell its arguments: the texts are all there is. */
	if (!any)
		argument_differs(t, "call", t->a->text, t->b->text);
}

/* ---- calls that came, went, moved ---------------------------------------------------------- */

static void came_or_went(const struct told *t)
{
	const struct df_both *both = &t->c->both[t->both];
	const struct df_change *change = t->change;
	bool came = change->kind == DF_CHANGE_CAME;
	const char *calls = came ? calls_text(t, &both->b, change->b, change->nb, t->b)
				 : calls_text(t, &both->a, change->a, change->na, t->a);
	struct df_found *found = begin(t, DF_STRUCTURE, came ? DF_CAME : DF_WENT);

	found->item.text = came_text(t, came ? '+' : '-', calls);
	found->item.before = came ? NULL : calls;
	found->item.after = came ? calls : NULL;
	found->fails = brings_failure(t);
	found->in_pool = true;
	take_atoms(t, found);
}

static void swapped(const struct told *t)
{
	const struct df_both *both = &t->c->both[t->both];
	const struct df_change *change = t->change;
	struct df_found *found = begin(t, DF_ORDER, DF_MOVED);
	struct df_item *item = &found->item;

	item->before = calls_text(t, &both->a, change->a, change->na, t->a);
	item->after = calls_text(t, &both->b, change->b, change->nb, t->b);
	item->text = ut_arena_printf(t->c->strings, "another order: %s; was %s%s", item->after,
				     item->before, place_text(t));
	take_atoms(t, found);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* What came or went may be several iterations; one is told. */
static void loop_differs(const struct told *t)
{
	const struct df_both *both = &t->c->both[t->both];
	const struct df_change *change = t->change;
	struct df_found *found = begin(t, DF_STRUCTURE, DF_COUNT);
	size_t block = change->block_a ? change->block_a : change->block_b;

	found->item.value_a = (double)change->iterations_a;
	found->item.value_b = (double)change->iterations_b;
	found->item.text = ut_arena_printf(
		t->c->strings,
		"the block of %zu call%s (%s) goes round %" PRIu64 " times, was %" PRIu64, block,
		s(block),
		change->na ? calls_text(t, &both->a, change->a, least(change->na, block), t->a)
			   : calls_text(t, &both->b, change->b, least(change->nb, block), t->b),
		change->iterations_b, change->iterations_a);
	found->in_pool = true;
	take_atoms(t, found);
}

static void too_different(const struct told *t)
{
	struct df_found *found = begin(t, DF_STRUCTURE, DF_TOO_DIFFERENT);

	found->item.value_a = (double)t->change->na;
	found->item.value_b = (double)t->change->nb;
	found->item.text = ut_arena_printf(
		t->c->strings,
		"too different from here on to be told one by one: %zu calls of A, %zu of B",
		t->change->na, t->change->nb);
	found->subject = "rest";
	take_atom(t, found, "rest", "");
}

void df_level_change(struct df_comparison *c, size_t both, const struct df_change *change,
		     const struct df_description *a, size_t na, const struct df_description *b,
		     size_t nb)
{
	struct told t = { c, both, change, a, b, na, nb };

	switch (change->kind) {
	case DF_CHANGE_CAME:
	case DF_CHANGE_WENT:
		came_or_went(&t);
		break;
	case DF_CHANGE_SWAPPED:
		swapped(&t);
		break;
	case DF_CHANGE_CALL:
		call_differs(&t);
		break;
	case DF_CHANGE_COUNT:
		loop_differs(&t);
		break;
	case DF_CHANGE_REST:
		too_different(&t);
		break;
	}
}
