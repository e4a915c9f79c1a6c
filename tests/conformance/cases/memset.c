/* SPDX-License-Identifier: Apache-2.0 */
/* Setting memory. */
#include "conformance.h"

#include <stdlib.h>

static unsigned char *zeroed(size_t size)
{
	unsigned char *d = NULL;

	NEED(cudaMalloc((void **)&d, size));
	NEED(cudaMemset(d, 0, size));
	return d;
}

CASE(bytes)
{
	unsigned char *d = zeroed(64);

	DO(cudaMemset(d, 0xab, 64));
	SHOW_DEVICE(d, 64);
	DO(cudaMemset(d + 1, 0x1234, 3));
	SHOW_DEVICE(d, 64);
	DO(cudaMemset(d + 63, -1, 1));
	SHOW_DEVICE(d, 64);
	DO(cudaMemset(d, 0x100, 2));
	SHOW_DEVICE(d, 64);
}

CASE(nothing)
{
	unsigned char *d = zeroed(64);
	unsigned char h[4];

	DO(cudaMemset(d, 1, 0));
	DO(cudaMemset(NULL, 1, 0));
	DO(cudaMemset(h, 1, 0));
	DO(cudaMemset((void *)0x10, 1, 0));
	DO(cudaMemsetAsync(NULL, 1, 0, NULL));
	DO(cudaMemsetAsync((void *)0x10, 1, 0, NULL));
	SHOW_DEVICE(d, 64);
}

CASE(bad_addresses)
{
	unsigned char h[64] = { 0 };

	NEED(cudaFree(NULL));
	DO(cudaMemset(NULL, 1, 1));
	DO(cudaMemset((void *)0x10, 1, 1));
	DO(cudaMemset(h, 1, 64));
	DO(cudaMemsetAsync(NULL, 1, 1, NULL));
	DO(cudaMemsetAsync(h, 1, 64, NULL));
	DO(cudaMemset2D(NULL, 16, 1, 16, 1));
	DO(cudaMemset2D(h, 16, 1, 16, 2));
	DO(cudaMemset2DAsync(h, 16, 1, 16, 2, NULL));
	SHOW_BYTES(h, 64);
}

CASE(beyond_the_end)
{
	unsigned char *d = zeroed(1000);

	DO(cudaMemset(d, 1, 1001));
	DO(cudaMemset(d + 999, 1, 2));
	DO(cudaMemset(d, 1, (size_t)1 << 40));
	DO(cudaMemsetAsync(d, 1, 1001, NULL));
	DO(cudaMemset2D(d, 100, 1, 100, 11));
	DO(cudaMemset2D(d, 300, 1, 101, 4));
	DO(cudaMemset2D(d, 300, 1, 100, 4));
	SHOW_DEVICE(d, 1000);
}

CASE(pinned_and_managed)
{
	static unsigned char page[4096] __attribute__((aligned(4096)));
	unsigned char *h, *m;

	NEED(cudaMallocHost((void **)&h, 64));
	NEED(cudaMallocManaged((void **)&m, 64, cudaMemAttachGlobal));
	memset(h, 0, 64);
	memset(m, 0, 64);
	DO(cudaMemset(h + 3, 5, 60));
	NEED(cudaDeviceSynchronize());
	SHOW_BYTES(h, 64);
	DO(cudaMemset(m + 3, 6, 60));
	NEED(cudaDeviceSynchronize());
	SHOW_BYTES(m, 64);
	DO(cudaMemset(m, 6, 65));
	NEED(cudaHostRegister(page, 4096, cudaHostRegisterDefault));
	DO(cudaMemset(page, 7, 10));
	NEED(cudaDeviceSynchronize());
	SHOW_BYTES(page, 16);
}

CASE(rectangles)
{
	unsigned char *d = zeroed(64);

	DO(cudaMemset2D(d, 16, 0x11, 5, 3));
	SHOW_DEVICE(d, 64);
	DO(cudaMemset2D(d + 1, 7, 0x22, 3, 4));
	SHOW_DEVICE(d, 64);
	DO(cudaMemset2D(d, 16, 0x33, 16, 4));
	SHOW_DEVICE(d, 64);
	DO(cudaMemset2D(d, 13, 0x1044, 1, 4));
	SHOW_DEVICE(d, 64);
}

