/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runtime interface: streams, events and capture.
 */
#ifndef RUNTIME_CUDART_ABI_STREAM_H
#define RUNTIME_CUDART_ABI_STREAM_H

#include "runtime/cudart_abi_base.h"
#include "runtime/cudart_abi_error.h"

/* Handles with a meaning of their own: the legacy and the per-thread default stream. */
#define cudaStreamLegacy    ((cudaStream_t)0x1)
#define cudaStreamPerThread ((cudaStream_t)0x2)

/* Flags. */
#define cudaStreamDefault       0x00
#define cudaStreamNonBlocking   0x01
#define cudaEventDefault        0x00
#define cudaEventBlockingSync   0x01
#define cudaEventDisableTiming  0x02
#define cudaEventInterprocess   0x04
#define cudaEventRecordDefault  0x00
#define cudaEventRecordExternal 0x01
#define cudaEventWaitDefault    0x00
#define cudaEventWaitExternal   0x01

/* Host functions. */
typedef void (*cudaHostFn_t)(void *);
typedef void (*cudaStreamCallback_t)(cudaStream_t, cudaError_t, void *);

/* Capture. */
enum cudaStreamCaptureStatus {
	cudaStreamCaptureStatusNone = 0,
	cudaStreamCaptureStatusActive = 1,
	cudaStreamCaptureStatusInvalidated = 2,
};

enum cudaStreamCaptureMode {
	cudaStreamCaptureModeGlobal = 0,
	cudaStreamCaptureModeThreadLocal = 1,
	cudaStreamCaptureModeRelaxed = 2,
};

enum cudaStreamUpdateCaptureDependenciesFlags {
	cudaStreamAddCaptureDependencies = 0x00,
	cudaStreamSetCaptureDependencies = 0x01,
};

#endif /* RUNTIME_CUDART_ABI_STREAM_H */
