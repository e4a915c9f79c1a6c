/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of a device: a range of addresses reserved without access, in which blocks are taken
 * and given back. Access is switched on in granules of 2 MiB while something lies in them, so
 * capacity costs nothing until it is used, and a kernel that uses what was freed is caught by the
 * processor if its granule is empty.
 */
#define _GNU_SOURCE /* memfd_create */

#include "sim/memory.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define GRANULE   ((size_t)2 << 20)
#define ALIGNMENT ((size_t)512)

/*
 * Blocks are cut to size classes, eight to each power of two, and go back to the list of their
 * class: no merging, hence no search. What that wastes is only addresses, of which there are
 * several times as many as memory.
 */
#define STEPS       8
#define CLASS_COUNT (64 * STEPS)
#define SPARE       4

/* What a context takes for itself on the device, and cuMemGetInfo never shows as free. */
#define OVERHEAD ((size_t)554500096)

struct block {
	uintptr_t address;
	struct block *next;
};

/* Granules that lie in a file, for other processes. */
struct share {
	size_t first, end;
	int file;
	struct share *next;
};

struct heap {
	uintptr_t base;
	size_t size;
	size_t next;  /* offset of what was never taken */
	size_t small; /* as next, within the granule that small blocks are cut from */
	size_t small_end;
	uint32_t *uses;
	struct share *shares;
	struct block *free[CLASS_COUNT];
};

static struct heap heaps[SIM_MAX_DEVICES];

static unsigned int highest_bit(size_t size)
{
	return 63 - (unsigned int)__builtin_clzl(size);
}

static size_t round_up(size_t size, size_t to)
{
	return (size + to - 1) / to * to;
}

static size_t rounded(size_t size)
{
	size_t step;

	size = round_up(size, ALIGNMENT);
	if (size < ALIGNMENT * STEPS)
		return size;
	step = (size_t)1 << (highest_bit(size) - 3);
	/* Large blocks begin and end on a granule: they share none. */
	if (size >= GRANULE && step < GRANULE)
		step = GRANULE;
	return round_up(size, step);
}

static unsigned int class_of(size_t size)
{
	unsigned int bit = highest_bit(size);

	return bit * STEPS + (unsigned int)((size >> (bit - 3)) & (STEPS - 1));
}

