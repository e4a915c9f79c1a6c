/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collector's life: begin, look again and again, finish.
 */
#include "collect/collector.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "collect/clock.h"
#include "collect/finish.h"
#include "collect/flight.h"
#include "collect/internal.h"
#include "collect/losses.h"
#include "util/xalloc.h"

/* How often it is checked whether processes still run. */
#define ALIVE_INTERVAL_NS 100000000ull

/* Clock samples: dense at first, for a short run's sake, then rare. */
#define CLOCK_INTERVAL_NS 100000000ull
#define CLOCK_DENSE       100
#define CLOCK_RARE_FACTOR 10

/* Between two looks: a full ring is followed up at once, an idle session every few ms. */
#define PACE_BUSY_US 200
#define PACE_MIN_US  1000
#define PACE_MAX_US  5000

/*
 * A failure is not the end: the disk may have room again, and the program must not wait for it.
 * The first one is the one to show, for the others follow from it.
 */
bool col_write(struct collector *c, enum ctr_chunk_kind kind, const struct iovec *parts,
	       unsigned int nparts)
{
	int error = wr_native_chunk(&c->trace, kind, parts, nparts);

	if (error && !c->write_error)
		c->write_error = -error;
	c->disk_full |= error == -ENOSPC || error == -EDQUOT || error == -EFBIG;
	return !error;
}

/* Two samples give the rate of the counter; those between follow its changes under NTP. */
static void write_clock(struct collector *c)
{
	struct ctr_clock_sample sample = col_clock_sample(c->session->shared->clock);
	const struct iovec part = { .iov_base = &sample, .iov_len = sizeof(sample) };

	col_write(c, CTR_CHUNK_CLOCK, &part, 1);
}

/* Files of a session that somebody else made are left as they are: see recover.h. */
void col_prepare(struct collector *c, struct col_session *session)
{
	*c = (struct collector){ .session = session };
	c->stats = ut_xcalloc(1, sizeof(*c->stats));
	c->by_slot = ut_xcalloc(session->nslots, sizeof(struct col_process *));
	c->batch = ut_xcalloc(COL_BATCH_CELLS, sizeof(*c->batch));
	c->overwrite = session->shared->overflow == CTR_OVERFLOW_OVERWRITE;
	c->keep_files = !session->created;
	c->began_ns = col_clock_monotonic_ns();
	col_switches_begin(c);
}

/*
 * The header and the first clock sample are written before the program starts, so that a disk
 * without any room is found out in time.
 */
int col_begin(struct collector *c, struct col_session *session, int fd, const char *folder,
	      const struct col_run_info *run)
{
	char *text;
	int error;

	col_prepare(c, session);
	c->flight = run->flight;
	c->newest = run->flight;
	if (run->settings) {
		c->watch.triggers = run->settings->triggers;
		c->selection = run->settings->selection;
		c->inject = run->settings->inject;
		col_switches_time(c, run->settings->delay_ns, run->settings->duration_ns);
	}
	error = wr_native_begin(&c->trace, fd, folder);
	if (error)
		return error;
	text = col_describe_run(session, run);
	error = wr_native_block(&c->trace, CTR_CHUNK_HEADER, text, strlen(text));
	free(text);
	if (error)
		return error;
	return wr_native_block(&c->trace, CTR_CHUNK_CLOCK, &session->shared->created,
			       sizeof(session->shared->created));
}

unsigned int col_pace(unsigned int ring_fill, bool moved, unsigned int idle_us)
{
	/* Looking again at once is no spinning: there was half a ring of work to do. */
	if (ring_fill >= 128)
		return 0;
	if (ring_fill >= 32)
		return PACE_BUSY_US;
	if (moved || idle_us < PACE_MIN_US)
		return PACE_MIN_US;
	return idle_us * 2 < PACE_MAX_US ? idle_us * 2 : PACE_MAX_US;
}

/*
 * Whether a process is dead is asked before its rings are read for the last time: what it wrote
 * before it died is then seen.
 */
static void close_the_dead(struct collector *c)
{
	size_t ndead = 0, kept = 0;

	for (size_t i = 0; i < c->nopen; i++) {
		c->open[i]->dead = !c->open[i]->closed && !col_process_may_run(c->open[i]);
		ndead += c->open[i]->dead;
	}
	/* Rings that they made just before their end; and processes may appear. */
	if (ndead)
		col_scan(c, true);
	for (size_t i = 0; i < c->nopen; i++) {
		if (c->open[i]->dead)
			col_close_process(c, c->open[i], false);
		if (!c->open[i]->closed)
			c->open[kept++] = c->open[i];
	}
	c->nopen = kept;
}

