/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the traced process and the tools share: the layout of a session folder, of the rings in it,
 * of records and definitions, and of the native trace (.ctr) made from them.
 *
 * A session folder holds
 *	session			struct ctr_session + process slots, mapped by every traced process
 *	switches		struct ctr_switches, mapped by every traced process
 *	api			text: one line per function and enumeration (see ctr_api below)
 *	ring.P.S.E.N		struct ctr_ring + cells: process P, started at S (clock ticks since
 *				boot), after E execs, ring number N
 *	defs.P.S.E		struct ctr_def records, appended with write(2)
 *	maps.P.S.E		copy of /proc/P/maps, written at first call and at exit
 *	first.P.S.E		the copy of the first call, when there is one of the exit
 *	stacks			struct ctr_stack_settings, if calls are recorded with their stacks
 *	stacks.P.S.E		struct ctr_stacks + words: the stacks of process P
 *	inject			struct ctr_inject, if calls are given faults or delays
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
#define CTR_VERSION_MINOR 5

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

/*
 * The table of process slots begins with CTR_FIRST_SLOTS and grows by a page at a time: a process
 * makes sure that the page of its slot is in the file (fallocate) before it touches it, and sets
 * the page's bit in `slot_pages`. The file is mapped at its full size; behind its end, and in pages
 * whose bit is not set, nothing is touched.
 */
#define CTR_PROCESS_SLOTS 65536
#define CTR_FIRST_SLOTS   1024
#define CTR_SLOT_PAGE     4096

/* Life of a process slot; a slot is never reused within a session. */
enum ctr_process_state {
	CTR_PROCESS_FREE = 0,
	CTR_PROCESS_CLAIMED = 1, /* being filled in */
	CTR_PROCESS_LIVE = 2,    /* opened the session */
	CTR_PROCESS_EXITED = 3   /* ran its exit handler; a killed one stays LIVE */
};

/* Whether a process keeps the stacks that its session asks for. */
enum ctr_stacks_state {
	CTR_STACKS_NONE = 0, /* not asked for */
	CTR_STACKS_KEPT = 1,
	CTR_STACKS_NO_ROOM = 2, /* of the session's folder or of its budget */
	CTR_STACKS_UNSAFE = 3,  /* the kernel does not say what memory can be read */
	CTR_STACKS_CUT_OFF = 4  /* until somebody cut the file off */
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
	uint32_t in_range; /* between cudaProfilerStart and Stop, and counted in ctr_switches */
	uint32_t stacks;   /* enum ctr_stacks_state */
	uint64_t lost_reentered; /* as of a ring, in a child forked while a record was reserved */
	uint32_t pid_namespace;  /* inode of /proc/self/ns/pid: the world that `pid` is of; or 0 */
	uint32_t broken_rings;   /* rings whose files were cut off under the process */
	uint32_t injected;       /* calls that were answered with an error in the driver's place */
	uint32_t delayed;        /* others that were held up, as was asked for */
};

/* What records are to hold besides. */
#define CTR_SESSION_KERNEL_ARGS 0x1

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
	uint32_t options; /* CTR_SESSION_* */
	uint8_t reserved0[192 - 84];
	/* A line of its own: read by every process when it (re)opens the session. */
	uint32_t state; /* enum ctr_session_state */
	uint32_t reserved1[15];
	/* A line of its own: added to by every process when it makes a ring. */
	uint64_t bytes_used;
	uint64_t reserved2[7];
	/* A line of its own: claims of process slots. */
	uint32_t processes; /* slots claimed so far; may pass process_slots */
	uint32_t reserved3[15];
	uint64_t lost_no_slot;    /* calls of processes that found no slot */
	uint64_t lost_no_session; /* calls of processes that could not open the session */
	uint64_t reserved4[6];
	uint64_t slot_pages[CTR_PROCESS_SLOTS / (CTR_SLOT_PAGE / sizeof(struct ctr_process)) / 64];
	uint8_t reserved5[4096 - 704];
};

/* What is mapped; and what the file has at the beginning. */
#define CTR_SESSION_MAP_SIZE \
	(sizeof(struct ctr_session) + CTR_PROCESS_SLOTS * sizeof(struct ctr_process))
