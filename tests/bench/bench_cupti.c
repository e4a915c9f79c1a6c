/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loaded into a program that uses NVIDIA's runtime (LD_PRELOAD, or CUDA_INJECTION64_PATH): has
 * CUPTI record every call of the runtime, as profilers do, and throws the records away. What a call
 * costs then is what recording is compared with. Needs none of CUPTI's headers.
 *
 *	BENCH_CUPTI		path of libcupti.so.13
 *	BENCH_CUPTI_REPORT	file that gets one line at the end: the bytes of records
 *
 * Where it cannot do that it ends the program, for the figures would be of something else.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As profilers have them; kept for the next request, so that no request waits for the kernel. */
#define BUFFER_SIZE ((size_t)4 << 20)
#define BUFFERS     64

enum {
	ACTIVITY_RUNTIME = 5
};
enum {
	FLUSH_FORCED = 1
};

/* A status is an enumeration in C, 0 for success. */
typedef void requested_fn(uint8_t **buffer, size_t *size, size_t *records);
typedef void completed_fn(void *context, uint32_t stream, uint8_t *buffer, size_t size,
			  size_t valid);
typedef int register_fn(requested_fn *requested, completed_fn *completed);
typedef int enable_fn(int kind);
typedef int flush_fn(uint32_t flags);

static uint8_t *idle[BUFFERS];
static uint64_t record_bytes;
static flush_fn *flush_all;

static void die(const char *what, const char *why)
{
	fprintf(stderr, "bench_cupti: %s: %s\n", what, why);
	_Exit(1);
}

/* Both may be called by any thread. */
static void requested(uint8_t **buffer, size_t *size, size_t *records)
{
	*buffer = NULL;
	for (int i = 0; i < BUFFERS && !*buffer; i++)
		*buffer = __atomic_exchange_n(&idle[i], NULL, __ATOMIC_ACQ_REL);
	if (!*buffer)
		*buffer = aligned_alloc(64, BUFFER_SIZE);
	*size = *buffer ? BUFFER_SIZE : 0;
	*records = 0;
}

static void completed(void *context, uint32_t stream, uint8_t *buffer, size_t size, size_t valid)
{
	(void)context;
	(void)stream;
	(void)size;
	__atomic_fetch_add(&record_bytes, valid, __ATOMIC_RELAXED);
	for (int i = 0; i < BUFFERS; i++) {
		uint8_t *none = NULL;

		if (__atomic_compare_exchange_n(&idle[i], &none, buffer, 0, __ATOMIC_ACQ_REL,
						__ATOMIC_RELAXED))
			return;
	}
	free(buffer);
}

static void *symbol(void *library, const char *name)
{
	void *address = dlsym(library, name);

	if (!address)
		die(name, dlerror());
	return address;
}

static void fill_buffers(void)
{
	for (int i = 0; i < 4; i++) {
		idle[i] = aligned_alloc(64, BUFFER_SIZE);
		if (!idle[i])
			die("buffers", "no memory");
		memset(idle[i], 0, BUFFER_SIZE);
	}
}

/*
 * Registered with atexit: after the libraries' own ends CUPTI would have nothing to flush.
 */
static void report(void)
{
	const char *path = getenv("BENCH_CUPTI_REPORT");
	FILE *f = path ? fopen(path, "we") : NULL;
	int error = flush_all(FLUSH_FORCED);

	if (!f)
		return;
	fprintf(f, "%llu bytes of records, status of the last flush %d\n",
		(unsigned long long)record_bytes, error);
	fclose(f);
}

/* What the driver calls in a library that CUDA_INJECTION64_PATH names: all is done by then. */
__attribute__((visibility("default"))) int InitializeInjection(void)
{
	return 1;
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("BENCH_CUPTI");
	void *library;

	/* The children of the program are not what is measured. */
	unsetenv("LD_PRELOAD");
	library = dlopen(path ? path : "libcupti.so.13", RTLD_NOW | RTLD_GLOBAL);
	if (!library)
		die("libcupti", dlerror());
	flush_all = (flush_fn *)symbol(library, "cuptiActivityFlushAll");
	fill_buffers();
	if (((register_fn *)symbol(library, "cuptiActivityRegisterCallbacks"))(requested,
									       completed) != 0)
		die("cuptiActivityRegisterCallbacks", "it failed");
	if (((enable_fn *)symbol(library, "cuptiActivityEnable"))(ACTIVITY_RUNTIME) != 0)
		die("cuptiActivityEnable", "it failed");
	atexit(report);
}
