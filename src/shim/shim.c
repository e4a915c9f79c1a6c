/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The library in the traced process: where runtime, recorder and environment are joined. Its
 * constructor runs in every process that inherits LD_PRELOAD, most of which never make a CUDA call,
 * and may run after the first call: constructors of the program's own libraries come before it. So
 * it only looks at the environment and who the parent is, and finds the session's header, for these
 * may be gone or out of reach later; the session is opened by the first call.
 */
#include <errno.h>
#include <unistd.h>

#include "api/api_text.h"
#include "hook/driver_names.h"
#include "hook/loaded.h"
#include "hook/nvtx.h"
#include "record/fork.h"
#include "record/process.h"
#include "record/session.h"
#include "record/setup.h"
#include "runtime/introspect.h"
#include "shim/environment.h"
#include "shim/observe.h"

void rec_host_setup(struct rec_setup *setup)
{
	shim_environment_apply(setup);
	setup->api = api_text;
	setup->api_size = api_text_size;
	if (!setup->off)
		rt_observe(&shim_observer);
}

/* A child records into files of its own, where nothing is defined yet that it inherited. */
void rec_host_opened(bool again)
{
	if (again) {
		rt_introspect_repeat();
		hook_driver_names_forget();
	}
	hook_driver_appeared(false);
	shim_tell_modules(again);
	hook_nvtx_opened();
}

static __attribute__((constructor)) void shim_load(void)
{
	const char *session = shim_environment_session();
	int saved_errno = errno;

	rec_process_note_parent(getppid());
	if (session)
		rec_session_know(session);
	/* Here rather than in the first call: libc may allocate for it. */
	rec_fork_watch();
	hook_program_loaded();
	errno = saved_errno;
}

/* Calls may still follow, from destructors of libraries that were loaded earlier. */
static __attribute__((destructor)) void shim_exit(void)
{
	/* Objects that were loaded since the first call. */
	shim_tell_modules(false);
	rec_session_exit();
}
