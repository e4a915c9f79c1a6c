/* SPDX-License-Identifier: Apache-2.0 */
#include "write/flame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/xalloc.h"

#define MAX_FRAMES (WR_FLAME_DEPTH / 2)
/* Calls within calls, deeper than any program nests them, are not told apart. */
#define MAX_INNER (WR_FLAME_DEPTH / 4)

const char *wr_weight_unit(enum wr_weight weight)
{
	switch (weight) {
	case WR_WEIGHT_TIME:
		return "nanoseconds";
	case WR_WEIGHT_CALLS:
		return "calls";
	default:
		return "bytes";
	}
}

/* ---- the tree ------------------------------------------------------------------------------ */

static uint32_t name_of(struct wr_flame *f, const char *text, bool lasting)
{
	bool is_new;
	uint32_t number = wr_intern(&f->names, text, lasting, &is_new);

	if (is_new) {
		ut_grow(&f->texts, &f->texts_capacity, number - 1, sizeof(*f->texts));
		f->texts[number - 1] = wr_intern_text(&f->names, text);
	}
	return number;
}

static uint32_t child_of(struct wr_flame *f, uint32_t parent, const char *text, bool lasting)
{
	uint32_t name = name_of(f, text, lasting), *known;
	uint64_t key = (uint64_t)parent << 32 | name;

	known = ut_map_get(&f->children, key);
	if (known)
		return *known;
	ut_grow(&f->nodes, &f->capacity, f->nnodes, sizeof(*f->nodes));
	f->nodes[f->nnodes++] = (struct wr_flame_node){ .parent = parent, .name = name };
	ut_map_put(&f->children, key, (uint32_t)f->nnodes);
	return (uint32_t)f->nnodes;
}

size_t wr_flame_path(const struct wr_flame *flame, uint32_t node, uint32_t path[WR_FLAME_DEPTH])
{
	size_t depth = 0, from;
	uint32_t n;

	for (n = node; n && depth < WR_FLAME_DEPTH; n = flame->nodes[n - 1].parent)
		depth++;
	from = depth;
	for (n = node; from; n = flame->nodes[n - 1].parent)
		path[--from] = n;
	return depth;
}

/* ---- paths --------------------------------------------------------------------------------- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Two programs of one name are two, and so are the same programs of two ranks. */
static uint32_t process_node(struct wr_flame *f, uint32_t number)
{
	const struct ct_process_info *p;
	char text[512];

	if (number >= f->header->nprocesses)
		return child_of(f, 0, "?", false);
	p = &f->header->processes[number];
	if (f->processes[number])
		return f->processes[number];
	if (f->header->nprocesses == 1)
		snprintf(text, sizeof(text), "%s", p->name && *p->name ? p->name : "?");
	else
		snprintf(text, sizeof(text), "%.480s [%u]", p->name ? p->name : "", p->pid);
	f->processes[number] = child_of(f, 0, text, false);
	return f->processes[number];
}

static uint32_t frame_node(struct wr_flame *f, uint32_t parent, const struct ct_frame *frame)
{
	char text[512];

	if (frame->function)
		return child_of(f, parent, frame->function, true);
	if (frame->module)
		snprintf(text, sizeof(text), "%.480s+0x%llx", base_name(frame->module),
			 (unsigned long long)frame->offset);
	else
		snprintf(text, sizeof(text), "0x%llx", (unsigned long long)frame->address);
	return child_of(f, parent, text, false);
}

static uint32_t stack_node(struct wr_flame *f, const struct ct_event *event)
{
	uint64_t key = (uint64_t)event->process << 32 | event->stack;
	uint32_t path[MAX_FRAMES], depth = 0, number = event->stack, node;
	uint32_t *known = ut_map_get(&f->stacks, key);

	if (known)
		return *known;
	for (; number && number <= f->header->nframes && depth < MAX_FRAMES; depth++) {
		path[depth] = number;
		number = f->header->frames[number - 1].parent;
	}
	node = process_node(f, event->process);
	while (depth)
		node = frame_node(f, node, &f->header->frames[path[--depth] - 1]);
	ut_map_put(&f->stacks, key, node);
	return node;
}

