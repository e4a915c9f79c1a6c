/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resources of graphics interfaces: what gl.c, vdpau.c and egl.c make and graphics.c maps. Such an
 * object is a token here, so its bytes are the resource's own: zero when it is registered, and
 * kept from one mapping to the next.
 */
#ifndef SIM_GRAPHICS_H
#define SIM_GRAPHICS_H

#include "sim/sim.h"

enum sim_graphics_kind {
	SIM_G_BUFFER, /* an address while it is mapped */
	SIM_G_IMAGE,  /* arrays while it is mapped */
	SIM_G_EGL,    /* a frame, at any time: neither mapped nor unmapped */
};

#define SIM_G_IMAGES 6

struct CUgraphicsResource_st {
	enum sim_graphics_kind kind;
	CUcontext ctx;
	unsigned int generation; /* the context's, when the resource was made */
	unsigned int map_flags;
	bool mapped;
	CUdeviceptr buffer;
	size_t size;
	/* By array index: the faces of a cube, layers, fields of a video surface, planes. */
	unsigned int image_count;
	CUmipmappedArray images[SIM_G_IMAGES];
	CUmipmappedArray whole; /* all of a cube or of layers; NULL: the first image */
	CUeglFrame frame;
	CUeglStreamConnection acquired_by; /* a frame that a consumer holds, or NULL */
};

/* What a resource is made of is added one by one; sim_graphics_delete takes an unfinished one. */
CUgraphicsResource sim_graphics_new(CUcontext ctx, enum sim_graphics_kind kind);
CUresult sim_graphics_add_buffer(CUgraphicsResource resource, size_t size);
CUresult sim_graphics_add_image(CUgraphicsResource resource, const CUDA_ARRAY3D_DESCRIPTOR *desc,
				unsigned int levels);
void sim_graphics_delete(CUgraphicsResource resource);

/* READ_ONLY and WRITE_DISCARD exclude each other; `more` may be set besides. */
bool sim_graphics_flags_ok(unsigned int flags, unsigned int more);
/* 0, INVALID_HANDLE, or INVALID_CONTEXT if another context registered it. */
CUresult sim_graphics_check(CUcontext ctx, CUgraphicsResource resource);

/* Has the frame planes that the driver knows, as many as its colour format? egl.c. */
CUresult sim_egl_frame_check(const CUeglFrame *frame);

#endif /* SIM_GRAPHICS_H */
