/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of a session folder. See files.h. All callers have signals blocked or their thread marked
 * busy, and all are slow paths.
 */
#include "record/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Growing a file past the program's limit would send it SIGXFSZ: it is not even tried. */
static bool within_limit(uint64_t size)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
		return true;
	return size <= limit.rlim_cur;
}

/*
 * The owner must be the effective user: another one could otherwise plant a file that we write to.
 * No rights for others: what a program does with its GPU is nobody else's business.
 */
int rec_folder_open(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 077) == 0)
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

int rec_file_open(int folder, const char *name, off_t min_size)
{
	struct stat st;
	/* O_NONBLOCK: a FIFO under that name must not hold the program up. */
	int fd = openat(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	    st.st_size >= min_size)
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

/* For file systems without fallocate: zeros, written. */
static int fill(int fd, off_t size)
{
	static const char zeros[4096];

	for (off_t at = 0; at < size;) {
		size_t part = size - at < (off_t)sizeof(zeros) ? (size_t)(size - at)
							       : sizeof(zeros);
		ssize_t n = pwrite(fd, zeros, part, at);

		if (n <= 0)
			return -1;
		at += n;
	}
	return 0;
}

/*
 * ftruncate succeeds on a full tmpfs, and so does mmap; the first touch is then a SIGBUS in the
 * middle of somebody's program. fallocate answers ENOSPC.
 */
int rec_file_create(int folder, const char *name, off_t size)
{
	int fd, result, error;

	if (!within_limit((uint64_t)size)) {
		errno = EFBIG;
		return -1;
	}
	fd = openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	do
		result = fallocate(fd, 0, 0, size);
	while (result < 0 && errno == EINTR);
	if (result < 0 && errno == EOPNOTSUPP)
		result = fill(fd, size);
	if (result == 0)
		return fd;
	error = errno;
	unlinkat(folder, name, 0);
	close(fd);
	errno = error;
	return -1;
}

bool rec_file_extend(int fd, off_t at, off_t size)
{
	int result;

	if (!within_limit((uint64_t)(at + size)))
		return false;
	do
		result = fallocate(fd, 0, at, size);
	while (result < 0 && errno == EINTR);
	return result == 0;
}

static bool write_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		size -= (size_t)n;
	}
	return true;
}

/*
 * Cuts off what a write left that did not fit: a reader stops at a torn piece, and would not see
 * what stands behind. Not if another thread has appended meanwhile.
 */
static void cut_tear(int fd, ssize_t written)
{
	off_t end = lseek(fd, 0, SEEK_CUR);

	if (written > 0 && end == lseek(fd, 0, SEEK_END) && ftruncate(fd, end - written) < 0)
		return;
}

bool rec_file_append(int folder, const char *name, const struct iovec *parts, int nparts)
{
	size_t size = 0;
	struct stat st;
	bool done = false;
	int fd = openat(folder, name,
			O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

	if (fd < 0)
		return false;
	for (int i = 0; i < nparts; i++)
		size += parts[i].iov_len;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	    within_limit((uint64_t)st.st_size + size)) {
		ssize_t n = writev(fd, parts, nparts);

		done = n == (ssize_t)size;
		if (!done)
			cut_tear(fd, n);
	}
	close(fd);
	return done;
}

/* A name that no other thread or process is writing to: the work is put under `name` when whole. */
static int create_temporary(int folder, const char *name, char *temporary, size_t size)
{
	snprintf(temporary, size, "%s.%d.tmp", name, (int)gettid());
	/* What a killed process of the same number left. */
	unlinkat(folder, temporary, 0);
	return openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		      0600);
}

static bool finish_temporary(int folder, const char *temporary, const char *name, int fd,
			     bool whole)
{
	close(fd);
	if (whole && renameat(folder, temporary, folder, name) == 0)
		return true;
	unlinkat(folder, temporary, 0);
	return false;
}

bool rec_file_put(int folder, const char *name, const void *data, size_t size, bool overwrite)
{
	char temporary[128];
	int fd;

	/* Two processes may both find none: they write the same, and each rename is whole. */
	if (!overwrite && faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	if (!within_limit(size))
		return false;
	fd = create_temporary(folder, name, temporary, sizeof(temporary));
	if (fd < 0)
		return false;
	return finish_temporary(folder, temporary, name, fd, write_all(fd, data, size));
}

bool rec_file_copy(int folder, const char *name, const char *source)
{
	char temporary[128], part[2048];
	uint64_t size = 0;
	ssize_t n = -1;
	int in = open(source, O_RDONLY | O_CLOEXEC), fd;

	if (in < 0)
		return false;
	fd = create_temporary(folder, name, temporary, sizeof(temporary));
	if (fd < 0) {
		close(in);
		return false;
	}
	/* The kernel gives whole lines of a map to each read, so that no line mixes two states. */
	while ((n = read(in, part, sizeof(part))) > 0) {
		size += (uint64_t)n;
		if (!within_limit(size) || !write_all(fd, part, (size_t)n))
			break;
	}
	close(in);
	return finish_temporary(folder, temporary, name, fd, n == 0);
}

ssize_t rec_file_read(const char *path, char *data, size_t size)
{
	size_t done = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	while (done < size - 1 && (n = read(fd, data + done, size - 1 - done)) > 0)
		done += (size_t)n;
	close(fd);
	data[done] = '\0';
	return (ssize_t)done;
}
