/* SPDX-License-Identifier: Apache-2.0 */
/* Texture objects. */
#include "conformance.h"

#include "curtrace/sim.h"

static const struct cudaChannelFormatDesc float1 = { 32, 0, 0, 0, cudaChannelFormatKindFloat };
static const struct cudaChannelFormatDesc float4 = { 32, 32, 32, 32, cudaChannelFormatKindFloat };
static const struct cudaChannelFormatDesc half1 = { 16, 0, 0, 0, cudaChannelFormatKindFloat };
static const struct cudaChannelFormatDesc uchar1 = { 8, 0, 0, 0, cudaChannelFormatKindUnsigned };
static const struct cudaChannelFormatDesc uchar4 = { 8, 8, 8, 8, cudaChannelFormatKindUnsigned };
static const struct cudaChannelFormatDesc short2 = { 16, 16, 0, 0, cudaChannelFormatKindSigned };
static const struct cudaChannelFormatDesc int1 = { 32, 0, 0, 0, cudaChannelFormatKindSigned };

static struct cudaResourceDesc linear_of(struct cudaChannelFormatDesc desc, size_t size)
{
	struct cudaResourceDesc r = { .resType = cudaResourceTypeLinear };

	NEED(cudaMalloc(&r.res.linear.devPtr, 65536));
	r.res.linear.desc = desc;
	r.res.linear.sizeInBytes = size;
	return r;
}

static struct cudaResourceDesc pitched_of(struct cudaChannelFormatDesc desc, size_t width,
					  size_t height)
{
	struct cudaResourceDesc r = { .resType = cudaResourceTypePitch2D };

	NEED(cudaMallocPitch(&r.res.pitch2D.devPtr, &r.res.pitch2D.pitchInBytes, 1024, 64));
	r.res.pitch2D.desc = desc;
	r.res.pitch2D.width = width;
	r.res.pitch2D.height = height;
	return r;
}

static struct cudaResourceDesc array_of(struct cudaChannelFormatDesc desc, unsigned int flags)
{
	struct cudaResourceDesc r = { .resType = cudaResourceTypeArray };

	NEED(cudaMallocArray(&r.res.array.array, &desc, 64, 32, flags));
	return r;
}

static struct cudaResourceDesc mipmap_of(struct cudaChannelFormatDesc desc)
{
	struct cudaResourceDesc r = { .resType = cudaResourceTypeMipmappedArray };
	struct cudaExtent extent = { 64, 32, 0 };

	NEED(cudaMallocMipmappedArray(&r.res.mipmap.mipmap, &desc, extent, 3, 0));
	return r;
}

static void try_view(const struct cudaResourceDesc *r, const struct cudaTextureDesc *t,
		     const struct cudaResourceViewDesc *view)
{
	cudaTextureObject_t object = UNTOUCHED_64;

	if (DO(cudaCreateTextureObject(&object, r, t, view)) == cudaSuccess)
		DO(cudaDestroyTextureObject(object));
	else
		SHOW_IF(object == (cudaTextureObject_t)UNTOUCHED_64);
}

static void try_texture(const struct cudaResourceDesc *r, struct cudaTextureDesc t)
{
	try_view(r, &t, NULL);
}

#define TEXTURE(...) ((struct cudaTextureDesc){ __VA_ARGS__ })

/* Filter, read mode and coordinates in all combinations. */
static void try_reading(const struct cudaResourceDesc *r)
{
	for (int i = 0; i < 8; i++) {
		conf_print("filter %d, read mode %d, normalised %d", i & 1, i >> 1 & 1, i >> 2);
		try_texture(r, TEXTURE(.filterMode = (enum cudaTextureFilterMode)(i & 1),
				       .readMode = (enum cudaTextureReadMode)(i >> 1 & 1),
				       .normalizedCoords = i >> 2));
	}
}

#define READING_CASE(name, resource)                  \
	CASE(name)                                    \
	{                                             \
		struct cudaResourceDesc r = resource; \
		try_reading(&r);                      \
	}

