/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to the JSON form: a call's line taken apart, by cJSON (json_events.c) or by the scanner
 * (json_scan.c), and what the event is that it stands for. Both ways meet here, so that they can
 * only differ in what they find in the line.
 */
#ifndef READER_JSON_CALL_H
#define READER_JSON_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reader/trace.h"

enum rd_value_kind {
	RD_VALUE_OTHER = 0, /* null, false, an object, … */
	RD_VALUE_TRUE,
	RD_VALUE_NUMBER,
	RD_VALUE_TEXT,
	RD_VALUE_TRIPLE /* three numbers that fit into 32 bits */
};

/* One of `args`; texts end with a NUL and live as long as the event. */
struct rd_member {
	const char *key;
	size_t key_length;
	enum rd_value_kind kind;
	const char *text;
	size_t length;
	double number;
	uint32_t xyz[3];
};

struct rd_json_call {
	enum ct_layer layer;
	const char *name;
	size_t name_length;
	uint32_t pid, tid;
	int64_t ts_ns, dur_ns; /* ts: from the file's base on */
	uint64_t frame;
	const struct rd_member *members;
	size_t nmembers;
};

/* Fills in all but process and thread name. */
void rd_json_call(struct rd_trace *trace, const struct rd_json_call *call, uint64_t base_ns,
		  struct ct_event *event);

/* "0x12"; 0: it is none. */
uint64_t rd_json_range_id(const char *text);

/* What every event has before it is filled in. */
void rd_json_blank(struct ct_event *event);

#endif
