/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What counts in a comparison: levels that are on, advice or off, thresholds, and rules for
 * functions, lanes and arguments. A policy is a JSON file (docs/DIFF.md), the shipped ones are in
 * policies/.
 */
#ifndef DIFF_POLICY_H
#define DIFF_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/diff/report.h"
#include "util/arena.h"

/* Of the file's form: its member "curtrace_policy". */
#define DF_POLICY_VERSION 1

enum df_setting {
	DF_SET_OFF = 0, /* not looked at */
	DF_SET_ADVICE,  /* looked at, does not gate */
	DF_SET_ON
};

/* A change is within it if it is no more than one or the other. All zero: exact. */
struct df_tolerance {
	double absolute;
	double relative; /* 0.05: 5 % */
};

/* What a rule is about; NULL: anything. Lists of patterns as a shell has them, NULL at the end. */
struct df_rule {
	const char **function; /* without _ptsz and the like */
	const char **domain;   /* "memory", "stream", ... */
	const char **kernel;   /* normalised name */
	const char **module;   /* of the code that called: "libnccl.so*" */
	const char **lane;     /* role: "python/2 pt_data_worker" */
	const char **argument; /* the rule is about this argument's value, not about the call */
	bool levels[DF_LEVELS];
	bool has_levels; /* false: of any level */
	/* What it says. */
	bool has_weight, has_count, has_value, has_time;
	enum df_weight weight;
	struct df_tolerance count; /* calls of the function in a lane */
	struct df_tolerance value; /* of the argument */
	double time;               /* threshold, 0.05: 5 % */
	const char *why;
};

/* Sums over a process. */
enum df_quantity {
	DF_PEAK = 0, /* bytes held at the worst */
	DF_LEAKED,   /* bytes held at the end */
	DF_SEGMENTS, /* allocations and frees */
	DF_TRAFFIC,  /* bytes and copies by direction */
	DF_PAGEABLE, /* asynchronous copies with pageable memory */
	DF_QUANTITIES
};

struct df_amount {
	enum df_setting setting;
	enum df_setting alone; /* where nothing was learned: what one run cannot know is advice */
	struct df_tolerance within;
};

struct df_policy {
	const char *name;
	unsigned int version;
	enum df_setting levels[DF_LEVELS];
	enum df_phase from, to;   /* phases that gate */
	enum df_setting outside;  /* differences outside of these */
	enum df_setting variants; /* another variant of the same library routine */
	enum df_setting pools;    /* work that moved between threads of one name */
	struct df_amount amounts[DF_QUANTITIES];
	double time_threshold; /* of the change of a median, 0.05 */
	double time_floor;     /* ns; what changes less is no change */
	double time_share;     /* of the lane's time: what is less is not judged */
	double least;          /* share of the calls that must have been gated for a verdict */
	struct df_rule *rules; /* later ones win */
	size_t nrules, capacity;
	struct ut_arena strings;
};

/*
 * NULL, with one line in `why`, if the file cannot be read or says what is not known. A policy that
 * `extends` another one finds it beside itself, else in `folder` (or NULL), by NAME.json.
 */
struct df_policy *df_policy_load(const char *path, const char *folder, char *why, size_t size);
/* What holds where no file says otherwise; gates every level. */
struct df_policy *df_policy_new(void);
void df_policy_free(struct df_policy *policy);

/* What is asked about; NULL: not known. */
struct df_question {
	enum df_level level;
	const char *function;
	const char *kernel;
	const char *module;
	const char *lane;
	const char *argument; /* NULL: about the call */
};

/* The calls of a function are left out before anything is compared. */
bool df_policy_leaves_out(const struct df_policy *policy, const char *function, const char *kernel,
			  const char *lane);

/* The last rule that is about this and says something of weight, count, value or time. */
const struct df_rule *df_policy_weight(const struct df_policy *policy,
				       const struct df_question *question);
const struct df_rule *df_policy_count(const struct df_policy *policy,
				      const struct df_question *question);
const struct df_rule *df_policy_value(const struct df_policy *policy,
				      const struct df_question *question);
const struct df_rule *df_policy_time(const struct df_policy *policy,
				     const struct df_question *question);

bool df_within(const struct df_tolerance *tolerance, double before, double after);

/* "structure", "order", ...; DF_LEVELS, DF_PHASES: no such. */
const char *df_level_name(enum df_level level);
enum df_level df_level_of(const char *name);
const char *df_phase_name(enum df_phase phase);
enum df_phase df_phase_of(const char *name);

#endif
