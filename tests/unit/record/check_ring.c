/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the commit protocol (record.h) and of making rings (ring.c, files.c). */
#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/record/runner.h"

static struct fixture_record record;

static void make(uint32_t ring_bytes, uint64_t total_bytes)
{
	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP,
						 .ring_bytes = ring_bytes,
						 .total_bytes = total_bytes });
}

START_TEST(a_ring_says_whose_it_is)
{
	struct fixture_ring r;

	make(0, 0);
	fixture_call(1);
	r = fixture_ring_open(0, 0);
	ck_assert_uint_eq(r.ring->magic, CTR_RING_MAGIC);
	ck_assert_uint_eq(r.ring->ncells, 4096);
	ck_assert_uint_eq(r.ring->pid, (uint32_t)getpid());
	ck_assert_uint_eq(r.ring->start_time, fixture_slot(0)->start_time);
	ck_assert_uint_eq(r.ring->tid, (uint32_t)gettid());
	ck_assert_uint_eq(r.ring->state, CTR_RING_ACTIVE);
	ck_assert_uint_eq(r.size, CTR_RING_HEADER_SIZE + (256 << 10));
	ck_assert_uint_eq(fixture_session()->bytes_used, r.size);
}
END_TEST

START_TEST(a_ring_begins_with_its_thread)
{
	struct ctr_control_thread thread;
	struct fixture_ring r;

	make(0, 0);
	fixture_call(1);
	r = fixture_ring_open(0, 0);
	ck_assert(fixture_next(&r, &record));
	ck_assert_uint_eq(record.head.function, CTR_CONTROL_THREAD);
	ck_assert_uint_eq(record.head.ncells, 2);
	ck_assert(record.committed);
	memcpy(&thread, record.payload, sizeof(thread));
	ck_assert_uint_eq(thread.tid, (uint32_t)gettid());
	ck_assert_uint_eq(thread.pid, (uint32_t)getpid());
	ck_assert_int_eq(strncmp(thread.name, program_invocation_short_name, 15), 0);
	ck_assert_uint_gt(thread.clock.counter, 0);
}
END_TEST

START_TEST(a_record_holds_what_the_call_gave)
{
	struct fixture_ring r;

	make(0, 0);
	fixture_call(4711);
	r = fixture_ring_open(0, 0);
	ck_assert(fixture_next_call(&r, &record));
	ck_assert(record.committed);
	ck_assert_uint_eq(record.head.function, FIXTURE_FUNCTION);
	ck_assert_uint_eq(record.head.ncells, 1);
	ck_assert_uint_eq(record.head.flags, CTR_CELL_OUTPUTS);
	ck_assert_int_eq(record.head.result, 4711);
	ck_assert_uint_eq(fixture_argument(&record), 4711);
	ck_assert_uint_ne(record.head.caller, 0);
	ck_assert_uint_ge(record.head.end, record.head.start);
	ck_assert(!fixture_next(&r, &record));
	ck_assert_uint_eq(r.ring->calls, 1);
	ck_assert_uint_eq(r.ring->recorded, 1);
}
END_TEST

static void look_while_in_flight(void *data)
{
	struct fixture_ring r = fixture_ring_open(0, 0);

	(void)data;
	ck_assert(fixture_next_call(&r, &record));
	ck_assert(!record.committed);
	ck_assert_uint_eq(fixture_argument(&record), 5);
	ck_assert(!fixture_next(&r, &record));
	fixture_ring_close(&r);
}

START_TEST(a_call_in_flight_is_visible_and_uncommitted)
{
	make(0, 0);
	fixture_call_around(1, 5, look_while_in_flight, NULL);
}
END_TEST

static void call_twice(void *data)
{
	(void)data;
	fixture_call(8);
	fixture_call(9);
}

START_TEST(nested_calls_follow_the_call_that_made_them)
{
	static const uint64_t expected[] = { 7, 8, 9, 10 };
	struct fixture_ring r;

	make(0, 0);
	fixture_call_around(3, 7, call_twice, NULL);
	fixture_call(10);
	r = fixture_ring_open(0, 0);
	for (int i = 0; i < 4; i++) {
		ck_assert(fixture_next_call(&r, &record));
		ck_assert(record.committed);
		ck_assert_uint_eq(fixture_argument(&record), expected[i]);
		ck_assert_int_eq(record.head.result, (int)expected[i]);
	}
}
END_TEST

