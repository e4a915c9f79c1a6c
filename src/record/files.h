/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of a session folder, handled so that nobody else's file is ever touched and that a full
 * disk or a limit is an error code instead of a signal. Descriptors live within one function.
 */
#ifndef RECORD_FILES_H
#define RECORD_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Opens a folder that is ours alone (owner: effective user, mode 0700). -1: it is not. */
int rec_folder_open(const char *path);

/* Opens a file in it for reading and writing that is ours, not a link. -1: there is none. */
int rec_file_open(int folder, const char *name, off_t min_size);

/*
 * Makes a new file of `size` bytes that are really there, so that no access through a mapping can
 * fail. -1 with errno: EEXIST, ENOSPC and the like (also for the program's own file size limit).
 */
int rec_file_create(int folder, const char *name, off_t size);

/* Makes sure of a piece of a file that is open: what is there stays, the rest becomes zeros. */
bool rec_file_extend(int fd, off_t at, off_t size);

/* Appends to a file of the folder with one write; makes the file first. */
struct iovec;
bool rec_file_append(int folder, const char *name, const struct iovec *parts, int nparts);

/* Puts a whole file under the name at once; `overwrite` false: leaves one that is there alone. */
bool rec_file_put(int folder, const char *name, const void *data, size_t size, bool overwrite);

/* The same with a copy of the file `source`, whose size is not known beforehand (/proc). */
bool rec_file_copy(int folder, const char *name, const char *source);

/* Reads at most size - 1 bytes and ends them with a NUL. Number of bytes, or -1. */
ssize_t rec_file_read(const char *path, char *data, size_t size);

#endif
