/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether time has changed. The unit is the run: what calls of one run share (clocks, placement,
 * neighbours) makes a thousand of its calls one sample, not a thousand. So there is a median for
 * each run, and a change counts if all of these hold:
 *
 *	- the ranks of the runs say so: Mann and Whitney's test, exact for few runs, Holm's
 *	  correction over what is judged together
 *	- it is large enough to matter: a share of the median, and an absolute floor
 *	- it is larger than what the runs of one side differ among themselves
 *
 * With n runs a side the test cannot say less than 2 n! n! / (2 n)!, 0.008 for five: it bounds how
 * many keys can be judged together. Those with the largest share of the time are.
 */
#ifndef DIFF_TIME_H
#define DIFF_TIME_H

#include <stdbool.h>
#include <stddef.h>

/* Fewer runs a side have no verdict on time. */
#define DF_TIME_RUNS 4
/* Of all keys of a comparison together. */
#define DF_TIME_ALPHA 0.03

double df_median(const double *values, size_t count);
/* Standard deviation as the median of absolute deviations tells it, from both samples' medians. */
double df_spread(const double *a, size_t na, const double *b, size_t nb);

/* Of no difference, two-sided; exact, ties too, for up to 60 values, else by the normal curve. */
double df_mann_whitney(const double *a, size_t na, const double *b, size_t nb);
/* The smallest that it can be. */
double df_mann_whitney_least(size_t na, size_t nb);

enum df_time_answer {
	DF_TIME_SAME = 0,
	DF_TIME_SLOWER,
	DF_TIME_FASTER,
	DF_TIME_NOT_JUDGED, /* too few runs for this many keys */
	DF_TIME_TOO_FEW     /* runs */
};

struct df_time_key {
	const double *a, *b; /* ns, of each run */
	size_t na, nb;
	double share;     /* of the time that is judged, 0 to 1 */
	double threshold; /* of the change of the median: 0.05 */
	double floor;     /* ns */
	/* What is found. */
	double median_a, median_b;
	double change; /* of the median, 0.08: 8 % slower */
	double noise; /* what the medians may differ by without a cause, as a share of the median */
	double p;     /* corrected */
	enum df_time_answer answer;
};

void df_time_judge(struct df_time_key *keys, size_t count);

#endif
