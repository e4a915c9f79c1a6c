/* SPDX-License-Identifier: Apache-2.0 */
/* Making rings. */
#ifndef RECORD_RING_H
#define RECORD_RING_H

#include <stdbool.h>

#include "record/record.h"

enum rec_ring_error {
	REC_RING_OK,
	REC_RING_BUDGET, /* the session's total_bytes are used up */
	REC_RING_NO_ROOM /* the file system, memory or a limit of the program is */
};

/*
 * Makes the ring file with this number and maps it, and sets up `self` for it. The size is the
 * session's, or less when budget or file system run short, down to REC_SHRUNK_RING_BYTES.
 */
enum rec_ring_error rec_ring_make(struct rec_thread *self, uint32_t number);

#endif
