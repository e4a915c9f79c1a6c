/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames of EGL, to and from the driver. What planes a colour format has is read off its name:
 * 420 and 422 tell how coarse the chroma is, Planar and SemiPlanar where it lies.
 */
#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/calls.h"
#include "runtime/egl_frame.h"
#include "script_driver.h"

#define CONNECTION ((cudaEglStreamConnection *)0x1000)
#define STREAM     ((cudaStream_t *)0x2000)
#define RESOURCE   ((cudaGraphicsResource_t)0x3000)

/* clang-format off */
#define EACH_FORMAT(F) \
	F(YUV420Planar) F(YUV420SemiPlanar) F(YUV422Planar) F(YUV422SemiPlanar) \
	F(ARGB) F(RGBA) F(L) F(R) F(YUV444Planar) F(YUV444SemiPlanar) F(YUYV422) \
	F(UYVY422) F(ABGR) F(BGRA) F(A) F(RG) F(AYUV) F(YVU444SemiPlanar) \
	F(YVU422SemiPlanar) F(YVU420SemiPlanar) F(Y10V10U10_444SemiPlanar) \
	F(Y10V10U10_420SemiPlanar) F(Y12V12U12_444SemiPlanar) \
	F(Y12V12U12_420SemiPlanar) F(VYUY_ER) F(UYVY_ER) F(YUYV_ER) F(YVYU_ER) \
	F(YUVA_ER) F(AYUV_ER) F(YUV444Planar_ER) F(YUV422Planar_ER) \
	F(YUV420Planar_ER) F(YUV444SemiPlanar_ER) F(YUV422SemiPlanar_ER) \
	F(YUV420SemiPlanar_ER) F(YVU444Planar_ER) F(YVU422Planar_ER) \
	F(YVU420Planar_ER) F(YVU444SemiPlanar_ER) F(YVU422SemiPlanar_ER) \
	F(YVU420SemiPlanar_ER) F(BayerRGGB) F(BayerBGGR) F(BayerGRBG) F(BayerGBRG) \
	F(Bayer10RGGB) F(Bayer10BGGR) F(Bayer10GRBG) F(Bayer10GBRG) F(Bayer12RGGB) \
	F(Bayer12BGGR) F(Bayer12GRBG) F(Bayer12GBRG) F(Bayer14RGGB) F(Bayer14BGGR) \
	F(Bayer14GRBG) F(Bayer14GBRG) F(Bayer20RGGB) F(Bayer20BGGR) F(Bayer20GRBG) \
	F(Bayer20GBRG) F(YVU444Planar) F(YVU422Planar) F(YVU420Planar) \
	F(BayerIspRGGB) F(BayerIspBGGR) F(BayerIspGRBG) F(BayerIspGBRG) F(BayerBCCR) \
	F(BayerRCCB) F(BayerCRBC) F(BayerCBRC) F(Bayer10CCCC) F(Bayer12BCCR) \
	F(Bayer12RCCB) F(Bayer12CRBC) F(Bayer12CBRC) F(Bayer12CCCC) F(Y) \
	F(YUV420SemiPlanar_2020) F(YVU420SemiPlanar_2020) F(YUV420Planar_2020) \
	F(YVU420Planar_2020) F(YUV420SemiPlanar_709) F(YVU420SemiPlanar_709) \
	F(YUV420Planar_709) F(YVU420Planar_709) F(Y10V10U10_420SemiPlanar_709) \
	F(Y10V10U10_420SemiPlanar_2020) F(Y10V10U10_422SemiPlanar_2020) \
	F(Y10V10U10_422SemiPlanar) F(Y10V10U10_422SemiPlanar_709) F(Y_ER) F(Y_709_ER) \
	F(Y10_ER) F(Y10_709_ER) F(Y12_ER) F(Y12_709_ER) F(YUVA) F(YVYU) F(VYUY) \
	F(Y10V10U10_420SemiPlanar_ER) F(Y10V10U10_420SemiPlanar_709_ER) \
	F(Y10V10U10_444SemiPlanar_ER) F(Y10V10U10_444SemiPlanar_709_ER) \
	F(Y12V12U12_420SemiPlanar_ER) F(Y12V12U12_420SemiPlanar_709_ER) \
	F(Y12V12U12_444SemiPlanar_ER) F(Y12V12U12_444SemiPlanar_709_ER) F(UYVY709) \
	F(UYVY709_ER) F(UYVY2020)
