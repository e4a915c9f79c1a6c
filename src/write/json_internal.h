/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the JSON writer: its state. */
#ifndef WRITE_JSON_INTERNAL_H
#define WRITE_JSON_INTERNAL_H

#include "write/json.h"
#include "write/json_out.h"

/* The text that says which thread an event is of, and how it goes on. */
struct wr_place {
	uint32_t pid, tid;
	size_t length; /* 0: none yet */
	char text[64]; /* of a constant size, so that copying it is a few stores */
};
#define WR_PLACES 64

struct wr_json {
	struct wr_out out;
	uint64_t base_ns;     /* what `ts` counts from */
	uint64_t correlation; /* of the last call */
	uint64_t threads;     /* named so far */
	uint32_t own_letters; /* bit c - 'a': one of our own keys begins with c */
	bool has_events;
	struct wr_place places[WR_PLACES];
};

/* Begins a line of traceEvents. */
void wr_json_line(struct wr_json *json);

#endif
