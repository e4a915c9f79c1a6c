# SPDX-License-Identifier: Apache-2.0
#
# The one trace reader.

noinst_LTLIBRARIES += %D%/libreader.la
%C%_libreader_la_SOURCES = \
	%D%/api_text.c %D%/api_text.h \
	%D%/arguments.c %D%/arguments.h \
	%D%/checksum.c %D%/checksum.h \
	%D%/chunks.c %D%/chunks.h \
	%D%/clock.c %D%/clock.h \
	%D%/decode.c \
	%D%/definitions.c %D%/definitions.h \
	%D%/foreign.c %D%/foreign.h \
	%D%/foreign_kineto.c \
	%D%/foreign_nsys.c \
	%D%/foreign_nsys_file.c %D%/foreign_nsys_file.h \
	%D%/foreign_sort.c %D%/foreign_sort.h \
	%D%/foreign_split.c %D%/foreign_split.h \
	%D%/header.c \
	%D%/index.c \
	%D%/json.c \
	%D%/json_call.c %D%/json_call.h \
	%D%/json_events.c %D%/json_events.h \
	%D%/json_frames.c %D%/json_frames.h \
	%D%/json_full.c %D%/json_full.h \
	%D%/json_pops.c %D%/json_pops.h \
	%D%/json_scan.c %D%/json_scan.h \
	%D%/json_value.c %D%/json_value.h \
	%D%/kernel_args.c \
	%D%/maps.c %D%/maps.h \
	%D%/merge.c \
	%D%/modules.c %D%/modules.h \
	%D%/names.c %D%/names.h \
	%D%/nvtx.c %D%/nvtx.h \
	%D%/ranges.c \
	%D%/native.c %D%/native.h \
	%D%/places.c %D%/places.h \
	%D%/reader.c %D%/reader.h \
	%D%/ring.c \
	%D%/run_info.c %D%/run_info.h \
	%D%/stacks.c %D%/stacks.h \
	%D%/trace.h \
	%D%/unpack.c %D%/unpack.h
%C%_libreader_la_CPPFLAGS = $(AM_CPPFLAGS) $(CJSON_CFLAGS) $(ZLIB_CFLAGS) $(SQLITE_CFLAGS)
%C%_libreader_la_LIBADD = $(CJSON_LIBS) $(ZLIB_LIBS) $(SQLITE_LIBS) -lm -lpthread
