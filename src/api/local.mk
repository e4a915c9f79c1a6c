# SPDX-License-Identifier: Apache-2.0
#
# The entry points: everything is generated from cudart.tbl. calls.h and error_names.h belong to
# src/runtime, which reads them as "runtime/calls.h"; they are made here because here is the table.

noinst_LTLIBRARIES += %D%/libapi.la %D%/libentries.la

%C%_libapi_la_SOURCES = %D%/api_text.h %D%/kernel_args.c %D%/kernel_args.h
nodist_%C%_libapi_la_SOURCES = %D%/api_text.c
%C%_libapi_la_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE

# In parts, which are compiled side by side.
api_entries = %D%/entries_1.c %D%/entries_2.c %D%/entries_3.c %D%/entries_4.c
%C%_libentries_la_SOURCES = %D%/entry.h
nodist_%C%_libentries_la_SOURCES = $(api_entries)
%C%_libentries_la_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
# The caller's address in a record is the return address of the twin, which an entry jumps to: at
# -O1 gcc would call it instead, and the caller would be the entry itself. They move words from
# arguments to cells, where -fsanitize=undefined finds nothing and takes most of its time.
%C%_libentries_la_CFLAGS = $(AM_CFLAGS) -foptimize-sibling-calls
if SANITIZED
%C%_libentries_la_CFLAGS += -fno-sanitize=undefined
endif

api_inputs = $(top_srcdir)/%D%/cudart.tbl $(top_srcdir)/src/driver/driver.tbl \
	$(top_srcdir)/scripts/gen-api $(top_srcdir)/scripts/apimodel.py \
	$(top_srcdir)/scripts/drivermodel.py $(top_srcdir)/scripts/recordmodel.py $(top_srcdir)/scripts/gentable.py
gen_api = $(AM_V_GEN)$(MKDIR_P) $(@D) && $(PYTHON3) $(top_srcdir)/scripts/gen-api
api_table = $(top_srcdir)/%D%/cudart.tbl > $@-t && mv $@-t $@

$(api_entries): %D%/entries_%.c: $(api_inputs)
	$(gen_api) entries-$* $(api_table)
%D%/ids.h: $(api_inputs)
	$(gen_api) ids-h $(api_table)
# The parts of the `api` text, one for each layer; the first has the line that begins it.
api_texts = %D%/cudart.api %D%/driver.api src/hook/nvtx.api
%D%/cudart.api: $(api_inputs) src/runtime/cudart_abi.stamp
	$(gen_api) text $(api_table)
%D%/driver.api: $(api_inputs) $(top_srcdir)/scripts/gen-driver src/runtime/cudart_abi.stamp
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(PYTHON3) $(top_srcdir)/scripts/gen-driver text \
		$(top_srcdir)/src/driver/driver.tbl > $@-t && mv $@-t $@
%D%/curtrace.api: $(api_texts)
	$(AM_V_GEN)cat $(api_texts) > $@-t && mv $@-t $@
%D%/api_text.c: %D%/curtrace.api $(top_srcdir)/scripts/gen-api
	$(gen_api) text-c %D%/curtrace.api > $@-t && mv $@-t $@
# For tests and examples: the interface without a toolkit.
%D%/cudart.h: $(api_inputs)
	$(gen_api) prototypes $(api_table)
# The same as older versions have it, for programs of theirs.
%D%/cudart_11.h: $(api_inputs)
	$(gen_api) prototypes-11 $(api_table)
%D%/cudart_12.h: $(api_inputs)
	$(gen_api) prototypes-12 $(api_table)
%D%/exports.map: $(api_inputs)
	$(gen_api) map $(api_table)
src/runtime/calls.h: $(api_inputs)
	$(gen_api) runtime-h $(api_table)
src/runtime/error_names.h: $(api_inputs) src/runtime/cudart_abi.stamp
	$(gen_api) error-names $(api_table)

# The generator reads enumerators from these headers.
src/runtime/cudart_abi.stamp: $(runtime_abi_headers)
	$(AM_V_at)$(MKDIR_P) $(@D) && touch $@

api_generated = $(api_entries) %D%/ids.h %D%/api_text.c %D%/cudart.api %D%/driver.api %D%/curtrace.api %D%/cudart.h \
	%D%/cudart_11.h %D%/cudart_12.h %D%/exports.map \
	src/runtime/calls.h src/runtime/error_names.h src/runtime/cudart_abi.stamp
BUILT_SOURCES += %D%/cudart.h %D%/ids.h src/runtime/calls.h src/runtime/error_names.h
CLEANFILES += $(api_generated)

# What `curtrace info --coverage' reads.
apiexecdir = $(pkglibdir)
apiexec_DATA = %D%/curtrace.api

EXTRA_DIST += %D%/README.md %D%/cudart.tbl scripts/apimodel.py
dist_noinst_SCRIPTS += scripts/gen-api scripts/gen-abi-facts
