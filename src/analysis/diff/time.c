/* SPDX-License-Identifier: Apache-2.0 */
/* Whether time has changed. */
#include "analysis/diff/time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/xalloc.h"

/* More values than that are many enough for the normal curve. */
#define EXACT_VALUES 60
/* Makes a standard deviation of a median of absolute deviations, if errors are normal. */
#define MAD_TO_DEVIATION 1.4826
/* Standard error of a median of n values: 1.2533 deviations / sqrt(n), for normal errors. */
#define MEDIAN_ERROR 1.2533
/*
 * How many standard errors of a difference of medians are no change. The spread itself comes from
 * few values: with 3.5, simulated runs without a change are called changed less than once in 100
 * times however wide they spread, and 8 % are found among 2 % of noise nine times in ten.
 */
#define NOISE_ERRORS 3.5

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

double df_median(const double *values, size_t count)
{
	double *sorted, median;

	if (!count)
		return 0;
	sorted = ut_xmalloc(count * sizeof(*sorted));
	memcpy(sorted, values, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare);
	median = (sorted[count / 2] + sorted[(count - 1) / 2]) / 2;
	free(sorted);
	return median;
}

/* Both sides' together: of five values alone, the spread is hardly known. */
double df_spread(const double *a, size_t na, const double *b, size_t nb)
{
	double *deviations = ut_xmalloc((na + nb + 1) * sizeof(*deviations));
	double of_a = df_median(a, na), of_b = df_median(b, nb), spread;

	for (size_t i = 0; i < na; i++)
		deviations[i] = fabs(a[i] - of_a);
	for (size_t i = 0; i < nb; i++)
		deviations[na + i] = fabs(b[i] - of_b);
	spread = df_median(deviations, na + nb) * MAD_TO_DEVIATION;
	free(deviations);
	return spread;
}

/* ---- Mann and Whitney ------------------------------------------------------------------------ */

struct ranked {
	double value;
	bool of_a;
};

static int compare_ranked(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	return (a->value > b->value) - (a->value < b->value);
}

/*
 * Twice the rank of each value (ties have half ranks), rising; the sum of those of `a` in *sum, and
 * what ties take from the variance in *ties.
 */
static unsigned int *double_ranks(const double *a, size_t na, const double *b, size_t nb,
				  unsigned long *sum, double *ties)
{
	size_t n = na + nb, end;
	struct ranked *values = ut_xmalloc(n * sizeof(*values));
	unsigned int *ranks = ut_xmalloc(n * sizeof(*ranks));

	for (size_t i = 0; i < n; i++)
		values[i] = (struct ranked){ i < na ? a[i] : b[i - na], i < na };
	qsort(values, n, sizeof(*values), compare_ranked);
	*sum = 0;
	*ties = 0;
	for (size_t i = 0; i < n; i = end) {
		double tied;

		for (end = i + 1; end < n && values[end].value == values[i].value;)
			end++;
		tied = (double)(end - i);
		*ties += tied * tied * tied - tied;
		for (size_t j = i; j < end; j++) {
			ranks[j] = (unsigned int)(i + end + 1);
			*sum += values[j].of_a ? ranks[j] : 0;
		}
	}
	free(values);
	return ranks;
}

/*
 * The share of all choices of na of the ranks whose sum is as far from the middle as `sum`, by
 * counting the choices of k ranks with each sum, rank by rank.
 */
static double exact(const unsigned int *ranks, size_t n, size_t na, unsigned long sum)
{
	size_t width = n * (n + 1) + 1;
	double *ways = ut_xcalloc((na + 1) * width, sizeof(*ways));
	double far = fabs((double)sum - (double)(na * (n + 1))), all = 0, as_far = 0;

	ways[0] = 1;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = na < i + 1 ? na : i + 1; k > 0; k--) {
			double *to = ways + k * width, *from = to - width;

			for (size_t s = width - 1; s >= ranks[i]; s--)
				to[s] += from[s - ranks[i]];
		}
	}
	for (size_t s = 0; s < width; s++) {
		all += ways[na * width + s];
		if (fabs((double)s - (double)(na * (n + 1))) >= far)
			as_far += ways[na * width + s];
	}
	free(ways);
	return as_far / all;
}

