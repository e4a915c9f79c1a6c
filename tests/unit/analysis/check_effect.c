/* SPDX-License-Identifier: Apache-2.0 */
/* What calls did, by their arguments as traces of every form hold them. */
#include <string.h>

#include "unit/analysis/events.h"
#include "unit/reader/fixture.h"

static struct an_effect effect_of(struct ct_event event)
{
	struct an_effect effect;

	/* What is not set is not to be looked at. */
	memset(&effect, 0x55, sizeof(effect));
	an_effect_of(&event, &effect);
	return effect;
}

/* ---- memory -------------------------------------------------------------------------------- */

START_TEST(an_allocation_has_address_size_and_kind)
{
	struct an_effect effect = effect_of(
		ev_call("cudaMalloc", ev_ptr("devPtr", 0x700000), ev_size("size", 4096), EV_END));

	ck_assert_int_eq(effect.kind, AN_EFFECT_ALLOC);
	ck_assert_int_eq(effect.memory, AN_MEMORY_DEVICE);
	ck_assert(effect.known && effect.bytes_known && !effect.has_stream);
	ck_assert_uint_eq(effect.at, 0x700000);
	ck_assert_uint_eq(effect.bytes, 4096);
	ck_assert_int_eq(effect.device, -1);
	effect = effect_of(ev_call("cudaMallocFromPoolAsync", ev_ptr("ptr", 0x10),
				   ev_size("size", 8), ev_handle("memPool", 0x77),
				   ev_handle("stream", 0x88), EV_END));
	ck_assert_int_eq(effect.memory, AN_MEMORY_POOL);
	ck_assert_uint_eq(effect.pool, 0x77);
	ck_assert_uint_eq(effect.stream, 0x88);
	ck_assert(effect.asynchronous && effect.has_stream);
}
END_TEST

/* What its output was is not known; that it asked for so much is. */
START_TEST(a_failed_allocation_has_no_address)
{
	struct an_effect effect = effect_of(ev_failed(
		ev_call("cudaMalloc", ev_unknown("devPtr"), ev_size("size", 4096), EV_END), 2));

	ck_assert_int_eq(effect.kind, AN_EFFECT_ALLOC);
	ck_assert(!effect.known);
	ck_assert_uint_eq(effect.at, 0);
	ck_assert_uint_eq(effect.bytes, 4096);
}
END_TEST

START_TEST(the_size_of_pitched_memory_is_a_product)
{
	struct an_effect effect =
		effect_of(ev_call("cudaMallocPitch", ev_ptr("devPtr", 0x10), ev_size("pitch", 512),
				  ev_size("width", 100), ev_size("height", 20), EV_END));

	ck_assert(effect.bytes_known);
	ck_assert_uint_eq(effect.bytes, 512 * 20);
	effect = effect_of(ev_call("cudaMalloc3D", ev_ptr("pitchedDevPtr->ptr", 0x10),
				   ev_size("pitchedDevPtr->pitch", 512),
				   ev_size("extent.width", 100), ev_size("extent.height", 4),
				   ev_size("extent.depth", 0), EV_END));
	ck_assert(effect.bytes_known);
	ck_assert_uint_eq(effect.bytes, 512 * 4);
}
END_TEST

/* 96 bits in three channels; no height counts as one row. */
START_TEST(the_size_of_an_array_follows_from_its_channels)
{
	struct an_effect effect = effect_of(
		ev_call("cudaMallocArray", ev_handle("array", 0x99), ev_int("desc->x", 32),
			ev_int("desc->y", 32), ev_int("desc->z", 32), ev_int("desc->w", 0),
			ev_size("width", 64), ev_size("height", 0), EV_END));

	ck_assert_int_eq(effect.memory, AN_MEMORY_ARRAY);
	ck_assert_uint_eq(effect.at, 0x99);
	ck_assert(effect.bytes_known);
	ck_assert_uint_eq(effect.bytes, 12 * 64);
	ck_assert_uint_eq(effect.element_bytes, 12);
	effect = effect_of(ev_call("cudaMallocArray", ev_handle("array", 0x99),
				   ev_size("width", 64), ev_size("height", 0), EV_END));
	ck_assert(effect.known && !effect.bytes_known);
}
END_TEST

