# SPDX-License-Identifier: Apache-2.0
#
# The collector: part of the tools, never of the traced process.

noinst_LTLIBRARIES += %D%/libcollect.la
%C%_libcollect_la_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE $(CJSON_CFLAGS) $(ZLIB_CFLAGS)
%C%_libcollect_la_LIBADD = $(CJSON_LIBS) $(ZLIB_LIBS)
%C%_libcollect_la_SOURCES = \
	%D%/addresses.c %D%/addresses.h \
	%D%/clock.c %D%/clock.h \
	%D%/collector.c %D%/collector.h \
	%D%/command.c %D%/command.h \
	%D%/convert.c %D%/convert.h \
	%D%/defs.c %D%/defs.h \
	%D%/describe.c \
	%D%/drain.c \
	%D%/elf.c %D%/elf.h \
	%D%/elf_file.c %D%/elf_file.h \
	%D%/finish.c %D%/finish.h \
	%D%/flight.c %D%/flight.h \
	%D%/freeze.c \
	%D%/guard.c %D%/guard.h \
	%D%/inject.c %D%/inject.h \
	%D%/internal.h \
	%D%/losses.c %D%/losses.h \
	%D%/manifest.c %D%/manifest.h \
	%D%/maps.c %D%/maps.h \
	%D%/mask.c %D%/mask.h \
	%D%/modules.c %D%/modules.h \
	%D%/namespace.c %D%/namespace.h \
	%D%/outsiders.c %D%/outsiders.h \
	%D%/process.c %D%/process.h \
	%D%/rank.c %D%/rank.h \
	%D%/recover.c %D%/recover.h \
	%D%/redact.c %D%/redact.h \
	%D%/redact_native.c \
	%D%/references.c %D%/references.h \
	%D%/ring.c %D%/ring.h \
	%D%/runtimes.c %D%/runtimes.h \
	%D%/scan.c \
	%D%/select.c %D%/select.h \
	%D%/session.c %D%/session.h \
	%D%/stacks.c %D%/stacks.h \
	%D%/stats.c %D%/stats.h \
	%D%/summary.c %D%/summary.h \
	%D%/switches.c %D%/switches.h \
	%D%/symtab.c %D%/symtab.h \
	%D%/triggers.c %D%/triggers.h \
	%D%/warnings.c %D%/warnings.h
