/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Definitions go into a file of the process, one write each, so that those of several threads never
 * mix and a SIGKILL leaves at most the last one torn.
 */
#include "record/define.h"

#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "record/control.h"
#include "record/files.h"
#include "record/session.h"
#include "record/state.h"

/* zlib's CRC-32, by half bytes: the table is small and the texts are short. */
static uint32_t crc32(uint32_t crc, const void *data, size_t size)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	const unsigned char *byte = data;

	crc = ~crc;
	while (size-- > 0) {
		crc ^= *byte++;
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

/* Open for one write only: programs close descriptors that they do not know. */
static bool append(const struct iovec *parts, unsigned int nparts)
{
	char name[REC_TAG_SIZE + 8];
	int folder = rec_folder_open(rec_process.folder);
	bool done;

	if (folder < 0)
		return false;
	snprintf(name, sizeof(name), "defs.%s", rec_process.tag);
	done = rec_file_append(folder, name, parts, (int)nparts);
	close(folder);
	return done;
}

/* parts[0] is the head itself. */
static void define(struct ctr_def *def, struct iovec *parts, unsigned int nparts)
{
	const size_t from = offsetof(struct ctr_def, kind);

	for (unsigned int i = 0; i < nparts; i++)
		def->size += (uint32_t)parts[i].iov_len;
	def->counter = rec_counter();
	def->checksum = crc32(0, (const char *)def + from, sizeof(*def) - from);
	for (unsigned int i = 1; i < nparts; i++)
		def->checksum = crc32(def->checksum, parts[i].iov_base, parts[i].iov_len);
	if (!append(parts, nparts) && rec_process.slot)
		__atomic_fetch_add(&rec_process.slot->lost_defs, 1, __ATOMIC_RELAXED);
}

void rec_define(enum ctr_def_kind kind, uint64_t key, const struct rec_piece *pieces,
		unsigned int npieces)
{
	struct ctr_def def = {
		.kind = (uint16_t)kind,
		.tid = (uint32_t)gettid(),
		.key = key,
	};
	struct iovec parts[1 + REC_DEFINE_PIECES];
	struct rec_slow slow;

	if (npieces > REC_DEFINE_PIECES || !rec_open())
		return;
	parts[0] = (struct iovec){ .iov_base = &def, .iov_len = sizeof(def) };
	for (unsigned int i = 0; i < npieces; i++)
		parts[1 + i] = (struct iovec){ .iov_base = (void *)pieces[i].text,
					       .iov_len = pieces[i].size };
	rec_slow_enter(&slow);
	define(&def, parts, 1 + npieces);
	rec_slow_leave(&slow);
}

void rec_define_stream(uint64_t key, int device, unsigned int flags, int priority)
{
	const struct ctr_control_stream stream = {
		.key = key, .device = device, .priority = priority, .flags = flags
	};
	struct rec_piece whole;
	char text[96];

	if (rec_control_stream(&stream))
		return;
	snprintf(text, sizeof(text), "device=%d\npriority=%d\nflags=%u\n", device, priority, flags);
	whole = (struct rec_piece){ .text = text, .size = strlen(text) };
	rec_define(CTR_DEF_STREAM, key, &whole, 1);
}
