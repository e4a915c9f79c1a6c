/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment.
 *
 *	CURTRACE=off		record nothing
 *	CURTRACE=idle		record nothing until `curtrace start' asks for it; where there is no
 *				session to record into
 *	CURTRACE_SESSION=DIR	record into the session that a collector made there; without it the
 *				process makes one of its own, a flight recorder, in the first of
 *	XDG_RUNTIME_DIR		.../curtrace
 *				/dev/shm/curtrace-UID
 *	TMPDIR			.../curtrace-UID, or /tmp/curtrace-UID
 *
 * A program that runs with somebody else's rights (setuid, file capabilities) is told nothing.
 */
#include "shim/environment.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record/setup.h"

static struct {
	bool off, idle;
	char session[PATH_MAX];
	char folders[REC_FLIGHT_FOLDERS][PATH_MAX];
	unsigned int nfolders;
} environment;

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A relative path would mean something else after a chdir. */
static void read_session(void)
{
	const char *path = secure_getenv("CURTRACE_SESSION");
	size_t length = 0;

	if (!path || !path[0])
		return;
	if (path[0] != '/') {
		if (!getcwd(environment.session, sizeof(environment.session) - 1))
			return;
		length = strlen(environment.session);
		environment.session[length++] = '/';
	}
	/* One that is too long is cut, and then leads to no session: recording is off. */
	snprintf(environment.session + length, sizeof(environment.session) - length, "%s", path);
}

static void add_folder(const char *base, const char *name)
{
	char *to = environment.folders[environment.nfolders];

	if (!base || base[0] != '/')
		return;
	if ((size_t)snprintf(to, PATH_MAX, "%s/%s", base, name) < PATH_MAX)
		environment.nfolders++;
}

static void read_all(void)
{
	const char *curtrace = secure_getenv("CURTRACE"), *tmp = secure_getenv("TMPDIR");
	char name[32];

	environment.off = curtrace && strcmp(curtrace, "off") == 0;
	environment.idle = curtrace && strcmp(curtrace, "idle") == 0;
	read_session();
	snprintf(name, sizeof(name), "curtrace-%u", (unsigned int)geteuid());
	add_folder(secure_getenv("XDG_RUNTIME_DIR"), "curtrace");
	add_folder("/dev/shm", name);
	add_folder(tmp && tmp[0] == '/' ? tmp : "/tmp", name);
}

void shim_environment_read(void)
{
	pthread_once(&once, read_all);
}

const char *shim_environment_session(void)
{
	shim_environment_read();
	return environment.session[0] && !environment.off ? environment.session : NULL;
}

void shim_environment_apply(struct rec_setup *setup)
{
	shim_environment_read();
	setup->off = environment.off;
	setup->flight_idle = environment.idle;
	setup->session = environment.session[0] ? environment.session : NULL;
	for (unsigned int i = 0; i < environment.nfolders; i++)
		setup->flight_folders[i] = environment.folders[i];
}
