/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EGL in the simulated driver: images, streams of frames, sync objects.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel_fixture.h"

#define IMAGE(format) ((void *)(uintptr_t)(0x10000 + (format)))
#define ROWS          0x1000
#define PIXELS        4096

static char stream_object, sync_object;

static CUeglFrame frame_of(unsigned int format)
{
	CUgraphicsResource resource;
	CUeglFrame frame;

	OK(cuGraphicsEGLRegisterImage(&resource, IMAGE(format), 0));
	OK(cuGraphicsResourceGetMappedEglFrame(&frame, resource, 0, 0));
	return frame;
}

START_TEST(each_image_is_seen_as_a_frame)
{
	CUeglFrame frame;

	begin();
	frame = frame_of((unsigned int)_i + ROWS);
	ck_assert_int_eq(frame.eglColorFormat, _i);
	ck_assert_int_eq(frame.frameType, CU_EGL_FRAME_TYPE_PITCH);
	ck_assert_uint_ge(frame.planeCount, 1);
	ck_assert_uint_le(frame.planeCount, 3);
	ck_assert_uint_ge(frame.pitch, frame.width * frame.numChannels);
	for (unsigned int i = 0; i < frame.planeCount; i++)
		OK(cuMemsetD8_v2((uintptr_t)frame.frame.pPitch[i], 1,
				 (size_t)frame.pitch * frame.height));
}
END_TEST

/* clang-format off */
#define EACH_FORMAT(F) \
	F(YUV420_PLANAR) F(YUV420_SEMIPLANAR) F(YUV422_PLANAR) F(YUV422_SEMIPLANAR) F(RGB) \
	F(BGR) F(ARGB) F(RGBA) F(L) F(R) F(YUV444_PLANAR) F(YUV444_SEMIPLANAR) F(YUYV_422) \
	F(UYVY_422) F(ABGR) F(BGRA) F(A) F(RG) F(AYUV) F(YVU444_SEMIPLANAR) \
	F(YVU422_SEMIPLANAR) F(YVU420_SEMIPLANAR) F(Y10V10U10_444_SEMIPLANAR) \
	F(Y10V10U10_420_SEMIPLANAR) F(Y12V12U12_444_SEMIPLANAR) F(Y12V12U12_420_SEMIPLANAR) \
	F(VYUY_ER) F(UYVY_ER) F(YUYV_ER) F(YVYU_ER) F(YUV_ER) F(YUVA_ER) F(AYUV_ER) \
	F(YUV444_PLANAR_ER) F(YUV422_PLANAR_ER) F(YUV420_PLANAR_ER) F(YUV444_SEMIPLANAR_ER) \
	F(YUV422_SEMIPLANAR_ER) F(YUV420_SEMIPLANAR_ER) F(YVU444_PLANAR_ER) \
	F(YVU422_PLANAR_ER) F(YVU420_PLANAR_ER) F(YVU444_SEMIPLANAR_ER) \
	F(YVU422_SEMIPLANAR_ER) F(YVU420_SEMIPLANAR_ER) F(BAYER_RGGB) F(BAYER_BGGR) \
	F(BAYER_GRBG) F(BAYER_GBRG) F(BAYER10_RGGB) F(BAYER10_BGGR) F(BAYER10_GRBG) \
	F(BAYER10_GBRG) F(BAYER12_RGGB) F(BAYER12_BGGR) F(BAYER12_GRBG) F(BAYER12_GBRG) \
	F(BAYER14_RGGB) F(BAYER14_BGGR) F(BAYER14_GRBG) F(BAYER14_GBRG) F(BAYER20_RGGB) \
	F(BAYER20_BGGR) F(BAYER20_GRBG) F(BAYER20_GBRG) F(YVU444_PLANAR) F(YVU422_PLANAR) \
	F(YVU420_PLANAR) F(BAYER_ISP_RGGB) F(BAYER_ISP_BGGR) F(BAYER_ISP_GRBG) \
	F(BAYER_ISP_GBRG) F(BAYER_BCCR) F(BAYER_RCCB) F(BAYER_CRBC) F(BAYER_CBRC) \
	F(BAYER10_CCCC) F(BAYER12_BCCR) F(BAYER12_RCCB) F(BAYER12_CRBC) F(BAYER12_CBRC) \
	F(BAYER12_CCCC) F(Y) F(YUV420_SEMIPLANAR_2020) F(YVU420_SEMIPLANAR_2020) \
	F(YUV420_PLANAR_2020) F(YVU420_PLANAR_2020) F(YUV420_SEMIPLANAR_709) \
	F(YVU420_SEMIPLANAR_709) F(YUV420_PLANAR_709) F(YVU420_PLANAR_709) \
	F(Y10V10U10_420_SEMIPLANAR_709) F(Y10V10U10_420_SEMIPLANAR_2020) \
	F(Y10V10U10_422_SEMIPLANAR_2020) F(Y10V10U10_422_SEMIPLANAR) \
	F(Y10V10U10_422_SEMIPLANAR_709) F(Y_ER) F(Y_709_ER) F(Y10_ER) F(Y10_709_ER) \
	F(Y12_ER) F(Y12_709_ER) F(YUVA) F(YUV) F(YVYU) F(VYUY) \
	F(Y10V10U10_420_SEMIPLANAR_ER) F(Y10V10U10_420_SEMIPLANAR_709_ER) \
	F(Y10V10U10_444_SEMIPLANAR_ER) F(Y10V10U10_444_SEMIPLANAR_709_ER) \
	F(Y12V12U12_420_SEMIPLANAR_ER) F(Y12V12U12_420_SEMIPLANAR_709_ER) \
	F(Y12V12U12_444_SEMIPLANAR_ER) F(Y12V12U12_444_SEMIPLANAR_709_ER) F(UYVY_709) \
	F(UYVY_709_ER) F(UYVY_2020)
