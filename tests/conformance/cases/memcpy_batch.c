/* SPDX-License-Identifier: Apache-2.0 */
/* Many copies in one call. */
#include "conformance.h"

#define STREAM_ORDER                                             \
	{                                                        \
		.srcAccessOrder = cudaMemcpySrcAccessOrderStream \
	}

static unsigned char *filled(size_t size, int value)
{
	unsigned char *d = NULL;

	NEED(cudaMalloc((void **)&d, size));
	NEED(cudaMemset(d, value, size));
	NEED(cudaDeviceSynchronize());
	return d;
}

static cudaStream_t new_stream(void)
{
	cudaStream_t s = NULL;

	NEED(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking));
	return s;
}

/* Three copies of 16 bytes into one piece of memory, from device, pinned and pageable memory. */
struct batch {
	void *dsts[3];
	const void *srcs[3];
	size_t sizes[3];
	struct cudaMemcpyAttributes attrs[3];
	size_t indices[3];
	unsigned char *d;
};

static struct batch three_copies(void)
{
	static unsigned char pageable[16];
	unsigned char *pinned = NULL;
	struct batch b = { .sizes = { 16, 16, 16 }, .attrs = { STREAM_ORDER }, .d = filled(64, 0) };

	NEED(cudaMallocHost((void **)&pinned, 16));
	memset(pinned, 2, 16);
	memset(pageable, 3, 16);
	for (int i = 0; i < 3; i++)
		b.dsts[i] = b.d + 16 * i;
	b.srcs[0] = filled(16, 1);
	b.srcs[1] = pinned;
	b.srcs[2] = pageable;
	return b;
}

CASE(three_sources)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	DO(cudaStreamSynchronize(s));
	SHOW_DEVICE(b.d, 64);
}

CASE(to_the_host)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();
	unsigned char *h = NULL;

	NEED(cudaMallocHost((void **)&h, 64));
	memset(h, 0, 64);
	b.dsts[0] = h;
	b.dsts[1] = h + 20;
	b.dsts[2] = h + 40;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	DO(cudaStreamSynchronize(s));
	SHOW_BYTES(h, 64);
}

CASE(one_copy)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	b.sizes[0] = 7;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 1, b.attrs, b.indices, 1, s));
	DO(cudaStreamSynchronize(s));
	SHOW_DEVICE(b.d, 64);
}

CASE(managed_memory)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();
	unsigned char *m = NULL;

	NEED(cudaMallocManaged((void **)&m, 64, cudaMemAttachGlobal));
	memset(m, 9, 64);
	b.srcs[1] = m;
	b.dsts[2] = m + 32;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	DO(cudaStreamSynchronize(s));
	SHOW_DEVICE(b.d, 64);
	SHOW_BYTES(m, 64);
}

CASE(default_streams)
{
	struct batch b = three_copies();

	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, NULL));
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1,
				cudaStreamLegacy));
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1,
				cudaStreamPerThread));
	DO(cudaStreamSynchronize(cudaStreamPerThread));
	SHOW_DEVICE(b.d, 64);
}

CASE(an_attribute_for_each)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	b.attrs[0].srcAccessOrder = cudaMemcpySrcAccessOrderAny;
	b.attrs[1].srcAccessOrder = cudaMemcpySrcAccessOrderStream;
	b.attrs[2].srcAccessOrder = cudaMemcpySrcAccessOrderDuringApiCall;
	b.indices[1] = 1;
	b.indices[2] = 2;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 3, s));
	DO(cudaStreamSynchronize(s));
	SHOW_DEVICE(b.d, 64);
}

CASE(access_orders)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	for (int order = -1; order < 5; order++) {
		b.attrs[0].srcAccessOrder = (enum cudaMemcpySrcAccessOrder)order;
		conf_print("order %d", order);
		DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	}
	b.attrs[0].srcAccessOrder = cudaMemcpySrcAccessOrderMax;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	NEED(cudaStreamSynchronize(s));
}

CASE(flags)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	b.attrs[0].flags = cudaMemcpyFlagPreferOverlapWithCompute;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	b.attrs[0].flags = 2;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	b.attrs[0].flags = 0x80000000;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	NEED(cudaStreamSynchronize(s));
}

CASE(location_hints)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	b.attrs[0].srcLocHint = (struct cudaMemLocation){ cudaMemLocationTypeDevice, 0 };
	b.attrs[0].dstLocHint = (struct cudaMemLocation){ cudaMemLocationTypeDevice, 0 };
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	b.attrs[0].srcLocHint = (struct cudaMemLocation){ cudaMemLocationTypeHost, 0 };
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	b.attrs[0].srcLocHint = (struct cudaMemLocation){ cudaMemLocationTypeDevice, 99 };
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	b.attrs[0].srcLocHint = (struct cudaMemLocation){ (enum cudaMemLocationType)77, 0 };
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	NEED(cudaStreamSynchronize(s));
}

