/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays: shapes that are refused, channel descriptors both ways, mapped external memory. */
#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/calls.h"
#include "runtime/channel_format.h"
#include "script_driver.h"

#define ARRAY  ((cudaArray_t)0x31000)
#define MIPMAP ((cudaMipmappedArray_t)0x32000)

static CUDA_ARRAY3D_DESCRIPTOR seen;
static CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC seen_external;

/* Both create functions have the descriptor second, the mapping has its own third. */
static CUresult see(const uint64_t *args)
{
	*(void **)(uintptr_t)args[0] = (void *)0x31000;
	memcpy(&seen, (const void *)(uintptr_t)args[1], sizeof(seen));
	return CUDA_SUCCESS;
}

static CUresult see_external(const uint64_t *args)
{
	*(void **)(uintptr_t)args[0] = (void *)0x32000;
	memcpy(&seen_external, (const void *)(uintptr_t)args[2], sizeof(seen_external));
	return CUDA_SUCCESS;
}

static CUresult describe_array(const uint64_t *args)
{
	CUDA_ARRAY3D_DESCRIPTOR *d = (void *)(uintptr_t)args[0];

	*d = (CUDA_ARRAY3D_DESCRIPTOR){
		.Width = 64,
		.Height = 32,
		.Depth = 6,
		.Format = CU_AD_FORMAT_SIGNED_INT16,
		.NumChannels = 2,
		.Flags = CUDA_ARRAY3D_LAYERED,
	};
	return CUDA_SUCCESS;
}

static void install(void)
{
	script_install();
	memset(&seen, 0, sizeof(seen));
	script_hook(cuArray3DCreate, see);
	script_hook(cuMipmappedArrayCreate, see);
	script_hook(cuArray3DGetDescriptor, describe_array);
	script_hook(cuExternalMemoryGetMappedMipmappedArray, see_external);
}

static const struct cudaChannelFormatDesc floats = { .x = 32, .f = cudaChannelFormatKindFloat };

START_TEST(a_channel_descriptor_is_its_arguments)
{
	struct cudaChannelFormatDesc d =
		rt_cudaCreateChannelDesc(1, 2, 3, 4, cudaChannelFormatKindNone);

	ck_assert_int_eq(d.x, 1);
	ck_assert_int_eq(d.y, 2);
	ck_assert_int_eq(d.z, 3);
	ck_assert_int_eq(d.w, 4);
	ck_assert_int_eq(d.f, cudaChannelFormatKindNone);
}
END_TEST

START_TEST(an_array_of_two_dimensions_has_no_depth)
{
	cudaArray_t array = NULL;

	ck_assert_int_eq(rt_cudaMallocArray(&array, &floats, 64, 32, cudaArraySurfaceLoadStore),
			 cudaSuccess);
	ck_assert_ptr_eq(array, ARRAY);
	ck_assert_uint_eq(seen.Width, 64);
	ck_assert_uint_eq(seen.Height, 32);
	ck_assert_uint_eq(seen.Depth, 0);
	ck_assert_int_eq(seen.Format, CU_AD_FORMAT_FLOAT);
	ck_assert_uint_eq(seen.NumChannels, 1);
	ck_assert_uint_eq(seen.Flags, CUDA_ARRAY3D_SURFACE_LDST);
}
END_TEST

/* Extents that are arrays, and such that are not. */
static const struct {
	struct cudaExtent extent;
	unsigned int flags;
	bool valid;
} shapes[] = {
	{ { 64, 0, 0 }, 0, true },
	{ { 64, 32, 0 }, 0, true },
	{ { 64, 32, 8 }, 0, true },
	{ { 0, 32, 8 }, 0, false },
	{ { 64, 0, 8 }, 0, false },
	{ { 64, 0, 8 }, cudaArrayLayered, true },
	{ { 64, 32, 8 }, cudaArrayLayered, true },
	{ { 64, 32, 0 }, cudaArrayLayered, false },
	{ { 64, 64, 6 }, cudaArrayCubemap, true },
	{ { 64, 32, 6 }, cudaArrayCubemap, false },
	{ { 64, 64, 12 }, cudaArrayCubemap, false },
	{ { 64, 64, 12 }, cudaArrayCubemap | cudaArrayLayered, true },
	{ { 64, 64, 8 }, cudaArrayCubemap | cudaArrayLayered, false },
	{ { 64, 64, 0 }, cudaArrayCubemap | cudaArrayLayered, false },
};

