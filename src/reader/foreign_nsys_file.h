/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database in an open file, for SQLite: read by position through the descriptor that the trace
 * has anyway, whatever the file is called or whether it still has a name. Nothing is locked,
 * written or looked for beside it.
 */
#ifndef READER_FOREIGN_NSYS_FILE_H
#define READER_FOREIGN_NSYS_FILE_H

#include <sqlite3.h>

/* Opens the database in `fd`, which stays the caller's. Returns what sqlite3_open_v2 does. */
int rd_nsys_file_open(int fd, sqlite3 **db);

#endif
