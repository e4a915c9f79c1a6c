/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the attribute records of .nv.info sections: a format byte, an attribute byte and either
 * a 16-bit value or the size of the data that follow.
 */
#include "sim/cubin_info.h"

#include <stdlib.h>
#include <string.h>

/* The only format with data behind the first four bytes; 1, 2 and 3 have a value in them. */
#define FORMAT_DATA 4

/* Attributes of one kernel. */
enum {
	MAX_THREADS = 0x05,    /* three words: __launch_bounds__ as a shape */
	REQUIRED_BLOCK = 0x10, /* three words: __block_size__ */
	PARAM = 0x17,          /* one for each parameter */
	PARAM_BLOCK_SIZE = 0x19,
	CLUSTER = 0x3d, /* three words: __cluster_dims__ */
	CLUSTER_MUST_BE_SET = 0x3e,
	MAX_CLUSTER_RANK = 0x3f,
	PARAM_LARGE = 0x45, /* in kernels whose parameters exceed 4 KiB */
};

int sim_cubin_next_record(const unsigned char **at, size_t *left, struct sim_cubin_record *record)
{
	uint8_t format;
	uint16_t value;

	if (!*left)
		return 0;
	if (*left < 4)
		return -1;
	format = (*at)[0];
	if (format < 1 || format > FORMAT_DATA)
		return -1;
	*record = (struct sim_cubin_record){ .attribute = (*at)[1] };
	memcpy(&value, *at + 2, sizeof(value));
	*at += 4;
	*left -= 4;
	if (format != FORMAT_DATA) {
		record->value = value;
		return 1;
	}
	if (value > *left)
		return -1;
	record->data = *at;
	record->size = value;
	*at += value;
	*left -= value;
	return 1;
}

uint32_t sim_cubin_word(const struct sim_cubin_record *record, size_t index)
{
	uint32_t word = 0;

	if (index < record->size / sizeof(word))
		memcpy(&word, record->data + index * sizeof(word), sizeof(word));
	return word;
}

/* Shapes are x, y, z; a bound on threads is written as one, too. */
static void get_shape(const struct sim_cubin_record *record, uint32_t shape[3])
{
	for (size_t i = 0; i < 3; i++)
		shape[i] = sim_cubin_word(record, i);
}

/*
 * A record is {index, ordinal | offset << 16, size and flags}.  The small form has the size in the
 * upper 14 bits; the large one in the lower ones, below flags that cubins since sm_100 have.
 */
static bool set_param(const struct sim_cubin_record *record, struct sim_image_kernel *kernel)
{
	uint32_t ordinal = sim_cubin_word(record, 1) & 0xffff;
	uint32_t size = sim_cubin_word(record, 2);

	if (record->size < 12 || ordinal >= kernel->nparams)
		return false;
	kernel->params[ordinal] = (struct sim_image_param){
		.offset = sim_cubin_word(record, 1) >> 16,
		.size = record->attribute == PARAM ? size >> 18 : size & 0xffffff,
	};
	return true;
}

static bool is_param(const struct sim_cubin_record *record)
{
	return record->attribute == PARAM || record->attribute == PARAM_LARGE;
}

/* The records come last parameter first and are not counted anywhere, so count them. */
static int read_params(const unsigned char *data, size_t size, struct sim_image_kernel *kernel)
{
	struct sim_cubin_record record;
	const unsigned char *at = data;
	size_t left = size;
	uint32_t count = 0;

	while (sim_cubin_next_record(&at, &left, &record) > 0)
		count += is_param(&record);
	if (!count)
		return SIM_IMAGE_OK;
	free(kernel->params);
	kernel->params = calloc(count, sizeof(*kernel->params));
	if (!kernel->params)
		return SIM_IMAGE_NO_MEMORY;
	kernel->nparams = count;
	while (sim_cubin_next_record(&data, &size, &record) > 0)
		if (is_param(&record) && !set_param(&record, kernel))
			return SIM_IMAGE_INVALID;
	return SIM_IMAGE_OK;
}

/* Attributes not named here (barriers, exits, alignment of code) do not show at the interface. */
static void take_record(const struct sim_cubin_record *record, struct sim_image_kernel *kernel)
{
	uint32_t shape[3];

	switch (record->attribute) {
	case MAX_THREADS:
		get_shape(record, shape);
		kernel->max_threads = shape[0] * shape[1] * shape[2];
		break;
	case REQUIRED_BLOCK:
		get_shape(record, kernel->req_block);
		break;
	case PARAM_BLOCK_SIZE:
		kernel->param_size = record->value;
		break;
	case CLUSTER:
		get_shape(record, kernel->cluster);
		break;
	case CLUSTER_MUST_BE_SET:
		kernel->cluster_must_be_set = true;
		break;
	case MAX_CLUSTER_RANK:
		kernel->max_cluster_rank = sim_cubin_word(record, 0);
		break;
	}
}

int sim_cubin_kernel_info(const unsigned char *data, size_t size, struct sim_image_kernel *kernel)
{
	struct sim_cubin_record record;
	int rc = read_params(data, size, kernel);
	int more = 0;

	if (rc)
		return rc;
	while ((more = sim_cubin_next_record(&data, &size, &record)) > 0)
		take_record(&record, kernel);
	return more ? SIM_IMAGE_INVALID : SIM_IMAGE_OK;
}
