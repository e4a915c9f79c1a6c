# SPDX-License-Identifier: Apache-2.0
#
# The analysis on events that are made up one by one.

analysis_suites = \
	%D%/check_diff_align \
	%D%/check_diff_baseline \
	%D%/check_diff_canon \
	%D%/check_diff_changes \
	%D%/check_diff_compare \
	%D%/check_diff_fold \
	%D%/check_diff_kernel_name \
	%D%/check_diff_moves \
	%D%/check_diff_policy \
	%D%/check_diff_roles \
	%D%/check_diff_side \
	%D%/check_diff_time \
	%D%/check_effect \
	%D%/check_findings \
	%D%/check_memory \
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
%C%_check_memory_SOURCES = %D%/check_memory.c %D%/events.c %D%/events.h
%C%_check_memory_CPPFLAGS = $(reader_test_cppflags)
%C%_check_memory_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_memory_LDADD = $(analysis_test_ldadd)
%C%_check_statistics_SOURCES = %D%/check_statistics.c %D%/events.c %D%/events.h %D%/runs.c %D%/runs.h
%C%_check_statistics_CPPFLAGS = $(reader_test_cppflags)
%C%_check_statistics_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_statistics_LDADD = $(analysis_test_ldadd)
%C%_check_diff_canon_SOURCES = %D%/check_diff_canon.c %D%/events.c %D%/events.h
%C%_check_diff_canon_CPPFLAGS = $(reader_test_cppflags)
%C%_check_diff_canon_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_diff_canon_LDADD = $(analysis_test_ldadd)
%C%_check_diff_kernel_name_SOURCES = %D%/check_diff_kernel_name.c
%C%_check_diff_kernel_name_CPPFLAGS = $(reader_test_cppflags)
%C%_check_diff_kernel_name_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_diff_kernel_name_LDADD = $(analysis_test_ldadd)
%C%_check_diff_roles_SOURCES = %D%/check_diff_roles.c
%C%_check_diff_roles_CPPFLAGS = $(reader_test_cppflags)
%C%_check_diff_roles_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_diff_roles_LDADD = $(analysis_test_ldadd)
%C%_check_diff_side_SOURCES = %D%/check_diff_side.c
%C%_check_diff_side_CPPFLAGS = $(reader_test_cppflags)
%C%_check_diff_side_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_diff_side_LDADD = $(analysis_test_ldadd)
%C%_check_diff_baseline_SOURCES = %D%/check_diff_baseline.c %D%/made_sides.c %D%/made_sides.h
%C%_check_diff_baseline_CPPFLAGS = $(reader_test_cppflags)
%C%_check_diff_baseline_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_diff_baseline_LDADD = $(analysis_test_ldadd)
%C%_check_diff_compare_SOURCES = %D%/check_diff_compare.c %D%/made_sides.c %D%/made_sides.h
%C%_check_diff_compare_CPPFLAGS = $(reader_test_cppflags)
%C%_check_diff_compare_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_diff_compare_LDADD = $(analysis_test_ldadd)
%C%_check_diff_policy_SOURCES = %D%/check_diff_policy.c
%C%_check_diff_policy_CPPFLAGS = $(reader_test_cppflags)
%C%_check_diff_policy_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_diff_policy_LDADD = $(analysis_test_ldadd)
%C%_check_diff_time_SOURCES = %D%/check_diff_time.c
%C%_check_diff_time_CPPFLAGS = $(reader_test_cppflags)
%C%_check_diff_time_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_diff_time_LDADD = $(analysis_test_ldadd)
%C%_check_diff_align_SOURCES = %D%/check_diff_align.c %D%/sequences.c %D%/sequences.h
%C%_check_diff_align_CPPFLAGS = $(reader_test_cppflags)
%C%_check_diff_align_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_diff_align_LDADD = $(analysis_test_ldadd)
%C%_check_diff_changes_SOURCES = %D%/check_diff_changes.c %D%/sequences.c %D%/sequences.h
%C%_check_diff_changes_CPPFLAGS = $(reader_test_cppflags)
%C%_check_diff_changes_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_diff_changes_LDADD = $(analysis_test_ldadd)
%C%_check_diff_fold_SOURCES = %D%/check_diff_fold.c %D%/sequences.c %D%/sequences.h
%C%_check_diff_fold_CPPFLAGS = $(reader_test_cppflags)
%C%_check_diff_fold_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_diff_fold_LDADD = $(analysis_test_ldadd)
%C%_check_diff_moves_SOURCES = %D%/check_diff_moves.c
%C%_check_diff_moves_CPPFLAGS = $(reader_test_cppflags)
%C%_check_diff_moves_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_diff_moves_LDADD = $(analysis_test_ldadd)