/* clang-format on */

#define NAMED(name) { cudaEglColorFormat##name, #name },

static const struct named {
	cudaEglColorFormat format;
	const char *name;
} formats[] = { EACH_FORMAT(NAMED) };

#define FORMATS ((int)(sizeof(formats) / sizeof(formats[0])))

static bool has(const struct named *format, const char *part)
{
	return strstr(format->name, part) != NULL;
}

static bool is_semi_planar(const struct named *format)
{
	return has(format, "SemiPlanar");
}

/* Luma and chroma lie apart. */
static bool is_multi_planar(const struct named *format)
{
	return has(format, "Planar");
}

static unsigned int planes_of(const struct named *format)
{
	if (is_semi_planar(format))
		return 2;
	return is_multi_planar(format) ? 3 : 1;
}

static bool is_half_wide(const struct named *format)
{
	return is_multi_planar(format) && (has(format, "420") || has(format, "422"));
}

static bool is_half_high(const struct named *format)
{
	return is_multi_planar(format) && has(format, "420");
}

/* Bytes of a channel: names with the number of bits that they use. */
static bool is_wide(const struct named *format)
{
	return has(format, "10") || has(format, "12") || has(format, "14");
}

/* The driver, as far as frames go. */
static CUeglFrame presented, handed;
static CUresult answer;
static int calls;

static CUresult present(CUeglStreamConnection *connection, CUeglFrame frame, CUstream *stream)
{
	ck_assert_ptr_eq(connection, CONNECTION);
	ck_assert_ptr_eq(stream, STREAM);
	presented = frame;
	calls++;
	return answer;
}

static CUresult give_back(CUeglStreamConnection *connection, CUeglFrame *frame, CUstream *stream)
{
	ck_assert_ptr_eq(connection, CONNECTION);
	ck_assert_ptr_eq(stream, STREAM);
	calls++;
	if (answer == CUDA_SUCCESS)
		*frame = handed;
	return answer;
}

static CUresult mapped(CUeglFrame *frame, CUgraphicsResource resource, unsigned int index,
		       unsigned int level)
{
	ck_assert_ptr_eq(resource, RESOURCE);
	ck_assert_uint_eq(index, 4);
	ck_assert_uint_eq(level, 5);
	calls++;
	if (answer == CUDA_SUCCESS)
		*frame = handed;
	return answer;
}

static void install(void)
{
	script_install();
	drv.cuEGLStreamProducerPresentFrame = present;
	drv.cuEGLStreamProducerReturnFrame = give_back;
	drv.cuGraphicsResourceGetMappedEglFrame = mapped;
	answer = CUDA_SUCCESS;
	calls = 0;
	memset(&presented, 0xee, sizeof(presented));
}

/* A frame of 640 by 480 of the format, as the driver has it. */
static CUeglFrame driver_frame(const struct named *format, CUeglFrameType type)
{
	CUeglFrame frame = {
		.width = 640,
		.height = 480,
		.depth = 1,
		.pitch = 2048,
		.planeCount = planes_of(format),
		.numChannels = 1,
		.frameType = type,
		.eglColorFormat = (CUeglColorFormat)format->format,
		.cuFormat = is_wide(format) ? CU_AD_FORMAT_UNSIGNED_INT16
					    : CU_AD_FORMAT_UNSIGNED_INT8,
	};

	for (unsigned int i = 0; i < frame.planeCount; i++)
		frame.frame.pPitch[i] = (void *)(uintptr_t)(0x100000 * (i + 1));
	return frame;
}

static void check_channels(const cudaEglPlaneDesc *plane, int x, int y, int z, int w)
{
	ck_assert_int_eq(plane->channelDesc.x, x);
	ck_assert_int_eq(plane->channelDesc.y, y);
	ck_assert_int_eq(plane->channelDesc.z, z);
	ck_assert_int_eq(plane->channelDesc.w, w);
}

