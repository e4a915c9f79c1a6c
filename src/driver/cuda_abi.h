/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CUDA 13.0 driver interface as curtrace declares it: every type, enumerator, structure and
 * constant that libcuda's public prototypes need, so that nothing of NVIDIA's has to be
 * installed. Names, values and layouts are the interface and must equal the toolkit's;
 * tests/api/abi-facts.test compares them. Prototypes are not here: they come from driver.tbl.
 */
#ifndef DRIVER_CUDA_ABI_H
#define DRIVER_CUDA_ABI_H

#include "driver/cuda_abi_array.h"
#include "driver/cuda_abi_base.h"
#include "driver/cuda_abi_context.h"
#include "driver/cuda_abi_device.h"
#include "driver/cuda_abi_error.h"
#include "driver/cuda_abi_external.h"
#include "driver/cuda_abi_graph.h"
#include "driver/cuda_abi_graphics.h"
#include "driver/cuda_abi_launch.h"
#include "driver/cuda_abi_memory.h"
#include "driver/cuda_abi_module.h"
#include "driver/cuda_abi_pool.h"
#include "driver/cuda_abi_process.h"
#include "driver/cuda_abi_stream.h"
#include "driver/cuda_abi_texture.h"

#endif /* DRIVER_CUDA_ABI_H */
