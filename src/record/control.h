/* SPDX-License-Identifier: Apache-2.0 */
/* Control records: whose the cells are, and what was lost between them. */
#ifndef RECORD_CONTROL_H
#define RECORD_CONTROL_H

#include <stdbool.h>

#include "record/record.h"

/* Cells that stand before the thread's next record; 0 nearly always. */
unsigned int rec_control_due_cells(const struct rec_thread *t);

/* Writes them: `cells` is that answer, for which there is room. The thread is busy. */
void rec_control_write_due(struct rec_thread *t, unsigned int cells);

/* Says that the thread has ended, if there is room; the thread is busy. */
void rec_control_thread_end(struct rec_thread *t);

/* Within a call: writes the record of a new stream. False: there is no room for it just now. */
bool rec_control_stream(const struct ctr_control_stream *stream);

#endif
