/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dynamic symbol table of a loaded library, and changing what it answers: from then on the
 * loader gives our functions to everybody who asks this library for a name, by relocation, dlsym or
 * dlvsym, whatever scope or handle they ask through. No code changes.
 */
#ifndef HOOK_SYMBOLS_H
#define HOOK_SYMBOLS_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hook_symbols {
	uintptr_t base;
	ElfW(Sym) * symbols;
	size_t nsymbols;
	const char *strings;
	size_t strings_size;
	const uint16_t *versions; /* NULL: the library has none */
	const ElfW(Verdef) * definitions;
};

/* What an address of a dynamic section stands for; loaders may or may not make it absolute. */
void *hook_symbols_at(const struct link_map *map, ElfW(Addr) address);

/* False: not an object with symbols to change. */
bool hook_symbols_of(struct hook_symbols *symbols, const struct link_map *map);

/* The version node of symbol i, "" if it has none. */
const char *hook_symbols_version(const struct hook_symbols *symbols, size_t i);

/* Whether the library defines a version node that begins so. */
bool hook_symbols_have_node(const struct hook_symbols *symbols, const char *prefix);

/* A function that the library defines and others can find. */
bool hook_symbols_is_function(const struct hook_symbols *symbols, size_t i);
const char *hook_symbols_name(const struct hook_symbols *symbols, size_t i);

/*
 * Replaces what the library answers: `change` is called for each function and returns its
 * substitute, or NULL to leave it. Returns how many were replaced; -1: the table cannot be written.
 */
int hook_symbols_replace(const struct hook_symbols *symbols,
			 void *(*change)(const struct hook_symbols *symbols, size_t i,
					 void *original, void *context),
			 void *context);

#endif
