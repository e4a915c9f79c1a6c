/* SPDX-License-Identifier: Apache-2.0 */
/* The ranks of a job: which are wanted, and which of them have left a trace. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "collect/manifest.h"
#include "merge.h"
#include "util/message.h"
#include "util/xalloc.h"

/* ---- which are wanted ---------------------------------------------------------------------- */

static bool parse_number(const char **at, int32_t *number)
{
	char *end;
	long value;

	if (!isdigit((unsigned char)**at))
		return false;
	errno = 0;
	value = strtol(*at, &end, 10);
	*at = end;
	*number = (int32_t)value;
	return !errno && value <= INT32_MAX;
}

bool merge_ranks_parse(struct merging *m, const char *text)
{
	struct merge_ranks range;

	do {
		if (!parse_number(&text, &range.first))
			return false;
		range.last = range.first;
		if (*text == '-') {
			text++;
			if (!parse_number(&text, &range.last))
				return false;
		}
		if (range.last < range.first)
			return false;
		ut_grow(&m->ranks, &m->ranks_capacity, m->nranks, sizeof(*m->ranks));
		m->ranks[m->nranks++] = range;
	} while (*text++ == ',');
	return !text[-1];
}

bool merge_ranks_wanted(const struct merging *m, int32_t rank)
{
	for (size_t i = 0; i < m->nranks; i++) {
		if (rank >= m->ranks[i].first && rank <= m->ranks[i].last)
			return true;
	}
	return !m->nranks;
}

/* ---- a folder ------------------------------------------------------------------------------ */

/* One job's: an earlier one with more ranks may have left some of its traces there. */
static bool is_one_job(const char *folder, const struct col_manifest *manifest)
{
	const struct col_manifest_trace *first = manifest->traces, *trace;

	for (size_t i = 1; i < manifest->count; i++) {
		trace = &manifest->traces[i];
		if (strcmp(trace->job, first->job) != 0 || trace->world_size != first->world_size) {
			ut_warn("%s holds traces of several jobs (%s of job `%s' with %d ranks, %s "
				"of job `%s' with %d): name those of one",
				folder, first->file, first->job, first->world_size, trace->file,
				trace->job, trace->world_size);
			return false;
		}
		if (trace->rank == trace[-1].rank) {
			ut_warn("%s holds two traces of rank %d (%s, %s): name those of one job",
				folder, trace->rank, trace[-1].file, trace->file);
			return false;
		}
	}
	return true;
}

/* "3, 5-7" */
static const char *append_range(struct merging *m, const char *text, int32_t first, int32_t last)
{
	const char *separator = text ? ", " : "";

	text = text ? text : "";
	if (first == last)
		return ut_arena_printf(&m->strings, "%s%s%d", text, separator, first);
	return ut_arena_printf(&m->strings, "%s%s%d-%d", text, separator, first, last);
}

static bool is_listed(const struct col_manifest *manifest, int32_t rank)
{
	size_t low = 0, high = manifest->count;

	/* They are in order. */
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (manifest->traces[middle].rank < rank)
			low = middle + 1;
		else
			high = middle;
	}
	return low < manifest->count && manifest->traces[low].rank == rank;
}

/* Ranks that have not even begun to record, or on other disks. A world is no larger than 2^20. */
static void warn_of_missing(struct merging *m, const struct col_manifest *manifest)
{
	int32_t world = manifest->traces[0].world_size, first = -1;
	const char *missing = NULL;

	for (int32_t rank = 0; rank <= world && rank < 1 << 20; rank++) {
		bool absent = rank < world && merge_ranks_wanted(m, rank) &&
			      !is_listed(manifest, rank);

		if (absent && first < 0)
			first = rank;
		if (!absent && first >= 0) {
			missing = append_range(m, missing, first, rank - 1);
			first = -1;
		}
	}
	if (missing)
		merge_warn(m, "ranks", "of %d ranks these left nothing here: %s", world, missing);
}

static void add_trace(struct merging *m, const char *folder, const struct col_manifest_trace *trace)
{
	if (!merge_ranks_wanted(m, trace->rank))
		return;
	/* What has its name may be the trace of an earlier job. */
	if (!trace->complete) {
		merge_warn(m, "ranks",
			   "rank %d (process %u on %s) still runs or was killed: its trace %s is "
			   "left out",
			   trace->rank, trace->pid, trace->host, trace->file);
		return;
	}
	ut_grow(&m->sources, &m->sources_capacity, m->nsources, sizeof(*m->sources));
	m->sources[m->nsources++] = (struct merge_source){
		.path = ut_arena_printf(&m->strings, "%s/%s", folder, trace->file),
		.listed = true,
		.rank = trace->rank,
	};
}

static bool write_whole(const struct merging *m, const char *folder,
			const struct col_manifest *manifest)
{
	char name[PATH_MAX];
	int error = -ENAMETOOLONG;

	if (!m->write_manifest)
		return true;
	if (snprintf(name, sizeof(name), "%s/" COL_MANIFEST_WHOLE, folder) < (int)sizeof(name))
		error = col_manifest_write(name, manifest->traces, manifest->count);
	if (error)
		ut_warn("%s/" COL_MANIFEST_WHOLE ": %s", folder, strerror(-error));
	return !error;
}

bool merge_add_folder(struct merging *m, const char *folder)
{
	struct col_manifest manifest;
	bool good;

	if (!col_manifest_read(folder, &manifest, m->why, sizeof(m->why))) {
		ut_warn("%s: %s", folder, m->why);
		return false;
	}
	good = is_one_job(folder, &manifest) && write_whole(m, folder, &manifest);
	if (good) {
		for (size_t i = 0; i < manifest.count; i++)
			add_trace(m, folder, &manifest.traces[i]);
		warn_of_missing(m, &manifest);
	}
	col_manifest_free(&manifest);
	return good;
}
