/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver's library, as others than our own runtime find functions in it: every way leads to
 * wrappers that record the call. Its symbol table answers with them from when it is mapped on
 * (symbols.h), slots that were bound before are changed (slots.h), and what cuGetProcAddress
 * answers is exchanged. cuGetExportTable passes through untouched: NVIDIA's libraries check what
 * they get by it.
 */
#ifndef HOOK_DRIVER_LOOKUP_H
#define HOOK_DRIVER_LOOKUP_H

#include <link.h>
#include <stdbool.h>

#include "driver/cuda_abi.h"
#include "hook/symbols.h"

/* Whether an object is a driver's library, by the name that it gives itself. */
bool hook_is_driver(const struct hook_symbols *symbols, const struct link_map *map);

/*
 * The library is mapped: its functions are ours from now on. NULL: done; else why not, in a few
 * words. There is one driver at a time: of a second one (another namespace's) the calls are not
 * seen. Under the loader's lock.
 */
const char *hook_driver_take(const struct hook_symbols *symbols);

/* One will be taken after our runtime has opened it, whose own calls may have to be recorded. */
void hook_driver_expect(void);

/* A driver's library has been taken. */
bool hook_driver_is_taken(void);

/* Slots of an object that were bound to the driver before it was taken. */
void hook_driver_rebind(const struct link_map *map);

/* The driver's own function of that exported name, NULL: not known. */
void *hook_driver_original(const char *symbol);

/* In place of the driver's functions of that name. */
CUresult hook_lookup_v1(const char *symbol, void **pfn, int version, cuuint64_t flags);
CUresult hook_lookup_v2(const char *symbol, void **pfn, int version, cuuint64_t flags,
			CUdriverProcAddressQueryResult *status);

/*
 * Tells of functions that were asked for by a version of CUDA that is newer than driver.tbl, and
 * differ from those that it knows: whoever asked calls them unseen. Those that were not told of
 * before, or `again` all; some tens at most.
 */
void hook_driver_passed_each(bool again, void (*tell)(const char *name));

#endif