/* The driver's descriptors have a format and a count of channels. */
START_TEST(the_size_of_a_driver_array_follows_from_its_format)
{
	struct an_effect effect = effect_of(ev_call(
		"cuArrayCreate", ev_handle("pHandle", 0x99), ev_size("pAllocateArray->Width", 64),
		ev_size("pAllocateArray->Height", 0), ev_enum("pAllocateArray->Format", 0x10),
		ev_arg("pAllocateArray->NumChannels", CT_KIND_UINT, 4), EV_END));

	ck_assert_int_eq(effect.memory, AN_MEMORY_ARRAY);
	ck_assert_uint_eq(effect.at, 0x99);
	ck_assert(effect.bytes_known);
	ck_assert_uint_eq(effect.bytes, 8 * 64);
	ck_assert_uint_eq(effect.element_bytes, 8);
	effect = effect_of(ev_call("cuArrayCreate", ev_handle("pHandle", 0x99),
				   ev_size("pAllocateArray->Width", 64),
				   ev_size("pAllocateArray->Height", 2),
				   ev_text("pAllocateArray->Format", "CU_AD_FORMAT_FLOAT"),
				   ev_arg("pAllocateArray->NumChannels", CT_KIND_UINT, 1), EV_END));
	ck_assert_uint_eq(effect.bytes, 4 * 64 * 2);
	effect = effect_of(ev_call(
		"cuArrayCreate", ev_handle("pHandle", 0x99), ev_size("pAllocateArray->Width", 64),
		ev_size("pAllocateArray->Height", 2), ev_enum("pAllocateArray->Format", 0xb0),
		ev_arg("pAllocateArray->NumChannels", CT_KIND_UINT, 3), EV_END));
	ck_assert(effect.known && !effect.bytes_known);
}
END_TEST

static struct ct_event mipmap(struct ct_arg flags)
{
	return ev_call("cudaMallocMipmappedArray", ev_handle("mipmappedArray", 0x99),
		       ev_int("desc->x", 8), ev_int("desc->y", 0), ev_int("desc->z", 0),
		       ev_int("desc->w", 0), ev_size("extent.width", 8),
		       ev_size("extent.height", 4), ev_size("extent.depth", 2),
		       ev_int("numLevels", 4), flags, EV_END);
}

START_TEST(every_level_of_a_mipmapped_array_is_half_as_large)
{
	struct an_effect effect = effect_of(mipmap(ev_arg("flags", CT_KIND_FLAGS, 0)));

	ck_assert(effect.bytes_known);
	ck_assert_uint_eq(effect.bytes, 8 * 4 * 2 + 4 * 2 + 2 + 1);
	effect = effect_of(mipmap(ev_arg("flags", CT_KIND_FLAGS, 1)));
	ck_assert_uint_eq(effect.bytes, 2 * (8 * 4 + 4 * 2 + 2 + 1));
	effect = effect_of(mipmap(ev_text("flags", "cudaArrayLayered|cudaArraySurfaceLoadStore")));
	ck_assert_uint_eq(effect.bytes, 2 * (8 * 4 + 4 * 2 + 2 + 1));
}
END_TEST

START_TEST(numbers_out_of_this_world_are_not_multiplied)
{
	struct an_effect effect = effect_of(
		ev_call("cudaMallocPitch", ev_ptr("devPtr", 0x10), ev_size("pitch", UINT64_MAX / 2),
			ev_size("width", 100), ev_size("height", 3), EV_END));

	ck_assert(effect.known && !effect.bytes_known);
	ck_assert_uint_eq(effect.bytes, 0);
}
END_TEST

