/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A JSON trace holds addresses without saying what they are. This installation knows its functions:
 * where a function and an argument have the same names, it is the same thing.
 */
#include "print.h"

#include <stdlib.h>

#include "api_file.h"
#include "install.h"
#include "reader/api_text.h"
#include "util/xalloc.h"

struct print_types {
	struct rd_api *api;
	const struct rd_function *functions;
	size_t count;
	const struct rd_function **known; /* by the trace's number of the function; unknown: none */
	size_t nknown;
};

static const struct rd_function none;

struct print_types *print_types_new(const struct rd_trace *trace)
{
	struct print_types *types;
	size_t count = 0;
	char *path;

	rd_functions(trace, &count);
	if (count)
		return NULL;
	/* Without it there are no names, which is no reason to complain. */
	path = install_find(INSTALL_API);
	free(path);
	if (!path)
		return NULL;
	types = ut_xcalloc(1, sizeof(*types));
	types->api = api_file_read();
	if (types->api)
		types->functions = rd_api_functions(types->api, &types->count);
	return types;
}

void print_types_free(struct print_types *types)
{
	if (!types)
		return;
	if (types->api)
		rd_api_free(types->api);
	free(types->known);
	free(types);
}

static const struct rd_function *find(const struct print_types *types, const char *name)
{
	for (size_t i = 0; i < types->count; i++) {
		if (!strcmp(types->functions[i].name, name))
			return &types->functions[i];
	}
	return &none;
}

static const struct rd_function *function_of(struct print_types *types,
					     const struct ct_event *event)
{
	size_t number = event->function, n = types->nknown;

	if (number >= n) {
		types->nknown = 2 * number + 64;
		types->known = ut_xrealloc(types->known, types->nknown * sizeof(*types->known));
		memset(types->known + n, 0, (types->nknown - n) * sizeof(*types->known));
	}
	if (!types->known[number])
		types->known[number] = find(types, event->name);
	return types->known[number];
}

/* Arguments stand in the same order, though some may be missing. */
void print_types_apply(struct print_types *types, struct ct_event *event)
{
	const struct rd_function *function = function_of(types, event);
	unsigned int at = 0;

	for (unsigned int i = 0; i < event->nargs; i++) {
		struct ct_arg *arg = &event->args[i];
		unsigned int k = at;

		while (k < function->nparams && strcmp(function->params[k].name, arg->name) != 0)
			k++;
		if (k == function->nparams)
			continue;
		at = k + 1;
		arg->direction = function->params[k].direction;
		if (arg->kind != CT_KIND_PTR || function->params[k].kind != CT_KIND_HANDLE)
			continue;
		arg->kind = CT_KIND_HANDLE;
		arg->type = function->params[k].type;
	}
}
