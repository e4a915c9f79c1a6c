# SPDX-License-Identifier: Apache-2.0
#
# What must not be lost: kills, stops, full disks and memory. A few rounds here; scripts/torture
# runs as many as one likes.

stress_tests = \
	%D%/stress-collector.test \
	%D%/stress-kill.test \
	%D%/stress-places.test \
	%D%/stress-processes.test \
	%D%/stress-stop.test
TESTS += $(stress_tests)
EXTRA_DIST += $(stress_tests) %D%/stress.sh

check_PROGRAMS += %D%/calls %D%/check_calls
%C%_calls_SOURCES = %D%/calls.c %D%/progress.h
%C%_calls_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
%C%_calls_LDADD =
%C%_check_calls_SOURCES = %D%/check_calls.c %D%/progress.h
%C%_check_calls_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
%C%_check_calls_LDADD = src/reader/libreader.la src/util/libutil.la
dist_noinst_SCRIPTS += scripts/torture
