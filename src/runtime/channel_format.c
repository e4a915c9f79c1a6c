/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Channel descriptors and array formats. Plain integers and floats are told apart by the width of
 * a channel; every other format has a kind of its own, and its descriptor must have that kind's
 * widths.
 */
#include "runtime/channel_format.h"

#include <stdbool.h>
#include <stddef.h>

/* Formats of one channel: `bits` wide, one, two or four of them to an element. */
static const struct plain {
	CUarray_format format;
	enum cudaChannelFormatKind kind;
	int bits;
} plain[] = {
	{ CU_AD_FORMAT_UNSIGNED_INT8, cudaChannelFormatKindUnsigned, 8 },
	{ CU_AD_FORMAT_UNSIGNED_INT16, cudaChannelFormatKindUnsigned, 16 },
	{ CU_AD_FORMAT_UNSIGNED_INT32, cudaChannelFormatKindUnsigned, 32 },
	{ CU_AD_FORMAT_SIGNED_INT8, cudaChannelFormatKindSigned, 8 },
	{ CU_AD_FORMAT_SIGNED_INT16, cudaChannelFormatKindSigned, 16 },
	{ CU_AD_FORMAT_SIGNED_INT32, cudaChannelFormatKindSigned, 32 },
	{ CU_AD_FORMAT_HALF, cudaChannelFormatKindFloat, 16 },
	{ CU_AD_FORMAT_FLOAT, cudaChannelFormatKindFloat, 32 },
};

/*
 * Formats of a whole element. `size` is in bytes, for block-compressed formats of a block of
 * 4x4 texels. NV12 counts by its first plane: the others are arrays of their own.
 */
