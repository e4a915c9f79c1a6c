/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON texts of a trace: its header, its processes, its end. Numbers of 64 bits are strings,
 * because a JSON number is a double to most who read it, and to cJSON.
 */
#include "collect/inject.h"
#include "collect/internal.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "collect/clock.h"
#include "collect/command.h"
#include "collect/rank.h"
#include "collect/select.h"
#include "util/xalloc.h"

static void add_u64(cJSON *object, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	cJSON_AddStringToObject(object, name, text);
}

/* Names of hosts, files and programs are any bytes, JSON is UTF-8. */
static void add_text(cJSON *object, const char *name, const char *text)
{
	char *copy = ut_xstrdup(text ? text : "");

	col_make_text(copy);
	cJSON_AddStringToObject(object, name, copy);
	free(copy);
}

/* What cJSON allocated, in memory that everybody frees with free(). */
static char *finish(cJSON *object)
{
	char *printed = cJSON_PrintUnformatted(object);
	char *text = ut_xstrdup(printed ? printed : "{}");

	cJSON_free(printed);
	cJSON_Delete(object);
	return text;
}

/* Durations are compared between machines: what CPU it was belongs to them. */
static void add_cpu(cJSON *object)
{
	char line[256], *value;
	FILE *f = fopen("/proc/cpuinfo", "re");

	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "model name", 10) || !(value = strchr(line, ':')))
			continue;
		value[strcspn(value, "\n")] = '\0';
		add_text(object, "cpu", value + 1 + (value[1] == ' '));
		break;
	}
	if (f)
		fclose(f);
}

/* Which part of a distributed run this is, as the launcher told its processes. */
static void add_rank(cJSON *object)
{
	struct col_rank rank;

	if (!col_rank_find(&rank))
		return;
	cJSON_AddNumberToObject(object, "rank", rank.rank);
	cJSON_AddNumberToObject(object, "world_size", rank.world_size);
	if (rank.local_rank >= 0)
		cJSON_AddNumberToObject(object, "local_rank", rank.local_rank);
	cJSON_AddStringToObject(object, "launcher", rank.launcher);
	if (rank.job[0])
		add_text(object, "job", rank.job);
}

/*
 * How well this machine's clock agrees with others', as the kernel knows it from who keeps it, and
 * what tells traces of one machine: for those who put several on one time.
 */
static void add_clock_quality(cJSON *object, const struct ctr_session *shared)
{
	struct timex state = { .modes = 0 };
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
	char boot[64] = "";

	if (adjtimex(&state) >= 0) {
		cJSON_AddBoolToObject(object, "clock_synchronised", !(state.status & STA_UNSYNC));
		add_u64(object, "clock_max_error_us", (uint64_t)state.maxerror);
	}
	add_u64(object, "start_monotonic_ns", shared->created.monotonic_ns);
	if (f && fgets(boot, sizeof(boot), f)) {
		boot[strcspn(boot, "\n")] = '\0';
		add_text(object, "boot_id", boot);
	}
	if (f)
		fclose(f);
}

static const char *overflow_name(uint32_t overflow)
{
	static const char *const names[] = { "block", "drop", "overwrite" };

	return overflow <= CTR_OVERFLOW_OVERWRITE ? names[overflow] : "unknown";
}

/*
 * The instant at which the process took the counter for the first time: it fits the clock of a
 * trace whose collector wrote few samples.
 */
static void add_clock_sample(cJSON *object, const char *name, const struct ctr_clock_sample *s)
{
	cJSON *sample = cJSON_AddObjectToObject(object, name);

	add_u64(sample, "counter", s->counter);
	add_u64(sample, "monotonic_ns", s->monotonic_ns);
	add_u64(sample, "realtime_ns", s->realtime_ns);
}

/* What was asked for and is not there by itself. */
static void add_selection(cJSON *object, cJSON *settings, const struct col_settings *s)
{
	if (s->selection) {
		add_text(object, "selection", s->selection->text);
		cJSON_AddNumberToObject(object, "selected_functions", s->selection->names);
	}
	if (s->inject)
		add_text(settings, "inject", s->inject->text);
	if (s->layers)
		add_text(settings, "layers", s->layers);
	if (s->delay_ns)
		add_u64(settings, "delay_ns", s->delay_ns);
	if (s->duration_ns)
		add_u64(settings, "duration_ns", s->duration_ns);
	if (s->flight_ns)
		add_u64(settings, "flight_ns", s->flight_ns);
	if (s->triggers && s->triggers->text)
		add_text(settings, "triggers", s->triggers->text);
	if (s->start_off)
		cJSON_AddTrueToObject(settings, "start_off");
	if (s->ranges)
		cJSON_AddStringToObject(settings, "range", "cuda-profiler");
	if (s->range) {
		char range[CTR_RANGE_NAME + 8];

		snprintf(range, sizeof(range), "nvtx:%s", s->range);
		add_text(settings, "range", range);
	}
}

