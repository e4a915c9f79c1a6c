/* SPDX-License-Identifier: Apache-2.0 */
/* Control records: whose the cells are, and what was lost between them. */
#ifndef RECORD_CONTROL_H
#define RECORD_CONTROL_H

#include "record/record.h"

/* Cells that stand before the thread's next record; 0 nearly always. */
unsigned int rec_control_due_cells(const struct rec_thread *t);

/* Writes them. There is room, and the thread is busy. */
void rec_control_write_due(struct rec_thread *t);

/* Says that the thread has ended, if there is room; the thread is busy. */
void rec_control_thread_end(struct rec_thread *t);

#endif
