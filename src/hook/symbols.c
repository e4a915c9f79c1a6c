/* SPDX-License-Identifier: Apache-2.0 */
/* Dynamic symbol tables in memory. */
#include "hook/symbols.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What of the dynamic section is needed; addresses as the loader left them. */
struct found {
	ElfW(Addr) strings, symbols, versions, definitions, gnu_hash, hash;
	size_t strings_size;
};

static void look(const struct link_map *map, struct found *f)
{
	memset(f, 0, sizeof(*f));
	for (const ElfW(Dyn) *d = map->l_ld; d && d->d_tag != DT_NULL; d++) {
		switch (d->d_tag) {
		case DT_STRTAB:
			f->strings = d->d_un.d_ptr;
			break;
		case DT_STRSZ:
			f->strings_size = d->d_un.d_val;
			break;
		case DT_SYMTAB:
			f->symbols = d->d_un.d_ptr;
			break;
		case DT_VERSYM:
			f->versions = d->d_un.d_ptr;
			break;
		case DT_VERDEF:
			f->definitions = d->d_un.d_ptr;
			break;
		case DT_GNU_HASH:
			f->gnu_hash = d->d_un.d_ptr;
			break;
		case DT_HASH:
			f->hash = d->d_un.d_ptr;
			break;
		default:
			break;
		}
	}
}

/*
 * glibc makes the addresses in the dynamic section absolute, but not where the section is read-only
 * (the vDSO), and other loaders do not.
 */
void *hook_symbols_at(const struct link_map *map, ElfW(Addr) address)
{
	if (!address)
		return NULL;
	return (void *)(address < map->l_addr ? map->l_addr + address : address);
}

/* The symbol with the highest number ends the last chain that is not empty. */
static size_t count_by_gnu_hash(const uint32_t *table)
{
	uint32_t nbuckets = table[0], first = table[1], words = table[2], last = 0;
	const uint32_t *buckets = table + 4 + words * (sizeof(ElfW(Addr)) / sizeof(uint32_t));
	const uint32_t *chains = buckets + nbuckets;

	for (uint32_t i = 0; i < nbuckets; i++) {
		if (buckets[i] > last)
			last = buckets[i];
	}
	if (last < first)
		return first;
	while (!(chains[last - first] & 1))
		last++;
	return (size_t)last + 1;
}

bool hook_symbols_of(struct hook_symbols *symbols, const struct link_map *map)
{
	struct found f;
	const uint32_t *gnu_hash, *hash;

	look(map, &f);
	*symbols = (struct hook_symbols){
		.base = map->l_addr,
		.symbols = hook_symbols_at(map, f.symbols),
		.strings = hook_symbols_at(map, f.strings),
		.strings_size = f.strings_size,
		.versions = hook_symbols_at(map, f.versions),
		.definitions = hook_symbols_at(map, f.definitions),
	};
	gnu_hash = hook_symbols_at(map, f.gnu_hash);
	hash = hook_symbols_at(map, f.hash);
	if (gnu_hash)
		symbols->nsymbols = count_by_gnu_hash(gnu_hash);
	else if (hash)
		symbols->nsymbols = hash[1];
	return symbols->symbols && symbols->strings && symbols->nsymbols;
}

static const ElfW(Verdaux) * first_name(const ElfW(Verdef) * definition)
{
	return (const void *)((const char *)definition + definition->vd_aux);
}

static const ElfW(Verdef) * next(const ElfW(Verdef) * definition)
{
	if (!definition->vd_next)
		return NULL;
	return (const void *)((const char *)definition + definition->vd_next);
}

const char *hook_symbols_version(const struct hook_symbols *symbols, size_t i)
{
	const ElfW(Verdef) * d;
	uint16_t index;

	if (!symbols->versions)
		return "";
	index = symbols->versions[i] & 0x7fff;
	for (d = symbols->definitions; d; d = next(d)) {
		if (d->vd_ndx == index && !(d->vd_flags & VER_FLG_BASE))
			return symbols->strings + first_name(d)->vda_name;
	}
	return "";
}

bool hook_symbols_have_node(const struct hook_symbols *symbols, const char *prefix)
{
	size_t length = strlen(prefix);

	for (const ElfW(Verdef) *d = symbols->definitions; d; d = next(d)) {
		if (!(d->vd_flags & VER_FLG_BASE) &&
		    strncmp(symbols->strings + first_name(d)->vda_name, prefix, length) == 0)
			return true;
	}
	return false;
}

bool hook_symbols_is_function(const struct hook_symbols *symbols, size_t i)
{
	const ElfW(Sym) *s = &symbols->symbols[i];

	return ELF64_ST_TYPE(s->st_info) == STT_FUNC && s->st_shndx != SHN_UNDEF && s->st_value &&
	       ELF64_ST_BIND(s->st_info) != STB_LOCAL && s->st_name < symbols->strings_size;
}

const char *hook_symbols_name(const struct hook_symbols *symbols, size_t i)
{
	return symbols->strings + symbols->symbols[i].st_name;
}

/* ---- changing ------------------------------------------------------------------------------ */

/* How the pages of the table are mapped: as its segment's flags say. */
static int protection_of(uintptr_t base, uintptr_t address)
{
	const ElfW(Ehdr) *header = (const void *)base;
	const ElfW(Phdr) *segment = (const void *)(base + header->e_phoff);

	for (unsigned int i = 0; i < header->e_phnum; i++) {
		if (segment[i].p_type == PT_LOAD && address >= base + segment[i].p_vaddr &&
		    address < base + segment[i].p_vaddr + segment[i].p_memsz)
			return (segment[i].p_flags & PF_R ? PROT_READ : 0) |
			       (segment[i].p_flags & PF_W ? PROT_WRITE : 0) |
			       (segment[i].p_flags & PF_X ? PROT_EXEC : 0);
	}
	return PROT_READ;
}

int hook_symbols_replace(const struct hook_symbols *symbols,
			 void *(*change)(const struct hook_symbols *symbols, size_t i,
					 void *original, void *context),
			 void *context)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t begin = (uintptr_t)symbols->symbols / page * page;
	uintptr_t end = (uintptr_t)(symbols->symbols + symbols->nsymbols);
	int protection = protection_of(symbols->base, (uintptr_t)symbols->symbols), changed = 0;

	if (mprotect((void *)begin, end - begin, PROT_READ | PROT_WRITE | (protection & PROT_EXEC)))
		return -1;
	for (size_t i = 0; i < symbols->nsymbols; i++) {
		void *to;

		if (!hook_symbols_is_function(symbols, i))
			continue;
		to = change(symbols, i, (void *)(symbols->base + symbols->symbols[i].st_value),
			    context);
		if (!to)
			continue;
		symbols->symbols[i].st_value = (uintptr_t)to - symbols->base;
		changed++;
	}
	mprotect((void *)begin, end - begin, protection);
	return changed;
}
