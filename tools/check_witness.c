/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurtrace-witness.so: an audit library (rtld-audit(7)) that `curtrace check` puts into the
 * first run of the reference. It notes which CUDA runtimes the loader takes in, whenever that
 * happens, and is in nobody's way otherwise: it has a namespace of its own and binds nothing.
 *
 *	CURTRACE_WITNESS=FILE	lines are appended: "+" for a process, "=PATH" for a runtime
 *	CURTRACE_WITNESS_RUNTIME=PATH
 *				a file that is a runtime whatever its name
 */
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT unsigned int la_version(unsigned int version);
EXPORT unsigned int la_objopen(struct link_map *map, Lmid_t namespace, uintptr_t *cookie);

/* One write a line: processes append to the same file. */
static void note(const char *line, size_t length)
{
	const char *path = secure_getenv("CURTRACE_WITNESS");
	int fd = path ? open(path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;

	if (fd < 0)
		return;
	if (write(fd, line, length) < 0)
		length = 0;
	close(fd);
}

unsigned int la_version(unsigned int version)
{
	note("+\n", 2);
	return version < LAV_CURRENT ? version : LAV_CURRENT;
}

/* 0: no interest in what is bound to it or by it. */
unsigned int la_objopen(struct link_map *map, Lmid_t namespace, uintptr_t *cookie)
{
	const char *also = secure_getenv("CURTRACE_WITNESS_RUNTIME");
	const char *slash = strrchr(map->l_name, '/');
	char path[PATH_MAX], line[PATH_MAX + 4];
	int length;

	(void)namespace;
	(void)cookie;
	if (!realpath(map->l_name, path))
		return 0;
	if (strncmp(slash ? slash + 1 : map->l_name, "libcudart", 9) &&
	    (!also || strcmp(path, also)))
		return 0;
	length = snprintf(line, sizeof(line), "=%s\n", path);
	note(line, (size_t)length);
	return 0;
}
