/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Following the switches. Changes are made by us, by the program and by other tools; each leaves a
 * line in the session's page, of which there are many more than happen between two looks.
 */
#include "collect/switches.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "collect/clock.h"
#include "collect/internal.h"
#include "curtrace/switches.h"
#include "util/xalloc.h"

static void change(struct collector *c, uint64_t set, uint64_t clear, int ranges, uint64_t now_ns)
{
	ctr_switches_change(c->session->switches, set, clear, ranges, now_ns, (uint32_t)getpid());
}

/* Times in the trace are told from here. */
static uint64_t origin_ns(const struct collector *c)
{
	return c->session->shared->created.monotonic_ns;
}

void col_switches_begin(struct collector *c)
{
	struct col_switches *s = &c->switches;

	s->on = !c->session->switches || ctr_switches_on(c->session->switches->initial);
	s->began_off = !s->on;
	s->since_ns = origin_ns(c);
	if (s->on)
		s->first_on_ns = s->since_ns;
}

void col_switches_time(struct collector *c, uint64_t delay_ns, uint64_t duration_ns)
{
	struct col_switches *s = &c->switches;

	if (delay_ns && __builtin_add_overflow(c->began_ns, delay_ns, &s->delay_ends_ns))
		s->delay_ends_ns = UINT64_MAX;
	s->duration_ns = duration_ns;
}

static void note(struct col_switches *s, uint64_t ns, bool on)
{
	if (on == s->on)
		return;
	/* Processes note their times before they have the right to a place in the list. */
	if (ns < s->since_ns)
		ns = s->since_ns;
	if (s->on)
		s->on_ns += ns - s->since_ns;
	else if (!s->first_on_ns)
		s->first_on_ns = ns;
	s->on = on;
	s->since_ns = ns;
	if (s->ntold < COL_SWITCHES_TOLD)
		s->told[s->ntold] = (struct col_switch_change){ .ns = ns, .on = on };
	s->ntold++;
}

/*
 * A line that is being written now, or was written over, is passed by: the state itself has the
 * last word. Whoever changed it may have died before the line was written or the gates were set.
 */
static void follow(struct collector *c, uint64_t now_ns)
{
	struct ctr_switches *shared = c->session->switches;
	struct col_switches *s = &c->switches;
	uint64_t changes = __atomic_load_n(&shared->changes, __ATOMIC_ACQUIRE);
	bool on = ctr_switches_on(__atomic_load_n(&shared->state, __ATOMIC_RELAXED));

	if (changes == s->seen && on == s->on)
		return;
	if (changes - s->seen > CTR_SWITCH_CHANGES)
		s->seen = changes - CTR_SWITCH_CHANGES;
	while (s->seen < changes) {
		const struct ctr_switch_change *line =
			&shared->change[++s->seen % CTR_SWITCH_CHANGES];
		/* Pairs with the release of who wrote it. */
		uint32_t number = __atomic_load_n(&line->number, __ATOMIC_ACQUIRE);

		if (number >> 1 == (uint32_t)s->seen << 1 >> 1)
			note(s, __atomic_load_n(&line->monotonic_ns, __ATOMIC_RELAXED), number & 1);
	}
	note(s, now_ns, on);
	ctr_switches_apply(shared);
}

static bool due(uint64_t at_ns, uint64_t now_ns, uint64_t *next_ns)
{
	if (at_ns <= now_ns)
		return true;
	if (at_ns < *next_ns)
		*next_ns = at_ns;
	return false;
}

unsigned int col_switches_poll(struct collector *c, uint64_t now_ns)
{
	struct col_switches *s = &c->switches;
	uint64_t next_ns = now_ns + 1000000000, end_ns;

	if (!c->session->switches)
		return 1000000;
	if (s->delay_ends_ns && due(s->delay_ends_ns, now_ns, &next_ns)) {
		s->delay_ends_ns = 0;
		change(c, 0, CTR_SWITCH_DELAY, 0, now_ns);
	}
	follow(c, now_ns);
	/* It counts from when there was something to record for the first time. */
	if (s->duration_ns && s->first_on_ns) {
		if (__builtin_add_overflow(s->first_on_ns, s->duration_ns, &end_ns))
			end_ns = UINT64_MAX;
		if (due(end_ns, now_ns, &next_ns)) {
			s->duration_ns = 0;
			change(c, CTR_SWITCH_DURATION, 0, 0, now_ns);
			follow(c, now_ns);
		}
	}
	return (unsigned int)((next_ns - now_ns) / 1000) + 1;
}

void col_switches_leave(struct collector *c, const struct col_process *p)
{
	struct ctr_process *slot = &c->session->slots[p->slot - c->session->slots];

	if (c->session->switches && !c->keep_files &&
	    __atomic_exchange_n(&slot->in_range, 0, __ATOMIC_RELAXED))
		change(c, 0, 0, -1, col_clock_monotonic_ns());
}

/* That it is off from then on goes without saying. */
void col_switches_end(struct collector *c)
{
	uint64_t now_ns = col_clock_monotonic_ns();

	if (!c->session->switches)
		return;
	follow(c, now_ns);
	if (c->switches.on)
		c->switches.on_ns += now_ns - c->switches.since_ns;
	c->switches.since_ns = now_ns;
	change(c, CTR_SWITCH_ENDED, 0, 0, now_ns);
}

bool col_switches_varied(const struct col_switches *s)
{
	return s->began_off || s->ntold;
}

char *col_switches_text(const struct collector *c)
{
	const struct col_switches *s = &c->switches;
	size_t size;
	char *text;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return ut_xstrdup("?");
	if (s->began_off)
		fputs("off", f);
	for (size_t i = 0; i < s->ntold && i < COL_SWITCHES_TOLD; i++)
		fprintf(f, "%s%s at %.6f s", i || s->began_off ? ", " : "",
			s->told[i].on ? "on" : "off", (double)(s->told[i].ns - origin_ns(c)) / 1e9);
	if (s->ntold > COL_SWITCHES_TOLD)
		fprintf(f, ", and %zu times more", s->ntold - COL_SWITCHES_TOLD);
	fclose(f);
	return text;
}
