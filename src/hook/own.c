/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A look into our own dynamic section, as the loader does it: GNU hash table, symbol versions.
 */
#include "hook/own.h"

#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The linker's names for our own ELF header and dynamic section. */
extern const ElfW(Ehdr) own_header __asm__("__ehdr_start") __attribute__((visibility("hidden")));
extern const ElfW(Dyn) own_dynamic[] __asm__("_DYNAMIC") __attribute__((visibility("hidden")));

static const char *const nodes[HOOK_ABIS] = {
	[HOOK_ABI_13] = "libcudart.so.13",
	[HOOK_ABI_12] = "libcudart.so.12",
	[HOOK_ABI_11] = "libcudart.so.11.0",
};

static const char *const names[HOOK_ABIS] = {
	[HOOK_ABI_13] = "13",
	[HOOK_ABI_12] = "12",
	[HOOK_ABI_11] = "11",
};

struct tables {
	const char *strings;
	const ElfW(Sym) * symbols;
	const uint16_t *versions;
	const uint32_t *hash;
	const ElfW(Verdef) * definitions;
};

const char *hook_abi_name(enum hook_abi abi)
{
	return names[abi];
}

/* glibc has made the addresses absolute, other loaders leave them relative to the object. */
static const void *at(ElfW(Addr) value)
{
	ElfW(Addr) base = (ElfW(Addr)) & own_header;

	return (const void *)(value < base ? base + value : value);
}

static void read_tables(struct tables *t)
{
	memset(t, 0, sizeof(*t));
	for (const ElfW(Dyn) *d = own_dynamic; d->d_tag != DT_NULL; d++) {
		switch (d->d_tag) {
		case DT_STRTAB:
			t->strings = at(d->d_un.d_ptr);
			break;
		case DT_SYMTAB:
			t->symbols = at(d->d_un.d_ptr);
			break;
		case DT_VERSYM:
			t->versions = at(d->d_un.d_ptr);
			break;
		case DT_GNU_HASH:
			t->hash = at(d->d_un.d_ptr);
			break;
		case DT_VERDEF:
			t->definitions = at(d->d_un.d_ptr);
			break;
		default:
			break;
		}
	}
}

/* The index that the node's symbols carry; 0: no such node. */
static uint16_t node_index(const struct tables *t, const char *node)
{
	const ElfW(Verdef) *definition = t->definitions;

	while (definition) {
		const ElfW(Verdaux) *name =
			(const void *)((const char *)definition + definition->vd_aux);

		/* The base definition is the file itself, which is called like a node. */
		if (!(definition->vd_flags & VER_FLG_BASE) &&
		    strcmp(t->strings + name->vda_name, node) == 0)
			return definition->vd_ndx;
		if (!definition->vd_next)
			break;
		definition = (const void *)((const char *)definition + definition->vd_next);
	}
	return 0;
}

static uint32_t gnu_hash(const char *name)
{
	uint32_t h = 5381;

	for (; *name; name++)
		h = h * 33 + (unsigned char)*name;
	return h;
}

/* Layout: nbuckets, first symbol, words of the Bloom filter, its shift; filter, buckets, chains. */
static const ElfW(Sym) * find(const struct tables *t, const char *name, uint16_t node)
{
	uint32_t nbuckets = t->hash[0], first = t->hash[1], words = t->hash[2];
	const uint32_t *buckets = t->hash + 4 + words * (sizeof(ElfW(Addr)) / sizeof(uint32_t));
	const uint32_t *chains = buckets + nbuckets, hash = gnu_hash(name);
	uint32_t i = buckets[hash % nbuckets];

	if (i < first)
		return NULL;
	for (;; i++) {
		uint32_t chain = chains[i - first];

		if ((chain | 1) == (hash | 1) && (t->versions[i] & 0x7fff) == node &&
		    strcmp(t->strings + t->symbols[i].st_name, name) == 0)
			return &t->symbols[i];
		if (chain & 1)
			return NULL;
	}
}

void *hook_own_entry(const char *name, enum hook_abi abi)
{
	const ElfW(Sym) * symbol;
	struct tables t;
	uint16_t node;

	read_tables(&t);
	if (!t.hash || !t.versions || !t.definitions || !t.symbols || !t.strings)
		return NULL;
	node = node_index(&t, nodes[abi]);
	symbol = node ? find(&t, name, node) : NULL;
	if (!symbol || symbol->st_shndx == SHN_UNDEF || ELF64_ST_TYPE(symbol->st_info) != STT_FUNC)
		return NULL;
	return (char *)&own_header + symbol->st_value;
}
