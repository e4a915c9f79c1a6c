/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traced processes. A pid is believed only together with the start time, and "there is no such
 * pid" only if there once was: a process in a container inside the command has a pid of its own
 * world, and must not be taken for dead while it makes calls.
 */
#include "collect/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/xalloc.h"

struct stat_fields {
	char state;
	uint64_t threads;
	uint64_t start_time;
};

/* "pid (comm) S ppid ...": comm may hold blanks and parentheses; 20: threads, 22: start time. */
static bool parse_stat(const char *text, struct stat_fields *fields)
{
	const char *at = strrchr(text, ')');

	if (!at || at[1] != ' ' || !at[2])
		return false;
	at += 2;
	fields->state = *at;
	for (int field = 3; field < 22; field++) {
		at = strchr(at, ' ');
		if (!at)
			return false;
		at++;
		if (field + 1 == 20)
			fields->threads = strtoull(at, NULL, 10);
	}
	fields->start_time = strtoull(at, NULL, 10);
	return true;
}

/*
 * A zombie makes no calls, but for one whose main thread has left by pthread_exit: its state is
 * Z as well, and the other threads go on.
 */
bool col_process_runs(struct col_process *p)
{
	struct stat_fields fields = { .threads = 0 };
	char path[64];
	size_t size;
	char *text;
	bool runs;

	snprintf(path, sizeof(path), "/proc/%u/stat", p->pid);
	text = col_read_file(AT_FDCWD, path, &size);
	runs = text && parse_stat(text, &fields) && fields.start_time == p->start_time &&
	       fields.state != 'X' && (fields.state != 'Z' || fields.threads > 1);
	free(text);
	if (runs)
		p->seen_alive = true;
	return runs;
}

bool col_process_may_run(struct col_process *p)
{
	if (p->superseded)
		return false;
	return col_process_runs(p) || !p->seen_alive;
}

/* The program file's path and its last part, while the process is there to be asked. */
static void identify(struct col_process *p)
{
	char link[64], path[PATH_MAX];
	const char *base;
	ssize_t n;

	snprintf(p->name, sizeof(p->name), "%.*s", (int)sizeof(p->slot->comm), p->slot->comm);
	if (!col_process_runs(p))
		return;
	snprintf(link, sizeof(link), "/proc/%u/exe", p->pid);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0)
		return;
	path[n] = '\0';
	base = strrchr(path, '/');
	p->exe = ut_xstrdup(path);
	snprintf(p->name, sizeof(p->name), "%.63s", base ? base + 1 : path);
}

/*
 * The slot is copied: the process can write to it, and its files' names must not change under us.
 */
struct col_process *col_process_new(const struct ctr_process *slot)
{
	struct col_process *p = ut_xcalloc(1, sizeof(*p));

	p->slot = slot;
	p->pid = slot->pid;
	p->parent_pid = slot->parent_pid;
	p->exec_count = slot->exec_count;
	p->start_time = slot->start_time;
	p->index = -1;
	snprintf(p->tag, sizeof(p->tag), "%u.%llu.%u", p->pid, (unsigned long long)p->start_time,
		 p->exec_count);
	col_defs_init(&p->defs);
	identify(p);
	return p;
}

static void drop_rings(struct col_process *p)
{
	for (size_t i = 0; i < p->nrings; i++) {
		col_ring_detach(p->rings[i]);
		free(p->rings[i]);
	}
	free(p->rings);
	p->rings = NULL;
	p->nrings = p->capacity = 0;
	ut_map_free(&p->by_number);
}

void col_process_free(struct col_process *p)
{
	drop_rings(p);
	col_defs_free(&p->defs);
	col_maps_free(&p->maps);
	free(p->exe);
	free(p);
}

/* Written whole and renamed by the process, at its first call and at its exit. */
char *col_process_left_maps(const struct col_process *p, int dirfd, size_t *size)
{
	char name[64];

	snprintf(name, sizeof(name), "maps.%s", p->tag);
	return col_read_file(dirfd, name, size);
}

