/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for a trace. Each file appears under its name when it is whole. */
#include "ask.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session_find.h"

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

void ask_answer(int dirfd, const struct ask *a, const char *text)
{
	char name[32], whole[32];

	snprintf(name, sizeof(name), "answer.%d.tmp", a->number);
	snprintf(whole, sizeof(whole), "answer.%d", a->number);
	if (write_file(dirfd, name, text))
		renameat(dirfd, name, dirfd, whole);
	unlinkat(dirfd, "ask", 0);
}

/* ---- who asks ------------------------------------------------------------------------------ */

bool ask_is_heard(const char *folder)
{
	char name[PATH_MAX];

	return snprintf(name, sizeof(name), "%s/flight", folder) < (int)sizeof(name) &&
	       !access(name, F_OK);
}

/* Others' questions come first. False: the session is over. */
static bool put_question(int dirfd, const char *folder, const char *path)
{
	char name[32], text[PATH_MAX + 16];
	bool put = false;

	snprintf(name, sizeof(name), "ask.%d", getpid());
	snprintf(text, sizeof(text), "%d\n%s", getpid(), path);
	if (!write_file(dirfd, name, text))
		return false;
	while (!put && session_is_collected(folder)) {
		put = !linkat(dirfd, name, dirfd, "ask", 0);
		if (!put && errno != EEXIST)
			break;
		if (!put)
			usleep(STEP_US);
	}
	unlinkat(dirfd, name, 0);
	return put;
}

static bool wait_for_answer(int dirfd, const char *folder, char *text, size_t size)
{
	bool over = false;
	char name[32];

	snprintf(name, sizeof(name), "answer.%d", getpid());
	/* Once more when the session is over: an answer may have been its last word. */
	for (;;) {
		if (read_file(dirfd, name, text, size)) {
			unlinkat(dirfd, name, 0);
			return true;
		}
		if (over)
			return false;
		over = !session_is_collected(folder);
		usleep(STEP_US);
	}
}

bool ask_for_trace(const char *folder, const char *path, char *text, size_t size)
{
	int dirfd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool answered = dirfd >= 0 && put_question(dirfd, folder, path) &&
			wait_for_answer(dirfd, folder, text, size);
	char sign = answered ? *text : '\0';

	if (dirfd >= 0)
		close(dirfd);
	if (!sign) {
		snprintf(text, size, "the recording has just ended");
		return false;
	}
	memmove(text, text + 1, strlen(text));
	return sign == '+';
}
