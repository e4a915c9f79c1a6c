/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays and mipmapped arrays. */
#include "conformance.h"

#define KIND(name) cudaChannelFormatKind##name

static struct cudaChannelFormatDesc format(int x, int y, int z, int w, int kind)
{
	return (struct cudaChannelFormatDesc){ x, y, z, w, (enum cudaChannelFormatKind)kind };
}

static struct cudaExtent extent(size_t width, size_t height, size_t depth)
{
	return (struct cudaExtent){ width, height, depth };
}

static const struct cudaChannelFormatDesc bytes1 = { 8, 0, 0, 0, KIND(Unsigned) };
static const struct cudaChannelFormatDesc floats4 = { 32, 32, 32, 32, KIND(Float) };

/* What the runtime says about an array. */
static void show_info(cudaArray_t array)
{
	struct cudaChannelFormatDesc d;
	struct cudaExtent e;
	unsigned int flags;

	UNTOUCH(d);
	UNTOUCH(e);
	UNTOUCH(flags);
	if (DO(cudaArrayGetInfo(&d, &e, &flags, array)) != cudaSuccess)
		return;
	conf_print("  %d %d %d %d kind %d, %zu x %zu x %zu, flags %#x", d.x, d.y, d.z, d.w,
		   (int)d.f, e.width, e.height, e.depth, flags);
}

/* Makes an array of 8 x 4 elements and tells what became of the descriptor. */
static void try_format(const char *name, struct cudaChannelFormatDesc desc)
{
	struct cudaChannelFormatDesc back;
	cudaArray_t a = UNTOUCHED;

	conf_print("%s", name);
	if (DO(cudaMallocArray(&a, &desc, 8, 4, cudaArrayDefault)) != cudaSuccess) {
		SHOW(a);
		return;
	}
	UNTOUCH(back);
	DO(cudaGetChannelDesc(&back, a));
	conf_print("  %d %d %d %d kind %d", back.x, back.y, back.z, back.w, (int)back.f);
	NEED(cudaFreeArray(a));
}

CASE(channel_descriptors_are_not_checked)
{
	struct cudaChannelFormatDesc d = cudaCreateChannelDesc(1, -2, 300, 4, 99);

	conf_print("%d %d %d %d kind %d", d.x, d.y, d.z, d.w, (int)d.f);
	d = cudaCreateChannelDesc(32, 32, 32, 32, cudaChannelFormatKindFloat);
	conf_print("%d %d %d %d kind %d", d.x, d.y, d.z, d.w, (int)d.f);
}

CASE(one_two_and_four_channels)
{
	try_format("u8", format(8, 0, 0, 0, KIND(Unsigned)));
	try_format("u8 x 2", format(8, 8, 0, 0, KIND(Unsigned)));
	try_format("u8 x 4", format(8, 8, 8, 8, KIND(Unsigned)));
	try_format("s16", format(16, 0, 0, 0, KIND(Signed)));
	try_format("s16 x 4", format(16, 16, 16, 16, KIND(Signed)));
	try_format("u32 x 2", format(32, 32, 0, 0, KIND(Unsigned)));
	try_format("s32 x 4", format(32, 32, 32, 32, KIND(Signed)));
	try_format("half", format(16, 0, 0, 0, KIND(Float)));
	try_format("half x 4", format(16, 16, 16, 16, KIND(Float)));
	try_format("float", format(32, 0, 0, 0, KIND(Float)));
	try_format("float x 2", format(32, 32, 0, 0, KIND(Float)));
}

CASE(three_channels)
{
	try_format("u8 x 3", format(8, 8, 8, 0, KIND(Unsigned)));
	try_format("u32 x 3", format(32, 32, 32, 0, KIND(Unsigned)));
	try_format("float x 3", format(32, 32, 32, 0, KIND(Float)));
}

CASE(descriptors_that_are_none)
{
	try_format("zeros", format(0, 0, 0, 0, KIND(Signed)));
	try_format("kind none", format(8, 0, 0, 0, KIND(None)));
	try_format("kind 99", format(8, 0, 0, 0, 99));
	try_format("kind -1", format(8, 0, 0, 0, -1));
	try_format("float of 8", format(8, 0, 0, 0, KIND(Float)));
	try_format("u64", format(64, 0, 0, 0, KIND(Unsigned)));
	try_format("u12", format(12, 0, 0, 0, KIND(Unsigned)));
	try_format("negative", format(-8, 0, 0, 0, KIND(Unsigned)));
	try_format("unequal", format(8, 16, 0, 0, KIND(Unsigned)));
	try_format("gap", format(8, 0, 8, 0, KIND(Unsigned)));
	try_format("first missing", format(0, 8, 0, 0, KIND(Unsigned)));
	try_format("last missing", format(8, 8, 0, 8, KIND(Unsigned)));
}

