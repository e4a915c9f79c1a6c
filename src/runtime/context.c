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
	CUcontext context; /* NULL until retained once; set with release, read without lock */
	bool stale;        /* was reset after it had been retained; read without lock too */
	bool reported;
};

/*
 * Guards primaries[], valid[], entered and rt_contexts_stale. Taken before the locks of images (a
 * context's first use loads images); recursive because the driver may call a tool's
 * callback within a retain, which may call the runtime.
 */
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static struct primary primaries[RT_MAX_DEVICES];

/* Devices to try in order while the thread has selected none; none listed: every device. */
static int valid[RT_MAX_DEVICES];
static int nvalid;

/* Some call has had a context made ready: what there is to say at the first one was said. */
static bool entered;

/* Until then every call looks closer: the program may come with a context made by the driver. */
bool rt_contexts_stale = true;

/* Chosen with cudaSetDevice, -1 before. What counts while no context is current. */
static __thread int selected __attribute__((tls_model("initial-exec"))) = -1;

static __attribute__((constructor)) void register_fork(void)
{
	rt_fork_lock(&lock);
}

cudaError_t rt_check_device(int device)
{
	int count;
	CUresult r;

	if (device < 0 || device >= RT_MAX_DEVICES)
		return cudaErrorInvalidDevice;
	/* No driver call for a device in use: PyTorch sets the device around each operation. */
	if (__atomic_load_n(&primaries[device].context, __ATOMIC_RELAXED) != NULL)
		return cudaSuccess;
	r = drv.cuDeviceGetCount(&count);
	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	return device < count ? cudaSuccess : cudaErrorInvalidDevice;
}

/* Under the lock, after every change of what it depends on. */
static void update_stale(void)
{
	bool stale = !entered;

	for (int i = 0; i < RT_MAX_DEVICES; i++)
		stale |= primaries[i].stale;
	__atomic_store_n(&rt_contexts_stale, stale, __ATOMIC_RELAXED);
}

/* A call goes on with a ready context: from now on the fast path may be taken. */
static void note_entered(void)
{
	if (__atomic_load_n(&entered, __ATOMIC_RELAXED))
		return;
	pthread_mutex_lock(&lock);
	__atomic_store_n(&entered, true, __ATOMIC_RELAXED);
	update_stale();
	pthread_mutex_unlock(&lock);
}

/*
 * A fault on the device stays with the process, and the driver answers it to whoever wants the
 * context back after a reset. NVIDIA's library on an H200 answers 46 then (cudaMalloc after 700
 * and cudaDeviceReset).
 */
static cudaError_t retain_error(CUresult r)
{
	switch (r) {
	case CUDA_ERROR_ECC_UNCORRECTABLE:
	case CUDA_ERROR_NVLINK_UNCORRECTABLE:
	case CUDA_ERROR_CONTAINED:
	case CUDA_ERROR_ILLEGAL_ADDRESS:
	case CUDA_ERROR_LAUNCH_TIMEOUT:
	case CUDA_ERROR_ASSERT:
	case CUDA_ERROR_HARDWARE_STACK_ERROR:
	case CUDA_ERROR_ILLEGAL_INSTRUCTION:
	case CUDA_ERROR_MISALIGNED_ADDRESS:
	case CUDA_ERROR_INVALID_ADDRESS_SPACE:
	case CUDA_ERROR_INVALID_PC:
	case CUDA_ERROR_LAUNCH_FAILED:
	case CUDA_ERROR_TENSOR_MEMORY_LEAK:
	case CUDA_ERROR_MPS_CLIENT_TERMINATED:
	case CUDA_ERROR_EXTERNAL_DEVICE:
		return cudaErrorDevicesUnavailable;
	default:
		return (cudaError_t)r;
	}
}

