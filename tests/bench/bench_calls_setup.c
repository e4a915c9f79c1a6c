/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The objects that bench_calls works on. The kernel is PTX text twice over: in a library, and in a
 * fat binary built here that is registered as compilers have it registered, so that neither a
 * toolkit nor a compiler for devices is needed.
 */
#include "bench_calls.h"

#include <stdint.h>
#include <string.h>

#include "curtrace/sim.h"

#define PTX                                                                 \
	".version 7.8\n"                                                    \
	".target sm_75\n"                                                   \
	".address_size 64\n"                                                \
	".visible .entry bench_empty(.param .u64 pointer, .param .u32 n)\n" \
	"{\n"                                                               \
	"	ret;\n"                                                           \
	"}\n"

static const char ptx[] = PTX;

/* A container with one entry, PTX that is not compressed. */
static struct {
	uint32_t magic;
	uint16_t version, header_size;
	uint64_t size;
	uint16_t kind, entry_version;
	uint32_t entry_header_size;
	uint64_t payload_size;
	uint32_t packed_size, options;
	uint16_t minor, major;
	uint32_t sm;
	uint64_t name, flags, reserved, unpacked_size;
	/* `options' leads here, and the offset here to an empty text: so nvcc's tools write it. */
	uint64_t options_text, no_text;
	char payload[(sizeof(ptx) + 7) / 8 * 8];
} fatbin = {
	.magic = 0xba55ed50,
	.version = 1,
	.header_size = 16,
	.size = sizeof(fatbin) - 16,
	.kind = 1,
	.entry_version = 0x101,
	.entry_header_size = 80,
	.options = 64,
	.payload_size = sizeof(fatbin.payload),
	.major = 7,
	.minor = 8,
	.sm = 75,
	.flags = 0x11,
	.options_text = 72,
	.payload = PTX,
};

_Static_assert(offsetof(__typeof__(fatbin), payload) == 16 + 80, "layout of a fat binary");

static struct {
	int magic, version;
	const void *data;
	void *unused;
} wrapper = { .magic = 0x466243b1, .version = 1, .data = &fatbin };

struct bench_objects bench;
unsigned int bench_failed;

/* Only its address counts: what a compiler would have made the kernel's host function. */
static void stub(void) {}

/* The kernel for the simulated driver. */
__attribute__((visibility("default"))) void curtrace_sim__bench_empty(
	const struct curtrace_sim_launch *launch, void **params)
{
	(void)launch, (void)params;
}

void bench_register(void)
{
	static char name[] = "bench_empty";
	void **handle = __cudaRegisterFatBinary(&wrapper);

	bench.stub = (const void *)(uintptr_t)stub;
	__cudaRegisterFunction(handle, bench.stub, name, name, -1, NULL, NULL, NULL, NULL, NULL);
	__cudaRegisterFatBinaryEnd(handle);
}

#define CHECK(call) bench_check((call), #call)

static void make_kernels(void)
{
	cudaLibrary_t library;

	CHECK(cudaLibraryLoadData(&library, ptx, NULL, NULL, 0, NULL, NULL, 0));
	CHECK(cudaLibraryGetKernel(&bench.by_handle, library, "bench_empty"));
	CHECK(__cudaGetKernel(&bench.by_stub, bench.stub));
}

static void make_graph(void)
{
	int n = 0;
	void *args[] = { (void *)&bench.device, &n };
	dim3 one = { 1, 1, 1 };
	cudaGraph_t graph;

	CHECK(cudaStreamBeginCapture(bench.stream, cudaStreamCaptureModeThreadLocal));
	for (int i = 0; i < 3; i++)
		CHECK(cudaLaunchKernel(bench.stub, one, one, args, 0, bench.stream));
	CHECK(cudaStreamEndCapture(bench.stream, &graph));
	CHECK(cudaGraphInstantiate(&bench.graph, graph, 0));
	CHECK(cudaGraphDestroy(graph));
}

/* A pool that gives memory back whenever the stream is idle would be what is measured. */
static void keep_pool(void)
{
	unsigned long long threshold = ~0ull;
	cudaMemPool_t pool;

	CHECK(cudaDeviceGetDefaultMemPool(&pool, 0));
	CHECK(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &threshold));
}

void bench_setup(void)
{
	CHECK(cudaStreamCreateWithFlags(&bench.stream, cudaStreamNonBlocking));
	CHECK(cudaEventCreateWithFlags(&bench.event, cudaEventDisableTiming));
	CHECK(cudaEventCreate(&bench.timed));
	CHECK(cudaEventCreate(&bench.timed2));
	CHECK(cudaMalloc(&bench.device, BENCH_LARGE));
	CHECK(cudaMalloc(&bench.device2, BENCH_LARGE));
	CHECK(cudaMallocHost(&bench.pinned, BENCH_LARGE));
	memset(bench.pinned, 0, BENCH_LARGE);
	make_kernels();
	bench_setup_driver();
	make_graph();
	keep_pool();
	CHECK(cudaEventRecord(bench.event, bench.stream));
	CHECK(cudaEventRecord(bench.timed, bench.stream));
	CHECK(cudaEventRecord(bench.timed2, bench.stream));
	CHECK(cudaDeviceSynchronize());
}
