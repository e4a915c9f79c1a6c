/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Driver interface: streams, events, stream-ordered memory operations and capture.
 */
#ifndef DRIVER_CUDA_ABI_STREAM_H
#define DRIVER_CUDA_ABI_STREAM_H

#include "driver/cuda_abi_base.h"
#include "driver/cuda_abi_error.h"

/* Handles with a meaning of their own: the legacy and the per-thread default stream. */
#define CU_STREAM_LEGACY     ((CUstream)0x1)
#define CU_STREAM_PER_THREAD ((CUstream)0x2)

/* Flags. */
typedef enum CUstream_flags_enum {
	CU_STREAM_DEFAULT = 0x00,
	CU_STREAM_NON_BLOCKING = 0x01,
} CUstream_flags;

typedef enum CUevent_flags_enum {
	CU_EVENT_DEFAULT = 0x00,
	CU_EVENT_BLOCKING_SYNC = 0x01,
	CU_EVENT_DISABLE_TIMING = 0x02,
	CU_EVENT_INTERPROCESS = 0x04,
} CUevent_flags;

typedef enum CUevent_sched_flags_enum {
	CU_EVENT_SCHED_AUTO = 0x00,
	CU_EVENT_SCHED_SPIN = 0x01,
	CU_EVENT_SCHED_YIELD = 0x02,
	CU_EVENT_SCHED_BLOCKING_SYNC = 0x04,
} CUevent_sched_flags;

typedef enum CUevent_record_flags_enum {
	CU_EVENT_RECORD_DEFAULT = 0x00,
	CU_EVENT_RECORD_EXTERNAL = 0x01,
} CUevent_record_flags;

typedef enum CUevent_wait_flags_enum {
	CU_EVENT_WAIT_DEFAULT = 0x00,
	CU_EVENT_WAIT_EXTERNAL = 0x01,
} CUevent_wait_flags;

/* Host functions. */
typedef void (*CUhostFn)(void *);
typedef void (*CUstreamCallback)(CUstream, CUresult, void *);

/* Wait, write and barrier operations. */
typedef enum CUstreamWaitValue_flags_enum {
	CU_STREAM_WAIT_VALUE_GEQ = 0x00,
	CU_STREAM_WAIT_VALUE_EQ = 0x01,
	CU_STREAM_WAIT_VALUE_AND = 0x02,
	CU_STREAM_WAIT_VALUE_NOR = 0x03,
	CU_STREAM_WAIT_VALUE_FLUSH = 0x40000000,
} CUstreamWaitValue_flags;

typedef enum CUstreamWriteValue_flags_enum {
	CU_STREAM_WRITE_VALUE_DEFAULT = 0x00,
	CU_STREAM_WRITE_VALUE_NO_MEMORY_BARRIER = 0x01,
} CUstreamWriteValue_flags;

typedef enum CUstreamMemoryBarrier_flags_enum {
	CU_STREAM_MEMORY_BARRIER_TYPE_SYS = 0x00,
	CU_STREAM_MEMORY_BARRIER_TYPE_GPU = 0x01,
} CUstreamMemoryBarrier_flags;

typedef enum CUstreamBatchMemOpType_enum {
	CU_STREAM_MEM_OP_WAIT_VALUE_32 = 1,
	CU_STREAM_MEM_OP_WRITE_VALUE_32 = 2,
	CU_STREAM_MEM_OP_WAIT_VALUE_64 = 4,
	CU_STREAM_MEM_OP_WRITE_VALUE_64 = 5,
	CU_STREAM_MEM_OP_BARRIER = 6,
	CU_STREAM_MEM_OP_FLUSH_REMOTE_WRITES = 3,
} CUstreamBatchMemOpType;

typedef union CUstreamBatchMemOpParams_union {
	CUstreamBatchMemOpType operation;
	struct CUstreamMemOpWaitValueParams_st {
		CUstreamBatchMemOpType operation;
		CUdeviceptr address;
		union {
			cuuint32_t value;
			cuuint64_t value64;
		};
		unsigned int flags;
		CUdeviceptr alias;
	} waitValue;
	struct CUstreamMemOpWriteValueParams_st {
		CUstreamBatchMemOpType operation;
		CUdeviceptr address;
		union {
			cuuint32_t value;
			cuuint64_t value64;
		};
		unsigned int flags;
		CUdeviceptr alias;
	} writeValue;
	struct CUstreamMemOpFlushRemoteWritesParams_st {
		CUstreamBatchMemOpType operation;
		unsigned int flags;
	} flushRemoteWrites;
	struct CUstreamMemOpMemoryBarrierParams_st {
		CUstreamBatchMemOpType operation;
		unsigned int flags;
	} memoryBarrier;
	cuuint64_t pad[6];
} CUstreamBatchMemOpParams_v1;
typedef CUstreamBatchMemOpParams_v1 CUstreamBatchMemOpParams;

/* Capture. */
typedef enum CUstreamCaptureStatus_enum {
	CU_STREAM_CAPTURE_STATUS_NONE = 0,
	CU_STREAM_CAPTURE_STATUS_ACTIVE = 1,
	CU_STREAM_CAPTURE_STATUS_INVALIDATED = 2,
} CUstreamCaptureStatus;

typedef enum CUstreamCaptureMode_enum {
	CU_STREAM_CAPTURE_MODE_GLOBAL = 0,
	CU_STREAM_CAPTURE_MODE_THREAD_LOCAL = 1,
	CU_STREAM_CAPTURE_MODE_RELAXED = 2,
} CUstreamCaptureMode;

typedef enum CUstreamUpdateCaptureDependencies_flags_enum {
	CU_STREAM_ADD_CAPTURE_DEPENDENCIES = 0x00,
	CU_STREAM_SET_CAPTURE_DEPENDENCIES = 0x01,
} CUstreamUpdateCaptureDependencies_flags;

_Static_assert(sizeof(CUstreamBatchMemOpParams) == 48, "size of CUstreamBatchMemOpParams");

#endif /* DRIVER_CUDA_ABI_STREAM_H */
