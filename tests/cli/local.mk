# SPDX-License-Identifier: Apache-2.0
#
# The installed tool, as a user calls it.

cli_tests = \
	%D%/check-differs.test \
	%D%/check-json.test \
	%D%/check-not-comparable.test \
	%D%/check-options.test \
	%D%/check-same.test \
	%D%/check-signals.test \
	%D%/check-varies.test \
	%D%/completion.test \
	%D%/demo-trace.test \
	%D%/diff-arguments.test \
	%D%/diff-baseline.test \
	%D%/diff-changes.test \
	%D%/diff-input.test \
	%D%/diff-outputs.test \
	%D%/diff-same.test \
	%D%/env.test \
	%D%/env-idle.test \
	%D%/export-formats.test \
	%D%/export-options.test \
	%D%/export-redact.test \
	%D%/flight.test \
	%D%/flight-record.test \
	%D%/flight-trigger.test \
	%D%/foreign-kineto.test \
	%D%/foreign-nsys.test \
	%D%/frame.test \
	%D%/info-coverage.test \
	%D%/info-installation.test \
	%D%/info-trace.test \
	%D%/merge-ranks.test \
	%D%/merge-trace.test \
	%D%/launch-environment.test \
	%D%/launch-mpi.test \
	%D%/launch-python.test \
	%D%/mem-program.test \
	%D%/mem-traces.test \
	%D%/json-programs.test \
	%D%/print-bad-input.test \
	%D%/print-decode.test \
	%D%/print-follow.test \
	%D%/print-json.test \
	%D%/print-native.test \
	%D%/print-options.test \
	%D%/print-schema.test \
	%D%/print-select.test \
	%D%/print-versions.test \
	%D%/record-calls.test \
	%D%/record-disk.test \
	%D%/record-empty.test \
	%D%/record-environment.test \
	%D%/record-exit.test \
	%D%/record-inject.test \
	%D%/record-kernel-args.test \
	%D%/record-output.test \
	%D%/record-programs.test \
	%D%/record-select.test \
	%D%/record-signals.test \
	%D%/record-stacks.test \
	%D%/record-versions.test \
	%D%/schema-rules.test \
	%D%/stat-csv.test \
	%D%/stat-json.test \
	%D%/stat-options.test \
	%D%/stat-text.test \
	%D%/source-program.test \
	%D%/source-trace.test
TESTS += $(cli_tests)
EXTRA_DIST += $(cli_tests) \
	%D%/check.sh \
	%D%/check_schema.py \
	%D%/diff.sh \
	%D%/diff_check.py \
	%D%/diff_program.c \
	%D%/flight_program.c \
	%D%/export.sh \
	%D%/export_check.py \
	%D%/info-trace.expected \
	%D%/kineto.json \
	%D%/print-json.expected \
	%D%/print-native.expected \
	%D%/record.sh \
	%D%/stat.sh \
	%D%/stat-text.expected

# Writes the traces that the tests of print and info read.
check_PROGRAMS += %D%/make_trace %D%/to_json
%C%_make_trace_SOURCES = %D%/make_trace.c tests/unit/reader/build_trace.c \
	tests/unit/reader/build_trace.h
%C%_make_trace_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests -D_GNU_SOURCE $(ZLIB_CFLAGS)
%C%_make_trace_LDADD = src/write/libwrite.la src/util/libutil.la $(ZLIB_LIBS)
%C%_to_json_SOURCES = %D%/to_json.c
%C%_to_json_LDADD = src/reader/libreader.la src/write/libwrite.la src/util/libutil.la

# What the tests of diff compare runs of: linked to the runtime by its SONAME, as the examples are.
check_DATA += %D%/diff_program
%D%/diff_program: $(top_srcdir)/%D%/diff_program.c src/api/cudart.h src/shim/libcurtrace.so
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CC) $(AM_CPPFLAGS) $(CPPFLAGS) -D_GNU_SOURCE $(AM_CFLAGS) \
		$(CFLAGS) -fno-inline -fno-optimize-sibling-calls $(LDFLAGS) -rdynamic -o $@ $< \
		src/shim/libcurtrace.so -lpthread
check_DATA += %D%/flight_program
%D%/flight_program: $(top_srcdir)/%D%/flight_program.c src/api/cudart.h src/shim/libcurtrace.so
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CC) $(AM_CPPFLAGS) $(CPPFLAGS) -D_GNU_SOURCE $(AM_CFLAGS) \
		$(CFLAGS) $(LDFLAGS) -o $@ $< src/shim/libcurtrace.so
CLEANFILES += %D%/diff_program %D%/flight_program
