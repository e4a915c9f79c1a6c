# SPDX-License-Identifier: Apache-2.0
#
# Frame of the tests; tests/README.md tells how to write one. Unit tests are programs, the
# others are scripts NAME.test that source tests/lib.sh. Exit codes: 0 pass, 1 fail,
# 77 skip (the reason is printed), 99 the test itself is broken.

TEST_EXTENSIONS = .test
TEST_LOG_COMPILER = bash

# Scripts see absolute directories and what configure found. They run the installed form of
# everything, from a staged installation in the build directory (check-stage below).
AM_TESTS_ENVIRONMENT = \
	srcdir='$(abs_srcdir)'; export srcdir; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	CURTRACE_STAGE='$(stagedir)'; export CURTRACE_STAGE; \
	CURTRACE_CUDA='$(CUDA_HOME)'; export CURTRACE_CUDA; \
	CURTRACE_SANITIZERS='$(SANITIZERS)'; export CURTRACE_SANITIZERS; \
	NVCC='$(NVCC)'; export NVCC; \
	PYTHON3='$(PYTHON)'; export PYTHON3; \
	PYTHONDONTWRITEBYTECODE=1; export PYTHONDONTWRITEBYTECODE; \
	CC='$(CC)'; export CC; \
	CK_DEFAULT_TIMEOUT=$${CK_DEFAULT_TIMEOUT-30}; export CK_DEFAULT_TIMEOUT; \
	$(SANITIZER_TESTS_ENVIRONMENT)

# The preload library is sanitized too, and a plain program that takes it in has libc before
# the sanitizer's run time; what is lost is only the check of the program's own allocations.
# The thread sanitizer waits at the end of each process that still has threads, for a second unless
# told otherwise; the simulated driver's workers always are.
SANITIZER_TESTS_ENVIRONMENT =
if SANITIZED
SANITIZER_TESTS_ENVIRONMENT += \
	ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=$${CURTRACE_LEAKS-1}; export ASAN_OPTIONS; \
	UBSAN_OPTIONS=print_stacktrace=1; export UBSAN_OPTIONS; \
	TSAN_OPTIONS=suppressions='$(abs_top_srcdir)/%D%/tsan.supp':atexit_sleep_ms=50; \
	export TSAN_OPTIONS;
endif

# What `make install' would install, under $(stagedir): tests thereby prove the layout in
# which the tools find the libraries. Made anew before each `make check'.
stagedir = $(abs_top_builddir)/stage
check_DATA += check-stage
check-stage: all-am
	@rm -rf '$(stagedir)'
	@$(MAKE) $(AM_MAKEFLAGS) DESTDIR= prefix='$(stagedir)' exec_prefix='$(stagedir)' \
		bindir='$(stagedir)/bin' libdir='$(stagedir)/lib' \
		datarootdir='$(stagedir)/share' datadir='$(stagedir)/share' \
		mandir='$(stagedir)/share/man' \
		includedir='$(stagedir)/include' install >stage.log 2>&1 || \
		{ cat stage.log; echo 'the staged installation failed' >&2; exit 1; }
CLEAN_HOOKS += clean-stage
clean-stage:
	rm -rf '$(stagedir)' stage.log
.PHONY: check-stage

EXTRA_DIST += %D%/lib.sh %D%/README.md %D%/tsan.supp

if HAVE_CHECK
include tests/unit/local.mk
endif
include tests/abi/local.mk
include tests/api/local.mk
include tests/cli/local.mk
include tests/bench/local.mk
include tests/conformance/local.mk
include tests/fuzz/local.mk
include tests/gpu/local.mk
include tests/hook/local.mk
include tests/scripts/local.mk
include tests/stress/local.mk

# `make check-unit', `make check-scripts': a part of the tests.
check-unit:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(filter tests/unit/%,$(TESTS))'
check-scripts:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(filter %.test,$(TESTS))'
.PHONY: check-unit check-scripts

# Those that need what a tarball may lack, but no optimised code (entry-code) and nothing that is
# built for tests (stubs): for `make distcheck'.
list-tarball-tests:
	@echo $(filter-out tests/api/entry-code.test tests/api/stubs%, \
		$(filter %.test,$(filter tests/unit/% tests/api/% tests/scripts/%,$(TESTS))))
.PHONY: list-tarball-tests

# Those in which code of ours runs: for sanitizers, which find nothing in scripts and generators.
# The cases of threads are the thread sanitizer's.
tests_of_scripts = tests/scripts/%.test tests/unit/driver/gen-driver.test tests/conformance/threads.test \
	$(addprefix tests/api/,abi-facts.test gen-api.test gen-effects.test prototypes.test) \
	tests/bench/gpu_bench.test
list-sanitizer-tests:
	@echo $(filter-out $(tests_of_scripts),$(TESTS))
.PHONY: list-sanitizer-tests
