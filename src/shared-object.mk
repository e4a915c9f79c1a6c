# SPDX-License-Identifier: Apache-2.0
#
# How a shared object is linked whose SONAME differs from its file name (libcurtrace.so,
# libcuda.so.1). Libtool ties the two together, so the modules are libtool convenience
# libraries as usual and the last link is done here, over their archives. A fragment writes
#
#	noinst_DATA += %D%/libx.so
#	CLEANFILES += %D%/libx.so
#	%D%/libx.so: %D%/libown.la src/util/libutil.la %D%/x.map
#		$(LINK_SO) -Wl,-soname,liby.so.1 -lz
#
# Prerequisites: *.la are taken whole, *.map is the version script, others are only
# waited for. What follows $(LINK_SO) are more flags and libraries. To install:
#
#	xexecdir = $(pkglibdir)
#	xexec_DATA = %D%/libx.so
#
# ("exec" in the directory's name makes it part of `make install-exec'.) A convenience library
# that is listed in another one's LIBADD is already in it: list each only once.
#
# Libraries that scripts/bundle puts beside ours are found in lib/curtrace/deps. This is the
# old DT_RPATH on purpose: unlike RUNPATH it also holds for what those libraries need
# themselves. In a normal installation the directory is not there.

so_archives = $(foreach la,$(filter %.la,$^),$(dir $(la)).libs/$(basename $(notdir $(la))).a)
so_version_script = $(addprefix -Wl$(comma)--version-script=,$(filter %.map,$^))
comma = ,

so_link_flags = $(SO_DEFS_LDFLAGS) -Wl,-z,relro -Wl,-z,now -Wl,--as-needed -Wl,--build-id \
	-Wl,--disable-new-dtags '-Wl,-rpath,$$ORIGIN/deps:$$ORIGIN/../deps'

LINK_SO = $(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CC) -shared -fPIC $(AM_CFLAGS) $(CFLAGS) \
	$(so_link_flags) $(LDFLAGS) $(so_version_script) -o $@ \
	-Wl,--whole-archive $(so_archives) -Wl,--no-whole-archive
