/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the generated wrappers of the driver's functions are made of. Included by them alone. As in
 * api/entry.h, a wrapper tests its gate and jumps to the driver's function or to its recording
 * twin; nothing else is done to the call.
 */
#ifndef HOOK_DRIVER_ENTRY_H
#define HOOK_DRIVER_ENTRY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Everything that is not exported is bound directly, without a look into the GOT. */
#pragma GCC visibility push(hidden)
#include "driver/cuda_abi.h"
#include "hook/driver_forms.h"
#include "hook/driver_lookup.h"
#include "hook/driver_names.h"
#include "record/inject.h"
#include "record/payload.h"
#include "record/record.h"
#pragma GCC visibility pop

#define HOOK_NOINLINE __attribute__((noinline))

#define hook_likely(x)   __builtin_expect(!!(x), 1)
#define hook_unlikely(x) __builtin_expect(!!(x), 0)

/* The driver's own function, with the argument types that follow. */
#define ORIGINAL(number, ...) ((CUresult(*)(__VA_ARGS__))hook_driver_originals[number])

static inline int hook_recording_is_off(unsigned int function)
{
	return rec_gate(function) == REC_OFF;
}

#endif
