# SPDX-License-Identifier: Apache-2.0
"""
What is handed out in place of the driver's functions: a wrapper for each exported ABI that records
the call and makes it, and the table by which they are found. For gen-driver.
"""

import gentable
from drivermodel import Table
from recordmodel import stores

# Parts, of which each is a file of its own, compiled side by side.
PARTS = 4


class Form:
	"""One exported symbol: a function's ABI, or its form for the per-thread default stream."""

	def __init__(self, function, symbol, version, per_thread):
		self.function, self.symbol = function, symbol
		self.version, self.per_thread = version, per_thread


def forms_of(table):
	"""Sorted by symbol: the number of a form is its place here."""
	forms = [Form(f, symbol, version, per_thread)
		for f in table.functions for _, symbol, version, per_thread in f.forms()]
	return sorted(forms, key=lambda form: form.symbol)


def after_success(f):
	"""What is written when the driver has taken the call: outputs, and what keys mean."""
	out = []
	put = stores(f.slots, "o")
	if put:
		out += put + ["call.cell->flags |= CTR_CELL_OUTPUTS;"]
	if "names" in f.flags:
		out.append("hook_note_%s(%s);" % (f.flags["names"],
			", ".join(p.name for p in f.params)))
	elif any(slot.base == "kernel" for slot in f.slots) and f.domain in ("launch", "graph"):
		kernel = next(slot for slot in f.slots if slot.base == "kernel")
		guard = "%s == NULL || " % kernel.pointer if kernel.pointer else ""
		out.append("if (!(%shook_kernel_is_known((uintptr_t)(%s))))" % (guard, kernel.value))
		out.append("\thook_kernel_met((uintptr_t)(%s));" % kernel.value)
	return out


def wrapper(number, form):
	f, symbol = form.function, form.symbol
	given = ", ".join(p.name for p in f.params)
	listed = gentable.param_list(f.params)
	begin = "&call, %d, %d, %s, __builtin_return_address(0)" % (
		f.id, f.ncells, "CTR_CELL_PER_THREAD" if form.per_thread else "0")
	call = ("hook_lookup_%s(%s)" % ("v2" if len(f.params) == 5 else "v1", given)
		if f.name == "cuGetProcAddress" else "ORIGINAL(%d, %s)(%s)" % (
			number, gentable.param_list(f.params, names=False), given))
	before = stores(f.slots, "i")
	after = after_success(f)
	ended = (["\t\tif (hook_likely(returned == CUDA_SUCCESS)) {"] +
		["\t\t\t" + line for line in after] + ["\t\t}"] if after else [])

	out = ["/* %d */" % f.id, "static HOOK_NOINLINE CUresult slow_%s(%s)" % (symbol, listed), "{",
		"\tstruct rec_call call;", "\tstruct rec_injection inject = rec_inject(%d);" % f.id,
		"\tbool recorded = !inject.unrecorded &&", "\t\trec_begin(%s);" %
		begin.replace(", __builtin", " | inject.flag, __builtin"), "\tCUresult returned;", "", "\tif (recorded) {"] + ["\t\t" + line for line in before]
	out += ["\t\trec_inject_mark(&inject, &call);", "\t\trec_publish(&call);", "\t}",
		"\trec_inject_enter(&inject);",
		"\treturned = inject.error ? (CUresult)inject.error : %s;" % call,
		"\trec_inject_leave(&inject);", "\tif (recorded && rec_resume(&call)) {", "\t\tuint64_t end = rec_counter();", ""]
	out += ended + ["\t\trec_end(&call, end, (int32_t)returned);", "\t}", "\treturn returned;", "}", ""]

	out += ["static REC_PLAIN CUresult on_%s(%s)" % (symbol, listed), "{",
		"\tstruct rec_call call;", "\tCUresult returned;", "",
		"\tif (hook_unlikely(!rec_begin_plain(%s)))" % begin,
		"\t\treturn slow_%s(%s);" % (symbol, given)]
	out += ["\t" + line for line in before] + ["\trec_publish(&call);", "\treturned = %s;" % call,
		"\tif (rec_resume_plain(&call)) {", "\t\tuint64_t end = arch_counter();", ""]
	out += ended + ["\t\trec_end(&call, end, (int32_t)returned);", "\t}", "\treturn returned;", "}", ""]

	return out + ["CUresult hook_%s(%s)" % (symbol, listed), "{",
		"\tif (hook_likely(hook_recording_is_off(%d)))" % f.id, "\t\treturn %s;" % call,
		"\treturn on_%s(%s);" % (symbol, given), "}", ""]


def wrappers(path, part):
	table = Table(path)
	out = [gentable.banner("gen-driver", path), "", '#include "hook/driver_entry.h"', ""]
	out += table.static_asserts(table.struct_type)
	out += ['_Static_assert(%d < CTR_SWITCH_FUNCTIONS, "every id has a gate");' %
		max(f.id for f in table.functions), ""]
	forms = list(enumerate(forms_of(table)))[part - 1::PARTS]
	for _, form in forms:
		out.append("CUresult hook_%s(%s);" % (form.symbol, gentable.param_list(form.function.params)))
	out.append("")
	for number, form in forms:
		out += wrapper(number, form)
	return "\n".join(out)


def forms_c(path):
	"""The table of forms: names lie in one text, so that the loader has no addresses to adjust."""
	forms = forms_of(Table(path))
	texts, offsets, size = [], {}, 0
	for text in sorted({f.symbol for f in forms} | {f.function.name for f in forms}):
		offsets[text] = size
		size += len(text) + 1
		texts.append('\t"%s\\0"' % text)
	out = [gentable.banner("gen-driver", path), '#include "hook/driver_forms.h"', "",
		"const unsigned int hook_driver_form_count = %d;" % len(forms), "",
		"const char hook_driver_names[] ="] + texts
	out[-1] += ";"
	out += [""] + ["extern void hook_%s(void);" % f.symbol for f in forms]
	out += ["", "void (*const hook_driver_wrappers[])(void) = {"]
	out += ["\thook_%s," % f.symbol for f in forms] + ["};", ""]
	out += ["void *hook_driver_originals[%d];" % len(forms), "",
		"const struct hook_driver_form hook_driver_forms[] = {"]
	out += ["\t{ %d, %d, %d, %d }, /* %s */" % (offsets[f.symbol], offsets[f.function.name],
		f.version, f.per_thread, f.symbol) for f in forms]
	return "\n".join(out + ["};"])
