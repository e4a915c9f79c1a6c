/* SPDX-License-Identifier: Apache-2.0 */
/* Texture and surface objects: resources both ways, read modes and filters by format. */
#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/calls.h"
#include "script_driver.h"

#define ARRAY  ((cudaArray_t)0x31000)
#define MIPMAP ((cudaMipmappedArray_t)0x32000)
#define OBJECT 0x7000ull

static CUDA_RESOURCE_DESC resource; /* what the driver was given, or answers */
static CUDA_TEXTURE_DESC texture;
static CUDA_RESOURCE_VIEW_DESC view;
static bool has_view;
static CUarray_format array_format;

static CUresult create_texture(const uint64_t *args)
{
	*(CUtexObject *)(uintptr_t)args[0] = OBJECT;
	memcpy(&resource, (const void *)(uintptr_t)args[1], sizeof(resource));
	memcpy(&texture, (const void *)(uintptr_t)args[2], sizeof(texture));
	has_view = args[3] != 0;
	if (has_view)
		memcpy(&view, (const void *)(uintptr_t)args[3], sizeof(view));
	return CUDA_SUCCESS;
}

static CUresult create_surface(const uint64_t *args)
{
	*(CUsurfObject *)(uintptr_t)args[0] = OBJECT;
	memcpy(&resource, (const void *)(uintptr_t)args[1], sizeof(resource));
	return CUDA_SUCCESS;
}

static CUresult get_resource(const uint64_t *args)
{
	memcpy((void *)(uintptr_t)args[0], &resource, sizeof(resource));
	return CUDA_SUCCESS;
}

static CUresult get_texture(const uint64_t *args)
{
	memcpy((void *)(uintptr_t)args[0], &texture, sizeof(texture));
	return CUDA_SUCCESS;
}

/* The driver's way to say that there is none is to write nothing. */
static CUresult get_view(const uint64_t *args)
{
	if (!has_view)
		return CUDA_SUCCESS;
	memcpy((void *)(uintptr_t)args[0], &view, sizeof(view));
	return CUDA_SUCCESS;
}

static CUresult describe_array(const uint64_t *args)
{
	CUDA_ARRAY3D_DESCRIPTOR *d = (void *)(uintptr_t)args[0];

	*d = (CUDA_ARRAY3D_DESCRIPTOR){ .Width = 4, .Format = array_format, .NumChannels = 1 };
	return CUDA_SUCCESS;
}

static void install(void)
{
	script_install();
	has_view = false;
	array_format = CU_AD_FORMAT_FLOAT;
	memset(&resource, 0, sizeof(resource));
	memset(&texture, 0, sizeof(texture));
	script_hook(cuTexObjectCreate, create_texture);
	script_hook(cuTexObjectGetResourceDesc, get_resource);
	script_hook(cuTexObjectGetTextureDesc, get_texture);
	script_hook(cuTexObjectGetResourceViewDesc, get_view);
	script_hook(cuSurfObjectCreate, create_surface);
	script_hook(cuSurfObjectGetResourceDesc, get_resource);
	script_hook(cuArray3DGetDescriptor, describe_array);
	script_output(cuMipmappedArrayGetLevel, 0, 0x33000, 8);
}

static struct cudaResourceDesc array_resource(void)
{
	struct cudaResourceDesc d;

	memset(&d, 0, sizeof(d));
	d.resType = cudaResourceTypeArray;
	d.res.array.array = ARRAY;
	return d;
}

/* A resource of each sort; those of memory hold pairs of 16-bit integers. */
static struct cudaResourceDesc any_resource(enum cudaResourceType type)
{
	struct cudaChannelFormatDesc pair = { 16, 16, 0, 0, cudaChannelFormatKindSigned };
	struct cudaResourceDesc d = array_resource();

