/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking for a trace. A question appears under its name when it is whole. The answer comes behind
 * it in the same file, which who asks keeps open: the session may be gone before he looks.
 */
#include "ask.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session_find.h"
#include "util/message.h"

#define STEP_US 10000

static bool write_file(int dirfd, const char *name, const char *text)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return good;
}

static bool read_file(int dirfd, const char *name, char *text, size_t size)
{
	int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n >= 0;
}

/* ---- who listens --------------------------------------------------------------------------- */

bool ask_listen(int dirfd)
{
	return write_file(dirfd, "flight", "");
}

bool ask_take(int dirfd, struct ask *a)
{
	char text[sizeof(a->path) + 16], *end;

	if (!read_file(dirfd, "ask", text, sizeof(text)))
		return false;
	a->number = (int)strtol(text, &end, 10);
	snprintf(a->path, sizeof(a->path), "%s", *end == '\n' ? end + 1 : "");
	return true;
}

/* With its 0, by which the other one knows that it is whole. */
void ask_answer(int dirfd, const char *text)
{
	int fd = openat(dirfd, "ask", O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && write(fd, text, strlen(text) + 1) < 0)
		ut_warn("`curtrace snapshot' is not answered: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	unlinkat(dirfd, "ask", 0);
}

/* ---- who asks ------------------------------------------------------------------------------ */

bool ask_is_heard(const char *folder)
{
	char name[PATH_MAX];

	return snprintf(name, sizeof(name), "%s/flight", folder) < (int)sizeof(name) &&
	       !access(name, F_OK);
}

/* Others' questions come first. The question's descriptor; -1: the session is over. */
static int put_question(int dirfd, const char *folder, const char *text)
{
	bool put = false;
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "ask.%d", getpid());
	if (!write_file(dirfd, name, text))
		return -1;
	fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	while (fd >= 0 && !put && session_is_collected(folder)) {
		put = !linkat(dirfd, name, dirfd, "ask", 0);
		if (!put && errno != EEXIST)
			break;
		if (!put)
			usleep(STEP_US);
	}
	unlinkat(dirfd, name, 0);
	if (put || fd < 0)
		return fd;
	close(fd);
	return -1;
}

/* It begins at `offset`. */
static bool wait_for_answer(int fd, off_t offset, const char *folder, char *text, size_t size)
{
	for (bool over = false;; over = !session_is_collected(folder)) {
		ssize_t n = pread(fd, text, size, offset);

		if (n > 0 && !text[n - 1])
			return true;
		/* Once more when the session is over: an answer may have been its last word. */
		if (over)
			return false;
		usleep(STEP_US);
	}
}

bool ask_for_trace(const char *folder, const char *path, char *text, size_t size)
{
	int dirfd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1;
	char question[PATH_MAX + 16];
	char sign = '\0';

	snprintf(question, sizeof(question), "%d\n%s", getpid(), path);
	if (dirfd >= 0)
		fd = put_question(dirfd, folder, question);
	if (fd >= 0 && wait_for_answer(fd, (off_t)strlen(question), folder, text, size))
		sign = *text;
	if (fd >= 0)
		close(fd);
	if (dirfd >= 0)
		close(dirfd);
	if (!sign) {
		snprintf(text, size, "the recording has just ended");
		return false;
	}
	memmove(text, text + 1, strlen(text));
	return sign == '+';
}
