/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file for speedscope: a sampled profile of each process, whose samples are its different stacks
 * with their weights. Made for its views "left heavy" and "sandwich": the order in time is not
 * kept.
 */
#include <stdlib.h>

#include "util/xalloc.h"
#include "write/flame.h"
#include "write/json_out.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

struct speedscope {
	struct wr_out out;
	struct wr_flame flame;
};

static void *begin(const struct wr_target *target, const struct ct_header *header)
{
	struct speedscope *w = ut_xcalloc(1, sizeof(*w));

	wr_out_begin(&w->out, target->fd, target->gz);
	wr_flame_begin(&w->flame, target, header);
	return w;
}

static int write_event(void *writer, const struct ct_event *event, const struct wr_detail *detail)
{
	struct speedscope *w = writer;

	wr_flame_add(&w->flame, event, detail);
	return w->out.error;
}

static void out_frames(struct speedscope *w)
{
	struct wr_out *out = &w->out;

	wr_out_literal(out, ",\n\"shared\": {\"frames\": [");
	for (uint32_t i = 0; i < w->flame.names.count; i++) {
		if (i)
			wr_out_literal(out, ",");
		wr_out_literal(out, "\n{\"name\": ");
		wr_out_text(out, w->flame.texts[i]);
		wr_out_literal(out, "}");
	}
	wr_out_literal(out, "]}");
}

/* Of the nodes with a weight, those of one process. */
static bool is_sample(const struct speedscope *w, const uint32_t *roots, uint32_t node,
		      uint32_t root)
{
	return roots[node - 1] == root && w->flame.nodes[node - 1].weight;
}

/* The process is the profile, and no frame, unless it is all there is. */
static void out_sample(struct speedscope *w, uint32_t node)
{
	uint32_t path[WR_FLAME_DEPTH];
	size_t depth = wr_flame_path(&w->flame, node, path), from = depth > 1;

	wr_out_literal(&w->out, "[");
	for (size_t i = from; i < depth; i++) {
		if (i > from)
			wr_out_literal(&w->out, ",");
		wr_out_u64(&w->out, w->flame.nodes[path[i] - 1].name - 1);
	}
	wr_out_literal(&w->out, "]");
}

/* The unit of a count has no name in the format. */
static const char *unit_of(enum wr_weight weight)
{
	return weight == WR_WEIGHT_CALLS ? "none" : wr_weight_unit(weight);
}

static void out_profile(struct speedscope *w, const uint32_t *roots, uint32_t root)
{
	struct wr_out *out = &w->out;
	uint64_t sum = 0;
	uint32_t node;
	bool first = true;

	wr_out_literal(out, "\n{\"type\": \"sampled\", \"name\": ");
	wr_out_text(out, wr_flame_text(&w->flame, root));
	wr_out_literal(out, ", \"unit\": ");
	wr_out_text(out, unit_of(w->flame.weight));
	wr_out_literal(out, ",\n\"samples\": [");
	for (node = root; node <= w->flame.nnodes; node++) {
		if (!is_sample(w, roots, node, root))
			continue;
		if (!first)
			wr_out_literal(out, ",");
		first = false;
		wr_out_literal(out, "\n");
		out_sample(w, node);
	}
	wr_out_literal(out, "],\n\"weights\": [");
	first = true;
	for (node = root; node <= w->flame.nnodes; node++) {
		if (!is_sample(w, roots, node, root))
			continue;
		if (!first)
			wr_out_literal(out, ",");
		first = false;
		wr_out_u64(out, w->flame.nodes[node - 1].weight);
		sum += w->flame.nodes[node - 1].weight;
	}
	wr_out_literal(out, "],\n\"startValue\": 0, \"endValue\": ");
	wr_out_u64(out, sum);
	wr_out_literal(out, "}");
}

static void out_profiles(struct speedscope *w)
{
	uint32_t *roots = ut_xcalloc(w->flame.nnodes + 1, sizeof(*roots)), node, parent;
	bool first = true;

	for (node = 1; node <= w->flame.nnodes; node++) {
		parent = w->flame.nodes[node - 1].parent;
		roots[node - 1] = parent ? roots[parent - 1] : node;
	}
	wr_out_literal(&w->out, ",\n\"profiles\": [");
	for (node = 1; node <= w->flame.nnodes; node++) {
		if (roots[node - 1] != node)
			continue;
		if (!first)
			wr_out_literal(&w->out, ",");
		first = false;
		out_profile(w, roots, node);
	}
	wr_out_literal(&w->out, "]");
	free(roots);
}

static int end(void *writer)
{
	struct speedscope *w = writer;
	int error;

	wr_flame_finish(&w->flame);
	wr_out_literal(&w->out,
		       "{\"$schema\": \"https://www.speedscope.app/file-format-schema.json\"");
	wr_out_literal(&w->out, ",\n\"exporter\": \"curtrace " PACKAGE_VERSION "\",\n\"name\": ");
	wr_out_text(&w->out, w->flame.header->command ? w->flame.header->command : "");
	out_frames(w);
	out_profiles(w);
	wr_out_literal(&w->out, "}\n");
	error = wr_out_end(&w->out);
	wr_flame_free(&w->flame);
	free(w);
	return error;
}

static const char *const endings[] = { ".speedscope.json", ".speedscope", NULL };

extern const struct wr_format wr_format_speedscope;
const struct wr_format wr_format_speedscope = {
	.name = "speedscope",
	.endings = endings,
	.needs = WR_FLAME_NEEDS,
	.text = true,
	.weighs = true,
	.begin = begin,
	.event = write_event,
	.end = end,
};
