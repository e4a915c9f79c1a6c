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
 * Guards primaries[], nstale, resets, valid[], entered and rt_contexts_stale. Taken before the
 * locks of images (a context's first use loads images); recursive because the driver may call a
 * tool's callback within a retain, which may call the runtime.
 */
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static struct primary primaries[RT_MAX_DEVICES];
static int nstale; /* of them; read without lock */

/* Of any of them, by whomever; and how many of those this thread has met in rt_revive_context. */
static unsigned int resets;
static __thread unsigned int resets_met __attribute__((tls_model("initial-exec")));

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

/* Asked once, since it stays. */
cudaError_t rt_device_count(int *count)
{
	static int known; /* 0: not yet */
	cudaError_t error;

	*count = __atomic_load_n(&known, __ATOMIC_RELAXED);
	if (*count > 0)
		return cudaSuccess;
	error = rt_enter_driver();
	if (error == cudaSuccess)
		error = (cudaError_t)drv.cuDeviceGetCount(count);
	if (error == cudaSuccess)
		__atomic_store_n(&known, *count, __ATOMIC_RELAXED);
	return error;
}

cudaError_t rt_check_device(int device)
{
	cudaError_t error;
	int count;

	if (device < 0 || device >= RT_MAX_DEVICES)
		return cudaErrorInvalidDevice;
	/* No driver call for a device in use: PyTorch sets the device around each operation. */
	if (__atomic_load_n(&primaries[device].context, __ATOMIC_RELAXED) != NULL)
		return cudaSuccess;
	error = rt_device_count(&count);
	if (error != cudaSuccess)
		return error;
	return device < count ? cudaSuccess : cudaErrorInvalidDevice;
}

static bool is_any_stale(void)
{
	return !__atomic_load_n(&entered, __ATOMIC_RELAXED) ||
	       __atomic_load_n(&nstale, __ATOMIC_RELAXED) > 0;
}

/* Under the lock. */
static void set_stale(struct primary *p, bool stale)
{
	if (p->stale == stale)
		return;
	__atomic_store_n(&p->stale, stale, __ATOMIC_RELAXED);
	__atomic_store_n(&nstale, nstale + (stale ? 1 : -1), __ATOMIC_RELAXED);
}

/*
 * Under the lock, after every change of what it depends on. An image that is registered meanwhile
 * raises the flag without the lock, after it has made itself known: hence the second look.
 */
static void update_stale(void)
{
	bool stale = is_any_stale();

	__atomic_store_n(&rt_contexts_stale, stale, __ATOMIC_SEQ_CST);
	if (!stale && rt_images_unprepared())
		__atomic_store_n(&rt_contexts_stale, true, __ATOMIC_SEQ_CST);
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
		set_stale(p, false);
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

/* The next call that needs a context finds none current, and binds the selected device. */
cudaError_t rt_select_device(int device)
{
	const struct primary *p = &primaries[device];
	CUresult r;

	if (__atomic_load_n(&p->context, __ATOMIC_ACQUIRE) != NULL &&
	    !__atomic_load_n(&p->stale, __ATOMIC_RELAXED))
		return rt_bind_device(device);
	r = drv.cuCtxSetCurrent(NULL);
	if (r == CUDA_SUCCESS)
		selected = device;
	return (cudaError_t)r;
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
	int listed = __atomic_load_n(&nvalid, __ATOMIC_ACQUIRE);
	cudaError_t first = cudaErrorNoDevice;
	int count;
	cudaError_t error = rt_device_count(&count);

	if (error != cudaSuccess)
		return error;
	if (listed > 0)
		count = listed;
	for (int i = 0; i < count && i < RT_MAX_DEVICES; i++) {
		error = rt_bind_device(listed > 0 ? __atomic_load_n(&valid[i], __ATOMIC_RELAXED)
						  : i);
		if (error == cudaSuccess || !is_unavailable(error))
			return error;
		if (i == 0)
			first = error;
	}
	/* A thread that selected nothing stays so. */
	return first;
}

/* The device whose primary context this is, of those that were retained, or -1. No lock. */
static int device_of(CUcontext context)
{
	for (int i = 0; i < RT_MAX_DEVICES; i++) {
		/* Pairs with the release in retain(). */
		if (__atomic_load_n(&primaries[i].context, __ATOMIC_ACQUIRE) == context)
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

/* Managed variables of a shared object that was loaded since, say, get their addresses here. */
static cudaError_t enter_again(void)
{
	cudaError_t error = rt_images_prepare_context();

	if (!is_any_stale()) {
		pthread_mutex_lock(&lock);
		update_stale();
		pthread_mutex_unlock(&lock);
	}
	return error;
}

cudaError_t rt_enter_context_slow(void)
{
	CUcontext current = NULL;
	cudaError_t error = rt_enter_driver();
	int device;

	if (error != cudaSuccess) {
		report_driver_once();
		return error;
	}
	error = (cudaError_t)drv.cuCtxGetCurrent(&current);
	if (error != cudaSuccess)
		return error;
	if (current == NULL)
		return selected >= 0 ? rt_bind_device(selected) : bind_default();
	device = device_of(current);
	if (device >= 0 && __atomic_load_n(&primaries[device].stale, __ATOMIC_RELAXED))
		return rt_bind_device(device);
	return __atomic_load_n(&entered, __ATOMIC_RELAXED) ? enter_again() : enter_first();
}

cudaError_t rt_current_device(int *device)
{
	CUdevice of_context;
	CUresult r = drv.cuCtxGetDevice(&of_context);

	if (__builtin_expect(r == CUDA_SUCCESS, 1)) {
		*device = of_context;
		return cudaSuccess;
	}
	if (r == CUDA_ERROR_NOT_INITIALIZED || r == CUDA_ERROR_DEINITIALIZED ||
	    r == CUDA_ERROR_NOT_PERMITTED)
		return (cudaError_t)r;
	/*
	 * No context is current, or a fault has broken the one that is: NVIDIA's library still
	 * knows the device then, so the selection is the answer.
	 */
	if (selected >= 0)
		*device = selected;
	else
		*device = __atomic_load_n(&nvalid, __ATOMIC_ACQUIRE) > 0
				  ? __atomic_load_n(&valid[0], __ATOMIC_RELAXED)
				  : 0;
	return cudaSuccess;
}

bool rt_current_is_primary(CUcontext current)
{
	unsigned int flags;
	CUcontext primary;
	CUdevice device;
	int active = 0;

	if (device_of(current) >= 0)
		return true;
	/* Retained only if it is there: the question must not make a context. */
	if (drv.cuCtxGetDevice(&device) != CUDA_SUCCESS || device >= RT_MAX_DEVICES)
		return false;
	if (drv.cuDevicePrimaryCtxGetState(device, &flags, &active) != CUDA_SUCCESS || !active)
		return false;
	return rt_primary_context(device, &primary) == cudaSuccess && primary == current;
}

bool rt_has_primary(int device)
{
	return __atomic_load_n(&primaries[device].context, __ATOMIC_RELAXED) != NULL;
}

/* Under the lock: the device's primary context holds nothing any more. */
static void note_reset(struct primary *p)
{
	if (p->context == NULL)
		return;
	resets++;
	set_stale(p, true);
	update_stale();
}

cudaError_t rt_reset_primary(int device)
{
	cudaError_t error;

	pthread_mutex_lock(&lock);
	error = (cudaError_t)drv.cuDevicePrimaryCtxReset(device);
	if (error == cudaSuccess) {
		note_reset(&primaries[device]);
		/* Before anyone can make the context ready again: managed variables have moved. */
		rt_images_context_reset();
	}
	pthread_mutex_unlock(&lock);
	return error;
}

/*
 * The one place that asks whether the context was reset through the driver or by another runtime
 * in the process: nothing tells us, and to ask at each call would cost each call. The thread that
 * asks first notes the reset; one that failed at the same time finds the context in order again
 * and learns from the count that it was not. Each reset is thus answered once in a thread, so that
 * a call that fails for another reason (an object that went with the context) does not go on
 * for ever.
 */
bool rt_revive_context(void)
{
	CUcontext current = NULL;
	unsigned int flags;
	bool again;
	int device, active = 1;

	if (drv.cuCtxGetCurrent(&current) != CUDA_SUCCESS || current == NULL)
		return false;
	device = device_of(current);
	if (device < 0)
		return false;
	pthread_mutex_lock(&lock);
	if (!primaries[device].stale &&
	    drv.cuDevicePrimaryCtxGetState(device, &flags, &active) == CUDA_SUCCESS && !active) {
		note_reset(&primaries[device]);
		rt_images_context_reset();
	}
	again = resets_met != resets;
	resets_met = resets;
	pthread_mutex_unlock(&lock);
	return again;
}

cudaError_t rt_refuse_null(void)
{
	cudaError_t error = rt_enter_driver();

	return error == cudaSuccess ? cudaErrorInvalidValue : error;
}

void rt_set_valid_devices(const int *devices, int count)
{
	pthread_mutex_lock(&lock);
	for (int i = 0; i < count; i++)
		__atomic_store_n(&valid[i], devices[i], __ATOMIC_RELAXED);
	__atomic_store_n(&nvalid, count, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&lock);
}
