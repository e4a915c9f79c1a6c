/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the runtime tells an onlooker about the things that it resolves: kernels, devices, streams,
 * versions. The runtime knows nothing of recording; whoever wires the library together (src/shim)
 * sets an observer. All of it is reported from slow paths, in the thread that caused it, before
 * the call that caused it returns.
 */
#ifndef RUNTIME_INTROSPECT_H
#define RUNTIME_INTROSPECT_H

#include <stdbool.h>
#include <stddef.h>

/* Facts of a device, read once when its primary context is first made ready. */
struct rt_device_facts {
	int ordinal;
	const char *name;
	size_t total_memory;
	int compute_major, compute_minor;
	int multiprocessors;
	int warp_size;
	int max_threads_per_block;
	int max_threads_per_multiprocessor;
	int registers_per_block;
	int registers_per_multiprocessor;
	size_t shared_per_block;
	size_t shared_per_block_optin;
	size_t shared_per_multiprocessor;
};

struct rt_observer {
	/* A kernel was used for the first time; `key` is any value by which calls name it: the
	 * host stub's address, a cudaKernel_t, a cudaFunction_t. One report per key. */
	void (*kernel)(const void *key, const char *name);
	/* A device variable's host address was used for the first time. */
	void (*symbol)(const void *key, const char *name, size_t size);
	void (*device)(const struct rt_device_facts *facts);
	/* A stream was made by the runtime. */
	void (*stream)(const void *handle, int device, unsigned int flags, int priority);
	/* The driver was loaded; version 0 and file NULL when there is none. */
	void (*driver)(int runtime_version, int driver_version, const char *driver_file);
	/*
	 * The program has registered a reference to a texture or a surface, which the runtime
	 * cannot bind: calls that do so are answered cudaErrorNotSupported. Not resolved, but
	 * known as soon as the program is loaded.
	 */
	void (*reference)(const void *key, const char *name, bool is_surface);
	/* The program has switched profiling on or off; every time that it asks for it. */
	void (*profiling)(bool on);
};

/*
 * Sets the observer (static storage; NULL: none), once, before the first call or from it.
 * What was resolved earlier is not repeated: rt_introspect_repeat does that.
 */
void rt_observe(const struct rt_observer *observer);

/*
 * Reports everything resolved so far again: a forked child has a new record to fill. A lock of the
 * runtime is held meanwhile, so that names stay where they are: the observer calls nothing of it.
 */
void rt_introspect_repeat(void);

#endif
