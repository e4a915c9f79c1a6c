/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames of EGL between the runtime's form and the driver's. A colour format has one plane, or one
 * of luma and either two of chroma (planar) or one with both chroma values side by side
 * (semi-planar), which may be coarser than the luma.
 */
#include "runtime/egl_frame.h"

#include <stdbool.h>

#include "runtime/channel_format.h"

enum chroma {
	CHROMA_NONE, /* one plane */
	CHROMA_444,
	CHROMA_422, /* half as wide */
	CHROMA_420, /* half as wide and half as high */
};

struct layout {
	enum chroma chroma;
	bool semi_planar;
};

/* Flat: every format with more than one plane, the rest have one. */
static struct layout layout_of(cudaEglColorFormat format)
{
	switch (format) {
	case cudaEglColorFormatYUV420Planar:
	case cudaEglColorFormatYUV420Planar_ER:
	case cudaEglColorFormatYUV420Planar_2020:
	case cudaEglColorFormatYUV420Planar_709:
	case cudaEglColorFormatYVU420Planar:
	case cudaEglColorFormatYVU420Planar_ER:
	case cudaEglColorFormatYVU420Planar_2020:
	case cudaEglColorFormatYVU420Planar_709:
		return (struct layout){ CHROMA_420, false };
	case cudaEglColorFormatYUV420SemiPlanar:
	case cudaEglColorFormatYUV420SemiPlanar_ER:
	case cudaEglColorFormatYUV420SemiPlanar_2020:
	case cudaEglColorFormatYUV420SemiPlanar_709:
	case cudaEglColorFormatYVU420SemiPlanar:
	case cudaEglColorFormatYVU420SemiPlanar_ER:
	case cudaEglColorFormatYVU420SemiPlanar_2020:
	case cudaEglColorFormatYVU420SemiPlanar_709:
	case cudaEglColorFormatY10V10U10_420SemiPlanar:
	case cudaEglColorFormatY10V10U10_420SemiPlanar_709:
	case cudaEglColorFormatY10V10U10_420SemiPlanar_2020:
	case cudaEglColorFormatY10V10U10_420SemiPlanar_ER:
	case cudaEglColorFormatY10V10U10_420SemiPlanar_709_ER:
	case cudaEglColorFormatY12V12U12_420SemiPlanar:
	case cudaEglColorFormatY12V12U12_420SemiPlanar_ER:
	case cudaEglColorFormatY12V12U12_420SemiPlanar_709_ER:
		return (struct layout){ CHROMA_420, true };
	case cudaEglColorFormatYUV422Planar:
	case cudaEglColorFormatYUV422Planar_ER:
	case cudaEglColorFormatYVU422Planar:
	case cudaEglColorFormatYVU422Planar_ER:
		return (struct layout){ CHROMA_422, false };
	case cudaEglColorFormatYUV422SemiPlanar:
	case cudaEglColorFormatYUV422SemiPlanar_ER:
	case cudaEglColorFormatYVU422SemiPlanar:
	case cudaEglColorFormatYVU422SemiPlanar_ER:
	case cudaEglColorFormatY10V10U10_422SemiPlanar:
	case cudaEglColorFormatY10V10U10_422SemiPlanar_709:
	case cudaEglColorFormatY10V10U10_422SemiPlanar_2020:
		return (struct layout){ CHROMA_422, true };
	case cudaEglColorFormatYUV444Planar:
	case cudaEglColorFormatYUV444Planar_ER:
	case cudaEglColorFormatYVU444Planar:
	case cudaEglColorFormatYVU444Planar_ER:
		return (struct layout){ CHROMA_444, false };
	case cudaEglColorFormatYUV444SemiPlanar:
	case cudaEglColorFormatYUV444SemiPlanar_ER:
	case cudaEglColorFormatYVU444SemiPlanar:
	case cudaEglColorFormatYVU444SemiPlanar_ER:
	case cudaEglColorFormatY10V10U10_444SemiPlanar:
	case cudaEglColorFormatY10V10U10_444SemiPlanar_ER:
	case cudaEglColorFormatY10V10U10_444SemiPlanar_709_ER:
	case cudaEglColorFormatY12V12U12_444SemiPlanar:
	case cudaEglColorFormatY12V12U12_444SemiPlanar_ER:
	case cudaEglColorFormatY12V12U12_444SemiPlanar_709_ER:
		return (struct layout){ CHROMA_444, true };
	default:
		return (struct layout){ CHROMA_NONE, false };
	}
}

