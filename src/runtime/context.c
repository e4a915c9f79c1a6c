/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Primary contexts: retained at first need, one retain per device for the life of the process,
 * never released (another runtime in the process may hold its own retain; cudaDeviceReset resets
 * instead). After a reset the context object stays current on every thread but is empty until it
 * is retained once more.
 */
#include "runtime/context.h"

#include <pthread.h>
#include <stdbool.h>

#include "runtime/entry.h"
#include "runtime/fork.h"
#include "runtime/image.h"
#include "runtime/report.h"

struct primary {
	CUcontext context;	/* NULL until retained once; set with release, read without lock */
	bool stale;		/* was reset after it had been retained; read without lock too */
	bool reported;
};

/*
 * Guards primaries[], valid[] and rt_contexts_stale. Taken before the locks of images (a context's
 * first use loads images); never held while user code runs.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct primary primaries[RT_MAX_DEVICES];

/* Devices to try in order while the thread has selected none; none listed: every device. */
static int valid[RT_MAX_DEVICES];
static int nvalid;

bool rt_contexts_stale;

/* Chosen with cudaSetDevice, -1 before. What counts while no context is current. */
static __thread int selected __attribute__((tls_model("initial-exec"))) = -1;

static __attribute__((constructor)) void register_fork(void)
{
	rt_fork_lock(&lock);
}

cudaError_t rt_check_device(int device)
{
	int count;
	CUresult r = drv.cuDeviceGetCount(&count);

	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	return device < 0 || device >= count || device >= RT_MAX_DEVICES ? cudaErrorInvalidDevice
									  : cudaSuccess;
}

static bool any_stale(void)
{
	for (int i = 0; i < RT_MAX_DEVICES; i++) {
		if (primaries[i].stale)
			return true;
	}
	return false;
}

/* Under the lock. A reset context comes back to life by being retained again. */
static cudaError_t retain(int device, CUcontext *context)
{
	struct primary *p = &primaries[device];
	CUresult r;

	if (p->context == NULL || p->stale) {
		r = drv.cuDevicePrimaryCtxRetain(context, device);
		if (r != CUDA_SUCCESS)
			return (cudaError_t)r;
		__atomic_store_n(&p->context, *context, __ATOMIC_RELEASE);
		__atomic_store_n(&p->stale, false, __ATOMIC_RELAXED);
		__atomic_store_n(&rt_contexts_stale, any_stale(), __ATOMIC_RELAXED);
	}
	*context = p->context;
	return cudaSuccess;
}

cudaError_t rt_primary_context(int device, CUcontext *context)
{
	cudaError_t error;

	/* The common case of copies between devices and of cudaSetDevice in a loop. */
	*context = __atomic_load_n(&primaries[device].context, __ATOMIC_ACQUIRE);
	if (*context != NULL && !__atomic_load_n(&primaries[device].stale, __ATOMIC_RELAXED))
		return cudaSuccess;
	pthread_mutex_lock(&lock);
	error = retain(device, context);
	pthread_mutex_unlock(&lock);
	return error;
}

/* Once: the driver's version and file, or that there is none. */
static void report_driver_once(void)
{
	static bool reported;

	if (!__atomic_exchange_n(&reported, true, __ATOMIC_RELAXED))
		rt_report_driver();
}

/* Once per device: what an onlooker wants to know of it. */
static void report_once(int device)
{
	report_driver_once();
	if (!__atomic_exchange_n(&primaries[device].reported, true, __ATOMIC_RELAXED))
		rt_report_device(device);
}

void rt_repeat_devices(void)
{
	bool any = false;

	for (int i = 0; i < RT_MAX_DEVICES; i++) {
		if (!__atomic_load_n(&primaries[i].reported, __ATOMIC_RELAXED))
			continue;
		if (!any)
			rt_report_driver();
		any = true;
		rt_report_device(i);
	}
}

cudaError_t rt_bind_device(int device)
{
	CUcontext context;
	cudaError_t error = rt_primary_context(device, &context);

	if (error == cudaSuccess)
		error = (cudaError_t)drv.cuCtxSetCurrent(context);
	if (error != cudaSuccess)
		return error;
	selected = device;
	report_once(device);
	return rt_images_prepare_context();
}

