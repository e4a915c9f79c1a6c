/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel tells the pids that a process has in all namespaces from ours downwards in the line
 * NSpid of /proc/PID/status; the last of them is what the process itself sees.
 */
#include "collect/namespace.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collect/maps.h"

static uint32_t namespace_of(const char *pid)
{
	struct stat st;
	char path[300];

	snprintf(path, sizeof(path), "/proc/%s/ns/pid", pid);
	return stat(path, &st) ? 0 : (uint32_t)st.st_ino;
}

bool col_is_foreign(uint32_t pid_namespace)
{
	uint32_t ours = namespace_of("self");

	return pid_namespace && ours && pid_namespace != ours;
}

bool col_is_ours(uint32_t pid_namespace)
{
	return pid_namespace && pid_namespace == namespace_of("self");
}

static char *read_of(const char *pid, const char *file)
{
	char path[300];
	size_t size;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, file);
	return col_read_file(AT_FDCWD, path, &size);
}

/* "NSpid:\t4711\t12\n" */
static uint32_t innermost_pid(const char *host_pid)
{
	char *text = read_of(host_pid, "status"), *at = text ? strstr(text, "\nNSpid:") : NULL;
	uint32_t pid = 0;

	if (at) {
		at += strlen("\nNSpid:");
		at[strcspn(at, "\n")] = '\0';
		at = strrchr(at, '\t');
		pid = at ? (uint32_t)strtoul(at, NULL, 10) : 0;
	}
	free(text);
	return pid;
}

/* Field 22 of stat, the 20th behind the name. */
static uint64_t start_of(const char *host_pid)
{
	char *text = read_of(host_pid, "stat"), *at = text ? strrchr(text, ')') : NULL;
	uint64_t start;

	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	start = at ? strtoull(at, NULL, 10) : 0;
	free(text);
	return start;
}

uint32_t col_host_pid(uint32_t pid_namespace, uint32_t pid, uint64_t start_time)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	uint32_t found = 0;

	while (dir && !found && (entry = readdir(dir))) {
		const char *name = entry->d_name;

		if (*name < '1' || *name > '9' || namespace_of(name) != pid_namespace ||
		    innermost_pid(name) != pid || start_of(name) != start_time)
			continue;
		found = (uint32_t)strtoul(name, NULL, 10);
	}
	if (dir)
		closedir(dir);
	return found;
}
