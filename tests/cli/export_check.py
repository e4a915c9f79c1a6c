# SPDX-License-Identifier: Apache-2.0
"""Holds the exports of a trace against its JSON, and against what their readers require.

export_check.py FOLDER NAME: FOLDER has NAME.json, .ndjson, .csv, .pftrace, .sqlite, .time.folded,
.calls.folded, .bytes.folded, .time.speedscope.json and, if the tool has it, .stat.json
"""
import collections
import csv
import io
import json
import os
import struct
import sys

try:
	import sqlite3
except ImportError:
	sqlite3 = None

FOLDER, NAME = sys.argv[1:3]


def path(ending):
	return os.path.join(FOLDER, NAME + ending)


def check(what, *shown):
	if not what:
		raise SystemExit("%s: %s" % (NAME, " ".join(map(repr, shown))))


# ---- the truth --------------------------------------------------------------------------------

class Exact(str):
	"""A number as it stands in the file."""


def ns(us):
	whole, _, part = us.partition(".")
	return int(whole) * 1000 + int((part + "000")[:3])


with open(path(".json")) as file:
	trace = json.load(file, parse_float=Exact)
base = int(trace["baseTimeNanoseconds"])
calls = [e for e in trace["traceEvents"] if e["ph"] == "X"]
losses = [e for e in trace["traceEvents"] if e["ph"] == "i"]
for c in calls:
	c["start"] = base + ns(str(c["ts"]))
	c["end"] = c["start"] + ns(str(c["dur"])) + int(c["args"].get("overlap_ns", 0))


# ---- NDJSON -----------------------------------------------------------------------------------

with open(path(".ndjson"), encoding="utf-8", newline="\n") as file:
	text = file.read()
check(text.count("\n") == len(calls) + len(losses), "lines", text.count("\n"))
rows = [json.loads(line) for line in text.splitlines()]
columns = list(rows[0]) if rows else []
types = collections.defaultdict(set)
for row in rows:
	check(list(row) == columns, "columns", list(row))
	for column, value in row.items():
		check(not isinstance(value, (dict, list, float)), column, value)
		if value is not None:
			types[column].add(type(value).__name__)
check(all(len(t) == 1 for t in types.values()), "types", dict(types))
check(all(r["ordinal"] < s["ordinal"] for r, s in zip(rows, rows[1:])), "order")

by_call = [r for r in rows if r["event"] == "call"]
for row, call in zip(by_call, calls):
	args = call["args"]
	entry = args.get("api", call["name"])
	check(row["function"] in (call["name"], entry, entry[:-5]), row, call)
	check(row["start_ns"] == call["start"] and row["start_ns"] + row["duration_ns"] == call["end"],
		"times", row, call)
	check(row["tid"] == call["tid"] and row["pid"] == call["pid"], "thread", row, call)
	if "in_flight" in args:
		check(row["outcome"] == "in flight" and row["result_code"] is None, row, call)
	elif "expected" in args:
		check(row["outcome"] == "expected", row, call)
	elif "result_code" in args:
		check(row["outcome"] == "failed" and row["result_code"] == int(args["result_code"]),
			row, call)
	check(isinstance(json.loads(row["arguments"]), dict), row)
	if row["effect"] == "launch" and "kernel" in args:
		check(row["kernel"] == args["kernel"], row, call)
check(sum(r["lost"] for r in rows if r["event"] == "loss") ==
	sum(int(e["args"][k]) for e in losses for k in ("full", "reentered", "other")
		if k in e["args"]), "lost")

live = collections.Counter()
owner = {}
for row in by_call:
	if row["allocation"] is None or row["bytes"] is None:
		continue
	key = row["process"], row["memory"], row["device"]
	if row["effect"] == "alloc" and row["outcome"] == "ok":
		owner[row["allocation"]] = row["bytes"]
		live[key] += row["bytes"]
	elif row["effect"] == "free" and row["outcome"] == "ok":
		check(owner.pop(row["allocation"], None) == row["bytes"], "freed", row)
		live[key] -= row["bytes"]
	if row["effect"] in ("alloc", "free") and row["outcome"] == "ok":
		check(row["memory"] == "borrowed" or row["live_bytes"] == live[key], "live", row, live[key])


