/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outputs in files: the distinct ones of a side, so that a hundred equal runs need the room of one.
 */
#ifndef TOOLS_CHECK_FILES_H
#define TOOLS_CHECK_FILES_H

#include <stdbool.h>
#include <stddef.h>

struct check_files {
	char **paths;
	size_t count;
	size_t capacity;
};

/*
 * Takes a file in, unless it is equal to one that is there; then it is removed if `remove` says so.
 * Returns 0 or a negative errno.
 */
int check_files_add(struct check_files *files, const char *path, bool remove);

void check_files_free(struct check_files *files);

/* Last line of a file that is not blank, to be freed; NULL: there is none. */
char *check_files_last_line(const char *path);

#endif
