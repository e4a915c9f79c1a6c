/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the collector gets done on one processor. The process is the traced one and the collector
 * by turns: it fills its rings with records, then lets the collector empty them, and only that is
 * timed.
 *
 *	bench_collect native API CALLS FILE	records to a native trace (/dev/null: not kept)
 *	bench_collect json FILE OUT		native trace to JSON
 *
 * API: src/api/curtrace.api of the build directory. Prints the rate, and the resident memory when a
 * tenth and when all was done. The calls are those of a training loop: launches mostly.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "api/ids.h"
#include "collect/clock.h"
#include "collect/collector.h"
#include "collect/session.h"
#include "reader/reader.h"
#include "write/json.h"

#define RINGS        4
#define RING_CELLS   4096u /* those of the default ring */
#define KERNELS      8
#define KERNEL_KEY   0x5500000000u
#define STREAM_KEY   0x7f0000001000u
#define DEVICE_START 0x7f1000000000u

struct producer {
	struct col_session session;
	char tag[48];
	struct bench_ring {
		struct ctr_ring *shared;
		struct ctr_cell *cells;
		uint64_t head;
	} rings[RINGS];
	uint64_t calls; /* made so far: decides what the next one is */
};

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "bench_collect: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Of the processor: others on the machine take none of it. */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t resident_kib(void)
{
	unsigned long long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	must(f && fscanf(f, "%*u %llu", &pages) == 1, "/proc/self/statm");
	fclose(f);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
}

/* ---- the traced process -------------------------------------------------------------------- */

struct bench_shape {
	uint16_t function;
	uint8_t ncells;
	bool outputs;
	uint64_t payload[9];
};
#define ONE_CELL (CTR_CELL_SIZE - CTR_CELL_HEAD_SIZE)

#define DIM(x, y) ((uint64_t)(y) << 32 | (x))

#define LAUNCH(k)                                                                              \
	{                                                                                      \
		API_cudaLaunchKernel, 2, true,                                                 \
		{                                                                              \
			KERNEL_KEY + (k), DIM(128, 4), DIM(1, 256), DIM(1, 1), 0x7ffc10203040, \
				49152, STREAM_KEY                                              \
		}                                                                              \
	}

static const struct bench_shape shapes[] = {
	{ API_cudaGetDevice, 1, true, { 0 } },
	LAUNCH(0),
	{ API_cudaGetLastError, 1, true, { 0 } },
	LAUNCH(1),
	{ API_cudaGetLastError, 1, true, { 0 } },
	{ API_cudaStreamIsCapturing, 1, true, { STREAM_KEY, 0 } },
	{ API_cudaMemcpyAsync,
	  2,
	  true,
	  { DEVICE_START, DEVICE_START + 65536, 65536, 3, STREAM_KEY } },
	LAUNCH(2),
	{ API_cudaGetLastError, 1, true, { 0 } },
	LAUNCH(3),
	{ API_cudaEventRecord, 1, true, { 0x7f0000002000, STREAM_KEY } },
	{ API_cudaMalloc, 1, true, { DEVICE_START, 1 << 20 } },
	LAUNCH(7),
	{ API_cudaGetLastError, 1, true, { 0 } },
	{ API_cudaFree, 1, true, { DEVICE_START } },
	{ API_cudaStreamSynchronize, 1, true, { STREAM_KEY } },
};
#define SHAPES (sizeof(shapes) / sizeof(shapes[0]))

static uint32_t put_record(struct bench_ring *r, uint16_t function, uint32_t ncells, bool outputs,
			   uint64_t caller, const void *payload, size_t size)
{
	char record[CTR_MAX_CELLS * CTR_CELL_SIZE] = { 0 };
	struct ctr_cell *head = (struct ctr_cell *)record;

	head->start = col_clock_sample(CTR_CLOCK_TSC).counter;
	head->end = head->start + 2000;
	head->caller = caller;
	head->function = function;
	head->ncells = (uint8_t)ncells;
	head->flags = outputs ? CTR_CELL_OUTPUTS : 0;
	head->commit = r->head + 1;
	memcpy(head->payload, payload, size);
	for (uint32_t i = 0; i < ncells; i++)
		r->cells[(r->head + i) & (RING_CELLS - 1)] = head[i];
	r->head += ncells;
	__atomic_store_n(&r->shared->head, r->head, __ATOMIC_RELEASE);
	return ncells;
}

