/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values of a kernel's parameters in the record of its launch, if the session asks for them.
 * All of it on the slow way, which every call takes then. A kernel's first launch reserves as many
 * cells as there may be, and asks the driver for the sizes when it has succeeded; from then on they
 * are known before. The program's memory is read only after success, when the driver has read it.
 */
#ifndef API_KERNEL_ARGS_H
#define API_KERNEL_ARGS_H

#include "record/record.h"

struct api_kernel_args {
	const void *func;
	void **args;
	unsigned int own;  /* cells of the function's records */
	unsigned int more; /* cells behind them; 0: nothing to be done */
};

unsigned int api_kernel_args_cells(const struct api_kernel_args *values);
void api_kernel_args_clear_slow(struct api_kernel_args *values, struct rec_call *call);
void api_kernel_args_put_slow(const struct api_kernel_args *values, struct rec_call *call);

/* Before the cells are reserved: how many there are to be. */
static inline struct api_kernel_args api_kernel_args(const void *func, void **args,
						     unsigned int own)
{
	struct api_kernel_args values = { .func = func, .args = args, .own = own };

	/* The call that opens the session does not know yet. */
	if (rec_unlikely(rec_kernel_args || rec_state() != REC_ON))
		values.more = api_kernel_args_cells(&values);
	return values;
}

/* Before the record is published. */
static inline void api_kernel_args_clear(struct api_kernel_args *values, struct rec_call *call)
{
	if (rec_unlikely(values->more))
		api_kernel_args_clear_slow(values, call);
}

/* When the launch has succeeded. */
static inline void api_kernel_args_put(const struct api_kernel_args *values, struct rec_call *call)
{
	if (rec_unlikely(values->more))
		api_kernel_args_put_slow(values, call);
}

#endif
