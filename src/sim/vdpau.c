/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VDPAU. There is none: VdpDevice n is CUDA device n (no CUDA device, if there is none of that
 * number), every number but VDPAU's invalid handle is a surface, and VdpGetProcAddress is not
 * called. Surfaces can be registered in contexts made for a VdpDevice only.
 *  - A video surface is 720 by 480 with 4:2:0 chroma: two fields of luma, two of chroma.
 *  - An output surface is 720 by 480 with four channels of 8 bits.
 */
#include "sim/graphics.h"

#define INVALID    0xffffffffu
#define WIDTH      720
#define HEIGHT     480
#define MOST_BOUND 64

/* Contexts for VDPAU. They are never freed, so that no other one has the address. */
static CUcontext bound[MOST_BOUND];
static unsigned int bound_count;

CUresult cuVDPAUGetDevice(CUdevice *device, unsigned int vdp_device, void *get_proc_address)
{
	SIM_ENTER(SIM_INIT);
	if (!device || !get_proc_address || vdp_device == INVALID)
		return CUDA_ERROR_INVALID_VALUE;
	*device = sim_device_ok((CUdevice)vdp_device) ? (CUdevice)vdp_device : -1;
	return CUDA_SUCCESS;
}

CUresult cuVDPAUCtxCreate_v2(CUcontext *ctx, unsigned int flags, CUdevice device,
			     unsigned int vdp_device, void *get_proc_address)
{
	CUresult error;

	SIM_ENTER(SIM_INIT);
	if (!get_proc_address || vdp_device == INVALID)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_device_ok(device) || (CUdevice)vdp_device != device)
		return CUDA_ERROR_INVALID_DEVICE;
	if (bound_count == MOST_BOUND)
		return CUDA_ERROR_OUT_OF_MEMORY;
	error = sim_context_create(ctx, flags, device);
	if (error == CUDA_SUCCESS)
		bound[bound_count++] = *ctx;
	return error;
}

static bool is_bound(CUcontext ctx)
{
	for (unsigned int i = 0; i < bound_count; i++)
		if (bound[i] == ctx)
			return true;
	return false;
}

static CUresult begin(CUcontext ctx, CUgraphicsResource *out, unsigned int surface,
		      unsigned int flags)
{
	if (!is_bound(ctx))
		return CUDA_ERROR_INVALID_CONTEXT;
	if (!out || !sim_graphics_flags_ok(flags, 0))
		return CUDA_ERROR_INVALID_VALUE;
	if (surface == INVALID)
		return CUDA_ERROR_INVALID_HANDLE;
	*out = sim_graphics_new(ctx, SIM_G_IMAGE);
	return *out ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

static CUresult add(CUgraphicsResource resource, size_t width, size_t height, unsigned int channels)
{
	CUDA_ARRAY3D_DESCRIPTOR desc = {
		.Width = width,
		.Height = height,
		.Format = CU_AD_FORMAT_UNSIGNED_INT8,
		.NumChannels = channels,
	};

	return sim_graphics_add_image(resource, &desc, 1);
}

static CUresult finish(CUgraphicsResource *out, CUgraphicsResource resource, CUresult error)
{
	if (error == CUDA_SUCCESS)
		*out = resource;
	else
		sim_graphics_delete(resource);
	return error;
}

CUresult cuGraphicsVDPAURegisterVideoSurface(CUgraphicsResource *out, unsigned int surface,
					     unsigned int flags)
{
	CUgraphicsResource resource;
	CUresult error;

	SIM_ENTER(SIM_CTX);
	error = begin(call.ctx, out ? &resource : NULL, surface, flags);
	if (error != CUDA_SUCCESS)
		return error;
	for (int field = 0; field < 2 && error == CUDA_SUCCESS; field++)
		error = add(resource, WIDTH, HEIGHT / 2, 1);
	for (int field = 0; field < 2 && error == CUDA_SUCCESS; field++)
		error = add(resource, WIDTH / 2, HEIGHT / 4, 2);
	return finish(out, resource, error);
}

CUresult cuGraphicsVDPAURegisterOutputSurface(CUgraphicsResource *out, unsigned int surface,
					      unsigned int flags)
{
	CUgraphicsResource resource;
	CUresult error;

	SIM_ENTER(SIM_CTX);
	error = begin(call.ctx, out ? &resource : NULL, surface, flags);
	if (error != CUDA_SUCCESS)
		return error;
	return finish(out, resource, add(resource, WIDTH, HEIGHT, 4));
}