START_TEST(frees_are_of_their_kind)
{
	struct an_effect effect = effect_of(ev_call("cudaFreeAsync", ev_ptr("devPtr", 0x10),
						    ev_handle("hStream", 0x20), EV_END));

	ck_assert_int_eq(effect.kind, AN_EFFECT_FREE);
	ck_assert_int_eq(effect.memory, AN_MEMORY_POOL);
	ck_assert_uint_eq(effect.at, 0x10);
	ck_assert_uint_eq(effect.stream, 0x20);
	effect = effect_of(ev_call("cudaHostUnregister", ev_ptr("ptr", 0x30), EV_END));
	ck_assert_int_eq(effect.memory, AN_MEMORY_REGISTERED);
	effect = effect_of(ev_call("cuMemUnmap", ev_ptr("ptr", 0x40), ev_size("size", 64), EV_END));
	ck_assert_int_eq(effect.memory, AN_MEMORY_MAPPED);
	ck_assert_uint_eq(effect.bytes, 64);
}
END_TEST

/* ---- copies -------------------------------------------------------------------------------- */

static struct ct_event copy(struct ct_arg kind)
{
	return ev_call("cudaMemcpyAsync", ev_ptr("dst", 0x10), ev_ptr("src", 0x20),
		       ev_size("count", 300), kind, ev_handle("stream", 0x7), EV_END);
}

START_TEST(a_copy_has_its_direction_from_number_or_text)
{
	static const enum an_direction directions[] = {
		AN_HOST_TO_HOST,     AN_HOST_TO_DEVICE, AN_DEVICE_TO_HOST,
		AN_DEVICE_TO_DEVICE, AN_BY_ADDRESS,     AN_DIRECTION_UNKNOWN,
	};
	static const char *const names[] = {
		"cudaMemcpyHostToHost",     "cudaMemcpyHostToDevice", "cudaMemcpyDeviceToHost",
		"cudaMemcpyDeviceToDevice", "cudaMemcpyDefault",      "cudaMemcpySomethingNew",
	};
	struct an_effect effect;

	for (unsigned int i = 0; i < 6; i++) {
		effect = effect_of(copy(ev_enum("kind", i)));
		ck_assert_int_eq(effect.direction, directions[i]);
		effect = effect_of(copy(ev_text("kind", names[i])));
		ck_assert_int_eq(effect.direction, directions[i]);
	}
	ck_assert_int_eq(effect.kind, AN_EFFECT_COPY);
	ck_assert_uint_eq(effect.to, 0x10);
	ck_assert_uint_eq(effect.from, 0x20);
	ck_assert_uint_eq(effect.bytes, 300);
	ck_assert_uint_eq(effect.to_span, 300);
	ck_assert_uint_eq(effect.stream, 7);
	ck_assert(effect.asynchronous);
}
END_TEST

/* A copy of the driver's says in its name which way it goes. */
START_TEST(a_driver_copy_goes_where_its_name_says)
{
	struct an_effect effect = effect_of(
		ev_call("cuMemcpyHtoDAsync", ev_ptr("dstDevice", 0x10), ev_ptr("srcHost", 0x20),
			ev_size("ByteCount", 300), ev_handle("hStream", 0x7), EV_END));

	ck_assert_int_eq(effect.kind, AN_EFFECT_COPY);
	ck_assert_int_eq(effect.direction, AN_HOST_TO_DEVICE);
	ck_assert_uint_eq(effect.to, 0x10);
	ck_assert_uint_eq(effect.from, 0x20);
	ck_assert_uint_eq(effect.bytes, 300);
	ck_assert_uint_eq(effect.stream, 7);
	ck_assert(effect.asynchronous);
	effect = effect_of(ev_call("cuMemcpyDtoH_v2", ev_ptr("dstHost", 0x10),
				   ev_ptr("srcDevice", 0x20), ev_size("ByteCount", 300), EV_END));
	ck_assert_int_eq(effect.direction, AN_DEVICE_TO_HOST);
	ck_assert_int_eq(effect.waits_for, AN_WAIT_COPY);
	effect = effect_of(ev_call("cuMemcpy", ev_ptr("dst", 0x10), ev_ptr("src", 0x20),
				   ev_size("ByteCount", 300), EV_END));
	ck_assert_int_eq(effect.direction, AN_BY_ADDRESS);
	effect = effect_of(ev_call("cuMemsetD2D32", ev_ptr("dstDevice", 0x10),
				   ev_size("dstPitch", 64), ev_arg("ui", CT_KIND_UINT, 9),
				   ev_size("Width", 5), ev_size("Height", 3), EV_END));
	ck_assert_int_eq(effect.kind, AN_EFFECT_SET);
	ck_assert_uint_eq(effect.bytes, 4 * 5 * 3);
	ck_assert_uint_eq(effect.to_span, 2 * 64 + 20);
	effect = effect_of(ev_call("cuMemsetD16", ev_ptr("dstDevice", 0x10),
				   ev_arg("us", CT_KIND_UINT, 9), ev_size("N", 5), EV_END));
	ck_assert_uint_eq(effect.bytes, 10);
	ck_assert(effect.bytes_known);
}
END_TEST

