/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies at the code addresses of a process: the module by its mappings, the function by what
 * the collector has found in the module.
 */
#ifndef READER_PLACES_H
#define READER_PLACES_H

#include <stddef.h>
#include <stdint.h>

#include "reader/maps.h"
#include "util/arena.h"
#include "util/map.h"

struct rd_place {
	const char *module;   /* path, or NULL */
	uint64_t offset;      /* in the file */
	const char *function; /* NULL: not known */
	uint64_t function_offset;
};

struct rd_places { /* all zero: nothing is known */
	struct rd_maps maps;
	struct ut_map index; /* address -> number in list */
	struct rd_place *list;
	size_t count, capacity;
};

/* Takes in the text of a CTR_CHUNK_SYMBOLS; names go to `strings`. */
void rd_places_add_symbols(struct rd_places *places, struct ut_arena *strings, const char *text,
			   size_t length);

/* After everything was added, before the first question. */
void rd_places_finish(struct rd_places *places);

/* What lies at a return address. */
struct rd_place rd_places_find(struct rd_places *places, uint64_t address);

void rd_places_free(struct rd_places *places);

#endif
