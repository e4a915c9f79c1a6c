/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a finished trace has to say about itself: what is missing and why.
 */
#ifndef COLLECT_FINISH_H
#define COLLECT_FINISH_H

#include "collect/collector.h"

/* Adds the warnings that follow from the counters and from the modules that were mapped. */
void col_explain(struct collector *c, const struct col_end_info *end);

#endif