static struct an_effect driver_copy(struct ct_arg to_type, struct ct_arg from_type)
{
	to_type.name = "pCopy->dstMemoryType";
	from_type.name = "pCopy->srcMemoryType";
	return effect_of(
		ev_call("cuMemcpy2DAsync", from_type, ev_ptr("pCopy->srcHost", 0x11),
			ev_ptr("pCopy->srcDevice", 0x12), ev_handle("pCopy->srcArray", 0x13),
			to_type, ev_ptr("pCopy->dstHost", 0x21), ev_ptr("pCopy->dstDevice", 0x22),
			ev_handle("pCopy->dstArray", 0x23), ev_size("pCopy->WidthInBytes", 40),
			ev_size("pCopy->Height", 3), ev_handle("hStream", 9), EV_END));
}

/* Of the three places that the descriptor has for each end, the type tells which counts. */
START_TEST(a_described_copy_goes_by_the_types_of_its_places)
{
	struct an_effect effect = driver_copy(ev_enum("", 2), ev_enum("", 1));

	ck_assert_int_eq(effect.direction, AN_HOST_TO_DEVICE);
	ck_assert_uint_eq(effect.to, 0x22);
	ck_assert_uint_eq(effect.from, 0x11);
	ck_assert(effect.to_place == AN_PLACE_ADDRESS && effect.from_place == AN_PLACE_ADDRESS);
	ck_assert_uint_eq(effect.bytes, 120);
	ck_assert_uint_eq(effect.to_span, 0);
	ck_assert_uint_eq(effect.stream, 9);
	effect = driver_copy(ev_text("", "CU_MEMORYTYPE_HOST"), ev_text("", "CU_MEMORYTYPE_ARRAY"));
	ck_assert_int_eq(effect.direction, AN_DEVICE_TO_HOST);
	ck_assert_uint_eq(effect.to, 0x21);
	ck_assert_uint_eq(effect.from, 0x13);
	ck_assert_int_eq(effect.from_place, AN_PLACE_ARRAY);
	effect = driver_copy(ev_enum("", 3), ev_enum("", 4));
	ck_assert_int_eq(effect.direction, AN_BY_ADDRESS);
	ck_assert_uint_eq(effect.to, 0x23);
	ck_assert_uint_eq(effect.from, 0x12);
	effect = driver_copy(ev_enum("", 1), ev_enum("", 1));
	ck_assert_int_eq(effect.direction, AN_HOST_TO_HOST);
	effect = driver_copy(ev_unknown(""), ev_enum("", 9));
	ck_assert_int_eq(effect.direction, AN_DIRECTION_UNKNOWN);
	ck_assert(effect.to_place == AN_PLACE_UNKNOWN && effect.from_place == AN_PLACE_UNKNOWN);
	ck_assert_uint_eq(effect.bytes, 120);
}
END_TEST

