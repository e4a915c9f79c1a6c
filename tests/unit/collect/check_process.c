/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traced processes: who they are, whether they run, what became of their calls.
 */
#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collect/process.h"
#include "collect/session.h"
#include "traced.h"

static char folder[64];
static struct col_session session;
static struct traced process;

static void set_up(void)
{
	const struct col_settings settings = { .overflow = CTR_OVERFLOW_BLOCK };

	strcpy(folder, "/tmp/curtrace-process-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	setenv("XDG_RUNTIME_DIR", folder, 1);
	ck_assert_int_eq(col_session_create(&session, &settings), 0);
}

static void tear_down(void)
{
	char command[128];

	col_session_close(&session, true);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

START_TEST(a_process_that_runs_is_known_by_its_program)
{
	struct col_process *p;

	traced_open(&process, session.path, 0);
	p = col_process_new(process.slot);
	ck_assert_uint_eq(p->pid, getpid());
	ck_assert_str_eq(p->tag, process.tag);
	ck_assert_ptr_nonnull(p->exe);
	ck_assert_ptr_nonnull(strstr(p->exe, p->name));
	ck_assert(col_process_runs(p));
	col_process_free(p);
}
END_TEST

START_TEST(a_process_that_is_gone_is_known_by_its_slot)
{
	struct col_process *p;

	traced_open(&process, session.path, 1);
	p = col_process_new(process.slot);
	ck_assert_str_eq(p->name, "traced");
	ck_assert_ptr_null(p->exe);
	ck_assert(!col_process_runs(p));
	col_process_free(p);
}
END_TEST

/* Its pid may be of another world: that it is not to be found here proves nothing. */
START_TEST(a_process_that_was_never_seen_may_run)
{
	struct col_process *p;

	traced_open(&process, session.path, 4000000);
	p = col_process_new(process.slot);
	ck_assert(col_process_may_run(p));
	p->superseded = true;
	ck_assert(!col_process_may_run(p));
	col_process_free(p);
}
END_TEST

/* Of our own world: it ended before anybody looked. */
START_TEST(a_process_of_our_namespace_that_is_not_there_is_gone)
{
	struct col_process *p;
	struct stat st;

	ck_assert_int_eq(stat("/proc/self/ns/pid", &st), 0);
	traced_open(&process, session.path, 4200000);
	session.slots[0].pid_namespace = (uint32_t)st.st_ino;
	p = col_process_new(&session.slots[0]);
	ck_assert(!col_process_may_run(p));
	col_process_free(p);
	/* Its start time may be told differently: what is there may be it. */
	session.slots[0].pid = (uint32_t)getpid();
	p = col_process_new(&session.slots[0]);
	p->start_time++;
	ck_assert(col_process_may_run(p));
	col_process_free(p);
}
END_TEST

START_TEST(a_process_that_ends_is_seen_to_end)
{
	struct col_process *p;
	pid_t child = fork();

	if (!child) {
		traced_open(&process, session.path, 0);
		for (;;)
			pause();
	}
	while (!__atomic_load_n(&session.slots[0].state, __ATOMIC_ACQUIRE))
		usleep(1000);
	p = col_process_new(&session.slots[0]);
	ck_assert(col_process_may_run(p));
	kill(child, SIGKILL);
	/* Dead, and not waited for: a zombie makes no calls. */
	siginfo_t info;
	waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
	ck_assert(!col_process_may_run(p));
	waitpid(child, NULL, 0);
	ck_assert(!col_process_may_run(p));
	col_process_free(p);
}
END_TEST

static void *wait_for_ever(void *arg)
{
	for (;;)
		pause();
	return arg;
}

START_TEST(a_process_whose_main_thread_has_left_still_runs)
{
	struct col_process *p;
	pid_t child = fork();

	if (!child) {
		pthread_t thread;

		traced_open(&process, session.path, 0);
		pthread_create(&thread, NULL, wait_for_ever, NULL);
		pthread_exit(NULL);
	}
	while (!__atomic_load_n(&session.slots[0].state, __ATOMIC_ACQUIRE))
		usleep(1000);
	p = col_process_new(&session.slots[0]);
	usleep(100000);
	ck_assert(col_process_runs(p));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	ck_assert(!col_process_runs(p));
	col_process_free(p);
}
END_TEST

START_TEST(rings_are_known_by_their_names)
{
	struct col_process *p;
	char name[96];

	traced_open(&process, session.path, 0);
	p = col_process_new(process.slot);
	snprintf(name, sizeof(name), "ring.%s.17", process.tag);
	ck_assert_int_eq(col_process_ring_number(p, name), 17);
	snprintf(name, sizeof(name), "ring.%s1.17", process.tag);
	ck_assert_int_eq(col_process_ring_number(p, name), -1);
	snprintf(name, sizeof(name), "ring.%s.", process.tag);
	ck_assert_int_eq(col_process_ring_number(p, name), -1);
	snprintf(name, sizeof(name), "ring.%s.1.tmp", process.tag);
	ck_assert_int_eq(col_process_ring_number(p, name), -1);
	snprintf(name, sizeof(name), "ring.%s.99999999999", process.tag);
	ck_assert_int_eq(col_process_ring_number(p, name), -1);
	col_process_free(p);
}
END_TEST

START_TEST(the_map_is_the_processes_own_while_it_runs)
{
	struct col_process *p;
	size_t size;
	char *text;

	traced_open(&process, session.path, 0);
	traced_leave_maps(&process, "left\n");
	p = col_process_new(process.slot);
	text = col_process_read_maps(p, session.dirfd, &size);
	ck_assert_ptr_nonnull(text);
	ck_assert_ptr_nonnull(strstr(text, "/libc.so"));
	free(text);
	p->superseded = true;
	text = col_process_read_maps(p, session.dirfd, &size);
	ck_assert_str_eq(text, "left\n");
	free(text);
	col_process_free(p);
}
END_TEST

START_TEST(made_is_recorded_plus_lost)
{
	struct traced_ring producer;
	struct col_process *p;
	struct col_ring ring;
	char name[96];

	traced_open(&process, session.path, 0);
	traced_ring(&process, &producer, 64, 0);
	p = col_process_new(process.slot);
	snprintf(name, sizeof(name), "ring.%s.0", process.tag);
	ck_assert_int_eq(col_ring_attach(&ring, session.dirfd, name, 0), 0);
	col_process_add_ring(p, &ring);
	for (int i = 0; i < 5; i++)
		traced_call(&producer, TRACED_MALLOC, 0);
	traced_lose(&producer);
	process.slot->lost_no_ring = 3;
	p->rings[0]->taken = 4;
	p->rings[0]->in_flight = 1;
	p->rings[0]->lost_write = 1;
	col_process_count(p);
	ck_assert_uint_eq(p->counters.recorded, 4);
	ck_assert_uint_eq(p->counters.in_flight, 1);
	ck_assert_uint_eq(col_counters_lost(&p->counters), 5);
	ck_assert_uint_eq(p->counters.calls, 9);
	ck_assert_uint_eq(p->counters.lost_damaged, 0);
	col_process_free(p);
}
END_TEST

static Suite *process_suite(void)
{
	Suite *suite = suite_create("collect/process");
	TCase *tc = tcase_create("processes");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_process_that_runs_is_known_by_its_program);
	tcase_add_test(tc, a_process_that_is_gone_is_known_by_its_slot);
	tcase_add_test(tc, a_process_that_was_never_seen_may_run);
	tcase_add_test(tc, a_process_of_our_namespace_that_is_not_there_is_gone);
	tcase_add_test(tc, a_process_that_ends_is_seen_to_end);
	tcase_add_test(tc, a_process_whose_main_thread_has_left_still_runs);
	tcase_add_test(tc, rings_are_known_by_their_names);
	tcase_add_test(tc, the_map_is_the_processes_own_while_it_runs);
	tcase_add_test(tc, made_is_recorded_plus_lost);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(process_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
