/* SPDX-License-Identifier: Apache-2.0 */
/* What the versions say of themselves, and do differently under the same name. */
#define TOOLKIT_EXPORTED_NAMES
#include "cases.h"
#include "guard.h"
#include "newest.h"

#define UNSET ((void *)64)

#ifdef CUDA_API_PER_THREAD_DEFAULT_STREAM
#define PER_THREAD true
#else
#define PER_THREAD false
#endif

static void versions(void)
{
	int *version = OUTPUT(int);

	OK(cudaRuntimeGetVersion(version));
	SAME(*version, TOOLKIT_VERSION);
	GIVES(cudaErrorInvalidValue, cudaRuntimeGetVersion(NULL));
	OK(cudaDriverGetVersion(version));
	CHECK(*version >= 12000);
}

/* Before 12 the context comes with the first call that needs one. */
static void set_device(void)
{
	bool before = driver_has_primary(0);
	int *device = OUTPUT(int);

	OK(cudaSetDevice(0));
	if (CUDA_MAJOR == 11 && !before) {
		CHECK(!driver_has_primary(0));
		CHECK(!driver_has_current());
	} else {
		CHECK(driver_has_primary(0));
		CHECK(driver_has_current());
	}
	OK(cudaGetDevice(device));
	SAME(*device, 0);
	GIVES(cudaErrorInvalidDevice, cudaSetDevice(-1));
	GIVES(cudaErrorInvalidDevice, cudaSetDevice(4711));
	OK(cudaGetDevice(device));
	SAME(*device, 0);
	OK(cudaFree(NULL));
	CHECK(driver_has_primary(0));
	CHECK(driver_has_current());
}

/* The chosen device is where the context is made, whenever that is. */
static void second_device(void)
{
	struct cudaPointerAttributes where;
	int count = 0, *device = OUTPUT(int);
	void **memory = OUTPUT(void *);

	OK(cudaGetDeviceCount(&count));
	if (count < 2)
		return;
	OK(cudaSetDevice(1));
	OK(cudaGetDevice(device));
	SAME(*device, 1);
	OK(cudaMalloc(memory, 64));
	SAME(new_pointer(&where, *memory), cudaSuccess);
	SAME(where.device, 1);
	OK(cudaFree(*memory));
	OK(cudaSetDevice(0));
	CHECK(driver_has_current());
}

/* 11 has no fourth argument: what lies in its place is not to be touched. */
static cudaError_t entry_point(const char *name, void **function,
			       enum cudaDriverEntryPointQueryResult *status)
{
#if CUDA_MAJOR == 11
	cudaError_t (*with_status)(const char *, void **, unsigned long long,
				   enum cudaDriverEntryPointQueryResult *) =
		(__typeof__(with_status))(void (*)(void))cudaGetDriverEntryPoint;

	return CALL(with_status(name, function, cudaEnableDefault, status));
#else
	return CALL(cudaGetDriverEntryPoint(name, function, cudaEnableDefault, status));
#endif
}

/*
 * The driver's function of the program's version. 11 answers with an error for one that it lacks,
 * or had not yet, as it has no status to tell.
 */
static void entry_points(void)
{
	static const char *const names[] = { "cuMemAlloc",         "cuStreamGetCaptureInfo",
					     "cuMemcpyBatchAsync", "cuLibraryLoadData",
					     "cuMemcpyAsync",      "cuNoSuchFunction" };
	enum cudaDriverEntryPointQueryResult *status = OUTPUT(enum cudaDriverEntryPointQueryResult);
	void **function = OUTPUT(void *);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		void *wanted = driver_function(names[i], TOOLKIT_VERSION, PER_THREAD);

		*status = (enum cudaDriverEntryPointQueryResult)77;
		*function = UNSET;
		if (CUDA_MAJOR == 11) {
			SAME(entry_point(names[i], function, status),
			     wanted != NULL ? cudaSuccess : cudaErrorSymbolNotFound);
			CHECK(*function == (wanted != NULL ? wanted : UNSET));
			SAME(*status, 77);
		} else {
			SAME(entry_point(names[i], function, status), cudaSuccess);
			CHECK(*function == wanted);
			SAME(*status == cudaDriverEntryPointSuccess, wanted != NULL);
		}
	}
	/* Or the names above would tell no version from another. */
	CHECK(driver_function("cuStreamGetCaptureInfo", 11080, PER_THREAD) !=
	      driver_function("cuStreamGetCaptureInfo", 12090, PER_THREAD));
	CHECK(driver_function("cuMemcpyBatchAsync", 12090, PER_THREAD) !=
	      driver_function("cuMemcpyBatchAsync", 13000, PER_THREAD));
	CHECK(driver_function("cuLibraryLoadData", 11080, PER_THREAD) == NULL);
}

void abi_context(void)
{
	versions();
	set_device();
	second_device();
	entry_points();
	abi_release();
}

void abi_end(void)
{
	OK(cudaDeviceSynchronize());
#if CUDA_MAJOR < 13
	OK(cudaThreadExit());
#else
	OK(cudaDeviceReset());
#endif
	CHECK(!driver_has_primary(0));
}
