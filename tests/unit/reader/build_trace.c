/* SPDX-License-Identifier: Apache-2.0 */
/* Native traces made up for tests. */
#include "unit/reader/build_trace.h"
#include "write/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

const char tb_api_text[] =
	"curtrace-api 1\n"
	"a 0 13\na 1 12\na 2 11\n"
	"e cudaError 0=cudaSuccess 1=cudaErrorInvalidValue 2=cudaErrorMemoryAllocation "
	"600=cudaErrorNotReady\n"
	"e cudaMemcpyKind 0=cudaMemcpyHostToHost 1=cudaMemcpyHostToDevice "
	"2=cudaMemcpyDeviceToHost 3=cudaMemcpyDeviceToDevice 4=cudaMemcpyDefault\n"
	"e cudaStreamFlags 0=cudaStreamDefault 1=cudaStreamNonBlocking\n"
	"e testFlags 1=flagA 2=flagB 4=flagC 6=flagBC 2147483648=flagTop\n"
	"f 16 cudaMalloc memory - 1 status devPtr:o:ptr:0:8 size:i:size:8:8\n"
	"f 17 cudaMemcpyAsync memcpy ptsz 2 status dst:i:ptr:0:8 src:i:ptr:8:8 count:i:size:16:8 "
	"kind:i:enum/cudaMemcpyKind:24:4 stream:i:handle/stream:32:8\n"
	"f 18 cudaLaunchKernel launch ptsz 2 status func:i:kernel:0:8 gridDim:i:dim3:8:12 "
	"blockDim:i:dim3:20:12 args:i:ptr:32:8 sharedMem:i:size:40:8 stream:i:handle/stream:48:8\n"
	"f 19 cudaEventQuery event expect=600 1 status event:i:handle/event:0:8\n"
	"f 20 cudaGetErrorName error - 1 ptr error:i:enum/cudaError:0:4 return:o:ptr:8:8\n"
	"f 21 cudaDeviceSynchronize device - 1 status\n"
	"f 22 cudaGetDevice device - 1 status device:o:int:0:4\n"
	"f 23 cudaStreamCreateWithFlags stream - 1 status pStream:o:handle/stream:0:8 "
	"flags:i:flags/cudaStreamFlags:8:4\n"
	"f 24 cudaMemcpyToSymbol symbol ptds 2 status symbol:i:ptr:0:8 src:i:ptr:8:8 "
	"count:i:size:16:8 offset:i:size:24:8 kind:i:enum/cudaMemcpyKind:32:4\n"
	"f 25 cudaProfilerStart profiler todo 1 status\n"
	"f 26 __cudaRegisterFatBinaryEnd registration - 1 void handle:i:ptr:0:8\n"
	"f 27 cudaFuncGetName function - 1 status name:r:str:0:16\n"
	"f 28 allKinds test - 3 uint int:i:int:0:4 uint:i:uint:4:4 big:i:uint:8:8 hex:i:hex:16:8 "
	"flags:i:flags/testFlags:24:4 float:i:float:28:4 double:i:float:32:8 bytes:i:bytes:40:4 "
	"result:i:int:44:4 kernel:i:uint:48:4 stream:i:int:52:4 desc->width:i:size:56:8 "
	"negative:i:int:64:8 future:i:quaternion:72:16 small:i:int:88:1\n";

/* ---- bytes and chunks ---------------------------------------------------------------------- */

void tb_raw(struct trace_builder *b, const void *data, size_t size)
{
	if (b->size + size > b->capacity) {
		b->capacity = (b->size + size) * 2 + 4096;
		b->data = realloc(b->data, b->capacity);
		if (!b->data)
			abort();
	}
	if (size)
		memcpy(b->data + b->size, data, size);
	b->size += size;
}