CASE(rectangles_of_nothing)
{
	unsigned char *d = zeroed(64);

	DO(cudaMemset2D(d, 16, 1, 0, 4));
	DO(cudaMemset2D(d, 16, 1, 4, 0));
	DO(cudaMemset2D(NULL, 0, 1, 0, 0));
	DO(cudaMemset2D(NULL, 16, 1, 0, 4));
	DO(cudaMemset2D(d, 0, 1, 4, 0));
	DO(cudaMemset2DAsync(NULL, 16, 1, 4, 0, NULL));
	SHOW_DEVICE(d, 64);
}

CASE(pitch_less_than_width)
{
	unsigned char *d = zeroed(64);

	DO(cudaMemset2D(d, 4, 1, 5, 1));
	DO(cudaMemset2D(d, 0, 2, 5, 1));
	DO(cudaMemset2D(d, 4, 3, 5, 2));
	DO(cudaMemset2D(d, 0, 3, 5, 2));
	DO(cudaMemset2D(d, 0, 3, 1, 3));
	DO(cudaMemset2DAsync(d, 4, 4, 5, 2, NULL));
	DO(cudaMemset2DAsync(d, 4, 5, 5, 1, NULL));
	SHOW_DEVICE(d, 64);
}

CASE(pitch_over_the_greatest)
{
	unsigned char *d = zeroed(64);

	DO(cudaMemset2D(d, (size_t)1 << 31, 1, 4, 1));
	DO(cudaMemset2D(d, (size_t)1 << 31, 1, 4, 2));
	DO(cudaMemset2D(d, SIZE_MAX, 1, SIZE_MAX, 1));
	SHOW_DEVICE(d, 64);
}

/* Accepted, for the driver's sum wraps around; the device meets the fault some time later. */
CASE(size_that_wraps_around)
{
	unsigned char *d = zeroed(64);

	DO(cudaMemset(d, 1, SIZE_MAX));
	DO(cudaDeviceSynchronize());
}

CASE(pitch_that_wraps_around)
{
	unsigned char *d = zeroed(64);

	DO(cudaMemset2D(d + 32, SIZE_MAX, 1, 4, 2));
}

CASE(rectangle_in_pitched_memory)
{
	unsigned char *d = NULL;
	size_t pitch = 0;

	DO(cudaMallocPitch((void **)&d, &pitch, 100, 4));
	SHOW(pitch);
	DO(cudaMemset2D(d, pitch, 9, 100, 4));
	DO(cudaMemset2D(d, pitch, 8, pitch, 4));
	SHOW_DEVICE(d, pitch * 4);
	DO(cudaMemset2D(d, pitch, 8, pitch, 5));
}

static struct cudaPitchedPtr box(void *p, size_t pitch, size_t xsize, size_t ysize)
{
	return (struct cudaPitchedPtr){ p, pitch, xsize, ysize };
}

static struct cudaExtent extent(size_t width, size_t height, size_t depth)
{
	return (struct cudaExtent){ width, height, depth };
}

CASE(boxes)
{
	unsigned char *d = zeroed(8 * 4 * 3);

	DO(cudaMemset3D(box(d, 8, 8, 4), 1, extent(8, 4, 3)));
	SHOW_DEVICE(d, 96);
	DO(cudaMemset3D(box(d, 8, 8, 4), 2, extent(3, 4, 3)));
	SHOW_DEVICE(d, 96);
	DO(cudaMemset3D(box(d, 8, 8, 4), 3, extent(2, 2, 2)));
	SHOW_DEVICE(d, 96);
	DO(cudaMemset3D(box(d, 8, 8, 4), 4, extent(8, 2, 3)));
	SHOW_DEVICE(d, 96);
	DO(cudaMemset3D(box(d, 8, 8, 4), 5, extent(1, 1, 1)));
	SHOW_DEVICE(d, 96);
}

