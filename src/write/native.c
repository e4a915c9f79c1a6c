/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Appending checksummed chunks to a native trace, and undoing those that a full disk tore.
 */
#include "write/native.h"
#include "write/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zlib.h>

/*
 * Sets room aside. The file has no name, so nothing is left over if the process is killed. Where
 * the file system cannot do it, a full disk costs the trace its end: no reason to refuse to record.
 */
void wr_native_reserve(struct wr_native *w, const char *folder)
{
	struct rlimit limit;

	if (w->reserve_fd >= 0)
		return;
	w->limit = UINT64_MAX;
	if (!getrlimit(RLIMIT_FSIZE, &limit) && limit.rlim_cur != RLIM_INFINITY)
		w->limit = limit.rlim_cur > WR_NATIVE_RESERVE ? limit.rlim_cur - WR_NATIVE_RESERVE
							      : 0;
	w->reserve_fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (w->reserve_fd >= 0 && fallocate(w->reserve_fd, 0, 0, WR_NATIVE_RESERVE)) {
		close(w->reserve_fd);
		w->reserve_fd = -1;
	}
}

/* Writes all of `parts`, which it changes. */
static int write_parts(int fd, struct iovec *parts, unsigned int nparts)
{
	while (nparts) {
		ssize_t done = writev(fd, parts, (int)nparts);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		while (nparts && (size_t)done >= parts->iov_len) {
			done -= (ssize_t)parts->iov_len;
			parts++;
			nparts--;
		}
		if (nparts) {
			parts->iov_base = (char *)parts->iov_base + done;
			parts->iov_len -= (size_t)done;
		}
	}
	return 0;
}

/* Cuts the file back to what is whole. If even that fails the next chunk overwrites the rest. */
static int rewind_to_whole(struct wr_native *w)
{
	int error = ftruncate(w->fd, (off_t)w->size) ? -errno : 0;

	if (lseek(w->fd, (off_t)w->size, SEEK_SET) < 0)
		return -errno;
	return error;
}

/* Room is set aside after the header: if there is none at all, the header is what fails. */
int wr_native_begin(struct wr_native *w, int fd, const char *folder)
{
	const struct ctr_file_header header = {
		.magic = CTR_FILE_MAGIC,
		.version_major = CTR_VERSION_MAJOR,
		.version_minor = CTR_VERSION_MINOR,
		.header_size = sizeof(header),
	};
	struct iovec part = { .iov_base = (void *)&header, .iov_len = sizeof(header) };
	int error;

	*w = (struct wr_native){ .fd = fd, .reserve_fd = -1 };
	error = write_parts(fd, &part, 1);
	if (error) {
		rewind_to_whole(w);
		return error;
	}
	w->size = sizeof(header);
	wr_native_reserve(w, folder);
	return 0;
}

/*
 * Packs a chunk of records, whose head and cells are the given parts or one behind the other, into
 * `packed`; false if it is to stay as it is. Without memory for it, it stays, too.
 */
static bool pack(struct wr_native *w, const struct iovec *parts, unsigned int nparts,
		 struct iovec packed[2])
{
	const size_t head_size = sizeof(struct ctr_chunk_cells);
	const char *cells = nparts == 2 ? parts[1].iov_base : (char *)parts[0].iov_base + head_size;
	struct ctr_chunk_cells head;
	size_t ncells, size;

	if (nparts > 2 || parts[0].iov_len < head_size ||
	    (nparts == 2 && parts[0].iov_len != head_size))
		return false;
	size = nparts == 2 ? parts[1].iov_len : parts[0].iov_len - head_size;
	ncells = size / CTR_CELL_SIZE;
	if (!ncells || size % CTR_CELL_SIZE || size > CTR_CHUNK_MAX_SIZE)
		return false;
	if (wr_packed_max(ncells) > w->packed_capacity) {
		free(w->packed);
		w->packed_capacity = wr_packed_max(ncells);
		w->packed = malloc(w->packed_capacity);
	}
	if (!w->packed) {
		w->packed_capacity = 0;
		return false;
	}
	memcpy(&head, parts[0].iov_base, sizeof(head));
	packed[0] = (struct iovec){ .iov_base = parts[0].iov_base, .iov_len = head_size };
	packed[1] = (struct iovec){
		.iov_base = w->packed,
		.iov_len = wr_pack(cells, ncells, head.first, w->packed),
	};
	return packed[1].iov_len;
}

