# SPDX-License-Identifier: Apache-2.0
"""check_schema.py FILE...: whether JSON traces meet what their readers insist on.

A function for each reader: Perfetto's importer, chrome://tracing, HTA and TraceLens. What each
rule is for stands beside it; docs/FORMAT.md tells what the files are.
"""

import decimal
import gzip
import json
import re
import sys

SEVEN_DAYS = 7 * 24 * 3600 * 10 ** 6
BASE_STEP = 7889238 * 10 ** 9

problems = []


def need(condition, text):
    if not condition:
        problems.append(text)


def is_id(value):
    return isinstance(value, int) and not isinstance(value, bool)


class Trace:
    def __init__(self, path):
        opener = gzip.open if path.endswith(".gz") else open
        # Bytes that are not UTF-8 end it here, as they end Python's readers.
        with opener(path, "rt", encoding="utf-8", errors="strict", newline="") as file:
            self.text = file.read()
        self.path = path
        self.json = json.loads(self.text, object_pairs_hook=refuse_duplicates)
        self.events = self.json["traceEvents"]
        # Complete events: calls, and NVTX's ranges, which are events of the host likewise.
        self.slices = [event for event in self.events if event["ph"] == "X"]
        ranges = ("user_annotation", "cpu_op")
        self.calls = [event for event in self.slices if event["cat"] not in ranges]
        self.ranges = [event for event in self.slices if event["cat"] in ranges]


def refuse_duplicates(pairs):
    names = [name for name, _ in pairs]
    need(len(set(names)) == len(names), "a key stands twice: %s" % sorted(names))
    return dict(pairs)


def nanoseconds(value):
    """As Perfetto's importer has it: llround(v * 1000) of a double."""
    return round(float(value) * 1000)


# ---- the form that curtrace itself, and people with grep, rely on --------------------------------


def check_lines(trace):
    lines = trace.text.split("\n")
    start = lines.index('"traceEvents": [')
    need(lines[-2:] == ["]}", ""], "the end is not a line of its own")
    events = 0
    for line in lines[start + 1:-2]:
        if line in ("],", '"nativeChunks": ['):
            continue
        # Every line can be parsed alone: a cut file can be mended.
        if line:
            events += "ph" in json.loads(line[:-1] if line.endswith(",") else line)
        # No digit of a time is lost to a reader that has doubles, nor is it a rounded one.
        for ts in re.findall(r'"(?:ts|dur)":([^,}]*)', line) if line.startswith('{"ph"') else ():
            need(ts == "0" or re.fullmatch(r"\d+\.\d{3}", ts), "a time is not exact: %s" % ts)
            need(nanoseconds(ts) == int(decimal.Decimal(ts) * 1000), "a double changes %s" % ts)
    need(events == len(trace.events), "an event is not a line of its own")


def check_values(trace):
    for event in trace.events:
        for value in event.get("args", {}).values():
            need(not is_id(value) or abs(value) < 2 ** 53, "a number beyond a double: %s" % value)


# ---- Perfetto -----------------------------------------------------------------------------------


def check_perfetto(trace):
    # One raw control character makes a whole file unreadable.
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", trace.text), "raw control characters")
    # The dictionary form is refused if it is cut off.
    need(trace.text.startswith("{") and trace.text.rstrip().endswith("}"), "it is cut off")
    for value in trace.json["metadata"].values():
        need(not isinstance(value, (dict, list)), "metadata are single values")
    for event in trace.events:
        need(event["ph"] in ("X", "M", "i", "b", "e"), "phase %s" % event["ph"])
        if event["ph"] in ("b", "e"):
            # One is joined with the other by these, within the process.
            need(event["cat"] and event["name"] and event["id2"]["local"], "no async event")
        for key in ("pid", "tid"):
            # Anything else becomes 0, and thread 0 the process.
            need(is_id(event[key]) and 0 < event[key] < 2 ** 32, "%s is no id" % key)
        if event["ph"] == "M":
            check_metadata(event)
    check_nesting(trace.slices)


def check_metadata(event):
    kinds = {"process_name": ("name", str), "thread_name": ("name", str),
             "process_sort_index": ("sort_index", int), "thread_sort_index": ("sort_index", int)}
    # The others are ignored, and we have no use for what is.
    need(event["name"] in kinds, "metadata %s" % event["name"])
    key, kind = kinds.get(event["name"], ("name", str))
    need(isinstance(event["args"].get(key), kind), "%s without its %s" % (event["name"], key))


def check_nesting(calls):
    # Calls of a thread that overlap without one containing the other are errors there, and
    # TraceLens builds its tree on it.
    threads = {}
    for call in calls:
        start = nanoseconds(call["ts"])
        end = start + nanoseconds(call["dur"])
        open_ends = threads.setdefault((call["pid"], call["tid"]), [])
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        need(not open_ends or end <= open_ends[-1], "%s overlaps its caller" % call["name"])
        open_ends.append(end)


# ---- chrome://tracing ---------------------------------------------------------------------------


