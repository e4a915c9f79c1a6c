# SPDX-License-Identifier: Apache-2.0
#
# Programs built with nvcc, run over the simulated driver here and on a GPU by scripts/gpu-smoke.

gpu_programs = basics graph kinds rdc plugin_host per_thread
gpu_sources = %D%/basics.cu %D%/common.h %D%/graph.cu %D%/kinds.cu %D%/per_thread.cu %D%/plugin.cu \
	%D%/plugin_host.cu %D%/rdc_main.cu %D%/rdc_other.cu

if HAVE_NVCC
check_DATA += $(gpu_programs:%=%D%/%) %D%/plugin.so
CLEANFILES += $(gpu_programs:%=%D%/%) %D%/plugin.so

# Machine code for one architecture and PTX for the others; per_thread has nvcc's defaults, so that
# PTX alone is met too. -rdynamic lets the simulated driver find the kernels' C functions.
nvcc_flags = -cudart shared -I$(top_srcdir)/include -Xcompiler -rdynamic
nvcc_arch = -gencode 'arch=compute_90,code=[sm_90,compute_90]'
nvcc_command = $(AM_V_GEN)$(MKDIR_P) %D% && $(NVCC) $(nvcc_flags)
gpu_common = $(top_srcdir)/%D%/common.h $(top_srcdir)/include/curtrace/sim.h

%D%/basics: $(top_srcdir)/%D%/basics.cu $(gpu_common)
	$(nvcc_command) $(nvcc_arch) -o $@ $<
%D%/graph: $(top_srcdir)/%D%/graph.cu $(gpu_common)
	$(nvcc_command) $(nvcc_arch) -o $@ $<
%D%/kinds: $(top_srcdir)/%D%/kinds.cu $(gpu_common)
	$(nvcc_command) $(nvcc_arch) -o $@ $<
%D%/plugin_host: $(top_srcdir)/%D%/plugin_host.cu $(gpu_common)
	$(nvcc_command) $(nvcc_arch) -o $@ $<
%D%/per_thread: $(top_srcdir)/%D%/per_thread.cu $(gpu_common)
	$(nvcc_command) -default-stream per-thread -o $@ $<
%D%/rdc: $(top_srcdir)/%D%/rdc_main.cu $(top_srcdir)/%D%/rdc_other.cu $(gpu_common)
	$(nvcc_command) $(nvcc_arch) -rdc=true -o $@ $(top_srcdir)/%D%/rdc_main.cu \
		$(top_srcdir)/%D%/rdc_other.cu
%D%/plugin.so: $(top_srcdir)/%D%/plugin.cu $(gpu_common)
	$(nvcc_command) $(nvcc_arch) -Xcompiler -fPIC -shared -o $@ $<
endif

gpu_expected = $(gpu_programs:%=%D%/%.expected)
TESTS += %D%/sim.test
EXTRA_DIST += %D%/README.md %D%/RESULTS.md %D%/sim.test %D%/diff_torch.py %D%/flight_torch.py %D%/torch_step.py \
	%D%/reach_cublas.py %D%/reach_cupy.py %D%/reach_jax.py %D%/reach_ranges.py %D%/reach_triton.py \
	$(gpu_sources) $(gpu_expected)
