/* SPDX-License-Identifier: Apache-2.0 */
#include "write/protobuf.h"

#include "util/utf8.h"

void pb_string(struct wr_text *text, uint32_t field, const char *string)
{
	size_t length = strlen(string), begin, size;
	uint32_t code;

	if (wr_is_plain(string, length)) {
		pb_bytes(text, field, string, length);
		return;
	}
	begin = pb_open(text, field);
	for (; length; string += size, length -= size) {
		size = ut_utf8_char(string, length, &code);
		if (size) {
			wr_text_raw(text, string, size);
		} else {
			wr_text_literal(text, "\xef\xbf\xbd");
			size = 1;
		}
	}
	pb_close(text, begin);
}

/* What is longer than the byte that was left for the length moves on. */
void pb_close_long(struct wr_text *text, size_t begin)
{
	size_t length = text->used - begin, extra = 0, at;

	for (at = length; at >= 0x80; at >>= 7)
		extra++;
	wr_text_room(text, extra);
	memmove(text->data + begin + extra, text->data + begin, length);
	text->used = begin - 1;
	pb_varint(text, length);
	text->used += length;
}
