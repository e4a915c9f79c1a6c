/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts what the installed `api` text says: exported names (a function and its per-thread-stream
 * twin are two) and those among them that only answer that they are not supported.
 */
#include "coverage.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "api_file.h"
#include "cmd.h"
#include "reader/api_text.h"
#include "util/message.h"

/* A function of several generations of the interface has a row for each, and one name. */
static bool is_repeated(const struct rd_function *functions, size_t number)
{
	for (size_t i = 0; i < number; i++) {
		if (!strcmp(functions[i].name, functions[number].name))
			return true;
	}
	return false;
}

/* A function and its per-thread-stream twin are two exported names. */
static unsigned int names_of(const struct rd_function *function)
{
	return function->twin ? 2 : 1;
}

/* By name alone: one a line, for scripts. */
static void print_missing(const struct rd_function *functions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!(functions[i].flags & RD_FUNCTION_TODO) || is_repeated(functions, i))
			continue;
		printf("  %s\n", functions[i].name);
		if (functions[i].twin)
			printf("  %s\n", functions[i].twin);
	}
}

static int print_api(const struct rd_api *api)
{
	size_t count, total = 0, missing = 0;
	const struct rd_function *functions = rd_api_functions(api, &count);

	for (size_t i = 0; i < count; i++) {
		if (functions[i].layer != CT_LAYER_RUNTIME || is_repeated(functions, i))
			continue;
		total += names_of(&functions[i]);
		if (functions[i].flags & RD_FUNCTION_TODO)
			missing += names_of(&functions[i]);
	}
	printf("%zu of %zu exported names are implemented\n", total - missing, total);
	if (missing) {
		printf("\nthese %zu answer cudaErrorNotSupported, and are recorded like all "
		       "others:\n",
		       missing);
		print_missing(functions, count);
	}
	if (fflush(stdout)) {
		ut_warn("cannot write: %s", strerror(errno));
		return CMD_ERROR;
	}
	return CMD_OK;
}

int coverage_print(void)
{
	struct rd_api *api = api_file_read();
	int status = api ? print_api(api) : CMD_ERROR;

	rd_api_free(api);
	return status;
}
