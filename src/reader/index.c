/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first pass over a native trace: every chunk is read, checked and taken in; of records only
 * their place is kept. A chunk whose checksum is wrong is left out; where the next one would begin
 * cannot be trusted if the size was among what was damaged, so the pass goes on only if a chunk
 * that makes sense stands there.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reader/checksum.h"
#include "reader/modules.h"
#include "reader/native.h"
#include "reader/unpack.h"
#include "util/xalloc.h"

struct pass {
	struct rd_trace *trace;
	struct rd_native *native;
	uint64_t offset; /* of the present chunk */
	struct ctr_chunk head;
	const char *payload; /* in the window; not aligned */
	/* What of the file is in memory. */
	char *window;
	uint64_t window_offset;
	size_t window_size, capacity;
	struct ctr_cell cells[CTR_PACKED_CELLS]; /* of a block */
};

/* Chunks are small, and read many at once; a larger one makes more room. */
#define WINDOW ((size_t)256 << 10)

/* `size` bytes at `offset`, or NULL if the file has not got them. */
static const char *look_at(struct pass *pass, uint64_t offset, size_t size)
{
	if (offset >= pass->window_offset &&
	    offset - pass->window_offset + size <= pass->window_size)
		return pass->window + (offset - pass->window_offset);
	if (size > pass->capacity || !pass->capacity) {
		free(pass->window);
		pass->capacity = pass->trace->file_size < WINDOW ? pass->trace->file_size : WINDOW;
		pass->capacity = size > pass->capacity ? size : pass->capacity;
		pass->window = ut_xmalloc(pass->capacity);
	}
	pass->window_offset = offset;
	pass->window_size = rd_read_at(pass->trace, offset, pass->window, pass->capacity);
	return size <= pass->window_size ? pass->window : NULL;
}

/* ---- kinds of chunks ----------------------------------------------------------------------- */

static struct rd_ring *find_ring(struct rd_native *native, uint32_t process, uint32_t number)
{
	uint64_t key = (uint64_t)process << 32 | number;
	uint32_t *known = ut_map_get(&native->ring_index, key);
	struct rd_ring *ring;

	if (known)
		return native->rings[*known];
	ring = ut_xcalloc(1, sizeof(*ring));
	ring->process = process;
	ring->number = number;
	ut_map_put(&native->ring_index, key, (uint32_t)native->nrings);
	ut_grow(&native->rings, &native->rings_capacity, native->nrings, sizeof(*native->rings));
	native->rings[native->nrings++] = ring;
	return ring;
}

/* How long a process is known to have lived, on each clock: ends calls in flight. */
static void saw_instant(struct rd_process *process, uint32_t clock, uint64_t counter)
{
	uint64_t *last = &process->last_counter[clock == CTR_CLOCK_TSC];

	if (counter > *last)
		*last = counter;
}

/* Says what a definition would. */
static void saw_stream(struct rd_trace *trace, struct rd_native *native,
		       const struct rd_process *process, const struct ctr_cell *cell)
{
	struct ctr_control_stream stream;
	char *text;

	memcpy(&stream, cell->payload, sizeof(stream));
	text = ut_arena_printf(&trace->strings,
			       "device=%" PRId32 "\npriority=%" PRId32 "\nflags=%" PRIu32 "\n",
			       stream.device, stream.priority, stream.flags);
	rd_definitions_put(&native->definitions, &trace->strings,
			   &(struct rd_definition){
				   .process = (uint32_t)(process - native->processes),
				   .kind = CTR_DEF_STREAM,
				   .key = stream.key,
				   .counter = cell->start,
			   },
			   text);
}

/* Threads bring clock samples; losses count where the collector's counters are missing. */
static void saw_control(struct rd_trace *trace, struct rd_native *native,
			struct rd_process *process, uint32_t clock, const struct ctr_cell *cell,
			uint32_t ncells)
{
	struct ctr_control_thread thread;
	struct ctr_control_loss loss;

	if (cell->function == CTR_CONTROL_THREAD && ncells >= 2) {
		memcpy(&thread, cell->payload, sizeof(thread));
		rd_clock_add(&native->clock, clock, &thread.clock);
	} else if (cell->function == CTR_CONTROL_LOSS) {
		memcpy(&loss, cell->payload, sizeof(loss));
		process->lost += loss.full + loss.reentered + loss.other;
	} else if (cell->function == CTR_CONTROL_STREAM) {
		saw_stream(trace, native, process, cell);
	}
}