/* As JSON traces have it. */
START_TEST(a_stream_goes_by_two_names)
{
	struct ct_event event = copy(ev_enum("kind", 1));

	event.args[4].name = "hStream";
	ck_assert_uint_eq(effect_of(event).stream, 7);
	event = ev_call("cudaMallocAsync", ev_ptr("devPtr", 1), ev_size("size", 1),
			ev_ptr("stream", 9), EV_END);
	ck_assert_uint_eq(effect_of(event).stream, 9);
}
END_TEST

START_TEST(a_plain_copy_is_waited_for)
{
	struct an_effect effect =
		effect_of(ev_call("cudaMemcpy", ev_ptr("dst", 0x10), ev_ptr("src", 0x20),
				  ev_size("count", 300), ev_enum("kind", 2), EV_END));

	ck_assert(!effect.asynchronous && !effect.has_stream);
	ck_assert_int_eq(effect.waits_for, AN_WAIT_COPY);
}
END_TEST

START_TEST(rows_reach_as_far_as_their_pitch)
{
	struct an_effect effect = effect_of(
		ev_call("cudaMemcpy2D", ev_ptr("dst", 0x10), ev_size("dpitch", 256),
			ev_ptr("src", 0x20), ev_size("spitch", 100), ev_size("width", 100),
			ev_size("height", 10), ev_enum("kind", 1), EV_END));

	ck_assert_uint_eq(effect.bytes, 1000);
	ck_assert_uint_eq(effect.to_span, 9 * 256 + 100);
	ck_assert_uint_eq(effect.from_span, 1000);
}
END_TEST

static struct ct_event copy_3d(uint64_t from_array)
{
	return ev_call("cudaMemcpy3D", ev_handle("p->srcArray", from_array),
		       ev_ptr("p->srcPtr.ptr", from_array ? 0 : 0x20), ev_handle("p->dstArray", 0),
		       ev_ptr("p->dstPtr.ptr", 0x30), ev_size("p->extent.width", 8),
		       ev_size("p->extent.height", 2), ev_size("p->extent.depth", 3),
		       ev_enum("p->kind", 2), EV_END);
}

/* Where an array takes part the extent counts its elements, whose size the call does not hold. */
START_TEST(a_copy_in_three_dimensions_counts_bytes_or_elements)
{
	struct an_effect effect = effect_of(copy_3d(0));

	ck_assert(effect.bytes_known);
	ck_assert_uint_eq(effect.bytes, 48);
	ck_assert_int_eq(effect.from_place, AN_PLACE_ADDRESS);
	effect = effect_of(copy_3d(0x99));
	ck_assert(!effect.bytes_known);
	ck_assert_uint_eq(effect.elements, 48);
	ck_assert_int_eq(effect.from_place, AN_PLACE_ARRAY);
	ck_assert_uint_eq(effect.from, 0x99);
	ck_assert_int_eq(effect.to_place, AN_PLACE_ADDRESS);
}
END_TEST

START_TEST(a_copy_between_devices_names_them)
{
	struct an_effect effect = effect_of(
		ev_call("cudaMemcpyPeer", ev_ptr("dst", 0x10), ev_int("dstDevice", 1),
			ev_ptr("src", 0x20), ev_int("srcDevice", 0), ev_size("count", 5), EV_END));

	ck_assert_int_eq(effect.direction, AN_PEER_TO_PEER);
	ck_assert_int_eq(effect.to_device, 1);
	ck_assert_int_eq(effect.from_device, 0);
}
END_TEST

START_TEST(a_symbol_is_no_address)
{
	struct an_effect effect = effect_of(
		ev_call("cudaMemcpyToSymbol", ev_ptr("symbol", 0x400010), ev_ptr("src", 0x20),
			ev_size("count", 5), ev_size("offset", 0), ev_enum("kind", 1), EV_END));

	ck_assert_int_eq(effect.to_place, AN_PLACE_SYMBOL);
	ck_assert_uint_eq(effect.to, 0x400010);
	ck_assert_int_eq(effect.from_place, AN_PLACE_ADDRESS);
	ck_assert_uint_eq(effect.to_span, 0);
}
END_TEST

/* ---- the rest ------------------------------------------------------------------------------ */

