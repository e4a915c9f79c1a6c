# SPDX-License-Identifier: Apache-2.0
#
# Writers of traces: native while a program runs, and from what the reader gives JSON and the
# formats of format.h.

noinst_LTLIBRARIES += %D%/libwrite.la
%C%_libwrite_la_SOURCES = \
	%D%/arguments.c %D%/arguments.h \
	%D%/cache.c %D%/cache.h \
	%D%/csv.c \
	%D%/flame.c %D%/flame.h \
	%D%/flat.c %D%/flat.h \
	%D%/folded.c \
	%D%/format.h \
	%D%/formats.c \
	%D%/intern.c %D%/intern.h \
	%D%/json.c %D%/json.h \
	%D%/json_call.c \
	%D%/json_full.c \
	%D%/json_header.c \
	%D%/json_internal.h \
	%D%/json_out.c %D%/json_out.h \
	%D%/json_put.c %D%/json_put.h \
	%D%/json_range.c \
	%D%/json_texts.c %D%/json_texts.h \
	%D%/json_thread.c \
	%D%/native.c %D%/native.h \
	%D%/ndjson.c \
	%D%/pack.c %D%/pack.h \
	%D%/pftrace.c %D%/pftrace.h \
	%D%/pftrace_annotate.c \
	%D%/pftrace_stack.c \
	%D%/protobuf.c %D%/protobuf.h \
	%D%/rows.c %D%/rows.h \
	%D%/speedscope.c \
	%D%/sqlite.c \
	%D%/sqlite_file.c %D%/sqlite_file.h \
	%D%/sqlite_internal.h \
	%D%/sqlite_run.c \
	%D%/sqlite_schema.h \
	%D%/text.c %D%/text.h \
	%D%/threads.c %D%/threads.h
%C%_libwrite_la_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE $(ZLIB_CFLAGS)
%C%_libwrite_la_LIBADD = $(ZLIB_LIBS)
