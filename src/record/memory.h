/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that the process's control group (a container's limit) still allows. */
#ifndef RECORD_MEMORY_H
#define RECORD_MEMORY_H

#include <stdint.h>

/*
 * Bytes, UINT64_MAX where there is no limit or none can be found out. What the kernel can take back
 * from file caches counts as free.
 */
uint64_t rec_memory_left(void);

#endif