CASE(normalized)
{
	try_format("un8x1", format(8, 0, 0, 0, KIND(UnsignedNormalized8X1)));
	try_format("un8x2", format(8, 8, 0, 0, KIND(UnsignedNormalized8X2)));
	try_format("un8x4", format(8, 8, 8, 8, KIND(UnsignedNormalized8X4)));
	try_format("un16x1", format(16, 0, 0, 0, KIND(UnsignedNormalized16X1)));
	try_format("un16x4", format(16, 16, 16, 16, KIND(UnsignedNormalized16X4)));
	try_format("sn8x1", format(8, 0, 0, 0, KIND(SignedNormalized8X1)));
	try_format("sn16x2", format(16, 16, 0, 0, KIND(SignedNormalized16X2)));
	try_format("un8x4 with fewer", format(8, 8, 0, 0, KIND(UnsignedNormalized8X4)));
	try_format("un8x1 with 16", format(16, 0, 0, 0, KIND(UnsignedNormalized8X1)));
	try_format("un10_10_10_2", format(10, 10, 10, 2, KIND(UnsignedNormalized1010102)));
}

CASE(block_compressed)
{
	try_format("bc1", format(8, 8, 8, 8, KIND(UnsignedBlockCompressed1)));
	try_format("bc1 srgb", format(8, 8, 8, 8, KIND(UnsignedBlockCompressed1SRGB)));
	try_format("bc2", format(8, 8, 8, 8, KIND(UnsignedBlockCompressed2)));
	try_format("bc3", format(8, 8, 8, 8, KIND(UnsignedBlockCompressed3)));
	try_format("bc4", format(8, 0, 0, 0, KIND(UnsignedBlockCompressed4)));
	try_format("bc4 signed", format(8, 0, 0, 0, KIND(SignedBlockCompressed4)));
	try_format("bc5", format(8, 8, 0, 0, KIND(UnsignedBlockCompressed5)));
	try_format("bc5 signed", format(8, 8, 0, 0, KIND(SignedBlockCompressed5)));
	try_format("bc6h", format(16, 16, 16, 0, KIND(UnsignedBlockCompressed6H)));
	try_format("bc6h signed", format(16, 16, 16, 0, KIND(SignedBlockCompressed6H)));
	try_format("bc7", format(8, 8, 8, 8, KIND(UnsignedBlockCompressed7)));
	try_format("bc7 srgb", format(8, 8, 8, 8, KIND(UnsignedBlockCompressed7SRGB)));
	try_format("bc1 of one channel", format(8, 0, 0, 0, KIND(UnsignedBlockCompressed1)));
}

CASE(video)
{
	struct cudaChannelFormatDesc nv12 = format(8, 8, 8, 0, KIND(NV12));
	cudaArray_t a = UNTOUCHED, plane = UNTOUCHED;

	if (DO(cudaMallocArray(&a, &nv12, 64, 32, cudaArrayDefault)) != cudaSuccess)
		return;
	show_info(a);
	if (DO(cudaArrayGetPlane(&plane, a, 0)) == cudaSuccess)
		show_info(plane);
	if (DO(cudaArrayGetPlane(&plane, a, 1)) == cudaSuccess)
		show_info(plane);
	DO(cudaArrayGetPlane(&plane, a, 2));
}

CASE(one_and_two_dimensions)
{
	cudaArray_t a = NULL;

	DO(cudaMallocArray(&a, &floats4, 16, 0, cudaArrayDefault));
	show_info(a);
	DO(cudaMallocArray(&a, &floats4, 16, 1, cudaArrayDefault));
	show_info(a);
	DO(cudaMallocArray(&a, &floats4, 16, 7, cudaArraySurfaceLoadStore));
	show_info(a);
	DO(cudaMallocArray(&a, &bytes1, 16, 7, cudaArrayTextureGather));
	show_info(a);
}

