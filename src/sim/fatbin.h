/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fatbin container: several cubins and PTX texts of the same source for different
 * architectures, each perhaps compressed.
 */
#ifndef SIM_FATBIN_H
#define SIM_FATBIN_H

#include "sim/image.h"

/* The first word of the wrapper that nvcc registers, and of a fatbin itself. */
#define SIM_FATBIN_WRAPPER_MAGIC 0x466243b1u
#define SIM_FATBIN_MAGIC         0xba55ed50u

/* The wrapper.  Version 2 has a NULL-terminated list of not yet linked fatbins as well. */
struct sim_fatbin_wrapper {
	uint32_t magic;
	uint32_t version;
	const void *data;
	const void *const *list;
};

/*
 * Whether code compiled for architecture code_sm runs on a device of architecture sm: cubins
 * within the major version, PTX on everything later.
 */
bool sim_fatbin_cubin_fits(int code_sm, int sm);

/*
 * Adds the entry that fits the device best to the image, or sets its no_code where none does.
 * Answers a SIM_IMAGE_* result.
 */
int sim_fatbin_parse(const void *data, size_t size, int sm, struct sim_image *image);

#endif