void tb_begin(struct trace_builder *b)
{
	const struct ctr_file_header header = {
		.magic = CTR_FILE_MAGIC,
		.version_major = CTR_VERSION_MAJOR,
		.version_minor = CTR_VERSION_MINOR,
		.header_size = sizeof(header),
	};

	b->clock = CTR_CLOCK_MONOTONIC;
	tb_raw(b, &header, sizeof(header));
}

void tb_chunk_begin(struct trace_builder *b, uint32_t kind)
{
	const struct ctr_chunk head = { .kind = kind };

	b->chunk = b->size;
	tb_raw(b, &head, sizeof(head));
}

void tb_chunk_end(struct trace_builder *b)
{
	struct ctr_chunk head;

	memcpy(&head, b->data + b->chunk, sizeof(head));
	head.size = b->size - b->chunk - sizeof(head);
	head.checksum = (uint32_t)crc32_z(
		crc32_z(0, NULL, 0), (const Bytef *)b->data + b->chunk + sizeof(head), head.size);
	memcpy(b->data + b->chunk, &head, sizeof(head));
	b->chunk = 0;
}

void tb_chunk(struct trace_builder *b, uint32_t kind, const void *data, size_t size)
{
	tb_chunk_begin(b, kind);
	tb_raw(b, data, size);
	tb_chunk_end(b);
}

void tb_text(struct trace_builder *b, uint32_t kind, const char *text)
{
	tb_chunk(b, kind, text, strlen(text));
}

/* ---- what a trace begins and ends with ----------------------------------------------------- */

void tb_prologue(struct trace_builder *b)
{
	static const struct ctr_clock_sample samples[] = {
		{ .counter = 1, .monotonic_ns = 1, .realtime_ns = TB_REALTIME + 1 },
		{ .counter = 1000000000,
		  .monotonic_ns = 1000000000,
		  .realtime_ns = TB_REALTIME + 1000000000 },
	};
	char json[512];

	snprintf(json, sizeof(json),
		 "{\"tool_version\":\"0.1.0\",\"host\":\"node1\",\"command\":\"./app --size 10\","
		 "\"start_realtime_ns\":\"%llu\",\"clock\":\"monotonic\",\"overflow\":\"block\","
		 "\"settings\":{\"ring_bytes\":\"262144\"},\"cpu\":\"Test CPU\"}",
		 TB_REALTIME);
	tb_text(b, CTR_CHUNK_HEADER, json);
	tb_text(b, CTR_CHUNK_API, tb_api_text);
	tb_clock(b, samples, 2);
}

void tb_process(struct trace_builder *b, uint32_t pid, const char *name)
{
	char json[512];

	snprintf(json, sizeof(json),
		 "{\"pid\":%u,\"parent_pid\":%u,\"start_time\":\"77\",\"exec_count\":0,"
		 "\"name\":\"%s\",\"clock\":\"%s\",\"opened\":{\"counter\":\"10\","
		 "\"monotonic_ns\":\"10\",\"realtime_ns\":\"%llu\"}}",
		 pid, pid - 1, name, b->clock == CTR_CLOCK_TSC ? "tsc" : "monotonic",
		 TB_REALTIME + 10);
	tb_text(b, CTR_CHUNK_PROCESS, json);
}

void tb_clock(struct trace_builder *b, const struct ctr_clock_sample *samples, size_t n)
{
	tb_chunk(b, CTR_CHUNK_CLOCK, samples, n * sizeof(*samples));
}

void tb_def(struct trace_builder *b, uint32_t process, uint16_t kind, uint64_t key,
	    uint64_t counter, const char *text)
{
	const struct ctr_chunk_defs head = { .process = process };
	struct ctr_def def = {
		.size = (uint32_t)(sizeof(def) + strlen(text)),
		.kind = kind,
		.counter = counter,
		.key = key,
	};
	const size_t skipped = offsetof(struct ctr_def, kind);

	def.checksum = (uint32_t)crc32(0, (const Bytef *)&def + skipped, sizeof(def) - skipped);
	def.checksum = (uint32_t)crc32(def.checksum, (const Bytef *)text, (uInt)strlen(text));
	tb_chunk_begin(b, CTR_CHUNK_DEFS);
	tb_raw(b, &head, sizeof(head));
	tb_raw(b, &def, sizeof(def));
	tb_raw(b, text, strlen(text));
	tb_chunk_end(b);
}

