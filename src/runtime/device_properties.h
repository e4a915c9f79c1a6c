/* SPDX-License-Identifier: Apache-2.0 */
/* cudaDeviceProp of a device, put together once from the driver's attributes. */
#ifndef RUNTIME_DEVICE_PROPERTIES_H
#define RUNTIME_DEVICE_PROPERTIES_H

#include <string.h>

#include "runtime/cudart_abi.h"

/* cudaErrorInvalidDevice if it is none. The driver is initialised; no context is needed or made. */
cudaError_t rt_device_properties(int device, struct cudaDeviceProp *prop);

/* The same in the form of 12, which begins with 11's. *prop is there to stay, if it succeeds. */
cudaError_t rt_device_properties_v12(int device, const struct cudaDeviceProp_v12 **prop);

/*
 * For the program. By libc's function, which knows the processor; the size is hidden from gcc,
 * which would take a string instruction that needs twice the time.
 */
static inline void rt_copy_properties(void *to, const void *from, size_t size)
{
	__asm__("" : "+r"(size));
	memcpy(to, from, size);
}

#endif
