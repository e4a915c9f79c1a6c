/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The traced process of the collector's tests.
 */
#include "traced.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "collect/clock.h"

static const char api[] =
	"curtrace-api 1\n"
	"e cudaError 0=cudaSuccess 2=cudaErrorMemoryAllocation 35=cudaErrorInsufficientDriver "
	"600=cudaErrorNotReady\n"
	"f 16 cudaMalloc memory - 1 status devPtr:o:ptr:0:8 size:i:size:8:8\n"
	"f 17 cudaFree memory - 1 status devPtr:i:ptr:0:8\n"
	"f 18 cudaStreamQuery stream ptsz,expect=600 1 status stream:i:handle/stream:0:8\n"
	"f 19 cudaLaunchKernel launch ptsz 2 status func:i:kernel:0:8 gridDim:i:dim3:8:12 "
	"blockDim:i:dim3:20:12\n";

static void must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(99);
}

static uint64_t own_start_time(uint32_t *parent)
{
	unsigned long long start = 0;
	char text[1024] = "", *at;
	FILE *f = fopen("/proc/self/stat", "re");
	int ppid = 0;

	must(f && fread(text, 1, sizeof(text) - 1, f) > 0, "/proc/self/stat");
	fclose(f);
	at = strrchr(text, ')') + 2;
	sscanf(at, "%*c %d", &ppid);
	for (int field = 3; field < 22; field++)
		at = strchr(at, ' ') + 1;
	sscanf(at, "%llu", &start);
	*parent = (uint32_t)ppid;
	return start;
}