START_TEST(each_plane_of_each_format_is_described)
{
	const struct named *format = &formats[_i];
	CUeglFrame frame = driver_frame(format, CU_EGL_FRAME_TYPE_ARRAY);
	int bits = is_wide(format) ? 16 : 8;
	cudaEglFrame out;

	ck_assert_int_eq(rt_egl_frame_from_driver(&frame, &out), cudaSuccess);
	ck_assert_int_eq(out.eglColorFormat, format->format);
	ck_assert_int_eq(out.frameType, cudaEglFrameTypeArray);
	ck_assert_uint_eq(out.planeCount, planes_of(format));
	for (unsigned int i = 0; i < out.planeCount; i++) {
		const cudaEglPlaneDesc *plane = &out.planeDesc[i];
		bool second = i == 1 && is_semi_planar(format);

		ck_assert_ptr_eq(out.frame.pArray[i], frame.frame.pArray[i]);
		ck_assert_uint_eq(plane->width, i > 0 && is_half_wide(format) ? 320 : 640);
		ck_assert_uint_eq(plane->height, i > 0 && is_half_high(format) ? 240 : 480);
		ck_assert_uint_eq(plane->pitch, i > 0 && is_half_high(format) ? 1024 : 2048);
		ck_assert_uint_eq(plane->depth, 1);
		ck_assert_uint_eq(plane->numChannels, second ? 2 : 1);
		ck_assert_int_eq(plane->channelDesc.f, cudaChannelFormatKindUnsigned);
		check_channels(plane, bits, second ? bits : 0, 0, 0);
	}
}
END_TEST

START_TEST(rows_of_a_plane_have_its_pitch_and_extent)
{
	const struct named *format = &formats[_i];
	CUeglFrame frame = driver_frame(format, CU_EGL_FRAME_TYPE_PITCH);
	cudaEglFrame out;

	ck_assert_int_eq(rt_egl_frame_from_driver(&frame, &out), cudaSuccess);
	ck_assert_int_eq(out.frameType, cudaEglFrameTypePitch);
	for (unsigned int i = 0; i < out.planeCount; i++) {
		const struct cudaPitchedPtr *rows = &out.frame.pPitch[i];
		bool narrow = i > 0 && is_half_wide(format) && !is_semi_planar(format);

		ck_assert_ptr_eq(rows->ptr, frame.frame.pPitch[i]);
		ck_assert_uint_eq(rows->pitch, narrow ? 1024 : 2048);
		ck_assert_uint_eq(rows->xsize, out.planeDesc[i].width);
		ck_assert_uint_eq(rows->ysize, out.planeDesc[i].height);
	}
}
END_TEST

START_TEST(what_a_frame_does_not_have_is_zero)
{
	CUeglFrame frame = driver_frame(&formats[_i], CU_EGL_FRAME_TYPE_PITCH);
	static const cudaEglPlaneDesc none;
	cudaEglFrame out;

	memset(&out, 0xee, sizeof(out));
	ck_assert_int_eq(rt_egl_frame_from_driver(&frame, &out), cudaSuccess);
	for (unsigned int i = out.planeCount; i < CUDA_EGL_MAX_PLANES; i++) {
		ck_assert_mem_eq(&out.planeDesc[i], &none, sizeof(none));
		ck_assert_ptr_null(out.frame.pPitch[i].ptr);
	}
	for (unsigned int i = 0; i < out.planeCount; i++)
		ck_assert_mem_eq(out.planeDesc[i].reserved, none.reserved, sizeof(none.reserved));
}
END_TEST

/* There and back: the driver's form is the poorer one, so it must come back whole. */
START_TEST(a_frame_of_each_format_survives_the_way_there_and_back)
{
	CUeglFrame frame = driver_frame(&formats[_i / 2], (CUeglFrameType)(_i % 2));
	cudaEglFrame there;
	CUeglFrame back;

	ck_assert_int_eq(rt_egl_frame_from_driver(&frame, &there), cudaSuccess);
	memset(&back, 0xee, sizeof(back));
	ck_assert_int_eq(rt_egl_frame_to_driver(&there, &back), cudaSuccess);
	for (unsigned int i = 0; i < 3; i++)
		ck_assert_ptr_eq(back.frame.pPitch[i], frame.frame.pPitch[i]);
	ck_assert_uint_eq(back.width, frame.width);
	ck_assert_uint_eq(back.height, frame.height);
	ck_assert_uint_eq(back.depth, frame.depth);
	ck_assert_uint_eq(back.pitch, frame.pitch);
	ck_assert_uint_eq(back.planeCount, frame.planeCount);
	ck_assert_uint_eq(back.numChannels, frame.numChannels);
	ck_assert_int_eq(back.frameType, frame.frameType);
	ck_assert_int_eq(back.eglColorFormat, frame.eglColorFormat);
	ck_assert_int_eq(back.cuFormat, frame.cuFormat);
}
END_TEST

