/* SPDX-License-Identifier: Apache-2.0 */
/* Names of kernels without what a compiler or generator numbers anew in each build. */
#ifndef DIFF_KERNEL_NAME_H
#define DIFF_KERNEL_NAME_H

#include <stddef.h>

/*
 * The name in the form in which builds of one program share it. Written into `text`, cut off at
 * `size` less one; returns its length.
 */
size_t df_kernel_name(const char *name, char *text, size_t size);

/*
 * Which routine of a library a kernel is a variant of, so that another one of the same routine was
 * the choice of a heuristic ("gemm", "convolution"); NULL: not known as such. Takes a name that is
 * normalised or not.
 */
const char *df_kernel_routine(const char *name);

#endif
