/* SPDX-License-Identifier: Apache-2.0 */
/* Domain egl, as far as it hands frames over: the rest is the driver's own calls. */
#include <stddef.h>

#include "runtime/calls.h"
#include "runtime/egl_frame.h"
#include "runtime/entry.h"

cudaError_t rt_cudaEGLStreamProducerPresentFrame(cudaEglStreamConnection *conn,
						 cudaEglFrame eglframe, cudaStream_t *pStream)
{
	CUeglFrame frame;
	cudaError_t error = rt_egl_frame_to_driver(&eglframe, &frame);

	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuEGLStreamProducerPresentFrame((CUeglStreamConnection *)conn,
								frame, (CUstream *)pStream);
}

/* Asked for a connection and a place first: the driver would hand over the frame for good. */
cudaError_t rt_cudaEGLStreamProducerReturnFrame(cudaEglStreamConnection *conn,
						cudaEglFrame *eglframe, cudaStream_t *pStream)
{
	CUeglFrame frame = { .width = 0 };
	CUresult r;

	if (conn == NULL)
		return cudaErrorInvalidResourceHandle;
	if (eglframe == NULL)
		return cudaErrorInvalidValue;
	r = drv.cuEGLStreamProducerReturnFrame((CUeglStreamConnection *)conn, &frame,
					       (CUstream *)pStream);
	return r == CUDA_SUCCESS ? rt_egl_frame_from_driver(&frame, eglframe) : (cudaError_t)r;
}

cudaError_t rt_cudaGraphicsResourceGetMappedEglFrame(cudaEglFrame *eglFrame,
						     cudaGraphicsResource_t resource,
						     unsigned int index, unsigned int mipLevel)
{
	CUeglFrame frame = { .width = 0 };
	CUresult r;

	if (resource == NULL)
		return cudaErrorInvalidResourceHandle;
	if (eglFrame == NULL)
		return cudaErrorInvalidValue;
	r = drv.cuGraphicsResourceGetMappedEglFrame(&frame, (CUgraphicsResource)resource, index,
						    mipLevel);
	return r == CUDA_SUCCESS ? rt_egl_frame_from_driver(&frame, eglFrame) : (cudaError_t)r;
}

/*
 * Drivers of embedded systems alone have it. Elsewhere the answer is not kept as the last error and
 * makes no context, as with NVIDIA's library; so the driver is asked before there is one.
 */
cudaError_t rt_cudaEventCreateFromEGLSync(cudaEvent_t *phEvent, EGLSyncKHR eglSync,
					  unsigned int flags)
{
	CUresult r = drv.cuEventCreateFromEGLSync((CUevent *)phEvent, eglSync, flags);
	cudaError_t error;

	if ((cudaError_t)r == cudaErrorCallRequiresNewerDriver)
		return cudaErrorNotSupported;
	if (r != CUDA_ERROR_INVALID_CONTEXT)
		return (cudaError_t)r;
	error = rt_enter_context();
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuEventCreateFromEGLSync((CUevent *)phEvent, eglSync, flags);
}