/* Every format and number of channels that an element can have. */
static const struct element {
	CUarray_format format;
	unsigned int channels;
	int x, y, z, w;
	enum cudaChannelFormatKind kind;
} elements[] = {
	{ CU_AD_FORMAT_UNSIGNED_INT8, 1, 8, 0, 0, 0, cudaChannelFormatKindUnsigned },
	{ CU_AD_FORMAT_UNSIGNED_INT8, 2, 8, 8, 0, 0, cudaChannelFormatKindUnsigned },
	{ CU_AD_FORMAT_UNSIGNED_INT8, 4, 8, 8, 8, 8, cudaChannelFormatKindUnsigned },
	{ CU_AD_FORMAT_SIGNED_INT8, 4, 8, 8, 8, 8, cudaChannelFormatKindSigned },
	{ CU_AD_FORMAT_UNSIGNED_INT16, 1, 16, 0, 0, 0, cudaChannelFormatKindUnsigned },
	{ CU_AD_FORMAT_SIGNED_INT16, 2, 16, 16, 0, 0, cudaChannelFormatKindSigned },
	{ CU_AD_FORMAT_UNSIGNED_INT32, 1, 32, 0, 0, 0, cudaChannelFormatKindUnsigned },
	{ CU_AD_FORMAT_SIGNED_INT32, 1, 32, 0, 0, 0, cudaChannelFormatKindSigned },
	{ CU_AD_FORMAT_HALF, 1, 16, 0, 0, 0, cudaChannelFormatKindFloat },
	{ CU_AD_FORMAT_FLOAT, 4, 32, 32, 32, 32, cudaChannelFormatKindFloat },
};

START_TEST(elements_of_one_plane_keep_their_channels)
{
	const struct element *e = &elements[_i];
	CUeglFrame frame = driver_frame(&formats[0], CU_EGL_FRAME_TYPE_PITCH), back;
	cudaEglFrame out;

	frame.eglColorFormat = CU_EGL_COLOR_FORMAT_ARGB;
	frame.planeCount = 1;
	frame.cuFormat = e->format;
	frame.numChannels = e->channels;
	ck_assert_int_eq(rt_egl_frame_from_driver(&frame, &out), cudaSuccess);
	ck_assert_uint_eq(out.planeDesc[0].numChannels, e->channels);
	check_channels(&out.planeDesc[0], e->x, e->y, e->z, e->w);
	ck_assert_int_eq(out.planeDesc[0].channelDesc.f, e->kind);
	ck_assert_int_eq(rt_egl_frame_to_driver(&out, &back), cudaSuccess);
	ck_assert_int_eq(back.cuFormat, e->format);
	ck_assert_uint_eq(back.numChannels, e->channels);
}
END_TEST

/* Packed formats have no planes to halve; a driver may yet tell of more than one. */
START_TEST(planes_of_a_packed_format_are_alike)
{
	CUeglFrame frame = driver_frame(&formats[0], CU_EGL_FRAME_TYPE_ARRAY);
	cudaEglFrame out;

	frame.eglColorFormat = CU_EGL_COLOR_FORMAT_UYVY_422;
	frame.planeCount = 2;
	ck_assert_int_eq(rt_egl_frame_from_driver(&frame, &out), cudaSuccess);
	ck_assert_mem_eq(&out.planeDesc[1], &out.planeDesc[0], sizeof(out.planeDesc[0]));
}
END_TEST

/* The driver knows four formats that the runtime has no name for. */
START_TEST(a_format_without_a_name_keeps_its_number)
{
	CUeglFrame frame = driver_frame(&formats[0], CU_EGL_FRAME_TYPE_PITCH);
	cudaEglFrame out;

	frame.eglColorFormat = CU_EGL_COLOR_FORMAT_YUV;
	frame.planeCount = 1;
	frame.numChannels = 3;
	ck_assert_int_eq(rt_egl_frame_from_driver(&frame, &out), cudaSuccess);
	ck_assert_int_eq((int)out.eglColorFormat, 103);
	ck_assert_uint_eq(out.planeDesc[0].numChannels, 3);
	check_channels(&out.planeDesc[0], 8, 8, 8, 0);
}
END_TEST