/*
 * One writev for the whole chunk: cheap, and a collector that is killed tears at most the last one.
 */
int wr_native_chunk(struct wr_native *w, enum ctr_chunk_kind kind, const struct iovec *parts,
		    unsigned int nparts)
{
	struct ctr_chunk head = { .kind = kind, .checksum = (uint32_t)crc32(0, NULL, 0) };
	struct iovec all[1 + WR_NATIVE_PARTS], packed[2];
	int error;

	if (nparts > WR_NATIVE_PARTS)
		return -EINVAL;
	if (kind == CTR_CHUNK_CELLS && nparts && pack(w, parts, nparts, packed)) {
		head.kind = CTR_CHUNK_PACKED;
		parts = packed;
		nparts = 2;
	}
	all[0] = (struct iovec){ .iov_base = &head, .iov_len = sizeof(head) };
	for (unsigned int i = 0; i < nparts; i++) {
		all[i + 1] = parts[i];
		head.size += parts[i].iov_len;
		/* zlib answers the initial value again for a null pointer, whatever came before. */
		if (parts[i].iov_len)
			head.checksum = (uint32_t)crc32_z(head.checksum, parts[i].iov_base,
							  parts[i].iov_len);
	}
	if (head.size > CTR_CHUNK_MAX_SIZE)
		return -EFBIG;
	/* Beyond RLIMIT_FSIZE the last chunk would find no room, and a signal might kill us. */
	if (w->size + sizeof(head) + head.size > w->limit)
		return -EFBIG;
	error = write_parts(w->fd, all, nparts + 1);
	if (error) {
		rewind_to_whole(w);
		return error;
	}
	w->size += sizeof(head) + head.size;
	w->chunks++;
	return 0;
}

int wr_native_block(struct wr_native *w, enum ctr_chunk_kind kind, const void *data, size_t size)
{
	const struct iovec part = { .iov_base = (void *)data, .iov_len = size };

	return wr_native_chunk(w, kind, &part, 1);
}

int wr_native_append(struct wr_native *w, int from, uint64_t begin, uint64_t end)
{
	char block[64 << 10];
	uint64_t size = w->size;

	if (w->size + (end - begin) > w->limit)
		return -EFBIG;
	while (begin < end) {
		size_t wanted = end - begin < sizeof(block) ? end - begin : sizeof(block);
		ssize_t n = pread(from, block, wanted, (off_t)begin);
		struct iovec part = { .iov_base = block, .iov_len = n > 0 ? (size_t)n : 0 };
		int error = n < 0 ? -errno : n ? write_parts(w->fd, &part, 1) : -EIO;

		if (error == -EINTR)
			continue;
		if (error) {
			rewind_to_whole(w);
			return error;
		}
		begin += (uint64_t)n;
		size += (uint64_t)n;
	}
	w->size = size;
	return 0;
}

int wr_native_cut(struct wr_native *w, uint64_t size)
{
	w->size = size;
	return rewind_to_whole(w);
}

void wr_native_use_reserve(struct wr_native *w)
{
	if (w->reserve_fd >= 0)
		close(w->reserve_fd);
	w->reserve_fd = -1;
	w->limit = UINT64_MAX;
}

void wr_native_end(struct wr_native *w)
{
	wr_native_use_reserve(w);
	free(w->packed);
	w->packed = NULL;
	w->packed_capacity = 0;
	w->fd = -1;
}
