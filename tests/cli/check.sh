# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Sourced by check-*.test behind lib.sh. A copy of our library plays NVIDIA's, or a small library
# that answers otherwise; the programs make one call and do what their arguments say.

[ -x "$CURTRACE" ] || broken "no $CURTRACE"
without_leak_check

mkdir "$scratch/work" "$scratch/tmp" "$scratch/run" "$scratch/fake"
chmod 700 "$scratch/run"
export XDG_RUNTIME_DIR=$scratch/run TMPDIR=$scratch/tmp
cd "$scratch/work" || exit 99
COPY=$scratch/reference.so
cp "$CURTRACE_SHIM" "$COPY"

# A runtime that has three devices; the simulated driver has another number of them.
cat >"$scratch/fake.c" <<'END2'
int cudaMalloc(void **p, unsigned long n);
int cudaMalloc(void **p, unsigned long n) { (void)p; (void)n; return 2; }
int cudaGetDeviceCount(int *n);
int cudaGetDeviceCount(int *n) { *n = 3; return 0; }
END2
FAKE=$scratch/fake/libcudart.so.13
$CC -shared -fPIC -Wl,-soname,libcudart.so.13 -o "$FAKE" "$scratch/fake.c" ||
	broken "$CC makes no shared object"

# app [count|no-call|exec COMMAND...] - asks for the devices and shows the error; then their number,
# or becomes another program
cat >"$scratch/app.c" <<'END2'
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int cudaGetDeviceCount(int *n);
int main(int argc, char **argv)
{
	int n = -1, error;

	if (argc > 1 && !strcmp(argv[1], "no-call"))
		return 0;
	error = cudaGetDeviceCount(&n);
	printf("error %d\n", error);
	if (argc > 1 && !strcmp(argv[1], "count"))
		printf("devices %d\nend\n", n);
	fflush(stdout);
	if (argc > 2 && !strcmp(argv[1], "exec"))
		execvp(argv[2], argv + 2);
	return 0;
}
END2
APP=$scratch/app
$CC -o "$APP" "$scratch/app.c" "$FAKE" || broken "$CC makes no program"

# check ARGUMENT... - with the copy as reference and the simulated driver; status in $status
check()
{
	status_of "$CURTRACE" check --sim --runtime "$COPY" "$@"
}

# expect STATUS ARGUMENT... - as check, and nothing may be left
expect()
{
	local want=$1

	shift
	check "$@"
	[ "$status" = "$want" ] || {
		cat "$scratch/out" "$scratch/err"
		fail "exit status $status, not $want: check $*"
	}
	nothing_left
}

nothing_left()
{
	local left

	left=$(find "$TMPDIR" "$XDG_RUNTIME_DIR" -mindepth 1 ! -path "$XDG_RUNTIME_DIR/curtrace")
	[ -z "$left" ] || fail "left: $left"
}

# verdict PATTERN - the last line of stdout is like that
verdict()
{
	# shellcheck disable=SC2254 # patterns
	case $(tail -n 1 "$scratch/out") in
	$1) return 0 ;;
	esac
	cat "$scratch/out" "$scratch/err"
	fail "the verdict is not: $1"
}

# shows LINE - stdout has that line, its white space as it may be
shows()
{
	sed -E 's/^ +//; s/ +/ /g' "$scratch/out" | grep -Fqx -e "$1" || {
		cat "$scratch/out"
		fail "not shown: $1"
	}
}
