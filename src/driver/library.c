/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens libcuda and resolves the driver table. As NVIDIA's runtime does, it takes one symbol from
 * the library, cuGetProcAddress_v2, and asks that for the rest: only so does each function come
 * with the ABI of the version it is pinned to, whatever the driver's age.
 */
#include "driver/library.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "driver/driver.h"

#define DEFAULT_DRIVER "libcuda.so.1"

/* The driver's look-up function in the form it has: version 2 since CUDA 12.0, 1 since 11.3. */
struct lookup {
	__typeof__(drv.cuGetProcAddress) v2;
	__typeof__(drv.cuGetProcAddress_v11030) v1;
};

/*
 * secure_getenv: a set-user-ID program that was linked against us must not load a library that
 * its caller chose. RTLD_LOCAL as in NVIDIA's runtime: the driver's names stay out of the
 * application's scope. The handle is never closed, since the table points into the library.
 */
static void *open_file(void)
{
	const char *path = secure_getenv("CURTRACE_DRIVER");

	if (!path || !*path)
		path = DEFAULT_DRIVER;
	return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

/* Set before the library is opened here: by then it has been mapped. */
static const struct drv_interposer *interposed;

void drv_interpose(const struct drv_interposer *interposer)
{
	__atomic_store_n(&interposed, interposer, __ATOMIC_RELEASE);
}

static void *original_of(void *found)
{
	/* Pairs with the release above. */
	const struct drv_interposer *by = __atomic_load_n(&interposed, __ATOMIC_ACQUIRE);

	return by && found ? by->original(found) : found;
}

static void *for_runtime(const struct drv_row *row, void *found)
{
	const struct drv_interposer *by = __atomic_load_n(&interposed, __ATOMIC_ACQUIRE);

	return by && by->wrapper ? by->wrapper(row->name, row->version, row->per_thread, found)
				 : found;
}

/* dlsym gives an object pointer; ISO C has no cast from one to a function pointer. */
static void symbol(void *library, const char *name, void *function)
{
	void *address = original_of(dlsym(library, name));

	memcpy(function, &address, sizeof(address));
}

static CUresult look_up(const struct lookup *lookup, const struct drv_row *row, void **address)
{
	/*
	 * Always explicit: with neither flag set the driver may decide by how *it* thinks
	 * the asking object was compiled.
	 */
	cuuint64_t flags = row->per_thread ? CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM
					   : CU_GET_PROC_ADDRESS_LEGACY_STREAM;
	CUdriverProcAddressQueryResult status;

	*address = NULL;
	if (lookup->v2)
		return lookup->v2(row->name, address, row->version, flags, &status);
	return lookup->v1(row->name, address, row->version, flags);
}

/*
 * A function that is not there keeps its stand-in. A driver tells so with an error or with a null
 * address, depending on its age.
 */
static void fill_table(const struct lookup *lookup)
{
	char *table = (char *)&drv;
	void *address;
	int i;

	for (i = 0; i < DRV_ROW_COUNT; i++) {
		if (look_up(lookup, &drv_rows[i], &address) != CUDA_SUCCESS || !address)
			continue;
		address = for_runtime(&drv_rows[i], original_of(address));
		if (address)
			memcpy(table + drv_rows[i].offset, &address, sizeof(address));
	}
}

/* In the toolkit's stub library every function, the look-up too, answers this one code. */
static int is_stub(const struct lookup *lookup)
{
	static const struct drv_row probe = { .name = "cuInit", .version = 2000 };
	void *address;

	return look_up(lookup, &probe, &address) == CUDA_ERROR_STUB_LIBRARY;
}

static bool opening_began;

bool drv_library_is_opened(void)
{
	return __atomic_load_n(&opening_began, __ATOMIC_RELAXED);
}

static char file[PATH_MAX];

const char *drv_file(void)
{
	return file[0] ? file : NULL;
}

/* By the look-up function, before it is replaced by ours. */
static void note_file(const struct lookup *lookup)
{
	const void *function = lookup->v2 ? (const void *)lookup->v2 : (const void *)lookup->v1;
	Dl_info info;

	if (function && dladdr(function, &info) != 0 && info.dli_fname &&
	    strlen(info.dli_fname) < sizeof(file))
		strcpy(file, info.dli_fname);
}

int drv_library_open(int *version)
{
	struct lookup lookup;
	void *library;

	/* The loader's lock orders it before the mapping, for whoever sees that. */
	__atomic_store_n(&opening_began, true, __ATOMIC_RELAXED);
	library = open_file();
	*version = 0;
	if (!library)
		return DRV_INSUFFICIENT;
	symbol(library, "cuGetProcAddress_v2", &lookup.v2);
	symbol(library, "cuGetProcAddress", &lookup.v1);
	note_file(&lookup);
	if (lookup.v2 || lookup.v1) {
		if (is_stub(&lookup))
			return DRV_STUB_LIBRARY;
		fill_table(&lookup);
	} else {
		/* Older than CUDA 11.3: far too old, yet its version can still be told. */
		symbol(library, "cuDriverGetVersion", &drv.cuDriverGetVersion);
		if (!drv.cuDriverGetVersion) {
			drv.cuDriverGetVersion = drv_missing.cuDriverGetVersion;
			return DRV_INSUFFICIENT;
		}
	}
	if (drv.cuDriverGetVersion(version) != CUDA_SUCCESS)
		*version = 0;
	return DRV_OK;
}

/* Where the runtime has wrappers itself, what they answer is for the program already. */
CUresult drv_look_up(const char *symbol, void **function, int version, cuuint64_t flags,
		     CUdriverProcAddressQueryResult *status)
{
	const struct drv_interposer *by = __atomic_load_n(&interposed, __ATOMIC_ACQUIRE);

	if (by && !by->wrapper)
		return by->look_up(symbol, function, version, flags, status);
	return drv.cuGetProcAddress(symbol, function, version, flags, status);
}

CUresult drv_look_up_v11030(const char *symbol, void **function, int version, cuuint64_t flags)
{
	const struct drv_interposer *by = __atomic_load_n(&interposed, __ATOMIC_ACQUIRE);

	if (by && !by->wrapper)
		return by->look_up_v11030(symbol, function, version, flags);
	return drv.cuGetProcAddress_v11030(symbol, function, version, flags);
}
