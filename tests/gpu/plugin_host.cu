/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin with kernels of its own: loaded, used, unloaded, and all of it again. */
#include <dlfcn.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "common.h"

/* The plugin lies beside the program. */
static void *open_plugin()
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 32);
	void *handle;

	if (length < 0)
		exit(1);
	path[length] = '\0';
	strcpy(strrchr(path, '/') + 1, "plugin.so");
	handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
	if (handle == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	return handle;
}

int main()
{
	int value = 0;

	for (int round = 0; round < 3; round++) {
		void *handle = open_plugin();
		int (*run)(int) = (int (*)(int))dlsym(handle, "plugin_run");

		value = run(value);
		printf("round %d: %d\n", round, value);
		dlclose(handle);
	}
	return 0;
}
