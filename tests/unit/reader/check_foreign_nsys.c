/* SPDX-License-Identifier: Apache-2.0 */
/* Databases of the shape that Nsight Systems exports. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/reader/fixture.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_SQLITE
#include <sqlite3.h>

/* Process 300, thread 301, with something above as there may be. */
#define TID  "((1 << 48) + (300 << 24) + 301)"
#define MAIN "((1 << 48) + (300 << 24) + 300)"

#define STRINGS                                                            \
	"CREATE TABLE StringIds (id INTEGER PRIMARY KEY, value TEXT);"     \
	"INSERT INTO StringIds VALUES (1, 'cudaLaunchKernel_v7000'), (2, " \
	"'cudaStreamQuery_v3020'), (3, 'worker'), (4, 'cudaMalloc_v3020'), (5, 'kern');"
#define CALLS                                                                            \
	"CREATE TABLE CUPTI_ACTIVITY_KIND_RUNTIME (start INT, end INT, eventClass INT, " \
	"globalTid INT, correlationId INT, nameId INT, returnValue INT, callchainId "    \
	"INT);"                                                                          \
	"INSERT INTO CUPTI_ACTIVITY_KIND_RUNTIME VALUES "                                \
	"(5000, 5400, 0, " TID ", 12, 1, 0, NULL),"                                      \
	"(6000, 6400, 0, " TID ", 13, 2, 600, NULL),"                                    \
	"(1000, 4000, 0, " MAIN ", 11, 4, 2, NULL);"
#define INFO                                                                            \
	"CREATE TABLE TARGET_INFO_SESSION_START_TIME (utcEpochNs INT, utcTime TEXT);"   \
	"INSERT INTO TARGET_INFO_SESSION_START_TIME VALUES (1735689600000000001, '');"  \
	"CREATE TABLE TARGET_INFO_SYSTEM_ENV (globalVid INT, devStateName TEXT, name "  \
	"TEXT, nameEnum INT, value TEXT);"                                              \
	"INSERT INTO TARGET_INFO_SYSTEM_ENV VALUES (0, 'Env', 'Hostname', 0, 'node7');" \
	"CREATE TABLE PROCESSES (globalPid INT, pid INT, name TEXT);"                   \
	"INSERT INTO PROCESSES VALUES ((1 << 48) + (300 << 24), 300, 'train');"         \
	"CREATE TABLE ThreadNames (nameId INT, priority INT, globalTid INT);"           \
	"INSERT INTO ThreadNames VALUES (3, 1, " TID ");"                               \
	"CREATE TABLE TARGET_INFO_GPU (id INT, name TEXT);"                             \
	"INSERT INTO TARGET_INFO_GPU VALUES (0, 'Some GPU');"                           \
	"CREATE TABLE MPI_RANKS (globalTid INT, rank INT);"                             \
	"INSERT INTO MPI_RANKS VALUES (" MAIN ", 2);"

static char path[64];
static struct rd_trace *trace;
static struct ct_event event;

static void make(const char *statements)
{
	char *error = NULL;
	sqlite3 *db;

	snprintf(path, sizeof(path), "/tmp/curtrace-check.XXXXXX");
	close(mkstemp(path));
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_exec(db, statements, NULL, NULL, &error);
	ck_assert_msg(!error, "%s", error);
	sqlite3_close(db);
}

static void teardown(void)
{
	rd_close(trace);
	trace = NULL;
	unlink(path);
}

static void open_it(void)
{
	struct rd_error error = { .text = "" };

	trace = rd_open(path, &error);
	ck_assert_msg(trace != NULL, "%s", error.text);
}