READING_CASE(linear_float, linear_of(float1, 4096))
READING_CASE(linear_int, linear_of(int1, 4096))
READING_CASE(linear_char, linear_of(uchar1, 4096))
READING_CASE(pitched_float, pitched_of(float1, 64, 32))
READING_CASE(pitched_char, pitched_of(uchar4, 64, 32))
READING_CASE(pitched_int, pitched_of(int1, 64, 32))
READING_CASE(array_float, array_of(float4, 0))
READING_CASE(array_half, array_of(half1, 0))
READING_CASE(array_char, array_of(uchar4, 0))
READING_CASE(array_short, array_of(short2, 0))
READING_CASE(array_int, array_of(int1, 0))
READING_CASE(mipmap_float, mipmap_of(float1))
READING_CASE(mipmap_char, mipmap_of(uchar1))

CASE(address_modes)
{
	struct cudaResourceDesc linear = linear_of(float1, 4096), array = array_of(float1, 0);

	for (int mode = -1; mode < 5; mode++) {
		enum cudaTextureAddressMode m = (enum cudaTextureAddressMode)mode;

		conf_print("mode %d", mode);
		try_texture(&array, TEXTURE(.addressMode = { m, m, m }));
		try_texture(&array, TEXTURE(.addressMode = { m, m, m }, .normalizedCoords = 1));
		try_texture(&linear, TEXTURE(.addressMode = { m, m, m }));
	}
}

CASE(bad_values)
{
	struct cudaResourceDesc r = array_of(float1, 0);

	try_texture(&r, TEXTURE(.filterMode = (enum cudaTextureFilterMode)2));
	try_texture(&r, TEXTURE(.filterMode = (enum cudaTextureFilterMode) - 1));
	try_texture(&r, TEXTURE(.readMode = (enum cudaTextureReadMode)2));
	try_texture(&r, TEXTURE(.readMode = (enum cudaTextureReadMode) - 1));
	try_texture(&r, TEXTURE(.normalizedCoords = 7));
	try_texture(&r, TEXTURE(.sRGB = 1));
	try_texture(&r, TEXTURE(.maxAnisotropy = 16));
	try_texture(&r, TEXTURE(.maxAnisotropy = 17));
	try_texture(&r, TEXTURE(.maxAnisotropy = 1000000));
	try_texture(&r, TEXTURE(.mipmapFilterMode = (enum cudaTextureFilterMode)2));
	try_texture(&r, TEXTURE(.mipmapLevelBias = 100.0f));
	try_texture(&r, TEXTURE(.minMipmapLevelClamp = 5.0f, .maxMipmapLevelClamp = 1.0f));
	try_texture(&r, TEXTURE(.disableTrilinearOptimization = 1));
	try_texture(&r, TEXTURE(.seamlessCubemap = 1));
}

CASE(srgb)
{
	struct cudaResourceDesc r = array_of(uchar4, 0);

	try_texture(&r, TEXTURE(.sRGB = 1, .readMode = cudaReadModeNormalizedFloat));
	try_texture(&r, TEXTURE(.sRGB = 1));
}

CASE(linear_sizes)
{
	static const size_t sizes[] = { 0, 1, 3, 4, 4096, 65536, (size_t)1 << 29, (size_t)1 << 40 };
	struct cudaResourceDesc r = linear_of(float1, 0);

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		conf_print("size %zu", sizes[i]);
		r.res.linear.sizeInBytes = sizes[i];
		try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
	}
}

CASE(linear_addresses)
{
	struct cudaResourceDesc r = linear_of(float1, 4096);
	char *start = r.res.linear.devPtr;

	r.res.linear.devPtr = start + 4;
	try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
	r.res.linear.devPtr = start + 512;
	try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
	r.res.linear.devPtr = NULL;
	try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
}

