# SPDX-License-Identifier: Apache-2.0
#
# One directory per module, as under src/; each fragment adds its suites to check_PROGRAMS
# and TESTS (a suite is a program, tests/unit/MODULE/check_FILE.c). Read only where Check
# was found.

include tests/unit/util/local.mk
include tests/unit/driver/local.mk
include tests/unit/runtime/local.mk
include tests/unit/record/local.mk
include tests/unit/api/local.mk
include tests/unit/shim/local.mk
include tests/unit/reader/local.mk
include tests/unit/analysis/local.mk
include tests/unit/write/local.mk
include tests/unit/collect/local.mk
include tests/unit/sim/local.mk
include tests/unit/tools/local.mk
