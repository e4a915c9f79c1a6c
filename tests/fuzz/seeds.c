/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the inputs that fuzzing begins with: seeds DIRECTORY makes native/, json/ and line/ in it.
 * make-corpus calls it. The same bytes each time, for they are committed.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "fuzz/fuzz.h"
#include "unit/reader/build_trace.h"
#include "write/json.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifdef HAVE_SQLITE
#include <sqlite3.h>
#endif

static const char *target; /* folder of the seeds to come */

static void save(const char *name, const void *data, size_t size)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", target, name);
	f = fopen(path, "wbe");
	FZ_MUST(f && fwrite(data, 1, size, f) == size && !fclose(f));
}

static void begin_target(const char *directory, const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	mkdir(path, 0777);
	target = path;
}

/* ---- native -------------------------------------------------------------------------------- */

/* Of the CPU's counter, with two rates, and calls between, before and behind the samples. */
static void build_tsc(struct trace_builder *b)
{
	static const struct ctr_clock_sample samples[] = {
		{ .counter = 1000, .monotonic_ns = 10000, .realtime_ns = TB_REALTIME },
		{ .counter = 91000, .monotonic_ns = 40000, .realtime_ns = TB_REALTIME + 30000 },
		{ .counter = 151000, .monotonic_ns = 70001, .realtime_ns = TB_REALTIME + 60001 },
	};

	tb_begin(b);
	tb_text(b, CTR_CHUNK_HEADER, "{\"clock\":\"tsc\",\"tool_version\":\"1\"}");
	tb_text(b, CTR_CHUNK_API, tb_api_text);
	tb_clock(b, samples, sizeof(samples) / sizeof(samples[0]));
	tb_process(b, 7, "tsc");
	b->clock = CTR_CLOCK_TSC;
	tb_cells(b, 0, 0);
	for (uint64_t i = 0; i < 8; i++)
		tb_call(b, &(struct tb_call){ .function = TB_SYNCHRONIZE,
					      .start = i * 25000,
					      .end = i * 25000 + 20000,
					      .caller = 0x1000 + i });
	tb_cells_end(b);
	tb_end(b, "{}");
}

static void build_packed(struct trace_builder *b)
{
	b->packed = true;
	tb_sample(b);
}

static void build_stacks(struct trace_builder *b)
{
	static const uint64_t words[] = {
		CTR_STACK_HEAD + 2, 0x401136, 0x401200, CTR_STACK_HEAD + 3,
		0x402000,           0x401136, 0x401200,
	};
	const struct ctr_chunk_stacks head = { .first = 1 };
	const struct ctr_chunk_defs symbols = { .process = 0 };

	tb_begin(b);
	tb_prologue(b);
	tb_process(b, 7, "stacks");
	tb_maps(b, 0, "00400000-00410000 r-xp 00000000 08:01 17 /opt/user/app\n");
	tb_chunk_begin(b, CTR_CHUNK_STACKS);
	tb_raw(b, &head, sizeof(head));
	tb_raw(b, words, sizeof(words));
	tb_chunk_end(b);
	tb_chunk_begin(b, CTR_CHUNK_SYMBOLS);
	tb_raw(b, &symbols, sizeof(symbols));
	tb_raw(b, "m - /opt/user/app\ns 401136 36 _Z4stepi\n", 39);
	tb_chunk_end(b);
	tb_cells(b, 0, 0);
	tb_call(b, &(struct tb_call){ .function = TB_SYNCHRONIZE, .start = 10, .end = 20 });
	tb_cells_end(b);
}

static void save_trace(const char *name, void (*build)(struct trace_builder *b))
{
	struct trace_builder b = { 0 };

	build(&b);
	save(name, b.data, b.size);
	tb_free(&b);
}