#define CTR_SESSION_FILE_SIZE \
	(sizeof(struct ctr_session) + CTR_FIRST_SLOTS * sizeof(struct ctr_process))

/* ---- switches ---------------------------------------------------------------------------- */

#define CTR_SWITCHES_MAGIC   0x3157534854495743ull /* "CWITHSW1" */
#define CTR_SWITCH_FUNCTIONS 2048                  /* ids below it have a gate */
#define CTR_SWITCH_CHANGES   64                    /* of which the last are kept */

/* What an entry point does, by one look at the byte of its id. */
enum ctr_gate {
	CTR_GATE_UNDECIDED = 0, /* never in the file: a process has not opened its session */
	CTR_GATE_OFF = 1,
	CTR_GATE_ON = 2
};

/*
 * ctr_switches.state: why recording is off, each reason a bit that its owner sets and clears.
 * Recording is on when there is none and, with CTR_SWITCH_RANGES, the upper half of the word is
 * not 0: it counts the processes that are in a range.
 */
#define CTR_SWITCH_DELAY      0x01 /* the collector: --delay is not over */
#define CTR_SWITCH_DURATION   0x02 /* the collector: --duration is over */
#define CTR_SWITCH_ASKED      0x04 /* a person's request */
#define CTR_SWITCH_ENDED      0x08 /* nobody collects any more */
#define CTR_SWITCH_REASONS    0xffff
#define CTR_SWITCH_RANGES     0x10000 /* only in ranges: see ctr_switches.range */
#define CTR_SWITCH_RANGE_UNIT (1ull << 32)
#define CTR_RANGE_NAME        256

struct ctr_switch_change {
	uint64_t monotonic_ns;
	uint32_t pid;    /* whose doing it was */
	uint32_t number; /* of the change, from 1, shifted left by 1; the lowest bit: on. Last. */
};

/*
 * One page for all processes of a session: its gates are what the entry points test, so that
 * whoever changes them switches every process at once. A gate is ON if recording is on and its
 * function is not in `left_out`. switches.h changes `state` and lets the gates follow.
 */
struct ctr_switches {
	uint8_t gate[CTR_SWITCH_FUNCTIONS];         /* enum ctr_gate, by function id */
	uint8_t left_out[CTR_SWITCH_FUNCTIONS / 8]; /* bit id % 8 of byte id / 8; fixed */
	uint64_t magic;
	uint64_t initial; /* the first `state` */
	uint64_t state;
	uint64_t changes; /* of on to off and back, so far */
	uint64_t reserved0[4];
	struct ctr_switch_change change[CTR_SWITCH_CHANGES]; /* the n-th (from 1) at n % CHANGES */
	/*
	 * With CTR_SWITCH_RANGES: "", between cudaProfilerStart and cudaProfilerStop; else in
	 * NVTX's ranges of that name: MESSAGE or DOMAIN/MESSAGE, a * at the end for any rest.
	 * Fixed, and ends in a NUL.
	 */
	char range[CTR_RANGE_NAME];
	uint8_t reserved1[704 - CTR_RANGE_NAME];
};

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
	int32_t result; /* return value if an integer or status, else 0; undefined in flight */
	uint8_t payload[24];
};

#define CTR_CELL_HEAD_SIZE 40
#define CTR_MAX_CELLS      8 /* of one record */

#define CTR_CELL_PER_THREAD  0x01 /* entered by the _ptsz or _ptds name */
#define CTR_CELL_OUTPUTS     0x02 /* outputs and by-reference inputs were filled in */
#define CTR_CELL_WAITED      0x04 /* `start` was taken before a wait for room in the ring */
#define CTR_CELL_ABI         0x18 /* which version's entry point, as the `a` lines of api count */
#define CTR_CELL_ABI_SHIFT   3
#define CTR_CELL_STACK       0x20 /* the record's last cell is a struct ctr_cell_stack */
#define CTR_CELL_LEFT        0x40 /* left by a jump (longjmp, exception): no outputs, no result */
#define CTR_CELL_KERNEL_ARGS 0x80 /* a struct ctr_kernel_args is behind the function's own cells */

