/* SPDX-License-Identifier: Apache-2.0 */
/* The chunks of a native trace as they stand in the file. */
#include "reader/chunks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "reader/unpack.h"
#include "util/xalloc.h"

/* Fewer at the end of the file or after an error. */
static size_t read_at(int fd, uint64_t offset, void *data, size_t size)
{
	size_t done = 0;

	while (done < size && offset + done <= INT64_MAX) {
		ssize_t part = pread(fd, (char *)data + done, size - done, (off_t)(offset + done));

		if (part < 0 && errno == EINTR)
			continue;
		if (part <= 0)
			break;
		done += (size_t)part;
	}
	return done;
}

static bool is_readable(const struct ctr_file_header *header)
{
	return header->magic == CTR_FILE_MAGIC && header->version_major == CTR_VERSION_MAJOR &&
	       header->version_minor <= CTR_VERSION_MINOR && header->header_size >= sizeof(*header);
}

bool rd_chunks_open(struct rd_chunks *chunks, const char *path, struct rd_error *error)
{
	struct ctr_file_header *header = &chunks->version;

	*chunks = (struct rd_chunks){ .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) };
	*error = (struct rd_error){ .offset = RD_NO_OFFSET };
	if (chunks->fd < 0) {
		snprintf(error->text, sizeof(error->text), "cannot be opened: %s", strerror(errno));
		return false;
	}
	if (read_at(chunks->fd, 0, header, sizeof(*header)) != sizeof(*header) ||
	    !is_readable(header)) {
		snprintf(error->text, sizeof(error->text),
			 "is not a native trace of format version %u.0 to %u.%u", CTR_VERSION_MAJOR,
			 CTR_VERSION_MAJOR, CTR_VERSION_MINOR);
		rd_chunks_close(chunks);
		return false;
	}
	chunks->offset = header->header_size;
	return true;
}

static void keep_room(struct rd_chunks *chunks, size_t size)
{
	if (size <= chunks->capacity && chunks->data)
		return;
	free(chunks->data);
	/* One more for a NUL. */
	chunks->data = ut_xmalloc(size + 1);
	chunks->capacity = size;
}

static bool is_sound(const struct rd_chunks *chunks)
{
	return crc32_z(crc32_z(0, NULL, 0), (const Bytef *)chunks->data, chunks->head.size) ==
	       chunks->head.checksum;
}

/* What is packed is handed out as it was before; false if it cannot be. */
static bool unpack(struct rd_chunks *chunks)
{
	size_t size;
	char *unpacked = rd_unpack(chunks->data, chunks->head.size, &size);

	if (!unpacked)
		return false;
	free(chunks->data);
	chunks->data = unpacked;
	chunks->capacity = size;
	chunks->head.kind = CTR_CHUNK_CELLS;
	chunks->head.size = size;
	return true;
}

/* A chunk whose size was damaged has no other behind it: what stands there is no head. */
bool rd_chunks_next(struct rd_chunks *chunks)
{
	struct ctr_chunk *head = &chunks->head;

	while (read_at(chunks->fd, chunks->offset, head, sizeof(*head)) == sizeof(*head) &&
	       head->size <= CTR_CHUNK_MAX_SIZE) {
		keep_room(chunks, head->size);
		if (read_at(chunks->fd, chunks->offset + sizeof(*head), chunks->data, head->size) !=
		    head->size)
			return false;
		chunks->offset += sizeof(*head) + head->size;
		chunks->data[head->size] = '\0';
		if (is_sound(chunks) && (head->kind != CTR_CHUNK_PACKED || unpack(chunks)))
			return true;
		if (head->kind == CTR_CHUNK_PROCESS) {
			head->size = 0;
			return true;
		}
	}
	return false;
}

void rd_chunks_close(struct rd_chunks *chunks)
{
	if (chunks->fd >= 0)
		close(chunks->fd);
	free(chunks->data);
	*chunks = (struct rd_chunks){ .fd = -1 };
}
