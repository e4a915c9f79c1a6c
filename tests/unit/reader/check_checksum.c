/* SPDX-License-Identifier: Apache-2.0 */
/* The checksum is zlib's, for every size and wherever the data lies. */
#include <zlib.h>

#include "reader/checksum.h"
#include "unit/reader/fixture.h"

static unsigned char data[5000];

static void fill(void)
{
	uint32_t x = 1;

	for (size_t i = 0; i < sizeof(data); i++) {
		x = x * 1664525u + 1013904223u;
		data[i] = (unsigned char)(x >> 24);
	}
}

static void check(const unsigned char *at, size_t size)
{
	ck_assert_uint_eq(rd_checksum(at, size), crc32_z(crc32_z(0, NULL, 0), at, size));
}

START_TEST(every_size_is_as_zlib_has_it)
{
	for (size_t size = 0; size <= 600; size++)
		check(data, size);
	check(data, sizeof(data));
}
END_TEST

START_TEST(data_need_not_be_aligned)
{
	for (size_t at = 1; at < 40; at++)
		check(data + at, 1000 + at);
}
END_TEST

START_TEST(zeros_and_ones_count)
{
	static unsigned char same[1024];

	for (size_t size = 0; size <= sizeof(same); size += 61)
		check(same, size);
	for (size_t i = 0; i < sizeof(same); i++)
		same[i] = 0xff;
	for (size_t size = 0; size <= sizeof(same); size += 61)
		check(same, size);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reader/checksum");
	TCase *tests = tcase_create("checksum");

	tcase_add_checked_fixture(tests, fill, NULL);
	tcase_add_test(tests, every_size_is_as_zlib_has_it);
	tcase_add_test(tests, data_need_not_be_aligned);
	tcase_add_test(tests, zeros_and_ones_count);
	suite_add_tcase(suite, tests);
	return fx_run(suite);
}
