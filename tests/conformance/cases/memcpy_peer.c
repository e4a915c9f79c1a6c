/* SPDX-License-Identifier: Apache-2.0 */
/* Copies between devices. */
#include "conformance.h"

static unsigned char *filled(size_t size, int value)
{
	unsigned char *d = NULL;

	NEED(cudaMalloc((void **)&d, size));
	NEED(cudaMemset(d, value, size));
	NEED(cudaDeviceSynchronize());
	return d;
}

static struct cudaPitchedPtr box(void *p, size_t pitch, size_t xsize, size_t ysize)
{
	return (struct cudaPitchedPtr){ p, pitch, xsize, ysize };
}

/* Boxes of 8 x 4 x 2 bytes on device 0. */
static struct cudaMemcpy3DPeerParms whole(void *dst, void *src)
{
	return (struct cudaMemcpy3DPeerParms){
		.srcPtr = box(src, 8, 8, 4),
		.dstPtr = box(dst, 8, 8, 4),
		.extent = { 8, 4, 2 },
	};
}

CASE(on_one_device)
{
	unsigned char *d = filled(64, 1), *e = filled(64, 2);

	DO(cudaMemcpyPeer(d, 0, e, 0, 32));
	SHOW_DEVICE(d, 64);
	DO(cudaMemcpyPeerAsync(d + 32, 0, e, 0, 31, NULL));
	NEED(cudaDeviceSynchronize());
	SHOW_DEVICE(d, 64);
}

CASE(devices_that_are_none)
{
	unsigned char *d = filled(64, 1), *e = filled(64, 2);

	DO(cudaMemcpyPeer(d, 99, e, 0, 32));
	DO(cudaMemcpyPeer(d, 0, e, 99, 32));
	DO(cudaMemcpyPeer(d, -1, e, 0, 32));
	DO(cudaMemcpyPeer(d, 0, e, -1, 32));
	DO(cudaMemcpyPeer(d, 99, e, 0, 0));
	DO(cudaMemcpyPeer(NULL, 99, NULL, 99, 0));
	DO(cudaMemcpyPeerAsync(d, 99, e, 0, 32, NULL));
	DO(cudaMemcpyPeerAsync(d, 0, e, -1, 32, NULL));
	DO(cudaMemcpyPeerAsync(d, 99, e, 0, 0, NULL));
	DO(cudaMemcpyPeer(NULL, 99, e, 0, 32));
	SHOW_DEVICE(d, 64);
}

CASE(nothing)
{
	unsigned char *d = filled(64, 1);

	DO(cudaMemcpyPeer(NULL, 0, NULL, 0, 0));
	DO(cudaMemcpyPeer(d, 0, NULL, 0, 0));
	DO(cudaMemcpyPeer((void *)0x10, 0, d, 0, 0));
	DO(cudaMemcpyPeerAsync(NULL, 0, NULL, 0, 0, NULL));
	DO(cudaMemcpyPeerAsync((void *)0x10, 0, d, 0, 0, NULL));
}

CASE(bad_memory)
{
	unsigned char h[64] = { 0 }, *d = filled(64, 1);

	DO(cudaMemcpyPeer(NULL, 0, d, 0, 16));
	DO(cudaMemcpyPeer(d, 0, NULL, 0, 16));
	DO(cudaMemcpyPeer(h, 0, d, 0, 16));
	DO(cudaMemcpyPeer(d, 0, h, 0, 16));
	DO(cudaMemcpyPeer(d, 0, d + 32, 0, 33));
	DO(cudaMemcpyPeer(d, 0, d, 0, SIZE_MAX));
	DO(cudaMemcpyPeerAsync(NULL, 0, d, 0, 16, NULL));
	DO(cudaMemcpyPeerAsync(d, 0, h, 0, 16, NULL));
	DO(cudaMemcpyPeerAsync(d, 0, d + 32, 0, 33, NULL));
	SHOW_DEVICE(d, 64);
}

