/* SPDX-License-Identifier: Apache-2.0 */
/* Work that a thread does now and another one did before. */
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/moves.h"
#include "unit/reader/fixture.h"
#include "util/xalloc.h"

#define MOST_LANES 4

/* Lanes by letters, a call each; "" for a lane that a side does not have. */
struct lane {
	struct df_sequence a, b;
	struct df_changes changes;
	struct df_call *calls_a, *calls_b;
};

static struct lane made[MOST_LANES];
static struct df_moves_lane lanes[MOST_LANES];
static size_t nlanes, nmoves;
static struct df_move *moves;

static struct df_call *calls_of(const char *body, size_t times, const char *end,
				struct df_sequence *sequence)
{
	size_t length = strlen(body), count = length * times + strlen(end);
	struct df_call *calls = ut_xcalloc(count + 1, sizeof(*calls));

	for (size_t i = 0; i < count; i++) {
		char c = i < length * times ? body[i % length] : end[i - length * times];

		/* Tokens differ from lane to lane: streams have numbers of their own. */
		calls[i].token = (uint32_t)c + 128 * (uint32_t)nlanes;
		calls[i].shape = (uint32_t)c;
	}
	*sequence = (struct df_sequence){ .calls = calls, .count = count };
	return calls;
}

static void lane(const char *before, const char *after, size_t times, const char *end)
{
	struct lane *own = &made[nlanes];
	struct df_moves_lane *it = &lanes[nlanes];

	own->calls_a = calls_of(before, times, *before ? end : "", &own->a);
	own->calls_b = calls_of(after, times, *after ? end : "", &own->b);
	it->a = *before ? &own->a : NULL;
	it->b = *after ? &own->b : NULL;
	if (it->a && it->b) {
		df_changes(&own->a, &own->b, 0, &own->changes);
		it->changes = &own->changes;
	}
	nlanes++;
}

static void find(void)
{
	moves = df_moves(lanes, nlanes, &nmoves);
}

static void done(void)
{
	for (size_t i = 0; i < nlanes; i++) {
		free(made[i].calls_a);
		free(made[i].calls_b);
		df_changes_free(&made[i].changes);
	}
	free(moves);
	memset(made, 0, sizeof(made));
	memset(lanes, 0, sizeof(lanes));
	nlanes = 0;
}

static const struct df_move *only_move(size_t from, size_t to)
{
	ck_assert_uint_eq(nmoves, 1);
	ck_assert_uint_eq(moves[0].from, from);
	ck_assert_uint_eq(moves[0].to, to);
	return &moves[0];
}

START_TEST(work_goes_from_one_thread_to_another)
{
	lane("abcdefgh", "abgh", 50, "z");
	lane("mnopqrst", "mnopcdefqrst", 50, "z");
	lane("uvw", "uvw", 50, "z");
	find();
	ck_assert_uint_eq(only_move(0, 1)->calls, 200);
	ck_assert_double_eq(moves[0].share, 1);
	done();
}
END_TEST

START_TEST(a_thread_that_ended_is_another_ones_work)
{
	lane("abcdefgh", "abcdefmnogh", 50, "z");
	lane("mno", "", 50, "");
	find();
	ck_assert_uint_eq(only_move(1, 0)->calls, 150);
	ck_assert_uint_eq(moves[0].went, DF_ALL_CHANGES);
	done();
	lane("mnoabcd", "abcd", 50, "");
	lane("", "mno", 50, "");
	find();
	only_move(0, 1);
	done();
}
END_TEST

START_TEST(iterations_go_to_another_thread)
{
	static const char body[] = "abcdefgh";

	lane(body, body, 40, "z");
	lane(body, body, 40, "z");
	/* 30 and 50 times instead of 40 each. */
	for (size_t i = 0; i < 2; i++) {
		struct lane *own = &made[i];

		df_changes_free(&own->changes);
		free(own->calls_b);
		nlanes = i;
		own->calls_b = calls_of(body, i ? 50 : 30, "z", &own->b);
		df_changes(&own->a, &own->b, 0, &own->changes);
	}
	nlanes = 2;
	find();
	ck_assert_uint_eq(only_move(0, 1)->calls, 80);
	done();
}
END_TEST

/* The lanes as a whole have too little in common. */
START_TEST(a_single_change_moves_among_others)
{
	lane("abcdefghijklmnop", "abghijkl", 50, "z");
	lane("ABCDEFGH", "ABCDcdefEF123456789GH", 50, "z");
	find();
	ck_assert_uint_eq(only_move(0, 1)->calls, 200);
	ck_assert_uint_ne(moves[0].went, DF_ALL_CHANGES);
	ck_assert_uint_eq(made[0].changes.changes[moves[0].went].na, 4);
	ck_assert_uint_eq(made[1].changes.changes[moves[0].came].nb, 4);
	done();
}
END_TEST

START_TEST(what_is_something_else_has_not_moved)
{
	lane("abcdefgh", "abgh", 50, "z");
	lane("mnopqrst", "mnopxyqrst", 50, "z");
	find();
	ck_assert_uint_eq(nmoves, 0);
	done();
	/* The same calls, far fewer of them. */
	lane("abcdefgh", "abgh", 50, "z");
	lane("", "cdef", 10, "");
	find();
	ck_assert_uint_eq(nmoves, 0);
	done();
	/* Within a lane it is no move between lanes. */
	lane("abcdefghABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-*/",
	     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-*/abcdefgh", 1, "z");
	ck_assert_uint_eq(made[0].changes.count, 2);
	find();
	ck_assert_uint_eq(nmoves, 0);
	done();
}
END_TEST

START_TEST(each_change_moves_once)
{
	lane("abcdefgh", "abgh", 50, "z");
	lane("mnopqrst", "mnopcdefqrst", 50, "z");
	lane("uvwx", "uvcdefwx", 50, "z");
	find();
	ck_assert_uint_eq(nmoves, 1);
	done();
	lane("abcdefgh", "abgh", 50, "z");
	lane("mnopqrst", "mnopcdefqrst", 50, "z");
	lane("uvcdefwx", "uvwx", 50, "z");
	find();
	ck_assert_uint_eq(nmoves, 1);
	done();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diff moves");
	TCase *all = tcase_create("moves");

	tcase_add_test(all, work_goes_from_one_thread_to_another);
	tcase_add_test(all, a_thread_that_ended_is_another_ones_work);
	tcase_add_test(all, iterations_go_to_another_thread);
	tcase_add_test(all, a_single_change_moves_among_others);
	tcase_add_test(all, what_is_something_else_has_not_moved);
	tcase_add_test(all, each_change_moves_once);
	suite_add_tcase(suite, all);
	return fx_run(suite);
}
