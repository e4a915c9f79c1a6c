/* SPDX-License-Identifier: Apache-2.0 */
/* To which member of a group a call belongs. */
#include "analysis/statistics_keys.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/findings_detect.h"
#include "analysis/statistics_hash.h"

#define UNKNOWN_MODULE "(not known)"

/* ---- names --------------------------------------------------------------------------------- */

/* An address stands for its text as long as that lives: see ct_event.lasting. */
static uint32_t number_of_text(struct an_texts *texts, const char *text, bool lasting)
{
	uint32_t *known, number;

	if (!lasting)
		return rd_names_number(&texts->names, text);
	known = ut_map_get(&texts->by_address, (uint64_t)(uintptr_t)text);
	if (known)
		return *known;
	number = rd_names_number(&texts->names, text);
	ut_map_put(&texts->by_address, (uint64_t)(uintptr_t)text, number);
	return number;
}

static void free_texts(struct an_texts *texts)
{
	rd_names_free(&texts->names);
	ut_map_free(&texts->by_address);
}

/* ---- threads ------------------------------------------------------------------------------- */

static struct an_thread *add_thread(struct an_keys *keys, const struct ct_event *event,
				    uint64_t key)
{
	struct an_thread *thread = ut_xcalloc(1, sizeof(*thread));

	thread->process = event->process;
	thread->pid = event->pid;
	thread->tid = event->tid;
	ut_grow(&keys->threads, &keys->threads_capacity, keys->nthreads, sizeof(*keys->threads));
	keys->threads[keys->nthreads++] = thread;
	thread->number = (uint32_t)keys->nthreads;
	ut_map_put(&keys->thread_index, key, thread->number);
	return thread;
}

struct an_thread *an_keys_find_thread(struct an_keys *keys, const struct ct_event *event)
{
	uint64_t key = (uint64_t)event->process << 32 | event->tid;
	uint32_t *known = ut_map_get(&keys->thread_index, key);
	struct an_thread *last;

	last = known ? keys->threads[*known - 1] : add_thread(keys, event, key);
	if (event->thread_name && *event->thread_name &&
	    (!last->name || strcmp(last->name, event->thread_name) != 0))
		last->name = ut_arena_strdup(&keys->strings, event->thread_name);
	keys->last_thread = last;
	return last;
}

/* ---- streams ------------------------------------------------------------------------------- */

/* The handles that mean a stream without one having been made. */
enum {
	STREAM_NULL,
	STREAM_LEGACY,
	STREAM_PER_THREAD,
	SPECIAL_STREAMS
};

/* The default streams are another one on each device, and per-thread ones in each thread. */
static uint64_t stream_key(const struct an_seen *seen, uint64_t stream)
{
	if (stream >= SPECIAL_STREAMS)
		return an_hash_mix(stream, seen->event->process);
	if (stream == STREAM_PER_THREAD)
		return an_hash_mix(an_hash_mix(stream, seen->thread->number),
				   (uint32_t)seen->thread->device);
	return an_hash_mix(an_hash_mix(STREAM_NULL, seen->event->process),
			   (uint32_t)seen->thread->device);
}

static const char *stream_name(struct an_keys *keys, const struct an_seen *seen, uint64_t stream)
{
	char name[64], device[32] = "", process[32] = "";

	if (seen->thread->device > 0)
		snprintf(device, sizeof(device), ", device %" PRId32, seen->thread->device);
	if (keys->header->nprocesses > 1)
		snprintf(process, sizeof(process), "%" PRIu32 " ", seen->event->pid);
	if (stream >= SPECIAL_STREAMS)
		an_state_handle(keys->state, seen->event->process, "stream", stream, name,
				sizeof(name));
	else if (stream == STREAM_PER_THREAD)
		snprintf(name, sizeof(name), "per-thread of %" PRIu32 "%s", seen->event->tid,
			 device);
	else
		snprintf(name, sizeof(name), "legacy default%s", device);
	return ut_arena_printf(&keys->strings, "%s%s", process, name);
}

static bool stream_of(const struct an_seen *seen, uint64_t *stream)
{
	const struct an_effect *effect = seen->effect;

	if (effect->kind == AN_EFFECT_NONE)
		return false;
	if (effect->kind == AN_EFFECT_WAIT && effect->waits_for == AN_WAIT_STREAM) {
		*stream = effect->handle;
		return true;
	}
	*stream = effect->stream;
	return effect->has_stream;
}

static uint32_t number_of_stream(struct an_keys *keys, const struct an_seen *seen)
{
	uint64_t stream, key;
	uint32_t *known;

	if (!stream_of(seen, &stream) || keys->header->lacks & CT_LACKS_ARGUMENTS)
		return 0;
	key = stream_key(seen, stream);
	known = ut_map_get(&keys->stream_index, key);
	if (known && *known)
		return *known;
	ut_grow(&keys->streams, &keys->streams_capacity, keys->nstreams, sizeof(*keys->streams));
	keys->streams[keys->nstreams++] = stream_name(keys, seen, stream);
	ut_map_put(&keys->stream_index, key, (uint32_t)keys->nstreams);
	return (uint32_t)keys->nstreams;
}

void an_keys_forget_stream(struct an_keys *keys, const struct an_seen *seen)
{
	uint64_t key = stream_key(seen, seen->effect->handle);

	keys->streams_forgotten++;
	if (ut_map_get(&keys->stream_index, key))
		ut_map_put(&keys->stream_index, key, 0);
}

/* ---- the other groups ---------------------------------------------------------------------- */

