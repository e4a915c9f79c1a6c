/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/json_pops.h"

#include <stdlib.h>

#include "reader/json_call.h"
#include "reader/nvtx.h"
#include "util/xalloc.h"

struct rd_pop {
	uint64_t start_ns, end_ns;
	uint64_t order; /* of the push: of two pops at one instant the inner one comes first */
	uint32_t pid, tid;
	int32_t level;
	bool of_domain; /* by the function for domains */
	char *domain;   /* NULL: of none */
};

static bool is_earlier(const struct rd_pop *a, const struct rd_pop *b)
{
	return a->start_ns != b->start_ns ? a->start_ns < b->start_ns : a->order > b->order;
}

static void swap(struct rd_pop *a, struct rd_pop *b)
{
	struct rd_pop old = *a;

	*a = *b;
	*b = old;
}

void rd_pops_add(struct rd_pops *pops, const struct ct_event *push)
{
	size_t i = pops->count;
	uint64_t pop_ns = push->range_pop_ns;

	ut_grow(&pops->heap, &pops->capacity, pops->count, sizeof(*pops->heap));
	if (pop_ns > push->range_end_ns - push->start_ns)
		pop_ns = 0;
	pops->heap[pops->count++] = (struct rd_pop){
		.start_ns = push->range_end_ns - pop_ns,
		.end_ns = push->range_end_ns,
		.order = pops->added++,
		.pid = push->pid,
		.tid = push->tid,
		.level = push->result,
		.of_domain = !strncmp(push->name, "nvtxDomain", 10),
		.domain = *push->range_domain ? ut_xstrdup(push->range_domain) : NULL,
	};
	for (; i > 0 && is_earlier(&pops->heap[i], &pops->heap[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&pops->heap[i], &pops->heap[(i - 1) / 2]);
}

static void remove_first(struct rd_pops *pops)
{
	size_t i = 0, child;

	pops->heap[0] = pops->heap[--pops->count];
	while ((child = 2 * i + 1) < pops->count) {
		if (child + 1 < pops->count &&
		    is_earlier(&pops->heap[child + 1], &pops->heap[child]))
			child++;
		if (!is_earlier(&pops->heap[child], &pops->heap[i]))
			break;
		swap(&pops->heap[i], &pops->heap[child]);
		i = child;
	}
}

static void add_domain(struct rd_trace *trace, struct ct_event *event)
{
	if (!*event->range_domain ||
	    !rd_wants_args(trace, rd_names_number(&trace->names, event->name)))
		return;
	event->args[event->nargs++] = (struct ct_arg){
		.name = "domain",
		.type = "",
		.kind = CT_KIND_TEXT,
		.known = true,
		.text = event->range_domain,
	};
}

bool rd_pops_take(struct rd_pops *pops, struct rd_trace *trace, uint64_t until,
		  struct ct_event *event)
{
	struct rd_pop *pop = pops->heap;

	if (!pops->count || pop->start_ns > until)
		return false;
	rd_json_blank(event);
	event->type = CT_EVENT_CALL;
	event->layer = CT_LAYER_NVTX;
	event->name = event->entry = pop->of_domain ? "nvtxDomainRangePop" : "nvtxRangePop";
	event->domain = "nvtx";
	event->result_kind = "int";
	event->result = pop->level;
	event->pid = pop->pid;
	event->tid = pop->tid;
	event->start_ns = pop->start_ns;
	event->end_ns = event->range_end_ns = pop->end_ns;
	event->range = CT_RANGE_POP;
	event->range_name = "";
	event->range_domain = pop->domain ? ut_arena_strdup(&trace->scratch, pop->domain) : "";
	event->range_id = rd_nvtx_domain_id(event->range_domain);
	free(pop->domain);
	add_domain(trace, event);
	remove_first(pops);
	return true;
}

void rd_pops_free(struct rd_pops *pops)
{
	for (size_t i = 0; i < pops->count; i++)
		free(pops->heap[i].domain);
	free(pops->heap);
	*pops = (struct rd_pops){ 0 };
}
