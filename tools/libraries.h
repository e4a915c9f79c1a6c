/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the libraries are that a traced program gets.
 */
#ifndef TOOLS_LIBRARIES_H
#define TOOLS_LIBRARIES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct libraries {
	char folder[PATH_MAX]; /* lib/curtrace, without links in it */
	char shim[PATH_MAX + 32];
	char agent[PATH_MAX + 32];
	char sim_folder[PATH_MAX + 32];
	char sim_driver[PATH_MAX + 32];
};

/*
 * Finds them as install.h says. False, with one line in `why`: they are not there, or cannot be
 * preloaded from there.
 */
bool libraries_find(struct libraries *l, bool simulate, char *why, size_t size);

/*
 * Puts them, and the session, into the environment of what is run next. `redirect`: runtimes that
 * its objects bring with them are to be replaced by ours in the memory of the processes.
 */
void libraries_into_environment(const struct libraries *l, bool simulate, bool redirect,
				const char *session);

/*
 * Has NVTX, where the program uses it, call the library; and PyTorch use NVTX if `torch` says so.
 * A tool of the user's own keeps its place, and that is said.
 */
void libraries_nvtx_into_environment(const struct libraries *l, bool torch);

/*
 * The list `old` (NULL: none) of libraries with `library` in front, or without it, and without
 * another one of its name. To be freed.
 */
char *libraries_list(const char *old, const char *separators, const char *library, bool with);

/* A driver or a device of some kind seems to be there. */
bool libraries_gpu_seen(void);

#endif
