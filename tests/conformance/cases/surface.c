/* SPDX-License-Identifier: Apache-2.0 */
/* Surface objects. */
#include "conformance.h"

#include "curtrace/sim.h"

static const struct cudaChannelFormatDesc int1 = { 32, 0, 0, 0, cudaChannelFormatKindSigned };

static struct cudaResourceDesc array_of(struct cudaChannelFormatDesc desc, unsigned int flags)
{
	struct cudaResourceDesc r = { .resType = cudaResourceTypeArray };

	NEED(cudaMallocArray(&r.res.array.array, &desc, 64, 32, flags));
	return r;
}

static void try_surface(const struct cudaResourceDesc *r)
{
	cudaSurfaceObject_t object = UNTOUCHED_64;
	struct cudaResourceDesc back;

	if (DO(cudaCreateSurfaceObject(&object, r)) != cudaSuccess) {
		SHOW_IF(object == (cudaSurfaceObject_t)UNTOUCHED_64);
		return;
	}
	UNTOUCH(back);
	DO(cudaGetSurfaceObjectResourceDesc(&back, object));
	SHOW(back.resType);
	SHOW(back.flags);
	SHOW_IF(back.res.array.array == r->res.array.array);
	DO(cudaDestroySurfaceObject(object));
}

CASE(array)
{
	struct cudaResourceDesc r = array_of(int1, cudaArraySurfaceLoadStore);

	try_surface(&r);
}

CASE(array_without_flag)
{
	struct cudaResourceDesc r = array_of(int1, cudaArrayDefault);

	try_surface(&r);
}

CASE(array_formats)
{
	static const struct cudaChannelFormatDesc formats[] = {
		{ 8, 0, 0, 0, cudaChannelFormatKindUnsigned },
		{ 8, 8, 8, 8, cudaChannelFormatKindUnsigned },
		{ 16, 0, 0, 0, cudaChannelFormatKindFloat },
		{ 32, 32, 0, 0, cudaChannelFormatKindSigned },
		{ 32, 32, 32, 32, cudaChannelFormatKindFloat },
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct cudaResourceDesc r = array_of(formats[i], cudaArraySurfaceLoadStore);

		conf_print("format %zu", i);
		try_surface(&r);
	}
}

CASE(level_of_mipmap)
{
	struct cudaResourceDesc r = { .resType = cudaResourceTypeArray };
	struct cudaExtent extent = { 64, 32, 0 };
	cudaMipmappedArray_t mipmap = NULL;

	NEED(cudaMallocMipmappedArray(&mipmap, &int1, extent, 3, cudaArraySurfaceLoadStore));
	NEED(cudaGetMipmappedArrayLevel(&r.res.array.array, mipmap, 1));
	try_surface(&r);
}

CASE(whole_mipmap)
{
	struct cudaResourceDesc r = { .resType = cudaResourceTypeMipmappedArray };
	struct cudaExtent extent = { 64, 32, 0 };

	NEED(cudaMallocMipmappedArray(&r.res.mipmap.mipmap, &int1, extent, 3,
				      cudaArraySurfaceLoadStore));
	try_surface(&r);
}

CASE(linear)
{
	struct cudaResourceDesc r = { .resType = cudaResourceTypeLinear };

	NEED(cudaMalloc(&r.res.linear.devPtr, 4096));
	r.res.linear.desc = int1;
	r.res.linear.sizeInBytes = 4096;
	try_surface(&r);
}

CASE(pitched)
{
	struct cudaResourceDesc r = { .resType = cudaResourceTypePitch2D };

	NEED(cudaMallocPitch(&r.res.pitch2D.devPtr, &r.res.pitch2D.pitchInBytes, 1024, 32));
	r.res.pitch2D.desc = int1;
	r.res.pitch2D.width = 64;
	r.res.pitch2D.height = 32;
	try_surface(&r);
}

CASE(types)
{
	struct cudaResourceDesc r = array_of(int1, cudaArraySurfaceLoadStore);

	r.flags = 1;
	try_surface(&r);
	r.flags = 0;
	r.resType = (enum cudaResourceType)4;
	try_surface(&r);
	r.resType = (enum cudaResourceType) - 1;
	try_surface(&r);
}

CASE(array_null)
{
	struct cudaResourceDesc r = { .resType = cudaResourceTypeArray };

	NEED(cudaFree(0));
	try_surface(&r);
}

CASE(create_nowhere)
{
	struct cudaResourceDesc r = array_of(int1, cudaArraySurfaceLoadStore);

	DO(cudaCreateSurfaceObject(NULL, &r));
}

CASE(create_of_null)
{
	cudaSurfaceObject_t object = 0;

	NEED(cudaFree(0));
	DO(cudaCreateSurfaceObject(&object, NULL));
}

CASE(destroy_nothing)
{
	NEED(cudaFree(0));
	DO(cudaDestroySurfaceObject(0));
}

CASE(description_of_nothing)
{
	struct cudaResourceDesc r;

	NEED(cudaFree(0));
	DO(cudaGetSurfaceObjectResourceDesc(&r, 0));
	DO(cudaGetSurfaceObjectResourceDesc(&r, 0x123456789aULL));
}

CASE(description_nowhere)
{
	struct cudaResourceDesc r = array_of(int1, cudaArraySurfaceLoadStore);
	cudaSurfaceObject_t object = 0;

	NEED(cudaCreateSurfaceObject(&object, &r));
	DO(cudaGetSurfaceObjectResourceDesc(NULL, object));
}

CASE(create_in_capture)
{
	struct cudaResourceDesc r = array_of(int1, cudaArraySurfaceLoadStore);
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;

	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	try_surface(&r);
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}

/* What a kernel writes through it: the simulated driver has no surface unit. */

static const char write_ptx[] =
	".version 7.8\n.target sm_90\n.address_size 64\n"
	".visible .entry surf_write(.param .u64 surf)\n{\n"
	"	.reg .b32 %r<4>;\n	.reg .b64 %d<2>;\n	ld.param.u64 %d1, [surf];\n"
	"	mov.u32 %r1, %tid.x;\n	shl.b32 %r2, %r1, 2;\n	mov.u32 %r3, 0;\n"
	"	sust.b.2d.b32.trap [%d1, {%r2, %r3}], {%r1};\n	ret;\n}\n";

__attribute__((visibility("default"))) void curtrace_sim__surf_write(
	const struct curtrace_sim_launch *launch, void **params)
{
	(void)launch, (void)params;
}

CASE(write)
{
	struct cudaResourceDesc r = array_of(int1, cudaArraySurfaceLoadStore);
	unsigned int row[8] = { 0 };
	cudaSurfaceObject_t object = 0;
	cudaLibrary_t library = NULL;
	cudaKernel_t kernel = NULL;

	NEED(cudaLibraryLoadData(&library, write_ptx, NULL, NULL, 0, NULL, NULL, 0));
	NEED(cudaLibraryGetKernel(&kernel, library, "surf_write"));
	NEED(cudaCreateSurfaceObject(&object, &r));
	DO(cudaLaunchKernel(kernel, DIM(1), DIM(8), ARGS(&object), 0, NULL));
	DO(cudaDeviceSynchronize());
	DO(cudaMemcpy2DFromArray(row, 32, r.res.array.array, 0, 0, 32, 1, cudaMemcpyDeviceToHost));
	SHOW_BYTES(row, 32);
}
