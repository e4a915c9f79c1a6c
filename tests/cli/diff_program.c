/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_program [SEED [CHANGE [STEPS]]] - what the tests of `curtrace diff' compare runs of.
 *
 * Trains nothing, as training programs do it: a main thread that makes steps, a loader that fills
 * pinned buffers ahead of it, and a pool of four workers that pick their shards in whatever order
 * they wake up, on streams of their own; events between streams, a graph that is captured anew in
 * each step, memory taken and given back. SEED makes threads dawdle at random places: what each of
 * them calls stays the same, when and in which order among them does not. CHANGE plants one of the
 * changes of the table below, which a comparison has to find, and nothing else; but `random` makes
 * each copy of the workers one of a random size, so that runs have next to nothing in common.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/cudart.h"
#include "curtrace/sim.h"

#define WORKERS 4
#define KIB     ((size_t)1024)
#define COPIES  20 /* of a worker in a step: one more is 5 % */

enum change {
	NONE,
	SYNC,
	FREE,
	PAGEABLE,
	GRID,
	KERNEL,
	SWAP,
	FAIL,
	STREAM,
	NODE,
	MOVE,
	COPY,
	DOUBLE,
	ONCE,
	LATE,
	RANDOM,
	CHANGES
};

static const char *const change_names[CHANGES] = {
	"none",   "sync", "free", "pageable", "grid",   "kernel", "swap", "fail",
	"stream", "node", "move", "copies",   "double", "once",   "late", "random",
};

static enum change change;
static unsigned int seed, steps = 60;
static cudaKernel_t axpy_float, axpy_double, reduce;
static pthread_barrier_t step_begins, step_ends;
/* No thread may wait for the device while another one captures. */
static pthread_mutex_t capturing = PTHREAD_MUTEX_INITIALIZER;
static _Atomic unsigned int next_shard;

static void check(cudaError_t error, const char *what)
{
	if (error == cudaSuccess || (change == FAIL && error == cudaErrorInvalidValue))
		return;
	fprintf(stderr, "diff_program: %s: %s\n", what, cudaGetErrorName(error));
	exit(1);
}

#define CHECK(call) check((call), #call)

/* ---- kernels ------------------------------------------------------------------------------- */

#define ENTRY(name) ".visible .entry " name "(.param .u64 p, .param .u32 n)\n{\n\tret;\n}\n"

static const char ptx[] = ".version 7.8\n.target sm_75\n.address_size 64\n" ENTRY("_Z4axpyIfEvPT_i")
	ENTRY("_Z4axpyIdEvPT_i") ENTRY("_Z6reducePfi");

static void load_kernels(void)
{
	cudaLibrary_t library;

	CHECK(cudaLibraryLoadData(&library, ptx, NULL, NULL, 0, NULL, NULL, 0));
	CHECK(cudaLibraryGetKernel(&axpy_float, library, "_Z4axpyIfEvPT_i"));
	CHECK(cudaLibraryGetKernel(&axpy_double, library, "_Z4axpyIdEvPT_i"));
	CHECK(cudaLibraryGetKernel(&reduce, library, "_Z6reducePfi"));
}

static void launch(cudaKernel_t kernel, void *pointer, unsigned int blocks, cudaStream_t stream)
{
	unsigned int n = 1024;
	void *args[] = { &pointer, &n };
	dim3 grid = { blocks, 1, 1 }, block = { 128, 1, 1 };

	CHECK(cudaLaunchKernel(kernel, grid, block, args, 0, stream));
	CHECK(cudaGetLastError());
}

/* ---- noise --------------------------------------------------------------------------------- */

/* Now and then a thread takes its time. */
static void dawdle(unsigned int *state)
{
	int r = rand_r(state);

	if (seed && r % 16 == 0)
		usleep((useconds_t)(r / 16 % 150));
}

/* ---- the loader ---------------------------------------------------------------------------- */

#define AHEAD 2

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned int filled, taken;
	void *buffers[AHEAD];
} batches = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

/* Waits until `*counter` is at least `least`. */
static void await(const unsigned int *counter, unsigned int least)
{
	pthread_mutex_lock(&batches.lock);
	while (*counter < least)
		pthread_cond_wait(&batches.changed, &batches.lock);
	pthread_mutex_unlock(&batches.lock);
}

static void count(unsigned int *counter)
{
	pthread_mutex_lock(&batches.lock);
	++*counter;
	pthread_cond_broadcast(&batches.changed);
	pthread_mutex_unlock(&batches.lock);
}

static void *load(void *unused)
{
	unsigned int state = seed * 31 + 5;
	cudaStream_t stream;
	size_t available, total;
	void *staged;

	(void)unused;
	pthread_setname_np(pthread_self(), "loader");
	CHECK(cudaSetDevice(0));
	CHECK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
	CHECK(cudaMalloc(&staged, 64 * KIB));
	for (unsigned int i = 0; i < steps; i++) {
		if (i >= AHEAD)
			await(&batches.taken, i - AHEAD + 1);
		memset(batches.buffers[i % AHEAD], (int)i, 64 * KIB);
		dawdle(&state);
		/* What is available depends on what the others hold at the moment. */
		CHECK(cudaMemGetInfo(&available, &total));
		CHECK(cudaMemset(staged, 0, KIB));
		CHECK(cudaMemcpyAsync(staged, batches.buffers[i % AHEAD], 64 * KIB,
				      cudaMemcpyHostToDevice, stream));
		CHECK(cudaStreamSynchronize(stream));
		count(&batches.filled);
	}
	CHECK(cudaFree(staged));
	CHECK(cudaStreamDestroy(stream));
	return NULL;
}

/* ---- the workers --------------------------------------------------------------------------- */

static void checksum(void *device, void *host, cudaStream_t stream)
{
	launch(reduce, device, 8, stream);
	CHECK(cudaMemcpyAsync(host, device, 4, cudaMemcpyDeviceToHost, stream));
}

static void work_step(unsigned int shard, unsigned int step, char *device, char *host,
		      cudaStream_t stream, unsigned int *state)
{
	size_t piece = (shard + 1) * KIB;
	int copies = COPIES + (change == COPY && shard == 1);

	for (int i = 0; i < copies; i++) {
		if (change == RANDOM)
			piece = (size_t)rand_r(state) % (16 * KIB) + 1;
		CHECK(cudaMemcpyAsync(device, host, piece, cudaMemcpyHostToDevice, stream));
		dawdle(state);
	}
	launch(axpy_float, device, 16 * (shard + 1), stream);
	if (shard == (change == MOVE ? 3u : 2u))
		checksum(device, host, stream);
	CHECK(cudaStreamSynchronize(stream));
	if (change == ONCE && shard == 0 && step == 37) {
		pthread_mutex_lock(&capturing);
		CHECK(cudaDeviceSynchronize());
		pthread_mutex_unlock(&capturing);
	}
}

/* Who comes first has the first shard: threads of the pool swap roles from run to run. */
static void *work(void *number)
{
	unsigned int shard, state;
	cudaStream_t stream;
	void *device, *host;

	pthread_setname_np(pthread_self(), "worker");
	state = seed * 101 + (unsigned int)(uintptr_t)number;
	if (seed)
		usleep((useconds_t)(rand_r(&state) % 2000));
	shard = atomic_fetch_add(&next_shard, 1);
	CHECK(cudaSetDevice(0));
	CHECK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
	CHECK(cudaMalloc(&device, (shard + 1) * 16 * KIB));
	CHECK(cudaMallocHost(&host, (shard + 1) * 16 * KIB));
	for (unsigned int i = 0; i < steps; i++) {
		pthread_barrier_wait(&step_begins);
		work_step(shard, i, device, host, stream, &state);
		pthread_barrier_wait(&step_ends);
	}
	CHECK(cudaFreeHost(host));
	CHECK(cudaFree(device));
	CHECK(cudaStreamDestroy(stream));
	return NULL;
}

/* ---- the main thread ----------------------------------------------------------------------- */

static struct {
	cudaStream_t compute, copy, side; /* side is compute with one stream less */
	cudaEvent_t copied, computed;
	cudaGraphExec_t exec;
	char *weights, *batch, *pinned, *pageable;
	unsigned int state;
} t;

static void prepare(void)
{
	int device = -1;
	struct cudaDeviceProp prop;

	CHECK(cudaGetDevice(&device));
	CHECK(cudaGetDeviceProperties(&prop, device));
	CHECK(cudaStreamCreateWithFlags(&t.compute, cudaStreamNonBlocking));
	CHECK(cudaStreamCreateWithFlags(&t.copy, cudaStreamNonBlocking));
	t.side = t.compute;
	if (change != STREAM)
		CHECK(cudaStreamCreateWithFlags(&t.side, cudaStreamNonBlocking));
	CHECK(cudaEventCreateWithFlags(&t.copied, cudaEventDisableTiming));
	CHECK(cudaEventCreateWithFlags(&t.computed, cudaEventDisableTiming));
	CHECK(cudaMalloc((void **)&t.weights, 1024 * KIB));
	CHECK(cudaMalloc((void **)&t.batch, 64 * KIB));
	CHECK(cudaMallocHost((void **)&t.pinned, 64 * KIB));
	t.pageable = malloc(64 * KIB);
	memset(t.pageable, 0, 64 * KIB);
	CHECK(cudaMemcpy(t.weights, t.pageable, 64 * KIB, cudaMemcpyHostToDevice));
	for (int i = 0; i < AHEAD; i++)
		CHECK(cudaMallocHost(&batches.buffers[i], 64 * KIB));
}

/* As programs that cannot know whether the graph is still the same do it. */
static void graph_step(void)
{
	cudaGraphExecUpdateResultInfo info;
	cudaGraph_t graph;

	pthread_mutex_lock(&capturing);
	CHECK(cudaStreamBeginCapture(t.compute, cudaStreamCaptureModeThreadLocal));
	launch(axpy_float, t.weights, 32, t.compute);
	launch(reduce, t.weights, 4, t.compute);
	if (change == NODE)
		launch(reduce, t.batch, 2, t.compute);
	CHECK(cudaStreamEndCapture(t.compute, &graph));
	pthread_mutex_unlock(&capturing);
	if (!t.exec)
		CHECK(cudaGraphInstantiate(&t.exec, graph, 0));
	else
		CHECK(cudaGraphExecUpdate(t.exec, graph, &info));
	CHECK(cudaGraphLaunch(t.exec, t.compute));
	CHECK(cudaGraphDestroy(graph));
}

/* How often it asks depends on the moment. */
static void poll(void)
{
	while (cudaEventQuery(t.computed) == cudaErrorNotReady)
		usleep(20);
}

static void copy_batch(void)
{
	const void *from = change == PAGEABLE ? t.pageable : t.pinned;

	CHECK(cudaMemcpyAsync(t.batch, from, 64 * KIB, cudaMemcpyHostToDevice, t.copy));
	CHECK(cudaEventRecord(t.copied, t.copy));
	CHECK(cudaStreamWaitEvent(t.compute, t.copied, 0));
	if (change == SYNC)
		CHECK(cudaStreamSynchronize(t.copy));
}

static void compute(void *scratch)
{
	launch(change == KERNEL ? axpy_double : axpy_float, t.batch, change == GRID ? 65 : 64,
	       t.compute);
	if (change == SWAP)
		launch(reduce, scratch, 16, t.compute);
	CHECK(cudaMemsetAsync(scratch, 0, 8 * KIB, t.compute));
	if (change != SWAP)
		launch(reduce, scratch, 16, t.compute);
}

static void train_step(unsigned int step)
{
	size_t bytes = change == DOUBLE ? 64 * KIB : 32 * KIB;
	void *scratch;

	await(&batches.filled, step + 1);
	copy_batch();
	count(&batches.taken);
	dawdle(&t.state);
	CHECK(cudaMallocAsync(&scratch, bytes, t.compute));
	compute(scratch);
	dawdle(&t.state);
	graph_step();
	CHECK(cudaEventRecord(t.computed, t.compute));
	CHECK(cudaMemsetAsync(t.weights, (int)(change == LATE && step >= 40), 4 * KIB, t.side));
	if (change != FREE)
		CHECK(cudaFreeAsync(scratch, t.compute));
	poll();
	CHECK(cudaMemcpyAsync(t.pinned, t.weights, 4, cudaMemcpyDeviceToHost, t.side));
	CHECK(cudaStreamSynchronize(t.side));
}

static void train(void)
{
	for (unsigned int i = 0; i < steps; i++) {
		pthread_barrier_wait(&step_begins);
		train_step(i);
		pthread_barrier_wait(&step_ends);
	}
}

static void release(void)
{
	CHECK(cudaDeviceSynchronize());
	CHECK(cudaGraphExecDestroy(t.exec));
	for (int i = 0; i < AHEAD; i++)
		CHECK(cudaFreeHost(batches.buffers[i]));
	CHECK(cudaFreeHost(t.pinned));
	CHECK(cudaFree(t.batch));
	CHECK(cudaFree(t.weights));
	CHECK(cudaEventDestroy(t.computed));
	CHECK(cudaEventDestroy(t.copied));
	if (t.side != t.compute)
		CHECK(cudaStreamDestroy(t.side));
	CHECK(cudaStreamDestroy(t.copy));
	CHECK(cudaStreamDestroy(t.compute));
	free(t.pageable);
}

static bool take_options(int argc, char **argv)
{
	seed = argc > 1 ? (unsigned int)strtoul(argv[1], NULL, 10) : 0;
	for (change = NONE; argc > 2 && strcmp(argv[2], change_names[change]) != 0;) {
		if (++change == CHANGES)
			return false;
	}
	t.state = seed * 7 + 1;
	if (argc > 3)
		steps = (unsigned int)strtoul(argv[3], NULL, 10);
	/* A function of the driver that only the loader uses answers `invalid value' now. */
	return change != FAIL || !setenv("CURTRACE_SIM_FAIL", "cuMemsetD8:0=1", 1);
}

int main(int argc, char **argv)
{
	pthread_t workers[WORKERS], loader;

	if (!take_options(argc, argv)) {
		fprintf(stderr, "diff_program: there is no change `%s'\n", argv[2]);
		return 2;
	}
	pthread_barrier_init(&step_begins, NULL, WORKERS + 1);
	pthread_barrier_init(&step_ends, NULL, WORKERS + 1);
	load_kernels();
	prepare();
	for (int i = 0; i < WORKERS; i++)
		pthread_create(&workers[i], NULL, work, (void *)(uintptr_t)i);
	pthread_create(&loader, NULL, load, NULL);
	train();
	pthread_join(loader, NULL);
	for (int i = 0; i < WORKERS; i++)
		pthread_join(workers[i], NULL);
	release();
	return 0;
}
