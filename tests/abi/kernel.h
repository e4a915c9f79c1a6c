/* SPDX-License-Identifier: Apache-2.0 */
/* The device code of the cases, registered as nvcc's code of each version does it. */
#ifndef ABI_KERNEL_H
#define ABI_KERNEL_H

#include "toolkit.h"

/* A kernel node that fills some memory of its own. */
struct cudaKernelNodeParams abi_kernel_node(void);

#endif
