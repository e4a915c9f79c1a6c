/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EGL images, the frames through which they are seen, and sync objects. There is no EGL: an image
 * is a number that says what it shows,
 *
 *	colour format + 0x1000 (rows with a pitch, else arrays) + 0x10000 * any number
 *
 * 64 wide and 48 high. Its planes are resources' arrays, or lie one behind the other in rows of
 * 256 bytes. Formats of three channels have rows only, as with NVIDIA's driver. A sync object is
 * any address but NULL, and has been signalled.
 */
#include <stdlib.h>

#include "sim/array.h"
#include "sim/graphics.h"
#include "sim/memory.h"
#include "sim/op.h"

#define WIDTH       64
#define HEIGHT      48
#define PITCH       ((size_t)256)
#define MOST_PLANES 3
#define FORMAT_MASK ((uintptr_t)0xfff)
#define PITCHED     ((uintptr_t)0x1000)

/*
 * Colour formats first to last: planes, how many pixels share a value of the planes behind the
 * first (across, down), channels of the first plane and bytes of a channel.
 */
static const struct colour {
	unsigned char first, last, planes, across, down, channels, bytes;
} colours[] = {
	{ 0, 0, 3, 2, 2, 1, 1 },     { 1, 1, 2, 2, 2, 1, 1 },     { 2, 2, 3, 2, 1, 1, 1 },
	{ 3, 3, 2, 2, 1, 1, 1 },     { 4, 5, 1, 1, 1, 3, 1 },     { 6, 7, 1, 1, 1, 4, 1 },
	{ 8, 9, 1, 1, 1, 1, 1 },     { 10, 10, 3, 1, 1, 1, 1 },   { 11, 11, 2, 1, 1, 1, 1 },
	{ 12, 13, 1, 1, 1, 2, 1 },   { 14, 15, 1, 1, 1, 4, 1 },   { 16, 16, 1, 1, 1, 1, 1 },
	{ 17, 17, 1, 1, 1, 2, 1 },   { 18, 18, 1, 1, 1, 4, 1 },   { 19, 19, 2, 1, 1, 1, 1 },
	{ 20, 20, 2, 2, 1, 1, 1 },   { 21, 21, 2, 2, 2, 1, 1 },   { 22, 22, 2, 1, 1, 1, 2 },
	{ 23, 23, 2, 2, 2, 1, 2 },   { 24, 24, 2, 1, 1, 1, 2 },   { 25, 25, 2, 2, 2, 1, 2 },
	{ 26, 29, 1, 1, 1, 2, 1 },   { 30, 30, 1, 1, 1, 3, 1 },   { 31, 32, 1, 1, 1, 4, 1 },
	{ 33, 33, 3, 1, 1, 1, 1 },   { 34, 34, 3, 2, 1, 1, 1 },   { 35, 35, 3, 2, 2, 1, 1 },
	{ 36, 36, 2, 1, 1, 1, 1 },   { 37, 37, 2, 2, 1, 1, 1 },   { 38, 38, 2, 2, 2, 1, 1 },
	{ 39, 39, 3, 1, 1, 1, 1 },   { 40, 40, 3, 2, 1, 1, 1 },   { 41, 41, 3, 2, 2, 1, 1 },
	{ 42, 42, 2, 1, 1, 1, 1 },   { 43, 43, 2, 2, 1, 1, 1 },   { 44, 44, 2, 2, 2, 1, 1 },
	{ 45, 48, 1, 1, 1, 1, 1 },   { 49, 60, 1, 1, 1, 1, 2 },   { 61, 64, 1, 1, 1, 1, 4 },
	{ 65, 65, 3, 1, 1, 1, 1 },   { 66, 66, 3, 2, 1, 1, 1 },   { 67, 67, 3, 2, 2, 1, 1 },
	{ 68, 71, 1, 1, 1, 1, 2 },   { 72, 75, 1, 1, 1, 1, 1 },   { 76, 81, 1, 1, 1, 1, 2 },
	{ 82, 82, 1, 1, 1, 1, 1 },   { 83, 84, 2, 2, 2, 1, 1 },   { 85, 86, 3, 2, 2, 1, 1 },
	{ 87, 88, 2, 2, 2, 1, 1 },   { 89, 90, 3, 2, 2, 1, 1 },   { 91, 92, 2, 2, 2, 1, 2 },
	{ 93, 95, 2, 2, 1, 1, 2 },   { 96, 97, 1, 1, 1, 1, 1 },   { 98, 101, 1, 1, 1, 1, 2 },
	{ 102, 102, 1, 1, 1, 4, 1 }, { 103, 103, 1, 1, 1, 3, 1 }, { 104, 105, 1, 1, 1, 2, 1 },
	{ 106, 107, 2, 2, 2, 1, 2 }, { 108, 109, 2, 1, 1, 1, 2 }, { 110, 111, 2, 2, 2, 1, 2 },
	{ 112, 113, 2, 1, 1, 1, 2 }, { 114, 116, 1, 1, 1, 2, 1 },
};

static const struct colour *colour_of(uintptr_t format)
{
	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
		if (format >= colours[i].first && format <= colours[i].last)
			return &colours[i];
	return NULL;
}

static CUarray_format array_format(const struct colour *colour)
{
	if (colour->bytes == 4)
		return CU_AD_FORMAT_UNSIGNED_INT32;
	return colour->bytes == 2 ? CU_AD_FORMAT_UNSIGNED_INT16 : CU_AD_FORMAT_UNSIGNED_INT8;
}

/* Of two planes the second has the two values of colour side by side. */
static unsigned int plane_channels(const struct colour *colour, unsigned int plane)
{
	return plane && colour->planes == 2 ? 2 : colour->channels;
}

