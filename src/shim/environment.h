/* SPDX-License-Identifier: Apache-2.0 */
/* The environment variables that the library in the traced process reads; all of them, here. */
#ifndef SHIM_ENVIRONMENT_H
#define SHIM_ENVIRONMENT_H

#include <stdbool.h>

struct rec_setup;

/*
 * Reads them, once: what the program does to its environment later is not for us. Safe before any
 * constructor has run.
 */
void shim_environment_read(void);

/* The folder of the session that a collector made; NULL: there is none. */
const char *shim_environment_session(void);

/* Puts what was read into the recorder's setup. */
void shim_environment_apply(struct rec_setup *setup);

#endif
