/* SPDX-License-Identifier: Apache-2.0 */
/* The tool's messages to a person: one line on stderr that begins with `curtrace: `. */
#ifndef UTIL_MESSAGE_H
#define UTIL_MESSAGE_H

void ut_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

void ut_die(int status, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));

#endif
