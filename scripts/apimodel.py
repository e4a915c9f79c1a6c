# SPDX-License-Identifier: Apache-2.0
"""cudart.tbl as objects: rows, their ABI forms, and the payload slots of their records."""

import glob
import os
import re

import drivermodel
import gentable

HEAD_SIZE = 40		# CTR_CELL_HEAD_SIZE
CELL_SIZE = 64		# CTR_CELL_SIZE
MAX_CELLS = 8		# CTR_MAX_CELLS
FIRST_ID = 16		# CTR_FIRST_FUNCTION
LAST_VERSION = 13
VERSIONS = (13, 12, 11)	# as the ABI bits of a cell's flags count them: 0, 1, 2

FLAGS = ("ptsz", "ptds", "init", "nonnull", "direct", "noerror", "answer", "quiet", "expect", "todo",
	"same", "absent", "effect", "kernel_args")

HANDLES = {
	"cudaStream_t": "stream", "cudaEvent_t": "event", "cudaGraph_t": "graph",
	"cudaGraphExec_t": "graphexec", "cudaGraphNode_t": "node", "cudaMemPool_t": "pool",
	"cudaArray_t": "array", "cudaArray_const_t": "array", "cudaMipmappedArray_t": "mipmap",
	"cudaMipmappedArray_const_t": "mipmap", "cudaFunction_t": "function",
	"cudaLibrary_t": "library", "cudaExternalMemory_t": "extmem",
	"cudaExternalSemaphore_t": "extsem", "cudaGraphicsResource_t": "resource",
	"cudaUserObject_t": "userobject", "cudaTextureObject_t": "texture",
	"cudaSurfaceObject_t": "surface", "cudaGraphConditionalHandle": "conditional",
	"cudaAsyncCallbackHandle_t": "callback", "cudaLogsCallbackHandle": "callback",
	"cudaEglStreamConnection": "eglstream",
}

# handles of what ends with the context that it was made in
CONTEXT_OBJECTS = {"stream", "event", "graphexec", "array", "mipmap", "function", "extmem", "extsem",
	"resource", "texture", "surface", "eglstream"}

# structures that such handles stand in
WITH_CONTEXT_OBJECTS = {"cudaLaunchConfig_t", "cudaMemcpy3DParms", "cudaMemcpy3DPeerParms",
	"cudaMemcpy3DBatchOp", "cudaResourceDesc", "cudaGraphNodeParams", "cudaKernelNodeParams",
	"cudaExternalSemaphoreSignalNodeParams", "cudaExternalSemaphoreWaitNodeParams",
	"cudaResourceDesc_v12", "cudaLaunchParams_v12"}

# kind -> bytes in the payload
SIZES = {"int": 4, "uint": 4, "size": 8, "hex": 8, "hex4": 4, "ptr": 8, "enum": 4, "flags": 4,
	"flags8": 8, "handle": 8, "kernel": 8, "dim3": 12, "float": 4}

SCALARS = {
	"int": "int", "unsigned int": "uint", "size_t": "size", "float": "float", "dim3": "dim3",
	"unsigned long long": "hex", "cudaKernel_t": "kernel", "cudaLogIterator": "uint",
	"GLuint": "uint", "GLenum": "uint", "EGLint": "int", "VdpDevice": "uint",
	"VdpVideoSurface": "uint", "VdpOutputSurface": "uint", "char": "int",
}