START_TEST(a_launch_has_its_kernel_and_shape)
{
	struct an_effect effect = effect_of(
		ev_call("cudaLaunchKernelExC", ev_dim3("config->gridDim", 1, 2, 3),
			ev_dim3("config->blockDim", 32, 1, 1),
			ev_size("config->dynamicSmemBytes", 64), ev_handle("config->stream", 0x5),
			ev_kernel("func", 0x400100, "saxpy(float)"), EV_END));

	ck_assert_int_eq(effect.kind, AN_EFFECT_LAUNCH);
	ck_assert_str_eq(effect.kernel, "saxpy(float)");
	ck_assert_uint_eq(effect.kernel_key, 0x400100);
	ck_assert_uint_eq(effect.grid[2], 3);
	ck_assert_uint_eq(effect.block[0], 32);
	ck_assert_uint_eq(effect.shared, 64);
	ck_assert_uint_eq(effect.stream, 5);
	effect = effect_of(ev_call("cuLaunchKernel", ev_kernel("f", 0x77, "axpy"),
				   ev_dim3("gridDim", 7, 8, 9), ev_dim3("blockDim", 16, 2, 1),
				   ev_arg("sharedMemBytes", CT_KIND_UINT, 48),
				   ev_handle("hStream", 3), EV_END));
	ck_assert_int_eq(effect.kind, AN_EFFECT_LAUNCH);
	ck_assert_str_eq(effect.kernel, "axpy");
	ck_assert_uint_eq(effect.grid[1], 8);
	ck_assert_uint_eq(effect.block[0], 16);
	ck_assert_uint_eq(effect.shared, 48);
	ck_assert_uint_eq(effect.stream, 3);
	effect = effect_of(ev_call("cuLaunchKernelEx", ev_dim3("config->gridDim", 4, 5, 6),
				   ev_handle("config->hStream", 11), EV_END));
	ck_assert_uint_eq(effect.grid[2], 6);
	ck_assert_uint_eq(effect.stream, 11);
	effect = effect_of(ev_call("cudaGraphLaunch", ev_handle("graphExec", 0x5),
				   ev_handle("stream", 0x6), EV_END));
	ck_assert_int_eq(effect.kind, AN_EFFECT_GRAPH_LAUNCH);
	ck_assert_uint_eq(effect.handle, 5);
}
END_TEST

START_TEST(objects_have_a_type)
{
	struct an_effect effect =
		effect_of(ev_call("cudaStreamCreate", ev_handle("pStream", 0x123), EV_END));

	ck_assert_int_eq(effect.kind, AN_EFFECT_CREATE);
	ck_assert_str_eq(effect.type, "stream");
	ck_assert_uint_eq(effect.handle, 0x123);
	effect = effect_of(ev_call("cudaGraphInstantiate", ev_handle("pGraphExec", 0x124), EV_END));
	ck_assert_str_eq(effect.type, "graphexec");
	effect = effect_of(ev_call("cudaEventDestroy", ev_handle("event", 0x125), EV_END));
	ck_assert_int_eq(effect.kind, AN_EFFECT_DESTROY);
	ck_assert_str_eq(effect.type, "event");
}
END_TEST

START_TEST(waits_say_what_for)
{
	struct an_effect effect =
		effect_of(ev_call("cudaStreamSynchronize", ev_handle("stream", 0x123), EV_END));

	ck_assert_int_eq(effect.kind, AN_EFFECT_WAIT);
	ck_assert_int_eq(effect.waits_for, AN_WAIT_STREAM);
	ck_assert_uint_eq(effect.handle, 0x123);
	ck_assert(!effect.asynchronous);
	effect = effect_of(ev_call("cudaThreadSynchronize", EV_END));
	ck_assert_int_eq(effect.kind, AN_EFFECT_WAIT);
	ck_assert_int_eq(effect.waits_for, AN_WAIT_DEVICE);
}
END_TEST

