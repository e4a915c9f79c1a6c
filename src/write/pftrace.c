/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Perfetto's own form: a sequence of packets, each complete in itself but for the names that
 * packets before it have given numbers to, so that what is left of a cut file opens.
 *
 * A call is a slice on its thread's track: a packet where it begins and one where it ends, with its
 * times as they are, in nanoseconds of CLOCK_REALTIME. What is live of each kind of memory is a
 * counter of its process. There are no flows: nothing here has happened on a GPU.
 */
#include <stdio.h>
#include <stdlib.h>

#include "util/xalloc.h"
#include "write/json_out.h"
#include "write/pftrace.h"

/* ---- packets ------------------------------------------------------------------------------- */

static void out_names(struct pf_trace *w)
{
	size_t packet;

	if (!w->names.used)
		return;
	w->head.used = 0;
	packet = pb_open(&w->head, PF_TRACE_PACKET);
	pb_uint(&w->head, PF_PACKET_SEQUENCE, PF_SEQUENCE);
	pb_uint(&w->head, PF_PACKET_FLAGS, PF_NEEDS_STATE);
	pb_bytes(&w->head, PF_PACKET_INTERNED, w->names.data, w->names.used);
	pb_close(&w->head, packet);
	wr_out_raw(&w->out, w->head.data, w->head.used);
	w->names.used = 0;
}

size_t pf_packet_begin(struct pf_trace *w)
{
	size_t packet;

	w->packet.used = 0;
	packet = pb_open(&w->packet, PF_TRACE_PACKET);
	pb_uint(&w->packet, PF_PACKET_SEQUENCE, PF_SEQUENCE);
	return packet;
}

/* Names that the packet has met for the first time go before it. */
void pf_packet_end(struct pf_trace *w, size_t packet)
{
	pb_close(&w->packet, packet);
	out_names(w);
	wr_out_raw(&w->out, w->packet.data, w->packet.used);
}

uint32_t pf_new_name(struct pf_trace *w, enum pf_names which, const char *text, bool lasting)
{
	static const uint32_t fields[PF_NAMES] = {
		[PF_NAMES_CATEGORY] = PF_INTERNED_CATEGORY, [PF_NAMES_EVENT] = PF_INTERNED_EVENT,
		[PF_NAMES_KEY] = PF_INTERNED_KEY,           [PF_NAMES_VALUE] = PF_INTERNED_VALUE,
		[PF_NAMES_FUNCTION] = PF_INTERNED_FUNCTION, [PF_NAMES_PATH] = PF_INTERNED_PATH,
	};
	bool is_new;
	uint32_t number = wr_intern(&w->interned[which], text, lasting, &is_new);

	if (is_new) {
		size_t entry = pb_open(&w->names, fields[which]);

		pb_uint(&w->names, 1, number);
		pb_string(&w->names, 2, text);
		pb_close(&w->names, entry);
	}
	return number;
}

/* ---- the beginning ------------------------------------------------------------------------- */

/* The one clock: what events and the trace are counted in, and at which time the trace begins. */
static void out_clock(struct pf_trace *w)
{
	size_t packet = pf_packet_begin(w), snapshot, clock, defaults;

	pb_uint(&w->packet, PF_PACKET_TIMESTAMP, w->header->start_realtime_ns);
	pb_uint(&w->packet, PF_PACKET_CLOCK_ID, PF_CLOCK_REALTIME);
	snapshot = pb_open(&w->packet, PF_PACKET_CLOCK_SNAPSHOT);
	clock = pb_open(&w->packet, 1);
	pb_uint(&w->packet, 1, PF_CLOCK_REALTIME);
	pb_uint(&w->packet, 2, w->header->start_realtime_ns);
	pb_close(&w->packet, clock);
	pb_uint(&w->packet, 2, PF_CLOCK_REALTIME);
	pb_close(&w->packet, snapshot);
	pf_packet_end(w, packet);

	packet = pf_packet_begin(w);
	pb_uint(&w->packet, PF_PACKET_FLAGS, PF_STATE_CLEARED | PF_NEEDS_STATE);
	pb_uint(&w->packet, PF_PACKET_FIRST, 1);
	defaults = pb_open(&w->packet, PF_PACKET_DEFAULTS);
	pb_uint(&w->packet, PF_PACKET_CLOCK_ID, PF_CLOCK_REALTIME);
	pb_close(&w->packet, defaults);
	pf_packet_end(w, packet);
}