/* The driver's structure has no place for what the planes behind the first say. */
cudaError_t rt_egl_frame_to_driver(const cudaEglFrame *frame, CUeglFrame *out)
{
	const cudaEglPlaneDesc *plane = &frame->planeDesc[0];
	CUeglFrame made = {
		.width = plane->width,
		.height = plane->height,
		.depth = plane->depth,
		.pitch = plane->pitch,
		.planeCount = frame->planeCount,
		.frameType = (CUeglFrameType)frame->frameType,
		.eglColorFormat = (CUeglColorFormat)frame->eglColorFormat,
	};
	bool pitched = frame->frameType == cudaEglFrameTypePitch;
	cudaError_t error;

	error = rt_channel_to_format(&plane->channelDesc, &made.cuFormat, &made.numChannels);
	if (error != cudaSuccess)
		return error;
	if (frame->planeCount == 0 || frame->planeCount > CUDA_EGL_MAX_PLANES ||
	    (!pitched && frame->frameType != cudaEglFrameTypeArray))
		return cudaErrorInvalidValue;
	for (unsigned int i = 0; i < frame->planeCount; i++) {
		if (pitched)
			made.frame.pPitch[i] = frame->frame.pPitch[i].ptr;
		else
			made.frame.pArray[i] = (CUarray)frame->frame.pArray[i];
	}
	*out = made;
	return cudaSuccess;
}

/* The plane behind the first one that the format has, in terms of the first. */
static void coarsen(cudaEglPlaneDesc *plane, struct layout layout)
{
	if (layout.chroma == CHROMA_422 || layout.chroma == CHROMA_420)
		plane->width /= 2;
	/* The pitch follows for 4:2:0 alone: programs are told to look at the first one only. */
	if (layout.chroma == CHROMA_420) {
		plane->height /= 2;
		plane->pitch /= 2;
	}
	if (layout.semi_planar) {
		plane->numChannels = 2;
		plane->channelDesc.y = plane->channelDesc.x;
	}
}

/*
 * The rows of a plane really lie this far apart. A semi-planar one has half as many values that are
 * twice as long: its rows are as long as those of the luma, whatever its description says.
 */
static size_t row_pitch(const CUeglFrame *frame, struct layout layout, unsigned int plane)
{
	bool narrow = layout.chroma == CHROMA_422 || layout.chroma == CHROMA_420;

	return plane > 0 && narrow && !layout.semi_planar ? frame->pitch / 2 : frame->pitch;
}

static void point_plane(cudaEglFrame *out, const CUeglFrame *frame, struct layout layout,
			unsigned int i)
{
	if (frame->frameType == CU_EGL_FRAME_TYPE_ARRAY) {
		out->frame.pArray[i] = (cudaArray_t)frame->frame.pArray[i];
		return;
	}
	out->frame.pPitch[i] = (struct cudaPitchedPtr){
		.ptr = frame->frame.pPitch[i],
		.pitch = row_pitch(frame, layout, i),
		.xsize = out->planeDesc[i].width,
		.ysize = out->planeDesc[i].height,
	};
}

cudaError_t rt_egl_frame_from_driver(const CUeglFrame *frame, cudaEglFrame *out)
{
	struct layout layout = layout_of((cudaEglColorFormat)frame->eglColorFormat);
	cudaEglPlaneDesc first = {
		.width = frame->width,
		.height = frame->height,
		.depth = frame->depth,
		.pitch = frame->pitch,
		/* With planes of their own for chroma, the first has luma alone. */
		.numChannels = layout.chroma == CHROMA_NONE ? frame->numChannels : 1,
	};
	cudaEglFrame made = {
		.planeCount = frame->planeCount,
		.frameType = (cudaEglFrameType)frame->frameType,
		.eglColorFormat = (cudaEglColorFormat)frame->eglColorFormat,
	};
	cudaError_t error;

	if (frame->planeCount == 0 || frame->planeCount > CUDA_EGL_MAX_PLANES ||
	    (unsigned int)frame->frameType > CU_EGL_FRAME_TYPE_PITCH)
		return cudaErrorInvalidValue;
	error = rt_channel_from_format(frame->cuFormat, first.numChannels, &first.channelDesc);
	if (error != cudaSuccess)
		return error;
	for (unsigned int i = 0; i < frame->planeCount; i++) {
		made.planeDesc[i] = first;
		if (i > 0)
			coarsen(&made.planeDesc[i], layout);
		point_plane(&made, frame, layout, i);
	}
	*out = made;
	return cudaSuccess;
}
