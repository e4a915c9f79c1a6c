/* SPDX-License-Identifier: Apache-2.0 */
/* Domain entry_point: the driver's functions and tables, handed through. */
#include <stdbool.h>

#include "runtime/calls.h"
#include "runtime/entry.h"

/* Flag 0 means what the calling program was compiled for. */
static cudaError_t entry_point(const char *symbol, void **function, unsigned int version,
			       unsigned long long flags, bool per_thread,
			       enum cudaDriverEntryPointQueryResult *status)
{
	CUdriverProcAddressQueryResult found = CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
	CUresult r;

	if (symbol == NULL || function == NULL)
		return cudaErrorInvalidValue;
	if (flags == cudaEnableDefault)
		flags = per_thread ? CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM
				   : CU_GET_PROC_ADDRESS_LEGACY_STREAM;
	r = drv.cuGetProcAddress(symbol, function, (int)version, flags, &found);
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
