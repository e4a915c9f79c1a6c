# SPDX-License-Identifier: Apache-2.0
#
# The simulated driver, lib/curtrace/sim/libcuda.so.1. It takes nothing of the driver module but
# the declarations and driver.tbl, from which its prototypes, its table of entry points and its
# export map are generated; the functions that have no body here are null in that table.

noinst_LTLIBRARIES += %D%/libsim.la
%C%_libsim_la_SOURCES = \
	%D%/alloc.c \
	%D%/array.c %D%/array.h \
	%D%/capture.c %D%/capture.h \
	%D%/capture_entry.c \
	%D%/code.h \
	%D%/context.c \
	%D%/copy.c %D%/copy.h \
	%D%/cubin.c %D%/cubin.h \
	%D%/cubin_info.c %D%/cubin_info.h \
	%D%/decompress.c %D%/decompress.h \
	%D%/device.c \
	%D%/device_table.h \
	%D%/egl.c \
	%D%/egl_stream.c \
	%D%/entry.c \
	%D%/error.c \
	%D%/event.c \
	%D%/external.c %D%/external.h \
	%D%/fatbin.c %D%/fatbin.h \
	%D%/function.c \
	%D%/gl.c \
	%D%/graph.c %D%/graph.h \
	%D%/graph_conditional.c \
	%D%/graph_dot.c \
	%D%/graph_edge.c \
	%D%/graph_exec.c \
	%D%/graph_kernel.c \
	%D%/graph_memory.c \
	%D%/graph_node.c \
	%D%/graph_params.c \
	%D%/graph_plan.c \
	%D%/graph_update.c \
	%D%/graph_work.c \
	%D%/graphics.c %D%/graphics.h \
	%D%/handle.c \
	%D%/heap.c \
	%D%/hostfunc.c \
	%D%/hostmem.c \
	%D%/image.c %D%/image.h \
	%D%/image_build.c %D%/image_build.h \
	%D%/image_readable.c \
	%D%/inject.c \
	%D%/ipc.c \
	%D%/kernel.c \
	%D%/kernel_op.c \
	%D%/launch.c %D%/launch.h \
	%D%/launch_legacy.c \
	%D%/library.c \
	%D%/limit.c \
	%D%/managed.c \
	%D%/memcpy.c \
	%D%/memcpy_batch.c \
	%D%/memop.c \
	%D%/memory.c %D%/memory.h \
	%D%/memset.c \
	%D%/module.c \
	%D%/nvsci.c \
	%D%/occupancy.c \
	%D%/op.c %D%/op.h \
	%D%/peer.c \
	%D%/pointer.c \
	%D%/pool.c \
	%D%/pool_share.c \
	%D%/ptx.c %D%/ptx.h \
	%D%/ptx_decl.c %D%/ptx_decl.h \
	%D%/ptx_token.c %D%/ptx_token.h \
	%D%/sim.h \
	%D%/sim_kernel.c \
	%D%/state.c \
	%D%/stream.c \
	%D%/texture.c \
	%D%/thread.c \
	%D%/tool.c \
	%D%/user_object.c \
	%D%/vdpau.c
nodist_%C%_libsim_la_SOURCES = \
	%D%/sim_protos.h \
	%D%/sim_table.c
%C%_libsim_la_CFLAGS = $(AM_CFLAGS) $(LZ4_CFLAGS) $(ZSTD_CFLAGS)

# What a program linked with libsim.la needs besides.
SIM_LIBS = $(LZ4_LIBS) $(ZSTD_LIBS) -lpthread -ldl

sim_inputs = $(top_srcdir)/src/driver/driver.tbl $(top_srcdir)/scripts/gen-driver \
	$(top_srcdir)/scripts/drivermodel.py $(top_srcdir)/scripts/recordmodel.py $(top_srcdir)/scripts/gentable.py
gen_sim = $(AM_V_GEN)$(MKDIR_P) $(@D) && $(PYTHON3) $(top_srcdir)/scripts/gen-driver

%D%/sim_protos.h: $(sim_inputs)
	$(gen_sim) sim-protos $(top_srcdir)/src/driver/driver.tbl > $@-t && mv $@-t $@
%D%/sim_table.c: $(sim_inputs)
	$(gen_sim) sim-table $(top_srcdir)/src/driver/driver.tbl > $@-t && mv $@-t $@
# The functions by which a program brings its kernels are exported with the driver's.
%D%/libcuda.map: $(sim_inputs)
	$(gen_sim) map $(top_srcdir)/src/driver/driver.tbl | \
		$(SED) 's/^local:/	curtrace_sim_kernel;\n	curtrace_sim_fault;\n	curtrace_sim_variable;\n	curtrace_sim_conditional;\nlocal:/' > $@-t && \
		mv $@-t $@

BUILT_SOURCES += %D%/sim_protos.h %D%/sim_table.c
CLEANFILES += \
	%D%/sim_protos.h %D%/sim_protos.h-t \
	%D%/sim_table.c %D%/sim_table.c-t \
	%D%/libcuda.map %D%/libcuda.map-t

# nodelete: its worker threads run on after a dlclose.
noinst_DATA += %D%/libcuda.so.1
CLEANFILES += %D%/libcuda.so.1
%D%/libcuda.so.1: %D%/libsim.la %D%/libcuda.map
	$(LINK_SO) -Wl,-soname,libcuda.so.1 -Wl,-Bsymbolic-functions -Wl,-z,nodelete $(SIM_LIBS)

simexecdir = $(pkglibdir)/sim
simexec_DATA = %D%/libcuda.so.1
