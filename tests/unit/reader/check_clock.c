/* SPDX-License-Identifier: Apache-2.0 */
/* From counters to time. */
#include "reader/clock.h"
#include "unit/reader/fixture.h"

/* A counter of 3 GHz that showed 7e15 at monotonic 5 s. */
static struct ctr_clock_sample sample_at(uint64_t monotonic_ns)
{
	return (struct ctr_clock_sample){
		.counter = 7000000000000000 + (monotonic_ns - 5000000000) * 3,
		.monotonic_ns = monotonic_ns,
		.realtime_ns = TB_REALTIME + monotonic_ns,
	};
}

static void add(struct rd_clock *clock, uint64_t monotonic_ns)
{
	struct ctr_clock_sample sample = sample_at(monotonic_ns);

	rd_clock_add(clock, CTR_CLOCK_TSC, &sample);
}

static uint64_t at(struct rd_clock *clock, uint64_t monotonic_ns)
{
	return rd_clock_ns(clock, CTR_CLOCK_TSC, sample_at(monotonic_ns).counter);
}

START_TEST(the_monotonic_clock_needs_an_offset_only)
{
	struct rd_clock clock = { 0 };
	const struct ctr_clock_sample sample = { .counter = 50,
						 .monotonic_ns = 100,
						 .realtime_ns = TB_REALTIME + 100 };

	rd_clock_add(&clock, CTR_CLOCK_MONOTONIC, &sample);
	rd_clock_fit(&clock);
	ck_assert_uint_eq(rd_clock_ns(&clock, CTR_CLOCK_MONOTONIC, 12345), TB_REALTIME + 12345);
	rd_clock_free(&clock);
}
END_TEST

START_TEST(a_counter_is_scaled_exactly)
{
	struct rd_clock clock = { 0 };

	add(&clock, 5000000000);
	add(&clock, 3605000000000);
	rd_clock_fit(&clock);
	ck_assert_uint_eq(at(&clock, 5000000001), TB_REALTIME + 5000000001);
	ck_assert_uint_eq(at(&clock, 1999999999999), TB_REALTIME + 1999999999999);
	rd_clock_free(&clock);
}
END_TEST

START_TEST(before_and_behind_the_samples_the_rate_goes_on)
{
	struct rd_clock clock = { 0 };

	add(&clock, 6000000000);
	add(&clock, 7000000000);
	rd_clock_fit(&clock);
	ck_assert_uint_eq(at(&clock, 5000000000), TB_REALTIME + 5000000000);
	ck_assert_uint_eq(at(&clock, 9000000000), TB_REALTIME + 9000000000);
	rd_clock_free(&clock);
}
END_TEST

START_TEST(a_changing_rate_is_followed)
{
	struct rd_clock clock = { 0 };
	struct ctr_clock_sample late = sample_at(6000000000);

	add(&clock, 5000000000);
	add(&clock, 5500000000);
	late.monotonic_ns += 100;
	rd_clock_add(&clock, CTR_CLOCK_TSC, &late);
	rd_clock_fit(&clock);
	ck_assert_uint_eq(at(&clock, 5250000000), TB_REALTIME + 5250000000);
	ck_assert_uint_eq(at(&clock, 5750000000), TB_REALTIME + 5750000050);
	rd_clock_free(&clock);
}
END_TEST

START_TEST(a_sample_whose_taker_was_interrupted_does_no_harm)
{
	struct rd_clock clock = { 0 };
	struct ctr_clock_sample bad = sample_at(5500000000);
	uint64_t t;

	for (t = 5000000000; t <= 6000000000; t += 1000000)
		add(&clock, t);
	bad.monotonic_ns += 3000000;
	rd_clock_add(&clock, CTR_CLOCK_TSC, &bad);
	rd_clock_fit(&clock);
	ck_assert_uint_eq(at(&clock, 5500000000), TB_REALTIME + 5500000000);
	ck_assert_uint_eq(at(&clock, 5500500000), TB_REALTIME + 5500500000);
	rd_clock_free(&clock);
}
END_TEST

START_TEST(time_never_runs_backwards)
{
	struct rd_clock clock = { 0 };
	uint64_t counter, last = 0, now, seed = 1;

	for (counter = 1000; counter < 10000000; counter += 70001) {
		struct ctr_clock_sample s = { .counter = counter, .realtime_ns = TB_REALTIME };

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		s.monotonic_ns = counter / 3 + (seed >> 33) % 100000;
		rd_clock_add(&clock, CTR_CLOCK_TSC, &s);
	}
	rd_clock_fit(&clock);
	for (counter = 0; counter < 11000000; counter += 997) {
		now = rd_clock_ns(&clock, CTR_CLOCK_TSC, counter);
		ck_assert_uint_ge(now, last);
		last = now;
	}
	rd_clock_free(&clock);
}
END_TEST

