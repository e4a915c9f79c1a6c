/* SPDX-License-Identifier: Apache-2.0 */
/* Graphics interop without a display: what fails, and how. */
#include "conformance.h"

/* -- any interface -- */

CASE(map_of_nothing)
{
	DO(cudaGraphicsMapResources(0, NULL, NULL));
	DO(cudaGraphicsUnmapResources(0, NULL, NULL));
}

CASE(map_of_negative_count)
{
	DO(cudaGraphicsMapResources(-1, NULL, NULL));
}

CASE(unmap_of_negative_count)
{
	DO(cudaGraphicsUnmapResources(-1, NULL, NULL));
}

CASE(map_without_resources)
{
	DO(cudaGraphicsMapResources(1, NULL, NULL));
}

CASE(unmap_without_resources)
{
	DO(cudaGraphicsUnmapResources(1, NULL, NULL));
}

CASE(map_of_a_null_resource)
{
	cudaGraphicsResource_t resource = NULL;

	DO(cudaGraphicsMapResources(1, &resource, NULL));
}

CASE(unmap_of_a_null_resource)
{
	cudaGraphicsResource_t resource = NULL;

	DO(cudaGraphicsUnmapResources(1, &resource, NULL));
}

CASE(mapped_pointer_of_nothing)
{
	void *p = UNTOUCHED;
	size_t size = UNTOUCHED_64;

	DO(cudaGraphicsResourceGetMappedPointer(&p, &size, NULL));
	SHOW(p);
	SHOW(size);
}

CASE(mapped_pointer_to_nowhere)
{
	DO(cudaGraphicsResourceGetMappedPointer(NULL, NULL, NULL));
}

CASE(mapped_array_of_nothing)
{
	cudaArray_t array = UNTOUCHED;

	DO(cudaGraphicsSubResourceGetMappedArray(&array, NULL, 0, 0));
	SHOW(array);
}

CASE(mapped_array_to_nowhere)
{
	DO(cudaGraphicsSubResourceGetMappedArray(NULL, NULL, 0, 0));
}

CASE(mapped_mipmap_of_nothing)
{
	cudaMipmappedArray_t array = UNTOUCHED;

	DO(cudaGraphicsResourceGetMappedMipmappedArray(&array, NULL));
	SHOW(array);
}

CASE(map_flags_of_nothing)
{
	DO(cudaGraphicsResourceSetMapFlags(NULL, 0));
}

CASE(map_flags_unknown_of_nothing)
{
	DO(cudaGraphicsResourceSetMapFlags(NULL, 0x100));
}

CASE(unregister_of_nothing)
{
	DO(cudaGraphicsUnregisterResource(NULL));
}

/* -- OpenGL -- */

CASE(gl_devices)
{
	unsigned int count = UNTOUCHED_INT;
	int devices[4] = { UNTOUCHED_INT };

	DO(cudaGLGetDevices(&count, devices, 4, cudaGLDeviceListAll));
	SHOW(count);
	SHOW(devices[0]);
}

CASE(gl_devices_of_frames)
{
	unsigned int count = UNTOUCHED_INT;
	int devices[4] = { UNTOUCHED_INT };

	DO(cudaGLGetDevices(&count, devices, 4, cudaGLDeviceListCurrentFrame));
	DO(cudaGLGetDevices(&count, devices, 4, cudaGLDeviceListNextFrame));
	SHOW(count);
}

CASE(gl_devices_of_unknown_list)
{
	unsigned int count = UNTOUCHED_INT;
	int devices[4] = { UNTOUCHED_INT };

	DO(cudaGLGetDevices(&count, devices, 4, 9));
	DO(cudaGLGetDevices(&count, devices, 0, cudaGLDeviceListAll));
	SHOW(count);
}

CASE(gl_devices_to_nowhere)
{
	DO(cudaGLGetDevices(NULL, NULL, 0, cudaGLDeviceListAll));
}

CASE_ALONE(gl_set_device)
{
	DO(cudaGLSetGLDevice(0));
	DO(cudaGLSetGLDevice(1000));
	DO(cudaGLSetGLDevice(-1));
}

