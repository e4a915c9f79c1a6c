/* SPDX-License-Identifier: Apache-2.0 */
/* Events' times, and what a capturing stream tells, which grew by an argument or two each time. */
#define TOOLKIT_EXPORTED_NAMES
#include "cases.h"
#include "guard.h"

static void elapsed(void)
{
	cudaEvent_t *start = OUTPUT(cudaEvent_t), *end = OUTPUT(cudaEvent_t);
	cudaEvent_t *untimed = OUTPUT(cudaEvent_t);
	float *ms = OUTPUT(float);

	OK(cudaEventCreate(start));
	OK(cudaEventCreateWithFlags(end, cudaEventDefault));
	OK(cudaEventCreateWithFlags(untimed, cudaEventDisableTiming));
	OK(cudaEventRecord(*start, NULL));
	OK(cudaEventRecord(*end, NULL));
	OK(cudaEventRecord(*untimed, NULL));
	OK(cudaEventSynchronize(*end));
	OK(cudaEventElapsedTime(ms, *start, *end));
	CHECK(*ms >= 0);
#if CUDA_MAJOR == 12
	{
		float *again = OUTPUT(float);

		OK(cudaEventElapsedTime_v2(again, *start, *end));
		CHECK(*again == *ms);
	}
#endif
	GIVES(cudaErrorInvalidValue, cudaEventElapsedTime(NULL, *start, *end));
	GIVES(cudaErrorInvalidResourceHandle, cudaEventElapsedTime(ms, *start, *untimed));
	OK(cudaEventDestroy(*start));
	OK(cudaEventDestroy(*end));
	OK(cudaEventDestroy(*untimed));
}

struct info {
	enum cudaStreamCaptureStatus *status;
	unsigned long long *id;
	cudaGraph_t *graph;
	const cudaGraphNode_t **nodes;
	const cudaGraphEdgeData **edges;
	size_t *count;
};

static struct info new_info(void)
{
	return (struct info){
		.status = OUTPUT(enum cudaStreamCaptureStatus),
		.id = OUTPUT(unsigned long long),
		.graph = OUTPUT(cudaGraph_t),
		.nodes = OUTPUT(const cudaGraphNode_t *),
		.edges = OUTPUT(const cudaGraphEdgeData *),
		.count = OUTPUT(size_t),
	};
}

/* Before 13 the plain name took three: what lies in the others' places is not to be touched. */
static void plain_info(cudaStream_t stream, struct info *i)
{
#if CUDA_MAJOR < 13
	cudaError_t (*with_more)(cudaStream_t, enum cudaStreamCaptureStatus *, unsigned long long *,
				 cudaGraph_t *, const cudaGraphNode_t **,
				 const cudaGraphEdgeData **, size_t *) =
		(__typeof__(with_more))(void (*)(void))cudaStreamGetCaptureInfo;

	OK(with_more(stream, i->status, i->id, i->graph, i->nodes, i->edges, i->count));
	CHECK(abi_untouched(i->graph, sizeof(*i->graph)));
	CHECK(abi_untouched(i->nodes, sizeof(*i->nodes)));
	CHECK(abi_untouched(i->edges, sizeof(*i->edges)));
	CHECK(abi_untouched(i->count, sizeof(*i->count)));
#else
	OK(cudaStreamGetCaptureInfo(stream, i->status, i->id, i->graph, i->nodes, i->edges,
				    i->count));
#endif
}

/* All that the version can tell. The nodes are the driver's, until the next call. */
static void full_info(cudaStream_t stream, struct info *i)
{
#if CUDA_MAJOR == 12
	struct info v3 = new_info();

	OK(cudaStreamGetCaptureInfo_v3(stream, v3.status, v3.id, v3.graph, v3.nodes, v3.edges,
				       v3.count));
#endif
#if CUDA_MAJOR < 13
	OK(cudaStreamGetCaptureInfo_v2(stream, i->status, i->id, i->graph, i->nodes, i->count));
#else
	OK(cudaStreamGetCaptureInfo(stream, i->status, i->id, i->graph, i->nodes, i->edges,
				    i->count));
#endif
#if CUDA_MAJOR == 12
	SAME(*v3.status, *i->status);
	SAME(*v3.id, *i->id);
	SAME(*v3.count, *i->count);
	CHECK(*v3.graph == *i->graph);
#endif
}

static void depend_on(cudaStream_t stream, cudaGraphNode_t *node)
{
#if CUDA_MAJOR < 13
	OK(cudaStreamUpdateCaptureDependencies(stream, node, 1, cudaStreamSetCaptureDependencies));
#else
	OK(cudaStreamUpdateCaptureDependencies(stream, node, NULL, 1,
					       cudaStreamSetCaptureDependencies));
#endif
#if CUDA_MAJOR == 12
	OK(cudaStreamUpdateCaptureDependencies_v2(stream, node, NULL, 1,
						  cudaStreamSetCaptureDependencies));
#endif
}

static void not_capturing(cudaStream_t stream)
{
	struct info i = new_info();

	plain_info(stream, &i);
	SAME(*i.status, cudaStreamCaptureStatusNone);
	abi_release();
}

static void capture(void)
{
	struct info early, plain, full;
	cudaStream_t *stream = OUTPUT(cudaStream_t);
	cudaGraph_t *graph = OUTPUT(cudaGraph_t);
	cudaGraphNode_t *node = OUTPUT(cudaGraphNode_t);
	void **memory = OUTPUT(void *);

	OK(cudaMalloc(memory, 64));
	OK(cudaStreamCreate(stream));
	OK(cudaStreamBeginCapture(*stream, cudaStreamCaptureModeRelaxed));
	OK(cudaMemsetAsync(*memory, 1, 64, *stream));
	early = new_info(), plain = new_info(), full = new_info();
	full_info(*stream, &early);
	SAME(*early.status, cudaStreamCaptureStatusActive);
	SAME(*early.count, 1);
	*node = (*early.nodes)[0];
	OK(cudaMemsetAsync(*memory, 2, 64, *stream));
	plain_info(*stream, &plain);
	SAME(*plain.status, cudaStreamCaptureStatusActive);
	SAME(*plain.id, *early.id);
	full_info(*stream, &full);
	CHECK((*full.nodes)[0] != *node);
	depend_on(*stream, node);
	full_info(*stream, &full);
	SAME(*full.count, 1);
	CHECK((*full.nodes)[0] == *node);
	CHECK(*full.graph == *early.graph);
	OK(cudaStreamEndCapture(*stream, graph));
	OK(cudaGraphDestroy(*graph));
	OK(cudaStreamDestroy(*stream));
	OK(cudaFree(*memory));
	abi_release();
}

void abi_stream(void)
{
	cudaStream_t stream = NULL;

	elapsed();
	abi_release();
	OK(cudaStreamCreate(&stream));
	not_capturing(stream);
	OK(cudaStreamDestroy(stream));
	capture();
}
