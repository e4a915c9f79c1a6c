/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A caller's structure at the end of its memory: whoever reads or writes a byte behind it ends the
 * test. What it holds at first is no value that anything writes.
 */
#ifndef RUNTIME_EDGE_H
#define RUNTIME_EDGE_H

#include <check.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EDGE_BYTE 0xa5

static inline void *edge(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t pages = (size + page - 1) / page;
	char *memory = mmap(NULL, (pages + 1) * page, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(memory, MAP_FAILED);
	ck_assert_int_eq(mprotect(memory + pages * page, page, PROT_NONE), 0);
	memset(memory, EDGE_BYTE, pages * page);
	return memory + pages * page - size;
}

/* So many bytes from there on are as edge() left them. */
static inline void expect_untouched(const void *memory, size_t size)
{
	for (size_t i = 0; i < size; i++)
		ck_assert_uint_eq(((const unsigned char *)memory)[i], EDGE_BYTE);
}

#endif
