/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every file of the simulated driver shares: the frame around each entry point, the one lock,
 * the state of a thread, the registry of handles, devices and contexts. Work on streams is in op.h,
 * memory in memory.h.
 *
 * An entry point is defined under its exported symbol and begins with SIM_ENTER:
 *
 *	CUresult cuCtxGetFlags(unsigned int *flags)
 *	{
 *		SIM_ENTER(SIM_CTX);
 *		if (!flags)
 *			return CUDA_ERROR_INVALID_VALUE;
 *		*flags = call.ctx->flags;
 *		return CUDA_SUCCESS;
 *	}
 *
 * From SIM_ENTER to the closing brace the lock is held. Entry points never call each other: what
 * two of them share is a sim_ function.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "driver/cuda_abi.h"
#include "sim/sim_protos.h"

#define SIM_DRIVER_VERSION 13000
#define SIM_MAX_DEVICES    16

/*
 * The lock. It guards all state of the simulated driver: contexts, handles, allocations, stream
 * queues, events, graphs, captures, libraries. There is no other lock in src/sim, hence no order.
 *  - It is not recursive. Functions of src/sim expect it to be held unless their declaration says
 *    otherwise.
 *  - It is never held while code of the application runs (host functions, callbacks, kernels,
 *    user object destructors), nor while bytes are copied: the run() of an operation is called
 *    without it.
 *  - Waiting for an operation releases it (sim_wait), so whatever was looked up before a wait
 *    must be held by a reference or looked up again.
 *  - fork: taken around it, so the child finds consistent state; there every call answers
 *    NOT_INITIALIZED if the parent had initialised the driver, as NVIDIA's does.
 */
void sim_lock(void);
void sim_unlock(void);

/* Waits for an operation somewhere to end; releases the lock meanwhile. Callers loop. */
void sim_wait(void);

/* As sim_wait, but comes back after some time even if nothing ended; for values in memory. */
void sim_wait_briefly(unsigned int microseconds);
void sim_wait_on(pthread_cond_t *condition);

/* Wakes all waiters: something ended, was recorded or was destroyed. */
void sim_notify(void);

/* The driver's life: SUCCESS, NOT_INITIALIZED (also after a fork) or DEINITIALIZED (at exit). */
CUresult sim_life_error(void);
CUresult sim_initialise(void);
bool sim_ended(void);

/* What an entry point needs; see sim_enter. */
enum sim_need {
	SIM_INIT = 1,         /* an initialised driver: always implied */
	SIM_CURRENT = 2,      /* a current context that lives, even one with an error */
	SIM_CTX = 4 | 2,      /* a current context without a sticky error */
	SIM_UNCAPTURED = 8,   /* forbidden while a capture is under way (allocation, for example) */
	SIM_IN_CALLBACK = 16, /* allowed from a host function on a stream */
};

/* One entry point being served. */
struct sim_call {
	CUresult error;
	CUcontext ctx; /* with SIM_CURRENT or SIM_CTX: the current context, else possibly NULL */
	bool locked;
};

/*
 * Takes the lock and checks, in this order: initialised, not inside a host function, context,
 * sticky error, injected failure, capture. Where call.error tells of one, the lock is not held.
 */
struct sim_call sim_enter(const char *function, unsigned int need);
void sim_leave(struct sim_call *call);

#define SIM_ENTER(need)                                                                         \
	struct sim_call call __attribute__((cleanup(sim_leave))) = sim_enter(__func__, (need)); \
	if (call.error != CUDA_SUCCESS)                                                         \
	return call.error

/*
 * Defines both forms of an entry point that works on the default stream: the plain one, whose
 * stream 0 is the legacy stream, and the one with the suffix (ptsz, ptds), whose stream 0 is the
 * thread's own. The body is impl(call, per_thread, arguments...).
 */
#define SIM_TWINS(suffix, need, name, impl, params, ...) \
	CUresult name params                             \
	{                                                \
		SIM_ENTER(need);                         \
		return impl(&call, false, __VA_ARGS__);  \
	}                                                \
	CUresult name##_##suffix params                  \
	{                                                \
		SIM_ENTER(need);                         \
		return impl(&call, true, __VA_ARGS__);   \
	}

/*
 * Failure injection, inject.c: CURTRACE_SIM_FAIL="cuMemAlloc:3=2,cuLaunchKernel:1=719" lets the
 * third cuMemAlloc (any of its forms) answer 2. Answers SUCCESS where nothing is to fail.
 */
CUresult sim_inject(const char *function);
bool sim_is_sticky(CUresult error);

