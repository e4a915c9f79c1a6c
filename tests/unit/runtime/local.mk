# SPDX-License-Identifier: Apache-2.0
#
# Suites of the runtime, over a scripted driver table.

check_LTLIBRARIES += %D%/libscript.la
%C%_libscript_la_SOURCES = \
	%D%/fake_image.h \
	%D%/script_driver.c \
	%D%/script_driver.h
%C%_libscript_la_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
%C%_libscript_la_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

runtime_test_cppflags = $(AM_CPPFLAGS) -D_GNU_SOURCE
runtime_test_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS)
runtime_test_libs = tests/unit/runtime/libscript.la src/runtime/libruntime.la \
	src/driver/libdriver.la $(CHECK_LIBS)

runtime_suites = \
	%D%/check_array \
	%D%/check_call_configuration \
	%D%/check_context \
	%D%/check_device_v12 \
	%D%/check_egl \
	%D%/check_entry_point \
	%D%/check_error \
	%D%/check_external_v12 \
	%D%/check_graph_v12 \
	%D%/check_kernel \
	%D%/check_kernel_params \
	%D%/check_launch \
	%D%/check_launch_v12 \
	%D%/check_memcpy \
	%D%/check_memcpy_3d \
	%D%/check_memcpy_array \
	%D%/check_memcpy_batch \
	%D%/check_memory \
	%D%/check_memory_v12 \
	%D%/check_memset \
	%D%/check_peer \
	%D%/check_pointer_attributes \
	%D%/check_registration \
	%D%/check_registration_v12 \
	%D%/check_symbol \
	%D%/check_texture \
	%D%/check_texture_v12 \
	%D%/check_vdpau
check_PROGRAMS += $(runtime_suites)
TESTS += $(runtime_suites)

%C%_check_array_SOURCES = %D%/check_array.c
%C%_check_array_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_array_CFLAGS = $(runtime_test_cflags)
%C%_check_array_LDADD = $(runtime_test_libs)

%C%_check_call_configuration_SOURCES = %D%/check_call_configuration.c
%C%_check_call_configuration_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_call_configuration_CFLAGS = $(runtime_test_cflags)
%C%_check_call_configuration_LDADD = $(runtime_test_libs)

%C%_check_context_SOURCES = %D%/check_context.c
%C%_check_context_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_context_CFLAGS = $(runtime_test_cflags)
%C%_check_context_LDADD = $(runtime_test_libs)

%C%_check_device_v12_SOURCES = %D%/check_device_v12.c %D%/edge.h
%C%_check_device_v12_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_device_v12_CFLAGS = $(runtime_test_cflags)
%C%_check_device_v12_LDADD = $(runtime_test_libs)

%C%_check_egl_SOURCES = %D%/check_egl.c
%C%_check_egl_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_egl_CFLAGS = $(runtime_test_cflags)
%C%_check_egl_LDADD = $(runtime_test_libs)

%C%_check_entry_point_SOURCES = %D%/check_entry_point.c
%C%_check_entry_point_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_entry_point_CFLAGS = $(runtime_test_cflags)
%C%_check_entry_point_LDADD = $(runtime_test_libs)

%C%_check_error_SOURCES = %D%/check_error.c
%C%_check_error_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_error_CFLAGS = $(runtime_test_cflags)
%C%_check_error_LDADD = $(runtime_test_libs)

%C%_check_external_v12_SOURCES = %D%/check_external_v12.c %D%/edge.h
%C%_check_external_v12_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_external_v12_CFLAGS = $(runtime_test_cflags)
%C%_check_external_v12_LDADD = $(runtime_test_libs)

%C%_check_graph_v12_SOURCES = %D%/check_graph_v12.c
%C%_check_graph_v12_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_graph_v12_CFLAGS = $(runtime_test_cflags)
%C%_check_graph_v12_LDADD = $(runtime_test_libs)

%C%_check_kernel_SOURCES = %D%/check_kernel.c
%C%_check_kernel_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_kernel_CFLAGS = $(runtime_test_cflags)
%C%_check_kernel_LDADD = $(runtime_test_libs)

%C%_check_kernel_params_SOURCES = %D%/check_kernel_params.c
%C%_check_kernel_params_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_kernel_params_CFLAGS = $(runtime_test_cflags)
%C%_check_kernel_params_LDADD = $(runtime_test_libs)