	d.resType = type;
	switch (type) {
	case cudaResourceTypeArray:
		break;
	case cudaResourceTypeMipmappedArray:
		d.res.mipmap.mipmap = MIPMAP;
		break;
	case cudaResourceTypeLinear:
		d.res.linear.devPtr = (void *)0x10000;
		d.res.linear.desc = pair;
		d.res.linear.sizeInBytes = 4096;
		break;
	case cudaResourceTypePitch2D:
		d.res.pitch2D.devPtr = (void *)0x10000;
		d.res.pitch2D.desc = pair;
		d.res.pitch2D.width = 64;
		d.res.pitch2D.height = 32;
		d.res.pitch2D.pitchInBytes = 512;
		break;
	}
	return d;
}

START_TEST(a_resource_reads_back_as_it_was_given)
{
	struct cudaResourceDesc given = any_resource((enum cudaResourceType)_i), got;
	struct cudaTextureDesc plain = { .readMode = cudaReadModeElementType };
	cudaTextureObject_t object = 0;

	memset(&got, 0xff, sizeof(got));
	ck_assert_int_eq(rt_cudaCreateTextureObject(&object, &given, &plain, NULL), cudaSuccess);
	ck_assert_uint_eq(object, OBJECT);
	ck_assert_int_eq(rt_cudaGetTextureObjectResourceDesc(&got, object), cudaSuccess);
	ck_assert_mem_eq(&got, &given, sizeof(got));
}
END_TEST

START_TEST(memory_is_described_by_a_format)
{
	struct cudaResourceDesc given = any_resource(cudaResourceTypePitch2D);
	struct cudaTextureDesc plain = { .readMode = cudaReadModeElementType };
	cudaTextureObject_t object;

	ck_assert_int_eq(rt_cudaCreateTextureObject(&object, &given, &plain, NULL), cudaSuccess);
	ck_assert_int_eq(resource.resType, CU_RESOURCE_TYPE_PITCH2D);
	ck_assert_uint_eq(resource.res.pitch2D.devPtr, 0x10000);
	ck_assert_int_eq(resource.res.pitch2D.format, CU_AD_FORMAT_SIGNED_INT16);
	ck_assert_uint_eq(resource.res.pitch2D.numChannels, 2);
	ck_assert_uint_eq(resource.res.pitch2D.width, 64);
	ck_assert_uint_eq(resource.res.pitch2D.height, 32);
	ck_assert_uint_eq(resource.res.pitch2D.pitchInBytes, 512);
}
END_TEST

START_TEST(a_mipmaps_format_is_that_of_its_first_level)
{
	struct cudaResourceDesc given = any_resource(cudaResourceTypeMipmappedArray);
	struct cudaTextureDesc linear = { .filterMode = cudaFilterModeLinear };
	cudaTextureObject_t object;

	array_format = CU_AD_FORMAT_SIGNED_INT32;
	ck_assert_int_eq(rt_cudaCreateTextureObject(&object, &given, &linear, NULL),
			 cudaErrorInvalidFilterSetting);
	ck_assert_uint_eq(script_arg(cuMipmappedArrayGetLevel, 1), (uintptr_t)MIPMAP);
	ck_assert_uint_eq((unsigned int)script_arg(cuMipmappedArrayGetLevel, 2), 0);
	ck_assert_uint_eq(script_arg(cuArray3DGetDescriptor, 1), 0x33000);
}
END_TEST

