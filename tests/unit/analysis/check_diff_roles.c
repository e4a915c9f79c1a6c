/* SPDX-License-Identifier: Apache-2.0 */
/* Which lane of one run is which of the other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/assign.h"
#include "analysis/diff/roles.h"
#include "unit/reader/fixture.h"

#define MOST 8u

/* A side made by hand: lanes whose calls are the letters of a text. */
struct made {
	struct df_side side;
	struct df_lane lanes[MOST];
	struct df_process processes[MOST];
	struct df_call calls[MOST][128];
};

static struct made a, b;
static struct df_pair *pairs;
static size_t count;

static void setup(void)
{
	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	pairs = NULL;
}

static void teardown(void)
{
	free(pairs);
}

static void add_process(struct made *made, const char *name)
{
	made->side.processes = made->processes;
	made->processes[made->side.nprocesses++].name = name;
}

/* Of the last process. */
static void add(struct made *made, const char *name, const char *calls)
{
	struct df_lane *lane = &made->lanes[made->side.nlanes];

	if (!made->side.nprocesses)
		add_process(made, "app");
	made->side.lanes = made->lanes;
	lane->name = name;
	lane->process = (uint32_t)made->side.nprocesses - 1;
	lane->calls = made->calls[made->side.nlanes++];
	for (; *calls; calls++)
		lane->calls[lane->ncalls++].token = (uint32_t)*calls;
}

static void match(void)
{
	free(pairs);
	pairs = df_roles(&a.side, &b.side, &count);
}

/* "0-0 1-2 3-" of the pairs. */
static const char *text(void)
{
	static char line[128];
	size_t length = 0;

	match();
	line[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		length +=
			(size_t)snprintf(line + length, sizeof(line) - length, "%s", i ? " " : "");
		if (pairs[i].a != DF_NO_LANE)
			length += (size_t)snprintf(line + length, sizeof(line) - length, "%zu",
						   pairs[i].a);
		length += (size_t)snprintf(line + length, sizeof(line) - length, "-");
		if (pairs[i].b != DF_NO_LANE)
			length += (size_t)snprintf(line + length, sizeof(line) - length, "%zu",
						   pairs[i].b);
	}
	return line;
}

START_TEST(lanes_stand_in_their_order)
{
	add(&a, "", "aaabbb");
	add(&a, "loader", "cccc");
	add(&b, "", "aaabbb");
	add(&b, "loader", "cccd");
	ck_assert_str_eq(text(), "0-0 1-1");
	ck_assert_int_eq(pairs[0].known_by, DF_BY_ORDER);
	ck_assert_int_eq(pairs[1].known_by, DF_BY_ORDER);
}
END_TEST

START_TEST(names_count_more_than_order)
{
	add(&a, "main", "aaab");
	add(&a, "loader", "cccc");
	add(&b, "loader", "cccc");
	add(&b, "main", "aaab");
	ck_assert_str_eq(text(), "0-1 1-0");
}
END_TEST

/* Whoever starts a thread often names it, before or after its first call. */
START_TEST(threads_that_were_named_too_late_are_found)
{
	add(&a, "", "mmmmmm");
	add(&a, "", "xxxxxxxx");
	add(&a, "pool", "yyyyyyyy");
	add(&a, "loader", "llllllll");
	add(&b, "", "mmmmmm");
	add(&b, "", "llllllll");
	add(&b, "pool", "yyyyyyyy");
	add(&b, "pool", "xxxxxxxx");
	ck_assert_str_eq(text(), "0-0 1-3 2-2 3-1");
	ck_assert_int_eq(pairs[0].known_by, DF_BY_ORDER);
	ck_assert_int_eq(pairs[1].known_by, DF_BY_CONTENT);
	ck_assert_int_eq(pairs[3].known_by, DF_BY_CONTENT);
}
END_TEST

START_TEST(workers_that_swapped_places_are_found)
{
	add(&a, "pool", "xxxxxxxx");
	add(&a, "pool", "yyyyyyyy");
	add(&a, "pool", "zzzzzzzz");
	add(&b, "pool", "yyyyyyyw");
	add(&b, "pool", "xxxxxxxx");
	add(&b, "pool", "zzzzzzzz");
	ck_assert_str_eq(text(), "0-1 1-0 2-2");
	ck_assert_int_eq(pairs[0].known_by, DF_BY_CONTENT);
	ck_assert_int_eq(pairs[1].known_by, DF_BY_CONTENT);
	ck_assert_int_eq(pairs[2].known_by, DF_BY_ORDER);
}
END_TEST

START_TEST(numbered_workers_swap_as_well)
{
	add(&a, "pool-1", "xxxxxxxx");
	add(&a, "pool-2", "yyyyyyyy");
	add(&b, "pool-1", "yyyyyyyy");
	add(&b, "pool-2", "xxxxxxxx");
	ck_assert_str_eq(text(), "0-1 1-0");
}
END_TEST

START_TEST(of_numbered_workers_the_name_says_which)
{
	add(&a, "pool-1", "xxxxxxxx");
	add(&a, "pool-2", "xxxxxxxx");
	add(&b, "pool-2", "xxxxxxxx");
	add(&b, "pool-1", "xxxxxxxx");
	ck_assert_str_eq(text(), "0-1 1-0");
	ck_assert_int_eq(pairs[0].known_by, DF_BY_ORDER);
}
END_TEST

