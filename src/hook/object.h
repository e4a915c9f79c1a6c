/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file behind a loaded object, and the symbol table that its linker left in it (.symtab, which
 * is not loaded). Nothing in the file is believed; nothing is allocated but mappings.
 */
#ifndef HOOK_OBJECT_H
#define HOOK_OBJECT_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hook_object {
	const char *path;
	uintptr_t base; /* what the loader adds to addresses in the file */
	int fd;
	const unsigned char *file; /* mapped, readable */
	size_t size;
	const ElfW(Sym) * symbols; /* NULL: the file was stripped */
	size_t nsymbols;
	const char *strings; /* ends with a NUL */
	size_t strings_size;
	const ElfW(Shdr) * sections;
	size_t nsections;
};

/*
 * False: there is no such file, or it is not the one that was loaded (it was replaced meanwhile),
 * or it has no symbol table. Nothing needs to be closed then.
 */
bool hook_object_open(struct hook_object *object, const char *path, uintptr_t base);
void hook_object_close(struct hook_object *object);

/* The symbol's name; "" if the table is damaged. */
const char *hook_object_name(const struct hook_object *object, const ElfW(Sym) * symbol);

/* Whether all of [address, address + size) is loaded from the file and executable. */
bool hook_object_is_code(const struct hook_object *object, ElfW(Addr) address, size_t size);

/* Where in the file the byte at this address lies; false: nowhere. */
bool hook_object_offset(const struct hook_object *object, ElfW(Addr) address, uint64_t *offset);

#endif
