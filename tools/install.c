/* SPDX-License-Identifier: Apache-2.0 */
/* Where the parts of this installation lie. */
#include "install.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/xalloc.h"

/* Cuts the last component off a path. */
static void cut(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
}

/* The preload library is what makes a folder the right one. */
static bool exists_in(const char *folder, const char *part)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/%s", folder, part) < (int)sizeof(path) &&
	       !access(path, R_OK);
}

/* /proc/self/exe has no links in it: a link to the tool in ~/bin works. */
const char *install_libdir(void)
{
	static const char *const folders[] = { "lib/curtrace", "lib64/curtrace" };
	static char found[PATH_MAX];
	const char *asked = getenv("CURTRACE_LIBDIR");
	char prefix[PATH_MAX - 32];
	ssize_t length;
	size_t i;

	if (asked && *asked)
		return asked;
	length = readlink("/proc/self/exe", prefix, sizeof(prefix) - 1);
	if (length <= 0)
		return NULL;
	prefix[length] = '\0';
	cut(prefix);
	cut(prefix);
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(found, sizeof(found), "%s/%s", prefix, folders[i]);
		if (exists_in(found, INSTALL_SHIM))
			return found;
	}
	snprintf(found, sizeof(found), "%s/%s", prefix, folders[0]);
	return found;
}

char *install_find(const char *part)
{
	const char *folder = install_libdir();
	char *path;
	size_t size;

	if (!folder)
		return NULL;
	size = strlen(folder) + strlen(part) + 2;
	path = ut_xmalloc(size);
	snprintf(path, size, "%s/%s", folder, part);
	if (!access(path, R_OK))
		return path;
	free(path);
	return NULL;
}
