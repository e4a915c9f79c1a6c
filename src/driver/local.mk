# SPDX-License-Identifier: Apache-2.0
#
# The driver table and its loader, as a convenience library. What is generated from driver.tbl
# lies in the build tree as src/driver/driver_table.[hc] and is included as
# "driver/driver_table.h".

noinst_LTLIBRARIES += %D%/libdriver.la

%C%_libdriver_la_SOURCES = \
	%D%/driver.c \
	%D%/driver.h \
	%D%/library.c \
	%D%/library.h
nodist_%C%_libdriver_la_SOURCES = \
	%D%/driver_table.c \
	%D%/driver_table.h
%C%_libdriver_la_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE

driver_table_inputs = $(top_srcdir)/%D%/driver.tbl $(top_srcdir)/scripts/gen-driver \
	$(top_srcdir)/scripts/drivermodel.py $(top_srcdir)/scripts/recordmodel.py $(top_srcdir)/scripts/gentable.py
gen_driver = $(AM_V_GEN)$(MKDIR_P) $(@D) && $(PYTHON3) $(top_srcdir)/scripts/gen-driver

%D%/driver_table.h: $(driver_table_inputs)
	$(gen_driver) table-h $(top_srcdir)/%D%/driver.tbl > $@-t && mv $@-t $@
%D%/driver_table.c: $(driver_table_inputs)
	$(gen_driver) table-c $(top_srcdir)/%D%/driver.tbl > $@-t && mv $@-t $@

BUILT_SOURCES += %D%/driver_table.h %D%/driver_table.c
CLEANFILES += %D%/driver_table.h %D%/driver_table.c %D%/driver_table.h-t %D%/driver_table.c-t

noinst_HEADERS += \
	%D%/cuda_abi.h \
	%D%/cuda_abi_array.h \
	%D%/cuda_abi_base.h \
	%D%/cuda_abi_context.h \
	%D%/cuda_abi_device.h \
	%D%/cuda_abi_error.h \
	%D%/cuda_abi_external.h \
	%D%/cuda_abi_graph.h \
	%D%/cuda_abi_graphics.h \
	%D%/cuda_abi_launch.h \
	%D%/cuda_abi_memory.h \
	%D%/cuda_abi_module.h \
	%D%/cuda_abi_pool.h \
	%D%/cuda_abi_process.h \
	%D%/cuda_abi_stream.h \
	%D%/cuda_abi_texture.h

EXTRA_DIST += %D%/driver.tbl scripts/drivermodel.py scripts/recordmodel.py scripts/gentable.py
dist_noinst_SCRIPTS += scripts/gen-driver
