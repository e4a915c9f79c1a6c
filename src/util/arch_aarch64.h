/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the recorder needs of a 64-bit ARM CPU. Included by arch.h alone.
 */
#ifndef UTIL_ARCH_AARCH64_H
#define UTIL_ARCH_AARCH64_H

#include <stdint.h>

/* The largest page size that the kernel may use for ordinary memory. */
#define ARCH_PAGE_SIZE 65536

/* The kernel's name for the counter that arch_counter() reads. */
#define ARCH_CLOCKSOURCE "arch_sys_counter"

/* Without an isb, for the reason given at the x86-64 counter. */
static inline __attribute__((always_inline)) uint64_t arch_counter(void)
{
	uint64_t value;

	__asm__ __volatile__("mrs %0, cntvct_el0" : "=r"(value));
	return value;
}

/*
 * Adds to a word that only this thread and its signal handlers write. Atomic, as there is no
 * plain add to memory that a handler could not interrupt.
 */
static inline __attribute__((always_inline)) void arch_local_add(uint64_t *word, uint64_t n)
{
	__atomic_fetch_add(word, n, __ATOMIC_RELAXED);
}

/* In a loop that waits for another thread. */
static inline void arch_pause(void)
{
	__asm__ __volatile__("yield");
}

#endif
