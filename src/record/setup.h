/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the recorder asks of whoever puts it into a library (src/shim, or a test): where to record,
 * and what to do once it does. The recorder itself reads no environment variable.
 */
#ifndef RECORD_SETUP_H
#define RECORD_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REC_FLIGHT_FOLDERS 4

struct rec_setup {
	bool off;            /* record nothing */
	const char *session; /* folder of an existing session; NULL: make one */
	/* Where to make one: absolute, tried in order; the first free NULL ends the list. */
	const char *flight_folders[REC_FLIGHT_FOLDERS];
	bool flight_idle;            /* recording is off until somebody asks for it */
	uint32_t flight_ring_bytes;  /* 0: the default */
	uint64_t flight_total_bytes; /* 0: the default */
	const char *api;             /* the session's `api` text */
	size_t api_size;
};

/*
 * Fills in the setup (all zero on entry). Called with signals blocked and the session lock held
 * when the process makes its first call, and again in a child that makes one. What the pointers
 * lead to stays valid for ever. Must not call anything of the recorder.
 */
void rec_host_setup(struct rec_setup *setup);

/*
 * The session has been opened, and definitions can be written; `again`: in a process that was
 * forked from one that had opened it. Called without locks, in the thread that caused it,
 * before its call is recorded.
 */
void rec_host_opened(bool again);

#endif
