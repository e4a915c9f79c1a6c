/* SPDX-License-Identifier: Apache-2.0 */
/* See fixture.h. Independent of the recorder's own code, but for the calls. */
#include "unit/record/fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct rec_setup fixture_setup;
int fixture_opened, fixture_opened_again;
__thread unsigned int fixture_plain;

static char folder[256];
static struct ctr_session *session;
static int session_fd = -1;

void rec_host_setup(struct rec_setup *setup)
{
	*setup = fixture_setup;
}

void rec_host_opened(bool again)
{
	fixture_opened++;
	fixture_opened_again += again;
}

static void need(bool condition, const char *what)
{
	if (condition)
		return;
	perror(what);
	exit(99);
}

static void fill(const struct fixture_settings *settings)
{
	session->version_major = CTR_VERSION_MAJOR;
	session->version_minor = CTR_VERSION_MINOR;
	session->header_size = sizeof(*session);
	session->process_size = sizeof(struct ctr_process);
	session->process_slots = CTR_PROCESS_SLOTS;
	session->slot_pages[0] = (1ull << CTR_FIRST_SLOTS / 32) - 1;
	session->overflow = settings->overflow;
	session->ring_bytes = settings->ring_bytes ? settings->ring_bytes : 256 << 10;
	session->total_bytes = settings->total_bytes;
	session->block_timeout_ns = settings->block_timeout_ns;
	session->state = settings->state ? settings->state : CTR_SESSION_RECORDING;
	session->magic = CTR_SESSION_MAGIC;
}

void fixture_make_in(const char *base, const struct fixture_settings *settings)
{
	snprintf(folder, sizeof(folder), "%s/curtrace-check.XXXXXX", base);
	need(mkdtemp(folder) != NULL, folder);
	session_fd = open(fixture_path("session"), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	need(session_fd >= 0 && posix_fallocate(session_fd, 0, CTR_SESSION_FILE_SIZE) == 0,
	     "session");
	session =
		mmap(NULL, CTR_SESSION_MAP_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, session_fd, 0);
	need(session != MAP_FAILED, "mmap");
	fill(settings);
	if (settings->attended)
		need(flock(session_fd, LOCK_EX | LOCK_NB) == 0, "flock");
	fixture_setup.session = folder;
}

void fixture_make(const struct fixture_settings *settings)
{
	const char *base = getenv("FIXTURE_BASE");

	fixture_make_in(base ? base : "/dev/shm", settings);
}

void fixture_remove(void)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	rmdir(folder);
	if (session_fd >= 0)
		close(session_fd);
	session_fd = -1;
}

const char *fixture_folder(void)
{
	return folder;
}

struct ctr_session *fixture_session(void)
{
	return session;
}

struct ctr_process *fixture_slot(unsigned int i)
{
	return (struct ctr_process *)(session + 1) + i;
}

const char *fixture_path(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

unsigned int fixture_count(const char *prefix)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	unsigned int count = 0;

	need(dir != NULL, folder);
	while ((entry = readdir(dir)))
		count += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
	closedir(dir);
	return count;
}

static void put(struct ctr_cell *c, unsigned int ncells, uint64_t argument)
{
	for (size_t at = 0; at < ncells * CTR_CELL_SIZE - CTR_CELL_HEAD_SIZE; at += 8)
		memcpy((char *)c + CTR_CELL_HEAD_SIZE + at, &argument, 8);
}

static __attribute__((noinline)) int slow_call_around(unsigned int ncells, uint64_t argument,
						      void (*inner)(void *), void *data)
{
	struct rec_call call;
	bool recorded = rec_begin(&call, FIXTURE_FUNCTION, ncells, 0, __builtin_return_address(0));

	if (recorded) {
		put(call.cell, ncells, argument);
		rec_publish(&call);
	}
	if (inner)
		inner(data);
	recorded = recorded && rec_resume(&call);
	if (recorded) {
		call.cell->flags |= CTR_CELL_OUTPUTS;
		rec_end(&call, rec_counter(), (int)argument);
	}
	return recorded;
}

