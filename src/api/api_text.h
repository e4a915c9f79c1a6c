/* SPDX-License-Identifier: Apache-2.0 */
/* The `api` text (README.md, "The `api` text"), generated, as it goes into a session folder. */
#ifndef API_API_TEXT_H
#define API_API_TEXT_H

#include <stddef.h>

extern const char api_text[];
extern const size_t api_text_size; /* without the final NUL */

#endif