/* Sizes that do not divide the ring's begin everywhere, also in the last cells. */
START_TEST(a_record_is_whole_wherever_the_ring_wraps)
{
	struct fixture_ring r;

	make(4096, 0);
	fixture_call(0);
	r = fixture_ring_open(0, 0);
	fixture_drain(&r);
	for (uint64_t i = 1; i < 1000; i++) {
		unsigned int ncells = 1 + (unsigned int)(i % CTR_MAX_CELLS);

		ck_assert_int_eq(fixture_call_around(ncells, i, NULL, NULL), 1);
		ck_assert(fixture_next(&r, &record));
		ck_assert(record.committed);
		ck_assert_uint_eq(record.head.ncells, ncells);
		for (size_t at = 0; at < ncells * CTR_CELL_SIZE - CTR_CELL_HEAD_SIZE; at += 8)
			ck_assert_int_eq(memcmp(record.payload + at, &i, 8), 0);
		fixture_drain(&r);
	}
	ck_assert_uint_gt(r.ring->head, 64 * 60);
}
END_TEST

static void expect_in_flight(void *data)
{
	struct fixture_ring *r = data, copy = *r;

	ck_assert(fixture_next(&copy, &record));
	ck_assert(!record.committed);
}

/* The middle cells of long records hold any number, also one that would be the commit word. */
START_TEST(what_an_older_lap_left_never_commits_a_record)
{
	struct fixture_ring r;

	make(4096, 0);
	fixture_call(0);
	r = fixture_ring_open(0, 0);
	fixture_drain(&r);
	for (int i = 0; i < 300; i++) {
		/* The number that the cells of the next lap will have as their commit word. */
		for (int k = 0; k < 8; k++)
			fixture_call_around(CTR_MAX_CELLS, r.ring->head + 64 + 1 + (uint64_t)k,
					    NULL, NULL);
		fixture_drain(&r);
		for (int k = 0; k < 64; k++) {
			fixture_call_around(1, 1, expect_in_flight, &r);
			fixture_drain(&r);
		}
	}
}
END_TEST

START_TEST(errno_survives_every_way_of_recording)
{
	make(4096, 0);
	errno = 4242;
	fixture_call(1);
	ck_assert_int_eq(errno, 4242);
	for (int i = 0; i < 200; i++)
		fixture_call(1);
	ck_assert_int_eq(errno, 4242);
	ck_assert_uint_gt(fixture_ring_open(0, 0).ring->lost_full, 0);
}
END_TEST

START_TEST(errno_survives_a_failing_session)
{
	make(0, 0);
	fixture_setup.session = "/nonexistent";
	errno = 4242;
	fixture_call(1);
	ck_assert_int_eq(errno, 4242);
}
END_TEST

START_TEST(the_first_call_leaves_the_signal_mask_and_cancellation_alone)
{
	sigset_t before, after;
	int state;

	make(0, 0);
	pthread_sigmask(SIG_SETMASK, NULL, &before);
	fixture_call(1);
	pthread_sigmask(SIG_SETMASK, NULL, &after);
	for (int i = 1; i < NSIG; i++)
		ck_assert_int_eq(sigismember(&before, i), sigismember(&after, i));
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
	ck_assert_int_eq(state, PTHREAD_CANCEL_ENABLE);
}
END_TEST

START_TEST(a_ring_is_smaller_when_the_budget_is_short)
{
	struct fixture_ring r;

	make(256 << 10, 100 << 10);
	fixture_call(1);
	r = fixture_ring_open(0, 0);
	ck_assert_uint_eq(r.ring->ncells, (16 << 10) / 64);
	ck_assert_uint_eq(fixture_session()->bytes_used, r.size);
}
END_TEST

START_TEST(without_any_budget_calls_are_counted)
{
	make(256 << 10, 8 << 10);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(fixture_call(1), 0);
	ck_assert_uint_eq(fixture_slot(0)->lost_no_ring, 100);
	ck_assert_uint_eq(fixture_slot(0)->lost_no_room, 0);
	ck_assert_uint_eq(fixture_session()->bytes_used, 0);
	ck_assert_uint_eq(fixture_count("ring."), 0);
}
END_TEST

START_TEST(a_thread_without_a_ring_gets_one_when_there_is_room_again)
{
	int recorded = 0;

	make(16 << 10, 32 << 10);
	/* Another process has used them. */
	fixture_session()->bytes_used = 32 << 10;
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(fixture_call(1), 0);
	fixture_session()->bytes_used = 0;
	for (int i = 0; i < 20; i++)
		recorded += fixture_call(1);
	ck_assert_int_gt(recorded, 0);
	ck_assert_uint_eq(fixture_slot(0)->lost_no_ring + (uint64_t)recorded, 30);
}
END_TEST

