/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What keys in records of the driver's calls mean: kernels by their handles, streams, devices.
 * Defined when the driver gives the handle out; a kernel whose handle came another way (before
 * recording was on, from a graph, by an export table) when it is launched, by asking the driver for
 * its name.
 */
#ifndef HOOK_DRIVER_NAMES_H
#define HOOK_DRIVER_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/cuda_abi.h"

/* A power of two. Programs have some thousand kernels; beyond it they go without names. */
#define HOOK_KERNELS 16384
#define HOOK_PROBES  64

/*
 * A set of handles: 48 bits of address, and 16 bits of a hash of the name, so that a handle which
 * is given out again for another kernel is noticed. Entries are never taken out.
 */
extern uint64_t hook_kernels[HOOK_KERNELS] __attribute__((visibility("hidden")));

static inline uint32_t hook_kernel_place(uintptr_t key)
{
	return (uint32_t)(key * 0x9e3779b97f4a7c15 >> 40) % HOOK_KERNELS;
}

/* Asked for every launch that is recorded. True also where there is no room to note it. */
static inline bool hook_kernel_is_known(uintptr_t key)
{
	uint32_t place = hook_kernel_place(key);

	for (unsigned int i = 0; i < HOOK_PROBES; i++) {
		uint64_t entry = __atomic_load_n(&hook_kernels[(place + i) % HOOK_KERNELS],
						 __ATOMIC_RELAXED);

		if (entry >> 16 == (key & 0xffffffffffff))
			return true;
		if (!entry)
			return false;
	}
	return true;
}

#pragma GCC visibility push(hidden)

/* A kernel was launched whose name has not been told. */
void hook_kernel_met(uintptr_t key);

/* After success of the functions whose rows of driver.tbl have names=..., with their arguments. */
void hook_note_function(const CUfunction *function, CUmodule module, const char *name);
void hook_note_kernel(const CUkernel *kernel, CUlibrary library, const char *name);
void hook_note_primary(const CUcontext *context, CUdevice device);
void hook_note_context(const CUcontext *context, unsigned int flags, CUdevice device);
void hook_note_stream(const CUstream *stream, unsigned int flags);
void hook_note_priority(const CUstream *stream, unsigned int flags, int priority);

/*
 * Asked of whoever puts this into a library (src/shim): a program that calls the driver has a
 * context on this device. Once for each device.
 */
void hook_host_device(CUdevice device);

/* In a child that records into files of its own nothing is defined. */
void hook_driver_names_forget(void);

#pragma GCC visibility pop

#endif