CASE(counts_of_attributes)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	for (int i = 0; i < 3; i++)
		b.attrs[i].srcAccessOrder = cudaMemcpySrcAccessOrderStream;
	b.indices[1] = 1;
	b.indices[2] = 2;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 0, s));
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 2, b.attrs, b.indices, 3, s));
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 1, b.attrs, b.indices, 2, s));
	NEED(cudaStreamSynchronize(s));
	SHOW_DEVICE(b.d, 64);
}

CASE(indices_of_attributes)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	for (int i = 0; i < 3; i++)
		b.attrs[i].srcAccessOrder = cudaMemcpySrcAccessOrderStream;
	b.indices[0] = 1;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	b.indices[0] = 0;
	b.indices[1] = 0;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 2, s));
	b.indices[1] = 3;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 2, s));
	b.indices[1] = 2;
	b.indices[2] = 1;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 3, s));
	b.indices[1] = 2;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 2, s));
	NEED(cudaStreamSynchronize(s));
	SHOW_DEVICE(b.d, 64);
}

CASE(sizes)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	b.sizes[1] = 0;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	DO(cudaStreamSynchronize(s));
	SHOW_DEVICE(b.d, 64);
	b.sizes[1] = 16;
	b.sizes[0] = 17;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	b.sizes[0] = SIZE_MAX;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	DO(cudaStreamSynchronize(s));
}

CASE(last_one_is_wrong)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	b.dsts[2] = NULL;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	DO(cudaStreamSynchronize(s));
	b.dsts[2] = b.d + 60;
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
	DO(cudaStreamSynchronize(s));
}

CASE(no_copies)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 0, b.attrs, b.indices, 1, s));
	DO(cudaMemcpyBatchAsync(NULL, NULL, NULL, 0, NULL, NULL, 0, s));
	DO(cudaMemcpyBatchAsync(NULL, NULL, NULL, 0, NULL, NULL, 0, NULL));
}

CASE(null_destinations)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	DO(cudaMemcpyBatchAsync(NULL, b.srcs, b.sizes, 3, b.attrs, b.indices, 1, s));
}

CASE(null_sources)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	DO(cudaMemcpyBatchAsync(b.dsts, NULL, b.sizes, 3, b.attrs, b.indices, 1, s));
}

CASE(null_sizes)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, NULL, 3, b.attrs, b.indices, 1, s));
}

CASE(null_attributes)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, NULL, b.indices, 1, s));
}

CASE(null_indices)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, b.attrs, NULL, 1, s));
}

CASE(null_attributes_and_none_of_them)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 3, NULL, NULL, 0, s));
}

CASE(busy_stream)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();
	struct conf_busy busy;

	conf_register();
	conf_occupy(&busy, s);
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 2, b.attrs, b.indices, 1, s));
	DO(cudaStreamQuery(s));
	SHOW_DEVICE(b.d, 64);
	conf_release(&busy);
	SHOW_DEVICE(b.d, 64);
}

static void show_nodes(cudaStream_t stream)
{
	cudaGraph_t graph = NULL;
	size_t nodes = 0;

	if (DO(cudaStreamEndCapture(stream, &graph)) != cudaSuccess || graph == NULL)
		return;
	NEED(cudaGraphGetNodes(graph, NULL, &nodes));
	SHOW(nodes);
}

CASE(captured)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed));
	DO(cudaMemcpyBatchAsync(b.dsts, b.srcs, b.sizes, 2, b.attrs, b.indices, 1, s));
	show_nodes(s);
}

static void batch_in_a_callback(void *data)
{
	struct batch *b = data;

	DO(cudaMemcpyBatchAsync(b->dsts, b->srcs, b->sizes, 2, b->attrs, b->indices, 1,
				cudaStreamPerThread));
}

CASE(from_a_host_function)
{
	struct batch b = three_copies();
	cudaStream_t s = new_stream();

	NEED(cudaLaunchHostFunc(s, batch_in_a_callback, &b));
	DO(cudaStreamSynchronize(s));
}

/* Boxes. */

static struct cudaMemcpy3DOperand memory(void *ptr, size_t row, size_t rows)
{
	struct cudaMemcpy3DOperand side = { .type = cudaMemcpyOperandTypePointer };

	side.op.ptr.ptr = ptr;
	side.op.ptr.rowLength = row;
	side.op.ptr.layerHeight = rows;
	return side;
}

