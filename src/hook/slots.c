/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Written through /proc/self/mem: the loader has made the slots read-only by the time that they are
 * looked at. Where that is not allowed they stay as they are.
 */
#include "hook/slots.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "hook/symbols.h"

struct table {
	const ElfW(Rela) * rows;
	size_t size; /* bytes */
};

struct writer {
	int fd; /* -1: not open yet */
	bool refused;
};

static void find_tables(const struct link_map *map, struct table tables[2])
{
	memset(tables, 0, 2 * sizeof(*tables));
	for (const ElfW(Dyn) *d = map->l_ld; d->d_tag != DT_NULL; d++) {
		switch (d->d_tag) {
		case DT_RELA:
			tables[0].rows = hook_symbols_at(map, d->d_un.d_ptr);
			break;
		case DT_RELASZ:
			tables[0].size = d->d_un.d_val;
			break;
		case DT_JMPREL:
			tables[1].rows = hook_symbols_at(map, d->d_un.d_ptr);
			break;
		case DT_PLTRELSZ:
			tables[1].size = d->d_un.d_val;
			break;
		default:
			break;
		}
	}
}

static void write_slot(struct writer *writer, uintptr_t slot, void *to)
{
	if (writer->fd < 0 && !writer->refused)
		writer->fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	if (writer->fd < 0 ||
	    pwrite(writer->fd, &to, sizeof(to), (off_t)slot) != (ssize_t)sizeof(to))
		writer->refused = true;
}

static void replace_in(const struct link_map *map, const struct hook_symbols *symbols,
		       const struct table *table, struct writer *writer,
		       void *(*change)(const char *name, void *bound))
{
	for (size_t i = 0; i < table->size / sizeof(*table->rows); i++) {
		const ElfW(Rela) *row = &table->rows[i];
		size_t number = ELF64_R_SYM(row->r_info);
		uintptr_t slot = map->l_addr + row->r_offset;
		const ElfW(Sym) * symbol;
		void *bound, *to;

		if (!number)
			continue;
		/* The hash table need not count imports: the relocation itself vouches for it. */
		symbol = &symbols->symbols[number];
		if (symbol->st_shndx != SHN_UNDEF || symbol->st_name >= symbols->strings_size ||
		    ELF64_ST_TYPE(symbol->st_info) == STT_TLS)
			continue;
		memcpy(&bound, (const void *)slot, sizeof(bound));
		to = change(symbols->strings + symbol->st_name, bound);
		if (to)
			write_slot(writer, slot, to);
	}
}

void hook_slots_replace(const struct link_map *map, void *(*change)(const char *name, void *bound))
{
	struct writer writer = { .fd = -1 };
	struct hook_symbols symbols;
	struct table tables[2];

	/* An object without exports has no symbols to change, but its imports are there. */
	hook_symbols_of(&symbols, map);
	if (!symbols.symbols || !symbols.strings)
		return;
	find_tables(map, tables);
	for (unsigned int i = 0; i < 2; i++) {
		if (tables[i].rows)
			replace_in(map, &symbols, &tables[i], &writer, change);
	}
	if (writer.fd >= 0)
		close(writer.fd);
}
