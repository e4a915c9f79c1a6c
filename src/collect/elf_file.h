/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ELF file's header and tables, for those who look for something in it. Nothing in the file is
 * believed: every offset and size is checked against the file's size before it is used.
 */
#ifndef COLLECT_ELF_FILE_H
#define COLLECT_ELF_FILE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/elf.h"

struct col_elf_file {
	int fd;
	uint64_t size;
	Elf64_Ehdr header;
	Elf64_Phdr *segments;
	size_t nsegments;
	Elf64_Shdr *sections;
	size_t nsections;
};

/* Opens the file and reads its header; to be closed whatever the answer. */
enum col_elf_status col_elf_file_open(struct col_elf_file *f, const char *path);
void col_elf_file_close(struct col_elf_file *f);

/*
 * Reads the tables. False: they are damaged. Without segments a file can be no program, without
 * sections (they may be stripped) it is whole.
 */
bool col_elf_file_segments(struct col_elf_file *f);
bool col_elf_file_sections(struct col_elf_file *f);

/* False also for what lies beyond the end: offset and size come from the file. */
bool col_elf_file_read(const struct col_elf_file *f, uint64_t offset, void *data, size_t size);

/* A block of at most `most` bytes of the file with a NUL behind it, to be freed; or NULL. */
char *col_elf_file_block(const struct col_elf_file *f, uint64_t offset, uint64_t size,
			 uint64_t most);

/* Where in the file the bytes lie that are mapped to an address, and how many follow. */
bool col_elf_file_offset(const struct col_elf_file *f, uint64_t address, uint64_t *offset,
			 uint64_t *left);

/* The other way round. */
bool col_elf_file_address(const struct col_elf_file *f, uint64_t offset, uint64_t *address);

#endif
