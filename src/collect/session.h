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
	uint64_t block_timeout_ns;      /* 0: the default */
	uint32_t stack_depth;           /* most frames of a call's stack; 0: none are recorded */
	const uint8_t *stack_functions; /* a bit for each function whose calls have stacks */
	bool kernel_args; /* launches are recorded with the values of the kernel's parameters */
	const struct col_selection *selection; /* NULL: everything is recorded */
	const struct col_inject *inject;       /* NULL: nothing is injected */
	const struct col_triggers *triggers;   /* NULL: nothing makes a trace before the end */
	uint64_t flight_ns;                    /* the trace is of the newest alone; 0: of all */
	const char *layers;   /* "runtime,driver", for the trace's header; NULL: not said */
	uint64_t delay_ns;    /* recording is off for so long at first */
	uint64_t duration_ns; /* and off again so long after it was first on; 0: it stays on */
	bool start_off;       /* off until somebody asks for it */
	bool ranges;          /* on between cudaProfilerStart and cudaProfilerStop alone */
	const char *range;    /* or in NVTX's ranges of that name, see ctr_switches.range */
};

struct col_session {
	char path[PATH_MAX]; /* of the folder, absolute */
	int dirfd;
	int lockfd; /* of the file `session`; an exclusive flock says that a collector is at work */
	struct ctr_session *shared;
	size_t map_size;
	struct col_guard *guard;
	struct ctr_process *slots;
	uint32_t nslots;
	struct ctr_switches *switches; /* NULL: the session has none */
	bool created;                  /* by us: ours to remove */
	uint32_t stack_depth;          /* as in the settings */
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

/*
 * The same while its processes go on, and nobody is kept out. Where a collector is at work only
 * what it leaves alone can be read: -EBUSY if that is nothing, for it drains the rings.
 */
int col_session_open_live(struct col_session *s, const char *path);

/* A slot of the table; NULL where there is none yet. */
const struct ctr_process *col_session_slot(const struct col_session *s, uint32_t index);

void col_session_set_state(struct col_session *s, enum ctr_session_state state);

/* Bytes of a file of the folder, or -1. */
long long col_session_file_size(const struct col_session *s, const char *name);

/* Unmaps and unlocks. A session made here is removed too if `remove` says so. */
void col_session_close(struct col_session *s, bool remove);

#endif
