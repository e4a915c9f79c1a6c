# SPDX-License-Identifier: Apache-2.0
#
# Parts of the tool that are more than printing.

check_PROGRAMS += %D%/check_options
TESTS += %D%/check_options

%C%_check_options_SOURCES = %D%/check_options.c tools/options.c tools/options.h
%C%_check_options_CPPFLAGS = $(reader_test_cppflags) -I$(top_srcdir)/tools
%C%_check_options_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_options_LDADD = $(reader_test_ldadd)
