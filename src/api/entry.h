/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the generated entries are made of. Included by them alone.
 *
 * Each entry point X is four functions: the exported X tests its gate and jumps to run_X
 * (recording is off, or X was not selected) or on_X (recording, or not yet decided); run_X makes
 * the runtime ready, does the work and keeps the last error; on_X wraps run_X in a record, and
 * jumps to slow_X, which does the same, where that takes more than rec_begin_plain. Both are out of
 * line on purpose: with on_X inlined, X would save registers before the test. Nor are they `cold`,
 * which would have the compiler optimise the hot path of a recorded program for size.
 */
#ifndef API_ENTRY_H
#define API_ENTRY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Everything that is not exported is bound directly, without a look into the GOT. */
#pragma GCC visibility push(hidden)
#include "api/ids.h"
#include "api/kernel_args.h"
#include "record/inject.h"
#include "record/payload.h"
#include "record/record.h"
#include "runtime/calls.h"
#include "runtime/entry.h"
#pragma GCC visibility pop

#define API_EXPORT   __attribute__((visibility("default")))
#define API_NOINLINE __attribute__((noinline))

#define api_likely(x)   __builtin_expect(!!(x), 1)
#define api_unlikely(x) __builtin_expect(!!(x), 0)

/* One compare and one branch in every exported function. */
static inline int api_recording_is_off(enum api_function function)
{
	return rec_gate(function) == REC_OFF;
}

/* Stream 0 of a per-thread-default-stream program; explicit handles stay what they are. */
static inline cudaStream_t api_per_thread(cudaStream_t stream)
{
	return stream == NULL ? cudaStreamPerThread : stream;
}

/* Not NULL and not one of the default streams, which are numbers. */
#define api_is_object(handle) ((uintptr_t)(handle) > (uintptr_t)cudaStreamPerThread)

#endif