CASE(boxes_of_nothing)
{
	unsigned char *d = zeroed(64);

	DO(cudaMemset3D(box(d, 8, 8, 4), 1, extent(0, 4, 3)));
	DO(cudaMemset3D(box(d, 8, 8, 4), 1, extent(8, 0, 3)));
	DO(cudaMemset3D(box(d, 8, 8, 4), 1, extent(8, 4, 0)));
	DO(cudaMemset3D(box(NULL, 0, 0, 0), 1, extent(0, 0, 0)));
	DO(cudaMemset3D(box(NULL, 0, 0, 0), 1, extent(0, 4, 4)));
	DO(cudaMemset3D(box(NULL, 8, 8, 8), 1, extent(0, 9, 9)));
	DO(cudaMemset3DAsync(box(NULL, 0, 0, 0), 1, extent(4, 4, 0), NULL));
	SHOW_DEVICE(d, 64);
}

CASE(box_of_one_row_with_a_bad_pitch)
{
	unsigned char *d = zeroed(64);

	DO(cudaMemset3D(box(d, 4, 4, 1), 1, extent(8, 1, 1)));
	DO(cudaMemset3D(box(d, 0, 0, 0), 2, extent(8, 1, 1)));
	DO(cudaMemset3D(box(d, 0, 8, 1), 3, extent(8, 1, 1)));
	DO(cudaMemset3D(box(d, 8, 8, 0), 4, extent(8, 1, 1)));
	SHOW_DEVICE(d, 64);
}

CASE(box_with_a_bad_pitch)
{
	unsigned char *d = zeroed(64);

	DO(cudaMemset3D(box(d, 4, 8, 4), 1, extent(8, 2, 1)));
	DO(cudaMemset3D(box(d, 4, 8, 4), 2, extent(8, 1, 2)));
	DO(cudaMemset3D(box(d, 0, 8, 4), 3, extent(8, 2, 2)));
	DO(cudaMemset3DAsync(box(d, 4, 8, 4), 1, extent(8, 2, 1), NULL));
	SHOW_DEVICE(d, 64);
}

CASE(box_higher_than_its_slice)
{
	unsigned char *d = zeroed(128);

	DO(cudaMemset3D(box(d, 8, 8, 2), 1, extent(8, 3, 1)));
	SHOW_DEVICE(d, 128);
	DO(cudaMemset3D(box(d, 8, 8, 2), 2, extent(8, 3, 2)));
	DO(cudaMemset3D(box(d, 8, 8, 0), 3, extent(8, 3, 2)));
	DO(cudaMemset3D(box(d, 8, 8, 0), 4, extent(8, 3, 1)));
	SHOW_DEVICE(d, 128);
}

CASE(box_wider_than_its_xsize)
{
	unsigned char *d = zeroed(128);

	DO(cudaMemset3D(box(d, 16, 4, 4), 1, extent(8, 2, 2)));
	SHOW_DEVICE(d, 128);
	DO(cudaMemset3D(box(d, 16, 0, 4), 2, extent(8, 1, 1)));
	SHOW_DEVICE(d, 128);
}

CASE(box_beyond_the_end)
{
	unsigned char *d = zeroed(64);

	DO(cudaMemset3D(box(d, 8, 8, 4), 1, extent(8, 4, 3)));
	DO(cudaMemset3D(box(d, 8, 8, 4), 1, extent(4, 4, 3)));
	SHOW_DEVICE(d, 64);
	DO(cudaMemset3D(box(d, 8, 8, 4), 1, extent(SIZE_MAX, 4, 2)));
	DO(cudaMemset3D(box(NULL, 8, 8, 4), 1, extent(8, 4, 2)));
}

CASE(box_with_a_gap_beyond_the_end)
{
	unsigned char *d = zeroed(64);

	DO(cudaMemset3D(box(d, 8, 8, 4), 1, extent(8, 2, 3)));
	SHOW_DEVICE(d, 64);
}