CASE(pitched_sizes)
{
	struct cudaResourceDesc r = pitched_of(float1, 0, 32);

	try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
	r.res.pitch2D.width = 64;
	r.res.pitch2D.height = 0;
	try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
	r.res.pitch2D.height = 100000;
	try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
	r.res.pitch2D.height = 32;
	r.res.pitch2D.width = 1000000;
	try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
	r.res.pitch2D.width = 64;
	r.res.pitch2D.pitchInBytes = 100;
	try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
	r.res.pitch2D.pitchInBytes = 0;
	try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
	r.res.pitch2D.pitchInBytes = 1024;
	r.res.pitch2D.devPtr = NULL;
	try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
}

CASE(channels)
{
	static const struct cudaChannelFormatDesc bad[] = {
		{ 0, 0, 0, 0, cudaChannelFormatKindFloat },
		{ 32, 32, 32, 0, cudaChannelFormatKindFloat },
		{ 32, 16, 0, 0, cudaChannelFormatKindFloat },
		{ 7, 0, 0, 0, cudaChannelFormatKindSigned },
		{ 64, 0, 0, 0, cudaChannelFormatKindSigned },
		{ 8, 0, 0, 0, cudaChannelFormatKindFloat },
		{ 32, 0, 0, 0, cudaChannelFormatKindNone },
		{ 32, 0, 0, 0, (enum cudaChannelFormatKind)99 },
		{ 0, 32, 0, 0, cudaChannelFormatKindFloat },
		{ -32, 0, 0, 0, cudaChannelFormatKindFloat },
	};
	struct cudaResourceDesc linear = linear_of(float1, 4096), pitch = pitched_of(float1, 8, 8);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		conf_print("%d %d %d %d, kind %d", bad[i].x, bad[i].y, bad[i].z, bad[i].w,
			   (int)bad[i].f);
		linear.res.linear.desc = pitch.res.pitch2D.desc = bad[i];
		try_texture(&linear, TEXTURE(.filterMode = cudaFilterModePoint));
		try_texture(&pitch, TEXTURE(.filterMode = cudaFilterModePoint));
	}
}

CASE(resource_types)
{
	struct cudaResourceDesc r = linear_of(float1, 4096);

	r.resType = (enum cudaResourceType)4;
	try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
	r.resType = (enum cudaResourceType) - 1;
	try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
	r.resType = cudaResourceTypeLinear;
	r.flags = 1;
	try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
	r.flags = 0xffffffffu;
	try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
}

CASE(array_null)
{
	struct cudaResourceDesc r = { .resType = cudaResourceTypeArray };

	NEED(cudaFree(0));
	try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
}

CASE(mipmap_null)
{
	struct cudaResourceDesc r = { .resType = cudaResourceTypeMipmappedArray };

	NEED(cudaFree(0));
	try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
}

CASE(create_null_descriptions)
{
	struct cudaResourceDesc r = linear_of(float1, 4096);
	cudaTextureObject_t object = 0;

	DO(cudaCreateTextureObject(&object, &r, NULL, NULL));
	SHOW(object);
}

CASE(create_null_resource)
{
	struct cudaTextureDesc t = { .filterMode = cudaFilterModePoint };
	cudaTextureObject_t object = 0;

	NEED(cudaFree(0));
	DO(cudaCreateTextureObject(&object, NULL, &t, NULL));
	SHOW(object);
}

CASE(create_nowhere)
{
	struct cudaResourceDesc r = linear_of(float1, 4096);
	struct cudaTextureDesc t = { .filterMode = cudaFilterModePoint };

	DO(cudaCreateTextureObject(NULL, &r, &t, NULL));
}

CASE(destroy)
{
	struct cudaResourceDesc r = linear_of(float1, 4096);
	struct cudaTextureDesc t = { .filterMode = cudaFilterModePoint };
	cudaTextureObject_t object = 0;

	DO(cudaDestroyTextureObject(0));
	DO(cudaCreateTextureObject(&object, &r, &t, NULL));
	DO(cudaDestroyTextureObject(object));
}

