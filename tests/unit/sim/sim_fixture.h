/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the suites of the simulated driver: calls that must succeed, and a context to work in. Each
 * test runs in a process of its own (Check forks), so each starts with a driver not initialised.
 */
#ifndef SIM_SIM_FIXTURE_H
#define SIM_SIM_FIXTURE_H

#include <check.h>

#include "sim/sim_protos.h"

#define OK(call)         ck_assert_int_eq((call), CUDA_SUCCESS)
#define FAILS(call, why) ck_assert_int_eq((call), (why))

/* Initialises the driver and makes the primary context of device 0 current. */
static inline CUcontext begin(void)
{
	CUcontext ctx;

	OK(cuInit(0));
	OK(cuDevicePrimaryCtxRetain(&ctx, 0));
	OK(cuCtxSetCurrent(ctx));
	return ctx;
}

static inline CUdeviceptr device_memory(size_t size)
{
	CUdeviceptr memory;

	OK(cuMemAlloc_v2(&memory, size));
	return memory;
}

/* Runs a suite of one case; the exit status for main. */
static inline int run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}

#endif /* SIM_SIM_FIXTURE_H */
