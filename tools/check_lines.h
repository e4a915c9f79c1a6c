/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading an output line by line in bounded memory, whatever is in it. Lines that match one of the
 * expressions to ignore are passed over.
 */
#ifndef TOOLS_CHECK_LINES_H
#define TOOLS_CHECK_LINES_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So much of a line is kept: it is what expressions see and what can be shown. */
#define CHECK_LINE_KEPT ((size_t)64 << 10)

struct check_lines {
	int fd;
	int error; /* negative errno of the first failure, or 0 */
	const regex_t *ignore;
	size_t nignore;
	char *block; /* read ahead */
	size_t at, filled;
	/* The present line: */
	bool there;      /* false: the output has ended */
	uint64_t number; /* from 1, ignored ones are counted too */
	uint64_t hash;
	uint64_t length; /* without the newline */
	bool newline;
	char *text; /* its first `kept` bytes; any bytes */
	size_t kept;
};

/* False: it cannot be opened, and errno says why. */
bool check_lines_open(struct check_lines *l, const char *path, const regex_t *ignore,
		      size_t nignore);

/* Moves on to the next line; false at the end. */
bool check_lines_next(struct check_lines *l);

void check_lines_close(struct check_lines *l);

/* Two present lines, or two ends. */
bool check_lines_equal(const struct check_lines *a, const struct check_lines *b);

#endif
