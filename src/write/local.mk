# SPDX-License-Identifier: Apache-2.0
#
# Writers of traces: native while a program runs, JSON from what the reader gives.

noinst_LTLIBRARIES += %D%/libwrite.la
%C%_libwrite_la_SOURCES = \
	%D%/json.c %D%/json.h \
	%D%/json_header.c \
	%D%/json_internal.h \
	%D%/json_out.c %D%/json_out.h \
	%D%/native.c %D%/native.h
%C%_libwrite_la_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE $(ZLIB_CFLAGS)
%C%_libwrite_la_LIBADD = $(ZLIB_LIBS)
