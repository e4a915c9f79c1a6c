/* SPDX-License-Identifier: Apache-2.0 */
/* Private to `curtrace merge`. */
#ifndef TOOLS_MERGE_H
#define TOOLS_MERGE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/merge.h"
#include "output.h"
#include "util/arena.h"
#include "write/format.h"

enum merge_align {
	MERGE_ALIGN_REALTIME, /* by the hosts' clocks */
	MERGE_ALIGN_START     /* all begin together */
};

struct merge_offset { /* of --align offset=FILE:NS */
	const char *file;
	int64_t ns;
};

struct merge_ranks { /* from first to last */
	int32_t first, last;
};

/* A trace that is to be merged. */
struct merge_source {
	const char *path;
	bool listed; /* by a manifest, with this rank: */
	int32_t rank;
};

struct merging {
	/* From the command line. */
	const char **operands;
	size_t noperands, operands_capacity;
	const char *to;
	enum merge_align align;
	struct merge_offset *offsets;
	size_t noffsets, offsets_capacity;
	struct merge_ranks *ranks; /* none: all */
	size_t nranks, ranks_capacity;
	uint64_t from_ns, to_ns;
	bool quiet;
	bool write_manifest;
	/* The traces, and what is to be said of what is missing. */
	struct merge_source *sources;
	size_t nsources, sources_capacity;
	struct an_merge_input *inputs; /* open, in the order of `sources` */
	struct ct_warning *warnings;
	size_t nwarnings, warnings_capacity;
	const char *align_name;
	const char *clocks; /* how far the times of different traces compare */
	/* Where to. */
	const struct wr_format *format; /* NULL: JSON */
	bool gz;
	struct output output;
	bool damaged;
	struct ut_arena strings;
	char why[PATH_MAX + 256];
};

/* merge_ranks.c: "0,3-5". False: it is not that. */
bool merge_ranks_parse(struct merging *m, const char *text);
bool merge_ranks_wanted(const struct merging *m, int32_t rank);
/* What is missing of a job, from the manifests of its folder. False: a message was printed. */
bool merge_add_folder(struct merging *m, const char *folder);

/* merge_inputs.c: all operands as sources. False: a message was printed. */
bool merge_find(struct merging *m);
/* Opens the traces; `first`: those of other ranks are left out. False: a message was printed. */
bool merge_open(struct merging *m, bool first);
void merge_close(struct merging *m);
void merge_warn(struct merging *m, const char *code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* merge_clocks.c: inputs[].shift_ns, align_name and clocks. False: a message was printed. */
bool merge_align(struct merging *m);

/* merge_write.c: everything into `to`. Returns the exit status. */
int merge_write(struct merging *m);

#endif