/* Where the trace has no stack. */
static uint32_t caller_node(struct wr_flame *f, const struct wr_thread *thread,
			    const struct ct_event *event)
{
	uint32_t node = thread->nopen ? thread->open[thread->nopen - 1].node
				      : process_node(f, event->process);

	if (thread->nopen >= MAX_INNER)
		return thread->open[0].node;
	if (event->caller_function)
		return child_of(f, node, event->caller_function, event->lasting);
	if (event->caller_module)
		return child_of(f, node, base_name(event->caller_module), event->lasting);
	return node;
}

/* What the time or the bytes went to. */
static uint32_t leaf_node(struct wr_flame *f, uint32_t function, const struct ct_event *event,
			  const struct wr_detail *detail)
{
	if (!detail)
		return function;
	if (detail->kernel)
		return child_of(f, function, detail->kernel, event->lasting);
	if (detail->direction)
		return child_of(f, function, detail->direction, true);
	return function;
}

/* ---- weights ------------------------------------------------------------------------------- */

static void add(struct wr_flame *f, uint32_t node, uint64_t weight)
{
	uint64_t *sum = &f->nodes[node - 1].weight;

	if (__builtin_add_overflow(*sum, weight, sum))
		*sum = UINT64_MAX;
}

static uint64_t bytes_of(const struct wr_flame *f, const struct wr_detail *detail)
{
	bool moved;

	if (!detail || !detail->effect || !detail->known || !detail->bytes_known)
		return 0;
	moved = detail->effect == WR_COPY || detail->effect == WR_SET;
	if (f->weight == WR_WEIGHT_BYTES)
		return moved ? detail->bytes : 0;
	return detail->effect == WR_ALLOC ? detail->bytes : 0;
}

/* Of its time a call has what calls within it have not. */
static void end_calls(struct wr_flame *f, struct wr_thread *thread, uint64_t now)
{
	const struct wr_open *ended;

	while ((ended = wr_thread_ended(thread, now))) {
		uint64_t all = ended->end_ns - ended->start_ns;

		if (f->weight == WR_WEIGHT_TIME && all > ended->inner_ns)
			add(f, ended->node, all - ended->inner_ns);
	}
}

void wr_flame_begin(struct wr_flame *flame, const struct wr_target *target,
		    const struct ct_header *header)
{
	*flame = (struct wr_flame){ .header = header, .weight = target->weight };
	flame->processes = ut_xcalloc(header->nprocesses + 1, sizeof(*flame->processes));
}

void wr_flame_add(struct wr_flame *flame, const struct ct_event *event,
		  const struct wr_detail *detail)
{
	struct wr_thread *thread = wr_threads_get(&flame->threads, event);
	uint32_t node;

	end_calls(flame, thread, event->start_ns);
	if (event->type != CT_EVENT_CALL)
		return;
	node = event->stack ? stack_node(flame, event) : caller_node(flame, thread, event);
	node = child_of(flame, node, event->name, event->lasting);
	node = leaf_node(flame, node, event, detail);
	wr_thread_begin(thread, event, node);
	if (flame->weight == WR_WEIGHT_CALLS)
		add(flame, node, 1);
	else if (flame->weight != WR_WEIGHT_TIME)
		add(flame, node, bytes_of(flame, detail));
}

void wr_flame_finish(struct wr_flame *flame)
{
	for (size_t i = 0; i < flame->threads.count; i++)
		end_calls(flame, &flame->threads.list[i], UINT64_MAX);
}

void wr_flame_free(struct wr_flame *flame)
{
	wr_intern_free(&flame->names);
	free(flame->texts);
	free(flame->nodes);
	ut_map_free(&flame->children);
	ut_map_free(&flame->stacks);
	wr_threads_free(&flame->threads);
	free(flame->processes);
}