static CUresult add_arrays(CUgraphicsResource resource, const struct colour *colour)
{
	CUresult error = CUDA_SUCCESS;

	for (unsigned int i = 0; i < colour->planes && error == CUDA_SUCCESS; i++) {
		CUDA_ARRAY3D_DESCRIPTOR desc = {
			.Width = i ? WIDTH / colour->across : WIDTH,
			.Height = i ? HEIGHT / colour->down : HEIGHT,
			.Format = array_format(colour),
			.NumChannels = plane_channels(colour, i),
		};

		error = sim_graphics_add_image(resource, &desc, 1);
		if (error == CUDA_SUCCESS)
			resource->frame.frame.pArray[i] = resource->images[i]->levels[0];
	}
	return error;
}

static CUresult add_rows(CUgraphicsResource resource, const struct colour *colour)
{
	CUresult error = sim_graphics_add_buffer(resource, PITCH * HEIGHT * colour->planes);
	uintptr_t start = (uintptr_t)resource->buffer;

	if (error != CUDA_SUCCESS)
		return error;
	for (unsigned int i = 0; i < colour->planes; i++)
		resource->frame.frame.pPitch[i] = (void *)(start + PITCH * HEIGHT * i);
	resource->frame.frameType = CU_EGL_FRAME_TYPE_PITCH;
	resource->frame.pitch = PITCH;
	return CUDA_SUCCESS;
}

CUresult cuGraphicsEGLRegisterImage(CUgraphicsResource *out, void *image, unsigned int flags)
{
	uintptr_t token = (uintptr_t)image;
	const struct colour *colour = colour_of(token & FORMAT_MASK);
	CUgraphicsResource resource;
	CUresult error;

	SIM_ENTER(SIM_CTX);
	if (!out || !sim_graphics_flags_ok(flags, 0))
		return CUDA_ERROR_INVALID_VALUE;
	if (!image)
		return CUDA_ERROR_UNKNOWN;
	if (!colour)
		return CUDA_ERROR_INVALID_HANDLE;
	resource = sim_graphics_new(call.ctx, SIM_G_EGL);
	if (!resource)
		return CUDA_ERROR_OUT_OF_MEMORY;
	resource->frame = (CUeglFrame){
		.width = WIDTH,
		.height = HEIGHT,
		.depth = 1,
		.planeCount = colour->planes,
		.numChannels = colour->channels,
		.eglColorFormat = (CUeglColorFormat)(token & FORMAT_MASK),
		.cuFormat = array_format(colour),
	};
	error = token & PITCHED ? add_rows(resource, colour) : add_arrays(resource, colour);
	if (error != CUDA_SUCCESS)
		sim_graphics_delete(resource);
	else
		*out = resource;
	return error;
}

/* An image of one level and no faces: index and level have one value. */
CUresult cuGraphicsResourceGetMappedEglFrame(CUeglFrame *frame, CUgraphicsResource resource,
					     unsigned int index, unsigned int level)
{
	CUresult error;

	SIM_ENTER(SIM_CTX);
	error = sim_graphics_check(call.ctx, resource);
	if (error == CUDA_ERROR_INVALID_HANDLE && resource)
		return CUDA_ERROR_NOT_MAPPED;
	if (error != CUDA_SUCCESS)
		return error;
	if (resource->kind != SIM_G_EGL)
		return CUDA_ERROR_INVALID_HANDLE;
	if (!frame || index || level)
		return CUDA_ERROR_INVALID_VALUE;
	*frame = resource->frame;
	return CUDA_SUCCESS;
}

static bool plane_ok(const CUeglFrame *frame, const struct colour *colour, unsigned int plane)
{
	uintptr_t start = (uintptr_t)frame->frame.pPitch[plane];

	if (frame->frameType == CU_EGL_FRAME_TYPE_ARRAY)
		return sim_handle_ok(frame->frame.pArray[plane], SIM_H_ARRAY);
	return frame->pitch >= (size_t)frame->width * frame->numChannels * colour->bytes &&
	       sim_memory_ok(start, 1, SIM_AS_DEVICE);
}

CUresult sim_egl_frame_check(const CUeglFrame *frame)
{
	const struct colour *colour = colour_of((uintptr_t)frame->eglColorFormat);

	if (!colour || frame->planeCount != colour->planes || !frame->width || !frame->height ||
	    frame->frameType > CU_EGL_FRAME_TYPE_PITCH)
		return CUDA_ERROR_INVALID_VALUE;
	for (unsigned int i = 0; i < frame->planeCount && i < MOST_PLANES; i++)
		if (!plane_ok(frame, colour, i))
			return CUDA_ERROR_INVALID_VALUE;
	return CUDA_SUCCESS;
}

/* Without time, and recorded once for all. */
CUresult cuEventCreateFromEGLSync(CUevent *event, void *sync, unsigned int flags)
{
	CUevent made;

	SIM_ENTER(SIM_CTX);
	if (!event || !sync || flags & ~(unsigned int)CU_EVENT_BLOCKING_SYNC)
		return CUDA_ERROR_INVALID_VALUE;
	made = calloc(1, sizeof(*made));
	if (made)
		made->record = sim_record_new();
	if (!made || !made->record || !sim_handle_add(made, SIM_H_EVENT)) {
		if (made && made->record)
			sim_record_drop(made->record);
		free(made);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	sim_record_done(made->record);
	made->ctx = call.ctx;
	made->flags = flags | CU_EVENT_DISABLE_TIMING;
	made->imported = true;
	*event = made;
	return CUDA_SUCCESS;
}
