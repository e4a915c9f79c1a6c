/* SPDX-License-Identifier: Apache-2.0 */
/* Many copies in one call, which 12.8 brought: it tells which one failed, 13 does not. */
#define TOOLKIT_EXPORTED_NAMES
#include "cases.h"
#include "guard.h"

#if CUDA_MAJOR >= 12

#define COUNT 3
#define SIZE  64

struct batch {
	void *to[COUNT];
	void *from[COUNT];
	size_t sizes[COUNT];
	size_t first[1];
	struct cudaMemcpyAttributes attributes[1];
};

static cudaError_t copy(struct batch *b, size_t *failed, cudaStream_t stream)
{
	(void)failed;
#if CUDA_MAJOR == 12
	return CALL(cudaMemcpyBatchAsync(b->to, b->from, b->sizes, COUNT, b->attributes, b->first,
					 1, failed, stream));
#else
	return CALL(cudaMemcpyBatchAsync((void *const *)b->to, (const void *const *)b->from,
					 b->sizes, COUNT, b->attributes, b->first, 1, stream));
#endif
}

static cudaError_t copy_boxes(struct cudaMemcpy3DBatchOp *list, size_t *failed, cudaStream_t stream)
{
	(void)failed;
#if CUDA_MAJOR == 12
	return CALL(cudaMemcpy3DBatchAsync(1, list, failed, 0, stream));
#else
	return CALL(cudaMemcpy3DBatchAsync(1, list, 0, stream));
#endif
}

static void runs(cudaStream_t stream, unsigned char *host, unsigned char *device)
{
	struct batch *b = OUTPUT(struct batch);
	size_t *failed = OUTPUT(size_t);
	unsigned char back[COUNT * SIZE];

	memset(b, 0, sizeof(*b));
	b->attributes[0].srcAccessOrder = cudaMemcpySrcAccessOrderStream;
	for (size_t i = 0; i < COUNT; i++) {
		b->to[i] = device + i * SIZE;
		b->from[i] = host + (COUNT - 1 - i) * SIZE;
		b->sizes[i] = SIZE;
	}
	SAME(copy(b, failed, stream), cudaSuccess);
	OK(cudaStreamSynchronize(stream));
	OK(cudaMemcpy(back, device, sizeof(back), cudaMemcpyDeviceToHost));
	for (size_t i = 0; i < COUNT; i++)
		SAME_BYTES(back + i * SIZE, host + (COUNT - 1 - i) * SIZE, SIZE);
	b->attributes[0].srcAccessOrder = (enum cudaMemcpySrcAccessOrder)77;
	SAME(copy(b, failed, stream), cudaErrorInvalidValue);
	b->attributes[0].srcAccessOrder = cudaMemcpySrcAccessOrderStream;
	b->to[1] = NULL;
	SAME(copy(b, failed, stream), cudaErrorInvalidValue);
	SAME(copy(b, NULL, stream), cudaErrorInvalidValue);
}

static void boxes(cudaStream_t stream, unsigned char *host, unsigned char *device)
{
	struct cudaMemcpy3DBatchOp *op = OUTPUT(struct cudaMemcpy3DBatchOp);
	size_t *failed = OUTPUT(size_t);
	unsigned char back[SIZE];

	memset(op, 0, sizeof(*op));
	op->src.type = op->dst.type = cudaMemcpyOperandTypePointer;
	op->src.op.ptr.ptr = host + 100;
	op->dst.op.ptr.ptr = device;
	op->extent = (struct cudaExtent){ SIZE, 1, 1 };
	op->srcAccessOrder = cudaMemcpySrcAccessOrderStream;
	SAME(copy_boxes(op, failed, stream), cudaSuccess);
	OK(cudaStreamSynchronize(stream));
	OK(cudaMemcpy(back, device, sizeof(back), cudaMemcpyDeviceToHost));
	SAME_BYTES(back, host + 100, SIZE);
	op->src.type = (enum cudaMemcpy3DOperandType)77;
	SAME(copy_boxes(op, failed, stream), cudaErrorInvalidValue);
	SAME(copy_boxes(op, NULL, stream), cudaErrorInvalidValue);
}

void abi_batch(void)
{
	cudaStream_t *stream = OUTPUT(cudaStream_t);
	unsigned char *host = NULL, *device = NULL;

	OK(cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking));
	OK(cudaMallocHost((void **)&host, COUNT * SIZE));
	OK(cudaMalloc((void **)&device, COUNT * SIZE));
	for (int i = 0; i < COUNT * SIZE; i++)
		host[i] = (unsigned char)(7 * i);
	runs(*stream, host, device);
	boxes(*stream, host, device);
	OK(cudaStreamDestroy(*stream));
	OK(cudaFreeHost(host));
	OK(cudaFree(device));
	abi_release();
}

#else

/* 11 has no such call. */
void abi_batch(void) {}

#endif
