/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the writer and the reader of JSON traces agree on beyond the Chrome Trace Event format.
 *
 * A file is a header (an object's members, one a line), the line that ends with CT_JSON_EVENTS,
 * one event a line, and CT_JSON_END. The members that curtrace itself reads back stand in the
 * object `otherData`, whose `tool` is CT_JSON_TOOL. docs/FORMAT.md is the whole of it.
 *
 * A file that carries everything (json=full) has CT_JSON_MORE behind the events, then the line
 * CT_JSON_CHUNKS, the version of the native trace that it was made of, and that trace's chunks.
 *
 * Stacks: the header's object `stackFrames` has a frame under each number, and a call's `sf` is the
 * number of its innermost one. Of a frame, `name`, `category` and `parent` are the format's own;
 * `at` is the place, as `caller` of a call, and `offset` is there if `name` is a function.
 *
 * In `args` of a call the arguments come first, in order; `kernel` and `symbol_name` are the name
 * of what the argument before them holds. An argument that is called like one of
 * CT_JSON_OWN_KEYS has a `_` behind its name, and `stream` is written as CT_JSON_STREAM. A call
 * that was entered by CT_JSON_LAUNCH_ENTRY is named CT_JSON_LAUNCH; `api` is the entry's name, here
 * and where it is not `name`: the _ptsz or _ptds twin, or a driver's ABI (cuMemAlloc_v2). A call
 * that ends, by its thread's number, after the call that contains it ends in the file with that;
 * `overlap_ns` is what was cut off.
 */
#ifndef CURTRACE_JSON_FORMAT_H
#define CURTRACE_JSON_FORMAT_H

#define CT_JSON_TOOL         "curtrace"
#define CT_JSON_EVENTS       "\"traceEvents\": ["
#define CT_JSON_END          "]}"
#define CT_JSON_MORE         "],"
#define CT_JSON_CHUNKS       "\"nativeChunks\": ["
#define CT_JSON_CATEGORY     "cuda_runtime"
#define CT_JSON_DRIVER       "cuda_driver"
#define CT_JSON_RANGE        "user_annotation" /* NVTX: what was pushed */
#define CT_JSON_OPERATOR     "cpu_op"          /* of PyTorch's operators */
#define CT_JSON_NVTX         "nvtx"            /* marks, and ranges that start and end */
#define CT_JSON_CALL_NS      "call_ns"         /* what the call itself took */
#define CT_JSON_POP_NS       "pop_ns"
#define CT_JSON_OPEN         "open" /* the other end is not in the trace */
#define CT_JSON_LOST         "lost calls"
#define CT_JSON_STREAM       "hStream"
#define CT_JSON_LAUNCH       "cudaLaunchKernel"
#define CT_JSON_LAUNCH_ENTRY "__cudaLaunchKernel"
/* Ends a text of which there was more. */
#define CT_JSON_TRUNCATED "\xe2\x80\xa6"

/* In the order of enum ctr_chunk_kind. */
#define CT_JSON_CHUNK_KINDS \
	"", "header", "api", "process", "cells", "defs", "clock", "maps", "end", "stacks", "symbols"

/* What `lacks` names, separated by commas, of a trace that another tool recorded: CT_LACKS_*. */
#define CT_JSON_LACKS \
	"arguments", "results", "calls in flight", "losses", "callers", "wall-clock times"

#define CT_JSON_OWN_KEYS                                                                 \
	"abi", "api", "caller", "caller_function", "correlation", "delayed", "expected", \
		"in_flight", "injected", "internal", "kernel", "overlap_ns", "result",   \
		"result_code", "symbol_name", "waited"

#endif
