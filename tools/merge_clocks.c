/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Putting traces on one time, and saying how good that is. A trace's times are those of its host's
 * clock. Traces of one host share it; how far those of two hosts agree, the kernels knew when the
 * traces were recorded, if something kept their clocks. Nothing is measured from the calls.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "merge.h"
#include "show.h"
#include "util/message.h"

/* A clock that was set meanwhile, and not only the time between two readings. */
#define STEP_NS 100000

static const char *fact(const struct ct_header *header, const char *name)
{
	for (unsigned int i = 0; i < header->nfacts; i++) {
		if (!strcmp(header->facts[i].name, name))
			return header->facts[i].value;
	}
	return NULL;
}

static const struct ct_header *header_of(const struct merging *m, size_t number)
{
	return rd_header(m->inputs[number].trace);
}

/* Of one machine since it was started, or at least of one name. */
static bool is_one_host(const struct ct_header *a, const struct ct_header *b)
{
	const char *boot_a = fact(a, "boot_id"), *boot_b = fact(b, "boot_id");

	if (boot_a && boot_b)
		return !strcmp(boot_a, boot_b);
	return strcmp(a->host, "?") != 0 && !strcmp(a->host, b->host);
}

/* The first trace of the same host. */
static size_t first_of_host(const struct merging *m, size_t number)
{
	size_t i = 0;

	while (i < number && !is_one_host(header_of(m, i), header_of(m, number)))
		i++;
	return i;
}

/* ---- how good it is ------------------------------------------------------------------------ */

/* The kernel's bound, if something keeps the clock; 0: not known. */
static uint64_t max_error_ns(const struct ct_header *header)
{
	const char *synchronised = fact(header, "clock_synchronised");
	const char *error = fact(header, "clock_max_error_us");

	if (!synchronised || strcmp(synchronised, "true") != 0 || !error)
		return 0;
	return strtoull(error, NULL, 10) * 1000;
}

static void say_hosts(struct merging *m)
{
	uint64_t largest = 0, second = 0;
	size_t hosts = 0, unknown = 0;

	for (size_t i = 0; i < m->nsources; i++) {
		uint64_t error = max_error_ns(header_of(m, i));

		if (first_of_host(m, i) != i)
			continue;
		hosts++;
		unknown += !error;
		if (error > largest) {
			second = largest;
			largest = error;
		} else if (error > second) {
			second = error;
		}
	}
	if (hosts < 2)
		m->clocks = "one host's clock: times of different traces compare to a few "
			    "microseconds";
	else if (unknown)
		m->clocks = ut_arena_printf(
			&m->strings,
			"clocks of %zu hosts, %zu of them not known to be kept right: how far "
			"times of different hosts compare is not known",
			hosts, unknown);
	else
		m->clocks = ut_arena_printf(
			&m->strings,
			"clocks of %zu hosts, kept right: by their kernels' own bounds at the "
			"start, times of two hosts compare to %.3f ms",
			hosts, (double)(largest + second) / 1e6);
}

static void say_more(struct merging *m, const char *more)
{
	m->clocks = ut_arena_printf(&m->strings, "%s; %s", m->clocks, more);
}

/* ---- realtime ------------------------------------------------------------------------------ */

/* Between two recordings of a host its clock was set: its monotonic one was not. */
static void undo_step(struct merging *m, size_t number)
{
	const struct ct_header *first = header_of(m, first_of_host(m, number));
	const struct ct_header *own = header_of(m, number);
	const char *from = fact(first, "start_monotonic_ns"), *to = fact(own, "start_monotonic_ns");
	int64_t step;

	if (first == own || !from || !to || !fact(first, "boot_id") || !fact(own, "boot_id"))
		return;
	step = (int64_t)((first->start_realtime_ns - strtoull(from, NULL, 10)) -
			 (own->start_realtime_ns - strtoull(to, NULL, 10)));
	if (step > -STEP_NS && step < STEP_NS)
		return;
	m->inputs[number].shift_ns += step;
	say_more(m, ut_arena_printf(&m->strings, "%s's clock was set by %.3f ms before %s",
				    own->host, -(double)step / 1e6, m->inputs[number].name));
}

/* The start of the earliest trace that knows when it was; if none does, of the earliest. */
static uint64_t earliest(const struct merging *m)
{
	uint64_t start = UINT64_MAX, any = UINT64_MAX;

	for (size_t i = 0; i < m->nsources; i++) {
		const struct ct_header *header = header_of(m, i);

		if (header->start_realtime_ns < any)
			any = header->start_realtime_ns;
		if (!(header->lacks & CT_LACKS_REALTIME) && header->start_realtime_ns < start)
			start = header->start_realtime_ns;
	}
	return start == UINT64_MAX ? any : start;
}

static void move_to(struct merging *m, size_t number, uint64_t start)
{
	m->inputs[number].shift_ns = (int64_t)(start - header_of(m, number)->start_realtime_ns);
}

static void align_realtime(struct merging *m)
{
	uint64_t start = earliest(m);

	m->align_name = "realtime";
	say_hosts(m);
	for (size_t i = 0; i < m->nsources; i++) {
		if (!(header_of(m, i)->lacks & CT_LACKS_REALTIME)) {
			undo_step(m, i);
			continue;
		}
		move_to(m, i, start);
		say_more(m, ut_arena_printf(&m->strings,
					    "%s has no wall-clock times and was put at the start",
					    m->inputs[i].name));
	}
}

/* ---- the other ways ------------------------------------------------------------------------ */

static void align_start(struct merging *m)
{
	uint64_t start = earliest(m);

	m->align_name = "start";
	m->clocks = "every trace was put at one start: which of two events of different traces "
		    "was first is not known";
	for (size_t i = 0; i < m->nsources; i++)
		move_to(m, i, start);
}

static bool has_name(const struct merging *m, size_t number, const char *name)
{
	return !strcmp(m->sources[number].path, name) || !strcmp(m->inputs[number].name, name);
}

/* By the whole path or the file's name, of which there must be one. */
static bool apply_offset(struct merging *m, const struct merge_offset *offset)
{
	size_t found = m->nsources;

	for (size_t i = 0; i < m->nsources; i++) {
		if (!has_name(m, i, offset->file))
			continue;
		if (found != m->nsources) {
			ut_warn("merge: --align offset=%s: two traces are called so: use a path",
				offset->file);
			return false;
		}
		found = i;
	}
	if (found == m->nsources) {
		ut_warn("merge: --align offset=%s: no trace here is called so", offset->file);
		return false;
	}
	m->inputs[found].shift_ns += offset->ns;
	say_more(m, ut_arena_printf(&m->strings, "%s was moved by %+" PRId64 " ns as asked",
				    m->inputs[found].name, offset->ns));
	return true;
}

bool merge_align(struct merging *m)
{
	if (m->align == MERGE_ALIGN_START)
		align_start(m);
	else
		align_realtime(m);
	for (size_t i = 0; i < m->noffsets; i++) {
		if (!apply_offset(m, &m->offsets[i]))
			return false;
	}
	return true;
}