static const struct special {
	CUarray_format format;
	enum cudaChannelFormatKind kind;
	int bits[4];
	unsigned char channels, size, block;
} special[] = {
#define SPECIAL(format, kind, x, y, z, w, channels, size, block)                              \
	{                                                                                     \
		CU_AD_FORMAT_##format, cudaChannelFormatKind##kind, { x, y, z, w }, channels, \
			size, block                                                           \
	}
	SPECIAL(NV12, NV12, 8, 8, 8, 0, 3, 1, 1),
	SPECIAL(UNORM_INT8X1, UnsignedNormalized8X1, 8, 0, 0, 0, 1, 1, 1),
	SPECIAL(UNORM_INT8X2, UnsignedNormalized8X2, 8, 8, 0, 0, 2, 2, 1),
	SPECIAL(UNORM_INT8X4, UnsignedNormalized8X4, 8, 8, 8, 8, 4, 4, 1),
	SPECIAL(UNORM_INT16X1, UnsignedNormalized16X1, 16, 0, 0, 0, 1, 2, 1),
	SPECIAL(UNORM_INT16X2, UnsignedNormalized16X2, 16, 16, 0, 0, 2, 4, 1),
	SPECIAL(UNORM_INT16X4, UnsignedNormalized16X4, 16, 16, 16, 16, 4, 8, 1),
	SPECIAL(SNORM_INT8X1, SignedNormalized8X1, 8, 0, 0, 0, 1, 1, 1),
	SPECIAL(SNORM_INT8X2, SignedNormalized8X2, 8, 8, 0, 0, 2, 2, 1),
	SPECIAL(SNORM_INT8X4, SignedNormalized8X4, 8, 8, 8, 8, 4, 4, 1),
	SPECIAL(SNORM_INT16X1, SignedNormalized16X1, 16, 0, 0, 0, 1, 2, 1),
	SPECIAL(SNORM_INT16X2, SignedNormalized16X2, 16, 16, 0, 0, 2, 4, 1),
	SPECIAL(SNORM_INT16X4, SignedNormalized16X4, 16, 16, 16, 16, 4, 8, 1),
	SPECIAL(BC1_UNORM, UnsignedBlockCompressed1, 8, 8, 8, 8, 4, 8, 4),
	SPECIAL(BC1_UNORM_SRGB, UnsignedBlockCompressed1SRGB, 8, 8, 8, 8, 4, 8, 4),
	SPECIAL(BC2_UNORM, UnsignedBlockCompressed2, 8, 8, 8, 8, 4, 16, 4),
	SPECIAL(BC2_UNORM_SRGB, UnsignedBlockCompressed2SRGB, 8, 8, 8, 8, 4, 16, 4),
	SPECIAL(BC3_UNORM, UnsignedBlockCompressed3, 8, 8, 8, 8, 4, 16, 4),
	SPECIAL(BC3_UNORM_SRGB, UnsignedBlockCompressed3SRGB, 8, 8, 8, 8, 4, 16, 4),
	SPECIAL(BC4_UNORM, UnsignedBlockCompressed4, 8, 0, 0, 0, 1, 8, 4),
	SPECIAL(BC4_SNORM, SignedBlockCompressed4, 8, 0, 0, 0, 1, 8, 4),
	SPECIAL(BC5_UNORM, UnsignedBlockCompressed5, 8, 8, 0, 0, 2, 16, 4),
	SPECIAL(BC5_SNORM, SignedBlockCompressed5, 8, 8, 0, 0, 2, 16, 4),
	SPECIAL(BC6H_UF16, UnsignedBlockCompressed6H, 16, 16, 16, 0, 3, 16, 4),
	SPECIAL(BC6H_SF16, SignedBlockCompressed6H, 16, 16, 16, 0, 3, 16, 4),
	SPECIAL(BC7_UNORM, UnsignedBlockCompressed7, 8, 8, 8, 8, 4, 16, 4),
	SPECIAL(BC7_UNORM_SRGB, UnsignedBlockCompressed7SRGB, 8, 8, 8, 8, 4, 16, 4),
	SPECIAL(UNORM_INT_101010_2, UnsignedNormalized1010102, 10, 10, 10, 2, 4, 4, 1),
#undef SPECIAL
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Channels of a descriptor that has one, two or four equal ones in front; else 0. */
static unsigned int equal_channels(const struct cudaChannelFormatDesc *d)
{
	if (d->y == 0 && d->z == 0 && d->w == 0)
		return 1;
	if (d->y == d->x && d->z == 0 && d->w == 0)
		return 2;
	return d->y == d->x && d->z == d->x && d->w == d->x ? 4 : 0;
}

static const struct plain *plain_of(const struct cudaChannelFormatDesc *desc)
{
	for (size_t i = 0; i < COUNT(plain); i++) {
		if (plain[i].kind == desc->f && plain[i].bits == desc->x)
			return &plain[i];
	}
	return NULL;
}

/* A kind of its own with other widths than its own is no format: NULL, not the next best one. */
static const struct special *special_of(const struct cudaChannelFormatDesc *desc)
{
	for (size_t i = 0; i < COUNT(special); i++) {
		const int *bits = special[i].bits;

		if (special[i].kind == desc->f)
			return bits[0] == desc->x && bits[1] == desc->y && bits[2] == desc->z &&
					       bits[3] == desc->w
				       ? &special[i]
				       : NULL;
	}
	return NULL;
}

/* A kind is in one of the tables only, so the order of asking does not matter. */
cudaError_t rt_channel_to_format(const struct cudaChannelFormatDesc *desc, CUarray_format *format,
				 unsigned int *channels)
{
	const struct plain *p = plain_of(desc);
	const struct special *s;
	unsigned int n = equal_channels(desc);

	if (p != NULL && n != 0) {
		*format = p->format;
		*channels = n;
		return cudaSuccess;
	}
	s = special_of(desc);
	if (s == NULL)
		return cudaErrorInvalidChannelDescriptor;
	*format = s->format;
	*channels = s->channels;
	return cudaSuccess;
}

cudaError_t rt_channel_from_format(CUarray_format format, unsigned int channels,
				   struct cudaChannelFormatDesc *desc)
{
	for (size_t i = 0; i < COUNT(plain); i++) {
		int bits = plain[i].bits;

		if (plain[i].format != format)
			continue;
		*desc = (struct cudaChannelFormatDesc){
			.x = bits,
			.y = channels > 1 ? bits : 0,
			.z = channels > 2 ? bits : 0,
			.w = channels > 3 ? bits : 0,
			.f = plain[i].kind,
		};
		return cudaSuccess;
	}
	for (size_t i = 0; i < COUNT(special); i++) {
		const struct special *s = &special[i];

		if (s->format != format)
			continue;
		*desc = (struct cudaChannelFormatDesc){
			s->bits[0], s->bits[1], s->bits[2], s->bits[3], s->kind,
		};
		return cudaSuccess;
	}
	/* Formats that only video interfaces make, for which the runtime has no words. */
	return cudaErrorInvalidChannelDescriptor;
}

size_t rt_format_element_size(CUarray_format format, unsigned int channels, unsigned int *block)
{
	*block = 1;
	for (size_t i = 0; i < COUNT(plain); i++) {
		if (plain[i].format == format)
			return (size_t)plain[i].bits / 8 * channels;
	}
	for (size_t i = 0; i < COUNT(special); i++) {
		if (special[i].format == format) {
			*block = special[i].block;
			return special[i].size;
		}
	}
	return 0;
}
