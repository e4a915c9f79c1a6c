/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A treap: a search tree by address that chance keeps flat, with a heap's order of random numbers.
 * What was freed is kept for the sake of double frees, in a table where a newer one takes the place
 * of an older one: it must not grow with the trace.
 */
#include "analysis/allocations.h"

#include <stdlib.h>

#include "util/xalloc.h"

struct an_node {
	struct an_allocation allocation;
	struct an_key key;
	struct an_node *less, *more;
	uint64_t priority;
};

#define BLOCK 128
#define FREED 16384

struct an_node_block {
	struct an_node_block *next;
	struct an_node nodes[BLOCK];
};

struct an_key an_key(uint32_t process, enum an_space space, uint64_t address)
{
	return (struct an_key){ (uint64_t)process * AN_SPACES + space, address };
}

enum an_space an_space_of(enum an_memory memory)
{
	switch (memory) {
	case AN_MEMORY_ARRAY:
		return AN_SPACE_ARRAYS;
	case AN_MEMORY_BORROWED:
		return AN_SPACE_BORROWED;
	default:
		return AN_SPACE_ADDRESSES;
	}
}

static struct an_key key_of(const struct an_allocation *allocation)
{
	return an_key(allocation->process, an_space_of(allocation->memory), allocation->address);
}

static inline bool is_less(struct an_key a, struct an_key b)
{
	return a.owner != b.owner ? a.owner < b.owner : a.address < b.address;
}

static inline bool is_same(struct an_key a, struct an_key b)
{
	return a.owner == b.owner && a.address == b.address;
}

/* Every bit of the result depends on every bit of the number. */
static uint64_t mix(uint64_t number)
{
	number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9;
	number = (number ^ number >> 27) * 0x94d049bb133111eb;
	return number ^ number >> 31;
}

/* ---- nodes --------------------------------------------------------------------------------- */

static struct an_node *take_node(struct an_allocations *set)
{
	struct an_node *node;

	if (!set->unused) {
		struct an_node_block *block = ut_xcalloc(1, sizeof(*block));

		block->next = set->blocks;
		set->blocks = block;
		for (size_t i = 0; i < BLOCK; i++) {
			block->nodes[i].less = set->unused;
			set->unused = &block->nodes[i];
		}
	}
	node = set->unused;
	set->unused = node->less;
	return node;
}

static void give_node(struct an_allocations *set, struct an_node *node)
{
	node->less = set->unused;
	set->unused = node;
}

void an_allocations_free(struct an_allocations *set)
{
	struct an_node_block *block, *next;

	for (block = set->blocks; block; block = next) {
		next = block->next;
		free(block);
	}
	free(set->freed);
}

/* ---- the tree ------------------------------------------------------------------------------ */

/* What is less than the key, and the rest. */
static void split(struct an_node *tree, struct an_key key, struct an_node **less,
		  struct an_node **more)
{
	while (tree) {
		if (is_less(tree->key, key)) {
			*less = tree;
			less = &tree->more;
			tree = tree->more;
		} else {
			*more = tree;
			more = &tree->less;
			tree = tree->less;
		}
	}
	*less = *more = NULL;
}

/* Everything in `less` is less than anything in `more`. */
static void join(struct an_node **tree, struct an_node *less, struct an_node *more)
{
	while (less && more) {
		if (less->priority > more->priority) {
			*tree = less;
			tree = &less->more;
			less = less->more;
		} else {
			*tree = more;
			tree = &more->less;
			more = more->less;
		}
	}
	*tree = less ? less : more;
}

const struct an_allocation *an_allocations_add(struct an_allocations *set,
					       const struct an_allocation *allocation)
{
	struct an_node *node = take_node(set), **link = &set->root;

	node->allocation = *allocation;
	node->key = key_of(allocation);
	node->priority = mix(++set->seed);
	while (*link && (*link)->priority > node->priority)
		link = is_less((*link)->key, node->key) ? &(*link)->more : &(*link)->less;
	split(*link, node->key, &node->less, &node->more);
	*link = node;
	set->count++;
	return &node->allocation;
}

static struct an_allocation *freed_slot(const struct an_allocations *set, struct an_key key)
{
	return &set->freed[mix(key.address ^ key.owner << 48) % FREED];
}

bool an_allocations_remove(struct an_allocations *set, struct an_key key,
			   struct an_allocation *gone)
{
	struct an_node **link = &set->root, *node;

	while (*link && !is_same((*link)->key, key))
		link = is_less((*link)->key, key) ? &(*link)->more : &(*link)->less;
	node = *link;
	if (!node)
		return false;
	join(link, node->less, node->more);
	set->count--;
	*gone = node->allocation;
	if (!set->freed)
		set->freed = ut_xcalloc(FREED, sizeof(*set->freed));
	*freed_slot(set, key) = node->allocation;
	give_node(set, node);
	return true;
}

/* ---- questions ----------------------------------------------------------------------------- */

const struct an_allocation *an_allocations_below(const struct an_allocations *set,
						 struct an_key key)
{
	const struct an_node *node = set->root, *best = NULL;

	while (node) {
		if (is_less(key, node->key)) {
			node = node->less;
		} else {
			best = node;
			node = node->more;
		}
	}
	return best && best->key.owner == key.owner ? &best->allocation : NULL;
}

const struct an_allocation *an_allocations_exact(const struct an_allocations *set,
						 struct an_key key)
{
	const struct an_allocation *below = an_allocations_below(set, key);

	return below && below->address == key.address ? below : NULL;
}

const struct an_allocation *an_allocations_freed(const struct an_allocations *set,
						 struct an_key key)
{
	const struct an_allocation *slot;

	if (!set->freed)
		return NULL;
	slot = freed_slot(set, key);
	return slot->number && is_same(key_of(slot), key) ? slot : NULL;
}

/* As deep as the tree: some dozens. */
static void visit_all(const struct an_node *node,
		      void (*visit)(const struct an_allocation *allocation, void *data), void *data)
{
	if (!node)
		return;
	visit_all(node->less, visit, data);
	visit(&node->allocation, data);
	visit_all(node->more, visit, data);
}

void an_allocations_each(const struct an_allocations *set,
			 void (*visit)(const struct an_allocation *allocation, void *data),
			 void *data)
{
	visit_all(set->root, visit, data);
}