static void try_shape(const char *name, struct cudaExtent e, unsigned int flags)
{
	cudaArray_t a = UNTOUCHED;

	conf_print("%s", name);
	if (DO(cudaMalloc3DArray(&a, &bytes1, e, flags)) == cudaSuccess && a != NULL) {
		show_info(a);
		NEED(cudaFreeArray(a));
	} else {
		SHOW(a);
	}
}

CASE(shapes)
{
	try_shape("line", extent(8, 0, 0), 0);
	try_shape("plane", extent(8, 4, 0), 0);
	try_shape("box", extent(8, 4, 2), 0);
	try_shape("layers of lines", extent(8, 0, 3), cudaArrayLayered);
	try_shape("layers of planes", extent(8, 4, 3), cudaArrayLayered);
	try_shape("cube", extent(4, 4, 6), cudaArrayCubemap);
	try_shape("layers of cubes", extent(4, 4, 12), cudaArrayCubemap | cudaArrayLayered);
	try_shape("surface", extent(8, 4, 2), cudaArraySurfaceLoadStore);
	try_shape("layered surface", extent(8, 4, 2), cudaArrayLayered | cudaArraySurfaceLoadStore);
	try_shape("gather", extent(8, 4, 0), cudaArrayTextureGather);
	try_shape("colour", extent(8, 4, 0), cudaArrayColorAttachment);
}

CASE(shapes_that_cannot_be)
{
	try_shape("nothing", extent(0, 0, 0), 0);
	try_shape("no width", extent(0, 4, 0), 0);
	try_shape("no width, box", extent(0, 4, 4), 0);
	try_shape("no height, box", extent(8, 0, 2), 0);
	try_shape("no layers", extent(8, 4, 0), cudaArrayLayered);
	try_shape("no layers of lines", extent(8, 0, 0), cudaArrayLayered);
	try_shape("oblong cube", extent(8, 4, 6), cudaArrayCubemap);
	try_shape("five faces", extent(4, 4, 5), cudaArrayCubemap);
	try_shape("twelve faces", extent(4, 4, 12), cudaArrayCubemap);
	try_shape("no faces", extent(4, 4, 0), cudaArrayCubemap);
	try_shape("seven faces in layers", extent(4, 4, 7), cudaArrayCubemap | cudaArrayLayered);
	try_shape("no faces in layers", extent(4, 4, 0), cudaArrayCubemap | cudaArrayLayered);
	try_shape("gather from a line", extent(8, 0, 0), cudaArrayTextureGather);
	try_shape("gather from a box", extent(8, 4, 2), cudaArrayTextureGather);
}

CASE(sizes_over_the_greatest)
{
	try_shape("line", extent(131072, 0, 0), 0);
	try_shape("longer line", extent(131073, 0, 0), 0);
	try_shape("wide plane", extent(131072, 1, 0), 0);
	try_shape("wider plane", extent(131073, 1, 0), 0);
	try_shape("high plane", extent(1, 65536, 0), 0);
	try_shape("higher plane", extent(1, 65537, 0), 0);
	try_shape("wide box", extent(16385, 1, 1), 0);
	try_shape("deep box", extent(1, 1, 16385), 0);
	try_shape("many layers", extent(1, 1, 2048), cudaArrayLayered);
	try_shape("more layers", extent(1, 1, 2049), cudaArrayLayered);
	try_shape("wide layers", extent(32769, 1, 1), cudaArrayLayered);
	try_shape("huge", extent(SIZE_MAX, 1, 1), 0);
	try_shape("huge line", extent((size_t)1 << 32, 0, 0), 0);
}

CASE(flags)
{
	try_shape("0x10", extent(8, 4, 0), 0x10);
	try_shape("0x100", extent(8, 4, 0), 0x100);
	try_shape("0x200", extent(8, 4, 0), 0x200);
	try_shape("0x80000000", extent(8, 4, 0), 0x80000000);
	try_shape("gather and surface", extent(8, 4, 0),
		  cudaArrayTextureGather | cudaArraySurfaceLoadStore);
	try_shape("sparse", extent(512, 512, 0), cudaArraySparse);
	try_shape("small sparse", extent(8, 4, 0), cudaArraySparse);
	try_shape("deferred", extent(8, 4, 0), cudaArrayDeferredMapping);
	try_shape("sparse and deferred", extent(8, 4, 0),
		  cudaArraySparse | cudaArrayDeferredMapping);
}

