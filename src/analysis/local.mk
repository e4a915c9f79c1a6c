# SPDX-License-Identifier: Apache-2.0
#
# What traces tell: pure functions over the reader.

noinst_LTLIBRARIES += %D%/libanalysis.la
%C%_libanalysis_la_SOURCES = \
	%D%/allocations.c %D%/allocations.h \
	%D%/argument.c \
	%D%/effect.c %D%/effect.h \
	%D%/effect_names.c \
	%D%/effect_product.c \
	%D%/effect_rows.h \
	%D%/findings.c %D%/findings.h \
	%D%/findings_catalogue.c %D%/findings_catalogue.h \
	%D%/findings_copies.c \
	%D%/findings_detect.h \
	%D%/findings_failures.c \
	%D%/findings_loops.c \
	%D%/findings_memory.c \
	%D%/findings_questions.c \
	%D%/findings_run.c \
	%D%/findings_waits.c \
	%D%/handles.c %D%/handles.h \
	%D%/memory.c %D%/memory.h \
	%D%/memory_answers.c \
	%D%/memory_findings.c \
	%D%/memory_incidents.c \
	%D%/memory_internal.h \
	%D%/memory_timeline.c \
	%D%/merge.c %D%/merge.h \
	%D%/merge_devices.c \
	%D%/merge_facts.c \
	%D%/merge_header.c \
	%D%/merge_ids.c \
	%D%/merge_internal.h \
	%D%/state.c %D%/state.h \
	%D%/state_internal.h \
	%D%/state_questions.c \
	%D%/statistics.c %D%/statistics.h \
	%D%/statistics_array.h \
	%D%/statistics_hash.h \
	%D%/statistics_histogram.c %D%/statistics_histogram.h \
	%D%/statistics_keys.c %D%/statistics_keys.h \
	%D%/statistics_retry.c %D%/statistics_retry.h \
	%D%/statistics_spots.c %D%/statistics_spots.h \
	%D%/statistics_tally.c %D%/statistics_tally.h
nodist_%C%_libanalysis_la_SOURCES = %D%/effect_rows.c
%C%_libanalysis_la_CPPFLAGS = $(AM_CPPFLAGS)

effect_inputs = $(top_srcdir)/src/api/cudart.tbl $(top_srcdir)/src/driver/driver.tbl \
	$(top_srcdir)/scripts/gen-effects $(top_srcdir)/scripts/apimodel.py \
	$(top_srcdir)/scripts/gentable.py
%D%/effect_rows.c: $(effect_inputs) src/runtime/cudart_abi.stamp
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(PYTHON3) $(top_srcdir)/scripts/gen-effects rows \
		$(top_srcdir)/src/api/cudart.tbl > $@-t && mv $@-t $@
CLEANFILES += %D%/effect_rows.c
dist_noinst_SCRIPTS += scripts/gen-effects