/* A profiler's trace has names and times. */
START_TEST(without_arguments_the_function_tells_what_it_can)
{
	struct an_effect effect = effect_of(ev_call("cudaMemcpyToSymbolAsync", EV_END));

	ck_assert_int_eq(effect.kind, AN_EFFECT_COPY);
	ck_assert_int_eq(effect.direction, AN_DIRECTION_UNKNOWN);
	ck_assert_int_eq(effect.to_place, AN_PLACE_SYMBOL);
	ck_assert(effect.asynchronous && !effect.bytes_known);
	effect = effect_of(ev_call("cudaMemcpyPeerAsync_v4000", EV_END));
	ck_assert_int_eq(effect.direction, AN_PEER_TO_PEER);
	effect = effect_of(ev_call("cudaLaunchKernel_ptsz_v7000", EV_END));
	ck_assert_int_eq(effect.kind, AN_EFFECT_LAUNCH);
}
END_TEST

START_TEST(other_functions_have_no_effect)
{
	struct ct_event event = ev_call("cudaMalloc", EV_END);

	ck_assert_int_eq(effect_of(ev_call("cudaGetDevice", EV_END)).kind, AN_EFFECT_NONE);
	ck_assert_int_eq(effect_of(ev_call("cudaEventQuery", EV_END)).kind, AN_EFFECT_NONE);
	ck_assert_int_eq(effect_of(ev_call("function_912", EV_END)).kind, AN_EFFECT_NONE);
	event.type = CT_EVENT_LOSS;
	ck_assert_int_eq(effect_of(event).kind, AN_EFFECT_NONE);
}
END_TEST

START_TEST(functions_are_known_by_name)
{
	ck_assert_ptr_null(an_function("cudaMemcpyEverything"));
	ck_assert_ptr_null(an_function("cudaMem"));
	ck_assert_ptr_null(an_function("cudaMemcpy_v2"));
	ck_assert_ptr_null(an_function(""));
	ck_assert_str_eq(an_function("cudaMemcpy")->domain, "memcpy");
	ck_assert_str_eq(an_function("cudaMemcpy_ptds")->name, "cudaMemcpy");
	ck_assert_str_eq(an_function("cudaMemcpyAsync_ptsz@12")->name, "cudaMemcpyAsync");
	ck_assert_str_eq(an_function("cudaGraphAddNode_v2")->name, "cudaGraphAddNode_v2");
	ck_assert_str_eq(an_function("cudaMalloc_v3020")->name, "cudaMalloc");
	ck_assert(an_function("cudaStreamQuery")->is_query);
	ck_assert_str_eq(an_function("cuMemAlloc_v2")->name, "cuMemAlloc");
	ck_assert_str_eq(an_function("cuMemcpyHtoD_v2_ptds")->name, "cuMemcpyHtoD");
	ck_assert_str_eq(an_function("cuCtxGetLimit")->domain, "context");
	ck_assert_ptr_null(an_function("cuNothing_v2"));
	ck_assert(!an_function("cudaStreamSynchronize")->is_query);
}
END_TEST

/* ---- of one trace -------------------------------------------------------------------------- */

/* As the reader hands events out. */
static struct ct_event of_trace(struct ct_event event, uint32_t trace, uint32_t function,
				uint32_t layout)
{
	event.trace = trace;
	event.function = function;
	event.layout = layout;
	return event;
}

