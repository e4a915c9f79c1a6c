# SPDX-License-Identifier: Apache-2.0
#
# The collector, over a traced process of the tests' own (traced.c). traced_app is the same as a
# program, for tests/cli/record-*.test.

collect_suites = \
	%D%/check_collector \
	%D%/check_command \
	%D%/check_convert \
	%D%/check_defs \
	%D%/check_elf \
	%D%/check_inject \
	%D%/check_maps \
	%D%/check_modules \
	%D%/check_process \
	%D%/check_recover \
	%D%/check_ring \
	%D%/check_select \
	%D%/check_session \
	%D%/check_stats \
	%D%/check_symtab \
	%D%/check_summary \
	%D%/check_switches
check_PROGRAMS += $(collect_suites) %D%/traced_app
TESTS += $(collect_suites)

collect_test_cppflags = $(AM_CPPFLAGS) -D_GNU_SOURCE $(CJSON_CFLAGS) $(ZLIB_CFLAGS)
collect_test_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS)
collect_test_libs = src/collect/libcollect.la src/reader/libreader.la src/write/libwrite.la \
	src/util/libutil.la $(CJSON_LIBS) $(ZLIB_LIBS) $(CHECK_LIBS)

%C%_check_collector_SOURCES = %D%/check_collector.c %D%/traced.c %D%/traced.h
%C%_check_collector_CPPFLAGS = $(collect_test_cppflags)
%C%_check_collector_CFLAGS = $(collect_test_cflags)
%C%_check_collector_LDADD = $(collect_test_libs)

%C%_check_command_SOURCES = %D%/check_command.c
%C%_check_command_CPPFLAGS = $(collect_test_cppflags)
%C%_check_command_CFLAGS = $(collect_test_cflags)
%C%_check_command_LDADD = $(collect_test_libs)

%C%_check_convert_SOURCES = %D%/check_convert.c
%C%_check_convert_CPPFLAGS = $(collect_test_cppflags) -I$(top_srcdir)/tests
%C%_check_convert_CFLAGS = $(collect_test_cflags)
%C%_check_convert_LDADD = tests/unit/reader/libfixture.la $(collect_test_libs)

%C%_check_defs_SOURCES = %D%/check_defs.c %D%/traced.c %D%/traced.h
%C%_check_defs_CPPFLAGS = $(collect_test_cppflags)
%C%_check_defs_CFLAGS = $(collect_test_cflags)
%C%_check_defs_LDADD = $(collect_test_libs)

%C%_check_elf_SOURCES = %D%/check_elf.c %D%/elf_build.c %D%/elf_build.h
%C%_check_elf_CPPFLAGS = $(collect_test_cppflags)
%C%_check_elf_CFLAGS = $(collect_test_cflags)
%C%_check_elf_LDADD = $(collect_test_libs)

%C%_check_maps_SOURCES = %D%/check_maps.c
%C%_check_maps_CPPFLAGS = $(collect_test_cppflags)
%C%_check_maps_CFLAGS = $(collect_test_cflags)
%C%_check_maps_LDADD = $(collect_test_libs)

%C%_check_modules_SOURCES = %D%/check_modules.c %D%/elf_build.c %D%/elf_build.h
%C%_check_modules_CPPFLAGS = $(collect_test_cppflags)
%C%_check_modules_CFLAGS = $(collect_test_cflags)
%C%_check_modules_LDADD = $(collect_test_libs)

%C%_check_process_SOURCES = %D%/check_process.c %D%/traced.c %D%/traced.h
%C%_check_process_CPPFLAGS = $(collect_test_cppflags)
%C%_check_process_CFLAGS = $(collect_test_cflags)
%C%_check_process_LDADD = $(collect_test_libs)

%C%_check_recover_SOURCES = %D%/check_recover.c %D%/traced.c %D%/traced.h
%C%_check_recover_CPPFLAGS = $(collect_test_cppflags)
%C%_check_recover_CFLAGS = $(collect_test_cflags)
%C%_check_recover_LDADD = $(collect_test_libs)

%C%_check_ring_SOURCES = %D%/check_ring.c %D%/traced.c %D%/traced.h
%C%_check_ring_CPPFLAGS = $(collect_test_cppflags)
%C%_check_ring_CFLAGS = $(collect_test_cflags)
%C%_check_ring_LDADD = $(collect_test_libs)

%C%_check_inject_SOURCES = %D%/check_inject.c
%C%_check_inject_CPPFLAGS = $(collect_test_cppflags)
%C%_check_inject_CFLAGS = $(collect_test_cflags)
%C%_check_inject_LDADD = $(collect_test_libs)

%C%_check_select_SOURCES = %D%/check_select.c
%C%_check_select_CPPFLAGS = $(collect_test_cppflags)
%C%_check_select_CFLAGS = $(collect_test_cflags)
%C%_check_select_LDADD = $(collect_test_libs)

%C%_check_session_SOURCES = %D%/check_session.c %D%/traced.c %D%/traced.h
%C%_check_session_CPPFLAGS = $(collect_test_cppflags)
%C%_check_session_CFLAGS = $(collect_test_cflags)
%C%_check_session_LDADD = $(collect_test_libs)

%C%_check_stats_SOURCES = %D%/check_stats.c %D%/traced.c %D%/traced.h
%C%_check_stats_CPPFLAGS = $(collect_test_cppflags)
%C%_check_stats_CFLAGS = $(collect_test_cflags)
%C%_check_stats_LDADD = $(collect_test_libs)

%C%_check_summary_SOURCES = %D%/check_summary.c %D%/traced.c %D%/traced.h
%C%_check_summary_CPPFLAGS = $(collect_test_cppflags)
%C%_check_summary_CFLAGS = $(collect_test_cflags)
%C%_check_summary_LDADD = $(collect_test_libs)

%C%_check_switches_SOURCES = %D%/check_switches.c %D%/traced.c %D%/traced.h
%C%_check_switches_CPPFLAGS = $(collect_test_cppflags)
%C%_check_switches_CFLAGS = $(collect_test_cflags)
%C%_check_switches_LDADD = $(collect_test_libs)

%C%_check_symtab_SOURCES = %D%/check_symtab.c %D%/elf_build.c %D%/elf_build.h
%C%_check_symtab_CPPFLAGS = $(collect_test_cppflags)
%C%_check_symtab_CFLAGS = $(collect_test_cflags)
%C%_check_symtab_LDADD = $(collect_test_libs)

%C%_traced_app_SOURCES = %D%/traced_app.c %D%/traced.c %D%/traced.h
%C%_traced_app_CPPFLAGS = $(collect_test_cppflags)
%C%_traced_app_LDADD = src/collect/libcollect.la src/util/libutil.la $(ZLIB_LIBS)