unsigned int col_poll(struct collector *c)
{
	uint64_t now = col_clock_monotonic_ns();
	unsigned int due_us = col_switches_poll(c, now);

	c->ring_fill = 0;
	c->moved = false;
	col_scan(c, false);
	for (size_t i = 0; i < c->nopen; i++)
		if (!c->open[i]->closed)
			col_drain(c, c->open[i], false);
	if (now >= c->next_alive_ns && !c->holds) {
		close_the_dead(c);
		c->next_alive_ns = now + ALIVE_INTERVAL_NS;
	}
	if (now >= c->next_clock_ns) {
		write_clock(c);
		c->next_clock_ns =
			now + CLOCK_INTERVAL_NS *
				      (++c->clock_samples > CLOCK_DENSE ? CLOCK_RARE_FACTOR : 1);
	}
	if (c->flight)
		col_flight_poll(c, now);
	if (c->watch.triggers)
		col_triggers_poll(c, now);
	c->idle_us = col_pace(c->ring_fill, c->moved, c->idle_us);
	return c->idle_us < due_us ? c->idle_us : due_us;
}

/* Those that a pid of ours can name; a process of another pid namespace is not waited for. */
bool col_others_run(const struct collector *c, uint32_t pid)
{
	for (size_t i = 0; i < c->nopen; i++) {
		struct col_process *p = c->open[i];

		if (!p->closed && p->pid != pid && !p->superseded && col_process_runs(p))
			return true;
	}
	return false;
}

/*
 * The command is over, and with it the run. What still runs is read as it stands, its open calls
 * as calls in flight.
 */
static void close_all(struct collector *c, bool go_on)
{
	if (!c->frozen)
		col_scan(c, true);
	for (size_t i = 0; i < c->nopen; i++) {
		struct col_process *p = c->open[i];
		bool runs;

		if (p->closed)
			continue;
		runs = !p->superseded && col_process_runs(p);
		if (runs)
			col_warnings_add(&c->warnings, "outlived",
					 go_on ? "process %u (%s) still runs: what it goes on "
						 "to do is not in the trace"
					       : "process %u (%s) outlived the command: what "
						 "it did afterwards is not in the trace",
					 p->pid, p->name);
		col_close_process(c, p, runs);
	}
}

/*
 * The state is changed first: a process that opens the session from now on does not record into
 * rings that nobody reads.
 */
int col_finish(struct collector *c, const struct col_end_info *end)
{
	struct iovec part;
	char *text;
	int error;

	c->ended_ns = col_clock_monotonic_ns();
	if (!end->recovered && !end->live) {
		col_session_set_state(c->session, CTR_SESSION_ENDED);
		col_switches_end(c);
	} else if (end->recovered) {
		col_switches_poll(c, c->ended_ns);
	}
	close_all(c, end->recovered || end->live);
	if (!end->recovered)
		write_clock(c);
	for (size_t i = 0; i < c->nprocesses; i++)
		col_counters_add(&c->totals, &c->processes[i]->counters);
	c->totals.lost_no_slot =
		__atomic_load_n(&c->session->shared->lost_no_slot, __ATOMIC_RELAXED);
	c->totals.lost_no_session =
		__atomic_load_n(&c->session->shared->lost_no_session, __ATOMIC_RELAXED);
	c->totals.calls += c->totals.lost_no_slot + c->totals.lost_no_session;
	col_places_finish(c);
	col_explain(c, end);
	text = col_describe_end(c, end);
	part = (struct iovec){ .iov_base = text, .iov_len = strlen(text) };
	wr_native_use_reserve(&c->trace);
	col_losses_tell_late(c);
	error = wr_native_chunk(&c->trace, CTR_CHUNK_END, &part, 1);
	free(text);
	return error;
}

void col_free(struct collector *c)
{
	/* Never begun: the zeros in it are no descriptors. */
	if (!c->session)
		return;
	for (size_t i = 0; i < c->nprocesses; i++)
		col_process_free(c->processes[i]);
	free(c->processes);
	free(c->open);
	free(c->by_slot);
	free(c->batch);
	if (c->stats)
		rd_api_free(c->stats->api);
	free(c->stats);
	col_warnings_free(&c->warnings);
	col_modules_free(&c->modules);
	col_runtimes_free(&c->runtimes);
	col_outsiders_free(&c->outsiders);
	col_places_free(&c->places);
	wr_native_end(&c->trace);
	*c = (struct collector){ .session = NULL };
}
