/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the traced process and the tools share: the layout of a session folder, of the rings in it,
 * of records and definitions, and of the native trace (.ctr) made from them.
 *
 * A session folder holds
 *	session			struct ctr_session + process slots, mapped by every traced process
 *	api			text: one line per function and enumeration (see ctr_api below)
 *	ring.P.S.E.N		struct ctr_ring + cells: process P, started at S (clock ticks since
 *				boot), after E execs, ring number N
 *	defs.P.S.E		struct ctr_def records, appended with write(2)
 *	maps.P.S.E		copy of /proc/P/maps, written at first call and at exit
 *	spool.ctr		the collector's native trace while it runs
 *
 * Version policy: a reader accepts files whose major version equals its own and whose minor is not
 * above; the minor grows when a field is added in reserved space or a new chunk or definition kind
 * appears (unknown kinds are skipped by size), the major when anything else changes. All integers
 * are little endian, as is every machine that runs CUDA.
 */
#ifndef CURTRACE_TRACE_FORMAT_H
#define CURTRACE_TRACE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define CTR_VERSION_MAJOR 1
#define CTR_VERSION_MINOR 0

#define CTR_SESSION_MAGIC 0x314e4f4953534543ull /* "CESSION1" */
#define CTR_RING_MAGIC    0x31474e4952525443ull /* "CTRRING1" */
#define CTR_FILE_MAGIC    0x3143415254525443ull /* "CTRTRAC1" */

#define CTR_CACHE_LINE       64
#define CTR_RING_HEADER_SIZE 4096

/* ---- clock ------------------------------------------------------------------------------- */

/* What `start` and `end` of a cell count. */
enum ctr_clock {
	CTR_CLOCK_NONE = 0,
	CTR_CLOCK_TSC = 1,      /* the CPU's counter; the kernel's clocksource is tsc */
	CTR_CLOCK_MONOTONIC = 2 /* CLOCK_MONOTONIC in ns */
};

/* The same instant on three clocks; two of them give the counter's rate. */
struct ctr_clock_sample {
	uint64_t counter;
	uint64_t monotonic_ns;
	uint64_t realtime_ns;
};

/* ---- session ----------------------------------------------------------------------------- */

enum ctr_overflow {
	CTR_OVERFLOW_BLOCK = 0,    /* wait for the collector, at most block_timeout_ns */
	CTR_OVERFLOW_DROP = 1,     /* count the call and go on */
	CTR_OVERFLOW_OVERWRITE = 2 /* flight recorder: the newest cells win */
};

enum ctr_session_state {
	CTR_SESSION_OFF = 1,
	CTR_SESSION_RECORDING = 2,
	CTR_SESSION_ENDED = 3
};

#define CTR_PROCESS_SLOTS 1024

/* Life of a process slot; a slot is never reused within a session. */
enum ctr_process_state {
	CTR_PROCESS_FREE = 0,
	CTR_PROCESS_CLAIMED = 1, /* being filled in */
	CTR_PROCESS_LIVE = 2,    /* opened the session */
	CTR_PROCESS_EXITED = 3   /* ran its exit handler; a killed one stays LIVE */
};

/*
 * One traced process (one image between two execs). Written by that process alone, but for the
 * claim by compare-and-swap of `state`. Losses that have no ring to be counted in are counted here.
 */
struct ctr_process {
	uint32_t state; /* enum ctr_process_state, stored last with release */
	uint32_t pid;
	uint32_t parent_pid;
	uint32_t exec_count;
	uint64_t start_time; /* field 22 of /proc/PID/stat */
	uint32_t ring_count; /* highest number of a ring + 1; numbers may be missing */
	uint32_t clock;      /* enum ctr_clock */
	struct ctr_clock_sample opened;
	uint64_t lost_no_ring; /* calls of threads that got no ring */
	uint64_t lost_no_room; /* of those: no shared memory left (rest: over the budget) */
	uint64_t lost_defs;    /* definitions that could not be written */
	char comm[16];
	uint8_t reserved[128 - 96];
};

struct ctr_session {
	uint64_t magic;
	uint16_t version_major;
	uint16_t version_minor;
	uint32_t header_size;  /* of this struct: process slots follow */
	uint32_t process_size; /* sizeof(struct ctr_process) */
	uint32_t process_slots;
	/* Settings, fixed by the creator before anyone else maps the file. */
	uint32_t overflow;         /* enum ctr_overflow */
	uint32_t ring_bytes;       /* of cells, a power of two and a multiple of 4096 */
	uint64_t total_bytes;      /* budget of all rings together, 0 = no limit */
	uint64_t block_timeout_ns; /* UINT64_MAX: for ever */
	uint32_t creator_pid;      /* of the collector; 0: a traced process made the session */
	uint32_t clock;            /* enum ctr_clock of `created` */
	struct ctr_clock_sample created;
	uint8_t reserved0[192 - 80];
	/* A line of its own: read by every process when it (re)opens the session. */
	uint32_t state; /* enum ctr_session_state */
	uint32_t reserved1[15];
	/* A line of its own: added to by every process when it makes a ring. */
	uint64_t bytes_used;
	uint64_t reserved2[7];
	/* A line of its own: claims of process slots. */
	uint32_t processes; /* slots claimed so far; may pass process_slots */
	uint32_t reserved3[15];
	uint64_t lost_no_slot; /* calls of processes that found no slot */
	uint64_t reserved4[7];
};