static void native_seeds(void)
{
	struct trace_builder b = { 0 };

	save_trace("sample", tb_sample);
	save_trace("packed", build_packed);
	save_trace("tsc", build_tsc);
	save_trace("stacks", build_stacks);
	tb_sample(&b);
	save("cut", b.data, b.size * 2 / 3);
	b.data[offsetof(struct ctr_file_header, version_major)]++;
	save("future", b.data, sizeof(struct ctr_file_header));
	tb_free(&b);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

/* The sample as JSON, to be freed. */
static char *sample_json(bool gz, size_t *size)
{
	static struct ct_event event;
	struct trace_builder b = { 0 };
	struct rd_error error;
	struct rd_trace *trace;
	struct wr_json *json;
	char path[] = "/tmp/curtrace-seeds.XXXXXX", *data = malloc(1 << 20);
	int fd = mkstemp(path);

	FZ_MUST(fd >= 0 && data && !unlink(path));
	tb_sample(&b);
	trace = rd_open(fz_file((const uint8_t *)b.data, b.size), &error);
	FZ_MUST(trace);
	json = wr_json_open(fd, gz);
	FZ_MUST(!wr_json_header(json, rd_header(trace)));
	while (rd_next(trace, &event))
		FZ_MUST(!wr_json_event(json, &event));
	FZ_MUST(!wr_json_end(json));
	rd_close(trace);
	tb_free(&b);
	*size = (size_t)pread(fd, data, 1 << 20, 0);
	close(fd);
	return data;
}

/* What the reader of Kineto's traces looks at, and what it passes over, in a shape of theirs. */
static const char kineto_whole[] =
	"{\"schemaVersion\": 1, \"deviceProperties\": [{\"id\": 0, \"name\": \"Some GPU\", "
	"\"numSms\": 132}], \"distributedInfo\": {\"backend\": \"nccl\", \"rank\": 3, "
	"\"world_size\": 8},\n\"cuda_runtime_version\": 12080, \"traceEvents\": [\n"
	"{\"ph\": \"M\", \"name\": \"process_name\", \"pid\": 77, \"tid\": 0, \"ts\": 1, "
	"\"args\": {\"name\": \"python\"}},\n"
	"{\"ph\": \"M\", \"name\": \"thread_name\", \"pid\": 77, \"tid\": 78, \"ts\": 1, "
	"\"args\": {\"name\": \"loader \\u00e9\"}},\n"
	"{\"ph\": \"X\", \"cat\": \"cpu_op\", \"name\": \"a \\\"}{[\\\\\", \"pid\": 77, "
	"\"tid\": 78, \"ts\": 1, \"dur\": 9, \"args\": {\"x\": \"}]\"}},\n"
	"{\"ph\": \"X\", \"cat\": \"cuda_runtime\", \"name\": \"cudaLaunchKernel_ptsz_v7000\", "
	"\"pid\": 77, \"tid\": 78, \"ts\": 20.5, \"dur\": 4.125, \"args\": "
	"{\"correlation\": 9}},\n"
	"{\"ph\": \"X\", \"cat\": \"cuda_driver\", \"name\": \"cuMemAlloc_v2\", \"pid\": 77, "
	"\"tid\": -3, \"ts\": 1e1, \"dur\": 2, \"args\": {\"correlation\": 8}},\n"
	"{\"ph\": \"X\", \"cat\": \"Runtime\", \"name\": \"cudaMalloc\", \"pid\": \"77\", "
	"\"tid\": \"78\", \"ts\": \"22\", \"dur\": \"20\"}\n"
	"], \"traceName\": \"run\", \"baseTimeNanoseconds\": 1735689600000000001}\n";

/* The same from Nsight Systems: small pages, for a fuzzer's inputs are small. */
static void nsys_seed(void)
{
#ifdef HAVE_SQLITE
	static const char statements[] =
		"PRAGMA page_size = 512; PRAGMA synchronous = OFF; BEGIN;"
		"CREATE TABLE StringIds (id INTEGER PRIMARY KEY, value TEXT);"
		"INSERT INTO StringIds VALUES (1, 'cudaLaunchKernel_v7000'), (2, 'worker');"
		"CREATE TABLE CUPTI_ACTIVITY_KIND_RUNTIME (start INT, end INT, globalTid INT, "
		"correlationId INT, nameId INT, returnValue INT);"
		"INSERT INTO CUPTI_ACTIVITY_KIND_RUNTIME VALUES "
		"(5000, 5400, 5033165, 12, 1, 0), (1000, 4000, 5033165, 11, 1, 600);"
		"CREATE TABLE TARGET_INFO_SESSION_START_TIME (utcEpochNs INT);"
		"INSERT INTO TARGET_INFO_SESSION_START_TIME VALUES (1735689600000000001);"
		"CREATE TABLE PROCESSES (globalPid INT, name TEXT);"
		"INSERT INTO PROCESSES VALUES (5033164, 'train');"
		"CREATE TABLE ThreadNames (nameId INT, globalTid INT);"
		"INSERT INTO ThreadNames VALUES (2, 5033165);"
		"CREATE TABLE MPI_RANKS (globalTid INT, rank INT);"
		"INSERT INTO MPI_RANKS VALUES (5033165, 2); COMMIT";
	char path[4096];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/nsys", target);
	unlink(path);
	FZ_MUST(sqlite3_open(path, &db) == SQLITE_OK);
	FZ_MUST(sqlite3_exec(db, statements, NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_close(db);
#endif
}

static void json_seeds(void)
{
	static const char others[] =
		"{\"traceEvents\": [{\"ph\":\"X\",\"name\":\"a\",\"ts\":1}]}\n";
	static const char kineto[] =
		"{\"schemaVersion\": 1, \"deviceProperties\": [],\n\"traceEvents\": [\n"
		"{\"ph\": \"X\", \"cat\": \"cuda_runtime\", \"name\": \"cudaMalloc\", \"pid\": 1, "
		"\"tid\": 2, \"ts\": 3.5, \"dur\": 4, \"args\": {\"cbid\": 20, "
		"\"correlation\": 5}}\n"
		"],\n\"baseTimeNanoseconds\": 1751328000000000000}\n";
	size_t size;
	char *data = sample_json(false, &size);

	save("sample", data, size);
	save("cut", data, size * 3 / 4);
	free(data);
	data = sample_json(true, &size);
	save("sample.gz", data, size);
	save("cut.gz", data, size / 2);
	free(data);
	save("others", others, strlen(others));
	save("kineto", kineto, strlen(kineto));
	save("kineto-whole", kineto_whole, strlen(kineto_whole));
	nsys_seed();
	save("empty", "", 0);
	save("text", "not a trace\n", 12);
}

/* Each event of the sample. */
static void line_seeds(void)
{
	size_t size;
	char *data = sample_json(false, &size), *line, *rest = data, name[32];
	unsigned int n = 0;
	bool in_events = false;

	data[size] = '\0';
	while ((line = strsep(&rest, "\n"))) {
		if (in_events && *line == '{') {
			snprintf(name, sizeof(name), "%02u", n++);
			save(name, line, strlen(line));
		}
		in_events |= strstr(line, "\"traceEvents\"") != NULL;
	}
	free(data);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("usage: seeds DIRECTORY\n", stderr);
		return 2;
	}
	begin_target(argv[1], "native");
	native_seeds();
	begin_target(argv[1], "json");
	json_seeds();
	begin_target(argv[1], "line");
	line_seeds();
	return 0;
}
