/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared memory is charged to the control group of whoever touches it first, and over the limit the
 * kernel kills: fallocate does not answer ENOSPC then. So it is asked beforehand. Version 2 of
 * control groups and version 1 differ in names alone.
 */
#include "record/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/files.h"

#define ROOT      "/sys/fs/cgroup"
#define PATH_SIZE 512

struct group {
	const char *root, *max, *current, *inactive, *active;
};

static const struct group version1 = {
	.root = ROOT "/memory",
	.max = "memory.limit_in_bytes",
	.current = "memory.usage_in_bytes",
	.inactive = "\ntotal_inactive_file ",
	.active = "\ntotal_active_file ",
};

static const struct group version2 = {
	.root = ROOT,
	.max = "memory.max",
	.current = "memory.current",
	.inactive = "\ninactive_file ",
	.active = "\nactive_file ",
};

/* UINT64_MAX: "max", or no such file. */
static uint64_t read_number(const struct group *g, const char *path, const char *name)
{
	char file[PATH_SIZE + 64], text[32];

	snprintf(file, sizeof(file), "%s%s/%s", g->root, path, name);
	if (rec_file_read(file, text, sizeof(text)) <= 0 || text[0] < '0' || text[0] > '9')
		return UINT64_MAX;
	return strtoull(text, NULL, 10);
}

static uint64_t find_number(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

static uint64_t read_caches(const struct group *g, const char *path)
{
	char file[PATH_SIZE + 64], text[4096];

	snprintf(file, sizeof(file), "%s%s/memory.stat", g->root, path);
	if (rec_file_read(file, text, sizeof(text)) <= 0)
		return 0;
	return find_number(text, g->inactive) + find_number(text, g->active);
}

static uint64_t left_in(const struct group *g, const char *path)
{
	uint64_t max = read_number(g, path, g->max), used;

	/* Version 1 has a limit always: half of all numbers is none. */
	if (max >= UINT64_MAX / 4)
		return UINT64_MAX;
	used = read_number(g, path, g->current);
	if (used == UINT64_MAX)
		return UINT64_MAX;
	return max - (used < max ? used : max) + read_caches(g, path);
}

/* Of the group and all that it lies in. In a container the path is often that of the host. */
static uint64_t left_along(const struct group *g, char *path)
{
	uint64_t least = left_in(g, ""), left;

	for (char *end = path + strlen(path); end > path; end = strrchr(path, '/')) {
		*end = '\0';
		if (!*path)
			break;
		left = left_in(g, path);
		if (left < least)
			least = left;
	}
	return least;
}

/* The group's path, copied; lines are "NUMBER:CONTROLLERS:PATH". */
static bool find_path(const char *text, const char *controllers, char *path)
{
	const char *at = strstr(text, controllers), *end;

	if (!at)
		return false;
	at += strlen(controllers);
	end = at + strcspn(at, "\n");
	if (end - at >= PATH_SIZE)
		return false;
	memcpy(path, at, (size_t)(end - at));
	path[end - at] = '\0';
	return true;
}

uint64_t rec_memory_left(void)
{
	char text[4096], path[PATH_SIZE];
	uint64_t least = UINT64_MAX, left;

	text[0] = '\n';
	if (rec_file_read("/proc/self/cgroup", text + 1, sizeof(text) - 1) <= 0)
		return UINT64_MAX;
	if (find_path(text, ":memory:", path))
		least = left_along(&version1, path);
	if (find_path(text, "\n0::", path)) {
		left = left_along(&version2, path);
		least = left < least ? left : least;
	}
	return least;
}
