/* SPDX-License-Identifier: Apache-2.0 */
/* Packed records: the same bytes come back, and nonsense is refused. */
#include <stdlib.h>
#include <string.h>

#include "reader/unpack.h"
#include "unit/reader/fixture.h"
#include "write/pack.h"

#define CELLS 2000u
#define FIRST 123456u

static struct ctr_cell cells[CELLS], back[CELLS];
static uint8_t packed[CELLS * 70];
static uint64_t x;

static uint64_t any(uint64_t below)
{
	x = x * 6364136223846793005u + 1442695040888963407u;
	return (x >> 16) % below;
}

/* Records of all sizes; `like`: those of a function are alike. Returns the number of cells. */
static size_t fill(bool like)
{
	size_t at = 0, n;

	x = 42;
	memset(cells, 0, sizeof(cells));
	for (; at + CTR_MAX_CELLS <= CELLS; at += n) {
		struct ctr_cell *cell = &cells[at];
		uint16_t function = (uint16_t)(like ? 16 + any(9) : any(700));

		n = like ? 1 + function % 3u : 1 + any(CTR_MAX_CELLS);
		for (size_t i = 0; i < n * CTR_CELL_SIZE; i++)
			((uint8_t *)cell)[i] = like ? (uint8_t)function : (uint8_t)any(256);
		cell->commit = FIRST + at + 1;
		cell->start = like ? 1000 * at : any(UINT64_MAX);
		cell->end = like ? cell->start + 500 : any(UINT64_MAX);
		cell->function = function;
		cell->ncells = (uint8_t)n;
	}
	return at;
}

/* Block by block, as a reader does. */
static bool unpack(size_t size, size_t ncells)
{
	struct ctr_packed_block block;
	size_t at = 0, done = 0;

	memset(back, 0xee, sizeof(back));
	for (; at < size; at += sizeof(block) + block.size) {
		if (!rd_packed_block(packed + at, size - at, &block) ||
		    block.ncells > CELLS - done ||
		    !rd_unpack_block(&block, packed + at + sizeof(block), FIRST + done,
				     back + done))
			return false;
		done += block.ncells;
	}
	return done == ncells;
}

START_TEST(records_come_back)
{
	size_t n = fill(true), size = wr_pack(cells, n, FIRST, packed);

	ck_assert_uint_gt(size, 0);
	/* Two bytes, two differences, the bits, and now and then the result of another one. */
	ck_assert_uint_lt(size, n * 20);
	ck_assert(unpack(size, n));
	ck_assert(!memcmp(cells, back, n * sizeof(*cells)));
}
END_TEST

START_TEST(records_that_are_not_alike_stay_as_they_are)
{
	/* Of the largest ones the numbers in front take more than the commit word saves. */
	fill(false);
	for (unsigned int i = 0; i < 80; i++) {
		for (size_t k = 0; k < CTR_MAX_CELLS * CTR_CELL_SIZE; k++)
			((uint8_t *)&cells[i * CTR_MAX_CELLS])[k] = (uint8_t)any(256);
		cells[i * CTR_MAX_CELLS].commit = FIRST + i * CTR_MAX_CELLS + 1;
		cells[i * CTR_MAX_CELLS].ncells = CTR_MAX_CELLS;
	}
	ck_assert_uint_eq(wr_pack(cells, 80 * CTR_MAX_CELLS, FIRST, packed), 0);
}
END_TEST

/* Long differences, many functions for a slot, words of all kinds: half of each. */
START_TEST(mixed_records_come_back)
{
	size_t n = fill(false), size;

	for (size_t at = 0; at < n; at += cells[at].ncells) {
		struct ctr_cell *cell = &cells[at];

		if (any(4))
			memset((char *)cell + CTR_CELL_HEAD_SIZE, (int)any(2),
			       (size_t)cell->ncells * CTR_CELL_SIZE - CTR_CELL_HEAD_SIZE);
	}
	size = wr_pack(cells, n, FIRST, packed);
	ck_assert_uint_gt(size, 0);
	ck_assert_uint_le(size, wr_packed_max(n));
	ck_assert(unpack(size, n));
	ck_assert(!memcmp(cells, back, n * sizeof(*cells)));
}
END_TEST

