/* SPDX-License-Identifier: Apache-2.0 */
/* Textures and surfaces: descriptions by version, and the references that only 11 had. */
#define TOOLKIT_EXPORTED_NAMES
#include "cases.h"
#include "guard.h"
#include "newest.h"

static const struct cudaChannelFormatDesc one_float = { 32, 0, 0, 0, cudaChannelFormatKindFloat };

static const TOOLKIT_TEXTURE how = {
	.addressMode = { cudaAddressModeMirror, cudaAddressModeWrap, cudaAddressModeBorder },
	.filterMode = cudaFilterModeLinear,
	.readMode = cudaReadModeElementType,
	.borderColor = { 0.25f, 0.5f, 0.75f, 1 },
	.normalizedCoords = 1,
	.maxAnisotropy = 8,
	.mipmapFilterMode = cudaFilterModeLinear,
	.mipmapLevelBias = 0.5f,
	.minMipmapLevelClamp = 1,
	.maxMipmapLevelClamp = 2,
};

/* Plain enough for linear memory. */
static const TOOLKIT_TEXTURE plainly = { .filterMode = cudaFilterModePoint };

/* ---- descriptions -------------------------------------------------------------------------- */

static void same_format(const struct cudaChannelFormatDesc *old,
			const struct cudaChannelFormatDesc *new)
{
	SAME_BYTES(old, new, sizeof(*new));
}

static void same_resource(const TOOLKIT_RESOURCE *old, const struct cudaResourceDesc *new,
			  const TOOLKIT_RESOURCE *given)
{
	SAME(old->resType, new->resType);
	SAME(old->resType, given->resType);
	switch (old->resType) {
	case cudaResourceTypeArray:
		CHECK(old->res.array.array == new->res.array.array);
		CHECK(old->res.array.array == given->res.array.array);
		break;
	case cudaResourceTypeMipmappedArray:
		CHECK(old->res.mipmap.mipmap == new->res.mipmap.mipmap);
		CHECK(old->res.mipmap.mipmap == given->res.mipmap.mipmap);
		break;
	case cudaResourceTypeLinear:
		CHECK(old->res.linear.devPtr == given->res.linear.devPtr);
		CHECK(old->res.linear.devPtr == new->res.linear.devPtr);
		same_format(&old->res.linear.desc, &new->res.linear.desc);
		same_format(&old->res.linear.desc, &given->res.linear.desc);
		SAME(old->res.linear.sizeInBytes, given->res.linear.sizeInBytes);
		SAME(old->res.linear.sizeInBytes, new->res.linear.sizeInBytes);
		break;
	default:
		CHECK(old->res.pitch2D.devPtr == given->res.pitch2D.devPtr);
		CHECK(old->res.pitch2D.devPtr == new->res.pitch2D.devPtr);
		same_format(&old->res.pitch2D.desc, &new->res.pitch2D.desc);
		SAME(old->res.pitch2D.width, given->res.pitch2D.width);
		SAME(old->res.pitch2D.width, new->res.pitch2D.width);
		SAME(old->res.pitch2D.height, given->res.pitch2D.height);
		SAME(old->res.pitch2D.height, new->res.pitch2D.height);
		SAME(old->res.pitch2D.pitchInBytes, given->res.pitch2D.pitchInBytes);
		SAME(old->res.pitch2D.pitchInBytes, new->res.pitch2D.pitchInBytes);
	}
}

/* 11's structure is 13's without its last word. */
static void same_texture(cudaTextureObject_t texture)
{
	TOOLKIT_TEXTURE *old = OUTPUT(TOOLKIT_TEXTURE);
	struct cudaTextureDesc new;

	OK(cudaGetTextureObjectTextureDesc(old, texture));
	SAME(new_texture(&new, texture), cudaSuccess);
	SAME_BYTES(old, &new, sizeof(*old));
}

static void same_view(cudaTextureObject_t texture, const TOOLKIT_VIEW *given)
{
	TOOLKIT_VIEW *old = OUTPUT(TOOLKIT_VIEW);
	struct cudaResourceViewDesc new;
	cudaError_t error;

	memset(&new, ABI_UNTOUCHED, sizeof(new));
	error = new_texture_view(&new, texture);
	GIVES(error, cudaGetTextureObjectResourceViewDesc(old, texture));
	if (error != cudaSuccess) {
		SAME(abi_untouched(old, sizeof(*old)), abi_untouched(&new, sizeof(new)));
		return;
	}
	/* Fields that both have lie at the same offsets. */
	SAME_BYTES(old, &new, sizeof(struct cudaResourceViewDesc_v12));
	if (given != NULL) {
		SAME(old->format, given->format);
		SAME(old->width, given->width);
		SAME(old->height, given->height);
		SAME(old->lastMipmapLevel, given->lastMipmapLevel);
	}
}

