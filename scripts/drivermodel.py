# SPDX-License-Identifier: Apache-2.0
"""driver.tbl as objects: a Function for each row."""

import re

import gentable

FIRST_ID, END_ID = 1024, 1984	# below: cudart.tbl's; from there on: other layers'
FLAGS = ("rt", "alt", "ptsz", "ptds", "opaque", "effect")

# Headers that a toolkit's users need not have: which rows need which, and what it rests on.
COMPANIONS = (
	("GL", r"cuGL|cuGraphicsGL", "cudaGLTypedefs.h", "GL/gl.h"),
	("EGL", r"EGL|MappedEglFrame", "cudaEGLTypedefs.h", "EGL/eglext.h"),
	("VDPAU", r"VDPAU", "cudaVDPAUTypedefs.h", "vdpau/vdpau.h"),
)


class Function:
	"""One row of driver.tbl."""

	def __init__(self, row):
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
	functions = [Function(row) for row in gentable.read_rows(path, 7)]
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