/* Under the lock. A reset context comes back to life by being retained again. */
static cudaError_t retain(int device, CUcontext *context)
{
	struct primary *p = &primaries[device];
	CUresult r;

	if (p->context == NULL || p->stale) {
		r = drv.cuDevicePrimaryCtxRetain(context, device);
		if (r != CUDA_SUCCESS)
			return retain_error(r);
		__atomic_store_n(&p->context, *context, __ATOMIC_RELEASE);
		__atomic_store_n(&p->stale, false, __ATOMIC_RELAXED);
		update_stale();
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

	/* The load spares cudaSetDevice a locked instruction; below likewise. */
	if (!__atomic_load_n(&reported, __ATOMIC_RELAXED) &&
	    !__atomic_exchange_n(&reported, true, __ATOMIC_RELAXED))
		rt_report_driver();
}

/* Once per device: what an onlooker wants to know of it. */
static void report_once(int device)
{
	bool *reported = &primaries[device].reported;

	report_driver_once();
	if (!__atomic_load_n(reported, __ATOMIC_RELAXED) &&
	    !__atomic_exchange_n(reported, true, __ATOMIC_RELAXED))
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
	note_entered();
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
	int listed = __atomic_load_n(&nvalid, __ATOMIC_ACQUIRE);
	int count = 0;
	CUresult r = drv.cuDeviceGetCount(&count);

	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	if (listed > 0)
		count = listed;
	for (int i = 0; i < count && i < RT_MAX_DEVICES; i++) {
		cudaError_t e = rt_bind_device(listed > 0 ? valid[i] : i);

		if (e == cudaSuccess || !is_unavailable(e))
			return e;
		if (i == 0)
			error = e;
	}
	/* A thread that selected nothing stays so. */
	return error;
}

/* The device whose primary context `context` is and that was reset since, or -1. No lock. */
static int stale_device(CUcontext context)
{
	for (int i = 0; i < RT_MAX_DEVICES; i++) {
		/* Pairs with the release in retain(). */
		if (__atomic_load_n(&primaries[i].context, __ATOMIC_ACQUIRE) == context &&
		    __atomic_load_n(&primaries[i].stale, __ATOMIC_RELAXED))
			return i;
	}
	return -1;
}

/*
 * The process's first call, in a context that was made current through the driver: what binding a
 * device does besides binding it.
 */
static cudaError_t enter_first(void)
{
	CUdevice device;

	if (drv.cuCtxGetDevice(&device) == CUDA_SUCCESS && device < RT_MAX_DEVICES)
		report_once(device);
	note_entered();
	return rt_images_prepare_context();
}

cudaError_t rt_enter_context_slow(void)
{
	CUcontext current = NULL;
	cudaError_t error = rt_enter_driver();
	int stale;

	if (error != cudaSuccess) {
		report_driver_once();
		return error;
	}
	error = (cudaError_t)drv.cuCtxGetCurrent(&current);
	if (error != cudaSuccess)
		return error;
	if (current == NULL)
		return selected >= 0 ? rt_bind_device(selected) : bind_default();
	stale = stale_device(current);
	if (stale >= 0)
		return rt_bind_device(stale);
	return __atomic_load_n(&entered, __ATOMIC_RELAXED) ? cudaSuccess : enter_first();
}

cudaError_t rt_current_device(int *device)
{
	CUdevice of_context;
	CUresult r = drv.cuCtxGetDevice(&of_context);

	if (__builtin_expect(r == CUDA_SUCCESS, 1)) {
		*device = of_context;
		return cudaSuccess;
	}
	if (r == CUDA_ERROR_NOT_INITIALIZED || r == CUDA_ERROR_DEINITIALIZED)
		return (cudaError_t)r;
	/*
	 * No context is current, or a fault has broken the one that is: NVIDIA's library still
	 * knows the device then, so the selection is the answer.
	 */
	if (selected >= 0)
		*device = selected;
	else
		*device = __atomic_load_n(&nvalid, __ATOMIC_ACQUIRE) > 0 ? valid[0] : 0;
	return cudaSuccess;
}

bool rt_current_is_primary(CUcontext current)
{
	unsigned int flags;
	CUcontext primary;
	CUdevice device;
	int active = 0;

	for (int i = 0; i < RT_MAX_DEVICES; i++) {
		/* Pairs with the release in retain(). */
		if (__atomic_load_n(&primaries[i].context, __ATOMIC_ACQUIRE) == current)
			return true;
	}
	/* Retained only if it is there: the question must not make a context. */
	if (drv.cuCtxGetDevice(&device) != CUDA_SUCCESS || device >= RT_MAX_DEVICES)
		return false;
	if (drv.cuDevicePrimaryCtxGetState(device, &flags, &active) != CUDA_SUCCESS || !active)
		return false;
	return rt_primary_context(device, &primary) == cudaSuccess && primary == current;
}

cudaError_t rt_reset_primary(int device)
{
	struct primary *p = &primaries[device];
	cudaError_t error;

	pthread_mutex_lock(&lock);
	error = (cudaError_t)drv.cuDevicePrimaryCtxReset(device);
	if (error == cudaSuccess && p->context != NULL) {
		__atomic_store_n(&p->stale, true, __ATOMIC_RELAXED);
		update_stale();
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
