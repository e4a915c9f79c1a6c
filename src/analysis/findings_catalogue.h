/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to the analysis: the thresholds of all findings, and the functions that the catalogue
 * names. A threshold keeps a program that is all right from being told what it cannot change: they
 * are set so that the examples and the usual frameworks' set-up stay below them.
 */
#ifndef ANALYSIS_FINDINGS_CATALOGUE_H
#define ANALYSIS_FINDINGS_CATALOGUE_H

#include "analysis/findings_detect.h"

/* So often the same line of a program does it, before it is taken for a loop. */
#define AN_LOOP_CALLS 32
/* Of what a line has made, at most this part was alive at once: the rest was given back. */
#define AN_LOOP_LIVE_PART 4
/* Made by one line so often, and hardly any destroyed. */
#define AN_NEVER_DESTROYED 1000
/* A part of the run's time that is worth a word, in percent. */
#define AN_WORTH_PERCENT 1
/* Copies of at most so many bytes are small, for a copy costs as much before its first byte. */
#define AN_SMALL_COPY 65536
/* So many small ones in one direction with no launch or wait between are one that was split... */
#define AN_SMALL_RUN 4
/* ... if there are so many in all. */
#define AN_SMALL_COPIES 64
/* Launches and asynchronous copies of a process before its streams are judged. */
#define AN_LEGACY_WORK 64
/* Answers or questions before it is called polling, or asking again. */
#define AN_POLLS 1000
/* Calls of a run before shares of its time mean anything. */
#define AN_ENOUGH_CALLS 32
/* A function has most of the time in calls; a single call has much of the run's. */
#define AN_DOMINANT_PERCENT  50
#define AN_LONG_CALL_PERCENT 20
/* A context is made within the first calls of a process. */
#define AN_FIRST_CALLS 16
/* Live memory that fell by so much, in percent of its peak, does not only grow. */
#define AN_FELL_PERCENT 10

/* A threshold within a text. */
#define AN_TEXT_OF(number) #number
#define AN_TEXT(number)    AN_TEXT_OF(number)

/* findings_failures.c */
extern const struct an_detector an_find_failed_calls, an_find_lost_calls, an_find_older_calls,
	an_find_unreturned_calls, an_find_recorder_waited;
/* findings_waits.c */
extern const struct an_detector an_find_sync_per_launch, an_find_sync_per_step;
/* findings_copies.c */
extern const struct an_detector an_find_blocking_copies, an_find_pageable_copies,
	an_find_small_copies;
/* findings_loops.c */
extern const struct an_detector an_find_allocation_loop, an_find_event_loop, an_find_stream_loop,
	an_find_graph_loop;
/* findings_memory.c */
extern const struct an_detector an_find_memory_grows;
/* findings_questions.c */
extern const struct an_detector an_find_polling, an_find_error_polling, an_find_same_device,
	an_find_same_question;
/* findings_run.c */
extern const struct an_detector an_find_legacy_stream, an_find_dominant_call, an_find_long_call;

#endif
