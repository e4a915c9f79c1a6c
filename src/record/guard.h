/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared files that somebody cuts off while they are mapped: the next touch is a SIGBUS, which must
 * cost records and not the program.
 */
#ifndef RECORD_GUARD_H
#define RECORD_GUARD_H

/*
 * From now on a SIGBUS in the recorder's own mappings puts memory of the process in their place. A
 * program that handles SIGBUS itself is left alone, and every other SIGBUS ends it as ever.
 */
void rec_guard_install(void);

#endif
