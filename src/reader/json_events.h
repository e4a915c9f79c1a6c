/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the JSON form: one parsed line of traceEvents as an event. */
#ifndef READER_JSON_EVENTS_H
#define READER_JSON_EVENTS_H

#include <cjson/cJSON.h>

#include "reader/trace.h"

/* Fills in all but process and thread name. False if it is not an event to deliver. */
bool rd_json_event(struct rd_trace *trace, const cJSON *line, uint64_t base_ns,
		   struct ct_event *event);

/* The time that begins there, in ns; 0: none does. */
uint64_t rd_json_time(const char *text);

#endif
