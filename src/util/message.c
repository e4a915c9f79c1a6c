/* SPDX-License-Identifier: Apache-2.0 */
/* The tool's messages to a person. */
#include "util/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void complain(const char *format, va_list args)
{
	/* What was printed before stands before the message where both go to one place. */
	fflush(stdout);
	flockfile(stderr);
	fputs("curtrace: ", stderr);
	vfprintf(stderr, format, args);
	putc('\n', stderr);
	funlockfile(stderr);
}

void ut_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(format, args);
	va_end(args);
}

void ut_die(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(format, args);
	va_end(args);
	exit(status);
}
