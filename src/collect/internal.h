/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the collector ask of each other. Not for use outside src/collect.
 */
#ifndef COLLECT_INTERNAL_H
#define COLLECT_INTERNAL_H

#include "collect/collector.h"

struct iovec;

/* Appends a chunk; the first failure is remembered in c->write_error. */
bool col_write(struct collector *c, enum ctr_chunk_kind kind, const struct iovec *parts,
	       unsigned int nparts);

/* collector.c: everything but the file of the trace. */
void col_prepare(struct collector *c, struct col_session *session);

/* scan.c: takes in processes, rings and the API's text that have appeared. */
void col_scan(struct collector *c, bool thorough);
void col_scan_slots(struct collector *c);
void col_scan_rings(struct collector *c);

/* drain.c: moves what the process recorded. `dead`: it will record no more. */
void col_drain(struct collector *c, struct col_process *p, bool dead);

/* drain.c: the last look at a process: takes everything, lets go of its files. */
void col_close_process(struct collector *c, struct col_process *p, bool still_runs);

/* describe.c: the JSON texts of a trace. To be freed with free(). */
char *col_describe_run(const struct col_session *s, const struct col_run_info *run);
char *col_describe_process(const struct col_process *p);
char *col_describe_end(const struct collector *c, const struct col_end_info *end);

#endif
