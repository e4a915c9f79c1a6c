/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CUDA 13.0 runtime interface as curtrace declares it: every type, enumerator, structure and
 * constant that libcudart's public prototypes need. Handles are the driver's own structures under
 * the runtime's names, so this header builds on the driver's declarations and works beside them.
 * Layouts of CUDA 11 and 12 that 13 changed are in cudart_abi_legacy.h.
 */
#ifndef RUNTIME_CUDART_ABI_H
#define RUNTIME_CUDART_ABI_H

#include "runtime/cudart_abi_array.h"
#include "runtime/cudart_abi_base.h"
#include "runtime/cudart_abi_device.h"
#include "runtime/cudart_abi_error.h"
#include "runtime/cudart_abi_external.h"
#include "runtime/cudart_abi_graph.h"
#include "runtime/cudart_abi_graphics.h"
#include "runtime/cudart_abi_launch.h"
#include "runtime/cudart_abi_legacy.h"
#include "runtime/cudart_abi_memory.h"
#include "runtime/cudart_abi_stream.h"
#include "runtime/cudart_abi_texture.h"

#endif /* RUNTIME_CUDART_ABI_H */