CASE(pinned_and_managed_memory)
{
	unsigned char *d = filled(64, 1), *h, *m;

	NEED(cudaMallocHost((void **)&h, 64));
	NEED(cudaMallocManaged((void **)&m, 64, cudaMemAttachGlobal));
	memset(h, 2, 64);
	memset(m, 3, 64);
	DO(cudaMemcpyPeer(d, 0, h, 0, 16));
	DO(cudaMemcpyPeer(d + 16, 0, m, 0, 16));
	DO(cudaMemcpyPeer(h, 0, d + 32, 0, 16));
	DO(cudaMemcpyPeer(m, 0, d + 32, 0, 16));
	NEED(cudaDeviceSynchronize());
	SHOW_DEVICE(d, 64);
	SHOW_BYTES(h, 64);
	SHOW_BYTES(m, 64);
}

CASE(boxes_on_one_device)
{
	unsigned char *d = filled(64, 1), *e = filled(64, 2);
	struct cudaMemcpy3DPeerParms p = whole(d, e);

	p.extent.width = 3;
	p.extent.depth = 1;
	p.dstPos.y = 2;
	p.extent.height = 2;
	DO(cudaMemcpy3DPeer(&p));
	SHOW_DEVICE(d, 64);
	p = whole(d, e);
	DO(cudaMemcpy3DPeerAsync(&p, NULL));
	NEED(cudaDeviceSynchronize());
	SHOW_DEVICE(d, 64);
}

CASE(boxes_of_nothing)
{
	struct cudaMemcpy3DPeerParms p = { .srcDevice = 0 };

	DO(cudaMemcpy3DPeer(&p));
	DO(cudaMemcpy3DPeerAsync(&p, NULL));
	p.dstDevice = 99;
	DO(cudaMemcpy3DPeer(&p));
	DO(cudaMemcpy3DPeerAsync(&p, NULL));
	p.dstDevice = 0;
	p.extent.width = 8;
	p.extent.height = 2;
	DO(cudaMemcpy3DPeer(&p));
	p = whole(filled(64, 1), NULL);
	p.extent.height = 0;
	DO(cudaMemcpy3DPeer(&p));
}

CASE(null_description)
{
	NEED(cudaFree(NULL));
	DO(cudaMemcpy3DPeer(NULL));
}

CASE(null_description_async)
{
	NEED(cudaFree(NULL));
	DO(cudaMemcpy3DPeerAsync(NULL, NULL));
}

CASE(boxes_of_bad_devices)
{
	unsigned char *d = filled(64, 1), *e = filled(64, 2);
	struct cudaMemcpy3DPeerParms p = whole(d, e);

	p.srcDevice = 99;
	DO(cudaMemcpy3DPeer(&p));
	p = whole(d, e);
	p.dstDevice = -1;
	DO(cudaMemcpy3DPeer(&p));
	DO(cudaMemcpy3DPeerAsync(&p, NULL));
	SHOW_DEVICE(d, 64);
}

CASE(boxes_that_are_wrong)
{
	unsigned char *d = filled(64, 1), *e = filled(64, 2);
	struct cudaMemcpy3DPeerParms p = whole(NULL, e);

	DO(cudaMemcpy3DPeer(&p));
	p = whole(d, NULL);
	DO(cudaMemcpy3DPeer(&p));
	p = whole(d, e);
	p.srcPtr.pitch = 7;
	DO(cudaMemcpy3DPeer(&p));
	DO(cudaMemcpy3DPeerAsync(&p, NULL));
	p.dstDevice = 99;
	DO(cudaMemcpy3DPeer(&p));
	p = whole(d, e);
	p.extent.depth = 3;
	DO(cudaMemcpy3DPeer(&p));
	p = whole(d, e);
	p.dstPtr.ysize = 3;
	DO(cudaMemcpy3DPeer(&p));
	p = whole(d, e);
	p.dstPos.x = 1;
	DO(cudaMemcpy3DPeer(&p));
	SHOW_DEVICE(d, 64);
}

