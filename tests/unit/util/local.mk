# SPDX-License-Identifier: Apache-2.0
#
# The stateless helpers.

check_PROGRAMS += %D%/check_util %D%/check_words
TESTS += %D%/check_util %D%/check_words

%C%_check_util_SOURCES = %D%/check_util.c
%C%_check_util_CPPFLAGS = $(reader_test_cppflags)
%C%_check_util_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_util_LDADD = $(reader_test_ldadd)

%C%_check_words_SOURCES = %D%/check_words.c
%C%_check_words_CPPFLAGS = $(reader_test_cppflags)
%C%_check_words_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_words_LDADD = $(reader_test_ldadd)
