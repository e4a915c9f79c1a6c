/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of the program: its start, its end, what it took. From check_signals_begin on the signals
 * that would end us are waited for and not acted upon, so that nothing is left behind.
 */
#ifndef TOOLS_CHECK_RUN_H
#define TOOLS_CHECK_RUN_H

#include <stdbool.h>
#include <stdint.h>

enum check_outcome_kind {
	CHECK_EXITED,
	CHECK_KILLED,
	CHECK_TIMED_OUT
};

struct check_outcome {
	enum check_outcome_kind kind;
	int code; /* exit status or signal */
};

struct check_run {
	struct check_outcome outcome;
	double wall; /* seconds */
	double cpu;  /* user and system, with the children that it waited for */
};

struct check_job {
	const char *path;
	char *const *argv;
	char *const *env;
	const char *in, *out, *err; /* files; `in` NULL: our own standard input as it is */
	uint64_t timeout_ns;        /* UINT64_MAX: none */
};

/* Returns 0 or a negative errno. */
int check_signals_begin(void);
void check_signals_end(void);

/* The first signal that asked us to end, or 0. */
int check_interrupted(void);

/* Readable when check_interrupted may have news; for poll. */
int check_signals_fd(void);

/*
 * Runs it and waits for its end. The program is a process group of its own: a timeout or an
 * interrupt ends all of it. 0; a negative errno if it could not be started; -EINTR:
 * check_interrupted; -ENOTTY: it wanted the terminal.
 */
int check_run(const struct check_job *job, struct check_run *run);

bool check_outcome_equal(const struct check_outcome *a, const struct check_outcome *b);

#endif
