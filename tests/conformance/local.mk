# SPDX-License-Identifier: Apache-2.0
#
# The conformance suite: one program of all cases, linked to the runtime by its SONAME as the examples
# are. Over the simulated driver it must print what it printed on a GPU with NVIDIA's library.

# Files of tests/conformance/cases. Those of the second list are compiled a second time for the
# per-thread default stream: all that test entry points with a twin.
conformance_once_domains = \
	array context context_reset device device_limit error function graph graph_any_node \
	graph_conditional graph_edge graph_exec_node graph_host graph_kernel graph_memcpy graph_memory graph_memset \
	graph_update image interop ipc library lifetime log memory occupancy peer pointer \
	profiler registration registration_variable surface texture thread user_object version zeros
conformance_twin_domains = \
	capture capture_graph entry_point event external graph_exec launch launch_attribute managed \
	memcpy memcpy_2d memcpy_3d memcpy_array memcpy_batch memcpy_peer memset pool stream symbol
conformance_domains = $(conformance_once_domains) $(conformance_twin_domains)

conformance_objects = %D%/conformance.$(OBJEXT) %D%/kernels.$(OBJEXT) \
	$(conformance_domains:%=%D%/cases/%.$(OBJEXT)) \
	$(conformance_twin_domains:%=%D%/cases/%.per_thread.$(OBJEXT))
conformance_headers = %D%/conformance.h %D%/driver_calls.h %D%/fatbin_image.h \
	%D%/graphs.h %D%/kernels.h %D%/plugin.h
conformance_compile = $(AM_V_CC)$(MKDIR_P) $(@D) && $(CC) $(AM_CPPFLAGS) $(CPPFLAGS) \
	-I$(top_srcdir)/%D% -I$(top_builddir)/%D% $(AM_CFLAGS) $(CFLAGS)

check_DATA += %D%/conformance %D%/plugin.so

# -rdynamic: the simulated driver looks for the kernels' C functions by name.
%D%/conformance: $(conformance_objects) src/shim/libcurtrace.so
	$(AM_V_CCLD)$(CC) $(AM_CFLAGS) $(CFLAGS) $(LDFLAGS) -rdynamic -o $@ $^ -pthread -ldl

%D%/plugin.so: $(top_srcdir)/%D%/plugin.c $(conformance_headers) src/shim/libcurtrace.so
	$(conformance_compile) $(LDFLAGS) -fPIC -shared -o $@ $< src/shim/libcurtrace.so

%D%/cases/zeros.$(OBJEXT): %D%/zero_cases.h
%D%/zero_cases.h: $(api_inputs)
	$(gen_api) zero-cases $(api_table)

$(conformance_objects): $(conformance_headers) src/api/cudart.h src/runtime/error_names.h
%D%/conformance.$(OBJEXT): $(top_srcdir)/%D%/conformance.c
	$(conformance_compile) -c -o $@ $<
%D%/kernels.$(OBJEXT): $(top_srcdir)/%D%/kernels.c
	$(conformance_compile) -c -o $@ $<
%D%/cases/%.$(OBJEXT): $(top_srcdir)/%D%/cases/%.c
	$(conformance_compile) -DCONF_DOMAIN='"$*"' -c -o $@ $<
%D%/cases/%.per_thread.$(OBJEXT): $(top_srcdir)/%D%/cases/%.c
	$(conformance_compile) -DCONF_DOMAIN='"$*"' -DCONF_PER_THREAD -c -o $@ $<

CLEANFILES += %D%/conformance %D%/plugin.so %D%/zero_cases.h $(conformance_objects)
TESTS += %D%/conformance.test %D%/threads.test
EXTRA_DIST += %D%/COVERAGE.md %D%/README.md %D%/conformance.test %D%/threads.test %D%/known-differences.tbl \
	%D%/recorded-differences.tbl %D%/sim-unmodelled.tbl $(conformance_headers) %D%/conformance.c %D%/kernels.c %D%/plugin.c \
	$(conformance_domains:%=%D%/cases/%.c) $(conformance_domains:%=%D%/expected/%.txt) \
	$(conformance_twin_domains:%=%D%/expected/%.per_thread.txt) %D%/h200.states

EXTRA_DIST += \
	%D%/driver/README.md \
	%D%/driver/core-h200.txt \
	%D%/driver/graph-h200.txt \
	%D%/driver/images-h100.txt \
	%D%/driver/library-capture-h200.txt \
	%D%/driver/older-graph-h100.txt \
	%D%/driver/older-h100.txt
