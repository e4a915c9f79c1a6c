/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite's way to files, over one descriptor. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_SQLITE

#include "reader/foreign_nsys_file.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VFS_NAME "curtrace"

struct file {
	sqlite3_file base; /* must stand first */
	int fd;
};

static int fd_of(const sqlite3_file *file)
{
	return ((const struct file *)file)->fd;
}

/* ---- the file ------------------------------------------------------------------------------ */

static int file_close(sqlite3_file *file)
{
	(void)file;
	return SQLITE_OK;
}

/* What lies behind the end reads as zeros: SQLite asks for that. */
static int file_read(sqlite3_file *file, void *data, int size, sqlite3_int64 offset)
{
	char *to = data;
	ssize_t part;

	while (size) {
		part = pread(fd_of(file), to, (size_t)size, (off_t)offset);
		if (part < 0 && errno == EINTR)
			continue;
		if (part < 0)
			return SQLITE_IOERR_READ;
		if (!part) {
			memset(to, 0, (size_t)size);
			return SQLITE_IOERR_SHORT_READ;
		}
		to += part;
		size -= (int)part;
		offset += part;
	}
	return SQLITE_OK;
}

static int file_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
{
	(void)file;
	(void)data;
	(void)size;
	(void)offset;
	return SQLITE_READONLY;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	(void)file;
	(void)size;
	return SQLITE_READONLY;
}

static int file_nothing(sqlite3_file *file, int what)
{
	(void)file;
	(void)what;
	return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	struct stat status;

	if (fstat(fd_of(file), &status))
		return SQLITE_IOERR_FSTAT;
	*size = status.st_size;
	return SQLITE_OK;
}

static int file_is_locked(sqlite3_file *file, int *locked)
{
	(void)file;
	*locked = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int what, void *value)
{
	(void)file;
	(void)what;
	(void)value;
	return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *file)
{
	(void)file;
	return 0;
}

/* Nobody writes to it: no lock and no journal is looked for. */
static int file_traits(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_nothing,
	.xFileSize = file_size,
	.xLock = file_nothing,
	.xUnlock = file_nothing,
	.xCheckReservedLock = file_is_locked,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_traits,
};

/* ---- the way to it ------------------------------------------------------------------------- */

/* The name is the descriptor's number. There are no other files: what is temporary is in memory. */
static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *got)
{
	struct file *file = (struct file *)base;

	(void)vfs;
	file->base.pMethods = NULL;
	if (!name || !(flags & SQLITE_OPEN_MAIN_DB))
		return SQLITE_CANTOPEN;
	file->fd = atoi(name);
	file->base.pMethods = &methods;
	if (got)
		*got = flags;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	(void)name;
	(void)sync;
	return SQLITE_READONLY;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int what, int *result)
{
	(void)vfs;
	(void)name;
	(void)what;
	*result = 0;
	return SQLITE_OK;
}

static int vfs_path(sqlite3_vfs *vfs, const char *name, int size, char *path)
{
	(void)vfs;
	return snprintf(path, (size_t)size, "%s", name) < size ? SQLITE_OK : SQLITE_CANTOPEN;
}

/* Everything that is no file is the system's. */
static void register_vfs(void)
{
	static sqlite3_vfs vfs;
	const sqlite3_vfs *system = sqlite3_vfs_find(NULL);

	if (!system)
		return;
	vfs = *system;
	vfs.pNext = NULL;
	vfs.zName = VFS_NAME;
	vfs.szOsFile = sizeof(struct file);
	vfs.xOpen = vfs_open;
	vfs.xDelete = vfs_delete;
	vfs.xAccess = vfs_access;
	vfs.xFullPathname = vfs_path;
	sqlite3_vfs_register(&vfs, 0);
}

int rd_nsys_file_open(int fd, sqlite3 **db)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	char name[16];
	int result;

	pthread_once(&once, register_vfs);
	snprintf(name, sizeof(name), "%d", fd);
	result = sqlite3_open_v2(name, db, SQLITE_OPEN_READONLY, VFS_NAME);
	if (result == SQLITE_OK)
		sqlite3_exec(*db,
			     "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; "
			     "PRAGMA temp_store = MEMORY",
			     NULL, NULL, NULL);
	return result;
}

#endif
