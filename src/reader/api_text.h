/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `api` text by which a session and a trace describe the functions in them (grammar:
 * src/api/README.md). Parsed leniently: lines, kinds and flags of a later version are passed
 * over, so that an old tool still reads what it can.
 */
#ifndef READER_API_TEXT_H
#define READER_API_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curtrace/event.h"
#include "util/selector.h"

struct rd_enumerator {
	int64_t value;
	const char *name;
};

struct rd_enum {
	const char *name;
	size_t count;
	struct rd_enumerator *by_value; /* sorted; of equal values the first of the text is first */
	struct rd_enumerator *by_bits;  /* most bits first: how a set of flags is taken apart */
};

struct rd_param {
	const char *name;
	const char *type; /* NAME of enum/NAME, flags/NAME, handle/NAME; else "" */
	enum ct_kind kind;
	enum ct_direction direction;
	unsigned int offset; /* into the payload of the record */
	unsigned int size;
	const struct rd_enum *values; /* of enum/NAME and flags/NAME, or NULL */
};

#define RD_FUNCTION_PTSZ   0x1 /* has a twin name_ptsz */
#define RD_FUNCTION_PTDS   0x2 /* has a twin name_ptds */
#define RD_FUNCTION_TODO   0x4 /* not implemented: answers cudaErrorNotSupported */
#define RD_FUNCTION_ANSWER 0x8 /* its result is what was asked for, never its own failure */

struct rd_function {
	unsigned int id;
	enum ct_layer layer;
	const char *name;
	const char *symbol; /* exported name: the same, but for ABIs that have one of their own */
	const char *twin;   /* symbol_ptsz or symbol_ptds, or NULL */
	const char *domain;
	unsigned int flags; /* RD_FUNCTION_* */
	unsigned int ncells;
	const char *result_kind;
	bool has_status;                /* result_kind is "status" */
	const struct rd_enum *statuses; /* of its layer, or NULL */
	const char *success;            /* the status 0 */
	unsigned int nexpected;
	int32_t *expected; /* statuses that are answers, not failures */
	unsigned int nparams;
	struct rd_param *params;
};

struct rd_api;

#define RD_ABIS 4 /* that the bits of a cell can tell apart */

/* Parses `length` bytes of text (copied). NULL if it is not an api text of version 1. */
struct rd_api *rd_api_parse(const char *text, size_t length);
void rd_api_free(struct rd_api *api);

/*
 * Whether a result that is not success is an answer that callers ask for (NotReady from a poll, any
 * code from cudaGetLastError) and no failure. False for results that are no status.
 */
bool rd_is_expected(const struct rd_function *function, int32_t status);

/* Of an enum ct_layer: "runtime", "driver", "nvtx". */
const char *rd_layer_name(enum ct_layer layer);

/* What elements of a selection may be about. */
struct ut_selected rd_selected(const struct rd_function *function);

/* All functions, by rising id. */
const struct rd_function *rd_api_functions(const struct rd_api *api, size_t *count);
const struct rd_function *rd_api_function(const struct rd_api *api, unsigned int id);

/* The version of CUDA behind a cell's ABI bits; 0 for the newest, and where the text has none. */
uint32_t rd_api_abi(const struct rd_api *api, unsigned int number);

/* The enumerator of what a function returned (cudaError_t, CUresult), NULL if it has none. */
const char *rd_status_name(const struct rd_function *function, int32_t status);

/* The enumerator of `value`, NULL if it has none. */
const char *rd_enum_name(const struct rd_enum *values, int64_t value);

#endif
