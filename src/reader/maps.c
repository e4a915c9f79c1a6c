/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address to file. A process leaves several snapshots of its mappings: libraries come and go. Where
 * two of them disagree about an address the later one is believed.
 */
#include "reader/maps.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/xalloc.h"

/* What the kernel says behind the path of a file that has been replaced on disk meanwhile. */
#define DELETED " (deleted)"

/* The previous mapping's path if it is the same: a library has several. */
static const char *intern(struct rd_maps *maps, struct ut_arena *strings, const char *path,
			  size_t length)
{
	const char *last = maps->count ? maps->list[maps->count - 1].path : NULL;

	if (last && !strncmp(last, path, length) && !last[length])
		return last;
	return ut_arena_copy(strings, path, length);
}

/* START-END PERMS OFFSET DEV INODE PATH */
static void add_line(struct rd_maps *maps, struct ut_arena *strings, const char *line)
{
	struct rd_mapping mapping = { .snapshot = maps->snapshots };
	unsigned long long start, end, offset;
	size_t length;
	char perms[5];
	int path = 0;

	if (sscanf(line, "%16llx-%16llx %4s %16llx %*s %*s %n", &start, &end, perms, &offset,
		   &path) != 4)
		return;
	/* Return addresses lie in code, and only files can be named. */
	if (!path || line[path] != '/' || !strchr(perms, 'x') || start >= end)
		return;
	length = strlen(line + path);
	if (length > strlen(DELETED) && !strcmp(line + path + length - strlen(DELETED), DELETED))
		length -= strlen(DELETED);
	mapping.start = start;
	mapping.end = end;
	mapping.file_offset = offset;
	mapping.path = intern(maps, strings, line + path, length);
	ut_grow(&maps->list, &maps->capacity, maps->count, sizeof(*maps->list));
	maps->list[maps->count++] = mapping;
}

void rd_maps_add(struct rd_maps *maps, struct ut_arena *strings, const char *text, size_t length)
{
	char *copy = ut_xmalloc(length + 1), *line, *rest = copy;

	memcpy(copy, text, length);
	copy[length] = '\0';
	while ((line = strsep(&rest, "\n")))
		add_line(maps, strings, line);
	maps->snapshots++;
	free(copy);
}

/* Latest snapshot first, then by address. */
static int compare_mappings(const void *a, const void *b)
{
	const struct rd_mapping *x = a, *y = b;

	if (x->snapshot != y->snapshot)
		return x->snapshot > y->snapshot ? -1 : 1;
	return x->start < y->start ? -1 : x->start > y->start;
}

void rd_maps_sort(struct rd_maps *maps)
{
	if (maps->count)
		qsort(maps->list, maps->count, sizeof(*maps->list), compare_mappings);
}

const char *rd_maps_find(const struct rd_maps *maps, uint64_t address, uint64_t *offset)
{
	size_t i;

	/* A few hundred lines, and callers are few: the decoder remembers what it asked. */
	for (i = 0; i < maps->count; i++) {
		const struct rd_mapping *m = &maps->list[i];

		if (address < m->start || address >= m->end)
			continue;
		*offset = address - m->start + m->file_offset;
		return m->path;
	}
	return NULL;
}

void rd_maps_free(struct rd_maps *maps)
{
	free(maps->list);
	*maps = (struct rd_maps){ 0 };
}
