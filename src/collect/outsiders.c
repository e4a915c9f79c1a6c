/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking down from the command by the lists of children that the kernel keeps for each thread.
 */
#include "collect/outsiders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "collect/clock.h"
#include "collect/elf.h"
#include "collect/process.h"
#include "util/xalloc.h"

/* Between two looks, and at least so many times what a look takes of a processor. */
#define INTERVAL_NS   2000000u
#define INTERVAL_COST 50u
/* Processes that one look goes through, and warnings of a kind. */
#define MOST_PROCESSES 4096
#define MOST_WARNINGS  4
/* A run that starts more programs than this is no longer looked at. */
#define MOST_SEEN 16384
/* How long a process shows no environment before it is believed to have none. */
#define UNSURE_NS 20000000u

static char *read_of(uint32_t pid, const char *file, size_t *size)
{
	char path[320];

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, file);
	return col_read_file(AT_FDCWD, path, size);
}

/* LD_PRELOAD in the environment that the program was started with has the library in it. */
static bool is_preloaded(const char *environment, size_t size, const char *library)
{
	static const char name[] = "LD_PRELOAD=";
	const char *end = environment + size;

	for (const char *at = environment; at < end; at += strnlen(at, (size_t)(end - at)) + 1) {
		size_t length = strnlen(at, (size_t)(end - at));

		if (length > sizeof(name) - 1 && !strncmp(at, name, sizeof(name) - 1))
			return memmem(at, length, library, strlen(library)) != NULL;
	}
	return false;
}

static bool has_no_loader(const char *program)
{
	struct col_elf elf;
	bool none = col_elf_read(program, false, &elf) == COL_ELF_OK && elf.is_program &&
		    !elf.interpreter && !elf.soname;

	col_elf_free(&elf);
	return none;
}

/* Its file; of one that may not be asked for it, the name that all may see. False: it is gone. */
static bool program_of(uint32_t pid, char *program, size_t size)
{
	char link[64], *name;
	size_t length;
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%u/exe", pid);
	n = readlink(link, program, size - 1);
	if (n > 0) {
		program[n] = '\0';
		return true;
	}
	if (errno != EACCES && errno != EPERM)
		return false;
	name = read_of(pid, "comm", &length);
	if (!name)
		return false;
	snprintf(program, size, "%.*s", (int)strcspn(name, "\n"), name);
	free(name);
	return true;
}

/* What was read meanwhile is that program's, and not of the next one that the process has begun. */
static bool still_runs(const struct col_outsider *p)
{
	char program[PATH_MAX];

	return program_of(p->pid, program, sizeof(program)) && !strcmp(program, p->program);
}

/*
 * COL_OUTSIDER_NOT also of a process that has just ended. One that is starting a program shows no
 * environment for a moment, which may be long on a busy machine; one that was started with an empty
 * one goes on doing so.
 */
static enum col_outsider_kind judge(struct col_outsider *p, const char *library)
{
	enum col_outsider_kind kind = COL_OUTSIDER_NOT;
	size_t size = 0;
	char *environment;

	errno = 0;
	environment = read_of(p->pid, "environ", &size);
	if (!environment)
		return errno == EACCES || errno == EPERM ? COL_OUTSIDER_RIGHTS : COL_OUTSIDER_NOT;
	if (!size && col_clock_monotonic_ns() < p->unsure_until_ns) {
		free(environment);
		return COL_OUTSIDER_NOT;
	}
	p->unsure_until_ns = 0;
	if (!is_preloaded(environment, size, library))
		kind = still_runs(p) ? COL_OUTSIDER_ENVIRONMENT : COL_OUTSIDER_NOT;
	else if (has_no_loader(p->program))
		kind = COL_OUTSIDER_STATIC;
	free(environment);
	return kind;
}

static bool uses_cuda(uint32_t pid)
{
	static const char *const signs[] = { "/libcuda.so", "/libcudart", "/dev/nvidia" };
	size_t size = 0;
	char *maps = read_of(pid, "maps", &size);
	bool found = false;

	for (size_t i = 0; maps && i < sizeof(signs) / sizeof(signs[0]) && !found; i++)
		found = memmem(maps, size, signs[i], strlen(signs[i]));
	free(maps);
	return found;
}

/* The last entry of a pid is the program that it runs now. */
static struct col_outsider *find(struct col_outsiders *o, uint32_t pid)
{
	for (size_t i = o->count; i-- > 0;)
		if (o->list[i].pid == pid)
			return &o->list[i];
	return NULL;
}

/*
 * In the middle of an exec, it may be for long where there is much to do, a process has its new
 * program and shows neither arguments nor environment; one that has ended shows none either.
 */
static bool is_starting(uint32_t pid)
{
	size_t size = 0;
	char *arguments = read_of(pid, "cmdline", &size);

	free(arguments);
	return !size;
}

