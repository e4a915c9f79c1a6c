/* SPDX-License-Identifier: Apache-2.0 */
/* Texture and surface objects as programs of CUDA 11 and 12 describe them. */
#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "edge.h"
#include "runtime/calls.h"
#include "script_driver.h"

#define ARRAY  ((cudaArray_t)0x31000)
#define OBJECT 0x7000ull

static CUDA_RESOURCE_DESC resource; /* what the driver was given, or answers */
static CUDA_TEXTURE_DESC texture;
static CUDA_RESOURCE_VIEW_DESC view;
static bool has_view;

static CUresult create_texture(const uint64_t *args)
{
	*(CUtexObject *)args[0] = OBJECT;
	memcpy(&resource, (const void *)args[1], sizeof(resource));
	memcpy(&texture, (const void *)args[2], sizeof(texture));
	has_view = args[3] != 0;
	if (has_view)
		memcpy(&view, (const void *)args[3], sizeof(view));
	return CUDA_SUCCESS;
}

static CUresult create_surface(const uint64_t *args)
{
	*(CUsurfObject *)args[0] = OBJECT;
	memcpy(&resource, (const void *)args[1], sizeof(resource));
	return CUDA_SUCCESS;
}

static CUresult get_resource(const uint64_t *args)
{
	memcpy((void *)args[0], &resource, sizeof(resource));
	return CUDA_SUCCESS;
}

static CUresult get_texture(const uint64_t *args)
{
	memcpy((void *)args[0], &texture, sizeof(texture));
	return CUDA_SUCCESS;
}

/* The driver's way to say that there is none is to write nothing. */
static CUresult get_view(const uint64_t *args)
{
	if (has_view)
		memcpy((void *)args[0], &view, sizeof(view));
	return CUDA_SUCCESS;
}

static CUresult get_array(const uint64_t *args)
{
	*(CUDA_ARRAY3D_DESCRIPTOR *)args[0] =
		(CUDA_ARRAY3D_DESCRIPTOR){ .Width = 64, .Format = CU_AD_FORMAT_FLOAT };
	return CUDA_SUCCESS;
}

static void install(void)
{
	script_install();
	script_hook(cuTexObjectCreate, create_texture);
	script_hook(cuSurfObjectCreate, create_surface);
	script_hook(cuTexObjectGetResourceDesc, get_resource);
	script_hook(cuSurfObjectGetResourceDesc, get_resource);
	script_hook(cuTexObjectGetTextureDesc, get_texture);
	script_hook(cuTexObjectGetResourceViewDesc, get_view);
	script_hook(cuArray3DGetDescriptor, get_array);
}

static struct cudaResourceDesc_v12 *pitched(void)
{
	struct cudaResourceDesc_v12 *given = edge(sizeof(*given));

	given->resType = cudaResourceTypePitch2D;
	given->res.pitch2D.devPtr = (void *)0x1000;
	given->res.pitch2D.desc =
		(struct cudaChannelFormatDesc){ .x = 32, .f = cudaChannelFormatKindFloat };
	given->res.pitch2D.width = 16;
	given->res.pitch2D.height = 8;
	given->res.pitch2D.pitchInBytes = 512;
	return given;
}

static void expect_pitched(void)
{
	static const int zero[32];

	ck_assert_int_eq(resource.resType, CU_RESOURCE_TYPE_PITCH2D);
	ck_assert_uint_eq(resource.res.pitch2D.devPtr, 0x1000);
	ck_assert_int_eq(resource.res.pitch2D.format, CU_AD_FORMAT_FLOAT);
	ck_assert_uint_eq(resource.res.pitch2D.width, 16);
	ck_assert_uint_eq(resource.res.pitch2D.height, 8);
	ck_assert_uint_eq(resource.res.pitch2D.pitchInBytes, 512);
	ck_assert_mem_eq((const char *)&resource.res + sizeof(resource.res.pitch2D), zero,
			 sizeof(resource.res) - sizeof(resource.res.pitch2D));
	ck_assert_uint_eq(resource.flags, 0);
}

static struct cudaResourceViewDesc_v12 *a_view(void)
{
	struct cudaResourceViewDesc_v12 *given = edge(sizeof(*given));

	given->format = cudaResViewFormatFloat1;
	given->width = 4;
	given->height = 5;
	given->depth = 6;
	given->firstMipmapLevel = 7;
	given->lastMipmapLevel = 8;
	given->firstLayer = 9;
	given->lastLayer = 10;
	return given;
}

