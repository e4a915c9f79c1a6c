/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making a session of the process's own. BASE/flight.P.S[.N] is its folder, where BASE is the first
 * of the setup's folders with room. Sessions of dead processes stay for the reading commands, but
 * only the newest few: they occupy memory.
 */
#include "record/flight.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/clock.h"
#include "record/files.h"
#include "record/gates.h"
#include "record/prune.h"
#include "record/state.h"

static void fill_session(struct ctr_session *s, const struct rec_setup *setup)
{
	s->version_major = CTR_VERSION_MAJOR;
	s->version_minor = CTR_VERSION_MINOR;
	s->header_size = sizeof(*s);
	s->process_size = sizeof(struct ctr_process);
	s->process_slots = CTR_PROCESS_SLOTS;
	s->overflow = CTR_OVERFLOW_OVERWRITE;
	s->ring_bytes = setup->flight_ring_bytes ? setup->flight_ring_bytes
						 : REC_DEFAULT_RING_BYTES;
	s->total_bytes = setup->flight_total_bytes ? setup->flight_total_bytes
						   : REC_DEFAULT_TOTAL_BYTES;
	s->clock = rec_clock_choose();
	rec_clock_sample(s->clock, &s->created);
	s->slot_pages[0] =
		(1ull << CTR_FIRST_SLOTS * sizeof(struct ctr_process) / CTR_SLOT_PAGE) - 1;
	s->state = CTR_SESSION_RECORDING;
	/* Last: a reader that finds the magic finds the rest. */
	__atomic_store_n(&s->magic, CTR_SESSION_MAGIC, __ATOMIC_RELEASE);
}

/* Without room for it nothing else would fit either: the next folder is tried. */
static bool make_session_file(const char *folder, const struct rec_setup *setup)
{
	struct ctr_session *session;
	int dir = rec_folder_open(folder), fd;

	if (dir < 0)
		return false;
	session = MAP_FAILED;
	fd = rec_file_create(dir, "session", CTR_SESSION_FILE_SIZE);
	if (fd >= 0) {
		session = mmap(NULL, CTR_SESSION_FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			       0);
		close(fd);
	}
	if (session != MAP_FAILED) {
		/* Without it all is recorded, and nobody can switch that off from outside. */
		rec_gates_create(dir, setup->flight_idle);
		fill_session(session, setup);
		munmap(session, CTR_SESSION_FILE_SIZE);
	} else {
		unlinkat(dir, "session", 0);
	}
	close(dir);
	return session != MAP_FAILED;
}

static bool make_in(const char *base, const struct rec_setup *setup,
		    const struct rec_identity *identity, char *folder, size_t size)
{
	/* A number: the process may have been another program before an exec. */
	for (unsigned int n = 0; n < 100; n++) {
		int length = snprintf(folder, size,
				      n ? "%s/" REC_FLIGHT_PREFIX "%u.%llu.%u"
					: "%s/" REC_FLIGHT_PREFIX "%u.%llu",
				      base, identity->pid, (unsigned long long)identity->start_time,
				      n);

		if (length < 0 || (size_t)length >= size)
			return false;
		if (mkdir(folder, 0700) < 0) {
			if (errno == EEXIST)
				continue;
			return false;
		}
		if (make_session_file(folder, setup))
			return true;
		rmdir(folder);
		return false;
	}
	return false;
}

bool rec_flight_make(const struct rec_setup *setup, const struct rec_identity *identity,
		     char *folder, size_t size)
{
	for (int i = 0; i < REC_FLIGHT_FOLDERS && setup->flight_folders[i]; i++) {
		const char *base = setup->flight_folders[i];
		int dir;

		/* It may exist; whether it is ours is for rec_folder_open to say. */
		mkdir(base, 0700);
		dir = rec_folder_open(base);
		if (dir < 0)
			continue;
		rec_flight_prune(dir);
		close(dir);
		if (make_in(base, setup, identity, folder, size))
			return true;
	}
	return false;
}
