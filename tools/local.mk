# SPDX-License-Identifier: Apache-2.0
#
# The tool: a frame (curtrace.c, cmd.h), one cmd_NAME.c a command, and what commands share.

bin_PROGRAMS += %D%/curtrace
%C%_curtrace_SOURCES = \
	%D%/child.c %D%/child.h \
	%D%/cmd.h \
	%D%/cmd_info.c \
	%D%/cmd_print.c \
	%D%/cmd_record.c \
	%D%/coverage.c %D%/coverage.h \
	%D%/curtrace.c \
	%D%/install.c %D%/install.h \
	%D%/launch.c %D%/launch.h \
	%D%/libraries.c %D%/libraries.h \
	%D%/options.c %D%/options.h \
	%D%/output.c %D%/output.h \
	%D%/record_options.c %D%/record_options.h \
	%D%/show.c %D%/show.h
%C%_curtrace_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/%D% -D_GNU_SOURCE
%C%_curtrace_LDADD = \
	src/collect/libcollect.la \
	src/reader/libreader.la \
	src/write/libwrite.la \
	src/util/libutil.la

dist_man_MANS += \
	%D%/man/curtrace.1 \
	%D%/man/curtrace-info.1 \
	%D%/man/curtrace-print.1 \
	%D%/man/curtrace-record.1
