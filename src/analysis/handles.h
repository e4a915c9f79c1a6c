/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the analysis: which object a handle means, and since when. */
#ifndef ANALYSIS_HANDLES_H
#define ANALYSIS_HANDLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/map.h"

struct an_handle {
	uint64_t handle;
	uint32_t process;
	uint32_t type;   /* from 1; 0: an empty slot */
	uint32_t number; /* of its type in its process, from 1 */
	int32_t device;  /* on which it was made, -1: not known */
	bool created;    /* its creation was seen, not only a use */
};

struct an_handles { /* all zero: empty */
	struct an_handle *slots;
	size_t capacity; /* a power of two, or 0 */
	size_t count;
	char **types; /* names, by number less one */
	size_t ntypes, types_capacity;
	struct ut_map last;         /* number given last, of each type of each process */
	struct an_handle destroyed; /* by the last event: it is still spoken of */
};

/* The object, which gets a number if it was not met before. Valid until the next call of one. */
const struct an_handle *an_handles_meet(struct an_handles *handles, uint32_t process,
					const char *type, uint64_t handle);
/* NULL if it was never met. */
const struct an_handle *an_handles_find(const struct an_handles *handles, uint32_t process,
					const char *type, uint64_t handle);
void an_handles_create(struct an_handles *handles, uint32_t process, const char *type,
		       uint64_t handle, int32_t device);
void an_handles_destroy(struct an_handles *handles, uint32_t process, const char *type,
			uint64_t handle);
/* To be called before the next event: what was destroyed is forgotten. */
void an_handles_settle(struct an_handles *handles);
void an_handles_free(struct an_handles *handles);

#endif