/* One more cell than the function's records have: how the call came about. */
struct ctr_cell_stack {
	uint64_t stack;    /* where it begins: number of a word, see struct ctr_stacks; 0: none */
	uint32_t injected; /* CTR_INJECTED_* */
	uint32_t reserved0;
	uint64_t reserved[6];
};

#define CTR_INJECTED_ERROR 0x1 /* the result is a rule's: the call was not carried out */
#define CTR_INJECTED_DELAY 0x2 /* its time is a rule's for a part */

/*
 * The values that a launched kernel's parameters had. The sizes of `listed` parameters, the first
 * ones, follow as 16-bit numbers; behind them, from the next multiple of 8 on, `bytes` of their
 * values, one behind the other without a gap.
 */
struct ctr_kernel_args {
	uint16_t count;  /* of the kernel's parameters */
	uint16_t listed; /* of those */
	uint16_t bytes;  /* less than the listed ones have: there was no room for the last values */
	uint16_t reserved;
};

/* Control records stand in a ring like calls, with result 0 and their own payload. */
enum ctr_control {
	CTR_CONTROL_NONE = 0,
	CTR_CONTROL_THREAD = 1, /* the cells that follow are of this thread */
	CTR_CONTROL_LOSS = 2,   /* calls were lost between the neighbours of this record */
	CTR_CONTROL_THREAD_END = 3,
	CTR_CONTROL_STREAM = 4 /* a stream was made: what a definition would say of it */
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
	uint64_t other;     /* written by collectors; the record's `result`: enum ctr_loss */
};

/* Why calls are missing, where the ring itself cannot tell. */
enum ctr_loss {
	CTR_LOSS_UNKNOWN = 0,
	CTR_LOSS_NO_RING = 1,     /* their threads got no ring */
	CTR_LOSS_TRACE_DISK = 2,  /* the trace could not be written */
	CTR_LOSS_OVERWRITTEN = 3, /* newer ones took their place */
	CTR_LOSS_DAMAGED = 4      /* what held them was written over or cut off */
};

/* The ring that loss records of calls without a ring are put in. */
#define CTR_RING_NONE UINT32_MAX