/* Spread over all 64 bits: tracks of other traces may be shown together with ours. */
uint64_t pf_uuid(const struct pf_trace *w, uint64_t kind, uint64_t number)
{
	uint64_t x = w->header->start_realtime_ns * 0x9e3779b97f4a7c15u ^ kind << 60 ^ number;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	x ^= x >> 31;
	return x ? x : 1;
}

static void out_process(struct pf_trace *w, uint32_t number)
{
	const struct ct_process_info *p = &w->header->processes[number];
	size_t packet = pf_packet_begin(w), track, process;

	track = pb_open(&w->packet, PF_PACKET_TRACK);
	pb_uint(&w->packet, PF_TRACK_UUID, pf_uuid(w, PF_UUID_PROCESS, number));
	process = pb_open(&w->packet, PF_TRACK_PROCESS);
	pb_uint(&w->packet, PF_PROCESS_PID, p->pid);
	pb_uint(&w->packet, PF_PROCESS_SORT_INDEX, number);
	if (p->name)
		pb_string(&w->packet, PF_PROCESS_NAME, p->name);
	pb_close(&w->packet, process);
	pb_close(&w->packet, track);
	pf_packet_end(w, packet);
}

static void *begin(const struct wr_target *target, const struct ct_header *header)
{
	struct pf_trace *w = ut_xcalloc(1, sizeof(*w));

	w->header = header;
	for (int i = 0; i < PF_NAMES; i++)
		w->interned[i].limit = PF_MAX_NAMES;
	wr_out_begin(&w->out, target->fd, target->gz);
	out_clock(w);
	for (uint32_t i = 0; i < header->nprocesses; i++)
		out_process(w, i);
	pf_run(w);
	return w;
}

/* ---- tracks -------------------------------------------------------------------------------- */

static void describe_thread(struct pf_trace *w, struct wr_thread *thread,
			    const struct ct_event *event)
{
	size_t packet = pf_packet_begin(w), track, descriptor;

	thread->uuid = pf_uuid(w, PF_UUID_THREAD, (uint64_t)thread->process << 32 | thread->tid);
	track = pb_open(&w->packet, PF_PACKET_TRACK);
	pb_uint(&w->packet, PF_TRACK_UUID, thread->uuid);
	pb_uint(&w->packet, PF_TRACK_PARENT, pf_uuid(w, PF_UUID_PROCESS, thread->process));
	descriptor = pb_open(&w->packet, PF_TRACK_THREAD);
	pb_uint(&w->packet, PF_THREAD_PID, event->pid);
	pb_uint(&w->packet, PF_THREAD_TID, event->tid);
	if (event->thread_name)
		pb_string(&w->packet, PF_THREAD_NAME, event->thread_name);
	pb_close(&w->packet, descriptor);
	pb_close(&w->packet, track);
	pf_packet_end(w, packet);
	thread->described = true;
}

static uint64_t describe_counter(struct pf_trace *w, const struct wr_live *live)
{
	uint64_t uuid = pf_uuid(w, PF_UUID_COUNTER, w->ncounters);
	size_t packet, track, counter;
	char name[96];

	if (live->device >= 0)
		snprintf(name, sizeof(name), "live memory: %s, device %d", live->memory,
			 live->device);
	else
		snprintf(name, sizeof(name), "live memory: %s", live->memory);
	packet = pf_packet_begin(w);
	track = pb_open(&w->packet, PF_PACKET_TRACK);
	pb_uint(&w->packet, PF_TRACK_UUID, uuid);
	pb_uint(&w->packet, PF_TRACK_PARENT, pf_uuid(w, PF_UUID_PROCESS, live->process));
	pb_string(&w->packet, PF_TRACK_NAME, name);
	counter = pb_open(&w->packet, PF_TRACK_COUNTER);
	pb_uint(&w->packet, PF_COUNTER_UNIT, PF_UNIT_BYTES);
	pb_close(&w->packet, counter);
	pb_close(&w->packet, track);
	pf_packet_end(w, packet);
	return uuid;
}

/* There are few: one for each process, device and kind of memory. */
static uint64_t counter_of(struct pf_trace *w, const struct wr_live *live)
{
	for (size_t i = 0; i < w->ncounters; i++) {
		const struct pf_counter *c = &w->counters[i];

		if (c->process == live->process && c->device == live->device &&
		    c->memory == live->memory)
			return c->uuid;
	}
	ut_grow(&w->counters, &w->counters_capacity, w->ncounters, sizeof(*w->counters));
	w->counters[w->ncounters] = (struct pf_counter){
		.process = live->process,
		.device = live->device,
		.memory = live->memory,
		.uuid = describe_counter(w, live),
	};
	return w->counters[w->ncounters++].uuid;
}

