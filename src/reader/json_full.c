/* SPDX-License-Identifier: Apache-2.0 */
/* From the lines behind the events of a JSON trace back to the chunks of a native one. */
#include "reader/json_full.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "curtrace/json_format.h"
#include "curtrace/trace_format.h"
#include "reader/json_value.h"
#include "util/xalloc.h"

/* Lines behind the events are far shorter; before them, only whether they end the events counts. */
#define MAX_LINE ((size_t)1 << 20)

struct rd_full {
	gzFile file;
	uint64_t line_number;
	char *line;
	size_t length;
	bool whole;  /* the end was seen */
	cJSON *next; /* the line that begins the next chunk */
	char *data;
	size_t size, capacity;
};

static void set_error(const struct rd_full *full, struct rd_error *error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void set_error(const struct rd_full *full, struct rd_error *error, const char *format, ...)
{
	char text[160];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	error->offset = RD_NO_OFFSET;
	snprintf(error->text, sizeof(error->text), "line %" PRIu64 ": %s", full->line_number, text);
}

/* ---- lines --------------------------------------------------------------------------------- */

/* The next line, without its newline; of a long one the beginning. False at the end of the file. */
static bool next_line(struct rd_full *full)
{
	size_t length;

	if (!gzgets(full->file, full->line, (int)MAX_LINE))
		return false;
	full->line_number++;
	length = strlen(full->line);
	while (length == MAX_LINE - 1 && full->line[length - 1] != '\n') {
		char rest[4096];

		if (!gzgets(full->file, rest, sizeof(rest)) || strchr(rest, '\n'))
			break;
	}
	if (length && full->line[length - 1] == '\n')
		full->line[--length] = '\0';
	full->length = length;
	return true;
}

/* The next line's object, NULL at the end and where none is. */
static cJSON *next_object(struct rd_full *full, struct rd_error *error)
{
	cJSON *object;

	if (!next_line(full)) {
		set_error(full, error, "the end is missing: the file was cut off");
		return NULL;
	}
	if (!strcmp(full->line, CT_JSON_END)) {
		full->whole = true;
		return NULL;
	}
	if (full->length && full->line[full->length - 1] == ',')
		full->line[--full->length] = '\0';
	object = cJSON_ParseWithOpts(full->line, NULL, true);
	if (cJSON_IsObject(object))
		return object;
	cJSON_Delete(object);
	set_error(full, error, "is not a valid JSON object");
	return NULL;
}

/* ---- payloads ------------------------------------------------------------------------------ */

/* Room for `size` bytes more, which are zero; NULL if no chunk is so large. */
static void *add_room(struct rd_full *full, size_t size)
{
	void *room;

	if (size > CTR_CHUNK_MAX_SIZE - full->size)
		return NULL;
	if (full->size + size > full->capacity) {
		full->capacity = 2 * (full->size + size);
		full->data = ut_xrealloc(full->data, full->capacity);
	}
	room = full->data + full->size;
	memset(room, 0, size);
	full->size += size;
	return room;
}

static bool add(struct rd_full *full, const void *data, size_t size)
{
	void *room = add_room(full, size);

	if (room && size)
		memcpy(room, data, size);
	return room;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool add_hex(struct rd_full *full, const char *text)
{
	size_t length = strlen(text);
	char *room = length % 2 ? NULL : add_room(full, length / 2);

	for (size_t i = 0; room && i < length / 2; i++) {
		int upper = digit_of(text[2 * i]), lower = digit_of(text[2 * i + 1]);

		if (upper < 0 || lower < 0)
			return false;
		room[i] = (char)(upper << 4 | lower);
	}
	return room;
}

static uint64_t hex_member(const cJSON *object, const char *key, bool *sound)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	uint64_t value = 0;
	int end = 0;

	if (!cJSON_IsString(item) ||
	    sscanf(item->valuestring, "0x%16" SCNx64 "%n", &value, &end) != 1 ||
	    item->valuestring[end])
		*sound = false;
	return value;
}

static uint64_t member(const cJSON *object, const char *key, uint64_t most, bool *sound)
{
	uint64_t one = rd_json_u64(object, key, 0), other = rd_json_u64(object, key, 1);

	/* What is absent or no number takes the value that it is given. */
	if (one != other || one > most)
		*sound = false;
	return one;
}

static bool add_record(struct rd_full *full, const cJSON *line)
{
	const cJSON *payload = cJSON_GetObjectItemCaseSensitive(line, "payload");
	const cJSON *result = cJSON_GetObjectItemCaseSensitive(line, "result");
	size_t begin = full->size, size;
	bool sound = cJSON_IsString(payload) && cJSON_IsNumber(result);
	struct ctr_cell cell = {
		.commit = member(line, "commit", UINT64_MAX, &sound),
		.start = member(line, "start", UINT64_MAX, &sound),
		.end = member(line, "end", UINT64_MAX, &sound),
		.caller = hex_member(line, "caller", &sound),
		.function = (uint16_t)member(line, "function", UINT16_MAX, &sound),
		.flags = (uint8_t)member(line, "flags", UINT8_MAX, &sound),
		.result = (int32_t)rd_json_i64(line, "result", 0),
	};

	if (!sound || !add(full, &cell, CTR_CELL_HEAD_SIZE) || !add_hex(full, payload->valuestring))
		return false;
	size = full->size - begin;
	cell.ncells = (uint8_t)(size / sizeof(cell));
	memcpy(full->data + begin, &cell, CTR_CELL_HEAD_SIZE);
	return size % sizeof(cell) == 0 && size / sizeof(cell) <= UINT8_MAX;
}

static bool add_def(struct rd_full *full, const cJSON *line)
{
	const cJSON *text = cJSON_GetObjectItemCaseSensitive(line, "text");
	bool sound = cJSON_IsString(text);
	struct ctr_def def = {
		.size = sizeof(def),
		.checksum = (uint32_t)member(line, "checksum", UINT32_MAX, &sound),
		.kind = (uint16_t)member(line, "kind", UINT16_MAX, &sound),
		.tid = (uint32_t)member(line, "tid", UINT32_MAX, &sound),
		.counter = member(line, "counter", UINT64_MAX, &sound),
		.key = hex_member(line, "key", &sound),
	};

	if (!sound)
		return false;
	def.size += (uint32_t)strlen(text->valuestring);
	return add(full, &def, sizeof(def)) &&
	       add(full, text->valuestring, strlen(text->valuestring));
}

static bool add_sample(struct rd_full *full, const cJSON *line)
{
	bool sound = true;
	const struct ctr_clock_sample sample = {
		.counter = member(line, "counter", UINT64_MAX, &sound),
		.monotonic_ns = member(line, "monotonic_ns", UINT64_MAX, &sound),
		.realtime_ns = member(line, "realtime_ns", UINT64_MAX, &sound),
	};

	return sound && add(full, &sample, sizeof(sample));
}

static bool add_words(struct rd_full *full, const cJSON *words)
{
	const cJSON *item;
	uint64_t word;

	cJSON_ArrayForEach(item, words)
	{
		int end = 0;

		if (!cJSON_IsString(item) ||
		    sscanf(item->valuestring, "0x%16" SCNx64 "%n", &word, &end) != 1 ||
		    item->valuestring[end] || !add(full, &word, sizeof(word)))
			return false;
	}
	return cJSON_IsArray(words);
}

/* What a line is shows by its members. */
static bool add_piece(struct rd_full *full, const cJSON *line)
{
	const cJSON *text = cJSON_GetObjectItemCaseSensitive(line, "text");
	const cJSON *hex = cJSON_GetObjectItemCaseSensitive(line, "hex");
	const cJSON *words = cJSON_GetObjectItemCaseSensitive(line, "words");

	if (hex)
		return cJSON_IsString(hex) && add_hex(full, hex->valuestring);
	if (words)
		return add_words(full, words);
	if (cJSON_HasObjectItem(line, "function"))
		return add_record(full, line);
	if (cJSON_HasObjectItem(line, "kind"))
		return add_def(full, line);
	if (cJSON_HasObjectItem(line, "counter"))
		return add_sample(full, line);
	return cJSON_IsString(text) && add(full, text->valuestring, strlen(text->valuestring));
}

/* ---- chunks -------------------------------------------------------------------------------- */

static bool kind_of(const cJSON *line, uint32_t *kind)
{
	static const char *const kinds[] = { CT_JSON_CHUNK_KINDS };
	const cJSON *name = cJSON_GetObjectItemCaseSensitive(line, "chunk");
	bool sound = true;

	for (uint32_t i = 1; cJSON_IsString(name) && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		*kind = i;
		if (!strcmp(name->valuestring, kinds[i]))
			return true;
	}
	*kind = (uint32_t)member(line, "chunk", UINT32_MAX, &sound);
	return sound && cJSON_IsNumber(name);
}

/* What the chunk's own line says of the payload; most kinds have no such thing. */
static bool add_head(struct rd_full *full, const cJSON *line, uint32_t kind)
{
	bool sound = true;
	const uint32_t process = (uint32_t)member(line, "process", UINT32_MAX, &sound);

	if (!cJSON_HasObjectItem(line, "process"))
		return true;
	if (kind == CTR_CHUNK_CELLS) {
		const struct ctr_chunk_cells head = {
			.process = process,
			.ring = (uint32_t)member(line, "ring", UINT32_MAX, &sound),
			.first = member(line, "first", UINT64_MAX, &sound),
			.flags = (uint32_t)member(line, "flags", UINT32_MAX, &sound),
			.clock = (uint32_t)member(line, "clock", UINT32_MAX, &sound),
		};

		return sound && add(full, &head, sizeof(head));
	}
	if (kind == CTR_CHUNK_STACKS) {
		const struct ctr_chunk_stacks head = {
			.process = process,
			.reserved = (uint32_t)member(line, "reserved", UINT32_MAX, &sound),
			.first = member(line, "first", UINT64_MAX, &sound),
		};

		return sound && add(full, &head, sizeof(head));
	}
	const struct ctr_chunk_defs head = {
		.process = process,
		.reserved = (uint32_t)member(line, "reserved", UINT32_MAX, &sound),
	};

	return sound && add(full, &head, sizeof(head));
}

/* All lines up to the one that begins another chunk, which is kept; NULL at the end. */
static bool add_pieces(struct rd_full *full, struct rd_error *error)
{
	while ((full->next = next_object(full, error))) {
		if (cJSON_HasObjectItem(full->next, "chunk"))
			return true;
		if (!add_piece(full, full->next)) {
			set_error(full, error, "is not a piece of a chunk");
			return false;
		}
		cJSON_Delete(full->next);
	}
	return full->whole;
}

bool rd_full_next(struct rd_full *full, struct rd_full_chunk *chunk, struct rd_error *error)
{
	cJSON *line = full->next;
	uint64_t size = rd_json_u64(line, "size", UINT64_MAX);
	bool sound;

	if (!line)
		return false;
	full->next = NULL;
	full->size = 0;
	sound = kind_of(line, &chunk->kind) && add_head(full, line, chunk->kind);
	if (!sound)
		set_error(full, error, "is not the beginning of a chunk");
	cJSON_Delete(line);
	if (!sound || !add_pieces(full, error))
		return false;
	chunk->data = full->data;
	chunk->size = full->size;
	if (full->size == size)
		return true;
	set_error(full, error, "the chunk before has %zu bytes, and not as many as it should",
		  full->size);
	return false;
}

bool rd_full_is_whole(const struct rd_full *full)
{
	return full->whole && !full->next;
}

/* ---- opening ------------------------------------------------------------------------------- */

static bool find_chunks(struct rd_full *full)
{
	while (next_line(full))
		if (!strcmp(full->line, CT_JSON_MORE))
			return next_line(full) && !strcmp(full->line, CT_JSON_CHUNKS);
	return false;
}

/* A native trace made of the chunks is of this program's version: no later one can be made. */
static bool check_version(struct rd_full *full, struct rd_error *error)
{
	cJSON *line = next_object(full, error);
	uint64_t major = rd_json_u64(line, "version_major", UINT64_MAX);
	uint64_t minor = rd_json_u64(line, "version_minor", UINT64_MAX);

	if (!line)
		return false;
	cJSON_Delete(line);
	if (major == CTR_VERSION_MAJOR && minor <= CTR_VERSION_MINOR)
		return true;
	set_error(full, error,
		  "the chunks are of format version %" PRIu64 ".%" PRIu64
		  ", and this curtrace reads %u.0 to %u.%u",
		  major, minor, CTR_VERSION_MAJOR, CTR_VERSION_MAJOR, CTR_VERSION_MINOR);
	return false;
}

static bool read_beginning(struct rd_full *full, struct rd_error *error)
{
	if (!find_chunks(full)) {
		set_error(full, error,
			  "the events end here, and nothing but them was written "
			  "(json=full writes everything)");
		return false;
	}
	if (!check_version(full, error))
		return false;
	full->next = next_object(full, error);
	if (!full->next && !full->whole)
		return false;
	if (full->next && !cJSON_HasObjectItem(full->next, "chunk")) {
		set_error(full, error, "is not the beginning of a chunk");
		return false;
	}
	return true;
}

struct rd_full *rd_full_open(const char *path, struct rd_error *error)
{
	struct rd_full *full = ut_xcalloc(1, sizeof(*full));

	full->line = ut_xmalloc(MAX_LINE);
	full->file = gzopen(path, "rbe");
	if (!full->file) {
		set_error(full, error, "cannot be opened: %s", strerror(errno));
		rd_full_close(full);
		return NULL;
	}
	gzbuffer(full->file, 128u << 10);
	if (read_beginning(full, error))
		return full;
	rd_full_close(full);
	return NULL;
}

void rd_full_close(struct rd_full *full)
{
	if (full->file)
		gzclose(full->file);
	cJSON_Delete(full->next);
	free(full->data);
	free(full->line);
	free(full);
}
