/* SPDX-License-Identifier: Apache-2.0 */
/* Text of unknown origin, character by character. */
#ifndef UTIL_UTF8_H
#define UTIL_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Length of the UTF-8 character at text[0], of which `length` (> 0) bytes are there, and its code
 * point. 0: no valid character begins here (overlong forms and surrogates are not valid).
 */
size_t ut_utf8_char(const char *text, size_t length, uint32_t *code);

/* May be sent to a terminal: no control character, nothing that reorders the text around it. */
bool ut_is_printable(uint32_t code);

#endif
