/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOOK_REACH_H
#define HOOK_REACH_H

#include <stddef.h>

/* Allocates so many bytes and frees them. The runtime's status; below 0: it was not to be had. */
int reach(const char *runtime, size_t bytes);

#endif