/* One thread does another's work as well: they are who they were. */
START_TEST(work_that_was_moved_moves_no_roles)
{
	add(&a, "pool-1", "mmxxxxxx");
	add(&a, "pool-2", "mmyyyyy");
	add(&b, "pool-1", "mm");
	add(&b, "pool-2", "mmyyyyyxxxxxx");
	ck_assert_str_eq(text(), "0-0 1-1");
}
END_TEST

START_TEST(one_worker_more_is_the_one_without_a_pair)
{
	add(&a, "pool", "xxxxxxxx");
	add(&a, "pool", "yyyyyyyy");
	add(&b, "pool", "xxxxxxxx");
	add(&b, "pool", "wwwww");
	add(&b, "pool", "yyyyyyyy");
	ck_assert_str_eq(text(), "0-0 1-2 -1");
	ck_assert_int_eq(pairs[2].known_by, DF_UNMATCHED);
	ck_assert_int_eq(pairs[1].known_by, DF_BY_CONTENT);
}
END_TEST

START_TEST(a_thread_of_another_name_is_another_unless_it_does_the_same)
{
	add(&a, "", "aaaa");
	add(&a, "old", "cccccc");
	add(&b, "", "aaaa");
	add(&b, "new", "dddddd");
	ck_assert_str_eq(text(), "0-0 1- -1");
	ck_assert_int_eq(pairs[1].known_by, DF_UNMATCHED);
	b.side.nlanes = 1;
	b.lanes[1].ncalls = 0;
	add(&b, "new", "cccccd");
	ck_assert_str_eq(text(), "0-0 1-1");
	ck_assert_int_eq(pairs[1].known_by, DF_BY_CONTENT);
}
END_TEST

START_TEST(threads_stay_in_their_process)
{
	add_process(&a, "server");
	add(&a, "", "aaaa");
	add_process(&a, "client");
	add(&a, "", "bbbb");
	add_process(&b, "client");
	add(&b, "", "aaaa");
	add_process(&b, "server");
	add(&b, "", "bbbb");
	ck_assert_str_eq(text(), "0-1 1-0");
}
END_TEST

START_TEST(a_renamed_program_is_the_same)
{
	add_process(&a, "train-old");
	add(&a, "", "aaaa");
	add_process(&b, "train");
	add(&b, "", "aabb");
	ck_assert_str_eq(text(), "0-0");
}
END_TEST

START_TEST(worker_processes_are_known_by_what_they_do)
{
	add_process(&a, "python#1");
	add(&a, "", "mmmm");
	add_process(&a, "python#2");
	add(&a, "", "xxxxxxxx");
	add_process(&a, "python#3");
	add(&a, "", "yyyyyyyy");
	add_process(&b, "python#1");
	add(&b, "", "mmmm");
	add_process(&b, "python#2");
	add(&b, "", "yyyyyyyy");
	add_process(&b, "python#3");
	add(&b, "", "xxxxxxxx");
	ck_assert_str_eq(text(), "0-0 1-2 2-1");
}
END_TEST

START_TEST(nothing_matches_nothing)
{
	match();
	ck_assert_uint_eq(count, 0);
	add(&b, "", "a");
	ck_assert_str_eq(text(), "-0");
}
END_TEST

/* ---- assignment ------------------------------------------------------------------------------ */

/* By trying all permutations. */
static uint64_t least(const uint64_t *cost, size_t n, unsigned int taken, size_t row)
{
	uint64_t best = UINT64_MAX;

	if (row == n)
		return 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t rest;

		if (taken >> i & 1)
			continue;
		rest = least(cost, n, taken | 1u << i, row + 1) + cost[row * n + i];
		best = rest < best ? rest : best;
	}
	return best;
}

START_TEST(an_assignment_costs_the_least)
{
	uint64_t cost[36], sum;
	size_t to[6], n;
	unsigned int seed = 7, columns;

	for (unsigned int round = 0; round < 300; round++) {
		n = 1 + round % 6;
		for (size_t i = 0; i < n * n; i++) {
			seed = seed * 1103515245 + 12345;
			cost[i] = seed >> 16 & 15;
		}
		df_assign(cost, n, to);
		sum = columns = 0;
		for (size_t i = 0; i < n; i++) {
			sum += cost[i * n + to[i]];
			columns |= 1u << to[i];
		}
		ck_assert_uint_eq(columns, (1u << n) - 1);
		ck_assert_uint_eq(sum, least(cost, n, 0, 0));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diff_roles");
	TCase *t = tcase_create("roles");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, lanes_stand_in_their_order);
	tcase_add_test(t, names_count_more_than_order);
	tcase_add_test(t, workers_that_swapped_places_are_found);
	tcase_add_test(t, numbered_workers_swap_as_well);
	tcase_add_test(t, of_numbered_workers_the_name_says_which);
	tcase_add_test(t, work_that_was_moved_moves_no_roles);
	tcase_add_test(t, one_worker_more_is_the_one_without_a_pair);
	tcase_add_test(t, a_thread_of_another_name_is_another_unless_it_does_the_same);
	tcase_add_test(t, threads_stay_in_their_process);
	tcase_add_test(t, a_renamed_program_is_the_same);
	tcase_add_test(t, worker_processes_are_known_by_what_they_do);
	tcase_add_test(t, threads_that_were_named_too_late_are_found);
	tcase_add_test(t, nothing_matches_nothing);
	tcase_add_test(t, an_assignment_costs_the_least);
	suite_add_tcase(suite, t);
	return fx_run(suite);
}
