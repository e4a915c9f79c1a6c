# SPDX-License-Identifier: Apache-2.0
#
# The recorder on real shared memory, with real signals, forks and kills.

record_suites = \
	%D%/check_clock \
	%D%/check_define \
	%D%/check_flight \
	%D%/check_fork \
	%D%/check_gates \
	%D%/check_guard \
	%D%/check_kill \
	%D%/check_lines \
	%D%/check_overflow \
	%D%/check_ring \
	%D%/check_session \
	%D%/check_settle \
	%D%/check_signal \
	%D%/check_stack \
	%D%/check_thread
check_PROGRAMS += $(record_suites)
TESTS += $(record_suites)

record_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests -D_GNU_SOURCE
record_ldadd = %D%/libfixture.la src/record/librecord.la $(CHECK_LIBS)

check_LTLIBRARIES += %D%/libfixture.la
%C%_libfixture_la_SOURCES = \
	%D%/fixture.c %D%/fixture.h \
	%D%/runner.c %D%/runner.h
%C%_libfixture_la_CPPFLAGS = $(record_cppflags)
%C%_libfixture_la_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) -foptimize-sibling-calls

%C%_check_clock_SOURCES = %D%/check_clock.c
%C%_check_clock_CPPFLAGS = $(record_cppflags)
%C%_check_clock_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_clock_LDADD = $(record_ldadd)
%C%_check_define_SOURCES = %D%/check_define.c
%C%_check_define_CPPFLAGS = $(record_cppflags)
%C%_check_define_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_define_LDADD = $(record_ldadd)
%C%_check_flight_SOURCES = %D%/check_flight.c
%C%_check_flight_CPPFLAGS = $(record_cppflags)
%C%_check_flight_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_flight_LDADD = $(record_ldadd)
%C%_check_fork_SOURCES = %D%/check_fork.c
%C%_check_fork_CPPFLAGS = $(record_cppflags)
%C%_check_fork_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_fork_LDADD = $(record_ldadd)
%C%_check_gates_SOURCES = %D%/check_gates.c
%C%_check_gates_CPPFLAGS = $(record_cppflags)
%C%_check_gates_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_gates_LDADD = $(record_ldadd)
%C%_check_kill_SOURCES = %D%/check_kill.c
%C%_check_kill_CPPFLAGS = $(record_cppflags)
%C%_check_kill_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_kill_LDADD = $(record_ldadd)
%C%_check_lines_SOURCES = %D%/check_lines.c
%C%_check_lines_CPPFLAGS = $(record_cppflags)
%C%_check_lines_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_lines_LDADD = $(record_ldadd)
%C%_check_overflow_SOURCES = %D%/check_overflow.c
%C%_check_overflow_CPPFLAGS = $(record_cppflags)
%C%_check_overflow_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_overflow_LDADD = $(record_ldadd)
%C%_check_ring_SOURCES = %D%/check_ring.c
%C%_check_ring_CPPFLAGS = $(record_cppflags)
%C%_check_ring_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_ring_LDADD = $(record_ldadd)
%C%_check_session_SOURCES = %D%/check_session.c
%C%_check_session_CPPFLAGS = $(record_cppflags)
%C%_check_session_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_session_LDADD = $(record_ldadd)
%C%_check_signal_SOURCES = %D%/check_signal.c
%C%_check_signal_CPPFLAGS = $(record_cppflags)
%C%_check_signal_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_signal_LDADD = $(record_ldadd)
%C%_check_stack_SOURCES = %D%/check_stack.c %D%/walks.c %D%/walks.h
%C%_check_stack_CPPFLAGS = $(record_cppflags)
%C%_check_stack_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_stack_LDADD = $(record_ldadd)
%C%_check_thread_SOURCES = %D%/check_thread.c
%C%_check_thread_CPPFLAGS = $(record_cppflags)
%C%_check_thread_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_thread_LDADD = $(record_ldadd)
%C%_check_guard_SOURCES = %D%/check_guard.c
%C%_check_guard_CPPFLAGS = $(record_cppflags)
%C%_check_guard_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_guard_LDADD = $(record_ldadd)
%C%_check_settle_SOURCES = %D%/check_settle.c
%C%_check_settle_CPPFLAGS = $(record_cppflags)
%C%_check_settle_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_settle_LDADD = $(record_ldadd)
