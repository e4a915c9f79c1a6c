/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Native traces made up for tests, in memory: chunk by chunk, with everything under control. Times
 * count in ns of CLOCK_MONOTONIC unless a test says otherwise; TB_REALTIME is what the wall clock
 * showed at 0.
 *
 *	struct trace_builder b = {0};
 *	tb_begin(&b);
 *	tb_prologue(&b);
 *	tb_process(&b, 100, "app");
 *	tb_cells(&b, 0, 0);
 *	tb_thread(&b, 1000, 101, "main");
 *	tb_call(&b, &(struct tb_call){.function = TB_MALLOC, .start = 2000, .end = 3000}, ...);
 *	tb_cells_end(&b);
 *	tb_end(&b, "{}");
 *	tb_save(&b, path);
 */
#ifndef READER_BUILD_TRACE_H
#define READER_BUILD_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curtrace/trace_format.h"

/* 2025-07-01 00:00:00 UTC */
#define TB_REALTIME 1751328000000000000ull

/* Functions of tb_api_text. */
enum tb_function {
	TB_MALLOC = 16,
	TB_MEMCPY_ASYNC,
	TB_LAUNCH,
	TB_EVENT_QUERY,
	TB_ERROR_NAME,
	TB_SYNCHRONIZE,
	TB_GET_DEVICE,
	TB_STREAM_CREATE,
	TB_MEMCPY_TO_SYMBOL,
	TB_PROFILER_START,
	TB_REGISTER,
	TB_FUNC_NAME,
	TB_ALL_KINDS
};

extern const char tb_api_text[];

struct trace_builder { /* all zero: empty */
	char *data;
	size_t size, capacity;
	size_t chunk;           /* offset of the chunk that is open, 0: none */
	uint64_t cells[64][8];  /* next cell of ring [process][number] */
	uint32_t process, ring; /* of the open chunk of cells */
	uint32_t clock;         /* enum ctr_clock of chunks of cells to come */
	bool packed; /* chunks of cells to come are CTR_CHUNK_PACKED, if that is smaller */
};

struct tb_call {
	uint16_t function;
	uint8_t flags; /* CTR_CELL_* */
	int32_t result;
	uint64_t start, end, caller;
	const void *payload;
	size_t size;
};

void tb_begin(struct trace_builder *b);
void tb_raw(struct trace_builder *b, const void *data, size_t size);

/* A chunk at once; a chunk whose payload is appended with tb_raw. */
void tb_chunk(struct trace_builder *b, uint32_t kind, const void *data, size_t size);
void tb_chunk_begin(struct trace_builder *b, uint32_t kind);
void tb_chunk_end(struct trace_builder *b);
void tb_text(struct trace_builder *b, uint32_t kind, const char *text);

/* Header (clock monotonic), api and two clock samples: at 0 and at 1 s. */
void tb_prologue(struct trace_builder *b);
void tb_process(struct trace_builder *b, uint32_t pid, const char *name);
void tb_clock(struct trace_builder *b, const struct ctr_clock_sample *samples, size_t n);
void tb_def(struct trace_builder *b, uint32_t process, uint16_t kind, uint64_t key,
	    uint64_t counter, const char *text);
void tb_maps(struct trace_builder *b, uint32_t process, const char *text);
void tb_end(struct trace_builder *b, const char *json);

/* A chunk of records. */
void tb_cells(struct trace_builder *b, uint32_t process, uint32_t ring);
void tb_thread(struct trace_builder *b, uint64_t at, uint32_t tid, const char *name);
void tb_loss(struct trace_builder *b, uint64_t first, uint64_t last, uint64_t full,
	     uint64_t reentered);
void tb_call(struct trace_builder *b, const struct tb_call *call);
void tb_cells_end(struct trace_builder *b);
/* A chunk of one call that never returned. */
void tb_in_flight(struct trace_builder *b, uint32_t process, uint32_t ring,
		  const struct tb_call *call);

/*
 * A small run with one of everything: two processes, three threads, nested, failed, expected,
 * unfinished and lost calls, kernels, a symbol, a device, hostile names.
 */
void tb_sample(struct trace_builder *b);

/* Writes the file; 0 or -1. */
int tb_save(const struct trace_builder *b, const char *path);
void tb_free(struct trace_builder *b);

#endif
