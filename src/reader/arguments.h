/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the native form: how the calls of a function are decoded. */
#ifndef READER_ARGUMENTS_H
#define READER_ARGUMENTS_H

#include "reader/native.h"

/* How a value is loaded; the frequent ways have a word of their own. */
enum rd_load {
	RD_LOAD_ANY = 0,
	RD_LOAD_U64,
	RD_LOAD_U32,
	RD_LOAD_I32,
	RD_LOAD_ENUM, /* of 32 bits */
	RD_LOAD_KERNEL,
	RD_LOAD_PTR,
	RD_LOAD_DIM3
};

/* An argument: its row of the `api` text with what follows from it. */
struct rd_slot {
	struct ct_arg blank; /* all that is the same in every call */
	const struct rd_param *param;
	enum rd_load load;
	uint32_t offset, end; /* of the payload */
};

/* A function, worked out when it is met for the first time. */
struct rd_shape {
	const struct rd_function *function; /* NULL: not met yet */
	uint32_t number;                    /* ct_event.function */
	unsigned int nslots;                /* 0 if nobody wants them */
	struct rd_slot *slots;
};

/* NULL: the `api` text does not have the function. */
struct rd_shape *rd_shape_find(struct rd_trace *trace, struct rd_native *native, unsigned int id);

/* The same; nearly always it has been met. */
static inline struct rd_shape *rd_shape_of(struct rd_trace *trace, struct rd_native *native,
					   unsigned int id)
{
	if (id < native->nshapes && native->shapes[id].function)
		return &native->shapes[id];
	return rd_shape_find(trace, native, id);
}

/* The arguments of the ring's present record. */
void rd_arguments(struct rd_trace *trace, struct rd_native *native, const struct rd_ring *ring,
		  const struct rd_shape *shape, struct ct_event *event);

/* Behind them what its kernel got, of a record that has CTR_CELL_KERNEL_ARGS. */
void rd_kernel_args(struct rd_trace *trace, struct rd_native *native, const struct rd_ring *ring,
		    const struct rd_shape *shape, struct ct_event *event);

#endif
