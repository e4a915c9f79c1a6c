# SPDX-License-Identifier: Apache-2.0
"""
Has PyTorch say by NVTX what it is doing, once it uses CUDA: its operators by emit_nvtx, which
PyTorch documents for tools like this one, and the steps of the training loop as the ranges
ProfilerStep#N that analyses of its traces look for. A step ends behind the step of the program's
first optimizer, or where the program calls step() of a torch.profiler of its own.

Nothing here may be noticed by the program: what a version of PyTorch has not got is left out, and
a profiler of the program's own is given the place that there is for one.
"""

import atexit
import importlib.util
import sys
import threading
import weakref


def quietly(function):
	"""Our troubles are none of the program's."""
	def guarded(*args, **kwargs):
		try:
			return function(*args, **kwargs)
		except Exception:
			return None
	return guarded


class Steps:
	"""Ranges one behind the other, in the thread that began them."""

	def __init__(self, nvtx):
		self.nvtx = nvtx
		self.number = 0
		self.thread = None
		self.optimizer = None
		self.by_profiler = False

	@quietly
	def begin(self):
		self.thread = threading.get_ident()
		self.nvtx.range_push("ProfilerStep#%d" % self.number)

	@quietly
	def end(self):
		if self.thread == threading.get_ident():
			self.thread = None
			self.nvtx.range_pop()

	@quietly
	def next(self):
		if self.thread != threading.get_ident():
			return
		self.end()
		self.number += 1
		self.begin()

	@quietly
	def optimizer_stepped(self, optimizer):
		"""Of several optimizers (two models in one loop) the first one counts."""
		first = self.optimizer() if self.optimizer else None
		if first is None:
			self.optimizer = weakref.ref(optimizer)
		elif first is not optimizer:
			return
		if not self.by_profiler:
			self.next()

	def profiler_stepped(self):
		self.by_profiler = True
		self.next()


class Operators:
	"""emit_nvtx, but where a profiler of the program's own runs: there is one at a time."""

	def __init__(self, profiler):
		self.profiler = profiler
		self.context = None
		self.thread = None
		self.changing = False  # it is ours that is starting or stopping
		self.away = False

	@quietly
	def enter(self):
		if self.context or self.changing:
			return
		self.changing = True
		try:
			context = self.profiler.emit_nvtx()
			context.__enter__()
			self.context, self.thread = context, threading.get_ident()
		finally:
			self.changing = False

	@quietly
	def leave(self):
		if not self.context or self.changing or self.thread != threading.get_ident():
			return
		context, self.context, self.changing = self.context, None, True
		try:
			context.__exit__(None, None, None)
		finally:
			self.changing = False

	def make_way(self):
		"""Around what starts and stops the program's own profilers. False: it cannot be done."""
		start = getattr(self.profiler, "_enable_profiler", None)
		stop = getattr(self.profiler, "_disable_profiler", None)
		if start is None or stop is None:
			return False

		def enable(*args, **kwargs):
			if self.context and not self.changing:
				self.leave()
				self.away = True
			return start(*args, **kwargs)

		def disable(*args, **kwargs):
			result = stop(*args, **kwargs)
			if self.away and not self.changing:
				self.away = False
				self.enter()
			return result

		self.profiler._enable_profiler = enable
		self.profiler._disable_profiler = disable
		return True


def watch_optimizers(torch, steps):
	"""Outside of the range that PyTorch has for the optimizer's step, that ranges nest."""
	optimizer = torch.optim.Optimizer
	hook = getattr(optimizer, "profile_hook_step", None)
	if hook is None:
		torch.optim.optimizer.register_optimizer_step_post_hook(
			lambda stepped, *_: steps.optimizer_stepped(stepped))
		return

	def profile_hook_step(function):
		inner = hook(function)

		def step(*args, **kwargs):
			result = inner(*args, **kwargs)
			if args:
				steps.optimizer_stepped(args[0])
			return result
		step.__name__ = getattr(inner, "__name__", "step")
		step.__doc__ = getattr(inner, "__doc__", None)
		step.__wrapped__ = inner
		return step
	optimizer.profile_hook_step = staticmethod(profile_hook_step)


def watch_profilers(torch, steps):
	profile = torch.profiler.profile
	inner = profile.step

	def step(self, *args, **kwargs):
		result = inner(self, *args, **kwargs)
		steps.profiler_stepped()
		return result
	step.__name__, step.__doc__, step.__wrapped__ = inner.__name__, inner.__doc__, inner
	profile.step = step


@quietly
def prepare(torch):
	"""torch has been imported; CUDA is not used yet, and may never be."""
	steps = Steps(torch.cuda.nvtx)
	operators = Operators(torch.autograd.profiler)

	def cuda_is_used():
		# In this order: operators lie within their step.
		steps.begin()
		operators.enter()

	quietly(watch_optimizers)(torch, steps)
	quietly(watch_profilers)(torch, steps)
	if not operators.make_way():
		operators.enter = lambda: None
	atexit.register(steps.end)
	atexit.register(operators.leave)
	if torch.cuda.is_initialized():
		cuda_is_used()
	else:
		torch.cuda._lazy_call(quietly(cuda_is_used))


class Watcher:
	"""Stands in front of the finders until torch is looked for, and goes."""

	def find_spec(self, name, path=None, target=None):
		if name != "torch":
			return None
		sys.meta_path.remove(self)
		spec = importlib.util.find_spec(name)
		if spec is None or spec.loader is None:
			return spec
		return self.follow(spec)

	@staticmethod
	def follow(spec):
		loader = spec.loader
		run = getattr(loader, "exec_module", None)
		if run is None:
			return spec

		def exec_module(module):
			run(module)
			prepare(module)
		try:
			loader.exec_module = exec_module
		except AttributeError:
			pass
		return spec


def watch():
	sys.meta_path.insert(0, Watcher())
