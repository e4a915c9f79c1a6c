/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verdict. What varies by itself with the reference is no difference; what is steady there must
 * be the same on the other side.
 */
#include "check_verdict.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/xalloc.h"

/* ---- times --------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static struct check_times times(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), by_value);
	return (struct check_times){
		.median = (values[(n - 1) / 2] + values[n / 2]) / 2,
		.least = values[0],
		.most = values[n - 1],
	};
}

struct check_times check_wall(const struct check_side *side)
{
	double values[CHECK_RUNS_MAX];

	for (unsigned int i = 0; i < side->nruns; i++)
		values[i] = side->runs[i].wall;
	return times(values, side->nruns);
}

struct check_times check_cpu(const struct check_side *side)
{
	double values[CHECK_RUNS_MAX];

	for (unsigned int i = 0; i < side->nruns; i++)
		values[i] = side->runs[i].cpu;
	return times(values, side->nruns);
}

/* 0: cannot be told, as for processor time below the kernel's resolution. */
static double ratio(double other, double reference)
{
	return reference > 0 ? other / reference : 0;
}

/* ---- comparing ----------------------------------------------------------------------------- */

static bool had_outcome(const struct check_side *side, const struct check_outcome *outcome)
{
	for (unsigned int i = 0; i < side->nruns; i++)
		if (check_outcome_equal(&side->runs[i].outcome, outcome))
			return true;
	return false;
}

static bool varies(const struct check_side *side)
{
	for (unsigned int i = 1; i < side->nruns; i++)
		if (!check_outcome_equal(&side->runs[0].outcome, &side->runs[i].outcome))
			return true;
	return false;
}

static void compare_outcomes(const struct check_side *reference, const struct check_side *other,
			     struct check_result *r)
{
	for (unsigned int i = 0; i < other->nruns; i++)
		r->outcome_differs |= !had_outcome(reference, &other->runs[i].outcome);
	r->outcome_varies = !r->outcome_differs && varies(reference);
}

static int compare_side(struct check *c, enum check_side_id id)
{
	const struct check_side *reference = &c->sides[CHECK_REFERENCE], *other = &c->sides[id];
	const struct check_options *o = &c->options;
	struct check_result *r = &c->results[id];
	int error;

	r->made = true;
	compare_outcomes(reference, other, r);
	r->wall_ratio = ratio(check_wall(other).median, check_wall(reference).median);
	r->cpu_ratio = ratio(check_cpu(other).median, check_cpu(reference).median);
	error = check_compare(&reference->out, &other->out, o->ignore, o->nignore, &r->out);
	if (!error && o->with_stderr)
		error = check_compare(&reference->err, &other->err, o->ignore, o->nignore, &r->err);
	return error;
}

static bool differs(const struct check_result *r)
{
	return r->outcome_differs || check_comparison_differs(&r->out) ||
	       check_comparison_differs(&r->err);
}

static bool says_nothing(const struct check *c, const struct check_result *r)
{
	return check_comparison_says_nothing(&r->out) &&
	       (!c->options.with_stderr || !r->err.lines || check_comparison_says_nothing(&r->err));
}

/* ---- words --------------------------------------------------------------------------------- */

const char *check_reference_text(const struct check *c)
{
	return c->options.runtime ? "the reference" : "NVIDIA's runtime";
}

const char *check_status_name(enum check_status status)
{
	static const char *const names[] = { "same", "different", "error", "not comparable" };

	return names[status];
}

const char *check_outcome_text(const struct check_outcome *outcome, char *text, size_t size)
{
	if (outcome->kind == CHECK_TIMED_OUT)
		snprintf(text, size, "no end in time (--timeout)");
	else if (outcome->kind == CHECK_KILLED)
		snprintf(text, size, "killed by signal %d (%s)", outcome->code,
			 strsignal(outcome->code));
	else
		snprintf(text, size, "exit status %d", outcome->code);
	return text;
}

const char *check_time_text(double seconds, char *text, size_t size)
{
	double ms = seconds * 1000;

	if (ms < 1000)
		snprintf(text, size, "%.*f ms", ms < 10 ? 2 : ms < 100 ? 1 : 0, ms);
	else
		snprintf(text, size, "%.*f s", seconds < 100 ? 2 : 1, seconds);
	return text;
}

/* A text that grows; what the verdict is put together with. */
static __attribute__((format(printf, 2, 3))) void say(char **text, const char *format, ...)
{
	char *more, *both;
	va_list args;

	va_start(args, format);
	if (vasprintf(&more, format, args) < 0)
		more = ut_xstrdup("");
	va_end(args);
	if (asprintf(&both, "%s%s", *text ? *text : "", more) < 0)
		both = ut_xstrdup("");
	free(more);
	free(*text);
	*text = both;
}

static void say_ranges(char **text, const struct check_comparison *r)
{
	for (size_t i = 0; i < r->nranges; i++) {
		say(text, "%s%" PRIu64, i ? ", " : "", r->ranges[i].first);
		if (r->ranges[i].last > r->ranges[i].first)
			say(text, "-%" PRIu64, r->ranges[i].last);
	}
	if (r->more_ranges)
		say(text, ", ...");
}

