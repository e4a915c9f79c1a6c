/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes of a merged trace. A process id that no earlier trace has used stays; one that has
 * becomes another, and the process's threads move with it, so that its first thread still has the
 * process's own id and no two threads of a process meet.
 */
#include <string.h>

#include "analysis/merge_internal.h"

/* Above what Linux can give to a process (4,194,304), and easy to take off again in the head. */
#define PID_STEP  UINT64_C(5000000)
#define PID_STEPS (UINT32_MAX / PID_STEP)

/* 0 is no thread's id: the one that would become 0 takes the place that 0 leaves. */
uint32_t an_merge_shift(uint32_t id, uint32_t shift)
{
	uint32_t moved = id + shift;

	return moved ? moved : shift;
}

/* Preferably the same distance for all processes of a trace. */
static uint32_t choose_pid(const struct ut_map *taken, uint32_t pid, size_t source)
{
	uint32_t candidate = pid;

	if (pid && !ut_map_get(taken, pid))
		return pid;
	for (size_t i = 0; i < PID_STEPS; i++) {
		uint64_t shifted = pid + PID_STEP * ((source + PID_STEPS - 1 + i) % PID_STEPS + 1);

		if (shifted <= UINT32_MAX && !ut_map_get(taken, shifted))
			return (uint32_t)shifted;
	}
	do
		candidate++;
	while (!candidate || ut_map_get(taken, candidate));
	return candidate;
}

/* Images that one process ran one after the other are one process to viewers, here too. */
static uint32_t pid_of_image(const struct an_merge *merge, const struct an_merge_source *source,
			     uint32_t number)
{
	const struct ct_process_info *list = source->header->processes;

	for (uint32_t i = 0; i < number; i++) {
		if (list[i].pid == list[number].pid)
			return merge->header.processes[source->first_process + i].pid;
	}
	return 0;
}

static void take_process(struct an_merge *merge, struct an_merge_source *source, uint32_t number,
			 struct ut_map *taken)
{
	const struct ct_header *header = source->header;
	struct ct_process_info *info = &merge->header.processes[source->first_process + number];
	uint32_t known = pid_of_image(merge, source, number);

	*info = header->processes[number];
	info->pid = known ? known : choose_pid(taken, info->pid, (size_t)(source - merge->sources));
	ut_map_put(taken, info->pid, 1);
	source->pid_shifts[number] = info->pid - header->processes[number].pid;
	if (source->pid_shifts[number] && !info->original_pid)
		info->original_pid = header->processes[number].pid;
	if (!info->host && strcmp(header->host, "?") != 0)
		info->host = header->host;
	if (!info->world_size) {
		info->rank = header->rank;
		info->world_size = header->world_size;
	}
}

void an_merge_ids(struct an_merge *merge)
{
	struct ct_header *header = &merge->header;
	struct ut_map taken = { 0 };
	size_t nprocesses = 0;

	for (size_t i = 0; i < merge->nsources; i++)
		nprocesses += merge->sources[i].header->nprocesses;
	header->processes =
		ut_arena_alloc(&merge->strings, nprocesses * sizeof(*header->processes));
	for (size_t i = 0; i < merge->nsources; i++) {
		struct an_merge_source *source = &merge->sources[i];
		uint32_t n = source->header->nprocesses;

		source->first_process = header->nprocesses;
		source->pid_shifts =
			ut_arena_alloc(&merge->strings, n * sizeof(*source->pid_shifts));
		for (uint32_t number = 0; number < n; number++)
			take_process(merge, source, number, &taken);
		header->nprocesses += n;
	}
	ut_map_free(&taken);
}