void tb_maps(struct trace_builder *b, uint32_t process, const char *text)
{
	const struct ctr_chunk_defs head = { .process = process };

	tb_chunk_begin(b, CTR_CHUNK_MAPS);
	tb_raw(b, &head, sizeof(head));
	tb_raw(b, text, strlen(text));
	tb_chunk_end(b);
}

void tb_end(struct trace_builder *b, const char *json)
{
	tb_text(b, CTR_CHUNK_END, json);
}

/* ---- records ------------------------------------------------------------------------------- */

static void begin_cells(struct trace_builder *b, uint32_t process, uint32_t ring, uint32_t flags)
{
	const struct ctr_chunk_cells head = {
		.process = process,
		.ring = ring,
		.first = b->cells[process][ring],
		.flags = flags,
		.clock = b->clock,
	};

	b->process = process;
	b->ring = ring;
	tb_chunk_begin(b, CTR_CHUNK_CELLS);
	tb_raw(b, &head, sizeof(head));
}

void tb_cells(struct trace_builder *b, uint32_t process, uint32_t ring)
{
	begin_cells(b, process, ring, 0);
}

static void pack(struct trace_builder *b)
{
	size_t at = b->chunk + sizeof(struct ctr_chunk) + sizeof(struct ctr_chunk_cells), size;
	struct ctr_chunk head = { .kind = CTR_CHUNK_PACKED };
	struct ctr_chunk_cells cells;
	size_t ncells = (b->size - at) / CTR_CELL_SIZE;
	void *packed = malloc(wr_packed_max(ncells));

	if (!packed)
		abort();
	memcpy(&cells, b->data + at - sizeof(cells), sizeof(cells));
	size = wr_pack(b->data + at, ncells, cells.first, packed);
	if (size) {
		memcpy(b->data + b->chunk, &head, sizeof(head));
		memcpy(b->data + at, packed, size);
		b->size = at + size;
	}
	free(packed);
}

void tb_cells_end(struct trace_builder *b)
{
	if (b->packed)
		pack(b);
	tb_chunk_end(b);
}

void tb_call(struct trace_builder *b, const struct tb_call *call)
{
	struct ctr_cell cells[CTR_MAX_CELLS] = { 0 };
	size_t ncells = (CTR_CELL_HEAD_SIZE + call->size + CTR_CELL_SIZE - 1) / CTR_CELL_SIZE;
	uint64_t *next = &b->cells[b->process][b->ring];

	cells[0] = (struct ctr_cell){
		.commit = *next + 1,
		.start = call->start,
		.end = call->end,
		.caller = call->caller,
		.function = call->function,
		.ncells = (uint8_t)ncells,
		.flags = call->flags,
		.result = call->result,
	};
	if (call->size)
		memcpy((char *)cells + CTR_CELL_HEAD_SIZE, call->payload, call->size);
	tb_raw(b, cells, ncells * CTR_CELL_SIZE);
	*next += ncells;
}

void tb_thread(struct trace_builder *b, uint64_t at, uint32_t tid, const char *name)
{
	struct ctr_control_thread thread = {
		.tid = tid,
		.clock = { .counter = at, .monotonic_ns = at, .realtime_ns = TB_REALTIME + at },
	};

	memcpy(thread.name, name, strnlen(name, sizeof(thread.name)));
	tb_call(b, &(struct tb_call){ .function = CTR_CONTROL_THREAD,
				      .start = at,
				      .end = at,
				      .payload = &thread,
				      .size = sizeof(thread) });
}

