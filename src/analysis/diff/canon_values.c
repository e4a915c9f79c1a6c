/* SPDX-License-Identifier: Apache-2.0 */
/* What arguments mean, and which of them are looked at. */
#include "analysis/diff/canon_own.h"

#include <string.h>

#include "util/xalloc.h"

/* ---- functions ----------------------------------------------------------------------------- */

static bool is_one_of(const char *name, const char *const list[])
{
	while (*list && strcmp(*list, name) != 0)
		list++;
	return *list;
}

struct df_habit *df_canon_habit(struct df_canon *canon, const struct ct_event *event)
{
	static const char *const recording[] = { "cudaEventRecord", "cudaEventRecordWithFlags",
						 NULL };
	static const char *const asking[] = { "cudaEventQuery", NULL };
	static const char *const varying[] = {
		"cudaMemGetInfo",       "cudaMemPoolGetAttribute", "cudaDeviceGetGraphMemAttribute",
		"cudaDriverGetVersion", "cudaDeviceGetPCIBusId",   NULL
	};
	const struct an_function *function;
	struct df_habit *habit;
	size_t had = canon->habits_capacity;

	if (event->function >= had) {
		ut_grow(&canon->habits, &canon->habits_capacity, event->function,
			sizeof(*canon->habits));
		memset(canon->habits + had, 0,
		       (canon->habits_capacity - had) * sizeof(*canon->habits));
	}
	habit = &canon->habits[event->function];
	if (habit->known && event->function)
		return habit;
	function = an_function(event->name);
	*habit = (struct df_habit){
		.known = true,
		.is_query = function && function->is_query,
		.records = is_one_of(event->name, recording),
		.asks_events = is_one_of(event->name, asking),
		.ends = function && function->effect == AN_EFFECT_DESTROY,
		.varies = is_one_of(event->name, varying),
	};
	return habit;
}

/* ---- arguments ----------------------------------------------------------------------------- */

static bool is_varying(const char *name)
{
	static const char *const varying[] = { "ms",           "id_out",
					       "streamId",     "driverVersion",
					       "iterator_out", NULL };

	return is_one_of(name, varying);
}

/* Outputs that are addresses, times, or the machine's state. */
static bool is_private_output(const struct ct_arg *arg, const struct df_habit *habit)
{
	if (arg->direction != CT_OUT)
		return false;
	switch (arg->kind) {
	case CT_KIND_PTR:
	case CT_KIND_HANDLE:
	case CT_KIND_KERNEL:
	case CT_KIND_FLOAT:
	case CT_KIND_BYTES:
		return true;
	default:
		return habit->varies || is_varying(arg->name);
	}
}

/* The same where a trace does not tell what is an output. */
static bool is_output_by_value(const struct ct_arg *arg, const struct an_effect *effect)
{
	if (arg->kind != CT_KIND_PTR || !arg->value.u)
		return is_varying(arg->name);
	if (effect->kind == AN_EFFECT_ALLOC)
		return effect->known && effect->memory != AN_MEMORY_REGISTERED &&
		       arg->value.u == effect->at;
	return effect->kind == AN_EFFECT_CREATE && effect->known && arg->value.u == effect->handle;
}

/* What is not to be looked at, as bits; of a layout it is found once. */
uint64_t df_canon_left_out(const struct ct_event *event, const struct an_effect *effect,
			   struct df_habit *habit)
{
	if (event->layout && event->layout == habit->layout)
		return habit->left_out;
	habit->layout = event->layout;
	habit->left_out = 0;
	for (unsigned int i = 0; i < event->nargs; i++) {
		const struct ct_arg *arg = &event->args[i];

		if (is_private_output(arg, habit) ||
		    (!event->layout && is_output_by_value(arg, effect)))
			habit->left_out |= UINT64_C(1) << i;
	}
	return habit->left_out;
}

static void set_labelled(struct df_value *value, const struct ct_event *event,
			 const struct ct_arg *arg, enum df_value_kind otherwise)
{
	value->kind = otherwise;
	value->n[0] = arg->value.u;
	if (!arg->label)
		return;
	value->kind = DF_VALUE_WORD;
	value->n[0] = 0;
	value->word = arg->label;
	value->lasting = event->lasting && arg->kind != CT_KIND_FLAGS;
}

void df_canon_value(struct df_canon *canon, struct df_value *value, uint32_t lane,
		    const struct ct_event *event, const struct ct_arg *arg,
		    const struct an_effect *effect, const struct df_habit *habit)
{
	const char *type;

	switch (arg->kind) {
	case CT_KIND_INT:
		value->kind = DF_VALUE_SIGNED;
		value->n[0] = arg->value.u;
		break;
	case CT_KIND_UINT:
	case CT_KIND_SIZE:
		value->kind = DF_VALUE_UNSIGNED;
		value->n[0] = arg->value.u;
		break;
	case CT_KIND_HEX:
		value->kind = DF_VALUE_HEX;
		value->n[0] = arg->value.u;
		break;
	case CT_KIND_ENUM:
		set_labelled(value, event, arg, DF_VALUE_SIGNED);
		break;
	case CT_KIND_FLAGS:
		set_labelled(value, event, arg, DF_VALUE_HEX);
		break;
	case CT_KIND_FLOAT:
		value->kind = DF_VALUE_REAL;
		memcpy(&value->n[0], &arg->value.f, sizeof(arg->value.f));
		break;
	case CT_KIND_DIM3:
		value->kind = DF_VALUE_TRIPLE;
		for (int i = 0; i < 3; i++)
			value->n[i] = arg->value.xyz[i];
		break;
	case CT_KIND_KERNEL:
		df_value_set_word(value, !arg->value.u && !arg->label ? "NULL"
					 : !arg->label                ? "kernel"
						       : df_canon_kernel(canon, arg->label,
									 event->lasting));
		break;
	case CT_KIND_PTR:
		type = df_canon_type_of_address(canon, lane, event, arg);
		if (type)
			df_canon_handle(canon, value, lane, event, arg, type, habit);
		else
			df_canon_pointer(canon, value, event, arg, effect);
		break;
	case CT_KIND_HANDLE:
		df_canon_handle(canon, value, lane, event, arg, arg->type, habit);
		break;
	case CT_KIND_TEXT:
		value->kind = DF_VALUE_WORD;
		value->word = arg->text ? arg->text : "";
		break;
	case CT_KIND_STR:
	case CT_KIND_BYTES:
	case CT_KIND_NONE:
		value->kind = DF_VALUE_TEXT;
		value->word = arg->text ? arg->text : "";
		break;
	}
}
