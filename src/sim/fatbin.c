/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads fatbins: checks the container, picks the entry a driver would pick, unpacks it and hands
 * it to the reader of cubins or PTX.
 *
 * The layout below is what nvcc 13 writes, with all its compress modes; fields not named are not
 * needed.  All multi-byte fields are little-endian, as this machine must be.
 */
#include "sim/fatbin.h"

#include <stdlib.h>
#include <string.h>

#include "sim/cubin.h"
#include "sim/decompress.h"
#include "sim/ptx.h"

struct fatbin_header {
	uint32_t magic;
	uint16_t version;     /* 1 */
	uint16_t header_size; /* 16 */
	uint64_t files_size;  /* of all entries with their headers */
};

struct fatbin_entry {
	uint16_t kind;
	uint16_t version;         /* 0x101 */
	uint32_t header_size;     /* 64, more with a name or options behind it */
	uint64_t payload_size;    /* in the file, padded to 8 bytes */
	uint32_t compressed_size; /* without the padding; 0 where not compressed */
	uint32_t options;
	uint16_t minor; /* of the PTX or ELF version */
	uint16_t major;
	uint32_t sm;
	uint64_t name;
	uint64_t flags;
	uint64_t reserved;
	uint64_t unpacked_size; /* 0 where not compressed */
};

_Static_assert(sizeof(struct fatbin_header) == 16, "fatbin header");
_Static_assert(sizeof(struct fatbin_entry) == 64, "fatbin entry");

enum {
	KIND_PTX = 1,
	KIND_CUBIN = 2,
};

#define FLAG_LZ4  0x2000u
#define FLAG_ZSTD 0x8000u
/* sm_90a: this very architecture and no other.  sm_100f: later ones of the same major version. */
#define FLAG_ARCH_ONLY 0x100000u
#define FLAG_FAMILY    0x200000u

/* The best entry of one kind seen so far. */
struct choice {
	struct fatbin_entry entry;
	const unsigned char *payload; /* NULL: none */
	uint32_t rank;
};

bool sim_fatbin_cubin_fits(int code_sm, int sm)
{
	return code_sm / 10 == sm / 10 && code_sm <= sm;
}

static bool fits(const struct fatbin_entry *entry, int sm)
{
	int code_sm = entry->sm > INT16_MAX ? INT16_MAX : (int)entry->sm;

	if (entry->flags & FLAG_ARCH_ONLY)
		return code_sm == sm;
	if (entry->kind == KIND_CUBIN || entry->flags & FLAG_FAMILY)
		return sim_fatbin_cubin_fits(code_sm, sm);
	return code_sm <= sm;
}

/*
 * The later architecture wins; of the same, the more special: an H100 given sm_90 and sm_90a, or
 * both as PTX, takes the latter.
 */
static uint32_t rank_of(const struct fatbin_entry *entry)
{
	uint32_t rank = entry->sm * 4 + 1;

	if (entry->flags & FLAG_ARCH_ONLY)
		return rank + 2;
	return entry->flags & FLAG_FAMILY ? rank + 1 : rank;
}

static void consider(struct choice *choice, const struct fatbin_entry *entry,
		     const unsigned char *payload, int sm)
{
	if (!fits(entry, sm) || rank_of(entry) <= choice->rank)
		return;
	*choice = (struct choice){ *entry, payload, rank_of(entry) };
}

/* Entries of other kinds (intermediate code for link-time optimisation) are passed over. */
static int choose(const unsigned char *at, size_t left, int sm, struct choice *cubin,
		  struct choice *ptx)
{
	while (left) {
		struct fatbin_entry entry;

		if (left < sizeof(entry))
			return SIM_IMAGE_INVALID;
		memcpy(&entry, at, sizeof(entry));
		if (entry.header_size < sizeof(entry) || entry.header_size > left ||
		    entry.payload_size > left - entry.header_size)
			return SIM_IMAGE_INVALID;
		if (entry.kind == KIND_CUBIN)
			consider(cubin, &entry, at + entry.header_size, sm);
		else if (entry.kind == KIND_PTX)
			consider(ptx, &entry, at + entry.header_size, sm);
		at += entry.header_size + entry.payload_size;
		left -= entry.header_size + entry.payload_size;
	}
	return SIM_IMAGE_OK;
}

static int parse_payload(const struct fatbin_entry *entry, const void *data, size_t size, int sm,
			 struct sim_image *image)
{
	int rc;

	if (entry->kind == KIND_CUBIN)
		return sim_cubin_parse(data, size, sm, image);
	/* The entry says what it is: a text that is nothing of the kind is PTX with errors. */
	rc = sim_ptx_parse(data, size, sm, image);
	return rc == SIM_IMAGE_INVALID ? SIM_IMAGE_BAD_PTX : rc;
}

static int parse_choice(const struct choice *choice, int sm, struct sim_image *image)
{
	const struct fatbin_entry *entry = &choice->entry;
	enum sim_compression how = SIM_COMPRESSION_NONE;
	char *unpacked;
	int rc;

	if (entry->flags & FLAG_ZSTD)
		how = SIM_COMPRESSION_ZSTD;
	else if (entry->flags & FLAG_LZ4)
		how = SIM_COMPRESSION_LZ4;
	if (how == SIM_COMPRESSION_NONE)
		return parse_payload(entry, choice->payload, entry->payload_size, sm, image);
	if (entry->compressed_size > entry->payload_size)
		return SIM_IMAGE_INVALID;
	rc = sim_decompress(how, choice->payload, entry->compressed_size, entry->unpacked_size,
			    &unpacked);
	if (rc)
		return rc;
	rc = parse_payload(entry, unpacked, entry->unpacked_size, sm, image);
	free(unpacked);
	return rc;
}

int sim_fatbin_parse(const void *data, size_t size, int sm, struct sim_image *image)
{
	struct choice cubin = { .payload = NULL }, ptx = { .payload = NULL };
	struct fatbin_header header;
	int rc;

	if (size < sizeof(header))
		return SIM_IMAGE_INVALID;
	memcpy(&header, data, sizeof(header));
	if (header.magic != SIM_FATBIN_MAGIC || header.version != 1 ||
	    header.header_size < sizeof(header) || header.header_size > size ||
	    header.files_size > size - header.header_size)
		return SIM_IMAGE_INVALID;
	rc = choose((const unsigned char *)data + header.header_size, header.files_size, sm, &cubin,
		    &ptx);
	if (rc)
		return rc;
	if (cubin.payload)
		return parse_choice(&cubin, sm, image);
	if (ptx.payload)
		return parse_choice(&ptx, sm, image);
	image->no_code = true;
	return SIM_IMAGE_OK;
}
