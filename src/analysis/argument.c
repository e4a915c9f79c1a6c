/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arguments by name, and their values however a trace holds them: a native trace has kinds, in a
 * JSON trace an enumerator is a text and a count of bytes a plain number.
 */
#include <string.h>

#include "analysis/effect.h"

const struct ct_arg *an_arg(const struct ct_event *event, const char *name)
{
	for (unsigned int i = 0; i < event->nargs; i++) {
		if (!strcmp(event->args[i].name, name))
			return event->args[i].known ? &event->args[i] : NULL;
	}
	return NULL;
}

uint64_t an_arg_u64(const struct ct_arg *arg, uint64_t otherwise)
{
	if (!arg)
		return otherwise;
	switch (arg->kind) {
	case CT_KIND_INT:
	case CT_KIND_ENUM:
	case CT_KIND_UINT:
	case CT_KIND_SIZE:
	case CT_KIND_HEX:
	case CT_KIND_PTR:
	case CT_KIND_FLAGS:
	case CT_KIND_HANDLE:
	case CT_KIND_KERNEL:
		return arg->value.u;
	default:
		return otherwise;
	}
}

const char *an_arg_word(const struct ct_arg *arg)
{
	if (!arg)
		return NULL;
	if (arg->label)
		return arg->label;
	return arg->kind == CT_KIND_TEXT || arg->kind == CT_KIND_STR ? arg->text : NULL;
}
