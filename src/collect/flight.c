/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segments of a trace, and a trace of segments.
 */
#include "collect/flight.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/clock.h"
#include "collect/internal.h"
#include "collect/losses.h"
#include "util/xalloc.h"

/* A segment is made, filled and given up in much less. */
#define SHORTEST_NS 10000000ull

/* Clock samples that last: of what has no records left times are not asked. */
#define CLOCK_LASTS_NS 60000000000ull

static struct col_flight_segment *segment_of(struct col_flight *f, uint64_t turn)
{
	return &f->segments[turn % COL_FLIGHT_SEGMENTS];
}

/* ---- files --------------------------------------------------------------------------------- */

static void remove_segment(struct col_flight *f, uint64_t turn)
{
	struct col_flight_segment *segment = segment_of(f, turn);
	char path[PATH_MAX], name[COL_SEGMENT_NAMES];

	snprintf(path, sizeof(path), "%s.%llu", f->path, (unsigned long long)turn);
	snprintf(name, sizeof(name), COL_SEGMENT_NAME, (unsigned long long)turn);
	unlink(path);
	unlinkat(f->session->dirfd, name, 0);
	close(segment->fd);
	segment->fd = -1;
}

/* Whoever finds the session's folder after everything was killed finds the segment. */
static int make_segment(struct col_flight *f, uint64_t turn)
{
	struct col_flight_segment *segment = segment_of(f, turn);
	char path[PATH_MAX], name[COL_SEGMENT_NAMES];

	snprintf(path, sizeof(path), "%s.%llu", f->path, (unsigned long long)turn);
	snprintf(name, sizeof(name), COL_SEGMENT_NAME, (unsigned long long)turn);
	segment->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (segment->fd < 0)
		return -errno;
	symlinkat(path, f->session->dirfd, name);
	return segment->fd;
}

/*
 * Of a recording of this name that was killed. Without the base, which is ours by now, nobody can
 * make anything of them.
 */
