# SPDX-License-Identifier: Apache-2.0
#
# The analysis on events that are made up one by one.

analysis_suites = \
	%D%/check_effect \
	%D%/check_findings \
	%D%/check_state \
	%D%/check_statistics
check_PROGRAMS += $(analysis_suites)
TESTS += $(analysis_suites)

analysis_test_ldadd = src/analysis/libanalysis.la $(reader_test_ldadd)

%C%_check_effect_SOURCES = %D%/check_effect.c %D%/events.c %D%/events.h
%C%_check_effect_CPPFLAGS = $(reader_test_cppflags)
%C%_check_effect_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_effect_LDADD = $(analysis_test_ldadd)
%C%_check_state_SOURCES = %D%/check_state.c %D%/events.c %D%/events.h
%C%_check_state_CPPFLAGS = $(reader_test_cppflags)
%C%_check_state_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_state_LDADD = $(analysis_test_ldadd)
%C%_check_findings_SOURCES = %D%/check_findings.c %D%/events.c %D%/events.h %D%/runs.c %D%/runs.h
%C%_check_findings_CPPFLAGS = $(reader_test_cppflags)
%C%_check_findings_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_findings_LDADD = $(analysis_test_ldadd)
%C%_check_statistics_SOURCES = %D%/check_statistics.c %D%/events.c %D%/events.h %D%/runs.c %D%/runs.h
%C%_check_statistics_CPPFLAGS = $(reader_test_cppflags)
%C%_check_statistics_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_statistics_LDADD = $(analysis_test_ldadd)
