/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traces that `record --flight' makes: of a program that runs by a process of their own, so that it
 * need not wait for them; and at the end.
 */
#ifndef TOOLS_DUMPS_H
#define TOOLS_DUMPS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ask.h"

struct recording;

struct dumps {
	pid_t pid;        /* of who makes one; 0: nobody */
	int fd;           /* what he has to say */
	char why[320];    /* the reason for it */
	struct ask asked; /* by whom; .number is 0 if by nobody */
	char text[PATH_MAX + 256];
	size_t length; /* of it */
	uint64_t next_ask_ns, next_trigger_ns;
	unsigned int made;
};

/* The program is about to run. */
void dumps_begin(struct recording *r);

/* Begins what is asked for, ends what is done. Returns how many microseconds one may sleep. */
unsigned int dumps_poll(struct recording *r, unsigned int us);

/*
 * The program has ended: a last trace if there is a reason, and the end of the collector's work.
 * False: there should be one and it could not be made, which was said; what it would be made of is
 * there still.
 */
bool dumps_finish(struct recording *r);

#endif