/* ---- events -------------------------------------------------------------------------------- */

static void out_counters(struct pf_trace *w, uint64_t now, const struct wr_detail *detail)
{
	for (size_t i = 0; i < detail->nlive; i++) {
		uint64_t uuid = counter_of(w, &detail->live[i]);
		size_t packet = pf_packet_begin(w), event;

		pb_uint(&w->packet, PF_PACKET_TIMESTAMP, now);
		event = pb_open(&w->packet, PF_PACKET_EVENT);
		pb_uint(&w->packet, PF_EVENT_TYPE, PF_COUNTER);
		pb_uint(&w->packet, PF_EVENT_TRACK, uuid);
		pb_uint(&w->packet, PF_EVENT_COUNTER, detail->live[i].bytes);
		pb_close(&w->packet, event);
		pf_packet_end(w, packet);
	}
}

/* Half of all packets: in one go, as each part is shorter than 128 bytes. */
static void out_end(struct pf_trace *w, uint64_t uuid, uint64_t end_ns)
{
	unsigned char packet[96], *at = packet + 2, *event;

	at = pb_put_uint(at, PF_PACKET_SEQUENCE, PF_SEQUENCE);
	at = pb_put_uint(at, PF_PACKET_TIMESTAMP, end_ns);
	at = pb_put(at, PF_PACKET_EVENT << 3 | PB_BYTES);
	event = ++at;
	at = pb_put_uint(at, PF_EVENT_TYPE, PF_SLICE_END);
	at = pb_put_uint(at, PF_EVENT_TRACK, uuid);
	event[-1] = (unsigned char)(at - event);
	packet[0] = PF_TRACE_PACKET << 3 | PB_BYTES;
	packet[1] = (unsigned char)(at - packet - 2);
	wr_out_raw(&w->out, (const char *)packet, (size_t)(at - packet));
}

static void out_ends(struct pf_trace *w, struct wr_thread *thread, uint64_t now)
{
	const struct wr_open *ended;

	while ((ended = wr_thread_ended(thread, now)))
		out_end(w, thread->uuid, ended->end_ns);
}

/* Up to the categories and the name, which slices and instants have. */
static void out_begin(struct pf_trace *w, const struct wr_thread *thread,
		      const struct ct_event *event, uint32_t type)
{
	pb_uint(&w->packet, PF_EVENT_TYPE, type);
	pb_uint(&w->packet, PF_EVENT_TRACK, thread->uuid);
	if (event->domain && *event->domain) {
		uint32_t category = pf_name(w, PF_NAMES_CATEGORY, event->domain, event->lasting);

		if (category)
			pb_uint(&w->packet, PF_EVENT_CATEGORY, category);
	}
	if (event->name) {
		uint32_t name = pf_name(w, PF_NAMES_EVENT, event->name, event->lasting);

		if (name)
			pb_uint(&w->packet, PF_EVENT_NAME, name);
		else
			pb_string(&w->packet, PF_EVENT_NAME_TEXT, event->name);
	}
}

/* Without a stack or an end. */
static void write_slice(struct pf_trace *w, const struct wr_thread *thread,
			const struct ct_event *event, uint32_t type)
{
	size_t packet = pf_packet_begin(w), slice;

	pb_uint(&w->packet, PF_PACKET_TIMESTAMP, event->start_ns);
	pb_uint(&w->packet, PF_PACKET_FLAGS, PF_NEEDS_STATE);
	slice = pb_open(&w->packet, PF_PACKET_EVENT);
	out_begin(w, thread, event, type);
	pf_annotate_call(w, event, NULL);
	pb_close(&w->packet, slice);
	pf_packet_end(w, packet);
}

static void write_call(struct pf_trace *w, struct wr_thread *thread, const struct ct_event *event,
		       const struct wr_detail *detail)
{
	size_t packet, slice;
	uint32_t stack = pf_stack(w, event->stack);

	packet = pf_packet_begin(w);
	pb_uint(&w->packet, PF_PACKET_TIMESTAMP, event->start_ns);
	pb_uint(&w->packet, PF_PACKET_FLAGS, PF_NEEDS_STATE);
	slice = pb_open(&w->packet, PF_PACKET_EVENT);
	out_begin(w, thread, event, PF_SLICE_BEGIN);
	pf_annotate_call(w, event, detail);
	if (stack)
		pb_uint(&w->packet, PF_EVENT_CALLSTACK, stack);
	pb_close(&w->packet, slice);
	pf_packet_end(w, packet);
	wr_thread_begin(thread, event, 0);
	if (detail && detail->nlive)
		out_counters(w, event->end_ns, detail);
}