static bool reserve(struct heap *heap)
{
	size_t granules;
	void *base, *uses;

	if (heap->base)
		return true;
	heap->size = round_up(SIM_DEVICE_MEMORY * SPARE, GRANULE);
	base = mmap(NULL, heap->size + GRANULE, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (base == MAP_FAILED)
		return false;
	granules = heap->size / GRANULE;
	uses = mmap(NULL, granules * sizeof(*heap->uses), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (uses == MAP_FAILED) {
		munmap(base, heap->size + GRANULE);
		return false;
	}
	heap->uses = uses;
	heap->base = round_up((uintptr_t)base, GRANULE);
	return true;
}

/* Counts a user in each granule of the block, and gives those access that had none. */
static bool open_granules(struct sim_device *device, struct heap *heap, size_t offset, size_t size)
{
	size_t first = offset / GRANULE, end = (offset + size - 1) / GRANULE + 1;
	size_t fresh = 0;

	for (size_t i = first; i < end; i++)
		fresh += heap->uses[i] == 0;
	if (device->used + fresh * GRANULE + OVERHEAD > SIM_DEVICE_MEMORY)
		return false;
	if (fresh && mprotect((void *)(heap->base + first * GRANULE), (end - first) * GRANULE,
			      PROT_READ | PROT_WRITE) != 0)
		return false;
	for (size_t i = first; i < end; i++)
		heap->uses[i]++;
	device->used += fresh * GRANULE;
	return true;
}

/* Who has the file mapped keeps it. */
static void end_shares(struct heap *heap)
{
	for (struct share **link = &heap->shares; *link;) {
		struct share *share = *link;

		/* All of them close together: blocks that share granules lie within one. */
		if (heap->uses[share->first]) {
			link = &share->next;
			continue;
		}
		*link = share->next;
		close(share->file);
		free(share);
	}
}

static void close_granules(struct sim_device *device, struct heap *heap, size_t offset, size_t size)
{
	size_t first = offset / GRANULE, end = (offset + size - 1) / GRANULE + 1;
	size_t run = first;

	for (size_t i = first; i < end; i++) {
		if (--heap->uses[i] == 0) {
			device->used -= GRANULE;
			continue;
		}
		if (run < i)
			mmap((void *)(heap->base + run * GRANULE), (i - run) * GRANULE, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
		run = i + 1;
	}
	if (run < end)
		mmap((void *)(heap->base + run * GRANULE), (end - run) * GRANULE, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
	end_shares(heap);
}

/* A file that holds what the granules hold, in their place; -1 if none can be had. */
static int into_file(void *start, size_t size)
{
	int file = memfd_create("simulated device memory", MFD_CLOEXEC);

	if (file < 0)
		return -1;
	for (size_t done = 0; done < size;) {
		ssize_t written = write(file, (char *)start + done, size - done);

		if (written <= 0) {
			close(file);
			return -1;
		}
		done += (size_t)written;
	}
	if (mmap(start, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) ==
	    MAP_FAILED) {
		close(file);
		return -1;
	}
	return file;
}

static struct share *new_share(struct heap *heap, size_t first, size_t end)
{
	struct share *share = malloc(sizeof(*share));

	if (!share)
		return NULL;
	*share = (struct share){ .first = first, .end = end, .next = heap->shares };
	share->file = into_file((void *)(heap->base + first * GRANULE), (end - first) * GRANULE);
	if (share->file < 0) {
		free(share);
		return NULL;
	}
	heap->shares = share;
	return share;
}

bool sim_heap_share(struct sim_device *device, uintptr_t address, size_t size, int *file,
		    size_t *offset)
{
	struct heap *heap = &heaps[device->ordinal];
	size_t first = (address - heap->base) / GRANULE;
	size_t end = (address - heap->base + size - 1) / GRANULE + 1;
	struct share *share = heap->shares;

	while (share && share->first != first)
		share = share->next;
	if (!share)
		share = new_share(heap, first, end);
	if (!share)
		return false;
	*file = share->file;
	*offset = address - heap->base - first * GRANULE;
	return true;
}

/* Fresh addresses, from a granule's start on; 0 if there are none. */
static uintptr_t cut(struct heap *heap, size_t size)
{
	uintptr_t address = heap->base + heap->next;

	size = round_up(size, GRANULE);
	if (size > heap->size - heap->next)
		return 0;
	heap->next += size;
	return address;
}

/* Small blocks share granules among themselves. */
static uintptr_t cut_small(struct heap *heap, size_t size)
{
	uintptr_t address;

	if (size > heap->small_end - heap->small) {
		address = cut(heap, GRANULE);
		if (!address)
			return 0;
		heap->small = address - heap->base;
		heap->small_end = heap->small + GRANULE;
	}
	address = heap->base + heap->small;
	heap->small += size;
	return address;
}

/* A freed block of the class, or fresh addresses; 0 if there are none. */
static uintptr_t find_block(struct heap *heap, size_t size)
{
	struct block **list = &heap->free[class_of(size)];
	struct block *block = *list;
	uintptr_t address;

	if (block) {
		address = block->address;
		*list = block->next;
		free(block);
		return address;
	}
	return size < GRANULE ? cut_small(heap, size) : cut(heap, size);
}

static void keep_block(struct heap *heap, uintptr_t address, size_t size)
{
	struct block *block = malloc(sizeof(*block));

	/* Without memory for the note, the addresses are lost; there are plenty. */
	if (!block)
		return;
	*block = (struct block){ .address = address, .next = heap->free[class_of(size)] };
	heap->free[class_of(size)] = block;
}

CUresult sim_heap_take(struct sim_device *device, size_t size, uintptr_t *address)
{
	struct heap *heap = &heaps[device->ordinal];

	if (size > SIM_DEVICE_MEMORY || !reserve(heap))
		return CUDA_ERROR_OUT_OF_MEMORY;
	*address = find_block(heap, rounded(size));
	if (!*address)
		return CUDA_ERROR_OUT_OF_MEMORY;
	/* Of the block only what was asked for counts as memory. */
	if (!open_granules(device, heap, *address - heap->base, size)) {
		keep_block(heap, *address, rounded(size));
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	return CUDA_SUCCESS;
}

void sim_heap_give(struct sim_device *device, uintptr_t address, size_t size)
{
	struct heap *heap = &heaps[device->ordinal];

	close_granules(device, heap, address - heap->base, size);
	keep_block(heap, address, rounded(size));
}

size_t sim_memory_free_bytes(const struct sim_device *device)
{
	return SIM_DEVICE_MEMORY - OVERHEAD - device->used;
}
