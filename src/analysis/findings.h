/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a trace shows that its owner would want to hear: one sentence, what it rests on, and a line
 * of advice. What is looked for is a table (findings_catalogue.c), the thresholds
 * stand in findings_catalogue.h, and how a finding is added in findings_detect.h.
 */
#ifndef ANALYSIS_FINDINGS_H
#define ANALYSIS_FINDINGS_H

#include <stddef.h>
#include <stdint.h>

enum an_severity {
	AN_SEVERITY_TROUBLE, /* something went wrong, or the trace is not whole */
	AN_SEVERITY_ADVICE,  /* time or memory that can be saved */
	AN_SEVERITY_NOTE     /* good to know */
};

/* "trouble", "advice", "note" */
const char *an_severity_name(enum an_severity severity);

/* One of the things that a finding rests on. */
struct an_evidence {
	const char *text;     /* "cudaMalloc at step (app+0x1234): 1,000 calls, 12.3 ms" */
	uint64_t count;       /* how often */
	uint64_t ordinal;     /* of an event that is an example; 0: none */
	const char *caller;   /* where it was called from; "": not known */
	const char *function; /* that was called; "": several */
};

struct an_finding {
	const char *code; /* "failed-calls": for scripts, never changed */
	enum an_severity severity;
	const char *headline; /* one sentence without a full stop */
	const char *advice;   /* one line */
	uint64_t count;       /* calls, copies, ...: what the headline counts */
	uint64_t ns;          /* time that it cost, as far as that can be told */
	uint64_t bytes;
	struct an_evidence *evidence;
	size_t nevidence;
};

/* The catalogue: number `i` of what is looked for; false behind the last one. */
struct an_finding_kind {
	const char *code;
	enum an_severity severity;
	const char *looks_for; /* with the thresholds */
	const char *advice;
};
int an_finding_kind(size_t i, struct an_finding_kind *kind);

#endif