void tb_loss(struct trace_builder *b, uint64_t first, uint64_t last, uint64_t full,
	     uint64_t reentered)
{
	const struct ctr_control_loss loss = { .full = full, .reentered = reentered };

	tb_call(b, &(struct tb_call){ .function = CTR_CONTROL_LOSS,
				      .start = first,
				      .end = last,
				      .payload = &loss,
				      .size = sizeof(loss) });
}

void tb_in_flight(struct trace_builder *b, uint32_t process, uint32_t ring,
		  const struct tb_call *call)
{
	begin_cells(b, process, ring, CTR_CELLS_IN_FLIGHT);
	tb_call(b, call);
	tb_chunk_end(b);
}

int tb_save(const struct trace_builder *b, const char *path)
{
	FILE *file = fopen(path, "wb");
	size_t written;

	if (!file)
		return -1;
	written = fwrite(b->data, 1, b->size, file);
	return fclose(file) || written != b->size ? -1 : 0;
}

void tb_free(struct trace_builder *b)
{
	free(b->data);
	*b = (struct trace_builder){ 0 };
}

/* ---- the sample ---------------------------------------------------------------------------- */

struct launch {
	uint64_t func;
	uint32_t grid[3], block[3];
	uint64_t args, shared, stream;
};

struct copy {
	uint64_t dst, src, count;
	int32_t kind, padding;
	uint64_t stream;
};

static void sample_main(struct trace_builder *b)
{
	static const uint64_t malloc_ok[] = { 0x7f0000000000, 1048576 };
	static const uint64_t malloc_failed[] = { 0x7ffd00001000, 1ull << 60 };
	static const struct copy copy = { 0x7f0000000000, 0x5000, 4096, 1, 0, 0x2 };
	static const struct launch launch = { 0x401136,       { 8, 2, 1 }, { 256, 1, 1 },
					      0x7ffd00002000, 1024,        0x6000 };
	static const uint64_t event = 0x9000;
	static const char name[16] = "axpy";

	tb_cells(b, 0, 0);
	tb_thread(b, 1000, 100, "app");
	tb_call(b, &(struct tb_call){ .function = TB_MALLOC,
				      .flags = CTR_CELL_OUTPUTS,
				      .start = 10000,
				      .end = 25500,
				      .caller = 0x401200,
				      .payload = malloc_ok,
				      .size = sizeof(malloc_ok) });
	tb_call(b, &(struct tb_call){ .function = TB_MALLOC,
				      .result = 2,
				      .start = 30000,
				      .end = 31000,
				      .caller = 0x401234,
				      .payload = malloc_failed,
				      .size = sizeof(malloc_failed) });
	tb_call(b, &(struct tb_call){ .function = TB_MEMCPY_ASYNC,
				      .flags = CTR_CELL_PER_THREAD,
				      .start = 40000,
				      .end = 45000,
				      .caller = 0x7f1000002222,
				      .payload = &copy,
				      .size = sizeof(copy) });
	/* A launch that contains another call, which ends at the same instant. */
	tb_call(b, &(struct tb_call){ .function = TB_LAUNCH,
				      .flags = CTR_CELL_WAITED,
				      .start = 50000,
				      .end = 60000,
				      .caller = 0x401240,
				      .payload = &launch,
				      .size = sizeof(launch) });
	tb_call(b, &(struct tb_call){ .function = TB_SYNCHRONIZE, .start = 50000, .end = 60000 });
	tb_call(b, &(struct tb_call){ .function = TB_EVENT_QUERY,
				      .result = 600,
				      .start = 61000,
				      .end = 61500,
				      .payload = &event,
				      .size = sizeof(event) });
	tb_call(b, &(struct tb_call){ .function = TB_FUNC_NAME,
				      .flags = CTR_CELL_OUTPUTS,
				      .start = 62000,
				      .end = 62000,
				      .payload = name,
				      .size = sizeof(name) });
	tb_call(b, &(struct tb_call){ .function = TB_REGISTER,
				      .start = 63000,
				      .end = 63100,
				      .payload = &event,
				      .size = sizeof(event) });
	tb_cells_end(b);
}

