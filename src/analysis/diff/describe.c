/* SPDX-License-Identifier: Apache-2.0 */
/* What single calls were: another walk over the trace, for those that a report speaks of. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/side_own.h"
#include "util/xalloc.h"

#define MOST_FRAMES 64

void df_own_free(struct df_own *own)
{
	while (own && own->described) {
		struct df_described *described = own->described;

		own->described = described->next;
		ut_arena_free(&described->strings);
		free(described->list);
		free(described);
	}
	if (!own)
		return;
	/* The array of lanes goes with them. */
	df_lanes_end(&own->lanes);
	free(own->path);
	free(own);
}

/* ---- places -------------------------------------------------------------------------------- */

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* step(int) [train+0x1234]; NULL: nothing is known. */
static const char *place(struct ut_arena *strings, const char *function, const char *module,
			 uint64_t offset, uint64_t address)
{
	if (function && module)
		return ut_arena_printf(strings, "%s [%s+0x%" PRIx64 "]", function, base_of(module),
				       offset);
	if (function)
		return ut_arena_strdup(strings, function);
	if (module)
		return ut_arena_printf(strings, "%s+0x%" PRIx64, base_of(module), offset);
	return address ? ut_arena_printf(strings, "0x%" PRIx64, address) : NULL;
}

static const char **stack_of(struct ut_arena *strings, const struct ct_header *header,
			     uint32_t frame)
{
	const char *texts[MOST_FRAMES], **stack, *text;
	size_t count = 0;

	for (; frame && frame <= header->nframes && count < MOST_FRAMES;
	     frame = header->frames[frame - 1].parent) {
		const struct ct_frame *at = &header->frames[frame - 1];

		text = place(strings, at->function, at->module, at->offset, at->address);
		texts[count++] = text ? text : "?";
	}
	if (!count)
		return NULL;
	stack = ut_arena_alloc(strings, (count + 1) * sizeof(*stack));
	memcpy(stack, texts, count * sizeof(*stack));
	stack[count] = NULL;
	return stack;
}

/* ---- calls --------------------------------------------------------------------------------- */

static const char *value_text(struct ut_arena *strings, const struct df_value *value)
{
	size_t length = df_value_text(value, NULL, 0);
	char *text = ut_arena_alloc(strings, length + 1);

	df_value_text(value, text, length + 1);
	return text;
}

static const char *call_text(struct ut_arena *strings, const struct df_canonical *call,
			     size_t (*write)(const struct df_canonical *, char *, size_t))
{
	size_t length = write(call, NULL, 0);
	char *text = ut_arena_alloc(strings, length + 1);

	write(call, text, length + 1);
	return text;
}

static void describe(struct ut_arena *strings, const struct df_walk *walk,
		     struct df_description *description)
{
	const struct df_canonical *call = &walk->call;
	const struct ct_event *event = &walk->event;

	description->text = call_text(strings, call, df_canonical_text);
	description->result = call_text(strings, call, df_result_text);
	description->start_ns = event->start_ns;
	description->nargs = call->nvalues;
	description->names = ut_arena_alloc(strings, (call->nvalues + 1) * sizeof(char *));
	description->values = ut_arena_alloc(strings, (call->nvalues + 1) * sizeof(char *));
	for (unsigned int i = 0; i < call->nvalues; i++) {
		description->names[i] = ut_arena_strdup(strings, call->values[i].name);
		description->values[i] = value_text(strings, &call->values[i]);
	}
	description->caller = place(strings, event->caller_function, event->caller_module,
				    event->caller_offset, event->caller);
	description->stack = stack_of(strings, walk->header, event->stack);
}

static void describe_all(struct df_described *described, struct df_walk *walk, size_t count)
{
	struct df_description *next = described->list, *end = next + count;

	while (next < end && df_walk_next(walk)) {
		while (next < end && next->ordinal < walk->event.ordinal)
			next++;
		/* One that is asked for twice is told twice. */
		for (; next < end && next->ordinal == walk->event.ordinal; next++) {
			if (walk->event.type == CT_EVENT_CALL)
				describe(&described->strings, walk, next);
		}
	}
}

static struct df_described *described_new(struct df_own *own, const uint64_t *ordinals,
					  size_t count)
{
	struct df_described *described = ut_xcalloc(1, sizeof(*described));

	described->list = ut_xcalloc(count + 1, sizeof(*described->list));
	for (size_t i = 0; i < count; i++) {
		described->list[i].ordinal = ordinals[i];
		described->list[i].text = described->list[i].result = "";
	}
	described->next = own->described;
	own->described = described;
	return described;
}

const struct df_description *df_side_describe(struct df_side *side, const uint64_t *ordinals,
					      size_t count)
{
	struct df_own *own = side->own ? side->own : (side->own = ut_xcalloc(1, sizeof(*own)));
	struct df_described *described = described_new(own, ordinals, count);
	struct df_walk walk;
	char why[320];

	if (!count || !own->path ||
	    !df_walk_begin(&walk, own->path, RD_WANT_ALL, own->load.identities, why, sizeof(why)))
		return described->list;
	describe_all(described, &walk, count);
	df_walk_end(&walk);
	return described->list;
}
