/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attribute records of a cubin's .nv.info sections.
 */
#ifndef SIM_CUBIN_INFO_H
#define SIM_CUBIN_INFO_H

#include "sim/image.h"

/* Attributes of the whole file, each for one kernel: symbol, value. */
enum {
	SIM_CUBIN_STACK = 0x12, /* least stack per thread, in bytes */
	SIM_CUBIN_REGISTERS = 0x2f,
};

struct sim_cubin_record {
	uint8_t attribute;
	uint16_t value;            /* of a record without data; else 0 */
	const unsigned char *data; /* NULL for a record without */
	size_t size;
};

/*
 * Takes the record at *at and moves on.  1: there was one; 0: the end; -1: the section is
 * damaged.
 */
int sim_cubin_next_record(const unsigned char **at, size_t *left, struct sim_cubin_record *record);

/* The record's index-th 32-bit word; 0 beyond its end. */
uint32_t sim_cubin_word(const struct sim_cubin_record *record, size_t index);

/* Fills in what a kernel's own section says.  Answers a SIM_IMAGE_* result. */
int sim_cubin_kernel_info(const unsigned char *data, size_t size, struct sim_image_kernel *kernel);

#endif
