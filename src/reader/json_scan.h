/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the JSON form: calls in the very form in which the project's writer puts them. */
#ifndef READER_JSON_SCAN_H
#define READER_JSON_SCAN_H

#include "reader/json_call.h"

#define RD_SCAN_MEMBERS 96
/* So many bytes behind the line may be read (and mean nothing). */
#define RD_SCAN_MARGIN 64

struct rd_scan {
	struct rd_json_call call;
	struct rd_member members[RD_SCAN_MEMBERS];
};

/*
 * Takes a line apart, which ends with a NUL at `line[length]`. False if it has another form, be it
 * as sound as this one: then it is unchanged. If true, the line's strings are made ones of C, and
 * the scan points into it.
 */
bool rd_scan_call(char *line, size_t length, struct rd_scan *scan);

#endif