static void sample_worker(struct trace_builder *b)
{
	static const int32_t device[2] = { 3, 0 };
	static const uint64_t symbol[5] = { 0x404040, 0x5000, 64, 0, 1 };

	tb_cells(b, 0, 1);
	tb_thread(b, 20000, 101, "wo\033]0;rk\"er");
	tb_call(b, &(struct tb_call){ .function = TB_GET_DEVICE,
				      .flags = CTR_CELL_OUTPUTS,
				      .start = 21000,
				      .end = 22000,
				      .payload = device,
				      .size = sizeof(device) });
	tb_loss(b, 23000, 29000, 12, 3);
	tb_call(b, &(struct tb_call){ .function = TB_MEMCPY_TO_SYMBOL,
				      .flags = CTR_CELL_PER_THREAD,
				      .start = 35000,
				      .end = 36000,
				      .payload = symbol,
				      .size = sizeof(symbol) });
	tb_cells_end(b);
	tb_in_flight(b, 0, 1, &(struct tb_call){ .function = TB_SYNCHRONIZE, .start = 70000 });
}

static void sample_child(struct trace_builder *b)
{
	static const struct launch launch = { 0x401136, { 1, 1, 1 }, { 32, 1, 1 }, 0, 0, 0 };

	tb_cells(b, 1, 0);
	tb_thread(b, 41000, 200, "child");
	tb_call(b, &(struct tb_call){ .function = TB_LAUNCH,
				      .result = 1,
				      .start = 42000,
				      .end = 43000,
				      .payload = &launch,
				      .size = sizeof(launch) });
	tb_call(b, &(struct tb_call){ .function = 4000, .start = 44000, .end = 44001 });
	tb_cells_end(b);
}

void tb_sample(struct trace_builder *b)
{
	tb_begin(b);
	tb_prologue(b);
	tb_process(b, 100, "app");
	tb_process(b, 200, "chi\\u001bld");
	tb_maps(b, 0,
		"00400000-00402000 r-xp 00000000 08:01 17 /opt/user/app\n"
		"00402000-00403000 r--p 00002000 08:01 17 /opt/user/app\n"
		"7f1000000000-7f1000010000 r-xp 00001000 08:01 18 /usr/lib/libfoo.so.1 (deleted)\n"
		"7ffd00000000-7ffd00100000 rwxp 00000000 00:00 0 [stack]\n");
	tb_def(b, 0, CTR_DEF_VERSIONS, 0, 500,
	       "runtime=13000\ndriver=13010\ndriver_file=/usr/lib/libcuda.so.1\n");
	tb_def(b, 0, CTR_DEF_DEVICE, 0, 600,
	       "name=Test GPU\ntotalGlobalMem=150754820096\ncomputeMajor=9\ncomputeMinor=0\n");
	/* Written within the call that met the kernel first. */
	tb_def(b, 0, CTR_DEF_KERNEL, 0x401136, 51000, "name=void axpy<float>(float\\*, \"x\")\n");
	tb_def(b, 0, CTR_DEF_SYMBOL, 0x404040, 35500, "name=coefficients\nsize=64\n");
	/* The second thread's records become known first. */
	sample_worker(b);
	sample_main(b);
	sample_child(b);
	tb_end(b, "{\"exit_status\":9,\"calls\":\"28\",\"recorded\":\"13\",\"lost\":\"15\","
		  "\"in_flight\":\"1\",\"lost_full\":\"12\",\"processes\":[{\"process\":0,"
		  "\"pid\":100,\"calls\":\"26\",\"recorded\":\"11\",\"lost\":\"15\","
		  "\"in_flight\":\"1\"},{\"process\":1,\"pid\":200,\"calls\":\"2\","
		  "\"recorded\":\"2\",\"lost\":\"0\",\"in_flight\":\"0\"}],\"warnings\":["
		  "{\"code\":\"loss\",\"text\":\"12 calls are not in the trace\"}]}");
}
