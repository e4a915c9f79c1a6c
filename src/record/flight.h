/* SPDX-License-Identifier: Apache-2.0 */
/* A session without a collector: the newest calls of each thread, kept for whoever asks later. */
#ifndef RECORD_FLIGHT_H
#define RECORD_FLIGHT_H

#include <stdint.h>

#include "record/process.h"
#include "record/setup.h"

/*
 * Makes a session folder and its session file, overflow set to overwrite. Writes the folder's path
 * to `folder`; false: no room anywhere.
 */
bool rec_flight_make(const struct rec_setup *setup, const struct rec_identity *identity,
		     char *folder, size_t size);

#endif
