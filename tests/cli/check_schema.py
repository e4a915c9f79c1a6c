# SPDX-License-Identifier: Apache-2.0
"""check_schema.py FILE: whether a JSON trace meets what its readers insist on.

What each rule is for stands beside it; the readers are Perfetto's importer, chrome://tracing,
HTA and TraceLens.
"""

import gzip
import json
import re
import sys

problems = []


def need(condition, text):
    if not condition:
        problems.append(text)


def refuse_duplicates(pairs):
    need(len(set(k for k, _ in pairs)) == len(pairs), "a key stands twice: %s" % pairs)
    return dict(pairs)


def check_text(text):
    # One raw control character makes a whole file unreadable to Perfetto.
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", text), "raw control characters")
    lines = text.split("\n")
    start = lines.index('"traceEvents": [')
    need(lines[-2:] == ["]}", ""], "the end is not a line of its own")
    for line in lines[start + 1:-2]:
        # Every line can be parsed alone: a cut file can be mended.
        if line:
            json.loads(line.rstrip(","))
    for line in lines[start + 1:-2]:
        for ts in re.findall(r'"(?:ts|dur)":([^,}]*)', line):
            need(ts == "0" or re.fullmatch(r"\d+\.\d{3}", ts), "a time is not exact: %s" % ts)


def check_header(trace, text):
    need(isinstance(trace["baseTimeNanoseconds"], int), "HTA needs baseTimeNanoseconds")
    need(trace["baseTimeNanoseconds"] % (7889238 * 10 ** 9) == 0, "the base is not a boundary")
    need(trace["schemaVersion"] == 1, "schemaVersion")
    need(isinstance(trace["deviceProperties"], list), "deviceProperties")
    need(trace["displayTimeUnit"] in ("ms", "ns"), "displayTimeUnit")
    for key in ("host", "command", "tool_version", "clock", "complete"):
        need(key in trace["otherData"] and key in trace["metadata"], "no %s" % key)
    # HTA takes the rank from the first line that looks like this, wherever it stands.
    ranks = re.findall(r'"rank":\s+(\d+)', text)
    need(len(ranks) == ("distributedInfo" in trace), "something looks like a rank")
    for value in trace["metadata"].values():
        need(not isinstance(value, (dict, list)), "Perfetto's metadata are single values")


def check_event(event):
    need(event["ph"] in ("X", "M", "i"), "phase %s" % event["ph"])
    for key in ("pid", "tid"):
        # Perfetto turns anything else into 0, and thread 0 into the process.
        need(isinstance(event[key], int) and 0 < event[key] < 2 ** 32, "%s is no id" % key)
    if event["ph"] == "i":
        need(event["s"] in ("t", "p", "g"), "an instant needs its scope")
    if event["ph"] != "X":
        return
    for key in ("name", "ts", "dur", "cat", "args"):
        need(key in event, "a call without %s" % key)
    args = event["args"]
    # HTA: a number in `stream` and in `correlation` makes it an event of a GPU.
    need("stream" not in args, "an argument is called stream")
    need(not isinstance(args.get("hStream", ""), int), "a stream is a number")
    need(isinstance(args["correlation"], int), "no correlation")
    need(event["dur"] >= 0, "a duration below 0")
    # Launch statistics and TraceLens go by the plain names.
    need(not event["name"].endswith(("_ptsz", "_ptds")), "a decorated name")
    for value in args.values():
        need(not isinstance(value, int) or abs(value) < 2 ** 53, "a number beyond a double")


def nanoseconds(event):
    start = round(event["ts"] * 1000)
    return start, start + round(event["dur"] * 1000)


def check_nesting(calls):
    # Perfetto: calls of a thread that overlap without nesting are errors.
    threads = {}
    for call in calls:
        start, end = nanoseconds(call)
        open_ends = threads.setdefault((call["pid"], call["tid"]), [])
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        need(not open_ends or end <= open_ends[-1], "%s overlaps its caller" % call["name"])
        open_ends.append(end)


def main():
    path = sys.argv[1]
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", errors="strict", newline="") as file:
        text = file.read()
    trace = json.loads(text, object_pairs_hook=refuse_duplicates)
    events = trace["traceEvents"]
    check_text(text)
    check_header(trace, text)
    for event in events:
        check_event(event)
    # HTA takes index 0 for "unlinked": no call may stand there.
    need(not events or events[0]["ph"] == "M", "the first event is not of the kind M")
    calls = [event for event in events if event["ph"] == "X"]
    need([c["args"]["correlation"] for c in calls] == list(range(1, len(calls) + 1)),
         "correlations do not count from 1")
    starts = [c["ts"] for c in calls]
    need(starts == sorted(starts), "calls are not in order")
    check_nesting(calls)
    for problem in sorted(set(problems)):
        print("%s: %s" % (path, problem))
    return 1 if problems else 0


sys.exit(main())
