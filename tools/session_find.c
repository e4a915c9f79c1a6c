/* SPDX-License-Identifier: Apache-2.0 */
/* Recordings that go on. */
#include "session_find.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* ---- by a process -------------------------------------------------------------------------- */

/* The page is mapped by a process that has made a call; a tool that collects maps it too. */
static bool find_mapped(const char *pid, char *path, size_t size)
{
	char name[64], line[PATH_MAX + 128];
	bool found = false;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%s/maps", pid);
	f = fopen(name, "re");
	while (f && !found && fgets(line, sizeof(line), f)) {
		char *slash = strchr(line, '/'), *last;

		line[strcspn(line, "\n")] = '\0';
		last = slash ? strrchr(slash, '/') : NULL;
		found = last && !strcmp(last, "/switches");
		if (found)
			*last = '\0';
		found = found && snprintf(path, size, "/proc/%s/root%s", pid, slash) < (int)size;
	}
	if (f)
		fclose(f);
	return found;
}

/* One that has made no call yet has only been told which session is its own. */
static bool find_told(const char *pid, char *path, size_t size)
{
	static const char key[] = "CURTRACE_SESSION=";
	char name[64], *word = NULL;
	size_t capacity = 0;
	bool found = false;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%s/environ", pid);
	f = fopen(name, "re");
	while (f && !found && getdelim(&word, &capacity, '\0', f) > 0)
		found = !strncmp(word, key, strlen(key)) &&
			snprintf(path, size, "/proc/%s/root%s", pid, word + strlen(key)) <
				(int)size;
	free(word);
	if (f)
		fclose(f);
	return found;
}

bool session_of_process(const char *pid, char *folder, size_t size)
{
	return find_mapped(pid, folder, size) || find_told(pid, folder, size);
}

/* ---- by looking around --------------------------------------------------------------------- */

/* Its collector has the file `session` locked. */
bool session_is_collected(const char *folder)
{
	char name[PATH_MAX];
	bool is;
	int fd;

	if (snprintf(name, sizeof(name), "%s/session", folder) >= (int)sizeof(name))
		return false;
	fd = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	is = flock(fd, LOCK_SH | LOCK_NB) != 0;
	close(fd);
	return is;
}

/* Sessions in `parent`; the first one is put into `folder`. */
static unsigned int look_in(const char *parent, char *folder, size_t size, unsigned int found)
{
	char name[PATH_MAX];
	struct dirent *entry;
	DIR *dir = opendir(parent);

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' ||
		    snprintf(name, sizeof(name), "%s/%s", parent, entry->d_name) >=
			    (int)sizeof(name) ||
		    !session_is_collected(name))
			continue;
		if (!found++)
			snprintf(folder, size, "%s", name);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* Where col_session_create makes them. */
bool session_only(char *folder, size_t folder_size, char *why, size_t size)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR"), *tmp = getenv("TMPDIR");
	unsigned long uid = geteuid();
	unsigned int found = 0;
	char parent[PATH_MAX];

	if (runtime && *runtime == '/') {
		snprintf(parent, sizeof(parent), "%s/curtrace", runtime);
		found = look_in(parent, folder, folder_size, found);
	}
	snprintf(parent, sizeof(parent), "/dev/shm/curtrace-%lu", uid);
	found = look_in(parent, folder, folder_size, found);
	snprintf(parent, sizeof(parent), "%s/curtrace-%lu", tmp && *tmp == '/' ? tmp : "/tmp", uid);
	found = look_in(parent, folder, folder_size, found);
	if (!found)
		snprintf(why, size, "nothing is being recorded here");
	else if (found > 1)
		snprintf(why, size, "%u recordings go on: say which by a process id", found);
	return found == 1;
}
