# SPDX-License-Identifier: Apache-2.0
#
# Programs of CUDA 11, 12 and 13, one after the other and together. Where there is no toolkit of a
# version, its programs are linked to a library of the right name with the right symbols and nothing
# in them, as they are nowhere but here.

abi_names = context device memory batch stream kernel graph texture external outputs guard newest
abi_variants = 11 12 13 11.per_thread 12.per_thread 13.per_thread
abi_headers = %D%/cases.h %D%/guard.h %D%/kernel.h %D%/newest.h %D%/plugin.h %D%/toolkit.h
abi_generated = src/api/cudart.h src/api/cudart_11.h src/api/cudart_12.h
abi_needs = $(abi_headers) $(abi_generated) tests/conformance/fatbin_image.h include/curtrace/sim.h

abi_programs = $(abi_variants:%=%D%/abi_%)
abi_plugins = %D%/plugin_11.so %D%/plugin_12.so %D%/plugin_13.so
abi_stubs = %D%/libcudart.so.11.0 %D%/libcudart.so.12
abi_stub_sources = %D%/stub_11.0.c %D%/stub_12.c
abi_output_cases = %D%/output_cases_11.h %D%/output_cases_12.h %D%/output_cases_13.h
abi_launchers = %D%/launch_11 %D%/launch_12 %D%/launch_13
check_DATA += $(abi_programs) $(abi_launchers) $(abi_plugins) $(abi_stubs) %D%/together %D%/names

# ---- libraries to link with

%D%/symbols.txt: $(api_inputs)
	$(gen_api) names $(api_table)
$(abi_stub_sources): %D%/stub_%.c: %D%/symbols.txt
	$(AM_V_GEN)sed -n 's/@libcudart\.so\.$*$$//p' %D%/symbols.txt | \
		sed 's/.*/int &(void); int &(void) { return 999; }/' > $@-t && mv $@-t $@
$(abi_stubs): %D%/libcudart.so.%: %D%/stub_%.c
	$(AM_V_CCLD)echo 'libcudart.so.$* { *; };' > $@.map && \
		$(CC) $(CFLAGS) -shared -fPIC -nostdlib -Wl,--version-script=$@.map \
		-Wl,-soname,libcudart.so.$* -o $@ $<

# ---- the cases, compiled for every version

$(abi_output_cases): %D%/output_cases_%.h: $(api_inputs)
	$(gen_api) output-cases-$* $(api_table)

abi_compile = $(AM_V_CC)$(MKDIR_P) $(@D) && $(CC) $(AM_CPPFLAGS) $(CPPFLAGS) -I$(top_srcdir)/%D% \
	-I$(top_srcdir)/tests/conformance -I$(top_builddir)/%D% $(AM_CFLAGS) $(CFLAGS) -fPIC
abi_per_thread = -DCUDA_API_PER_THREAD_DEFAULT_STREAM

%D%/11/%.$(OBJEXT): $(top_srcdir)/%D%/%.c $(abi_needs) %D%/output_cases_11.h
	$(abi_compile) -DCUDA_MAJOR=11 -c -o $@ $<
%D%/12/%.$(OBJEXT): $(top_srcdir)/%D%/%.c $(abi_needs) %D%/output_cases_12.h
	$(abi_compile) -DCUDA_MAJOR=12 -c -o $@ $<
%D%/13/%.$(OBJEXT): $(top_srcdir)/%D%/%.c $(abi_needs) %D%/output_cases_13.h
	$(abi_compile) -DCUDA_MAJOR=13 -c -o $@ $<
%D%/11.per_thread/%.$(OBJEXT): $(top_srcdir)/%D%/%.c $(abi_needs) %D%/output_cases_11.h
	$(abi_compile) -DCUDA_MAJOR=11 $(abi_per_thread) -c -o $@ $<
%D%/12.per_thread/%.$(OBJEXT): $(top_srcdir)/%D%/%.c $(abi_needs) %D%/output_cases_12.h
	$(abi_compile) -DCUDA_MAJOR=12 $(abi_per_thread) -c -o $@ $<
