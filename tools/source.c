/* SPDX-License-Identifier: Apache-2.0 */
/* A reading command's trace, from wherever it comes. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "collect/recover.h"
#include "config.h"
#include "install.h"
#include "last.h"
#include "recording.h"
#include "show.h"
#include "unnamed.h"
#include "util/message.h"
#include "util/progress.h"

/* ---- the command line ---------------------------------------------------------------------- */

static enum source_taken take_operand(struct source *s, struct cmd_args *args)
{
	/* Behind --: the rest is the program's. */
	if (args->only_operands && !s->operand) {
		s->command = args->argv + args->next - 1;
		args->next = args->argc;
		return SOURCE_TAKEN;
	}
	if (!s->operand) {
		s->operand = args->value;
		return SOURCE_TAKEN;
	}
	ut_warn("%s: one trace at a time, not also `%s'", args->argv[0], args->value);
	return SOURCE_BAD;
}

enum source_taken source_take(struct source *s, struct cmd_args *args, int which)
{
	switch (which) {
	case CMD_ARGS_BAD:
		return SOURCE_BAD;
	case CMD_ARGS_OPERAND:
		return take_operand(s, args);
	case 'o':
		s->output = args->value;
		return SOURCE_TAKEN;
	case 'q':
		s->quiet = true;
		ut_progress_quiet();
		return SOURCE_TAKEN;
	case SOURCE_SIM:
		s->simulate = true;
		return SOURCE_TAKEN;
	default:
		return SOURCE_NOT_MINE;
	}
}

/* ---- files without a name ------------------------------------------------------------------ */

static bool copy_all(int from, int to, char *why, size_t size)
{
	static char buffer[1 << 16];
	ssize_t n, written, part;

	while ((n = read(from, buffer, sizeof(buffer)))) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			snprintf(why, size, "cannot be read: %s", strerror(errno));
			return false;
		}
		for (written = 0; written < n; written += part) {
			part = write(to, buffer + written, (size_t)(n - written));
			if (part < 0 && errno == EINTR)
				part = 0;
			if (part < 0) {
				snprintf(why, size, "no room for it in %s: %s", unnamed_folder(),
					 strerror(errno));
				return false;
			}
		}
	}
	return true;
}

