# SPDX-License-Identifier: Apache-2.0
#
# Programs to try curtrace on. They are linked to the runtime by its SONAME, libcudart.so.13, as
# any CUDA program is: NVIDIA's or curtrace's, whichever the loader finds or is given.

exampleexecdir = $(pkglibdir)/examples
exampleexec_DATA = %D%/vector-add

# -rdynamic: the simulated driver looks for the kernel's C function by name.
%D%/vector-add: %D%/vector-add.$(OBJEXT) src/shim/libcurtrace.so
	$(AM_V_CCLD)$(CC) $(AM_CFLAGS) $(CFLAGS) $(LDFLAGS) -rdynamic -o $@ $^
%D%/vector-add.$(OBJEXT): $(top_srcdir)/%D%/vector-add.c src/api/cudart.h
	$(AM_V_CC)$(MKDIR_P) $(@D) && $(CC) $(AM_CPPFLAGS) $(CPPFLAGS) $(AM_CFLAGS) $(CFLAGS) -c -o $@ $<

CLEANFILES += %D%/vector-add %D%/vector-add.$(OBJEXT)
EXTRA_DIST += %D%/vector-add.c
INSTALL_EXEC_HOOKS += make-examples-executable
make-examples-executable: install-exampleexecDATA
	chmod +x '$(DESTDIR)$(exampleexecdir)/vector-add'
