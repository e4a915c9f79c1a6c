/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recovering an abandoned session. A collector that was killed left a spool, whose last chunk may
 * be torn, and rings whose tails may stand before what the spool already has: a chunk is written
 * first and the tail is moved after. So the spool is copied as far as it is whole, and tells from
 * where each ring is to be read. Of a flight recorder the spool is in parts, see flight.h.
 */
#include "collect/recover.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zlib.h>

#include "collect/clock.h"
#include "collect/flight.h"
#include "collect/internal.h"
#include "collect/losses.h"
#include "collect/references.h"
#include "reader/unpack.h"
#include "util/xalloc.h"

/* Real time and monotonic time drift apart by less within one life of the kernel. */
#define SAME_BOOT_SLACK_NS 1000000000ll

struct recovery {
	struct collector collector;
	struct col_process **by_index; /* processes as the spool numbers them; NULL: no such slot */
	size_t count;
	size_t capacity;
	bool live;  /* the session goes on */
	bool ended; /* the spool has its end: nothing is missing */
	/* Of a flight recorder: the turns whose segments there are, rising. */
	uint64_t *turns;
	size_t nturns;
	size_t turns_capacity;
	bool copied; /* one of them: what lies before it is not said again */
};

static bool read_all(int fd, void *data, size_t size, uint64_t offset)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = pread(fd, (char *)data + done, size - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

/* The payload of the chunk at `offset`, NULL where the file stops being whole. */
static void *read_chunk(int fd, uint64_t offset, struct ctr_chunk *head)
{
	void *data;

	if (!read_all(fd, head, sizeof(*head), offset) || head->size > CTR_CHUNK_MAX_SIZE)
		return NULL;
	data = ut_xmalloc(head->size + 1);
	if (!read_all(fd, data, head->size, offset + sizeof(*head)) ||
	    crc32_z(crc32(0, NULL, 0), data, head->size) != head->checksum) {
		free(data);
		return NULL;
	}
	((char *)data)[head->size] = '\0';
	return data;
}

static uint64_t json_number(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	if (cJSON_IsString(item))
		return strtoull(item->valuestring, NULL, 10);
	return cJSON_IsNumber(item) && item->valuedouble >= 0 ? (uint64_t)item->valuedouble : 0;
}

static void note_process(struct recovery *r, const char *text)
{
	cJSON *object = cJSON_Parse(text);
	struct col_process *found = NULL;

	for (size_t i = 0; i < r->collector.nprocesses; i++) {
		struct col_process *p = r->collector.processes[i];

		if (p->pid == json_number(object, "pid") &&
		    p->start_time == json_number(object, "start_time") &&
		    p->exec_count == json_number(object, "exec_count"))
			found = p;
	}
	if (found)
		found->index = (int64_t)r->count;
	ut_grow(&r->by_index, &r->capacity, r->count, sizeof(struct col_process *));
	r->by_index[r->count++] = found;
	r->collector.next_index = (uint32_t)r->count;
	cJSON_Delete(object);
}

/* What the collector itself told of: calls that it had no room for on the disk. */
static uint64_t unwritten_calls(const struct ctr_cell *cells, uint32_t n)
{
	struct ctr_control_loss loss;

	if (n != 1 || cells->function != CTR_CONTROL_LOSS || cells->result != CTR_LOSS_TRACE_DISK)
		return 0;
	memcpy(&loss, cells->payload, sizeof(loss));
	return loss.other;
}

/* Says what lies before a segment: col_losses_tell_before. */
static bool tells_before(const struct ctr_cell *cells, size_t n)
{
	return n && n <= COL_BEFORE_CELLS && cells[n - 1].function == CTR_CONTROL_LOSS &&
	       cells[n - 1].result == CTR_LOSS_OVERWRITTEN;
}

/* Calls that were taken once and lie before all that is kept. */
static uint64_t calls_before(const struct ctr_cell *cells, uint32_t n)
{
	struct ctr_control_loss loss;

	if (!tells_before(cells, n))
		return 0;
	memcpy(&loss, cells[n - 1].payload, sizeof(loss));
	return loss.other;
}

/* Of rings that are gone: their process had ended, and its losses had been told. */
static void note_earlier_losses(struct col_counters *earlier, const struct ctr_cell *cells,
				uint32_t n)
{
	for (uint32_t i = 0; i < n && cells[i].ncells; i += cells[i].ncells) {
		struct ctr_control_loss loss;

		if (cells[i].function != CTR_CONTROL_LOSS)
			continue;
		memcpy(&loss, cells[i].payload, sizeof(loss));
		earlier->lost_full += loss.full;
		earlier->lost_reentered += loss.reentered;
		if (cells[i].result == CTR_LOSS_TRACE_DISK)
			earlier->lost_write += loss.other;
		else if (cells[i].result == CTR_LOSS_OVERWRITTEN)
			earlier->lost_overwritten += loss.other;
		else if (cells[i].result == CTR_LOSS_DAMAGED)
			earlier->lost_damaged += loss.other;
	}
}

/* The cells' ring is read from behind them. */
static void note_cells(struct recovery *r, const void *data, size_t size)
{
	const struct ctr_chunk_cells *head = data;
	const struct ctr_cell *cells = (const void *)(head + 1);
	struct col_process *p;
	uint32_t n, calls;
	uint32_t *at;
	bool in_flight;

	if (size < sizeof(*head) || head->process >= r->count || head->ring == CTR_RING_NONE)
		return;
	p = r->by_index[head->process];
	if (!p)
		return;
	n = (uint32_t)((size - sizeof(*head)) / sizeof(*cells));
	in_flight = head->flags & CTR_CELLS_IN_FLIGHT;
	calls = col_run_calls(cells, n);
	col_stats_count(r->collector.stats, cells, n, in_flight);
	col_addresses_add_calls(&p->addresses, cells, n);
	at = ut_map_get(&p->by_number, head->ring);
	if (at) {
		struct col_ring *ring = p->rings[*at];

		if (head->first + n > ring->tail)
			ring->tail = head->first + n;
		ring->taken += calls;
		ring->in_flight += in_flight ? calls : col_run_left(cells, n);
		ring->lost_write += unwritten_calls(cells, n);
		ring->left_out += calls_before(cells, n);
		col_losses_note(ring, cells, n);
	} else {
		p->earlier.recorded += calls;
		p->earlier.in_flight += in_flight ? calls : col_run_left(cells, n);
		note_earlier_losses(&p->earlier, cells, n);
	}
}

static void note_definitions(struct recovery *r, const char *defs, size_t size)
{
	col_references_warn(&r->collector.warnings, defs, size);
	col_runtimes_take(&r->collector.runtimes, defs, size);
}

/* Their process is over, and what was at its addresses is still to be told. */
static void note_addresses(struct recovery *r, const struct ctr_chunk *head, const char *data)
{
	struct ctr_chunk_stacks stacks;
	uint32_t process;
	uint64_t *words, n;

	memcpy(&process, data, sizeof(process));
	if (process >= r->count || !r->by_index[process])
		return;
	if (head->kind == CTR_CHUNK_MAPS) {
		col_addresses_add_maps(&r->by_index[process]->addresses,
				       data + sizeof(struct ctr_chunk_defs),
				       head->size - sizeof(struct ctr_chunk_defs));
		return;
	}
	n = (head->size - sizeof(stacks)) / sizeof(*words);
	words = ut_xcalloc(n + 1, sizeof(*words));
	memcpy(words, data + sizeof(stacks), n * sizeof(*words));
	col_addresses_add_stacks(&r->by_index[process]->addresses, words, n);
	free(words);
}

static void note_chunk(struct recovery *r, const struct ctr_chunk *head, const char *data)
{
	void *unpacked;
	size_t size;

	switch (head->kind) {
	case CTR_CHUNK_API:
		if (!r->collector.stats->api)
			r->collector.stats->api = rd_api_parse(data, head->size);
		r->collector.api_written = true;
		break;
	case CTR_CHUNK_PROCESS:
		note_process(r, data);
		break;
	case CTR_CHUNK_CELLS:
		note_cells(r, data, head->size);
		break;
	case CTR_CHUNK_PACKED:
		unpacked = rd_unpack(data, head->size, &size);
		if (unpacked)
			note_cells(r, unpacked, size);
		free(unpacked);
		break;
	case CTR_CHUNK_DEFS:
		if (head->size > sizeof(struct ctr_chunk_defs))
			note_definitions(r, data + sizeof(struct ctr_chunk_defs),
					 head->size - sizeof(struct ctr_chunk_defs));
		break;
	case CTR_CHUNK_MAPS:
	case CTR_CHUNK_STACKS:
		if (head->size >= sizeof(struct ctr_chunk_stacks))
			note_addresses(r, head, data);
		break;
	case CTR_CHUNK_END:
		r->ended = true;
		break;
	default:
		break;
	}
}

/* What lies before a segment that is not the first is there. */
static bool is_said_again(const struct recovery *r, const struct ctr_chunk *head, const void *data)
{
	const size_t head_size = sizeof(struct ctr_chunk_cells);
	void *unpacked = NULL;
	size_t size = head->size;
	bool is = false;

	if (!r->copied || (head->kind != CTR_CHUNK_CELLS && head->kind != CTR_CHUNK_PACKED))
		return false;
	if (head->kind == CTR_CHUNK_PACKED)
		data = unpacked = rd_unpack(data, head->size, &size);
	if (data && size >= head_size)
		is = tells_before((const void *)((const char *)data + head_size),
				  (size - head_size) / CTR_CELL_SIZE);
	free(unpacked);
	return is;
}

/* The end of a flight recorder's last part tells of all that was before, too. */
static bool is_of_trace(const struct recovery *r, const struct ctr_chunk *head, const void *data)
{
	if (head->kind == CTR_CHUNK_TURN || (head->kind == CTR_CHUNK_END && r->nturns))
		return false;
	return !is_said_again(r, head, data);
}

/* Copies what is whole up to `end`. Returns 0 or a negative errno of writing. */
static int copy_spool(struct recovery *r, int spool, uint64_t end)
{
	struct ctr_file_header header;
	struct ctr_chunk head;
	uint64_t offset;
	void *data;
	int error = 0;

	if (!read_all(spool, &header, sizeof(header), 0) || header.magic != CTR_FILE_MAGIC ||
	    header.version_major != CTR_VERSION_MAJOR)
		return 0;
	offset = header.header_size;
	while (!error && offset < end && (data = read_chunk(spool, offset, &head))) {
		struct iovec part = { .iov_base = data, .iov_len = head.size };

		if (is_of_trace(r, &head, data)) {
			error = wr_native_chunk(&r->collector.trace, head.kind, &part, 1);
			note_chunk(r, &head, data);
		}
		offset += sizeof(head) + head.size;
		free(data);
	}
	return error;
}

/* Where the last mark of a segment given up ends: what is behind it is in that of `*next`, too. */
static uint64_t whole_base(int spool, uint64_t *next)
{
	uint64_t offset = sizeof(struct ctr_file_header), end = offset;
	struct ctr_chunk_turn turn;
	struct ctr_chunk head;
	void *data;

	*next = 0;
	while ((data = read_chunk(spool, offset, &head))) {
		offset += sizeof(head) + head.size;
		if (head.kind == CTR_CHUNK_TURN && head.size >= sizeof(turn)) {
			memcpy(&turn, data, sizeof(turn));
			*next = turn.turn + 1;
			end = offset;
		}
		free(data);
	}
	return end;
}

static int by_turn(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void find_segments(struct recovery *r, int dirfd)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char name[COL_SEGMENT_NAMES];
		unsigned long long turn;

		if (sscanf(entry->d_name, COL_SEGMENT_NAME, &turn) != 1)
			continue;
		snprintf(name, sizeof(name), COL_SEGMENT_NAME, turn);
		if (strcmp(name, entry->d_name) != 0)
			continue;
		ut_grow(&r->turns, &r->turns_capacity, r->nturns, sizeof(*r->turns));
		r->turns[r->nturns++] = turn;
	}
	if (r->nturns)
		qsort(r->turns, r->nturns, sizeof(*r->turns), by_turn);
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

static int copy_segment(struct recovery *r, int dirfd, uint64_t turn)
{
	char name[COL_SEGMENT_NAMES];
	int fd, error;

	snprintf(name, sizeof(name), COL_SEGMENT_NAME, (unsigned long long)turn);
	fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
	error = fd < 0 ? 0 : copy_spool(r, fd, UINT64_MAX);
	r->copied |= fd >= 0;
	if (fd >= 0)
		close(fd);
	return error;
}

/* ---- whose parts they are ------------------------------------------------------------------ */

enum owner {
	OWNER_UNKNOWN, /* no header is there */
	OWNER_SESSION,
	OWNER_OTHER
};

/* The header is a trace's first chunk, and says when its session was made. */
static enum owner owner_of(const struct col_session *session, int fd)
{
	enum owner owner = OWNER_UNKNOWN;
	struct ctr_chunk head;
	void *data = fd < 0 ? NULL : read_chunk(fd, sizeof(struct ctr_file_header), &head);
	cJSON *object = data && head.kind == CTR_CHUNK_HEADER ? cJSON_Parse(data) : NULL;

	if (object)
		/* As exact as a number of JSON is. */
		owner = json_number(object, "start_monotonic_ns") ==
					(uint64_t)(double)session->shared->created.monotonic_ns
				? OWNER_SESSION
				: OWNER_OTHER;
	cJSON_Delete(object);
	free(data);
	return owner;
}

/* A flight recorder's header is in its first segment, and then in the base. */
static bool are_taken_over(const struct col_session *session, const struct recovery *r, int spool)
{
	enum owner owner = owner_of(session, spool);
	char name[COL_SEGMENT_NAMES];
	int fd;

	if (owner != OWNER_UNKNOWN || !r->nturns)
		return owner == OWNER_OTHER;
	snprintf(name, sizeof(name), COL_SEGMENT_NAME, (unsigned long long)r->turns[0]);
	fd = openat(session->dirfd, name, O_RDONLY | O_CLOEXEC);
	owner = owner_of(session, fd);
	if (fd >= 0)
		close(fd);
	return owner != OWNER_SESSION;
}

bool col_spools_taken_over(const struct col_session *session)
{
	int spool = openat(session->dirfd, COL_SPOOL_NAME, O_RDONLY | O_CLOEXEC);
	struct recovery r = { .nturns = 0 };
	bool are;

	find_segments(&r, session->dirfd);
	are = are_taken_over(session, &r, spool);
	free(r.turns);
	if (spool >= 0)
		close(spool);
	return are;
}

/* All parts of the spool that there are. Returns 0 or a negative errno of writing. */
static int copy_spools(struct recovery *r, int dirfd, int fd, const char *output_folder)
{
	int spool = openat(dirfd, COL_SPOOL_NAME, O_RDONLY | O_CLOEXEC);
	int error = wr_native_begin(&r->collector.trace, fd, output_folder);
	uint64_t end = UINT64_MAX, next = 0;

	find_segments(r, dirfd);
	r->collector.newest = r->nturns;
	if (are_taken_over(r->collector.session, r, spool)) {
		col_warnings_add(&r->collector.warnings, "taken-over",
				 "a later recording of the same name took the files of this one "
				 "over: only what was still in memory is in the trace");
		r->nturns = 0;
		if (spool >= 0)
			close(spool);
		spool = -1;
	}
	if (spool >= 0) {
		if (r->nturns)
			end = whole_base(spool, &next);
		if (!error)
			error = copy_spool(r, spool, end);
		close(spool);
	}
	for (size_t i = 0; !error && i < r->nturns; i++)
		if (r->turns[i] >= next)
			error = copy_segment(r, dirfd, r->turns[i]);
	return error;
}

static void write_sample(struct collector *c, const struct ctr_clock_sample *sample)
{
	const struct iovec part = { .iov_base = (void *)sample, .iov_len = sizeof(*sample) };

	if (sample->monotonic_ns)
		col_write(c, CTR_CHUNK_CLOCK, &part, 1);
}

/*
 * Samples that the processes took. One of now is the best there is, if the machine has not been
 * started anew since.
 */
static void write_samples(struct collector *c)
{
	const struct ctr_clock_sample *created = &c->session->shared->created;
	struct ctr_clock_sample now = col_clock_sample(c->session->shared->clock);
	int64_t drift = (int64_t)(now.realtime_ns - now.monotonic_ns) -
			(int64_t)(created->realtime_ns - created->monotonic_ns);

	for (size_t i = 0; i < c->nprocesses; i++) {
		const struct col_process *p = c->processes[i];

		write_sample(c, &p->slot->opened);
		for (size_t k = 0; k < p->nrings; k++)
			write_sample(c, &p->rings[k]->shared->created);
	}
	if (now.monotonic_ns > created->monotonic_ns && now.counter > created->counter &&
	    drift < SAME_BOOT_SLACK_NS && drift > -SAME_BOOT_SLACK_NS)
		write_sample(c, &now);
}

/* A trace that no collector has begun, or whose spool is lost. */
static int begin_anew(struct recovery *r, struct col_session *session, const char *tool_version)
{
	const struct col_run_info run = { .tool_version = tool_version, .command = "" };
	char *text = col_describe_run(session, &run);
	int error = wr_native_block(&r->collector.trace, CTR_CHUNK_HEADER, text, strlen(text));

	free(text);
	write_sample(&r->collector, &session->shared->created);
	return error;
}

static int recover(struct recovery *r, struct col_session *session, int fd,
		   const char *output_folder, const char *tool_version, const char *own_modules)
{
	const struct col_end_info end = {
		.own_modules = own_modules,
		.exit_status = -1,
		.recovered = true,
		.live = r->live,
	};
	int error;

	col_prepare(&r->collector, session);
	/* Processes and rings first: what is found in the spool is noted at them. */
	col_scan_slots(&r->collector);
	col_scan_rings(&r->collector);
	error = copy_spools(r, session->dirfd, fd, output_folder);
	if (error || r->ended)
		return error;
	if (!r->collector.trace.chunks)
		error = begin_anew(r, session, tool_version);
	if (error)
		return error;
	write_samples(&r->collector);
	return col_finish(&r->collector, &end);
}

static int make_trace(const char *folder, bool live, int fd, const char *output_folder,
		      const char *tool_version, const char *own_modules, char *why, size_t size)
{
	struct recovery *r;
	struct col_session session;
	int error = live ? col_session_open_live(&session, folder)
			 : col_session_open(&session, folder);

	if (error) {
		if (error == -EBUSY && live)
			snprintf(why, size,
				 "`curtrace record' takes its calls: its trace is whole at the "
				 "end");
		else if (error == -EBUSY)
			snprintf(why, size, "a curtrace record is at work in it");
		else if (error == -ENOENT || error == -ENOTDIR)
			snprintf(why, size, "it is not the folder of a session");
		else if (error == -EPROTO)
			snprintf(why, size, "it is not a session of this version of curtrace");
		else
			snprintf(why, size, "%s", strerror(-error));
		return error;
	}
	r = ut_xcalloc(1, sizeof(*r));
	r->live = live;
	error = recover(r, &session, fd, output_folder, tool_version, own_modules);
	if (error)
		snprintf(why, size, "the trace could not be written: %s", strerror(-error));
	free(r->by_index);
	free(r->turns);
	col_free(&r->collector);
	free(r);
	col_session_close(&session, false);
	return error;
}

int col_recover(const char *folder, int fd, const char *output_folder, const char *tool_version,
		const char *own_modules, char *why, size_t size)
{
	return make_trace(folder, false, fd, output_folder, tool_version, own_modules, why, size);
}

int col_snapshot(const char *folder, int fd, const char *output_folder, const char *tool_version,
		 const char *own_modules, char *why, size_t size)
{
	return make_trace(folder, true, fd, output_folder, tool_version, own_modules, why, size);
}