CASE(objects_of_one_resource)
{
	struct cudaResourceDesc r = array_of(float1, 0);
	struct cudaTextureDesc t = { .filterMode = cudaFilterModePoint };
	cudaTextureObject_t a = 0, b = 0;

	DO(cudaCreateTextureObject(&a, &r, &t, NULL));
	DO(cudaCreateTextureObject(&b, &r, &t, NULL));
	SHOW_IF(a != b);
	DO(cudaDestroyTextureObject(a));
	DO(cudaDestroyTextureObject(b));
	DO(cudaFreeArray(r.res.array.array));
}

/* What comes back. */

static void show_texture(cudaTextureObject_t object)
{
	struct cudaTextureDesc t;

	UNTOUCH(t);
	DO(cudaGetTextureObjectTextureDesc(&t, object));
	/* NVIDIA's library leaves there what it had on its stack. */
	memset(t.borderColor, 0, sizeof(t.borderColor));
	SHOW_BYTES(&t, sizeof(t));
}

static void round_trip(const struct cudaResourceDesc *r, struct cudaTextureDesc t)
{
	cudaTextureObject_t object = 0;
	struct cudaResourceDesc back;

	if (DO(cudaCreateTextureObject(&object, r, &t, NULL)) != cudaSuccess)
		return;
	UNTOUCH(back);
	DO(cudaGetTextureObjectResourceDesc(&back, object));
	SHOW(back.resType);
	SHOW(back.flags);
	SHOW_IF(back.res.array.array == r->res.array.array);
	if (r->resType == cudaResourceTypeLinear || r->resType == cudaResourceTypePitch2D) {
		SHOW_BYTES(&back.res.linear.desc, sizeof(back.res.linear.desc));
		SHOW(back.res.linear.sizeInBytes);
	}
	if (r->resType == cudaResourceTypePitch2D) {
		SHOW(back.res.pitch2D.height);
		SHOW_IF(back.res.pitch2D.pitchInBytes == r->res.pitch2D.pitchInBytes);
	}
	show_texture(object);
	DO(cudaDestroyTextureObject(object));
}

CASE(round_trips)
{
	struct cudaResourceDesc linear = linear_of(int1, 4096), pitch = pitched_of(uchar4, 64, 32);
	struct cudaResourceDesc array = array_of(float4, 0), mipmap = mipmap_of(half1);

	round_trip(&linear, TEXTURE(.addressMode = { 1, 1, 1 }));
	round_trip(&pitch, TEXTURE(.addressMode = { 0, 1, 2 }, .filterMode = cudaFilterModeLinear,
				   .readMode = cudaReadModeNormalizedFloat, .normalizedCoords = 1));
	round_trip(&array, TEXTURE(.addressMode = { 3, 3, 3 }, .borderColor = { 1, 2, 3, 4 },
				   .maxAnisotropy = 4));
	round_trip(&mipmap, TEXTURE(.normalizedCoords = 1, .mipmapFilterMode = cudaFilterModeLinear,
				    .mipmapLevelBias = 0.5f, .minMipmapLevelClamp = 0.25f,
				    .maxMipmapLevelClamp = 2.0f, .maxAnisotropy = 16));
	round_trip(&array, TEXTURE(.sRGB = 1, .disableTrilinearOptimization = 1,
				   .seamlessCubemap = 1, .normalizedCoords = 5));
}

CASE(round_trip_of_read_modes)
{
	struct cudaResourceDesc small = array_of(uchar1, 0), whole = array_of(int1, 0);

	round_trip(&small, TEXTURE(.readMode = cudaReadModeElementType));
	round_trip(&small, TEXTURE(.readMode = cudaReadModeNormalizedFloat));
	round_trip(&whole, TEXTURE(.readMode = cudaReadModeElementType));
}

