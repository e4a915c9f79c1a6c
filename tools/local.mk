# SPDX-License-Identifier: Apache-2.0
#
# The tool: a frame (curtrace.c, cmd.h), one cmd_NAME.c a command, and what commands share.

bin_PROGRAMS += %D%/curtrace
%C%_curtrace_SOURCES = \
	%D%/api_file.c %D%/api_file.h \
	%D%/ask.c %D%/ask.h \
	%D%/child.c %D%/child.h \
	%D%/check_compare.c %D%/check_compare.h \
	%D%/check_environment.c %D%/check_environment.h \
	%D%/check_files.c %D%/check_files.h \
	%D%/check_folder.c %D%/check_folder.h \
	%D%/check_json.c \
	%D%/check_lines.c %D%/check_lines.h \
	%D%/check_options.c %D%/check_options.h \
	%D%/check_proof.c \
	%D%/check_report.c %D%/check_report.h \
	%D%/check_run.c %D%/check_run.h \
	%D%/check_sides.c %D%/check_sides.h \
	%D%/check_state.h \
	%D%/check_verdict.c %D%/check_verdict.h \
	%D%/cmd.h \
	%D%/cmd_baseline.c \
	%D%/cmd_check.c \
	%D%/cmd_diff.c \
	%D%/cmd_env.c \
	%D%/cmd_export.c \
	%D%/cmd_info.c \
	%D%/cmd_merge.c \
	%D%/cmd_mem.c \
	%D%/cmd_print.c \
	%D%/cmd_record.c \
	%D%/cmd_stat.c \
	%D%/cmd_snapshot.c \
	%D%/cmd_switch.c \
	%D%/recovering.c %D%/recovering.h \
	%D%/cmd_recover.c \
	%D%/complete.c %D%/complete.h \
	%D%/coverage.c %D%/coverage.h \
	%D%/curtrace.c \
	%D%/diff.h \
	%D%/diff_explain.c \
	%D%/diff_folded.c \
	%D%/diff_github.c \
	%D%/diff_json.c \
	%D%/diff_junit.c \
	%D%/diff_load.c %D%/diff_load.h \
	%D%/diff_print.c \
	%D%/diff_text.c \
	%D%/diff_words.c \
	%D%/dumps.c %D%/dumps.h \
	%D%/export.h \
	%D%/export_detail.c %D%/export_detail.h \
	%D%/export_form.c \
	%D%/export_write.c \
	%D%/follow.c %D%/follow.h \
	%D%/install.c %D%/install.h \
	%D%/last.c %D%/last.h \
	%D%/launch.c %D%/launch.h \
	%D%/libraries.c %D%/libraries.h \
	%D%/mem.h \
	%D%/mem_csv.c \
	%D%/mem_json.c \
	%D%/mem_tables.c \
	%D%/mem_text.c %D%/mem_text.h \
	%D%/merge.h \
	%D%/merge_clocks.c \
	%D%/merge_inputs.c \
	%D%/merge_ranks.c \
	%D%/merge_write.c \
	%D%/options.c %D%/options.h \
	%D%/output.c %D%/output.h \
	%D%/print.h \
	%D%/print_args.c \
	%D%/print_events.c \
	%D%/print_follow.c \
	%D%/print_names.c \
	%D%/print_times.c \
	%D%/print_types.c \
	%D%/recording.c %D%/recording.h \
	%D%/record_stacks.c %D%/record_stacks.h \
	%D%/record_options.c %D%/record_options.h \
	%D%/record_rank.c %D%/record_rank.h \
	%D%/record_flight.c %D%/record_flight.h \
	%D%/record_inject.c %D%/record_inject.h \
	%D%/record_layers.c %D%/record_layers.h \
	%D%/record_select.c %D%/record_select.h \
	%D%/select.c %D%/select.h \
	%D%/session_find.c %D%/session_find.h \
	%D%/show.c %D%/show.h \
	%D%/stat.h \
	%D%/stat_columns.c \
	%D%/stat_csv.c \
	%D%/stat_findings.c \
	%D%/stat_json.c \
	%D%/stat_ratio.c \
	%D%/stat_text.c \
	%D%/stat_words.c \
	%D%/source.c %D%/source.h \
	%D%/unnamed.c %D%/unnamed.h
%C%_curtrace_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/%D% -D_GNU_SOURCE $(CJSON_CFLAGS)
%C%_curtrace_LDADD = \
	src/collect/libcollect.la \
	src/analysis/libanalysis.la \
	src/reader/libreader.la \
	src/write/libwrite.la \
	src/util/libutil.la

# For the loader, in a namespace of its own: no library but libc, and not sanitized.
noinst_DATA += %D%/libcurtrace-witness.so
CLEANFILES += %D%/libcurtrace-witness.so
EXTRA_DIST += %D%/check_witness.c
%D%/libcurtrace-witness.so: $(top_srcdir)/%D%/check_witness.c
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CC) -shared -fPIC -D_GNU_SOURCE $(CPPFLAGS) $(AM_CFLAGS) \
		$(CFLAGS) -fno-sanitize=all $(LDFLAGS) -o $@ $(top_srcdir)/%D%/check_witness.c

witnessexecdir = $(pkglibdir)
witnessexec_DATA = %D%/libcurtrace-witness.so

# Where bash-completion looks for a command when it is first completed.
bashcompdir = $(datadir)/bash-completion/completions
dist_bashcomp_DATA = %D%/completion/curtrace.bash

# What calls were measured to cost beside NVIDIA's runtime, for `stat`.
ratiosdir = $(pkglibdir)
dist_ratios_DATA = %D%/nvidia-ratios.tsv
dist_noinst_SCRIPTS += scripts/gen-nvidia-ratios

dist_man_MANS += \
	%D%/man/curtrace.1 \
	%D%/man/curtrace-baseline.1 \
	%D%/man/curtrace-check.1 \
	%D%/man/curtrace-diff.1 \
	%D%/man/curtrace-env.1 \
	%D%/man/curtrace-export.1 \
	%D%/man/curtrace-info.1 \
	%D%/man/curtrace-mem.1 \
	%D%/man/curtrace-merge.1 \
	%D%/man/curtrace-print.1 \
	%D%/man/curtrace-record.1 \
	%D%/man/curtrace-stat.1 \
	%D%/man/curtrace-snapshot.1 \
	%D%/man/curtrace-start.1 \
	%D%/man/curtrace-stop.1 \
	%D%/man/curtrace-recover.1