static cudaEglFrame runtime_frame(void)
{
	CUeglFrame frame = driver_frame(&formats[0], CU_EGL_FRAME_TYPE_PITCH);
	cudaEglFrame out;

	ck_assert_int_eq(rt_egl_frame_from_driver(&frame, &out), cudaSuccess);
	return out;
}

START_TEST(a_frame_is_presented)
{
	ck_assert_int_eq(rt_cudaEGLStreamProducerPresentFrame(CONNECTION, runtime_frame(), STREAM),
			 cudaSuccess);
	ck_assert_int_eq(calls, 1);
	ck_assert_uint_eq(presented.width, 640);
	ck_assert_uint_eq(presented.planeCount, 3);
	ck_assert_ptr_eq(presented.frame.pPitch[2], (void *)0x300000);
	answer = CUDA_ERROR_INVALID_HANDLE;
	ck_assert_int_eq(rt_cudaEGLStreamProducerPresentFrame(CONNECTION, runtime_frame(), STREAM),
			 cudaErrorInvalidResourceHandle);
}
END_TEST

/* Where rows begin is said by the pointer, all else by the description. */
START_TEST(the_first_planes_description_counts)
{
	cudaEglFrame frame = runtime_frame();

	frame.frame.pPitch[0].pitch = 1;
	frame.frame.pPitch[0].xsize = 2;
	frame.frame.pPitch[0].ysize = 3;
	frame.planeDesc[1].width = 4;
	frame.planeDesc[1].channelDesc.x = 5;
	ck_assert_int_eq(rt_cudaEGLStreamProducerPresentFrame(CONNECTION, frame, STREAM),
			 cudaSuccess);
	ck_assert_uint_eq(presented.pitch, 2048);
	ck_assert_uint_eq(presented.width, 640);
	ck_assert_uint_eq(presented.height, 480);
	ck_assert_int_eq(presented.cuFormat, CU_AD_FORMAT_UNSIGNED_INT8);
}
END_TEST

static void check_refused(cudaEglFrame frame, cudaError_t error)
{
	ck_assert_int_eq(rt_cudaEGLStreamProducerPresentFrame(CONNECTION, frame, STREAM), error);
	ck_assert_int_eq(calls, 0);
}

START_TEST(a_frame_that_makes_no_sense_is_not_presented)
{
	static const unsigned int counts[] = { 0, 4, 0xffffffff };
	cudaEglFrame frame;

	for (int i = 0; i < 3; i++) {
		frame = runtime_frame();
		frame.planeCount = counts[i];
		check_refused(frame, cudaErrorInvalidValue);
	}
	frame = runtime_frame();
	frame.frameType = (cudaEglFrameType)2;
	check_refused(frame, cudaErrorInvalidValue);
	frame = runtime_frame();
	frame.planeDesc[0].channelDesc.x = 7;
	check_refused(frame, cudaErrorInvalidChannelDescriptor);
	frame = runtime_frame();
	frame.planeDesc[0].channelDesc.f = (enum cudaChannelFormatKind)99;
	check_refused(frame, cudaErrorInvalidChannelDescriptor);
}
END_TEST

static cudaError_t fetch(bool returned, cudaEglFrame *frame)
{
	return returned ? rt_cudaEGLStreamProducerReturnFrame(CONNECTION, frame, STREAM)
			: rt_cudaGraphicsResourceGetMappedEglFrame(frame, RESOURCE, 4, 5);
}

/* The next three run for either call: 0 mapped, 1 returned. */
START_TEST(a_frame_is_fetched)
{
	cudaEglFrame frame;

	handed = driver_frame(&formats[1], CU_EGL_FRAME_TYPE_ARRAY);
	ck_assert_int_eq(fetch(_i, &frame), cudaSuccess);
	ck_assert_int_eq(calls, 1);
	ck_assert_uint_eq(frame.planeCount, 2);
	ck_assert_ptr_eq(frame.frame.pArray[1], (void *)0x200000);
	ck_assert_int_eq(frame.planeDesc[1].channelDesc.y, 8);
}
END_TEST

START_TEST(without_a_place_no_frame_is_fetched)
{
	ck_assert_int_eq(fetch(_i, NULL), cudaErrorInvalidValue);
	ck_assert_int_eq(calls, 0);
}
END_TEST

