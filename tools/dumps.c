/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making a trace of what a flight recorder holds. Their names have a number before the ending, the
 * highest that there is and one more; of those with the lowest numbers so many go that the cap is
 * kept. They may be an earlier run's, so that a service that is started again and again does not
 * fill the disk.
 */
#include "dumps.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collect/clock.h"
#include "collect/convert.h"
#include "collect/summary.h"
#include "last.h"
#include "output.h"
#include "recording.h"
#include "util/message.h"
#include "util/progress.h"

#define ASK_NS     50000000ull
#define LISTEN_US  20000 /* while somebody makes a trace */
#define READY_MS   1000  /* so long a thread waits for room in its ring, by default */
#define MARK_READY '!'   /* what is shared is no longer needed: the collector goes on */
#define MARK_DONE  '.'   /* nor is what the collector has */

/* ---- names --------------------------------------------------------------------------------- */

static int name_dump(const char *path, unsigned long number, char *out, size_t size)
{
	size_t stem = output_stem(path);

	return snprintf(out, size, "%.*s.%lu%s", (int)stem, path, number, path + stem);
}

/* The number of a file of that name, 0 if it is no dump. */
static unsigned long number_of(const char *base, const char *name)
{
	char whole[NAME_MAX + 32];
	size_t stem = output_stem(base);
	unsigned long number;

	if (strncmp(name, base, stem) != 0 || name[stem] != '.' || name[stem + 1] < '1' ||
	    name[stem + 1] > '9')
		return 0;
	number = strtoul(name + stem + 1, NULL, 10);
	name_dump(base, number, whole, sizeof(whole));
	return strcmp(whole, name) ? 0 : number;
}

struct found {
	unsigned long lowest, highest;
	unsigned int count;
};

static struct found find_dumps(const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	struct found found = { .count = 0 };
	struct dirent *entry;
	char folder[PATH_MAX];
	DIR *dir;

	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path + 1) : 1,
		 slash ? path : ".");
	dir = opendir(folder);
	while (dir && (entry = readdir(dir))) {
		unsigned long number = number_of(base, entry->d_name);

		if (!number)
			continue;
		found.count++;
		if (number > found.highest)
			found.highest = number;
		if (!found.lowest || number < found.lowest)
			found.lowest = number;
	}
	if (dir)
		closedir(dir);
	return found;
}

static void keep_cap(const char *path, unsigned int cap)
{
	struct found found;
	char name[PATH_MAX];

	while ((found = find_dumps(path)).count > cap) {
		name_dump(path, found.lowest, name, sizeof(name));
		if (unlink(name))
			return;
	}
}

/* It is whole, and `curtrace print' reads it. */
static void keep_spool(struct output *o, char *text, size_t size)
{
	size_t length = strlen(text);

	snprintf(text + length, size - length, "; the native trace was kept as %s", o->spool);
	close(o->spool_fd);
	o->spool_fd = -1;
}

/* ---- one trace ----------------------------------------------------------------------------- */

/*
 * Of what the collector knows now, which is then over for it. `done_fd`: told when nothing of the
 * recorder's files is needed any more, or -1. False, with one line in `text`, else the path there.
 */
static bool make_trace(struct recording *r, const char *path, const struct col_end_info *end,
		       int done_fd, char *text, size_t size)
{
	struct output o = { .fd = -1, .spool_fd = -1 };
	int error;
	bool good;

	if (!output_form_of(path, &o.form)) {
		snprintf(text, size, "%s: a trace's name ends in .json, .json.gz or .ctr", path);
		return false;
	}
	if (!output_open(&o, path, text, size))
		return false;
	error = col_flight_gather(&r->collector, o.spool_fd, o.folder);
	if (!error)
		error = col_finish(&r->collector, end);
	if (done_fd >= 0 && write(done_fd, &(char){ MARK_DONE }, 1) < 0)
		error = error ? error : -errno;
	/* At the end the user may lose patience from here on: `recover' has all that is needed. */
	if (done_fd < 0)
		child_signals_restore();
	good = !error;
	if (error)
		snprintf(text, size, "%s cannot be written: %s", path, strerror(-error));
	else if (o.form != OUTPUT_NATIVE)
		good = col_convert(o.spool, o.fd, o.form == OUTPUT_JSON_GZ, r->options.full, text,
				   size);
	if (good)
		good = output_commit(&o, text, size);
	if (good)
		snprintf(text, size, "%s", path);
	else if (!error && o.form != OUTPUT_NATIVE)
		keep_spool(&o, text, size);
	output_remove_spool(&o);
	output_close(&o);
	return good;
}

