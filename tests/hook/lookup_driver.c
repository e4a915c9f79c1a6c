/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A driver that is newer than driver.tbl, and finds its own functions by dlsym: what that answers
 * is not always its own.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

typedef unsigned long long address;

int cuInit(unsigned int flags)
{
	return (int)flags;
}

int cuDriverGetVersion(int *version)
{
	*version = 13010;
	return 0;
}

int cuDevicePrimaryCtxRetain(void **context, int device)
{
	*context = context;
	return device;
}

int cuCtxSetCurrent(void *context)
{
	return !context;
}

int cuMemAlloc(unsigned int *at, unsigned int bytes)
{
	*at = bytes;
	return 0;
}

int cuMemAlloc_v2(address *at, size_t bytes)
{
	*at = bytes;
	return 0;
}

int cuMemFree_v2(address at)
{
	return !at;
}

int cuMemGetInfo_v2(size_t *left, size_t *all)
{
	*left = *all = 1;
	return 0;
}

static int third(address *at, size_t bytes, int status)
{
	(void)at;
	(void)bytes;
	return status;
}

int cuGetProcAddress_v2(const char *name, void **found, int version, unsigned long long flags,
			int *status)
{
	char symbol[64];

	(void)flags;
	*status = 0;
	*found = NULL;
	if (version > 13000 && (!strcmp(name, "cuMemAlloc") || !strcmp(name, "cuFutureThing")))
		*(int (**)(address *, size_t, int))found = third;
	else if (version >= 3020 && strlen(name) < 60)
		*found = dlsym(RTLD_DEFAULT, strcat(strcpy(symbol, name), "_v2"));
	if (!*found)
		*found = dlsym(RTLD_DEFAULT, name);
	*status = !*found;
	return 0;
}