def check_chrome(trace):
    need(trace.json["displayTimeUnit"] in ("ms", "ns"), "displayTimeUnit")
    need(isinstance(trace.json["otherData"], dict), "otherData")
    for event in trace.events:
        if event["ph"] == "i":
            need(event["s"] in ("t", "p", "g"), "an instant needs its scope")
        if event["ph"] == "X":
            need(isinstance(event["dur"], (int, float)) and event["dur"] >= 0, "a duration below 0")
    frames = trace.json.get("stackFrames", {})
    for number, frame in frames.items():
        need("name" in frame, "a frame without a name")
        # A parent comes first, so that no frame is its own.
        if "parent" in frame:
            need(frame["parent"] in frames and int(frame["parent"]) < int(number),
                 "the parent of frame %s is %s" % (number, frame["parent"]))
    for event in trace.events:
        need("sf" not in event or str(event["sf"]) in frames, "no frame %s" % event.get("sf"))


# ---- HTA ----------------------------------------------------------------------------------------


def check_hta(trace):
    need(trace.path.endswith((".json", ".gz")), "a name that is passed over")
    need(trace.json["schemaVersion"] == 1, "schemaVersion")
    need(isinstance(trace.json["deviceProperties"], list), "deviceProperties")
    base = trace.json["baseTimeNanoseconds"]
    need(is_id(base) and base % BASE_STEP == 0, "the base of time is no boundary: %s" % base)
    # The rank is taken from the first line that looks like this, wherever it stands.
    ranks = re.findall(r'"rank":\s+(\d+)', trace.text)
    need(len(ranks) == ("distributedInfo" in trace.json), "something looks like a rank")
    if ranks and "distributedInfo" in trace.json:
        need(int(ranks[0]) == trace.json["distributedInfo"]["rank"], "another rank")
        need(trace.text.index('"rank":') < trace.text.index('"traceEvents"'), "the rank is late")
    # Index 0 stands for "unlinked": no call may stand there.
    need(not trace.events or trace.events[0]["ph"] == "M", "the first event is not of the kind M")
    correlations = []
    for call in trace.calls:
        for key in ("name", "ts", "dur", "cat", "pid", "tid"):
            need(key in call, "a call without %s" % key)
        driver = bool(re.match("cu[A-Z]", call["name"]))
        wanted = "cuda_driver" if driver else "cuda_runtime"
        need(call["cat"] == wanted, "%s has the category %s" % (call["name"], call["cat"]))
        need(call["dur"] < SEVEN_DAYS, "longer than a week: left out")
        args = call["args"]
        # A number in `stream` and in `correlation` makes it an event of a GPU.
        need("stream" not in args, "an argument is called stream")
        need(not is_id(args.get("hStream", "")), "a stream is a number")
        need(is_id(args["correlation"]) and args["correlation"] > 0, "no correlation")
        correlations.append(args["correlation"])
        # Statistics of launches go by the plain names.
        need(not call["name"].endswith(("_ptsz", "_ptds")), "a decorated name")
        need(not re.fullmatch("_+cudaLaunchKernel.*", call["name"]), "a launch is not known as one")
        need("kernel" not in args or isinstance(args["kernel"], str), "a kernel without a name")
    for event in trace.ranges:
        need("correlation" not in event["args"] and "stream" not in event["args"],
             "a range that is no event of the host")
        need(event["name"].startswith("aten::") <= (event["cat"] == "cpu_op"), "no operator")
    need(correlations == list(range(1, len(correlations) + 1)), "correlations count from 1")
    starts = [call["ts"] for call in trace.calls]
    need(starts == sorted(starts), "calls are not in order")


# ---- TraceLens ----------------------------------------------------------------------------------


def check_tracelens(trace):
    launches = [call for call in trace.calls if "aunch" in call["name"]]
    for call in trace.events:
        if call["ph"] == "X":
            need(isinstance(call.get("cat"), str), "an event without its category")
    # The first one decides which key joins launches and kernels.
    for launch in launches[:1]:
        need("correlation" in launch["args"] and "External id" not in launch["args"],
             "the launches' key")


# ---- curtrace's own -----------------------------------------------------------------------------


def check_run(trace):
    for group in ("otherData", "metadata"):
        for key in ("host", "command", "tool_version", "clock", "complete"):
            need(key in trace.json[group], "no %s in %s" % (key, group))
    run = trace.json["otherData"]
    need(isinstance(run["processes"], list) and isinstance(run["warnings"], list), "lists")
    pids = {process["pid"] for process in run["processes"]}
    need(not pids or {call["pid"] for call in trace.calls} <= pids | {2 ** 31 - 1},
         "a call of no process")
    lost = [event for event in trace.events if event["ph"] == "i" and event["name"] == "lost calls"]
    for event in lost:
        need(event["args"]["duration_ns"] >= 0 and "full" in event["args"], "a loss")


def check(path):
    """What is wrong with the file; an exception if it cannot even be parsed."""
    problems.clear()
    trace = Trace(path)
    for look in (check_lines, check_values, check_perfetto, check_chrome, check_hta,
                 check_tracelens, check_run):
        look(trace)
    return sorted(set(problems))


def main():
    failed = 0
    for path in sys.argv[1:]:
        for problem in check(path):
            print("%s: %s" % (path, problem))
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
