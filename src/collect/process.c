/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traced processes. A pid is believed only together with the start time, and "there is no such
 * pid" only if there once was, or if it is of our world: a process in a container inside the
 * command has a pid of its own world, and must not be taken for dead while it makes calls.
 */
#include "collect/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/guard.h"
#include "collect/namespace.h"
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

static uint32_t our_pid(const struct col_process *p)
{
	return p->host_pid ? p->host_pid : p->pid;
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
	bool ours, runs;

	if (p->foreign && !p->host_pid)
		return false;
	snprintf(path, sizeof(path), "/proc/%u/stat", our_pid(p));
	text = col_read_file(AT_FDCWD, path, &size);
	ours = text && parse_stat(text, &fields) && fields.start_time == p->start_time;
	runs = ours && fields.state != 'X' && (fields.state != 'Z' || fields.threads > 1);
	free(text);
	if (ours)
		p->seen_alive = true;
	return runs;
}

/* Of those that end sooner than they are looked at. The kernel is asked: /proc may hide others'. */
static bool is_gone(const struct col_process *p)
{
	return p->ours && kill((pid_t)p->pid, 0) && errno == ESRCH;
}

bool col_process_may_run(struct col_process *p)
{
	if (p->superseded)
		return false;
	return col_process_runs(p) || (!p->seen_alive && !is_gone(p));
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
	snprintf(link, sizeof(link), "/proc/%u/exe", our_pid(p));
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
	p->pid_namespace = slot->pid_namespace;
	p->slot_clock = slot->clock;
	p->opened = slot->opened.counter;
	p->index = -1;
	snprintf(p->tag, sizeof(p->tag), "%u.%llu.%u", p->pid, (unsigned long long)p->start_time,
		 p->exec_count);
	col_defs_init(&p->defs);
	p->foreign = col_is_foreign(p->pid_namespace);
	p->ours = col_is_ours(p->pid_namespace);
	if (p->foreign)
		p->host_pid = col_host_pid(p->pid_namespace, p->pid, p->start_time);
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
	col_addresses_free(&p->addresses);
	free(p->exe);
	free(p);
}

char *col_process_first_maps(const struct col_process *p, int dirfd, size_t *size)
{
	char name[64], *text;

	snprintf(name, sizeof(name), "first.%s", p->tag);
	text = col_read_file(dirfd, name, size);
	return text ? text : col_process_left_maps(p, dirfd, size);
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

	snprintf(path, sizeof(path), "/proc/%u/maps", our_pid(p));
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

/* A signal handler within a handler within a call: so many may stand between two counters. */
#define UNCOUNTED_BY_A_KILL 8

/*
 * Made = recorded + lost, where recorded is what arrived: the producer counts a call after it is in
 * the ring or was lost, so that one that was killed in between is short by one, never the other way
 * round. What it has counted and is nowhere was overwritten, or the ring was damaged.
 */
static struct col_ring_counts count_losses(struct col_ring *r, bool outlived)
{
	uint64_t ours = r->taken + r->lost_write + r->left_out, made, sum;
	struct col_ring_counts counts = { .lost_full = 0 };

	col_ring_look(r);
	counts.lost_full = r->known.lost_full;
	counts.lost_reentered = r->known.lost_reentered;
	made = r->known.calls - r->known.lost_ended;
	sum = ours + counts.lost_full + counts.lost_reentered;
	if (r->overwrite && r->known.recorded > ours)
		sum += counts.lost_overwritten = r->known.recorded - ours;
	/* What a process that goes on has recorded since the last look is no damage. */
	if (made > sum && !outlived)
		counts.lost_damaged = made - sum;
	if (sum > made + UNCOUNTED_BY_A_KILL)
		counts.uncounted = sum - made;
	return counts;
}

static void count_ring(struct col_counters *c, struct col_ring *r, bool outlived)
{
	struct col_ring_counts counts = r->final = count_losses(r, outlived);

	c->recorded += r->taken;
	c->in_flight += r->in_flight;
	c->lost_write += r->lost_write;
	c->lost_full += counts.lost_full;
	c->lost_reentered += counts.lost_reentered;
	c->lost_overwritten += counts.lost_overwritten + r->left_out;
	c->lost_damaged += counts.lost_damaged;
	c->uncounted += counts.uncounted;
}

void col_process_count(struct col_process *p)
{
	struct col_counters *c = &p->counters;

	*c = p->earlier;
	c->lost_no_ring = __atomic_load_n(&p->slot->lost_no_ring, __ATOMIC_RELAXED);
	c->lost_no_room = __atomic_load_n(&p->slot->lost_no_room, __ATOMIC_RELAXED);
	c->lost_defs = __atomic_load_n(&p->slot->lost_defs, __ATOMIC_RELAXED);
	c->lost_in_child = __atomic_load_n(&p->slot->lost_reentered, __ATOMIC_RELAXED);
	c->lost_reentered += c->lost_in_child;
	c->lost_unread = p->unread;
	c->broken_rings = __atomic_load_n(&p->slot->broken_rings, __ATOMIC_RELAXED);
	c->injected = __atomic_load_n(&p->slot->injected, __ATOMIC_RELAXED);
	c->delayed = __atomic_load_n(&p->slot->delayed, __ATOMIC_RELAXED);
	for (size_t i = 0; i < p->nrings; i++) {
		count_ring(c, p->rings[i], p->outlived);
		/* Cut off, and nobody of the process has touched it since. */
		if (p->rings[i]->guard && p->rings[i]->guard->broken && !c->broken_rings)
			c->broken_rings++;
	}
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
	to->lost_unread += from->lost_unread;
	to->lost_no_room += from->lost_no_room;
	to->lost_defs += from->lost_defs;
	to->lost_no_session += from->lost_no_session;
	to->lost_in_child += from->lost_in_child;
	to->broken_rings += from->broken_rings;
	to->injected += from->injected;
	to->delayed += from->delayed;
	to->uncounted += from->uncounted;
}

uint64_t col_counters_lost(const struct col_counters *c)
{
	return c->lost_full + c->lost_reentered + c->lost_no_ring + c->lost_no_slot +
	       c->lost_no_session + c->lost_write + c->lost_overwritten + c->lost_damaged +
	       c->lost_unread;
}
