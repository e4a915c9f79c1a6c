# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# For the tests of stat: traces as they are written by hand, a line a call.
# stat_trace FILE <<EOF
# FUNCTION START_NS DURATION_NS TID [ARGS]		ARGS: members of a JSON object
# EOF
stat_trace()
{
	awk -v end=']}' '
	BEGIN {
		print "{"
		print "\"otherData\": {"
		print "\"tool\": \"curtrace\","
		print "\"command\": \"./app --size 10\","
		print "\"host\": \"node1\","
		print "\"processes\": [{\"pid\": 100, \"name\": \"app\", \"calls\": 1}],"
		print "\"complete\": true},"
		printf "\"traceEvents\": ["
	}
	{
		function_name = $1; start = $2; duration = $3; tid = $4
		$1 = $2 = $3 = $4 = ""
		args = $0; sub(/^ */, "", args)
		if (args == "") args = "\"result\":\"cudaSuccess\""
		printf "%s\n{\"ph\":\"X\",\"cat\":\"cuda_runtime\",\"name\":\"%s\",\"pid\":100," \
			"\"tid\":%d,\"ts\":%.3f,\"dur\":%.3f,\"args\":{%s}}", (NR > 1 ? "," : ""),
			function_name, tid, start / 1000, duration / 1000, args
	}
	END { print "\n" end }' >"$1"
}
