/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the JSON form: the stacks. */
#ifndef READER_JSON_FRAMES_H
#define READER_JSON_FRAMES_H

#include <cjson/cJSON.h>

#include "reader/trace.h"

/* Fills in the header's frames from the object `stackFrames`, which may be missing. */
void rd_json_frames(struct rd_trace *trace, const cJSON *object);

/* The number of a frame that there is, else 0. */
uint32_t rd_json_frame(const struct rd_trace *trace, uint64_t number);

#endif
