/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Following a definitions file. The process may be killed within a write, and another thread may
 * append behind a torn piece: what is not a definition is skipped, byte by byte, up to what is.
 */
#include "collect/defs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "curtrace/trace_format.h"
#include "util/xalloc.h"

/* At most so much is handed over at once: a chunk must stay below CTR_CHUNK_MAX_SIZE. */
#define READ_SIZE (4u << 20)

enum piece {
	PIECE_WHOLE,
	PIECE_SHORT, /* the beginning of one, perhaps */
	PIECE_BAD
};

void col_defs_init(struct col_defs *d)
{
	*d = (struct col_defs){ .data = NULL };
}

void col_defs_free(struct col_defs *d)
{
	free(d->data);
	col_defs_init(d);
}

static enum piece look_at(const char *data, size_t size, size_t *length)
{
	const size_t checked = offsetof(struct ctr_def, kind);
	struct ctr_def def;

	if (size < sizeof(def))
		return PIECE_SHORT;
	memcpy(&def, data, sizeof(def));
	if (def.size < sizeof(def) || def.size > COL_DEF_MAX_SIZE)
		return PIECE_BAD;
	if (def.size > size)
		return PIECE_SHORT;
	*length = def.size;
	return crc32(crc32(0, NULL, 0), (const Bytef *)data + checked,
		     (uInt)(def.size - checked)) == def.checksum
		       ? PIECE_WHOLE
		       : PIECE_BAD;
}

size_t col_defs_whole(const char *data, size_t size)
{
	size_t whole = 0, length;

	while (look_at(data + whole, size - whole, &length) == PIECE_WHOLE)
		whole += length;
	return whole;
}

static void drop(struct col_defs *d, size_t size)
{
	memmove(d->data, d->data + size, d->size - size);
	d->size -= size;
	d->offset += size;
}

/*
 * Skips what stands in front of the next definition. One write is one definition: what has a whole
 * one behind it will never become whole itself.
 */
static void skip_damage(struct col_defs *d, bool dead)
{
	size_t at, begun = d->size, length;

	for (at = 0; at < d->size; at++) {
		enum piece piece = look_at(d->data + at, d->size - at, &length);

		if (piece == PIECE_WHOLE)
			break;
		if (piece == PIECE_SHORT && at < begun)
			begun = at;
	}
	/* Only the living go on with what they have begun. */
	if (at == d->size && !dead)
		at = begun;
	d->skipped += at;
	drop(d, at);
}

/* Opened each time: there may be more processes than a collector may have descriptors. */
size_t col_defs_read(struct col_defs *d, int dirfd, const char *name, bool dead)
{
	int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = 1;

	if (fd < 0)
		return 0;
	while (n > 0 && d->size < READ_SIZE) {
		ut_grow(&d->data, &d->capacity, d->size + 4096, 1);
		n = pread(fd, d->data + d->size, d->capacity - d->size,
			  (off_t)(d->offset + d->size));
		if (n > 0)
			d->size += (size_t)n;
	}
	close(fd);
	if (d->size && !col_defs_whole(d->data, d->size))
		skip_damage(d, dead);
	return col_defs_whole(d->data, d->size);
}

void col_defs_take(struct col_defs *d, size_t size)
{
	drop(d, size);
}

const char *col_defs_value(const char *text, size_t size, const char *name, int *length)
{
	size_t skip = strlen(name), line;

	for (size_t at = 0; at < size; at += line + 1) {
		const char *end = memchr(text + at, '\n', size - at);

		line = end ? (size_t)(end - text) - at : size - at;
		if (line < skip || memcmp(text + at, name, skip))
			continue;
		*length = (int)(line - skip);
		return text + at + skip;
	}
	return NULL;
}