static void expect_view(void)
{
	static const unsigned int zero[16];

	ck_assert(has_view);
	ck_assert_int_eq(view.format, CU_RES_VIEW_FORMAT_FLOAT_1X32);
	ck_assert_uint_eq(view.width, 4);
	ck_assert_uint_eq(view.depth, 6);
	ck_assert_uint_eq(view.lastMipmapLevel, 8);
	ck_assert_uint_eq(view.lastLayer, 10);
	ck_assert_mem_eq(view.reserved, zero, sizeof(zero));
}

START_TEST(a_texture_of_12_is_made)
{
	struct cudaTextureDesc *sampler = edge(sizeof(*sampler));
	cudaTextureObject_t object = 0;

	*sampler = (struct cudaTextureDesc){ .seamlessCubemap = 1, .maxAnisotropy = 4 };
	ck_assert_int_eq(rt_cudaCreateTextureObject_v12(&object, pitched(), sampler, a_view()),
			 cudaSuccess);
	ck_assert_uint_eq(object, OBJECT);
	expect_pitched();
	expect_view();
	ck_assert_uint_eq(texture.flags, CU_TRSF_SEAMLESS_CUBEMAP);
	ck_assert_uint_eq(texture.maxAnisotropy, 4);
}
END_TEST

START_TEST(a_sampler_of_11_ends_before_seamless_cubemaps)
{
	struct cudaTextureDesc_v11 *sampler = edge(sizeof(*sampler)), *back = edge(sizeof(*back));
	cudaTextureObject_t object;

	memset(sampler, 0, sizeof(*sampler));
	sampler->addressMode[2] = cudaAddressModeBorder;
	sampler->maxMipmapLevelClamp = 2.5f;
	sampler->disableTrilinearOptimization = 1;
	ck_assert_int_eq(rt_cudaCreateTextureObject_v11(&object, pitched(), sampler, NULL),
			 cudaSuccess);
	expect_pitched();
	ck_assert(!has_view);
	ck_assert_uint_eq(texture.flags, CU_TRSF_DISABLE_TRILINEAR_OPTIMIZATION);
	texture.flags |= CU_TRSF_SEAMLESS_CUBEMAP;
	ck_assert_int_eq(rt_cudaGetTextureObjectTextureDesc_v11(back, object), cudaSuccess);
	ck_assert_mem_eq(back, sampler, sizeof(*back));
}
END_TEST

START_TEST(the_longer_name_of_11_8_takes_12s_sampler)
{
	struct cudaTextureDesc sampler = { .seamlessCubemap = 1 };
	cudaTextureObject_t object;

	ck_assert_int_eq(rt_cudaCreateTextureObject_v2_v11(&object, pitched(), &sampler, a_view()),
			 cudaSuccess);
	expect_pitched();
	expect_view();
	ck_assert_uint_eq(texture.flags, CU_TRSF_SEAMLESS_CUBEMAP);
}
END_TEST

START_TEST(a_resource_is_read_back)
{
	struct cudaResourceDesc_v12 *back = edge(sizeof(*back));
	struct cudaTextureDesc sampler = { .sRGB = 0 };
	struct cudaResourceDesc_v12 *given = pitched();
	cudaTextureObject_t object;

	rt_cudaCreateTextureObject_v12(&object, given, &sampler, NULL);
	ck_assert_int_eq(rt_cudaGetTextureObjectResourceDesc_v12(back, object), cudaSuccess);
	ck_assert_int_eq(back->resType, cudaResourceTypePitch2D);
	ck_assert_mem_eq(&back->res.pitch2D.width, &given->res.pitch2D.width, 3 * sizeof(size_t));
	ck_assert_int_eq(back->res.pitch2D.desc.x, 32);
}
END_TEST

START_TEST(a_view_is_read_back_if_somebody_wants_it)
{
	struct cudaResourceViewDesc_v12 *back = edge(sizeof(*back)), *given = a_view();
	struct cudaTextureDesc sampler = { .sRGB = 0 };
	cudaTextureObject_t object;

	rt_cudaCreateTextureObject_v12(&object, pitched(), &sampler, given);
	ck_assert_int_eq(rt_cudaGetTextureObjectResourceViewDesc_v12(NULL, object), cudaSuccess);
	ck_assert_int_eq(rt_cudaGetTextureObjectResourceViewDesc_v12(back, object), cudaSuccess);
	ck_assert_int_eq(back->format, given->format);
	ck_assert_mem_eq(&back->width, &given->width, sizeof(*given) - sizeof(size_t));
}
END_TEST

