# SPDX-License-Identifier: Apache-2.0
"""Reads the tables that the code is generated from (driver.tbl, cudart.tbl).

A table is lines of tab-separated columns; '#' starts a comment line, blank lines are ignored.
This module knows columns, flag lists and C signatures; what a table's columns mean is the business
of the generator that reads it (gen-driver, gen-api). Every complaint names file and line.
"""

import re
import sys


class TableError(Exception):
	"""A fault in a table, worded as path:line: message."""


class Row:
	"""One row: its columns, and where it stands so that a fault can be reported."""

	def __init__(self, path, lineno, columns):
		self.path = path
		self.lineno = lineno
		self.columns = columns

	def error(self, message):
		return TableError("%s:%d: %s" % (self.path, self.lineno, message))


def read_rows(path, min_columns, max_columns=None):
	"""All rows of a table. Several tabs in a row count as one, so columns may be aligned."""
	if max_columns is None:
		max_columns = min_columns
	rows = []
	with open(path, encoding="utf-8") as table:
		for lineno, line in enumerate(table, 1):
			line = line.rstrip("\n")
			if not line.strip() or line.lstrip().startswith("#"):
				continue
			row = Row(path, lineno, [c.strip() for c in re.split(r"\t+", line.strip("\t"))])
			if not min_columns <= len(row.columns) <= max_columns:
				raise row.error("%d columns, wanted %s" % (
					len(row.columns),
					min_columns if min_columns == max_columns
					else "%d to %d" % (min_columns, max_columns)))
			rows.append(row)
	return rows


def parse_flags(row, text, known):
	"""'-' or 'a,b=3' as a dict; a flag without a value has True. Unknown names are faults."""
	flags = {}
	if text == "-":
		return flags
	for item in text.split(","):
		name, equals, value = item.strip().partition("=")
		if name not in known:
			raise row.error("unknown flag '%s'" % name)
		if name in flags:
			raise row.error("flag '%s' given twice" % name)
		flags[name] = value if equals else True
	return flags


def split_top(text, separator=","):
	"""Splits at separators that stand outside every pair of brackets."""
	parts, depth, start = [], 0, 0
	for at, char in enumerate(text):
		if char in "([{":
			depth += 1
		elif char in ")]}":
			depth -= 1
		elif char == separator and depth == 0:
			parts.append(text[start:at].strip())
			start = at + 1
	parts.append(text[start:].strip())
	return parts


class Param:
	"""One argument: 'type' is what a cast would hold, 'name' the bare name."""

	def __init__(self, ctype, name):
		self.type = ctype
		self.name = name

	def declare(self):
		return declare(self.type, self.name)


def declare(ctype, name):
	"""'type name' in C, for plain types, pointers and pointers to functions."""
	if "(*)" in ctype:
		return ctype.replace("(*)", "(*%s)" % name, 1)
	return ctype + name if ctype.endswith("*") else "%s %s" % (ctype, name)


def parse_param(row, text):
	"""'const char *name', 'void *argv[]', 'void (*fn)(void *)' as a Param."""
	text = " ".join(text.split())
	match = re.match(r"^(.*\(\*)\s*(\w+)(\)\s*\(.*\))$", text)
	if match:
		return Param(match.group(1) + match.group(3), match.group(2))
	match = re.match(r"^(.*[\s*])(\w+)((?:\[\w*\])?)$", text)
	if not match:
		raise row.error("'%s' is not 'type name'" % text)
	ctype = match.group(1).strip()
	if match.group(3):
		# An array argument is a pointer; the table may show the array for the reader.
		ctype = ctype + "*" if ctype.endswith("*") else ctype + " *"
	return Param(ctype, match.group(2))


def parse_params(row, text):
	"""The inside of an argument list; 'void' and nothing both mean no arguments."""
	text = text.strip()
	if text in ("", "void"):
		return []
	params = [parse_param(row, part) for part in split_top(text)]
	names = [p.name for p in params]
	if len(set(names)) != len(names):
		raise row.error("an argument name is used twice")
	return params


def parse_marked_signature(row, text):
	"""
	'type ([direction] type name [@kind], ...)' as (return type, [Param], [(direction, kind)]): what a
	record holds of each argument, None where the table leaves it to the C type.
	"""
	match = re.match(r"^([\w\s*]+?)\s*\((.*)\)$", text)
	if not match:
		raise row.error("'%s' is not 'type (arguments)'" % text)
	plain, marks = [], []
	if match.group(2).strip() not in ("", "void"):
		for part in split_top(match.group(2)):
			pieces = re.match(r"^(?:(out|in|skip)\s+)?(.*?)(?:\s*@(\S+))?$", part)
			plain.append(pieces.group(2))
			marks.append((pieces.group(1), pieces.group(3)))
	return match.group(1), parse_params(row, ", ".join(plain)), marks


def parse_signature(row, text):
	"""'type (type name, ...)' as (return type, [Param])."""
	return parse_marked_signature(row, text)[:2]


def param_list(params, names=True):
	"""A C argument list, with or without the names; 'void' if there are none."""
	if not params:
		return "void"
	return ", ".join(p.declare() if names else p.type for p in params)


def banner(generator, table):
	"""The first lines of a generated C file."""
	return ("/* SPDX-License-Identifier: Apache-2.0 */\n"
		"/* Generated by scripts/%s from %s: do not edit. */" %
		(generator, re.sub(r"^.*?(src/)", r"\1", table)))


def run(kinds, argv, usage):
	"""Command line of a generator: KIND TABLE. kinds: name -> function(table path) -> text."""
	if len(argv) != 3 or argv[1] not in kinds:
		sys.stderr.write("usage: %s\nkinds: %s\n" % (usage, " ".join(sorted(kinds))))
		return 2
	try:
		text = kinds[argv[1]](argv[2])
	except (TableError, OSError, UnicodeDecodeError) as fault:
		sys.stderr.write("%s\n" % fault)
		return 1
	sys.stdout.write(text if text.endswith("\n") else text + "\n")
	return 0
