/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pieces of a trace that grows. Its chunks are one append each, so what has arrived is whole chunks
 * and at most the beginning of one. Definitions go into every piece, since records of any time
 * refer to them; records into one.
 */
#include "follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "reader/checksum.h"
#include "reader/unpack.h"
#include "unnamed.h"
#include "util/xalloc.h"

/* So much is read at once: a hundred thousand calls. */
#define WINDOW ((size_t)8 << 20)

bool follow_begin(struct follow *f, int fd, char *why, size_t size)
{
	int error;

	*f = (struct follow){ .fd = fd, .piece_fd = unnamed_make(why, size) };
	if (f->piece_fd < 0)
		return false;
	error = wr_native_begin(&f->piece, f->piece_fd, unnamed_folder());
	wr_native_use_reserve(&f->piece);
	f->definitions = f->piece.size;
	f->offset = sizeof(struct ctr_file_header);
	snprintf(f->path, sizeof(f->path), "/proc/self/fd/%d", f->piece_fd);
	if (!error)
		return true;
	snprintf(why, size, "%s", strerror(-error));
	follow_end(f);
	return false;
}

void follow_end(struct follow *f)
{
	if (f->piece_fd >= 0)
		close(f->piece_fd);
	free(f->window);
	free(f->rings);
	*f = (struct follow){ .fd = -1, .piece_fd = -1 };
}

/* ---- reading ------------------------------------------------------------------------------- */

/* Reads on behind what is in the window, which has room for `size` bytes in all. */
static void fill(struct follow *f, size_t size)
{
	ssize_t n;

	if (size > f->capacity) {
		f->window = ut_xrealloc(f->window, size);
		f->capacity = size;
	}
	while (f->used < f->capacity) {
		n = pread(f->fd, f->window + f->used, f->capacity - f->used,
			  (off_t)(f->offset + f->used));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		f->used += (size_t)n;
	}
}

/*
 * The chunk at `at` of the window, whole and sound; false: it has not all arrived, or never will
 * (f->broken).
 */
static bool chunk_at(struct follow *f, size_t at, struct ctr_chunk *head)
{
	if (f->used - at < sizeof(*head))
		return false;
	memcpy(head, f->window + at, sizeof(*head));
	if (!head->kind || head->size > CTR_CHUNK_MAX_SIZE) {
		f->broken = true;
		return false;
	}
	if (f->used - at - sizeof(*head) < head->size)
		return false;
	/* It is there before all of its bytes are, if the writer is in the middle of it. */
	return rd_checksum(f->window + at + sizeof(*head), head->size) == head->checksum;
}

/* ---- pieces -------------------------------------------------------------------------------- */

static bool put(struct follow *f, const struct ctr_chunk *head, const char *payload)
{
	return !wr_native_block(&f->piece, (enum ctr_chunk_kind)head->kind, payload, head->size);
}

static struct follow_ring *ring_of(struct follow *f, const struct ctr_chunk_cells *head)
{
	for (size_t i = 0; i < f->nrings; i++) {
		if (f->rings[i].head.process == head->process &&
		    f->rings[i].head.ring == head->ring)
			return &f->rings[i];
	}
	ut_grow(&f->rings, &f->rings_capacity, f->nrings, sizeof(*f->rings));
	f->rings[f->nrings] = (struct follow_ring){ .head = *head };
	return &f->rings[f->nrings++];
}

/* The thread's record once more, in front of the ring's first records in this piece. */
static bool put_thread(struct follow *f, struct follow_ring *ring, uint64_t first)
{
	struct ctr_chunk_cells head = ring->head;
	const struct iovec parts[2] = {
		{ .iov_base = &head, .iov_len = sizeof(head) },
		{ .iov_base = ring->thread, .iov_len = sizeof(ring->thread) },
	};
	bool is_new = ring->piece != f->pieces;

	ring->piece = f->pieces;
	if (!is_new || !ring->known)
		return true;
	head.first = first > 2 ? first - 2 : 0;
	return !wr_native_chunk(&f->piece, CTR_CHUNK_CELLS, parts, 2);
}

