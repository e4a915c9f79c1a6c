/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reach_main WHERE BYTES RUNTIME [LIBRARY]: uses CUDA
 *	here		in the program or in a library that it was linked to
 *	child		the same in a forked child
 *	exec		the same in a program that a child executes
 *	later, deepbind, namespace
 *			in a library that it loads, plainly, with RTLD_DEEPBIND, with dlmopen
 * Exit status 0 if that worked, else what it answered.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reach.h"

#ifdef HAVE_USER
#define USE(runtime, bytes) reach(runtime, bytes)
#else
#define USE(runtime, bytes) (-3)
#endif

static int later(const char *where, const char *path, const char *runtime, size_t bytes)
{
	int (*use)(const char *, size_t);
	void *library;

	if (!strcmp(where, "namespace"))
		library = dlmopen(LM_ID_NEWLM, path, RTLD_NOW);
	else if (!strcmp(where, "deepbind"))
		library = dlopen(path, RTLD_NOW | RTLD_DEEPBIND);
	else
		library = dlopen(path, RTLD_NOW);
	if (!library) {
		fprintf(stderr, "%s\n", dlerror());
		return -1;
	}
	*(void **)&use = dlsym(library, "reach");
	return use ? use(runtime, bytes) : -2;
}

int main(int argc, char **argv)
{
	size_t bytes;
	int status;
	pid_t child;

	if (argc < 4)
		return 99;
	bytes = strtoul(argv[2], NULL, 10);
	if (argc > 4)
		return later(argv[1], argv[4], argv[3], bytes) & 0xff;
	if (!strcmp(argv[1], "here"))
		return USE(argv[3], bytes) & 0xff;
	child = fork();
	if (child == 0 && !strcmp(argv[1], "exec"))
		execl(argv[0], argv[0], "here", argv[2], argv[3], (char *)NULL);
	if (child == 0)
		_exit(USE(argv[3], bytes) & 0xff);
	if (child < 0 || waitpid(child, &status, 0) != child)
		return 98;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 97;
}
