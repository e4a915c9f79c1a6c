/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Captures under way: the graph that grows, and the streams that make it grow.
 */
#ifndef SIM_CAPTURE_H
#define SIM_CAPTURE_H

#include "sim/graph.h"

/*
 * Held by the list of captures until it ends, by each stream in it, and by each event that was
 * recorded in it.
 */
struct sim_capture {
	unsigned int refs;
	unsigned long long id;
	CUgraph graph; /* NULL once it ended or is gone */
	CUstream origin;
	CUstreamCaptureMode mode;
	const struct sim_thread *thread; /* that began it */
	bool invalid;
	bool ended;
	CUstream streams;         /* linked by capture_next */
	struct sim_edges orphans; /* what streams that were destroyed had captured last */
	struct sim_capture *next;
};

/* A stream's: what its next node will depend on. */
struct sim_capture_place {
	struct sim_edges deps;
	/* As told by cuStreamGetCaptureInfo, until the next call for the stream. */
	CUgraphNode *nodes;
	CUgraphEdgeData *data;
};

CUresult sim_capture_begin(CUstream stream, CUgraph graph, const struct sim_edge *deps,
			   unsigned int count, CUstreamCaptureMode mode);
/* Ends it for all its streams. The graph goes too, if asked for. */
void sim_capture_finish(struct sim_capture *capture, bool drop_graph);
/* Every stream's last nodes come before the origin's. */
bool sim_capture_joined(struct sim_capture *capture);

static inline struct sim_edges *sim_capture_deps(CUstream stream)
{
	return &((struct sim_capture_place *)stream->capture_data)->deps;
}

#endif /* SIM_CAPTURE_H */