/* The one that is asked for, or the next. */
static bool next_path(const struct recording *r, char path[PATH_MAX])
{
	const char *pattern = r->output.path, *asked = r->dumps.asked.path;

	if (*asked)
		return snprintf(path, PATH_MAX, "%s", asked) < PATH_MAX;
	return name_dump(pattern, find_dumps(pattern).highest + 1, path, PATH_MAX) < PATH_MAX;
}

static bool make_dump(struct recording *r, const struct col_end_info *end, int done_fd, char *text,
		      size_t size)
{
	char path[PATH_MAX];

	if (!next_path(r, path)) {
		snprintf(text, size, "%s: %s", r->output.path, strerror(ENAMETOOLONG));
		return false;
	}
	if (!make_trace(r, path, end, done_fd, text, size))
		return false;
	if (!*r->dumps.asked.path)
		keep_cap(r->output.path, r->options.flight.max_dumps);
	return true;
}

/* What one that was killed has begun. Somebody else's would be locked. */
static void remove_begun(const struct recording *r)
{
	struct output o = { .fd = -1, .spool_fd = -1 };
	char path[PATH_MAX], text[PATH_MAX + 256];

	if (!next_path(r, path) || !output_form_of(path, &o.form) ||
	    !output_open(&o, path, text, sizeof(text)))
		return;
	output_remove_spool(&o);
	output_close(&o);
}

/* What became of it: in the log of a service the line is wanted at once. */
static void tell(struct recording *r, bool good, const char *text)
{
	struct dumps *d = &r->dumps;

	d->made += good;
	if (good)
		last_note(text);
	if (good && !r->options.quiet)
		fprintf(stderr, "curtrace: trace: %s (%s)\n", text, d->why);
	else if (!good)
		ut_warn("no trace was made for `%s': %s", d->why, text);
}

/* ---- while the program runs ---------------------------------------------------------------- */

static _Noreturn void become_maker(struct recording *r, int fd)
{
	const struct col_end_info end = {
		.exit_status = -1,
		.program = r->program,
		.own_modules = r->libraries.folder,
		.trigger = r->dumps.why,
		.live = true,
	};
	static char text[sizeof(r->dumps.text) - 8];
	bool good = col_flight_freeze(&r->collector);

	ut_progress_quiet();
	if (write(fd, &(char){ MARK_READY }, 1) != 1)
		_exit(1);
	if (good)
		good = make_dump(r, &end, fd, text, sizeof(text));
	else
		snprintf(text, sizeof(text), "%s", strerror(ENOMEM));
	dprintf(fd, "%c%s", good ? '+' : '-', text);
	_exit(0);
}

static bool is_ready(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char mark;

	return poll(&wait, 1, READY_MS) > 0 && read(fd, &mark, 1) == 1;
}

/*
 * The collector stands still until the other one has copied what is still in the rings. One that
 * does not come to it (it was stopped, memory is short) must not hold up the program.
 */
static void begin_dump(struct recording *r)
{
	struct dumps *d = &r->dumps;
	int ends[2];

	d->length = 0;
	if (pipe2(ends, O_CLOEXEC)) {
		tell(r, false, strerror(errno));
		return;
	}
	fflush(NULL);
	d->pid = fork();
	if (d->pid == 0) {
		close(ends[0]);
		become_maker(r, ends[1]);
	}
	close(ends[1]);
	if (d->pid < 0) {
		d->pid = 0;
		close(ends[0]);
		tell(r, false, strerror(errno));
		return;
	}
	if (!is_ready(ends[0])) {
		kill(d->pid, SIGKILL);
		d->length = (size_t)snprintf(d->text, sizeof(d->text),
					     "-the process that was to make it did not begin");
	}
	d->fd = ends[0];
	fcntl(d->fd, F_SETFL, O_NONBLOCK);
	r->collector.holds = true;
}

/* The other end is closed: it has said all, or died. */
static void end_dump(struct recording *r)
{
	struct dumps *d = &r->dumps;
	char *said = d->text;

	close(d->fd);
	/* Where the program's orphans are ours it may be reaped already. */
	waitpid(d->pid, NULL, 0);
	d->pid = 0;
	r->collector.holds = false;
	d->text[d->length] = '\0';
	said += *said == MARK_DONE;
	if (*said != '+' && *said != '-') {
		snprintf(said, 64, "-the process that made it died");
		remove_begun(r);
	}
	tell(r, *said == '+', said + 1);
	if (d->asked.number)
		ask_answer(r->session.dirfd, said);
	d->asked.number = 0;
	d->asked.path[0] = '\0';
}

