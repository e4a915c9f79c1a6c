/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of a file. A line may be gigabytes long, as those of binary data are: beyond what is kept
 * it is known by its hash alone.
 */
#include "check_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/xalloc.h"

#define BLOCK ((size_t)64 << 10)

/* FNV-1a, of 64 bits. */
#define HASH_START 0xcbf29ce484222325u
#define HASH_PRIME 0x100000001b3u

bool check_lines_open(struct check_lines *l, const char *path, const regex_t *ignore,
		      size_t nignore)
{
	*l = (struct check_lines){ .ignore = ignore, .nignore = nignore };
	l->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (l->fd < 0)
		return false;
	l->block = ut_xmalloc(BLOCK);
	/* One more for the NUL. */
	l->text = ut_xmalloc(CHECK_LINE_KEPT + 1);
	return true;
}

void check_lines_close(struct check_lines *l)
{
	if (l->fd >= 0)
		close(l->fd);
	free(l->block);
	free(l->text);
	*l = (struct check_lines){ .fd = -1 };
}

static bool fill(struct check_lines *l)
{
	ssize_t n;

	do
		n = read(l->fd, l->block, BLOCK);
	while (n < 0 && errno == EINTR);
	if (n < 0 && !l->error)
		l->error = -errno;
	l->at = 0;
	l->filled = n > 0 ? (size_t)n : 0;
	return n > 0;
}

static void take_part(struct check_lines *l, const char *data, size_t size)
{
	size_t room = CHECK_LINE_KEPT - l->kept, n = size < room ? size : room;
	uint64_t hash = l->hash;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ (unsigned char)data[i]) * HASH_PRIME;
	l->hash = hash;
	memcpy(l->text + l->kept, data, n);
	l->kept += n;
	l->length += size;
}

static bool next_of_any(struct check_lines *l)
{
	l->there = l->newline = false;
	l->hash = HASH_START;
	l->length = l->kept = 0;
	while (!l->newline && (l->at < l->filled || fill(l))) {
		const char *from = l->block + l->at, *end;
		size_t size = l->filled - l->at;

		end = memchr(from, '\n', size);
		take_part(l, from, end ? (size_t)(end - from) : size);
		l->at += end ? (size_t)(end - from) + 1 : size;
		l->newline = end;
		l->there = true;
	}
	l->number += l->there;
	l->text[l->kept] = '\0';
	return l->there;
}

static bool is_ignored(const struct check_lines *l)
{
	regmatch_t whole = { .rm_so = 0, .rm_eo = (regoff_t)l->kept };

	for (size_t i = 0; i < l->nignore; i++)
		if (!regexec(&l->ignore[i], l->text, 1, &whole, REG_STARTEND))
			return true;
	return false;
}

bool check_lines_next(struct check_lines *l)
{
	do
		next_of_any(l);
	while (l->there && is_ignored(l));
	return l->there;
}

bool check_lines_equal(const struct check_lines *a, const struct check_lines *b)
{
	if (!a->there || !b->there)
		return a->there == b->there;
	return a->hash == b->hash && a->length == b->length && a->newline == b->newline &&
	       !memcmp(a->text, b->text, a->kept);
}
