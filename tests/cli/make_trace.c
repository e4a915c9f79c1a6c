/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes made-up traces for the tests of the commands:
 * make_trace sample|empty|cut|later|kinds|versions F
 */
#include <stdio.h>
#include <string.h>

#include "unit/reader/build_trace.h"

static void make_empty(struct trace_builder *b)
{
	tb_begin(b);
	tb_prologue(b);
	tb_end(b, "{\"exit_status\":0,\"calls\":\"0\",\"warnings\":[{\"code\":\"no-calls\","
		  "\"text\":\"no CUDA runtime call was seen\"}]}");
}

/* The sample without its end. */
static void make_cut(struct trace_builder *b)
{
	tb_sample(b);
	b->size -= 100;
}

static void make_later(struct trace_builder *b)
{
	struct ctr_file_header header;

	tb_sample(b);
	memcpy(&header, b->data, sizeof(header));
	header.version_major++;
	memcpy(b->data, &header, sizeof(header));
}

/* A call with an argument of every kind, and names that clash with keys of the JSON. */
static void make_kinds(struct trace_builder *b)
{
	struct {
		int32_t i;
		uint32_t u;
		uint64_t big, hex;
		uint32_t flags;
		float f;
		double d;
		uint8_t bytes[4];
		int32_t result;
		uint32_t kernel;
		int32_t stream;
		uint64_t width;
		int64_t negative;
		uint8_t future[16];
		int8_t small;
	} payload = {
		.i = -7,
		.u = 4000000000u,
		.big = UINT64_MAX,
		.hex = 0xdeadbeef,
		.flags = 0x80000047,
		.f = 0.1f,
		.d = 1e300,
		.bytes = { 0, 1, 0xfe, 0xff },
		.result = 5,
		.kernel = 6,
		.stream = 7,
		.width = 9007199254740993,
		.negative = INT64_MIN,
		.future = { 0xab },
		.small = -1,
	};

	tb_begin(b);
	tb_prologue(b);
	tb_process(b, 100, "app");
	tb_cells(b, 0, 0);
	tb_call(b, &(struct tb_call){ .function = TB_ALL_KINDS,
				      .result = -1,
				      .start = 5,
				      .end = 6,
				      .payload = &payload,
				      .size = sizeof(payload) });
	tb_cells_end(b);
	tb_end(b, "{\"exit_status\":0}");
}

/* Calls of three versions' interfaces, as the bits of a cell's flags tell them. */
static void make_versions(struct trace_builder *b)
{
	tb_begin(b);
	tb_prologue(b);
	tb_process(b, 100, "app");
	tb_cells(b, 0, 0);
	for (unsigned int i = 0; i < 6; i++)
		tb_call(b, &(struct tb_call){
				   .function = TB_SYNCHRONIZE,
				   .flags = (uint8_t)((i < 3   ? 1
						       : i < 5 ? 2
							       : 0)
						      << CTR_CELL_ABI_SHIFT),
				   .start = 10 * i,
				   .end = 10 * i + 1,
			   });
	tb_cells_end(b);
	tb_end(b, "{\"exit_status\":0}");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*make)(struct trace_builder *b);
	} kinds[] = {
		{ "sample", tb_sample }, { "empty", make_empty }, { "cut", make_cut },
		{ "later", make_later }, { "kinds", make_kinds }, { "versions", make_versions },
	};
	struct trace_builder b = { 0 };

	for (size_t i = 0; argc == 3 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(argv[1], kinds[i].name))
			continue;
		kinds[i].make(&b);
		if (!tb_save(&b, argv[2])) {
			tb_free(&b);
			return 0;
		}
		perror(argv[2]);
		return 1;
	}
	fputs("usage: make_trace sample|empty|cut|later|kinds|versions FILE\n", stderr);
	return 2;
}
