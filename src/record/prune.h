/* SPDX-License-Identifier: Apache-2.0 */
/* Removing flight recorder sessions of dead processes. */
#ifndef RECORD_PRUNE_H
#define RECORD_PRUNE_H

#define REC_FLIGHT_PREFIX "flight."

/*
 * How many of them are kept for the reading commands, and on which part of the file system that
 * they lie on at most: it is memory as a rule.
 */
#define REC_FLIGHT_KEEP 8
#define REC_FLIGHT_PART 4

/* `base`: the folder that holds the sessions. Called with the session lock held. */
void rec_flight_prune(int base);

#endif