CASE(flags_of_malloc_array)
{
	cudaArray_t a = UNTOUCHED;

	DO(cudaMallocArray(&a, &bytes1, 8, 4, cudaArrayLayered));
	SHOW(a);
	DO(cudaMallocArray(&a, &bytes1, 8, 8, cudaArrayCubemap));
	SHOW(a);
	DO(cudaMallocArray(&a, &bytes1, 8, 8, 0x100));
	SHOW(a);
	DO(cudaMallocArray(&a, &bytes1, 0, 0, 0));
	SHOW(a);
	DO(cudaMallocArray(&a, &bytes1, 0, 4, 0));
	SHOW(a);
	DO(cudaMallocArray(&a, &bytes1, SIZE_MAX, 4, 0));
	SHOW(a);
	DO(cudaMallocArray(&a, &bytes1, 8, 8, cudaArraySparse));
}

CASE(which_error_comes_first)
{
	struct cudaChannelFormatDesc bad = format(8, 8, 8, 0, KIND(Unsigned));
	cudaArray_t a = UNTOUCHED;

	conf_print("format and size");
	DO(cudaMallocArray(&a, &bad, 0, 0, 0));
	DO(cudaMalloc3DArray(&a, &bad, extent(0, 4, 4), 0));
	conf_print("format and flags");
	DO(cudaMallocArray(&a, &bad, 8, 8, 0x100));
	DO(cudaMalloc3DArray(&a, &bad, extent(8, 8, 5), cudaArrayCubemap));
	conf_print("format and greatest size");
	DO(cudaMallocArray(&a, &bad, SIZE_MAX, 1, 0));
	SHOW(a);
}

CASE(null_places)
{
	NEED(cudaFree(NULL));
	DO(cudaMallocArray(NULL, &bytes1, 8, 4, 0));
	DO(cudaMalloc3DArray(NULL, &bytes1, extent(8, 4, 2), 0));
}

CASE(null_descriptor)
{
	cudaArray_t a = UNTOUCHED;

	NEED(cudaFree(NULL));
	DO(cudaMallocArray(&a, NULL, 8, 4, 0));
}

CASE(null_descriptor_of_a_box)
{
	cudaArray_t a = UNTOUCHED;

	NEED(cudaFree(NULL));
	DO(cudaMalloc3DArray(&a, NULL, extent(8, 4, 2), 0));
}

CASE(free_nothing)
{
	DO(cudaFreeArray(NULL));
	DO(cudaFreeMipmappedArray(NULL));
}

CASE(info_left_out)
{
	struct cudaChannelFormatDesc d;
	unsigned int flags = UNTOUCHED_INT;
	struct cudaExtent e;
	cudaArray_t a = NULL;

	NEED(cudaMalloc3DArray(&a, &bytes1, extent(8, 4, 2), cudaArraySurfaceLoadStore));
	DO(cudaArrayGetInfo(NULL, NULL, NULL, a));
	DO(cudaArrayGetInfo(NULL, NULL, &flags, a));
	SHOW(flags);
	DO(cudaArrayGetInfo(NULL, &e, NULL, a));
	SHOW(e.depth);
	DO(cudaArrayGetInfo(&d, NULL, NULL, a));
	SHOW(d.x);
	UNTOUCH(d);
	DO(cudaGetChannelDesc(&d, a));
	SHOW(d.x);
	SHOW(d.f);
}

CASE(null_array_info)
{
	struct cudaChannelFormatDesc d;
	unsigned int flags = UNTOUCHED_INT;
	struct cudaExtent e;

	UNTOUCH(d);
	UNTOUCH(e);
	NEED(cudaFree(NULL));
	DO(cudaArrayGetInfo(&d, &e, &flags, NULL));
	SHOW(d.x);
	SHOW(d.f);
	SHOW(e.width);
	SHOW(flags);
}

CASE(null_array_descriptor)
{
	struct cudaChannelFormatDesc d;

	UNTOUCH(d);
	NEED(cudaFree(NULL));
	DO(cudaGetChannelDesc(&d, NULL));
	SHOW(d.x);
}

CASE(no_place_for_the_descriptor)
{
	cudaArray_t a = NULL;

	NEED(cudaMallocArray(&a, &bytes1, 8, 4, 0));
	DO(cudaGetChannelDesc(NULL, a));
}

