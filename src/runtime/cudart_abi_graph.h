/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runtime interface: graphs, their nodes, instantiation and update. The V2 parameter structures
 * are the members of cudaGraphNodeParams; the functions for one kind of node take the others.
 */
#ifndef RUNTIME_CUDART_ABI_GRAPH_H
#define RUNTIME_CUDART_ABI_GRAPH_H

#include <stddef.h>

#include "runtime/cudart_abi_base.h"
#include "runtime/cudart_abi_external.h"
#include "runtime/cudart_abi_memory.h"
#include "runtime/cudart_abi_stream.h"

/* Kinds of node and edge. */
enum cudaGraphNodeType {
	cudaGraphNodeTypeKernel = 0,
	cudaGraphNodeTypeMemcpy = 1,
	cudaGraphNodeTypeMemset = 2,
	cudaGraphNodeTypeHost = 3,
	cudaGraphNodeTypeGraph = 4,
	cudaGraphNodeTypeEmpty = 5,
	cudaGraphNodeTypeWaitEvent = 6,
	cudaGraphNodeTypeEventRecord = 7,
	cudaGraphNodeTypeExtSemaphoreSignal = 8,
	cudaGraphNodeTypeExtSemaphoreWait = 9,
	cudaGraphNodeTypeMemAlloc = 10,
	cudaGraphNodeTypeMemFree = 11,
	cudaGraphNodeTypeConditional = 13,
	cudaGraphNodeTypeCount = 14,
};

typedef enum cudaGraphDependencyType_enum {
	cudaGraphDependencyTypeDefault = 0,
	cudaGraphDependencyTypeProgrammatic = 1,
} cudaGraphDependencyType;

typedef struct cudaGraphEdgeData_st {
	unsigned char from_port;
	unsigned char to_port;
	unsigned char type;
	unsigned char reserved[5];
} cudaGraphEdgeData;

/* Ports of a kernel node that an edge can start from. */
#define cudaGraphKernelNodePortDefault          0
#define cudaGraphKernelNodePortProgrammatic     1
#define cudaGraphKernelNodePortLaunchCompletion 2

/* Kernel, host, copy and set nodes. */
struct cudaKernelNodeParams {
	void *func;
	dim3 gridDim;
	dim3 blockDim;
	unsigned int sharedMemBytes;
	void **kernelParams;
	void **extra;
};

struct cudaKernelNodeParamsV2 {
	void *func;
	dim3 gridDim;
	dim3 blockDim;
	unsigned int sharedMemBytes;
	void **kernelParams;
	void **extra;
};

struct cudaMemcpyNodeParams {
	int flags;
	int reserved[3];
	struct cudaMemcpy3DParms copyParams;
};

struct cudaMemsetParams {
	void *dst;
	size_t pitch;
	unsigned int value;
	unsigned int elementSize;
	size_t width;
	size_t height;
};

struct cudaMemsetParamsV2 {
	void *dst;
	size_t pitch;
	unsigned int value;
	unsigned int elementSize;
	size_t width;
	size_t height;
};

struct cudaHostNodeParams {
	cudaHostFn_t fn;
	void *userData;
};

struct cudaHostNodeParamsV2 {
	cudaHostFn_t fn;
	void *userData;
};

/* Event and external semaphore nodes. */
struct cudaEventRecordNodeParams {
	cudaEvent_t event;
};

struct cudaEventWaitNodeParams {
	cudaEvent_t event;
};

struct cudaExternalSemaphoreSignalNodeParams {
	cudaExternalSemaphore_t *extSemArray;
	const struct cudaExternalSemaphoreSignalParams *paramsArray;
	unsigned int numExtSems;
};

struct cudaExternalSemaphoreSignalNodeParamsV2 {
	cudaExternalSemaphore_t *extSemArray;
	const struct cudaExternalSemaphoreSignalParams *paramsArray;
	unsigned int numExtSems;
};

struct cudaExternalSemaphoreWaitNodeParams {
	cudaExternalSemaphore_t *extSemArray;
	const struct cudaExternalSemaphoreWaitParams *paramsArray;
	unsigned int numExtSems;
};

struct cudaExternalSemaphoreWaitNodeParamsV2 {
	cudaExternalSemaphore_t *extSemArray;
	const struct cudaExternalSemaphoreWaitParams *paramsArray;
	unsigned int numExtSems;
};

/* Allocation nodes, and the memory that graphs hold. */
struct cudaMemAllocNodeParams {
	struct cudaMemPoolProps poolProps;
	const struct cudaMemAccessDesc *accessDescs;
	size_t accessDescCount;
	size_t bytesize;
	void *dptr;
};

struct cudaMemAllocNodeParamsV2 {
	struct cudaMemPoolProps poolProps;
	const struct cudaMemAccessDesc *accessDescs;
	size_t accessDescCount;
	size_t bytesize;
	void *dptr;
};

struct cudaMemFreeNodeParams {
	void *dptr;
};

enum cudaGraphMemAttributeType {
	cudaGraphMemAttrUsedMemCurrent = 0,
	cudaGraphMemAttrUsedMemHigh = 1,
	cudaGraphMemAttrReservedMemCurrent = 2,
	cudaGraphMemAttrReservedMemHigh = 3,
};

/* Child graphs and conditional bodies. */
enum cudaGraphChildGraphNodeOwnership {
	cudaGraphChildGraphOwnershipClone = 0,
	cudaGraphChildGraphOwnershipMove = 1,
};

struct cudaChildGraphNodeParams {
	cudaGraph_t graph;
	enum cudaGraphChildGraphNodeOwnership ownership;
};

enum cudaGraphConditionalHandleFlags {
	cudaGraphCondAssignDefault = 0x01,
};