static int create(int dirfd, const char *name, off_t size)
{
	int fd = openat(dirfd, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	must(fd >= 0 && (!size || !ftruncate(fd, size)), name);
	return fd;
}

static void *map(int fd, size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	must(at != MAP_FAILED, "mmap");
	close(fd);
	return at;
}

static void put_text(struct traced *t, const char *name, const char *text, size_t size)
{
	int fd = openat(t->dirfd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && write(fd, text, size) == (ssize_t)size, name);
	close(fd);
}

uint64_t traced_counter(const struct traced *t)
{
	return col_clock_sample(t->session->clock).counter;
}

void traced_open(struct traced *t, const char *folder, uint32_t pid)
{
	uint32_t index, parent = 1;
	uint64_t start = pid ? 1 : own_start_time(&parent);
	int fd;

	memset(t, 0, sizeof(*t));
	t->dirfd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(t->dirfd >= 0, folder);
	fd = openat(t->dirfd, "session", O_RDWR | O_CLOEXEC);
	must(fd >= 0, "session");
	t->session = map(fd, CTR_SESSION_MAP_SIZE);
	if (faccessat(t->dirfd, "api", F_OK, 0))
		put_text(t, "api", api, sizeof(api) - 1);
	index = __atomic_fetch_add(&t->session->processes, 1, __ATOMIC_RELAXED);
	t->slot = (struct ctr_process *)(t->session + 1) + index;
	t->slot->pid = pid ? pid : (uint32_t)getpid();
	t->slot->parent_pid = parent;
	t->slot->start_time = start;
	for (uint32_t i = 0; i < index; i++)
		t->slot->exec_count += t->slot[-(int)i - 1].pid == t->slot->pid;
	t->slot->clock = t->session->clock;
	t->slot->opened = col_clock_sample(t->session->clock);
	snprintf(t->slot->comm, sizeof(t->slot->comm), "traced");
	snprintf(t->tag, sizeof(t->tag), "%u.%llu.%u", t->slot->pid, (unsigned long long)start,
		 t->slot->exec_count);
	__atomic_store_n(&t->slot->state, CTR_PROCESS_LIVE, __ATOMIC_RELEASE);
}

void traced_leave_maps(struct traced *t, const char *text)
{
	static char copy[1 << 20];
	char name[80];
	size_t size = 0;

	if (!text) {
		FILE *f = fopen("/proc/self/maps", "re");

		must(f, "/proc/self/maps");
		size = fread(copy, 1, sizeof(copy), f);
		fclose(f);
	}
	snprintf(name, sizeof(name), "maps.%s", t->tag);
	put_text(t, name, text ? text : copy, text ? strlen(text) : size);
}

void traced_exit(struct traced *t)
{
	traced_leave_maps(t, NULL);
	__atomic_store_n(&t->slot->state, CTR_PROCESS_EXITED, __ATOMIC_RELEASE);
}

void traced_ring(struct traced *t, struct traced_ring *r, uint32_t ncells, uint32_t tid)
{
	size_t size = CTR_RING_HEADER_SIZE + ncells * sizeof(struct ctr_cell);
	struct ctr_control_thread thread = {
		.tid = tid ? tid : (uint32_t)gettid(),
		.pid = t->slot->pid,
		.name = "worker",
		.clock = col_clock_sample(t->session->clock),
	};
	char name[96];

	*r = (struct traced_ring){ .process = t };
	snprintf(name, sizeof(name), "ring.%s.%u", t->tag, t->nrings);
	r->shared = map(create(t->dirfd, name, (off_t)size), size);
	r->cells = (struct ctr_cell *)((char *)r->shared + CTR_RING_HEADER_SIZE);
	r->shared->version_major = CTR_VERSION_MAJOR;
	r->shared->header_size = CTR_RING_HEADER_SIZE;
	r->shared->cell_size = CTR_CELL_SIZE;
	r->shared->ncells = ncells;
	r->shared->pid = t->slot->pid;
	r->shared->exec_count = t->slot->exec_count;
	r->shared->start_time = t->slot->start_time;
	r->shared->number = t->nrings++;
	r->shared->clock = t->session->clock;
	r->shared->created = thread.clock;
	r->shared->state = CTR_RING_ACTIVE;
	__atomic_fetch_add(&t->session->bytes_used, size, __ATOMIC_RELAXED);
	__atomic_store_n(&r->shared->magic, CTR_RING_MAGIC, __ATOMIC_RELEASE);
	__atomic_fetch_add(&t->slot->ring_count, 1, __ATOMIC_RELAXED);
	traced_end(r, traced_begin_as(r, CTR_CONTROL_THREAD, 0, &thread, sizeof(thread)), 0);
}

static void wait_for_room(struct traced_ring *r, uint32_t ncells)
{
	if (r->process->session->overflow == CTR_OVERFLOW_OVERWRITE)
		return;
	while (r->head + ncells - __atomic_load_n(&r->shared->tail, __ATOMIC_ACQUIRE) >
	       r->shared->ncells)
		usleep(100);
}

uint64_t traced_begin_as(struct traced_ring *r, uint16_t function, uint64_t caller,
			 const void *payload, uint32_t size)
{
	uint32_t ncells = (CTR_CELL_HEAD_SIZE + size + CTR_CELL_SIZE - 1) / CTR_CELL_SIZE;
	char record[CTR_MAX_CELLS * CTR_CELL_SIZE] = { 0 };
	struct ctr_cell *head = (struct ctr_cell *)record;
	uint64_t number = r->head;

	wait_for_room(r, ncells);
	head->start = traced_counter(r->process);
	head->caller = caller;
	head->function = function;
	head->ncells = (uint8_t)ncells;
	memcpy(head->payload, payload, size);
	for (uint32_t i = 0; i < ncells; i++)
		r->cells[(number + i) & (r->shared->ncells - 1)] = head[i];
	r->head += ncells;
	__atomic_store_n(&r->shared->head, r->head, __ATOMIC_RELEASE);
	if (function >= CTR_FIRST_FUNCTION) {
		r->shared->calls++;
		r->shared->recorded++;
	}
	return number;
}

uint64_t traced_begin(struct traced_ring *r, enum traced_function function)
{
	/* An address of the program: this function's. */
	uint64_t caller = (uint64_t)(uintptr_t)&traced_begin + 1;
	const struct {
		uint64_t key;
		uint32_t grid[3], block[3];
	} launch = { TRACED_KERNEL_KEY, { 2, 1, 1 }, { 32, 1, 1 } };
	const uint64_t plain[3] = { 0x7000, 4096, 0 };

	if (function == TRACED_LAUNCH)
		return traced_begin_as(r, TRACED_LAUNCH, caller, &launch, sizeof(launch));
	return traced_begin_as(r, (uint16_t)function, caller, plain, sizeof(plain));
}

void traced_end(struct traced_ring *r, uint64_t number, int32_t result)
{
	struct ctr_cell *cell = &r->cells[number & (r->shared->ncells - 1)];

	cell->result = result;
	cell->flags |= result ? 0 : CTR_CELL_OUTPUTS;
	cell->end = traced_counter(r->process);
	__atomic_store_n(&cell->commit, number + 1, __ATOMIC_RELEASE);
}

void traced_call(struct traced_ring *r, enum traced_function function, int32_t result)
{
	traced_end(r, traced_begin(r, function), result);
}

void traced_lose(struct traced_ring *r)
{
	r->shared->calls++;
	r->shared->lost_full++;
}

void traced_define(struct traced *t, uint16_t kind, uint64_t key, const char *text,
		   uint32_t written)
{
	char data[1024], name[80];
	struct ctr_def def = {
		.size = (uint32_t)(sizeof(def) + strlen(text)),
		.kind = kind,
		.counter = traced_counter(t),
		.key = key,
	};
	int fd;

	memcpy(data, &def, sizeof(def));
	memcpy(data + sizeof(def), text, strlen(text));
	def.checksum = (uint32_t)crc32(0, (const Bytef *)data + 8, def.size - 8);
	memcpy(data, &def, sizeof(def));
	snprintf(name, sizeof(name), "defs.%s", t->tag);
	fd = openat(t->dirfd, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	must(fd >= 0 && write(fd, data, written ? written : def.size) > 0, name);
	close(fd);
}
