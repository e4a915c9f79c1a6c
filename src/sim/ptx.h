/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PTX text: what it declares, not what it computes.
 */
#ifndef SIM_PTX_H
#define SIM_PTX_H

#include "sim/image.h"

/*
 * Adds the text's kernels and variables to an empty image.  The text ends at size or at a NUL,
 * whichever comes first.  Answers a SIM_IMAGE_* result.
 */
int sim_ptx_parse(const void *data, size_t size, int sm, struct sim_image *image);

#endif
