/* SPDX-License-Identifier: Apache-2.0 */
/* The database writer, as SQLite itself reads it. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "write/sqlite_file.h"

static char name[] = "/tmp/curtrace-test-XXXXXX";
static struct sq_file file;
static sqlite3 *db;
static int fd;

static void setup(void)
{
	strcpy(strstr(name, "-test-") + 6, "XXXXXX");
	fd = mkstemp(name);
	ck_assert_int_ge(fd, 0);
	sq_begin(&file, fd);
}

static void teardown(void)
{
	sqlite3_close(db);
	db = NULL;
	close(fd);
	unlink(name);
}

static void finish(void)
{
	ck_assert_int_eq(sq_end(&file), 0);
	ck_assert_int_eq(sqlite3_open_v2(name, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
}

/* The one value that a query gives, as text. */
static const char *value(const char *sql)
{
	static char text[32768];
	sqlite3_stmt *statement;

	ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, "%s: %s", sql,
		      sqlite3_errmsg(db));
	ck_assert_msg(sqlite3_step(statement) == SQLITE_ROW, "%s: %s", sql, sqlite3_errmsg(db));
	snprintf(text, sizeof(text), "%s",
		 sqlite3_column_text(statement, 0) ? (const char *)sqlite3_column_text(statement, 0)
						   : "NULL");
	sqlite3_finalize(statement);
	return text;
}

static unsigned int one_table(void)
{
	return sq_table(&file, "t", "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b)");
}

static void add(unsigned int table, int64_t number, int64_t a, const char *b, size_t length)
{
	sq_null(&file);
	sq_integer(&file, a);
	sq_text(&file, b, length);
	sq_add(&file, table, number);
}

START_TEST(a_table_without_rows_is_empty)
{
	one_table();
	finish();
	ck_assert_str_eq(value("PRAGMA integrity_check"), "ok");
	ck_assert_str_eq(value("SELECT COUNT(*) FROM t"), "0");
}
END_TEST

START_TEST(integers_of_every_size_are_exact)
{
	static const int64_t numbers[] = {
		0,
		1,
		-1,
		2,
		127,
		128,
		-128,
		-129,
		32767,
		32768,
		-32769,
		8388607,
		8388608,
		-8388609,
		INT32_MAX,
		INT32_MIN,
		(int64_t)1 << 31,
		((int64_t)1 << 47) - 1,
		(int64_t)1 << 47,
		-((int64_t)1 << 47) - 1,
		INT64_MAX,
		INT64_MIN,
	};
	unsigned int table = one_table();
	char sql[64], text[32];

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		add(table, 0, numbers[i], "", 0);
	finish();
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		snprintf(sql, sizeof(sql), "SELECT a FROM t WHERE id = %zu", i + 1);
		snprintf(text, sizeof(text), "%lld", (long long)numbers[i]);
		ck_assert_str_eq(value(sql), text);
	}
}
END_TEST

/* Around what a page holds, and what its first overflow page does. */
START_TEST(texts_of_every_length_are_whole)
{
	static char text[20000];
	unsigned int table = one_table(), rows = 0;
	size_t length;

	memset(text, 'x', sizeof(text));
	for (length = 0; length < sizeof(text); length += length < 450 || length > 12400 ? 127 : 1)
		add(table, 0, (int64_t)length, text, length), rows++;
	finish();
	ck_assert_str_eq(value("PRAGMA integrity_check"), "ok");
	ck_assert_int_eq(atoi(value("SELECT COUNT(*) FROM t WHERE LENGTH(b) = a "
				    "AND TRIM(b, 'x') = ''")),
			 (int)rows);
}
END_TEST

/* Three levels of pages, and a table that grows among others. */
START_TEST(many_rows_are_found_by_their_numbers)
{
	unsigned int first = one_table(), other, rows = 200000;
	char sql[64];

	other = sq_table(&file, "u", "CREATE TABLE u(v)");
	sq_view(&file, "w", "CREATE VIEW w AS SELECT COUNT(*) AS n FROM u");
	for (unsigned int i = 1; i <= rows; i++) {
		add(first, (int64_t)i * 3, (int64_t)i * i, "", 0);
		if (i % 1000)
			continue;
		sq_integer(&file, i);
		sq_add(&file, other, 0);
	}
	finish();
	ck_assert_str_eq(value("PRAGMA integrity_check"), "ok");
	ck_assert_int_eq(atoi(value("SELECT COUNT(*) FROM t")), (int)rows);
	ck_assert_str_eq(value("SELECT n FROM w"), "200");
	for (unsigned int i = 1; i <= rows; i += 997) {
		snprintf(sql, sizeof(sql), "SELECT a FROM t WHERE id = %u", 3 * i);
		ck_assert_uint_eq(strtoull(value(sql), NULL, 10), (unsigned long long)i * i);
		snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM t WHERE id = %u", 3 * i + 1);
		ck_assert_str_eq(value(sql), "0");
	}
}
END_TEST

/* Every count of pages around those at which a level becomes full. */
START_TEST(every_shape_of_tree_is_sound)
{
	static char text[4000];

	memset(text, 'y', sizeof(text));
	for (unsigned int pages = 1; pages < 900; pages += pages < 5 || pages > 330 ? 1 : 40) {
		unsigned int table;

		if (pages > 345 && pages < 890)
			continue;
		ck_assert_int_eq(ftruncate(fd, 0), 0);
		if (pages > 1)
			sq_begin(&file, fd);
		table = one_table();
		for (unsigned int i = 0; i < pages; i++)
			add(table, INT64_C(1) << 56 | i, i, text, sizeof(text));
		finish();
		ck_assert_str_eq(value("PRAGMA integrity_check"), "ok");
		ck_assert_int_eq(atoi(value("SELECT COUNT(*) FROM t")), (int)pages);
		sqlite3_close(db);
		db = NULL;
	}
}
END_TEST

/* SQLite has no page where its locks are; a row and its overflow go around it. */
START_TEST(the_page_of_the_locks_is_left_out)
{
	static char text[20000], page[16];
	unsigned int table = one_table();

	memset(text, 'z', sizeof(text));
	file.lock_page = (uint32_t)_i;
	for (unsigned int i = 0; i < 5; i++)
		add(table, 0, i, text, sizeof(text));
	finish();
	ck_assert_str_eq(value("SELECT SUM(LENGTH(b)) FROM t"), "100000");
	snprintf(page, sizeof(page), "age %d", _i);
	ck_assert_ptr_ne(strstr(value("PRAGMA integrity_check"), page), NULL);
}
END_TEST

START_TEST(a_failed_write_is_told)
{
	unsigned int table;

	ck_assert_int_eq(sq_end(&file), 0);
	close(fd);
	fd = open("/dev/full", O_RDWR);
	sq_begin(&file, fd);
	table = one_table();
	add(table, 0, 1, "", 0);
	ck_assert_int_eq(sq_end(&file), -ENOSPC);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sqlite_file");
	TCase *all = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(all, setup, teardown);
	tcase_set_timeout(all, 60);
	tcase_add_test(all, a_table_without_rows_is_empty);
	tcase_add_test(all, integers_of_every_size_are_exact);
	tcase_add_test(all, texts_of_every_length_are_whole);
	tcase_add_test(all, many_rows_are_found_by_their_numbers);
	tcase_add_test(all, every_shape_of_tree_is_sound);
	tcase_add_loop_test(all, the_page_of_the_locks_is_left_out, 2, 10);
	tcase_add_test(all, a_failed_write_is_told);
	suite_add_tcase(suite, all);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
