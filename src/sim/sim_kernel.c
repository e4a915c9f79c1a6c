/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C functions that stand for kernels: those registered by name, and those that a loaded object
 * exports as curtrace_sim__NAME.
 */
#define _GNU_SOURCE /* dl_iterate_phdr, RTLD_DEFAULT */
#include "sim/code.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "curtrace_sim__"

struct registered {
	struct registered *next;
	curtrace_sim_function function;
	char name[];
};

/* Never shrinks: a function that is taken back leaves its name. */
static struct registered *registry;
static unsigned long long changes = 1; /* of the registry */

static struct registered *find(const char *name)
{
	struct registered *entry = registry;

	while (entry && strcmp(entry->name, name) != 0)
		entry = entry->next;
	return entry;
}

curtrace_sim_function sim_kernel_registered(const char *name)
{
	const struct registered *entry;
	curtrace_sim_function function = NULL;

	sim_lock();
	entry = find(name);
	if (entry)
		function = entry->function;
	sim_unlock();
	return function;
}

__attribute__((visibility("default"))) void curtrace_sim_kernel(const char *name,
								curtrace_sim_function function)
{
	struct registered *entry;

	if (!name)
		return;
	sim_lock();
	changes++;
	entry = find(name);
	if (!entry) {
		entry = malloc(sizeof(*entry) + strlen(name) + 1);
		if (entry) {
			strcpy(entry->name, name);
			entry->next = registry;
			registry = entry;
		}
	}
	if (entry)
		entry->function = function;
	sim_unlock();
}

static int count_changes(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)size;
	*(unsigned long long *)data += info->dlpi_adds + info->dlpi_subs;
	return 1;
}

/*
 * Changes whenever an object is loaded or unloaded or a function is registered. The C library
 * guards its list of objects by a lock that is held for no longer than a change of the list takes.
 */
static unsigned long long state(void)
{
	unsigned long long sum = changes;

	dl_iterate_phdr(count_changes, &sum);
	return sum;
}

static CUkernel kernel_of(CUfunction handle)
{
	if (sim_handle_ok(handle, SIM_H_FUNCTION))
		return handle->kernel;
	return sim_handle_ok(handle, SIM_H_KERNEL) ? (CUkernel)(void *)handle : NULL;
}

/* The paths of what is loaded. */
struct objects {
	char **paths;
	size_t count;
};

static int add_object(struct dl_phdr_info *info, size_t size, void *data)
{
	struct objects *objects = data;
	char **paths = realloc(objects->paths, (objects->count + 1) * sizeof(*paths));

	(void)size;
	if (!paths)
		return 1;
	objects->paths = paths;
	if (info->dlpi_name[0] == '/')
		paths[objects->count] = strdup(info->dlpi_name);
	if (info->dlpi_name[0] == '/' && paths[objects->count])
		objects->count++;
	return 0;
}

/*
 * In the objects that dlopen took in for their opener alone, as programs load their plugins. The
 * paths are gathered first: the C library's lock must not be held while objects are opened.
 */
static void *exported_locally(const char *symbol)
{
	struct objects objects = { NULL, 0 };
	void *function = NULL;

	dl_iterate_phdr(add_object, &objects);
	for (size_t i = 0; i < objects.count; i++) {
		void *object = function ? NULL : dlopen(objects.paths[i], RTLD_LAZY | RTLD_NOLOAD);

		if (object) {
			function = dlsym(object, symbol);
			dlclose(object);
		}
		free(objects.paths[i]);
	}
	free(objects.paths);
	return function;
}

/* Looked for in all objects, the program first, as any symbol is. */
static curtrace_sim_function exported(const char *name)
{
	size_t length = strlen(name);
	char *symbol = malloc(sizeof(PREFIX) + length);
	curtrace_sim_function function;

	if (!symbol)
		return NULL;
	memcpy(symbol, PREFIX, sizeof(PREFIX) - 1);
	memcpy(symbol + sizeof(PREFIX) - 1, name, length + 1);
	sim_unlock();
	*(void **)&function = dlsym(RTLD_DEFAULT, symbol);
	if (!function)
		*(void **)&function = exported_locally(symbol);
	sim_lock();
	free(symbol);
	return function;
}

/* With CURTRACE_SIM_VERBOSE=1: a kernel without a function is told about once. */
static void tell(CUkernel kernel)
{
	if (kernel->told || !sim_settings.verbose)
		return;
	kernel->told = true;
	fprintf(stderr, "curtrace-sim: kernel %s has no C function and does nothing\n",
		kernel->info->name);
}

void sim_kernel_look(CUfunction handle)
{
	CUkernel kernel = kernel_of(handle);
	const struct registered *entry;
	curtrace_sim_function function = NULL;
	unsigned long long now = state();

	if (!kernel || kernel->found_at == now)
		return;
	entry = find(kernel->info->name);
	if (entry)
		function = entry->function;
	if (!function)
		function = exported(kernel->info->name);
	/* The lock was released: the kernel may be gone. */
	kernel = kernel_of(handle);
	if (!kernel)
		return;
	kernel->function = function;
	kernel->found_at = now;
	if (!function)
		tell(kernel);
}

curtrace_sim_function sim_kernel_function(CUkernel kernel)
{
	return kernel->function;
}
