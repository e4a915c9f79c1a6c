/* SPDX-License-Identifier: Apache-2.0 */
/* Processes in a pid namespace other than ours: by what pid we know them. */
#ifndef COLLECT_NAMESPACE_H
#define COLLECT_NAMESPACE_H

#include <stdbool.h>
#include <stdint.h>

/* The namespace (inode of /proc/PID/ns/pid; 0: not known) is not ours. */
bool col_is_foreign(uint32_t pid_namespace);

/* It is known to be ours. */
bool col_is_ours(uint32_t pid_namespace);

/* Our pid of the process that is `pid` there and began at `start_time`. 0: not found. */
uint32_t col_host_pid(uint32_t pid_namespace, uint32_t pid, uint64_t start_time);

#endif
