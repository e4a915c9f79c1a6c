/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A frame of EGL. The runtime describes each plane; the driver describes the first one, and what
 * the others are follows from the colour format. Colour formats have the same numbers on either
 * side.
 */
#ifndef RUNTIME_EGL_FRAME_H
#define RUNTIME_EGL_FRAME_H

#include "driver/driver.h"
#include "runtime/cudart_abi.h"

/*
 * cudaErrorInvalidValue for a frame of no or too many planes or of no such type,
 * cudaErrorInvalidChannelDescriptor for channels that the other side cannot name; then nothing is
 * written.
 */
cudaError_t rt_egl_frame_to_driver(const cudaEglFrame *frame, CUeglFrame *out);
cudaError_t rt_egl_frame_from_driver(const CUeglFrame *frame, cudaEglFrame *out);

#endif