#define NSHAPES ((int)(sizeof(shapes) / sizeof(shapes[0])))

START_TEST(a_shape_that_is_none_answers_1)
{
	cudaError_t expected = shapes[_i].valid ? cudaSuccess : cudaErrorInvalidValue;
	cudaMipmappedArray_t mipmap;
	cudaArray_t array;

	ck_assert_int_eq(rt_cudaMalloc3DArray(&array, &floats, shapes[_i].extent, shapes[_i].flags),
			 expected);
	ck_assert_int_eq(script_count(cuArray3DCreate), shapes[_i].valid);
	ck_assert_int_eq(rt_cudaMallocMipmappedArray(&mipmap, &floats, shapes[_i].extent, 3,
						     shapes[_i].flags),
			 expected);
	ck_assert_int_eq(script_count(cuMipmappedArrayCreate), shapes[_i].valid);
}
END_TEST

START_TEST(a_mipmap_is_made_with_its_levels)
{
	struct cudaExtent extent = { .width = 64, .height = 32 };
	cudaMipmappedArray_t mipmap = NULL;

	ck_assert_int_eq(rt_cudaMallocMipmappedArray(&mipmap, &floats, extent, 5, 0), cudaSuccess);
	ck_assert_uint_eq((unsigned int)script_arg(cuMipmappedArrayCreate, 2), 5);
	ck_assert_uint_eq(seen.Height, 32);
}
END_TEST

START_TEST(missing_arguments_answer_1_and_bad_channels_20)
{
	struct cudaChannelFormatDesc odd = { .x = 24, .f = cudaChannelFormatKindFloat };
	struct cudaExtent extent = { .width = 4 };
	cudaArray_t array;

	ck_assert_int_eq(rt_cudaMallocArray(NULL, &floats, 4, 0, 0), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaMallocArray(&array, NULL, 4, 0, 0), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaMallocMipmappedArray(NULL, &floats, extent, 1, 0),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaMallocArray(&array, &odd, 4, 0, 0),
			 cudaErrorInvalidChannelDescriptor);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(freeing_no_array_succeeds_without_the_driver)
{
	ck_assert_int_eq(rt_cudaFreeArray(NULL), cudaSuccess);
	ck_assert_int_eq(rt_cudaFreeMipmappedArray(NULL), cudaSuccess);
	ck_assert_int_eq(script_calls(), 0);
	ck_assert_int_eq(rt_cudaFreeArray(ARRAY), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuArrayDestroy, 0), (uintptr_t)ARRAY);
	ck_assert_int_eq(rt_cudaFreeMipmappedArray(MIPMAP), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMipmappedArrayDestroy, 0), (uintptr_t)MIPMAP);
}
END_TEST

START_TEST(an_array_tells_its_channels_shape_and_flags)
{
	struct cudaChannelFormatDesc desc, again;
	struct cudaExtent extent;
	unsigned int flags;

	ck_assert_int_eq(rt_cudaArrayGetInfo(&desc, &extent, &flags, ARRAY), cudaSuccess);
	ck_assert_int_eq(desc.x, 16);
	ck_assert_int_eq(desc.y, 16);
	ck_assert_int_eq(desc.z, 0);
	ck_assert_int_eq(desc.f, cudaChannelFormatKindSigned);
	ck_assert_uint_eq(extent.width, 64);
	ck_assert_uint_eq(extent.height, 32);
	ck_assert_uint_eq(extent.depth, 6);
	ck_assert_uint_eq(flags, cudaArrayLayered);
	ck_assert_int_eq(rt_cudaArrayGetInfo(NULL, NULL, NULL, ARRAY), cudaSuccess);
	ck_assert_int_eq(rt_cudaGetChannelDesc(&again, ARRAY), cudaSuccess);
	ck_assert_mem_eq(&again, &desc, sizeof(desc));
	ck_assert_int_eq(rt_cudaGetChannelDesc(NULL, ARRAY), cudaErrorInvalidValue);
}
END_TEST

