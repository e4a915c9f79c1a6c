/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The native writer: chunks as the format says, and a file that stays whole on a full disk.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zlib.h>

#include "write/native.h"

static char path[64];
static struct wr_native w;
static char data[4096];
static ssize_t size;
static int fd;

static void set_up(void)
{
	strcpy(path, "/tmp/curtrace-native-XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	signal(SIGXFSZ, SIG_IGN);
}

static void tear_down(void)
{
	wr_native_end(&w);
	close(fd);
	unlink(path);
}

static void begin(void)
{
	ck_assert_int_eq(wr_native_begin(&w, fd, "/tmp"), 0);
}

static void read_back(void)
{
	size = pread(fd, data, sizeof(data), 0);
	ck_assert_int_ge(size, (ssize_t)sizeof(struct ctr_file_header));
}

static off_t file_size(void)
{
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	return st.st_size;
}

START_TEST(a_file_begins_with_its_header)
{
	const struct ctr_file_header *header = (const void *)data;

	begin();
	read_back();
	ck_assert_int_eq(size, sizeof(*header));
	ck_assert_uint_eq(header->magic, CTR_FILE_MAGIC);
	ck_assert_uint_eq(header->version_major, CTR_VERSION_MAJOR);
	ck_assert_uint_eq(header->version_minor, CTR_VERSION_MINOR);
	ck_assert_uint_eq(header->header_size, sizeof(*header));
}
END_TEST

START_TEST(a_chunk_has_kind_size_and_checksum)
{
	const struct ctr_chunk *head = (const void *)(data + sizeof(struct ctr_file_header));

	begin();
	ck_assert_int_eq(wr_native_block(&w, CTR_CHUNK_HEADER, "{}x", 3), 0);
	read_back();
	ck_assert_uint_eq(head->kind, CTR_CHUNK_HEADER);
	ck_assert_uint_eq(head->size, 3);
	ck_assert_uint_eq(head->checksum, crc32(0, (const Bytef *)"{}x", 3));
	ck_assert_int_eq(memcmp(head + 1, "{}x", 3), 0);
	ck_assert_int_eq(size, (ssize_t)(sizeof(struct ctr_file_header) + sizeof(*head) + 3));
	ck_assert_uint_eq(w.size, (uint64_t)size);
}
END_TEST

START_TEST(parts_make_one_payload)
{
	const struct ctr_chunk *head = (const void *)(data + sizeof(struct ctr_file_header));
	const struct iovec parts[4] = {
		{ (void *)"ab", 2 }, { NULL, 0 }, { (void *)"cde", 3 }, { (void *)"f", 1 }
	};

	begin();
	ck_assert_int_eq(wr_native_chunk(&w, CTR_CHUNK_MAPS, parts, 4), 0);
	read_back();
	ck_assert_uint_eq(head->size, 6);
	ck_assert_uint_eq(head->checksum, crc32(0, (const Bytef *)"abcdef", 6));
	ck_assert_int_eq(memcmp(head + 1, "abcdef", 6), 0);
}
END_TEST

START_TEST(an_empty_chunk_is_a_chunk)
{
	begin();
	ck_assert_int_eq(wr_native_chunk(&w, CTR_CHUNK_END, NULL, 0), 0);
	ck_assert_int_eq(file_size(), sizeof(struct ctr_file_header) + sizeof(struct ctr_chunk));
}
END_TEST

START_TEST(too_many_parts_are_refused)
{
	const struct iovec parts[WR_NATIVE_PARTS + 1] = { { (void *)"x", 1 } };

	begin();
	ck_assert_int_eq(wr_native_chunk(&w, CTR_CHUNK_MAPS, parts, WR_NATIVE_PARTS + 1), -EINVAL);
	ck_assert_int_eq(file_size(), sizeof(struct ctr_file_header));
}
END_TEST

START_TEST(a_chunk_that_no_reader_takes_is_refused)
{
	const size_t large = (size_t)CTR_CHUNK_MAX_SIZE + 1;
	char *block = calloc(1, large);

	begin();
	ck_assert_int_eq(wr_native_block(&w, CTR_CHUNK_MAPS, block, large), -EFBIG);
	ck_assert_int_eq(file_size(), sizeof(struct ctr_file_header));
	free(block);
}
END_TEST

static void limit_file_size(rlim_t bytes)
{
	const struct rlimit limit = { bytes, RLIM_INFINITY };

	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(a_torn_chunk_is_undone)
{
	static const char block[1000];

	begin();
	ck_assert_int_eq(wr_native_block(&w, CTR_CHUNK_API, "x", 1), 0);
	uint64_t whole = w.size;
	/* The disk becomes full in the middle of the next one. */
	limit_file_size(whole + 500);
	ck_assert_int_eq(wr_native_block(&w, CTR_CHUNK_API, block, sizeof(block)), -EFBIG);
	ck_assert_int_eq(file_size(), (off_t)whole);
	limit_file_size(RLIM_INFINITY);
	ck_assert_int_eq(wr_native_block(&w, CTR_CHUNK_API, "y", 1), 0);
	ck_assert_int_eq(file_size(), (off_t)(whole + sizeof(struct ctr_chunk) + 1));
}
END_TEST

START_TEST(below_a_limit_room_is_kept_for_the_end)
{
	static const char block[WR_NATIVE_RESERVE / 2];

	limit_file_size(WR_NATIVE_RESERVE + 100);
	begin();
	ck_assert_int_eq(wr_native_block(&w, CTR_CHUNK_API, block, sizeof(block)), -EFBIG);
	wr_native_use_reserve(&w);
	ck_assert_int_eq(wr_native_block(&w, CTR_CHUNK_END, block, sizeof(block)), 0);
}
END_TEST

START_TEST(room_is_set_aside_without_a_name)
{
	begin();
	if (w.reserve_fd >= 0) {
		struct stat st;

		ck_assert_int_eq(fstat(w.reserve_fd, &st), 0);
		ck_assert_int_ge(st.st_blocks * 512, WR_NATIVE_RESERVE);
		ck_assert_uint_eq(st.st_nlink, 0);
	}
	wr_native_use_reserve(&w);
	ck_assert_int_eq(w.reserve_fd, -1);
}
END_TEST

START_TEST(a_file_that_cannot_be_written_is_an_error)
{
	int full = open("/dev/full", O_RDWR);

	ck_assert_int_ge(full, 0);
	ck_assert_int_eq(wr_native_begin(&w, full, "/tmp"), -ENOSPC);
	close(full);
}
END_TEST

static Suite *native_suite(void)
{
	Suite *suite = suite_create("write/native");
	TCase *tc = tcase_create("chunks");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_file_begins_with_its_header);
	tcase_add_test(tc, a_chunk_has_kind_size_and_checksum);
	tcase_add_test(tc, parts_make_one_payload);
	tcase_add_test(tc, an_empty_chunk_is_a_chunk);
	tcase_add_test(tc, too_many_parts_are_refused);
	tcase_add_test(tc, a_chunk_that_no_reader_takes_is_refused);
	tcase_add_test(tc, a_torn_chunk_is_undone);
	tcase_add_test(tc, below_a_limit_room_is_kept_for_the_end);
	tcase_add_test(tc, room_is_set_aside_without_a_name);
	tcase_add_test(tc, a_file_that_cannot_be_written_is_an_error);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(native_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
