/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel launches: what a call asks for, and the operation made of it, which is also what a kernel
 * node of a graph holds.
 */
#ifndef SIM_LAUNCH_H
#define SIM_LAUNCH_H

#include "sim/code.h"
#include "sim/op.h"

struct sim_launch {
	CUfunction function; /* or a CUkernel */
	unsigned int grid[3];
	unsigned int block[3];
	unsigned int shared;
	void **params;
	void **extra;
	const CUlaunchAttribute *attributes;
	unsigned int attribute_count;
};

/* A prepared kernel. It holds copies of everything, so the library may go before it runs. */
struct sim_kernel_op {
	struct sim_op op;
	CUcontext ctx;
	CUfunction function; /* for read-back only: may be gone */
	CUkernel kernel;     /* likewise; NULL if it came from cuModuleLoad* */
	curtrace_sim_function run;
	char *name;
	unsigned int grid[3];
	unsigned int block[3];
	unsigned int cluster[3];
	unsigned int shared;
	bool captured; /* became a node by capture, which shows in one attribute's default */
	CUlaunchAttribute *attributes;
	unsigned int attribute_count;
	void **params; /* into the parameter block; NULL for a kernel without */
	unsigned int param_count;
	uint32_t *param_offsets;
	unsigned char *block_of_params;
	uint32_t param_size;
	/* For read-back: the parameters came packed, and so they are told. */
	void *extra[5];
	size_t extra_size;
};

/* More attributes than there are kinds of are not kept. */
#define SIM_KERNEL_ATTRIBUTES 32

/* Checks and prepares a launch in ctx. sim_kernel_look() goes first, where that is possible. */
CUresult sim_kernel_prepare(CUcontext ctx, const struct sim_launch *launch,
			    struct sim_kernel_op **op);

/* The same kernel with other attributes; the parameters are copied. */
CUresult sim_kernel_copy(const struct sim_kernel_op *from, const CUlaunchAttribute *attributes,
			 unsigned int count, struct sim_kernel_op **op);

/* Submits the launch to the stream behind the handle. */
CUresult sim_launch(CUcontext ctx, CUstream handle, bool per_thread,
		    const struct sim_launch *launch);

static inline struct sim_kernel_op *sim_kernel_of(struct sim_op *op)
{
	return (struct sim_kernel_op *)op;
}

#endif /* SIM_LAUNCH_H */
