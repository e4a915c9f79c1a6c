# SPDX-License-Identifier: Apache-2.0
"""
What `curtrace record --torch` puts in front of PYTHONPATH. Python imports it at its start: it
gives way to the sitecustomize that would have been found without it, and waits for torch to be
imported. Whatever goes wrong here, the program goes on without it.
"""

import importlib.machinery
import importlib.util
import os
import sys

_FOLDER = os.path.dirname(os.path.abspath(__file__))


def _is_ours(folder):
	try:
		return os.path.samefile(folder or os.curdir, _FOLDER)
	except OSError:
		return False


def _import_theirs():
	"""Under its own name, as if we had never been there; its exceptions are the program's."""
	spec = importlib.machinery.PathFinder.find_spec("sitecustomize", sys.path)
	if spec is None or spec.loader is None:
		return
	module = importlib.util.module_from_spec(spec)
	sys.modules["sitecustomize"] = module
	spec.loader.exec_module(module)


def _watch_for_torch():
	spec = importlib.util.spec_from_file_location(
		"_curtrace_torch", os.path.join(_FOLDER, "curtrace_torch.py"))
	module = importlib.util.module_from_spec(spec)
	spec.loader.exec_module(module)
	module.watch()


sys.path[:] = [folder for folder in sys.path if not _is_ours(folder)]
try:
	_watch_for_torch()
except Exception:
	pass
_import_theirs()
