/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The consumer's side of a ring: what it takes, what it leaves, and what it makes of rings that the
 * program has spoilt.
 */
#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/ring.h"
#include "collect/session.h"
#include "traced.h"

#define NCELLS 64

static char folder[64];
static struct col_session session;
static struct traced process;
static struct traced_ring producer;
static struct col_ring consumer;
static struct ctr_cell copy[NCELLS];

static void set_up(enum ctr_overflow overflow, unsigned int flags)
{
	const struct col_settings settings = { .overflow = overflow };
	char name[96];

	strcpy(folder, "/tmp/curtrace-ring-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	setenv("XDG_RUNTIME_DIR", folder, 1);
	ck_assert_int_eq(col_session_create(&session, &settings), 0);
	traced_open(&process, session.path, 0);
	traced_ring(&process, &producer, NCELLS, 0);
	snprintf(name, sizeof(name), "ring.%s.0", process.tag);
	ck_assert_int_eq(col_ring_attach(&consumer, session.dirfd, name, flags), 0);
}

static void set_up_blocking(void)
{
	set_up(CTR_OVERFLOW_BLOCK, 0);
}

static void set_up_overwriting(void)
{
	set_up(CTR_OVERFLOW_OVERWRITE, COL_RING_OVERWRITE);
}

static void tear_down(void)
{
	char command[128];

	col_ring_detach(&consumer);
	col_session_close(&session, true);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

static struct col_run next(bool dead)
{
	return col_ring_next(&consumer, col_ring_head(&consumer), NCELLS, dead);
}

/* Takes all that can be taken now, cells of every kind; returns the number of calls. */
static uint32_t take_all(bool dead)
{
	struct col_run run;
	uint32_t calls = 0;

	while ((run = next(dead)).kind != COL_RUN_NONE) {
		if (run.kind != COL_RUN_DAMAGED) {
			ck_assert(col_ring_copy(&consumer, &run, copy));
			calls += col_run_calls(copy, run.ncells);
		}
		col_ring_release(&consumer, &run);
	}
	return calls;
}

START_TEST(committed_records_are_taken_in_one_run)
{
	struct col_run run;

	traced_call(&producer, TRACED_MALLOC, 0);
	traced_call(&producer, TRACED_LAUNCH, 0);
	run = next(false);
	ck_assert_int_eq(run.kind, COL_RUN_COMMITTED);
	/* The thread's record has two cells, the launch too. */
	ck_assert_uint_eq(run.ncells, 2 + 1 + 2);
	ck_assert(col_ring_copy(&consumer, &run, copy));
	ck_assert_uint_eq(copy[2].function, TRACED_MALLOC);
	ck_assert_uint_eq(copy[3].function, TRACED_LAUNCH);
	ck_assert_uint_eq(col_run_calls(copy, run.ncells), 2);
}
END_TEST

START_TEST(a_call_in_flight_holds_back_what_is_behind_it)
{
	uint64_t outer;

	take_all(false);
	outer = traced_begin(&producer, TRACED_LAUNCH);
	traced_call(&producer, TRACED_MALLOC, 0);
	ck_assert_int_eq(next(false).kind, COL_RUN_NONE);
	traced_end(&producer, outer, 0);
	ck_assert_uint_eq(take_all(false), 2);
}
END_TEST

#define MEETINGS 200000u

static void *make_calls(void *unused)
{
	(void)unused;
	for (unsigned int i = 0; i < MEETINGS; i++)
		traced_call(&producer, TRACED_LAUNCH, 0);
	return NULL;
}

/* Between two looks at a commit word it may change; that is no damage. */
START_TEST(a_call_that_ends_while_it_is_looked_at_is_not_lost)
{
	uint32_t calls = 0;
	pthread_t thread;

	take_all(false);
	ck_assert_int_eq(pthread_create(&thread, NULL, make_calls, NULL), 0);
	while (calls < MEETINGS) {
		struct col_run run = next(false);

		ck_assert_int_ne(run.kind, COL_RUN_DAMAGED);
		if (run.kind == COL_RUN_NONE)
			continue;
		ck_assert(col_ring_copy(&consumer, &run, copy));
		calls += col_run_calls(copy, run.ncells);
		col_ring_release(&consumer, &run);
	}
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_uint_eq(calls, MEETINGS);
}
END_TEST

START_TEST(of_a_dead_process_calls_in_flight_are_taken_one_by_one)
{
	struct col_run run;

	take_all(false);
	traced_begin(&producer, TRACED_LAUNCH);
	traced_begin(&producer, TRACED_FREE);
	traced_call(&producer, TRACED_MALLOC, 0);
	run = next(true);
	ck_assert_int_eq(run.kind, COL_RUN_IN_FLIGHT);
	ck_assert_uint_eq(run.ncells, 2);
	col_ring_release(&consumer, &run);
	run = next(true);
	ck_assert_int_eq(run.kind, COL_RUN_IN_FLIGHT);
	ck_assert_uint_eq(run.ncells, 1);
	col_ring_release(&consumer, &run);
	ck_assert_int_eq(next(true).kind, COL_RUN_COMMITTED);
}
END_TEST

/* Its thread ended within it; the ring may have another owner by now. */
START_TEST(a_call_below_the_settled_mark_is_in_flight_for_ever)
{
	uint64_t left;
	struct col_run run;

	take_all(false);
	left = traced_begin(&producer, TRACED_FREE);
	producer.shared->settled = left + 1;
	traced_call(&producer, TRACED_MALLOC, 0);
	traced_begin(&producer, TRACED_LAUNCH);
	run = next(false);
	ck_assert_int_eq(run.kind, COL_RUN_IN_FLIGHT);
	ck_assert_uint_eq(run.ncells, 1);
	col_ring_release(&consumer, &run);
	ck_assert_uint_eq(take_all(false), 1);
	ck_assert_int_eq(next(false).kind, COL_RUN_NONE);
}
END_TEST

START_TEST(the_producer_sees_the_tail_only_after_release)
{
	struct col_run run;

	traced_call(&producer, TRACED_MALLOC, 0);
	run = next(false);
	col_ring_copy(&consumer, &run, copy);
	ck_assert_uint_eq(producer.shared->tail, 0);
	col_ring_release(&consumer, &run);
	ck_assert_uint_eq(producer.shared->tail, 3);
}
END_TEST

START_TEST(runs_go_round_the_end_of_the_ring)
{
	uint32_t calls = 0;

	for (int lap = 0; lap < 50; lap++) {
		for (int i = 0; i < 13; i++)
			traced_call(&producer, i % 3 ? TRACED_MALLOC : TRACED_LAUNCH, 0);
		calls += take_all(false);
	}
	ck_assert_uint_eq(calls, 50 * 13);
	ck_assert_uint_eq(consumer.damaged, 0);
}
END_TEST

START_TEST(a_run_never_ends_within_a_record)
{
	struct col_run run;

	traced_call(&producer, TRACED_LAUNCH, 0);
	run = col_ring_next(&consumer, col_ring_head(&consumer), 3, false);
	ck_assert_uint_eq(run.ncells, 2);
}
END_TEST

START_TEST(a_record_of_an_earlier_lap_is_not_taken_again)
{
	for (int i = 0; i < NCELLS - 2; i++)
		traced_call(&producer, TRACED_MALLOC, 0);
	take_all(false);
	traced_begin(&producer, TRACED_FREE);
	ck_assert_int_eq(next(false).kind, COL_RUN_NONE);
}
END_TEST

START_TEST(an_impossible_length_is_skipped_up_to_the_next_record)
{
	uint64_t bad;

	take_all(false);
	bad = traced_begin(&producer, TRACED_MALLOC);
	traced_end(&producer, bad, 0);
	producer.cells[bad].ncells = 77;
	traced_call(&producer, TRACED_FREE, 0);
	ck_assert_uint_eq(take_all(false), 1);
	ck_assert_uint_eq(consumer.damaged, 1);
	ck_assert_uint_eq(consumer.tail, col_ring_head(&consumer));
}
END_TEST

START_TEST(garbage_in_a_dead_ring_ends_in_damage_not_in_records)
{
	take_all(false);
	for (int i = 0; i < 5; i++)
		traced_begin(&producer, TRACED_MALLOC);
	memset(&producer.cells[2], 0, 5 * sizeof(struct ctr_cell));
	ck_assert_uint_eq(take_all(true), 0);
	ck_assert_uint_eq(consumer.damaged, 5);
}
END_TEST

START_TEST(a_head_that_ran_away_breaks_the_ring)
{
	producer.shared->head = 1u << 20;
	ck_assert_int_eq(next(true).kind, COL_RUN_NONE);
	ck_assert(consumer.broken);
}
END_TEST

START_TEST(a_head_behind_the_tail_breaks_the_ring)
{
	take_all(false);
	producer.shared->head = 1;
	ck_assert_int_eq(next(true).kind, COL_RUN_NONE);
	ck_assert(consumer.broken);
}
END_TEST

START_TEST(a_ring_that_is_being_made_is_looked_at_again)
{
	struct col_ring ring;
	char name[96];

	snprintf(name, sizeof(name), "ring.%s.0", process.tag);
	producer.shared->magic = 0;
	ck_assert_int_eq(col_ring_attach(&ring, session.dirfd, name, 0), -EAGAIN);
}
END_TEST

/* Each spoils one field of a good header. */
static const struct {
	size_t offset;
	uint32_t value;
} spoilt[] = {
	{ offsetof(struct ctr_ring, version_major), 9 },
	{ offsetof(struct ctr_ring, header_size), 64 },
	{ offsetof(struct ctr_ring, cell_size), 32 },
	{ offsetof(struct ctr_ring, ncells), 0 },
	{ offsetof(struct ctr_ring, ncells), 63 },
	{ offsetof(struct ctr_ring, ncells), 4 },
	{ offsetof(struct ctr_ring, ncells), 1u << 20 },
};

START_TEST(a_ring_of_an_impossible_shape_is_refused)
{
	struct col_ring ring;
	char name[96];

	snprintf(name, sizeof(name), "ring.%s.0", process.tag);
	memcpy((char *)producer.shared + spoilt[_i].offset, &spoilt[_i].value, 4);
	ck_assert_int_eq(col_ring_attach(&ring, session.dirfd, name, 0), -EPROTO);
}
END_TEST

START_TEST(a_private_ring_leaves_the_file_as_it_was)
{
	char name[96];

	snprintf(name, sizeof(name), "ring.%s.0", process.tag);
	col_ring_detach(&consumer);
	ck_assert_int_eq(col_ring_attach(&consumer, session.dirfd, name, COL_RING_PRIVATE), 0);
	traced_call(&producer, TRACED_MALLOC, 0);
	ck_assert_uint_eq(take_all(true), 1);
	ck_assert_uint_eq(producer.shared->tail, 0);
}
END_TEST

/* Calls are taken, then some more are made, one of them in two cells round the end of the ring. */
START_TEST(a_frozen_ring_stays_as_it_was_at_that_instant)
{
	struct ctr_ring *shared = producer.shared;
	uint64_t open;

	for (int i = 0; i < NCELLS - 10; i++)
		traced_call(&producer, TRACED_MALLOC, 0);
	take_all(false);
	for (int i = 0; i < 10; i++)
		traced_call(&producer, TRACED_LAUNCH, 0);
	open = traced_begin(&producer, TRACED_FREE);
	ck_assert(col_ring_freeze(&consumer, 0));
	traced_end(&producer, open, 0);
	for (int i = 0; i < 20; i++)
		traced_call(&producer, TRACED_MALLOC, 0);
	ck_assert_uint_eq(take_all(true), 11);
	ck_assert(!consumer.broken);
	ck_assert_uint_eq(consumer.known.calls, NCELLS + 1);
	/* What is taken here is not taken away from who collects. */
	ck_assert_uint_eq(shared->tail, NCELLS - 10 + 2);
}
END_TEST

START_TEST(an_overwritten_ring_gives_the_newest_records)
{
	uint32_t calls;

	for (int i = 0; i < 1000; i++)
		traced_call(&producer, TRACED_MALLOC, 0);
	calls = take_all(true);
	ck_assert_uint_eq(calls, NCELLS);
	ck_assert_uint_eq(consumer.overwritten, 1002 - NCELLS);
	ck_assert_uint_eq(consumer.tail, 1002);
}
END_TEST

START_TEST(a_record_whose_beginning_was_overwritten_is_left_out)
{
	for (int i = 0; i < 100; i++)
		traced_call(&producer, TRACED_LAUNCH, 0);
	traced_call(&producer, TRACED_MALLOC, 0);
	/* The oldest cell is the second half of a launch. */
	ck_assert_uint_eq(take_all(true), (NCELLS - 2) / 2 + 1);
}
END_TEST

START_TEST(a_running_producer_is_given_way)
{
	for (int i = 0; i < 1000; i++)
		traced_call(&producer, TRACED_MALLOC, 0);
	/* Any of the cells next to the head may be in the making. */
	ck_assert_uint_eq(take_all(false), NCELLS - CTR_MAX_CELLS);
}
END_TEST

START_TEST(a_copy_that_was_overtaken_is_thrown_away)
{
	struct col_run run;

	for (int i = 0; i < 1000; i++)
		traced_call(&producer, TRACED_MALLOC, 0);
	run = next(false);
	ck_assert_int_eq(run.kind, COL_RUN_COMMITTED);
	for (int i = 0; i < 10; i++)
		traced_call(&producer, TRACED_MALLOC, 0);
	ck_assert(!col_ring_copy(&consumer, &run, copy));
}
END_TEST

START_TEST(an_overwritten_ring_begins_at_the_tail_of_its_producer)
{
	struct col_run run;

	for (int i = 0; i < 100; i++)
		traced_call(&producer, TRACED_MALLOC, 0);
	producer.shared->tail = 80;
	run = next(false);
	ck_assert_int_eq(run.kind, COL_RUN_COMMITTED);
	ck_assert_uint_eq(run.first, 80);
	ck_assert_uint_eq(run.ncells, 22);
	/* Given up while it was copied. */
	producer.shared->tail = 81;
	ck_assert(!col_ring_copy(&consumer, &run, copy));
	run = next(false);
	ck_assert_uint_eq(run.first, 81);
	ck_assert(col_ring_copy(&consumer, &run, copy));
	col_ring_release(&consumer, &run);
	ck_assert_uint_eq(producer.shared->tail, 81);
}
END_TEST

static Suite *ring_suite(void)
{
	Suite *suite = suite_create("collect/ring");
	TCase *tc = tcase_create("blocking");

	tcase_add_checked_fixture(tc, set_up_blocking, tear_down);
	tcase_add_test(tc, committed_records_are_taken_in_one_run);
	tcase_add_test(tc, a_call_in_flight_holds_back_what_is_behind_it);
	tcase_add_test(tc, a_call_that_ends_while_it_is_looked_at_is_not_lost);
	tcase_add_test(tc, of_a_dead_process_calls_in_flight_are_taken_one_by_one);
	tcase_add_test(tc, a_call_below_the_settled_mark_is_in_flight_for_ever);
	tcase_add_test(tc, the_producer_sees_the_tail_only_after_release);
	tcase_add_test(tc, runs_go_round_the_end_of_the_ring);
	tcase_add_test(tc, a_run_never_ends_within_a_record);
	tcase_add_test(tc, a_record_of_an_earlier_lap_is_not_taken_again);
	tcase_add_test(tc, an_impossible_length_is_skipped_up_to_the_next_record);
	tcase_add_test(tc, garbage_in_a_dead_ring_ends_in_damage_not_in_records);
	tcase_add_test(tc, a_head_that_ran_away_breaks_the_ring);
	tcase_add_test(tc, a_head_behind_the_tail_breaks_the_ring);
	tcase_add_test(tc, a_ring_that_is_being_made_is_looked_at_again);
	tcase_add_loop_test(tc, a_ring_of_an_impossible_shape_is_refused, 0,
			    (int)(sizeof(spoilt) / sizeof(spoilt[0])));
	tcase_add_test(tc, a_private_ring_leaves_the_file_as_it_was);
	tcase_add_test(tc, a_frozen_ring_stays_as_it_was_at_that_instant);
	suite_add_tcase(suite, tc);

	tc = tcase_create("overwriting");
	tcase_add_checked_fixture(tc, set_up_overwriting, tear_down);
	tcase_add_test(tc, an_overwritten_ring_gives_the_newest_records);
	tcase_add_test(tc, a_record_whose_beginning_was_overwritten_is_left_out);
	tcase_add_test(tc, an_overwritten_ring_begins_at_the_tail_of_its_producer);
	tcase_add_test(tc, a_running_producer_is_given_way);
	tcase_add_test(tc, a_copy_that_was_overtaken_is_thrown_away);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(ring_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