/* One that starts and ends need not nest: each has a track of its own. */
static void write_async(struct pf_trace *w, const struct ct_event *event)
{
	uint64_t uuid = pf_uuid(w, PF_UUID_RANGE, (uint64_t)event->process << 40 ^ event->range_id);
	const struct wr_thread track = { .uuid = uuid };
	size_t packet, part;

	if (event->range == CT_RANGE_END) {
		out_end(w, uuid, event->end_ns);
		return;
	}
	packet = pf_packet_begin(w);
	part = pb_open(&w->packet, PF_PACKET_TRACK);
	pb_uint(&w->packet, PF_TRACK_UUID, uuid);
	pb_uint(&w->packet, PF_TRACK_PARENT, pf_uuid(w, PF_UUID_PROCESS, event->process));
	pb_string(&w->packet, PF_TRACK_NAME, event->name);
	pb_close(&w->packet, part);
	pf_packet_end(w, packet);
	write_slice(w, &track, event, PF_SLICE_BEGIN);
}

/* What was pushed is a slice from there to the end of its pop, by its own name. */
static void write_range(struct pf_trace *w, struct wr_thread *thread, const struct ct_event *event)
{
	struct ct_event named = *event;

	if (*event->range_name)
		named.name = event->range_name;
	named.lasting = false;
	switch (event->range) {
	case CT_RANGE_PUSH:
		if (event->range_end_ns > event->end_ns)
			named.end_ns = event->range_end_ns;
		write_call(w, thread, &named, NULL);
		break;
	case CT_RANGE_MARK:
		write_slice(w, thread, &named, PF_INSTANT);
		break;
	case CT_RANGE_START:
	case CT_RANGE_END:
		write_async(w, &named);
		break;
	default:
		break;
	}
}

static void write_loss(struct pf_trace *w, struct wr_thread *thread, const struct ct_event *event)
{
	struct ct_event named = *event;
	size_t packet, instant;

	named.name = "lost calls";
	named.domain = "curtrace";
	named.lasting = false;
	packet = pf_packet_begin(w);
	pb_uint(&w->packet, PF_PACKET_TIMESTAMP, event->start_ns);
	pb_uint(&w->packet, PF_PACKET_FLAGS, PF_NEEDS_STATE);
	instant = pb_open(&w->packet, PF_PACKET_EVENT);
	out_begin(w, thread, &named, PF_INSTANT);
	pf_annotate_loss(w, event);
	pb_close(&w->packet, instant);
	pf_packet_end(w, packet);
}

static int write_event(void *writer, const struct ct_event *event, const struct wr_detail *detail)
{
	struct pf_trace *w = writer;
	struct wr_thread *thread = wr_threads_get(&w->threads, event);

	out_ends(w, thread, event->start_ns);
	if (!thread->described || event->type == CT_EVENT_THREAD)
		describe_thread(w, thread, event);
	if (event->type == CT_EVENT_CALL && event->layer == CT_LAYER_NVTX)
		write_range(w, thread, event);
	else if (event->type == CT_EVENT_CALL)
		write_call(w, thread, event, detail);
	else if (event->type == CT_EVENT_LOSS)
		write_loss(w, thread, event);
	return w->out.error;
}

static int end(void *writer)
{
	struct pf_trace *w = writer;
	int error;

	for (size_t i = 0; i < w->threads.count; i++)
		out_ends(w, &w->threads.list[i], UINT64_MAX);
	error = wr_out_end(&w->out);
	wr_threads_free(&w->threads);
	for (int i = 0; i < PF_NAMES; i++)
		wr_intern_free(&w->interned[i]);
	pf_stacks_free(w);
	wr_text_free(&w->packet);
	wr_text_free(&w->names);
	wr_text_free(&w->head);
	wr_text_free(&w->scratch);
	free(w->counters);
	free(w);
	return error;
}

static const char *const endings[] = { ".pftrace", ".perfetto-trace", NULL };

extern const struct wr_format wr_format_pftrace;
const struct wr_format wr_format_pftrace = {
	.name = "pftrace",
	.endings = endings,
	.needs = WR_NEEDS_ARGS | WR_NEEDS_LABELS | WR_NEEDS_CALLER | WR_NEEDS_DETAIL |
		 WR_NEEDS_RANGES,
	.begin = begin,
	.event = write_event,
	.end = end,
};
