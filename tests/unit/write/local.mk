# SPDX-License-Identifier: Apache-2.0
#
# Suites of the writers. They share the reader's fixture.

write_suites = \
	%D%/check_formats \
	%D%/check_json \
	%D%/check_native
check_PROGRAMS += $(write_suites)
TESTS += $(write_suites)

write_test_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests -D_GNU_SOURCE $(CJSON_CFLAGS) \
	$(ZLIB_CFLAGS)
write_test_ldadd = tests/unit/reader/libfixture.la src/write/libwrite.la src/util/libutil.la \
	$(CJSON_LIBS) $(ZLIB_LIBS) $(CHECK_LIBS)

%C%_check_json_SOURCES = %D%/check_json.c
%C%_check_json_CPPFLAGS = $(write_test_cppflags)
%C%_check_json_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_json_LDADD = $(write_test_ldadd)
%C%_check_native_SOURCES = %D%/check_native.c
%C%_check_native_CPPFLAGS = $(write_test_cppflags)
%C%_check_native_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_native_LDADD = $(write_test_ldadd)
%C%_check_formats_SOURCES = %D%/check_formats.c
%C%_check_formats_CPPFLAGS = $(write_test_cppflags)
%C%_check_formats_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_formats_LDADD = $(write_test_ldadd)

# The one who knows whether a database is sound is SQLite.
if HAVE_SQLITE
check_PROGRAMS += %D%/check_sqlite_file
TESTS += %D%/check_sqlite_file
endif
%C%_check_sqlite_file_SOURCES = %D%/check_sqlite_file.c
%C%_check_sqlite_file_CPPFLAGS = $(write_test_cppflags) $(SQLITE_CFLAGS)
%C%_check_sqlite_file_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_sqlite_file_LDADD = $(write_test_ldadd) $(SQLITE_LIBS)