enum cudaGraphConditionalNodeType {
	cudaGraphCondTypeIf = 0,
	cudaGraphCondTypeWhile = 1,
	cudaGraphCondTypeSwitch = 2,
};

struct cudaConditionalNodeParams {
	cudaGraphConditionalHandle handle;
	enum cudaGraphConditionalNodeType type;
	unsigned int size;
	cudaGraph_t *phGraph_out;
};

/* Any node. */
struct cudaGraphNodeParams {
	enum cudaGraphNodeType type;
	int reserved0[3];
	union {
		long long reserved1[29];
		struct cudaKernelNodeParamsV2 kernel;
		struct cudaMemcpyNodeParams memcpy;
		struct cudaMemsetParamsV2 memset;
		struct cudaHostNodeParamsV2 host;
		struct cudaChildGraphNodeParams graph;
		struct cudaEventWaitNodeParams eventWait;
		struct cudaEventRecordNodeParams eventRecord;
		struct cudaExternalSemaphoreSignalNodeParamsV2 extSemSignal;
		struct cudaExternalSemaphoreWaitNodeParamsV2 extSemWait;
		struct cudaMemAllocNodeParamsV2 alloc;
		struct cudaMemFreeNodeParams free;
		struct cudaConditionalNodeParams conditional;
	};
	long long reserved2;
};

/* Instantiation, update and printing. */
typedef enum cudaGraphInstantiateResult {
	cudaGraphInstantiateSuccess = 0,
	cudaGraphInstantiateError = 1,
	cudaGraphInstantiateInvalidStructure = 2,
	cudaGraphInstantiateNodeOperationNotSupported = 3,
	cudaGraphInstantiateMultipleDevicesNotSupported = 4,
	cudaGraphInstantiateConditionalHandleUnused = 5,
} cudaGraphInstantiateResult;

typedef struct cudaGraphInstantiateParams_st {
	unsigned long long flags;
	cudaStream_t uploadStream;
	cudaGraphNode_t errNode_out;
	cudaGraphInstantiateResult result_out;
} cudaGraphInstantiateParams;

enum cudaGraphInstantiateFlags {
	cudaGraphInstantiateFlagAutoFreeOnLaunch = 0x01,
	cudaGraphInstantiateFlagUpload = 0x02,
	cudaGraphInstantiateFlagDeviceLaunch = 0x04,
	cudaGraphInstantiateFlagUseNodePriority = 0x08,
};

enum cudaGraphExecUpdateResult {
	cudaGraphExecUpdateSuccess = 0,
	cudaGraphExecUpdateError = 1,
	cudaGraphExecUpdateErrorTopologyChanged = 2,
	cudaGraphExecUpdateErrorNodeTypeChanged = 3,
	cudaGraphExecUpdateErrorFunctionChanged = 4,
	cudaGraphExecUpdateErrorParametersChanged = 5,
	cudaGraphExecUpdateErrorNotSupported = 6,
	cudaGraphExecUpdateErrorUnsupportedFunctionChange = 7,
	cudaGraphExecUpdateErrorAttributesChanged = 8,
};

typedef struct cudaGraphExecUpdateResultInfo_st {
	enum cudaGraphExecUpdateResult result;
	cudaGraphNode_t errorNode;
	cudaGraphNode_t errorFromNode;
} cudaGraphExecUpdateResultInfo;

enum cudaGraphDebugDotFlags {
	cudaGraphDebugDotFlagsVerbose = 0x0001,
	cudaGraphDebugDotFlagsKernelNodeParams = 0x0004,
	cudaGraphDebugDotFlagsMemcpyNodeParams = 0x0008,
	cudaGraphDebugDotFlagsMemsetNodeParams = 0x0010,
	cudaGraphDebugDotFlagsHostNodeParams = 0x0020,
	cudaGraphDebugDotFlagsEventNodeParams = 0x0040,
	cudaGraphDebugDotFlagsExtSemasSignalNodeParams = 0x0080,
	cudaGraphDebugDotFlagsExtSemasWaitNodeParams = 0x0100,
	cudaGraphDebugDotFlagsKernelNodeAttributes = 0x0200,
	cudaGraphDebugDotFlagsHandles = 0x0400,
	cudaGraphDebugDotFlagsConditionalNodeParams = 0x8000,
};

/* User objects. */
enum cudaUserObjectFlags {
	cudaUserObjectNoDestructorSync = 0x01,
};

enum cudaUserObjectRetainFlags {
	cudaGraphUserObjectMove = 0x01,
};

_Static_assert(sizeof(cudaGraphEdgeData) == 8, "size of cudaGraphEdgeData");
_Static_assert(sizeof(struct cudaKernelNodeParams) == 56, "size of struct cudaKernelNodeParams");
_Static_assert(sizeof(struct cudaMemcpyNodeParams) == 176, "size of struct cudaMemcpyNodeParams");
_Static_assert(sizeof(struct cudaMemsetParams) == 40, "size of struct cudaMemsetParams");
_Static_assert(sizeof(struct cudaMemAllocNodeParams) == 120,
	       "size of struct cudaMemAllocNodeParams");
_Static_assert(sizeof(struct cudaConditionalNodeParams) == 24,
	       "size of struct cudaConditionalNodeParams");
_Static_assert(sizeof(struct cudaGraphNodeParams) == 256, "size of struct cudaGraphNodeParams");
_Static_assert(sizeof(cudaGraphInstantiateParams) == 32, "size of cudaGraphInstantiateParams");
_Static_assert(sizeof(cudaGraphExecUpdateResultInfo) == 24,
	       "size of cudaGraphExecUpdateResultInfo");

#endif /* RUNTIME_CUDART_ABI_GRAPH_H */