CASE(descriptions_of_nothing)
{
	struct cudaResourceViewDesc view;
	struct cudaResourceDesc r;
	struct cudaTextureDesc t;

	NEED(cudaFree(0));
	DO(cudaGetTextureObjectTextureDesc(&t, 0));
	DO(cudaGetTextureObjectResourceDesc(&r, 0));
	DO(cudaGetTextureObjectResourceViewDesc(&view, 0));
	DO(cudaGetTextureObjectTextureDesc(&t, 0x123456789aULL));
	DO(cudaGetTextureObjectResourceDesc(&r, 0x123456789aULL));
	DO(cudaGetTextureObjectResourceViewDesc(&view, 0x123456789aULL));
}

static cudaTextureObject_t any_texture(void)
{
	struct cudaResourceDesc r = array_of(float1, 0);
	struct cudaTextureDesc t = { .filterMode = cudaFilterModePoint };
	cudaTextureObject_t object = 0;

	NEED(cudaCreateTextureObject(&object, &r, &t, NULL));
	return object;
}

CASE(texture_description_nowhere)
{
	DO(cudaGetTextureObjectTextureDesc(NULL, any_texture()));
}

CASE(resource_description_nowhere)
{
	DO(cudaGetTextureObjectResourceDesc(NULL, any_texture()));
}

CASE(view_description_nowhere)
{
	DO(cudaGetTextureObjectResourceViewDesc(NULL, any_texture()));
}

/* Views. */

CASE(views)
{
	struct cudaResourceDesc array = array_of(float1, 0), mipmap = mipmap_of(float1);
	struct cudaResourceDesc linear = linear_of(float1, 4096);
	struct cudaTextureDesc t = { .normalizedCoords = 1 };
	struct cudaResourceViewDesc view = {
		.format = cudaResViewFormatFloat1,
		.width = 64,
		.height = 32,
	};

	try_view(&array, &t, &view);
	try_view(&linear, &t, &view);
	view.lastMipmapLevel = 2;
	try_view(&mipmap, &t, &view);
	view.lastMipmapLevel = 9;
	try_view(&mipmap, &t, &view);
	view.firstMipmapLevel = 2;
	view.lastMipmapLevel = 1;
	try_view(&mipmap, &t, &view);
	view.firstMipmapLevel = view.lastMipmapLevel = 0;
	view.width = 32;
	try_view(&array, &t, &view);
	view.width = 64;
	view.format = cudaResViewFormatUnsignedInt1;
	try_view(&array, &t, &view);
	view.format = cudaResViewFormatUnsignedChar4;
	try_view(&array, &t, &view);
	view.format = cudaResViewFormatFloat4;
	try_view(&array, &t, &view);
	view.format = (enum cudaResourceViewFormat)99;
	try_view(&array, &t, &view);
	view.format = cudaResViewFormatNone;
	try_view(&array, &t, &view);
}

CASE(view_round_trip)
{
	struct cudaResourceDesc r = array_of(float1, 0);
	struct cudaTextureDesc t = { .normalizedCoords = 1 };
	struct cudaResourceViewDesc view = {
		.format = cudaResViewFormatFloat1,
		.width = 64,
		.height = 32,
	};
	struct cudaResourceViewDesc back;
	cudaTextureObject_t object = 0;

	if (DO(cudaCreateTextureObject(&object, &r, &t, &view)) != cudaSuccess)
		return;
	UNTOUCH(back);
	DO(cudaGetTextureObjectResourceViewDesc(&back, object));
	SHOW_BYTES(&back, sizeof(back));
	show_texture(object);
}

CASE(view_of_texture_without)
{
	struct cudaResourceViewDesc back;

	/* Not what is in there then: NVIDIA's library writes what it had on its stack. */
	DO(cudaGetTextureObjectResourceViewDesc(&back, any_texture()));
}

CASE(create_in_capture)
{
	struct cudaResourceDesc r = linear_of(float1, 4096);
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;

	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	try_texture(&r, TEXTURE(.filterMode = cudaFilterModePoint));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}

