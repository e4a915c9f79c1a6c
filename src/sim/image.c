/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells the four kinds of image apart and joins the parts of a program that was compiled in
 * separate units and never linked for this device.
 */
#include "sim/image.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cubin.h"
#include "sim/fatbin.h"
#include "sim/image_build.h"
#include "sim/ptx.h"

/* More translation units than any program has: where a damaged list is given up. */
#define LIST_LIMIT 100000

/*
 * Byte by byte: what is readable of memory may go on behind a shorter image, a text's end is a byte
 * that does not fit.
 */
static bool begins_with(const void *data, size_t size, uint32_t magic)
{
	const unsigned char *byte = data, *wanted = (const unsigned char *)&magic;
	size_t same = 0;

	while (same < size && same < sizeof(magic) && byte[same] == wanted[same])
		same++;
	return same == sizeof(magic);
}

static bool is_elf(const void *data, size_t size)
{
	uint32_t magic;

	memcpy(&magic, ELFMAG, sizeof(magic));
	return begins_with(data, size, magic);
}

/* Anything but a wrapper; image is empty before, and perhaps half filled after an error. */
static int parse_plain(const void *data, size_t size, int sm, struct sim_image *image)
{
	if (!data || !size)
		return SIM_IMAGE_INVALID;
	if (begins_with(data, size, SIM_FATBIN_MAGIC))
		return sim_fatbin_parse(data, size, sm, image);
	if (is_elf(data, size))
		return sim_cubin_parse(data, size, sm, image);
	return sim_ptx_parse(data, size, sm, image);
}

/* One unit of the list, joined to those before it; *whole becomes false if it has no code. */
static int add_unit(const void *data, int sm, struct sim_image *image, bool *whole)
{
	struct sim_image *unit = sim_image_new();
	int rc;

	if (!unit)
		return SIM_IMAGE_NO_MEMORY;
	rc = parse_plain(data, sim_image_readable(data), sm, unit);
	if (!rc)
		*whole = !unit->no_code;
	if (!rc && *whole)
		rc = sim_image_merge(image, unit);
	sim_image_free(unit);
	return rc;
}

/*
 * The list of a version 2 wrapper.  A driver links these for a device that the program was not
 * linked for; the list holds the device runtime too, whose kernels then show up with the rest.
 * Where one unit has no code for the device there is nothing to link with, so no code at all.
 */
static int parse_list(const void *const *list, int sm, struct sim_image *image)
{
	size_t limit = sim_image_readable(list) / sizeof(*list);
	bool whole = limit && list[0];
	int rc = SIM_IMAGE_OK;

	if (limit > LIST_LIMIT)
		limit = LIST_LIMIT;
	sim_image_clear(image);
	for (size_t i = 0; i < limit && list[i] && whole && !rc; i++)
		rc = add_unit(list[i], sm, image, &whole);
	if (!rc && !whole) {
		sim_image_clear(image);
		image->no_code = true;
	}
	return rc;
}

static int parse_wrapper(const void *data, size_t size, int sm, struct sim_image *image)
{
	struct sim_fatbin_wrapper wrapper;
	int rc;

	if (size < sizeof(wrapper))
		return SIM_IMAGE_INVALID;
	memcpy(&wrapper, data, sizeof(wrapper));
	if (!wrapper.data)
		return SIM_IMAGE_INVALID;
	rc = parse_plain(wrapper.data, sim_image_readable(wrapper.data), sm, image);
	/* A program of PTX alone has nothing linked: the data are then a fatbin of no entries. */
	if (!rc && image->no_code && wrapper.version == 2 && wrapper.list)
		rc = parse_list(wrapper.list, sm, image);
	return rc;
}

int sim_image_parse_sized(const void *data, size_t size, int sm, struct sim_image **out)
{
	struct sim_image *image;
	int rc;

	if (!data || !size)
		return SIM_IMAGE_INVALID;
	image = sim_image_new();
	if (!image)
		return SIM_IMAGE_NO_MEMORY;
	if (begins_with(data, size, SIM_FATBIN_WRAPPER_MAGIC))
		rc = parse_wrapper(data, size, sm, image);
	else
		rc = parse_plain(data, size, sm, image);
	if (rc)
		sim_image_free(image);
	else
		*out = image;
	return rc;
}

int sim_image_parse(const void *data, int sm, struct sim_image **out)
{
	return sim_image_parse_sized(data, sim_image_readable(data), sm, out);
}

/*
 * Seen on an H100: text that is no PTX, PTX with errors, code for another architecture, an ELF
 * file for another machine and damaged compressed data all load as an empty library.  Only a
 * cubin whose own headers do not hold is refused at once.
 */
int sim_image_library_result(const void *data, int result)
{
	Elf64_Ehdr header;

	if (result == SIM_IMAGE_NO_MEMORY)
		return result;
	if (result != SIM_IMAGE_INVALID || sim_image_readable(data) < sizeof(header))
		return SIM_IMAGE_OK;
	/* The first bytes tell, and no more of a short image may be touched. */
	if (!is_elf(data, SELFMAG))
		return SIM_IMAGE_OK;
	memcpy(&header, data, sizeof(header));
	return header.e_machine == EM_CUDA ? result : SIM_IMAGE_OK;
}
