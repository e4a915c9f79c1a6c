/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Did each side run with the runtime that it stands for? Without that, equal results say nothing.
 * The reference is shown by the loader (check_witness.c), ours by the calls that it recorded.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check_sides.h"
#include "check_verdict.h"
#include "reader/reader.h"
#include "show.h"
#include "util/xalloc.h"

#define SAY(...) snprintf(c->why, sizeof(c->why), __VA_ARGS__)

#define RUNTIME "libcudart.so.13"

struct seen {
	bool witness;   /* it was there in at least one process */
	bool reference; /* a runtime that is not ours */
	bool ours;
	bool past;                /* one that was not named with --runtime */
	char other[PATH_MAX + 8]; /* one of another version */
};

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* The file's name has the version: libcudart.so.13.0.96. */
static bool is_runtime(const char *path)
{
	const char *name = show_basename(path);
	size_t length = strlen(RUNTIME);

	return !strncmp(name, RUNTIME, length) && (!name[length] || name[length] == '.');
}

/* A preloaded one is in every process; where another one is too, calls went there. */
static void take_runtime(struct check *c, struct seen *seen, const char *path)
{
	if (c->options.runtime && !strcmp(path, c->proof.reference)) {
		seen->reference = true;
	} else if (same_file(path, c->proof.ours)) {
		seen->ours = true;
	} else if (is_runtime(path) && !c->options.runtime) {
		seen->reference = true;
		snprintf(c->proof.reference, sizeof(c->proof.reference), "%s", path);
	} else {
		snprintf(seen->other, sizeof(seen->other), "%s", path);
		seen->past |= is_runtime(path);
	}
}

static void read_witness(struct check *c, const char *path, struct seen *seen)
{
	FILE *f = fopen(path, "re");
	char line[PATH_MAX + 4];

	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '+')
			seen->witness = true;
		else if (line[0] == '=')
			take_runtime(c, seen, line + 1);
	}
	if (f)
		fclose(f);
}

/* Warnings of a trace speak of the trace; what stands before that is of use here. */
static void take_notes(struct check *c, const struct ct_header *header)
{
	struct check_proof *p = &c->proof;

	p->calls = header->calls;
	p->notes = ut_xcalloc(header->nwarnings + 1, sizeof(*p->notes));
	for (unsigned int i = 0; i < header->nwarnings; i++) {
		char *text = ut_xstrdup(header->warnings[i].text);
		char *end = strstr(text, ": calls made");

		/* With one that has no device the program may do what it likes. */
		p->no_driver |= !strcmp(header->warnings[i].code, "no-driver") &&
				(!header->driver_version || !strcmp(header->driver_version, "0"));
		if (end)
			*end = '\0';
		p->notes[p->nnotes++] = text;
	}
}

/* `record` failed before it began: the last of what it said is the reason. */
static enum check_status no_trace(struct check *c, const struct check_probe *probe)
{
	FILE *f = fopen(probe->err, "re");
	char line[1024];

	SAY("the first run with curtrace's runtime left no trace");
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "curtrace: ", 10))
			SAY("%s", line + 10);
	}
	if (f)
		fclose(f);
	return CHECK_ERROR;
}

static enum check_status read_trace(struct check *c, const struct check_probe *probe)
{
	struct rd_error error;
	struct rd_trace *trace;

	if (access(probe->trace, F_OK))
		return no_trace(c, probe);
	trace = rd_open(probe->trace, &error);
	if (!trace) {
		SAY("the trace of the first run cannot be read: %s", error.text);
		return CHECK_ERROR;
	}
	take_notes(c, rd_header(trace));
	rd_close(trace);
	return CHECK_SAME;
}

static bool failed_alike(const struct check_probe *probe)
{
	return check_outcome_equal(&probe->runs[CHECK_REFERENCE].outcome,
				   &probe->runs[CHECK_OURS].outcome);
}

/*
 * A program that our library kept from starting makes no call either: with NVIDIA's it went
 * otherwise, and that is a difference.
 */
static bool judge_ours(struct check *c, const struct check_probe *probe, const struct seen *seen)
{
	if (c->proof.calls || (seen->reference && !failed_alike(probe)))
		return true;
	if (c->proof.nnotes)
		SAY("%s", c->proof.notes[0]);
	else
		SAY("no CUDA runtime call reached curtrace's library");
	return false;
}

static bool judge_reference(struct check *c, const struct check_probe *probe,
			    const struct seen *seen)
{
	const struct check_outcome *outcome = &probe->runs[CHECK_REFERENCE].outcome;

	if (seen->reference && !seen->past)
		return true;
	if (!seen->witness)
		SAY("the loader of %s does not tell which runtime it loads (LD_AUDIT has no "
		    "effect there)",
		    c->program);
	else if (seen->past)
		SAY("the program loads %s past the one that --runtime preloads", seen->other);
	else if (c->options.runtime)
		SAY("%s was loaded into no process that could be watched", c->proof.reference);
	else if (seen->ours)
		SAY("without LD_PRELOAD too the program runs with curtrace's library: take its "
		    "drop-in folder out of LD_LIBRARY_PATH, or name NVIDIA's with --runtime FILE");
	else if (outcome->kind == CHECK_EXITED && outcome->code == 0)
		SAY("without curtrace the program loaded no " RUNTIME "%s%s: name NVIDIA's with "
		    "--runtime FILE",
		    *seen->other ? " but " : "", seen->other);
	else
		SAY("without curtrace the program found no " RUNTIME ": put the folder of "
		    "NVIDIA's into LD_LIBRARY_PATH, or name it with --runtime FILE");
	return false;
}

static bool both_ended(struct check *c, const struct check_probe *probe)
{
	if (probe->runs[CHECK_REFERENCE].outcome.kind != CHECK_TIMED_OUT)
		return true;
	SAY("the program did not end in time (--timeout) with %s", check_reference_text(c));
	return false;
}

enum check_status check_prove(struct check *c, const struct check_probe *probe)
{
	enum check_status status = read_trace(c, probe);
	struct seen seen = { .witness = false };

	if (!both_ended(c, probe))
		return CHECK_NOT_COMPARABLE;
	/* Killed in the middle it leaves no trace; that it hangs will be told. */
	if (status && probe->runs[CHECK_OURS].outcome.kind != CHECK_TIMED_OUT)
		return status;
	read_witness(c, probe->witness, &seen);
	if (!judge_ours(c, probe, &seen) || !judge_reference(c, probe, &seen))
		return CHECK_NOT_COMPARABLE;
	if (!c->proof.no_driver)
		return CHECK_SAME;
	SAY("there is no CUDA driver here, so that every runtime fails alike (--sim takes a "
	    "simulated one)");
	return CHECK_NOT_COMPARABLE;
}
