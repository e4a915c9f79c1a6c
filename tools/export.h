/* SPDX-License-Identifier: Apache-2.0 */
/* Private to `curtrace export`. */
#ifndef TOOLS_EXPORT_H
#define TOOLS_EXPORT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "output.h"
#include "source.h"
#include "write/format.h"

enum export_form {
	EXPORT_NATIVE,
	EXPORT_JSON,
	EXPORT_JSON_FULL,
	EXPORT_FORMAT /* one of write/formats.c */
};

struct exporting {
	struct source source;
	const char *to;        /* "-": standard output */
	const char *form_name; /* of -f; NULL: as the file's name says */
	const char *weight_name;
	bool redact;
	/* From export_choose. */
	enum export_form form;
	const struct wr_format *format;
	bool gz;
	enum wr_weight weight;
	struct output output;
	char why[PATH_MAX + 256];
};

/* export_form.c: what is to be written. False: it cannot be had, and a message was printed. */
bool export_choose(struct exporting *e);
/* The same, of what depends on the trace, which is known only when its program has run. */
bool export_check_source(const struct exporting *e);
/*
 * export_write.c: writes the trace into the empty file `fd`, which lies in `folder`. False: it is
 * not whole, with one line in e->why. `damaged`: of the trace only what could be read was written.
 */
bool export_write(struct exporting *e, int fd, const char *folder, bool *damaged);

#endif