# ---- CSV --------------------------------------------------------------------------------------

def as_cell(value):
	"""What docs/EXPORT.md says a CSV cell is."""
	if value is None:
		return ""
	if isinstance(value, bool):
		return "true" if value else "false"
	if isinstance(value, int):
		return str(value)
	shown = "".join(chr(0x2400 + ord(c)) if c < " " else "\u2421" if c == "\x7f" else
		"\ufffd" if "\x80" <= c < "\xa0" else c for c in value)
	return "'" + shown if shown[:1] and shown[0] in "=+-@'\uff1d\uff0b\uff0d\uff20" else shown


with open(path(".csv"), encoding="utf-8", newline="") as file:
	text = file.read()
check(text.count("\n") == len(rows) + 1 and "\r" not in text, "a row is not one line")
table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
if rows:
	check(table[0] == columns, "header", table[0])
for line, row in zip(table[1:], rows):
	check(line == [as_cell(v) for v in row.values()], line, row)
for line in table:
	check(not any(cell[:1] in ("=", "+", "@") for cell in line), "formula", line)


# ---- pftrace ----------------------------------------------------------------------------------

def varint(data, at):
	value = shift = 0
	while True:
		byte = data[at]
		at += 1
		value |= (byte & 0x7f) << shift
		shift += 7
		if byte < 0x80:
			check(shift <= 70, "varint too long")
			return value, at


def fields(data):
	"""(number, value) of each field of a message: an int, or the bytes."""
	at = 0
	while at < len(data):
		key, at = varint(data, at)
		kind = key & 7
		if kind == 0:
			value, at = varint(data, at)
		elif kind == 1:
			value, at = struct.unpack_from("<d", data, at)[0], at + 8
		else:
			check(kind == 2, "wire type", kind)
			size, at = varint(data, at)
			check(at + size <= len(data), "cut within")
			value, at = data[at:at + size], at + size
		yield key >> 3, value


def packets(data):
	"""Those that are whole: what a viewer gets of a cut file."""
	at = 0
	while at < len(data):
		try:
			key, start = varint(data, at)
			size, start = varint(data, start)
		except IndexError:
			return
		check(key == 0x0a, "not a packet", key)
		if start + size > len(data):
			return
		yield data[start:start + size]
		at = start + size


def signed(value):
	return value - (1 << 64) if value >> 63 else value


class Perfetto:
	def __init__(self, data):
		self.names = collections.defaultdict(dict)
		self.tracks, self.slices, self.instants = {}, [], []
		self.counters = collections.defaultdict(list)
		self.open = collections.defaultdict(list)
		self.clock = None
		for packet in packets(data):
			self.packet(dict_of(packet))
		for stack in self.open.values():
			for slice_ in stack:
				slice_["end"] = None

	def packet(self, p):
		check(p[10] == [1], "sequence", p)
		for snapshot in p.get(6, []):
			self.clock = dict_of(snapshot)
		for data in p.get(12, []):
			for field, entry in fields(data):
				entry = dict_of(entry)
				check(entry[1][0] not in self.names[field], "renamed", entry)
				self.names[field][entry[1][0]] = entry
		for track in p.get(60, []):
			track = dict_of(track)
			self.tracks[track[1][0]] = track
		for event in p.get(11, []):
			self.event(p[8][0], dict_of(event), p.get(13, [0])[0])

	def event(self, at, event, flags):
		track, kind = event[11][0], event[9][0]
		check(track in self.tracks, "no track", track)
		if kind == 2:
			check(self.open[track], "an end without a beginning")
			slice_ = self.open[track].pop()
			slice_["end"] = at
			check(at >= slice_["start"], "ends before it begins")
			return
		if kind == 4:
			self.counters[track].append((at, signed(event[30][0])))
			return
		check(flags & 2, "names without their state")
		named = {"name": self.name(2, event[10][0]), "start": at, "track": track,
			"depth": len(self.open[track]), "args": self.args(event.get(4, [])),
			"stack": event.get(56, [0])[0],
			"category": self.name(1, event[3][0]) if 3 in event else None}
		if kind == 3:
			self.instants.append(named)
			return
		check(kind == 1, "type", kind)
		self.slices.append(named)
		self.open[track].append(named)

	def name(self, field, number):
		check(number in self.names[field], "no name", field, number)
		return self.names[field][number][2][0].decode("utf-8")

	def args(self, annotations):
		found = {}
		for a in map(dict_of, annotations):
			key = self.name(3, a[1][0])
			check(key not in found, "twice", key)
			if 17 in a:
				found[key] = self.name(29, a[17][0])
			elif 12 in a:
				found[key] = [v for e in a[12] for f, v in fields(e)]
			else:
				field, = set(a) - {1}
				value = a[field][0]
				found[key] = value.decode("utf-8") if field == 6 else \
					signed(value) if field == 4 else hex(value) if field == 7 else value
		return found


