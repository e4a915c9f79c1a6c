/* SPDX-License-Identifier: Apache-2.0 */
/* cudaDeviceProp of a device, put together once from the driver's attributes. */
#ifndef RUNTIME_DEVICE_PROPERTIES_H
#define RUNTIME_DEVICE_PROPERTIES_H

#include "runtime/cudart_abi.h"

/* `device` is a valid ordinal. The driver is initialised; no context is needed or made. */
cudaError_t rt_device_properties(int device, struct cudaDeviceProp *prop);

/* The same in the form of 12, which begins with 11's. *prop is there to stay, if it succeeds. */
cudaError_t rt_device_properties_v12(int device, const struct cudaDeviceProp_v12 **prop);

#endif
