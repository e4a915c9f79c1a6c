/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls whose arguments are watched. What the library writes lies between guard bytes, which are
 * looked at after every call; what it only reads lies in a page that cannot be written, before one
 * that cannot be read, so that a byte too many ends the program with the call's name.
 */
#ifndef ABI_GUARD_H
#define ABI_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "toolkit.h"

struct abi_counts {
	unsigned int checks, failures;
	unsigned int calls;   /* that were watched */
	unsigned int touched; /* guard bytes */
};

extern struct abi_counts abi_counts;

/* Whether a condition holds, whether two numbers are the same: one check each. */
#define CHECK(condition) abi_check((condition), #condition, __FILE__, __LINE__)
#define SAME(value, wanted) \
	abi_same((long long)(value), (long long)(wanted), #value, __FILE__, __LINE__)
#define SAME_BYTES(a, b, count) \
	abi_check(memcmp(a, b, count) == 0, #a " are " #b, __FILE__, __LINE__)

/* A watched call; its result. A failure must be the thread's last error, which is cleared. */
#define CALL(call)         CALLED(#call, call)
#define CALLED(text, call) abi_returned((abi_calling(text, __FILE__, __LINE__), (call)))

/* A watched call that must have this result. */
#define GIVES(wanted, call) abi_same(CALLED(#call, call), (wanted), #call, __FILE__, __LINE__)
#define OK(call)            abi_same(CALLED(#call, call), cudaSuccess, #call, __FILE__, __LINE__)

/* Room for an output between guard bytes; it holds ABI_UNTOUCHED. */
#define OUTPUT(type) ((type *)abi_output(sizeof(type)))
/* A copy of a value that the library may read and no more. */
#define INPUT(...) abi_input(&(__VA_ARGS__), sizeof(__VA_ARGS__))

#define ABI_UNTOUCHED   0x5a
#define ABI_GUARD_BYTES 512

#define ABI_INPUT_MAX 4096

void *abi_output(size_t size);
const void *abi_input(const void *value, size_t size);
void abi_release(void); /* all rooms and copies */

/* Is every byte of an output as abi_output gave it? */
bool abi_untouched(const void *output, size_t size);

void abi_check(bool ok, const char *text, const char *file, int line);
void abi_same(long long value, long long wanted, const char *text, const char *file, int line);
void abi_calling(const char *text, const char *file, int line);
cudaError_t abi_returned(cudaError_t error);
void abi_watch(void); /* the guard bytes; abi_returned does it */

#endif