char *col_process_read_maps(struct col_process *p, int dirfd, size_t *size)
{
	char path[64], *text = NULL;

	snprintf(path, sizeof(path), "/proc/%u/maps", p->pid);
	if (!p->superseded && col_process_runs(p))
		text = col_read_file(AT_FDCWD, path, size);
	/* Asked again afterwards: it may have ended, and another may have got its pid. */
	if (text && *size && col_process_runs(p))
		return text;
	free(text);
	return col_process_left_maps(p, dirfd, size);
}

int64_t col_process_ring_number(const struct col_process *p, const char *name)
{
	size_t length = strlen(p->tag);
	unsigned long number;
	char *end;

	if (strncmp(name, "ring.", 5) || strncmp(name + 5, p->tag, length) ||
	    name[5 + length] != '.')
		return -1;
	name += 5 + length + 1;
	if (*name < '0' || *name > '9')
		return -1;
	errno = 0;
	number = strtoul(name, &end, 10);
	return errno || *end || number > UINT32_MAX ? -1 : (int64_t)number;
}

/* Rings lie at addresses of their own: the array moves when it grows. */
void col_process_add_ring(struct col_process *p, const struct col_ring *ring)
{
	struct col_ring *copy = ut_xmalloc(sizeof(*copy));

	*copy = *ring;
	ut_grow(&p->rings, &p->capacity, p->nrings, sizeof(struct col_ring *));
	ut_map_put(&p->by_number, ring->number, (uint32_t)p->nrings);
	p->rings[p->nrings++] = copy;
}

/*
 * Of what the producer counted and what arrived, what arrived is believed: the counters are not
 * updated in one step with the head, and a process may die in between.
 */
static void count_ring(struct col_counters *c, const struct col_ring *r, bool outlived)
{
	uint64_t recorded = __atomic_load_n(&r->shared->recorded, __ATOMIC_RELAXED);
	uint64_t ours = r->taken + r->lost_write;

	c->recorded += r->taken;
	c->in_flight += r->in_flight;
	c->lost_write += r->lost_write;
	c->lost_full += __atomic_load_n(&r->shared->lost_full, __ATOMIC_RELAXED);
	c->lost_reentered += __atomic_load_n(&r->shared->lost_reentered, __ATOMIC_RELAXED);
	/* Of a header that was written over the numbers are not believed either. */
	if (r->broken || recorded <= ours)
		return;
	/* What a process that goes on has recorded since the last look is no damage. */
	if (r->overwrite)
		c->lost_overwritten += recorded - ours;
	else if (!outlived)
		c->lost_damaged += recorded - ours;
}

void col_process_count(struct col_process *p)
{
	struct col_counters *c = &p->counters;

	*c = p->earlier;
	c->lost_no_ring = __atomic_load_n(&p->slot->lost_no_ring, __ATOMIC_RELAXED);
	c->lost_no_room = __atomic_load_n(&p->slot->lost_no_room, __ATOMIC_RELAXED);
	c->lost_defs = __atomic_load_n(&p->slot->lost_defs, __ATOMIC_RELAXED);
	for (size_t i = 0; i < p->nrings; i++)
		count_ring(c, p->rings[i], p->outlived);
	c->calls = c->recorded + col_counters_lost(c);
}

void col_counters_add(struct col_counters *to, const struct col_counters *from)
{
	to->calls += from->calls;
	to->recorded += from->recorded;
	to->in_flight += from->in_flight;
	to->lost_full += from->lost_full;
	to->lost_reentered += from->lost_reentered;
	to->lost_no_ring += from->lost_no_ring;
	to->lost_no_slot += from->lost_no_slot;
	to->lost_write += from->lost_write;
	to->lost_overwritten += from->lost_overwritten;
	to->lost_damaged += from->lost_damaged;
	to->lost_no_room += from->lost_no_room;
	to->lost_defs += from->lost_defs;
}

uint64_t col_counters_lost(const struct col_counters *c)
{
	return c->lost_full + c->lost_reentered + c->lost_no_ring + c->lost_no_slot +
	       c->lost_write + c->lost_overwritten + c->lost_damaged;
}