/* ---- textures ------------------------------------------------------------------------------ */

static void texture_of(const TOOLKIT_RESOURCE *resource, const TOOLKIT_TEXTURE *texture,
		       const TOOLKIT_VIEW *view)
{
	TOOLKIT_RESOURCE *old = OUTPUT(TOOLKIT_RESOURCE);
	cudaTextureObject_t *object = OUTPUT(cudaTextureObject_t);
	struct cudaResourceDesc new;

	OK(cudaCreateTextureObject(object, INPUT(*resource), INPUT(*texture),
				   view != NULL ? INPUT(*view) : NULL));
	OK(cudaGetTextureObjectResourceDesc(old, *object));
	SAME(new_texture_resource(&new, *object), cudaSuccess);
	same_resource(old, &new, resource);
	same_texture(*object);
	same_view(*object, view);
	OK(cudaDestroyTextureObject(*object));
	abi_release();
}

static void of_memory(void)
{
	TOOLKIT_RESOURCE linear = { .resType = cudaResourceTypeLinear };
	TOOLKIT_RESOURCE pitched = { .resType = cudaResourceTypePitch2D };

	OK(cudaMalloc(&linear.res.linear.devPtr, 4096));
	linear.res.linear.desc = one_float;
	linear.res.linear.sizeInBytes = 4096;
	texture_of(&linear, &plainly, NULL);
	OK(cudaMallocPitch(&pitched.res.pitch2D.devPtr, &pitched.res.pitch2D.pitchInBytes, 256,
			   16));
	pitched.res.pitch2D.desc = one_float;
	pitched.res.pitch2D.width = 64;
	pitched.res.pitch2D.height = 16;
	texture_of(&pitched, &plainly, NULL);
	OK(cudaFree(linear.res.linear.devPtr));
	OK(cudaFree(pitched.res.pitch2D.devPtr));
}

static void of_arrays(void)
{
	TOOLKIT_RESOURCE array = { .resType = cudaResourceTypeArray };
	TOOLKIT_RESOURCE mipmap = { .resType = cudaResourceTypeMipmappedArray };
	TOOLKIT_VIEW view = {
		.format = cudaResViewFormatFloat1,
		.width = 64,
		.height = 32,
		.lastMipmapLevel = 1,
	};

	OK(cudaMallocArray(&array.res.array.array, &one_float, 64, 32, 0));
	texture_of(&array, &how, NULL);
	OK(cudaMallocMipmappedArray(&mipmap.res.mipmap.mipmap, &one_float,
				    (struct cudaExtent){ 64, 32, 0 }, 3, 0));
	texture_of(&mipmap, &how, &view);
	OK(cudaFreeArray(array.res.array.array));
	OK(cudaFreeMipmappedArray(mipmap.res.mipmap.mipmap));
}

/* What a failing call leaves is what 13's leaves. */
static void no_texture(void)
{
	TOOLKIT_RESOURCE bad = { .resType = (enum cudaResourceType)77 };
	TOOLKIT_RESOURCE *resource = OUTPUT(TOOLKIT_RESOURCE);
	TOOLKIT_TEXTURE *texture = OUTPUT(TOOLKIT_TEXTURE);
	cudaTextureObject_t *object = OUTPUT(cudaTextureObject_t);
	struct cudaResourceDesc new_resource;
	struct cudaTextureDesc new;

	GIVES(cudaErrorInvalidValue,
	      cudaCreateTextureObject(object, INPUT(bad), INPUT(plainly), NULL));
	GIVES(cudaErrorInvalidValue,
	      cudaCreateTextureObject(NULL, INPUT(bad), INPUT(plainly), NULL));
	memset(&new, ABI_UNTOUCHED, sizeof(new));
	memset(&new_resource, ABI_UNTOUCHED, sizeof(new_resource));
	GIVES(new_texture_resource(&new_resource, 0),
	      cudaGetTextureObjectResourceDesc(resource, 0));
	SAME(abi_untouched(resource, sizeof(*resource)),
	     abi_untouched(&new_resource, sizeof(*resource)));
	GIVES(new_texture(&new, 0), cudaGetTextureObjectTextureDesc(texture, 0));
	SAME(abi_untouched(texture, sizeof(*texture)), abi_untouched(&new, sizeof(*texture)));
	same_view(0, NULL);
	abi_release();
}