START_TEST(a_surface_is_its_resource)
{
	struct cudaResourceDesc_v12 *given = edge(sizeof(*given)), *back = edge(sizeof(*back));
	cudaSurfaceObject_t object = 0;

	given->resType = cudaResourceTypeArray;
	given->res.array.array = ARRAY;
	ck_assert_int_eq(rt_cudaCreateSurfaceObject_v12(&object, given), cudaSuccess);
	ck_assert_uint_eq(object, OBJECT);
	ck_assert_ptr_eq(resource.res.array.hArray, (CUarray)ARRAY);
	ck_assert_uint_eq(resource.flags, 0);
	ck_assert_int_eq(rt_cudaGetSurfaceObjectResourceDesc_v12(back, object), cudaSuccess);
	ck_assert_int_eq(back->resType, cudaResourceTypeArray);
	ck_assert_ptr_eq(back->res.array.array, ARRAY);
}
END_TEST

/* The same as in 13, which differs from call to call. */
START_TEST(missing_arguments_are_refused_as_in_13)
{
	struct cudaTextureDesc sampler = { .sRGB = 0 };
	struct cudaTextureDesc_v11 sampler_v11 = { .sRGB = 0 };
	cudaTextureObject_t object;

	ck_assert_int_eq(rt_cudaCreateTextureObject_v12(NULL, pitched(), &sampler, NULL),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaCreateTextureObject_v12(&object, NULL, &sampler, NULL),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaCreateTextureObject_v12(&object, pitched(), NULL, NULL),
			 cudaErrorInvalidResourceHandle);
	ck_assert_int_eq(rt_cudaCreateTextureObject_v11(&object, NULL, &sampler_v11, NULL),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaCreateTextureObject_v11(&object, pitched(), NULL, NULL),
			 cudaErrorInvalidResourceHandle);
	ck_assert_int_eq(rt_cudaCreateSurfaceObject_v12(NULL, pitched()), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaCreateSurfaceObject_v12(&object, NULL), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGetTextureObjectResourceDesc_v12(NULL, OBJECT),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGetTextureObjectTextureDesc_v11(NULL, OBJECT),
			 cudaErrorInvalidResourceHandle);
	ck_assert_int_eq(rt_cudaGetSurfaceObjectResourceDesc_v12(NULL, OBJECT),
			 cudaErrorInvalidDevice);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(a_stale_object_leaves_the_callers_structures_alone)
{
	struct cudaResourceDesc_v12 *back = edge(sizeof(*back));
	struct cudaResourceViewDesc_v12 *view_back = edge(sizeof(*view_back));
	struct cudaTextureDesc_v11 *sampler = edge(sizeof(*sampler));

	script_hook(cuTexObjectGetResourceDesc, NULL);
	script_answer(cuTexObjectGetResourceDesc, CUDA_ERROR_INVALID_VALUE);
	script_hook(cuSurfObjectGetResourceDesc, NULL);
	script_answer(cuSurfObjectGetResourceDesc, CUDA_ERROR_INVALID_VALUE);
	script_hook(cuTexObjectGetResourceViewDesc, NULL);
	script_answer(cuTexObjectGetResourceViewDesc, CUDA_ERROR_INVALID_VALUE);
	ck_assert_int_eq(rt_cudaGetTextureObjectResourceDesc_v12(back, OBJECT),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGetSurfaceObjectResourceDesc_v12(back, OBJECT),
			 cudaErrorInvalidValue);
	expect_untouched(back, sizeof(*back));
	ck_assert_int_eq(rt_cudaGetTextureObjectResourceViewDesc_v12(view_back, OBJECT),
			 cudaErrorInvalidValue);
	expect_untouched(view_back, sizeof(*view_back));
	ck_assert_int_eq(rt_cudaGetTextureObjectTextureDesc_v11(sampler, OBJECT),
			 cudaErrorInvalidValue);
	expect_untouched(sampler, sizeof(*sampler));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("texture_v12");
	TCase *all = tcase_create("objects");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, all);
	tcase_add_checked_fixture(all, install, NULL);
	tcase_add_test(all, a_texture_of_12_is_made);
	tcase_add_test(all, a_sampler_of_11_ends_before_seamless_cubemaps);
	tcase_add_test(all, the_longer_name_of_11_8_takes_12s_sampler);
	tcase_add_test(all, a_resource_is_read_back);
	tcase_add_test(all, a_view_is_read_back_if_somebody_wants_it);
	tcase_add_test(all, a_surface_is_its_resource);
	tcase_add_test(all, missing_arguments_are_refused_as_in_13);
	tcase_add_test(all, a_stale_object_leaves_the_callers_structures_alone);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
