/* SPDX-License-Identifier: Apache-2.0 */
/* A fat binary with one image, as nvcc's tools would have written it, made at run time. */
#ifndef CONFORMANCE_FATBIN_IMAGE_H
#define CONFORMANCE_FATBIN_IMAGE_H

#include <stddef.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CONF_FATBIN_MAGIC  0xba55ed50u
#define CONF_WRAPPER_MAGIC 0x466243b1
/* Of an entry: 64-bit code, for Linux. */
#define CONF_FATBIN_FLAGS 0x11u
#define CONF_IMAGE_SIZE   32768

struct conf_fatbin_header {
	uint32_t magic;
	uint16_t version, header_size;
	uint64_t files_size;
};

struct conf_fatbin_entry {
	uint16_t kind, version;
	uint32_t header_size;
	uint64_t payload_size;
	uint32_t compressed_size;
	uint32_t options; /* where, from the entry's start, the assembler's options are described */
	uint16_t minor, major;
	uint32_t sm;
	uint64_t name, flags, reserved, unpacked_size;
	/* The driver follows `options` to an offset and that to a text; it crashes without. */
	uint64_t options_text, no_text;
};

struct conf_fatbin_wrapper {
	int magic, version;
	const void *data;
	void *name;
};

struct conf_fatbin_image {
	struct conf_fatbin_wrapper wrapper;
	struct conf_fatbin_header header;
	struct conf_fatbin_entry entry;
	unsigned char payload[CONF_IMAGE_SIZE];
};

/* Kind 1 is PTX, 2 an ELF. Gives the wrapper; an image that is too large is cut. */
static inline void *conf_fatbin_in(struct conf_fatbin_image *at, int kind, int sm,
				   const void *image, size_t size)
{
	size_t padded;

	memset(at, 0, sizeof(*at));
	if (size > CONF_IMAGE_SIZE)
		size = CONF_IMAGE_SIZE;
	padded = (size + 7) / 8 * 8;
	at->wrapper = (struct conf_fatbin_wrapper){ CONF_WRAPPER_MAGIC, 1, &at->header, NULL };
	at->header = (struct conf_fatbin_header){
		.magic = CONF_FATBIN_MAGIC,
		.version = 1,
		.header_size = sizeof(at->header),
		.files_size = sizeof(at->entry) + padded,
	};
	at->entry = (struct conf_fatbin_entry){
		.kind = (uint16_t)kind,
		.version = 0x101,
		.header_size = sizeof(at->entry),
		.payload_size = padded,
		.options = offsetof(struct conf_fatbin_entry, options_text),
		.major = 7,
		.minor = 8,
		.sm = (uint32_t)sm,
		.flags = CONF_FATBIN_FLAGS,
		.options_text = offsetof(struct conf_fatbin_entry, no_text),
	};
	memcpy(at->payload, image, size);
	return &at->wrapper;
}

#endif
