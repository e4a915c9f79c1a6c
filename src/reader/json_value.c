/* SPDX-License-Identifier: Apache-2.0 */
/* Values out of parsed JSON objects. */
#include "reader/json_value.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Beyond this a double does not hold every integer. */
#define EXACT 9007199254740992.0

/* strtoll alone would take blanks and a plus sign before the digits. */
bool rd_parse_i64(const char *text, int64_t *value)
{
	const char *digits = text + (*text == '-');
	char *end;

	if (!isdigit((unsigned char)*digits))
		return false;
	errno = 0;
	*value = strtoll(text, &end, 10);
	return !errno && !*end;
}

bool rd_parse_u64(const char *text, uint64_t *value)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return !errno && !*end;
}

/* A number above 2^53 has lost digits in cJSON already: better none than a wrong one. */
uint64_t rd_json_u64(const cJSON *object, const char *key, uint64_t otherwise)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	uint64_t value;

	if (cJSON_IsString(item) && rd_parse_u64(item->valuestring, &value))
		return value;
	if (cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble <= EXACT)
		return (uint64_t)item->valuedouble;
	return otherwise;
}

int64_t rd_json_i64(const cJSON *object, const char *key, int64_t otherwise)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	int64_t value;

	if (cJSON_IsString(item) && rd_parse_i64(item->valuestring, &value))
		return value;
	if (cJSON_IsNumber(item) && fabs(item->valuedouble) <= EXACT)
		return (int64_t)item->valuedouble;
	return otherwise;
}

bool rd_json_bool(const cJSON *object, const char *key, bool otherwise)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsBool(item) ? cJSON_IsTrue(item) : otherwise;
}

const char *rd_json_text_of(struct ut_arena *strings, const cJSON *item)
{
	if (cJSON_IsString(item))
		return ut_arena_strdup(strings, item->valuestring);
	if (cJSON_IsNumber(item))
		return ut_arena_printf(strings, "%.17g", item->valuedouble);
	return NULL;
}

const char *rd_json_text(struct ut_arena *strings, const cJSON *object, const char *key)
{
	return rd_json_text_of(strings, cJSON_GetObjectItemCaseSensitive(object, key));
}

void rd_json_device(struct ut_arena *strings, const cJSON *entry, struct ct_device_info *device)
{
	size_t count = (size_t)cJSON_GetArraySize(entry);
	const cJSON *item;

	*device = (struct ct_device_info){
		.ordinal = (uint32_t)rd_json_u64(entry, "id", 0),
		.name = rd_json_text(strings, entry, "name"),
		.property_names = ut_arena_alloc(strings, count * sizeof(char *)),
		.property_values = ut_arena_alloc(strings, count * sizeof(char *)),
	};
	if (!device->name)
		device->name = "?";
	cJSON_ArrayForEach(item, entry)
	{
		const char *value;

		if (!item->string || !strcmp(item->string, "id") || !strcmp(item->string, "name"))
			continue;
		value = rd_json_text_of(strings, item);
		if (!value)
			continue;
		device->property_names[device->nproperties] =
			ut_arena_strdup(strings, item->string);
		device->property_values[device->nproperties++] = value;
	}
}
