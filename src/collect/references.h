/* SPDX-License-Identifier: Apache-2.0 */
/* What a program of CUDA 11 has that curtrace's runtime cannot serve, among its definitions. */
#ifndef COLLECT_REFERENCES_H
#define COLLECT_REFERENCES_H

#include <stddef.h>

#include "collect/warnings.h"

/* A warning for each reference to a texture or a surface in these whole definitions. */
void col_references_warn(struct col_warnings *w, const char *defs, size_t size);

#endif
