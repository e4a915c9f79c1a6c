/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the recorder needs of an x86-64 CPU. Included by arch.h alone.
 */
#ifndef UTIL_ARCH_X86_64_H
#define UTIL_ARCH_X86_64_H

#include <stdint.h>

/* The largest page size that the kernel may use for ordinary memory. */
#define ARCH_PAGE_SIZE 4096

/* The kernel's name for the counter that arch_counter() reads. */
#define ARCH_CLOCKSOURCE "tsc"

/*
 * Not serialised: rdtscp or a fence would double the cost of a record, and what the CPU can move
 * across is a few nanoseconds.
 */
static inline __attribute__((always_inline)) uint64_t arch_counter(void)
{
	uint32_t low, high;

	__asm__ __volatile__("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

/*
 * Adds to a word that only this thread and its signal handlers write: one instruction, so that
 * no handler can come between the load and the store; no lock prefix, as no other thread adds.
 */
static inline __attribute__((always_inline)) void arch_local_add(uint64_t *word, uint64_t n)
{
	__asm__ __volatile__("addq %1, %0" : "+m"(*word) : "er"(n) : "cc");
}

/* In a loop that waits for another thread. */
static inline void arch_pause(void)
{
	__asm__ __volatile__("pause");
}

#endif
