/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The canonical call: a call in a form that two runs of one program share. What a call's arguments
 * mean is found once, as values that hold no address, id or time; those are compared by a key and
 * shown as text, and neither sees anything but them.
 *
 * Fed with every event of a trace in its order, for what an address or handle means depends on what
 * was before.
 */
#ifndef DIFF_CANON_H
#define DIFF_CANON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/state.h"

enum df_value_kind {
	DF_VALUE_SIGNED = 0, /* n[0] */
	DF_VALUE_UNSIGNED,   /* n[0] */
	DF_VALUE_HEX,        /* n[0] */
	DF_VALUE_REAL,       /* n[0]: a double's bits */
	DF_VALUE_TRIPLE,     /* n */
	DF_VALUE_WORD,       /* word: an enumerator, flags, a kernel, a kind of memory */
	DF_VALUE_TEXT,       /* word, quoted */
	DF_VALUE_MEMORY,     /* word: its kind, n[0] device + 1, n[1] bytes + 1 (0: not known) */
	DF_VALUE_PLACE,      /* the same with n[2]: number of the allocation << 40 | offset */
	DF_VALUE_OBJECT,     /* word: its type, n[0] number in the lane that made it */
	DF_VALUE_EVENT       /* what an event waits for: word, n[0] as of the stream that it was
			      * recorded on; n[1] - 1: how many of its records are younger, or 0 */
};

struct df_value {
	const char *name; /* of the argument */
	const char *word;
	const char *of; /* of an object: as what the thread is known that made it; NULL: this one */
	uint64_t n[3];
	enum df_value_kind kind;
	bool lasting; /* word lives as long as the trace and stands for its text */
};

struct df_canonical {
	const char *function;
	const char *kernel; /* of a launch, normalised; or NULL */
	const char *result; /* enumerator, "in flight", "answered"; NULL: number, or none */
	int32_t number;     /* of the result, where it has no name */
	bool has_number;
	bool injected; /* the result was made up for a test */
	unsigned int nvalues;
	struct df_value values[CT_MAX_ARGS + 1];
	uint64_t key; /* equal for equal calls of one trace; of different ones it is different */
	uint64_t shape_key; /* of function and kernel alone */
};

struct df_canon;

struct df_canon *df_canon_new(bool identities);
void df_canon_free(struct df_canon *canon);

/* A thread: its number, from 0, and as what others know it: "main thread", "another thread". */
void df_canon_lane(struct df_canon *canon, uint32_t lane, const char *known_as);

/*
 * The canonical form of a call of that lane; its strings live until the next one. `effect` and
 * `change` are what the call did, for those who count.
 */
void df_canon_take(struct df_canon *canon, uint32_t lane, const struct ct_event *event,
		   struct df_canonical *call, struct an_effect *effect, struct an_change *change);

/* What is live, and where copies go, after the last call. */
struct an_state *df_canon_state(struct df_canon *canon);

/*
 * As text, cut off at `size` less one; returns the length that it would have, as snprintf does.
 * "cudaMemcpyAsync(dst=device 4 MiB, ...) = cudaSuccess"
 */
size_t df_canonical_text(const struct df_canonical *call, char *text, size_t size);
size_t df_value_text(const struct df_value *value, char *text, size_t size);
/* Of the text of a value that is memory of known size: "device 4 MiB on device 1". */
bool df_memory_bytes(const char *text, uint64_t *bytes);
size_t df_result_text(const struct df_canonical *call, char *text, size_t size);
/* "cudaLaunchKernel axpy<float>" */
size_t df_shape_text(const struct df_canonical *call, char *text, size_t size);

#endif
