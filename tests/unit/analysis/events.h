/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events made up for tests of the analysis:
 *
 *	event = ev_call("cudaMemcpy", ev_ptr("dst", 0x10), ev_size("count", 4), EV_END);
 */
#ifndef ANALYSIS_EVENTS_H
#define ANALYSIS_EVENTS_H

#include "analysis/effect.h"

/* An argument, as a native trace holds it; EV_END ends a list. */
struct ct_arg ev_arg(const char *name, enum ct_kind kind, uint64_t value);
struct ct_arg ev_text(const char *name, const char *text);
struct ct_arg ev_dim3(const char *name, uint32_t x, uint32_t y, uint32_t z);
struct ct_arg ev_kernel(const char *name, uint64_t key, const char *label);
/* An output that there is not. */
struct ct_arg ev_unknown(const char *name);

#define EV_END ((struct ct_arg){ .name = NULL })

#define ev_ptr(name, value)    ev_arg(name, CT_KIND_PTR, value)
#define ev_size(name, value)   ev_arg(name, CT_KIND_SIZE, value)
#define ev_int(name, value)    ev_arg(name, CT_KIND_INT, (uint64_t)(int64_t)(value))
#define ev_enum(name, value)   ev_arg(name, CT_KIND_ENUM, value)
#define ev_handle(name, value) ev_arg(name, CT_KIND_HANDLE, value)

/* A call that has succeeded. Each starts 1000 ns after the last one and takes 100. */
struct ct_event ev_call(const char *name, ...);
struct ct_event ev_failed(struct ct_event event, int32_t result);

#endif
