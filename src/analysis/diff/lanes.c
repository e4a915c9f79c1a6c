/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads as lanes. A lane is numbered within its process by its first call and called by its name,
 * and chance has a part in both: other lanes know of it no more than whether it is the main thread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/walk.h"
#include "util/xalloc.h"

void df_lanes_begin(struct df_lanes *lanes, const struct ct_header *header)
{
	*lanes = (struct df_lanes){ .header = header };
	lanes->threads = ut_xcalloc(header->nprocesses + 1, sizeof(*lanes->threads));
}

static const char *program_of(const struct df_lanes *lanes, uint32_t process)
{
	const char *name = NULL;

	if (process < lanes->header->nprocesses)
		name = lanes->header->processes[process].name;
	return name ? name : "";
}

/* The system cuts a thread's name off at 15 characters. */
static bool is_programs(const char *name, const char *program)
{
	size_t length = strlen(name);

	return !length || !strcmp(name, program) || (length == 15 && !strncmp(name, program, 15));
}

/* Threads are often given their names by others, while they make their first calls. */
static const char *known_as(const struct ct_event *event)
{
	return event->tid == event->pid ? "main thread" : "another thread";
}

static uint32_t add_lane(struct df_lanes *lanes, const struct ct_event *event)
{
	struct df_lane *lane;
	uint32_t process = event->process < lanes->header->nprocesses ? event->process
								      : lanes->header->nprocesses;

	ut_grow(&lanes->list, &lanes->capacity, lanes->count, sizeof(*lanes->list));
	ut_grow(&lanes->tids, &lanes->tids_capacity, lanes->count, sizeof(*lanes->tids));
	ut_grow(&lanes->names, &lanes->names_capacity, lanes->count, sizeof(*lanes->names));
	lane = &lanes->list[lanes->count];
	*lane = (struct df_lane){
		.process = event->process,
		.thread = ++lanes->threads[process],
		.name = "",
		.role = "",
		.first_ordinal = event->ordinal,
	};
	lanes->tids[lanes->count] = event->tid;
	lanes->names[lanes->count] =
		ut_arena_strdup(&lanes->strings, event->thread_name ? event->thread_name : "");
	return (uint32_t)lanes->count++;
}

uint32_t df_lanes_of(struct df_lanes *lanes, const struct ct_event *event, const char **known)
{
	uint64_t key = (uint64_t)event->process << 32 | event->tid;
	const uint32_t *number;

	*known = NULL;
	if (lanes->count && event->tid == lanes->last_tid && event->process == lanes->last_process)
		return lanes->last;
	number = ut_map_get(&lanes->index, key);
	if (number) {
		lanes->last = *number;
	} else {
		lanes->last = add_lane(lanes, event);
		ut_map_put(&lanes->index, key, lanes->last);
		*known = known_as(event);
	}
	lanes->last_tid = event->tid;
	lanes->last_process = event->process;
	return lanes->last;
}

/* ---- names --------------------------------------------------------------------------------- */

/* Processes are listed as they are met; of one name they are told apart by their start. */
const char *df_process_role(struct df_lanes *lanes, uint32_t process)
{
	const struct ct_header *header = lanes->header;
	const struct ct_process_info *info = &header->processes[process], *other;
	unsigned int same = 0, before = 0;
	const char *name = info->name && *info->name ? info->name : "process";

	for (other = header->processes; other < header->processes + header->nprocesses; other++) {
		if (strcmp(program_of(lanes, process),
			   program_of(lanes, (uint32_t)(other - header->processes))) != 0)
			continue;
		same++;
		before += other->start_time < info->start_time ||
			  (other->start_time == info->start_time && other < info);
	}
	if (header->world_size > 1 || info->world_size > 1)
		return ut_arena_printf(&lanes->strings, "%s#rank%d%s", name, info->rank,
				       before ? "+" : "");
	if (same < 2)
		return ut_arena_strdup(&lanes->strings, name);
	return ut_arena_printf(&lanes->strings, "%s#%u", name, before + 1);
}

/* A thread inherits its name from the one that made it, mostly the main one. */
static bool is_inherited(const struct df_lanes *lanes, size_t lane)
{
	const struct ct_process_info *info;
	size_t i;

	if (lanes->list[lane].process >= lanes->header->nprocesses)
		return false;
	info = &lanes->header->processes[lanes->list[lane].process];
	for (i = 0; i < lanes->count; i++) {
		if (i != lane && lanes->list[i].process == lanes->list[lane].process &&
		    lanes->tids[i] == info->pid && lanes->tids[lane] != info->pid)
			return !strcmp(lanes->names[i], lanes->names[lane]);
	}
	return false;
}

void df_lanes_name(struct df_lanes *lanes)
{
	for (size_t i = 0; i < lanes->count; i++) {
		struct df_lane *lane = &lanes->list[i];
		const char *process = "process";

		if (lane->process < lanes->header->nprocesses)
			process = df_process_role(lanes, lane->process);
		if (!is_programs(lanes->names[i], program_of(lanes, lane->process)) &&
		    !is_inherited(lanes, i))
			lane->name = lanes->names[i];
		lane->role = ut_arena_printf(&lanes->strings, "%s/%u%s%s", process, lane->thread,
					     *lane->name ? " " : "", lane->name);
	}
}

void df_lanes_end(struct df_lanes *lanes)
{
	free(lanes->list);
	free(lanes->tids);
	free(lanes->names);
	free(lanes->threads);
	ut_map_free(&lanes->index);
	ut_arena_free(&lanes->strings);
}