/* Settings, read once by cuInit. */
struct sim_settings {
	bool verbose; /* CURTRACE_SIM_VERBOSE=1: tell on stderr about kernels without a function */
	bool check;   /* CURTRACE_SIM_CHECK=1: tell on stderr about leaks and faults at exit */
	bool gl;      /* CURTRACE_SIM_GL=1: every thread has an OpenGL context, else none has */
	int devices;  /* CURTRACE_SIM_DEVICES, 2 unless told */
};
extern struct sim_settings sim_settings;

/* Handles that live, by address and kind: what was never created or is gone is not found. */
enum sim_handle {
	SIM_H_CONTEXT = 1,
	SIM_H_STREAM,
	SIM_H_EVENT,
	SIM_H_ARRAY,
	SIM_H_MIPMAP,
	SIM_H_POOL,
	SIM_H_TEXTURE,
	SIM_H_SURFACE,
	SIM_H_LIBRARY,
	SIM_H_KERNEL,
	SIM_H_MODULE,
	SIM_H_FUNCTION,
	SIM_H_LINK,
	SIM_H_GRAPH,
	SIM_H_NODE,
	SIM_H_EXEC,
	SIM_H_USER_OBJECT,
	SIM_H_EXTERNAL_MEMORY,
	SIM_H_EXTERNAL_SEMAPHORE,
	SIM_H_LOG,
	SIM_H_ASYNC,
	SIM_H_GRAPHICS,
	SIM_H_EGL_CONNECTION,
};
bool sim_handle_add(const void *handle, enum sim_handle kind); /* false: out of memory */
bool sim_handle_ok(const void *handle, enum sim_handle kind);
void sim_handle_remove(const void *handle);

/* A thread. depth counts the stack of contexts, whose top is the current one. */
struct sim_thread {
	CUcontext *stack;
	unsigned int depth;
	unsigned int room;
	CUstreamCaptureMode capture_mode; /* capture.c: cuThreadExchangeStreamCaptureMode */
	bool in_callback;                 /* runs a host function: the driver may not be called */
	bool is_worker;
	bool registered; /* has its thread-exit destructor */
	CUstream *
		streams; /* per-thread default streams, one for each context in which it was used */
	unsigned int stream_count;
};
struct sim_thread *sim_thread(void);
void sim_thread_register(void);       /* have its memory freed when it ends */
bool sim_context_push(CUcontext ctx); /* false: out of memory */
void sim_context_pop(void);
CUstream sim_thread_stream(CUcontext ctx);
bool sim_thread_add_stream(CUstream stream);

/* Devices, device.c. */
struct sim_device {
	CUdevice ordinal;
	struct CUctx_st *primary; /* the same address for ever; NULL until first asked for */
	CUresult lost;            /* the fault by which this process has lost the device */
	size_t used;              /* bytes taken on the device */
	CUmemoryPool default_pool;
	CUmemoryPool current_pool;
};
extern struct sim_device sim_devices[SIM_MAX_DEVICES];
#define SIM_DEVICE_MEMORY ((size_t)150109880320)
bool sim_device_ok(CUdevice dev);
bool sim_device_attribute(int *value, CUdevice_attribute attribute, CUdevice dev);
int sim_device_limit(CUdevice_attribute attribute); /* of device 0: for launch checks */
void sim_device_setup(void);

/* Contexts, context.c. The memory of a destroyed one stays, so a stale handle answers 709. */
#define SIM_LIMITS 10
struct CUctx_st {
	struct sim_device *device;
	unsigned long long id;
	unsigned int flags;
	unsigned int version;
	bool is_primary;
	bool alive; /* a primary one: retained */
	unsigned int retained;
	unsigned int generation; /* of a primary one: counts its resets */
	CUresult sticky;         /* the fault after which the context is of no more use */
	CUfunc_cache cache_config;
	size_t limits[SIM_LIMITS];
	unsigned int peers; /* bit i: access to device i is on */
	CUstream legacy;    /* its legacy default stream */
	CUstream streams;   /* all streams, linked by ctx_next; the legacy one too */
	struct CUctx_st *next;
};
/* The new context becomes current in the calling thread. */
CUresult sim_context_create(CUcontext *out, unsigned int flags, CUdevice dev);
CUcontext sim_context_current(void);        /* NULL without one; needs no lock */
CUresult sim_context_usable(CUcontext ctx); /* 0, INVALID_CONTEXT or CONTEXT_IS_DESTROYED */
CUcontext sim_context_first(void);          /* all contexts, linked by next */
void sim_context_fault(CUcontext ctx, CUresult error);
void sim_context_set_limits(CUcontext ctx); /* to the initial ones, limit.c */

/* Called by context.c when a context ends or is reset, before its streams go. Second person's. */
void sim_module_context_end(CUcontext ctx);

#endif /* SIM_SIM_H */
