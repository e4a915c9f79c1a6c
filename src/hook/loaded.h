/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects as they are loaded: which of them bring a CUDA runtime of their own, and what became of
 * it. The loader's observer (agent.c) tells of them; without it our constructor looks at the
 * program's own file and at a driver that is there by then, and what is loaded later goes unseen.
 */
#ifndef HOOK_LOADED_H
#define HOOK_LOADED_H

#include <stdbool.h>

/* What an object is to CUDA. */
enum hook_role {
	HOOK_ROLE_STATIC_RUNTIME = 1, /* has a copy of the runtime linked in */
	HOOK_ROLE_SHARED_RUNTIME,     /* is a libcudart */
	HOOK_ROLE_DRIVER,             /* is a libcuda */
	HOOK_ROLE_DRIVER_FUNCTION,    /* is one, and has a function that we do not know */
};

/* Called for each object that plays a role; texts live for ever. */
struct hook_module {
	enum hook_role role;
	bool covered;     /* its calls are ours */
	const char *abi;  /* "13"; "" if that is not known */
	const char *why;  /* not covered: in a few words; else "" */
	const char *name; /* a function that was not known; or "" */
	const char *path;
};

/* From our constructor: the program itself and its driver, if the loader has no observer. */
void hook_program_loaded(void);

/*
 * Where the loader has no observer: the driver's library may be there by now. `by_us`: our runtime
 * has just loaded it; else whoever did has looked around in it unseen. Without locks.
 */
void hook_driver_appeared(bool by_us);

/* Tells of those that were not told of before; `again`: of all. Not under the loader's lock. */
void hook_modules_each(bool again, void (*tell)(const struct hook_module *module));

/* Whether the loader's observer has called. */
bool hook_has_agent(void);

#endif
