/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/record/fork.c: what a child records, and that it is not its parent's. */
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/session.h"
#include "unit/record/runner.h"

static struct fixture_record record;

static struct fixture_ring make(void)
{
	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
	fixture_call(1);
	return fixture_ring_open(0, 0);
}

/* fork without libc's handlers, as some runtimes do it. */
static pid_t bare_fork(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

static void expect_clean_exit(pid_t pid)
{
	int status;

	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "child's status is %#x",
		      (unsigned int)status);
}

static void call_in_child(pid_t (*do_fork)(void))
{
	struct fixture_ring r = make(), child;
	uint64_t head = r.ring->head;
	pid_t pid = do_fork();

	if (pid == 0) {
		int recorded = fixture_call(2) + fixture_call(3);

		_exit(recorded == 2 && fixture_opened_again == 1 ? 0 : 1);
	}
	expect_clean_exit(pid);
	ck_assert_uint_eq(r.ring->head, head);
	ck_assert_uint_eq(r.ring->calls, 1);
	ck_assert_uint_eq(fixture_slot(1)->state, CTR_PROCESS_LIVE);
	ck_assert_uint_eq(fixture_slot(1)->pid, (uint32_t)pid);
	ck_assert_uint_eq(fixture_slot(1)->parent_pid, (uint32_t)getpid());
	child = fixture_ring_open(1, 0);
	ck_assert(fixture_next_call(&child, &record));
	ck_assert_uint_eq(fixture_argument(&record), 2);
	ck_assert_uint_eq(child.ring->recorded, 2);
	/* The parent goes on where it was. */
	ck_assert_int_eq(fixture_call(4), 1);
	ck_assert_uint_eq(r.ring->calls, 2);
}

START_TEST(a_child_has_a_slot_and_rings_of_its_own)
{
	call_in_child(fork);
}
END_TEST

START_TEST(so_has_a_child_of_a_bare_system_call)
{
	call_in_child(bare_fork);
}
END_TEST

START_TEST(a_child_cannot_reach_its_parents_rings)
{
	const void *header, *cells;
	int fds[2];
	pid_t pid;

	make();
	header = rec_tls.self->ring;
	cells = rec_tls.self->cells;
	ck_assert_int_eq(pipe(fds), 0);
	pid = bare_fork();
	if (pid == 0)
		/* The kernel says what is mapped, without a fault. */
		_exit(write(fds[1], header, 1) == 1 || write(fds[1], cells, 1) == 1 ||
		      write(fds[1], fixture_slot(0), 1) != 1);
	expect_clean_exit(pid);
}
END_TEST

START_TEST(a_child_without_calls_leaves_no_trace)
{
	pid_t pid;

	make();
	pid = fork();
	if (pid == 0)
		_exit(0);
	expect_clean_exit(pid);
	ck_assert_uint_eq(fixture_session()->processes, 1);
}
END_TEST

static void fork_in_call(void *data)
{
	*(pid_t *)data = fork();
}

START_TEST(a_child_forked_within_a_call_does_not_end_it)
{
	struct fixture_ring r = make();
	pid_t pid = -1;

	fixture_call_around(1, 7, fork_in_call, &pid);
	if (pid == 0) {
		fixture_call(8);
		_exit(0);
	}
	expect_clean_exit(pid);
	ck_assert(fixture_next_call(&r, &record));
	ck_assert(fixture_next_call(&r, &record));
	ck_assert_uint_eq(fixture_argument(&record), 7);
	ck_assert(record.committed);
	ck_assert(!fixture_next(&r, &record));
}
END_TEST

static void *call_once(void *arg)
{
	(void)arg;
	return fixture_call(5) ? NULL : arg;
}

/* The forking thread's pointer leads to its parent's ring, while another one opens the session. */
static int second_thread_first(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, call_once, NULL) != 0)
		return 1;
	pthread_join(thread, NULL);
	return fixture_call(6) == 1 && fixture_slot(1)->ring_count == 2 ? 0 : 1;
}