/* No environment: it holds secrets more often than anything of use. */
char *col_describe_run(const struct col_session *s, const struct col_run_info *run)
{
	cJSON *object = cJSON_CreateObject(), *settings;
	const struct ctr_session *shared = s->shared;
	char host[256] = "";
	struct utsname name;

	gethostname(host, sizeof(host) - 1);
	add_text(object, "tool_version", run->tool_version);
	add_text(object, "host", host);
	add_text(object, "command", run->command);
	add_u64(object, "start_realtime_ns", shared->created.realtime_ns);
	cJSON_AddStringToObject(object, "clock", col_clock_name(shared->clock));
	cJSON_AddStringToObject(object, "overflow", overflow_name(shared->overflow));
	settings = cJSON_AddObjectToObject(object, "settings");
	add_u64(settings, "ring_bytes", shared->ring_bytes);
	add_u64(settings, "total_bytes", shared->total_bytes);
	add_u64(settings, "block_timeout_ns", shared->block_timeout_ns);
	if (s->stack_depth)
		add_u64(settings, "stack_depth", s->stack_depth);
	if (shared->options & CTR_SESSION_KERNEL_ARGS)
		cJSON_AddTrueToObject(settings, "kernel_args");
	cJSON_AddBoolToObject(settings, "simulated_driver", run->simulated);
	if (run->settings)
		add_selection(object, settings, run->settings);
	if (!uname(&name))
		add_text(object, "kernel", name.release);
	add_cpu(object);
	add_rank(object);
	add_clock_quality(object, shared);
	return finish(object);
}

char *col_describe_process(const struct col_process *p)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddNumberToObject(object, "pid", p->pid);
	cJSON_AddNumberToObject(object, "parent_pid", p->parent_pid);
	add_u64(object, "start_time", p->start_time);
	cJSON_AddNumberToObject(object, "exec_count", p->exec_count);
	add_text(object, "name", p->name);
	if (p->host_pid)
		cJSON_AddNumberToObject(object, "host_pid", p->host_pid);
	if (p->exe)
		add_text(object, "exe", p->exe);
	cJSON_AddStringToObject(object, "clock", col_clock_name(p->slot->clock));
	add_clock_sample(object, "opened", &p->slot->opened);
	return finish(object);
}

/* `lost` is the sum, so that a reader need not know the causes; a later version may have more. */
static void add_counters(cJSON *object, const struct col_counters *c)
{
	add_u64(object, "calls", c->calls);
	add_u64(object, "recorded", c->recorded);
	add_u64(object, "lost", col_counters_lost(c));
	add_u64(object, "in_flight", c->in_flight);
	add_u64(object, "lost_full", c->lost_full);
	add_u64(object, "lost_reentered", c->lost_reentered);
	add_u64(object, "lost_no_ring", c->lost_no_ring);
	add_u64(object, "lost_no_room", c->lost_no_room);
	add_u64(object, "lost_no_slot", c->lost_no_slot);
	add_u64(object, "lost_no_session", c->lost_no_session);
	add_u64(object, "lost_write", c->lost_write);
	add_u64(object, "lost_overwritten", c->lost_overwritten);
	add_u64(object, "lost_damaged", c->lost_damaged);
	add_u64(object, "lost_unread", c->lost_unread);
	add_u64(object, "lost_defs", c->lost_defs);
}

/* By pid and number of execs: of a process that found no room in the trace there is no index. */
static void add_processes(cJSON *object, const struct collector *c)
{
	cJSON *list = cJSON_AddArrayToObject(object, "processes");

	for (size_t i = 0; i < c->nprocesses; i++) {
		const struct col_process *p = c->processes[i];
		cJSON *process = cJSON_CreateObject();

		/* -1: the trace's disk had no room for the process */
		cJSON_AddNumberToObject(process, "process", (double)p->index);
		cJSON_AddNumberToObject(process, "pid", p->pid);
		cJSON_AddNumberToObject(process, "exec_count", p->exec_count);
		add_counters(process, &p->counters);
		cJSON_AddItemToArray(list, process);
	}
}

/* For how long nothing could be recorded is no loss, but must be known. */
static void add_switches(cJSON *object, const struct collector *c, bool go_on)
{
	char *text;

	if (!col_switches_varied(&c->switches))
		return;
	text = col_switches_text(c);
	add_text(object, "switched", text);
	free(text);
	if (!go_on)
		add_u64(object, "recording_on_ns", c->switches.on_ns);
}

/* Only of a run that was interfered with. */
static void add_injected(cJSON *object, const struct col_counters *c)
{
	if (c->injected)
		add_u64(object, "injected", c->injected);
	if (c->delayed)
		add_u64(object, "delayed", c->delayed);
}

/* Where code of the program's was changed in memory, the trace says so. */
static void add_runtimes(cJSON *object, const struct collector *c)
{
	char *text = col_runtimes_text(&c->runtimes);

	if (text)
		add_text(object, "redirected_runtimes", text);
	free(text);
}

/* Everything that is known only when all is over. A trace without it was cut off. */
char *col_describe_end(const struct collector *c, const struct col_end_info *end)
{
	cJSON *object = cJSON_CreateObject(), *list;

	cJSON_AddNumberToObject(object, "exit_status", end->exit_status);
	add_u64(object, "duration_ns", c->ended_ns - c->began_ns);
	cJSON_AddBoolToObject(object, "recovered", end->recovered);
	if (end->trigger)
		add_text(object, "trigger", end->trigger);
	add_counters(object, &c->totals);
	add_u64(object, "failed", c->stats->failed);
	add_injected(object, &c->totals);
	add_switches(object, c, end->recovered || end->live);
	add_runtimes(object, c);
	add_processes(object, c);
	list = cJSON_AddArrayToObject(object, "warnings");
	for (size_t i = 0; i < c->warnings.count; i++) {
		cJSON *warning = cJSON_CreateObject();

		add_text(warning, "code", c->warnings.list[i].code);
		add_text(warning, "text", c->warnings.list[i].text);
		cJSON_AddItemToArray(list, warning);
	}
	return finish(object);
}
