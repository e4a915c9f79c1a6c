/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cubins: the ELF files that ptxas and nvlink write.
 */
#ifndef SIM_CUBIN_H
#define SIM_CUBIN_H

#include "sim/image.h"

/*
 * Adds the cubin's kernels and variables to an empty image.  data need not be aligned; size may
 * be larger than the file.  Answers a SIM_IMAGE_* result.
 */
int sim_cubin_parse(const void *data, size_t size, int sm, struct sim_image *image);

#endif
