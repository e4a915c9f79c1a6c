# SPDX-License-Identifier: Apache-2.0
#
# The CUDA runtime: a file for each domain of cudart.tbl and the parts they share.

noinst_LTLIBRARIES += %D%/libruntime.la

runtime_abi_headers = \
	$(top_srcdir)/%D%/cudart_abi.h \
	$(top_srcdir)/%D%/cudart_abi_array.h \
	$(top_srcdir)/%D%/cudart_abi_base.h \
	$(top_srcdir)/%D%/cudart_abi_device.h \
	$(top_srcdir)/%D%/cudart_abi_error.h \
	$(top_srcdir)/%D%/cudart_abi_external.h \
	$(top_srcdir)/%D%/cudart_abi_graph.h \
	$(top_srcdir)/%D%/cudart_abi_graphics.h \
	$(top_srcdir)/%D%/cudart_abi_launch.h \
	$(top_srcdir)/%D%/cudart_abi_legacy.h \
	$(top_srcdir)/%D%/cudart_abi_memory.h \
	$(top_srcdir)/%D%/cudart_abi_stream.h \
	$(top_srcdir)/%D%/cudart_abi_texture.h

%C%_libruntime_la_SOURCES = \
	%D%/address_map.c \
	%D%/address_map.h \
	%D%/array.c \
	%D%/call_configuration.c \
	%D%/channel_format.c \
	%D%/channel_format.h \
	%D%/context.c \
	%D%/context.h \
	%D%/cudart_abi.h \
	%D%/cudart_abi_array.h \
	%D%/cudart_abi_base.h \
	%D%/cudart_abi_device.h \
	%D%/cudart_abi_error.h \
	%D%/cudart_abi_external.h \
	%D%/cudart_abi_graph.h \
	%D%/cudart_abi_graphics.h \
	%D%/cudart_abi_launch.h \
	%D%/cudart_abi_legacy.h \
	%D%/cudart_abi_memory.h \
	%D%/cudart_abi_stream.h \
	%D%/cudart_abi_texture.h \
	%D%/device.c \
	%D%/device_properties.c \
	%D%/device_properties.h \
	%D%/device_v12.c \
	%D%/egl.c \
	%D%/egl_frame.c \
	%D%/egl_frame.h \
	%D%/entry.h \
	%D%/entry_point.c \
	%D%/error.c \
	%D%/event.c \
	%D%/external.c \
	%D%/external_v12.c \
	%D%/fork.c \
	%D%/fork.h \
	%D%/function.c \
	%D%/function_v12.c \
	%D%/gl.c \
	%D%/graph.c \
	%D%/graph_any_node.c \
	%D%/graph_kernel_node.c \
	%D%/graph_kernel_node.h \
	%D%/graph_memcpy_node.c \
	%D%/graph_memset_node.c \
	%D%/graph_v12.c \
	%D%/image.c \
	%D%/image.h \
	%D%/introspect.c \
	%D%/introspect.h \
	%D%/ipc.c \
	%D%/kernel.c \
	%D%/kernel.h \
	%D%/kernel_params.c \
	%D%/kernel_params.h \
	%D%/launch.c \
	%D%/launch_v12.c \
	%D%/library.c \
	%D%/managed.c \
	%D%/memcpy.c \
	%D%/memcpy.h \
	%D%/memcpy_2d.c \
	%D%/memcpy_3d.c \
	%D%/memcpy_3d.h \
	%D%/memcpy_array.c \
	%D%/memcpy_batch.c \
	%D%/memcpy_peer.c \
	%D%/memory.c \
	%D%/memory_v12.c \
	%D%/memset.c \
	%D%/occupancy.c \
	%D%/peer.c \
	%D%/pointer_attributes.c \
	%D%/pool.c \
	%D%/profiler.c \
	%D%/registration.c \
	%D%/registration_v12.c \
	%D%/report.h \
	%D%/resource_desc.c \
	%D%/resource_desc.h \
	%D%/stream.c \
	%D%/surface.c \
	%D%/symbol.c \
	%D%/symbol_table.c \
	%D%/symbol_table.h \
	%D%/texture.c \
	%D%/texture_v12.c \
	%D%/vdpau.c \
	%D%/version.c \
	%D%/widen.h
nodist_%C%_libruntime_la_SOURCES = %D%/calls.h %D%/error_names.h
%C%_libruntime_la_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