/* One without a name goes by what the call was given. */
static uint32_t number_of_kernel(struct an_keys *keys, const struct an_seen *seen)
{
	const struct an_effect *effect = seen->effect;
	uint32_t *known;
	uint64_t key;
	char name[32];

	if (effect->kind != AN_EFFECT_LAUNCH)
		return 0;
	if (effect->kernel)
		return number_of_text(&keys->kernels, effect->kernel, seen->event->lasting);
	if (keys->header->lacks & CT_LACKS_ARGUMENTS)
		return 0;
	key = an_hash_mix(effect->kernel_key, seen->event->process);
	known = ut_map_get(&keys->kernels_by_key, key);
	if (known)
		return *known;
	snprintf(name, sizeof(name), "kernel 0x%" PRIx64, effect->kernel_key);
	ut_map_put(&keys->kernels_by_key, key, rd_names_number(&keys->kernels.names, name));
	return *ut_map_get(&keys->kernels_by_key, key);
}

static uint32_t number_of_function(struct an_keys *keys, const struct ct_event *event)
{
	const char **name = an_array_at(&keys->functions, event->function, sizeof(*name));

	if (!*name)
		*name = ut_arena_strdup(&keys->strings, event->name);
	return event->function;
}

/* A JSON trace holds no domains: those of the table are as good. */
static uint32_t find_domain(struct an_keys *keys, const struct ct_event *event)
{
	const char *domain = event->domain;
	const struct an_function *function;

	if (!domain || !*domain) {
		function = an_function(event->name);
		domain = function ? function->domain : UNKNOWN_MODULE;
	}
	return rd_names_number(&keys->domains.names, domain);
}

static uint32_t number_of_domain(struct an_keys *keys, const struct ct_event *event)
{
	uint32_t *domain = an_array_at(&keys->domain_of, event->function, sizeof(*domain));

	if (!*domain)
		*domain = find_domain(keys, event);
	return *domain;
}

static uint32_t number_of_module(struct an_keys *keys, const struct ct_event *event)
{
	if (!event->caller_module)
		return rd_names_number(&keys->modules.names, UNKNOWN_MODULE);
	return number_of_text(&keys->modules, event->caller_module, event->lasting);
}

uint32_t an_keys_of(struct an_keys *keys, enum an_group group, const struct an_seen *seen)
{
	switch (group) {
	case AN_BY_FUNCTION:
		return number_of_function(keys, seen->event);
	case AN_BY_KERNEL:
		return number_of_kernel(keys, seen);
	case AN_BY_DIRECTION:
		return seen->traffic < AN_TRAFFICS ? seen->traffic + 1 : 0;
	case AN_BY_STREAM:
		return number_of_stream(keys, seen);
	case AN_BY_THREAD:
		return seen->thread->number;
	case AN_BY_PROCESS:
		return seen->event->process + 1;
	case AN_BY_MODULE:
		return number_of_module(keys, seen->event);
	case AN_BY_CALLER:
		return an_spots_number(&keys->spots, seen->event) + 1;
	case AN_BY_DOMAIN:
		return number_of_domain(keys, seen->event);
	case AN_BY_RANGE:
		return seen->range;
	default:
		return 0;
	}
}

/* ---- what people read ---------------------------------------------------------------------- */

static const char *process_name(struct an_keys *keys, uint32_t number)
{
	const struct ct_header *header = keys->header;

	if (!number || number > header->nprocesses)
		return UNKNOWN_MODULE;
	return ut_arena_printf(
		&keys->strings, "%" PRIu32 " %s", header->processes[number - 1].pid,
		header->processes[number - 1].name ? header->processes[number - 1].name : "");
}

static const char *thread_name(struct an_keys *keys, uint32_t number)
{
	const struct an_thread *thread = keys->threads[number - 1];

	return ut_arena_printf(&keys->strings, "%" PRIu32 "/%" PRIu32 " %s", thread->pid,
			       thread->tid, thread->name ? thread->name : "");
}

static const char *caller_name(struct an_keys *keys, uint32_t number)
{
	const struct an_spot *spot = an_spots_get(&keys->spots, number - 1);
	char text[512];

	if (!spot)
		return UNKNOWN_MODULE;
	return ut_arena_strdup(&keys->strings, an_spot_text(spot, text, sizeof(text)));
}

const char *an_keys_name(struct an_keys *keys, enum an_group group, uint32_t number)
{
	switch (group) {
	case AN_BY_FUNCTION:
		return ((const char **)keys->functions.data)[number];
	case AN_BY_KERNEL:
		return rd_names_text(&keys->kernels.names, number);
	case AN_BY_DIRECTION:
		return an_traffic_name(number - 1);
	case AN_BY_STREAM:
		return keys->streams[number - 1];
	case AN_BY_THREAD:
		return thread_name(keys, number);
	case AN_BY_PROCESS:
		return process_name(keys, number);
	case AN_BY_MODULE:
		return rd_names_text(&keys->modules.names, number);
	case AN_BY_CALLER:
		return caller_name(keys, number);
	case AN_BY_DOMAIN:
		return rd_names_text(&keys->domains.names, number);
	case AN_BY_RANGE:
		return rd_names_text(&keys->ranges, number);
	default:
		return UNKNOWN_MODULE;
	}
}

void an_keys_free(struct an_keys *keys)
{
	for (size_t i = 0; i < keys->nthreads; i++)
		free(keys->threads[i]);
	free(keys->threads);
	free(keys->domain_of.data);
	free(keys->streams);
	free(keys->functions.data);
	ut_map_free(&keys->thread_index);
	ut_map_free(&keys->kernels_by_key);
	ut_map_free(&keys->stream_index);
	free_texts(&keys->kernels);
	free_texts(&keys->modules);
	free_texts(&keys->domains);
	rd_names_free(&keys->ranges);
	an_spots_free(&keys->spots);
	ut_arena_free(&keys->strings);
}
