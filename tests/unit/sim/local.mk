# SPDX-License-Identifier: Apache-2.0
#
# The simulated driver, linked statically: each test calls its entry points directly, in a process
# of its own.

sim_suites = \
	%D%/check_capture \
	%D%/check_cubin \
	%D%/check_device \
	%D%/check_egl \
	%D%/check_event \
	%D%/check_external \
	%D%/check_fatbin \
	%D%/check_graph \
	%D%/check_graph_exec \
	%D%/check_graphics \
	%D%/check_image \
	%D%/check_image_nvcc \
	%D%/check_ipc \
	%D%/check_launch \
	%D%/check_library \
	%D%/check_memory \
	%D%/check_pool_share \
	%D%/check_ptx \
	%D%/check_stream \
	%D%/check_texture
check_PROGRAMS += $(sim_suites)
TESTS += $(sim_suites)

sim_cppflags = $(AM_CPPFLAGS) -I$(srcdir)/%D%
sim_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS) $(LZ4_CFLAGS) $(ZSTD_CFLAGS)
sim_ldadd = src/sim/libsim.la $(SIM_LIBS) $(CHECK_LIBS)
image_fixture = %D%/image_fixture.c %D%/image_fixture.h

%C%_check_capture_SOURCES = %D%/check_capture.c %D%/kernel_fixture.h %D%/sim_fixture.h
%C%_check_capture_CPPFLAGS = $(sim_cppflags)
%C%_check_capture_CFLAGS = $(sim_cflags)
%C%_check_capture_LDADD = $(sim_ldadd)
%C%_check_cubin_SOURCES = %D%/check_cubin.c $(image_fixture)
%C%_check_cubin_CPPFLAGS = $(sim_cppflags)
%C%_check_cubin_CFLAGS = $(sim_cflags)
%C%_check_cubin_LDADD = $(sim_ldadd)
%C%_check_device_SOURCES = %D%/check_device.c %D%/sim_fixture.h
%C%_check_device_CPPFLAGS = $(sim_cppflags)
%C%_check_device_CFLAGS = $(sim_cflags)
%C%_check_device_LDADD = $(sim_ldadd)
%C%_check_egl_SOURCES = %D%/check_egl.c %D%/kernel_fixture.h %D%/sim_fixture.h
%C%_check_egl_CPPFLAGS = $(sim_cppflags)
%C%_check_egl_CFLAGS = $(sim_cflags)
%C%_check_egl_LDADD = $(sim_ldadd)
%C%_check_event_SOURCES = %D%/check_event.c %D%/sim_fixture.h
%C%_check_event_CPPFLAGS = $(sim_cppflags)
%C%_check_event_CFLAGS = $(sim_cflags)
%C%_check_event_LDADD = $(sim_ldadd)
%C%_check_external_SOURCES = %D%/check_external.c %D%/kernel_fixture.h %D%/sim_fixture.h
%C%_check_external_CPPFLAGS = $(sim_cppflags)
%C%_check_external_CFLAGS = $(sim_cflags)
%C%_check_external_LDADD = $(sim_ldadd)
%C%_check_fatbin_SOURCES = %D%/check_fatbin.c $(image_fixture)
%C%_check_fatbin_CPPFLAGS = $(sim_cppflags)
%C%_check_fatbin_CFLAGS = $(sim_cflags)
%C%_check_fatbin_LDADD = $(sim_ldadd)
%C%_check_graph_SOURCES = %D%/check_graph.c %D%/graph_fixture.h %D%/kernel_fixture.h \
	%D%/sim_fixture.h
%C%_check_graph_CPPFLAGS = $(sim_cppflags)
%C%_check_graph_CFLAGS = $(sim_cflags)
%C%_check_graph_LDADD = $(sim_ldadd)
%C%_check_graph_exec_SOURCES = %D%/check_graph_exec.c %D%/graph_fixture.h %D%/kernel_fixture.h \
	%D%/sim_fixture.h
