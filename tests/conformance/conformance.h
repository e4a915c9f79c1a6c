/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a conformance case is written with. A case is a function that calls the runtime and shows
 * what came of it; it runs in a process of its own and has no opinion about what is right: the
 * text that it prints with NVIDIA's library on a GPU is what it must print with ours.
 *
 *	#include "conformance.h"
 *
 *	CASE(malloc_of_nothing)
 *	{
 *		void *p = UNTOUCHED;
 *
 *		DO(cudaMalloc(&p, 0));
 *		SHOW(p);
 *	}
 *
 * prints
 *
 *	cudaMalloc(&p, 0) = cudaSuccess
 *	  p: null
 *
 * Nothing that depends on an address, a memory's size, a time or a driver's wording is shown. One
 * line is one compared check. README.md beside this file says the rest.
 */
#ifndef CONFORMANCE_CONFORMANCE_H
#define CONFORMANCE_CONFORMANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Files of domains whose entry points have a twin for the per-thread default stream are compiled
 * twice. The second time every call goes to the twin, as in a program that nvcc compiled with
 * -default-stream per-thread, and the domain's name ends in ".per_thread".
 */
#ifdef CONF_PER_THREAD
#define CUDA_API_PER_THREAD_DEFAULT_STREAM
#define CONF_SUFFIX ".per_thread"
#else
#define CONF_SUFFIX ""
#endif

#include "api/cudart.h"
#include "kernels.h"

/*
 * On a GPU, where a context takes half a second to make, the cases of a file run after one another
 * in few processes. A file whose cases are about a process's first calls, or leave behind what the
 * next one would see, says otherwise before it includes this header.
 */
#ifdef CONF_FRESH_PROCESS
#define CONF_FRESH 1
#else
#define CONF_FRESH 0
#endif

struct conf_case {
	const char *domain;
	const char *name;
	int devices; /* that it needs */
	int fresh;   /* needs a process of its own */
	void (*run)(void);
};

/* CONF_DOMAIN is the name of the file, given by the build. */
#define CONF_CASE(case_name, device_count, is_fresh)                                    \
	static void conf_run_##case_name(void);                                         \
	static const struct conf_case conf_entry_##case_name = {                        \
		.domain = CONF_DOMAIN CONF_SUFFIX,                                      \
		.name = #case_name,                                                     \
		.devices = (device_count),                                              \
		.fresh = (is_fresh),                                                    \
		.run = conf_run_##case_name,                                            \
	};                                                                              \
	static const struct conf_case *const conf_listed_##case_name                    \
		__attribute__((section("conf_cases"), used)) = &conf_entry_##case_name; \
	static void conf_run_##case_name(void)

#define CASE(name) CONF_CASE(name, 1, CONF_FRESH)

/* A case that must have its process for itself, in a file of others that need not. */
#define CASE_ALONE(name) CONF_CASE(name, 1, 1)

/* A case for two devices; it is left out on a machine with one. */
#define CASE_TWO_DEVICES(name) CONF_CASE(name, 2, CONF_FRESH)

/*
 * Makes a call, prints it with its result and, where it is not what the result lets expect, the
 * thread's last error. A failure is expected to become the last error and a success to leave it.
 * Any last error is cleared afterwards. Gives the result.
 */
#define DO(call) conf_called(#call, (conf_before(), (call)))

/* The same, but leaves the last error for the next calls to meet. */
#define DO_KEEP(call) conf_called_keep(#call, (conf_before(), (call)))

/* A call that only prepares: printed if it fails. */
#define NEED(call) conf_needed(#call, (call))

/* What an output holds before the call: SHOW prints "untouched" if it still does. */
#define UNTOUCHED     ((void *)0x5a5a5a5a5a5a5a5a)
#define UNTOUCHED_INT 0x5a5a5a5a
#define UNTOUCHED_64  0x5a5a5a5a5a5a5a5aLL
/* Fills a variable of any type so. */
#define UNTOUCH(variable) memset(&(variable), 0x5a, sizeof(variable))

/* A number as such; of a pointer only whether it is null. */
#define SHOW(value)                                  \
	_Generic((value), float                      \
		 : conf_show_real, double            \
		 : conf_show_real, bool              \
		 : conf_show_int, char               \
		 : conf_show_int, signed char        \
		 : conf_show_int, unsigned char      \
		 : conf_show_int, short              \
		 : conf_show_int, unsigned short     \
		 : conf_show_int, int                \
		 : conf_show_int, unsigned int       \
		 : conf_show_int, long               \
		 : conf_show_int, unsigned long      \
		 : conf_show_int, long long          \
		 : conf_show_int, unsigned long long \
		 : conf_show_int, default            \
		 : conf_show_pointer)(#value, (value))

/* Whether a condition holds, with its text: SHOW_IF(q == p + 8). */
#define SHOW_IF(condition) conf_print("  %s: %s", #condition, (condition) ? "yes" : "no")

/* A text that does not come from the driver or NVIDIA's library, which may not be kept. */
#define SHOW_TEXT(text) conf_show_text(#text, (text))

/* Bytes in hexadecimal, repeated ones as 00x16; of host memory, and of a device's by cudaMemcpy. */
#define SHOW_BYTES(pointer, count)  conf_show_bytes(#pointer, (pointer), (count))
#define SHOW_DEVICE(pointer, count) conf_show_device(#pointer, (pointer), (count))

/* A heading or remark. */
void conf_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

void conf_before(void);
cudaError_t conf_called(const char *text, cudaError_t result);
cudaError_t conf_called_keep(const char *text, cudaError_t result);
cudaError_t conf_needed(const char *text, cudaError_t result);
void conf_show_int(const char *text, long long value);
void conf_show_real(const char *text, double value);
void conf_show_pointer(const char *text, const void *value);
void conf_show_text(const char *text, const char *value);
void conf_show_bytes(const char *text, const void *bytes, size_t count);
void conf_show_device(const char *text, const void *device, size_t count);

/* The enumerator of an error code, from our own declarations. */
const char *conf_error_name(cudaError_t error);

/* Runs a function in a thread of its own until it returns. */
void conf_in_thread(void (*run)(void *), void *data);

#endif