START_TEST(a_stale_pointer_is_found_out_when_another_thread_opened)
{
	struct fixture_ring r = make();
	uint64_t head = r.ring->head;
	pid_t pid = bare_fork();

	if (pid == 0)
		_exit(second_thread_first());
	expect_clean_exit(pid);
	ck_assert_uint_eq(r.ring->head, head);
}
END_TEST

static void *fork_and_end(void *arg)
{
	pid_t pid;

	fixture_call(2);
	pid = bare_fork();
	if (pid == 0) {
		/* Ends as a thread does: destructors see what the fork left. */
		pthread_exit(NULL);
	}
	*(pid_t *)arg = pid;
	return NULL;
}

START_TEST(the_end_of_a_forked_thread_touches_nothing_of_its_parent)
{
	struct fixture_ring r;
	pthread_t thread;
	pid_t pid;

	make();
	pthread_create(&thread, NULL, fork_and_end, &pid);
	pthread_join(thread, NULL);
	expect_clean_exit(pid);
	r = fixture_ring_open(0, 1);
	ck_assert_uint_eq(r.ring->recorded, 1);
	ck_assert_uint_eq(r.ring->state, CTR_RING_IDLE);
	ck_assert_uint_eq(fixture_session()->processes, 1);
}
END_TEST

START_TEST(grandchildren_are_recorded_too)
{
	pid_t pid;

	make();
	pid = fork();
	if (pid == 0) {
		pid_t inner;

		fixture_call(2);
		inner = fork();
		if (inner == 0)
			_exit(!fixture_call(3));
		expect_clean_exit(inner);
		rec_session_exit();
		_exit(0);
	}
	expect_clean_exit(pid);
	ck_assert_uint_eq(fixture_session()->processes, 3);
	ck_assert_uint_eq(fixture_slot(1)->state, CTR_PROCESS_EXITED);
	ck_assert_uint_eq(fixture_slot(2)->state, CTR_PROCESS_LIVE);
}
END_TEST

static void *call_on(void *arg)
{
	while (!__atomic_load_n((int *)arg, __ATOMIC_RELAXED))
		fixture_call(1);
	return NULL;
}

/* Whatever locks other threads hold at that instant, they are free in the child. */
START_TEST(forking_while_other_threads_attach_never_hangs)
{
	int stop = 0;

	/* To it a child is its parent's thread, and races with threads that it does not have. */
	if (REC_SANITIZE_THREAD)
		return;
	make();
	for (int i = 0; i < 60; i++) {
		pthread_t threads[3];
		pid_t pid;

		stop = 0;
		for (int k = 0; k < 3; k++)
			pthread_create(&threads[k], NULL, call_on, &stop);
		pid = i % 2 ? fork() : bare_fork();
		if (pid == 0)
			_exit(!fixture_call(1));
		expect_clean_exit(pid);
		__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
		for (int k = 0; k < 3; k++)
			pthread_join(threads[k], NULL);
	}
}
END_TEST

/* The handler's child comes back into the reservation that the signal interrupted. */
static pid_t forked = -1;
static int in_handler;

static void fork_in_handler(int number)
{
	(void)number;
	forked = fork();
	if (forked == 0)
		in_handler = fixture_call(900);
}

static void reserve_and_fork(bool general)
{
	static const uint64_t argument = 42;
	struct fixture_ring r = make(), child;
	struct rec_call call;

	signal(SIGUSR1, fork_in_handler);
	ck_assert(fixture_begin(&call, 2, general));
	raise(SIGUSR1);
	fixture_end(&call, argument);
	if (forked == 0)
		_exit(in_handler || fixture_call(5) != 1 || fixture_call(6) != 1);
	expect_clean_exit(forked);
	ck_assert(fixture_next_call(&r, &record));
	ck_assert(fixture_next_call(&r, &record));
	ck_assert(record.committed);
	ck_assert_uint_eq(fixture_argument(&record), argument);
	ck_assert(!fixture_next(&r, &record));
	fixture_expect_balanced(&r);
	ck_assert_uint_eq(fixture_slot(1)->lost_reentered, 1);
	child = fixture_ring_open(1, 0);
	ck_assert(fixture_next_call(&child, &record));
	ck_assert_uint_eq(fixture_argument(&record), 5);
	ck_assert_uint_eq(child.ring->calls, 2);
}