static void listen_to_maker(struct recording *r)
{
	struct dumps *d = &r->dumps;
	ssize_t n;

	do {
		n = read(d->fd, d->text + d->length, sizeof(d->text) - 1 - d->length);
		if (n > 0)
			d->length += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (d->length && d->text[0] == MARK_DONE)
		r->collector.holds = false;
	if (!n)
		end_dump(r);
}

/* Whoever asks is served first; a trigger once for what is kept, so that no two tell the same. */
static bool is_wanted(struct recording *r, uint64_t now_ns)
{
	struct col_watch *watch = &r->collector.watch;
	struct dumps *d = &r->dumps;

	if (r->child.asked) {
		r->child.asked = 0;
		snprintf(d->why, sizeof(d->why), "signal: SIGUSR2");
		return true;
	}
	if (now_ns >= d->next_ask_ns) {
		d->next_ask_ns = now_ns + ASK_NS;
		if (ask_take(r->session.dirfd, &d->asked)) {
			snprintf(d->why, sizeof(d->why), "snapshot: asked for by process %d",
				 d->asked.number);
			return true;
		}
	}
	if (!watch->why[0] || now_ns < d->next_trigger_ns)
		return false;
	snprintf(d->why, sizeof(d->why), "%s", watch->why);
	if (watch->more)
		snprintf(d->why, sizeof(d->why), "%s, and %llu times more", watch->why,
			 (unsigned long long)watch->more);
	watch->why[0] = '\0';
	watch->more = 0;
	if (__builtin_add_overflow(now_ns, r->options.flight.keep_ns, &d->next_trigger_ns))
		d->next_trigger_ns = UINT64_MAX;
	return true;
}

unsigned int dumps_poll(struct recording *r, unsigned int us)
{
	if (!r->options.flight.wanted)
		return us;
	if (r->dumps.pid)
		listen_to_maker(r);
	else if (is_wanted(r, col_clock_monotonic_ns()))
		begin_dump(r);
	return us < LISTEN_US ? us : LISTEN_US;
}

void dumps_begin(struct recording *r)
{
	if (!r->options.flight.wanted)
		return;
	r->child.takes_usr2 = true;
	if (!ask_listen(r->session.dirfd))
		ut_warn("`curtrace snapshot' will not be heard: %s", strerror(errno));
}

/* ---- at the end ---------------------------------------------------------------------------- */

static bool is_wanted_at_end(struct recording *r)
{
	struct dumps *d = &r->dumps;

	d->next_ask_ns = d->next_trigger_ns = 0;
	return col_triggers_at_end(&r->options.flight.triggers, r->child.status, d->why,
				   sizeof(d->why)) ||
	       is_wanted(r, col_clock_monotonic_ns());
}

/* Nothing of the trace is needed, but what is to be said about the run. */
static void end_without(struct recording *r, const struct col_end_info *end)
{
	col_finish(&r->collector, end);
	if (r->dumps.made || r->options.quiet)
		return;
	fprintf(stderr,
		"curtrace: no trace: nothing of --trigger %s happened (`curtrace snapshot', or "
		"SIGUSR2 to curtrace, makes one at any time)\n",
		r->options.flight.triggers.text);
}

/* One that somebody has stopped would hold up our end. */
static void resume_maker(const struct dumps *d)
{
	int status;

	if (waitpid(d->pid, &status, WNOHANG | WUNTRACED) == d->pid && WIFSTOPPED(status))
		kill(d->pid, SIGCONT);
}

/* Who asks when the end has made a trace anyway is told of that. */
static void answer_late(struct recording *r, bool good, const char *path)
{
	char text[PATH_MAX + 64];
	struct ask a;

	if (!good || !ask_take(r->session.dirfd, &a))
		return;
	snprintf(text, sizeof(text),
		 *a.path ? "-the recording has just ended: its trace is %s" : "+%s", path);
	ask_answer(r->session.dirfd, text);
}

bool dumps_finish(struct recording *r)
{
	struct dumps *d = &r->dumps;
	struct col_end_info end = {
		.exit_status = r->child.status,
		.program = r->program,
		.own_modules = r->libraries.folder,
		.trigger = d->why,
	};
	bool wanted, good = false;

	while (d->pid) {
		col_poll(&r->collector);
		resume_maker(d);
		listen_to_maker(r);
		usleep(1000);
	}
	col_poll(&r->collector);
	wanted = is_wanted_at_end(r);
	if (wanted)
		good = make_dump(r, &end, -1, d->text + 1, sizeof(d->text) - 1);
	else
		end_without(r, &end);
	/* Whatever became of the trace, who still runs is switched off. */
	if (!r->collector.ended_ns)
		col_finish(&r->collector, &end);
	if (!r->options.quiet)
		col_summary(stderr, &r->collector);
	if (wanted)
		tell(r, good, d->text + 1);
	if (wanted && d->asked.number) {
		d->text[0] = good ? '+' : '-';
		ask_answer(r->session.dirfd, d->text);
	}
	answer_late(r, wanted && good, d->text + 1);
	return !wanted || good;
}