START_TEST(calls_come_with_their_results)
{
	const struct ct_header *h;

	make(STRINGS CALLS INFO);
	open_it();
	h = rd_header(trace);
	ck_assert_str_eq(h->source, "nsys");
	ck_assert_uint_eq(h->lacks, CT_LACKS_ARGUMENTS | CT_LACKS_IN_FLIGHT | CT_LACKS_LOSSES |
					    CT_LACKS_CALLERS);
	ck_assert_str_eq(h->host, "node7");
	ck_assert_uint_eq(h->calls, 3);
	ck_assert_uint_eq(h->start_realtime_ns, 1735689600000000001);
	ck_assert_str_eq(h->devices[0].name, "Some GPU");
	ck_assert_str_eq(h->processes[0].name, "train");
	ck_assert_int_eq(h->processes[0].rank, 2);

	ck_assert(rd_next(trace, &event));
	ck_assert_str_eq(event.name, "cudaMalloc");
	ck_assert_uint_eq(event.pid, 300);
	ck_assert_uint_eq(event.tid, 300);
	ck_assert_uint_eq(event.start_ns, 1735689600000001001);
	ck_assert_uint_eq(event.end_ns - event.start_ns, 3000);
	ck_assert_uint_eq(event.correlation, 11);
	ck_assert_str_eq(event.result_kind, "status");
	ck_assert_int_eq(event.result, 2);
	ck_assert_uint_eq(event.flags, CT_EVENT_FAILED);
	ck_assert(rd_next(trace, &event));
	ck_assert_int_eq(event.type, CT_EVENT_THREAD);
	ck_assert_str_eq(event.thread_name, "worker");
	ck_assert(rd_next(trace, &event));
	ck_assert_str_eq(event.name, "cudaLaunchKernel");
	ck_assert_uint_eq(event.flags, 0);
	ck_assert(rd_next(trace, &event));
	ck_assert_str_eq(event.name, "cudaStreamQuery");
	ck_assert_uint_eq(event.flags, CT_EVENT_EXPECTED);
	ck_assert(!rd_next(trace, &event));
	ck_assert_ptr_null(rd_damage(trace));
}
END_TEST

/* As standard input is read: the file has no name any more. */
START_TEST(a_file_without_a_name_is_read)
{
	char name[64];
	int fd;

	make(STRINGS CALLS INFO);
	fd = open(path, O_RDONLY);
	unlink(path);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	snprintf(path, sizeof(path), "%s", name);
	open_it();
	close(fd);
	ck_assert_uint_eq(fx_call(trace, "cudaMalloc")->correlation, 11);
}
END_TEST

/* Tables are made when there is something to put in, and columns differ by version. */
START_TEST(what_is_not_there_is_missing_and_no_error)
{
	make(STRINGS);
	open_it();
	ck_assert(!rd_next(trace, &event));
	ck_assert_str_eq(rd_header(trace)->warnings[0].code, "no-calls");
	ck_assert_uint_ne(rd_header(trace)->lacks & CT_LACKS_REALTIME, 0);
	teardown();
	make(STRINGS "CREATE TABLE CUPTI_ACTIVITY_KIND_RUNTIME (start INT, end INT, "
		     "globalTid INT, correlationId INT, nameId INT);"
		     "INSERT INTO CUPTI_ACTIVITY_KIND_RUNTIME VALUES (1, 2, " TID ", 1, 4);");
	open_it();
	ck_assert_str_eq(fx_call(trace, "cudaMalloc")->result_kind, "");
	ck_assert_uint_ne(rd_header(trace)->lacks & CT_LACKS_RESULTS, 0);
}
END_TEST

START_TEST(other_databases_and_spoilt_ones_are_refused_or_damaged)
{
	struct rd_error error;
	FILE *file;

	make("CREATE TABLE t (x INT);");
	ck_assert_ptr_null(rd_open(path, &error));
	ck_assert_ptr_nonnull(strstr(error.text, "not an export of Nsight Systems"));
	unlink(path);
	/* A view is a program of somebody else's. */
	make("CREATE VIEW StringIds AS SELECT 1 AS id, 'x' AS value;");
	ck_assert_ptr_null(rd_open(path, &error));
	unlink(path);
	make(STRINGS CALLS INFO);
	file = fopen(path, "r+b");
	fseek(file, 4096, SEEK_SET);
	for (int i = 0; i < 4096 * 4; i++)
		fputc(0x5a, file);
	fclose(file);
	trace = rd_open(path, &error);
	ck_assert(!trace || rd_damage(trace));
}
END_TEST

START_TEST(a_name_that_is_missing_costs_its_call_only)
{
	make(STRINGS CALLS "INSERT INTO CUPTI_ACTIVITY_KIND_RUNTIME VALUES (7000, 7001, 0, " TID
			   ", 14, 99, 0, NULL);");
	open_it();
	ck_assert_uint_eq(rd_header(trace)->calls, 3);
	ck_assert_ptr_nonnull(strstr(rd_damage(trace)->text, "name"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reader/foreign_nsys");
	TCase *tc = tcase_create("nsys");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, calls_come_with_their_results);
	tcase_add_test(tc, a_file_without_a_name_is_read);
	tcase_add_test(tc, what_is_not_there_is_missing_and_no_error);
	tcase_add_test(tc, other_databases_and_spoilt_ones_are_refused_or_damaged);
	tcase_add_test(tc, a_name_that_is_missing_costs_its_call_only);
	suite_add_tcase(suite, tc);
	return fx_run(suite);
}

#else

int main(void)
{
	puts("SKIP: built without SQLite");
	return 77;
}

#endif
