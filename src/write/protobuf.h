/* SPDX-License-Identifier: Apache-2.0 */
/* As much of Protocol Buffers' wire format as writing takes. Private to src/write. */
#ifndef WRITE_PROTOBUF_H
#define WRITE_PROTOBUF_H

#include "write/text.h"

#define PB_VARINT  0u
#define PB_FIXED64 1u
#define PB_BYTES   2u

/* Into room that is there: a number takes at most 10 bytes, a field's tag 5. */
static inline __attribute__((always_inline)) unsigned char *pb_put(unsigned char *at,
								   uint64_t value)
{
	while (value >= 0x80) {
		*at++ = (unsigned char)(value | 0x80);
		value >>= 7;
	}
	*at++ = (unsigned char)value;
	return at;
}

#define PB_UINT_MAX 15u

static inline __attribute__((always_inline)) unsigned char *pb_put_uint(unsigned char *at,
									uint32_t field,
									uint64_t value)
{
	return pb_put(pb_put(at, (uint64_t)field << 3 | PB_VARINT), value);
}

static inline unsigned char *pb_room(struct wr_text *text, size_t size)
{
	return (unsigned char *)wr_text_room(text, size);
}

static inline void pb_used(struct wr_text *text, const unsigned char *end)
{
	text->used = (size_t)((const char *)end - text->data);
}

static inline void pb_varint(struct wr_text *text, uint64_t value)
{
	pb_used(text, pb_put(pb_room(text, PB_UINT_MAX), value));
}

static inline void pb_tag(struct wr_text *text, uint32_t field, uint32_t type)
{
	pb_varint(text, (uint64_t)field << 3 | type);
}

static inline void pb_uint(struct wr_text *text, uint32_t field, uint64_t value)
{
	pb_used(text, pb_put_uint(pb_room(text, PB_UINT_MAX), field, value));
}

static inline void pb_int(struct wr_text *text, uint32_t field, int64_t value)
{
	pb_uint(text, field, (uint64_t)value);
}

static inline void pb_double(struct wr_text *text, uint32_t field, double value)
{
	pb_tag(text, field, PB_FIXED64);
	wr_text_raw(text, &value, sizeof(value));
}

static inline void pb_bytes(struct wr_text *text, uint32_t field, const void *bytes, size_t length)
{
	pb_tag(text, field, PB_BYTES);
	pb_varint(text, length);
	wr_text_raw(text, bytes, length);
}

/* A string, which has to be UTF-8. */
void pb_string(struct wr_text *text, uint32_t field, const char *string);

/*
 * A message within the message: what is written until pb_close(text, pb_open(text, field)) is its
 * content. Its length is put before it in the end, in a byte that most lengths fit into.
 */
static inline size_t pb_open(struct wr_text *text, uint32_t field)
{
	pb_tag(text, field, PB_BYTES);
	wr_text_char(text, 0);
	return text->used;
}

void pb_close_long(struct wr_text *text, size_t begin);

static inline void pb_close(struct wr_text *text, size_t begin)
{
	size_t length = text->used - begin;

	if (length < 0x80)
		text->data[begin - 1] = (char)length;
	else
		pb_close_long(text, begin);
}

#endif
