/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stacks: a frame of the trace is a frame here, by the same number, and a stack has the number of
 * its innermost frame. Each is written when it is needed for the first time.
 */
#include <stdlib.h>

#include "util/xalloc.h"
#include "write/pftrace.h"

/* Stacks are a tree, but a file may say anything. */
#define MAX_DEPTH 1024

static bool test_and_set(uint8_t *bits, uint32_t number)
{
	uint8_t bit = (uint8_t)(1u << number % 8);
	bool was = bits[number / 8] & bit;

	bits[number / 8] |= bit;
	return was;
}

static uint32_t mapping_of(struct pf_trace *w, const char *path)
{
	uint32_t before = w->interned[PF_NAMES_PATH].count;
	uint32_t number = pf_name(w, PF_NAMES_PATH, path, true);
	size_t mapping;

	if (number <= before)
		return number;
	mapping = pb_open(&w->names, PF_INTERNED_MAPPING);
	pb_uint(&w->names, 1, number);
	pb_uint(&w->names, 7, number);
	pb_close(&w->names, mapping);
	return number;
}

static void out_frame(struct pf_trace *w, uint32_t number)
{
	const struct ct_frame *f = &w->header->frames[number - 1];
	uint32_t function = 0, mapping = 0;
	size_t frame;

	if (test_and_set(w->frames, number))
		return;
	if (f->function)
		function = pf_name(w, PF_NAMES_FUNCTION, f->function, true);
	if (f->module)
		mapping = mapping_of(w, f->module);
	frame = pb_open(&w->names, PF_INTERNED_FRAME);
	pb_uint(&w->names, 1, number);
	if (function)
		pb_uint(&w->names, 2, function);
	if (mapping) {
		pb_uint(&w->names, 3, mapping);
		pb_uint(&w->names, 4, f->offset);
	}
	pb_close(&w->names, frame);
}

/* The innermost frame is the last in the message, and the first that we know. */
static void out_stack(struct pf_trace *w, uint32_t innermost)
{
	uint32_t path[MAX_DEPTH], depth = 0, number = innermost;
	size_t stack;

	for (; number && number <= w->header->nframes && depth < MAX_DEPTH; depth++) {
		out_frame(w, number);
		path[depth] = number;
		number = w->header->frames[number - 1].parent;
	}
	stack = pb_open(&w->names, PF_INTERNED_CALLSTACK);
	pb_uint(&w->names, 1, innermost);
	while (depth)
		pb_uint(&w->names, 2, path[--depth]);
	pb_close(&w->names, stack);
}

uint32_t pf_stack(struct pf_trace *w, uint32_t frame)
{
	size_t size = (size_t)w->header->nframes / 8 + 1;

	if (!frame || frame > w->header->nframes)
		return 0;
	if (!w->stacks) {
		w->stacks = ut_xcalloc(1, size);
		w->frames = ut_xcalloc(1, size);
	}
	if (!test_and_set(w->stacks, frame))
		out_stack(w, frame);
	return frame;
}

void pf_stacks_free(struct pf_trace *w)
{
	free(w->stacks);
	free(w->frames);
}
