/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One header of many: what all say is kept, what they count is added up, where they differ all are
 * named, and what one of them is not is not claimed of the whole.
 */
#include <stdlib.h>
#include <string.h>

#include "analysis/merge_internal.h"

/* So many different texts are named. */
#define SHOWN 8

const char *an_merge_source_name(struct an_merge *merge, const struct an_merge_source *source)
{
	const struct ct_header *header = source->header;

	if (!header->world_size)
		return source->input->name;
	/* Of two traces of one rank each has its file's name. */
	for (size_t i = 0; i < merge->nsources; i++) {
		const struct an_merge_source *other = &merge->sources[i];

		if (other != source && other->header->world_size &&
		    other->header->rank == header->rank)
			return source->input->name;
	}
	return ut_arena_printf(&merge->strings, "rank %d", header->rank);
}

/* ---- texts --------------------------------------------------------------------------------- */

static const char *text_at(const struct an_merge_source *source, size_t offset)
{
	const char *text;

	memcpy(&text, (const char *)source->header + offset, sizeof(text));
	return text;
}

/*
 * The texts that the sources have there, each once: "a, b and more"; NULL: none has any. "?" is
 * what a source has that does not know.
 */
static const char *join(struct an_merge *merge, size_t offset)
{
	const char *shown[SHOWN], *text, *joined = NULL, *otherwise = NULL;
	size_t nshown = 0, known;

	for (size_t i = 0; i < merge->nsources; i++) {
		text = text_at(&merge->sources[i], offset);
		if (text && !strcmp(text, "?")) {
			otherwise = text;
			continue;
		}
		for (known = 0; text && known < nshown && strcmp(shown[known], text) != 0; known++)
			continue;
		if (!text || known < nshown)
			continue;
		if (nshown == SHOWN)
			return ut_arena_printf(&merge->strings, "%s and more", joined);
		shown[nshown++] = text;
		joined = joined ? ut_arena_printf(&merge->strings, "%s, %s", joined, text) : text;
	}
	return joined ? joined : otherwise;
}

static void join_texts(struct an_merge *merge)
{
	struct ct_header *header = &merge->header;

	header->tool_version = merge->options.tool_version;
	header->host = join(merge, offsetof(struct ct_header, host));
	header->command = join(merge, offsetof(struct ct_header, command));
	header->runtime_version = join(merge, offsetof(struct ct_header, runtime_version));
	header->driver_version = join(merge, offsetof(struct ct_header, driver_version));
	header->driver_file = join(merge, offsetof(struct ct_header, driver_file));
	header->clock = join(merge, offsetof(struct ct_header, clock));
	header->overflow = join(merge, offsetof(struct ct_header, overflow));
	/* A process says where it ran only if that is not where all did. */
	for (unsigned int i = 0; i < header->nprocesses; i++) {
		struct ct_process_info *info = &header->processes[i];

		if (info->host && !strcmp(info->host, header->host))
			info->host = NULL;
	}
}

/* NULL stands for curtrace, which says so only beside others. */
static void join_lacks(struct an_merge *merge)
{
	bool own = false;

	for (size_t i = 0; i < merge->nsources; i++) {
		merge->header.lacks |= merge->sources[i].header->lacks;
		own |= !merge->sources[i].header->source;
	}
	merge->header.source = join(merge, offsetof(struct ct_header, source));
	if (own && merge->header.source)
		merge->header.source =
			ut_arena_printf(&merge->strings, "curtrace, %s", merge->header.source);
}

/* ---- numbers ------------------------------------------------------------------------------- */

/* Of programs that ended differently the first that failed is told. */
static int32_t join_exits(const struct an_merge *merge)
{
	int32_t status = 0;

	for (size_t i = 0; i < merge->nsources; i++) {
		int32_t own = merge->sources[i].header->exit_status;

		if (own > 0)
			return own;
		if (own < 0)
			status = own;
	}
	return status;
}

/* A rank of the whole only if it is that of every part: HTA takes a file for one rank's. */
static void join_ranks(struct an_merge *merge)
{
	const struct ct_header *first = merge->sources[0].header;

	for (size_t i = 1; i < merge->nsources; i++) {
		if (merge->sources[i].header->rank != first->rank ||
		    merge->sources[i].header->world_size != first->world_size)
			return;
	}
	merge->header.rank = first->rank;
	merge->header.world_size = first->world_size;
}

static void add_counts(struct an_merge *merge)
{
	struct ct_header *header = &merge->header;

	header->complete = true;
	header->start_realtime_ns = UINT64_MAX;
	for (size_t i = 0; i < merge->nsources; i++) {
		const struct ct_header *own = merge->sources[i].header;
		uint64_t start =
			own->start_realtime_ns + (uint64_t)merge->sources[i].input->shift_ns;

		header->calls += own->calls;
		header->recorded += own->recorded;
		header->lost += own->lost;
		header->in_flight += own->in_flight;
		header->complete &= own->complete;
		if (start < header->start_realtime_ns)
			header->start_realtime_ns = start;
	}
}

static bool has_window(const struct an_merge_options *options)
{
	return options->from_ns || options->to_ns != UINT64_MAX;
}

/*
 * Of a window the calls that are in it; when those were made that were lost is not known, so they
 * stay.
 */
static void take_window(struct an_merge *merge)
{
	const struct an_merge_seen *seen = merge->options.seen;
	struct ct_header *header = &merge->header;

	header->recorded = header->in_flight = 0;
	for (unsigned int i = 0; i < header->nprocesses; i++) {
		struct ct_process_info *info = &header->processes[i];

		info->recorded = seen->calls[i];
		info->in_flight = seen->in_flight[i];
		info->calls = info->recorded + info->lost;
		header->recorded += info->recorded;
		header->in_flight += info->in_flight;
	}
	header->calls = header->recorded + header->lost;
}

static void take_seen(struct an_merge *merge)
{
	const struct an_merge_seen *seen = merge->options.seen;

	for (size_t i = 0; seen && i < seen->ninputs; i++) {
		if (*seen->damage[i].text)
			merge->header.complete = false;
	}
	if (seen && has_window(&merge->options))
		take_window(merge);
}

/* ---- stacks -------------------------------------------------------------------------------- */

/* Side by side: a frame is named by its place in its own trace's list, moved on. */
static void join_frames(struct an_merge *merge)
{
	struct ct_header *header = &merge->header;
	struct ct_frame *frames;
	uint64_t total = 0;

	for (size_t i = 0; i < merge->nsources; i++)
		total += merge->sources[i].header->nframes;
	if (!total || total > UINT32_MAX)
		return;
	frames = ut_arena_alloc(&merge->strings, total * sizeof(*frames));
	for (size_t i = 0; i < merge->nsources; i++) {
		struct an_merge_source *source = &merge->sources[i];

		source->first_frame = header->nframes;
		for (uint32_t n = 0; n < source->header->nframes; n++) {
			struct ct_frame *frame = &frames[header->nframes++];

			*frame = source->header->frames[n];
			if (frame->parent)
				frame->parent += source->first_frame;
		}
	}
	header->frames = frames;
}

void an_merge_make_header(struct an_merge *merge)
{
	add_counts(merge);
	merge->header.exit_status = join_exits(merge);
	join_texts(merge);
	join_lacks(merge);
	join_ranks(merge);
	take_seen(merge);
	join_frames(merge);
	an_merge_devices(merge);
	an_merge_facts(merge);
	an_merge_warnings(merge);
}
