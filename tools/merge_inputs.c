/* SPDX-License-Identifier: Apache-2.0 */
/* Finding and opening the traces that are to be merged. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "merge.h"
#include "show.h"
#include "source.h"
#include "util/message.h"
#include "util/xalloc.h"

void merge_warn(struct merging *m, const char *code, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	ut_grow(&m->warnings, &m->warnings_capacity, m->nwarnings, sizeof(*m->warnings));
	m->warnings[m->nwarnings++] =
		(struct ct_warning){ .code = code, .text = ut_arena_strdup(&m->strings, text) };
}

/* A folder that is a session's is a trace. */
static bool is_folder_of_traces(const char *path)
{
	char session[PATH_MAX];
	struct stat st;

	if (stat(path, &st) || !S_ISDIR(st.st_mode))
		return false;
	return snprintf(session, sizeof(session), "%s/session", path) >= (int)sizeof(session) ||
	       access(session, F_OK) != 0;
}

bool merge_find(struct merging *m)
{
	for (size_t i = 0; i < m->noperands; i++) {
		const char *path = m->operands[i];

		if (!strcmp(path, "-")) {
			ut_warn("merge: -: a trace may have to be read twice, so it needs a file");
			return false;
		}
		if (is_folder_of_traces(path)) {
			if (!merge_add_folder(m, path))
				return false;
			continue;
		}
		ut_grow(&m->sources, &m->sources_capacity, m->nsources, sizeof(*m->sources));
		m->sources[m->nsources++] = (struct merge_source){ .path = path };
	}
	return true;
}

/* Each trace takes one or two; a job has more ranks than the soft limit. */
static void allow_many_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Of a trace that no manifest has listed only its header tells the rank. */
static bool is_wanted(struct merging *m, const struct merge_source *source,
		      const struct ct_header *header)
{
	if (!m->nranks || source->listed)
		return true;
	if (!header->world_size)
		merge_warn(m, "ranks", "%s was left out: it does not say of which rank it is",
			   show_basename(source->path));
	return header->world_size && merge_ranks_wanted(m, header->rank);
}

/* By rank, if all have one: viewers show processes in this order. */
static void sort_by_rank(struct merging *m)
{
	for (size_t i = 0; i < m->nsources; i++) {
		if (!rd_header(m->inputs[i].trace)->world_size)
			return;
	}
	for (size_t i = 1; i < m->nsources; i++) {
		struct an_merge_input input = m->inputs[i];
		struct merge_source source = m->sources[i];
		size_t at = i;

		for (;
		     at && rd_header(m->inputs[at - 1].trace)->rank > rd_header(input.trace)->rank;
		     at--) {
			m->inputs[at] = m->inputs[at - 1];
			m->sources[at] = m->sources[at - 1];
		}
		m->inputs[at] = input;
		m->sources[at] = source;
	}
}

/* A second time it is known which ones are wanted. */
bool merge_open(struct merging *m, bool first)
{
	size_t opened = 0, wanted = m->nsources;

	allow_many_files();
	if (first)
		m->inputs = ut_xcalloc(m->nsources + 1, sizeof(*m->inputs));
	for (size_t i = 0; i < wanted; i++) {
		struct merge_source source = m->sources[i];
		struct rd_trace *trace = source_open_one(source.path);

		if (!trace) {
			m->nsources = opened;
			return false;
		}
		if (first && !is_wanted(m, &source, rd_header(trace))) {
			rd_close(trace);
			continue;
		}
		m->sources[opened] = source;
		m->inputs[opened].name = show_basename(source.path);
		m->inputs[opened++].trace = trace;
	}
	m->nsources = opened;
	if (first)
		sort_by_rank(m);
	if (!opened)
		ut_warn("merge: %s",
			m->nranks ? "there is no trace of these ranks" : "there is no trace");
	return opened;
}

void merge_close(struct merging *m)
{
	for (size_t i = 0; i < m->nsources; i++) {
		rd_close(m->inputs[i].trace);
		m->inputs[i].trace = NULL;
	}
}