static double by_normal_curve(size_t na, size_t nb, unsigned long sum, double ties)
{
	double n = (double)(na + nb), a = (double)na, b = (double)nb;
	double variance = a * b / 12 * (n + 1 - ties / (n * (n - 1)));
	double far = fabs((double)sum / 2 - a * (n + 1) / 2) - 0.5;

	if (variance <= 0 || far <= 0)
		return 1;
	return erfc(far / sqrt(variance) / sqrt(2));
}

double df_mann_whitney(const double *a, size_t na, const double *b, size_t nb)
{
	unsigned int *ranks;
	unsigned long sum;
	double ties, p;

	if (!na || !nb)
		return 1;
	ranks = double_ranks(a, na, b, nb, &sum, &ties);
	p = na + nb <= EXACT_VALUES ? exact(ranks, na + nb, na, sum)
				    : by_normal_curve(na, nb, sum, ties);
	free(ranks);
	return p;
}

double df_mann_whitney_least(size_t na, size_t nb)
{
	double choices = 1;

	for (size_t i = 1; i <= na; i++)
		choices = choices * (double)(nb + i) / (double)i;
	return na && nb ? 2 / choices : 1;
}

/* ---- verdicts -------------------------------------------------------------------------------- */

static int by_share(const void *left, const void *right)
{
	const struct df_time_key *const *a = left, *const *b = right;

	return ((*a)->share < (*b)->share) - ((*a)->share > (*b)->share);
}

static int by_p(const void *left, const void *right)
{
	const struct df_time_key *const *a = left, *const *b = right;

	return ((*a)->p > (*b)->p) - ((*a)->p < (*b)->p);
}

static void measure(struct df_time_key *key)
{
	double error;

	key->median_a = df_median(key->a, key->na);
	key->median_b = df_median(key->b, key->nb);
	key->change = key->median_a > 0 ? key->median_b / key->median_a - 1 : 0;
	key->p = 1;
	key->answer = key->na < DF_TIME_RUNS || key->nb < DF_TIME_RUNS ? DF_TIME_TOO_FEW
								       : DF_TIME_NOT_JUDGED;
	if (!key->na || !key->nb)
		return;
	error = MEDIAN_ERROR * df_spread(key->a, key->na, key->b, key->nb) *
		sqrt(1.0 / (double)key->na + 1.0 / (double)key->nb);
	key->noise = key->median_a > 0 ? NOISE_ERRORS * error / key->median_a : 0;
}

/* Which keys are judged must not depend on what comes out: it is their share of the time. */
static size_t choose(struct df_time_key *keys, size_t count, struct df_time_key **chosen)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		measure(&keys[i]);
		if (keys[i].answer != DF_TIME_TOO_FEW)
			chosen[n++] = &keys[i];
	}
	if (!n)
		return 0;
	qsort(chosen, n, sizeof(struct df_time_key *), by_share);
	for (size_t i = 0; i < n; i++) {
		double least = df_mann_whitney_least(chosen[i]->na, chosen[i]->nb);

		if ((double)(i + 1) * least > DF_TIME_ALPHA)
			return i;
	}
	return n;
}

static bool is_change(const struct df_time_key *key)
{
	double change = fabs(key->change);

	return key->p <= DF_TIME_ALPHA && change >= key->threshold && change > key->noise &&
	       fabs(key->median_b - key->median_a) >= key->floor;
}

void df_time_judge(struct df_time_key *keys, size_t count)
{
	struct df_time_key **chosen = ut_xmalloc((count + 1) * sizeof(struct df_time_key *));
	size_t n = choose(keys, count, chosen);
	double least = 0;

	for (size_t i = 0; i < n; i++)
		chosen[i]->p =
			df_mann_whitney(chosen[i]->a, chosen[i]->na, chosen[i]->b, chosen[i]->nb);
	if (n)
		qsort(chosen, n, sizeof(struct df_time_key *), by_p);
	for (size_t i = 0; i < n; i++) {
		/* Holm: the smallest of n is multiplied by n, the next by n - 1, and none falls. */
		double p = fmin(1, chosen[i]->p * (double)(n - i));

		least = fmax(least, p);
		chosen[i]->p = least;
		chosen[i]->answer = !is_change(chosen[i])   ? DF_TIME_SAME
				    : chosen[i]->change > 0 ? DF_TIME_SLOWER
							    : DF_TIME_FASTER;
	}
	free(chosen);
}
