/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which loaded module holds an address, and what of it can be read.
 */
#ifndef RECORD_MODULE_H
#define RECORD_MODULE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rec_module {
	uint64_t bias; /* addresses in the file + this = addresses in memory */
	const Elf64_Phdr *segments;
	size_t nsegments;
};

/*
 * Looks for what finds modules without a lock (glibc 2.35 has it). Not while a lock is held that a
 * library's constructor may wait for: it takes the loader's.
 */
void rec_module_prepare(void);

bool rec_module_find(uint64_t address, struct rec_module *m);

/* The segment of that type that holds the whole range and has all the flags, or NULL. */
const Elf64_Phdr *rec_module_holds(const struct rec_module *m, uint64_t address, uint64_t size,
				   uint32_t flags);

/* The segment of a type, or NULL. */
const Elf64_Phdr *rec_module_segment(const struct rec_module *m, uint32_t type);

#endif