/* clang-format on */

#define NAMED(name) { CU_EGL_COLOR_FORMAT_##name, #name },

static const struct named {
	CUeglColorFormat format;
	const char *name;
} formats[] = { EACH_FORMAT(NAMED) };

static bool has(const struct named *format, const char *part)
{
	return strstr(format->name, part) != NULL;
}

static void check_array(CUarray array, size_t width, size_t height, unsigned int channels)
{
	CUDA_ARRAY3D_DESCRIPTOR desc;

	OK(cuArray3DGetDescriptor_v2(&desc, array));
	ck_assert_uint_eq(desc.Width, width);
	ck_assert_uint_eq(desc.Height, height);
	ck_assert_uint_eq(desc.NumChannels, channels);
}

/* The name tells: 420 and 422 how coarse the chroma is, PLANAR and SEMIPLANAR where it lies. */
START_TEST(planes_of_chroma_are_arrays_of_their_own)
{
	const struct named *format = &formats[_i];
	bool semi = has(format, "SEMIPLANAR"), planar = !semi && has(format, "PLANAR");
	size_t width = has(format, "420") || has(format, "422") ? 32 : 64;
	size_t height = has(format, "420") ? 24 : 48;
	unsigned int planes = semi ? 2 : planar ? 3 : 1;
	CUeglFrame frame;

	begin();
	frame = frame_of((unsigned int)format->format + (planes == 1 ? ROWS : 0));
	ck_assert_int_eq(frame.eglColorFormat, format->format);
	ck_assert_uint_eq(frame.planeCount, planes);
	if (planes == 1)
		return;
	ck_assert_int_eq(frame.frameType, CU_EGL_FRAME_TYPE_ARRAY);
	ck_assert_int_eq(frame.cuFormat, has(format, "Y1") ? CU_AD_FORMAT_UNSIGNED_INT16
							   : CU_AD_FORMAT_UNSIGNED_INT8);
	check_array(frame.frame.pArray[0], 64, 48, 1);
	for (unsigned int i = 1; i < planes; i++)
		check_array(frame.frame.pArray[i], width, height, semi ? 2 : 1);
}
END_TEST

