/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of the simulated driver (before cuInit, ready, forked, ended), its lock, and the frame
 * that sim_enter and sim_leave put around each entry point.
 */
#include "sim/sim.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/memory.h"
#include "sim/op.h"

enum life {
	UNINITIALISED,
	READY,
	FORKED,
	ENDED
};

/*
 * Read without the lock by every call. Only cuInit, the fork handler (in a process of one thread)
 * and the exit handler write it; the release in each pairs with the acquire in sim_life_error, so
 * that a thread which sees READY sees what cuInit set up.
 */
static _Atomic enum life life = UNINITIALISED;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t something_ended = PTHREAD_COND_INITIALIZER;

struct sim_settings sim_settings;

void sim_lock(void)
{
	pthread_mutex_lock(&lock);
}

void sim_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

void sim_wait(void)
{
	pthread_cond_wait(&something_ended, &lock);
}

void sim_wait_briefly(unsigned int microseconds)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += microseconds * 1000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_cond_timedwait(&something_ended, &lock, &until);
}

void sim_wait_on(pthread_cond_t *condition)
{
	pthread_cond_wait(condition, &lock);
}

void sim_notify(void)
{
	pthread_cond_broadcast(&something_ended);
}

static void before_fork(void)
{
	sim_lock();
}

static void after_fork_in_parent(void)
{
	sim_unlock();
}

/* The workers are gone with the other threads; what they waited on is made anew. */
static void after_fork_in_child(void)
{
	enum life was = atomic_load_explicit(&life, memory_order_relaxed);

	if (was == READY)
		atomic_store_explicit(&life, FORKED, memory_order_release);
	pthread_cond_init(&something_ended, NULL);
	sim_unlock();
}

/*
 * Runs from exit(). The lock may be held by a thread that will never go on (exit() in a signal
 * handler), so it is asked for with patience, not waited for without end.
 */
static void at_exit(void)
{
	struct timespec until;
	bool locked;

	if (atomic_load_explicit(&life, memory_order_relaxed) != READY)
		return;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 1;
	locked = pthread_mutex_timedlock(&lock, &until) == 0;
	atomic_store_explicit(&life, ENDED, memory_order_release);
	if (locked && sim_settings.check)
		sim_memory_report();
	if (locked)
		sim_unlock();
}

static bool flag(const char *name)
{
	const char *value = getenv(name);

	return value && value[0] == '1' && !value[1];
}

static void read_settings(void)
{
	const char *devices = getenv("CURTRACE_SIM_DEVICES");
	long count = devices ? strtol(devices, NULL, 10) : 2;

	sim_settings.verbose = flag("CURTRACE_SIM_VERBOSE");
	sim_settings.check = flag("CURTRACE_SIM_CHECK");
	sim_settings.gl = flag("CURTRACE_SIM_GL");
	if (count < 0)
		count = 0;
	sim_settings.devices = count > SIM_MAX_DEVICES ? SIM_MAX_DEVICES : (int)count;
}

/* Also for a library that was dlopened and is used from several threads at once. */
__attribute__((constructor)) static void at_load(void)
{
	pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

CUresult sim_life_error(void)
{
	switch (atomic_load_explicit(&life, memory_order_acquire)) {
	case READY:
		return CUDA_SUCCESS;
	case ENDED:
		return CUDA_ERROR_DEINITIALIZED;
	default:
		return CUDA_ERROR_NOT_INITIALIZED;
	}
}

CUresult sim_initialise(void)
{
	CUresult error = CUDA_SUCCESS;

	sim_lock();
	if (atomic_load_explicit(&life, memory_order_relaxed) == UNINITIALISED) {
		read_settings();
		if (sim_settings.devices == 0) {
			error = CUDA_ERROR_NO_DEVICE;
		} else {
			sim_device_setup();
			atexit(at_exit);
			atomic_store_explicit(&life, READY, memory_order_release);
		}
	} else {
		error = sim_life_error();
	}
	sim_unlock();
	return error;
}

bool sim_ended(void)
{
	return atomic_load_explicit(&life, memory_order_acquire) != READY;
}

static CUresult check_context(CUcontext ctx, unsigned int need)
{
	CUresult error = CUDA_SUCCESS;

	if (need & SIM_CURRENT)
		error = sim_context_usable(ctx);
	if (error == CUDA_SUCCESS && (need & SIM_CTX) == SIM_CTX)
		error = ctx->sticky;
	return error;
}

struct sim_call sim_enter(const char *function, unsigned int need)
{
	struct sim_call call = { .error = sim_life_error() };
	CUresult injected;

	if (call.error != CUDA_SUCCESS)
		return call;
	injected = sim_inject(function);
	if (sim_thread()->in_callback && !(need & SIM_IN_CALLBACK)) {
		call.error = CUDA_ERROR_NOT_PERMITTED;
		return call;
	}
	sim_lock();
	call.ctx = sim_context_current();
	call.error = check_context(call.ctx, need);
	if (call.error == CUDA_SUCCESS && injected != CUDA_SUCCESS) {
		if (sim_is_sticky(injected) && call.ctx)
			sim_context_fault(call.ctx, injected);
		call.error = injected;
	}
	if (call.error == CUDA_SUCCESS && (need & SIM_UNCAPTURED) && sim_captures)
		call.error = sim_capture_unsafe();
	if (call.error != CUDA_SUCCESS)
		sim_unlock();
	else
		call.locked = true;
	return call;
}

void sim_leave(struct sim_call *call)
{
	if (call->locked)
		sim_unlock();
}
