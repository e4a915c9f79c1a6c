/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Redaction: a trace that may be shown to strangers. What is kept is what was called, when, for how
 * long, with which sizes, numbers, enumerators and results, and on what hardware.
 *
 *	names		of kernels, symbols, processes, threads and files, and every other text, are
 *			replaced by keyed hashes: kernel_0123456789ab. The key is random and
 *			forgotten, so that equal names are equal within the trace only.
 *	addresses	become numbers n * 2^40 in the order of their appearance, what lies within
 *			an allocation that one call made keeps its distance from the beginning
 *	host, command	are not there, nor any fact that is not on a list of harmless ones; of
 *			warnings the code is left, of stacks, symbols and memory maps nothing
 */
#ifndef COLLECT_REDACT_H
#define COLLECT_REDACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curtrace/event.h"
#include "util/arena.h"
#include "util/map.h"

#define COL_REDACTED_SIZE 24 /* of a hashed name, with its NUL */

struct col_redact_range {
	uint64_t begin, end;
	uint32_t number; /* 0: not seen yet */
};

struct col_redact {
	uint64_t key[2];
	struct col_redact_range *ranges; /* of allocations, rising, apart from each other */
	size_t nranges, capacity;
	struct ut_map numbers; /* of other addresses */
	uint32_t next;
	struct ut_arena header, scratch; /* strings of what was handed out */
};

/* Reads the trace once, for its allocations. False, with one line in `why`. */
bool col_redact_begin(struct col_redact *r, const char *path, char *why, size_t size);
void col_redact_free(struct col_redact *r);

/* A small number, as that of the default stream, is no address and stays. */
uint64_t col_redact_address(struct col_redact *r, uint64_t address);

/* "kernel_0123456789ab" */
void col_redact_name(const struct col_redact *r, const char *what, const char *name, size_t length,
		     char out[COL_REDACTED_SIZE]);

/* A fact with this name and this value may be shown. */
bool col_redact_keeps(const char *name, const char *value);

/* Copies, valid until col_redact_free; of the event until the next one. */
void col_redact_header(struct col_redact *r, const struct ct_header *from, struct ct_header *to);
void col_redact_event(struct col_redact *r, const struct ct_event *from, struct ct_event *to);

/* redact_native.c: writes the native trace `path` into the empty file `fd` in `folder`. */
bool col_redact_native(const char *path, int fd, const char *folder, char *why, size_t size);

#endif
