/* SPDX-License-Identifier: Apache-2.0 */
/* The modules that callers and stacks lie in, for ct_header.modules: each once. */
#ifndef READER_MODULES_H
#define READER_MODULES_H

#include <cjson/cJSON.h>

#include "reader/trace.h"

/* `build_id`: NULL if it has none. */
void rd_modules_add(struct rd_trace *trace, const char *path, const char *build_id);

/* Takes in those of the text of a CTR_CHUNK_SYMBOLS. */
void rd_modules_take(struct rd_trace *trace, const char *text, size_t length);

/* Takes in the list of a JSON trace. */
void rd_modules_parse(struct rd_trace *trace, const cJSON *list);

#endif
