/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `curtrace record` asked for, from the kernel's copy of the environment: when the loader's
 * observer calls, libc does not know the environment yet.
 */
#ifndef HOOK_SETTINGS_H
#define HOOK_SETTINGS_H

#include <stdbool.h>

struct hook_settings {
	bool static_runtimes; /* CURTRACE_STATIC=on: those that a program brings are ours */
	bool driver;          /* CURTRACE_LAYERS has driver: calls of libcuda are recorded */
	bool internal;        /* and internal: those of our own runtime too */
};

/* All false in a program that runs with somebody else's rights. */
const struct hook_settings *hook_settings(void);

#endif
