/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How large a kernel's parameters are, for who wants their values. Nothing is asked of the driver,
 * and nothing kept, before somebody does.
 */
#ifndef RUNTIME_KERNEL_PARAMS_H
#define RUNTIME_KERNEL_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/kernel.h"

/* Of one kernel: the first ones. */
#define RT_KERNEL_PARAMS 56

/* Memory of these is only ever used for these, as that of kernels is. */
struct rt_kernel_params {
	struct rt_kernel_params *next_spare;
	uint32_t count; /* that the kernel takes */
	uint32_t known; /* of those, whose sizes are below */
	uint32_t bytes; /* of the values of these */
	uint32_t size[RT_KERNEL_PARAMS];
};

/* NULL: ask rt_kernel_params_find(). No lock, as in rt_kernel_ready(). */
const struct rt_kernel_params *rt_kernel_params_ready(const void *func);

/*
 * For a kernel that has just been launched. A driver that cannot tell (before 12.4) gives none:
 * count is 0. NULL: no memory.
 */
const struct rt_kernel_params *rt_kernel_params_find(const void *func);

/*
 * Whether `params` are those of the kernel that was launched by `func`. A handle that no stub here
 * resolved to may be another kernel's by now, unloaded and loaded past us: the driver is asked.
 */
bool rt_kernel_params_hold(const void *func, const struct rt_kernel_params *params);

/* Under the registry's lock: the kernel's handle is void, or comes to mean another one. */
void rt_kernel_params_forget(struct rt_kernel *kernel);

#endif