/* Some other process owns the device for itself, or nobody may have it: try the next one. */
static bool is_unavailable(cudaError_t error)
{
	return error == cudaErrorDevicesUnavailable || error == cudaErrorDeviceAlreadyInUse ||
	       error == cudaErrorInvalidDevice;
}

/* The first device, in the program's order of preference, whose context can be had. */
static cudaError_t bind_default(void)
{
	cudaError_t error = cudaErrorNoDevice;
	int count = 0;
	CUresult r = drv.cuDeviceGetCount(&count);

	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	if (__atomic_load_n(&nvalid, __ATOMIC_ACQUIRE) > 0)
		count = nvalid;
	for (int i = 0; i < count && i < RT_MAX_DEVICES; i++) {
		cudaError_t e = rt_bind_device(nvalid > 0 ? valid[i] : i);

		if (e == cudaSuccess || !is_unavailable(e))
			return e;
		if (i == 0)
			error = e;
	}
	/* A thread that selected nothing stays so. */
	return error;
}

/* Brings a primary context that was reset back to life if it is the current one. */
static cudaError_t revive(CUcontext current)
{
	cudaError_t error = cudaSuccess;
	int revived = -1;

	pthread_mutex_lock(&lock);
	for (int i = 0; i < RT_MAX_DEVICES; i++) {
		CUcontext context;

		if (primaries[i].context != current || !primaries[i].stale)
			continue;
		error = retain(i, &context);
		revived = i;
		break;
	}
	pthread_mutex_unlock(&lock);
	if (revived < 0 || error != cudaSuccess)
		return error;
	return rt_bind_device(revived);
}

cudaError_t rt_enter_context_slow(void)
{
	CUcontext current = NULL;
	cudaError_t error = rt_enter_driver();

	if (error != cudaSuccess) {
		report_driver_once();
		return error;
	}
	error = (cudaError_t)drv.cuCtxGetCurrent(&current);
	if (error != cudaSuccess)
		return error;
	if (current != NULL)
		return revive(current);
	return selected >= 0 ? rt_bind_device(selected) : bind_default();
}

cudaError_t rt_current_device(int *device)
{
	CUcontext current = NULL;
	CUdevice of_context;

	/*
	 * With a context that a fault has broken the driver answers the fault; NVIDIA's library
	 * still knows the device then, so the selection is the answer.
	 */
	if (drv.cuCtxGetCurrent(&current) == CUDA_SUCCESS && current != NULL &&
	    drv.cuCtxGetDevice(&of_context) == CUDA_SUCCESS) {
		*device = of_context;
		return cudaSuccess;
	}
	if (selected >= 0)
		*device = selected;
	else
		*device = __atomic_load_n(&nvalid, __ATOMIC_ACQUIRE) > 0 ? valid[0] : 0;
	return cudaSuccess;
}

int rt_is_primary(CUcontext context)
{
	for (int i = 0; i < RT_MAX_DEVICES; i++) {
		/* Pairs with the release in retain(). */
		if (__atomic_load_n(&primaries[i].context, __ATOMIC_ACQUIRE) == context)
			return 1;
	}
	return 0;
}

cudaError_t rt_reset_primary(int device)
{
	struct primary *p = &primaries[device];
	cudaError_t error;

	pthread_mutex_lock(&lock);
	error = (cudaError_t)drv.cuDevicePrimaryCtxReset(device);
	if (error == cudaSuccess && p->context != NULL) {
		__atomic_store_n(&p->stale, true, __ATOMIC_RELAXED);
		__atomic_store_n(&rt_contexts_stale, true, __ATOMIC_RELAXED);
	}
	pthread_mutex_unlock(&lock);
	if (error == cudaSuccess)
		rt_images_context_reset();
	return error;
}

cudaError_t rt_set_valid_devices(const int *devices, int count)
{
	cudaError_t error = cudaSuccess;

	pthread_mutex_lock(&lock);
	for (int i = 0; i < RT_MAX_DEVICES; i++) {
		if (primaries[i].context != NULL)
			error = cudaErrorSetOnActiveProcess;
	}
	if (error == cudaSuccess) {
		for (int i = 0; i < count; i++)
			valid[i] = devices[i];
		__atomic_store_n(&nvalid, count, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&lock);
	return error;
}
