/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One-dimensional copies, for the copies to and from symbols too, which are one of these once the
 * symbol's address is known.
 */
#ifndef RUNTIME_MEMCPY_H
#define RUNTIME_MEMCPY_H

#include <stdbool.h>

#include "driver/driver.h"
#include "runtime/cudart_abi.h"

/* How a copy is to run: in a stream, or before the call returns. */
struct rt_copy_mode {
	bool async;
	bool per_thread;     /* the _ptds form; an asynchronous call's stream already tells */
	cudaStream_t stream; /* asynchronous only */
};

#define RT_COPY_SYNC     ((struct rt_copy_mode){ .async = false })
#define RT_COPY_PTDS     ((struct rt_copy_mode){ .per_thread = true })
#define RT_COPY_ASYNC(s) ((struct rt_copy_mode){ .async = true, .stream = (s) })

/* A context is current. `per_thread`: on the thread's default stream in place of the legacy one. */
cudaError_t rt_copy(void *dst, const void *src, size_t count, enum cudaMemcpyKind kind,
		    bool per_thread);

cudaError_t rt_copy_async(void *dst, const void *src, size_t count, enum cudaMemcpyKind kind,
			  cudaStream_t stream);

#endif
