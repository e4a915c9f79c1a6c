/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver is asked through its own functions, which record nothing; it answers from what it has
 * in memory, also while a stream is being captured.
 */
#include "hook/driver_names.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "hook/driver_lookup.h"
#include "record/define.h"

uint64_t hook_kernels[HOOK_KERNELS];

/* FNV-1a, folded; never 0, so that an entry of key 0 is not taken for a free place. */
static uint16_t hash_of(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	hash ^= hash >> 16;
	return (uint16_t)hash ? (uint16_t)hash : 1;
}

/* False: it was there with this name. Two threads may both be the first, which defines it twice. */
static bool note(uintptr_t key, const char *name)
{
	uint64_t wanted = (uint64_t)key << 16 | hash_of(name);
	uint32_t place = hook_kernel_place(key);

	for (unsigned int i = 0; i < HOOK_PROBES; i++) {
		uint64_t *entry = &hook_kernels[(place + i) % HOOK_KERNELS], found = 0;

		if (__atomic_compare_exchange_n(entry, &found, wanted, false, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			return true;
		if (found >> 16 != wanted >> 16)
			continue;
		if (found == wanted)
			return false;
		__atomic_store_n(entry, wanted, __ATOMIC_RELAXED);
		return true;
	}
	return true;
}

static struct rec_piece piece(const char *text)
{
	return (struct rec_piece){ .text = text, .size = strlen(text) };
}

static void define_kernel(uintptr_t key, const char *name)
{
	const struct rec_piece pieces[] = { piece("name="), piece(name), piece("\n") };

	if (note(key, name) && *name)
		rec_define(CTR_DEF_KERNEL, key, pieces, 3);
}

/* Either kind of handle may be launched; a driver older than 12.3 knows neither question. */
static const char *ask_name(uintptr_t key)
{
	typedef CUresult (*ask)(const char **, const void *);
	static const char *const questions[] = { "cuFuncGetName", "cuKernelGetName" };
	const char *name = NULL;

	for (unsigned int i = 0; i < 2; i++) {
		ask question = (ask)hook_driver_original(questions[i]);

		if (question && question(&name, (const void *)key) == CUDA_SUCCESS && name)
			return name;
	}
	return "";
}

void hook_kernel_met(uintptr_t key)
{
	int saved_errno = errno;

	define_kernel(key, ask_name(key));
	errno = saved_errno;
}

void hook_note_function(const CUfunction *function, CUmodule module, const char *name)
{
	(void)module;
	if (function && name)
		define_kernel((uintptr_t)*function, name);
}

void hook_note_kernel(const CUkernel *kernel, CUlibrary library, const char *name)
{
	(void)library;
	if (kernel && name)
		define_kernel((uintptr_t)*kernel, name);
}

/* Machines have eight. */
static uint64_t devices_told;

void hook_note_primary(const CUcontext *context, CUdevice device)
{
	uint64_t bit = device >= 0 && device < 64 ? 1ull << device : 0;
	int saved_errno = errno;

	(void)context;
	if (bit && !(__atomic_fetch_or(&devices_told, bit, __ATOMIC_RELAXED) & bit))
		hook_host_device(device);
	errno = saved_errno;
}

void hook_note_context(const CUcontext *context, unsigned int flags, CUdevice device)
{
	(void)flags;
	hook_note_primary(context, device);
}

static int current_device(void)
{
	typedef CUresult (*ask)(CUdevice *);
	ask question = (ask)hook_driver_original("cuCtxGetDevice");
	CUdevice device;

	return question && question(&device) == CUDA_SUCCESS ? device : -1;
}

void hook_note_stream(const CUstream *stream, unsigned int flags)
{
	hook_note_priority(stream, flags, 0);
}

void hook_note_priority(const CUstream *stream, unsigned int flags, int priority)
{
	if (stream)
		rec_define_stream((uintptr_t)*stream, current_device(), flags, priority);
}

void hook_driver_names_forget(void)
{
	memset(hook_kernels, 0, sizeof(hook_kernels));
	devices_told = 0;
}
