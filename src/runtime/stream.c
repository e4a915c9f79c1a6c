/* SPDX-License-Identifier: Apache-2.0 */
/* Domain stream, as far as a call is more than the driver's: streams are the driver's own. */
#include <stdlib.h>

#include "runtime/calls.h"
#include "runtime/entry.h"
#include "runtime/report.h"

static cudaError_t create(cudaStream_t *stream, unsigned int flags, int priority, CUresult r)
{
	if (r == CUDA_SUCCESS)
		rt_report_stream(*stream, flags, priority);
	return (cudaError_t)r;
}

cudaError_t rt_cudaStreamCreate(cudaStream_t *pStream)
{
	return create(pStream, cudaStreamDefault, 0,
		      drv.cuStreamCreate(pStream, CU_STREAM_DEFAULT));
}

cudaError_t rt_cudaStreamCreateWithFlags(cudaStream_t *pStream, unsigned int flags)
{
	return create(pStream, flags, 0, drv.cuStreamCreate(pStream, flags));
}

cudaError_t rt_cudaStreamCreateWithPriority(cudaStream_t *pStream, unsigned int flags, int priority)
{
	return create(pStream, flags, priority,
		      drv.cuStreamCreateWithPriority(pStream, flags, priority));
}

/*
 * The callback's status argument has the same numbers in both interfaces, and both are called
 * alike, so the driver can call the program's function itself.
 */
cudaError_t rt_cudaStreamAddCallback(cudaStream_t stream, cudaStreamCallback_t callback,
				     void *userData, unsigned int flags)
{
	CUstreamCallback function = (CUstreamCallback)(void *)callback;

	return (cudaError_t)drv.cuStreamAddCallback(stream, function, userData, flags);
}

struct callback {
	cudaStreamCallback_t function;
	void *data;
};

/* The driver names the stream that it ran on; the program wants to hear the one it named. */
static void call_for_null_stream(CUstream stream, CUresult status, void *data)
{
	struct callback callback = *(struct callback *)data;

	(void)stream;
	free(data);
	callback.function(NULL, (cudaError_t)status, callback.data);
}

cudaError_t rt_cudaStreamAddCallback_ptsz(cudaStream_t stream, cudaStreamCallback_t callback,
					  void *userData, unsigned int flags)
{
	struct callback *c;
	CUresult r;

	if (stream != NULL || callback == NULL)
		return rt_cudaStreamAddCallback(stream != NULL ? stream : cudaStreamPerThread,
						callback, userData, flags);
	c = malloc(sizeof(*c));
	if (c == NULL)
		return cudaErrorMemoryAllocation;
	*c = (struct callback){ callback, userData };
	r = drv.cuStreamAddCallback(cudaStreamPerThread, call_for_null_stream, c, flags);
	if (r != CUDA_SUCCESS)
		free(c);
	return (cudaError_t)r;
}
