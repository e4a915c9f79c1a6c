/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ELF files made to order: tables without code.
 */
#ifndef COLLECT_ELF_BUILD_H
#define COLLECT_ELF_BUILD_H

#include <stdbool.h>
#include <stddef.h>

struct elf_recipe {
	bool is_32_bit;
	bool other_machine;
	bool is_object;
	bool stripped; /* no sections at all */
	const char *interpreter;
	const char *soname;
	const char *needed[4];
	bool device_code;     /* sections as nvcc makes them */
	const char *imported; /* an undefined dynamic symbol */
	const char *exported; /* a dynamic function */
	const char *local;    /* a function of .symtab alone */
};

#define ELF_BUILD_MAX 8192

/* Returns the size. */
size_t elf_build(const struct elf_recipe *recipe, unsigned char *out);

/* Writes it to a file. */
void elf_build_file(const struct elf_recipe *recipe, const char *path);

#endif
