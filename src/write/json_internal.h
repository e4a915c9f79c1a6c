/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the JSON writer: its state. */
#ifndef WRITE_JSON_INTERNAL_H
#define WRITE_JSON_INTERNAL_H

#include "write/json.h"
#include "write/json_out.h"

struct wr_json {
	struct wr_out out;
	uint64_t base_ns;     /* what `ts` counts from */
	uint64_t correlation; /* of the last call */
	uint64_t threads;     /* named so far */
	bool has_events;
};

/* Begins a line of traceEvents. */
void wr_json_line(struct wr_json *json);

#endif
