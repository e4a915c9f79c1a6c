/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the records that pass through the collector add up to, for the summary and for the hints
 * that come with it.
 */
#ifndef COLLECT_STATS_H
#define COLLECT_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curtrace/trace_format.h"
#include "reader/api_text.h"

struct col_stats {
	struct rd_api *api; /* NULL as long as no process has left the text */
	uint64_t per_function[UINT16_MAX + 1];
	uint64_t failed;        /* calls whose status is not an expected answer */
	uint64_t no_driver;     /* of those: no usable driver (35), no device (100) */
	uint64_t not_supported; /* of those: not implemented (801) */
	uint64_t threads;
};

/* Copied whole records; `in_flight` ones have no result yet. */
void col_stats_count(struct col_stats *s, const struct ctr_cell *cells, uint32_t ncells,
		     bool in_flight);

/* A status that is not an expected answer. */
bool col_stats_is_failure(const struct rd_function *function, int32_t result);

/* Functions that were called at least once. */
size_t col_stats_functions(const struct col_stats *s);

#endif
