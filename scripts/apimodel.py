# SPDX-License-Identifier: Apache-2.0
"""cudart.tbl as objects: rows, their ABI forms, and the payload slots of their records."""

import os
import re

import drivermodel
import gentable
from recordmodel import Headers, Record, Vocabulary

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

SCALARS = {
	"int": "int", "unsigned int": "uint", "size_t": "size", "float": "float", "dim3": "dim3",
	"unsigned long long": "hex", "cudaKernel_t": "kernel", "cudaLogIterator": "uint",
	"GLuint": "uint", "GLenum": "uint", "EGLint": "int", "VdpDevice": "uint",
	"VdpVideoSurface": "uint", "VdpOutputSurface": "uint", "char": "int",
}


class Form(Record):
	"""One ABI of an entry point: what the programs of some CUDA versions call."""

	def __init__(self, table, row, columns):
		ident, name, abi, domain, flags, signature = columns
		self.table, self.row, self.structs = table, row, table.structs
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


class Table(Vocabulary):
	"""
	cudart.tbl. rows: the newest form of each entry point; forms(): all of them; newest: the last
	version that exports a name.
	"""

	def __init__(self, path):
		source = os.path.dirname(os.path.dirname(os.path.abspath(path)))
		super().__init__(Headers(os.path.join(source, "runtime"), "cudart_abi_*.h"))
		self.driver = self.read_driver(os.path.join(source, "driver", "driver.tbl"))
		self.rows, self.older = [], []
		reserved = set()
		for row in gentable.read_rows(path, 2, 6):
			if row.columns[0] == "reserved":
				reserved.add(int(row.columns[1]))
			elif not self.take(row):
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

	@staticmethod
	def struct_type(name):
		return name if name.endswith("_t") or name in (
			"cudaGraphExecUpdateResultInfo", "cudaGraphInstantiateParams") else "struct " + name

	def text(self):
		slots = [slot for form in self.forms() for slot in form.slots]
		out = ["curtrace-api 1"] + self.enum_lines(slots, ("cudaError",), "cudart.tbl")
		out += ["a %d %d" % (i, version) for i, version in enumerate(VERSIONS)]
		out += [form.text() for form in self.forms() if not form.shared]
		return "\n".join(out)
