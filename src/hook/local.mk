# SPDX-License-Identifier: Apache-2.0
#
# Reach: users of CUDA that symbols of a preloaded library alone do not reach.

noinst_LTLIBRARIES += %D%/libhook.la
%C%_libhook_la_SOURCES = \
	%D%/agent.h \
	%D%/loaded.c %D%/loaded.h \
	%D%/object.c %D%/object.h \
	%D%/own.c %D%/own.h \
	%D%/redirect.c %D%/redirect.h \
	%D%/static_runtime.c %D%/static_runtime.h \
	%D%/symbols.c %D%/symbols.h
%C%_libhook_la_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE

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