/* Walks over the records of a chunk. Returns the number of cells that are sound. */
static uint32_t walk_records(struct rd_trace *trace, struct rd_native *native,
			     const struct ctr_chunk_cells *head, const char *cells, uint32_t ncells)
{
	struct rd_process *process = &native->processes[head->process];
	bool in_flight = head->flags & CTR_CELLS_IN_FLIGHT;
	/* With what a control record has in the next cell. */
	struct ctr_cell cell[2];
	uint32_t at = 0, n;

	for (; at < ncells; at += n) {
		const char *record = cells + (size_t)at * CTR_CELL_SIZE;

		memcpy(cell, record, CTR_CELL_HEAD_SIZE);
		n = rd_record_cells(cell, ncells - at);
		if (!n)
			break;
		saw_instant(process, head->clock, cell->start);
		if (cell->function < CTR_FIRST_FUNCTION) {
			memcpy(cell, record, n >= 2 ? sizeof(cell) : sizeof(cell[0]));
			saw_control(trace, native, process, head->clock, cell, n);
			continue;
		}
		process->calls++;
		process->in_flight += in_flight || cell->flags & CTR_CELL_LEFT;
		if (!in_flight)
			saw_instant(process, head->clock, cell->end);
	}
	return at;
}

/* Cells of a process that the file has not named are of no use: no pid, no maps. */
static bool cells_head(const struct pass *pass, struct ctr_chunk_cells *head)
{
	if (pass->head.size < sizeof(*head))
		return false;
	memcpy(head, pass->payload, sizeof(*head));
	return head->process < pass->native->nprocesses &&
	       (head->clock == CTR_CLOCK_TSC || head->clock == CTR_CLOCK_MONOTONIC);
}

/* `offset`: within the payload. */
static void add_run(struct pass *pass, const struct ctr_chunk_cells *head, size_t offset,
		    uint32_t ncells, uint32_t packed)
{
	struct rd_ring *ring = find_ring(pass->native, head->process, head->ring);

	ut_grow(&ring->runs, &ring->runs_capacity, ring->nruns, sizeof(*ring->runs));
	ring->runs[ring->nruns++] = (struct rd_run){
		.offset = pass->offset + sizeof(pass->head) + offset,
		.first = head->first,
		.ncells = ncells,
		.flags = (uint16_t)head->flags,
		.clock = (uint16_t)head->clock,
		.packed = packed,
	};
}

static bool add_cells(struct pass *pass)
{
	struct ctr_chunk_cells head;
	uint32_t ncells, sound;

	if (!cells_head(pass, &head))
		return false;
	ncells = (uint32_t)((pass->head.size - sizeof(head)) / CTR_CELL_SIZE);
	sound = walk_records(pass->trace, pass->native, &head, pass->payload + sizeof(head),
			     ncells);
	if (sound)
		add_run(pass, &head, sizeof(head), sound, 0);
	return sizeof(head) + (uint64_t)sound * CTR_CELL_SIZE == pass->head.size;
}

/* Each block is a run of its own: it can be read without those before it. */
static bool add_packed(struct pass *pass)
{
	struct ctr_chunk_cells head;
	struct ctr_packed_block block;
	size_t at = sizeof(head);

	if (!cells_head(pass, &head))
		return false;
	pass->native->has_packed = true;
	for (; at < pass->head.size; at += block.size) {
		if (!rd_packed_block(pass->payload + at, pass->head.size - at, &block))
			return false;
		at += sizeof(block);
		if (!rd_unpack_block(&block, pass->payload + at, head.first, pass->cells))
			return false;
		walk_records(pass->trace, pass->native, &head, (const char *)pass->cells,
			     block.ncells);
		add_run(pass, &head, at, block.ncells, block.size);
		head.first += block.ncells;
	}
	return true;
}

/* The process that a chunk of definitions or mappings is of, or NULL. */
static struct rd_process *defs_process(struct pass *pass, uint32_t *number)
{
	struct ctr_chunk_defs head;

	if (pass->head.size < sizeof(head))
		return NULL;
	memcpy(&head, pass->payload, sizeof(head));
	*number = head.process;
	if (head.process >= pass->native->nprocesses)
		return NULL;
	return &pass->native->processes[head.process];
}

static bool add_definitions(struct pass *pass)
{
	size_t size = pass->head.size - sizeof(struct ctr_chunk_defs);
	uint32_t number;

	if (!defs_process(pass, &number))
		return false;
	return rd_definitions_add(&pass->native->definitions, &pass->trace->strings, number,
				  pass->payload + sizeof(struct ctr_chunk_defs), size) == size;
}

