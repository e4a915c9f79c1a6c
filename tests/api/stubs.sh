# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154 # scratch and others are lib.sh's
#
# For tests of programs that were made for CUDA 11 and 12: what they are linked to, and how they run.
# Use: . "$top_srcdir/tests/api/stubs.sh" after lib.sh.

linked=$top_builddir/tests/abi

# cudart VERSION - a library without code that exports the version's names: for linking, and for a
# loader that looks for one
cudart()
{
	case $1 in
	11) echo "$linked/libcudart.so.11.0" ;;
	*) echo "$linked/libcudart.so.$1" ;;
	esac
}

# runs VERSION LAUNCHES COMMAND... - with the drop-in library, and preloaded and recorded: each time the
# program's checks hold and it comes to its end; the record has its launches by their kernels' names
runs()
{
	local version=$1 launches=$2

	shift 2
	expect_status 0 env CURTRACE=off LD_LIBRARY_PATH="$CURTRACE_LIB/drop-in:$CURTRACE_SIM" "$@"
	ended "$*"
	LD_LIBRARY_PATH=$linked expect_status 0 "$CURTRACE" record --sim -q -o "$scratch/trace.json" "$@"
	ended "recorded: $*"
	"$PYTHON3" - "$scratch/trace.json" "$version" "$launches" <<'PYTHON' || fail "the trace of $*"
import json, sys
calls = [e for e in json.load(open(sys.argv[1]))["traceEvents"] if e["ph"] == "X"]
assert {c["args"]["abi"] for c in calls} == {int(sys.argv[2])}, calls
launches = [c["args"] for c in calls if "LaunchKernel" in c["name"]]
good = [a["kernel"] for a in launches if a["result"] == "cudaSuccess"]
assert len(good) == int(sys.argv[3]), (len(good), launches)
assert all("scale" in kernel or "raise" in kernel for kernel in good), good
PYTHON
}

# It said how many checks held, and was still there at the very end.
ended()
{
	grep -q '^100%: Checks: ' "$scratch/out" || { cat "$scratch/out"; fail "checks failed: $1"; }
	[ "$(tail -n 1 "$scratch/out")" = ended ] || fail "did not come to its end: $1"
	grep '^100%' "$scratch/out"
}
