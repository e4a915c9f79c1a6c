/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Native traces. A fuzzer does not find the way through a checksum, so those of the input are put
 * right, but where they are 0: that is for what happens if they are wrong.
 */
#include <string.h>
#include <zlib.h>

#include "curtrace/trace_format.h"
#include "fuzz/fuzz.h"

#define MAX_SIZE ((size_t)1 << 20)

static uint32_t sum(const uint8_t *data, size_t size)
{
	return (uint32_t)crc32_z(crc32_z(0, NULL, 0), data, size);
}

static void repair_definitions(uint8_t *data, size_t size)
{
	const size_t covered = offsetof(struct ctr_def, kind);
	struct ctr_def head;

	for (size_t at = 0; size - at >= sizeof(head); at += head.size) {
		memcpy(&head, data + at, sizeof(head));
		if (head.size < sizeof(head) || head.size > size - at)
			return;
		if (head.checksum)
			head.checksum = sum(data + at + covered, head.size - covered);
		memcpy(data + at, &head, sizeof(head));
	}
}

static void repair(uint8_t *data, size_t size)
{
	struct ctr_file_header header;
	struct ctr_chunk head;

	if (size < sizeof(header))
		return;
	memcpy(&header, data, sizeof(header));
	for (size_t at = header.header_size; at <= size && size - at >= sizeof(head);
	     at += sizeof(head) + head.size) {
		uint8_t *payload = data + at + sizeof(head);

		memcpy(&head, data + at, sizeof(head));
		if (head.size > size - at - sizeof(head))
			return;
		if (head.kind == CTR_CHUNK_DEFS && head.size >= sizeof(struct ctr_chunk_defs))
			repair_definitions(payload + sizeof(struct ctr_chunk_defs),
					   head.size - sizeof(struct ctr_chunk_defs));
		if (head.checksum)
			head.checksum = sum(payload, head.size);
		memcpy(data + at, &head, sizeof(head));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t copy[MAX_SIZE];

	if (size > sizeof(copy))
		return 0;
	memcpy(copy, data, size);
	repair(copy, size);
	fz_read_all(copy, size);
	return 0;
}
