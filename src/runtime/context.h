/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which device a call means, and its primary context. A thread's device is that of the driver's
 * current context; only while none is current does the runtime's own selection count.
 */
#ifndef RUNTIME_CONTEXT_H
#define RUNTIME_CONTEXT_H

#include <stdbool.h>

#include "driver/driver.h"
#include "runtime/cudart_abi.h"

#define RT_MAX_DEVICES 64

/* The number of devices. Makes the driver ready if it is not known yet. */
cudaError_t rt_device_count(int *count);

/* cudaErrorInvalidDevice unless `device` is an ordinal of this machine. Driver initialised. */
cudaError_t rt_check_device(int device);

/* The device that the calling thread's calls go to. Makes no context. Driver initialised. */
cudaError_t rt_current_device(int *device);

/*
 * The device's primary context, retained and active. Stays retained until the process ends: a
 * release would destroy memory and streams that the program still has.
 */
cudaError_t rt_primary_context(int device, CUcontext *context);

/* Makes the device's primary context current in this thread, and the device its selection. */
cudaError_t rt_bind_device(int device);

/*
 * Makes the device the thread's selection, but no context: the next call that needs one will. A
 * context that is there already is made current.
 */
cudaError_t rt_select_device(int device);

/*
 * Whether the calling thread's current context is a primary one, whoever retained and bound it:
 * the program through the driver, another runtime in the process, or this one.
 */
bool rt_current_is_primary(CUcontext current);

/* Whether the runtime has ever retained the device's primary context. */
bool rt_has_primary(int device);

/* cudaDeviceReset's part: everything in the device's primary context is gone. */
cudaError_t rt_reset_primary(int device);

/* Candidates for the default device, in order (cudaSetValidDevices). */
void rt_set_valid_devices(const int *devices, int count);

#endif