/* In every order: snapshots are told apart by when they were written. */
static bool add_maps(struct pass *pass)
{
	uint32_t number;
	struct rd_process *process = defs_process(pass, &number);

	if (!process)
		return false;
	rd_maps_add(&process->places.maps, &pass->trace->strings,
		    pass->payload + sizeof(struct ctr_chunk_defs),
		    pass->head.size - sizeof(struct ctr_chunk_defs));
	return true;
}

static bool add_symbols(struct pass *pass)
{
	uint32_t number;
	struct rd_process *process = defs_process(pass, &number);

	if (!process)
		return false;
	rd_places_add_symbols(&process->places, &pass->trace->strings,
			      pass->payload + sizeof(struct ctr_chunk_defs),
			      pass->head.size - sizeof(struct ctr_chunk_defs));
	rd_modules_take(pass->trace, pass->payload + sizeof(struct ctr_chunk_defs),
			pass->head.size - sizeof(struct ctr_chunk_defs));
	return true;
}

static bool add_stacks(struct pass *pass)
{
	struct ctr_chunk_stacks head;
	uint64_t *words;
	size_t size;
	bool sound;

	if (pass->head.size < sizeof(head))
		return false;
	memcpy(&head, pass->payload, sizeof(head));
	if (head.process >= pass->native->nprocesses)
		return false;
	size = pass->head.size - sizeof(head);
	words = ut_xmalloc(size);
	memcpy(words, pass->payload + sizeof(head), size);
	sound = rd_stacks_add(&pass->native->stacks, head.process, head.first, words,
			      size / sizeof(*words));
	free(words);
	return sound;
}

/* Samples are taken with the session's clock, which the header names. */
static bool add_clock(struct pass *pass)
{
	const char *name = pass->trace->header.clock;
	uint32_t clock = name && !strcmp(name, "monotonic") ? CTR_CLOCK_MONOTONIC : CTR_CLOCK_TSC;
	struct ctr_clock_sample sample;
	size_t at;

	for (at = 0; at + sizeof(sample) <= pass->head.size; at += sizeof(sample)) {
		memcpy(&sample, pass->payload + at, sizeof(sample));
		rd_clock_add(&pass->native->clock, clock, &sample);
	}
	return at == pass->head.size;
}

static bool add_api(struct pass *pass)
{
	struct rd_api *api = rd_api_parse(pass->payload, pass->head.size);

	/* A trace merged from others may repeat it; ids mean the same everywhere. */
	if (pass->native->api)
		rd_api_free(api);
	else
		pass->native->api = api;
	return api;
}

/* False: the checksum is right and the contents are not. */
static bool take_in(struct pass *pass)
{
	switch (pass->head.kind) {
	case CTR_CHUNK_HEADER:
		return rd_header_parse(pass->trace, pass->payload, pass->head.size);
	case CTR_CHUNK_API:
		return add_api(pass);
	case CTR_CHUNK_PROCESS:
		return rd_process_parse(pass->trace, pass->native, pass->payload, pass->head.size);
	case CTR_CHUNK_CELLS:
		return add_cells(pass);
	case CTR_CHUNK_PACKED:
		return add_packed(pass);
	case CTR_CHUNK_DEFS:
		return add_definitions(pass);
	case CTR_CHUNK_CLOCK:
		return add_clock(pass);
	case CTR_CHUNK_MAPS:
		return add_maps(pass);
	case CTR_CHUNK_STACKS:
		return add_stacks(pass);
	case CTR_CHUNK_SYMBOLS:
		return add_symbols(pass);
	case CTR_CHUNK_END:
		pass->native->has_end = true;
		return rd_end_parse(pass->trace, pass->native, pass->payload, pass->head.size);
	default:
		/* Of a later minor version. */
		return true;
	}
}

/* ---- the walk over the file ---------------------------------------------------------------- */

/* Room for all kinds that this version knows and for those that minor versions may add. */
#define LAST_PLAUSIBLE_KIND 64

/* A chunk head that could be one stands at `offset`, or the file ends there. */
static bool is_plausible(const struct rd_trace *trace, uint64_t offset)
{
	struct ctr_chunk head;

	if (offset == trace->file_size)
		return true;
	return rd_read_at(trace, offset, &head, sizeof(head)) == sizeof(head) && head.kind &&
	       head.kind <= LAST_PLAUSIBLE_KIND && head.size <= CTR_CHUNK_MAX_SIZE &&
	       head.size <= trace->file_size - offset - sizeof(head);
}

