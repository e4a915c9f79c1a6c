/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a session's folder to a trace's file.
 */
#include "recovering.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "cmd.h"
#include "collect/convert.h"
#include "collect/recover.h"
#include "collect/session.h"
#include "config.h"
#include "install.h"
#include "reader/reader.h"
#include "util/message.h"

/* What a person wants to know at once: whether something is missing. */
static void say_counts(const char *path)
{
	struct rd_error error;
	struct rd_trace *trace = rd_open(path, &error);
	const struct ct_header *header;

	if (!trace)
		return;
	header = rd_header(trace);
	fprintf(stderr,
		"curtrace: %" PRIu64 " calls made = %" PRIu64 " written + %" PRIu64
		" lost + %" PRIu64 " in flight\n",
		header->calls, header->recorded - header->in_flight, header->lost,
		header->in_flight);
	for (unsigned int i = 0; i < header->nwarnings; i++)
		ut_warn("warning: %s", header->warnings[i].text);
	rd_close(trace);
}

/* The output is locked and open. */
static bool make_trace(struct recovering *r)
{
	struct output *o = &r->output;
	char *own = install_libdir() ? realpath(install_libdir(), NULL) : NULL;
	int error;

	error = (r->live ? col_snapshot : col_recover)(
		r->folder, o->spool_fd, o->folder, PACKAGE_VERSION, own, r->why, sizeof(r->why));
	free(own);
	if (error) {
		ut_warn("%s: %s", r->folder, r->why);
		return false;
	}
	say_counts(o->spool);
	if (o->form != OUTPUT_NATIVE && !col_convert(o->spool, o->fd, o->form == OUTPUT_JSON_GZ,
						     false, r->why, sizeof(r->why))) {
		ut_warn("%s was not written: %s", o->path, r->why);
		return false;
	}
	if (r->why[0] && o->form != OUTPUT_NATIVE)
		ut_warn("%s holds %s", o->path, r->why);
	if (output_commit(o, r->why, sizeof(r->why)))
		return true;
	ut_warn("%s was not written: %s", o->path, r->why);
	return false;
}

/* The next recording of that name takes such files over, and has the first of them locked. */
static bool are_taken_over(const struct col_session *session)
{
	int fd = openat(session->dirfd, "spool.ctr", O_RDONLY | O_CLOEXEC);
	bool taken = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB);

	if (fd >= 0)
		close(fd);
	return taken;
}

/* What the recorder that was killed has left beside its trace: it is in the one that was made. */
static void remove_spools(const struct col_session *session)
{
	DIR *dir = are_taken_over(session) || col_spools_taken_over(session)
			   ? NULL
			   : opendir(session->path);
	struct dirent *entry;
	char path[PATH_MAX];

	while (dir && (entry = readdir(dir))) {
		size_t length = strlen(entry->d_name);
		ssize_t n;

		if (strncmp(entry->d_name, "spool.", 6) || length < 4 ||
		    strcmp(entry->d_name + length - 4, ".ctr"))
			continue;
		n = readlinkat(dirfd(dir), entry->d_name, path, sizeof(path) - 1);
		if (n <= 0)
			continue;
		path[n] = '\0';
		unlink(path);
	}
	if (dir)
		closedir(dir);
}

/* The lock is taken once more, so that nobody's session goes away under them. */
static void remove_folder(const char *folder)
{
	struct col_session session;

	if (col_session_open(&session, folder))
		return;
	remove_spools(&session);
	col_session_close(&session, true);
}

int recovering_run(struct recovering *r)
{
	char path[PATH_MAX];
	bool done;

	r->output.keep_old = !r->pattern;
	r->output.recovering = true;
	if (!output_expand(r->pattern ? r->pattern : CMD_DEFAULT_TRACE, getpid(), path,
			   sizeof(path), r->why, sizeof(r->why)) ||
	    !output_open(&r->output, path, r->why, sizeof(r->why))) {
		ut_warn("%s", r->why);
		return CMD_ERROR;
	}
	done = make_trace(r);
	output_remove_spool(&r->output);
	output_close(&r->output);
	if (!done)
		return CMD_ERROR;
	fprintf(stderr, "curtrace: trace: %s\n", path);
	if (r->remove)
		remove_folder(r->folder);
	return CMD_OK;
}