struct ctr_control_stream { /* payload: 1 cell */
	uint64_t key;       /* the handle, as a definition of CTR_DEF_STREAM has it */
	int32_t device;
	int32_t priority;
	uint32_t flags;
	uint32_t reserved;
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
	uint32_t state;      /* enum ctr_ring_state */
	uint32_t tid;        /* of the present owner */
	uint64_t lost_ended; /* of `calls`: found the ring full when the session was over */
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

/* ---- stacks ------------------------------------------------------------------------------ */

#define CTR_STACKS_MAGIC    0x314b434154535443ull /* "CTSTACK1" */
#define CTR_STACK_FUNCTIONS 2048                  /* ids below it can have stacks */
#define CTR_STACK_MAX_DEPTH 256

/* Fixed by the maker of the session before it is RECORDING. Without the file: no stacks. */
struct ctr_stack_settings {
	uint64_t magic;
	uint32_t depth;                             /* most frames of a stack: the innermost ones */
	uint32_t bytes;                             /* of words, for a process: a power of two */
	uint8_t functions[CTR_STACK_FUNCTIONS / 8]; /* bit id % 8 of byte id / 8 */
};

/*
 * The stacks of a process, each stored once, in words that are never moved or reused: a record
 * names a stack by the number of its first word. That is CTR_STACK_HEAD + the number of frames,
 * stored last with release; the frames' return addresses follow, the caller's first. A frame that
 * a signal interrupted stands there with one more than the address where it goes on, so that
 * address - 1 lies in the call or instruction of every frame. Word 0 is no stack's.
 */
struct ctr_stacks {
	uint64_t magic;
	uint16_t version_major;
	uint16_t version_minor;
	uint32_t header_size; /* CTR_RING_HEADER_SIZE: words follow */
	uint64_t nwords;
	/* Added to by every thread that meets a new stack. */
	uint64_t used __attribute__((aligned(CTR_CACHE_LINE))); /* may pass nwords */
	uint64_t lost; /* calls whose stack found no room */
	uint64_t cut;  /* calls made by a signal handler while a stack was being walked */
};

#define CTR_STACK_HEAD 0x6b63617473000000ull

/* ---- injection --------------------------------------------------------------------------- */

#define CTR_INJECT_MAGIC 0x3154434a4e495443ull /* "CTINJCT1" */
#define CTR_INJECT_RULES 255

/*
 * Calls of a function are counted from 1 in each process, while recording is on. Those that are
 * `first`, `first + step`, ... up to `last` are meant.
 */
struct ctr_inject_rule {
	uint64_t first;
	uint64_t last; /* UINT64_MAX: there is none */
	uint64_t step;
	uint64_t delay_enter_ns;
	uint64_t delay_exit_ns;
	int32_t error; /* what the call answers without having been carried out; 0: it is */
	uint32_t reserved;
};

/* Fixed before the session is RECORDING. Without the file: nothing is injected. */
struct ctr_inject {
	uint64_t magic;
	uint32_t nrules;
	uint32_t reserved;
	uint8_t rule[CTR_SWITCH_FUNCTIONS];     /* number of a function's rule, from 1; 0: none */
	uint16_t counter[CTR_SWITCH_FUNCTIONS]; /* the function by whose id its calls are counted */
	/* Those that are let in for a rule alone: only their injected calls are recorded. */
	uint8_t unselected[CTR_SWITCH_FUNCTIONS / 8];
	struct ctr_inject_rule rules[CTR_INJECT_RULES];
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
	CTR_DEF_KERNEL = 1,    /* key: a value that a `kernel` argument takes; name= */
	CTR_DEF_DEVICE = 2,    /* key: ordinal; name= totalGlobalMem= computeMajor= … */
	CTR_DEF_STREAM = 3,    /* key: handle; device= priority= flags= id= */
	CTR_DEF_VERSIONS = 4,  /* key: 0; runtime= driver= driver_file= */
	CTR_DEF_SYMBOL = 5,    /* key: host address of a device variable; name= size= */
	CTR_DEF_REFERENCE = 6, /* key: host address of what cannot be bound; name= kind= */
	/*
	 * key: a number. An object that brings a CUDA runtime of its own: path= role=
	 * (static-runtime, shared-runtime) covered= (yes: its calls are recorded; no) abi= why=
	 * function= (one that is not known)
	 */
	CTR_DEF_MODULE = 7,
	CTR_DEF_NVTX_DOMAIN = 8,    /* key: its number, 0: of no domain; name= */
	CTR_DEF_NVTX_STRING = 9,    /* key: number of a registered string; name= */
	CTR_DEF_NVTX_CATEGORY = 10, /* key: domain << 32 | category; name= */
	CTR_DEF_THREAD = 11         /* key: tid; name= */
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
	CTR_CHUNK_END = 8,  /* JSON object: counters by cause, exit status, warnings, … */
	CTR_CHUNK_STACKS = 9,   /* struct ctr_chunk_stacks, then words of struct ctr_stacks */
	CTR_CHUNK_SYMBOLS = 10, /* struct ctr_chunk_defs head, then text, see below */
	CTR_CHUNK_PACKED = 11,  /* struct ctr_chunk_cells, then blocks of packed records */
	CTR_CHUNK_TURN = 12     /* struct ctr_chunk_turn: in the spool of `record --flight' alone */
};

/*
 * CTR_CHUNK_SYMBOLS: what lies at the addresses of callers and stacks, one a line, numbers in
 * hexadecimal. Names are as the linker knows them.
 *	m BUILD-ID PATH		a module that holds some of them; BUILD-ID is - if it has none
 *	s ADDRESS OFFSET NAME	a function, and how far behind its beginning the address is
 */

#define CTR_CELLS_IN_FLIGHT 0x1 /* the chunk's one record never committed: no end, no result */

struct ctr_chunk_cells {
	uint32_t process; /* index of the process: n-th CTR_CHUNK_PROCESS of the file, from 0 */
	uint32_t ring;    /* ring number within the process */
	uint64_t first;   /* absolute number of the first cell */
	uint32_t flags;   /* CTR_CELLS_* */
	uint32_t clock;   /* enum ctr_clock of these cells */
};

/*
 * `record --flight' writes its newest records to files in turn, spool.N.ctr in the session. What
 * lasts of one that was given up, all but records, is in spool.ctr, and then this is behind it.
 */
struct ctr_chunk_turn {
	uint64_t turn; /* N */
};

/*
 * CTR_CHUNK_PACKED stands for the CTR_CHUNK_CELLS with the same head. A block holds whole records
 * and refers to no other one; docs/FORMAT.md says how they are packed.
 */
struct ctr_packed_block {
	uint32_t size; /* in bytes, of what follows this head */
	uint32_t ncells;
};
#define CTR_PACKED_CELLS 512 /* of a block, at most */
#define CTR_PACKED_SLOTS 256

/*
 * Bytes of a block's records at most: each has 2 and a bit for each word in front, in which the
 * commit word is not.
 */
#define CTR_PACKED_MAX(ncells) ((size_t)(ncells) * (CTR_CELL_SIZE + 2))

/* The first byte of a packed record; the second is its slot. */
#define CTR_PACKED_NCELLS     0x0f
#define CTR_PACKED_LONG_START 0x40 /* differences that have 8 bytes, not 4 */
#define CTR_PACKED_LONG_END   0x80

#define CTR_CELL_WORDS        (CTR_CELL_SIZE / 8)
#define CTR_PACKED_FIRST_WORD 3 /* commit, start and end are not compared with the record before */

static inline unsigned int ctr_packed_slot(unsigned int function)
{
	return function % CTR_PACKED_SLOTS;
}

struct ctr_chunk_defs {
	uint32_t process;
	uint32_t reserved;
};

struct ctr_chunk_stacks { /* words as in the file of the process follow */
	uint32_t process;
	uint32_t reserved;
	uint64_t first; /* number of the first word */
};

/* Largest payload a reader accepts, so that a corrupt size cannot exhaust memory. */
#define CTR_CHUNK_MAX_SIZE (64u << 20)

#define CTR_ASSERT_SIZE(type, size)            \
	_Static_assert(sizeof(type) == (size), \
		       #type " is part of the format: do not change its size")
CTR_ASSERT_SIZE(struct ctr_clock_sample, 24);
CTR_ASSERT_SIZE(struct ctr_process, 128);
CTR_ASSERT_SIZE(struct ctr_session, 4096);
CTR_ASSERT_SIZE(struct ctr_switch_change, 16);
CTR_ASSERT_SIZE(struct ctr_switches, 4096);
CTR_ASSERT_SIZE(struct ctr_cell, CTR_CELL_SIZE);
CTR_ASSERT_SIZE(struct ctr_control_thread, 48);
CTR_ASSERT_SIZE(struct ctr_control_loss, 24);
CTR_ASSERT_SIZE(struct ctr_control_stream, 24);
CTR_ASSERT_SIZE(struct ctr_cell_stack, CTR_CELL_SIZE);
CTR_ASSERT_SIZE(struct ctr_kernel_args, 8);
CTR_ASSERT_SIZE(struct ctr_stack_settings, 272);
CTR_ASSERT_SIZE(struct ctr_stacks, 128);
CTR_ASSERT_SIZE(struct ctr_inject_rule, 48);
CTR_ASSERT_SIZE(struct ctr_inject, 18656);
CTR_ASSERT_SIZE(struct ctr_def, 32);
CTR_ASSERT_SIZE(struct ctr_file_header, 16);
CTR_ASSERT_SIZE(struct ctr_chunk, 16);
CTR_ASSERT_SIZE(struct ctr_chunk_cells, 24);
CTR_ASSERT_SIZE(struct ctr_chunk_stacks, 16);
CTR_ASSERT_SIZE(struct ctr_packed_block, 8);
_Static_assert(sizeof(struct ctr_ring) <= CTR_RING_HEADER_SIZE, "ring header fits its page");
_Static_assert(offsetof(struct ctr_cell, payload) == CTR_CELL_HEAD_SIZE, "head size");

#endif
