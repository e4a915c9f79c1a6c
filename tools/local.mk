# SPDX-License-Identifier: Apache-2.0
#
# The tool: a frame (curtrace.c, cmd.h), one cmd_NAME.c a command, and what commands share.

bin_PROGRAMS += %D%/curtrace
%C%_curtrace_SOURCES = \
	%D%/api_file.c %D%/api_file.h \
	%D%/child.c %D%/child.h \
	%D%/check_compare.c %D%/check_compare.h \
	%D%/check_environment.c %D%/check_environment.h \
	%D%/check_files.c %D%/check_files.h \
	%D%/check_folder.c %D%/check_folder.h \
	%D%/check_json.c \
	%D%/check_lines.c %D%/check_lines.h \
	%D%/check_options.c %D%/check_options.h \
	%D%/check_proof.c \
	%D%/check_report.c %D%/check_report.h \
	%D%/check_run.c %D%/check_run.h \
	%D%/check_sides.c %D%/check_sides.h \
	%D%/check_state.h \
	%D%/check_verdict.c %D%/check_verdict.h \
	%D%/cmd.h \
	%D%/cmd_check.c \
	%D%/cmd_export.c \
	%D%/cmd_info.c \
	%D%/cmd_print.c \
	%D%/cmd_record.c \
	%D%/cmd_switch.c \
	%D%/cmd_recover.c \
	%D%/coverage.c %D%/coverage.h \
	%D%/curtrace.c \
	%D%/install.c %D%/install.h \
	%D%/launch.c %D%/launch.h \
	%D%/libraries.c %D%/libraries.h \
	%D%/options.c %D%/options.h \
	%D%/output.c %D%/output.h \
	%D%/record_stacks.c %D%/record_stacks.h \
	%D%/record_options.c %D%/record_options.h \
	%D%/record_select.c %D%/record_select.h \
	%D%/show.c %D%/show.h
%C%_curtrace_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/%D% -D_GNU_SOURCE $(CJSON_CFLAGS)
%C%_curtrace_LDADD = \
	src/collect/libcollect.la \
	src/analysis/libanalysis.la \
	src/reader/libreader.la \
	src/write/libwrite.la \
	src/util/libutil.la

# For the loader, in a namespace of its own: no library but libc, and not sanitized.
noinst_DATA += %D%/libcurtrace-witness.so
CLEANFILES += %D%/libcurtrace-witness.so
EXTRA_DIST += %D%/check_witness.c
%D%/libcurtrace-witness.so: $(top_srcdir)/%D%/check_witness.c
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CC) -shared -fPIC -D_GNU_SOURCE $(CPPFLAGS) $(AM_CFLAGS) \
		$(CFLAGS) -fno-sanitize=all $(LDFLAGS) -o $@ $(top_srcdir)/%D%/check_witness.c

witnessexecdir = $(pkglibdir)
witnessexec_DATA = %D%/libcurtrace-witness.so

dist_man_MANS += \
	%D%/man/curtrace.1 \
	%D%/man/curtrace-check.1 \
	%D%/man/curtrace-export.1 \
	%D%/man/curtrace-info.1 \
	%D%/man/curtrace-print.1 \
	%D%/man/curtrace-record.1 \
	%D%/man/curtrace-start.1 \
	%D%/man/curtrace-stop.1 \
	%D%/man/curtrace-recover.1
