/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record as bytes: how many cells it has, where each of its 8-byte words differs from those of
 * the record before it that has the same slot (its function's last one, unless two functions share
 * one), and the words that do. The commit word follows from where the cell stands; start and end
 * stand as differences, in 4 bytes if they are not too large. A block is packed by itself, so that
 * a reader can begin with any of them. The other half is reader/unpack.c.
 */
#include "write/pack.h"

#include <stdbool.h>
#include <string.h>

#include "curtrace/trace_format.h"

#define MAX_WORDS (CTR_CELL_WORDS * CTR_MAX_CELLS)

/* Where the last record of each slot stands in the block: number of its cell + 1, 0 for none. */
struct slots {
	uint16_t at[CTR_PACKED_SLOTS];
};

static const uint64_t nothing[MAX_WORDS];

static uint64_t load(const uint8_t *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

struct packing {
	const uint8_t *cells; /* of the block */
	uint8_t *out;
	uint64_t first;      /* number of the block's first cell */
	uint64_t last_start; /* of the record before */
	struct slots slots;
};

static void put_difference(struct packing *p, uint64_t difference, bool is_long)
{
	size_t size = is_long ? 8 : 4;

	memcpy(p->out, &difference, size);
	p->out += size;
}

/* The words that differ, behind a bit for each. */
static void put_words(struct packing *p, const uint8_t *record, size_t nwords, const uint8_t *like,
		      size_t nlike)
{
	uint8_t *mask = p->out;

	memset(mask, 0, nwords / CTR_CELL_WORDS);
	p->out += nwords / CTR_CELL_WORDS;
	for (size_t i = CTR_PACKED_FIRST_WORD; i < nwords; i++) {
		uint64_t word = load(record + 8 * i);

		if (word == (i < nlike ? load(like + 8 * i) : 0))
			continue;
		mask[(i - CTR_PACKED_FIRST_WORD) / 8] |=
			(uint8_t)(1u << (i - CTR_PACKED_FIRST_WORD) % 8);
		memcpy(p->out, &word, sizeof(word));
		p->out += sizeof(word);
	}
}

/* Returns the cells of the record at number `at` of the block; 0 if it cannot be packed. */
static size_t put_record(struct packing *p, size_t at, size_t room)
{
	const uint8_t *record = p->cells + at * CTR_CELL_SIZE, *like = (const uint8_t *)nothing;
	size_t nlike = MAX_WORDS;
	struct ctr_cell head;
	uint64_t since, lasted;
	uint16_t *slot;

	memcpy(&head, record, CTR_CELL_HEAD_SIZE);
	if (!head.ncells || head.ncells > CTR_MAX_CELLS || head.ncells > room ||
	    head.commit != p->first + at + 1)
		return 0;
	slot = &p->slots.at[ctr_packed_slot(head.function)];
	if (*slot) {
		like = p->cells + (size_t)(*slot - 1) * CTR_CELL_SIZE;
		nlike = (size_t)like[offsetof(struct ctr_cell, ncells)] * CTR_CELL_WORDS;
	}
	*slot = (uint16_t)(at + 1);
	since = head.start - p->last_start;
	lasted = head.end - head.start;
	p->last_start = head.start;
	*p->out++ = (uint8_t)(head.ncells | (since > UINT32_MAX ? CTR_PACKED_LONG_START : 0) |
			      (lasted > UINT32_MAX ? CTR_PACKED_LONG_END : 0));
	*p->out++ = (uint8_t)ctr_packed_slot(head.function);
	put_difference(p, since, since > UINT32_MAX);
	put_difference(p, lasted, lasted > UINT32_MAX);
	put_words(p, record, (size_t)head.ncells * CTR_CELL_WORDS, like, nlike);
	return head.ncells;
}

/* Returns the cells of the block, those of the last record that fits in with it; 0: cannot be. */
static size_t put_block(struct packing *p, size_t ncells)
{
	struct ctr_packed_block block = { .ncells = 0 };
	uint8_t *head = p->out;
	size_t n;

	p->out += sizeof(block);
	p->last_start = 0;
	p->slots = (struct slots){ .at = { 0 } };
	while (block.ncells + CTR_MAX_CELLS <= CTR_PACKED_CELLS && block.ncells < ncells) {
		n = put_record(p, block.ncells, ncells - block.ncells);
		if (!n)
			return 0;
		block.ncells += (uint32_t)n;
	}
	block.size = (uint32_t)(p->out - head - (ptrdiff_t)sizeof(block));
	memcpy(head, &block, sizeof(block));
	return block.ncells;
}

size_t wr_packed_max(size_t ncells)
{
	return CTR_PACKED_MAX(ncells) +
	       (ncells / (CTR_PACKED_CELLS - CTR_MAX_CELLS) + 1) * sizeof(struct ctr_packed_block);
}

size_t wr_pack(const void *cells, size_t ncells, uint64_t first, void *out)
{
	struct packing p = { .cells = cells, .out = out, .first = first };
	size_t size, n;

	for (size_t done = 0; done < ncells; done += n) {
		n = put_block(&p, ncells - done);
		if (!n)
			return 0;
		p.cells += n * CTR_CELL_SIZE;
		p.first += n;
	}
	size = (size_t)(p.out - (uint8_t *)out);
	return size < ncells * CTR_CELL_SIZE ? size : 0;
}