static void look_at(struct col_outsiders *o, uint32_t pid, const char *library)
{
	struct col_outsider *seen = find(o, pid);
	char program[PATH_MAX], own[PATH_MAX];

	if (!program_of(pid, program, sizeof(program)))
		return;
	if (seen && !strcmp(seen->program, program)) {
		if (seen->unsure_until_ns)
			seen->kind = judge(seen, library);
		if (seen->kind != COL_OUTSIDER_NOT && !seen->uses_cuda)
			seen->uses_cuda = uses_cuda(pid);
		return;
	}
	/* Forked from us, and not yet what it will be. */
	if (program_of((uint32_t)getpid(), own, sizeof(own)) && !strcmp(own, program))
		return;
	if (is_starting(pid))
		return;
	ut_grow(&o->list, &o->capacity, o->count, sizeof(*o->list));
	seen = &o->list[o->count++];
	*seen = (struct col_outsider){
		.pid = pid,
		.program = ut_xstrdup(program),
		.unsure_until_ns = col_clock_monotonic_ns() + UNSURE_NS,
	};
	seen->kind = judge(seen, library);
	if (seen->kind != COL_OUTSIDER_NOT)
		seen->uses_cuda = uses_cuda(pid);
}

/* Appends the children of one thread to `pids`. */
static size_t add_children(uint32_t pid, const char *task, uint32_t *pids, size_t count)
{
	char file[288], *text, *at, *end;
	size_t size;

	snprintf(file, sizeof(file), "task/%s/children", task);
	text = read_of(pid, file, &size);
	for (at = text; at && count < MOST_PROCESSES; at = end) {
		unsigned long child = strtoul(at, &end, 10);

		if (end == at)
			break;
		pids[count++] = (uint32_t)child;
	}
	free(text);
	return count;
}

static size_t add_all_children(uint32_t pid, uint32_t *pids, size_t count)
{
	char path[64];
	struct dirent *entry;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%u/task", pid);
	tasks = opendir(path);
	if (!tasks)
		return count;
	while ((entry = readdir(tasks)))
		if (entry->d_name[0] != '.')
			count = add_children(pid, entry->d_name, pids, count);
	closedir(tasks);
	return count;
}

static uint64_t cpu_ns(void)
{
	struct timespec t = { 0, 0 };

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void col_outsiders_look(struct col_outsiders *o, uint32_t root, const char *library)
{
	uint64_t now = col_clock_monotonic_ns(), before = cpu_ns(), cost;
	uint32_t *pids;
	size_t count = 1;

	if (now < o->next_ns || o->count >= MOST_SEEN)
		return;
	pids = ut_xcalloc(MOST_PROCESSES, sizeof(*pids));
	pids[0] = root;
	for (size_t i = 0; i < count; i++) {
		look_at(o, pids[i], library);
		count = add_all_children(pids[i], pids, count);
	}
	free(pids);
	cost = (cpu_ns() - before) * INTERVAL_COST;
	o->next_ns = now + (cost > INTERVAL_NS ? cost : INTERVAL_NS);
}

/* Why, and what helps. */
static const char *reason(enum col_outsider_kind kind)
{
	switch (kind) {
	case COL_OUTSIDER_ENVIRONMENT:
		return "its environment had no LD_PRELOAD of ours: what started it clears the "
		       "environment, as sudo and env -i do; have that start `curtrace record` "
		       "instead (sudo curtrace record ...)";
	case COL_OUTSIDER_RIGHTS:
		return "it runs with another user's rights, so that no library can be preloaded; "
		       "run `curtrace record` as that user (sudo curtrace record ...)";
	case COL_OUTSIDER_STATIC:
		return "it is statically linked, so that no library can be preloaded";
	default:
		return "";
	}
}

/* Of several processes of a program the first. */
static bool said_before(const struct col_outsiders *o, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (o->list[i].kind == o->list[n].kind &&
		    o->list[i].uses_cuda == o->list[n].uses_cuda &&
		    !strcmp(o->list[i].program, o->list[n].program))
			return true;
	return false;
}

void col_outsiders_explain(const struct col_outsiders *o, bool no_calls, struct col_warnings *w)
{
	unsigned int said = 0;

	for (size_t i = 0; i < o->count && said < MOST_WARNINGS; i++) {
		const struct col_outsider *p = &o->list[i];

		if (p->kind == COL_OUTSIDER_NOT || !(p->uses_cuda || no_calls) || said_before(o, i))
			continue;
		col_warnings_add(w, "unseen-process", "process %u (%s) %s curtrace's library: %s",
				 p->pid, p->program,
				 p->uses_cuda ? "used CUDA without" : "ran without",
				 reason(p->kind));
		said++;
	}
}

void col_outsiders_free(struct col_outsiders *o)
{
	for (size_t i = 0; i < o->count; i++)
		free(o->list[i].program);
	free(o->list);
	*o = (struct col_outsiders){ .list = NULL };
}