/* Until there is no room for one more, or so many calls were made. */
static void fill_ring(struct producer *p, struct bench_ring *r, uint64_t calls)
{
	while (p->calls < calls) {
		const struct bench_shape *shape = &shapes[p->calls % SHAPES];
		/* Each place in the program makes the same call; all of them lie in our code. */
		uint64_t caller = (uint64_t)(uintptr_t)&put_record + p->calls % SHAPES * 8;

		if (r->head + shape->ncells - r->shared->tail > RING_CELLS)
			return;
		put_record(r, shape->function, shape->ncells, shape->outputs, caller,
			   shape->payload, shape->ncells == 1 ? ONE_CELL : sizeof(shape->payload));
		r->shared->calls++;
		r->shared->recorded++;
		p->calls++;
	}
}

static void *map_new(const struct producer *p, const char *name, size_t size)
{
	int fd = openat(p->session.dirfd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	void *at;

	must(fd >= 0 && !ftruncate(fd, (off_t)size), name);
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	must(at != MAP_FAILED, name);
	close(fd);
	return at;
}

static void make_ring(struct producer *p, uint32_t number)
{
	size_t size = CTR_RING_HEADER_SIZE + RING_CELLS * sizeof(struct ctr_cell);
	struct bench_ring *r = &p->rings[number];
	struct ctr_control_thread thread = {
		.tid = (uint32_t)getpid() + number,
		.pid = (uint32_t)getpid(),
		.name = "worker",
		.clock = col_clock_sample(p->session.shared->clock),
	};
	char name[96];

	snprintf(name, sizeof(name), "ring.%s.%u", p->tag, number);
	r->shared = map_new(p, name, size);
	r->cells = (struct ctr_cell *)((char *)r->shared + CTR_RING_HEADER_SIZE);
	r->shared->version_major = CTR_VERSION_MAJOR;
	r->shared->version_minor = CTR_VERSION_MINOR;
	r->shared->header_size = CTR_RING_HEADER_SIZE;
	r->shared->cell_size = CTR_CELL_SIZE;
	r->shared->ncells = RING_CELLS;
	r->shared->pid = thread.pid;
	r->shared->start_time = p->session.slots[0].start_time;
	r->shared->number = number;
	r->shared->clock = p->session.shared->clock;
	r->shared->created = thread.clock;
	r->shared->state = CTR_RING_ACTIVE;
	__atomic_store_n(&r->shared->magic, CTR_RING_MAGIC, __ATOMIC_RELEASE);
	put_record(r, CTR_CONTROL_THREAD, 2, false, 0, &thread, sizeof(thread));
}

static void define_kernels(const struct producer *p)
{
	char name[80], text[160], data[sizeof(struct ctr_def) + sizeof(text)];
	int fd;

	snprintf(name, sizeof(name), "defs.%s", p->tag);
	fd = openat(p->session.dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	must(fd >= 0, name);
	for (unsigned int i = 0; i < KERNELS; i++) {
		int length = snprintf(text, sizeof(text),
				      "name=_Z21elementwise_kernel_%uILi128EEvPKfS1_Pfi\n", i);
		struct ctr_def def = {
			.size = (uint32_t)(sizeof(def) + (size_t)length),
			.kind = CTR_DEF_KERNEL,
			.counter = 1,
			.key = KERNEL_KEY + i,
		};

		memcpy(data, &def, sizeof(def));
		memcpy(data + sizeof(def), text, (size_t)length);
		def.checksum = (uint32_t)crc32(0, (const Bytef *)data + 8, def.size - 8);
		memcpy(data, &def, sizeof(def));
		must(write(fd, data, def.size) == (ssize_t)def.size, name);
	}
	close(fd);
}

static void copy_api(const struct producer *p, const char *path)
{
	char data[65536];
	int from = open(path, O_RDONLY | O_CLOEXEC);
	int to = openat(p->session.dirfd, "api", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t size;

	must(from >= 0, path);
	must(to >= 0, "api");
	while ((size = read(from, data, sizeof(data))) > 0)
		must(write(to, data, (size_t)size) == size, "api");
	close(from);
	close(to);
}

static uint64_t own_start_time(void)
{
	unsigned long long start = 0;
	char text[1024] = "", *at;
	FILE *f = fopen("/proc/self/stat", "re");

	must(f && fread(text, 1, sizeof(text) - 1, f) > 0, "/proc/self/stat");
	fclose(f);
	at = strrchr(text, ')') + 1;
	for (int field = 2; field < 22; field++)
		at = strchr(at, ' ') + 1;
	sscanf(at, "%llu", &start);
	return start;
}

static void begin_process(struct producer *p, const char *api)
{
	struct ctr_process *slot = &p->session.slots[0];

	copy_api(p, api);
	slot->pid = (uint32_t)getpid();
	slot->parent_pid = (uint32_t)getppid();
	slot->start_time = own_start_time();
	slot->clock = p->session.shared->clock;
	slot->opened = col_clock_sample(slot->clock);
	slot->ring_count = RINGS;
	snprintf(slot->comm, sizeof(slot->comm), "bench_collect");
	snprintf(p->tag, sizeof(p->tag), "%u.%" PRIu64 ".0", slot->pid, slot->start_time);
	for (uint32_t i = 0; i < RINGS; i++)
		make_ring(p, i);
	define_kernels(p);
	p->session.shared->processes = 1;
	__atomic_store_n(&slot->state, CTR_PROCESS_LIVE, __ATOMIC_RELEASE);
}

/* ---- measurements -------------------------------------------------------------------------- */

struct progress {
	uint64_t early_kib, late_kib;
	double seconds;
};

static void report(const char *what, uint64_t count, const struct progress *progress)
{
	printf("%-7s %10" PRIu64 " calls  %6.2f million/s  resident KiB after a tenth %" PRIu64
	       ", at the end %" PRIu64 "\n",
	       what, count, (double)count / progress->seconds / 1e6, progress->early_kib,
	       progress->late_kib);
}

static bool is_empty(const struct producer *p)
{
	for (unsigned int i = 0; i < RINGS; i++)
		if (p->rings[i].shared->tail != p->rings[i].head)
			return false;
	return true;
}

static int native(const char *api, uint64_t calls, const char *path)
{
	static struct producer p;
	struct col_settings settings = { .ring_bytes = RING_CELLS * CTR_CELL_SIZE };
	struct col_run_info run = { .tool_version = "bench", .command = "bench_collect" };
	struct col_end_info end = { .exit_status = 0 };
	struct progress progress = { .early_kib = 0 };
	static struct collector c;
	int fd;

	must(!col_session_create(&p.session, &settings), "session");
	must(p.session.shared->clock == CTR_CLOCK_TSC, "the clocksource is not tsc");
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	must(fd >= 0, path);
	must(!col_begin(&c, &p.session, fd, "/tmp", &run), path);
	begin_process(&p, api);
	while (p.calls < calls) {
		double start;

		for (unsigned int i = 0; i < RINGS; i++)
			fill_ring(&p, &p.rings[i], calls);
		start = now();
		while (!is_empty(&p))
			col_poll(&c);
		progress.seconds += now() - start;
		if (!progress.early_kib && p.calls >= calls / 10)
			progress.early_kib = resident_kib();
	}
	progress.late_kib = resident_kib();
	must(!col_finish(&c, &end), path);
	if (c.totals.recorded != calls || col_counters_lost(&c.totals)) {
		fprintf(stderr, "bench_collect: %" PRIu64 " of %" PRIu64 " calls in the trace\n",
			c.totals.recorded, calls);
		return 1;
	}
	report("native", calls, &progress);
	col_free(&c);
	col_session_close(&p.session, true);
	return 0;
}

/* As col_convert does it. */
static int json(const char *from, const char *to)
{
	struct rd_error problem;
	struct ct_event *event = malloc(sizeof(*event));
	struct progress progress = { .early_kib = 0 };
	struct rd_trace *trace;
	struct wr_json *out;
	uint64_t events = 0, all;
	double start = now();
	int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), error;

	must(fd >= 0, to);
	trace = rd_open(from, &problem);
	if (!trace) {
		fprintf(stderr, "bench_collect: %s %s\n", from, problem.text);
		return 1;
	}
	all = rd_header(trace)->recorded;
	out = wr_json_open(fd, false);
	error = wr_json_header(out, rd_header(trace));
	while (!error && rd_next(trace, event)) {
		error = wr_json_event(out, event);
		if (++events == all / 10)
			progress.early_kib = resident_kib();
	}
	progress.late_kib = resident_kib();
	rd_close(trace);
	error = error ? error : wr_json_end(out);
	progress.seconds = now() - start;
	errno = -error;
	must(!error, to);
	free(event);
	report("json", events, &progress);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "native") && atoll(argv[3]) > 0)
		return native(argv[2], (uint64_t)atoll(argv[3]), argv[4]);
	if (argc == 4 && !strcmp(argv[1], "json"))
		return json(argv[2], argv[3]);
	fputs("usage: bench_collect native API CALLS FILE | json FILE OUT\n", stderr);
	return 2;
}