START_TEST(setting_the_wall_clock_does_not_tear_the_trace)
{
	struct rd_clock clock = { 0 };
	struct ctr_clock_sample stepped = sample_at(6000000000);

	add(&clock, 5000000000);
	stepped.realtime_ns -= 3600000000000;
	rd_clock_add(&clock, CTR_CLOCK_TSC, &stepped);
	rd_clock_fit(&clock);
	ck_assert_uint_eq(at(&clock, 6000000000), TB_REALTIME + 6000000000);
	rd_clock_free(&clock);
}
END_TEST

START_TEST(one_sample_gives_no_rate_and_says_so)
{
	struct rd_clock clock = { 0 };

	add(&clock, 5000000000);
	rd_clock_fit(&clock);
	ck_assert(!rd_clock_is_known(&clock));
	ck_assert_uint_eq(at(&clock, 5000000000), TB_REALTIME + 5000000000);
	rd_clock_free(&clock);
}
END_TEST

START_TEST(a_run_of_microseconds_has_a_rate)
{
	struct rd_clock clock = { 0 };

	add(&clock, 5000000000);
	add(&clock, 5000030000);
	rd_clock_fit(&clock);
	ck_assert(rd_clock_is_known(&clock));
	ck_assert_uint_eq(at(&clock, 5000010000), TB_REALTIME + 5000010000);
	rd_clock_free(&clock);
}
END_TEST

START_TEST(extreme_numbers_stay_in_range)
{
	static const uint64_t edges[] = { 0, 1, INT64_MAX - 1, INT64_MAX, UINT64_MAX };
	struct rd_clock clock = { 0 };
	size_t i, j, k;

	for (i = 0; i < 5; i++) {
		for (j = 0; j < 5; j++) {
			for (k = 0; k < 5; k++) {
				const struct ctr_clock_sample s = { edges[i], edges[j], edges[k] };

				rd_clock_add(&clock, CTR_CLOCK_TSC, &s);
			}
		}
	}
	rd_clock_fit(&clock);
	for (i = 0; i < 5; i++)
		ck_assert_uint_le(rd_clock_ns(&clock, CTR_CLOCK_TSC, edges[i]), INT64_MAX);
	rd_clock_free(&clock);
}
END_TEST

/* By long division, as the documentation has it. */
static uint64_t slowly(const struct rd_clock *clock, uint64_t counter)
{
	const struct rd_knot *a = clock->knots;

	while (a + 2 < clock->knots + clock->nknots && a[1].counter <= counter)
		a++;
	return TB_REALTIME + a->monotonic_ns +
	       (uint64_t)((unsigned __int128)(counter - a->counter) *
			  (a[1].monotonic_ns - a->monotonic_ns) / (a[1].counter - a->counter));
}

/* Counters slower and faster than nanoseconds, and segments that last for hours. */
START_TEST(the_quick_conversion_is_exact)
{
	static const struct {
		uint64_t counts, ns;
	} rates[] = { { 3, 1 }, { 1, 1 }, { 1, 32 }, { 2999999, 1000003 }, { 7, 300 } };
	struct ctr_clock_sample s = { .realtime_ns = TB_REALTIME };
	struct rd_clock clock = { 0 };
	uint64_t x = 1;

	for (unsigned int i = 0; i < 40; i++) {
		rd_clock_add(&clock, CTR_CLOCK_TSC, &s);
		s.counter += rates[i % 5].counts * (40000003ull << i % 12);
		s.monotonic_ns += rates[i % 5].ns * (40000003ull << i % 12);
		s.realtime_ns = TB_REALTIME + s.monotonic_ns;
	}
	rd_clock_fit(&clock);
	ck_assert_uint_gt(clock.nknots, 3);
	for (unsigned int i = 0; i < 100000; i++) {
		const struct rd_knot *last = &clock.knots[clock.nknots - 1];
		uint64_t counter;

		x = x * 6364136223846793005u + 1442695040888963407u;
		counter = (x >> 11) % last->counter;
		/* Twice: the first one may find the segment. */
		rd_clock_ns(&clock, CTR_CLOCK_TSC, counter);
		ck_assert_uint_eq(rd_clock_ns(&clock, CTR_CLOCK_TSC, counter),
				  slowly(&clock, counter));
	}
	rd_clock_free(&clock);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reader/clock");
	TCase *t = tcase_create("clock");

	suite_add_tcase(suite, t);
	tcase_add_test(t, the_monotonic_clock_needs_an_offset_only);
	tcase_add_test(t, a_counter_is_scaled_exactly);
	tcase_add_test(t, before_and_behind_the_samples_the_rate_goes_on);
	tcase_add_test(t, a_changing_rate_is_followed);
	tcase_add_test(t, a_sample_whose_taker_was_interrupted_does_no_harm);
	tcase_add_test(t, time_never_runs_backwards);
	tcase_add_test(t, setting_the_wall_clock_does_not_tear_the_trace);
	tcase_add_test(t, one_sample_gives_no_rate_and_says_so);
	tcase_add_test(t, a_run_of_microseconds_has_a_rate);
	tcase_add_test(t, the_quick_conversion_is_exact);
	tcase_add_test(t, extreme_numbers_stay_in_range);
	return fx_run(suite);
}