def dict_of(message):
	found = collections.defaultdict(list)
	for number, value in fields(message):
		found[number].append(value)
	return found


def same_float(shown, value):
	"""JSON has as few digits as give the same number, of 4 bytes if it was one."""
	return isinstance(shown, float) and (shown == float(value) or
		struct.pack("<f", shown) == struct.pack("<f", float(value)))


with open(path(".pftrace"), "rb") as file:
	data = file.read()
perfetto = Perfetto(data)
check(perfetto.clock and perfetto.clock[2] == [1], "the clock is not the wall clock's")
check(len(perfetto.slices) == len(calls), "slices", len(perfetto.slices), len(calls))
for slice_, call, row in zip(perfetto.slices, calls, by_call):
	args = call["args"]
	check(slice_["name"] == row["function"] and slice_["category"] == row["domain"], slice_, call)
	check(slice_["start"] == call["start"] and slice_["end"] is not None, slice_, call)
	check(slice_["end"] <= call["end"], slice_, call)
	if "overlap_ns" not in args:
		check(slice_["end"] == call["end"], slice_, call)
	thread = dict_of(perfetto.tracks[slice_["track"]][4][0])
	check(thread[2] == [call["tid"]] and thread[1] == [call["pid"]], slice_, call)
	given = json.loads(row["arguments"])
	for key, value in given.items():
		shown = slice_["args"].get(key + "_", slice_["args"].get(key))
		check(str(shown) == str(value) or same_float(shown, value), key, shown, value)
	if row["bytes"] is not None:
		check(slice_["args"]["bytes"] == row["bytes"], slice_, row)
	for key, column in (("direction", "direction"), ("memory", "memory"), ("stream_name", "stream"),
			("waits_for", "waits_for"), ("allocation", "allocation"), ("ordinal", "ordinal")):
		check(slice_["args"].get(key) == row[column], key, slice_, row)
	if row["result"] is not None:
		check(slice_["args"]["result"] == row["result"], slice_, row)
	if row["caller_module"]:
		check(slice_["args"]["caller"] == "%s+%s" %
			(os.path.basename(row["caller_module"]), row["caller_offset"]), slice_, row)
	if "sf" in call:
		stack = [perfetto.names[6][f] for f in perfetto.names[7][slice_["stack"]][2]]
		frames, number = [], str(call["sf"])
		while number:
			frames.append(trace["stackFrames"][number])
			number = frames[-1].get("parent")
		for frame, wanted in zip(reversed(stack), frames):
			if "offset" in wanted:
				check(perfetto.name(5, frame[2][0]) == wanted["name"], frame, wanted)
		check(len(stack) == len(frames), "stack", stack, frames)
check(len([i for i in perfetto.instants if i["name"] == "lost calls"]) == len(losses), "losses")
recording, = [i["args"] for i in perfetto.instants if i["name"] == "recording"]
run = trace["otherData"]
check(recording["calls"] == int(run["calls"]) and
	[w.decode("utf-8") for w in recording.get("warnings", [])] ==
	[w["text"] for w in run["warnings"]], "recording", recording)
ends = collections.defaultdict(dict)
for row in by_call:
	if row["live_bytes"] is not None:
		ends[row["start_ns"] + row["duration_ns"]] = row["live_bytes"]
