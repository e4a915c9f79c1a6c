/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions: what the keys in call records mean. Slow paths only. */
#ifndef RECORD_DEFINE_H
#define RECORD_DEFINE_H

#include <stddef.h>
#include <stdint.h>

#include "curtrace/trace_format.h"

/* Text comes in pieces, as names may be longer than any buffer. */
struct rec_piece {
	const char *text;
	size_t size;
};

#define REC_DEFINE_PIECES 4

/*
 * The pieces together are "name=value" lines. A definition that cannot be written is counted in the
 * process's slot. At most REC_DEFINE_PIECES.
 */
void rec_define(enum ctr_def_kind kind, uint64_t key, const struct rec_piece *pieces,
		unsigned int npieces);

/* A stream (CTR_DEF_STREAM). They are made often: in a call it costs no more than a record. */
void rec_define_stream(uint64_t key, int device, unsigned int flags, int priority);

#endif
