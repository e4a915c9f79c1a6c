/* SPDX-License-Identifier: Apache-2.0 */
/* A recording that goes on, printed as it grows. */
#include "print.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "ask.h"
#include "cmd.h"
#include "session_find.h"
#include "util/message.h"

/* How often is looked, once there is nothing new. */
#define PAUSE_US 50000

/* Every piece says again which threads there are. */
static bool is_repeated(struct print_follow *f, const struct ct_event *event)
{
	uint64_t thread = (uint64_t)event->process << 32 | event->tid;

	if (event->type != CT_EVENT_THREAD)
		return false;
	if (ut_map_get(&f->threads, thread))
		return true;
	ut_map_put(&f->threads, thread, 1);
	return false;
}

static void print_all(struct print_follow *f, struct rd_trace *trace)
{
	static struct ct_event event;

	while (!f->is_done && rd_next(trace, &event)) {
		if (is_repeated(f, &event) || !printer_event(f->printer, &event, f->select))
			continue;
		f->is_done = ++f->lines == f->limit || !printer_flush(f->printer, false);
	}
	if (!printer_flush(f->printer, true))
		f->is_done = true;
}

/* That a piece has no end is no damage: its end is the next piece. */
static void print_piece(struct print_follow *f)
{
	struct rd_error error;
	struct rd_trace *trace = rd_open(f->follow.path, &error);

	/* So early that there is nothing to be read yet. */
	if (!trace)
		return;
	if (f->is_begun)
		printer_continue(f->printer, trace);
	else
		printer_begin(f->printer, trace, f->options);
	f->is_begun = true;
	f->failed = !select_begin(f->select, "print", trace);
	f->is_done |= f->failed;
	print_all(f, trace);
	rd_close(trace);
}

enum follow_state print_follow_step(struct print_follow *f, bool all)
{
	enum follow_state state = FOLLOW_MORE;

	while (!f->is_done && state == FOLLOW_MORE) {
		state = follow_next(&f->follow);
		if (state == FOLLOW_MORE)
			print_piece(f);
		if (!all)
			break;
	}
	return state;
}

void print_follow_free(struct print_follow *f)
{
	if (f->is_begun)
		printer_end(f->printer);
	if (!f->failed)
		select_end(f->select, "print");
	follow_end(&f->follow);
	ut_map_free(&f->threads);
}

/* ---- a recording of somebody else's -------------------------------------------------------- */

/* False: a message was printed. */
static bool find_session(const char *operand, char *folder, size_t size)
{
	char why[256];

	if (!operand) {
		if (session_only(folder, size, why, sizeof(why)))
			return true;
		ut_warn("print: --follow: %s", why);
		return false;
	}
	if (!operand[strspn(operand, "0123456789")]) {
		if (session_of_process(operand, folder, size))
			return true;
		ut_warn("process %s is not recorded, or is not yours", operand);
		return false;
	}
	return snprintf(folder, size, "%s", operand) < (int)size;
}

/* The trace that its collector writes. -1: a message was printed. */
static int open_spool(const char *folder)
{
	char name[PATH_MAX + 16];
	int fd;

	snprintf(name, sizeof(name), "%s/spool.ctr", folder);
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		ut_warn("print: --follow: %s is not a recording that goes on: %s", folder,
			strerror(errno));
	return fd;
}

/* Asked before the last look: what was written until then is seen by it. */
static int follow(struct print_follow *f, const char *folder)
{
	bool goes_on = true, last = false;

	while (!f->is_done) {
		switch (print_follow_step(f, false)) {
		case FOLLOW_MORE:
			last = false;
			break;
		case FOLLOW_NOTHING:
			if (!goes_on && last) {
				ut_warn("print: the recording was cut off");
				return CMD_DAMAGED;
			}
			last = !goes_on;
			goes_on = session_is_collected(folder);
			usleep(PAUSE_US);
			break;
		case FOLLOW_END:
			return CMD_OK;
		case FOLLOW_BROKEN:
			ut_warn("print: the recording cannot be read on");
			return CMD_DAMAGED;
		}
	}
	return f->failed ? CMD_ERROR : CMD_OK;
}

int print_follow_session(struct print_follow *f, const char *operand)
{
	char folder[PATH_MAX], why[256];
	int fd, status;

	if (!find_session(operand, folder, sizeof(folder)))
		return CMD_ERROR;
	if (ask_is_heard(folder)) {
		ut_warn("print: --follow: a flight recorder has no trace that grows: `curtrace "
			"snapshot' makes one of what it keeps");
		return CMD_ERROR;
	}
	fd = open_spool(folder);
	if (fd < 0)
		return CMD_ERROR;
	if (!follow_begin(&f->follow, fd, why, sizeof(why))) {
		ut_warn("print: --follow: %s", why);
		close(fd);
		return CMD_ERROR;
	}
	status = follow(f, folder);
	print_follow_free(f);
	close(fd);
	return status;
}
