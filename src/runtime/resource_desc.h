/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies behind a texture or surface object. The structures are of one size in both interfaces
 * but not alike: the runtime describes an element by its channels, the driver by a format.
 */
#ifndef RUNTIME_RESOURCE_DESC_H
#define RUNTIME_RESOURCE_DESC_H

#include "driver/driver.h"
#include "runtime/cudart_abi.h"

cudaError_t rt_resource_to_driver(const struct cudaResourceDesc *resource, CUDA_RESOURCE_DESC *d);

cudaError_t rt_resource_from_driver(const CUDA_RESOURCE_DESC *d, struct cudaResourceDesc *resource);

/* The format of the resource's elements; arrays are asked for theirs. */
cudaError_t rt_resource_format(const CUDA_RESOURCE_DESC *d, CUarray_format *format);

#endif