%C%_check_launch_SOURCES = %D%/check_launch.c
%C%_check_launch_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_launch_CFLAGS = $(runtime_test_cflags)
%C%_check_launch_LDADD = $(runtime_test_libs)

%C%_check_launch_v12_SOURCES = %D%/check_launch_v12.c %D%/edge.h
%C%_check_launch_v12_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_launch_v12_CFLAGS = $(runtime_test_cflags)
%C%_check_launch_v12_LDADD = $(runtime_test_libs)

%C%_check_memcpy_SOURCES = %D%/check_memcpy.c
%C%_check_memcpy_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_memcpy_CFLAGS = $(runtime_test_cflags)
%C%_check_memcpy_LDADD = $(runtime_test_libs)

%C%_check_memcpy_3d_SOURCES = %D%/check_memcpy_3d.c
%C%_check_memcpy_3d_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_memcpy_3d_CFLAGS = $(runtime_test_cflags)
%C%_check_memcpy_3d_LDADD = $(runtime_test_libs)

%C%_check_memcpy_array_SOURCES = %D%/check_memcpy_array.c
%C%_check_memcpy_array_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_memcpy_array_CFLAGS = $(runtime_test_cflags)
%C%_check_memcpy_array_LDADD = $(runtime_test_libs)

%C%_check_memcpy_batch_SOURCES = %D%/check_memcpy_batch.c
%C%_check_memcpy_batch_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_memcpy_batch_CFLAGS = $(runtime_test_cflags)
%C%_check_memcpy_batch_LDADD = $(runtime_test_libs)

%C%_check_memory_SOURCES = %D%/check_memory.c
%C%_check_memory_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_memory_CFLAGS = $(runtime_test_cflags)
%C%_check_memory_LDADD = $(runtime_test_libs)

%C%_check_memory_v12_SOURCES = %D%/check_memory_v12.c %D%/edge.h
%C%_check_memory_v12_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_memory_v12_CFLAGS = $(runtime_test_cflags)
%C%_check_memory_v12_LDADD = $(runtime_test_libs)

%C%_check_memset_SOURCES = %D%/check_memset.c
%C%_check_memset_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_memset_CFLAGS = $(runtime_test_cflags)
%C%_check_memset_LDADD = $(runtime_test_libs)

%C%_check_peer_SOURCES = %D%/check_peer.c
%C%_check_peer_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_peer_CFLAGS = $(runtime_test_cflags)
%C%_check_peer_LDADD = $(runtime_test_libs)

%C%_check_pointer_attributes_SOURCES = %D%/check_pointer_attributes.c
%C%_check_pointer_attributes_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_pointer_attributes_CFLAGS = $(runtime_test_cflags)
%C%_check_pointer_attributes_LDADD = $(runtime_test_libs)

%C%_check_registration_SOURCES = %D%/check_registration.c
%C%_check_registration_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_registration_CFLAGS = $(runtime_test_cflags)
%C%_check_registration_LDADD = $(runtime_test_libs)

%C%_check_registration_v12_SOURCES = %D%/check_registration_v12.c
%C%_check_registration_v12_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_registration_v12_CFLAGS = $(runtime_test_cflags)
%C%_check_registration_v12_LDADD = $(runtime_test_libs)

%C%_check_symbol_SOURCES = %D%/check_symbol.c
%C%_check_symbol_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_symbol_CFLAGS = $(runtime_test_cflags)
%C%_check_symbol_LDADD = $(runtime_test_libs)

%C%_check_texture_SOURCES = %D%/check_texture.c
%C%_check_texture_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_texture_CFLAGS = $(runtime_test_cflags)
%C%_check_texture_LDADD = $(runtime_test_libs)

%C%_check_texture_v12_SOURCES = %D%/check_texture_v12.c %D%/edge.h
%C%_check_texture_v12_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_texture_v12_CFLAGS = $(runtime_test_cflags)
%C%_check_texture_v12_LDADD = $(runtime_test_libs)

%C%_check_vdpau_SOURCES = %D%/check_vdpau.c
%C%_check_vdpau_CPPFLAGS = $(runtime_test_cppflags)
%C%_check_vdpau_CFLAGS = $(runtime_test_cflags)
%C%_check_vdpau_LDADD = $(runtime_test_libs)
