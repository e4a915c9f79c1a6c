# SPDX-License-Identifier: Apache-2.0
#
# Measurements. bench_record is built and run by scripts/bench, not by `make check'.

EXTRA_PROGRAMS += %D%/bench_record
CLEANFILES += %D%/bench_record
%C%_bench_record_SOURCES = %D%/bench_record.c tests/unit/record/fixture.c
%C%_bench_record_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests -D_GNU_SOURCE
# Position-independent, as the entries in the shared object are.
%C%_bench_record_CFLAGS = $(AM_CFLAGS) -fPIC
%C%_bench_record_LDADD = src/record/librecord.la

# Linked to the runtime by its SONAME, as the examples are: scripts/gpu-bench runs it with NVIDIA's
# library and with ours. Built by `make check', whose bench_calls.test runs it.
check_DATA += %D%/bench_calls
bench_calls_objects = %D%/bench_calls.$(OBJEXT) %D%/bench_calls_driver.$(OBJEXT) \
	%D%/bench_calls_setup.$(OBJEXT) %D%/bench_calls_table.$(OBJEXT)
# -rdynamic: the simulated driver looks for the kernel's C function by name.
%D%/bench_calls: $(bench_calls_objects) src/shim/libcurtrace.so
	$(AM_V_CCLD)$(CC) $(AM_CFLAGS) $(CFLAGS) $(LDFLAGS) -rdynamic -o $@ $^
$(bench_calls_objects): %D%/%.$(OBJEXT): $(top_srcdir)/%D%/%.c $(top_srcdir)/%D%/bench_calls.h \
		src/api/cudart.h
	$(AM_V_CC)$(MKDIR_P) $(@D) && \
		$(CC) $(AM_CPPFLAGS) $(CPPFLAGS) -D_GNU_SOURCE $(AM_CFLAGS) $(CFLAGS) -c -o $@ $<
CLEANFILES += %D%/bench_calls $(bench_calls_objects)
TESTS += %D%/bench_calls.test

dist_noinst_SCRIPTS += scripts/bench scripts/gpu-bench

EXTRA_DIST += %D%/RESULTS.md %D%/bench_calls.c %D%/bench_calls.h %D%/bench_calls_driver.c \
	%D%/bench_calls_setup.c %D%/bench_calls_table.c %D%/bench_calls.test
