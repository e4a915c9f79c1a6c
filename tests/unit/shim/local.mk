# SPDX-License-Identifier: Apache-2.0
#
# Environment and observer; the whole library is tested by tests/api and tests/cli.

check_PROGRAMS += %D%/check_environment %D%/check_observe
TESTS += %D%/check_environment %D%/check_observe

%C%_check_environment_SOURCES = %D%/check_environment.c
%C%_check_environment_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
%C%_check_environment_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_environment_LDADD = src/shim/libshim.la $(CHECK_LIBS)
# The fixture takes the place of shim.c, which is why that one is not drawn in.
%C%_check_observe_SOURCES = %D%/check_observe.c
%C%_check_observe_CPPFLAGS = $(record_cppflags)
%C%_check_observe_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_observe_LDADD = tests/unit/record/libfixture.la src/shim/libshim.la \
	src/record/librecord.la $(CHECK_LIBS)
