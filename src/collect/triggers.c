/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking for reasons to make a trace, along with the draining: the record is at hand then.
 */
#include "collect/triggers.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "collect/clock.h"
#include "collect/collector.h"
#include "collect/select.h"
#include "reader/api_text.h"
#include "util/quantity.h"
#include "util/xalloc.h"

/* Calls that have not returned are looked at so often. */
#define LOOK_NS 20000000ull

/* A shell's word for death by a signal, which may be all that a launcher tells. */
#define SHELL_SIGNAL 128

/* ---- as they are written ------------------------------------------------------------------- */

static bool add_word(struct col_triggers *t, const char *word, size_t length)
{
	static const struct {
		const char *name;
		size_t at;
	} words[] = {
		{ "error", offsetof(struct col_triggers, error) },
		{ "signal", offsetof(struct col_triggers, signal) },
		{ "failure", offsetof(struct col_triggers, failure) },
		{ "exit", offsetof(struct col_triggers, exit) },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strlen(words[i].name) != length || strncmp(words[i].name, word, length) != 0)
			continue;
		*(bool *)((char *)t + words[i].at) = true;
		return true;
	}
	return false;
}

static bool add_words(struct col_triggers *t, const char *text, char *why, size_t size)
{
	for (const char *at = text;; at++) {
		size_t length = strcspn(at, ",");

		if (!add_word(t, at, length)) {
			snprintf(why, size,
				 "%.*s: a trigger is error, signal, failure, exit or "
				 "slow:FUNCTIONS>TIME",
				 (int)length, at);
			return false;
		}
		at += length;
		if (!*at)
			return true;
	}
}

/* "SET>TIME" */
static bool add_slow(struct col_triggers *t, const struct rd_api *api, const char *text, char *why,
		     size_t size)
{
	struct col_selection selection = { .text = NULL };
	struct col_slow *slow = &t->slow[t->nslow];
	const char *mark = strrchr(text, '>');
	char *set;
	bool good;

	if (!mark || mark == text || !ut_quantity_time(mark + 1, &slow->ns)) {
		snprintf(why, size, "slow:%s: written slow:FUNCTIONS>TIME, as slow:cudaMemcpy>5ms",
			 text);
		return false;
	}
	if (t->nslow == COL_TRIGGERS_SLOW) {
		snprintf(why, size, "slow:%s: more than %d of them", text, COL_TRIGGERS_SLOW);
		return false;
	}
	set = ut_xstrdup(text);
	set[mark - text] = '\0';
	good = col_select(&selection, api, set, why, size);
	memcpy(slow->left_out, selection.left_out, sizeof(slow->left_out));
	t->nslow += good;
	col_selection_free(&selection);
	free(set);
	return good;
}

static void add_text(struct col_triggers *t, const char *text)
{
	size_t before = t->text ? strlen(t->text) : 0, more = strlen(text);

	t->text = ut_xrealloc(t->text, before + more + 2);
	snprintf(t->text + before, more + 2, "%s%s", before ? " " : "", text);
}

bool col_triggers_add(struct col_triggers *t, const struct rd_api *api, const char *text, char *why,
		      size_t size)
{
	static const char slow[] = "slow:";
	bool good = strncmp(text, slow, strlen(slow))
			    ? add_words(t, text, why, size)
			    : add_slow(t, api, text + strlen(slow), why, size);

	if (good)
		add_text(t, text);
	return good;
}

void col_triggers_free(struct col_triggers *t)
{
	free(t->text);
	t->text = NULL;
}

bool col_triggers_at_end(const struct col_triggers *t, int status, char *why, size_t size)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;

	if (t->signal && WIFSIGNALED(status))
		snprintf(why, size, "signal: the command was killed by signal %d (%s)",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (t->signal && code > SHELL_SIGNAL)
		snprintf(why, size,
			 "signal: the command exited with status %d, as of signal %d (%s)", code,
			 code - SHELL_SIGNAL, strsignal(code - SHELL_SIGNAL));
	else if (t->failure && (code || WIFSIGNALED(status)))
		snprintf(why, size, "failure: the command exited with status %d",
			 WIFSIGNALED(status) ? SHELL_SIGNAL + WTERMSIG(status) : code);
	else if (t->exit)
		snprintf(why, size, "exit: the command ended");
	else
		return false;
	return true;
}

/* ---- as they come -------------------------------------------------------------------------- */

