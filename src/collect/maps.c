/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsing /proc/P/maps.
 */
#include "collect/maps.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/xalloc.h"

/* A process with a million mappings has a text of this order: more is not believed. */
#define FILE_MAX_SIZE (256u << 20)

/*
 * O_NOFOLLOW and O_NONBLOCK: the name may lie in a folder that the traced program can write to.
 * Read in one go as far as possible, for the kernel makes /proc texts anew for each part.
 */
char *col_read_file(int dirfd, const char *path, size_t *size)
{
	int fd = openat(dirfd, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	size_t capacity = 0;
	char *text = NULL;
	ssize_t n = 0;

	*size = 0;
	if (fd < 0)
		return NULL;
	while (*size < FILE_MAX_SIZE) {
		ut_grow(&text, &capacity, *size + 4096, 1);
		n = read(fd, text + *size, capacity - *size - 1);
		if (n <= 0)
			break;
		*size += (size_t)n;
	}
	if (n < 0) {
		int error = errno;

		free(text);
		text = NULL;
		errno = error;
	}
	close(fd);
	if (text)
		text[*size] = '\0';
	return text;
}

/* Hexadecimal digits up to `stop`; false if something else comes first. */
static bool parse_hex(const char **at, const char *end, char stop, uint64_t *value)
{
	const char *p = *at;

	for (*value = 0; p < end && *p != stop; p++) {
		if (*p >= '0' && *p <= '9')
			*value = *value << 4 | (uint64_t)(*p - '0');
		else if (*p >= 'a' && *p <= 'f')
			*value = *value << 4 | (uint64_t)(*p - 'a' + 10);
		else
			return false;
	}
	if (p == end || p == *at)
		return false;
	*at = p + 1;
	return true;
}

/* "start-end perms ...": true for a mapping that can hold code. */
static bool parse_line(const char *line, const char *end, struct col_range *range)
{
	return parse_hex(&line, end, '-', &range->start) &&
	       parse_hex(&line, end, ' ', &range->end) && end - line >= 4 && line[2] == 'x' &&
	       range->start < range->end;
}

/* The text needs no room: it is a part of what it was taken from. */
static void add_line(struct col_maps *m, const char *line, size_t size, struct col_range range)
{
	memcpy(m->text + m->size, line, size);
	m->size += size;
	ut_grow(&m->ranges, &m->capacity, m->nranges, sizeof(*m->ranges));
	m->ranges[m->nranges++] = range;
}

/* Everything is parsed anew: a map changes rarely, and has some thousand lines at most. */
bool col_maps_update(struct col_maps *m, const char *text, size_t size)
{
	struct col_maps old = *m;
	const char *end = text + size, *line, *stop;
	struct col_range range;
	bool changed;

	*m = (struct col_maps){ .text = ut_xmalloc(size + 1) };
	for (line = text; line < end; line = stop) {
		stop = memchr(line, '\n', (size_t)(end - line));
		if (!stop)
			break; /* cut off: an address of it may be wrong */
		stop++;
		if (parse_line(line, stop, &range))
			add_line(m, line, (size_t)(stop - line), range);
	}
	/* A process on its way out has an empty map, which says nothing about what it called. */
	changed = m->size && (m->size != old.size || memcmp(m->text, old.text, m->size));
	if (!changed) {
		col_maps_free(m);
		*m = old;
	} else {
		col_maps_free(&old);
	}
	return changed;
}

bool col_maps_holds(struct col_maps *m, uint64_t address)
{
	size_t low = 0, high = m->nranges;

	/* Most calls come from where the one before came from. */
	if (m->last < m->nranges && address >= m->ranges[m->last].start &&
	    address < m->ranges[m->last].end)
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (address >= m->ranges[middle].end)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == m->nranges || address < m->ranges[low].start)
		return false;
	m->last = low;
	return true;
}

const char *col_maps_line_path(const char *line, size_t size, size_t *length)
{
	static const char deleted[] = " (deleted)";
	const size_t tail = sizeof(deleted) - 1;
	const char *path = memchr(line, '/', size);

	if (!path)
		return NULL;
	*length = size - (size_t)(path - line);
	while (*length && (path[*length - 1] == '\n'))
		--*length;
	if (*length > tail && !memcmp(path + *length - tail, deleted, tail))
		return NULL;
	return path;
}

void col_maps_free(struct col_maps *m)
{
	free(m->text);
	free(m->ranges);
	*m = (struct col_maps){ .text = NULL };
}