CASE(planes_of_an_array_without)
{
	cudaArray_t a = NULL, plane = UNTOUCHED;

	NEED(cudaMallocArray(&a, &bytes1, 8, 4, 0));
	DO(cudaArrayGetPlane(&plane, a, 0));
	DO(cudaArrayGetPlane(&plane, a, 1));
	DO(cudaArrayGetPlane(&plane, a, 99));
	SHOW(plane);
	DO(cudaArrayGetPlane(NULL, a, 0));
}

CASE(plane_of_a_null_array)
{
	cudaArray_t plane = UNTOUCHED;

	NEED(cudaFree(NULL));
	DO(cudaArrayGetPlane(&plane, NULL, 0));
}

CASE(sparse_properties)
{
	struct cudaArraySparseProperties p;
	cudaArray_t a = NULL;

	UNTOUCH(p);
	if (DO(cudaMalloc3DArray(&a, &floats4, extent(512, 512, 0), cudaArraySparse)) !=
	    cudaSuccess)
		return;
	DO(cudaArrayGetSparseProperties(&p, a));
	SHOW(p.tileExtent.width);
	SHOW(p.tileExtent.height);
	SHOW(p.tileExtent.depth);
	SHOW(p.miptailFirstLevel);
	SHOW(p.miptailSize);
	SHOW(p.flags);
	DO(cudaArrayGetSparseProperties(NULL, a));
}

CASE(sparse_properties_of_other_arrays)
{
	struct cudaArraySparseProperties p;
	cudaMipmappedArray_t m = NULL;
	cudaArray_t a = NULL;

	UNTOUCH(p);
	NEED(cudaMallocArray(&a, &bytes1, 8, 4, 0));
	DO(cudaArrayGetSparseProperties(&p, a));
	SHOW(p.tileExtent.width);
	SHOW(p.flags);
	NEED(cudaMallocMipmappedArray(&m, &bytes1, extent(8, 4, 0), 2, 0));
	DO(cudaMipmappedArrayGetSparseProperties(&p, m));
	SHOW(p.tileExtent.width);
}

CASE(sparse_properties_of_null)
{
	struct cudaArraySparseProperties p;

	NEED(cudaFree(NULL));
	DO(cudaArrayGetSparseProperties(&p, NULL));
}

CASE(sparse_properties_of_a_null_mipmap)
{
	struct cudaArraySparseProperties p;

	NEED(cudaFree(NULL));
	DO(cudaMipmappedArrayGetSparseProperties(&p, NULL));
}

CASE(memory_requirements)
{
	struct cudaArrayMemoryRequirements r;
	cudaArray_t a = NULL;

	UNTOUCH(r);
	NEED(cudaMalloc3DArray(&a, &bytes1, extent(8, 4, 0), 0));
	DO(cudaArrayGetMemoryRequirements(&r, a, 0));
	SHOW_IF(r.size == (size_t)UNTOUCHED_64);
	if (DO(cudaMalloc3DArray(&a, &bytes1, extent(8, 4, 0), cudaArrayDeferredMapping)) !=
	    cudaSuccess)
		return;
	DO(cudaArrayGetMemoryRequirements(&r, a, 0));
	SHOW(r.size);
	SHOW(r.alignment);
	DO(cudaArrayGetMemoryRequirements(&r, a, 99));
	DO(cudaArrayGetMemoryRequirements(&r, a, -1));
	DO(cudaArrayGetMemoryRequirements(NULL, a, 0));
}

CASE(memory_requirements_of_null)
{
	struct cudaArrayMemoryRequirements r;

	NEED(cudaFree(NULL));
	DO(cudaArrayGetMemoryRequirements(&r, NULL, 0));
}

CASE(memory_requirements_of_a_null_mipmap)
{
	struct cudaArrayMemoryRequirements r;

	NEED(cudaFree(NULL));
	DO(cudaMipmappedArrayGetMemoryRequirements(&r, NULL, 0));
}

CASE(memory_requirements_of_a_mipmap)
{
	struct cudaArrayMemoryRequirements r;
	cudaMipmappedArray_t m = NULL;

	UNTOUCH(r);
	NEED(cudaMallocMipmappedArray(&m, &bytes1, extent(8, 4, 0), 2, 0));
	DO(cudaMipmappedArrayGetMemoryRequirements(&r, m, 0));
	if (DO(cudaMallocMipmappedArray(&m, &bytes1, extent(8, 4, 0), 2,
					cudaArrayDeferredMapping)) != cudaSuccess)
		return;
	DO(cudaMipmappedArrayGetMemoryRequirements(&r, m, 0));
	SHOW_IF(r.size > 0 && r.size % r.alignment == 0);
	DO(cudaMipmappedArrayGetMemoryRequirements(&r, m, 99));
	DO(cudaMipmappedArrayGetMemoryRequirements(NULL, m, 0));
}

