/* SPDX-License-Identifier: Apache-2.0 */
/* How much of the CUDA runtime this installation implements. */
#ifndef TOOLS_COVERAGE_H
#define TOOLS_COVERAGE_H

/* Prints it; returns the exit status. */
int coverage_print(void);

#endif
