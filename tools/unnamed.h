/* SPDX-License-Identifier: Apache-2.0 */
/* Files without a name, in $TMPDIR: gone with the last descriptor, whatever becomes of us. */
#ifndef TOOLS_UNNAMED_H
#define TOOLS_UNNAMED_H

#include <stddef.h>

const char *unnamed_folder(void);

/* For reading and writing. -1: `why` has one line. */
int unnamed_make(char *why, size_t size);

#endif
