/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a ring that another process writes. Nothing in it is trusted: the program that is traced
 * can write anything anywhere, and a ring that it has spoilt must cost records, not the collector.
 */
#include "collect/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/guard.h"

static const struct ctr_cell *cell_at(const struct col_ring *r, uint64_t number)
{
	return &r->cells[number & (r->ncells - 1)];
}

static bool has_sound_shape(const struct ctr_ring *shared, uint64_t size)
{
	uint32_t n = shared->ncells;

	return shared->version_major == CTR_VERSION_MAJOR &&
	       shared->header_size == CTR_RING_HEADER_SIZE && shared->cell_size == CTR_CELL_SIZE &&
	       n >= CTR_MAX_CELLS && !(n & (n - 1)) &&
	       n <= (size - CTR_RING_HEADER_SIZE) / CTR_CELL_SIZE;
}

static int map_ring(struct col_ring *r, int fd, int sharing)
{
	struct stat st;
	struct ctr_ring *shared;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EPROTO;
	if ((uint64_t)st.st_size < CTR_RING_HEADER_SIZE + CTR_MAX_CELLS * CTR_CELL_SIZE)
		return -EAGAIN;
	shared = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, sharing, fd, 0);
	if (shared == MAP_FAILED)
		return -errno;
	r->shared = shared;
	r->map_size = (size_t)st.st_size;
	r->guard = col_guard(shared, r->map_size);
	/* Pairs with the release store of the magic number, which ends the ring's making. */
	if (__atomic_load_n(&shared->magic, __ATOMIC_ACQUIRE) != CTR_RING_MAGIC)
		return -EAGAIN;
	if (!has_sound_shape(shared, (uint64_t)st.st_size))
		return -EPROTO;
	r->cells = (const struct ctr_cell *)((const char *)shared + CTR_RING_HEADER_SIZE);
	r->ncells = shared->ncells;
	r->number = shared->number;
	r->tail = shared->tail;
	r->synced = true;
	return 0;
}

