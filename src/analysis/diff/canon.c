/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call as a whole: its arguments are looked at with what was known before it, then it changes
 * what is known.
 */
#include "analysis/diff/canon_own.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/statistics_hash.h"
#include "util/xalloc.h"

struct df_canon *df_canon_new(bool identities)
{
	struct df_canon *canon = ut_xcalloc(1, sizeof(*canon));

	canon->identities = identities;
	canon->state = an_state_new();
	canon->stream_type = df_objects_type(&canon->objects, "stream");
	canon->event_type = df_objects_type(&canon->objects, "event");
	canon->node_type = df_objects_type(&canon->objects, "node");
	return canon;
}

void df_canon_free(struct df_canon *canon)
{
	if (!canon)
		return;
	an_state_free(canon->state);
	df_objects_free(&canon->objects);
	for (size_t i = 0; i < canon->nlanes; i++)
		ut_map_free(&canon->lanes[i].recordings);
	free(canon->lanes);
	free(canon->habits);
	rd_names_free(&canon->names);
	ut_map_free(&canon->kernels);
	free(canon->allocations);
	free(canon);
}

struct an_state *df_canon_state(struct df_canon *canon)
{
	return canon->state;
}

const char *df_canon_keep(struct df_canon *canon, const char *text)
{
	return rd_names_text(&canon->names, rd_names_number(&canon->names, text));
}

void df_canon_lane(struct df_canon *canon, uint32_t lane, const char *known_as)
{
	while (canon->nlanes <= lane) {
		ut_grow(&canon->lanes, &canon->lanes_capacity, canon->nlanes,
			sizeof(*canon->lanes));
		canon->lanes[canon->nlanes++] =
			(struct df_known_lane){ .known_as = "another thread" };
	}
	canon->lanes[lane].known_as = df_canon_keep(canon, known_as);
}

void df_value_set_word(struct df_value *value, const char *word)
{
	value->kind = DF_VALUE_WORD;
	value->word = word;
	value->lasting = true;
}

/* ---- calls --------------------------------------------------------------------------------- */

static uint64_t key_of_word(const char *word, bool lasting)
{
	return lasting ? (uint64_t)(uintptr_t)word : an_hash_text(word);
}

static inline uint64_t add_value(uint64_t key, const struct df_value *value)
{
	key = an_hash_mix(key ^ (uint64_t)value->kind << 56, value->n[0]);
	if (value->n[1] | value->n[2])
		key = an_hash_mix(an_hash_mix(key, value->n[1]), value->n[2]);
	if (value->word)
		key = an_hash_mix(key, key_of_word(value->word, value->lasting));
	if (value->of)
		key = an_hash_mix(key, (uint64_t)(uintptr_t)value->of);
	return key;
}

static void set_result(struct df_canonical *call, const struct ct_event *event,
		       const struct df_habit *habit)
{
	call->result = NULL;
	call->number = 0;
	call->has_number = false;
	call->injected = event->flags & CT_EVENT_INJECTED;
	if (event->flags & CT_EVENT_IN_FLIGHT) {
		call->result = "in flight";
		return;
	}
	/* Ready or not yet: the pace of things. */
	if (habit->is_query && !(event->flags & CT_EVENT_FAILED)) {
		call->result = "answered";
		return;
	}
	if (!event->result_kind || !*event->result_kind || *event->result_kind == 'v')
		return;
	call->result = event->result_name;
	call->number = event->result;
	call->has_number = true;
}

/* Of what the arguments are called nothing is asked if calls of the layout are called the same. */
static void set_keys(struct df_canonical *call, const struct ct_event *event)
{
	uint64_t key =
		an_hash_mix((uint64_t)event->function << 32 | event->layout,
			    (uint64_t)call->injected << 33 | (uint64_t)(uint32_t)call->number << 1 |
				    call->has_number);

	call->shape_key = an_hash_mix(event->function, (uint64_t)(uintptr_t)call->kernel);
	if (call->result)
		key = an_hash_mix(key, key_of_word(call->result, event->lasting));
	for (unsigned int i = 0; i < call->nvalues; i++) {
		if (!event->layout)
			key = an_hash_mix(key, an_hash_text(call->values[i].name));
		else
			key = an_hash_mix(key, (uint64_t)(uintptr_t)call->values[i].name);
		key = add_value(key, &call->values[i]);
	}
	call->key = key;
}

static void apply(struct df_canon *canon, uint32_t lane, const struct ct_event *event,
		  const struct df_habit *habit, const struct an_effect *effect,
		  struct an_change *change)
{
	const struct df_asker asker = df_canon_asker(lane, event);
	uint32_t type;

	an_state_apply(canon->state, event, effect, change);
	df_canon_number(canon, lane, change);
	if (habit->records)
		df_canon_note_recording(canon, lane, event);
	/* Of what has no effect nothing else is set. */
	if ((effect->kind != AN_EFFECT_CREATE && effect->kind != AN_EFFECT_DESTROY) ||
	    !effect->known || !effect->handle || !effect->type)
		return;
	type = df_canon_type(canon, effect->type, false);
	if (!type || type == canon->node_type)
		return;
	if (effect->kind == AN_EFFECT_CREATE)
		df_objects_create(&canon->objects, &asker, type, effect->handle);
	else
		df_objects_destroy(&canon->objects, &asker, type, effect->handle);
}

static bool takes_stream(const struct ct_event *event)
{
	for (unsigned int i = 0; i < event->nargs; i++) {
		if (event->args[i].kind == CT_KIND_HANDLE && !strcmp(event->args[i].type, "stream"))
			return true;
	}
	return false;
}

void df_canon_take(struct df_canon *canon, uint32_t lane, const struct ct_event *event,
		   struct df_canonical *call, struct an_effect *effect, struct an_change *change)
{
	struct df_habit *habit = df_canon_habit(canon, event);
	uint64_t left_out;

	an_effect_of(event, effect);
	left_out = df_canon_left_out(event, effect, habit);
	call->function = event->name;
	call->nvalues = 0;
	call->kernel = effect->kind == AN_EFFECT_LAUNCH && effect->kernel
			       ? df_canon_kernel(canon, effect->kernel, event->lasting)
			       : NULL;
	for (unsigned int i = 0; i < event->nargs; i++) {
		struct df_value *value = &call->values[call->nvalues];

		if (left_out >> i & 1 || !event->args[i].known)
			continue;
		*value = (struct df_value){ .name = event->args[i].name };
		df_canon_value(canon, value, lane, event, &event->args[i], effect, habit);
		call->nvalues++;
	}
	if (event->flags & CT_EVENT_PER_THREAD && !takes_stream(event)) {
		call->values[call->nvalues] = (struct df_value){ .name = "stream" };
		df_value_set_word(&call->values[call->nvalues++], "per-thread");
	}
	set_result(call, event, habit);
	set_keys(call, event);
	apply(canon, lane, event, habit, effect, change);
}
