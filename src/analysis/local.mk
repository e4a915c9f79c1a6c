# SPDX-License-Identifier: Apache-2.0
#
# What traces tell: pure functions over the reader.

noinst_LTLIBRARIES += %D%/libanalysis.la
%C%_libanalysis_la_SOURCES = \
	%D%/allocations.c %D%/allocations.h \
	%D%/argument.c \
	%D%/diff/align.c %D%/diff/align.h \
	%D%/diff/align_internal.h \
	%D%/diff/align_table.c \
	%D%/diff/assign.c %D%/diff/assign.h \
	%D%/diff/atoms.c \
	%D%/diff/baseline.c %D%/diff/baseline.h \
	%D%/diff/baseline_own.h \
	%D%/diff/baseline_read.c \
	%D%/diff/baseline_side.c \
	%D%/diff/baseline_write.c \
	%D%/diff/canon.c %D%/diff/canon.h \
	%D%/diff/canon_memory.c \
	%D%/diff/canon_objects.c \
	%D%/diff/canon_own.h \
	%D%/diff/canon_text.c \
	%D%/diff/canon_values.c \
	%D%/diff/changes.c %D%/diff/changes.h \
	%D%/diff/changes_group.c \
	%D%/diff/changes_internal.h \
	%D%/diff/changes_loops.c \
	%D%/diff/changes_pairs.c \
	%D%/diff/comparable.c \
	%D%/diff/compare.c %D%/diff/compare.h \
	%D%/diff/compare_own.h \
	%D%/diff/describe.c \
	%D%/diff/dictionary.c \
	%D%/diff/fold.c %D%/diff/fold.h \
	%D%/diff/fold_around.c \
	%D%/diff/follows.c \
	%D%/diff/kernel_name.c %D%/diff/kernel_name.h \
	%D%/diff/kernel_routine.c \
	%D%/diff/lanes.c \
	%D%/diff/levels_calls.c \
	%D%/diff/levels_change.c \
	%D%/diff/levels_memory.c \
	%D%/diff/levels_moves.c \
	%D%/diff/levels_time.c \
	%D%/diff/moves.c %D%/diff/moves.h \
	%D%/diff/noise.c %D%/diff/noise.h \
	%D%/diff/objects.c %D%/diff/objects.h \
	%D%/diff/phases.c \
	%D%/diff/policy.c %D%/diff/policy.h \
	%D%/diff/policy_json.c \
	%D%/diff/reduce.c \
	%D%/diff/report.c %D%/diff/report.h \
	%D%/diff/report_own.h \
	%D%/diff/roles.c %D%/diff/roles.h \
	%D%/diff/side.c %D%/diff/side.h \
	%D%/diff/side_memory.c \
	%D%/diff/side_own.h \
	%D%/diff/side_phases.c \
	%D%/diff/steady.c \
	%D%/diff/time.c %D%/diff/time.h \
	%D%/diff/times.c %D%/diff/times.h \
	%D%/diff/walk.c %D%/diff/walk.h \
	%D%/diff/weigh.c \
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
	%D%/statistics_ranges.c %D%/statistics_ranges.h \
	%D%/statistics_retry.c %D%/statistics_retry.h \
	%D%/statistics_spots.c %D%/statistics_spots.h \
	%D%/statistics_tally.c %D%/statistics_tally.h
nodist_%C%_libanalysis_la_SOURCES = %D%/effect_rows.c
%C%_libanalysis_la_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE $(CJSON_CFLAGS)
%C%_libanalysis_la_LIBADD = $(CJSON_LIBS) -lm -lpthread

# Policies of `diff`, found from the tool as its libraries are.
policiesdir = $(datadir)/curtrace/policies
dist_policies_DATA = \
	%D%/diff/policies/default.json \
	%D%/diff/policies/nccl.json \
	%D%/diff/policies/pytorch.json \
	%D%/diff/policies/tensorrt.json

effect_inputs = $(top_srcdir)/src/api/cudart.tbl $(top_srcdir)/src/driver/driver.tbl \
	$(top_srcdir)/scripts/gen-effects $(top_srcdir)/scripts/apimodel.py \
	$(top_srcdir)/scripts/drivermodel.py $(top_srcdir)/scripts/recordmodel.py $(top_srcdir)/scripts/gentable.py
%D%/effect_rows.c: $(effect_inputs) src/runtime/cudart_abi.stamp
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(PYTHON3) $(top_srcdir)/scripts/gen-effects rows \
		$(top_srcdir)/src/api/cudart.tbl > $@-t && mv $@-t $@
CLEANFILES += %D%/effect_rows.c
dist_noinst_SCRIPTS += scripts/gen-effects