/* In the clock of a process. */
static uint64_t nanoseconds(const struct collector *c, uint32_t clock, uint64_t ticks)
{
	const struct ctr_clock_sample *first = &c->session->shared->created;
	const struct ctr_clock_sample *last = &c->watch.sample;

	if (clock != CTR_CLOCK_TSC)
		return ticks;
	if (last->counter <= first->counter || last->monotonic_ns <= first->monotonic_ns)
		return 0;
	return (uint64_t)((double)ticks * (double)(last->monotonic_ns - first->monotonic_ns) /
			  (double)(last->counter - first->counter));
}

static void fire(struct collector *c, const struct col_process *p, const struct col_ring *r,
		 const struct ctr_cell *cell, const char *kind, const char *what)
{
	const struct rd_function *f = rd_api_function(c->stats->api, cell->function);

	if (c->watch.why[0]) {
		c->watch.more++;
		return;
	}
	snprintf(c->watch.why, sizeof(c->watch.why), "%s: %s %s (process %u, thread %u)", kind,
		 f ? f->name : "a call", what, p->pid, r->known.tid);
}

static const struct col_slow *slow_of(const struct col_triggers *t, unsigned int id, uint64_t ns)
{
	for (unsigned int i = 0; i < t->nslow; i++)
		if (id < CTR_SWITCH_FUNCTIONS && ns > t->slow[i].ns &&
		    !(t->slow[i].left_out[id / 8] >> id % 8 & 1))
			return &t->slow[i];
	return NULL;
}

/* True: it is slow. */
static bool look_at_time(struct collector *c, const struct col_process *p, const struct col_ring *r,
			 const struct ctr_cell *cell, uint64_t until, const char *how)
{
	uint64_t ns = until > cell->start ? nanoseconds(c, p->slot_clock, until - cell->start) : 0;
	char what[64];

	if (!slow_of(c->watch.triggers, cell->function, ns))
		return false;
	snprintf(what, sizeof(what), "%s %.3f ms", how, (double)ns / 1e6);
	fire(c, p, r, cell, "slow", what);
	return true;
}

static void look_at_result(struct collector *c, const struct col_process *p,
			   const struct col_ring *r, const struct ctr_cell *cell)
{
	const struct rd_function *f = rd_api_function(c->stats->api, cell->function);
	const char *name;
	char what[96];

	if (!cell->result || !col_stats_is_failure(f, cell->result))
		return;
	name = rd_status_name(f, cell->result);
	snprintf(what, sizeof(what), "answered %d %s", cell->result, name ? name : "");
	fire(c, p, r, cell, "error", what);
}

void col_triggers_look(struct collector *c, const struct col_process *p, const struct col_ring *r,
		       const struct col_run *run)
{
	const struct col_triggers *t = c->watch.triggers;
	const struct ctr_cell *cells = c->batch;

	if (!t->error && !t->nslow)
		return;
	/* Times are told by it: the first ones are looked at before the first poll is over. */
	if (t->nslow && !c->watch.sample.counter)
		c->watch.sample = col_clock_sample(c->session->shared->clock);
	for (uint32_t i = 0; i < run->ncells && cells[i].ncells; i += cells[i].ncells) {
		if (cells[i].function < CTR_FIRST_FUNCTION)
			continue;
		if (t->error)
			look_at_result(c, p, r, &cells[i]);
		/* That it took long was said while it did. */
		if (t->nslow && r->slow_told != run->first + i + 1)
			look_at_time(c, p, r, &cells[i], cells[i].end, "took");
	}
}

/* The oldest that is not complete. Calls within it are not looked at: they are no longer. */
static void look_at_open(struct collector *c, struct col_process *p, struct col_ring *r)
{
	struct col_run run = { .kind = COL_RUN_IN_FLIGHT, .first = r->tail, .ncells = 1 };
	uint64_t number = r->tail;
	struct ctr_cell cell;

	if (r->broken || col_ring_head(r) == number || r->slow_told == number + 1)
		return;
	col_ring_copy(r, &run, &cell);
	if (cell.function < CTR_FIRST_FUNCTION || cell.commit == number + 1)
		return;
	if (look_at_time(c, p, r, &cell,
			 p->slot_clock == CTR_CLOCK_TSC ? c->watch.sample.counter
							: c->watch.sample.monotonic_ns,
			 "has not returned for"))
		r->slow_told = number + 1;
}

void col_triggers_poll(struct collector *c, uint64_t now_ns)
{
	if (!c->watch.triggers->nslow || now_ns < c->watch.next_look_ns)
		return;
	c->watch.next_look_ns = now_ns + LOOK_NS;
	c->watch.sample = col_clock_sample(c->session->shared->clock);
	for (size_t i = 0; i < c->nopen; i++)
		for (size_t k = 0; !c->open[i]->closed && k < c->open[i]->nrings; k++)
			look_at_open(c, c->open[i], c->open[i]->rings[k]);
}