CASE(box_of_malloc_3d)
{
	struct cudaPitchedPtr p;
	unsigned char *d;
	size_t slice;

	UNTOUCH(p);
	DO(cudaMalloc3D(&p, extent(20, 3, 2)));
	SHOW(p.pitch);
	SHOW(p.xsize);
	SHOW(p.ysize);
	slice = p.pitch * 3;
	NEED(cudaMemset(p.ptr, 0, slice * 2));
	DO(cudaMemset3D(p, 0x5c, extent(20, 3, 2)));
	d = p.ptr;
	SHOW_DEVICE(d, slice * 2);
	DO(cudaMemset3D(p, 0x5d, extent(21, 2, 2)));
	SHOW_DEVICE(d, slice * 2);
}

CASE(box_on_a_stream)
{
	unsigned char *d = zeroed(96);
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	DO(cudaMemset3DAsync(box(d, 8, 8, 4), 1, extent(5, 3, 3), s));
	DO(cudaStreamSynchronize(s));
	SHOW_DEVICE(d, 96);
	DO(cudaMemset3DAsync(box(d, 8, 8, 4), 2, extent(8, 4, 3), cudaStreamPerThread));
	DO(cudaStreamSynchronize(cudaStreamPerThread));
	SHOW_DEVICE(d, 96);
	DO(cudaMemset3DAsync(box(d, 8, 8, 4), 3, extent(8, 4, 2), cudaStreamLegacy));
	DO(cudaStreamSynchronize(cudaStreamLegacy));
	SHOW_DEVICE(d, 96);
}

CASE(busy_stream)
{
	unsigned char *d = zeroed(64);
	struct conf_busy busy;
	cudaStream_t s;

	conf_register();
	NEED(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking));
	NEED(cudaDeviceSynchronize());
	conf_occupy(&busy, s);
	DO(cudaMemsetAsync(d, 1, 16, s));
	DO(cudaMemset2DAsync(d + 16, 8, 2, 4, 2, s));
	DO(cudaMemset3DAsync(box(d + 32, 8, 8, 2), 3, extent(4, 2, 2), s));
	DO(cudaMemsetAsync(d, 1, 65, s));
	DO(cudaMemsetAsync(d, 1, 0, s));
	DO(cudaMemset2DAsync(d, 4, 1, 5, 2, s));
	DO(cudaStreamQuery(s));
	SHOW_DEVICE(d, 64);
	conf_release(&busy);
	SHOW_DEVICE(d, 64);
}

CASE(synchronous_beside_a_busy_stream)
{
	unsigned char *d = zeroed(64);
	struct conf_busy busy;
	cudaStream_t s;

	conf_register();
	NEED(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking));
	conf_occupy(&busy, s);
	DO(cudaMemset(d, 7, 10));
	DO(cudaMemset2D(d + 16, 8, 2, 4, 2));
	SHOW_DEVICE(d, 64);
	DO(cudaStreamQuery(s));
	conf_release(&busy);
}

static void show_nodes(cudaStream_t stream)
{
	cudaGraph_t graph = NULL;
	size_t nodes = 0;

	if (DO(cudaStreamEndCapture(stream, &graph)) != cudaSuccess || graph == NULL)
		return;
	NEED(cudaGraphGetNodes(graph, NULL, &nodes));
	SHOW(nodes);
	NEED(cudaGraphDestroy(graph));
}

static void captured_sets(enum cudaStreamCaptureMode mode)
{
	unsigned char *d = zeroed(96);
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	DO(cudaStreamBeginCapture(s, mode));
	DO(cudaMemsetAsync(d, 1, 16, s));
	DO(cudaMemset2DAsync(d + 16, 8, 2, 4, 2, s));
	DO(cudaMemset3DAsync(box(d, 8, 8, 4), 3, extent(8, 4, 3), s));
	show_nodes(s);
}

CASE(captured_global)
{
	captured_sets(cudaStreamCaptureModeGlobal);
}

CASE(captured_thread_local)
{
	captured_sets(cudaStreamCaptureModeThreadLocal);
}

