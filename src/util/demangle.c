/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C++ ABI has a function that reads its names, and every C++ runtime has that function: the
 * one that is installed knows as much of the language as the programs on this machine need. A
 * tool that is not C++ must not depend on it, so that it is loaded when the first name wants it.
 */
#include "util/demangle.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

typedef char *demangle_fn(const char *name, char *buffer, size_t *size, int *status);

static demangle_fn *demangle;

static void find(void)
{
	static const char *const libraries[] = { "libstdc++.so.6", "libc++abi.so.1" };

	for (size_t i = 0; !demangle && i < sizeof(libraries) / sizeof(libraries[0]); i++) {
		void *library = dlopen(libraries[i], RTLD_LAZY | RTLD_LOCAL);

		if (library)
			demangle = (demangle_fn *)dlsym(library, "__cxa_demangle");
	}
}

char *ut_demangle(const char *name)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int status = 0;

	/* What does not begin so would be taken for the code of a type: i is int. */
	if (strncmp(name, "_Z", 2) != 0)
		return NULL;
	/* Two traces may be read at once. */
	pthread_once(&once, find);
	return demangle ? demangle(name, NULL, NULL, &status) : NULL;
}
