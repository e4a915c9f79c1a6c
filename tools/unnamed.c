/* SPDX-License-Identifier: Apache-2.0 */
/* Files without a name. */
#include "unnamed.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *unnamed_folder(void)
{
	const char *tmp = getenv("TMPDIR");

	return tmp && *tmp ? tmp : "/tmp";
}

int unnamed_make(char *why, size_t size)
{
	char name[PATH_MAX];
	int fd = -1;

	if (snprintf(name, sizeof(name), "%s/curtrace-XXXXXX", unnamed_folder()) <
	    (int)sizeof(name))
		fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0)
		snprintf(why, size, "no room for it in %s: %s", unnamed_folder(), strerror(errno));
	else
		unlink(name);
	return fd;
}
