/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lookup_main WAY...: comes by functions of the driver in that way and calls them, the allocations
 * with sizes that tell which way it was. Exit status 0 if each answer is the driver's.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long address;
typedef int (*allocate_t)(address *at, size_t bytes);
typedef int (*lookup1_t)(const char *, void **, int, unsigned long long);
typedef int (*lookup2_t)(const char *, void **, int, unsigned long long, int *);

#define PER_THREAD 2

static void *library;

#define CHECK(condition)                                                                \
	do {                                                                            \
		if (!(condition)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __func__, __LINE__, #condition); \
			exit(1);                                                        \
		}                                                                       \
	} while (0)

/* A function that is called like the driver's, and is the program's own. */
int cuMemFree_v2(address at);
int cuMemFree_v2(address at)
{
	return (int)at + 7;
}

static void use(void *function, size_t bytes)
{
	allocate_t allocate;
	address at = 0;

	CHECK(function);
	*(void **)&allocate = function;
	CHECK(allocate(&at, bytes) == 0 && at);
}

static void make_context(void)
{
	int (*init)(unsigned int), (*retain)(void **, int), (*set)(void *);
	void *context;

	library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL);
	CHECK(library);
	*(void **)&init = dlsym(library, "cuInit");
	*(void **)&retain = dlsym(library, "cuDevicePrimaryCtxRetain");
	*(void **)&set = dlsym(library, "cuCtxSetCurrent");
	CHECK(init && retain && set);
	CHECK(init(0) == 0 && retain(&context, 0) == 0 && set(context) == 0);
}

static void dlsym_each(void)
{
	void *first = dlsym(library, "cuMemAlloc_v2"), *again = dlsym(library, "cuMemAlloc_v2");
	void *other = dlopen("libm.so.6", RTLD_NOW);
	int (*free_memory)(address);

	CHECK(first == again);
	use(first, 1001);
	use(again, 1002);
	use(dlsym(RTLD_DEFAULT, "cuMemAlloc_v2"), 1003);
	use(dlsym(RTLD_NEXT, "cuMemAlloc_v2"), 1004);
	/* The asker's own is the first, the driver's the next one. */
	*(void **)&free_memory = dlsym(RTLD_DEFAULT, "cuMemFree_v2");
	CHECK(free_memory == cuMemFree_v2 && free_memory(1) == 8);
	CHECK(dlsym(RTLD_NEXT, "cuMemFree_v2") == dlsym(library, "cuMemFree_v2"));
	/* What is not in a library is not found through its handle. */
	CHECK(other && !dlsym(other, "cuMemAlloc_v2"));
	CHECK(!dlsym(library, "cuNoSuchThing"));
	CHECK(!dlvsym(library, "cuMemAlloc_v2", "no_such_version"));
}

/* Each version is an ABI of its own. */
static void versions(void)
{
	lookup1_t one;
	lookup2_t two;
	int status = -1;
	void *found = &status, *v1, *v2;

	*(void **)&one = dlsym(library, "cuGetProcAddress");
	*(void **)&two = dlsym(library, "cuGetProcAddress_v2");
	CHECK(one && two);
	CHECK(one("cuMemAlloc", &found, 3020, 0) == 0);
	use(found, 2001);
	CHECK(two("cuMemAlloc", &found, 13000, 0, &status) == 0 && status == 0);
	use(found, 2002);
	CHECK(two("cuMemAlloc", &found, 3020, 0, NULL) == 0);
	use(found, 2003);
	CHECK(two("cuEventElapsedTime", &v1, 12070, 0, &status) == 0 && v1);
	CHECK(two("cuEventElapsedTime", &v2, 12080, 0, &status) == 0 && v2 && v1 != v2);
	CHECK(v1 == dlsym(library, "cuEventElapsedTime"));
	CHECK(v2 == dlsym(library, "cuEventElapsedTime_v2"));
	/* The look-up function itself, by itself: one name, and a version for each of the two. */
	CHECK(two("cuGetProcAddress", &v1, 11030, 0, &status) == 0 && *(void **)&one == v1);
	CHECK(two("cuGetProcAddress", &v2, 12000, 0, &status) == 0 && *(void **)&two == v2);
	/* Not there: said as the driver says it. */
	v1 = &status;
	CHECK(one("cuNoSuchThing", &v1, 13000, 0) == 500 && v1 == (void *)&status);
	CHECK(two("cuNoSuchThing", &v1, 13000, 0, &status) == 0 && !v1 && status == 1);
	CHECK(two("cuEventElapsedTime", &v1, 1000, 0, &status) == 0 && !v1 && status == 2);
	CHECK(two("", &v1, 13000, 0, &status) == 0 && !v1);
	CHECK(two("cuInit", NULL, 2000, 0, &status) == 1);
	CHECK(two(NULL, &v1, 2000, 0, &status) == 1);
}

