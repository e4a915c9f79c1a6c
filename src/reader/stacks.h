/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stacks of a native trace as the tree of frames that ct_header.frames is: stacks that begin
 * alike at the bottom share their frames.
 */
#ifndef READER_STACKS_H
#define READER_STACKS_H

#include <stddef.h>
#include <stdint.h>

#include "curtrace/event.h"
#include "reader/places.h"
#include "util/map.h"

struct rd_stacks {             /* all zero: none */
	struct ut_map known;   /* process and number of the first word -> innermost frame */
	struct ut_map nodes;   /* hash of a frame and its place in the tree -> the frame */
	uint32_t *processes;   /* of the frames, beside the list */
	struct ct_frame *list; /* frame n is list[n - 1] */
	size_t count, capacity, processes_capacity;
};

/* The words of a process from number `first` on. False: they cannot be. */
bool rd_stacks_add(struct rd_stacks *stacks, uint32_t process, uint64_t first,
		   const uint64_t *words, size_t n);

/* When everything was added: what lies at the addresses of a process's frames. */
void rd_stacks_name(struct rd_stacks *stacks, uint32_t process, struct rd_places *places);

/* The innermost frame of a stack; 0: it is not in the trace. */
uint32_t rd_stacks_find(const struct rd_stacks *stacks, uint32_t process, uint64_t number);

void rd_stacks_free(struct rd_stacks *stacks);

#endif