START_TEST(what_is_no_image_is_not_registered)
{
	CUgraphicsResource resource;

	begin();
	FAILS(cuGraphicsEGLRegisterImage(&resource, NULL, 0), CUDA_ERROR_UNKNOWN);
	FAILS(cuGraphicsEGLRegisterImage(NULL, IMAGE(0), 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphicsEGLRegisterImage(&resource, IMAGE(0), 3), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphicsEGLRegisterImage(&resource, IMAGE(CU_EGL_COLOR_FORMAT_MAX), 0),
	      CUDA_ERROR_INVALID_HANDLE);
	/* Three channels lie in rows, never in an array. */
	FAILS(cuGraphicsEGLRegisterImage(&resource, IMAGE(CU_EGL_COLOR_FORMAT_YUV), 0),
	      CUDA_ERROR_INVALID_VALUE);
	OK(cuGraphicsEGLRegisterImage(&resource, IMAGE(CU_EGL_COLOR_FORMAT_YUV + ROWS), 0));
	OK(cuGraphicsUnregisterResource(resource));
}
END_TEST

START_TEST(an_image_needs_no_mapping)
{
	CUgraphicsResource resource, buffer;
	CUdeviceptr address;
	CUeglFrame frame;
	CUarray array;
	size_t size;

	begin();
	OK(cuGraphicsEGLRegisterImage(&resource, IMAGE(7), 0));
	FAILS(cuGraphicsMapResources(1, &resource, NULL), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuGraphicsUnmapResources(1, &resource, NULL), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuGraphicsSubResourceGetMappedArray(&array, resource, 0, 0),
	      CUDA_ERROR_NOT_MAPPED_AS_ARRAY);
	FAILS(cuGraphicsResourceGetMappedPointer_v2(&address, &size, resource),
	      CUDA_ERROR_NOT_MAPPED_AS_POINTER);
	FAILS(cuGraphicsResourceGetMappedEglFrame(&frame, resource, 1, 0),
	      CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphicsResourceGetMappedEglFrame(&frame, resource, 0, 1),
	      CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphicsResourceGetMappedEglFrame(NULL, resource, 0, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphicsResourceGetMappedEglFrame(&frame, NULL, 0, 0), CUDA_ERROR_INVALID_HANDLE);
	OK(cuGraphicsUnregisterResource(resource));
	FAILS(cuGraphicsResourceGetMappedEglFrame(&frame, resource, 0, 0), CUDA_ERROR_NOT_MAPPED);
	OK(cuGraphicsGLRegisterBuffer(&buffer, 1, 0));
	FAILS(cuGraphicsResourceGetMappedEglFrame(&frame, buffer, 0, 0), CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

/* A stream with both ends, for frames of 32 by 16. */
static void connect_both(CUeglStreamConnection *consumer, CUeglStreamConnection *producer)
{
	begin();
	OK(cuEGLStreamConsumerConnect(consumer, &stream_object));
	OK(cuEGLStreamProducerConnect(producer, &stream_object, 32, 16));
}

static CUeglFrame pixels(void)
{
	CUeglFrame frame = {
		.frame.pPitch[0] = (void *)(uintptr_t)device_memory(PIXELS),
		.width = 32,
		.height = 16,
		.pitch = 128,
		.planeCount = 1,
		.numChannels = 4,
		.frameType = CU_EGL_FRAME_TYPE_PITCH,
		.eglColorFormat = CU_EGL_COLOR_FORMAT_ARGB,
		.cuFormat = CU_AD_FORMAT_UNSIGNED_INT8,
	};

	return frame;
}

START_TEST(a_frame_goes_round)
{
	CUeglStreamConnection consumer, producer;
	CUeglFrame frame, seen, back;
	CUgraphicsResource resource;
	CUstream stream = NULL;

	connect_both(&consumer, &producer);
	frame = pixels();
	FAILS(cuEGLStreamProducerReturnFrame(&producer, &back, &stream), CUDA_ERROR_LAUNCH_TIMEOUT);
	OK(cuEGLStreamProducerPresentFrame(&producer, frame, &stream));
	OK(cuEGLStreamConsumerAcquireFrame(&consumer, &resource, &stream, 0));
	OK(cuGraphicsResourceGetMappedEglFrame(&seen, resource, 0, 0));
	ck_assert_mem_eq(&seen, &frame, sizeof(frame));
	/* It is the consumer's as long as it does not give it back, and only so. */
	FAILS(cuGraphicsUnregisterResource(resource), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEGLStreamProducerReturnFrame(&producer, &back, &stream), CUDA_ERROR_LAUNCH_TIMEOUT);
	OK(cuEGLStreamConsumerReleaseFrame(&consumer, resource, &stream));
	FAILS(cuEGLStreamConsumerReleaseFrame(&consumer, resource, &stream),
	      CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuGraphicsResourceGetMappedEglFrame(&seen, resource, 0, 0), CUDA_ERROR_NOT_MAPPED);
	OK(cuEGLStreamProducerReturnFrame(&producer, &back, NULL));
	ck_assert_mem_eq(&back, &frame, sizeof(frame));
	FAILS(cuEGLStreamProducerReturnFrame(&producer, &back, NULL), CUDA_ERROR_LAUNCH_TIMEOUT);
}
END_TEST

START_TEST(frames_keep_their_order)
{
	CUeglStreamConnection consumer, producer;
	CUgraphicsResource resource;
	CUeglFrame frame, seen;

	connect_both(&consumer, &producer);
	frame = pixels();
	for (frame.height = 1; frame.height <= 8; frame.height++)
		OK(cuEGLStreamProducerPresentFrame(&producer, frame, NULL));
	/* Nobody takes any. */
	FAILS(cuEGLStreamProducerPresentFrame(&producer, frame, NULL), CUDA_ERROR_LAUNCH_TIMEOUT);
	for (unsigned int i = 1; i <= 8; i++) {
		OK(cuEGLStreamConsumerAcquireFrame(&consumer, &resource, NULL, 0));
		OK(cuGraphicsResourceGetMappedEglFrame(&seen, resource, 0, 0));
		ck_assert_uint_eq(seen.height, i);
		OK(cuEGLStreamConsumerReleaseFrame(&consumer, resource, NULL));
	}
	for (unsigned int i = 1; i <= 8; i++) {
		OK(cuEGLStreamProducerReturnFrame(&producer, &seen, NULL));
		ck_assert_uint_eq(seen.height, i);
	}
}
END_TEST

START_TEST(a_frame_is_presented_with_what_its_stream_wrote)
{
	CUeglStreamConnection consumer, producer;
	unsigned char byte = 0;
	CUeglFrame frame;
	CUstream stream;

	connect_both(&consumer, &producer);
	frame = pixels();
	stream = new_stream();
	OK(cuMemsetD8Async((uintptr_t)frame.frame.pPitch[0], 7, PIXELS, stream));
	OK(cuEGLStreamProducerPresentFrame(&producer, frame, &stream));
	OK(cuStreamQuery(stream));
	OK(cuMemcpyDtoH_v2(&byte, (uintptr_t)frame.frame.pPitch[0] + PIXELS - 1, 1));
	ck_assert_uint_eq(byte, 7);
}
END_TEST

START_TEST(a_frame_that_is_none_is_not_presented)
{
	CUeglStreamConnection consumer, producer;
	CUgraphicsResource resource;
	CUeglFrame good, frame;

	connect_both(&consumer, &producer);
	good = pixels();
#define REFUSED(change)                                                        \
	do {                                                                   \
		frame = good;                                                  \
		frame.change;                                                  \
		FAILS(cuEGLStreamProducerPresentFrame(&producer, frame, NULL), \
		      CUDA_ERROR_INVALID_VALUE);                               \
	} while (0)
	REFUSED(planeCount = 0);
	REFUSED(planeCount = 2);
	REFUSED(planeCount = 4);
	REFUSED(frameType = (CUeglFrameType)2);
	REFUSED(frameType = CU_EGL_FRAME_TYPE_ARRAY);
	REFUSED(eglColorFormat = CU_EGL_COLOR_FORMAT_MAX);
	REFUSED(width = 0);
	REFUSED(width = 33);
	REFUSED(height = 17);
	REFUSED(pitch = 127);
	REFUSED(frame.pPitch[0] = NULL);
	FAILS(cuEGLStreamConsumerAcquireFrame(&consumer, &resource, NULL, 0),
	      CUDA_ERROR_LAUNCH_TIMEOUT);
}
END_TEST

START_TEST(frames_of_arrays_are_presented_too)
{
	CUeglStreamConnection consumer, producer;
	CUeglFrame frame;

	begin();
	OK(cuEGLStreamConsumerConnectWithFlags(&consumer, &stream_object, 1));
	OK(cuEGLStreamProducerConnect(&producer, &stream_object, 64, 48));
	frame = frame_of(CU_EGL_COLOR_FORMAT_YUV420_PLANAR);
	OK(cuEGLStreamProducerPresentFrame(&producer, frame, NULL));
	frame.frame.pArray[2] = NULL;
	FAILS(cuEGLStreamProducerPresentFrame(&producer, frame, NULL), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(the_consumer_connects_first_and_each_side_once)
{
	CUeglStreamConnection consumer, producer, other;

	begin();
	FAILS(cuEGLStreamProducerConnect(&producer, &stream_object, 1, 1),
	      CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEGLStreamConsumerConnect(&consumer, NULL), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEGLStreamProducerConnect(&producer, NULL, 1, 1), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEGLStreamConsumerConnect(NULL, &stream_object), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuEGLStreamConsumerConnectWithFlags(&consumer, &stream_object, 2),
	      CUDA_ERROR_INVALID_VALUE);
	OK(cuEGLStreamConsumerConnect(&consumer, &stream_object));
	FAILS(cuEGLStreamConsumerConnect(&other, &stream_object), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEGLStreamProducerConnect(&producer, &stream_object, 0, 1),
	      CUDA_ERROR_INVALID_VALUE);
	OK(cuEGLStreamProducerConnect(&producer, &stream_object, 1, 1));
	FAILS(cuEGLStreamProducerConnect(&other, &stream_object, 1, 1), CUDA_ERROR_INVALID_HANDLE);
	/* Another stream is another matter. */
	OK(cuEGLStreamConsumerConnect(&other, &sync_object));
}
END_TEST

START_TEST(each_side_has_its_own_calls)
{
	CUeglStreamConnection consumer, producer, none = NULL;
	CUgraphicsResource resource = NULL;
	CUeglFrame frame;

	connect_both(&consumer, &producer);
	frame = pixels();
	FAILS(cuEGLStreamProducerPresentFrame(&consumer, frame, NULL), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEGLStreamProducerPresentFrame(&none, frame, NULL), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEGLStreamProducerReturnFrame(&consumer, &frame, NULL), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEGLStreamProducerReturnFrame(&producer, NULL, NULL), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuEGLStreamProducerDisconnect(&consumer), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEGLStreamConsumerAcquireFrame(&producer, &resource, NULL, 0),
	      CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEGLStreamConsumerAcquireFrame(NULL, &resource, NULL, 0), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEGLStreamConsumerAcquireFrame(&consumer, NULL, NULL, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuEGLStreamConsumerReleaseFrame(&consumer, NULL, NULL), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEGLStreamConsumerDisconnect(&producer), CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

START_TEST(a_side_that_is_left_alone_is_told)
{
	CUeglStreamConnection consumer, producer;
	CUgraphicsResource resource;
	CUeglFrame frame;

	connect_both(&consumer, &producer);
	frame = pixels();
	OK(cuEGLStreamProducerPresentFrame(&producer, frame, NULL));
	OK(cuEGLStreamProducerDisconnect(&producer));
	FAILS(cuEGLStreamProducerDisconnect(&producer), CUDA_ERROR_INVALID_HANDLE);
	/* What was presented may still be had. */
	OK(cuEGLStreamConsumerAcquireFrame(&consumer, &resource, NULL, 0));
	FAILS(cuEGLStreamConsumerAcquireFrame(&consumer, &resource, NULL, 0xffffffff),
	      CUDA_ERROR_INVALID_HANDLE);
	OK(cuEGLStreamConsumerDisconnect(&consumer));
	OK(cuGraphicsUnregisterResource(resource));
	/* The stream is gone and may be there again. */
	OK(cuEGLStreamConsumerConnect(&consumer, &stream_object));
	OK(cuEGLStreamProducerConnect(&producer, &stream_object, 32, 16));
	OK(cuEGLStreamConsumerDisconnect(&consumer));
	FAILS(cuEGLStreamProducerPresentFrame(&producer, frame, NULL), CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

static void *present_later(void *argument)
{
	CUeglStreamConnection *producer = argument;
	CUcontext ctx;

	OK(cuDevicePrimaryCtxRetain(&ctx, 0));
	OK(cuCtxSetCurrent(ctx));
	usleep(20000);
	OK(cuEGLStreamProducerPresentFrame(producer, pixels(), NULL));
	return NULL;
}

START_TEST(the_consumer_waits_for_a_frame)
{
	CUeglStreamConnection consumer, producer;
	CUgraphicsResource resource;
	pthread_t thread;

	connect_both(&consumer, &producer);
	FAILS(cuEGLStreamConsumerAcquireFrame(&consumer, &resource, NULL, 1000),
	      CUDA_ERROR_LAUNCH_TIMEOUT);
	ck_assert_int_eq(pthread_create(&thread, NULL, present_later, &producer), 0);
	OK(cuEGLStreamConsumerAcquireFrame(&consumer, &resource, NULL, 0xffffffff));
	pthread_join(thread, NULL);
	/* A timeout here is no fault of the device. */
	OK(cuCtxSynchronize());
}
END_TEST

START_TEST(a_sync_object_is_an_event_that_is_not_recorded)
{
	CUevent event;
	float time;

	begin();
	FAILS(cuEventCreateFromEGLSync(&event, NULL, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuEventCreateFromEGLSync(NULL, &sync_object, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuEventCreateFromEGLSync(&event, &sync_object, CU_EVENT_INTERPROCESS),
	      CUDA_ERROR_INVALID_VALUE);
	OK(cuEventCreateFromEGLSync(&event, &sync_object, CU_EVENT_BLOCKING_SYNC));
	OK(cuEventQuery(event));
	OK(cuEventSynchronize(event));
	OK(cuStreamWaitEvent(NULL, event, 0));
	FAILS(cuEventRecord(event, NULL), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEventElapsedTime(&time, event, event), CUDA_ERROR_INVALID_HANDLE);
	OK(cuEventDestroy_v2(event));
	FAILS(cuEventQuery(event), CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

int main(void)
{
	/* A buffer of OpenGL is no frame. */
	setenv("CURTRACE_SIM_GL", "1", 1);
	Suite *suite = suite_create("egl");
	TCase *tcase = tcase_create("egl");

	suite_add_tcase(suite, tcase);
	tcase_add_loop_test(tcase, each_image_is_seen_as_a_frame, 0, CU_EGL_COLOR_FORMAT_MAX);
	tcase_add_loop_test(tcase, planes_of_chroma_are_arrays_of_their_own, 0,
			    (int)(sizeof(formats) / sizeof(formats[0])));
	tcase_add_test(tcase, what_is_no_image_is_not_registered);
	tcase_add_test(tcase, an_image_needs_no_mapping);
	tcase_add_test(tcase, a_frame_goes_round);
	tcase_add_test(tcase, frames_keep_their_order);
	tcase_add_test(tcase, a_frame_is_presented_with_what_its_stream_wrote);
	tcase_add_test(tcase, a_frame_that_is_none_is_not_presented);
	tcase_add_test(tcase, frames_of_arrays_are_presented_too);
	tcase_add_test(tcase, the_consumer_connects_first_and_each_side_once);
	tcase_add_test(tcase, each_side_has_its_own_calls);
	tcase_add_test(tcase, a_side_that_is_left_alone_is_told);
	tcase_add_test(tcase, the_consumer_waits_for_a_frame);
	tcase_add_test(tcase, a_sync_object_is_an_event_that_is_not_recorded);
	return run_suite(suite);
}
