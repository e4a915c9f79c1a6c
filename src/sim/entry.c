/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way in: cuInit, versions, and the functions by name. Everything here but cuInit also answers
 * before cuInit and after a fork, as NVIDIA's does.
 */
#include "sim/sim.h"

#include <string.h>

CUresult cuInit(unsigned int flags)
{
	CUresult injected = sim_inject(__func__);

	if (injected != CUDA_SUCCESS)
		return injected;
	if (flags)
		return CUDA_ERROR_INVALID_VALUE;
	return sim_initialise();
}

CUresult cuDriverGetVersion(int *version)
{
	CUresult injected = sim_inject(__func__);

	if (injected != CUDA_SUCCESS)
		return injected;
	if (!version)
		return CUDA_ERROR_INVALID_VALUE;
	*version = SIM_DRIVER_VERSION;
	return CUDA_SUCCESS;
}

/* NVIDIA's answers INVALID_VALUE for a table that it does not know, and so do we for all. */
CUresult cuGetExportTable(const void **table, const CUuuid *id)
{
	CUresult injected = sim_inject(__func__);

	(void)id;
	if (injected != CUDA_SUCCESS)
		return injected;
	if (table)
		*table = NULL;
	return CUDA_ERROR_INVALID_VALUE;
}

/* The first entry of a name: they are sorted by name, then per_thread, then version. */
static const struct sim_entry *first_entry(const char *name)
{
	size_t low = 0, high = SIM_ENTRY_COUNT;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(sim_entries[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < SIM_ENTRY_COUNT && strcmp(sim_entries[low].name, name) == 0)
		return &sim_entries[low];
	return NULL;
}

/*
 * The newest ABI not newer than the version asked for. A function that has per-thread forms is
 * looked for among those alone when they are asked for: at 6050, cuMemcpyAsync has none.
 */
static const struct sim_entry *choose(const struct sim_entry *first, int version, int per_thread)
{
	const struct sim_entry *end = sim_entries + SIM_ENTRY_COUNT;
	const struct sim_entry *best = NULL;
	int has_forms = 0;

	for (const struct sim_entry *e = first; e < end && strcmp(e->name, first->name) == 0; e++)
		has_forms |= e->per_thread;
	for (const struct sim_entry *e = first; e < end && strcmp(e->name, first->name) == 0; e++)
		if (e->per_thread == (per_thread && has_forms) && e->version <= version)
			best = e;
	return best;
}

static CUresult look_up(const char *name, void **function, int version, cuuint64_t flags,
			CUdriverProcAddressQueryResult *status)
{
	const struct sim_entry *first, *entry;
	void (*found)(void);

	if (!name || !function || version > SIM_DRIVER_VERSION || flags > 3)
		return CUDA_ERROR_INVALID_VALUE;
	*function = NULL;
	*status = CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
	first = first_entry(name);
	if (!first)
		return CUDA_SUCCESS;
	entry = choose(first, version, flags == CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM);
	if (!entry) {
		*status = CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT;
		return CUDA_SUCCESS;
	}
	found = entry->function;
	if (!found)
		return CUDA_SUCCESS;
	memcpy(function, &found, sizeof(found));
	*status = CU_GET_PROC_ADDRESS_SUCCESS;
	return CUDA_SUCCESS;
}

/* The older form has no status: a name that is not found is an error, and nothing is written. */
CUresult cuGetProcAddress(const char *symbol, void **pfn, int version, cuuint64_t flags)
{
	CUdriverProcAddressQueryResult found;
	CUresult error = sim_inject("cuGetProcAddress");
	void *function;

	if (error == CUDA_SUCCESS)
		error = look_up(symbol, pfn ? &function : NULL, version, flags, &found);
	if (error != CUDA_SUCCESS)
		return error;
	if (found != CU_GET_PROC_ADDRESS_SUCCESS)
		return CUDA_ERROR_NOT_FOUND;
	*pfn = function;
	return CUDA_SUCCESS;
}

/* A name that is not found is no error, also if nobody wants to know the status. */
CUresult cuGetProcAddress_v2(const char *symbol, void **pfn, int version, cuuint64_t flags,
			     CUdriverProcAddressQueryResult *status)
{
	CUdriverProcAddressQueryResult found;
	CUresult error = sim_inject("cuGetProcAddress");

	if (error == CUDA_SUCCESS)
		error = look_up(symbol, pfn, version, flags, &found);
	if (error == CUDA_SUCCESS && status)
		*status = found;
	return error;
}
