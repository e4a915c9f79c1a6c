/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `curtrace start` and `curtrace stop`: switch recording on and off in a session that goes on.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "curtrace/switches.h"
#include "options.h"
#include "session_find.h"
#include "util/message.h"

static const char start_usage[] =
	"Usage: curtrace start -p PID\n"
	"\n"
	"Switches recording on that `curtrace record --start-off' or `curtrace stop' left off.\n"
	"What --delay, --duration or --range keep off stays off.\n"
	"All processes of the session are switched at once.\n"
	"\n"
	"  -p, --pid PID   a process that is recorded: a `curtrace record', or a process that it\n"
	"                  started, or one that records by itself\n"
	"\n"
	"Exit status: 0; 2 if no session of the process was found, or on wrong usage.\n";

static const char stop_usage[] =
	"Usage: curtrace stop -p PID\n"
	"\n"
	"Switches recording off until `curtrace start'. The program goes on.\n"
	"All processes of the session are switched at once.\n"
	"\n"
	"  -p, --pid PID   a process that is recorded: a `curtrace record', or a process that it\n"
	"                  started, or one that records by itself\n"
	"\n"
	"Exit status: 0; 2 if no session of the process was found, or on wrong usage.\n";

static const struct cmd_option options[] = {
	{ .id = 'p', .name = "pid", .has_value = true },
	{ 0 },
};

static struct ctr_switches *map_switches(const char *path)
{
	int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	struct ctr_switches *s = MAP_FAILED;
	struct stat st;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size >= (off_t)sizeof(*s))
		s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (s == MAP_FAILED)
		return NULL;
	if (s->magic == CTR_SWITCHES_MAGIC)
		return s;
	munmap(s, sizeof(*s));
	return NULL;
}

static int switch_process(const char *pid, bool on)
{
	struct ctr_switches *s;
	char path[PATH_MAX], why[PATH_MAX + 256];
	struct timespec now;

	if (!session_of_pid(pid, path, sizeof(path) - sizeof("/switches"), why, sizeof(why))) {
		ut_warn("%s", why);
		return CMD_ERROR;
	}
	strcat(path, "/switches");
	s = map_switches(path);
	if (!s) {
		ut_warn("process %s: its session cannot be opened (%s)", pid, path);
		return CMD_ERROR;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	ctr_switches_change(s, on ? 0 : CTR_SWITCH_ASKED, on ? CTR_SWITCH_ASKED : 0, 0,
			    (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec,
			    (uint32_t)getpid());
	munmap(s, sizeof(*s));
	return CMD_OK;
}

static int run(int argc, char **argv, bool on)
{
	struct cmd_args args = { .argc = argc, .argv = argv, .options = options };
	unsigned long long pid = 0;
	char text[24];
	int which;

	while ((which = cmd_args_next(&args)) != CMD_ARGS_END) {
		if (which == CMD_ARGS_OPERAND)
			ut_warn("%s: the process comes behind -p, not `%s'", argv[0], args.value);
		if (which != 'p' || !cmd_number(&args, "-p", INT_MAX, &pid))
			return CMD_ERROR;
	}
	if (!pid) {
		ut_warn("%s: -p is missing (`curtrace help %s')", argv[0], argv[0]);
		return CMD_ERROR;
	}
	snprintf(text, sizeof(text), "%llu", pid);
	return switch_process(text, on);
}

static int start(int argc, char **argv)
{
	return run(argc, argv, true);
}

static int stop(int argc, char **argv)
{
	return run(argc, argv, false);
}

const struct cmd cmd_start = {
	.name = "start",
	.synopsis = "switch recording on in processes that run",
	.usage = start_usage,
	.options = options,
	.operand = CMD_NO_OPERAND,
	.run = start,
};

const struct cmd cmd_stop = {
	.name = "stop",
	.synopsis = "switch recording off, and let them go on",
	.usage = stop_usage,
	.options = options,
	.operand = CMD_NO_OPERAND,
	.run = stop,
};