%C%_check_graph_exec_CPPFLAGS = $(sim_cppflags)
%C%_check_graph_exec_CFLAGS = $(sim_cflags)
%C%_check_graph_exec_LDADD = $(sim_ldadd)
%C%_check_graphics_SOURCES = %D%/check_graphics.c %D%/sim_fixture.h
%C%_check_graphics_CPPFLAGS = $(sim_cppflags)
%C%_check_graphics_CFLAGS = $(sim_cflags)
%C%_check_graphics_LDADD = $(sim_ldadd)
%C%_check_image_SOURCES = %D%/check_image.c $(image_fixture)
%C%_check_image_CPPFLAGS = $(sim_cppflags)
%C%_check_image_CFLAGS = $(sim_cflags)
%C%_check_image_LDADD = $(sim_ldadd)
%C%_check_image_nvcc_SOURCES = %D%/check_image_nvcc.c $(image_fixture)
%C%_check_image_nvcc_CPPFLAGS = $(sim_cppflags)
%C%_check_image_nvcc_CFLAGS = $(sim_cflags)
%C%_check_image_nvcc_LDADD = $(sim_ldadd)
%C%_check_ipc_SOURCES = %D%/check_ipc.c %D%/process_fixture.h %D%/sim_fixture.h
%C%_check_ipc_CPPFLAGS = $(sim_cppflags)
%C%_check_ipc_CFLAGS = $(sim_cflags)
%C%_check_ipc_LDADD = $(sim_ldadd)
%C%_check_launch_SOURCES = %D%/check_launch.c %D%/kernel_fixture.h %D%/sim_fixture.h
%C%_check_launch_CPPFLAGS = $(sim_cppflags)
%C%_check_launch_CFLAGS = $(sim_cflags)
# Exports the C function for a kernel, which is found by name.
%C%_check_launch_LDFLAGS = $(AM_LDFLAGS) -export-dynamic
%C%_check_launch_LDADD = $(sim_ldadd)
%C%_check_library_SOURCES = %D%/check_library.c $(image_fixture) %D%/kernel_fixture.h \
	%D%/sim_fixture.h
%C%_check_library_CPPFLAGS = $(sim_cppflags)
%C%_check_library_CFLAGS = $(sim_cflags)
%C%_check_library_LDADD = $(sim_ldadd)
%C%_check_memory_SOURCES = %D%/check_memory.c %D%/sim_fixture.h
%C%_check_memory_CPPFLAGS = $(sim_cppflags)
%C%_check_memory_CFLAGS = $(sim_cflags)
%C%_check_memory_LDADD = $(sim_ldadd)
%C%_check_pool_share_SOURCES = %D%/check_pool_share.c %D%/process_fixture.h \
	%D%/sim_fixture.h
%C%_check_pool_share_CPPFLAGS = $(sim_cppflags)
%C%_check_pool_share_CFLAGS = $(sim_cflags)
%C%_check_pool_share_LDADD = $(sim_ldadd)
%C%_check_ptx_SOURCES = %D%/check_ptx.c $(image_fixture)
%C%_check_ptx_CPPFLAGS = $(sim_cppflags)
%C%_check_ptx_CFLAGS = $(sim_cflags)
%C%_check_ptx_LDADD = $(sim_ldadd)
%C%_check_stream_SOURCES = %D%/check_stream.c %D%/sim_fixture.h
%C%_check_stream_CPPFLAGS = $(sim_cppflags)
%C%_check_stream_CFLAGS = $(sim_cflags)
%C%_check_stream_LDADD = $(sim_ldadd)
%C%_check_texture_SOURCES = %D%/check_texture.c %D%/sim_fixture.h
%C%_check_texture_CPPFLAGS = $(sim_cppflags)
%C%_check_texture_CFLAGS = $(sim_cflags)
%C%_check_texture_LDADD = $(sim_ldadd)

EXTRA_DIST += %D%/image_fixture.cu
