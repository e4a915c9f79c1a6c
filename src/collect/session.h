/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session folder: where it lies, how it is made, and how the file `session` in it is mapped.
 * See trace_format.h for what it holds.
 */
#ifndef COLLECT_SESSION_H
#define COLLECT_SESSION_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "curtrace/trace_format.h"

#define COL_RING_BYTES_DEFAULT (256u << 10)
#define COL_RING_BYTES_MIN     (4u << 10)
#define COL_RING_BYTES_MAX     (1u << 30)

struct col_settings {
	enum ctr_overflow overflow;
	uint32_t ring_bytes;  /* 0: the default */
	uint64_t total_bytes; /* 0: what half of the folder's free space gives, at most 1 GiB */
	uint64_t block_timeout_ns; /* 0: the default */
};

struct col_session {
	char path[PATH_MAX]; /* of the folder, absolute */
	int dirfd;
	int lockfd; /* of the file `session`; an exclusive flock says that a collector is at work */
	struct ctr_session *shared;
	size_t map_size;
	struct ctr_process *slots;
	uint32_t nslots;
	bool created; /* by us: ours to remove */
};

/*
 * Makes a folder of mode 0700 below the first of $XDG_RUNTIME_DIR/curtrace, /dev/shm/curtrace-UID,
 * $TMPDIR/curtrace-UID (or /tmp/...) that has room, fills in the settings, takes the lock and sets
 * the state to RECORDING. Returns 0 or a negative errno; then `path` says where the last try was.
 */
int col_session_create(struct col_session *s, const struct col_settings *settings);

/*
 * Opens the folder that another process made, for reading what it left. -EBUSY: a collector is at
 * work there. -EPROTO: not a session, or of another version.
 */
int col_session_open(struct col_session *s, const char *path);

void col_session_set_state(struct col_session *s, enum ctr_session_state state);

/* Bytes of a file of the folder, or -1. */
long long col_session_file_size(const struct col_session *s, const char *name);

/* Unmaps and unlocks. A session made here is removed too if `remove` says so. */
void col_session_close(struct col_session *s, bool remove);

#endif