static void per_thread(void)
{
	lookup2_t two;
	int (*query)(void *), status;
	void *found, *legacy;

	*(void **)&two = dlsym(library, "cuGetProcAddress_v2");
	CHECK(two("cuStreamQuery", &legacy, 7000, 0, &status) == 0);
	CHECK(legacy == dlsym(library, "cuStreamQuery"));
	CHECK(two("cuStreamQuery", &found, 7000, PER_THREAD, &status) == 0 && found != legacy);
	CHECK(found == dlsym(library, "cuStreamQuery_ptsz"));
	*(void **)&query = found;
	CHECK(query(NULL) == 0);
	/* Before they entered there is none; a function without such a form is the same for all. */
	CHECK(two("cuStreamQuery", &found, 6050, PER_THREAD, &status) == 0 && !found);
	CHECK(two("cuMemAlloc", &found, 12000, PER_THREAD, &status) == 0);
	use(found, 3001);
}

static void export_table(void)
{
	int (*get)(const void **, const void *);
	char id[16] = "";
	const void *table = id;

	*(void **)&get = dlsym(library, "cuGetExportTable");
	CHECK(get && get(&table, id) == 1 && !table);
}

/* Beside the program, where nothing but its own RUNPATH leads. */
static void runpath(void)
{
	CHECK(dlopen("libbeside.so", RTLD_NOW));
}

/* A driver that was closed by its last user is mapped anew. */
static void reopened(void)
{
	for (int i = 0; i < 20 && library; i++) {
		if (dlclose(library))
			break;
	}
	make_context();
	use(dlsym(library, "cuMemAlloc_v2"), 4001);
	dlsym_each();
}

/*
 * A driver that is newer than what is known: cuMemAlloc has another ABI in 13010, cuMemGetInfo has
 * the one that it had. Its symbols have versions.
 */
static void newer(void)
{
	lookup2_t two;
	int (*other)(address *, size_t, int), (*narrow)(unsigned int *, unsigned int), status;
	void *found, *known;
	unsigned int low;
	address at;

	use(dlvsym(library, "cuMemAlloc_v2", "driver"), 5000);
	*(void **)&two = dlsym(library, "cuGetProcAddress_v2");
	CHECK(two("cuMemAlloc", &found, 13010, 0, &status) == 0);
	*(void **)&other = found;
	CHECK(other(&at, 5001, 77) == 77);
	CHECK(two("cuMemAlloc", &known, 13000, 0, &status) == 0 && known != found);
	use(known, 5002);
	/* The first has 32 bits of address and of size. */
	CHECK(two("cuMemAlloc", &found, 2000, 0, &status) == 0 && found && found != known);
	*(void **)&narrow = found;
	errno = EXDEV;
	CHECK(narrow(&low, 5003) == 0 && low == 5003 && errno == EXDEV);
	CHECK(two("cuMemGetInfo", &found, 13010, 0, &status) == 0);
	CHECK(two("cuMemGetInfo", &known, 13000, 0, &status) == 0 && known == found);
	CHECK(two("cuFutureThing", &found, 13010, 0, &status) == 0);
	*(void **)&other = found;
	CHECK(other(&at, 0, 78) == 78);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} ways[] = {
		{ "dlsym", dlsym_each },          { "versions", versions },
		{ "per-thread", per_thread },     { "newer", newer },
		{ "export-table", export_table }, { "runpath", runpath },
		{ "reopened", reopened },
	};

	make_context();
	for (int i = 1; i < argc; i++) {
		for (size_t w = 0; w < sizeof(ways) / sizeof(*ways); w++) {
			if (!strcmp(argv[i], ways[w].name))
				ways[w].run();
		}
	}
	return 0;
}
