/* SPDX-License-Identifier: Apache-2.0 */
/* How records are packed: write/pack.c, of which this is the other half. */
#include "reader/unpack.h"

#include <stdlib.h>
#include <string.h>

#include "util/xalloc.h"

#define MAX_WORDS (CTR_CELL_WORDS * CTR_MAX_CELLS)

/* Where the last record of each slot stands in the block: number of its cell + 1, 0 for none. */
struct slots {
	uint16_t at[CTR_PACKED_SLOTS];
};

static uint64_t load(const uint8_t *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

struct unpacking {
	const uint8_t *at, *end;
	struct ctr_cell *cells;
	uint64_t first;
	uint64_t last_start;
	struct slots slots;
};

/* What a record has at most behind its two bytes, where there are so many: no more to check. */
#define MOST (16 + CTR_MAX_CELLS + 8 * MAX_WORDS)

static uint64_t take_difference(struct unpacking *u, bool is_long)
{
	uint32_t small;
	uint64_t difference;

	if (is_long) {
		difference = load(u->at);
		u->at += sizeof(difference);
		return difference;
	}
	memcpy(&small, u->at, sizeof(small));
	u->at += sizeof(small);
	return small;
}

/* The size of what follows the two bytes of a record. */
static size_t record_size(const struct unpacking *u, unsigned int form, size_t ncells)
{
	size_t size = (form & CTR_PACKED_LONG_START ? 8 : 4) + (form & CTR_PACKED_LONG_END ? 8 : 4),
	       words = 0;

	if ((size_t)(u->end - u->at) < size + ncells)
		return SIZE_MAX;
	for (size_t i = 0; i < ncells; i++)
		words += (size_t)__builtin_popcount(u->at[size + i]);
	return size + ncells + 8 * words;
}

/* Over a record that is like it but for some words. */
static bool take_words(struct unpacking *u, uint8_t *record, size_t ncells)
{
	const uint8_t *masks = u->at;

	u->at += ncells;
	for (size_t i = 0; i < ncells; i++) {
		for (unsigned int mask = masks[i]; mask; mask &= mask - 1) {
			size_t word = CTR_PACKED_FIRST_WORD + 8 * i + (size_t)__builtin_ctz(mask);

			if (word >= ncells * CTR_CELL_WORDS)
				return false;
			memcpy(record + 8 * word, u->at, 8);
			u->at += 8;
		}
	}
	return true;
}

/* Returns the record's cells, 0 if it is not sound. */
static size_t take_record(struct unpacking *u, size_t at, size_t room)
{
	struct ctr_cell *cell = &u->cells[at];
	unsigned int form, slot;
	size_t ncells, nlike = 0;

	if (u->end - u->at < 2)
		return 0;
	form = *u->at++;
	slot = *u->at++;
	ncells = form & CTR_PACKED_NCELLS;
	if (!ncells || ncells > CTR_MAX_CELLS || ncells > room || form & 0x30)
		return 0;
	if (u->end - u->at < MOST && record_size(u, form, ncells) > (size_t)(u->end - u->at))
		return 0;
	if (u->slots.at[slot]) {
		const struct ctr_cell *like = &u->cells[u->slots.at[slot] - 1];

		nlike = like->ncells < ncells ? like->ncells : ncells;
		memcpy(cell, like, nlike * CTR_CELL_SIZE);
	}
	memset(cell + nlike, 0, (ncells - nlike) * CTR_CELL_SIZE);
	u->slots.at[slot] = (uint16_t)(at + 1);
	u->last_start += take_difference(u, form & CTR_PACKED_LONG_START);
	cell->start = u->last_start;
	cell->end = cell->start + take_difference(u, form & CTR_PACKED_LONG_END);
	cell->commit = u->first + at + 1;
	if (!take_words(u, (uint8_t *)cell, ncells))
		return 0;
	return cell->ncells == ncells && ctr_packed_slot(cell->function) == slot ? ncells : 0;
}

bool rd_packed_block(const void *data, size_t size, struct ctr_packed_block *block)
{
	if (size < sizeof(*block))
		return false;
	memcpy(block, data, sizeof(*block));
	return block->ncells && block->ncells <= CTR_PACKED_CELLS &&
	       block->size <= CTR_PACKED_MAX(block->ncells) && block->size <= size - sizeof(*block);
}

bool rd_unpack_block(const struct ctr_packed_block *block, const void *data, uint64_t first,
		     struct ctr_cell *cells)
{
	struct unpacking u = {
		.at = data,
		.end = (const uint8_t *)data + block->size,
		.cells = cells,
		.first = first,
	};
	size_t n;

	for (size_t at = 0; at < block->ncells; at += n) {
		n = take_record(&u, at, block->ncells - at);
		if (!n)
			return false;
	}
	return u.at == u.end;
}

/* The cells of all blocks; 0 if there is something else among them, or nothing. */
static size_t count_cells(const uint8_t *data, size_t size)
{
	struct ctr_packed_block block;
	size_t ncells = 0;

	for (size_t at = 0; at < size; at += sizeof(block) + block.size) {
		if (!rd_packed_block(data + at, size - at, &block))
			return 0;
		ncells += block.ncells;
	}
	return ncells;
}

void *rd_unpack(const void *payload, size_t size, size_t *unpacked_size)
{
	struct ctr_chunk_cells *head;
	struct ctr_packed_block block;
	const uint8_t *data = (const uint8_t *)payload + sizeof(*head);
	struct ctr_cell *cells;
	size_t ncells;
	uint64_t first;

	if (size < sizeof(*head))
		return NULL;
	size -= sizeof(*head);
	ncells = count_cells(data, size);
	if (!ncells || ncells > CTR_CHUNK_MAX_SIZE / CTR_CELL_SIZE)
		return NULL;
	*unpacked_size = sizeof(*head) + ncells * CTR_CELL_SIZE;
	head = ut_xmalloc(*unpacked_size + 1);
	memcpy(head, payload, sizeof(*head));
	/* The head has 24 bytes: cells behind it are aligned. */
	cells = (struct ctr_cell *)(void *)(head + 1);
	first = head->first;
	for (size_t at = 0; at < size; at += sizeof(block) + block.size) {
		rd_packed_block(data + at, size - at, &block);
		if (!rd_unpack_block(&block, data + at + sizeof(block), first, cells)) {
			free(head);
			return NULL;
		}
		cells += block.ncells;
		first += block.ncells;
	}
	((char *)head)[*unpacked_size] = '\0';
	return head;
}
