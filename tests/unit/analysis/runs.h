/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Made-up runs for the tests of statistics and findings: calls one behind the other, each with its
 * duration, from a place and a thread that stay until they are changed.
 *
 *	run_begin(AN_BY_FUNCTION);
 *	run_at(0x100);
 *	run_call(ev_call("cudaMalloc", ev_ptr("devPtr", 0x10), ev_size("size", 4), EV_END), 500);
 *	ck_assert_ptr_nonnull(run_finding("allocation-in-loop"));	ends the run
 *	run_end();
 */
#ifndef ANALYSIS_RUNS_H
#define ANALYSIS_RUNS_H

#include "analysis/statistics.h"
#include "unit/analysis/events.h"

#define RUN_PINNED   0x10000000u
#define RUN_PAGEABLE 0x20000000u
#define RUN_DEVICE   0x7f0000000000u

extern struct ct_header run_header; /* of one process, recorded from its start */
extern struct an_statistics *run_statistics;

void run_begin(enum an_group by);
/* From here on: where calls are made from, by which thread, with which time between them. */
void run_at(uint64_t offset);
void run_thread(uint32_t tid);
void run_pause(uint64_t ns);

/* Returns the number of the event. */
uint64_t run_call(struct ct_event event, uint64_t ns);
void run_skip(struct ct_event event, uint64_t ns); /* filtered out */
void run_loss(uint64_t calls);
void run_loss_of(uint64_t calls, const char *cause);

/* Usual calls, of 1000 ns. */
void run_launch(uint64_t stream);
void run_wait(uint64_t ns);
void run_copy_async(uint64_t to, uint64_t from, uint64_t bytes, unsigned int kind);
void run_copy(uint64_t to, uint64_t from, uint64_t bytes, unsigned int kind, uint64_t ns);
void run_malloc(uint64_t at, uint64_t bytes);
void run_free(uint64_t at);
void run_pin(uint64_t at, uint64_t bytes);

/* These end the run, if it has not ended. */
const struct an_finding *run_finding(const char *code);
const struct an_tally *run_row(const char *name);
void run_end(void);

#endif