START_TEST(missing_arguments_answer_1)
{
	struct cudaResourceDesc given = array_resource();
	struct cudaTextureDesc plain = { .readMode = cudaReadModeElementType };
	cudaTextureObject_t object;

	ck_assert_int_eq(rt_cudaCreateTextureObject(NULL, &given, &plain, NULL),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaCreateTextureObject(&object, NULL, &plain, NULL),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaCreateTextureObject(&object, &given, NULL, NULL),
			 cudaErrorInvalidResourceHandle);
	ck_assert_int_eq(rt_cudaGetTextureObjectResourceDesc(NULL, OBJECT), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGetTextureObjectTextureDesc(NULL, OBJECT),
			 cudaErrorInvalidResourceHandle);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(an_unknown_resource_answers_1_and_bad_channels_20)
{
	struct cudaResourceDesc given = any_resource(cudaResourceTypeLinear);
	struct cudaTextureDesc plain = { .readMode = cudaReadModeElementType };
	cudaTextureObject_t object;

	given.res.linear.desc.x = 7;
	ck_assert_int_eq(rt_cudaCreateTextureObject(&object, &given, &plain, NULL),
			 cudaErrorInvalidChannelDescriptor);
	given.resType = (enum cudaResourceType)9;
	ck_assert_int_eq(rt_cudaCreateTextureObject(&object, &given, &plain, NULL),
			 cudaErrorInvalidValue);
}
END_TEST

#define ELEMENT  cudaReadModeElementType
#define FRACTION cudaReadModeNormalizedFloat
#define POINT    cudaFilterModePoint
#define LINEAR   cudaFilterModeLinear

/* What a format may be read as; the flag is the driver's. */
static const struct {
	CUarray_format format;
	enum cudaTextureReadMode mode;
	enum cudaTextureFilterMode filter;
	cudaError_t answer;
	bool as_integer;
} readings[] = {
	{ CU_AD_FORMAT_UNSIGNED_INT8, ELEMENT, POINT, cudaSuccess, true },
	{ CU_AD_FORMAT_UNSIGNED_INT8, ELEMENT, LINEAR, cudaErrorInvalidFilterSetting, false },
	{ CU_AD_FORMAT_SIGNED_INT16, FRACTION, POINT, cudaSuccess, false },
	{ CU_AD_FORMAT_SIGNED_INT16, FRACTION, LINEAR, cudaSuccess, false },
	{ CU_AD_FORMAT_UNSIGNED_INT32, ELEMENT, POINT, cudaSuccess, true },
	{ CU_AD_FORMAT_UNSIGNED_INT32, ELEMENT, LINEAR, cudaErrorInvalidFilterSetting, false },
	{ CU_AD_FORMAT_SIGNED_INT32, FRACTION, POINT, cudaErrorInvalidNormSetting, false },
	{ CU_AD_FORMAT_HALF, ELEMENT, LINEAR, cudaSuccess, false },
	{ CU_AD_FORMAT_FLOAT, ELEMENT, LINEAR, cudaSuccess, false },
	{ CU_AD_FORMAT_FLOAT, FRACTION, POINT, cudaErrorInvalidNormSetting, false },
	{ CU_AD_FORMAT_UNORM_INT8X4, FRACTION, LINEAR, cudaSuccess, false },
	{ CU_AD_FORMAT_SNORM_INT16X1, ELEMENT, POINT, cudaErrorInvalidNormSetting, false },
	{ CU_AD_FORMAT_BC7_UNORM, FRACTION, LINEAR, cudaSuccess, false },
	{ CU_AD_FORMAT_BC1_UNORM, ELEMENT, POINT, cudaErrorInvalidNormSetting, false },
	{ CU_AD_FORMAT_UNORM_INT_101010_2, FRACTION, POINT, cudaSuccess, false },
	{ CU_AD_FORMAT_NV12, ELEMENT, POINT, cudaErrorInvalidValue, false },
};

#define NREADINGS ((int)(sizeof(readings) / sizeof(readings[0])))

START_TEST(read_mode_and_filter_must_fit_the_format)
{
	struct cudaResourceDesc given = array_resource();
	struct cudaTextureDesc t = { .readMode = readings[_i].mode,
				     .filterMode = readings[_i].filter };
	struct cudaTextureDesc back;
	cudaTextureObject_t object;

	array_format = readings[_i].format;
	ck_assert_int_eq(rt_cudaCreateTextureObject(&object, &given, &t, NULL),
			 readings[_i].answer);
	ck_assert_int_eq(script_count(cuTexObjectCreate), readings[_i].answer == cudaSuccess);
	if (readings[_i].answer != cudaSuccess)
		return;
	ck_assert_int_eq((texture.flags & CU_TRSF_READ_AS_INTEGER) != 0, readings[_i].as_integer);
	ck_assert_int_eq(rt_cudaGetTextureObjectTextureDesc(&back, object), cudaSuccess);
	ck_assert_int_eq(back.readMode, readings[_i].mode);
}
END_TEST

START_TEST(a_view_gives_elements_another_format)
{
	struct cudaResourceDesc given = array_resource();
	struct cudaResourceViewDesc compressed = {
		.format = cudaResViewFormatUnsignedBlockCompressed1,
		.width = 16,
		.height = 16,
	};
	struct cudaTextureDesc linear = { .filterMode = LINEAR, .readMode = FRACTION };
	cudaTextureObject_t object;

	array_format = CU_AD_FORMAT_UNSIGNED_INT32;
	ck_assert_int_eq(rt_cudaCreateTextureObject(&object, &given, &linear, &compressed),
			 cudaSuccess);
	ck_assert(has_view);
	ck_assert_mem_eq(&view, &compressed, sizeof(view));
	compressed.format = cudaResViewFormatUnsignedInt2;
	ck_assert_int_eq(rt_cudaCreateTextureObject(&object, &given, &linear, &compressed),
			 cudaErrorInvalidFilterSetting);
	compressed.format = cudaResViewFormatNone;
	ck_assert_int_eq(rt_cudaCreateTextureObject(&object, &given, &linear, &compressed),
			 cudaErrorInvalidFilterSetting);
}
END_TEST

static const struct cudaTextureDesc full = {
	.addressMode = { cudaAddressModeClamp, cudaAddressModeMirror, cudaAddressModeBorder },
	.filterMode = cudaFilterModeLinear,
	.readMode = cudaReadModeElementType,
	.sRGB = 1,
	.borderColor = { 1, 2, 3, 4 },
	.normalizedCoords = 1,
	.maxAnisotropy = 8,
	.mipmapFilterMode = cudaFilterModeLinear,
	.mipmapLevelBias = 0.5f,
	.minMipmapLevelClamp = 1.5f,
	.maxMipmapLevelClamp = 2.5f,
	.disableTrilinearOptimization = 1,
	.seamlessCubemap = 1,
};

START_TEST(a_sampler_reads_back_as_it_was_given)
{
	struct cudaResourceDesc given = array_resource();
	struct cudaTextureDesc got;
	cudaTextureObject_t object;

	memset(&got, 0xff, sizeof(got));
	ck_assert_int_eq(rt_cudaCreateTextureObject(&object, &given, &full, NULL), cudaSuccess);
	ck_assert_int_eq(rt_cudaGetTextureObjectTextureDesc(&got, object), cudaSuccess);
	ck_assert_mem_eq(&got, &full, sizeof(got));
}
END_TEST

/* Each switch alone, so that two of them cannot stand for each other. */
START_TEST(each_switch_is_a_flag_of_its_own)
{
	struct cudaTextureDesc t[] = {
		{ .sRGB = 2 },
		{ .normalizedCoords = 2 },
		{ .disableTrilinearOptimization = 2 },
		{ .seamlessCubemap = 2 },
	};
	static const unsigned int flags[] = {
		CU_TRSF_SRGB,
		CU_TRSF_NORMALIZED_COORDINATES,
		CU_TRSF_DISABLE_TRILINEAR_OPTIMIZATION,
		CU_TRSF_SEAMLESS_CUBEMAP,
	};
	struct cudaResourceDesc given = array_resource();
	cudaTextureObject_t object;

	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(rt_cudaCreateTextureObject(&object, &given, &t[i], NULL),
				 cudaSuccess);
		ck_assert_uint_eq(texture.flags, flags[i]);
	}
}
END_TEST

