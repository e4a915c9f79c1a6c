# SPDX-License-Identifier: Apache-2.0
"""What records of calls hold, whichever table (cudart.tbl, driver.tbl) the functions stand in."""

import glob
import os
import re

import gentable

HEAD_SIZE = 40		# CTR_CELL_HEAD_SIZE
CELL_SIZE = 64		# CTR_CELL_SIZE
MAX_CELLS = 8		# CTR_MAX_CELLS

# kind -> bytes in the payload
SIZES = {"int": 4, "uint": 4, "size": 8, "hex": 8, "hex4": 4, "ptr": 8, "enum": 4, "flags": 4,
	"flags8": 8, "handle": 8, "kernel": 8, "dim3": 12, "dim3x": 12, "float": 4,
	"uint1": 1, "uint2": 2}


class Headers:
	"""Enumerators, constants and typedefs of the headers that PATTERN in FOLDER is about."""

	def __init__(self, folder, pattern):
		self.enums = {}
		self.constants = {}
		self.enum_typedefs = {}
		for path in sorted(glob.glob(os.path.join(folder, pattern))):
			with open(path, encoding="utf-8") as header:
				self.read(re.sub(r"/\*.*?\*/", "", header.read(), flags=re.S))

	def read(self, source):
		for name, body, alias in re.findall(
				r"\benum\s+(\w+)\s*\{([^}]*)\}\s*(\w*)\s*;", source):
			values = [(n, int(v, 0)) for n, v in
				re.findall(r"(\w+)\s*=\s*(-?(?:0x[0-9a-fA-F]+|\d+))", body)]
			self.enums[name] = values
			self.constants.update(values)
			if alias:
				self.enum_typedefs[alias] = name
		for name, alias in re.findall(r"typedef\s+enum\s+(\w+)\s+(\w+)\s*;", source):
			self.enum_typedefs[alias] = name
		for name, value in re.findall(r"#define\s+(\w+)\s+\(?(0x[0-9a-fA-F]+|\d+)[uUlL]*\)?\s*$",
				source, flags=re.M):
			self.constants[name] = int(value, 0)


class Slot:
	"""A run of payload bytes: one argument, one field, or what an argument points at.

	value: C expression of the value; pointer: C expression that must not be NULL for it, or None;
	when: 'i' stored before the call, 'r' or 'o' after success. A 'dim3x' is three values, of which the
	first one's name ends in X. 'str/64/len': text that no more than the argument `len` bytes are of.
	"""

	def __init__(self, label, when, kind, value, pointer=None, keep_pointer=False):
		self.label = label[:-1] if kind == "dim3x" else label
		self.when = when
		self.kind = kind
		self.value = value
		self.pointer = pointer
		self.keep_pointer = keep_pointer
		base, _, detail = kind.partition("/")
		detail, _, self.limit = detail.partition("/")
		self.base = base
		self.size = int(detail) if base in ("str", "chars") else SIZES[base]
		self.alignment = (1 if base in ("str", "chars") else 4 if base in ("dim3", "dim3x")
			else min(self.size, 8))
		self.offset = None

	def store(self):
		if self.base == "str" and self.limit:
			return "rec_put_text_of(call.cell, %d, %d, %s, %s);" % (
				self.offset, self.size, self.value, self.limit)
		if self.base == "str":
			return "rec_put_text(call.cell, %d, %d, %s);" % (self.offset, self.size, self.value)
		if self.base == "chars":
			if self.when == "o":
				return "rec_put_chars(call.cell, %d, %d, %s);" % (self.offset, self.size, self.value)
			return "rec_put_text(call.cell, %d, %d, %s);" % (self.offset, self.size, self.value)
		if self.base == "dim3x":
			first = self.value[:-1]
			return "rec_put_xyz(call.cell, %d, %s, %s, %s);" % (
				self.offset, first + "X", first + "Y", first + "Z")
		if self.base == "dim3":
			return "rec_put_dim3(call.cell, %d, %s);" % (self.offset, self.value)
		return "rec_put(call.cell, %d, %d, &(%s), sizeof(%s));" % (
			self.offset, self.size, self.value, self.value)

	def before(self):
		if self.when == "i":
			return [self.store()]
		if self.keep_pointer:
			return ["rec_put(call.cell, %d, 8, &(%s), 8);" % (self.offset, self.pointer)]
		return []

	def after(self):
		if self.when == "i":
			return []
		return [("if (%s != NULL) " % self.pointer if self.pointer else "") + self.store()]

	def text(self):
		kind = {"hex4": "hex", "flags8": "flags", "chars": "str", "dim3x": "dim3", "uint1": "uint",
			"uint2": "uint"}.get(self.base, self.base)
		detail = self.kind.partition("/")[2]
		if detail and self.base not in ("str", "chars"):
			kind += "/" + detail
		return "%s:%s:%s:%d:%d" % (self.label, self.when, kind, self.offset, self.size)


