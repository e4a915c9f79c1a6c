/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making rings. The file is a header page and the cells; in memory the cells follow once more, so
 * that a record of several cells is one piece of memory wherever it begins.
 */
#include "record/ring.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "record/clock.h"
#include "record/files.h"
#include "record/memory.h"
#include "record/state.h"

/*
 * No ring takes more than this part of what is left, so that late threads get one too: about a
 * thousand do with 32 MiB, which is what a collector leaves us of a container's 64 MiB. The first
 * few of the first processes may take more: most programs have no others.
 */
#define SHARE          512
#define FEW            8
#define SHARE_OF_A_FEW 64

/* A session may ask for less than what rings shrink to. */
static uint32_t smallest_size(void)
{
	return rec_process.ring_bytes < REC_SHRUNK_RING_BYTES ? rec_process.ring_bytes
							      : REC_SHRUNK_RING_BYTES;
}

/* Of a control group's memory so much is not ours to take, for at its limit the kernel kills. */
#define GROUP_RESERVE (2u << 20)

static uint64_t group_left(void)
{
	uint64_t left = rec_process.no_group_limit ? UINT64_MAX : rec_memory_left();

	if (left == UINT64_MAX)
		return left;
	return left > GROUP_RESERVE ? left - GROUP_RESERVE : 0;
}

/* The first rings of the first processes. */
static bool is_one_of_a_few(uint32_t number)
{
	const struct ctr_process *slots = (const struct ctr_process *)(rec_process.session + 1);

	return number < FEW && rec_process.slot - slots < FEW;
}

/* 0: not even the smallest is to be tried. */
static uint32_t choose_size(int folder, uint32_t number)
{
	struct rec_process *p = &rec_process;
	uint64_t share = is_one_of_a_few(number) ? SHARE_OF_A_FEW : SHARE, used;
	uint64_t left = group_left();
	uint32_t bytes = p->ring_bytes;
	struct statvfs fs;

	if (left < CTR_RING_HEADER_SIZE + smallest_size())
		return 0;

	if (fstatvfs(folder, &fs) == 0 && (uint64_t)fs.f_bavail * fs.f_frsize < left)
		left = (uint64_t)fs.f_bavail * fs.f_frsize;
	used = __atomic_load_n(&p->session->bytes_used, __ATOMIC_RELAXED);
	if (p->total_bytes != 0) {
		uint64_t budget = used < p->total_bytes ? p->total_bytes - used : 0;

		if (budget < left)
			left = budget;
	}
	while (bytes > smallest_size() && bytes > left / share)
		bytes /= 2;
	return bytes;
}

/* Added first and looked at then: two processes must not both take the last piece. */
static bool take_budget(uint64_t bytes)
{
	struct rec_process *p = &rec_process;
	uint64_t used = __atomic_add_fetch(&p->session->bytes_used, bytes, __ATOMIC_RELAXED);

	if (p->total_bytes == 0 || used <= p->total_bytes)
		return true;
	__atomic_sub_fetch(&p->session->bytes_used, bytes, __ATOMIC_RELAXED);
	return false;
}

/*
 * Header, cells, and the cells again. Populated at once: a first touch costs some microseconds a
 * page, and would be paid in the midst of calls. The kernel's pages must be no larger than the
 * header, else the second mapping fails and the calls are counted as lost.
 */
static char *map_ring(int fd, uint32_t bytes)
{
	const int access = PROT_READ | PROT_WRITE, flags = MAP_SHARED | MAP_FIXED | MAP_POPULATE;
	size_t whole = CTR_RING_HEADER_SIZE + 2 * (size_t)bytes;
	/* Reserves the addresses; the other two are put into them. */
	char *at = mmap(NULL, whole, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		return NULL;
	if (mmap(at, CTR_RING_HEADER_SIZE + bytes, access, flags, fd, 0) != MAP_FAILED &&
	    mmap(at + CTR_RING_HEADER_SIZE + bytes, bytes, access, flags, fd,
		 CTR_RING_HEADER_SIZE) != MAP_FAILED) {
		/* A child that wrote here would be a second writer to its parent's ring. */
		madvise(at, whole, MADV_DONTFORK);
		return at;
	}
	munmap(at, whole);
	return NULL;
}

/* The counters are zero already: the file is new. */
static void fill_header(struct ctr_ring *ring, uint32_t number, uint32_t bytes)
{
	ring->version_major = CTR_VERSION_MAJOR;
	ring->version_minor = CTR_VERSION_MINOR;
	ring->header_size = CTR_RING_HEADER_SIZE;
	ring->cell_size = CTR_CELL_SIZE;
	ring->ncells = bytes / CTR_CELL_SIZE;
	ring->pid = rec_process.pid;
	ring->exec_count = rec_process.exec_count;
	ring->start_time = rec_process.start_time;
	ring->number = number;
	ring->clock = rec_switch.clock;
	rec_clock_sample(rec_switch.clock, &ring->created);
	/* Last: a collector that sees the magic sees the rest. */
	__atomic_store_n(&ring->magic, CTR_RING_MAGIC, __ATOMIC_RELEASE);
}

/* For guard.c, whose handler may look at the list at any time. */
static void note_made(struct rec_thread *self)
{
	struct rec_thread **first = &rec_process.made;

	self->next_made = __atomic_load_n(first, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(first, &self->next_made, self, true, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED))
		;
}

static enum rec_ring_error make(struct rec_thread *self, int folder, uint32_t number,
				uint32_t bytes)
{
	char name[REC_TAG_SIZE + 24];
	char *at = NULL;
	int fd;

	if (!take_budget(CTR_RING_HEADER_SIZE + bytes))
		return REC_RING_BUDGET;
	snprintf(name, sizeof(name), "ring.%s.%u", rec_process.tag, number);
	fd = rec_file_create(folder, name, CTR_RING_HEADER_SIZE + (off_t)bytes);
	if (fd >= 0) {
		at = map_ring(fd, bytes);
		if (!at)
			unlinkat(folder, name, 0);
		close(fd);
	}
	if (!at) {
		__atomic_sub_fetch(&rec_process.session->bytes_used, CTR_RING_HEADER_SIZE + bytes,
				   __ATOMIC_RELAXED);
		return REC_RING_NO_ROOM;
	}
	self->ring = (struct ctr_ring *)at;
	self->cells = at + CTR_RING_HEADER_SIZE;
	self->offset_mask = bytes - 1;
	self->map_size = CTR_RING_HEADER_SIZE + 2 * bytes;
	note_made(self);
	fill_header(self->ring, number, bytes);
	return REC_RING_OK;
}

enum rec_ring_error rec_ring_make(struct rec_thread *self, uint32_t number)
{
	enum rec_ring_error error = REC_RING_NO_ROOM;
	int folder = rec_folder_open(rec_process.folder);

	if (folder < 0)
		return error;
	for (uint32_t bytes = choose_size(folder, number); bytes >= smallest_size() && bytes;
	     bytes /= 2) {
		error = make(self, folder, number, bytes);
		if (error == REC_RING_OK)
			break;
	}
	close(folder);
	return error;
}