/* 11.8's second form of the description, with the word that later versions have. */
static void second_form(void)
{
#if CUDA_MAJOR == 11
	struct cudaResourceDesc_v12 array = { .resType = cudaResourceTypeArray };
	struct cudaTextureDesc seamless = { .filterMode = cudaFilterModeLinear,
					    .normalizedCoords = 1,
					    .seamlessCubemap = 1 };
	struct cudaTextureDesc *back = OUTPUT(struct cudaTextureDesc), new;
	cudaTextureObject_t *object = OUTPUT(cudaTextureObject_t);

	OK(cudaMalloc3DArray(&array.res.array.array, &one_float, (struct cudaExtent){ 32, 32, 6 },
			     cudaArrayCubemap));
	OK(cudaCreateTextureObject_v2(object, INPUT(array), INPUT(seamless), NULL));
	OK(cudaGetTextureObjectTextureDesc_v2(back, *object));
	SAME(new_texture(&new, *object), cudaSuccess);
	SAME_BYTES(back, &new, sizeof(new));
	SAME(back->seamlessCubemap, 1);
	same_texture(*object);
	OK(cudaDestroyTextureObject(*object));
	OK(cudaFreeArray(array.res.array.array));
	abi_release();
#endif
}

/* ---- surfaces, references ------------------------------------------------------------------ */

static void surface(void)
{
	TOOLKIT_RESOURCE array = { .resType = cudaResourceTypeArray };
	TOOLKIT_RESOURCE *old = OUTPUT(TOOLKIT_RESOURCE);
	cudaSurfaceObject_t *object = OUTPUT(cudaSurfaceObject_t);
	struct cudaResourceDesc new;

	OK(cudaMallocArray(&array.res.array.array, &one_float, 64, 32, cudaArraySurfaceLoadStore));
	OK(cudaCreateSurfaceObject(object, INPUT(array)));
	OK(cudaGetSurfaceObjectResourceDesc(old, *object));
	SAME(new_surface_resource(&new, *object), cudaSuccess);
	same_resource(old, &new, &array);
	OK(cudaDestroySurfaceObject(*object));
	memset(&new, ABI_UNTOUCHED, sizeof(new));
	memset(old, ABI_UNTOUCHED, sizeof(*old));
	GIVES(new_surface_resource(&new, 0), cudaGetSurfaceObjectResourceDesc(old, 0));
	SAME(abi_untouched(old, sizeof(*old)), abi_untouched(&new, sizeof(*old)));
	GIVES(cudaErrorInvalidValue, cudaCreateSurfaceObject(NULL, INPUT(array)));
	OK(cudaFreeArray(array.res.array.array));
	abi_release();
}

/* Exported, for programs import them; documented as missing. */
static void references(void)
{
#if CUDA_MAJOR == 11
	const struct textureReference **texture = OUTPUT(const struct textureReference *);
	const struct surfaceReference **surface_reference = OUTPUT(const struct surfaceReference *);
	static const char variable;
	size_t *offset = OUTPUT(size_t);

	GIVES(cudaErrorNotSupported, cudaBindTexture(offset, NULL, NULL, &one_float, 64));
	GIVES(cudaErrorNotSupported, cudaBindTexture2D(offset, NULL, NULL, &one_float, 8, 8, 64));
	GIVES(cudaErrorNotSupported, cudaBindTextureToArray(NULL, NULL, &one_float));
	GIVES(cudaErrorNotSupported, cudaBindTextureToMipmappedArray(NULL, NULL, &one_float));
	GIVES(cudaErrorNotSupported, cudaUnbindTexture(NULL));
	GIVES(cudaErrorNotSupported, cudaGetTextureAlignmentOffset(offset, NULL));
	GIVES(cudaErrorNotSupported, cudaGetTextureReference(texture, &variable));
	GIVES(cudaErrorNotSupported, cudaBindSurfaceToArray(NULL, NULL, &one_float));
	GIVES(cudaErrorNotSupported, cudaGetSurfaceReference(surface_reference, &variable));
	CHECK(abi_untouched(offset, sizeof(*offset)));
	CHECK(abi_untouched(texture, sizeof(*texture)));
	CHECK(abi_untouched(surface_reference, sizeof(*surface_reference)));
	abi_release();
#endif
}

void abi_texture(void)
{
	of_memory();
	of_arrays();
	no_texture();
	second_form();
	surface();
	references();
}