/* As the generated entry points do it, if the compiler makes the last call a jump. */
REC_PLAIN int fixture_call_around(unsigned int ncells, uint64_t argument, void (*inner)(void *),
				  void *data)
{
	struct rec_call call;

	if (rec_gate(FIXTURE_FUNCTION) == REC_OFF)
		return 0;
	if (!rec_begin_plain(&call, FIXTURE_FUNCTION, ncells, 0, __builtin_return_address(0)))
		return slow_call_around(ncells, argument, inner, data);
	fixture_plain++;
	put(call.cell, ncells, argument);
	rec_publish(&call);
	if (inner)
		inner(data);
	if (!rec_resume_plain(&call))
		return 0;
	call.cell->flags |= CTR_CELL_OUTPUTS;
	rec_end(&call, arch_counter(), (int)argument);
	return 1;
}

bool fixture_begin(struct rec_call *call, unsigned int ncells, bool general)
{
	if (!general && rec_begin_plain(call, FIXTURE_FUNCTION, ncells, 0, NULL)) {
		fixture_plain++;
		return true;
	}
	return rec_begin(call, FIXTURE_FUNCTION, ncells, 0, NULL);
}

void fixture_end(struct rec_call *call, uint64_t argument)
{
	put(call->cell, 1, argument);
	rec_publish(call);
	if (rec_resume(call))
		rec_end(call, rec_counter(), 0);
}

int fixture_call(uint64_t argument)
{
	return fixture_call_around(1, argument, NULL, NULL);
}

struct fixture_ring fixture_ring_open(unsigned int slot, unsigned int n)
{
	const struct ctr_process *p = fixture_slot(slot);
	struct fixture_ring r = { .at = 0 };
	char name[128];
	struct stat st;
	int fd;

	snprintf(name, sizeof(name), "ring.%u.%llu.%u.%u", p->pid,
		 (unsigned long long)p->start_time, p->exec_count, n);
	fd = open(fixture_path(name), O_RDWR | O_CLOEXEC);
	need(fd >= 0 && fstat(fd, &st) == 0, name);
	r.size = (size_t)st.st_size;
	r.ring = mmap(NULL, r.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(r.ring != MAP_FAILED, name);
	close(fd);
	r.cells = (void *)((char *)r.ring + r.ring->header_size);
	r.at = r.ring->tail;
	return r;
}

void fixture_ring_close(struct fixture_ring *r)
{
	munmap(r->ring, r->size);
}

bool fixture_next(struct fixture_ring *r, struct fixture_record *record)
{
	const uint64_t mask = r->ring->ncells - 1;
	unsigned char copy[CTR_MAX_CELLS * CTR_CELL_SIZE];

	if (r->at >= __atomic_load_n(&r->ring->head, __ATOMIC_ACQUIRE))
		return false;
	memset(record, 0, sizeof(*record));
	record->number = r->at;
	record->head = r->cells[r->at & mask];
	record->committed = record->head.commit == r->at + 1;
	need(record->head.ncells >= 1 && record->head.ncells <= CTR_MAX_CELLS, "cells of a record");
	for (unsigned int i = 0; i < record->head.ncells; i++)
		memcpy(copy + i * CTR_CELL_SIZE, &r->cells[(r->at + i) & mask], CTR_CELL_SIZE);
	memcpy(record->payload, copy + CTR_CELL_HEAD_SIZE,
	       record->head.ncells * CTR_CELL_SIZE - CTR_CELL_HEAD_SIZE);
	r->at += record->head.ncells;
	return true;
}

bool fixture_next_call(struct fixture_ring *r, struct fixture_record *record)
{
	while (fixture_next(r, record))
		if (record->head.function >= CTR_FIRST_FUNCTION)
			return true;
	return false;
}

uint64_t fixture_argument(const struct fixture_record *record)
{
	uint64_t argument;

	memcpy(&argument, record->payload, sizeof(argument));
	return argument;
}

void fixture_drain(struct fixture_ring *r)
{
	r->at = __atomic_load_n(&r->ring->head, __ATOMIC_ACQUIRE);
	__atomic_store_n(&r->ring->tail, r->at, __ATOMIC_RELEASE);
}

void fixture_expect_balanced(const struct fixture_ring *r)
{
	const struct ctr_ring *ring = r->ring;

	if (ring->calls ==
	    ring->recorded + ring->lost_full + ring->lost_reentered + ring->lost_ended)
		return;
	fprintf(stderr, "%llu calls, but %llu recorded, %llu and %llu lost\n",
		(unsigned long long)ring->calls, (unsigned long long)ring->recorded,
		(unsigned long long)ring->lost_full, (unsigned long long)ring->lost_reentered);
	abort();
}