START_TEST(a_stale_array_leaves_zeros)
{
	struct cudaExtent extent = { 1, 1, 1 };
	unsigned int flags = 1;

	script_hook(cuArray3DGetDescriptor, NULL);
	script_answer(cuArray3DGetDescriptor, CUDA_ERROR_INVALID_HANDLE);
	ck_assert_int_eq(rt_cudaArrayGetInfo(NULL, &extent, &flags, ARRAY),
			 cudaErrorInvalidResourceHandle);
	ck_assert_uint_eq(extent.width + extent.height + extent.depth, 0);
	ck_assert_uint_eq(flags, 0);
}
END_TEST

/* Descriptors that have a format; bytes of an element, texels of a block's side. */
static const struct {
	struct cudaChannelFormatDesc desc;
	CUarray_format format;
	unsigned int channels, size, block;
} formats[] = {
	{ { 8, 0, 0, 0, cudaChannelFormatKindUnsigned }, CU_AD_FORMAT_UNSIGNED_INT8, 1, 1, 1 },
	{ { 16, 16, 0, 0, cudaChannelFormatKindUnsigned }, CU_AD_FORMAT_UNSIGNED_INT16, 2, 4, 1 },
	{ { 32, 32, 32, 32, cudaChannelFormatKindUnsigned },
	  CU_AD_FORMAT_UNSIGNED_INT32,
	  4,
	  16,
	  1 },
	{ { 8, 8, 8, 8, cudaChannelFormatKindSigned }, CU_AD_FORMAT_SIGNED_INT8, 4, 4, 1 },
	{ { 16, 0, 0, 0, cudaChannelFormatKindSigned }, CU_AD_FORMAT_SIGNED_INT16, 1, 2, 1 },
	{ { 32, 0, 0, 0, cudaChannelFormatKindSigned }, CU_AD_FORMAT_SIGNED_INT32, 1, 4, 1 },
	{ { 16, 16, 0, 0, cudaChannelFormatKindFloat }, CU_AD_FORMAT_HALF, 2, 4, 1 },
	{ { 32, 32, 32, 32, cudaChannelFormatKindFloat }, CU_AD_FORMAT_FLOAT, 4, 16, 1 },
	{ { 8, 8, 8, 0, cudaChannelFormatKindNV12 }, CU_AD_FORMAT_NV12, 3, 1, 1 },
	{ { 8, 8, 0, 0, cudaChannelFormatKindUnsignedNormalized8X2 },
	  CU_AD_FORMAT_UNORM_INT8X2,
	  2,
	  2,
	  1 },
	{ { 16, 16, 16, 16, cudaChannelFormatKindSignedNormalized16X4 },
	  CU_AD_FORMAT_SNORM_INT16X4,
	  4,
	  8,
	  1 },
	{ { 8, 8, 8, 8, cudaChannelFormatKindUnsignedBlockCompressed1 },
	  CU_AD_FORMAT_BC1_UNORM,
	  4,
	  8,
	  4 },
	{ { 8, 8, 8, 8, cudaChannelFormatKindUnsignedBlockCompressed3SRGB },
	  CU_AD_FORMAT_BC3_UNORM_SRGB,
	  4,
	  16,
	  4 },
	{ { 8, 0, 0, 0, cudaChannelFormatKindSignedBlockCompressed4 },
	  CU_AD_FORMAT_BC4_SNORM,
	  1,
	  8,
	  4 },
	{ { 8, 8, 0, 0, cudaChannelFormatKindUnsignedBlockCompressed5 },
	  CU_AD_FORMAT_BC5_UNORM,
	  2,
	  16,
	  4 },
	{ { 16, 16, 16, 0, cudaChannelFormatKindSignedBlockCompressed6H },
	  CU_AD_FORMAT_BC6H_SF16,
	  3,
	  16,
	  4 },
	{ { 8, 8, 8, 8, cudaChannelFormatKindUnsignedBlockCompressed7SRGB },
	  CU_AD_FORMAT_BC7_UNORM_SRGB,
	  4,
	  16,
	  4 },
	{ { 10, 10, 10, 2, cudaChannelFormatKindUnsignedNormalized1010102 },
	  CU_AD_FORMAT_UNORM_INT_101010_2,
	  4,
	  4,
	  1 },
};

