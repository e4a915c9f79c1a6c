/* SPDX-License-Identifier: Apache-2.0 */
/* What plugin.so, which lies beside the program, exports. */
#ifndef CONFORMANCE_PLUGIN_H
#define CONFORMANCE_PLUGIN_H

#include "api/cudart.h"

/* *p = value, by the library's own kernel on the thread's default stream. */
typedef cudaError_t plugin_fill_function(unsigned int *p, unsigned int value);
plugin_fill_function plugin_fill;

#endif
