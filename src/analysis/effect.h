/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a call did, in the terms that people ask in: memory taken and given back, bytes moved,
 * kernels launched, waiting. Which function does what is said once, by the `effect=` flag of its
 * row in api/cudart.tbl, and generated from there; here a call's arguments are put into the places
 * of its effect. Known by name, so that a JSON or a foreign trace, which describe no functions, is
 * understood as well.
 */
#ifndef ANALYSIS_EFFECT_H
#define ANALYSIS_EFFECT_H

#include <stdbool.h>
#include <stdint.h>

#include "reader/reader.h"

/* Memory, by who gave it. */
enum an_memory {
	AN_MEMORY_NONE = 0,
	AN_MEMORY_DEVICE,     /* cudaMalloc and its like */
	AN_MEMORY_POOL,       /* cudaMallocAsync, from a pool */
	AN_MEMORY_PINNED,     /* cudaMallocHost, cudaHostAlloc */
	AN_MEMORY_REGISTERED, /* the program's own, pinned by cudaHostRegister */
	AN_MEMORY_MANAGED,    /* cudaMallocManaged */
	AN_MEMORY_ARRAY,      /* arrays and mipmapped arrays: `at` is the handle */
	AN_MEMORY_MAPPED,     /* by the driver's virtual-memory calls */
	AN_MEMORY_IMPORTED,   /* another process's, opened by a handle */
	AN_MEMORY_BORROWED, /* others': module variables, graphics buffers; not taken, only named */
	AN_MEMORIES
};

/* "device", "pool", "pinned", ... */
const char *an_memory_name(enum an_memory memory);

enum an_effect_kind {
	AN_EFFECT_NONE = 0,
	AN_EFFECT_ALLOC,        /* memory, at, bytes (0: not known), pool */
	AN_EFFECT_FREE,         /* memory, at */
	AN_EFFECT_COPY,         /* to, from, bytes, direction, asynchronous, stream */
	AN_EFFECT_SET,          /* to, bytes, asynchronous, stream */
	AN_EFFECT_LAUNCH,       /* kernel, grid, block, shared, stream */
	AN_EFFECT_GRAPH_LAUNCH, /* graph, stream */
	AN_EFFECT_WAIT,         /* the host waits: for `waits_for` */
	AN_EFFECT_CREATE,       /* of `type`: handle */
	AN_EFFECT_DESTROY,      /* of `type`: handle */
	AN_EFFECT_SET_DEVICE,   /* device */
	AN_EFFECT_RESET,        /* everything of the thread's device is gone */
	AN_EFFECTS
};

enum an_direction {
	AN_DIRECTION_UNKNOWN = 0,
	AN_HOST_TO_HOST,
	AN_HOST_TO_DEVICE,
	AN_DEVICE_TO_HOST,
	AN_DEVICE_TO_DEVICE,
	AN_PEER_TO_PEER, /* between two devices */
	AN_BY_ADDRESS,   /* cudaMemcpyDefault: the runtime finds out, an_state_direction too */
	AN_DIRECTIONS
};

/* "host to device", ... */
const char *an_direction_name(enum an_direction direction);

enum an_wait {
	AN_WAIT_DEVICE,
	AN_WAIT_STREAM,
	AN_WAIT_EVENT,
	AN_WAIT_COPY /* a synchronous copy or set */
};

/* What `to` and `from` of a copy or set are. */
enum an_place {
	AN_PLACE_UNKNOWN = 0,
	AN_PLACE_ADDRESS,
	AN_PLACE_ARRAY, /* a handle: its memory has no address */
	AN_PLACE_SYMBOL /* the host's name for a variable of a module: device memory elsewhere */
};

struct an_effect {
	enum an_effect_kind kind;
	enum an_memory memory;
	enum an_direction direction;
	enum an_wait waits_for;
	bool asynchronous;
	bool has_stream; /* the function takes one; 0 is the legacy default stream */
	bool known;      /* false: the call failed or is in flight; only what was passed in holds */
	bool bytes_known;  /* the trace holds enough to know `bytes` */
	uint64_t at;       /* address or array that is allocated or freed */
	uint64_t to, from; /* of a copy or set; arrays too */
	enum an_place to_place, from_place;
	uint64_t bytes;
	uint64_t to_span,
		from_span;      /* from the first byte touched to behind the last; 0: not known */
	uint64_t elements;      /* of a copy with an array, where not bytes but these are counted */
	uint32_t element_bytes; /* of an array that is allocated; 0: not known */
	uint64_t pool;
	uint64_t stream;
	uint64_t handle;   /* created or destroyed, or waited for */
	const char *type;  /* "stream", "event", ... of `handle` */
	int32_t device;    /* -1: the thread's current one */
	int32_t to_device; /* of a peer copy, else -1 */
	int32_t from_device;
	const char *kernel;  /* its name, or NULL */
	uint64_t kernel_key; /* what the call was given, where there is no name */
	uint32_t grid[3], block[3];
	uint64_t shared; /* dynamic shared memory, bytes */
};

/*
 * The effect of a call; kind AN_EFFECT_NONE if it has none of these, or the function is not known:
 * then nothing else is set. A failed call has the kind but not `known`, and what it was given but
 * no outputs. Strings live as long as the event's. Threads may ask at once, each of its own trace.
 */
void an_effect_of(const struct ct_event *event, struct an_effect *effect);

/*
 * What the table knows of a function by its name, NULL: not there. Marks of twins and versions are
 * left off, ours and others': cudaMemcpy_ptds, cudaMemcpy@12, cudaMemcpyAsync_ptsz_v7000.
 */
struct an_function {
	const char *name;
	const char *domain;
	enum an_effect_kind effect;
	bool is_query; /* asks whether something is done (cudaStreamQuery, cudaEventQuery) */
};
const struct an_function *an_function(const char *name);

/* The argument of this name; NULL if the call has none, or its value is not known. */
const struct ct_arg *an_arg(const struct ct_event *event, const char *name);
/* A number or address, however the trace holds it; `otherwise` if `arg` is NULL or is none. */
uint64_t an_arg_u64(const struct ct_arg *arg, uint64_t otherwise);
/* An enumerator's or kernel's name or a text; NULL if it has none. */
const char *an_arg_word(const struct ct_arg *arg);

#endif
