/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values out of parsed JSON objects. 64-bit numbers stand in our files as strings of decimal
 * digits, for cJSON's numbers are doubles.
 */
#ifndef READER_JSON_VALUE_H
#define READER_JSON_VALUE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "curtrace/event.h"
#include "util/arena.h"

/* Decimal digits, with a sign if need be, and nothing else. */
bool rd_parse_i64(const char *text, int64_t *value);
bool rd_parse_u64(const char *text, uint64_t *value);

/* The member `key` of `object` (which may be NULL) as a number; `otherwise` if it is none. */
uint64_t rd_json_u64(const cJSON *object, const char *key, uint64_t otherwise);
int64_t rd_json_i64(const cJSON *object, const char *key, int64_t otherwise);
bool rd_json_bool(const cJSON *object, const char *key, bool otherwise);

/* The member as text, copied to `strings`; NULL if it is neither text nor a number. */
const char *rd_json_text(struct ut_arena *strings, const cJSON *object, const char *key);
/* Of a member that is at hand: looking each one of many up takes the square of their number. */
const char *rd_json_text_of(struct ut_arena *strings, const cJSON *item);

/* A device as headers have it: `id`, `name`, and properties of which each is text or a number. */
void rd_json_device(struct ut_arena *strings, const cJSON *entry, struct ct_device_info *device);

#endif
