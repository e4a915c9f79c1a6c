/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CUDA driver as the runtime sees it: a table of typed function pointers that is filled on
 * first need. Callers pass drv_load() (or, for a call that must not initialise the driver,
 * drv_open()) and then call drv.cuX(...). Fields come from driver.tbl: cuX is the ABI that a
 * CUDA 13.0 runtime uses, cuX_v11030 another one, cuX_ptsz and cuX_ptds the per-thread
 * default stream forms. A function that the driver lacks answers DRV_MISSING.
 */
#ifndef DRIVER_DRIVER_H
#define DRIVER_DRIVER_H

#include "driver/driver_table.h"

/*
 * What loading can answer besides the driver's own codes. The numbers are cudaError_t values:
 * where both have a code they are the same, so a CUresult needs no translation.
 */
enum {
	DRV_OK = 0,
	DRV_NOT_INITIALIZED = 3,
	DRV_STUB_LIBRARY = 34,
	DRV_INSUFFICIENT = 35,
	DRV_MISSING = 36,
};

/* A CUDA 13.0 runtime refuses an older driver. */
#define DRV_MIN_VERSION 13000

/* Before loading, every pointer is the stand-in that answers DRV_MISSING. */
extern struct drv_table drv __attribute__((visibility("hidden")));

/* Not zero once cuInit has succeeded in this process; drv_load() alone reads it. */
extern int drv_ready __attribute__((visibility("hidden")));

/*
 * Loads the library and looks every function up, without cuInit: a fork() after this harms
 * nobody. DRV_OK, DRV_STUB_LIBRARY or DRV_INSUFFICIENT (there is no driver).
 */
int drv_open(void);

/*
 * The driver's version as cuDriverGetVersion tells it, such as 13000; 0 if there is no driver or
 * only the toolkit's stub. Opens the library, does not initialise it.
 */
int drv_version(void);

/* The file that the driver was loaded from; NULL if there is none. After drv_open. */
const char *drv_file(void);

/*
 * The driver's look-up functions, for the program: where its calls of the driver are recorded, what
 * it gets here is recorded too.
 */
CUresult drv_look_up(const char *symbol, void **function, int version, cuuint64_t flags,
		     CUdriverProcAddressQueryResult *status);
CUresult drv_look_up_v11030(const char *symbol, void **function, int version, cuuint64_t flags);

/* The whole of drv_load() but for its fast path. */
int drv_load_slow(void);

/*
 * For unit tests: takes a scripted table in place of a library, as if loading had succeeded.
 * Null stands for the table in which every function is missing.
 */
void drv_adopt(const struct drv_table *table, int version);

/*
 * Makes the driver usable: library open, version sufficient, cuInit done. DRV_OK, or the
 * cudaError_t that the call at hand must return. Cheap enough for every call.
 */
static inline int drv_load(void)
{
	/* Pairs with the release in load_locked(): the table is complete when this reads 1. */
	if (__builtin_expect(__atomic_load_n(&drv_ready, __ATOMIC_ACQUIRE), 1))
		return DRV_OK;
	return drv_load_slow();
}

#endif /* DRIVER_DRIVER_H */
