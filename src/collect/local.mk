# SPDX-License-Identifier: Apache-2.0
#
# The collector: part of the tools, never of the traced process.

noinst_LTLIBRARIES += %D%/libcollect.la
%C%_libcollect_la_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE $(CJSON_CFLAGS) $(ZLIB_CFLAGS)
%C%_libcollect_la_LIBADD = $(CJSON_LIBS) $(ZLIB_LIBS)
%C%_libcollect_la_SOURCES = \
	%D%/clock.c %D%/clock.h \
	%D%/collector.c %D%/collector.h \
	%D%/command.c %D%/command.h \
	%D%/convert.c %D%/convert.h \
	%D%/defs.c %D%/defs.h \
	%D%/describe.c \
	%D%/drain.c \
	%D%/elf.c %D%/elf.h \
	%D%/finish.c %D%/finish.h \
	%D%/internal.h \
	%D%/maps.c %D%/maps.h \
	%D%/modules.c %D%/modules.h \
	%D%/process.c %D%/process.h \
	%D%/recover.c %D%/recover.h \
	%D%/ring.c %D%/ring.h \
	%D%/scan.c \
	%D%/session.c %D%/session.h \
	%D%/stats.c %D%/stats.h \
	%D%/summary.c %D%/summary.h \
	%D%/warnings.c %D%/warnings.h
