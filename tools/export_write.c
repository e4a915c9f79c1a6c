/* SPDX-License-Identifier: Apache-2.0 */
/* From a trace to its export: events through the analysis into a format's writer. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/convert.h"
#include "collect/redact.h"
#include "export.h"
#include "export_detail.h"
#include "reader/reader.h"
#include "util/progress.h"
#include "util/xalloc.h"

struct pass {
	struct rd_trace *trace;
	struct col_redact *redact; /* NULL: nothing is hidden */
	struct export_detail *detail;
	struct ct_header header;
};

static void want(struct rd_trace *trace, unsigned int needs)
{
	unsigned int what = 0;

	if (needs & (WR_NEEDS_ARGS | WR_NEEDS_DETAIL))
		what |= RD_WANT_ARGS;
	if (needs & (WR_NEEDS_LABELS | WR_NEEDS_DETAIL))
		what |= RD_WANT_LABELS;
	if (needs & WR_NEEDS_CALLER)
		what |= RD_WANT_CALLER;
	if (needs & WR_NEEDS_RANGES)
		what |= RD_WANT_RANGES;
	rd_want(trace, what);
}

/* What is redacted is so before anybody looks at it, the analysis included. */
static int write_events(const struct pass *p, const struct wr_format *format, void *writer)
{
	struct ct_event *event = ut_xmalloc(2 * sizeof(*event)), *shown = event;
	const struct wr_detail *detail = NULL;
	int error = 0;

	if (p->redact)
		shown = event + 1;
	ut_progress_begin("writing", rd_header(p->trace)->recorded);
	while (!error && rd_next(p->trace, event)) {
		ut_progress_step();
		if (p->redact)
			col_redact_event(p->redact, event, shown);
		if (p->detail)
			detail = export_detail_next(p->detail, shown);
		error = format->event(writer, shown, detail);
	}
	ut_progress_end();
	free(event);
	return error;
}

static int write_format(struct exporting *e, struct pass *p, int fd)
{
	const struct wr_format *format = e->format;
	struct wr_target target = { .fd = fd, .gz = e->gz, .weight = e->weight };
	int error, last;
	void *writer;

	want(p->trace, format->needs);
	p->header = *rd_header(p->trace);
	if (p->redact)
		col_redact_header(p->redact, rd_header(p->trace), &p->header);
	if (format->needs & WR_NEEDS_DETAIL)
		p->detail = export_detail_new();
	writer = format->begin(&target, &p->header);
	error = write_events(p, format, writer);
	last = format->end(writer);
	if (p->detail)
		export_detail_free(p->detail);
	return error ? error : last;
}

static bool export_format(struct exporting *e, int fd, bool *damaged)
{
	const char *path = e->source.path;
	struct rd_error problem;
	struct col_redact names;
	struct pass p = { .redact = e->redact ? &names : NULL };
	int error = -EIO;

	if (e->redact && !col_redact_begin(&names, path, e->why, sizeof(e->why)))
		return false;
	p.trace = rd_open(path, &problem);
	if (p.trace) {
		error = write_format(e, &p, fd);
		*damaged = rd_damage(p.trace) != NULL;
		rd_close(p.trace);
		snprintf(e->why, sizeof(e->why), "%s", strerror(-error));
	} else {
		snprintf(e->why, sizeof(e->why), "%s", problem.text);
	}
	if (e->redact)
		col_redact_free(&names);
	return !error;
}

static bool export_full(struct exporting *e, int fd, bool *damaged)
{
	if (!col_convert(e->source.path, fd, e->gz, true, e->why, sizeof(e->why)))
		return false;
	*damaged = e->why[0];
	return true;
}

bool export_write(struct exporting *e, int fd, const char *folder, bool *damaged)
{
	const char *path = e->source.path;

	switch (e->form) {
	case EXPORT_NATIVE:
		/* Refused if the trace is damaged: its index would be wrong. */
		if (e->redact)
			return col_redact_native(path, fd, folder, e->why, sizeof(e->why));
		return col_unfold(path, fd, folder, e->why, sizeof(e->why));
	case EXPORT_JSON_FULL:
		return export_full(e, fd, damaged);
	case EXPORT_JSON:
		return col_export(path, fd, e->gz, e->redact, damaged, e->why, sizeof(e->why));
	default:
		return export_format(e, fd, damaged);
	}
}