static struct cudaMemcpy3DOperand array(cudaArray_t array, size_t x, size_t y, size_t z)
{
	struct cudaMemcpy3DOperand side = { .type = cudaMemcpyOperandTypeArray };

	side.op.array.array = array;
	side.op.array.offset = (struct cudaOffset3D){ x, y, z };
	return side;
}

static struct cudaMemcpy3DBatchOp box(struct cudaMemcpy3DOperand dst,
				      struct cudaMemcpy3DOperand src, size_t x, size_t y, size_t z)
{
	return (struct cudaMemcpy3DBatchOp){
		.src = src,
		.dst = dst,
		.extent = { x, y, z },
		.srcAccessOrder = cudaMemcpySrcAccessOrderStream,
	};
}

static cudaArray_t new_array(int bits)
{
	struct cudaChannelFormatDesc desc = { bits, 0, 0, 0, cudaChannelFormatKindUnsigned };
	cudaArray_t array = NULL;

	NEED(cudaMallocArray(&array, &desc, 8, 4, cudaArrayDefault));
	return array;
}

static void show_array(cudaArray_t array, size_t row)
{
	unsigned char bytes[256];

	if (NEED(cudaMemcpy2DFromArray(bytes, row, array, 0, 0, row, 4, cudaMemcpyDeviceToHost)) ==
	    cudaSuccess)
		SHOW_BYTES(bytes, row * 4);
}

CASE(boxes_between_pointers)
{
	unsigned char *d = filled(64, 1), *e = filled(64, 2);
	struct cudaMemcpy3DBatchOp ops[2] = {
		box(memory(d, 8, 4), memory(e, 8, 4), 3, 2, 2),
		box(memory(d + 40, 0, 0), memory(e, 0, 0), 6, 1, 1),
	};
	cudaStream_t s = new_stream();

	DO(cudaMemcpy3DBatchAsync(2, ops, 0, s));
	DO(cudaStreamSynchronize(s));
	SHOW_DEVICE(d, 64);
}

CASE(boxes_with_arrays)
{
	unsigned char h[64], *d = filled(64, 1);
	cudaArray_t a = new_array(8), b = new_array(8);
	struct cudaMemcpy3DBatchOp in[1] = {
		box(array(a, 0, 0, 0), memory(h, 8, 4), 8, 4, 1),
	};
	struct cudaMemcpy3DBatchOp between[1] = {
		box(array(b, 2, 1, 0), array(a, 1, 1, 0), 5, 3, 1),
	};
	struct cudaMemcpy3DBatchOp out[1] = {
		box(memory(d, 10, 4), array(a, 2, 2, 0), 3, 2, 1),
	};
	cudaStream_t s = new_stream();

	for (int i = 0; i < 64; i++)
		h[i] = (unsigned char)(i + 1);
	NEED(cudaMemset2D(d, 64, 0, 64, 1));
	NEED(cudaMemcpy2DToArray(b, 0, 0, h + 16, 8, 8, 4, cudaMemcpyHostToDevice));
	NEED(cudaDeviceSynchronize());
	DO(cudaMemcpy3DBatchAsync(1, in, 0, s));
	DO(cudaStreamSynchronize(s));
	show_array(a, 8);
	DO(cudaMemcpy3DBatchAsync(1, between, 0, s));
	DO(cudaMemcpy3DBatchAsync(1, out, 0, s));
	DO(cudaStreamSynchronize(s));
	show_array(b, 8);
	SHOW_DEVICE(d, 64);
}

CASE(boxes_with_wide_elements)
{
	unsigned char h[128];
	cudaArray_t a = new_array(32);
	struct cudaMemcpy3DBatchOp ops[1] = {
		box(array(a, 0, 0, 0), memory(h, 8, 4), 8, 4, 1),
	};
	cudaStream_t s = new_stream();

	for (int i = 0; i < 128; i++)
		h[i] = (unsigned char)(i + 1);
	DO(cudaMemcpy3DBatchAsync(1, ops, 0, s));
	DO(cudaStreamSynchronize(s));
	show_array(a, 32);
	ops[0] = box(array(a, 6, 1, 0), memory(h, 4, 4), 2, 2, 1);
	DO(cudaMemcpy3DBatchAsync(1, ops, 0, s));
	DO(cudaStreamSynchronize(s));
	show_array(a, 32);
}

