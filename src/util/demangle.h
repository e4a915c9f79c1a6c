/* SPDX-License-Identifier: Apache-2.0 */
/* Names of C++ as people write them. For the tools: it loads a library. */
#ifndef UTIL_DEMANGLE_H
#define UTIL_DEMANGLE_H

/* To be freed. NULL: not a mangled name, or nothing on this machine can read it. */
char *ut_demangle(const char *name);

#endif
