/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small reader of 64-bit ELF files: just what tells whether a program can be traced, and whether
 * a module carries a CUDA runtime of its own. Only tables are read, never code.
 */
#ifndef COLLECT_ELF_H
#define COLLECT_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum col_elf_status {
	COL_ELF_OK = 0,
	COL_ELF_UNREADABLE, /* errno says why */
	COL_ELF_NOT_ELF,
	COL_ELF_32_BIT,
	COL_ELF_OTHER_MACHINE, /* another CPU, or byte order */
	COL_ELF_DAMAGED
};

struct col_elf {
	bool is_program;   /* ET_EXEC or ET_DYN; else an object, a core file */
	char *interpreter; /* PT_INTERP, NULL: loads itself */
	char *soname;      /* or NULL */
	char **needed;     /* DT_NEEDED */
	size_t nneeded;
	bool has_device_code;  /* a section .nv_fatbin or .nvFatBinSegment */
	bool imports_register; /* asks somebody else for __cudaRegisterFatBinary */
	bool imports_runtime;  /* asks somebody else for any cuda* function of the runtime */
	bool exports_runtime;  /* offers cudaMalloc to others: is a runtime library */
	bool hides_runtime;    /* has a cudaMalloc that nobody else can see */
};

/*
 * Fills in *elf, to be freed with col_elf_free whatever the answer. Without `symbols` the last
 * four fields stay false: symbol tables can be hundreds of megabytes.
 */
enum col_elf_status col_elf_read(const char *path, bool symbols, struct col_elf *elf);

void col_elf_free(struct col_elf *elf);

#endif