/* The reader goes back and forth in a file, which a pipe does not allow. */
static int spool_stdin(char *why, size_t size)
{
	struct stat st;
	int fd;

	if (!fstat(STDIN_FILENO, &st) && S_ISREG(st.st_mode) && !lseek(STDIN_FILENO, 0, SEEK_CUR))
		return dup(STDIN_FILENO);
	fd = unnamed_make(why, size);
	if (fd >= 0 && !copy_all(STDIN_FILENO, fd, why, size)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int recover_folder(const char *folder, char *why, size_t size)
{
	int fd = unnamed_make(why, size);

	if (fd >= 0 && col_recover(folder, fd, unnamed_folder(), PACKAGE_VERSION, install_libdir(),
				   why, size)) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/*
 * What `operand` stands for, as a path that can be opened while *fd is open (-1: it needs none).
 * False: one line in `why`.
 */
static bool resolve(const char *operand, char *path, int *fd, char *why, size_t size)
{
	*fd = -1;
	if (!strcmp(operand, "-"))
		*fd = spool_stdin(why, size);
	else if (is_folder(operand))
		*fd = recover_folder(operand, why, size);
	else if (snprintf(path, PATH_MAX, "%s", operand) < PATH_MAX)
		return true;
	else
		snprintf(why, size, "%s", strerror(ENAMETOOLONG));
	snprintf(path, PATH_MAX, "/proc/self/fd/%d", *fd);
	return *fd >= 0;
}

static const char *shown_name(const char *operand)
{
	return strcmp(operand, "-") ? operand : "standard input";
}

/* ---- a program in the place of a trace ----------------------------------------------------- */

/* Before the program runs: an output that cannot be written must not cost a run. */
static bool open_report(struct source *s)
{
	if (!s->output || !strcmp(s->output, "-"))
		return true;
	s->report_fd = open(s->output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (s->report_fd < 0)
		ut_warn("%s cannot be written: %s", s->output, strerror(errno));
	return s->report_fd >= 0;
}

/* From here on our stdout is the report's; the program has its own, or has had it. */
static void lead_report(struct source *s)
{
	int to = s->report_fd;

	if (to < 0 && s->command && !s->output && !s->no_report)
		to = STDERR_FILENO;
	if (to < 0 || s->is_led)
		return;
	s->is_led = true;
	fflush(stdout);
	dup2(to, STDOUT_FILENO);
}

static void watch(void *data)
{
	struct source *s = data;

	lead_report(s);
	s->watch(s->fd, s->watch_data);
}

static bool run_program(struct source *s)
{
	static struct recording r; /* large, and there is one */
	char why[PATH_MAX + 64];

	s->fd = unnamed_make(why, sizeof(why));
	if (s->fd < 0) {
		ut_warn("the trace: %s", why);
		return false;
	}
	r.options = (struct record_options){
		.form = OUTPUT_NATIVE,
		.quiet = s->quiet,
		.simulate = s->simulate,
		.stacks.wanted = s->stacks,
		.command = s->command,
	};
	if (!record_stacks_resolve(&r.options.stacks, &r.options.settings))
		return false;
	r.unnamed_fd = s->fd;
	r.unnamed_folder = unnamed_folder();
	r.watch = s->watch ? watch : NULL;
	r.watch_data = s;
	s->status = recording_run(&r);
	s->ended = r.child.status;
	snprintf(s->path, sizeof(s->path), "/proc/self/fd/%d", s->fd);
	s->name = s->command[0];
	s->recorded = !s->status;
	return s->recorded;
}

/* ---- finding and opening ------------------------------------------------------------------- */

/* A trace from somewhere else is named, lest somebody takes it for another. */
static void find_last(struct source *s)
{
	static char name[PATH_MAX];

	last_find(name, sizeof(name));
	if (strcmp(name, CMD_DEFAULT_TRACE) && !s->quiet)
		ut_warn("the last recording is %s", name);
	s->operand = name;
}

/* A pager that was left ends us quietly, also where a parent ignores the signal. */
static void begin_report(struct source *s)
{
	lead_report(s);
	signal(SIGPIPE, SIG_DFL);
}

bool source_lead(struct source *s)
{
	s->fd = s->report_fd = -1;
	s->status = CMD_ERROR;
	if (!open_report(s))
		return false;
	begin_report(s);
	return true;
}

bool source_find(struct source *s)
{
	char why[PATH_MAX + 256];
	bool found;

	s->fd = s->report_fd = -1;
	s->status = CMD_ERROR;
	if (!s->command && s->simulate) {
		ut_warn("--sim is for a program to be run, behind --");
		return false;
	}
	if (!open_report(s))
		return false;
	if (s->command) {
		found = run_program(s);
	} else {
		if (!s->operand)
			find_last(s);
		s->name = shown_name(s->operand);
		found = resolve(s->operand, s->path, &s->fd, why, sizeof(why));
		if (!found)
			ut_warn("%s: %s", s->name, why);
	}
	if (found)
		begin_report(s);
	return found;
}

/* Who has read `perf stat ./app' tries this. */
static bool is_program(const char *path)
{
	char head[4] = "";
	FILE *file = access(path, X_OK) ? NULL : fopen(path, "re");
	bool is = file && fread(head, 1, sizeof(head), file) == sizeof(head) &&
		  (!memcmp(head, "\177ELF", 4) || !memcmp(head, "#!", 2));

	if (file)
		fclose(file);
	return is;
}

struct rd_trace *source_open(struct source *s)
{
	struct rd_error error;
	struct rd_trace *trace;

	if (!source_find(s))
		return NULL;
	trace = rd_open(s->path, &error);
	if (trace)
		return trace;
	s->status = CMD_ERROR;
	if (is_program(s->path))
		ut_warn("%s: is a program, not a trace; to run and record it, write -- before it",
			s->name);
	else
		show_complaint(s->name, &error);
	return NULL;
}

struct rd_trace *source_open_one(const char *operand)
{
	struct rd_error error = { .offset = RD_NO_OFFSET };
	struct rd_trace *trace = NULL;
	char path[PATH_MAX];
	int fd;

	if (resolve(operand, path, &fd, error.text, sizeof(error.text)))
		trace = rd_open(path, &error);
	if (!trace)
		show_complaint(shown_name(operand), &error);
	if (fd >= 0)
		close(fd);
	return trace;
}

/* ---- the end ------------------------------------------------------------------------------- */

static void release(struct source *s)
{
	if (s->fd >= 0)
		close(s->fd);
	if (s->report_fd >= 0)
		close(s->report_fd);
	s->fd = s->report_fd = -1;
}

int source_failed(struct source *s)
{
	release(s);
	return s->status;
}

int source_close(struct source *s, struct rd_trace *trace, int status)
{
	int end = show_close(trace, s->name);

	release(s);
	if (end != CMD_OK && status != CMD_ERROR)
		status = end;
	if (s->recorded && status != CMD_ERROR)
		return child_exit_like(s->ended);
	return status;
}