/* "output", with the lines that are not counted in it. */
static void say_same_output(char **text, const char *name, const struct check_comparison *r)
{
	say(text, "%s%s", r->lines ? "" : "no ", name);
	if (!r->varying)
		return;
	say(text, " but for %" PRIu64 " line%s not deterministic (", r->varying,
	    r->varying == 1 ? " that is" : "s that are");
	say_ranges(text, r);
	say(text, ")");
}

static void say_different_output(char **text, const char *name, const struct check_comparison *r)
{
	uint64_t lines = r->differing + r->unsteady;

	say(text, "%s in %" PRIu64 " line%s from line %" PRIu64 " on", name, lines,
	    lines == 1 ? "" : "s", r->first.line);
	if (r->unsteady)
		say(text, " (not deterministic with curtrace alone)");
}

static void say_outcome(char **text, const struct check_side *side)
{
	char one[128];

	for (unsigned int i = 0; i < side->nruns; i++) {
		const struct check_outcome *outcome = &side->runs[i].outcome;
		bool again = false;

		for (unsigned int k = 0; k < i; k++)
			again |= check_outcome_equal(&side->runs[k].outcome, outcome);
		if (!again)
			say(text, "%s%s", i ? " or " : "",
			    check_outcome_text(outcome, one, sizeof(one)));
	}
}

static void say_same(const struct check *c, char **text, const struct check_result *r)
{
	say_same_output(text, "output", &r->out);
	if (c->options.with_stderr) {
		say(text, ", ");
		say_same_output(text, "standard error", &r->err);
	}
	say(text, ", ");
	say_outcome(text, &c->sides[CHECK_REFERENCE]);
	if (r->outcome_varies)
		say(text, " (not deterministic)");
}

static void say_different(const struct check *c, char **text, enum check_side_id id)
{
	const struct check_result *r = &c->results[id];
	const char *comma = "";

	if (id == CHECK_RECORDING)
		say(text, "with recording on: ");
	if (r->outcome_differs) {
		say_outcome(text, &c->sides[CHECK_REFERENCE]);
		say(text, " vs ");
		say_outcome(text, &c->sides[id]);
		comma = ", ";
	}
	if (check_comparison_differs(&r->out)) {
		say(text, "%s", comma);
		say_different_output(text, "output", &r->out);
		comma = ", ";
	}
	if (check_comparison_differs(&r->err)) {
		say(text, "%s", comma);
		say_different_output(text, "standard error", &r->err);
	}
}

static void say_times(const struct check *c, char **text)
{
	unsigned int runs = c->sides[CHECK_REFERENCE].nruns;
	char one[32];

	say(text, "; time %.2fx", c->results[CHECK_OURS].wall_ratio);
	if (c->results[CHECK_RECORDING].made)
		say(text, ", recording %.2fx", c->results[CHECK_RECORDING].wall_ratio);
	say(text, " (median ");
	for (unsigned int i = 0; i < c->nsides; i++)
		say(text, "%s%s", i ? " vs " : "",
		    check_time_text(check_wall(&c->sides[i]).median, one, sizeof(one)));
	say(text, " of %u run%s)", runs, runs == 1 ? "" : "s");
}

/* ---- the verdict --------------------------------------------------------------------------- */

static void put_into_words(struct check *c)
{
	const struct check_result *ours = &c->results[CHECK_OURS];
	const struct check_result *recording = &c->results[CHECK_RECORDING];
	char **text = &c->sentence;

	say(text, "%s: ", check_status_name(c->status));
	if (c->status == CHECK_NOT_COMPARABLE) {
		say(text, "%s", c->why);
	} else if (c->status == CHECK_SAME) {
		say_same(c, text, ours);
	} else {
		if (differs(ours))
			say_different(c, text, CHECK_OURS);
		if (differs(ours) && recording->made && differs(recording))
			say(text, "; ");
		if (recording->made && differs(recording))
			say_different(c, text, CHECK_RECORDING);
	}
	say_times(c, text);
}

int check_judge(struct check *c)
{
	bool different = false, nothing = false;

	for (unsigned int i = CHECK_OURS; i < c->nsides; i++) {
		int error = compare_side(c, i);

		if (error)
			return error;
		different |= differs(&c->results[i]);
		nothing |= says_nothing(c, &c->results[i]);
	}
	c->status = different ? CHECK_DIFFERENT : nothing ? CHECK_NOT_COMPARABLE : CHECK_SAME;
	if (c->status == CHECK_NOT_COMPARABLE)
		snprintf(c->why, sizeof(c->why),
			 "no line of the output is deterministic: each varies from run to run with "
			 "%s",
			 check_reference_text(c));
	put_into_words(c);
	return 0;
}

void check_judge_failed(struct check *c)
{
	say(&c->sentence, "%s: %s", check_status_name(c->status), c->why);
}
