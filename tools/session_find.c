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
#include <sys/stat.h>
#include <unistd.h>

#include "curtrace/trace_format.h"

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

/* The file `session` of a folder; -1: it has none that can be read. */
static int open_session(const char *folder)
{
	char name[PATH_MAX];

	if (snprintf(name, sizeof(name), "%s/session", folder) >= (int)sizeof(name))
		return -1;
	return open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

/* Its collector has the file `session` locked. */
bool session_is_collected(const char *folder)
{
	int fd = open_session(folder);
	bool is;

	if (fd < 0)
		return false;
	is = flock(fd, LOCK_SH | LOCK_NB) != 0;
	close(fd);
	return is;
}

/* A session that `wanted` is true of; the first one is put into `folder`. */
struct search {
	bool (*wanted)(const char *folder, const void *data);
	const void *data;
	char *folder;
	size_t size;
	unsigned int found;
};

static void look_in(struct search *s, const char *parent)
{
	char name[PATH_MAX];
	struct dirent *entry;
	DIR *dir = opendir(parent);

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' ||
		    snprintf(name, sizeof(name), "%s/%s", parent, entry->d_name) >=
			    (int)sizeof(name) ||
		    !s->wanted(name, s->data))
			continue;
		if (!s->found++)
			snprintf(s->folder, s->size, "%s", name);
	}
	if (dir)
		closedir(dir);
}

/* Where col_session_create and programs that record by themselves make them. */
static void look_around(struct search *s)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR"), *tmp = getenv("TMPDIR");
	unsigned long uid = geteuid();
	char parent[PATH_MAX];

	if (runtime && *runtime == '/') {
		snprintf(parent, sizeof(parent), "%s/curtrace", runtime);
		look_in(s, parent);
	}
	snprintf(parent, sizeof(parent), "/dev/shm/curtrace-%lu", uid);
	look_in(s, parent);
	snprintf(parent, sizeof(parent), "%s/curtrace-%lu", tmp && *tmp == '/' ? tmp : "/tmp", uid);
	look_in(s, parent);
}

static bool only(struct search *s, char *why, size_t size)
{
	look_around(s);
	if (!s->found)
		snprintf(why, size, "nothing is being recorded here");
	else if (s->found > 1)
		snprintf(why, size, "%u recordings go on: say which by a process id", s->found);
	return s->found == 1;
}

static bool is_collected(const char *folder, const void *data)
{
	(void)data;
	return session_is_collected(folder);
}

bool session_only(char *folder, size_t folder_size, char *why, size_t size)
{
	struct search s = { .wanted = is_collected, .folder = folder, .size = folder_size };

	return only(&s, why, size);
}

/* ---- by the processes that it knows -------------------------------------------------------- */

/* Field 22 of /proc/PID/stat, as a slot has it; 0: there is no such process. */
static unsigned long long start_time(const char *pid)
{
	char path[64], text[1024], *at;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	/* Behind the name, which may hold anything. */
	at = strrchr(text, ')');
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at ? strtoull(at, NULL, 10) : 0;
}

/* The first slot of the session in `folder` that `wanted` is true of. */
static bool find_slot(const char *folder,
		      bool (*wanted)(const struct ctr_process *slot, const void *data),
		      const void *data)
{
	struct ctr_session head;
	struct ctr_process slot;
	bool found = false;
	off_t at = sizeof(head);
	int fd = open_session(folder);

	if (fd < 0)
		return false;
	if (pread(fd, &head, sizeof(head), 0) == sizeof(head) && head.magic == CTR_SESSION_MAGIC)
		for (uint32_t i = 0; i < head.processes && !found &&
				     pread(fd, &slot, sizeof(slot), at) == sizeof(slot);
		     i++, at += sizeof(slot))
			found = slot.state >= CTR_PROCESS_LIVE && wanted(&slot, data);
	close(fd);
	return found;
}

static bool slot_runs(const struct ctr_process *slot, const void *data)
{
	char pid[16];

	(void)data;
	snprintf(pid, sizeof(pid), "%u", slot->pid);
	return slot->state == CTR_PROCESS_LIVE && start_time(pid) == slot->start_time;
}

static bool lives(const char *folder, const void *data)
{
	return session_is_collected(folder) || find_slot(folder, slot_runs, data);
}

bool session_only_live(char *folder, size_t folder_size, char *why, size_t size)
{
	struct search s = { .wanted = lives, .folder = folder, .size = folder_size };

	return only(&s, why, size);
}

static bool slot_is(const struct ctr_process *slot, const void *pid)
{
	return slot->pid == strtoul(pid, NULL, 10);
}

static bool knew(const char *folder, const void *pid)
{
	return find_slot(folder, slot_is, pid);
}

/* The library is there, and makes a session with the first call. */
static bool has_library(const char *pid)
{
	static const char library[] = "/libcurtrace.so";
	char name[64], line[PATH_MAX + 128];
	bool has = false;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%s/maps", pid);
	f = fopen(name, "re");
	while (f && !has && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		has = strlen(line) > strlen(library) &&
		      !strcmp(line + strlen(line) - strlen(library), library);
	}
	if (f)
		fclose(f);
	return has;
}

/* Nobody's session: perhaps it is not the process that the user has in mind. */
static void explain_stranger(const char *pid, char *why, size_t size)
{
	char folder[PATH_MAX] = "", path[64];
	struct search s = {
		.wanted = knew,
		.data = pid,
		.folder = folder,
		.size = sizeof(folder),
	};
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%s", pid);
	if (geteuid() && !stat(path, &st) && st.st_uid != geteuid()) {
		snprintf(why, size, "process %s is another user's", pid);
		return;
	}
	look_around(&s);
	if (s.found)
		snprintf(why, size,
			 "process %s is not the one that was recorded: that has ended, and its "
			 "number was given to another (%s)",
			 pid, folder);
	else if (has_library(pid))
		snprintf(
			why, size,
			"process %s has made no CUDA call yet, with which its recording begins (or "
			"none is wanted: CURTRACE=off)",
			pid);
	else
		snprintf(why, size, "process %s does not run under curtrace", pid);
}

/* What a process has mapped is its own session: only its number may change hands meanwhile. */
bool session_of_pid(const char *pid, char *folder, size_t folder_size, char *why, size_t size)
{
	unsigned long long start = start_time(pid);

	if (!start) {
		snprintf(why, size, "there is no process %s", pid);
		return false;
	}
	if (!session_of_process(pid, folder, folder_size)) {
		explain_stranger(pid, why, size);
		return false;
	}
	if (start_time(pid) == start)
		return true;
	snprintf(why, size, "process %s has just ended", pid);
	return false;
}
