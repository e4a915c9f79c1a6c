# SPDX-License-Identifier: Apache-2.0
#
# Measurements; built and run by scripts/bench, not by `make check'.

EXTRA_PROGRAMS += %D%/bench_record
CLEANFILES += %D%/bench_record
%C%_bench_record_SOURCES = %D%/bench_record.c tests/unit/record/fixture.c
%C%_bench_record_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests -D_GNU_SOURCE
# Position-independent, as the entries in the shared object are.
%C%_bench_record_CFLAGS = $(AM_CFLAGS) -fPIC
%C%_bench_record_LDADD = src/record/librecord.la

dist_noinst_SCRIPTS += scripts/bench

EXTRA_DIST += %D%/RESULTS.md