class Headers:
	"""Enumerators, constants and typedefs of src/runtime/cudart_abi_*.h."""

	def __init__(self, folder):
		self.enums = {}
		self.constants = {}
		self.enum_typedefs = {}
		for path in sorted(glob.glob(os.path.join(folder, "cudart_abi_*.h"))):
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
	when: 'i' stored before the call, 'r' or 'o' after success.
	"""

	def __init__(self, label, when, kind, value, pointer=None, keep_pointer=False):
		self.label = label
		self.when = when
		self.kind = kind
		self.value = value
		self.pointer = pointer
		self.keep_pointer = keep_pointer
		base, _, detail = kind.partition("/")
		self.base = base
		self.size = int(detail) if base in ("str", "chars") else SIZES[base]
		self.alignment = 1 if base in ("str", "chars") else min(self.size, 8) if base != "dim3" else 4
		self.offset = None

	def store(self):
		if self.base == "str":
			return "api_put_text(call.cell, %d, %d, %s);" % (self.offset, self.size, self.value)
		if self.base == "chars":
			if self.when == "o":
				return "api_put_chars(call.cell, %d, %d, %s);" % (self.offset, self.size, self.value)
			return "api_put_text(call.cell, %d, %d, %s);" % (self.offset, self.size, self.value)
		if self.base == "dim3":
			return "api_put_dim3(call.cell, %d, %s);" % (self.offset, self.value)
		return "api_put(call.cell, %d, %d, &(%s), sizeof(%s));" % (
			self.offset, self.size, self.value, self.value)

	def before(self):
		if self.when == "i":
			return [self.store()]
		if self.keep_pointer:
			return ["api_put(call.cell, %d, 8, &(%s), 8);" % (self.offset, self.pointer)]
		return []

	def after(self):
		if self.when == "i":
			return []
		return [("if (%s != NULL) " % self.pointer if self.pointer else "") + self.store()]

	def text(self):
		kind = {"hex4": "hex", "flags8": "flags", "chars": "str"}.get(self.base, self.base)
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


class Form:
	"""One ABI of an entry point: what the programs of some CUDA versions call."""

	def __init__(self, table, row, columns):
		ident, name, abi, domain, flags, signature = columns
		self.table, self.row = table, row
		self.shared = None	# the form whose id it has too, as their records are of one shape
		self.id, self.row_name, self.domain = int(ident), name, domain
		self.versions = self.parse_abi(abi)
		# The rt_ function of an older form carries the last version that it serves.
		newest = max(self.versions)
		self.symbol_base = name if newest == LAST_VERSION else "%s_v%d" % (name, newest)
		given = gentable.parse_flags(row, flags, FLAGS)
		self.twin = "ptsz" if "ptsz" in given else "ptds" if "ptds" in given else None
		self.own_twin = given.get("ptsz") == "own"
		self.init = given.get("init", "context")
		if self.init not in ("context", "driver", "none"):
			raise row.error("init=%s" % self.init)
		self.direct = given.get("direct")
		self.noerror, self.answer = "noerror" in given, "answer" in given
		self.quiet, self.expect = given.get("quiet"), given.get("expect")
		self.todo, self.absent = "todo" in given, "absent" in given
		self.same = given.get("same")
		self.kernel_args = given.get("kernel_args")	# the argument that leads to the values
		self.effect = given.get("effect")	# what gen-effects makes of it
		self.returns, self.params, self.marks = gentable.parse_marked_signature(row, signature)
		self.result_kind = {"cudaError_t": "status", "int": "int", "char": "int", "void": "void",
			"unsigned int": "uint", "void **": "ptr", "const char *": "ptr",
			"struct cudaChannelFormatDesc": "void"}.get(self.returns)
		if not self.result_kind:
			raise row.error("return type '%s'" % self.returns)
		self.status = self.result_kind == "status"
		self.nonnull = given["nonnull"].split(";") if "nonnull" in given else []
		for name in self.nonnull:
			if name not in [p.name for p in self.params if self.is_pointer(p.type)]:
				raise row.error("nonnull=%s is no pointer argument" % name)
		if self.nonnull and (self.init == "none" or not self.status):
			raise row.error("nonnull is for calls that get ready and return a status")
		if (self.todo or self.absent) and not self.status:
			raise row.error("only a function that returns a status can be 'todo' or 'absent'")
		if self.kernel_args and self.kernel_args not in [
				p.name for p in self.params if p.type == "void **"]:
			raise row.error("kernel_args=%s is no void **" % self.kernel_args)
		if self.direct:
			self.direct_types = table.driver_types(row, self.direct, len(self.params))
		self.make_slots()
		# What names the kernel whose arguments these are.
		self.kernel = next((s.value for s in self.slots if s.kind == "kernel"), None)
		if self.kernel_args and not (self.kernel and self.status):
			raise row.error("kernel_args is for calls that name a kernel and return a status")

	def parse_abi(self, abi):
		match = re.match(r"^(\d+)(?:-(\d+))?$", abi)
		if not match:
			raise self.row.error("abi '%s'" % abi)
		return range(int(match.group(1)), int(match.group(2) or match.group(1)) + 1)

	def kind_of(self, ctype):
		"""The kind of a C type held by value, or None."""
		bare = re.sub(r"^const ", "", ctype).strip()
		if bare in HANDLES:
			return "handle/" + HANDLES[bare]
		enum = re.match(r"^enum (\w+)$", bare)
		name = enum.group(1) if enum else self.table.headers.enum_typedefs.get(bare)
		if name:
			return "enum/" + name
		if bare in SCALARS:
			return SCALARS[bare]
		if bare.endswith("*") or bare.endswith(("_t", "Fn", "Callback")) and "Handle_t" not in bare:
			return "ptr"
		return "ptr" if bare in ("EGLImageKHR", "EGLStreamKHR", "EGLSyncKHR") else None

	def take_after(self, other):
		"""same=NAME: another exported name for what NAME is in the newest version that has it."""
		if [p.type for p in self.params] != [p.type for p in other.params]:
			raise self.row.error("%s takes other arguments" % self.same)
		self.symbol_base, self.init, self.nonnull = other.symbol_base, other.init, other.nonnull
		self.direct, self.own_twin = other.direct, other.own_twin
		self.direct_types = getattr(other, "direct_types", None)
		self.noerror, self.answer = other.noerror, other.answer
		self.effect = self.effect or other.effect
		self.quiet, self.expect = other.quiet, other.expect

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
		struct = self.table.structs.get(re.sub(r"^(const )?(struct )?", "", target or param.type))
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
		if kind and kind.startswith("flags/") and ctype == "unsigned long long":
			return "flags8/" + kind[6:]
		return kind

	def is_pointer(self, ctype):
		"""Also the handles and functions whose types are named."""
		return ctype.endswith("*") or (self.kind_of(ctype) or "").partition("/")[0] in ("handle", "ptr")

	def context_objects(self):
		"""Names of the arguments that are, point to, or describe objects of a context."""
		for param, (direction, _) in zip(self.params, self.marks):
			bare = re.sub(r"const |struct |\*", "", param.type).strip()
			if direction != "out" and (
					HANDLES.get(bare) in CONTEXT_OBJECTS or bare in WITH_CONTEXT_OBJECTS):
				yield param.name

	def exports(self):
		yield self.row_name, False
		if self.twin:
			yield "%s_%s" % (self.row_name, self.twin), True

	def local_name(self, export):
		"""What the function is called in C: older forms share their exported name."""
		newest = max(self.versions)
		return export if newest == LAST_VERSION else "%s_v%d" % (export, newest)

	def id_name(self):
		"""The enumerator of its id."""
		return "API_" + (self.shared or self).local_name(self.row_name)

	def shape(self):
		"""What a record of it looks like."""
		return self.ncells, self.result_kind, [s.text() for s in self.slots]

	def text(self):
		flags = [f for f in (self.twin, "todo" if self.todo else None,
			"answer" if self.answer else None,
			"expect=" + self.expect if self.expect else None) if f]
		return " ".join(["f %d %s %s %s %d %s" % (self.id, self.row_name, self.domain,
			",".join(flags) or "-", self.ncells, self.result_kind)] + [s.text() for s in self.slots])


class Table:
	"""
	cudart.tbl. rows: the newest form of each entry point; forms(): all of them; newest: the last
	version that exports a name.
	"""

	def __init__(self, path):
		source = os.path.dirname(os.path.dirname(os.path.abspath(path)))
		self.headers = Headers(os.path.join(source, "runtime"))
		self.driver = self.read_driver(os.path.join(source, "driver", "driver.tbl"))
		self.structs, self.flagsets, self.rows, self.older = {}, {}, [], []
		reserved = set()
		for row in gentable.read_rows(path, 2, 6):
			what = row.columns[0]
			if what == "struct":
				self.structs[row.columns[1]] = self.parse_fields(row)
			elif what == "flags":
				self.flagsets[row.columns[1]] = self.parse_flagset(row)
			elif what == "reserved":
				reserved.add(int(row.columns[1]))
			else:
				self.add(row)
		self.check(reserved)

	def add(self, row):
		if len(row.columns) == 4 and self.rows:
			self.add_older(row)
		elif len(row.columns) == 6:
			self.rows.append(Form(self, row, row.columns))
		else:
			raise row.error("%d columns" % len(row.columns))

	def add_older(self, row):
		"""Another ABI of the row above: id or '=', versions, flags, signature."""
		last, (ident, abi, flags, signature) = self.rows[-1], row.columns
		form = Form(self, row, [str(last.id) if ident == "=" else ident, last.row_name, abi,
			last.domain, flags, signature])
		if ident == "=":
			form.shared = last
			if form.shape() != last.shape():
				raise row.error("records of another shape need an id of their own")
		self.older.append(form)

	def check(self, reserved):
		ids, seen = set(reserved), set()
		newest = {row.row_name: row for row in self.rows}
		for form in self.forms():
			if form.same:
				if form.same not in newest:
					raise form.row.error("same=%s is not in the table" % form.same)
				form.take_after(newest[form.same])
			if form.shared:
				continue
			if form.id in ids or form.id < FIRST_ID or form.id > 0xffff:
				raise form.row.error("id %d is taken or out of range" % form.id)
			ids.add(form.id)
		for form in self.forms():
			form.name = form.row_name
			for name, _ in form.exports():
				for version in form.versions:
					if (name, version) in seen:
						raise form.row.error("%s stands twice for CUDA %d" % (name, version))
					seen.add((name, version))
		self.newest = {}
		for name, version in seen:
			self.newest[name] = max(version, self.newest.get(name, 0))

	def forms(self):
		return self.rows + self.older

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
			raise row.error("not declared in cudart_abi: %s" % " ".join(missing))
		return [(n, self.headers.constants[n]) for n in names]

	@staticmethod
	def read_driver(path):
		"""
		Functions of driver.tbl that the runtime has: their fields of struct drv_table (an older ABI
		carries its version) -> argument types.
		"""
		return {f.field: [p.type for p in f.params]
			for f in drivermodel.read_table(path) if "rt" in f.flags}

	def driver_types(self, row, name, count):
		if name not in self.driver:
			raise row.error("driver.tbl has no %s" % name)
		if len(self.driver[name]) != count:
			raise row.error("%s takes %d arguments" % (name, len(self.driver[name])))
		return self.driver[name]

	def static_asserts(self):
		"""Fields and sizes that the payload layout took from the table are what C says."""
		out = []
		for name, fields in sorted(self.structs.items()):
			tag = name if name.endswith("_t") or name in (
				"cudaGraphExecUpdateResultInfo", "cudaGraphInstantiateParams") else "struct " + name
			for field, kind in fields:
				base, _, detail = kind.partition("/")
				size = int(detail) if base == "chars" else SIZES[base]
				test = "<=" if base == "chars" else "=="
				out.append("_Static_assert(%d %s sizeof(((%s *)0)->%s), \"%s.%s\");" % (
					size, test, tag, field, name, field))
		return out

	def text(self):
		used = {"cudaError"}
		for form in self.forms():
			used |= {s.kind.partition("/")[2] for s in form.slots if s.base in ("enum", "flags", "flags8")}
		out = ["curtrace-api 1"]
		for name in sorted(used):
			values = self.flagsets.get(name) or self.headers.enums.get(name)
			if values is None:
				raise gentable.TableError("cudart.tbl: no enumeration or flag set '%s'" % name)
			out.append(" ".join(["e " + name] + ["%d=%s" % (v, n) for n, v in values]))
		out += ["a %d %d" % (i, version) for i, version in enumerate(VERSIONS)]
		out += [form.text() for form in self.forms() if not form.shared]
		return "\n".join(out)