CASE(captured_relaxed)
{
	captured_sets(cudaStreamCaptureModeRelaxed);
}

/* How many nodes a box becomes: whole, of whole rows, of parts of rows, with gaps. */
static void captured_box(struct cudaExtent size)
{
	unsigned char *d = zeroed(96);
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemset3DAsync(box(d, 8, 8, 4), 3, size, s));
	show_nodes(s);
}

CASE(captured_boxes)
{
	captured_box(extent(8, 4, 3));
	captured_box(extent(5, 4, 3));
	captured_box(extent(8, 2, 3));
	captured_box(extent(5, 2, 3));
	captured_box(extent(8, 4, 1));
	captured_box(extent(5, 1, 1));
}

CASE(captured_nothing)
{
	unsigned char *d = zeroed(96);
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemsetAsync(d, 1, 0, s));
	DO(cudaMemset2DAsync(d, 8, 1, 4, 0, s));
	DO(cudaMemset3DAsync(box(d, 8, 8, 4), 1, extent(0, 4, 3), s));
	show_nodes(s);
}

CASE(captured_bad_arguments)
{
	unsigned char *d = zeroed(96);
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemset2DAsync(d, 4, 1, 5, 2, s));
	show_nodes(s);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemsetAsync(NULL, 1, 16, s));
	show_nodes(s);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemset3DAsync(box(d, 4, 8, 4), 1, extent(8, 2, 2), s));
	show_nodes(s);
}

static void synchronous_in_a_capture(enum cudaStreamCaptureMode mode, unsigned int flags)
{
	unsigned char *d = zeroed(64);
	cudaStream_t s;

	NEED(cudaStreamCreateWithFlags(&s, flags));
	NEED(cudaStreamBeginCapture(s, mode));
	DO(cudaMemset(d, 1, 0));
	DO(cudaMemset(d, 1, 16));
	show_nodes(s);
	NEED(cudaStreamBeginCapture(s, mode));
	DO(cudaMemset2D(d, 8, 1, 4, 2));
	show_nodes(s);
	NEED(cudaStreamBeginCapture(s, mode));
	DO(cudaMemset3D(box(d, 8, 8, 4), 3, extent(8, 4, 2)));
	show_nodes(s);
	SHOW_DEVICE(d, 64);
}

CASE(synchronous_in_a_global_capture)
{
	synchronous_in_a_capture(cudaStreamCaptureModeGlobal, 0);
}

CASE(synchronous_in_a_relaxed_capture)
{
	synchronous_in_a_capture(cudaStreamCaptureModeRelaxed, 0);
}

CASE(synchronous_in_a_global_capture_of_a_nonblocking_stream)
{
	synchronous_in_a_capture(cudaStreamCaptureModeGlobal, cudaStreamNonBlocking);
}

CASE(synchronous_in_a_relaxed_capture_of_a_nonblocking_stream)
{
	synchronous_in_a_capture(cudaStreamCaptureModeRelaxed, cudaStreamNonBlocking);
}

static void set_in_a_callback(void *device)
{
	DO(cudaMemsetAsync(device, 1, 16, NULL));
	DO(cudaMemsetAsync(device, 1, 0, NULL));
}

CASE(from_a_host_function)
{
	unsigned char *d = zeroed(64);
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaLaunchHostFunc(s, set_in_a_callback, d));
	DO(cudaStreamSynchronize(s));
	SHOW_DEVICE(d, 16);
}

CASE(in_another_thread)
{
	unsigned char *d = zeroed(64);

	conf_in_thread(set_in_a_callback, d);
	SHOW_DEVICE(d, 16);
}

CASE(large_and_odd)
{
	size_t size = (65 << 20) + 3;
	unsigned char *d = zeroed(size), *h = malloc(size);
	bool same = true;

	DO(cudaMemset(d, 0x3c, size));
	DO(cudaMemcpy(h, d, size, cudaMemcpyDeviceToHost));
	for (size_t i = 0; i < size; i++)
		same = same && h[i] == 0x3c;
	SHOW(same);
	free(h);
}
