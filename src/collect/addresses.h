/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The code addresses in what a process recorded: of callers and of the frames of stacks. Collected
 * while its records pass, told apart by its mappings, and named when the session is over.
 */
#ifndef COLLECT_ADDRESSES_H
#define COLLECT_ADDRESSES_H

#include <stddef.h>
#include <stdint.h>

#include "curtrace/trace_format.h"
#include "reader/maps.h"
#include "util/arena.h"
#include "util/map.h"

struct collector;
struct col_process;

struct col_addresses { /* all zero: none */
	struct ut_map known;
	uint64_t *list;
	size_t count, capacity;
	uint64_t last;       /* most calls come from where the one before came from */
	struct rd_maps maps; /* every snapshot that there was */
	struct ut_arena paths;
};

/* An address of a session, in the order of which they are named and written. */
struct col_place {
	uint32_t process; /* number in the trace */
	uint64_t address;
	const char *path; /* of the module, NULL: none */
	uint64_t offset;  /* in the file, or the address */
	const char *name; /* of the function; NULL: not known */
	uint64_t behind;
};

struct col_places { /* all zero: none */
	struct col_place *list;
	size_t count, capacity;
	struct ut_arena strings;
	/* What became of stacks. */
	uint64_t lost_stacks, cut_stacks;
	unsigned int without_room, without_safety, cut_off; /* processes */
};

void col_addresses_add_calls(struct col_addresses *a, const struct ctr_cell *cells,
			     uint32_t ncells);
void col_addresses_add_maps(struct col_addresses *a, const char *text, size_t size);
/* The words of struct ctr_stacks from the first on. */
void col_addresses_add_stacks(struct col_addresses *a, const uint64_t *words, uint64_t n);
void col_addresses_free(struct col_addresses *a);

/*
 * At the last look at a process: writes its stacks into the trace, and takes its addresses over.
 * Names of code that was made at run time are looked up here, for the file with them may vanish.
 */
void col_places_take(struct collector *c, struct col_process *p);

/* At the end: names all addresses, writes the names, and warns of stacks that are missing. */
void col_places_finish(struct collector *c);

void col_places_free(struct col_places *p);

#endif
