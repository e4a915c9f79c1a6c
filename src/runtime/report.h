/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the runtime's own files tell the observer (introspect.h) what they resolved. All of these
 * may be called with no observer set.
 */
#ifndef RUNTIME_REPORT_H
#define RUNTIME_REPORT_H

#include "runtime/cudart_abi.h"
#include "runtime/introspect.h"

/* The observer in force, or NULL; written by rt_observe alone. */
extern const struct rt_observer *rt_observer;

/* Each function reports if somebody looks on, and remembers what rt_introspect_repeat needs. */
void rt_report_kernel(const void *key, const char *name);
void rt_report_symbol(const void *key, const char *name, size_t size);
void rt_report_device(int ordinal);
void rt_report_stream(cudaStream_t stream, unsigned int flags, int priority);
void rt_report_driver(void);
void rt_report_reference(const void *key, const char *name, bool is_surface);
void rt_report_profiling(bool on);

/* Parts of rt_introspect_repeat, each in the file that keeps what it repeats. */
void rt_repeat_kernels(void);    /* kernel.c */
void rt_repeat_symbols(void);    /* symbol_table.c */
void rt_repeat_devices(void);    /* context.c */
void rt_repeat_references(void); /* registration_v12.c */

#endif