CASE(boxes_on_default_streams)
{
	unsigned char *d = filled(64, 1), *e = filled(64, 2);
	struct cudaMemcpy3DBatchOp ops[1] = { box(memory(d, 8, 4), memory(e, 8, 4), 8, 4, 2) };

	DO(cudaMemcpy3DBatchAsync(1, ops, 0, NULL));
	DO(cudaMemcpy3DBatchAsync(1, ops, 0, cudaStreamLegacy));
	DO(cudaMemcpy3DBatchAsync(1, ops, 0, cudaStreamPerThread));
	DO(cudaStreamSynchronize(cudaStreamPerThread));
	SHOW_DEVICE(d, 64);
}

CASE(boxes_that_are_wrong)
{
	unsigned char *d = filled(64, 1), *e = filled(64, 2);
	struct cudaMemcpy3DBatchOp good = box(memory(d, 8, 4), memory(e, 8, 4), 8, 4, 2), op;
	cudaStream_t s = new_stream();

	conf_print("row length, layer height");
	op = good;
	op.src.op.ptr.rowLength = 7;
	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	op = good;
	op.dst.op.ptr.layerHeight = 3;
	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	conf_print("types of operands");
	op = good;
	op.src.type = (enum cudaMemcpy3DOperandType)0;
	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	op.src.type = (enum cudaMemcpy3DOperandType)3;
	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	conf_print("order, flags");
	op = good;
	op.srcAccessOrder = cudaMemcpySrcAccessOrderInvalid;
	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	op.srcAccessOrder = (enum cudaMemcpySrcAccessOrder)4;
	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	op = good;
	op.flags = 2;
	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	op.flags = cudaMemcpyFlagPreferOverlapWithCompute;
	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	DO(cudaMemcpy3DBatchAsync(1, &good, 1, s));
	DO(cudaMemcpy3DBatchAsync(1, &good, (unsigned long long)1 << 40, s));
	conf_print("memory");
	op = good;
	op.extent.depth = 3;
	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	op = good;
	op.src.op.ptr.ptr = NULL;
	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	NEED(cudaStreamSynchronize(s));
}

CASE(boxes_of_nothing)
{
	unsigned char *d = filled(64, 1), *e = filled(64, 2);
	struct cudaMemcpy3DBatchOp op = box(memory(d, 8, 4), memory(e, 8, 4), 0, 4, 2);
	cudaStream_t s = new_stream();

	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	op.extent = (struct cudaExtent){ 8, 0, 2 };
	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	op.extent = (struct cudaExtent){ 8, 4, 0 };
	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	DO(cudaMemcpy3DBatchAsync(0, &op, 0, s));
	DO(cudaMemcpy3DBatchAsync(0, NULL, 0, s));
	DO(cudaStreamSynchronize(s));
	SHOW_DEVICE(d, 64);
}

CASE(null_boxes)
{
	cudaStream_t s = new_stream();

	DO(cudaMemcpy3DBatchAsync(1, NULL, 0, s));
}

CASE(box_of_a_null_array)
{
	unsigned char *d = filled(64, 1);
	struct cudaMemcpy3DBatchOp op = box(memory(d, 8, 4), array(NULL, 0, 0, 0), 8, 4, 1);
	cudaStream_t s = new_stream();

	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
}

CASE(boxes_beyond_an_array)
{
	unsigned char *d = filled(256, 1);
	cudaArray_t a = new_array(8);
	struct cudaMemcpy3DBatchOp op = box(array(a, 1, 0, 0), memory(d, 16, 16), 8, 4, 1);
	cudaStream_t s = new_stream();

	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	op = box(array(a, 0, 1, 0), memory(d, 16, 16), 8, 4, 1);
	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	op = box(array(a, 0, 0, 1), memory(d, 16, 16), 8, 4, 1);
	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	op = box(array(a, 0, 0, 0), memory(d, 16, 16), 8, 4, 1);
	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	DO(cudaStreamSynchronize(s));
	show_array(a, 8);
}

CASE(boxes_captured)
{
	unsigned char *d = filled(64, 1), *e = filled(64, 2);
	struct cudaMemcpy3DBatchOp op = box(memory(d, 8, 4), memory(e, 8, 4), 8, 4, 2);
	cudaStream_t s = new_stream();

	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed));
	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	show_nodes(s);
}

CASE(boxes_on_a_busy_stream)
{
	unsigned char *d = filled(64, 1), *e = filled(64, 2);
	struct cudaMemcpy3DBatchOp op = box(memory(d, 8, 4), memory(e, 8, 4), 8, 4, 1);
	cudaStream_t s = new_stream();
	struct conf_busy busy;

	conf_register();
	conf_occupy(&busy, s);
	DO(cudaMemcpy3DBatchAsync(1, &op, 0, s));
	DO(cudaStreamQuery(s));
	SHOW_DEVICE(d, 64);
	conf_release(&busy);
	SHOW_DEVICE(d, 64);
}