static void remove_leftovers(const char *base)
{
	const char *name = strrchr(base, '/') + 1;
	char folder[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%.*s", (int)(name - base), base);
	dir = opendir(folder);
	while (dir && (entry = readdir(dir))) {
		const char *turn = entry->d_name + strlen(name);

		if (strncmp(entry->d_name, name, strlen(name)) == 0 && turn[0] == '.' && turn[1] &&
		    !turn[1 + strspn(turn + 1, "0123456789")])
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir)
		closedir(dir);
}

int col_flight_begin(struct col_flight *f, const struct col_session *session, const char *path,
		     int base_fd, const char *folder, uint64_t keep_ns)
{
	char *absolute = realpath(path, NULL);
	int error = absolute ? wr_native_begin(&f->base, base_fd, folder) : -errno;

	*f = (struct col_flight){ .session = session, .base = f->base, .keep_ns = keep_ns };
	for (size_t i = 0; i < COL_FLIGHT_SEGMENTS; i++)
		f->segments[i].fd = -1;
	if (!error && snprintf(f->path, sizeof(f->path), "%s", absolute) >= (int)sizeof(f->path))
		error = -ENAMETOOLONG;
	snprintf(f->folder, sizeof(f->folder), "%s", folder);
	free(absolute);
	if (!error)
		remove_leftovers(f->path);
	return error ? error : make_segment(f, f->newest);
}

void col_flight_end(struct col_flight *f)
{
	/* Never begun: the zeros in it are no descriptors. */
	if (!f->session)
		return;
	for (uint64_t turn = f->oldest; turn <= f->newest; turn++)
		if (segment_of(f, turn)->fd >= 0)
			remove_segment(f, turn);
	wr_native_end(&f->base);
}

/* ---- giving up the oldest ------------------------------------------------------------------ */

/* A sample in a minute is enough of the time that there are no records of. */
static bool lasts(struct col_flight *f, const struct ctr_chunk *head, const void *data)
{
	struct ctr_clock_sample sample;

	if (head->kind != CTR_CHUNK_CLOCK || head->size < sizeof(sample))
		return true;
	memcpy(&sample, data, sizeof(sample));
	if (f->clock_kept_ns && sample.monotonic_ns - f->clock_kept_ns < CLOCK_LASTS_NS)
		return false;
	f->clock_kept_ns = sample.monotonic_ns;
	return true;
}

/* Chunks one behind the other, as in a file. */
struct lasting {
	char *data;
	size_t size, capacity;
};

static void *add_room(struct lasting *l, size_t size)
{
	if (l->size + size > l->capacity) {
		l->capacity = 2 * (l->size + size);
		l->data = ut_xrealloc(l->data, l->capacity);
	}
	return l->data + l->size;
}

static int read_what_lasts(struct col_flight *f, const struct col_flight_segment *segment,
			   struct lasting *l)
{
	uint64_t offset = sizeof(struct ctr_file_header);
	struct ctr_chunk head;

	for (; offset < segment->size; offset += sizeof(head) + head.size) {
		char *data;

		if (pread(segment->fd, &head, sizeof(head), (off_t)offset) != sizeof(head))
			return -EIO;
		/* Most of it, and not looked at. */
		if (head.kind == CTR_CHUNK_CELLS || head.kind == CTR_CHUNK_PACKED)
			continue;
		data = add_room(l, sizeof(head) + head.size);
		memcpy(data, &head, sizeof(head));
		data += sizeof(head);
		if (pread(segment->fd, data, head.size, (off_t)(offset + sizeof(head))) !=
		    (ssize_t)head.size)
			return -EIO;
		if (lasts(f, &head, data))
			l->size += sizeof(head) + head.size;
	}
	return 0;
}

/* That it is done is written behind it: what is behind the last mark is in a segment still. */
static int write_what_lasts(struct col_flight *f, const struct lasting *l)
{
	const struct ctr_chunk_turn turn = { .turn = f->oldest };
	uint64_t size = f->base.size;
	struct ctr_chunk head;
	int error = 0;

	for (size_t at = 0; !error && at < l->size; at += sizeof(head) + head.size) {
		memcpy(&head, l->data + at, sizeof(head));
		error = wr_native_block(&f->base, head.kind, l->data + at + sizeof(head),
					head.size);
	}
	if (!error)
		error = wr_native_block(&f->base, CTR_CHUNK_TURN, &turn, sizeof(turn));
	if (error)
		wr_native_cut(&f->base, size);
	return error;
}

/*
 * Killed in between, `recover' has the segment still, and a process is not counted twice. Only
 * where there is no room for both does the segment go first.
 */
static bool give_up_oldest(struct col_flight *f, bool for_room)
{
	uint64_t clock = f->clock_kept_ns;
	struct lasting l = { .size = 0 };
	int error = read_what_lasts(f, segment_of(f, f->oldest), &l);

	bool gone = !error && for_room;

	if (gone)
		remove_segment(f, f->oldest);
	if (!error)
		error = write_what_lasts(f, &l);
	free(l.data);
	if (error)
		f->clock_kept_ns = clock;
	if (error && !gone)
		return false;
	if (!gone)
		remove_segment(f, f->oldest);
	f->oldest++;
	return true;
}

/* ---- the next one -------------------------------------------------------------------------- */

static void note_before(struct collector *c, struct col_process *p, struct col_ring *r,
			uint64_t turn)
{
	struct col_ring_before *before = &r->before[turn % COL_FLIGHT_SEGMENTS];

	*before = (struct col_ring_before){
		.taken = r->taken,
		.in_flight = r->in_flight,
		/* The others are still to be told of. */
		.lost_write = r->lost_write - r->unwritten,
	};
	col_losses_tell_before(c, p, r, before);
}

static void begin_segment(struct collector *c)
{
	struct col_flight *f = c->flight;
	struct col_flight_segment *segment = segment_of(f, f->newest);

	for (size_t i = 0; i < c->nprocesses; i++)
		for (size_t k = 0; k < c->processes[i]->nrings; k++)
			note_before(c, c->processes[i], c->processes[i]->rings[k], f->newest);
	segment->begin = c->trace.size;
	segment->failed = c->stats->failed;
}

/* The present segment is complete, and the next one has nothing in it. */
static bool turn(struct collector *c)
{
	struct col_flight *f = c->flight;
	struct wr_native next;
	int fd = make_segment(f, f->newest + 1);

	if (fd < 0)
		return false;
	if (wr_native_begin(&next, fd, f->folder)) {
		remove_segment(f, f->newest + 1);
		return false;
	}
	segment_of(f, f->newest)->size = c->trace.size;
	wr_native_end(&c->trace);
	c->trace = next;
	f->newest++;
	return true;
}

static bool all_used(const struct col_flight *f)
{
	return f->newest - f->oldest + 1 == COL_FLIGHT_SEGMENTS;
}

/*
 * A full disk: it is still the newest that is kept, if less of it. What was set aside for the base
 * is enough for a segment to begin with.
 */
static void make_room(struct collector *c)
{
	struct col_flight *f = c->flight;
	bool freed;

	wr_native_use_reserve(&f->base);
	freed = f->newest > f->oldest && give_up_oldest(f, true);
	if (turn(c)) {
		if (!freed)
			give_up_oldest(f, true);
		begin_segment(c);
	}
	wr_native_reserve(&f->base, f->folder);
}

void col_flight_poll(struct collector *c, uint64_t now_ns)
{
	struct col_flight *f = c->flight;
	uint64_t each_ns = f->keep_ns / (COL_FLIGHT_SEGMENTS - 1);

	if (c->holds)
		return;
	if (c->disk_full) {
		c->disk_full = false;
		make_room(c);
	}
	if (!f->next_turn_ns || now_ns < f->next_turn_ns) {
		f->next_turn_ns = f->next_turn_ns ? f->next_turn_ns : now_ns + each_ns;
		return;
	}
	f->next_turn_ns = now_ns + (each_ns > SHORTEST_NS ? each_ns : SHORTEST_NS);
	if ((!all_used(f) || give_up_oldest(f, false)) && turn(c))
		begin_segment(c);
}

/* ---- making a trace ------------------------------------------------------------------------ */

bool col_flight_freeze(struct collector *c)
{
	c->frozen = true;
	c->keep_files = true;
	for (size_t i = 0; i < c->nopen; i++)
		for (size_t k = 0; !c->open[i]->closed && k < c->open[i]->nrings; k++)
			if (!col_ring_freeze(c->open[i]->rings[k], 0))
				return false;
	return true;
}

/* Without its marks, which say something to `recover' alone. */
static int copy_base(struct wr_native *to, const struct wr_native *base)
{
	uint64_t begin = sizeof(struct ctr_file_header), offset = begin;
	struct ctr_chunk head;
	int error = 0;

	for (; !error && offset < base->size; offset += sizeof(head) + head.size) {
		if (pread(base->fd, &head, sizeof(head), (off_t)offset) != sizeof(head))
			return -EIO;
		if (head.kind != CTR_CHUNK_TURN)
			continue;
		error = wr_native_append(to, base->fd, begin, offset);
		begin = offset + sizeof(head) + head.size;
	}
	return error ? error : wr_native_append(to, base->fd, begin, offset);
}

static int copy_segments(struct wr_native *to, struct collector *c)
{
	struct col_flight *f = c->flight;
	int error = 0;

	segment_of(f, f->newest)->size = c->trace.size;
	for (uint64_t turn = f->oldest; !error && turn <= f->newest; turn++) {
		const struct col_flight_segment *s = segment_of(f, turn);
		uint64_t begin = turn == f->oldest ? sizeof(struct ctr_file_header) : s->begin;

		error = wr_native_append(to, s->fd, begin, s->size);
	}
	return error;
}

/* What was taken before the oldest segment is counted as overwritten. */
static void leave_out_ring(struct col_counters *closed, struct col_ring *r, uint64_t oldest)
{
	const struct col_ring_before *before = &r->before[oldest % COL_FLIGHT_SEGMENTS];

	r->taken -= before->taken;
	r->in_flight -= before->in_flight;
	r->lost_write -= before->lost_write;
	r->left_out = before->taken + before->lost_write;
	if (!closed)
		return;
	closed->recorded -= before->taken;
	closed->in_flight -= before->in_flight;
	closed->lost_write -= before->lost_write;
	closed->lost_overwritten += r->left_out;
}

static void leave_out(struct collector *c)
{
	const struct col_flight *f = c->flight;

	for (size_t i = 0; i < c->nprocesses; i++) {
		struct col_process *p = c->processes[i];

		for (size_t k = 0; k < p->nrings; k++)
			leave_out_ring(p->closed ? &p->counters : NULL, p->rings[k], f->oldest);
	}
	c->stats->failed -= segment_of(c->flight, f->oldest)->failed;
}

int col_flight_gather(struct collector *c, int fd, const char *folder)
{
	struct wr_native trace;
	int error = wr_native_begin(&trace, fd, folder);

	if (!error)
		error = copy_base(&trace, &c->flight->base);
	if (!error)
		error = copy_segments(&trace, c);
	if (error)
		return error;
	leave_out(c);
	wr_native_end(&c->trace);
	c->trace = trace;
	return 0;
}
