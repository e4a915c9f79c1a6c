/* SPDX-License-Identifier: Apache-2.0 */
/* What together.c asks of the shared objects that are built for one version each. */
#ifndef ABI_PLUGIN_H
#define ABI_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>

/* Statuses are numbers and handles addresses here: the versions' types are not each other's. */
struct abi_plugin {
	int major, version;    /* 11, 11080 */
	void (*run)(bool gpu); /* the cases; on a GPU without the generated calls */
	int (*runtime_version)(void);
	int (*fail)(void);  /* makes a call that fails, and leaves its error */
	int (*peek)(void);  /* cudaPeekAtLastError */
	int (*clear)(void); /* cudaGetLastError */
	void *(*new_stream)(void);
	int (*end_stream)(void *stream);
	void *(*new_memory)(size_t size);
	int (*set_memory)(void *memory, int value, size_t size, void *stream);
	int (*get_memory)(void *to, const void *memory, size_t size);
	int (*type_of)(const void *memory);
	int (*end_memory)(void *memory);
	void *(*new_graph)(void *memory, int value, size_t size);
	size_t (*edges)(void *graph);
	int (*launch_graph)(void *graph, void *stream); /* instantiates it first, and ends it */
	const void *(*kernel)(void);                    /* that fills a block of words */
	int (*launch)(const void *kernel, unsigned int *memory, unsigned int value, void *stream);
	struct abi_counts *counts;
};

#define ABI_PLUGIN "abi_plugin" /* the name of the structure in each object */

#endif