CASE(boxes_of_host_memory)
{
	unsigned char h[64], *d = filled(64, 1), *pinned;
	struct cudaMemcpy3DPeerParms p = whole(d, h);

	memset(h, 2, 64);
	DO(cudaMemcpy3DPeer(&p));
	p = whole(h, d);
	DO(cudaMemcpy3DPeer(&p));
	NEED(cudaMallocHost((void **)&pinned, 64));
	memset(pinned, 3, 64);
	p = whole(d, pinned);
	DO(cudaMemcpy3DPeer(&p));
	SHOW_DEVICE(d, 64);
}

CASE(boxes_with_arrays)
{
	struct cudaChannelFormatDesc desc = { 8, 0, 0, 0, cudaChannelFormatKindUnsigned };
	struct cudaExtent extent = { 8, 4, 2 };
	unsigned char *d = filled(64, 1), *e = filled(64, 2);
	struct cudaMemcpy3DPeerParms p = whole(NULL, e);
	cudaArray_t a = NULL, b = NULL;

	NEED(cudaMalloc3DArray(&a, &desc, extent, cudaArrayDefault));
	NEED(cudaMalloc3DArray(&b, &desc, extent, cudaArrayDefault));
	p.dstArray = a;
	DO(cudaMemcpy3DPeer(&p));
	p.dstPtr.ptr = d;
	DO(cudaMemcpy3DPeer(&p));
	p = (struct cudaMemcpy3DPeerParms){ .srcArray = a, .dstArray = b, .extent = extent };
	DO(cudaMemcpy3DPeer(&p));
	p = whole(d, NULL);
	p.srcArray = b;
	DO(cudaMemcpy3DPeer(&p));
	SHOW_DEVICE(d, 64);
	p.srcPos.z = 1;
	DO(cudaMemcpy3DPeer(&p));
}

CASE(busy_stream)
{
	unsigned char *d = filled(64, 1), *e = filled(64, 2);
	struct cudaMemcpy3DPeerParms p = whole(d, e);
	struct conf_busy busy;
	cudaStream_t s;

	conf_register();
	p.extent.depth = 1;
	NEED(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking));
	conf_occupy(&busy, s);
	DO(cudaMemcpyPeerAsync(d + 40, 0, e, 0, 8, s));
	DO(cudaMemcpy3DPeerAsync(&p, s));
	DO(cudaStreamQuery(s));
	SHOW_DEVICE(d, 64);
	conf_release(&busy);
	SHOW_DEVICE(d, 64);
}

static void end_capture(cudaStream_t stream)
{
	cudaGraph_t graph = NULL;
	size_t nodes = 0;

	if (DO(cudaStreamEndCapture(stream, &graph)) != cudaSuccess || graph == NULL)
		return;
	NEED(cudaGraphGetNodes(graph, NULL, &nodes));
	SHOW(nodes);
}

CASE(captured)
{
	unsigned char *d = filled(64, 1), *e = filled(64, 2);
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpyPeerAsync(d, 0, e, 0, 0, s));
	DO(cudaMemcpyPeerAsync(d, 0, e, 0, 8, s));
	end_capture(s);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed));
	DO(cudaMemcpyPeer(d, 0, e, 0, 8));
	end_capture(s);
}

CASE(captured_box)
{
	unsigned char *d = filled(64, 1), *e = filled(64, 2);
	struct cudaMemcpy3DPeerParms p = whole(d, e);
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpy3DPeerAsync(&p, s));
	end_capture(s);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpy3DPeer(&p));
	end_capture(s);
}

static void copy_in_a_callback(void *device)
{
	unsigned char *d = device;

	DO(cudaMemcpyPeerAsync(d, 0, d + 32, 0, 8, NULL));
	DO(cudaMemcpyPeerAsync(d, 99, d + 32, 0, 8, NULL));
}

CASE(from_a_host_function)
{
	unsigned char *d = filled(64, 1);
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaLaunchHostFunc(s, copy_in_a_callback, d));
	DO(cudaStreamSynchronize(s));
}

/* Memory of device 1, with device 0 current again. */
static unsigned char *filled_on_1(size_t size, int value)
{
	unsigned char *d;

	NEED(cudaSetDevice(1));
	d = filled(size, value);
	NEED(cudaSetDevice(0));
	return d;
}

