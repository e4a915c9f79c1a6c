/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Written through /proc/self/mem, which needs no page that is writable and executable at once and
 * leaves the protection of pages alone; where that is not allowed, through pages that are made
 * writable for a moment. A page that has been written to may then be refused to become executable
 * again (SELinux's execmod): the file is mapped over it anew, as the loader had done.
 */
#include "hook/redirect.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Shell's way: qsort may allocate, and at this time the program's allocator may not be ready. */
static void sort(struct hook_jump *jumps, size_t n)
{
	for (size_t gap = n / 2; gap > 0; gap /= 2) {
		for (size_t i = gap; i < n; i++) {
			struct hook_jump jump = jumps[i];
			size_t k = i;

			for (; k >= gap && jumps[k - gap].from > jump.from; k -= gap)
				jumps[k] = jumps[k - gap];
			jumps[k] = jump;
		}
	}
}

/* The last jump at or before `address`; NULL: they all lie behind it. */
static const struct hook_jump *last_before(const struct hook_jump *jumps, size_t n,
					   ElfW(Addr) address)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (jumps[middle].from <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &jumps[low - 1] : NULL;
}

/* What begins within the bytes of a jump would be overwritten: by any symbol, and by sections. */
static const char *check(const struct hook_object *object, const struct hook_jump *jumps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!hook_object_is_code(object, jumps[i].from, HOOK_JUMP_SIZE))
			return "a function is not in its code";
		if (i && jumps[i].from - jumps[i - 1].from < HOOK_JUMP_SIZE)
			return "two functions are too near to each other";
	}
	for (size_t i = 0; i < object->nsymbols; i++) {
		ElfW(Addr) address = object->symbols[i].st_value;
		const struct hook_jump *jump = last_before(jumps, n, address);

		if (jump && address != jump->from && address - jump->from < HOOK_JUMP_SIZE)
			return "a function is too short to be redirected";
	}
	for (size_t i = 0; i < object->nsections; i++) {
		ElfW(Addr) address = object->sections[i].sh_addr;
		const struct hook_jump *jump = last_before(jumps, n, address);

		if (jump && address != jump->from && address - jump->from < HOOK_JUMP_SIZE)
			return "a function is too short to be redirected";
	}
	return NULL;
}

/* ---- through the memory file ----------------------------------------------------------------- */

static bool write_at(int fd, uintptr_t address, const void *data, size_t size)
{
	return pwrite(fd, data, size, (off_t)address) == (ssize_t)size;
}

/* What stood there is in the file: code has no relocations. */
static void undo(int fd, const struct hook_object *object, const struct hook_jump *jumps, size_t n)
{
	uint64_t offset;

	for (size_t i = 0; i < n; i++) {
		if (hook_object_offset(object, jumps[i].from, &offset))
			write_at(fd, object->base + jumps[i].from, object->file + offset,
				 HOOK_JUMP_SIZE);
	}
}

static bool write_through_file(const struct hook_object *object, const struct hook_jump *jumps,
			       size_t n)
{
	unsigned char code[HOOK_JUMP_SIZE];
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	size_t i;

	if (fd < 0)
		return false;
	for (i = 0; i < n; i++) {
		arch_jump(code, jumps[i].to);
		if (!write_at(fd, object->base + jumps[i].from, code, sizeof(code)))
			break;
	}
	/* Of the one that failed a part may have been written. */
	if (i < n)
		undo(fd, object, jumps, i + 1);
	close(fd);
	return i == n;
}

/* ---- through writable pages ------------------------------------------------------------------ */

struct span {
	uintptr_t begin;
	size_t size;
	uint64_t offset; /* of `begin`, in the file */
};

/* Whole pages around all jumps; they lie in one segment, as they are of one object file. */
static bool span_of(const struct hook_object *object, const struct hook_jump *jumps, size_t n,
		    struct span *span)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	ElfW(Addr) first = jumps[0].from, last = jumps[n - 1].from + HOOK_JUMP_SIZE;
	uintptr_t begin = object->base + first, end = object->base + last;

	if (!hook_object_is_code(object, first, last - first) ||
	    !hook_object_offset(object, first, &span->offset))
		return false;
	span->offset -= begin % page;
	span->begin = begin - begin % page;
	span->size = ((end - span->begin) + page - 1) / page * page;
	return true;
}

static bool write_through_pages(const struct hook_object *object, const struct hook_jump *jumps,
				size_t n)
{
	struct span span;

	if (!span_of(object, jumps, n, &span) ||
	    mprotect((void *)span.begin, span.size, PROT_READ | PROT_WRITE) != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		arch_jump((void *)(object->base + jumps[i].from), jumps[i].to);
	if (mprotect((void *)span.begin, span.size, PROT_READ | PROT_EXEC) == 0)
		return true;
	mmap((void *)span.begin, span.size, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED,
	     object->fd, (off_t)span.offset);
	return false;
}

const char *hook_redirect(const struct hook_object *object, struct hook_jump *jumps, size_t n)
{
	const char *why;

	sort(jumps, n);
	why = check(object, jumps, n);
	if (why || !n)
		return why;
	if (write_through_file(object, jumps, n) || write_through_pages(object, jumps, n)) {
		arch_code_changed((void *)(object->base + jumps[0].from),
				  (void *)(object->base + jumps[n - 1].from + HOOK_JUMP_SIZE));
		return NULL;
	}
	return "the system does not let code be changed";
}