static void note_thread(struct follow_ring *ring, const char *cells, size_t ncells)
{
	struct ctr_cell cell;
	size_t n;

	for (size_t at = 0; at < ncells; at += n) {
		memcpy(&cell, cells + at * CTR_CELL_SIZE, CTR_CELL_HEAD_SIZE);
		n = cell.ncells ? cell.ncells : 1;
		if (cell.function != CTR_CONTROL_THREAD || n != 2 || at + n > ncells)
			continue;
		memcpy(ring->thread, cells + at * CTR_CELL_SIZE, sizeof(ring->thread));
		ring->known = true;
	}
}

static bool put_cells(struct follow *f, const struct ctr_chunk *head, const char *payload)
{
	struct ctr_chunk_cells cells;
	struct follow_ring *ring;

	if (head->size < sizeof(cells))
		return true;
	memcpy(&cells, payload, sizeof(cells));
	ring = ring_of(f, &cells);
	if (!put_thread(f, ring, cells.first) || !put(f, head, payload))
		return false;
	ring->head = cells;
	note_thread(ring, payload + sizeof(cells), (head->size - sizeof(cells)) / CTR_CELL_SIZE);
	return true;
}

static bool put_packed(struct follow *f, const struct ctr_chunk *packed, const char *payload)
{
	struct ctr_chunk head = { .kind = CTR_CHUNK_CELLS };
	size_t size;
	char *cells = rd_unpack(payload, packed->size, &size);
	bool good;

	if (!cells)
		return true;
	head.size = size;
	good = put_cells(f, &head, cells);
	free(cells);
	return good;
}

/* One kind of the chunks in the window: definitions first. Returns where the whole ones end. */
static size_t put_chunks(struct follow *f, bool records, bool *good)
{
	struct ctr_chunk head;
	size_t at = 0;

	while (*good && chunk_at(f, at, &head)) {
		const char *payload = f->window + at + sizeof(head);

		if (records && head.kind == CTR_CHUNK_CELLS)
			*good = put_cells(f, &head, payload);
		else if (records && head.kind == CTR_CHUNK_PACKED)
			*good = put_packed(f, &head, payload);
		else if (!records && head.kind == CTR_CHUNK_END)
			f->ended = true;
		else if (!records && head.kind != CTR_CHUNK_CELLS && head.kind != CTR_CHUNK_PACKED)
			*good = put(f, &head, payload);
		at += sizeof(head) + head.size;
	}
	return at;
}

/* A chunk that is larger than the window makes it larger. */
static size_t wanted_size(const struct follow *f)
{
	struct ctr_chunk head;

	if (f->used < sizeof(head))
		return WINDOW;
	memcpy(&head, f->window, sizeof(head));
	return head.size <= CTR_CHUNK_MAX_SIZE && head.size + sizeof(head) > WINDOW
		       ? head.size + sizeof(head)
		       : WINDOW;
}

enum follow_state follow_next(struct follow *f)
{
	bool good = true;
	size_t taken;

	if (f->ended)
		return FOLLOW_END;
	fill(f, WINDOW);
	fill(f, wanted_size(f));
	f->pieces++;
	f->piece.size = f->definitions;
	if (ftruncate(f->piece_fd, (off_t)f->definitions) ||
	    lseek(f->piece_fd, (off_t)f->definitions, SEEK_SET) < 0)
		return FOLLOW_BROKEN;
	put_chunks(f, false, &good);
	f->definitions = f->piece.size;
	taken = put_chunks(f, true, &good);
	if (f->broken || !good)
		return FOLLOW_BROKEN;
	/* What has not arrived is read again: it may have been torn, and written anew. */
	f->offset += taken;
	f->used = 0;
	if (f->piece.size > f->definitions)
		return FOLLOW_MORE;
	return f->ended ? FOLLOW_END : taken ? follow_next(f) : FOLLOW_NOTHING;
}