int col_ring_attach(struct col_ring *r, int dirfd, const char *name, unsigned int flags)
{
	int fd = openat(dirfd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	int error;

	*r = (struct col_ring){ .overwrite = flags & COL_RING_OVERWRITE };
	if (fd < 0)
		return -errno;
	error = map_ring(r, fd, flags & COL_RING_PRIVATE ? MAP_PRIVATE : MAP_SHARED);
	close(fd);
	if (error)
		col_ring_detach(r);
	return error;
}

void col_ring_detach(struct col_ring *r)
{
	if (r->guard)
		col_unguard(r->guard);
	if (r->shared)
		munmap(r->shared, r->map_size);
	r->guard = NULL;
	r->shared = NULL;
	r->cells = NULL;
}

uint64_t col_ring_head(const struct col_ring *r)
{
	/* Pairs with the producer's release store: what it wrote before into the cells is seen. */
	return __atomic_load_n(&r->shared->head, __ATOMIC_ACQUIRE);
}

/* Pairs with the producer's release store: outputs, result and end are seen with it. */
static bool is_committed(const struct col_ring *r, uint64_t number)
{
	return __atomic_load_n(&cell_at(r, number)->commit, __ATOMIC_ACQUIRE) == number + 1;
}

/* Cells of the record at `number`, 0 if that cannot be. */
static uint32_t record_cells(const struct col_ring *r, uint64_t number, uint64_t head)
{
	uint32_t n = cell_at(r, number)->ncells;

	return n && n <= CTR_MAX_CELLS && n <= head - number ? n : 0;
}

/*
 * The producer of an overwritten ring runs on. Moves the tail up to the producer's, which begins a
 * record, or, should that make no sense, to what it cannot have begun to write over: a record in
 * the making may already lie in the CTR_MAX_CELLS cells behind the head.
 */
static void skip_overwritten(struct col_ring *r, uint64_t head, bool dead)
{
	uint64_t kept = dead ? r->ncells : r->ncells - CTR_MAX_CELLS;
	uint64_t given_up = __atomic_load_n(&r->shared->tail, __ATOMIC_ACQUIRE);

	if (given_up > r->tail && given_up <= head) {
		r->overwritten += given_up - r->tail;
		r->tail = given_up;
		r->synced = true;
	}

	if (head - r->tail <= kept)
		return;
	r->overwritten += head - kept - r->tail;
	r->tail = head - kept;
	r->synced = false;
}

/*
 * The cell at the tail need not begin a record: the beginning was overwritten, or the cells before
 * were damaged. A commit word that fits its place is a beginning.
 */
static uint64_t next_beginning(const struct col_ring *r, uint64_t head)
{
	uint64_t number = r->tail;

	while (number < head && !(is_committed(r, number) && record_cells(r, number, head)))
		number++;
	return number;
}

/* Committed records from the tail on, whole ones only. */
static uint32_t committed_cells(const struct col_ring *r, uint64_t head, uint32_t max)
{
	uint32_t total = 0;

	while (r->tail + total < head && is_committed(r, r->tail + total)) {
		uint32_t n = record_cells(r, r->tail + total, head);

		if (!n || total + n > max)
			break;
		total += n;
	}
	return total;
}

/* The tail is not known to begin a record: skips to what does, if there is such a thing. */
static struct col_run resync(struct col_ring *r, uint64_t head, bool dead)
{
	struct col_run run = { .kind = COL_RUN_NONE, .first = r->tail };
	uint64_t beginning = next_beginning(r, head);

	r->synced = beginning == r->tail;
	if (!r->synced && (beginning < head || dead)) {
		run.kind = COL_RUN_DAMAGED;
		run.ncells = (uint32_t)(beginning - r->tail);
	}
	return run;
}

struct col_run col_ring_next(struct col_ring *r, uint64_t head, uint32_t max, bool dead)
{
	struct col_run run = { .kind = COL_RUN_NONE };
	/* Before the commit words, which an owner that has ended stored before it. */
	uint64_t settled = __atomic_load_n(&r->shared->settled, __ATOMIC_ACQUIRE);

	if (r->overwrite && head > r->tail)
		skip_overwritten(r, head, dead);
	r->seen = head;
	/* A head that ran away from the tail, or stands behind it: the header was written over. */
	if (head - r->tail > r->ncells)
		r->broken = true;
	if (r->guard && r->guard->broken)
		r->broken = true;
	if (r->broken || head == r->tail)
		return run;
	if (!r->synced) {
		run = resync(r, head, dead);
		if (!r->synced)
			return run;
	}
	run.first = r->tail;
	run.ncells = committed_cells(r, head, max);
	/* Nothing, and now something: it was committed since, or its length is impossible. */
	if (!run.ncells && is_committed(r, r->tail)) {
		run.ncells = committed_cells(r, head, max);
		run.kind = run.ncells ? COL_RUN_COMMITTED : COL_RUN_DAMAGED;
		run.ncells += !run.ncells;
	} else if (run.ncells) {
		run.kind = COL_RUN_COMMITTED;
	} else if (dead || r->tail < settled) {
		run.ncells = record_cells(r, r->tail, head);
		run.kind = run.ncells ? COL_RUN_IN_FLIGHT : COL_RUN_DAMAGED;
		run.ncells += !run.ncells;
	}
	return run;
}

bool col_ring_copy(struct col_ring *r, const struct col_run *run, struct ctr_cell *out)
{
	uint32_t at = (uint32_t)(run->first & (r->ncells - 1));
	uint32_t straight = r->ncells - at < run->ncells ? r->ncells - at : run->ncells;
	uint64_t head;

	memcpy(out, &r->cells[at], straight * sizeof(*out));
	memcpy(out + straight, r->cells, (run->ncells - straight) * sizeof(*out));
	if (!r->overwrite)
		return true;
	/* The copy is good if the producer has not come round to it meanwhile. */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (__atomic_load_n(&r->shared->tail, __ATOMIC_RELAXED) > run->first)
		return false;
	head = col_ring_head(r);
	return head == r->seen || head - run->first <= r->ncells - CTR_MAX_CELLS;
}

void col_ring_release(struct col_ring *r, const struct col_run *run)
{
	r->tail = run->first + run->ncells;
	if (run->kind == COL_RUN_DAMAGED) {
		r->damaged += r->overwrite ? 0 : run->ncells;
		r->overwritten += r->overwrite ? run->ncells : 0;
		r->synced = false;
	}
	/* There it is the producer's. */
	if (r->overwrite)
		return;
	/* Pairs with the producer's acquire load: the cells were read before they are reused. */
	__atomic_store_n(&r->shared->tail, r->tail, __ATOMIC_RELEASE);
}

/* What a header says after it was cut off is not taken for what it was. */
void col_ring_look(struct col_ring *r)
{
	const struct ctr_ring *shared = r->shared;
	/* In this order: a call is counted after what became of it. */
	struct col_ring_known now = { .calls = __atomic_load_n(&shared->calls, __ATOMIC_RELAXED) };

	now.recorded = __atomic_load_n(&shared->recorded, __ATOMIC_RELAXED);
	now.lost_full = __atomic_load_n(&shared->lost_full, __ATOMIC_RELAXED);
	now.lost_reentered = __atomic_load_n(&shared->lost_reentered, __ATOMIC_RELAXED);
	now.lost_ended = __atomic_load_n(&shared->lost_ended, __ATOMIC_RELAXED);
	now.tid = __atomic_load_n(&shared->tid, __ATOMIC_RELAXED);
	if (r->guard && r->guard->broken)
		r->broken = true;
	else if (!r->broken)
		r->known = now;
}

uint32_t col_run_calls(const struct ctr_cell *cells, uint32_t ncells)
{
	uint32_t calls = 0;

	for (uint32_t i = 0; i < ncells; i += cells[i].ncells) {
		calls += cells[i].function >= CTR_FIRST_FUNCTION;
		if (!cells[i].ncells)
			break;
	}
	return calls;
}

uint32_t col_run_left(const struct ctr_cell *cells, uint32_t ncells)
{
	uint32_t left = 0;

	for (uint32_t i = 0; i < ncells && cells[i].ncells; i += cells[i].ncells)
		left += cells[i].function >= CTR_FIRST_FUNCTION &&
			(cells[i].flags & CTR_CELL_LEFT) != 0;
	return left;
}
