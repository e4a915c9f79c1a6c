/* SPDX-License-Identifier: Apache-2.0 */
/* Private to state.c, which changes it, and state_questions.c. */
#ifndef ANALYSIS_STATE_INTERNAL_H
#define ANALYSIS_STATE_INTERNAL_H

#include "analysis/allocations.h"
#include "analysis/handles.h"
#include "analysis/state.h"
#include "reader/names.h"
#include "util/map.h"

#define AN_STATE_TEXTS 256

/* A text of a trace whose pointer stands for it, and the state's own copy. */
struct an_state_text {
	uint32_t trace;
	const char *from, *to;
};

struct an_state {
	struct an_allocations live;
	struct an_handles handles;
	struct ut_map devices; /* of threads */
	struct rd_names texts;
	struct an_state_text known[AN_STATE_TEXTS];
	uint64_t allocations;
	struct an_allocation *gone; /* by the last event */
	size_t ngone, gone_capacity;
};

#endif
