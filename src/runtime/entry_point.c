/* SPDX-License-Identifier: Apache-2.0 */
/* Domain entry_point: the driver's functions and tables, handed through. */
#include <stdbool.h>

#include "runtime/calls.h"
#include "runtime/entry.h"

/* Flag 0 means what the calling program was compiled for. */
static unsigned long long stream_flags(unsigned long long flags, bool per_thread)
{
	if (flags != cudaEnableDefault)
		return flags;
	return per_thread ? CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM
			  : CU_GET_PROC_ADDRESS_LEGACY_STREAM;
}

static cudaError_t entry_point(const char *symbol, void **function, unsigned int version,
			       unsigned long long flags, bool per_thread,
			       enum cudaDriverEntryPointQueryResult *status)
{
	CUdriverProcAddressQueryResult found = CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
	CUresult r;

	if (symbol == NULL || function == NULL)
		return cudaErrorInvalidValue;
	r = drv_look_up(symbol, function, (int)version, stream_flags(flags, per_thread), &found);
	/* A name that the driver does not have is an answer: success, NULL and the status. */
	if (r == CUDA_ERROR_NOT_FOUND) {
		*function = NULL;
		r = CUDA_SUCCESS;
	}
	if (r == CUDA_SUCCESS && status != NULL)
		*status = (enum cudaDriverEntryPointQueryResult)found;
	return (cudaError_t)r;
}

cudaError_t rt_cudaGetDriverEntryPoint(const char *symbol, void **funcPtr, unsigned long long flags,
				       enum cudaDriverEntryPointQueryResult *driverStatus)
{
	return entry_point(symbol, funcPtr, CUDART_VERSION, flags, false, driverStatus);
}

cudaError_t rt_cudaGetDriverEntryPoint_ptsz(const char *symbol, void **funcPtr,
					    unsigned long long flags,
					    enum cudaDriverEntryPointQueryResult *driverStatus)
{
	return entry_point(symbol, funcPtr, CUDART_VERSION, flags, true, driverStatus);
}

cudaError_t rt_cudaGetDriverEntryPointByVersion(const char *symbol, void **funcPtr,
						unsigned int cudaVersion, unsigned long long flags,
						enum cudaDriverEntryPointQueryResult *driverStatus)
{
	return entry_point(symbol, funcPtr, cudaVersion, flags, false, driverStatus);
}

cudaError_t rt_cudaGetDriverEntryPointByVersion_ptsz(
	const char *symbol, void **funcPtr, unsigned int cudaVersion, unsigned long long flags,
	enum cudaDriverEntryPointQueryResult *driverStatus)
{
	return entry_point(symbol, funcPtr, cudaVersion, flags, true, driverStatus);
}

/*
 * Older programs ask for what is theirs: the driver's functions as they were in the version that
 * the program was built with.
 */
cudaError_t rt_cudaGetDriverEntryPoint_v12(const char *symbol, void **funcPtr,
					   unsigned long long flags,
					   enum cudaDriverEntryPointQueryResult *driverStatus)
{
	return entry_point(symbol, funcPtr, CUDART_VERSION_12, flags, false, driverStatus);
}

cudaError_t rt_cudaGetDriverEntryPoint_v12_ptsz(const char *symbol, void **funcPtr,
						unsigned long long flags,
						enum cudaDriverEntryPointQueryResult *driverStatus)
{
	return entry_point(symbol, funcPtr, CUDART_VERSION_12, flags, true, driverStatus);
}

/*
 * 11 has no status to tell: a name that the driver lacks, or had not yet then, is an error (500),
 * and nothing is written. So answers the driver's function of that time.
 */
static cudaError_t entry_point_v11(const char *symbol, void **function, unsigned long long flags,
				   bool per_thread)
{
	if (symbol == NULL || function == NULL)
		return cudaErrorInvalidValue;
	return (cudaError_t)drv_look_up_v11030(symbol, function, CUDART_VERSION_11,
					       stream_flags(flags, per_thread));
}

cudaError_t rt_cudaGetDriverEntryPoint_v11(const char *symbol, void **funcPtr,
					   unsigned long long flags)
{
	return entry_point_v11(symbol, funcPtr, flags, false);
}

cudaError_t rt_cudaGetDriverEntryPoint_v11_ptsz(const char *symbol, void **funcPtr,
						unsigned long long flags)
{
	return entry_point_v11(symbol, funcPtr, flags, true);
}

/*
 * Tables that the driver exports to NVIDIA's own libraries. They are the driver's business and
 * pass through untouched. Without a driver NVIDIA's library answers 999 here, not 35.
 */
cudaError_t rt_cudaGetExportTable(const void **ppExportTable, const cudaUUID_t *pExportTableId)
{
	if (ppExportTable == NULL || pExportTableId == NULL)
		return cudaErrorInvalidValue;
	if (drv_open() != DRV_OK)
		return cudaErrorUnknown;
	return (cudaError_t)drv.cuGetExportTable(ppExportTable, pExportTableId);
}