CASE(gl_set_device_after_use)
{
	NEED(cudaFree(NULL));
	DO(cudaGLSetGLDevice(0));
}

CASE(gl_register_buffer)
{
	cudaGraphicsResource_t resource = UNTOUCHED;

	DO(cudaGraphicsGLRegisterBuffer(&resource, 1, 0));
	SHOW(resource);
}

CASE(gl_register_buffer_flags)
{
	cudaGraphicsResource_t resource = UNTOUCHED;

	DO(cudaGraphicsGLRegisterBuffer(&resource, 1, 0x100));
	SHOW(resource);
}

CASE(gl_register_buffer_to_nowhere)
{
	DO(cudaGraphicsGLRegisterBuffer(NULL, 1, 0));
}

CASE(gl_register_image)
{
	cudaGraphicsResource_t resource = UNTOUCHED;

	DO(cudaGraphicsGLRegisterImage(&resource, 1, 0x0de1, 0));
	SHOW(resource);
}

CASE(gl_register_image_of_no_target)
{
	cudaGraphicsResource_t resource = UNTOUCHED;

	DO(cudaGraphicsGLRegisterImage(&resource, 1, 0, 0));
	SHOW(resource);
}

CASE(gl_register_image_to_nowhere)
{
	DO(cudaGraphicsGLRegisterImage(NULL, 1, 0x0de1, 0));
}

CASE(gl_register_buffer_object)
{
	DO(cudaGLRegisterBufferObject(1));
}

CASE(gl_buffer_object_flags)
{
	DO(cudaGLSetBufferObjectMapFlags(1, 0));
	DO(cudaGLSetBufferObjectMapFlags(1, 0x100));
}

CASE(gl_map_buffer_object)
{
	void *p = UNTOUCHED;

	DO(cudaGLMapBufferObject(&p, 1));
	SHOW(p);
}

CASE(gl_map_buffer_object_async)
{
	void *p = UNTOUCHED;

	DO(cudaGLMapBufferObjectAsync(&p, 1, NULL));
	SHOW(p);
}

CASE(gl_map_buffer_object_to_nowhere)
{
	DO(cudaGLMapBufferObject(NULL, 1));
}

CASE(gl_unmap_buffer_object)
{
	DO(cudaGLUnmapBufferObject(1));
}

CASE(gl_unmap_buffer_object_async)
{
	DO(cudaGLUnmapBufferObjectAsync(1, NULL));
}

CASE(gl_unregister_buffer_object)
{
	DO(cudaGLUnregisterBufferObject(1));
}

/* -- EGL -- */

CASE(egl_register_image)
{
	cudaGraphicsResource_t resource = UNTOUCHED;

	DO(cudaGraphicsEGLRegisterImage(&resource, NULL, 0));
	SHOW(resource);
}

CASE(egl_register_image_flags)
{
	cudaGraphicsResource_t resource = UNTOUCHED;

	DO(cudaGraphicsEGLRegisterImage(&resource, NULL, 0x100));
	SHOW(resource);
}

CASE(egl_register_image_to_nowhere)
{
	DO(cudaGraphicsEGLRegisterImage(NULL, NULL, 0));
}

CASE(egl_frame_of_nothing)
{
	static cudaEglFrame frame;

	DO(cudaGraphicsResourceGetMappedEglFrame(&frame, NULL, 0, 0));
}

CASE(egl_event_of_nothing)
{
	cudaEvent_t event = UNTOUCHED;

	DO(cudaEventCreateFromEGLSync(&event, NULL, 0));
	SHOW(event);
}

CASE(egl_event_to_nowhere)
{
	DO(cudaEventCreateFromEGLSync(NULL, NULL, 0));
}

CASE(egl_consumer_of_nothing)
{
	cudaEglStreamConnection connection = UNTOUCHED;

	DO(cudaEGLStreamConsumerConnect(&connection, NULL));
	SHOW(connection);
}

CASE(egl_consumer_with_flags_of_nothing)
{
	cudaEglStreamConnection connection = UNTOUCHED;

	DO(cudaEGLStreamConsumerConnectWithFlags(&connection, NULL, 0));
	SHOW(connection);
}