/* The program's own limit must not send it SIGXFSZ, whose default is death. */
START_TEST(a_file_size_limit_costs_records_only)
{
	int recorded = 0;
	struct rlimit limit;

	make(0, 0);
	getrlimit(RLIMIT_FSIZE, &limit);
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){ .rlim_cur = 2048, .rlim_max = limit.rlim_max });
	for (int i = 0; i < 50; i++)
		recorded += fixture_call(1);
	/* Check's own files are under the limit too. */
	setrlimit(RLIMIT_FSIZE, &limit);
	ck_assert_int_eq(recorded, 0);
	ck_assert_uint_eq(fixture_slot(0)->lost_no_ring, 50);
	ck_assert_uint_eq(fixture_slot(0)->lost_no_room, 50);
	ck_assert_uint_eq(fixture_count("ring."), 0);
}
END_TEST

START_TEST(an_address_space_limit_makes_the_ring_smaller)
{
	struct rlimit limit;
	unsigned long pages;
	FILE *f = fopen("/proc/self/statm", "r");
	int recorded;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%lu", &pages), 1);
	fclose(f);
	make(64 << 20, 0);
	getrlimit(RLIMIT_AS, &limit);
	setrlimit(RLIMIT_AS,
		  &(struct rlimit){ .rlim_cur = pages * (unsigned long)sysconf(_SC_PAGESIZE) +
						(48 << 20),
				    .rlim_max = limit.rlim_max });
	recorded = fixture_call(1);
	setrlimit(RLIMIT_AS, &limit);
	ck_assert_int_eq(recorded, 1);
	ck_assert_uint_lt(fixture_ring_open(0, 0).ring->ncells, (48 << 20) / CTR_CELL_SIZE);
	ck_assert_uint_eq(fixture_count("ring."), 1);
}
END_TEST

static char full_folder[64];

static bool mount_small(size_t size)
{
	char options[64];

	snprintf(full_folder, sizeof(full_folder), "/dev/shm/curtrace-full.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(full_folder));
	snprintf(options, sizeof(options), "size=%zu,mode=700", size);
	if (mount("tmpfs", full_folder, "tmpfs", 0, options) == 0)
		return true;
	rmdir(full_folder);
	fprintf(stderr, "not tested: %s cannot be mounted here\n", full_folder);
	return false;
}

static void unmount_small(void)
{
	umount2(full_folder, MNT_DETACH);
	rmdir(full_folder);
}

START_TEST(on_a_full_file_system_calls_are_counted)
{
	/* Room for the session file and the maps, not for a ring. */
	if (!mount_small(144 << 10))
		return;
	fixture_make_in(full_folder, &(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
	for (int i = 0; i < 50; i++)
		ck_assert_int_eq(fixture_call(1), 0);
	ck_assert_uint_eq(fixture_slot(0)->lost_no_ring, 50);
	ck_assert_uint_eq(fixture_slot(0)->lost_no_room, 50);
	unmount_small();
}
END_TEST

START_TEST(on_a_nearly_full_file_system_the_ring_is_smaller)
{
	struct fixture_ring r;

	if (!mount_small(240 << 10))
		return;
	fixture_make_in(full_folder, &(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
	ck_assert_int_eq(fixture_call(1), 1);
	r = fixture_ring_open(0, 0);
	ck_assert_uint_eq(r.ring->ncells, (16 << 10) / 64);
	unmount_small();
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("record/ring");

	suite_test(s, a_ring_says_whose_it_is);
	suite_test(s, a_ring_begins_with_its_thread);
	suite_test(s, a_record_holds_what_the_call_gave);
	suite_test(s, a_call_in_flight_is_visible_and_uncommitted);
	suite_test(s, nested_calls_follow_the_call_that_made_them);
	suite_test(s, a_record_is_whole_wherever_the_ring_wraps);
	suite_test(s, what_an_older_lap_left_never_commits_a_record);
	suite_test(s, errno_survives_every_way_of_recording);
	suite_test(s, errno_survives_a_failing_session);
	suite_test(s, the_first_call_leaves_the_signal_mask_and_cancellation_alone);
	suite_test(s, a_ring_is_smaller_when_the_budget_is_short);
	suite_test(s, without_any_budget_calls_are_counted);
	suite_test(s, a_thread_without_a_ring_gets_one_when_there_is_room_again);
	suite_test(s, a_file_size_limit_costs_records_only);
	suite_test(s, an_address_space_limit_makes_the_ring_smaller);
	suite_test(s, on_a_full_file_system_calls_are_counted);
	suite_test(s, on_a_nearly_full_file_system_the_ring_is_smaller);
	return s;
}
