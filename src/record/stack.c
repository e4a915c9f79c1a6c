/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeping stacks. Each different one is stored once, in a file that all threads of the process
 * append to by one atomic addition, and found again by a table of hashes. A killed process loses
 * nothing, and the rings hold numbers only.
 */
#include "record/stack.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "record/files.h"
#include "record/fork.h"
#include "record/module.h"
#include "record/state.h"
#include "record/walk.h"

uint8_t rec_stack_functions[CTR_STACK_FUNCTIONS / 8];

/* One that is short of room gets less, down to the first; more is not believed. */
#define MIN_BYTES (64u << 10)
#define MAX_BYTES (1u << 30)

/* No process takes more of the session's budget than this part of what is left. */
#define SHARE 16

/* A stack has several words: so many for each entry of the table. */
#define WORDS_PER_ENTRY 4

/* Entries that are tried for one stack. */
#define PROBES 32

/* Of the process; cleared in a forked child, which opens its own. */
static struct {
	struct ctr_stacks *shared;
	uint64_t *words;
	uint64_t nwords;
	uint64_t *table; /* upper half: of the hash; lower half: the stack's number */
	uint64_t mask;
	uint32_t depth;
} stacks __attribute__((aligned(ARCH_PAGE_SIZE)));

/* ---- opening ------------------------------------------------------------------------------- */

void rec_stack_prepare(void)
{
	rec_module_prepare();
}

static bool read_settings(int folder, struct ctr_stack_settings *settings)
{
	int fd = rec_file_open(folder, "stacks", sizeof(*settings));
	bool sound;

	if (fd < 0)
		return false;
	sound = pread(fd, settings, sizeof(*settings), 0) == (ssize_t)sizeof(*settings) &&
		settings->magic == CTR_STACKS_MAGIC && settings->depth > 0 &&
		settings->depth <= CTR_STACK_MAX_DEPTH && settings->bytes >= MIN_BYTES &&
		settings->bytes <= MAX_BYTES && (settings->bytes & (settings->bytes - 1)) == 0;
	close(fd);
	return sound;
}

/* A child must not write to its parent's. */
static void *map(int fd, size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED | MAP_POPULATE, fd, 0);

	if (at == MAP_FAILED)
		return NULL;
	madvise(at, size, MADV_DONTFORK);
	return at;
}

static bool take_budget(uint64_t bytes)
{
	struct rec_process *p = &rec_process;
	uint64_t used = __atomic_add_fetch(&p->session->bytes_used, bytes, __ATOMIC_RELAXED);

	if (p->total_bytes == 0 || used <= p->total_bytes)
		return true;
	__atomic_sub_fetch(&p->session->bytes_used, bytes, __ATOMIC_RELAXED);
	return false;
}

static void give_budget(uint64_t bytes)
{
	__atomic_sub_fetch(&rec_process.session->bytes_used, bytes, __ATOMIC_RELAXED);
}

static bool make_file(int folder, uint32_t bytes)
{
	size_t size = CTR_RING_HEADER_SIZE + (size_t)bytes;
	char name[REC_TAG_SIZE + 8];
	int fd;

	if (!take_budget(size))
		return false;
	snprintf(name, sizeof(name), "stacks.%s", rec_process.tag);
	fd = rec_file_create(folder, name, (off_t)size);
	if (fd >= 0) {
		stacks.shared = map(fd, size);
		if (!stacks.shared)
			unlinkat(folder, name, 0);
		close(fd);
	}
	if (stacks.shared)
		return true;
	give_budget(size);
	return false;
}

static bool make_table(uint64_t nwords)
{
	stacks.mask = nwords / WORDS_PER_ENTRY - 1;
	stacks.table = map(-1, (stacks.mask + 1) * sizeof(uint64_t));
	return stacks.table != NULL;
}

/* The largest that there is room for. */
static bool make(int folder, uint32_t bytes)
{
	uint64_t total = rec_process.total_bytes;
	uint64_t used = __atomic_load_n(&rec_process.session->bytes_used, __ATOMIC_RELAXED);

	while (total && bytes > MIN_BYTES && (used >= total || bytes > (total - used) / SHARE))
		bytes /= 2;
	while (bytes >= MIN_BYTES && !make_file(folder, bytes))
		bytes /= 2;
	if (bytes < MIN_BYTES)
		return false;
	if (!make_table(bytes / sizeof(uint64_t))) {
		munmap(stacks.shared, CTR_RING_HEADER_SIZE + (size_t)bytes);
		stacks.shared = NULL;
		return false;
	}
	stacks.nwords = bytes / sizeof(uint64_t);
	stacks.words = (uint64_t *)((char *)stacks.shared + CTR_RING_HEADER_SIZE);
	stacks.shared->version_major = CTR_VERSION_MAJOR;
	stacks.shared->version_minor = CTR_VERSION_MINOR;
	stacks.shared->header_size = CTR_RING_HEADER_SIZE;
	stacks.shared->nwords = stacks.nwords;
	stacks.shared->used = 1; /* 0 is no stack */
	__atomic_store_n(&stacks.shared->magic, CTR_STACKS_MAGIC, __ATOMIC_RELEASE);
	return true;
}

