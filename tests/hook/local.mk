# SPDX-License-Identifier: Apache-2.0
#
# Users of CUDA that a preloaded library alone does not reach.

hook_scripts = %D%/internal.test %D%/lookup.test %D%/nvtx.test %D%/quiet.test %D%/reach.test \
	%D%/torch.test
TESTS += $(hook_scripts)
EXTRA_DIST += $(hook_scripts) %D%/lookup_main.c %D%/lookup_driver.c %D%/nvtx_own.h \
	%D%/nvtx_program.c %D%/reach.h %D%/reach_main.c %D%/reach_driver.c %D%/reach_user.c