START_TEST(a_call_without_its_object_is_refused_for_that)
{
	cudaEglFrame frame;

	ck_assert_int_eq(rt_cudaEGLStreamProducerReturnFrame(NULL, NULL, STREAM),
			 cudaErrorInvalidResourceHandle);
	ck_assert_int_eq(rt_cudaGraphicsResourceGetMappedEglFrame(NULL, NULL, 0, 0),
			 cudaErrorInvalidResourceHandle);
	ck_assert_int_eq(calls, 0);
	/* Its elements are looked at before its planes. */
	memset(&frame, 0, sizeof(frame));
	check_refused(frame, cudaErrorInvalidChannelDescriptor);
}
END_TEST

START_TEST(without_sync_objects_there_is_no_event_of_one)
{
	cudaEvent_t event;

	script_answer(cuEventCreateFromEGLSync, (CUresult)cudaErrorCallRequiresNewerDriver);
	ck_assert_int_eq(rt_cudaEventCreateFromEGLSync(&event, &event, 0), cudaErrorNotSupported);
	script_answer(cuEventCreateFromEGLSync, CUDA_ERROR_INVALID_HANDLE);
	ck_assert_int_eq(rt_cudaEventCreateFromEGLSync(&event, &event, 0),
			 cudaErrorInvalidResourceHandle);
	ck_assert_int_eq(script_count(cuCtxSetCurrent), 0);
}
END_TEST

static void check_untouched(int call, cudaError_t error)
{
	cudaEglFrame frame, before;

	memset(&frame, 0xee, sizeof(frame));
	before = frame;
	ck_assert_int_eq(fetch(call, &frame), error);
	ck_assert_mem_eq(&frame, &before, sizeof(frame));
}

START_TEST(a_failure_leaves_the_frame_as_it_was)
{
	answer = CUDA_ERROR_LAUNCH_TIMEOUT;
	check_untouched(_i, cudaErrorLaunchTimeout);
	answer = CUDA_SUCCESS;
	handed = driver_frame(&formats[0], CU_EGL_FRAME_TYPE_ARRAY);
	handed.planeCount = 4;
	check_untouched(_i, cudaErrorInvalidValue);
	handed.planeCount = 0;
	check_untouched(_i, cudaErrorInvalidValue);
	handed.planeCount = 3;
	handed.frameType = (CUeglFrameType)2;
	check_untouched(_i, cudaErrorInvalidValue);
	handed.frameType = CU_EGL_FRAME_TYPE_ARRAY;
	handed.cuFormat = (CUarray_format)0x7777;
	check_untouched(_i, cudaErrorInvalidChannelDescriptor);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("egl");
	TCase *frames = tcase_create("frames");
	TCase *entries = tcase_create("calls");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, frames);
	tcase_add_loop_test(frames, each_plane_of_each_format_is_described, 0, FORMATS);
	tcase_add_loop_test(frames, rows_of_a_plane_have_its_pitch_and_extent, 0, FORMATS);
	tcase_add_loop_test(frames, what_a_frame_does_not_have_is_zero, 0, FORMATS);
	tcase_add_loop_test(frames, a_frame_of_each_format_survives_the_way_there_and_back, 0,
			    2 * FORMATS);
	tcase_add_loop_test(frames, elements_of_one_plane_keep_their_channels, 0,
			    (int)(sizeof(elements) / sizeof(elements[0])));
	tcase_add_test(frames, planes_of_a_packed_format_are_alike);
	tcase_add_test(frames, a_format_without_a_name_keeps_its_number);

	suite_add_tcase(suite, entries);
	tcase_add_checked_fixture(entries, install, NULL);
	tcase_add_test(entries, a_frame_is_presented);
	tcase_add_test(entries, the_first_planes_description_counts);
	tcase_add_test(entries, a_frame_that_makes_no_sense_is_not_presented);
	tcase_add_test(entries, a_call_without_its_object_is_refused_for_that);
	tcase_add_test(entries, without_sync_objects_there_is_no_event_of_one);
	tcase_add_loop_test(entries, a_frame_is_fetched, 0, 2);
	tcase_add_loop_test(entries, without_a_place_no_frame_is_fetched, 0, 2);
	tcase_add_loop_test(entries, a_failure_leaves_the_frame_as_it_was, 0, 2);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