#define CTR_SESSION_FILE_SIZE \
	(sizeof(struct ctr_session) + CTR_PROCESS_SLOTS * sizeof(struct ctr_process))

/* ---- rings ------------------------------------------------------------------------------- */

#define CTR_CELL_SIZE 64

/*
 * One call (or control record) is a run of `ncells` consecutive cells; only the first has this
 * head. The payload starts behind the head and runs on over the following cells without a break
 * (a ring's cells are mapped twice in a row, so a run never wraps in the producer's addresses).
 *
 * Life of a record: the producer writes everything but `commit` and the outputs, then moves
 * ctr_ring.head past it with release: from here on the call is *in flight*. When the call has
 * returned it fills in outputs, `result` and `end`, and stores commit = absolute number of the
 * first cell + 1 with release. So a consumer takes the cell at `tail` when commit == tail + 1;
 * at tail < head with any other value it is in flight (older laps leave smaller numbers).
 */
struct ctr_cell {
	uint64_t commit;
	uint64_t start;    /* counter */
	uint64_t end;      /* counter; undefined while in flight */
	uint64_t caller;   /* return address in the program */
	uint16_t function; /* id of cudart.tbl; below CTR_FIRST_FUNCTION: enum ctr_control */
	uint8_t ncells;
	uint8_t flags;  /* CTR_CELL_* */
	int32_t result; /* return value if it is an integer or status, else 0 */
	uint8_t payload[24];
};

#define CTR_CELL_HEAD_SIZE 40
#define CTR_MAX_CELLS      8 /* of one record */

#define CTR_CELL_PER_THREAD 0x01 /* entered by the _ptsz or _ptds name */
#define CTR_CELL_OUTPUTS    0x02 /* outputs and by-reference inputs were filled in */
#define CTR_CELL_WAITED     0x04 /* `start` was taken before a wait for room in the ring */

/* Control records stand in a ring like calls, with result 0 and their own payload. */
enum ctr_control {
	CTR_CONTROL_NONE = 0,
	CTR_CONTROL_THREAD = 1, /* the cells that follow are of this thread */
	CTR_CONTROL_LOSS = 2,   /* calls were lost between the neighbours of this record */
	CTR_CONTROL_THREAD_END = 3
};
#define CTR_FIRST_FUNCTION 16

struct ctr_control_thread { /* payload: 2 cells with the head */
	uint32_t tid;
	uint32_t pid;
	char name[16];
	struct ctr_clock_sample clock;
};

struct ctr_control_loss {   /* payload: 1 cell; its start and end: first and last lost call */
	uint64_t full;      /* calls lost because the ring was full */
	uint64_t reentered; /* calls made by a signal handler while a record was being reserved */
	uint64_t reserved;
};

enum ctr_ring_state {
	CTR_RING_ACTIVE = 1, /* owned by a thread */
	CTR_RING_IDLE = 2    /* its thread ended; another thread of the process may take it over */
};

/* First page of a ring file; ring_bytes of cells follow. Each line has one writer. */
struct ctr_ring {
	uint64_t magic;
	uint16_t version_major;
	uint16_t version_minor;
	uint32_t header_size; /* CTR_RING_HEADER_SIZE */
	uint32_t cell_size;   /* CTR_CELL_SIZE */
	uint32_t ncells;      /* power of two */
	uint32_t pid;
	uint32_t exec_count;
	uint64_t start_time;
	uint32_t number; /* of the ring within its process */
	uint32_t clock;  /* enum ctr_clock */
	/* Producer's line. head is stored with release; the consumer loads it with acquire. */
	uint64_t head __attribute__((aligned(CTR_CACHE_LINE))); /* cells reserved, absolute */
	uint64_t calls;    /* calls that reached the recorder: made */
	uint64_t recorded; /* calls that got cells: made - lost */
	uint64_t lost_full;
	uint64_t lost_reentered;
	uint32_t state; /* enum ctr_ring_state */
	uint32_t tid;   /* of the present owner */
	/* Cells below are of threads that have ended: uncommitted ones remain so. With release. */
	uint64_t settled;
	/*
	 * Consumer's line. tail is stored with release; the producer loads it with acquire.
	 * CTR_OVERFLOW_OVERWRITE: the producer's instead. It moves the tail, always to the
	 * beginning of a record, before it writes over cells below; a consumer loads it again
	 * after it has copied cells.
	 */
	uint64_t tail __attribute__((aligned(CTR_CACHE_LINE))); /* cells taken, absolute */
	uint64_t reserved1[7];
	struct ctr_clock_sample created __attribute__((aligned(CTR_CACHE_LINE)));
};

