# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Sourced by the tests of export, behind lib.sh.

# export_all TRACE NAME - writes NAME.FORM of every form into the scratch directory
export_all()
{
	local ending weight

	for ending in json ndjson csv pftrace sqlite; do
		expect_status 0 "$CURTRACE" export -o "$scratch/$2.$ending" "$1"
		[ ! -s "$scratch/err" ] || fail "$2.$ending: $(cat "$scratch/err")"
	done
	for weight in time calls bytes allocated; do
		expect_status 0 "$CURTRACE" export --weight $weight -o "$scratch/$2.$weight.folded" "$1"
	done
	expect_status 0 "$CURTRACE" export -o "$scratch/$2.time.speedscope.json" "$1"
}

# export_check NAME - holds them against each other (export_check.py)
export_check()
{
	"$PYTHON3" -B "$top_srcdir/tests/cli/export_check.py" "$scratch" "$1" || fail "$1: see above"
}
