# SPDX-License-Identifier: Apache-2.0
#
# The reader on traces that are made up in memory, sound and spoilt. build_trace.h is for every
# test that needs a native trace.

reader_suites = \
	%D%/check_api_text \
	%D%/check_checksum \
	%D%/check_clock \
	%D%/check_damage \
	%D%/check_definitions \
	%D%/check_foreign \
	%D%/check_foreign_nsys \
	%D%/check_json \
	%D%/check_json_scan \
	%D%/check_maps \
	%D%/check_native \
	%D%/check_packed \
	%D%/check_stacks \
	%D%/check_want
check_PROGRAMS += $(reader_suites)
TESTS += $(reader_suites)

reader_test_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests -D_GNU_SOURCE $(CJSON_CFLAGS) \
	$(ZLIB_CFLAGS)
reader_test_ldadd = %D%/libfixture.la src/write/libwrite.la src/util/libutil.la $(CJSON_LIBS) \
	$(ZLIB_LIBS) $(CHECK_LIBS)

# With the reader in it: it opens what the tests have built.
check_LTLIBRARIES += %D%/libfixture.la
%C%_libfixture_la_SOURCES = \
	%D%/build_trace.c %D%/build_trace.h \
	%D%/fixture.c %D%/fixture.h
%C%_libfixture_la_CPPFLAGS = $(reader_test_cppflags)
%C%_libfixture_la_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_libfixture_la_LIBADD = src/reader/libreader.la src/write/libwrite.la

%C%_check_api_text_SOURCES = %D%/check_api_text.c
%C%_check_api_text_CPPFLAGS = $(reader_test_cppflags)
%C%_check_api_text_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_api_text_LDADD = $(reader_test_ldadd)
%C%_check_clock_SOURCES = %D%/check_clock.c
%C%_check_clock_CPPFLAGS = $(reader_test_cppflags)
%C%_check_clock_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_clock_LDADD = $(reader_test_ldadd)
%C%_check_damage_SOURCES = %D%/check_damage.c
%C%_check_damage_CPPFLAGS = $(reader_test_cppflags)
%C%_check_damage_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_damage_LDADD = $(reader_test_ldadd)
%C%_check_definitions_SOURCES = %D%/check_definitions.c
%C%_check_definitions_CPPFLAGS = $(reader_test_cppflags)
%C%_check_definitions_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_definitions_LDADD = $(reader_test_ldadd)
%C%_check_foreign_SOURCES = %D%/check_foreign.c
%C%_check_foreign_CPPFLAGS = $(reader_test_cppflags)
%C%_check_foreign_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_foreign_LDADD = $(reader_test_ldadd)
%C%_check_foreign_nsys_SOURCES = %D%/check_foreign_nsys.c
%C%_check_foreign_nsys_CPPFLAGS = $(reader_test_cppflags) $(SQLITE_CFLAGS)
%C%_check_foreign_nsys_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_foreign_nsys_LDADD = $(reader_test_ldadd) $(SQLITE_LIBS)
%C%_check_json_SOURCES = %D%/check_json.c
%C%_check_json_CPPFLAGS = $(reader_test_cppflags)
%C%_check_json_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_json_LDADD = $(reader_test_ldadd)
%C%_check_maps_SOURCES = %D%/check_maps.c
%C%_check_maps_CPPFLAGS = $(reader_test_cppflags)
%C%_check_maps_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_maps_LDADD = $(reader_test_ldadd)
%C%_check_native_SOURCES = %D%/check_native.c
%C%_check_native_CPPFLAGS = $(reader_test_cppflags)
%C%_check_native_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_native_LDADD = $(reader_test_ldadd)
%C%_check_packed_SOURCES = %D%/check_packed.c
%C%_check_packed_CPPFLAGS = $(reader_test_cppflags)
%C%_check_packed_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_packed_LDADD = $(reader_test_ldadd)
%C%_check_stacks_SOURCES = %D%/check_stacks.c
%C%_check_stacks_CPPFLAGS = $(reader_test_cppflags)
%C%_check_stacks_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_stacks_LDADD = $(reader_test_ldadd)
%C%_check_checksum_SOURCES = %D%/check_checksum.c
%C%_check_checksum_CPPFLAGS = $(reader_test_cppflags)
%C%_check_checksum_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_checksum_LDADD = $(reader_test_ldadd)
%C%_check_json_scan_SOURCES = %D%/check_json_scan.c
%C%_check_json_scan_CPPFLAGS = $(reader_test_cppflags)
%C%_check_json_scan_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_json_scan_LDADD = $(reader_test_ldadd)
%C%_check_want_SOURCES = %D%/check_want.c
%C%_check_want_CPPFLAGS = $(reader_test_cppflags)
%C%_check_want_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_want_LDADD = $(reader_test_ldadd)
