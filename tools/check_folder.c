/* SPDX-License-Identifier: Apache-2.0 */
/* Temporary files, and a copy of standard input. */
#include "check_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check_run.h"
#include "util/message.h"
#include "util/xalloc.h"

#define BLOCK ((size_t)64 << 10)

/* Somebody who forgot that standard input is a pipe is told after so long. */
#define PATIENCE_MS 2000

#define SAY(...) snprintf(why, size, __VA_ARGS__)

void check_folder_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd < 3);
	if (fd >= 0)
		close(fd);
}

void check_folder_private(const struct check_folder *f, const char *name, char *path)
{
	snprintf(path, PATH_MAX, "%s/%s", f->private, name);
}

void check_folder_output(const struct check_folder *f, const char *side, unsigned int run,
			 const char *stream, char *path)
{
	if (run)
		snprintf(path, PATH_MAX, "%s/%s-%u.%s", f->outputs, side, run, stream);
	else
		snprintf(path, PATH_MAX, "%s/%s-first.%s", f->outputs, side, stream);
}

bool check_folder_touch(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static bool write_full(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			data += n;
			size -= (size_t)n;
		}
	}
	return true;
}

/* 0 when there is something to read; -EINTR. */
static int wait_for_input(bool *told)
{
	struct pollfd wait[2] = {
		{ .fd = 0, .events = POLLIN },
		{ .fd = check_signals_fd(), .events = POLLIN },
	};

	for (;;) {
		int n = poll(wait, 2, *told ? -1 : PATIENCE_MS);

		if (check_interrupted())
			return -EINTR;
		if (n > 0 && wait[0].revents)
			return 0;
		if (n == 0 && !*told) {
			ut_warn("check: waiting for the end of standard input, which each run is "
				"to get (</dev/null if the program needs none)");
			*told = true;
		}
	}
}

/* To its end, from where it stands. Returns 0 or a negative errno. */
static int copy_input(int to)
{
	char *block = ut_xmalloc(BLOCK);
	bool told = false;
	int error;

	do {
		ssize_t n = 0;

		error = wait_for_input(&told);
		if (!error)
			n = read(0, block, BLOCK);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			error = -errno;
		if (n > 0 && !write_full(to, block, (size_t)n))
			error = -errno;
		if (n == 0)
			break;
	} while (!error);
	free(block);
	return error;
}

/* A device such as /dev/null gives every run the same by itself; a terminal has nothing to give. */
static bool take_input(struct check_folder *f, char *why, size_t size)
{
	char path[PATH_MAX];
	struct stat st;
	int to, error;

	if (isatty(0)) {
		f->input = ut_xstrdup("/dev/null");
		return true;
	}
	if (!fstat(0, &st) && (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)))
		return true;
	check_folder_private(f, "input", path);
	to = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	error = to < 0 ? -errno : copy_input(to);
	if (to >= 0)
		close(to);
	f->input = ut_xstrdup(path);
	if (error)
		SAY("standard input cannot be copied to %s: %s", path, strerror(-error));
	return !error;
}

static bool make_keep(struct check_folder *f, const char *keep, char *why, size_t size)
{
	char *path;

	f->keeps = true;
	if (mkdir(keep, 0777) && errno != EEXIST) {
		SAY("--keep %s: the folder cannot be made: %s", keep, strerror(errno));
		return false;
	}
	path = realpath(keep, NULL);
	if (!path || access(path, W_OK | X_OK)) {
		SAY("--keep %s: %s", keep, strerror(errno));
		free(path);
		return false;
	}
	if (snprintf(f->outputs, sizeof(f->outputs), "%s", path) >= (int)sizeof(f->outputs))
		SAY("--keep %s: %s", keep, strerror(ENAMETOOLONG)), f->keeps = false;
	free(path);
	return f->keeps;
}

bool check_folder_make(struct check_folder *f, const char *keep, char *why, size_t size)
{
	const char *base = getenv("TMPDIR");
	char path[sizeof(f->private)];

	*f = (struct check_folder){ .keeps = false };
	snprintf(path, sizeof(path), "%s/curtrace-check.XXXXXX",
		 base && base[0] == '/' ? base : "/tmp");
	if (!mkdtemp(path)) {
		SAY("%s: a temporary folder cannot be made: %s", path, strerror(errno));
		return false;
	}
	strcpy(f->private, path);
	strcpy(f->outputs, path);
	return (!keep || make_keep(f, keep, why, size)) && take_input(f, why, size);
}

void check_folder_remove(struct check_folder *f)
{
	DIR *dir = f->private[0] ? opendir(f->private) : NULL;
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	if (f->private[0])
		rmdir(f->private);
	free(f->input);
	*f = (struct check_folder){ .keeps = false };
}