START_TEST(what_is_no_row_of_committed_records_is_not_packed)
{
	size_t n = fill(true);

	ck_assert_uint_eq(wr_pack(cells, n, FIRST + 1, packed), 0);
	ck_assert_uint_eq(wr_pack(cells, 0, FIRST, packed), 0);
	cells[0].ncells = 0;
	ck_assert_uint_eq(wr_pack(cells, n, FIRST, packed), 0);
	cells[0].ncells = CTR_MAX_CELLS + 1;
	ck_assert_uint_eq(wr_pack(cells, n, FIRST, packed), 0);
	cells[0].ncells = 2;
	ck_assert_uint_eq(wr_pack(cells, 1, FIRST, packed), 0);
}
END_TEST

START_TEST(a_chunk_comes_back)
{
	const struct ctr_chunk_cells head = { .process = 3, .ring = 4, .first = FIRST };
	size_t n = fill(true), size, unpacked;
	char *payload = malloc(sizeof(head) + sizeof(packed)), *chunk;

	ck_assert_ptr_nonnull(payload);
	memcpy(payload, &head, sizeof(head));
	size = sizeof(head) + wr_pack(cells, n, FIRST, payload + sizeof(head));
	chunk = rd_unpack(payload, size, &unpacked);
	ck_assert_ptr_nonnull(chunk);
	ck_assert_uint_eq(unpacked, sizeof(head) + n * sizeof(*cells));
	ck_assert(!memcmp(chunk, &head, sizeof(head)));
	ck_assert(!memcmp(chunk + sizeof(head), cells, n * sizeof(*cells)));
	free(chunk);
	for (size_t cut = 0; cut < size; cut += cut < 100 ? 1 : 97)
		ck_assert_ptr_null(rd_unpack(payload, cut, &unpacked));
	free(payload);
}
END_TEST

/* A byte changed anywhere: other records, or none, and nothing outside of the room for them. */
START_TEST(nonsense_does_no_harm)
{
	size_t n = fill(true), size = wr_pack(cells, n, FIRST, packed), at;
	unsigned int refused = 0;

	for (unsigned int i = 0; i < 20000; i++) {
		uint8_t was;

		at = any(i % 2 ? 64 : size);
		was = packed[at];
		packed[at] = (uint8_t)any(256);
		refused += !unpack(size, n);
		packed[at] = was;
	}
	ck_assert_uint_gt(refused, 1000);
	ck_assert(unpack(size, n));
}
END_TEST

/* The first record's two bytes stand behind the block's head. */
START_TEST(what_the_format_leaves_out_is_refused)
{
	const size_t form = sizeof(struct ctr_packed_block), slot = form + 1;
	size_t n = fill(true), size = wr_pack(cells, n, FIRST, packed);
	struct ctr_packed_block block;

	ck_assert(unpack(size, n));
	packed[form] |= 0x10;
	ck_assert(!unpack(size, n));
	packed[form] ^= 0x10;
	packed[slot] ^= 0x80;
	ck_assert(!unpack(size, n));
	packed[slot] ^= 0x80;
	/* A byte more than its records take, of what then is not there for the next block. */
	memcpy(&block, packed, sizeof(block));
	block.size++;
	ck_assert(!rd_unpack_block(&block, packed + sizeof(block), FIRST, back));
	block.size--;
	ck_assert(rd_unpack_block(&block, packed + sizeof(block), FIRST, back));
	block.ncells = CTR_PACKED_CELLS + 1;
	memcpy(packed, &block, sizeof(block));
	ck_assert(!rd_packed_block(packed, size, &block));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("packed records");
	TCase *tests = tcase_create("packed");

	tcase_add_test(tests, records_come_back);
	tcase_add_test(tests, records_that_are_not_alike_stay_as_they_are);
	tcase_add_test(tests, mixed_records_come_back);
	tcase_add_test(tests, what_is_no_row_of_committed_records_is_not_packed);
	tcase_add_test(tests, a_chunk_comes_back);
	tcase_add_test(tests, nonsense_does_no_harm);
	tcase_add_test(tests, what_the_format_leaves_out_is_refused);
	suite_add_tcase(suite, tests);
	return fx_run(suite);
}
