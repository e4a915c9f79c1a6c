/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What differs by CPU: one header each, which defines ARCH_PAGE_SIZE, ARCH_CLOCKSOURCE,
 * arch_counter(), arch_local_add(), arch_prefetch_write(), arch_pause(), and what walking a stack
 * needs.
 */
#ifndef UTIL_ARCH_H
#define UTIL_ARCH_H

#if defined(__x86_64__)
#include "util/arch_x86_64.h"
#elif defined(__aarch64__)
#include "util/arch_aarch64.h"
#else
#error "this CPU needs an arch_*.h of its own"
#endif

#endif
