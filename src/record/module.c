/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding modules. dl_iterate_phdr is everywhere, and takes the loader's lock, which whoever loads
 * a library holds while its constructors run; _dl_find_object takes none.
 */
#include "record/module.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>

/* What _dl_find_object fills in: glibc's interface, with room for what it may add. */
struct found_object {
	unsigned long long flags;
	void *map_start;
	void *map_end;
	struct link_map *map;
	void *eh_frame;
	unsigned long long reserved[8];
};

typedef int find_object_fn(void *address, struct found_object *found);

static find_object_fn *find_object;

void rec_module_prepare(void)
{
	if (!__atomic_load_n(&find_object, __ATOMIC_RELAXED))
		__atomic_store_n(&find_object,
				 (find_object_fn *)dlsym(RTLD_DEFAULT, "_dl_find_object"),
				 __ATOMIC_RELAXED);
}

/* The program headers follow the file's header, which the first segment of a module maps. */
static bool read_headers(const struct found_object *found, struct rec_module *m)
{
	const Elf64_Ehdr *header = found->map_start;
	uint64_t room = (uint64_t)((char *)found->map_end - (char *)found->map_start);

	/* The first page: what follows may be something else's, or nothing. */
	if (room > 4096)
		room = 4096;
	if (room < sizeof(*header) || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
	    header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phoff > room ||
	    header->e_phnum > (room - header->e_phoff) / sizeof(Elf64_Phdr))
		return false;
	m->bias = found->map->l_addr;
	m->segments = (const Elf64_Phdr *)((const char *)header + header->e_phoff);
	m->nsegments = header->e_phnum;
	return true;
}

struct search {
	uint64_t address;
	struct rec_module *m;
};

static int look_at(struct dl_phdr_info *info, size_t size, void *data)
{
	struct search *search = data;

	(void)size;
	*search->m = (struct rec_module){
		.bias = info->dlpi_addr,
		.segments = info->dlpi_phdr,
		.nsegments = info->dlpi_phnum,
	};
	return rec_module_holds(search->m, search->address, 1, 0) != NULL;
}

bool rec_module_find(uint64_t address, struct rec_module *m)
{
	find_object_fn *find = __atomic_load_n(&find_object, __ATOMIC_RELAXED);
	struct search search = { .address = address, .m = m };
	struct found_object found;

	if (!find)
		return dl_iterate_phdr(look_at, &search) != 0;
	return find((void *)address, &found) == 0 && read_headers(&found, m) &&
	       rec_module_holds(m, address, 1, 0);
}

const Elf64_Phdr *rec_module_holds(const struct rec_module *m, uint64_t address, uint64_t size,
				   uint32_t flags)
{
	for (size_t i = 0; i < m->nsegments; i++) {
		const Elf64_Phdr *segment = &m->segments[i];
		uint64_t offset = address - m->bias - segment->p_vaddr;

		if (segment->p_type == PT_LOAD && (segment->p_flags & flags) == flags &&
		    offset < segment->p_memsz && size <= segment->p_memsz - offset)
			return segment;
	}
	return NULL;
}

const Elf64_Phdr *rec_module_segment(const struct rec_module *m, uint32_t type)
{
	for (size_t i = 0; i < m->nsegments; i++)
		if (m->segments[i].p_type == type)
			return &m->segments[i];
	return NULL;
}
