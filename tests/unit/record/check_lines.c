/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What threads and processes that record at once write lies in different cache lines: a line that
 * two processors write costs each of them more than the whole record.
 */
#include <check.h>
#include <pthread.h>
#include <stddef.h>

#include "unit/record/runner.h"

enum writer {
	MAKER,    /* once, before anybody else looks */
	PRODUCER, /* the thread that owns the ring, at every call */
	CONSUMER, /* the collector, at every look */
	/* Rarely, and each in its own time: */
	OPENED,   /* who switches the session */
	RINGS,    /* who makes a ring */
	SLOTS,    /* who claims a slot */
	LOSERS,   /* who finds none */
	SWITCHERS /* who switches recording on and off */
};

struct field {
	const char *name;
	size_t offset, size;
	enum writer writer;
};

#define FIELD(type, member, writer)                                   \
	{                                                             \
#type "." #member, offsetof(struct type, member),     \
			sizeof(((struct type *)NULL)->member), writer \
	}

static void expect_own_lines(const struct field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++) {
			const struct field *a = &fields[i], *b = &fields[j];
			size_t a_first = a->offset / CTR_CACHE_LINE;
			size_t a_last = (a->offset + a->size - 1) / CTR_CACHE_LINE;
			size_t b_first = b->offset / CTR_CACHE_LINE;
			size_t b_last = (b->offset + b->size - 1) / CTR_CACHE_LINE;

			ck_assert_msg(a->writer == b->writer || a_last < b_first ||
					      b_last < a_first,
				      "%s and %s share a line", a->name, b->name);
		}
}

/* Every field is in the table: their sizes are that of the struct, less its padding. */
static void expect_all(const struct field *fields, size_t n, size_t size)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += fields[i].size;
	ck_assert_uint_eq(sum, size);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

START_TEST(the_producer_and_the_consumer_of_a_ring_share_no_line)
{
	static const struct field fields[] = {
		FIELD(ctr_ring, magic, MAKER),         FIELD(ctr_ring, version_major, MAKER),
		FIELD(ctr_ring, version_minor, MAKER), FIELD(ctr_ring, header_size, MAKER),
		FIELD(ctr_ring, cell_size, MAKER),     FIELD(ctr_ring, ncells, MAKER),
		FIELD(ctr_ring, pid, MAKER),           FIELD(ctr_ring, exec_count, MAKER),
		FIELD(ctr_ring, start_time, MAKER),    FIELD(ctr_ring, number, MAKER),
		FIELD(ctr_ring, clock, MAKER),         FIELD(ctr_ring, head, PRODUCER),
		FIELD(ctr_ring, calls, PRODUCER),      FIELD(ctr_ring, recorded, PRODUCER),
		FIELD(ctr_ring, lost_full, PRODUCER),  FIELD(ctr_ring, lost_reentered, PRODUCER),
		FIELD(ctr_ring, state, PRODUCER),      FIELD(ctr_ring, tid, PRODUCER),
		FIELD(ctr_ring, lost_ended, PRODUCER), FIELD(ctr_ring, settled, PRODUCER),
		FIELD(ctr_ring, tail, CONSUMER),       FIELD(ctr_ring, reserved1, CONSUMER),
		FIELD(ctr_ring, created, MAKER),
	};
	/* Behind the maker's 48 bytes and its 24 the lines are not full. */
	const size_t padding = CTR_CACHE_LINE - 48 + CTR_CACHE_LINE - 24;

	expect_own_lines(fields, COUNT(fields));
	expect_all(fields, COUNT(fields), sizeof(struct ctr_ring) - padding);
	/* Nor do cells of different rings, which are files of their own. */
	ck_assert_uint_eq(sizeof(struct ctr_cell), CTR_CACHE_LINE);
	ck_assert_uint_eq(CTR_RING_HEADER_SIZE % CTR_CACHE_LINE, 0);
}
END_TEST

START_TEST(what_changes_in_a_session_lies_apart_from_what_is_read)
{
	static const struct field session[] = {
		FIELD(ctr_session, overflow, MAKER),  FIELD(ctr_session, created, MAKER),
		FIELD(ctr_session, state, OPENED),    FIELD(ctr_session, bytes_used, RINGS),
		FIELD(ctr_session, processes, SLOTS), FIELD(ctr_session, lost_no_slot, LOSERS),
	};
	static const struct field switches[] = {
		/* Read at every call of every process. */
		FIELD(ctr_switches, gate, MAKER),       FIELD(ctr_switches, left_out, MAKER),
		FIELD(ctr_switches, state, SWITCHERS),  FIELD(ctr_switches, changes, SWITCHERS),
		FIELD(ctr_switches, change, SWITCHERS),
	};

	expect_own_lines(session, COUNT(session));
	expect_own_lines(switches, COUNT(switches));
	/* The slots are written by a process each, and begin behind the session. */
	ck_assert_uint_eq(sizeof(struct ctr_session) % CTR_CACHE_LINE, 0);
	ck_assert_uint_eq(sizeof(struct ctr_process) % CTR_CACHE_LINE, 0);
	/* Pages of their own. */
	ck_assert_uint_eq(sizeof(rec_switch), ARCH_PAGE_SIZE);
	ck_assert_uint_eq(sizeof(rec_gates) % ARCH_PAGE_SIZE, 0);
}
END_TEST

#define THREADS 24

struct seen {
	const struct rec_thread *self;
	const struct rec_tls *tls;
	const struct ctr_ring *ring;
};

static pthread_barrier_t all_have;

static void *record_one(void *data)
{
	struct seen *seen = data;

	fixture_call(1);
	*seen = (struct seen){ .self = rec_tls.self, .tls = &rec_tls };
	seen->ring = seen->self ? seen->self->ring : NULL;
	/* A thread that has ended leaves its place to the next. */
	pthread_barrier_wait(&all_have);
	return NULL;
}

static uintptr_t first_line(const void *at)
{
	return (uintptr_t)at / CTR_CACHE_LINE;
}

static uintptr_t last_line(const void *at, size_t size)
{
	return ((uintptr_t)at + size - 1) / CTR_CACHE_LINE;
}

static bool share_a_line(const void *a, const void *b, size_t size)
{
	return first_line(a) <= last_line(b, size) && first_line(b) <= last_line(a, size);
}

START_TEST(threads_share_no_line)
{
	struct seen seen[THREADS];
	pthread_t threads[THREADS];

	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
	pthread_barrier_init(&all_have, NULL, THREADS);
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, record_one, &seen[i]), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++) {
		ck_assert_ptr_nonnull(seen[i].ring);
		for (int j = 0; j < i; j++) {
			ck_assert(!share_a_line(seen[i].self, seen[j].self, sizeof(*seen[i].self)));
			ck_assert(!share_a_line(seen[i].tls, seen[j].tls, sizeof(*seen[i].tls)));
			ck_assert(!share_a_line(seen[i].ring, seen[j].ring, sizeof(*seen[i].ring)));
		}
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("record/lines");

	suite_test(s, the_producer_and_the_consumer_of_a_ring_share_no_line);
	suite_test(s, what_changes_in_a_session_lies_apart_from_what_is_read);
	suite_test(s, threads_share_no_line);
	return s;
}