/* What is remembered of a function must not be taken for what an event holds. */
START_TEST(what_is_remembered_is_checked)
{
	struct ct_event first =
		ev_call("cudaMalloc", ev_ptr("devPtr", 0x10), ev_size("size", 1), EV_END);
	struct ct_event other =
		ev_call("cudaMalloc", ev_size("size", 2), ev_ptr("devPtr", 0x20), EV_END);
	struct ct_event few = ev_call("cudaMalloc", ev_size("size", 3), EV_END);
	struct ct_event next = ev_call("cudaFree", ev_ptr("devPtr", 0x40), EV_END);

	ck_assert_uint_eq(effect_of(of_trace(first, 1, 1, 16)).at, 0x10);
	ck_assert_uint_eq(effect_of(of_trace(first, 1, 1, 16)).bytes, 1);
	ck_assert_uint_eq(effect_of(of_trace(other, 1, 1, 17)).at, 0x20);
	ck_assert_uint_eq(effect_of(of_trace(other, 1, 1, 17)).bytes, 2);
	ck_assert_uint_eq(effect_of(of_trace(few, 1, 1, 18)).at, 0);
	ck_assert_uint_eq(effect_of(of_trace(few, 1, 1, 18)).bytes, 3);
	ck_assert_uint_eq(effect_of(of_trace(first, 1, 1, 0)).at, 0x10);
	ck_assert_uint_eq(effect_of(of_trace(other, 1, 1, 0)).at, 0x20);
	ck_assert_int_eq(effect_of(of_trace(next, 2, 1, 16)).kind, AN_EFFECT_FREE);
	ck_assert_int_eq(effect_of(of_trace(next, 0, 1, 0)).kind, AN_EFFECT_FREE);
	ck_assert_int_eq(effect_of(of_trace(first, 0, 1, 0)).kind, AN_EFFECT_ALLOC);
	/* Nobody wants them: the reader leaves them out. */
	first.nargs = 0;
	ck_assert_uint_eq(effect_of(of_trace(first, 1, 1, 16)).at, 0);
}
END_TEST

/* Their memory is used again. */
START_TEST(names_are_read_where_there_is_no_layout)
{
	struct ct_event event =
		ev_call("cudaMallocHost", ev_ptr("ptr", 0x10), ev_size("size", 1), EV_END);
	char names[2][8] = { "ptr", "size" };

	event.args[0].name = names[0];
	event.args[1].name = names[1];
	event.trace = event.function = 3;
	ck_assert_uint_eq(effect_of(event).at, 0x10);
	strcpy(names[0], "size");
	strcpy(names[1], "ptr");
	ck_assert_uint_eq(effect_of(event).at, 1);
	ck_assert_uint_eq(effect_of(event).bytes, 0x10);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("effect");
	TCase *tcase = tcase_create("effect");

	tcase_add_test(tcase, an_allocation_has_address_size_and_kind);
	tcase_add_test(tcase, a_failed_allocation_has_no_address);
	tcase_add_test(tcase, the_size_of_pitched_memory_is_a_product);
	tcase_add_test(tcase, the_size_of_an_array_follows_from_its_channels);
	tcase_add_test(tcase, the_size_of_a_driver_array_follows_from_its_format);
	tcase_add_test(tcase, every_level_of_a_mipmapped_array_is_half_as_large);
	tcase_add_test(tcase, numbers_out_of_this_world_are_not_multiplied);
	tcase_add_test(tcase, frees_are_of_their_kind);
	tcase_add_test(tcase, a_copy_has_its_direction_from_number_or_text);
	tcase_add_test(tcase, a_driver_copy_goes_where_its_name_says);
	tcase_add_test(tcase, a_described_copy_goes_by_the_types_of_its_places);
	tcase_add_test(tcase, a_stream_goes_by_two_names);
	tcase_add_test(tcase, a_plain_copy_is_waited_for);
	tcase_add_test(tcase, rows_reach_as_far_as_their_pitch);
	tcase_add_test(tcase, a_copy_in_three_dimensions_counts_bytes_or_elements);
	tcase_add_test(tcase, a_copy_between_devices_names_them);
	tcase_add_test(tcase, a_symbol_is_no_address);
	tcase_add_test(tcase, a_launch_has_its_kernel_and_shape);
	tcase_add_test(tcase, objects_have_a_type);
	tcase_add_test(tcase, waits_say_what_for);
	tcase_add_test(tcase, without_arguments_the_function_tells_what_it_can);
	tcase_add_test(tcase, other_functions_have_no_effect);
	tcase_add_test(tcase, functions_are_known_by_name);
	tcase_add_test(tcase, what_is_remembered_is_checked);
	tcase_add_test(tcase, names_are_read_where_there_is_no_layout);
	suite_add_tcase(suite, tcase);
	return fx_run(suite);
}