/* ---- definitions ------------------------------------------------------------------------- */

/*
 * What the call records' keys mean. Appended to defs.P.S.E by the shim with one write(2) each, from
 * slow paths; a torn last one is recognised by its size and checksum. In force from `counter` on,
 * until another definition of the same kind and key.
 * The payload is text, "name=value" lines (UTF-8 not promised, no NUL, values without newlines).
 */
struct ctr_def {
	uint32_t size;     /* of this head and the payload, without padding */
	uint32_t checksum; /* CRC-32 (zlib's) of everything behind this field up to size */
	uint16_t kind;     /* enum ctr_def_kind */
	uint16_t reserved;
	uint32_t tid;
	uint64_t counter;
	uint64_t key;
};

enum ctr_def_kind {
	CTR_DEF_KERNEL = 1,   /* key: a value that a `kernel` argument takes; name= */
	CTR_DEF_DEVICE = 2,   /* key: ordinal; name= totalGlobalMem= computeMajor= … */
	CTR_DEF_STREAM = 3,   /* key: handle; device= priority= flags= id= */
	CTR_DEF_VERSIONS = 4, /* key: 0; runtime= driver= driver_file= */
	CTR_DEF_SYMBOL = 5    /* key: host address of a device variable; name= size= */
};

/* ---- native trace (.ctr) ----------------------------------------------------------------- */

/* A file header, then chunks, appended in the order in which they became known. */
struct ctr_file_header {
	uint64_t magic;
	uint16_t version_major;
	uint16_t version_minor;
	uint32_t header_size;
};

struct ctr_chunk {
	uint32_t kind;     /* enum ctr_chunk_kind */
	uint32_t checksum; /* CRC-32 of the payload */
	uint64_t size;     /* of the payload; chunks are not padded */
};

enum ctr_chunk_kind {
	CTR_CHUNK_HEADER = 1,  /* JSON object: host, command, session settings, clock base, … */
	CTR_CHUNK_API = 2,     /* the session's `api` text */
	CTR_CHUNK_PROCESS = 3, /* JSON object, see the collector: pid, start time, name, … */
	CTR_CHUNK_CELLS = 4,   /* struct ctr_chunk_cells, then whole records as in the ring */
	CTR_CHUNK_DEFS = 5,    /* struct ctr_chunk_defs, then struct ctr_def records, unpadded */
	CTR_CHUNK_CLOCK = 6,   /* struct ctr_clock_sample array, rising */
	CTR_CHUNK_MAPS = 7, /* struct ctr_chunk_defs head, then text in the form of /proc/P/maps */
	CTR_CHUNK_END = 8   /* JSON object: counters by cause, exit status, warnings, … */
};

#define CTR_CELLS_IN_FLIGHT 0x1 /* the chunk's one record never committed: no end, no result */

struct ctr_chunk_cells {
	uint32_t process; /* index of the process: n-th CTR_CHUNK_PROCESS of the file, from 0 */
	uint32_t ring;    /* ring number within the process */
	uint64_t first;   /* absolute number of the first cell */
	uint32_t flags;   /* CTR_CELLS_* */
	uint32_t clock;   /* enum ctr_clock of these cells */
};

struct ctr_chunk_defs {
	uint32_t process;
	uint32_t reserved;
};

/* Largest payload a reader accepts, so that a corrupt size cannot exhaust memory. */
#define CTR_CHUNK_MAX_SIZE (64u << 20)

#define CTR_ASSERT_SIZE(type, size)            \
	_Static_assert(sizeof(type) == (size), \
		       #type " is part of the format: do not change its size")
CTR_ASSERT_SIZE(struct ctr_clock_sample, 24);
CTR_ASSERT_SIZE(struct ctr_process, 128);
CTR_ASSERT_SIZE(struct ctr_session, 448);
CTR_ASSERT_SIZE(struct ctr_cell, CTR_CELL_SIZE);
CTR_ASSERT_SIZE(struct ctr_control_thread, 48);
CTR_ASSERT_SIZE(struct ctr_control_loss, 24);
CTR_ASSERT_SIZE(struct ctr_def, 32);
CTR_ASSERT_SIZE(struct ctr_file_header, 16);
CTR_ASSERT_SIZE(struct ctr_chunk, 16);
CTR_ASSERT_SIZE(struct ctr_chunk_cells, 24);
_Static_assert(sizeof(struct ctr_ring) <= CTR_RING_HEADER_SIZE, "ring header fits its page");
_Static_assert(offsetof(struct ctr_cell, payload) == CTR_CELL_HEAD_SIZE, "head size");

#endif
