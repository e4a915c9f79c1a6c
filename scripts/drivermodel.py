# SPDX-License-Identifier: Apache-2.0
"""driver.tbl as objects: a Function for each row."""

import os
import re

import gentable
from recordmodel import Headers, Record, Vocabulary

FIRST_ID, END_ID = 1024, 1984	# below: cudart.tbl's; from there on: other layers'
FLAGS = ("rt", "alt", "ptsz", "ptds", "opaque", "effect", "expect", "answer", "names")

# Headers that a toolkit's users need not have: which rows need which, and what it rests on.
COMPANIONS = (
	("GL", r"cuGL|cuGraphicsGL", "cudaGLTypedefs.h", "GL/gl.h"),
	("EGL", r"EGL|MappedEglFrame", "cudaEGLTypedefs.h", "EGL/eglext.h"),
	("VDPAU", r"VDPAU", "cudaVDPAUTypedefs.h", "vdpau/vdpau.h"),
)


HANDLES = {
	"CUstream": "stream", "CUevent": "event", "CUgraph": "graph", "CUgraphExec": "graphexec",
	"CUgraphNode": "node", "CUmemoryPool": "pool", "CUarray": "array", "CUmipmappedArray": "mipmap",
	"CUmodule": "module", "CUcontext": "context", "CUlibrary": "library",
	"CUexternalMemory": "extmem", "CUexternalSemaphore": "extsem", "CUtexref": "texref",
	"CUgraphicsResource": "resource", "CUuserObject": "userobject", "CUtexObject": "texture",
	"CUsurfref": "surfref", "CUsurfObject": "surface", "CUgraphConditionalHandle": "conditional",
	"CUasyncCallbackHandle": "callback", "CUlogsCallbackHandle": "callback",
	"CUeglStreamConnection": "eglstream", "CUgreenCtx": "greencontext",
	"CUlinkState": "linker", "CUmemGenericAllocationHandle": "allocation",
}

SCALARS = {
	"int": "int", "unsigned int": "uint", "unsigned": "uint", "size_t": "size", "float": "float",
	"unsigned long long": "hex", "cuuint64_t": "hex", "cuuint32_t": "hex4", "CUdevice": "int",
	"CUdeviceptr": "ptr", "CUfunction": "kernel", "CUkernel": "kernel", "CUlogIterator": "uint",
	"unsigned char": "uint1", "unsigned short": "uint2", "CUoccupancyB2DSize": "ptr",
	"CUdevResourceDesc": "ptr", "CUhostFn": "ptr", "CUstreamCallback": "ptr", "CUasyncCallback": "ptr",
	"CUlogsCallback": "ptr",
	"GLuint": "uint", "GLenum": "uint", "EGLint": "int", "VdpDevice": "uint",
	"VdpVideoSurface": "uint", "VdpOutputSurface": "uint",
}


class DriverHeaders(Headers):
	"""cuda_abi_*.h: enumerations go by the names of their typedefs, as they do in prototypes."""

	def read(self, source):
		super().read(re.sub(r"typedef\s+enum\s*(\{[^}]*\})\s*(\w+)\s*;", r"typedef enum \2 \1 \2;", source))
		for alias, tag in self.enum_typedefs.items():
			self.enums[alias] = self.enums[tag]

	def name_of(self, ctype):
		"""What an enumeration is called, None: it is none."""
		ctype = self.synonyms.get(ctype, ctype)
		return ctype if ctype in self.enum_typedefs else None

	synonyms = {"CUstreamAttrID": "CUlaunchAttributeID", "CUkernelNodeAttrID": "CUlaunchAttributeID"}