/* How many levels a mipmap has, and what the last is like. */
static void try_mipmap(const char *name, struct cudaExtent e, unsigned int levels,
		       unsigned int flags)
{
	cudaMipmappedArray_t m = UNTOUCHED;
	cudaArray_t a = NULL, last = NULL;
	unsigned int level = 0;

	conf_print("%s", name);
	if (DO(cudaMallocMipmappedArray(&m, &bytes1, e, levels, flags)) != cudaSuccess) {
		SHOW(m);
		return;
	}
	while (level < 40 && cudaGetMipmappedArrayLevel(&a, m, level) == cudaSuccess) {
		last = a;
		level++;
	}
	(void)cudaGetLastError();
	SHOW(level);
	if (last != NULL)
		show_info(last);
	NEED(cudaFreeMipmappedArray(m));
}

CASE(mipmaps)
{
	try_mipmap("line", extent(8, 0, 0), 4, 0);
	try_mipmap("plane", extent(8, 4, 0), 3, 0);
	try_mipmap("odd plane", extent(13, 7, 0), 4, 0);
	try_mipmap("box", extent(8, 4, 16), 5, 0);
	try_mipmap("layers", extent(8, 4, 6), 4, cudaArrayLayered);
	try_mipmap("cube", extent(8, 8, 6), 4, cudaArrayCubemap);
	try_mipmap("surface", extent(8, 8, 0), 2, cudaArraySurfaceLoadStore);
	try_mipmap("one level", extent(8, 8, 0), 1, 0);
}

CASE(numbers_of_levels)
{
	try_mipmap("none", extent(8, 8, 0), 0, 0);
	try_mipmap("too many", extent(8, 8, 0), 5, 0);
	try_mipmap("far too many", extent(8, 8, 0), 99, 0);
	try_mipmap("the greatest number", extent(8, 8, 0), 0xffffffff, 0);
}

CASE(mipmaps_that_cannot_be)
{
	try_mipmap("no width", extent(0, 4, 0), 1, 0);
	try_mipmap("no height", extent(8, 0, 4), 1, 0);
	try_mipmap("no layers", extent(8, 4, 0), 1, cudaArrayLayered);
	try_mipmap("oblong cube", extent(8, 4, 6), 1, cudaArrayCubemap);
	try_mipmap("flags", extent(8, 4, 0), 1, 0x100);
	try_mipmap("gather", extent(8, 4, 0), 2, cudaArrayTextureGather);
	try_mipmap("too wide", extent(65537, 4, 0), 2, 0);
}

CASE(mipmap_null_arguments)
{
	cudaMipmappedArray_t m = UNTOUCHED;
	struct cudaChannelFormatDesc bad = format(8, 8, 8, 0, KIND(Unsigned));

	NEED(cudaFree(NULL));
	DO(cudaMallocMipmappedArray(&m, &bad, extent(8, 4, 0), 2, 0));
	DO(cudaMallocMipmappedArray(&m, &bad, extent(8, 4, 0), 0, 0));
	SHOW(m);
	DO(cudaMallocMipmappedArray(NULL, &bytes1, extent(8, 4, 0), 2, 0));
}

CASE(mipmap_null_descriptor)
{
	cudaMipmappedArray_t m = UNTOUCHED;

	NEED(cudaFree(NULL));
	DO(cudaMallocMipmappedArray(&m, NULL, extent(8, 4, 0), 2, 0));
}

CASE(levels)
{
	cudaMipmappedArray_t m = NULL;
	cudaArray_t a = UNTOUCHED, b = UNTOUCHED;

	NEED(cudaMallocMipmappedArray(&m, &bytes1, extent(16, 8, 0), 3, 0));
	DO(cudaGetMipmappedArrayLevel(&a, m, 1));
	show_info(a);
	DO(cudaGetMipmappedArrayLevel(&b, m, 1));
	SHOW_IF(a == b);
	DO(cudaGetMipmappedArrayLevel(&b, m, 0));
	SHOW_IF(a == b);
	b = UNTOUCHED;
	DO(cudaGetMipmappedArrayLevel(&b, m, 3));
	SHOW(b);
	DO(cudaGetMipmappedArrayLevel(&b, m, 0xffffffff));
	DO(cudaFreeMipmappedArray(m));
}

