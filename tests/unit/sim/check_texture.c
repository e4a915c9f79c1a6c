/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texture and surface objects of the simulated driver: made, read back, checked.
 */
#include <check.h>
#include <string.h>

#include "sim_fixture.h"

static CUDA_RESOURCE_DESC linear(CUdeviceptr memory, size_t size)
{
	CUDA_RESOURCE_DESC desc = { .resType = CU_RESOURCE_TYPE_LINEAR };

	desc.res.linear.devPtr = memory;
	desc.res.linear.format = CU_AD_FORMAT_FLOAT;
	desc.res.linear.numChannels = 4;
	desc.res.linear.sizeInBytes = size;
	return desc;
}

static CUDA_RESOURCE_DESC array_of(unsigned int flags)
{
	CUDA_ARRAY3D_DESCRIPTOR array = {
		.Width = 16,
		.Height = 16,
		.Format = CU_AD_FORMAT_UNSIGNED_INT8,
		.NumChannels = 4,
		.Flags = flags,
	};
	CUDA_RESOURCE_DESC desc = { .resType = CU_RESOURCE_TYPE_ARRAY };

	OK(cuArray3DCreate_v2(&desc.res.array.hArray, &array));
	return desc;
}

START_TEST(a_texture_reads_back_as_it_was_made)
{
	CUDA_TEXTURE_DESC how = { .flags = CU_TRSF_NORMALIZED_COORDINATES, .maxAnisotropy = 4 };
	CUDA_TEXTURE_DESC how_out = { .flags = 0 };
	CUDA_RESOURCE_VIEW_DESC view = { .width = 77 };
	CUDA_RESOURCE_DESC what, what_out;
	CUtexObject texture = 0;

	begin();
	what = linear(device_memory(4096), 4096);
	OK(cuTexObjectCreate(&texture, &what, &how, NULL));
	ck_assert_uint_ne(texture, 0);
	OK(cuTexObjectGetResourceDesc(&what_out, texture));
	ck_assert_mem_eq(&what, &what_out, sizeof(what));
	OK(cuTexObjectGetTextureDesc(&how_out, texture));
	ck_assert_mem_eq(&how, &how_out, sizeof(how));
	OK(cuTexObjectGetResourceViewDesc(&view, texture));
	ck_assert_uint_eq(view.width, 77);
	OK(cuTexObjectDestroy(texture));
	FAILS(cuTexObjectDestroy(texture), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(a_texture_needs_memory_that_is_there)
{
	CUDA_TEXTURE_DESC how = { .flags = 0 };
	CUDA_RESOURCE_DESC what;
	CUtexObject texture;
	CUdeviceptr memory;

	begin();
	memory = device_memory(4096);
	what = linear(0, 4096);
	FAILS(cuTexObjectCreate(&texture, &what, &how, NULL), CUDA_ERROR_INVALID_VALUE);
	what = linear(memory, (size_t)1 << 40);
	FAILS(cuTexObjectCreate(&texture, &what, &how, NULL), CUDA_ERROR_INVALID_VALUE);
	what = linear(memory + 4, 64);
	FAILS(cuTexObjectCreate(&texture, &what, &how, NULL), CUDA_ERROR_INVALID_VALUE);
	what = linear(memory, 4096);
	what.res.linear.numChannels = 3;
	FAILS(cuTexObjectCreate(&texture, &what, &how, NULL), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(a_view_is_kept_with_an_array)
{
	CUDA_TEXTURE_DESC how = { .flags = 0 };
	CUDA_RESOURCE_VIEW_DESC view = { .format = CU_RES_VIEW_FORMAT_UINT_4X8,
					 .width = 16,
					 .height = 16 };
	CUDA_RESOURCE_VIEW_DESC out;
	CUDA_RESOURCE_DESC what;
	CUtexObject texture;

	begin();
	what = array_of(0);
	OK(cuTexObjectCreate(&texture, &what, &how, &view));
	OK(cuTexObjectGetResourceViewDesc(&out, texture));
	ck_assert_mem_eq(&view, &out, sizeof(view));
	view.width = 8;
	FAILS(cuTexObjectCreate(&texture, &what, &how, &view), CUDA_ERROR_INVALID_VALUE);
	view.width = 16;
	view.format = CU_RES_VIEW_FORMAT_UINT_4X16;
	FAILS(cuTexObjectCreate(&texture, &what, &how, &view), CUDA_ERROR_INVALID_VALUE);
	what = linear(device_memory(4096), 4096);
	OK(cuTexObjectCreate(&texture, &what, &how, &view));
}
END_TEST

START_TEST(a_surface_needs_an_array)
{
	CUDA_RESOURCE_DESC what, out;
	CUsurfObject surface;

	begin();
	what = linear(device_memory(4096), 4096);
	FAILS(cuSurfObjectCreate(&surface, &what), CUDA_ERROR_INVALID_VALUE);
	what = array_of(CUDA_ARRAY3D_SURFACE_LDST);
	OK(cuSurfObjectCreate(&surface, &what));
	OK(cuSurfObjectGetResourceDesc(&out, surface));
	ck_assert_ptr_eq(out.res.array.hArray, what.res.array.hArray);
	OK(cuSurfObjectDestroy(surface));
	FAILS(cuSurfObjectGetResourceDesc(&out, surface), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("texture");
	TCase *tcase = tcase_create("texture");

	suite_add_tcase(suite, tcase);
	tcase_add_test(tcase, a_texture_reads_back_as_it_was_made);
	tcase_add_test(tcase, a_texture_needs_memory_that_is_there);
	tcase_add_test(tcase, a_view_is_kept_with_an_array);
	tcase_add_test(tcase, a_surface_needs_an_array);
	return run_suite(suite);
}