class Function(Record):
	"""One row of driver.tbl. What its records hold is known when a Table has taken it."""

	result_kind = "status"

	def __init__(self, row):
		if len(row.columns) != 7:
			raise row.error("%d columns, wanted 7" % len(row.columns))
		ident, name, version, symbol, self.domain, flags, signature = row.columns
		self.row = row
		self.name = name
		self.symbol = symbol
		if not re.match(r"^cu[A-Z]\w*$", name) or not symbol.startswith(name):
			raise row.error("'%s' is no name of the driver, or its symbol is another's" % name)
		if not re.match(r"^\d{4,5}$", version):
			raise row.error("'%s' is no CUDA version" % version)
		self.version = int(version)
		if not ident.isdigit() or not FIRST_ID <= int(ident) < END_ID:
			raise row.error("id '%s' is not in [%d, %d)" % (ident, FIRST_ID, END_ID))
		self.id = int(ident)
		self.flags = gentable.parse_flags(row, flags, FLAGS)
		self.effect = self.flags.get("effect")	# what gen-effects makes of it
		self.returns, self.params, self.marks = gentable.parse_marked_signature(row, signature)
		self.field = name if "alt" not in self.flags else "%s_v%s" % (name, version)
		self.thread = None
		for suffix in ("ptsz", "ptds"):
			if suffix in self.flags:
				value = self.flags[suffix]
				self.thread = (suffix, self.version if value is True else int(value))

	def forms(self):
		"""(field, symbol, version, per thread?) of the row and of its per-thread form."""
		yield self.field, self.symbol, self.version, False
		if self.thread:
			suffix, version = self.thread
			yield ("%s_%s" % (self.field, suffix), "%s_%s" % (self.symbol, suffix),
				version, True)

	def kind_of(self, ctype):
		bare = re.sub(r"^const ", "", ctype or "").strip()
		if bare in HANDLES:
			return "handle/" + HANDLES[bare]
		if self.headers.name_of(bare):
			return "enum/" + self.headers.name_of(bare)
		if bare in SCALARS:
			return SCALARS[bare]
		return "ptr" if bare.endswith("*") or "(*)" in bare else None

	def describe(self, table):
		self.headers, self.structs = table.headers, table.structs
		self.make_slots()

	def text(self):
		"""Its line of the `api` text."""
		flags = ["layer=driver"] + ([self.thread[0]] if self.thread else [])
		if self.symbol != self.name:
			flags.append("symbol=" + self.symbol)
		if "answer" in self.flags:
			flags.append("answer")
		if "expect" in self.flags:
			flags.append("expect=" + self.flags["expect"])
		return " ".join(["f %d %s %s %s %d status" % (self.id, self.name, self.domain,
			",".join(flags), self.ncells)] + [s.text() for s in self.slots])

	def prototype(self, name):
		return "%s(%s)" % (gentable.declare(self.returns, name), gentable.param_list(self.params))

	def pointer(self, name):
		return self.prototype("(*%s)" % name)

	def companion(self):
		for macro, pattern, _, _ in COMPANIONS:
			if re.search(pattern, self.name):
				return macro
		return None


def read_table(path):
	return check([Function(row) for row in gentable.read_rows(path, 3, 7)
		if row.columns[0] not in ("struct", "flags")])


def check(functions):
	"""Ids and names are unique, and each name has its plain row."""
	plain, seen = {}, {}
	ids = {}
	for f in functions:
		if f.id in ids:
			raise f.row.error("id %d stands in line %d too" % (f.id, ids[f.id]))
		ids[f.id] = f.row.lineno
		for field, symbol, _, _ in f.forms():
			for key in ("field " + field, "symbol " + symbol):
				if key in seen:
					raise f.row.error("%s stands in line %d too" % (key, seen[key]))
				seen[key] = f.row.lineno
		plain[f.name] = plain.get(f.name, False) or "alt" not in f.flags
	for f in functions:
		if not plain[f.name]:
			raise f.row.error("every row of '%s' has the flag alt" % f.name)
	return functions


class Table(Vocabulary):
	"""The table with what records hold."""

	def __init__(self, path):
		folder = os.path.dirname(os.path.abspath(path))
		super().__init__(DriverHeaders(folder, "cuda_abi_*.h"))
		self.functions = []
		for row in gentable.read_rows(path, 3, 7):
			if not self.take(row):
				self.functions.append(Function(row))
		for function in check(self.functions):
			function.describe(self)

	@staticmethod
	def struct_type(name):
		return name

	def text(self):
		"""The driver's part of the `api` text."""
		slots = [slot for f in self.functions for slot in f.slots]
		return "\n".join(self.enum_lines(slots, ("CUresult",), "driver.tbl") +
			[f.text() for f in self.functions])
