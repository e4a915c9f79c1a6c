# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Sourced by stress-*.test behind lib.sh, and by scripts/torture: programs that count their calls
# themselves, and the comparison with the trace.

STRESS=$top_builddir/tests/stress
mkdir -p "$scratch/run" "$scratch/work"
chmod 700 "$scratch/run"
export XDG_RUNTIME_DIR=$scratch/run
cd "$scratch/work" || exit 99

# compare TRACE [WORD]... - the trace with what `calls p` has counted
compare()
{
	"$STRESS/check_calls" "$1" p "${@:2}" >"$scratch/compared" || {
		cat "$scratch/compared"
		[ ! -s "$scratch/err" ] || cat "$scratch/err"
		fail "the trace is not what the program did (${*:2})"
	}
}

# appears FILE - until it is there and not empty
appears()
{
	local i

	for ((i = 0; i < 1000; i++)); do
		[ ! -s "$1" ] || return 0
		sleep 0.01
	done
	fail "$1 does not appear"
}

# program_pid - the pid that the program has written into `p`, when it is there
program_pid()
{
	local i pid

	for ((i = 0; i < 1000; i++)); do
		pid=$(od -An -tu4 -N4 p 2>/dev/null | tr -d ' ')
		[ -z "$pid" ] || [ "$pid" = 0 ] || { echo "$pid"; return 0; }
		sleep 0.005
	done
	fail "the program does not begin"
}

# a_moment MILLISECONDS - a random part of that
a_moment()
{
	sleep "$(printf '0.%06d' $((RANDOM * RANDOM % ($1 * 1000))))"
}

# kill_program ROUNDS - the program is killed at random instants while 8 threads make calls
kill_program()
{
	local round flights=0 total=0 pid record

	for ((round = 0; round < $1; round++)); do
		rm -f p t.ctr
		"$CURTRACE" record -q -o t.ctr "$STRESS/calls" p threads=8 calls=0 \
			2>"$scratch/err" &
		record=$!
		pid=$(program_pid)
		a_moment 60
		kill -KILL "$pid"
		{ wait $record || :; } 2>/dev/null
		compare t.ctr no-loss
		tally
	done
	echo "$1 kills of the program: $total calls written, 0 lost, 0 corrupt, $flights in flight"
}

# tally - adds the numbers of the last comparison to $total and $flights
tally()
{
	local made written rest

	read -r made _ written _ _ _ rest _ <"$scratch/compared"
	[ "$made" -ge "$written" ] || fail "made $made, written $written"
	total=$((total + written))
	flights=$((flights + rest))
}

# kill_collector ROUNDS - record is killed at random instants, then the program; the folder is read
kill_collector()
{
	local round flights=0 total=0 pid record folder

	for ((round = 0; round < $1; round++)); do
		rm -rf p t.ctr* r.ctr "$XDG_RUNTIME_DIR"/curtrace
		"$CURTRACE" record -q -o t.ctr "$STRESS/calls" p threads=4 calls=0 \
			2>"$scratch/err" &
		record=$!
		pid=$(program_pid)
		a_moment 60
		kill -KILL $record
		{ wait $record || :; } 2>/dev/null
		a_moment 20
		kill -KILL "$pid"
		while kill -0 "$pid" 2>/dev/null; do sleep 0.002; done
		folder=$(echo "$XDG_RUNTIME_DIR"/curtrace/*)
		[ ! -e t.ctr ] || fail "half a trace has the name of a whole one"
		"$CURTRACE" recover -o r.ctr "$folder" 2>"$scratch/err" || {
			cat "$scratch/err"
			fail "not recovered"
		}
		compare r.ctr
		tally
	done
	echo "$1 kills of the collector: $total calls recovered, $flights in flight, each loss told"
}
