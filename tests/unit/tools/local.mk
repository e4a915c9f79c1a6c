# SPDX-License-Identifier: Apache-2.0
#
# Parts of the tool that are more than printing.

tools_suites = %D%/check_diff %D%/check_options
check_PROGRAMS += $(tools_suites)
TESTS += $(tools_suites)

%C%_check_diff_SOURCES = %D%/check_diff.c tools/diff.h tools/diff_github.c tools/diff_json.c \
	tools/diff_junit.c tools/diff_text.c tools/diff_words.c tools/show.c tools/stat_words.c
%C%_check_diff_CPPFLAGS = $(reader_test_cppflags) -I$(top_srcdir) -I$(top_srcdir)/tools
%C%_check_diff_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_diff_LDADD = src/analysis/libanalysis.la src/reader/libreader.la $(reader_test_ldadd)

%C%_check_options_SOURCES = %D%/check_options.c tools/options.c tools/options.h
%C%_check_options_CPPFLAGS = $(reader_test_cppflags) -I$(top_srcdir)/tools
%C%_check_options_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_options_LDADD = $(reader_test_ldadd)
