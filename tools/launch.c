/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Program lookup, and the checks by which a program that cannot be traced is refused: what the
 * kernel or the loader would otherwise do silently, namely leave the preloaded library out.
 */
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "collect/elf.h"
#include "util/xalloc.h"

/* The kernel follows interpreters of scripts that are scripts themselves so far. */
#define SCRIPT_DEPTH 5

/* What execvp uses where PATH is not set. */
#define DEFAULT_PATH "/bin:/usr/bin"

/* Behind the reason why such a program cannot be traced. */
#define CHANGES_USER "; have it start curtrace: sudo curtrace record ..."

#define SAY(...) snprintf(why, size, __VA_ARGS__)

/*
 * A program that gains rights is run by the loader in secure mode, which ignores LD_PRELOAD. The
 * same file is harmless to its own owner, and on a file system that is mounted nosuid.
 */
static bool gains_rights(const char *path, const struct stat *st)
{
	struct statvfs fs;

	if (!statvfs(path, &fs) && (fs.f_flag & ST_NOSUID))
		return false;
	if ((st->st_mode & S_ISUID) && st->st_uid != getuid())
		return true;
	if ((st->st_mode & S_ISGID) && (st->st_mode & S_IXGRP) && st->st_gid != getgid())
		return true;
	return getuid() && getxattr(path, "security.capability", NULL, 0) > 0;
}

/* What these start is what is meant. */
static bool changes_user(const char *path)
{
	static const char *const names[] = { "sudo", "su", "doas", "pkexec", "runuser" };
	const char *slash = strrchr(path, '/');

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(slash ? slash + 1 : path, names[i]))
			return true;
	return false;
}

/* ld.so can be run as a program and then loads what it is given, preloaded libraries too. */
static bool is_loader(const struct col_elf *elf)
{
	return elf->soname && !strncmp(elf->soname, "ld-", 3);
}

/*
 * An unreadable file may still be run: the kernel needs no permission to read it. It gets the
 * benefit of the doubt.
 */
static enum launch_status check_elf(const char *path, char *why, size_t size, bool *is_elf)
{
	enum launch_status result = LAUNCH_CANNOT_TRACE;
	struct col_elf elf;
	enum col_elf_status status = col_elf_read(path, false, &elf);

	*is_elf = status != COL_ELF_NOT_ELF && status != COL_ELF_UNREADABLE;
	if (!*is_elf)
		result = LAUNCH_OK;
	else if (status == COL_ELF_32_BIT)
		SAY("%s is a 32-bit program: curtrace traces 64-bit ones", path);
	else if (status == COL_ELF_OTHER_MACHINE)
		SAY("%s is a program for another CPU", path);
	else if (status == COL_ELF_DAMAGED || !elf.is_program)
		SAY("%s is not a program", path), result = LAUNCH_CANNOT_RUN;
	else if (!elf.interpreter && !is_loader(&elf))
		SAY("%s is statically linked: no library can be preloaded into it", path);
	else if (elf.interpreter && access(elf.interpreter, X_OK))
		SAY("%s needs the loader %s, which is not there", path, elf.interpreter),
			result = LAUNCH_NOT_FOUND;
	else
		result = LAUNCH_OK;
	col_elf_free(&elf);
	return result;
}

/* "#!/path argument": the path, or NULL if it is no script. */
static char *script_interpreter(const char *path)
{
	char line[256] = "", *at, *end;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);

	if (fd >= 0)
		close(fd);
	if (n < 3 || line[0] != '#' || line[1] != '!')
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	at = line + 2 + strspn(line + 2, " \t");
	end = at + strcspn(at, " \t\r");
	*end = '\0';
	return ut_xstrdup(at);
}

/*
 * In the order in which the kernel would fail, so that the message is the one for the true reason.
 */
static enum launch_status check(const char *path, char *why, size_t size, int depth)
{
	enum launch_status result;
	struct stat st;
	char *interpreter;
	bool is_elf;

	if (stat(path, &st)) {
		SAY("%s: %s", path, strerror(errno));
		return errno == ENOENT || errno == ENOTDIR ? LAUNCH_NOT_FOUND : LAUNCH_CANNOT_RUN;
	}
	if (!S_ISREG(st.st_mode) || access(path, X_OK)) {
		SAY("%s: %s", path, S_ISDIR(st.st_mode) ? strerror(EISDIR) : strerror(EACCES));
		return LAUNCH_CANNOT_RUN;
	}
	result = check_elf(path, why, size, &is_elf);
	if (result)
		return result;
	if (is_elf && gains_rights(path, &st)) {
		SAY("%s runs with another user's rights (setuid, setgid or capabilities): no "
		    "library can be preloaded into it%s",
		    path, changes_user(path) ? CHANGES_USER : "");
		return LAUNCH_CANNOT_TRACE;
	}
	interpreter = is_elf ? NULL : script_interpreter(path);
	if (!interpreter)
		return LAUNCH_OK;
	if (depth >= SCRIPT_DEPTH) {
		SAY("%s: %s", path, strerror(ELOOP));
		result = LAUNCH_CANNOT_RUN;
	} else {
		result = check(interpreter, why, size, depth + 1);
	}
	free(interpreter);
	return result;
}

enum launch_status launch_check(const char *path, char *why, size_t size)
{
	return check(path, why, size, 0);
}

static char *join(const char *folder, size_t length, const char *name)
{
	char *path;

	/* An empty entry of PATH is the current folder. */
	if (asprintf(&path, "%.*s%s%s", (int)length, folder, length ? "/" : "./", name) < 0)
		return ut_xstrdup(name);
	return path;
}

/* The first file of that name that may be run, as execvp finds it; else the first of that name. */
static char *look_up(const char *name)
{
	const char *folders = getenv("PATH"), *at, *end;
	char *other = NULL;

	for (at = folders ? folders : DEFAULT_PATH;; at = end + 1) {
		struct stat st;
		char *path;

		end = strchrnul(at, ':');
		path = join(at, (size_t)(end - at), name);
		if (!stat(path, &st) && S_ISREG(st.st_mode)) {
			if (!access(path, X_OK)) {
				free(other);
				return path;
			}
			if (!other) {
				other = path;
				path = NULL;
			}
		}
		free(path);
		if (!*end)
			return other;
	}
}

/* A name with a slash is a path and is not looked up. */
enum launch_status launch_find(const char *name, char **path, char *why, size_t size)
{
	enum launch_status result;

	*path = strchr(name, '/') ? ut_xstrdup(name) : *name ? look_up(name) : NULL;
	if (!*path) {
		SAY("%s: no such program", *name ? name : "''");
		return LAUNCH_NOT_FOUND;
	}
	result = launch_check(*path, why, size);
	if (result) {
		free(*path);
		*path = NULL;
	}
	return result;
}
