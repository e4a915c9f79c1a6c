/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the JSON writer: its state. */
#ifndef WRITE_JSON_INTERNAL_H
#define WRITE_JSON_INTERNAL_H

#include "util/format.h"
#include "util/map.h"
#include "write/json.h"
#include "write/json_out.h"
#include "write/json_texts.h"

/* Calls of a thread that contain each other, so deep, are kept within each other. */
#define WR_NESTING 64

struct wr_thread {
	uint32_t pid, tid;
	uint32_t length;
	uint32_t nopen;
	uint64_t open_ends[WR_NESTING]; /* of the calls that have not ended when the last began */
	char place[64]; /* ,"pid":1,"tid":2,"ts": of a constant size: copying it is a few stores */
};

/* How a number below a thousand is written. */
struct wr_digits {
	char padded[4]; /* 007 */
	char plain[4];  /* 7; the last byte: how many digits these are */
};

struct wr_started;

struct wr_json {
	struct wr_out out;
	uint64_t base_ns;     /* what `ts` counts from */
	uint64_t named;       /* threads that got their name so far */
	uint32_t own_letters; /* bit c - 'a': one of our own keys begins with c */
	bool has_events;
	/* Of the last call: a number that counts up. */
	char correlation[24];
	size_t correlation_length;
	/* Of the last time: all but its last eight digits. */
	uint64_t time_head; /* 0: none */
	char time_text[UT_FORMAT_MAX];
	size_t time_length;
	struct wr_texts *texts;
	struct ut_map thread_index; /* pid << 32 | tid -> number in threads */
	struct wr_thread *threads;
	size_t nthreads, threads_capacity;
	struct wr_started *started; /* NVTX's ranges that have not ended */
	size_t nstarted, started_capacity;
	uint32_t recent[64]; /* numbers in threads, by tid */
	struct wr_digits digits[1000];
};

/* Begins a line of traceEvents. */
void wr_json_line(struct wr_json *json);

/* No viewer takes 0 for a process or a thread, and it is never one of the system's. */
#define WR_NO_ID 0x7fffffffu
static inline uint32_t wr_json_id(uint32_t id)
{
	return id ? id : WR_NO_ID;
}

/* json_thread.c: the thread that an event is of. */
struct wr_thread *wr_json_thread(struct wr_json *json, const struct ct_event *event);
/* When the call is to end in the file, so that calls of the thread nest. */
uint64_t wr_json_nest(struct wr_thread *thread, uint64_t start_ns, uint64_t end_ns);
void wr_json_threads_free(struct wr_json *json);

/* json_call.c, json_put.c */
void wr_json_call(struct wr_json *json, const struct ct_event *event);
void wr_json_call_begin(struct wr_json *json);
/* The members of `args` that tell of the call itself, each with a comma behind it. */
void wr_json_details(struct wr_json *json, const struct ct_event *event);

/* json_range.c: calls of NVTX. Some are told by the lines of others. */
bool wr_json_is_told(const struct ct_event *event);
void wr_json_range(struct wr_json *json, const struct ct_event *event);
void wr_json_ranges_free(struct wr_json *json);

#endif
