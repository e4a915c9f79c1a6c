/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collector as a whole: a traced process on one side, the finished trace, as the reader sees
 * it, on the other.
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
#include <sys/wait.h>
#include <unistd.h>

#include "collect/internal.h"
#include "reader/reader.h"
#include "traced.h"

static char folder[64], path[96];
static struct col_session session;
static struct collector c;
static struct traced process;
static struct traced_ring ring;
static struct rd_trace *trace;
static struct ct_event *event;
static int fd;

static void begin(enum ctr_overflow overflow)
{
	const struct col_settings settings = { .overflow = overflow };
	const struct col_run_info run = { .tool_version = "1", .command = "./app" };

	strcpy(folder, "/tmp/curtrace-collector-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	setenv("XDG_RUNTIME_DIR", folder, 1);
	snprintf(path, sizeof(path), "%s/t.ctr", folder);
	ck_assert_int_eq(col_session_create(&session, &settings), 0);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	ck_assert_int_eq(col_begin(&c, &session, fd, folder, &run), 0);
	event = calloc(1, sizeof(*event));
}

static void set_up(void)
{
	begin(CTR_OVERFLOW_BLOCK);
}

static void set_up_overwriting(void)
{
	begin(CTR_OVERFLOW_OVERWRITE);
}

static void tear_down(void)
{
	char command[128];

	rd_close(trace);
	col_free(&c);
	col_session_close(&session, true);
	close(fd);
	free(event);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

static void appear(uint32_t pid)
{
	traced_open(&process, session.path, pid);
	traced_ring(&process, &ring, 256, 0);
}

static const struct ct_header *finish(void)
{
	const struct col_end_info end = { .exit_status = 0 };
	struct rd_error error;

	ck_assert_int_eq(col_finish(&c, &end), 0);
	trace = rd_open(path, &error);
	ck_assert_msg(trace, "%s", error.text);
	return rd_header(trace);
}

static unsigned int count_events(void)
{
	unsigned int count = 0;

	while (rd_next(trace, event))
		count += event->type == CT_EVENT_CALL;
	ck_assert_ptr_null(rd_damage(trace));
	return count;
}

START_TEST(a_trace_without_processes_is_whole)
{
	const struct ct_header *header = finish();

	ck_assert(header->complete);
	ck_assert_str_eq(header->command, "./app");
	ck_assert_str_eq(header->overflow, "block");
	ck_assert_uint_eq(header->nprocesses, 0);
	ck_assert_uint_eq(header->nwarnings, 1);
	ck_assert_str_eq(header->warnings[0].code, "no-calls");
}
END_TEST

START_TEST(calls_arrive_in_order_with_their_meaning)
{
	const struct ct_header *header;

	appear(0);
	traced_define(&process, CTR_DEF_KERNEL, TRACED_KERNEL_KEY, "name=vector_add\n", 0);
	traced_call(&ring, TRACED_MALLOC, 0);
	traced_call(&ring, TRACED_LAUNCH, 0);
	col_poll(&c);
	traced_call(&ring, TRACED_FREE, 2);
	header = finish();
	ck_assert_uint_eq(header->calls, 3);
	ck_assert_uint_eq(header->recorded, 3);
	ck_assert_uint_eq(header->nprocesses, 1);
	ck_assert_uint_eq(header->processes[0].pid, getpid());
	do
		ck_assert(rd_next(trace, event));
	while (event->type != CT_EVENT_CALL);
	ck_assert_str_eq(event->name, "cudaMalloc");
	ck_assert_ptr_nonnull(event->caller_module);
	ck_assert(rd_next(trace, event));
	ck_assert_str_eq(event->args[0].label, "vector_add");
	ck_assert(rd_next(trace, event));
	ck_assert_str_eq(event->name, "cudaFree");
	ck_assert(event->flags & CT_EVENT_FAILED);
	ck_assert(!rd_next(trace, event));
}
END_TEST

START_TEST(references_that_the_runtime_cannot_bind_are_named)
{
	const struct ct_header *header;

	appear(0);
	traced_define(&process, CTR_DEF_REFERENCE, 1, "name=tex\nkind=texture\n", 0);
	traced_define(&process, CTR_DEF_REFERENCE, 2, "name=surf\nkind=surface\n", 0);
	traced_define(&process, CTR_DEF_KERNEL, 3, "name=kernel\nkind=texture\n", 0);
	traced_define(&process, CTR_DEF_REFERENCE, 4, "kind=texture\n", 0);
	/* As a forked child repeats it. */
	traced_define(&process, CTR_DEF_REFERENCE, 1, "name=tex\nkind=texture\n", 0);
	traced_call(&ring, TRACED_MALLOC, 0);
	col_poll(&c);
	header = finish();
	ck_assert_uint_eq(col_warnings_with(&c.warnings, "texture-references"), 2);
	ck_assert_str_eq(header->warnings[0].code, "texture-references");
	ck_assert_ptr_nonnull(strstr(header->warnings[0].text, "`tex' is a texture reference,"));
	ck_assert_ptr_nonnull(strstr(header->warnings[1].text, "`surf' is a surface reference,"));
}
END_TEST

START_TEST(polling_gives_the_ring_back)
{
	appear(0);
	for (int i = 0; i < 254; i++)
		traced_call(&ring, TRACED_MALLOC, 0);
	ck_assert_uint_eq(ring.shared->tail, 0);
	col_poll(&c);
	ck_assert_uint_eq(ring.shared->tail, 256);
	ck_assert_uint_eq(finish()->calls, 254);
}
END_TEST

START_TEST(a_producer_that_waits_for_room_loses_nothing)
{
	pid_t child = fork();
	int status;

	if (!child) {
		appear(0);
		for (int i = 0; i < 100000; i++)
			traced_call(&ring, i % 5 ? TRACED_MALLOC : TRACED_LAUNCH, 0);
		_exit(0);
	}
	while (!waitpid(child, &status, WNOHANG))
		usleep(col_poll(&c));
	ck_assert_uint_eq(finish()->recorded, 100000);
	ck_assert_uint_eq(count_events(), 100000);
}
END_TEST

START_TEST(a_killed_process_leaves_its_call_in_flight)
{
	const struct ct_header *header;
	pid_t child = fork();

	if (!child) {
		appear(0);
		traced_call(&ring, TRACED_MALLOC, 0);
		traced_begin(&ring, TRACED_FREE);
		traced_call(&ring, TRACED_QUERY, 0);
		raise(SIGKILL);
	}
	waitpid(child, NULL, 0);
	col_poll(&c);
	header = finish();
	ck_assert_uint_eq(header->calls, 3);
	ck_assert_uint_eq(header->in_flight, 1);
	ck_assert_uint_eq(header->lost, 0);
	while (rd_next(trace, event))
		ck_assert_int_eq(!!(event->flags & CT_EVENT_IN_FLIGHT),
				 event->type == CT_EVENT_CALL && !strcmp(event->name, "cudaFree"));
}
END_TEST

START_TEST(the_files_of_the_dead_are_removed_and_their_budget_is_given_back)
{
	pid_t child = fork();
	char name[96];
	siginfo_t info;

	if (!child) {
		appear(0);
		traced_call(&ring, TRACED_MALLOC, 0);
		usleep(50000);
		_exit(0);
	}
	while (!session.slots[0].ring_count)
		usleep(100);
	snprintf(name, sizeof(name), "ring.%d.%llu.0.0", child,
		 (unsigned long long)session.slots[0].start_time);
	for (int i = 0; i < 20; i++, usleep(1000))
		col_poll(&c);
	ck_assert_int_gt(col_session_file_size(&session, name), 0);
	waitid(P_PID, (id_t)child, &info, WEXITED);
	usleep(120000);
	col_poll(&c);
	ck_assert_int_eq(col_session_file_size(&session, name), -1);
	ck_assert_uint_eq(session.shared->bytes_used, 0);
	ck_assert_uint_eq(finish()->calls, 1);
}
END_TEST

START_TEST(an_image_replaced_by_exec_is_finished)
{
	struct traced first;
	struct traced_ring first_ring;
	const struct ct_header *header;

	traced_open(&first, session.path, 0);
	traced_ring(&first, &first_ring, 64, 0);
	traced_begin(&first_ring, TRACED_MALLOC);
	appear(0);
	traced_call(&ring, TRACED_FREE, 0);
	col_poll(&c);
	ck_assert(c.processes[0]->closed);
	ck_assert(!c.processes[1]->closed);
	header = finish();
	ck_assert_uint_eq(header->nprocesses, 2);
	ck_assert_uint_eq(header->processes[1].exec_count, 1);
	ck_assert_uint_eq(header->calls, 2);
}
END_TEST

START_TEST(rings_are_found_whatever_their_numbers)
{
	traced_open(&process, session.path, 0);
	process.nrings = 7;
	traced_ring(&process, &ring, 64, 0);
	traced_call(&ring, TRACED_MALLOC, 0);
	col_poll(&c);
	ck_assert_uint_eq(c.processes[0]->nrings, 1);
	ck_assert_uint_eq(finish()->calls, 1);
}
END_TEST

START_TEST(losses_are_counted_by_cause)
{
	const struct ct_header *header;

	appear(0);
	traced_call(&ring, TRACED_MALLOC, 0);
	for (int i = 0; i < 4; i++)
		traced_lose(&ring);
	process.slot->lost_no_ring = 2;
	session.shared->lost_no_slot = 1;
	header = finish();
	ck_assert_uint_eq(header->calls, 8);
	ck_assert_uint_eq(header->lost, 7);
	ck_assert_uint_eq(header->recorded, 1);
	ck_assert_uint_eq(col_warnings_with(&c.warnings, "loss"), 3);
}
END_TEST

/* The process had no time or no room to tell of it. */
START_TEST(a_loss_that_was_not_told_stands_behind_the_last_call)
{
	uint64_t told = 0, last = 0;

	appear(0);
	traced_call(&ring, TRACED_MALLOC, 0);
	for (int i = 0; i < 4; i++)
		traced_lose(&ring);
	process.slot->lost_no_ring = 2;
	finish();
	while (rd_next(trace, event)) {
		if (event->type == CT_EVENT_CALL)
			last = event->start_ns;
		if (event->type != CT_EVENT_LOSS)
			continue;
		told += event->lost_full + event->lost_other;
		if (event->lost_full) {
			ck_assert_uint_eq(event->lost_full, 4);
			ck_assert_uint_ge(event->start_ns, last);
			ck_assert_uint_gt(last, 0);
		} else {
			ck_assert_str_eq(event->lost_cause, "no-ring");
		}
	}
	ck_assert_uint_eq(told, 6);
}
END_TEST

START_TEST(a_call_that_was_left_counts_as_in_flight)
{
	const struct ct_header *header;
	uint64_t number;

	appear(0);
	number = traced_begin(&ring, TRACED_MALLOC);
	ring.cells[number & 255].flags |= CTR_CELL_LEFT;
	traced_end(&ring, number, 2);
	traced_call(&ring, TRACED_FREE, 0);
	header = finish();
	ck_assert_uint_eq(header->in_flight, 1);
	ck_assert_uint_eq(header->recorded, 2);
	do
		ck_assert(rd_next(trace, event));
	while (event->type != CT_EVENT_CALL);
	ck_assert(event->flags & CT_EVENT_IN_FLIGHT);
	ck_assert(!(event->flags & CT_EVENT_FAILED));
	ck_assert(rd_next(trace, event));
	ck_assert(!(event->flags & CT_EVENT_IN_FLIGHT));
}
END_TEST

START_TEST(a_ring_cut_off_costs_its_records_and_is_told)
{
	const struct ct_header *header;
	char name[PATH_MAX + 100];

	appear(0);
	for (int i = 0; i < 20; i++)
		traced_call(&ring, TRACED_MALLOC, 0);
	col_poll(&c);
	for (int i = 0; i < 20; i++)
		traced_call(&ring, TRACED_MALLOC, 0);
	snprintf(name, sizeof(name), "%s/ring.%s.0", session.path, process.tag);
	/* The header stays, and with it the counters. */
	ck_assert_int_eq(truncate(name, CTR_RING_HEADER_SIZE), 0);
	header = finish();
	ck_assert_uint_eq(header->recorded, 20);
	ck_assert_uint_ge(col_warnings_with(&c.warnings, "damaged"), 1);
}
END_TEST

/* How many calls are in it nobody knows: that some are missing is told, and not more than once. */
START_TEST(a_ring_that_cannot_be_read_is_told)
{
	const struct ct_header *header;

	appear(0);
	traced_call(&ring, TRACED_MALLOC, 0);
	ring.shared->version_major = CTR_VERSION_MAJOR + 1;
	col_poll(&c);
	col_poll(&c);
	header = finish();
	ck_assert_uint_eq(header->recorded, 0);
	ck_assert_uint_eq(header->lost, 1);
	ck_assert_uint_eq(col_warnings_with(&c.warnings, "loss"), 1);
}
END_TEST

/* Without a descriptor nothing can be looked for, until there is one again. */
START_TEST(a_ring_that_is_read_later_costs_nothing)
{
	struct rlimit limit, none;

	appear(0);
	traced_call(&ring, TRACED_MALLOC, 0);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	col_scan_slots(&c);
	col_scan_rings(&c);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_uint_eq(c.processes[0]->unread, 1);
	ck_assert_int_eq(c.unread_error, EMFILE);
	ck_assert_uint_eq(finish()->calls, 1);
	ck_assert_uint_eq(rd_header(trace)->lost, 0);
}
END_TEST

START_TEST(a_process_that_outlives_the_command_is_named)
{
	appear(0);
	traced_call(&ring, TRACED_MALLOC, 0);
	col_poll(&c);
	ck_assert(col_others_run(&c, 1));
	ck_assert(!col_others_run(&c, (uint32_t)getpid()));
	ck_assert_uint_eq(finish()->calls, 1);
	ck_assert_uint_eq(col_warnings_with(&c.warnings, "outlived"), 1);
	ck_assert_uint_eq(session.shared->state, CTR_SESSION_ENDED);
}
END_TEST

START_TEST(a_map_that_has_grown_is_read_again)
{
	appear(4000000);
	traced_leave_maps(&process, "1000-2000 r-xp 00000000 08:01 1 /first\n");
	traced_end(&ring, traced_begin_as(&ring, TRACED_FREE, 0x1500, "", 0), 0);
	col_poll(&c);
	traced_leave_maps(&process, "1000-2000 r-xp 00000000 08:01 1 /first\n"
				    "5000-6000 r-xp 00000000 08:01 2 /second\n");
	traced_end(&ring, traced_begin_as(&ring, TRACED_FREE, 0x5678, "", 0), 0);
	col_poll(&c);
	finish();
	while (rd_next(trace, event) && event->caller != 0x5678)
		;
	ck_assert_str_eq(event->caller_module, "/second");
	ck_assert_uint_eq(event->caller_offset, 0x678);
}
END_TEST

START_TEST(a_full_disk_costs_records_and_not_the_draining)
{
	const struct rlimit small = { 96 << 10, 96 << 10 };
	struct stat st;

	signal(SIGXFSZ, SIG_IGN);
	wr_native_end(&c.trace);
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert_int_eq((int)lseek(fd, 0, SEEK_SET), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	ck_assert_int_eq(wr_native_begin(&c.trace, fd, folder), 0);
	appear(0);
	for (int i = 0; i < 8000; i++) {
		traced_call(&ring, TRACED_MALLOC, 0);
		if (i % 100 == 0)
			col_poll(&c);
	}
	ck_assert_uint_eq(finish()->calls, 8000);
	ck_assert_uint_gt(c.totals.lost_write, 0);
	ck_assert_uint_gt(c.totals.recorded, 0);
	ck_assert_uint_eq(c.totals.recorded + c.totals.lost_write, 8000);
	ck_assert_uint_eq(c.write_error, EFBIG);
	ck_assert_uint_eq(count_events(), c.totals.recorded);
	ck_assert(rd_header(trace)->complete);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_le(st.st_size, 96 << 10);
	ck_assert_uint_eq(col_warnings_with(&c.warnings, "trace-disk"), 1);
}
END_TEST

START_TEST(the_pace_follows_the_rings)
{
	ck_assert_uint_eq(col_pace(200, true, 1000), 0);
	ck_assert_uint_eq(col_pace(40, true, 1000), 200);
	ck_assert_uint_eq(col_pace(1, true, 5000), 1000);
	ck_assert_uint_eq(col_pace(0, false, 1000), 2000);
	ck_assert_uint_eq(col_pace(0, false, 5000), 5000);
	ck_assert_uint_eq(col_pace(0, false, 0), 1000);
}
END_TEST

START_TEST(a_flight_recorder_keeps_the_newest)
{
	const struct ct_header *header;

	appear(0);
	for (int i = 0; i < 1000; i++) {
		traced_call(&ring, TRACED_MALLOC, 0);
		if (i % 10 == 0)
			col_poll(&c);
	}
	traced_exit(&process);
	header = finish();
	ck_assert_str_eq(header->overflow, "overwrite");
	ck_assert_uint_eq(header->calls, 1000);
	/* The process is this one and runs: room is kept for a record in the making. */
	ck_assert_uint_eq(header->recorded, 256 - CTR_MAX_CELLS);
	ck_assert_uint_eq(c.totals.lost_overwritten, 1000 - header->recorded);
	ck_assert_uint_eq(count_events(), header->recorded);
}
END_TEST

static Suite *collector_suite(void)
{
	Suite *suite = suite_create("collect/collector");
	TCase *tc = tcase_create("draining");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_trace_without_processes_is_whole);
	tcase_add_test(tc, calls_arrive_in_order_with_their_meaning);
	tcase_add_test(tc, references_that_the_runtime_cannot_bind_are_named);
	tcase_add_test(tc, polling_gives_the_ring_back);
	tcase_add_test(tc, a_producer_that_waits_for_room_loses_nothing);
	tcase_add_test(tc, a_killed_process_leaves_its_call_in_flight);
	tcase_add_test(tc, the_files_of_the_dead_are_removed_and_their_budget_is_given_back);
	tcase_add_test(tc, an_image_replaced_by_exec_is_finished);
	tcase_add_test(tc, rings_are_found_whatever_their_numbers);
	tcase_add_test(tc, losses_are_counted_by_cause);
	tcase_add_test(tc, a_loss_that_was_not_told_stands_behind_the_last_call);
	tcase_add_test(tc, a_call_that_was_left_counts_as_in_flight);
	tcase_add_test(tc, a_ring_cut_off_costs_its_records_and_is_told);
	tcase_add_test(tc, a_ring_that_cannot_be_read_is_told);
	tcase_add_test(tc, a_ring_that_is_read_later_costs_nothing);
	tcase_add_test(tc, a_process_that_outlives_the_command_is_named);
	tcase_add_test(tc, a_map_that_has_grown_is_read_again);
	tcase_add_test(tc, a_full_disk_costs_records_and_not_the_draining);
	tcase_add_test(tc, the_pace_follows_the_rings);
	suite_add_tcase(suite, tc);

	tc = tcase_create("flight recorder");
	tcase_add_checked_fixture(tc, set_up_overwriting, tear_down);
	tcase_add_test(tc, a_flight_recorder_keeps_the_newest);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(collector_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
