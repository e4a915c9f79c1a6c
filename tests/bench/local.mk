# SPDX-License-Identifier: Apache-2.0
#
# Measurements. Built by `make check', so that scripts/bundle finds them, and run by scripts/bench; of
# those there only the instructions are compared with a limit.

check_PROGRAMS += %D%/bench_record %D%/bench_collect %D%/bench_read
%C%_bench_record_SOURCES = %D%/bench_record.c %D%/bench_record.h %D%/bench_threads.c \
	tests/unit/record/fixture.c
%C%_bench_record_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests -D_GNU_SOURCE
# Position-independent, as the entries in the shared object are.
%C%_bench_record_CFLAGS = $(AM_CFLAGS) -fPIC
%C%_bench_record_LDADD = src/record/librecord.la $(bench_collect_libs)
TESTS += %D%/instructions.test

%C%_bench_collect_SOURCES = %D%/bench_collect.c
%C%_bench_collect_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE $(CJSON_CFLAGS) $(ZLIB_CFLAGS)
%C%_bench_collect_LDADD = $(bench_collect_libs)
bench_collect_libs = src/collect/libcollect.la src/reader/libreader.la src/write/libwrite.la \
	src/util/libutil.la $(CJSON_LIBS) $(ZLIB_LIBS)

%C%_bench_read_SOURCES = %D%/bench_read.c
%C%_bench_read_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
%C%_bench_read_LDADD = src/reader/libreader.la src/util/libutil.la $(CJSON_LIBS) $(ZLIB_LIBS)

# Linked to the runtime by its SONAME, as the examples are: scripts/gpu-bench runs it with NVIDIA's
# library and with ours. Built by `make check', whose bench_calls.test runs it.
check_DATA += %D%/bench_calls
bench_calls_objects = %D%/bench_calls.$(OBJEXT) %D%/bench_calls_driver.$(OBJEXT) \
	%D%/bench_calls_serve.$(OBJEXT) %D%/bench_calls_setup.$(OBJEXT) \
	%D%/bench_calls_table.$(OBJEXT)
# -rdynamic: the simulated driver looks for the kernel's C function by name.
%D%/bench_calls: $(bench_calls_objects) src/shim/libcurtrace.so
	$(AM_V_CCLD)$(CC) $(AM_CFLAGS) $(CFLAGS) $(LDFLAGS) -rdynamic -o $@ $^
$(bench_calls_objects): %D%/%.$(OBJEXT): $(top_srcdir)/%D%/%.c $(top_srcdir)/%D%/bench_calls.h \
		src/api/cudart.h
	$(AM_V_CC)$(MKDIR_P) $(@D) && \
		$(CC) $(AM_CPPFLAGS) $(CPPFLAGS) -D_GNU_SOURCE $(AM_CFLAGS) $(CFLAGS) -c -o $@ $<
CLEANFILES += %D%/bench_calls $(bench_calls_objects)

# What gpu-bench has CUPTI record with.
check_DATA += %D%/bench_cupti.so
%D%/bench_cupti.so: $(top_srcdir)/%D%/bench_cupti.c
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CC) $(AM_CPPFLAGS) $(CPPFLAGS) -D_GNU_SOURCE -std=gnu11 \
		-Wall -Wextra -fvisibility=hidden $(WERROR_CFLAGS) $(CFLAGS) -fPIC -shared -o $@ $< -ldl
CLEANFILES += %D%/bench_cupti.so
EXTRA_DIST += %D%/bench_cupti.c
TESTS += %D%/bench_calls.test %D%/gpu_bench.test

dist_noinst_SCRIPTS += scripts/bench scripts/bench-diff scripts/bench-tools scripts/gpu-bench scripts/gpu-bench-hot

EXTRA_DIST += %D%/bench_startup.c %D%/bench_peers.c %D%/bench_lttng.inc
EXTRA_DIST += %D%/RESULTS.md %D%/instructions.test %D%/gpu_bench.test \
	%D%/bench_calls.c %D%/bench_calls.h %D%/bench_calls_driver.c \
	%D%/bench_calls_serve.c %D%/bench_calls_setup.c %D%/bench_calls_table.c %D%/bench_calls.test
