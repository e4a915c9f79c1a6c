/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/record/clock.c. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "record/clock.h"
#include "unit/record/runner.h"

START_TEST(the_counter_is_chosen_only_where_the_kernel_uses_it)
{
	char name[64] = "";
	FILE *f = fopen("/sys/devices/system/clocksource/clocksource0/current_clocksource", "r");

	if (f && fgets(name, sizeof(name), f))
		name[strcspn(name, "\n")] = '\0';
	if (f)
		fclose(f);
	ck_assert_int_eq(rec_clock_choose(),
			 strcmp(name, ARCH_CLOCKSOURCE) == 0 ? CTR_CLOCK_TSC : CTR_CLOCK_MONOTONIC);
}
END_TEST

START_TEST(two_samples_give_a_plausible_rate)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	struct ctr_clock_sample a, b;
	double rate;

	rec_clock_sample(rec_clock_choose(), &a);
	nanosleep(&pause, NULL);
	rec_clock_sample(rec_clock_choose(), &b);
	ck_assert_uint_ge(b.monotonic_ns - a.monotonic_ns, 20000000);
	rate = (double)(b.counter - a.counter) / (double)(b.monotonic_ns - a.monotonic_ns);
	ck_assert(rate > 0.01 && rate < 10);
}
END_TEST

START_TEST(the_monotonic_clock_counts_nanoseconds)
{
	struct ctr_clock_sample sample;
	struct timespec t;

	rec_clock_sample(CTR_CLOCK_MONOTONIC, &sample);
	ck_assert_uint_eq(sample.counter, sample.monotonic_ns);
	clock_gettime(CLOCK_REALTIME, &t);
	ck_assert_uint_le((uint64_t)t.tv_sec - sample.realtime_ns / 1000000000, 1);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("record/clock");

	suite_test(s, the_counter_is_chosen_only_where_the_kernel_uses_it);
	suite_test(s, two_samples_give_a_plausible_rate);
	suite_test(s, the_monotonic_clock_counts_nanoseconds);
	return s;
}