/* Reads the head at pass->offset; false at the end of what can be read. */
static bool read_head(struct pass *pass)
{
	struct rd_trace *trace = pass->trace;
	uint64_t room = trace->file_size - pass->offset;
	const char *head;

	if (!room)
		return false;
	head = look_at(pass, pass->offset, sizeof(pass->head));
	if (!head) {
		rd_note_damage(trace, pass->offset, "the file is cut off in the head of a chunk");
		return false;
	}
	memcpy(&pass->head, head, sizeof(pass->head));
	room -= sizeof(pass->head);
	/* So ends a file whose system went down before what it wrote reached the disk. */
	if (!pass->head.kind) {
		rd_note_damage(trace, pass->offset, "there is no chunk where one should begin");
		return false;
	}
	if (pass->head.size > CTR_CHUNK_MAX_SIZE) {
		rd_note_damage(trace, pass->offset,
			       "a chunk of impossible size (%" PRIu64 " bytes)", pass->head.size);
		return false;
	}
	if (pass->head.size > room) {
		rd_note_damage(trace, pass->offset,
			       "the file is cut off in a chunk: %" PRIu64 " of %" PRIu64 " bytes",
			       room, pass->head.size);
		return false;
	}
	return true;
}

/* Reads the payload; false if it is not what was written. */
static bool read_payload(struct pass *pass)
{
	size_t size = pass->head.size;

	pass->payload = look_at(pass, pass->offset + sizeof(pass->head), size);
	return pass->payload && rd_checksum(pass->payload, size) == pass->head.checksum;
}

static bool next_chunk(struct pass *pass)
{
	uint64_t next;

	if (!read_head(pass))
		return false;
	next = pass->offset + sizeof(pass->head) + pass->head.size;
	if (!read_payload(pass)) {
		rd_note_damage(pass->trace, pass->offset, "a chunk's checksum is wrong");
		if (!is_plausible(pass->trace, next))
			return false;
		/* Later chunks count processes: this one keeps its number. */
		if (pass->head.kind == CTR_CHUNK_PROCESS)
			rd_process_parse(pass->trace, pass->native, "", 0);
	} else if (!take_in(pass)) {
		rd_note_damage(pass->trace, pass->offset,
			       "the contents of a chunk (kind %" PRIu32 ") make no sense",
			       pass->head.kind);
	}
	pass->offset = next;
	return true;
}

static bool check_file_header(struct rd_trace *trace, uint64_t *size)
{
	struct ctr_file_header header;

	if (rd_read_at(trace, 0, &header, sizeof(header)) != sizeof(header)) {
		rd_note_damage(trace, 0, "the file is cut off in its header");
		return false;
	}
	if (header.version_major != CTR_VERSION_MAJOR || header.version_minor > CTR_VERSION_MINOR) {
		rd_note_damage(trace, offsetof(struct ctr_file_header, version_major),
			       "is of format version %u.%u, and this curtrace reads %u.0 to %u.%u",
			       header.version_major, header.version_minor, CTR_VERSION_MAJOR,
			       CTR_VERSION_MAJOR, CTR_VERSION_MINOR);
		return false;
	}
	if (header.header_size < sizeof(header) || header.header_size > trace->file_size) {
		rd_note_damage(trace, offsetof(struct ctr_file_header, header_size),
			       "has a header of impossible size (%" PRIu32 " bytes)",
			       header.header_size);
		return false;
	}
	*size = header.header_size;
	return true;
}

/* ---- putting runs in order ----------------------------------------------------------------- */

static int compare_runs(const void *a, const void *b)
{
	const struct rd_run *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/*
 * By place in the ring, which is how they are written; cells that stand in the file twice (a
 * collector that was restarted) are taken once.
 */
static void order_runs(struct rd_ring *ring)
{
	uint64_t end = 0;
	size_t i, kept = 0;

	qsort(ring->runs, ring->nruns, sizeof(*ring->runs), compare_runs);
	for (i = 0; i < ring->nruns; i++) {
		const struct rd_run run = ring->runs[i];

		if (kept && run.first < end)
			continue;
		end = run.first + run.ncells;
		ring->runs[kept++] = run;
	}
	ring->nruns = kept;
}

bool rd_index(struct rd_trace *trace, struct rd_native *native)
{
	struct pass pass = { .trace = trace, .native = native };
	size_t i;

	if (!check_file_header(trace, &pass.offset))
		return false;
	trace->header.complete = true;
	while (next_chunk(&pass))
		continue;
	free(pass.window);
	for (i = 0; i < native->nrings; i++)
		order_runs(native->rings[i]);
	if (!native->has_end)
		rd_note_damage(
			trace, trace->file_size,
			"the end is missing: the trace was cut off, or is still being written");
	return true;
}
