/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loader's observer (LD_AUDIT): tells libcurtrace.so of every object as soon as it is mapped,
 * before anything in it runs, in whatever namespace. The loader keeps it in a world of its own,
 * without a C library, so there is none in here: it knows how to find one function of
 * libcurtrace.so, and calls it.
 */
#include <link.h>
#include <stddef.h>
#include <stdint.h>

#include "hook/agent.h"

#define CALLED_BY_LOADER __attribute__((visibility("default")))

/* Mapped, and not told of yet. More at once than this are passed over, which is counted there. */
#define MOST_PENDING 4096

static struct link_map *pending[MOST_PENDING];
static unsigned int npending, nmissed;
static const struct link_map *library; /* libcurtrace.so */
static __typeof__(curtrace_objects_loaded) *loaded;

static int same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static const char *basename_of(const char *path)
{
	const char *name = path;

	for (; *path; path++) {
		if (*path == '/')
			name = path + 1;
	}
	return name;
}

static uint32_t gnu_hash(const char *name)
{
	uint32_t h = 5381;

	for (; *name; name++)
		h = h * 33 + (unsigned char)*name;
	return h;
}

/* By its hash table, as the loader does, for every process that starts pays for it. */
static void *find(const struct link_map *map, const char *wanted)
{
	const char *strings = NULL;
	const ElfW(Sym) *symbols = NULL;
	const uint32_t *hash = NULL, *buckets, *chains;
	uint32_t key = gnu_hash(wanted), i;

	for (const ElfW(Dyn) *d = map->l_ld; d->d_tag != DT_NULL; d++) {
		if (d->d_tag == DT_STRTAB)
			strings = (const char *)d->d_un.d_ptr;
		else if (d->d_tag == DT_SYMTAB)
			symbols = (const void *)d->d_un.d_ptr;
		else if (d->d_tag == DT_GNU_HASH)
			hash = (const void *)d->d_un.d_ptr;
	}
	if (!strings || !symbols || !hash)
		return NULL;
	buckets = hash + 4 + hash[2] * (sizeof(ElfW(Addr)) / sizeof(uint32_t));
	chains = buckets + hash[0];
	for (i = buckets[key % hash[0]]; i >= hash[1]; i++) {
		uint32_t chain = chains[i - hash[1]];

		if ((chain | 1) == (key | 1) && same(strings + symbols[i].st_name, wanted))
			return (void *)(map->l_addr + symbols[i].st_value);
		if (chain & 1)
			break;
	}
	return NULL;
}

CALLED_BY_LOADER unsigned int la_version(unsigned int version)
{
	return version < LAV_CURRENT ? version : LAV_CURRENT;
}

CALLED_BY_LOADER unsigned int la_objopen(struct link_map *map, Lmid_t lmid, uintptr_t *cookie)
{
	*cookie = (uintptr_t)map;
	if (!library && lmid == LM_ID_BASE && same(basename_of(map->l_name), "libcurtrace.so"))
		library = map;
	if (npending < MOST_PENDING)
		pending[npending++] = map;
	else
		nmissed++;
	return 0; /* how its symbols are bound is no matter */
}

/* An object may go away before it was told of, if another that it needs cannot be loaded. */
CALLED_BY_LOADER unsigned int la_objclose(uintptr_t *cookie)
{
	for (unsigned int i = 0; i < npending; i++) {
		if ((uintptr_t)pending[i] == *cookie)
			pending[i--] = pending[--npending];
	}
	return 0;
}

/*
 * CONSISTENT comes when all objects of a dlopen are mapped, and before the first of them is
 * relocated; at the start of the program, when all are relocated, and before constructors. Either
 * way libcurtrace.so is ready.
 */
CALLED_BY_LOADER void la_activity(uintptr_t *cookie, unsigned int flag)
{
	(void)cookie;
	if (flag != LA_ACT_CONSISTENT || !library || (!npending && !nmissed))
		return;
	if (!loaded)
		loaded = (__typeof__(loaded))(uintptr_t)find(library, "curtrace_objects_loaded");
	if (!loaded)
		return;
	loaded((const struct link_map *const *)pending, npending, nmissed);
	npending = nmissed = 0;
}
