/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every entry point does around its own work: make the driver or a context ready before it,
 * keep the thread's last error after it. The generated entries (src/api) call these and the
 * rt_ function of their row, nothing else of the runtime.
 */
#ifndef RUNTIME_ENTRY_H
#define RUNTIME_ENTRY_H

#include <stdbool.h>

#include "driver/driver.h"
#include "runtime/cudart_abi.h"

/*
 * True until the process's first call had a context, and from cudaDeviceReset on until a context
 * was made ready again: the primary context is still current on every thread but holds nothing.
 * Relaxed loads: a thread that races with a reset may see either order, as with NVIDIA's library.
 */
extern bool rt_contexts_stale;

/* Everything that is not the plain case: first call, no context current, after a reset. */
cudaError_t rt_enter_context_slow(void);

/*
 * A call was answered cudaErrorContextIsDestroyed. True if that is because another party in the
 * process reset the primary context that is current: the call is to be made again, in a context
 * that is then made ready once more. NVIDIA's library recovers so.
 */
bool rt_revive_context(void);

/* What a call answers that is refused for a NULL before there is a context. */
cudaError_t rt_refuse_null(void);

/* The driver is loaded and initialised; else the error that every call answers then. */
static inline cudaError_t rt_enter_driver(void)
{
	return (cudaError_t)drv_load();
}

/*
 * A context is current in this thread: whichever the program made current through the driver, else
 * the primary context of the selected device. Asked of the driver at each call, since other
 * libraries in the process change it too.
 */
static inline cudaError_t rt_enter_context(void)
{
	CUcontext context;

	if (__builtin_expect(drv_load() == DRV_OK &&
				     !__atomic_load_n(&rt_contexts_stale, __ATOMIC_RELAXED) &&
				     drv.cuCtxGetCurrent(&context) == CUDA_SUCCESS &&
				     context != NULL,
			     1))
		return cudaSuccess;
	return rt_enter_context_slow();
}

/* The thread's last error: the one place where it is set. */
extern __thread cudaError_t rt_last_error __attribute__((tls_model("initial-exec")));

static inline void rt_keep_error(cudaError_t error)
{
	rt_last_error = error;
}

#endif
