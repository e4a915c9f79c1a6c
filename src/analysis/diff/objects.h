/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to canonical calls: which object a handle means. Objects are numbered within the lane
 * that made them, by the smallest number that is free there, so that neither another thread's pace
 * nor a handle's value shows: what is made and destroyed in each turn of a loop has the same number
 * in each.
 */
#ifndef DIFF_OBJECTS_H
#define DIFF_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/map.h"

#define DF_NO_OBJECT 0u

struct df_object {
	uint64_t made_ns; /* when the call that made it was over; 0: it was only met */
	uint32_t lane;    /* that made it, or met it */
	uint32_t number;  /* within it, from 1 */
	uint32_t type;    /* from 1 */
	/* Of an event: the stream that it was recorded on last. */
	bool recorded;
	bool special;       /* `stream` is one of the handles that stand for default streams */
	uint32_t stream;    /* the object, or which of those */
	uint32_t recorder;  /* the lane that recorded it */
	uint64_t recording; /* how many that had recorded on that stream by then */
};

/* Numbers that are taken, as bits. */
struct df_numbers {
	uint64_t *bits;
	size_t words, capacity;
	size_t first; /* no number is free before this word */
};

struct df_objects {             /* all zero: empty */
	struct df_object *list; /* object n is list[n - 1] */
	size_t count, capacity;
	struct ut_map index; /* by process, type and handle; and by lane, of those merely met */
	struct df_numbers *numbers; /* by lane and type */
	size_t nlanes;
	const char **types;
	size_t ntypes, types_capacity;
	uint32_t unused; /* a chain of objects through `stream` */
};

#define DF_MOST_TYPES 64

/* 0: there are too many. `type` is to live as long as the objects. */
uint32_t df_objects_type(struct df_objects *objects, const char *type);

/*
 * The call that asks. Calls come in the order of their start: one that began before another lane's
 * had made an object can only mean what the handle stood for before.
 */
struct df_asker {
	uint32_t lane, process;
	uint64_t start_ns, end_ns;
};

/* An object that was made; 0: none is known. */
uint32_t df_objects_find(const struct df_objects *objects, const struct df_asker *asker,
			 uint32_t type, uint64_t handle);
/* The same, or else what the lane knows by this handle, from now on if it did not. */
uint32_t df_objects_meet(struct df_objects *objects, const struct df_asker *asker, uint32_t type,
			 uint64_t handle);
void df_objects_create(struct df_objects *objects, const struct df_asker *asker, uint32_t type,
		       uint64_t handle);
void df_objects_destroy(struct df_objects *objects, const struct df_asker *asker, uint32_t type,
			uint64_t handle);
struct df_object *df_object(const struct df_objects *objects, uint32_t object);
void df_objects_free(struct df_objects *objects);

#endif
