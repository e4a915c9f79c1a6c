/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A driver library of one screen for check_driver: it remembers what it was asked for, and the
 * environment says how it fares. Built twice; with FAKE_OLD_LOOKUP it has the look-up function
 * of CUDA 11.3 alone.
 *
 *   FAKE_VERSION  what cuDriverGetVersion tells (13000)
 *   FAKE_INIT     what cuInit answers (0), read at each call
 *   FAKE_LACKS    a function that it does not have: an error, and an address to ignore
 *   FAKE_NULL     a function that it does not have: no error, and no address
 *   FAKE_STUB     set: every answer is that of the toolkit's stub
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "driver/cuda_abi.h"

#define EXPORT    __attribute__((visibility("default")))
#define MAX_ASKED 1024

static struct {
	char name[64];
	int version;
	cuuint64_t flags;
} asked[MAX_ASKED];
static int asked_count;
static int init_calls;

/* Called inside cuInit, if set. */
EXPORT void (*fake_in_init)(void);

EXPORT int fake_init_calls(void)
{
	return __atomic_load_n(&init_calls, __ATOMIC_SEQ_CST);
}

/* How often a function was looked up in exactly this way. */
EXPORT int fake_asked(const char *name, int version, cuuint64_t flags)
{
	int i, times = 0;

	for (i = 0; i < asked_count; i++) {
		times += strcmp(asked[i].name, name) == 0 && asked[i].version == version &&
			 asked[i].flags == flags;
	}
	return times;
}

static int setting(const char *name, int otherwise)
{
	const char *value = getenv(name);

	return value ? atoi(value) : otherwise;
}

static int names(const char *variable, const char *function)
{
	const char *value = getenv(variable);

	return value && strcmp(value, function) == 0;
}

static CUresult fake_init(unsigned int flags)
{
	errno = EIO;
	__atomic_add_fetch(&init_calls, 1, __ATOMIC_SEQ_CST);
	if (fake_in_init)
		fake_in_init();
	return flags ? CUDA_ERROR_INVALID_VALUE : (CUresult)setting("FAKE_INIT", 0);
}

static CUresult fake_version(int *version)
{
	*version = setting("FAKE_VERSION", 13000);
	return CUDA_SUCCESS;
}

/* Good for any function: arguments that a function ignores do no harm in this ABI. */
static CUresult fake_any(void)
{
	return CUDA_SUCCESS;
}

static CUresult find(const char *name, void **function, int version, cuuint64_t flags)
{
	errno = EIO;
	if (getenv("FAKE_STUB"))
		return CUDA_ERROR_STUB_LIBRARY;
	if (asked_count < MAX_ASKED) {
		strncpy(asked[asked_count].name, name, sizeof(asked[0].name) - 1);
		asked[asked_count].version = version;
		asked[asked_count++].flags = flags;
	}
	*function = NULL;
	if (names("FAKE_NULL", name))
		return CUDA_SUCCESS;
	if (strcmp(name, "cuInit") == 0)
		*(CUresult(**)(unsigned int))function = fake_init;
	else if (strcmp(name, "cuDriverGetVersion") == 0)
		*(CUresult(**)(int *))function = fake_version;
	else
		*(CUresult(**)(void))function = fake_any;
	return names("FAKE_LACKS", name) ? CUDA_ERROR_NOT_FOUND : CUDA_SUCCESS;
}

#ifdef FAKE_OLD_LOOKUP
EXPORT CUresult cuGetProcAddress(const char *symbol, void **pfn, int cudaVersion, cuuint64_t flags);

CUresult cuGetProcAddress(const char *symbol, void **pfn, int cudaVersion, cuuint64_t flags)
{
	return find(symbol, pfn, cudaVersion, flags);
}
#else
EXPORT CUresult cuGetProcAddress_v2(const char *symbol, void **pfn, int cudaVersion,
				    cuuint64_t flags, CUdriverProcAddressQueryResult *symbolStatus);

CUresult cuGetProcAddress_v2(const char *symbol, void **pfn, int cudaVersion, cuuint64_t flags,
			     CUdriverProcAddressQueryResult *symbolStatus)
{
	*symbolStatus = CU_GET_PROC_ADDRESS_SUCCESS;
	return find(symbol, pfn, cudaVersion, flags);
}
#endif