CASE(egl_consumer_to_nowhere)
{
	DO(cudaEGLStreamConsumerConnect(NULL, NULL));
}

CASE(egl_producer_of_nothing)
{
	cudaEglStreamConnection connection = UNTOUCHED;

	DO(cudaEGLStreamProducerConnect(&connection, NULL, 64, 64));
	SHOW(connection);
}

CASE(egl_producer_to_nowhere)
{
	DO(cudaEGLStreamProducerConnect(NULL, NULL, 64, 64));
}

CASE(egl_consumer_disconnect)
{
	DO(cudaEGLStreamConsumerDisconnect(NULL));
}

CASE(egl_consumer_disconnect_of_none)
{
	cudaEglStreamConnection connection = NULL;

	DO(cudaEGLStreamConsumerDisconnect(&connection));
}

CASE(egl_producer_disconnect)
{
	DO(cudaEGLStreamProducerDisconnect(NULL));
}

CASE(egl_producer_disconnect_of_none)
{
	cudaEglStreamConnection connection = NULL;

	DO(cudaEGLStreamProducerDisconnect(&connection));
}

CASE(egl_acquire_of_none)
{
	cudaEglStreamConnection connection = NULL;
	cudaGraphicsResource_t resource = NULL;
	cudaStream_t stream = NULL;

	DO(cudaEGLStreamConsumerAcquireFrame(&connection, &resource, &stream, 1));
}

CASE(egl_acquire_without_a_connection)
{
	cudaGraphicsResource_t resource = NULL;
	cudaStream_t stream = NULL;

	DO(cudaEGLStreamConsumerAcquireFrame(NULL, &resource, &stream, 1));
}

CASE(egl_release_of_none)
{
	cudaEglStreamConnection connection = NULL;
	cudaStream_t stream = NULL;

	DO(cudaEGLStreamConsumerReleaseFrame(&connection, NULL, &stream));
}

CASE(egl_present_to_none)
{
	cudaEglStreamConnection connection = NULL;
	static cudaEglFrame frame;
	cudaStream_t stream = NULL;

	DO(cudaEGLStreamProducerPresentFrame(&connection, frame, &stream));
}

CASE(egl_present_without_a_connection)
{
	static cudaEglFrame frame;
	cudaStream_t stream = NULL;

	DO(cudaEGLStreamProducerPresentFrame(NULL, frame, &stream));
}

CASE(egl_return_of_none)
{
	cudaEglStreamConnection connection = NULL;
	static cudaEglFrame frame;
	cudaStream_t stream = NULL;

	DO(cudaEGLStreamProducerReturnFrame(&connection, &frame, &stream));
}

/* -- VDPAU -- */

CASE(vdpau_device_without_a_way_in)
{
	int device = UNTOUCHED_INT;

	DO(cudaVDPAUGetDevice(&device, 0, NULL));
	SHOW(device);
}

CASE(vdpau_device_to_nowhere)
{
	DO(cudaVDPAUGetDevice(NULL, 0, NULL));
}

CASE(vdpau_set_device)
{
	DO(cudaVDPAUSetVDPAUDevice(1000, 0, NULL));
}

CASE(vdpau_set_device_without_a_way_in)
{
	/* A device in use, since NVIDIA's library crashes on another. */
	NEED(cudaFree(NULL));
	DO(cudaVDPAUSetVDPAUDevice(0, 0, NULL));
}

CASE(vdpau_video_surface)
{
	cudaGraphicsResource_t resource = UNTOUCHED;

	DO(cudaGraphicsVDPAURegisterVideoSurface(&resource, 1, 0));
	SHOW(resource);
}

CASE(vdpau_video_surface_to_nowhere)
{
	DO(cudaGraphicsVDPAURegisterVideoSurface(NULL, 1, 0));
}

CASE(vdpau_output_surface)
{
	cudaGraphicsResource_t resource = UNTOUCHED;

	DO(cudaGraphicsVDPAURegisterOutputSurface(&resource, 1, 0));
	SHOW(resource);
}

CASE(vdpau_output_surface_to_nowhere)
{
	DO(cudaGraphicsVDPAURegisterOutputSurface(NULL, 1, 0));
}
