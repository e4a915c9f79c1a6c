/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules are looked up when all options are known to be right: the functions are in a file.
 */
#include "record_inject.h"

#include <string.h>

#include "api_file.h"
#include "util/message.h"

#define PREFIX "inject="

bool record_inject_take(struct record_inject *r, const char *value, bool *good)
{
	if (strncmp(value, PREFIX, strlen(PREFIX)) != 0)
		return false;
	*good = r->count < RECORD_INJECT_MAX;
	if (*good)
		r->expressions[r->count++] = value + strlen(PREFIX);
	else
		ut_warn("record: more than %d times -e " PREFIX, RECORD_INJECT_MAX);
	return true;
}

bool record_inject_resolve(struct record_inject *r)
{
	struct rd_api *api;
	char why[256];
	bool good = true;

	if (!r->count)
		return true;
	api = api_file_read();
	if (!api)
		return false;
	for (unsigned int i = 0; good && i < r->count; i++)
		good = col_inject_add(&r->rules, api, r->expressions[i], why, sizeof(why));
	rd_api_free(api);
	if (!good)
		ut_warn("record: -e " PREFIX " %s", why);
	return good;
}