START_TEST(the_drivers_reserved_words_are_zero)
{
	static const int zero[12];
	struct cudaResourceDesc given = array_resource();
	cudaTextureObject_t object;

	ck_assert_int_eq(rt_cudaCreateTextureObject(&object, &given, &full, NULL), cudaSuccess);
	ck_assert_mem_eq(texture.reserved, zero, sizeof(zero));
}
END_TEST

START_TEST(a_surface_is_its_resource)
{
	struct cudaResourceDesc given = array_resource(), got;
	cudaSurfaceObject_t object = 0;

	ck_assert_int_eq(rt_cudaCreateSurfaceObject(&object, &given), cudaSuccess);
	ck_assert_uint_eq(object, OBJECT);
	ck_assert_ptr_eq(resource.res.array.hArray, (CUarray)ARRAY);
	ck_assert_int_eq(rt_cudaGetSurfaceObjectResourceDesc(&got, object), cudaSuccess);
	ck_assert_mem_eq(&got, &given, sizeof(got));
}
END_TEST

START_TEST(a_surface_without_arguments_answers_1)
{
	struct cudaResourceDesc given = array_resource();
	cudaSurfaceObject_t object;

	ck_assert_int_eq(rt_cudaCreateSurfaceObject(NULL, &given), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaCreateSurfaceObject(&object, NULL), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGetSurfaceObjectResourceDesc(NULL, OBJECT), cudaErrorInvalidDevice);
}
END_TEST

