# SPDX-License-Identifier: Apache-2.0
#
# What nobody should be able to do to the reader with bytes. `make check' runs the targets for a few
# seconds; scripts/fuzz as long as one likes, with libFuzzer where clang is there.

fuzz_targets = %D%/fuzz_native %D%/fuzz_json %D%/fuzz_line
check_PROGRAMS += $(fuzz_targets) %D%/seeds
TESTS += %D%/fuzz.test
EXTRA_DIST += %D%/fuzz.test %D%/make-corpus %D%/corpus

fuzz_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests -D_GNU_SOURCE $(CJSON_CFLAGS) $(ZLIB_CFLAGS)
fuzz_ldadd = src/reader/libreader.la src/util/libutil.la $(CJSON_LIBS) $(ZLIB_LIBS)
fuzz_common = %D%/driver.c %D%/fuzz.h %D%/read.c

%C%_fuzz_native_SOURCES = %D%/target_native.c $(fuzz_common)
%C%_fuzz_native_CPPFLAGS = $(fuzz_cppflags)
%C%_fuzz_native_LDADD = $(fuzz_ldadd)
%C%_fuzz_json_SOURCES = %D%/target_json.c $(fuzz_common)
%C%_fuzz_json_CPPFLAGS = $(fuzz_cppflags)
%C%_fuzz_json_LDADD = $(fuzz_ldadd)
%C%_fuzz_line_SOURCES = %D%/target_line.c $(fuzz_common)
%C%_fuzz_line_CPPFLAGS = $(fuzz_cppflags)
%C%_fuzz_line_LDADD = $(fuzz_ldadd)

%C%_seeds_SOURCES = %D%/seeds.c %D%/fuzz.h %D%/read.c tests/unit/reader/build_trace.c \
	tests/unit/reader/build_trace.h
%C%_seeds_CPPFLAGS = $(fuzz_cppflags) $(SQLITE_CFLAGS)
%C%_seeds_LDADD = src/write/libwrite.la $(fuzz_ldadd) $(SQLITE_LIBS)

dist_noinst_SCRIPTS += scripts/fuzz
