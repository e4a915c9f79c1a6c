/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes device images for the tests of the simulator's readers: fatbins and cubins built by hand
 * in a growing buffer, without any of NVIDIA's tools.
 */
#ifndef SIM_IMAGE_FIXTURE_H
#define SIM_IMAGE_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
	unsigned char *data;
	size_t size;
};

/* Appends; NULL data appends zeros. */
void bytes_add(struct bytes *bytes, const void *data, size_t size);
void bytes_align(struct bytes *bytes, size_t align);
void bytes_free(struct bytes *bytes);

/* A copy with nothing behind its last byte, so that a sanitizer sees each byte too many read. */
void *exact_copy(const void *data, size_t size);

/* Fatbins: begin, any number of entries, end. */
enum {
	FATBIN_PTX = 1,
	FATBIN_CUBIN = 2,
	FATBIN_LZ4 = 0x2000,
	FATBIN_ZSTD = 0x8000,
	FATBIN_ARCH_ONLY = 0x100000,
	FATBIN_FAMILY = 0x200000,
};
void fatbin_begin(struct bytes *fatbin);
void fatbin_add(struct bytes *fatbin, int kind, int sm, uint64_t flags, const void *data,
		size_t size);
void fatbin_end(struct bytes *fatbin);

/* A fatbin of one PTX entry whose only kernel has this name and one u64 parameter. */
struct bytes ptx_fatbin(int sm, uint64_t flags, const char *kernel);

/* Cubins: sections and symbols in the order they are added. */
#define CUBIN_SECTIONS 32

struct cubin_section {
	char name[64];
	uint32_t type;
	uint32_t info;
	uint64_t size; /* differs from content's for one without bytes */
	struct bytes content;
};

struct cubin_fixture {
	uint32_t flags;
	uint16_t type;
	uint8_t osabi;
	unsigned nsections;
	struct cubin_section sections[CUBIN_SECTIONS];
	struct bytes symbols;
	struct bytes names;
};

void cubin_begin(struct cubin_fixture *cubin, int sm);
/* Answers the section's index in the file. */
unsigned cubin_section(struct cubin_fixture *cubin, const char *name, const void *data,
		       uint64_t size);
/* Answers the symbol's index. */
unsigned cubin_symbol(struct cubin_fixture *cubin, const char *name, int type, int other,
		      unsigned section, uint64_t value, uint64_t size);
/* A kernel: its text section and symbol; answers the section. */
unsigned cubin_kernel(struct cubin_fixture *cubin, const char *name);
/* The file; frees the fixture's own memory. */
struct bytes cubin_end(struct cubin_fixture *cubin);

/* Appends an attribute record with words for data, or with a value and no data. */
void record_words(struct bytes *info, int attribute, unsigned count, const uint32_t *words);
void record_value(struct bytes *info, int format, int attribute, uint16_t value);

#endif
