/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the driver is loaded and initialised, and what a failure means for the calls after it.
 *
 * Two steps, because a process that forks after cuInit has a child in which CUDA is dead:
 * opening the library (enough for the driver's version) and cuInit (the first call that needs a
 * device). Neither runs from a constructor.
 *
 * Which answers stay: what follows from the library file itself stays for the life of the
 * process: no file, the toolkit's stub, a driver that is too old. The file would have to
 * change under a running program, and a search of the library path for each of a program's
 * cudaGetDeviceCount calls is dear. What cuInit answers (no device, system not ready, device
 * unavailable) is asked again by the next call: the driver knows whether it may change, and the
 * caller then gets the same as one that uses the driver directly.
 */
#include "driver/driver.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>

#include "driver/library.h"

int drv_ready;

/*
 * Guards everything below, and the filling of drv. Error-checking, because the driver can come
 * back to us on the thread that loads it: CUDA's injection libraries run inside cuInit and may
 * use the runtime. No other lock is taken while it is held, but for the loader's own.
 */
static pthread_mutex_t lock = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static pthread_once_t fork_handler_once = PTHREAD_ONCE_INIT;

/* Set with release when open_answer, version and drv are final, so that readers need no lock. */
static int opened;
static int open_answer;
static int version;

/* A thread is inside cuInit. */
static bool initialising;

/* cuInit ran, or was running, in a process that this one was forked from. */
static bool poisoned;

/*
 * In the child of fork() there is one thread, and whoever held the lock is gone: start with a new
 * one. Taking the lock in a prepare handler instead would hang: cuInit itself forks when it
 * starts nvidia-modprobe. A load that another thread had half done begins anew; finding the same
 * functions twice does no harm.
 *
 * A child made with a bare clone system call skips this handler. There the driver itself
 * answers 3 to everything, which is the same to our caller.
 */
static void after_fork(void)
{
	static const pthread_mutex_t fresh = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;

	lock = fresh;
	if (drv_ready || initialising)
		poisoned = true;
	initialising = false;
	__atomic_store_n(&drv_ready, 0, __ATOMIC_RELAXED);
}

/* Fails only for want of memory; then a fork is as dangerous as it is without us. */
static void register_fork_handler(void)
{
	pthread_atfork(NULL, NULL, after_fork);
}

/*
 * False if this thread is in here already. The handler is registered before the lock is ever
 * taken, else a fork in between would leave a child with a lock that nobody opens; pthread_once
 * knows about fork itself.
 */
static bool enter(void)
{
	pthread_once(&fork_handler_once, register_fork_handler);
	return pthread_mutex_lock(&lock) == 0;
}

static int open_locked(void)
{
	if (!opened) {
		open_answer = drv_library_open(&version);
		__atomic_store_n(&opened, 1, __ATOMIC_RELEASE);
	}
	return open_answer;
}

static int load_locked(void)
{
	int answer;

	if (drv_ready)
		return DRV_OK;
	answer = open_locked();
	if (answer != DRV_OK)
		return answer;
	/* Before cuInit: an unusable driver need not be started to be refused. */
	if (version < DRV_MIN_VERSION)
		return DRV_INSUFFICIENT;
	if (poisoned)
		return DRV_NOT_INITIALIZED;
	initialising = true;
	answer = (int)drv.cuInit(0);
	initialising = false;
	if (answer == DRV_OK) {
		/* Pairs with the acquire in drv_load(). */
		__atomic_store_n(&drv_ready, 1, __ATOMIC_RELEASE);
	}
	return answer;
}

/*
 * The answer for a call that the driver makes, directly or not, while it is being loaded. With the
 * table complete the driver can speak for itself; before that there is nothing to call.
 */
static int nested_answer(void)
{
	return opened ? open_answer : DRV_NOT_INITIALIZED;
}

int drv_load_slow(void)
{
	int saved = errno;
	int answer;

	if (enter()) {
		answer = load_locked();
		pthread_mutex_unlock(&lock);
	} else {
		answer = nested_answer();
	}
	errno = saved;
	return answer;
}

int drv_open(void)
{
	int saved = errno;
	int answer;

	/* Pairs with the release in open_locked(). */
	if (__atomic_load_n(&opened, __ATOMIC_ACQUIRE))
		return open_answer;
	if (enter()) {
		answer = open_locked();
		pthread_mutex_unlock(&lock);
	} else {
		answer = nested_answer();
	}
	errno = saved;
	return answer;
}

int drv_version(void)
{
	/* Written before open_answer became readable, and never again. */
	return drv_open() == DRV_OK ? version : 0;
}

void drv_adopt(const struct drv_table *table, int table_version)
{
	drv = table ? *table : drv_missing;
	version = table_version;
	open_answer = DRV_OK;
	__atomic_store_n(&opened, 1, __ATOMIC_RELEASE);
	__atomic_store_n(&drv_ready, 1, __ATOMIC_RELEASE);
}
