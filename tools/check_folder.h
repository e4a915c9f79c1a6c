/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a check keeps its files while it works, and the standard input that each run gets.
 */
#ifndef TOOLS_CHECK_FOLDER_H
#define TOOLS_CHECK_FOLDER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct check_folder {
	char private[PATH_MAX / 2]; /* removed at the end, with what is in it */
	char outputs[PATH_MAX / 2]; /* the same, or one that the user named */
	bool keeps;                 /* he did */
	char *input;                /* file for standard input; NULL: ours as it is */
};

/* A closed standard stream would be given to a file of ours. */
void check_folder_descriptors(void);

/*
 * Makes the folders and reads standard input. False, with one line in `why`; what was made is
 * removed by check_folder_remove.
 */
bool check_folder_make(struct check_folder *f, const char *keep, char *why, size_t size);

void check_folder_remove(struct check_folder *f);

/* Paths, into buffers of PATH_MAX. Run 0 is one that is not compared. */
void check_folder_private(const struct check_folder *f, const char *name, char *path);
void check_folder_output(const struct check_folder *f, const char *side, unsigned int run,
			 const char *stream, char *path);

/* Makes an empty file; false: errno says why not. */
bool check_folder_touch(const char *path);

#endif
