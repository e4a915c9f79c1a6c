/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding the program that is to be traced, and telling before it starts why it cannot be.
 */
#ifndef TOOLS_LAUNCH_H
#define TOOLS_LAUNCH_H

#include <stddef.h>

/* Exit statuses as a shell has them. */
enum launch_status {
	LAUNCH_OK = 0,
	LAUNCH_CANNOT_TRACE = 2,
	LAUNCH_CANNOT_RUN = 126,
	LAUNCH_NOT_FOUND = 127
};

/*
 * Looks `name` up as a shell does and checks that a library can be preloaded into it. LAUNCH_OK:
 * *path is to be freed. Else `why` gets one line for a person.
 */
enum launch_status launch_find(const char *name, char **path, char *why, size_t size);

/* The same checks for a file. */
enum launch_status launch_check(const char *path, char *why, size_t size);

#endif
