# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Sourced by every tests/*/*.test: where things are, a scratch directory, and the four ways
# to end. Use: . "$top_srcdir/tests/lib.sh"

set -eu

# A shell cannot trap, nor its children meet, a signal that it was started to ignore: in a job in the
# background, under nohup. The test begins again with all of them as they should be.
if [ -z "${lib_signals:-}" ]; then
	export lib_signals=default
	exec env --default-signal=HUP,INT,QUIT,TERM "$BASH" "$0" "$@"
fi

# A test run by hand, from the build directory, sees what `make check' would give it.
: "${top_srcdir:=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}"
: "${top_builddir:=$(pwd)}"
: "${CURTRACE_STAGE:=$top_builddir/stage}"
: "${CURTRACE_CUDA:=}" "${CURTRACE_SANITIZERS:=}" "${NVCC:=}" "${PYTHON3:=python3}" "${CC:=cc}"

# The installed form (see check-stage in tests/local.mk).
CURTRACE=$CURTRACE_STAGE/bin/curtrace
CURTRACE_LIB=$CURTRACE_STAGE/lib/curtrace
CURTRACE_SHIM=$CURTRACE_LIB/libcurtrace.so
CURTRACE_SIM=$CURTRACE_LIB/sim
export CURTRACE CURTRACE_LIB CURTRACE_SHIM CURTRACE_SIM

# Nothing of the caller's own tracing leaks into a test, and no locale or time zone does.
unset LD_PRELOAD LD_AUDIT
for lib_var in $(compgen -v CURTRACE_); do
	case $lib_var in
	CURTRACE_STAGE | CURTRACE_CUDA | CURTRACE_SANITIZERS | CURTRACE_LIB | CURTRACE_SHIM | CURTRACE_SIM) ;;
	*) unset "$lib_var" ;;
	esac
done
export LC_ALL=C TZ=UTC

# Nor a rank of the job that runs the tests.
unset RANK WORLD_SIZE LOCAL_RANK
for lib_var in $(compgen -v OMPI_COMM_WORLD_) $(compgen -v MV2_COMM_WORLD_) $(compgen -v PMI_) \
	$(compgen -v SLURM_); do
	unset "$lib_var"
done

# scratch: an empty directory of this test's own, removed at the end.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/curtrace-test.XXXXXX")
# Where `record' notes which trace was the last one.
export XDG_STATE_HOME=$scratch/state
lib_at_end=
lib_cleanup()
{
	local status=$?

	trap - EXIT
	eval "$lib_at_end"
	rm -rf "$scratch"
	exit "$status"
}
trap lib_cleanup EXIT
trap 'exit 99' HUP INT TERM

# at_end COMMAND - is run when the test ends, however it does; its status is the test's all the same
at_end()
{
	lib_at_end=$1
}

# fail MESSAGE... - the tested thing is wrong
fail()
{
	echo "FAIL: $*" >&2
	exit 1
}

# skip REASON... - cannot be tested here
skip()
{
	echo "SKIP: $*"
	exit 77
}

# broken MESSAGE... - the test itself cannot do its work
broken()
{
	echo "BROKEN: $*" >&2
	exit 99
}

# need COMMAND... - skip unless all are present
need()
{
	local tool

	for tool; do
		command -v "$tool" >/dev/null || skip "$tool is not installed"
	done
}

# need_toolkit, need_nvcc - skip without a CUDA toolkit, or one without its compiler
need_toolkit()
{
	[ -n "$CURTRACE_CUDA" ] || skip "configure found no CUDA toolkit"
}

need_nvcc()
{
	[ -n "$NVCC" ] || skip "configure found no nvcc"
}

# need_plain_build REASON - skip in a sanitized build
need_plain_build()
{
	[ -z "$CURTRACE_SANITIZERS" ] || skip "built with sanitizers ($CURTRACE_SANITIZERS): $*"
}

# without_leak_check - for programs over the simulated driver. LeakSanitizer's own thread faults now
# and then (one run in six with gcc 12) where threads of a library that was opened late still run at
# exit, as the streams' workers do.
without_leak_check()
{
	[ -z "$CURTRACE_SANITIZERS" ] || export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
}

# same EXPECTED ACTUAL - two files; on a difference it is shown and the test fails
same()
{
	diff -u "$1" "$2" || fail "$2 is not what $1 says"
}

# status_of COMMAND... - runs it, its exit status in $status, its output in $scratch/{out,err}
status_of()
{
	status=0
	"$@" >"$scratch/out" 2>"$scratch/err" </dev/null || status=$?
}

# expect_status N COMMAND... - as status_of, and fails with the output if the status is not N
expect_status()
{
	local want=$1

	shift
	status_of "$@"
	[ "$status" = "$want" ] && return 0
	cat "$scratch/out" "$scratch/err"
	fail "exit status $status, not $want: $*"
}
