/* SPDX-License-Identifier: Apache-2.0 */
/* What each call of a trace did, as the formats of an export take it (write/format.h). */
#ifndef TOOLS_EXPORT_DETAIL_H
#define TOOLS_EXPORT_DETAIL_H

#include "write/format.h"

struct export_detail;

struct export_detail *export_detail_new(void);
void export_detail_free(struct export_detail *d);

/* Of the next event, in the trace's order; NULL if it is no call. Valid until the next one. */
const struct wr_detail *export_detail_next(struct export_detail *d, const struct ct_event *event);

#endif
