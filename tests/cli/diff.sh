# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Sourced by diff-*.test behind lib.sh: runs of diff_program to compare, and what a report says.

[ -x "$CURTRACE" ] || broken "no $CURTRACE"
PROGRAM=$top_builddir/tests/cli/diff_program
[ -x "$PROGRAM" ] || broken "no $PROGRAM"
CHECK=$top_srcdir/tests/cli/diff_check.py
without_leak_check

mkdir -m 700 "$scratch/run"
mkdir "$scratch/work"
export XDG_RUNTIME_DIR=$scratch/run
cd "$scratch/work" || exit 99

# run NAME SEED [CHANGE] - a trace of diff_program
run()
{
	"$CURTRACE" record -q --sim -o "$1.ctr" "$PROGRAM" "$2" "${3:-none}" >"$scratch/out" 2>&1 || {
		cat "$scratch/out"
		broken "diff_program $2 ${3:-} cannot be recorded"
	}
}

# diff N ARGUMENT... - exits with N; its JSON in $scratch/json, its text in $scratch/out
compare()
{
	expect_status "$1" "$CURTRACE" diff -n all -f "json=$scratch/json" "${@:2}"
}

# says ARGUMENT... - what diff_check.py is to find in the report
says()
{
	"$PYTHON3" "$CHECK" "$scratch/json" "$@" || {
		cat "$scratch/out"
		fail "the report does not say: $*"
	}
}

# learn_noise - noise.json from three runs, and 4.ctr, a fourth
learn_noise()
{
	local seed

	for seed in 1 2 3 4; do
		run "$seed" "$seed"
	done
	expect_status 0 "$CURTRACE" baseline -q -o noise.json 1.ctr 2.ctr 3.ctr
}

# planted CHANGE LEVEL PATTERN... - found in a run with it, beside 4.ctr, as diff_check.py has it
planted()
{
	run "$1" 5 "$1"
	compare 1 -b noise.json 4.ctr "$1.ctr"
	says only "${@:2}"
}
