# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Sourced by record-*.test behind lib.sh. The programs there record by themselves (traced_app) or
# not at all, so that a library that does nothing is preloaded instead of the shim.

[ -x "$CURTRACE" ] || broken "no $CURTRACE"
TRACED=$top_builddir/tests/unit/collect/traced_app

mkdir "$scratch/lib" "$scratch/run" "$scratch/work"
echo 'int curtrace_test_nothing;' >"$scratch/nothing.c"
$CC -shared -fPIC -o "$scratch/lib/libcurtrace.so" "$scratch/nothing.c" ||
	broken "$CC makes no shared object"
export CURTRACE_LIBDIR=$scratch/lib
chmod 700 "$scratch/run"
export XDG_RUNTIME_DIR=$scratch/run
cd "$scratch/work" || exit 99

# record ARGUMENT... - status in $status, output in $scratch/{out,err}
record()
{
	status_of "$CURTRACE" record "$@"
}

# expect_exit N ARGUMENT... - what record does exits with N
expect_exit()
{
	expect_status "$1" "$CURTRACE" record "${@:2}"
}

# said WORD... - a line of stderr has them, in this order
said()
{
	local IFS='*'

	grep -q -e "$(printf '%s.*' "$@")" "$scratch/err" || {
		cat "$scratch/err"
		fail "stderr does not say: $*"
	}
}

not_said()
{
	! grep -q -e "$1" "$scratch/err" || {
		cat "$scratch/err"
		fail "stderr says: $1"
	}
}

# left NAME... - the work folder holds these files and no others; no session is left
left()
{
	local have want

	have=$(ls -A)
	want=$([ $# = 0 ] || printf '%s\n' "$@" | LC_ALL=C sort)
	[ "$have" = "$want" ] || fail "files left: $have; not: $want"
	have=$(ls -A "$XDG_RUNTIME_DIR/curtrace" 2>/dev/null) || :
	[ -z "$have" ] || fail "a session is left: $have"
}

need_traced()
{
	[ -x "$TRACED" ] || skip "the tests were built without Check"
}
