/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the merge. */
#ifndef ANALYSIS_MERGE_INTERNAL_H
#define ANALYSIS_MERGE_INTERNAL_H

#include "analysis/merge.h"
#include "util/arena.h"
#include "util/map.h"

struct an_merge_source {
	const struct an_merge_input *input;
	const struct ct_header *header;
	uint32_t first_process; /* the number of its process 0 in the merged trace */
	uint32_t first_frame;   /* is added to the numbers of its frames */
	uint32_t *pid_shifts;   /* of its processes: added to pids and tids, modulo 2^32 */
	struct ct_event event;  /* the next one, changed already */
};

struct an_merge {
	struct an_merge_options options;
	struct an_merge_source *sources;
	size_t nsources;
	struct an_merge_source **heap; /* with an event, the earliest first */
	size_t nheap;
	bool delivered; /* the first one's event was handed out */
	uint64_t ordinal;
	uint64_t from_ns, to_ns; /* of the window, in the merged trace's time */
	struct ct_header header;
	struct an_merge_seen *seen; /* being collected */
	struct ut_arena strings;
};

/* merge_ids.c: fills in header.processes and what events' ids are changed by. */
void an_merge_ids(struct an_merge *merge);
/* The id of a thread or process with the shift of its process. */
uint32_t an_merge_shift(uint32_t id, uint32_t shift);

/* merge_header.c: everything else of the header; the sources' ids are known. */
void an_merge_make_header(struct an_merge *merge);

/* merge_devices.c */
void an_merge_devices(struct an_merge *merge);

/* merge_facts.c: what a header holds in lists of names and texts. */
void an_merge_facts(struct an_merge *merge);
void an_merge_warnings(struct an_merge *merge);

/* How people call a source: "rank 3", or its file's name. */
const char *an_merge_source_name(struct an_merge *merge, const struct an_merge_source *source);

#endif