def place(slots):
	"""Gives each slot its offset: in order, small ones into the holes that alignment left."""
	end, holes = 0, []
	for slot in slots:
		for hole in holes:
			start = -(-hole[0] // slot.alignment) * slot.alignment
			if start + slot.size <= hole[1]:
				holes.remove(hole)
				holes += [h for h in ((hole[0], start), (start + slot.size, hole[1])) if h[0] < h[1]]
				slot.offset = start
				break
		else:
			start = -(-end // slot.alignment) * slot.alignment
			if start > end:
				holes.append((end, start))
			slot.offset, end = start, start + slot.size
	return end


def stores(slots, when):
	"""C statements that fill the payload: before the call ('i') or after its success ('o')."""
	out = []
	for slot in slots:
		out += slot.before() if when == "i" else slot.after()
	return out


class Record:
	"""
	A function's record. Who derives has row, params, marks (of gentable.parse_marked_signature),
	result_kind, structs (name -> [(field, kind)]), and kind_of.
	"""

	row = params = marks = result_kind = structs = None

	def kind_of(self, ctype):
		raise NotImplementedError

	def make_slots(self):
		self.slots = []
		for param, (direction, kind) in zip(self.params, self.marks):
			if direction != "skip":
				self.slots += self.slots_of(param, direction, kind)
		if self.result_kind == "ptr":
			self.slots.append(Slot("return", "o", "ptr", "result"))
		size = HEAD_SIZE + place(self.slots)
		self.ncells = -(-size // CELL_SIZE)
		if self.ncells > MAX_CELLS:
			raise self.row.error("a record of %d cells" % self.ncells)

	def slots_of(self, param, direction, kind):
		name = param.name
		target = re.sub(r"\s*\*$", "", param.type) if param.type.endswith("*") else None
		struct = self.structs.get(re.sub(r"^(const )?(struct )?", "", target or param.type))
		if kind == "ptr":
			return [Slot(name, "i", "ptr", name)]
		if kind and kind.startswith("str/"):
			return [Slot(name, "o" if direction == "out" else "r", kind, name, name, True)]
		if struct and (target is None or kind is None):
			# A structure by address: known after success, as its fields; by value: at once.
			when = "i" if target is None else "o" if direction == "out" else "r"
			access = name + (".%s" if target is None else "->%s")
			return [Slot(access % field, when, field_kind, access % field,
				name if target is not None else None)
				for field, field_kind in struct]
		if direction == "out":
			kind = self.widen(kind, target) or self.kind_of(target)
			if not kind:
				return [Slot(name, "i", "ptr", name)]
			return [Slot(name, "o", kind, "*" + name, name, SIZES[kind.partition("/")[0]] == 8)]
		kind = self.widen(kind, param.type) or self.kind_of(param.type)
		if not kind:
			raise self.row.error("no kind for '%s'" % param.declare())
		return [Slot(name, "i", kind, name)]

	@staticmethod
	def widen(kind, ctype):
		if kind and kind.startswith("flags/") and ctype in ("unsigned long long", "cuuint64_t"):
			return "flags8/" + kind[6:]
		return kind


class Vocabulary:
	"""The lines of a table that are not functions: structures held by fields, and flag sets."""

	def __init__(self, headers):
		self.headers = headers
		self.structs, self.flagsets = {}, {}

	def take(self, row):
		"""False: it is another kind of line."""
		if row.columns[0] == "struct":
			self.structs[row.columns[1]] = self.parse_fields(row)
		elif row.columns[0] == "flags":
			self.flagsets[row.columns[1]] = self.parse_flagset(row)
		else:
			return False
		return True

	@staticmethod
	def parse_fields(row):
		fields = []
		for part in gentable.split_top(row.columns[2]):
			match = re.match(r"^([\w.]+)\s+@(\S+)$", part)
			if not match:
				raise row.error("'%s' is not 'field @kind'" % part)
			fields.append((match.group(1), match.group(2)))
		return fields

	def parse_flagset(self, row):
		names = gentable.split_top(row.columns[2])
		missing = [n for n in names if n not in self.headers.constants]
		if missing:
			raise row.error("not declared in the headers: %s" % " ".join(missing))
		return [(n, self.headers.constants[n]) for n in names]

	def enum_lines(self, slots, more, table):
		"""The `e` lines of what the slots refer to."""
		used = set(more) | {s.kind.partition("/")[2] for s in slots
			if s.base in ("enum", "flags", "flags8")}
		out = []
		for name in sorted(used):
			values = self.flagsets.get(name) or self.headers.enums.get(name)
			if values is None:
				raise gentable.TableError("%s: no enumeration or flag set '%s'" % (table, name))
			out.append(" ".join(["e " + name] + ["%d=%s" % (v, n) for n, v in values]))
		return out

	def static_asserts(self, declare):
		"""Fields and sizes that the payload layout took from the table are what C says."""
		out = []
		for name, fields in sorted(self.structs.items()):
			for field, kind in fields:
				base, _, detail = kind.partition("/")
				if base == "dim3x":
					continue
				size = int(detail) if base == "chars" else SIZES[base]
				test = "<=" if base == "chars" else "=="
				out.append("_Static_assert(%d %s sizeof(((%s *)0)->%s), \"%s.%s\");" % (
					size, test, declare(name), field, name, field))
		return out
