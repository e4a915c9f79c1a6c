/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moving stacks. A process's file only grows, and records name what is in it by its place: it is
 * copied once, when the process makes no more calls or is not followed any more.
 */
#include "collect/stacks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "collect/internal.h"
#include "util/xalloc.h"

/* Well below CTR_CHUNK_MAX_SIZE. */
#define WORDS_AT_ONCE (1u << 20)

int col_stacks_ask(int dirfd, uint32_t depth, const uint8_t functions[COL_STACKS_FUNCTIONS])
{
	struct ctr_stack_settings settings = {
		.magic = CTR_STACKS_MAGIC,
		.depth = depth,
		.bytes = COL_STACKS_BYTES,
	};
	int fd =
		openat(dirfd, "stacks", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int error = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	for (unsigned int i = 0; i < COL_STACKS_FUNCTIONS; i++)
		settings.functions[i] = functions[i];
	n = write(fd, &settings, sizeof(settings));
	if (n != sizeof(settings))
		error = n < 0 ? -errno : -ENOSPC;
	close(fd);
	return error;
}

static void name_file(const struct col_process *p, char *name, size_t size)
{
	snprintf(name, size, "stacks.%s", p->tag);
}

/* Read and not mapped: the program can cut the file off. */
static uint64_t *read_words(struct collector *c, const struct col_process *p, uint64_t *count)
{
	struct ctr_stacks head;
	uint64_t *words = NULL, used = 0;
	char name[80];
	ssize_t n;
	int fd;

	name_file(p, name, sizeof(name));
	fd = openat(c->session->dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (pread(fd, &head, sizeof(head), 0) == sizeof(head) && head.magic == CTR_STACKS_MAGIC &&
	    head.header_size == CTR_RING_HEADER_SIZE) {
		used = head.used < head.nwords ? head.used : head.nwords;
		c->places.lost_stacks += head.lost;
		c->places.cut_stacks += head.cut;
	}
	if (used > 1 && used <= CTR_CHUNK_MAX_SIZE) {
		words = ut_xcalloc(used, sizeof(*words));
		n = pread(fd, words, used * sizeof(*words), CTR_RING_HEADER_SIZE);
		*count = n > 0 ? (uint64_t)n / sizeof(*words) : 0;
	}
	close(fd);
	return words;
}

static void count_state(struct col_places *places, uint32_t state)
{
	places->without_room += state == CTR_STACKS_NO_ROOM;
	places->without_safety += state == CTR_STACKS_UNSAFE;
	places->cut_off += state == CTR_STACKS_CUT_OFF;
}

uint64_t *col_stacks_move(struct collector *c, const struct col_process *p, uint64_t *count)
{
	struct ctr_chunk_stacks head = { .process = (uint32_t)p->index };
	uint64_t *words;

	count_state(&c->places, p->slot->stacks);
	words = read_words(c, p, count);
	if (!words || p->index < 0)
		return words;
	for (; head.first < *count; head.first += WORDS_AT_ONCE) {
		uint64_t n = *count - head.first < WORDS_AT_ONCE ? *count - head.first
								 : WORDS_AT_ONCE;
		const struct iovec parts[2] = {
			{ .iov_base = &head, .iov_len = sizeof(head) },
			{ .iov_base = words + head.first, .iov_len = n * sizeof(*words) },
		};

		col_write(c, CTR_CHUNK_STACKS, parts, 2);
	}
	return words;
}

void col_stacks_remove(struct collector *c, const struct col_process *p)
{
	struct stat st;
	char name[80];

	name_file(p, name, sizeof(name));
	if (!fstatat(c->session->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) &&
	    !unlinkat(c->session->dirfd, name, 0))
		__atomic_fetch_sub(&c->session->shared->bytes_used, (uint64_t)st.st_size,
				   __ATOMIC_RELAXED);
}
