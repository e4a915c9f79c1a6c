/* SPDX-License-Identifier: Apache-2.0 */
/* The last recording's name, in a file of the user's. */
#include "last.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"

/* The folder of the file, without a slash at the end. False: there is nowhere. */
static bool find_folder(char *folder, size_t size)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int length = -1;

	/* One that is not absolute is to be ignored, says the XDG base directory specification. */
	if (state && *state == '/')
		length = snprintf(folder, size, "%s/curtrace", state);
	else if (home && *home == '/')
		length = snprintf(folder, size, "%s/.local/state/curtrace", home);
	return length > 0 && (size_t)length < size;
}

static void make_folders(char *path)
{
	char *slash = path;

	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	mkdir(path, 0700);
}

/* By a rename: two recordings that end together leave one of the two names, and whole. */
static void write_name(const char *folder, const char *name)
{
	char path[PATH_MAX + 32], temporary[PATH_MAX + 32];
	FILE *file;
	bool good;

	snprintf(path, sizeof(path), "%s/last", folder);
	snprintf(temporary, sizeof(temporary), "%s/last.%ld", folder, (long)getpid());
	file = fopen(temporary, "we");
	if (!file)
		return;
	good = fprintf(file, "%s\n", name) > 0;
	good = !fclose(file) && good;
	if (!good || rename(temporary, path))
		unlink(temporary);
}

void last_note(const char *path)
{
	char folder[PATH_MAX], *absolute;

	if (!find_folder(folder, sizeof(folder)))
		return;
	absolute = realpath(path, NULL);
	if (absolute) {
		make_folders(folder);
		write_name(folder, absolute);
	}
	free(absolute);
}

/* A name may have a line's end in it: only the last byte is not its own. */
static bool read_name(char *name, size_t size)
{
	char folder[PATH_MAX], path[PATH_MAX + 8];
	size_t length;
	FILE *file;

	if (!find_folder(folder, sizeof(folder)))
		return false;
	snprintf(path, sizeof(path), "%s/last", folder);
	file = fopen(path, "re");
	if (!file)
		return false;
	length = fread(name, 1, size, file);
	fclose(file);
	if (length < 2 || length == size || name[length - 1] != '\n' || *name != '/')
		return false;
	name[length - 1] = '\0';
	return true;
}

static bool is_newer(const struct stat *a, const struct stat *b)
{
	if (a->st_mtim.tv_sec != b->st_mtim.tv_sec)
		return a->st_mtim.tv_sec > b->st_mtim.tv_sec;
	return a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

void last_find(char *path, size_t size)
{
	char name[PATH_MAX + 2];
	struct stat here, last;
	bool is_here = !stat(CMD_DEFAULT_TRACE, &here);

	snprintf(path, size, "%s", CMD_DEFAULT_TRACE);
	if (!read_name(name, sizeof(name)) || strlen(name) >= size || stat(name, &last) ||
	    !S_ISREG(last.st_mode))
		return;
	/* The same file is named as its user knows it. */
	if (is_here &&
	    (!is_newer(&last, &here) || (here.st_dev == last.st_dev && here.st_ino == last.st_ino)))
		return;
	snprintf(path, size, "%s", name);
}
