/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting records.
 */
#include "collect/stats.h"

#include <string.h>

/* Statuses of the runtime that have a hint of their own. */
enum {
	STATUS_INSUFFICIENT_DRIVER = 35,
	STATUS_NO_DEVICE = 100,
	STATUS_NOT_SUPPORTED = 801
};

bool col_stats_is_failure(const struct rd_function *function, int32_t result)
{
	return function && result && !strcmp(function->result_kind, "status") &&
	       !rd_is_expected(function, result);
}

static void count_result(struct col_stats *s, const struct ctr_cell *cell)
{
	const struct rd_function *f;

	if (!cell->result)
		return;
	f = rd_api_function(s->api, cell->function);
	if (!col_stats_is_failure(f, cell->result))
		return;
	s->failed++;
	s->no_driver += cell->result == STATUS_INSUFFICIENT_DRIVER ||
			cell->result == STATUS_NO_DEVICE;
	/* Of the driver's functions it is the driver's word, and no lack of ours. */
	s->not_supported += f->layer == CT_LAYER_RUNTIME && cell->result == STATUS_NOT_SUPPORTED;
}

/* Runs along with the draining, so that the summary needs no second pass over the trace. */
void col_stats_count(struct col_stats *s, const struct ctr_cell *cells, uint32_t ncells,
		     bool in_flight)
{
	for (uint32_t i = 0; i < ncells && cells[i].ncells; i += cells[i].ncells) {
		const struct ctr_cell *cell = &cells[i];

		s->threads += cell->function == CTR_CONTROL_THREAD;
		if (cell->function < CTR_FIRST_FUNCTION)
			continue;
		s->per_function[cell->function]++;
		if (!in_flight)
			count_result(s, cell);
	}
}

size_t col_stats_functions(const struct col_stats *s)
{
	size_t count = 0;

	for (size_t i = CTR_FIRST_FUNCTION; i <= UINT16_MAX; i++)
		count += s->per_function[i] != 0;
	return count;
}
