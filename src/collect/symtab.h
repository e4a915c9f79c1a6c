/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of functions: those in an ELF file by the symbol tables that it or its separate debug file
 * has, and those of code made at run time by the list that its maker left for perf.
 */
#ifndef COLLECT_SYMTAB_H
#define COLLECT_SYMTAB_H

#include <stddef.h>
#include <stdint.h>

#define COL_BUILD_ID_SIZE 65 /* in hexadecimal digits, with a NUL */

/* A place in code. `at` is given, rising; the rest is found. */
struct col_symbol {
	uint64_t at;     /* offset in the file, or address */
	char *name;      /* to be freed; NULL: not known */
	uint64_t behind; /* how far behind the beginning of the function */
};

/*
 * Names what it can of n offsets in a file, rising, and tells its build id ("" without). Where a
 * file has no symbols but those that it exports, /usr/lib/debug may have a copy with all.
 */
void col_symtab_find(const char *path, struct col_symbol *wanted, size_t n,
		     char build_id[COL_BUILD_ID_SIZE]);

/* The same for n addresses by the text of a /tmp/perf-PID.map: START SIZE NAME, hexadecimal. */
void col_perf_map_find(const char *text, size_t size, struct col_symbol *wanted, size_t n);

#endif
