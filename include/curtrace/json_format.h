/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the writer and the reader of JSON traces agree on beyond the Chrome Trace Event format.
 *
 * A file is a header (an object's members, one a line), the line that ends with CT_JSON_EVENTS,
 * one event a line, and CT_JSON_END. The members that curtrace itself reads back stand in the
 * object `otherData`, whose `tool` is CT_JSON_TOOL.
 *
 * Stacks: the header's object `stackFrames` has a frame under each number, and a call's `sf` is the
 * number of its innermost one. Of a frame, `name`, `category` and `parent` are the format's own;
 * `at` is the place, as `caller` of a call, and `offset` is there if `name` is a function.
 *
 * In `args` of a call the arguments come first, in order; `kernel` and `symbol_name` are the name
 * of what the argument before them holds. An argument that is called like one of
 * CT_JSON_OWN_KEYS has a `_` behind its name, and `stream` is written as CT_JSON_STREAM.
 */
#ifndef CURTRACE_JSON_FORMAT_H
#define CURTRACE_JSON_FORMAT_H

#define CT_JSON_TOOL     "curtrace"
#define CT_JSON_EVENTS   "\"traceEvents\": ["
#define CT_JSON_END      "]}"
#define CT_JSON_CATEGORY "cuda_runtime"
#define CT_JSON_LOST     "lost calls"
#define CT_JSON_STREAM   "hStream"
/* Ends a text of which there was more. */
#define CT_JSON_TRUNCATED "\xe2\x80\xa6"

#define CT_JSON_OWN_KEYS                                                                   \
	"abi", "api", "caller", "caller_function", "correlation", "expected", "in_flight", \
		"kernel", "result", "result_code", "symbol_name", "waited"

#endif