for values in perfetto.counters.values():
	for at, value in values:
		check(value >= 0 and (at not in ends or ends[at] == value or len(ends) > 1), at, value)
check(sum(map(len, perfetto.counters.values())) >=
	len([r for r in by_call if r["live_bytes"] is not None]), "counters")
processes = [dict_of(t[3][0]) for t in perfetto.tracks.values() if 3 in t]
check({p[1][0] for p in processes} >= {c["pid"] for c in calls}, "processes")
# Whatever a file is cut to, what is left is read and is the beginning of the whole.
for size in sorted({len(data) * n // 17 for n in range(17)} | {len(data) - 1}):
	cut = Perfetto(data[:size])
	check([s["name"] for s in cut.slices] == [s["name"] for s in perfetto.slices[:len(cut.slices)]],
		"cut", size)


# ---- folded stacks and speedscope -------------------------------------------------------------

def folded(ending):
	found = {}
	with open(path(ending), encoding="utf-8", newline="\n") as file:
		for line in file:
			stack, _, weight = line.rstrip("\n").rpartition(" ")
			check(stack and weight.isdigit() and stack not in found, "folded", line)
			found[stack] = int(weight)
	return found


by_time, by_calls, by_bytes = (folded(".%s.folded" % w) for w in ("time", "calls", "bytes"))
check(sum(by_time.values()) == sum(s["end"] - s["start"] for s in perfetto.slices if not s["depth"]),
	"the time of all calls that are in no other", sum(by_time.values()))
check(sum(by_calls.values()) == len(calls), "folded calls")
check(sum(by_bytes.values()) == sum(r["bytes"] or 0 for r in by_call
	if r["effect"] in ("copy", "set") and r["outcome"] == "ok"), "folded bytes")
of_function = collections.Counter()
for stack, weight in by_calls.items():
	function = [f for f in stack.split(";") if f in {r["function"] for r in by_call}]
	of_function[function[-1]] += weight
check(of_function == collections.Counter(r["function"] for r in by_call), "by function", of_function)

with open(path(".time.speedscope.json"), encoding="utf-8") as file:
	profile = json.load(file)
check(profile["$schema"] == "https://www.speedscope.app/file-format-schema.json", "schema")
frames = [f["name"] for f in profile["shared"]["frames"]]
total = 0
for p in profile["profiles"]:
	check(p["type"] == "sampled" and p["unit"] == "nanoseconds", p["type"])
	check(len(p["samples"]) == len(p["weights"]) and p["startValue"] == 0, p["name"])
	check(p["endValue"] == sum(p["weights"]), p["name"])
	check(all(0 <= f < len(frames) for s in p["samples"] for f in s), "frames")
	total += p["endValue"]
check(total == sum(by_time.values()), "speedscope", total)


# ---- SQLite -----------------------------------------------------------------------------------

def database():
	db = sqlite3.connect(path(".sqlite"))
	check(db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "integrity")
	# As queries that were written for Nsight Systems' exports have it.
	found = db.execute("""
		SELECT names.value, COUNT(*), SUM(r.end - r.start), MIN(r.end - r.start),
			MAX(r.end - r.start), SUM(r.returnValue != 0)
		FROM CUPTI_ACTIVITY_KIND_RUNTIME AS r JOIN StringIds AS names ON names.id = r.nameId
		GROUP BY r.nameId""").fetchall()
	wanted = {}
	for row in by_call:
		wanted.setdefault(row["function"], []).append(row)
	check({f[0]: f[1:5] for f in found} == {name: (len(group), sum(d), min(d), max(d))
		for name, group in wanted.items()
		for d in [[r["duration_ns"] for r in group if r["outcome"] != "in flight"] or [0]]},
		"per function", found)
	check(db.execute("""
		SELECT globalTid / 0x1000000 % 0x1000000 AS pid, globalTid % 0x1000000 AS tid, COUNT(*)
		FROM CUPTI_ACTIVITY_KIND_RUNTIME GROUP BY 1, 2 ORDER BY 1, 2""").fetchall() ==
		sorted((p, t, n) for (p, t), n in collections.Counter(
			(r["pid"] & 0xffffff, r["tid"] & 0xffffff) for r in by_call).items()), "global ids")
	check(db.execute("""
		SELECT COUNT(*) FROM CUPTI_ACTIVITY_KIND_RUNTIME AS r JOIN PROCESSES AS p
		ON p.globalPid = r.globalTid & 0xFFFFFFFFFF000000""").fetchone()[0] == len(calls),
		"processes")
	check(set(db.execute("SELECT pid, name FROM PROCESSES")) >=
		{(r["pid"], r["program"]) for r in by_call}, "names of processes")
	start, = db.execute("SELECT utcEpochNs FROM TARGET_INFO_SESSION_START_TIME").fetchone()
	check([start + s for s, in db.execute(
		"SELECT start FROM CUPTI_ACTIVITY_KIND_RUNTIME ORDER BY correlationId")] ==
		[r["start_ns"] for r in by_call], "times")
	check(dict(db.execute("""
		SELECT c.correlationId, COUNT(a.name) FROM CURTRACE_CALL AS c
		LEFT JOIN CURTRACE_ARGUMENT AS a USING (correlationId) GROUP BY 1""")) ==
		{r["ordinal"]: len(json.loads(r["arguments"])) for r in by_call}, "arguments")
	for table, effect in (("CURTRACE_COPY", "copy"), ("CURTRACE_SET", "set"),
			("CURTRACE_WAIT", "wait")):
		check([i for i, in db.execute("SELECT correlationId FROM " + table)] ==
			[r["ordinal"] for r in by_call if r["effect"] == effect], table)
	check(db.execute("""
		SELECT l.correlationId, k.value, gridX, blockZ FROM CURTRACE_LAUNCH AS l
		LEFT JOIN StringIds AS k ON k.id = l.kernelId ORDER BY 1""").fetchall() ==
		[(r["ordinal"], r["kernel"], r["grid_x"], r["block_z"]) for r in by_call
			if r["effect"] in ("launch", "graph launch")], "launches")
	check(db.execute("SELECT COUNT(*) FROM CURTRACE_ALLOCATION").fetchone()[0] ==
		len({r["allocation"] for r in by_call if r["effect"] == "alloc"} - {None}), "allocations")
	check(db.execute("""SELECT COUNT(*) FROM sqlite_master WHERE name IN ('CUPTI_ACTIVITY_KIND_KERNEL',
		'CUPTI_ACTIVITY_KIND_MEMCPY', 'CUPTI_ACTIVITY_KIND_MEMSET')""").fetchone()[0] == 0,
		"GPU times that nobody has measured")
	stacks = [c for c in calls if "sf" in c]
	depths = dict(db.execute("SELECT id, COUNT(*) FROM CUDA_CALLCHAINS GROUP BY id"))
	check(set(depths) == {int(c["sf"]) for c in stacks}, "call chains")
	return found


# What curtrace's own statistics say of each function.
def compare_with_stat(found):
	with open(path(".stat.json")) as file:
		stat = json.load(file)
	functions = {f["function"]: f for f in stat["rows"]}
	check(set(functions) == {f[0] for f in found}, "stat", sorted(functions))
	for name, *numbers in found:
		f = functions[name]
		said = [f[k] for k in ("calls", "total_ns", "min_ns", "max_ns")]
		check(said == numbers[:4], "stat", f, numbers)
	copied = {c["direction"]: c["bytes"] for c in stat["copies"] if c["count"]}
	summed = collections.Counter()
	for row in by_call:
		if row["effect"] == "copy" and row["outcome"] == "ok":
			summed[row["direction"]] += row["bytes"] or 0
	check(all(copied.get(d, 0) == n for d, n in summed.items()), "copies", copied, summed)


if sqlite3:
	rows_of = database()
	if os.path.exists(path(".stat.json")):
		compare_with_stat(rows_of)
else:
	print("no sqlite3 in this Python: the database was not looked at")
print("%s: %d calls, %d losses, %d counters" %
	(NAME, len(calls), len(losses), len(perfetto.counters)))
