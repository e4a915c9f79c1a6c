/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of files, by content. */
#include "check_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/xalloc.h"

#define BLOCK ((size_t)64 << 10)

/* Of a long log only its end is looked at. */
#define TAIL 4096

/* As many bytes as there are, up to `size`; negative errno. */
static ssize_t read_full(int fd, char *data, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, data + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static int same_content(int a, int b)
{
	char *x = ut_xmalloc(2 * BLOCK), *y = x + BLOCK;
	int same = -1;

	while (same < 0) {
		ssize_t n = read_full(a, x, BLOCK), m = read_full(b, y, BLOCK);

		if (n < 0 || m < 0 || n != m || memcmp(x, y, (size_t)n))
			same = 0;
		else if (!n)
			same = 1;
	}
	free(x);
	return same;
}

/* 1, 0, or a negative errno. */
static int equal(const char *a, const char *b)
{
	int x = open(a, O_RDONLY | O_CLOEXEC), y = open(b, O_RDONLY | O_CLOEXEC);
	int result = x < 0 || y < 0 ? -errno : 1;
	struct stat s, t;

	if (result > 0 && (fstat(x, &s) || fstat(y, &t) || s.st_size != t.st_size))
		result = 0;
	if (result > 0)
		result = same_content(x, y);
	if (x >= 0)
		close(x);
	if (y >= 0)
		close(y);
	return result;
}

int check_files_add(struct check_files *files, const char *path, bool remove)
{
	for (size_t i = 0; i < files->count; i++) {
		int same = equal(files->paths[i], path);

		if (same < 0)
			return same;
		if (!same)
			continue;
		if (remove)
			unlink(path);
		return 0;
	}
	ut_grow(&files->paths, &files->capacity, files->count, sizeof(*files->paths));
	files->paths[files->count++] = ut_xstrdup(path);
	return 0;
}

void check_files_free(struct check_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->paths[i]);
	free(files->paths);
	*files = (struct check_files){ .paths = NULL };
}

char *check_files_last_line(const char *path)
{
	char text[TAIL + 1], *line = NULL, *word, *rest;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n = -1;

	if (fd >= 0 && !fstat(fd, &st)) {
		lseek(fd, st.st_size > TAIL ? st.st_size - TAIL : 0, SEEK_SET);
		n = read_full(fd, text, TAIL);
	}
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return NULL;
	text[n] = '\0';
	for (word = strtok_r(text, "\r\n", &rest); word; word = strtok_r(NULL, "\r\n", &rest))
		if (word[strspn(word, " \t")])
			line = word;
	return line ? ut_xstrdup(line) : NULL;
}
