/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the reader: the facts of a run, which all forms of trace hold as the same JSON. */
#ifndef READER_RUN_INFO_H
#define READER_RUN_INFO_H

#include <cjson/cJSON.h>

#include "reader/trace.h"

/* Host, command, versions, clock, …: the members of `object` that are there. */
void rd_run_parse(struct rd_trace *trace, const cJSON *object);

/* Counters, exit status, warnings. */
void rd_run_parse_counts(struct rd_trace *trace, const cJSON *object);

/* The same of an object that says nothing else that rd_run_parse has taken already. */
void rd_run_parse_end(struct rd_trace *trace, const cJSON *object);

/* A process's identity and counters. */
void rd_process_info_parse(struct rd_trace *trace, const cJSON *object,
			   struct ct_process_info *info);
void rd_process_counts_parse(const cJSON *object, struct ct_process_info *info);

/* What is not known is shown as "?": no text of the header that is always there is NULL. */
void rd_run_finish(struct rd_trace *trace);

#endif
