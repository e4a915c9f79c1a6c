/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding what has appeared in a session: processes by their slots, rings by the files' names (a
 * process skips the numbers of rings that it found no room for), the text of the API.
 */
#include "collect/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "collect/clock.h"
#include "util/xalloc.h"

/* The same pid and start time, and a later program: the earlier one is gone. */
static void supersede(struct collector *c, const struct col_process *newer)
{
	for (size_t i = 0; i < c->nopen; i++) {
		struct col_process *p = c->open[i];

		if (p->pid == newer->pid && p->start_time == newer->start_time &&
		    p->pid_namespace == newer->pid_namespace && p->exec_count < newer->exec_count)
			p->superseded = true;
	}
}

/*
 * Slots are claimed from the first on and never given back, so that those behind `claimed` are
 * empty.
 */
void col_scan_slots(struct collector *c)
{
	uint32_t claimed = __atomic_load_n(&c->session->shared->processes, __ATOMIC_RELAXED);
	uint32_t n = claimed < c->session->nslots ? claimed : c->session->nslots;

	while (c->slots_seen < n && c->by_slot[c->slots_seen])
		c->slots_seen++;
	for (uint32_t i = c->slots_seen; i < n; i++) {
		const struct ctr_process *slot;
		struct col_process *p;

		if (c->by_slot[i])
			continue;
		slot = col_session_slot(c->session, i);
		/* Pairs with the process's release store: the rest of the slot is filled in. */
		if (!slot || __atomic_load_n(&slot->state, __ATOMIC_ACQUIRE) < CTR_PROCESS_LIVE)
			continue;
		p = col_process_new(slot);
		supersede(c, p);
		ut_grow(&c->processes, &c->capacity, c->nprocesses, sizeof(*c->processes));
		c->processes[c->nprocesses++] = p;
		ut_grow(&c->open, &c->open_capacity, c->nopen, sizeof(struct col_process *));
		c->open[c->nopen++] = p;
		c->by_slot[i] = p;
	}
}

/* Cheaper than reading the folder in every round. */
static bool rings_missing(const struct collector *c)
{
	for (size_t i = 0; i < c->nopen; i++) {
		const struct col_process *p = c->open[i];

		if (!p->closed &&
		    __atomic_load_n(&p->slot->ring_count, __ATOMIC_RELAXED) > p->nrings)
			return true;
	}
	return false;
}

/* What is there and has no calls yet is none that they are missing of. */
static void note_unread(struct collector *c, struct col_process *p, int error)
{
	if (error == EAGAIN || error == ENOENT)
		return;
	p->unread++;
	c->unread_error = error;
}

/* No ring can even be looked for. Numbers have gaps: at most so many are there. */
static void note_all_unread(struct collector *c, int error)
{
	for (size_t i = 0; i < c->nopen; i++) {
		struct col_process *p = c->open[i];
		uint32_t made = __atomic_load_n(&p->slot->ring_count, __ATOMIC_RELAXED);

		if (!p->closed && made > p->nrings)
			p->unread = made - (uint32_t)p->nrings;
	}
	c->unread_error = error;
}

/* One that cannot be attached yet is tried again in the next scan. */
static void attach(struct collector *c, const char *name)
{
	unsigned int flags = (c->overwrite ? COL_RING_OVERWRITE : 0) |
			     (c->keep_files ? COL_RING_PRIVATE : 0);

	for (size_t i = 0; i < c->nopen; i++) {
		struct col_process *p = c->open[i];
		struct col_ring ring;
		int64_t number;
		int error;

		number = p->closed ? -1 : col_process_ring_number(p, name);
		if (number < 0)
			continue;
		if (ut_map_get(&p->by_number, (uint64_t)number))
			return;
		error = col_ring_attach(&ring, c->session->dirfd, name, flags);
		if (error)
			note_unread(c, p, -error);
		if (error)
			return;
		/* The header's number is in the file, which the program can write to. */
		ring.number = (uint32_t)number;
		col_process_add_ring(p, &ring);
		return;
	}
}

void col_scan_rings(struct collector *c)
{
	int fd = openat(c->session->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		note_all_unread(c, errno);
		if (fd >= 0)
			close(fd);
		return;
	}
	for (size_t i = 0; i < c->nopen; i++)
		if (!c->open[i]->closed)
			c->open[i]->unread = 0;
	while ((entry = readdir(dir)))
		if (!strncmp(entry->d_name, "ring.", 5))
			attach(c, entry->d_name);
	closedir(dir);
}

/* The processes put it there whole, under its name, when the first of them opens the session. */
static void take_api(struct collector *c)
{
	struct iovec part;
	char *text = col_read_file(c->session->dirfd, "api", &part.iov_len);

	if (!text)
		return;
	part.iov_base = text;
	if (!c->stats->api)
		c->stats->api = rd_api_parse(text, part.iov_len);
	c->api_written = col_write(c, CTR_CHUNK_API, &part, 1);
	free(text);
}

/* `thorough` when a process has ended: rings that it made last are not missed then. */
void col_scan(struct collector *c, bool thorough)
{
	uint64_t now = col_clock_monotonic_ns();

	col_scan_slots(c);
	if (!c->api_written && c->nprocesses)
		take_api(c);
	if (!thorough && (!rings_missing(c) || now < c->next_scan_ns))
		return;
	col_scan_rings(c);
	/* A ring whose file is broken would be looked for in every poll. */
	c->next_scan_ns = now + (rings_missing(c) ? 20000000 : 0);
}