%D%/13.per_thread/%.$(OBJEXT): $(top_srcdir)/%D%/%.c $(abi_needs) %D%/output_cases_13.h
	$(abi_compile) -DCUDA_MAJOR=13 $(abi_per_thread) -c -o $@ $<

# -rdynamic: the simulated driver looks for the kernels' C functions by name.
abi_link = $(AM_V_CCLD)$(CC) $(AM_CFLAGS) $(CFLAGS) $(LDFLAGS) -rdynamic -o $@ $^ -ldl

%D%/abi_11: $(abi_names:%=%D%/11/%.$(OBJEXT)) %D%/11/main.$(OBJEXT) %D%/libcudart.so.11.0
	$(abi_link)
%D%/abi_12: $(abi_names:%=%D%/12/%.$(OBJEXT)) %D%/12/main.$(OBJEXT) %D%/libcudart.so.12
	$(abi_link)
%D%/abi_13: $(abi_names:%=%D%/13/%.$(OBJEXT)) %D%/13/main.$(OBJEXT) src/shim/libcurtrace.so
	$(abi_link)
%D%/abi_11.per_thread: $(abi_names:%=%D%/11.per_thread/%.$(OBJEXT)) \
		%D%/11.per_thread/main.$(OBJEXT) %D%/libcudart.so.11.0
	$(abi_link)
%D%/abi_12.per_thread: $(abi_names:%=%D%/12.per_thread/%.$(OBJEXT)) \
		%D%/12.per_thread/main.$(OBJEXT) %D%/libcudart.so.12
	$(abi_link)
%D%/abi_13.per_thread: $(abi_names:%=%D%/13.per_thread/%.$(OBJEXT)) \
		%D%/13.per_thread/main.$(OBJEXT) src/shim/libcurtrace.so
	$(abi_link)

# ---- what a user's program is like

%D%/launch_11: %D%/11/launch.$(OBJEXT) %D%/libcudart.so.11.0
	$(abi_link)
%D%/launch_12: %D%/12/launch.$(OBJEXT) %D%/libcudart.so.12
	$(abi_link)
%D%/launch_13: %D%/13/launch.$(OBJEXT) src/shim/libcurtrace.so
	$(abi_link)

# ---- all in one process

%D%/plugin_11.so: $(abi_names:%=%D%/11/%.$(OBJEXT)) %D%/11/plugin.$(OBJEXT) %D%/libcudart.so.11.0
	$(abi_link) -shared
%D%/plugin_12.so: $(abi_names:%=%D%/12/%.$(OBJEXT)) %D%/12/plugin.$(OBJEXT) %D%/libcudart.so.12
	$(abi_link) -shared
%D%/plugin_13.so: $(abi_names:%=%D%/13/%.$(OBJEXT)) %D%/13/plugin.$(OBJEXT) src/shim/libcurtrace.so
	$(abi_link) -shared
%D%/together: %D%/12/together.$(OBJEXT) %D%/12/guard.$(OBJEXT) %D%/libcudart.so.12
	$(abi_link)
%D%/names: %D%/13/names.$(OBJEXT)
	$(abi_link)

CLEANFILES += $(abi_programs) $(abi_launchers) $(abi_plugins) $(abi_stubs) $(abi_stubs:%=%.map) $(abi_stub_sources) \
	$(abi_output_cases) %D%/together %D%/names %D%/symbols.txt
CLEAN_HOOKS += clean-abi
clean-abi:
	rm -rf $(abi_variants:%=%D%/%)

abi_tests = %D%/launch.test %D%/names.test %D%/programs.test %D%/together.test
TESTS += $(abi_tests)
EXTRA_DIST += $(abi_tests) $(abi_headers) $(abi_names:%=%D%/%.c) %D%/launch.c \
	%D%/launch.expected %D%/main.c %D%/names.c %D%/plugin.c %D%/together.c
