/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far one may read from a pointer that came without a size.  The process's own map of its
 * memory answers, so that a header full of nonsense leads to an error and not to SIGSEGV.
 */
#include "sim/image_build.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Without /proc there is no telling; then this much is taken on trust, as a real driver does. */
#define TRUSTED_SIZE ((size_t)1 << 30)

struct extent {
	uintptr_t start; /* what was asked for */
	uintptr_t end;   /* the end of what is readable so far; 0: not found yet */
	bool done;
};

/* One line of the map; mappings that touch are one extent, as sections of a library do. */
static void take_line(struct extent *extent, const char *line)
{
	unsigned long from, to;
	char mode;

	if (extent->done || sscanf(line, "%lx-%lx %c", &from, &to, &mode) != 3)
		return;
	if (!extent->end) {
		if (to <= extent->start)
			return;
		extent->done = from > extent->start || mode != 'r';
		if (!extent->done)
			extent->end = to;
	} else if (from == extent->end && mode == 'r') {
		extent->end = to;
	} else {
		extent->done = true;
	}
}

/* The line's tail after the mode is of no interest, and a path may be of any length. */
static void scan_map(int fd, struct extent *extent)
{
	char line[64], buffer[4096];
	size_t length = 0;
	ssize_t n;

	while (!extent->done && (n = read(fd, buffer, sizeof(buffer))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (buffer[i] == '\n') {
				line[length] = '\0';
				take_line(extent, line);
				length = 0;
			} else if (length < sizeof(line) - 1) {
				line[length++] = buffer[i];
			}
		}
	}
}

size_t sim_image_readable(const void *address)
{
	struct extent extent = { .start = (uintptr_t)address };
	int fd;

	if (!address)
		return 0;
	fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return TRUSTED_SIZE;
	scan_map(fd, &extent);
	close(fd);
	return extent.end ? extent.end - extent.start : 0;
}
