# SPDX-License-Identifier: Apache-2.0
#
# Tests of the rules that hold for the whole tree, and of the scripts that enforce them.

tests_scripts = \
	%D%/check-imports.test \
	%D%/format-document.test \
	%D%/layers.test \
	%D%/nvidia-ratios.test \
	%D%/style.test \
	%D%/test-summary.test
TESTS += $(tests_scripts)
EXTRA_DIST += $(tests_scripts)