CASE_TWO_DEVICES(between_devices)
{
	unsigned char *d = filled(64, 1), *e = filled_on_1(64, 2);
	int device = UNTOUCHED_INT;

	DO(cudaMemcpyPeer(d, 0, e, 1, 32));
	NEED(cudaDeviceSynchronize());
	SHOW_DEVICE(d, 64);
	DO(cudaMemcpyPeer(e, 1, d, 0, 64));
	NEED(cudaDeviceSynchronize());
	SHOW_DEVICE(e, 64);
	NEED(cudaGetDevice(&device));
	SHOW(device);
}

CASE_TWO_DEVICES(named_devices_need_not_be_right)
{
	unsigned char *d = filled(64, 1), *e = filled_on_1(64, 2);

	DO(cudaMemcpyPeer(d, 1, e, 0, 32));
	NEED(cudaDeviceSynchronize());
	SHOW_DEVICE(d, 64);
	DO(cudaMemcpyPeer(d, 0, e, 0, 64));
	NEED(cudaDeviceSynchronize());
	SHOW_DEVICE(d, 64);
}

CASE_TWO_DEVICES(device_without_a_context)
{
	unsigned char *d = filled(64, 1), *e = filled(64, 2);

	DO(cudaMemcpyPeer(d, 1, e, 0, 32));
	DO(cudaMemcpyPeer(d, 0, e, 1, 0));
	NEED(cudaDeviceSynchronize());
	SHOW_DEVICE(d, 64);
}

CASE_TWO_DEVICES(plain_copies_between_devices)
{
	unsigned char h[64], *d = filled(64, 1), *e = filled_on_1(64, 2);

	DO(cudaMemcpy(d, e, 16, cudaMemcpyDeviceToDevice));
	DO(cudaMemcpy(d + 16, e, 16, cudaMemcpyDefault));
	DO(cudaMemcpyAsync(d + 32, e, 16, cudaMemcpyDefault, NULL));
	NEED(cudaDeviceSynchronize());
	SHOW_DEVICE(d, 64);
	DO(cudaMemcpy(h, e, 64, cudaMemcpyDeviceToHost));
	SHOW_BYTES(h, 64);
	DO(cudaMemset(e, 7, 32));
	NEED(cudaDeviceSynchronize());
	SHOW_DEVICE(e, 64);
}

CASE_TWO_DEVICES(streams_of_the_other_device)
{
	unsigned char *d = filled(64, 1), *e = filled_on_1(64, 2);
	cudaStream_t s;

	NEED(cudaSetDevice(1));
	NEED(cudaStreamCreate(&s));
	NEED(cudaSetDevice(0));
	DO(cudaMemcpyPeerAsync(d, 0, e, 1, 16, s));
	DO(cudaMemcpyAsync(d + 16, e, 16, cudaMemcpyDeviceToDevice, s));
	DO(cudaMemsetAsync(d + 32, 9, 16, s));
	DO(cudaMemcpyPeerAsync(e, 1, d, 1, 16, s));
	DO(cudaStreamSynchronize(s));
	SHOW_DEVICE(d, 64);
}

CASE_TWO_DEVICES(boxes_between_devices)
{
	unsigned char *d = filled(64, 1), *e = filled_on_1(64, 2);
	struct cudaMemcpy3DPeerParms p = whole(d, e);

	p.srcDevice = 1;
	p.extent.height = 3;
	DO(cudaMemcpy3DPeer(&p));
	NEED(cudaDeviceSynchronize());
	SHOW_DEVICE(d, 64);
	p = whole(e, d);
	p.dstDevice = 1;
	DO(cudaMemcpy3DPeerAsync(&p, NULL));
	NEED(cudaDeviceSynchronize());
	SHOW_DEVICE(e, 64);
}

CASE_TWO_DEVICES(captured_between_devices)
{
	unsigned char *d = filled(64, 1), *e = filled_on_1(64, 2);
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpyPeerAsync(d, 0, e, 1, 8, s));
	end_capture(s);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpyAsync(d, e, 8, cudaMemcpyDefault, s));
	end_capture(s);
}
