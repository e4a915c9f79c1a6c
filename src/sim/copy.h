/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one way in which the entry points of memcpy.c copy.
 */
#ifndef SIM_COPY_H
#define SIM_COPY_H

#include "sim/op.h"

/* Checks a copy and puts it on a stream; not async: waits for it. */
CUresult sim_copy(struct sim_call *call, bool per_thread, CUstream handle,
		  const CUDA_MEMCPY3D *copy, bool async);

#endif /* SIM_COPY_H */
