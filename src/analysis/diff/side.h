/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One side of a comparison: a run of a program, as a trace or a baseline's summary holds it,
 * reduced to what two runs of one program share.
 */
#ifndef DIFF_SIDE_H
#define DIFF_SIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/effect.h"

/* What phases a lane's calls fall into; boundaries are indices of calls. */
enum df_phase {
	DF_STARTUP = 0, /* before the loop's first iteration */
	DF_WARMUP,      /* iterations that differ yet from the steady one */
	DF_STEADY,
	DF_TEARDOWN,
	DF_PHASES
};

/* A call of a lane; its place in the lane is its index. */
struct df_call {
	uint32_t token;    /* number of the canonical call in the dictionary, from 1 */
	uint32_t shape;    /* number of function and kernel in the dictionary, from 1 */
	uint32_t ordinal;  /* in the trace: ct_event.ordinal, less df_lane.first_ordinal */
	uint32_t duration; /* ns; UINT32_MAX: that or more */
};

struct df_lane {
	uint32_t process; /* role of its process: index into df_side.processes */
	uint32_t thread;  /* number within its process, by first call, from 1 */
	const char *name; /* of the thread; "" if it has none of its own */
	const char *role; /* "python/2 pt_data_worker": what reports call it */
	uint64_t first_ordinal;
	size_t ncalls;
	struct df_call *calls;
	size_t phase[DF_PHASES + 1]; /* calls phase[p] .. phase[p + 1] are of phase p */
	size_t period;               /* of the steady state, calls; 0: none was found */
	uint64_t losses;   /* calls missing in the lane: what touches them has no verdict */
	bool steady_known; /* by a range or steps that were asked for, not guessed */
};

struct df_process {
	const char *name; /* of the program */
	uint32_t pid;     /* in this run */
	int32_t exit_status;
};

/* Of a process, at the end and at the worst. */
struct df_memory {
	uint64_t peak[AN_MEMORIES];        /* bytes */
	uint64_t leaked[AN_MEMORIES];      /* bytes held at the end */
	uint64_t allocations[AN_MEMORIES]; /* count: segments, for an allocator that caches */
	uint64_t frees[AN_MEMORIES];
	uint64_t copied[AN_DIRECTIONS]; /* bytes */
	uint64_t copies[AN_DIRECTIONS]; /* count */
	uint64_t pageable_async;        /* asynchronous copies from or to pageable memory */
};

/* What must be equal for two sides to be compared, by level. NULL: not known. */
struct df_environment {
	const char *gpus; /* "NVIDIA H200 x 2" */
	const char *driver;
	const char *runtime; /* version that the program asked for */
	const char *curtrace;
	const char *clocks; /* if they were locked, at what */
	const char *layers; /* "runtime,driver": by which interfaces calls were recorded */
};

struct df_dictionary;

struct df_side {
	const char *path; /* of the trace or baseline */
	const char *command;
	const char *source; /* of a foreign trace: "kineto", "nsys"; NULL: curtrace */
	unsigned int lacks; /* CT_LACKS_*: what the trace cannot tell */
	const char *damage; /* where and why the trace stops being sound, or NULL */
	struct df_environment environment;
	bool complete; /* the trace has its end */
	uint64_t lost; /* calls */
	uint64_t in_flight;
	size_t nprocesses;
	struct df_process *processes;
	struct df_memory *memory; /* by process */
	size_t nlanes;
	struct df_lane *lanes;
	bool calls_driver; /* itself, and not by the runtime */
	bool summary;      /* of a baseline: its calls have no durations, `own` is the baseline's */
	struct df_dictionary *dictionary; /* shared by the sides of a comparison; not owned */
	void *own;
};

struct df_load {
	const char *range;              /* `nvtx:NAME`, `cuda-profiler`; NULL: phases are found */
	uint64_t first_step, last_step; /* of the steady state; 0: found */
	bool identities;                /* compare pointers by allocation and offset too */
};

/*
 * NULL, with one line in `why`, if the file cannot be read. Several threads may each load a side
 * with one dictionary.
 */
struct df_side *df_side_load(const char *path, const struct df_load *load,
			     struct df_dictionary *dictionary, char *why, size_t size);
void df_side_free(struct df_side *side);

/* ---- dictionary: canonical calls and shapes, numbered ---------------------------------------- */

struct df_dictionary *df_dictionary_new(void);
void df_dictionary_free(struct df_dictionary *dictionary);
/* The number of what hashes to `hash`, from 1. */
uint32_t df_dictionary_token(struct df_dictionary *dictionary, uint64_t hash);
uint32_t df_dictionary_shape(struct df_dictionary *dictionary, const char *text);
/* "cudaLaunchKernel axpy<float>"; lives as long as the dictionary. */
const char *df_dictionary_shape_text(const struct df_dictionary *dictionary, uint32_t shape);
const char *df_dictionary_shape_function(const struct df_dictionary *dictionary, uint32_t shape);

/* ---- what single calls were ------------------------------------------------------------------ */

/* A call in words: canonical arguments by name, where it was made from. */
struct df_description {
	uint64_t ordinal;  /* asked for */
	uint64_t start_ns; /* of the trace's time; 0: not known */
	const char *text;  /* "cudaMemcpyAsync(dst=device 4 MiB, ...) = cudaSuccess" */
	size_t nargs;
	const char **names, **values; /* canonical */
	const char *result;
	const char *caller; /* "step(int) [train+0x1234]", or NULL */
	const char **stack; /* innermost first, NULL at the end; or NULL */
};

/*
 * Describes the calls with these ordinals (rising): one pass over the trace. The array is as long
 * as `count` and is freed with the side. A side from a baseline knows the text alone.
 */
const struct df_description *df_side_describe(struct df_side *side, const uint64_t *ordinals,
					      size_t count);

#endif
