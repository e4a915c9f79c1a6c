# SPDX-License-Identifier: Apache-2.0
#
# libcurtrace.so, the library that goes into the program: LD_PRELOADed, or found as
# drop-in/libcudart.so.13, .12 or .11.0. One file under all names, so that a process has one state
# whichever way it came in; its SONAME satisfies a program's need for libcudart.so.13.

noinst_LTLIBRARIES += %D%/libshim.la
%C%_libshim_la_SOURCES = \
	%D%/driver_facts.c \
	%D%/environment.c %D%/environment.h \
	%D%/observe.c %D%/observe.h \
	%D%/shim.c
%C%_libshim_la_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE

# nodelete: threads and forked children call into it after a dlclose.
noinst_DATA += %D%/libcurtrace.so
CLEANFILES += %D%/libcurtrace.so
%D%/libcurtrace.so: %D%/libshim.la src/api/libentries.la src/api/libapi.la src/runtime/libruntime.la \
		src/driver/libdriver.la src/hook/libhook.la src/hook/libwrappers.la src/record/librecord.la \
		src/api/exports.map
	$(LINK_SO) -Wl,-soname,libcudart.so.13 -Wl,-Bsymbolic-functions -Wl,-z,nodelete

shimexecdir = $(pkglibdir)
shimexec_DATA = %D%/libcurtrace.so

# For LD_LIBRARY_PATH and for linking: the names by which programs of each version need a runtime.
drop_in_names = libcudart.so.11.0 libcudart.so.12 libcudart.so.13
INSTALL_EXEC_HOOKS += install-drop-in
UNINSTALL_HOOKS += uninstall-drop-in
install-drop-in: install-shimexecDATA
	$(MKDIR_P) '$(DESTDIR)$(pkglibdir)/drop-in'
	cd '$(DESTDIR)$(pkglibdir)/drop-in' && rm -f $(drop_in_names) && \
		for name in $(drop_in_names); do $(LN_S) ../libcurtrace.so $$name || exit 1; done
uninstall-drop-in:
	for name in $(drop_in_names); do rm -f '$(DESTDIR)$(pkglibdir)/drop-in'/$$name; done

EXTRA_DIST += %D%/exports.allow
