/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Selections are looked up when all options are known to be right: the functions are in a file.
 */
#include "record_select.h"

#include "api_file.h"
#include "util/message.h"

bool record_select_add(struct record_select *s, const char *expression)
{
	if (s->count == RECORD_SELECT_MAX) {
		ut_warn("record: more than %d times -e", RECORD_SELECT_MAX);
		return false;
	}
	s->expressions[s->count++] = expression;
	return true;
}

bool record_select_resolve(struct record_select *s)
{
	struct rd_api *api;
	char why[256];
	bool good = true;

	if (!s->count)
		return true;
	api = api_file_read();
	if (!api)
		return false;
	for (unsigned int i = 0; good && i < s->count; i++)
		good = col_select(&s->selection, api, s->expressions[i], why, sizeof(why));
	rd_api_free(api);
	if (!good)
		ut_warn("record: -e %s", why);
	return good;
}
