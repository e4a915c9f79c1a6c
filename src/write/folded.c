/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folded stacks: a line for each different one, frames from the outermost divided by semicolons, a
 * blank, and the weight. What flamegraph.pl, inferno and speedscope read, and difffolded.pl
 * compares.
 */
#include <stdlib.h>

#include "util/utf8.h"
#include "util/xalloc.h"
#include "write/flame.h"
#include "write/json_out.h"
#include "write/text.h"

struct folded {
	struct wr_out out;
	struct wr_flame flame;
	struct wr_text line;
};

static void *begin(const struct wr_target *target, const struct ct_header *header)
{
	struct folded *w = ut_xcalloc(1, sizeof(*w));

	wr_out_begin(&w->out, target->fd, target->gz);
	wr_flame_begin(&w->flame, target, header);
	return w;
}

static int write_event(void *writer, const struct ct_event *event, const struct wr_detail *detail)
{
	struct folded *w = writer;

	wr_flame_add(&w->flame, event, detail);
	return w->out.error;
}

/* A semicolon would be a frame's end, a newline the line's. */
static void out_frame(struct wr_text *line, const char *text)
{
	size_t length = strlen(text), size;
	uint32_t code;

	for (; length; text += size, length -= size) {
		size = ut_utf8_char(text, length, &code);
		if (!size || code == ';' || code < 0x20 || (code >= 0x7f && code < 0xa0)) {
			wr_text_char(line, code == ';' && size ? ':' : '?');
			size = size ? size : 1;
		} else {
			wr_text_raw(line, text, size);
		}
	}
}

static void out_line(struct folded *w, uint32_t node)
{
	uint32_t path[WR_FLAME_DEPTH];
	size_t depth = wr_flame_path(&w->flame, node, path);

	w->line.used = 0;
	for (size_t i = 0; i < depth; i++) {
		if (i)
			wr_text_char(&w->line, ';');
		out_frame(&w->line, wr_flame_text(&w->flame, path[i]));
	}
	wr_text_char(&w->line, ' ');
	wr_text_u64(&w->line, w->flame.nodes[node - 1].weight);
	wr_text_char(&w->line, '\n');
	wr_out_raw(&w->out, w->line.data, w->line.used);
}

static int end(void *writer)
{
	struct folded *w = writer;
	int error;

	wr_flame_finish(&w->flame);
	for (uint32_t node = 1; node <= w->flame.nnodes; node++)
		if (w->flame.nodes[node - 1].weight)
			out_line(w, node);
	error = wr_out_end(&w->out);
	wr_flame_free(&w->flame);
	wr_text_free(&w->line);
	free(w);
	return error;
}

static const char *const endings[] = { ".folded", ".collapsed", NULL };

extern const struct wr_format wr_format_folded;
const struct wr_format wr_format_folded = {
	.name = "folded",
	.endings = endings,
	.needs = WR_FLAME_NEEDS,
	.text = true,
	.weighs = true,
	.begin = begin,
	.event = write_event,
	.end = end,
};
