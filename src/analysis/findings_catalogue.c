/* SPDX-License-Identifier: Apache-2.0 */
/* What is looked for. */
#include "analysis/findings_catalogue.h"

const struct an_detector *const an_detectors[] = {
	&an_find_failed_calls,     &an_find_lost_calls,      &an_find_older_calls,
	&an_find_unreturned_calls, &an_find_recorder_waited, &an_find_sync_per_launch,
	&an_find_sync_per_step,    &an_find_blocking_copies, &an_find_pageable_copies,
	&an_find_small_copies,     &an_find_allocation_loop, &an_find_event_loop,
	&an_find_stream_loop,      &an_find_graph_loop,      &an_find_memory_grows,
	&an_find_polling,          &an_find_error_polling,   &an_find_same_device,
	&an_find_same_question,    &an_find_legacy_stream,   &an_find_dominant_call,
	&an_find_long_call,
};

const size_t an_detector_count = sizeof(an_detectors) / sizeof(an_detectors[0]);
