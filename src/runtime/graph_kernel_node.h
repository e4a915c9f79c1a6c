/* SPDX-License-Identifier: Apache-2.0 */
/* A kernel node's parameters in the runtime's form and in the driver's. */
#ifndef RUNTIME_GRAPH_KERNEL_NODE_H
#define RUNTIME_GRAPH_KERNEL_NODE_H

#include "driver/driver.h"
#include "runtime/cudart_abi.h"

/* `params->func` is whatever a launch takes. cudaErrorInvalidDeviceFunction if it is nothing. */
cudaError_t rt_kernel_node_to_driver(const struct cudaKernelNodeParams *params,
				     CUDA_KERNEL_NODE_PARAMS *driver);

#endif
