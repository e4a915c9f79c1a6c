# SPDX-License-Identifier: Apache-2.0
#
# Reach: users of CUDA that symbols of a preloaded library alone do not reach.

noinst_LTLIBRARIES += %D%/libhook.la
%C%_libhook_la_SOURCES = \
	%D%/agent.h \
	%D%/driver_lookup.c %D%/driver_lookup.h \
	%D%/driver_names.c %D%/driver_names.h \
	%D%/loaded.c %D%/loaded.h \
	%D%/nvtx.c %D%/nvtx.h %D%/nvtx_abi.h \
	%D%/nvtx_names.c \
	%D%/object.c %D%/object.h \
	%D%/own.c %D%/own.h \
	%D%/redirect.c %D%/redirect.h \
	%D%/settings.c %D%/settings.h \
	%D%/slots.c %D%/slots.h \
	%D%/static_runtime.c %D%/static_runtime.h \
	%D%/symbols.c %D%/symbols.h
%C%_libhook_la_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE

# What is handed out in place of the driver's functions, in parts that are compiled side by side. As
# in src/api, the caller's address is right only if a wrapper jumps to its twin. Sanitizers take
# minutes for them, and nothing comes here without the observer, which sanitized builds have not.
noinst_LTLIBRARIES += %D%/libwrappers.la
%C%_libwrappers_la_SOURCES = %D%/driver_entry.h %D%/driver_forms.h
%C%_libwrappers_la_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
%C%_libwrappers_la_CFLAGS = $(AM_CFLAGS) -foptimize-sibling-calls
if SANITIZED
%C%_libwrappers_la_CFLAGS += -fno-sanitize=all
endif
driver_wrappers = %D%/driver_wrappers_1.c %D%/driver_wrappers_2.c %D%/driver_wrappers_3.c \
	%D%/driver_wrappers_4.c
nodist_%C%_libwrappers_la_SOURCES = %D%/driver_forms.c $(driver_wrappers)
nodist_%C%_libhook_la_SOURCES = %D%/nvtx_table.h
wrapper_inputs = $(driver_table_inputs) $(top_srcdir)/scripts/driverwrappers.py
$(driver_wrappers): %D%/driver_wrappers_%.c: $(wrapper_inputs)
	$(gen_driver) wrappers-$* $(top_srcdir)/src/driver/driver.tbl > $@-t && mv $@-t $@
%D%/driver_forms.c: $(wrapper_inputs)
	$(gen_driver) forms $(top_srcdir)/src/driver/driver.tbl > $@-t && mv $@-t $@
CLEANFILES += $(driver_wrappers) %D%/driver_forms.c
EXTRA_DIST += scripts/driverwrappers.py

nvtx_inputs = $(top_srcdir)/%D%/nvtx.tbl $(top_srcdir)/scripts/gen-nvtx \
	$(top_srcdir)/scripts/gentable.py
gen_nvtx = $(AM_V_GEN)$(MKDIR_P) $(@D) && $(PYTHON3) $(top_srcdir)/scripts/gen-nvtx
nvtx_table = $(top_srcdir)/%D%/nvtx.tbl > $@-t && mv $@-t $@

%D%/nvtx_table.h: $(nvtx_inputs)
	$(gen_nvtx) table-h $(nvtx_table)
# A part of the `api` text.
%D%/nvtx.api: $(nvtx_inputs)
	$(gen_nvtx) text $(nvtx_table)

BUILT_SOURCES += %D%/nvtx_table.h
CLEANFILES += %D%/nvtx_table.h %D%/nvtx.api
EXTRA_DIST += %D%/nvtx.tbl
dist_noinst_SCRIPTS += scripts/gen-nvtx

# What `record --torch' puts in front of PYTHONPATH.
hookpythondir = $(pkglibdir)/python
hookpython_DATA = %D%/python/sitecustomize.py %D%/python/curtrace_torch.py
EXTRA_DIST += $(hookpython_DATA)

# The loader's observer: no library at all. It has the hook called before any constructor, a
# sanitizer's included, which sanitized code does not bear: there it is left out, and what is loaded
# later is not sent to ours.
EXTRA_DIST += %D%/agent.c
if !SANITIZED
noinst_DATA += %D%/libcurtrace-agent.so
CLEANFILES += %D%/libcurtrace-agent.so
%D%/libcurtrace-agent.so: $(top_srcdir)/%D%/agent.c $(top_srcdir)/%D%/agent.h
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CC) -shared -fPIC -nostdlib -ffreestanding \
		-fno-stack-protector -D_GNU_SOURCE -I$(top_srcdir)/src $(CPPFLAGS) $(AM_CFLAGS) \
		$(CFLAGS) $(LDFLAGS) -Wl,-z,defs -o $@ $(top_srcdir)/%D%/agent.c

agentexecdir = $(pkglibdir)
agentexec_DATA = %D%/libcurtrace-agent.so
endif
