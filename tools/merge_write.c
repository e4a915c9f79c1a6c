/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing the merged trace. Its header stands before the events, but a window's contents and, of
 * a JSON trace, its damage are known only behind them: then the traces are read once more.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "config.h"
#include "export_detail.h"
#include "merge.h"
#include "util/message.h"
#include "util/progress.h"
#include "util/xalloc.h"
#include "write/json.h"

/* ---- the forms ----------------------------------------------------------------------------- */

static int write_json(struct an_merge *merge, int fd, bool gz)
{
	struct wr_json *json = wr_json_open(fd, gz);
	int error = wr_json_header(json, an_merge_header(merge)), last;
	const struct ct_event *event;

	ut_progress_begin("merging", an_merge_header(merge)->recorded);
	while (!error && (event = an_merge_next(merge))) {
		ut_progress_step();
		error = wr_json_event(json, event);
	}
	ut_progress_end();
	last = wr_json_end(json);
	return error ? error : last;
}

static int write_format(const struct merging *m, struct an_merge *merge, int fd)
{
	const struct wr_target target = { .fd = fd, .gz = m->gz };
	const struct wr_detail *detail = NULL;
	struct export_detail *details = NULL;
	const struct ct_event *event;
	int error = 0, last;
	void *writer;

	if (m->format->needs & WR_NEEDS_DETAIL)
		details = export_detail_new();
	writer = m->format->begin(&target, an_merge_header(merge));
	ut_progress_begin("merging", an_merge_header(merge)->recorded);
	while (!error && (event = an_merge_next(merge))) {
		ut_progress_step();
		if (details)
			detail = export_detail_next(details, event);
		error = m->format->event(writer, event, detail);
	}
	ut_progress_end();
	last = m->format->end(writer);
	if (details)
		export_detail_free(details);
	return error ? error : last;
}

/* ---- passes -------------------------------------------------------------------------------- */

static void count_only(struct an_merge *merge)
{
	while (an_merge_next(merge))
		continue;
}

static bool has_window(const struct merging *m)
{
	return m->from_ns || m->to_ns != UINT64_MAX;
}

/* The header said more than is true: an input is damaged where it was read last. */
static bool is_surprised(const struct an_merge_seen *before, const struct an_merge_seen *after)
{
	for (size_t i = 0; i < after->ninputs; i++) {
		if (*after->damage[i].text && (!before || !*before->damage[i].text))
			return true;
	}
	return false;
}

/* What the traces themselves said when they were opened is known. */
static struct an_merge_seen *known_damage(const struct merging *m)
{
	struct an_merge_seen *seen = ut_xcalloc(1, sizeof(*seen));

	seen->damage = ut_xcalloc(m->nsources + 1, sizeof(*seen->damage));
	seen->ninputs = m->nsources;
	for (size_t i = 0; i < m->nsources; i++) {
		if (rd_damage(m->inputs[i].trace))
			seen->damage[i] = *rd_damage(m->inputs[i].trace);
	}
	return seen;
}

static struct an_merge *open_merge(const struct merging *m, const struct an_merge_seen *seen)
{
	const struct an_merge_options options = {
		.tool_version = PACKAGE_VERSION,
		.from_ns = m->from_ns,
		.to_ns = m->to_ns,
		.align = m->align_name,
		.clocks = m->clocks,
		.warnings = m->warnings,
		.nwarnings = m->nwarnings,
		.seen = seen,
	};

	return an_merge_open(m->inputs, m->nsources, &options);
}

/* Of the events that are about to be read what the form looks at; to count them, nothing. */
static void want(const struct merging *m, bool writing)
{
	unsigned int needs = m->format ? m->format->needs
				       : WR_NEEDS_ARGS | WR_NEEDS_LABELS | WR_NEEDS_CALLER |
						 WR_NEEDS_RANGES;
	unsigned int what = 0;

	if (needs & (WR_NEEDS_ARGS | WR_NEEDS_DETAIL))
		what |= RD_WANT_ARGS;
	if (needs & (WR_NEEDS_LABELS | WR_NEEDS_DETAIL))
		what |= RD_WANT_LABELS;
	if (needs & WR_NEEDS_CALLER)
		what |= RD_WANT_CALLER;
	if (needs & WR_NEEDS_RANGES)
		what |= RD_WANT_RANGES;
	for (size_t i = 0; i < m->nsources; i++)
		rd_want(m->inputs[i].trace, writing ? what : 0);
}

/* One way through all traces; `fd` -1: without writing. Returns what was seen; NULL: m->why. */
static struct an_merge_seen *pass(struct merging *m, int fd, const struct an_merge_seen *seen)
{
	struct an_merge_seen *result;
	struct an_merge *merge;
	int error = 0;

	want(m, fd >= 0);
	merge = open_merge(m, seen);
	if (fd < 0)
		count_only(merge);
	else if (m->format)
		error = write_format(m, merge, fd);
	else
		error = write_json(merge, fd, m->gz);
	result = an_merge_take_seen(merge);
	an_merge_close(merge);
	if (!error)
		return result;
	snprintf(m->why, sizeof(m->why), "%s", strerror(-error));
	an_merge_seen_free(result);
	return NULL;
}

static bool reopen(struct merging *m)
{
	merge_close(m);
	if (merge_open(m, false))
		return true;
	snprintf(m->why, sizeof(m->why), "a trace cannot be read a second time");
	return false;
}

/* Room for counters of a window is what a first pass fills in. */
static bool write_to(struct merging *m, int fd, bool can_rewrite)
{
	struct an_merge_seen *seen = NULL, *before = known_damage(m);
	bool good = true;

	/* What is written to a pipe is written once. */
	if (has_window(m) || !can_rewrite) {
		seen = pass(m, -1, NULL);
		good = reopen(m);
	}
	while (good) {
		struct an_merge_seen *after = pass(m, fd, seen);
		bool again;

		good = after != NULL;
		if (!good)
			break;
		again = is_surprised(seen ? seen : before, after) && can_rewrite;
		m->damaged |= is_surprised(NULL, after);
		an_merge_seen_free(seen);
		seen = after;
		if (!again)
			break;
		good = reopen(m) && !ftruncate(fd, 0) && !lseek(fd, 0, SEEK_SET);
	}
	an_merge_seen_free(seen);
	an_merge_seen_free(before);
	return good;
}

/* ---- the file ------------------------------------------------------------------------------ */

static bool is_input(const struct merging *m)
{
	struct stat to, from;

	for (size_t i = 0; i < m->nsources && !stat(m->to, &to); i++) {
		if (!stat(m->sources[i].path, &from) && to.st_dev == from.st_dev &&
		    to.st_ino == from.st_ino)
			return true;
	}
	return false;
}

static bool write_file(struct merging *m)
{
	struct output *o = &m->output;
	bool done;

	if (is_input(m)) {
		snprintf(m->why, sizeof(m->why), "it is one of the traces");
		return false;
	}
	*o = (struct output){ .form = OUTPUT_NATIVE, .fd = -1, .spool_fd = -1 };
	if (!output_open(o, m->to, m->why, sizeof(m->why)))
		return false;
	done = write_to(m, o->fd, true) && output_commit(o, m->why, sizeof(m->why));
	output_close(o);
	return done;
}

int merge_write(struct merging *m)
{
	bool done;

	if (strcmp(m->to, "-") != 0)
		done = write_file(m);
	else
		done = write_to(m, STDOUT_FILENO, false);
	if (!done) {
		ut_warn("%s was not written: %s", m->to, m->why);
		return CMD_ERROR;
	}
	return m->damaged || m->nwarnings ? CMD_DAMAGED : CMD_OK;
}
