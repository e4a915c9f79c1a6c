/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling what came out, on standard output.
 */
#ifndef TOOLS_CHECK_REPORT_H
#define TOOLS_CHECK_REPORT_H

#include "check_state.h"

/* What is known so far is told for a check that came to no comparison, too. */
void check_report(const struct check *c);
void check_report_json(const struct check *c);

#endif