#define NFORMATS ((int)(sizeof(formats) / sizeof(formats[0])))

START_TEST(a_descriptor_is_a_format_and_back)
{
	struct cudaChannelFormatDesc back;
	CUarray_format format;
	unsigned int channels, block;

	ck_assert_int_eq(rt_channel_to_format(&formats[_i].desc, &format, &channels), cudaSuccess);
	ck_assert_int_eq(format, formats[_i].format);
	ck_assert_uint_eq(channels, formats[_i].channels);
	ck_assert_int_eq(rt_channel_from_format(format, channels, &back), cudaSuccess);
	ck_assert_mem_eq(&back, &formats[_i].desc, sizeof(back));
	ck_assert_uint_eq(rt_format_element_size(format, channels, &block), formats[_i].size);
	ck_assert_uint_eq(block, formats[_i].block);
}
END_TEST

static const struct cudaChannelFormatDesc unusable[] = {
	{ 0, 0, 0, 0, cudaChannelFormatKindUnsigned },
	{ 8, 8, 8, 0, cudaChannelFormatKindUnsigned }, /* three channels */
	{ 8, 16, 0, 0, cudaChannelFormatKindUnsigned },
	{ 8, 0, 8, 0, cudaChannelFormatKindUnsigned },
	{ 8, 0, 0, 0, cudaChannelFormatKindFloat },
	{ 64, 0, 0, 0, cudaChannelFormatKindSigned },
	{ -8, 0, 0, 0, cudaChannelFormatKindSigned },
	{ 8, 0, 0, 0, cudaChannelFormatKindNone },
	{ 8, 8, 8, 8, cudaChannelFormatKindNV12 },
	{ 8, 0, 0, 0, cudaChannelFormatKindUnsignedBlockCompressed1 },
	{ 8, 0, 0, 0, (enum cudaChannelFormatKind)99 },
};

#define NUNUSABLE ((int)(sizeof(unusable) / sizeof(unusable[0])))

START_TEST(a_descriptor_without_a_format_answers_20)
{
	CUarray_format format;
	unsigned int channels;

	ck_assert_int_eq(rt_channel_to_format(&unusable[_i], &format, &channels),
			 cudaErrorInvalidChannelDescriptor);
}
END_TEST

START_TEST(every_kind_but_none_has_a_format)
{
	int kinds = 0;

	for (int bits = 0; bits < 4; bits++) {
		static const int widths[4][4] = {
			{ 8, 8, 8, 8 },
			{ 16, 16, 16, 0 },
			{ 8, 8, 8, 0 },
			{ 10, 10, 10, 2 },
		};
		const int *w = widths[bits];

		for (int f = 0; f <= cudaChannelFormatKindUnsignedNormalized1010102; f++) {
			struct cudaChannelFormatDesc d = { w[0], w[1], w[2], w[3],
							   (enum cudaChannelFormatKind)f };
			CUarray_format format;
			unsigned int channels;

			kinds += rt_channel_to_format(&d, &format, &channels) == cudaSuccess;
		}
	}
	/*
	 * Of 8888: signed, unsigned, two normalized, BC1 to 3 and BC7 twice each. Then 6H twice,
	 * NV12, 1010102.
	 */
	ck_assert_int_eq(kinds, 2 + 2 + 8 + 2 + 1 + 1);
}
END_TEST