/* What a kernel reads through it: the simulated driver has no texture unit. */

static const char read_ptx[] =
	".version 7.8\n.target sm_90\n.address_size 64\n"
	".visible .entry tex_read(.param .u64 out, .param .u64 tex, .param .f32 step)\n{\n"
	"	.reg .b32 %r<3>;\n	.reg .b64 %d<5>;\n	.reg .f32 %f<8>;\n"
	"	ld.param.u64 %d1, [out];\n"
	"	ld.param.u64 %d2, [tex];\n	ld.param.f32 %f1, [step];\n"
	"	mov.u32 %r1, %tid.x;\n	cvt.rn.f32.u32 %f2, %r1;\n	mul.f32 %f2, %f2, %f1;\n"
	"	mov.f32 %f3, 0f3F000000;\n"
	"	tex.2d.v4.f32.f32 {%f4, %f5, %f6, %f7}, [%d2, {%f2, %f3}];\n"
	"	mul.wide.u32 %d3, %r1, 4;\n	add.s64 %d1, %d1, %d3;\n"
	"	st.f32 [%d1], %f4;\n"
	"	ret;\n}\n";

__attribute__((visibility("default"))) void curtrace_sim__tex_read(
	const struct curtrace_sim_launch *launch, void **params)
{
	memset(*(void **)params[0], 0, launch->block[0] * sizeof(float));
}

static void read_texture(struct cudaChannelFormatDesc format, const void *row, size_t size,
			 struct cudaTextureDesc t, float step)
{
	struct cudaResourceDesc r = { .resType = cudaResourceTypeArray };
	cudaTextureObject_t object = 0;
	cudaLibrary_t library = NULL;
	cudaKernel_t kernel = NULL;
	void *out = NULL;

	NEED(cudaMallocArray(&r.res.array.array, &format, 4, 2, 0));
	NEED(cudaMemcpy2DToArray(r.res.array.array, 0, 0, row, size, size, 1,
				 cudaMemcpyHostToDevice));
	NEED(cudaMalloc(&out, 32));
	NEED(cudaLibraryLoadData(&library, read_ptx, NULL, NULL, 0, NULL, NULL, 0));
	NEED(cudaLibraryGetKernel(&kernel, library, "tex_read"));
	if (DO(cudaCreateTextureObject(&object, &r, &t, NULL)) != cudaSuccess)
		return;
	DO(cudaLaunchKernel(kernel, DIM(1), DIM(8), ARGS(&out, &object, &step), 0, NULL));
	DO(cudaDeviceSynchronize());
	SHOW_DEVICE(out, 32);
}

CASE(read_point)
{
	static const float row[4] = { 1, 2, 4, 8 };

	read_texture(float1, row, sizeof(row), TEXTURE(.addressMode = { 1, 1, 1 }), 1.0f);
}

CASE(read_linear)
{
	static const float row[4] = { 1, 2, 4, 8 };

	read_texture(float1, row, sizeof(row),
		     TEXTURE(.addressMode = { 1, 1, 1 }, .filterMode = cudaFilterModeLinear), 0.5f);
}

CASE(read_border)
{
	static const float row[4] = { 1, 2, 4, 8 };

	read_texture(float1, row, sizeof(row),
		     TEXTURE(.addressMode = { 3, 3, 3 }, .borderColor = { 5, 0, 0, 0 }), 1.0f);
}

CASE(read_wrap)
{
	static const float row[4] = { 1, 2, 4, 8 };

	read_texture(float1, row, sizeof(row), TEXTURE(.normalizedCoords = 1), 0.25f);
}

CASE(read_fractions)
{
	static const unsigned char row[4] = { 0, 51, 102, 255 };

	read_texture(uchar1, row, sizeof(row),
		     TEXTURE(.addressMode = { 1, 1, 1 }, .readMode = cudaReadModeNormalizedFloat),
		     1.0f);
}
