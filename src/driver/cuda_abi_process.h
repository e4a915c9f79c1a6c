/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Driver interface: entry point lookup, the driver's log, core dumps, checkpoints and the
 * profiler.
 */
#ifndef DRIVER_CUDA_ABI_PROCESS_H
#define DRIVER_CUDA_ABI_PROCESS_H

#include <stddef.h>

#include "driver/cuda_abi_base.h"

/* Entry point lookup. */
typedef enum CUdriverProcAddress_flags_enum {
	CU_GET_PROC_ADDRESS_DEFAULT = 0x00,
	CU_GET_PROC_ADDRESS_LEGACY_STREAM = 0x01,
	CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM = 0x02,
} CUdriverProcAddress_flags;

typedef enum CUdriverProcAddressQueryResult_enum {
	CU_GET_PROC_ADDRESS_SUCCESS = 0,
	CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND = 1,
	CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT = 2,
} CUdriverProcAddressQueryResult;

/* Log. */
typedef enum CUlogLevel_enum {
	CU_LOG_LEVEL_ERROR = 0,
	CU_LOG_LEVEL_WARNING = 1,
} CUlogLevel;
typedef void (*CUlogsCallback)(void *, CUlogLevel, char *, size_t);

/* Core dumps. */
typedef enum CUcoredumpSettings_enum {
	CU_COREDUMP_ENABLE_ON_EXCEPTION = 1,
	CU_COREDUMP_TRIGGER_HOST = 2,
	CU_COREDUMP_LIGHTWEIGHT = 3,
	CU_COREDUMP_ENABLE_USER_TRIGGER = 4,
	CU_COREDUMP_FILE = 5,
	CU_COREDUMP_PIPE = 6,
	CU_COREDUMP_GENERATION_FLAGS = 7,
	CU_COREDUMP_MAX = 8,
} CUcoredumpSettings;

typedef enum CUCoredumpGenerationFlags {
	CU_COREDUMP_DEFAULT_FLAGS = 0x00,
	CU_COREDUMP_SKIP_NONRELOCATED_ELF_IMAGES = 0x01,
	CU_COREDUMP_SKIP_GLOBAL_MEMORY = 0x02,
	CU_COREDUMP_SKIP_SHARED_MEMORY = 0x04,
	CU_COREDUMP_SKIP_LOCAL_MEMORY = 0x08,
	CU_COREDUMP_SKIP_ABORT = 0x10,
	CU_COREDUMP_SKIP_CONSTBANK_MEMORY = 0x20,
	CU_COREDUMP_LIGHTWEIGHT_FLAGS = 0x2f,
} CUCoredumpGenerationFlags;

/* Checkpoints of a process. */
typedef enum CUprocessState_enum {
	CU_PROCESS_STATE_RUNNING = 0,
	CU_PROCESS_STATE_LOCKED = 1,
	CU_PROCESS_STATE_CHECKPOINTED = 2,
	CU_PROCESS_STATE_FAILED = 3,
} CUprocessState;

typedef struct CUcheckpointLockArgs_st {
	unsigned int timeoutMs;
	unsigned int reserved0;
	cuuint64_t reserved1[7];
} CUcheckpointLockArgs;

typedef struct CUcheckpointCheckpointArgs_st {
	cuuint64_t reserved[8];
} CUcheckpointCheckpointArgs;

typedef struct CUcheckpointGpuPair_st {
	CUuuid oldUuid;
	CUuuid newUuid;
} CUcheckpointGpuPair;

typedef struct CUcheckpointRestoreArgs_st {
	CUcheckpointGpuPair *gpuPairs;
	unsigned int gpuPairsCount;
	char reserved[44];
	cuuint64_t reserved1;
} CUcheckpointRestoreArgs;

typedef struct CUcheckpointUnlockArgs_st {
	cuuint64_t reserved[8];
} CUcheckpointUnlockArgs;

/* Profiler. */
typedef enum CUoutput_mode_enum {
	CU_OUT_KEY_VALUE_PAIR = 0,
	CU_OUT_CSV = 1,
} CUoutput_mode;

#endif /* DRIVER_CUDA_ABI_PROCESS_H */
