# SPDX-License-Identifier: Apache-2.0
#
# The table, what is generated from it, and the linked library, compared with each other and, where
# there is a toolkit, with NVIDIA's.

api_tests = \
	%D%/abi-facts.test \
	%D%/entry-code.test \
	%D%/exports.test \
	%D%/gen-api.test \
	%D%/gen-effects.test \
	%D%/needs.test \
	%D%/no-driver.test \
	%D%/prototypes.test \
	%D%/stubs-compilers.test \
	%D%/stubs.test
TESTS += $(api_tests)
EXTRA_DIST += $(api_tests) %D%/exports-11.8.txt %D%/exports-12.8.txt
EXTRA_DIST += %D%/stubs.h %D%/stubs.sh %D%/stubs_clang.h %D%/stubs_main.c %D%/stubs_unit.c %D%/stubs_unit.cu