START_TEST(a_stale_object_is_the_drivers_error)
{
	struct cudaResourceDesc got;
	struct cudaTextureDesc sampler;

	script_hook(cuTexObjectGetResourceDesc, NULL);
	script_answer(cuTexObjectGetResourceDesc, CUDA_ERROR_INVALID_VALUE);
	script_hook(cuSurfObjectGetResourceDesc, NULL);
	script_answer(cuSurfObjectGetResourceDesc, CUDA_ERROR_INVALID_VALUE);
	ck_assert_int_eq(rt_cudaGetTextureObjectResourceDesc(&got, OBJECT), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGetTextureObjectTextureDesc(&sampler, OBJECT),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGetSurfaceObjectResourceDesc(&got, OBJECT), cudaErrorInvalidValue);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("texture");
	TCase *resources = tcase_create("resources");
	TCase *samplers = tcase_create("samplers");
	TCase *surfaces = tcase_create("surfaces");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, resources);
	tcase_add_checked_fixture(resources, install, NULL);
	tcase_add_loop_test(resources, a_resource_reads_back_as_it_was_given, 0, 4);
	tcase_add_test(resources, memory_is_described_by_a_format);
	tcase_add_test(resources, a_mipmaps_format_is_that_of_its_first_level);
	tcase_add_test(resources, missing_arguments_answer_1);
	tcase_add_test(resources, an_unknown_resource_answers_1_and_bad_channels_20);

	suite_add_tcase(suite, samplers);
	tcase_add_checked_fixture(samplers, install, NULL);
	tcase_add_loop_test(samplers, read_mode_and_filter_must_fit_the_format, 0, NREADINGS);
	tcase_add_test(samplers, a_view_gives_elements_another_format);
	tcase_add_test(samplers, a_sampler_reads_back_as_it_was_given);
	tcase_add_test(samplers, each_switch_is_a_flag_of_its_own);
	tcase_add_test(samplers, each_switch_is_a_flag_of_its_own);
	tcase_add_test(samplers, the_drivers_reserved_words_are_zero);

	suite_add_tcase(suite, surfaces);
	tcase_add_checked_fixture(surfaces, install, NULL);
	tcase_add_test(surfaces, a_surface_is_its_resource);
	tcase_add_test(surfaces, a_surface_without_arguments_answers_1);
	tcase_add_test(surfaces, a_stale_object_is_the_drivers_error);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
