/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the runtime's observer to definitions. The texts are "name=value" lines; the names are those
 * of trace_format.h, and for devices those that readers of PyTorch's traces know.
 */
#include "shim/observe.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hook/driver_lookup.h"
#include "hook/loaded.h"
#include "record/define.h"
#include "record/gates.h"
#include "runtime/introspect.h"

static struct rec_piece piece(const char *text)
{
	return (struct rec_piece){ .text = text, .size = strlen(text) };
}

/* "name=NAME\n" and further lines. */
static void define_named(enum ctr_def_kind kind, uint64_t key, const char *name, const char *rest)
{
	const struct rec_piece pieces[] = { piece("name="), piece(name), piece("\n"), piece(rest) };

	rec_define(kind, key, pieces, 4);
}

/* The key is what launches hold: a stub's address, or a handle. */
static void kernel(const void *key, const char *name)
{
	define_named(CTR_DEF_KERNEL, (uintptr_t)key, name, "");
}

static void symbol(const void *key, const char *name, size_t size)
{
	char rest[32];

	snprintf(rest, sizeof(rest), "size=%zu\n", size);
	define_named(CTR_DEF_SYMBOL, (uintptr_t)key, name, rest);
}

static void device(const struct rt_device_facts *facts)
{
	char rest[512];

	snprintf(rest, sizeof(rest),
		 "totalGlobalMem=%zu\ncomputeMajor=%d\ncomputeMinor=%d\nnumSms=%d\nwarpSize=%d\n"
		 "maxThreadsPerBlock=%d\nmaxThreadsPerMultiprocessor=%d\nregsPerBlock=%d\n"
		 "regsPerMultiprocessor=%d\nsharedMemPerBlock=%zu\nsharedMemPerBlockOptin=%zu\n"
		 "sharedMemPerMultiprocessor=%zu\n",
		 facts->total_memory, facts->compute_major, facts->compute_minor,
		 facts->multiprocessors, facts->warp_size, facts->max_threads_per_block,
		 facts->max_threads_per_multiprocessor, facts->registers_per_block,
		 facts->registers_per_multiprocessor, facts->shared_per_block,
		 facts->shared_per_block_optin, facts->shared_per_multiprocessor);
	define_named(CTR_DEF_DEVICE, (uint64_t)facts->ordinal, facts->name, rest);
}

/* The id of a stream is the driver's to tell and costs a call: it is not asked for here. */
static void stream(const void *handle, int device, unsigned int flags, int priority)
{
	rec_define_stream((uintptr_t)handle, device, flags, priority);
}

/* With no driver the trace says so by version 0; without a runtime (0) nothing is said of one. */
static void driver(int runtime_version, int driver_version, const char *driver_file)
{
	char versions[64];
	struct rec_piece pieces[4];

	if (runtime_version)
		snprintf(versions, sizeof(versions), "runtime=%d\ndriver=%d\n", runtime_version,
			 driver_version);
	else
		snprintf(versions, sizeof(versions), "driver=%d\n", driver_version);
	pieces[0] = piece(versions);
	pieces[1] = piece("driver_file=");
	pieces[2] = piece(driver_file ? driver_file : "");
	pieces[3] = piece("\n");
	rec_define(CTR_DEF_VERSIONS, 0, pieces, driver_file ? 4 : 1);
	if (driver_file)
		hook_driver_appeared(true);
}

/* The collector makes a warning of it. */
static void reference(const void *key, const char *name, bool is_surface)
{
	define_named(CTR_DEF_REFERENCE, (uintptr_t)key, name,
		     is_surface ? "kind=surface\n" : "kind=texture\n");
}

static void profiling(bool on)
{
	rec_range(on);
}

/* ---- objects with a runtime of their own ---------------------------------------------------- */

/* The program itself goes by the name that leads to it in every process. */
static const char *path_of(const struct hook_module *module, char *out, size_t size)
{
	ssize_t length;

	if (strcmp(module->path, "/proc/self/exe") != 0)
		return module->path;
	length = readlink(module->path, out, size - 1);
	if (length < 0)
		return module->path;
	out[length] = '\0';
	return out;
}

static void tell_module(const struct hook_module *module)
{
	static _Atomic uint64_t number;
	char path[PATH_MAX], rest[256];
	struct rec_piece pieces[4];

	static const char *const roles[] = {
		[HOOK_ROLE_STATIC_RUNTIME] = "static-runtime",
		[HOOK_ROLE_SHARED_RUNTIME] = "shared-runtime",
		[HOOK_ROLE_DRIVER] = "driver",
		[HOOK_ROLE_DRIVER_FUNCTION] = "driver-function",
	};

	snprintf(rest, sizeof(rest), "\nrole=%s\ncovered=%s\nabi=%s\nwhy=%s\nfunction=%s\n",
		 roles[module->role], module->covered ? "yes" : "no", module->abi, module->why,
		 module->name);
	pieces[0] = piece("path=");
	pieces[1] = piece(path_of(module, path, sizeof(path)));
	pieces[2] = piece(rest);
	rec_define(CTR_DEF_MODULE, ++number, pieces, 3);
}

static void tell_passed(const char *name)
{
	const struct hook_module module = {
		.role = HOOK_ROLE_DRIVER_FUNCTION,
		.abi = "",
		.why = "",
		.name = name,
		.path = "libcuda.so.1",
	};

	tell_module(&module);
}

void shim_tell_modules(bool again)
{
	hook_modules_each(again, tell_module);
	hook_driver_passed_each(again, tell_passed);
}

const struct rt_observer shim_observer = {
	.kernel = kernel,
	.symbol = symbol,
	.device = device,
	.stream = stream,
	.driver = driver,
	.reference = reference,
	.profiling = profiling,
};
