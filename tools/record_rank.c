/* SPDX-License-Identifier: Apache-2.0 */
/* Names and manifests of the traces of ranks. */
#include "record_rank.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "collect/manifest.h"
#include "collect/rank.h"
#include "recording.h"
#include "util/message.h"

static bool is_one_of_many(struct col_rank *rank)
{
	return col_rank_find(rank) && rank->world_size > 1;
}

/* %h and %% leave the ranks of a host with one name. */
static bool tells_ranks_apart(const char *pattern)
{
	for (const char *at = pattern; (at = strchr(at, '%')) && at[1]; at += 2) {
		if (strchr("pqr", at[1]))
			return true;
	}
	return false;
}

bool record_rank_pattern(const char *pattern, char *out, size_t size)
{
	struct col_rank rank;
	size_t stem;

	pattern = pattern ? pattern : CMD_DEFAULT_TRACE;
	stem = output_stem(pattern);
	if (!is_one_of_many(&rank) || tells_ranks_apart(pattern))
		return snprintf(out, size, "%s", pattern) < (int)size;
	return snprintf(out, size, "%.*s.r%%r%s", (int)stem, pattern, pattern + stem) < (int)size;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* What only the end of the recording tells. */
static void take_end(const struct recording *r, struct col_manifest_trace *trace)
{
	const struct col_counters *totals = &r->collector.totals;
	struct stat st;

	trace->complete = true;
	trace->end_realtime_ns = now_ns();
	trace->bytes = stat(r->output.path, &st) ? 0 : (uint64_t)st.st_size;
	trace->calls = totals->calls;
	trace->recorded = totals->recorded;
	trace->lost = col_counters_lost(totals);
	trace->in_flight = totals->in_flight;
	trace->exit_status = r->child.status;
}

/* The trace is whole without it: what goes wrong is told and no more. */
void record_rank_note(const struct recording *r, bool complete)
{
	struct col_manifest_trace trace;
	char name[PATH_MAX], host[256] = "";
	struct col_rank rank;
	int error;

	if (!is_one_of_many(&rank) || !col_manifest_name(r->output.path, name, sizeof(name)))
		return;
	gethostname(host, sizeof(host) - 1);
	trace = (struct col_manifest_trace){
		.file = (char *)base_name(r->output.path),
		.host = host,
		.launcher = (char *)rank.launcher,
		.job = rank.job,
		.rank = rank.rank,
		.world_size = rank.world_size,
		.local_rank = rank.local_rank,
		.pid = (uint32_t)r->child.pid,
		.start_realtime_ns = r->session.shared->created.realtime_ns,
	};
	if (complete)
		take_end(r, &trace);
	error = col_manifest_write(name, &trace, 1);
	if (error)
		ut_warn("%s was not written: %s", name, strerror(-error));
}

void record_rank_forget(const struct recording *r)
{
	char name[PATH_MAX];
	struct col_rank rank;

	if (is_one_of_many(&rank) && col_manifest_name(r->output.path, name, sizeof(name)))
		unlink(name);
}