/* Functions last: whoever finds one of them selected finds the rest. */
void rec_stack_open(int folder)
{
	struct ctr_stack_settings settings;
	uint32_t *state;

	/* Kernels that cannot wipe leave the parent's here. */
	memset(&stacks, 0, sizeof(stacks));
	memset(rec_stack_functions, 0, sizeof(rec_stack_functions));
	if (!rec_process.slot || !read_settings(folder, &settings))
		return;
	rec_fork_wipe(&stacks, sizeof(stacks));
	/* Before the file is there: cut off while it is made, rec_stack_mend says so. */
	state = &rec_process.slot->stacks;
	*state = CTR_STACKS_KEPT;
	if (!rec_walk_possible())
		*state = CTR_STACKS_UNSAFE;
	else if (!make(folder, settings.bytes))
		*state = CTR_STACKS_NO_ROOM;
	if (*state == CTR_STACKS_UNSAFE || *state == CTR_STACKS_NO_ROOM)
		return;
	stacks.depth = settings.depth;
	memcpy(rec_stack_functions, settings.functions, sizeof(rec_stack_functions));
}

bool rec_stack_wanted(void)
{
	return stacks.depth != 0;
}

/*
 * What was stored is gone with the file; who is storing goes on into memory that nobody reads. The
 * numbers in the table stay: they are of stacks that the records before have, too.
 */
bool rec_stack_mend(const void *address)
{
	size_t size = CTR_RING_HEADER_SIZE + stacks.nwords * sizeof(uint64_t);

	if (!stacks.shared || (uintptr_t)address - (uintptr_t)stacks.shared >= size ||
	    mmap(stacks.shared, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) != stacks.shared)
		return false;
	/* Full: nothing is stored any more. */
	__atomic_store_n(&stacks.shared->used, stacks.nwords, __ATOMIC_RELAXED);
	if (rec_process.slot)
		__atomic_store_n(&rec_process.slot->stacks, CTR_STACKS_CUT_OFF, __ATOMIC_RELAXED);
	return true;
}

/* ---- storing ------------------------------------------------------------------------------- */

static uint64_t hash_of(const uint64_t *addresses, unsigned int n)
{
	uint64_t hash = n;

	for (unsigned int i = 0; i < n; i++) {
		hash = (hash ^ addresses[i]) * 0x9e3779b97f4a7c15ull;
		hash ^= hash >> 29;
	}
	return hash;
}

static bool is_stack(uint64_t at, const uint64_t *addresses, unsigned int n)
{
	/* Pairs with the release in store. */
	return at + n < stacks.nwords &&
	       __atomic_load_n(&stacks.words[at], __ATOMIC_ACQUIRE) == (CTR_STACK_HEAD | n) &&
	       memcmp(&stacks.words[at + 1], addresses, n * sizeof(*addresses)) == 0;
}

/* 0: no room. */
static uint64_t store(const uint64_t *addresses, unsigned int n)
{
	uint64_t at;

	/* Asked first: else every call would add to a line that all threads share. */
	if (__atomic_load_n(&stacks.shared->used, __ATOMIC_RELAXED) + n >= stacks.nwords)
		return 0;
	at = __atomic_fetch_add(&stacks.shared->used, n + 1, __ATOMIC_RELAXED);
	if (at + n >= stacks.nwords)
		return 0;
	memcpy(&stacks.words[at + 1], addresses, n * sizeof(*addresses));
	__atomic_store_n(&stacks.words[at], CTR_STACK_HEAD | n, __ATOMIC_RELEASE);
	return at;
}

/* Two threads that meet a new stack at once may both store it: one of the two is never named. */
static uint64_t find(const uint64_t *addresses, unsigned int n)
{
	uint64_t hash = hash_of(addresses, n), tag = hash & ~0xffffffffull, stored = 0;

	for (unsigned int i = 0; i < PROBES; i++) {
		uint64_t *entry = &stacks.table[(hash + i) & stacks.mask];
		uint64_t seen = __atomic_load_n(entry, __ATOMIC_ACQUIRE);

		if (seen == 0) {
			if (!stored && !(stored = store(addresses, n)))
				return 0;
			if (__atomic_compare_exchange_n(entry, &seen, tag | stored, false,
							__ATOMIC_RELEASE, __ATOMIC_ACQUIRE))
				return stored;
		}
		if ((seen & ~0xffffffffull) == tag && is_stack(seen & 0xffffffff, addresses, n))
			return seen & 0xffffffff;
	}
	/* The table is crowded there. */
	return stored ? stored : store(addresses, n);
}

/* ---- threads ------------------------------------------------------------------------------- */

static struct rec_walk *walk_of(struct rec_thread *self)
{
	struct rec_walk *w;

	if (self->walk)
		return self->walk;
	w = map(-1, sizeof(*w));
	/* A handler that came in between has made one too: a page is wasted. */
	self->walk = w;
	return w;
}

void rec_stack_forget(struct rec_thread *self)
{
	if (self->walk)
		memset(self->walk->ranges, 0, sizeof(self->walk->ranges));
}

/* From a handler that has interrupted this very function there is no second stack to be had. */
uint64_t rec_stack_take(struct rec_thread *self, const void *caller)
{
	int saved_errno = errno;
	struct rec_walk *w = walk_of(self);
	unsigned int n;
	uint64_t at;

	if (!w || w->busy) {
		__atomic_fetch_add(&stacks.shared->cut, 1, __ATOMIC_RELAXED);
		errno = saved_errno;
		return 0;
	}
	__atomic_store_n(&w->busy, 1, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	n = rec_walk(w, caller, stacks.depth);
	at = find(w->addresses, n);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&w->busy, 0, __ATOMIC_RELAXED);
	if (!at)
		__atomic_fetch_add(&stacks.shared->lost, 1, __ATOMIC_RELAXED);
	errno = saved_errno;
	return at;
}