START_TEST(a_handler_may_fork_while_a_record_is_being_reserved)
{
	reserve_and_fork(false);
}
END_TEST

START_TEST(it_may_in_the_general_way)
{
	reserve_and_fork(true);
}
END_TEST

/* The child's record has no place any more, though there is a session and a ring again. */
static void fork_and_call_in_call(void *data)
{
	fork_in_call(data);
	if (*(pid_t *)data == 0)
		fixture_call(8);
}

static void bare_fork_and_call_in_call(void *data)
{
	*(pid_t *)data = bare_fork();
	if (*(pid_t *)data == 0)
		fixture_call(8);
}

static void call_in_forked_call(void (*inner)(void *data))
{
	struct fixture_ring r = make(), child;
	pid_t pid = -1;
	int recorded = fixture_call_around(1, 7, inner, &pid);

	if (pid == 0)
		_exit(recorded || fixture_call(9) != 1);
	expect_clean_exit(pid);
	ck_assert(fixture_next_call(&r, &record));
	ck_assert(fixture_next_call(&r, &record));
	ck_assert_uint_eq(fixture_argument(&record), 7);
	ck_assert(record.committed);
	child = fixture_ring_open(1, 0);
	for (uint64_t argument = 8; argument <= 9; argument++) {
		ck_assert(fixture_next_call(&child, &record));
		ck_assert(record.committed);
		ck_assert_uint_eq(fixture_argument(&record), argument);
	}
	ck_assert(!fixture_next(&child, &record));
}

START_TEST(a_child_forked_within_a_call_may_call_there)
{
	call_in_forked_call(fork_and_call_in_call);
}
END_TEST

START_TEST(so_may_a_child_of_a_bare_system_call)
{
	call_in_forked_call(bare_fork_and_call_in_call);
}
END_TEST

START_TEST(the_parent_is_the_one_that_forked)
{
	pid_t parent = getpid(), pid;

	make();
	pid = fork();
	if (pid == 0) {
		pid_t grandchild = fork();

		/* Its parent is gone when it makes its first call. */
		if (grandchild == 0) {
			while (getppid() != 1 && getppid() == parent)
				usleep(1000);
			usleep(50000);
			_exit(!fixture_call(1));
		}
		_exit(0);
	}
	expect_clean_exit(pid);
	for (int i = 0; i < 1000 && fixture_slot(1)->state != CTR_PROCESS_LIVE; i++)
		usleep(2000);
	ck_assert_uint_eq(fixture_slot(1)->parent_pid, (uint32_t)pid);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("record/fork");

	suite_test(s, a_child_has_a_slot_and_rings_of_its_own);
	suite_test(s, so_has_a_child_of_a_bare_system_call);
	suite_test(s, a_child_cannot_reach_its_parents_rings);
	suite_test(s, a_child_without_calls_leaves_no_trace);
	suite_test(s, a_child_forked_within_a_call_does_not_end_it);
	suite_test(s, a_stale_pointer_is_found_out_when_another_thread_opened);
	suite_test(s, the_end_of_a_forked_thread_touches_nothing_of_its_parent);
	suite_test(s, grandchildren_are_recorded_too);
	suite_test(s, a_handler_may_fork_while_a_record_is_being_reserved);
	suite_test(s, it_may_in_the_general_way);
	suite_test(s, a_child_forked_within_a_call_may_call_there);
	suite_test(s, so_may_a_child_of_a_bare_system_call);
	suite_test(s, the_parent_is_the_one_that_forked);
	suite_test(s, forking_while_other_threads_attach_never_hangs);
	return s;
}
