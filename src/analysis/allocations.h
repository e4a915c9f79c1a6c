/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the analysis: live allocations in order of address, and what was freed of late. */
#ifndef ANALYSIS_ALLOCATIONS_H
#define ANALYSIS_ALLOCATIONS_H

#include <stddef.h>
#include <stdint.h>

#include "analysis/state.h"

/* Numbers that mean different things do not meet: a handle of an array may look like an address. */
enum an_space {
	AN_SPACE_ADDRESSES,
	AN_SPACE_ARRAYS,
	AN_SPACE_BORROWED, /* may lie within other memory */
	AN_SPACES
};

/* A place in a process; `owner` is made of the process and the space. */
struct an_key {
	uint64_t owner;
	uint64_t address;
};

struct an_node;
struct an_node_block;

struct an_allocations { /* all zero: empty */
	struct an_node *root;
	size_t count;
	uint64_t seed;
	struct an_node *unused;
	struct an_node_block *blocks;
	struct an_allocation *freed; /* a table of the last that were freed, by a hash of the key */
};

struct an_key an_key(uint32_t process, enum an_space space, uint64_t address);
enum an_space an_space_of(enum an_memory memory);

/* There must be none at that key. */
const struct an_allocation *an_allocations_add(struct an_allocations *set,
					       const struct an_allocation *allocation);
/* Takes out what begins at the key, into *gone; false: there is none. */
bool an_allocations_remove(struct an_allocations *set, struct an_key key,
			   struct an_allocation *gone);
/* The last one that begins at the key or before it, of the same owner; or NULL. */
const struct an_allocation *an_allocations_below(const struct an_allocations *set,
						 struct an_key key);
const struct an_allocation *an_allocations_exact(const struct an_allocations *set,
						 struct an_key key);
/* What began at the key and was freed; NULL: not known, or forgotten. */
const struct an_allocation *an_allocations_freed(const struct an_allocations *set,
						 struct an_key key);

/* All, by process, space and address. */
void an_allocations_each(const struct an_allocations *set,
			 void (*visit)(const struct an_allocation *allocation, void *data),
			 void *data);
void an_allocations_free(struct an_allocations *set);

#endif