START_TEST(a_format_without_words_answers_20)
{
	struct cudaChannelFormatDesc desc;
	unsigned int block;

	ck_assert_int_eq(rt_channel_from_format(CU_AD_FORMAT_P010, 2, &desc),
			 cudaErrorInvalidChannelDescriptor);
	ck_assert_uint_eq(rt_format_element_size(CU_AD_FORMAT_P010, 2, &block), 0);
}
END_TEST

START_TEST(external_memory_is_mapped_with_an_array_descriptor)
{
	struct cudaExternalMemoryMipmappedArrayDesc desc = {
		.offset = 4096,
		.formatDesc = { 8, 8, 8, 8, cudaChannelFormatKindUnsigned },
		.extent = { 64, 32, 2 },
		.flags = cudaArrayColorAttachment,
		.numLevels = 3,
	};
	cudaExternalMemory_t memory = (cudaExternalMemory_t)0x5000;
	cudaMipmappedArray_t mipmap = NULL;

	ck_assert_int_eq(rt_cudaExternalMemoryGetMappedMipmappedArray(&mipmap, memory, &desc),
			 cudaSuccess);
	ck_assert_ptr_eq(mipmap, MIPMAP);
	ck_assert_uint_eq(script_arg(cuExternalMemoryGetMappedMipmappedArray, 1), 0x5000);
	ck_assert_uint_eq(seen_external.offset, 4096);
	ck_assert_uint_eq(seen_external.arrayDesc.Width, 64);
	ck_assert_uint_eq(seen_external.arrayDesc.Height, 32);
	ck_assert_uint_eq(seen_external.arrayDesc.Depth, 2);
	ck_assert_int_eq(seen_external.arrayDesc.Format, CU_AD_FORMAT_UNSIGNED_INT8);
	ck_assert_uint_eq(seen_external.arrayDesc.NumChannels, 4);
	ck_assert_uint_eq(seen_external.arrayDesc.Flags, CUDA_ARRAY3D_COLOR_ATTACHMENT);
	ck_assert_uint_eq(seen_external.numLevels, 3);
	ck_assert_int_eq(rt_cudaExternalMemoryGetMappedMipmappedArray(NULL, memory, &desc),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaExternalMemoryGetMappedMipmappedArray(&mipmap, memory, NULL),
			 cudaErrorInvalidValue);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("array");
	TCase *arrays = tcase_create("arrays");
	TCase *channels = tcase_create("channels");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, arrays);
	tcase_add_checked_fixture(arrays, install, NULL);
	tcase_add_test(arrays, a_channel_descriptor_is_its_arguments);
	tcase_add_test(arrays, an_array_of_two_dimensions_has_no_depth);
	tcase_add_loop_test(arrays, a_shape_that_is_none_answers_1, 0, NSHAPES);
	tcase_add_test(arrays, a_mipmap_is_made_with_its_levels);
	tcase_add_test(arrays, missing_arguments_answer_1_and_bad_channels_20);
	tcase_add_test(arrays, freeing_no_array_succeeds_without_the_driver);
	tcase_add_test(arrays, an_array_tells_its_channels_shape_and_flags);
	tcase_add_test(arrays, a_stale_array_leaves_zeros);
	tcase_add_test(arrays, external_memory_is_mapped_with_an_array_descriptor);

	suite_add_tcase(suite, channels);
	tcase_add_loop_test(channels, a_descriptor_is_a_format_and_back, 0, NFORMATS);
	tcase_add_loop_test(channels, a_descriptor_without_a_format_answers_20, 0, NUNUSABLE);
	tcase_add_test(channels, every_kind_but_none_has_a_format);
	tcase_add_test(channels, a_format_without_words_answers_20);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