CASE(a_level_cannot_be_freed)
{
	cudaMipmappedArray_t m = NULL;
	cudaArray_t a = UNTOUCHED;

	NEED(cudaMallocMipmappedArray(&m, &bytes1, extent(16, 8, 0), 3, 0));
	NEED(cudaGetMipmappedArrayLevel(&a, m, 1));
	DO(cudaFreeArray(a));
}

CASE(no_place_for_the_level)
{
	cudaMipmappedArray_t m = NULL;

	NEED(cudaMallocMipmappedArray(&m, &bytes1, extent(16, 8, 0), 3, 0));
	DO(cudaGetMipmappedArrayLevel(NULL, m, 1));
}

CASE(level_of_a_null_mipmap)
{
	cudaArray_t a = UNTOUCHED;

	NEED(cudaFree(NULL));
	DO(cudaGetMipmappedArrayLevel(&a, NULL, 0));
}

static void end_capture(cudaStream_t stream)
{
	cudaGraph_t graph = NULL;

	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}

static void in_a_capture(enum cudaStreamCaptureMode mode)
{
	struct cudaChannelFormatDesc d;
	cudaMipmappedArray_t m = UNTOUCHED;
	cudaArray_t a = UNTOUCHED, old = NULL;
	cudaStream_t s;

	NEED(cudaMallocArray(&old, &bytes1, 8, 4, 0));
	NEED(cudaStreamCreate(&s));
	NEED(cudaStreamBeginCapture(s, mode));
	DO(cudaGetChannelDesc(&d, old));
	DO(cudaFreeArray(NULL));
	DO(cudaMallocArray(&a, &bytes1, 0, 0, 0));
	end_capture(s);
	NEED(cudaStreamBeginCapture(s, mode));
	DO(cudaMallocArray(&a, &bytes1, 8, 4, 0));
	end_capture(s);
	NEED(cudaStreamBeginCapture(s, mode));
	DO(cudaMallocMipmappedArray(&m, &bytes1, extent(8, 4, 0), 2, 0));
	end_capture(s);
	NEED(cudaStreamBeginCapture(s, mode));
	DO(cudaFreeArray(old));
	end_capture(s);
}

CASE(in_a_global_capture)
{
	in_a_capture(cudaStreamCaptureModeGlobal);
}

CASE(in_a_thread_local_capture)
{
	in_a_capture(cudaStreamCaptureModeThreadLocal);
}

CASE(in_a_relaxed_capture)
{
	in_a_capture(cudaStreamCaptureModeRelaxed);
}

static void use_in_a_thread(void *array)
{
	unsigned char h[8] = { 0 };

	show_info(array);
	DO(cudaMemcpyFromArray(h, array, 0, 0, 8, cudaMemcpyDeviceToHost));
	SHOW_BYTES(h, 8);
}

CASE(in_another_thread)
{
	static const unsigned char h[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	cudaArray_t a = NULL;

	NEED(cudaMallocArray(&a, &bytes1, 8, 1, 0));
	NEED(cudaMemcpyToArray(a, 0, 0, h, 8, cudaMemcpyHostToDevice));
	conf_in_thread(use_in_a_thread, a);
}

static void ask_in_a_callback(void *array)
{
	struct cudaChannelFormatDesc d;
	cudaArray_t a = UNTOUCHED;

	DO(cudaGetChannelDesc(&d, array));
	DO(cudaMallocArray(&a, &bytes1, 8, 1, 0));
}

CASE(from_a_host_function)
{
	cudaArray_t a = NULL;
	cudaStream_t s;

	NEED(cudaMallocArray(&a, &bytes1, 8, 1, 0));
	NEED(cudaStreamCreate(&s));
	NEED(cudaLaunchHostFunc(s, ask_in_a_callback, a));
	DO(cudaStreamSynchronize(s));
}

CASE_TWO_DEVICES(of_another_device)
{
	struct cudaArrayMemoryRequirements r;
	cudaArray_t a = NULL;

	NEED(cudaSetDevice(1));
	NEED(cudaMallocArray(&a, &bytes1, 8, 1, 0));
	NEED(cudaSetDevice(0));
	show_info(a);
	DO(cudaArrayGetMemoryRequirements(&r, a, 0));
	DO(cudaFreeArray(a));
}
