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
	/* Both halves with zeros above them. */
	uint64_t low, high;

	__asm__ __volatile__("rdtsc" : "=a"(low), "=d"(high));
	return high << 32 | low;
}

/*
 * Adds to a word that only this thread and its signal handlers write: one instruction, so that
 * no handler can come between the load and the store; no lock prefix, as no other thread adds.
 */
static inline __attribute__((always_inline)) void arch_local_add(uint64_t *word, uint64_t n)
{
	__asm__ __volatile__("addq %1, %0" : "+m"(*word) : "er"(n) : "cc");
}

/* The registers by which a stack is walked, as call frame information numbers them. */
#define ARCH_DWARF_FP 6
#define ARCH_DWARF_SP 7
#define ARCH_DWARF_RA 16
/* A call pushes the return address: it lies below the frame, and is in no register. */
#define ARCH_RA_ON_STACK 1

struct arch_frame {
	uint64_t pc, sp, fp;
};

/* Of the function that this is expanded in. */
static inline __attribute__((always_inline)) void arch_frame_here(struct arch_frame *f)
{
	__asm__ __volatile__("leaq 0(%%rip), %0\n\tmovq %%rsp, %1\n\tmovq %%rbp, %2"
			     : "=r"(f->pc), "=r"(f->sp), "=r"(f->fp));
}

/*
 * Where the kernel keeps the registers of what a signal has interrupted, from the stack pointer at
 * the handler's return.
 */
#define ARCH_SIGNAL_FP 120
#define ARCH_SIGNAL_SP 160
#define ARCH_SIGNAL_PC 168

/* Whether the instruction that ends at `end` can be a call; ARCH_CALL_SIZE bytes are readable. */
#define ARCH_CALL_SIZE 7

static inline int arch_is_call(const uint8_t *end)
{
	if (end[-5] == 0xe8)
		return 1;
	/* ff /2: through a register, or through memory in one of the ways to address it */
	for (int size = 2; size <= ARCH_CALL_SIZE; size++)
		if (end[-size] == 0xff && (end[1 - size] & 0x38) == 0x10)
			return 1;
	return 0;
}

/*
 * The stack pointer of the caller of the function that this is part of, at the call. Through a
 * register, or gcc makes a detour through memory to get its lower half.
 */
#define arch_stack()                                                 \
	({                                                           \
		uintptr_t stack_ = (uintptr_t)__builtin_dwarf_cfa(); \
		__asm__("" : "+r"(stack_));                          \
		stack_;                                              \
	})

/* Has the line of memory come for a store soon; no fault, whatever the address. */
static inline __attribute__((always_inline)) void arch_prefetch_write(const void *line)
{
	/* The compiler takes this instruction only where it was told of the processor. */
	__asm__ __volatile__("prefetchw %0" : : "m"(*(const char *)line));
}

/* A jump to anywhere that changes no register: through the address that stands behind it. */
#define ARCH_JUMP_SIZE 14

static inline void arch_jump(unsigned char *at, const void *to)
{
	static const unsigned char jump[] = { 0xff, 0x25, 0, 0, 0, 0 };

	__builtin_memcpy(at, jump, sizeof(jump));
	__builtin_memcpy(at + sizeof(jump), &to, sizeof(to));
}

/* Code between these has been changed by this thread: the processor sees that by itself. */
static inline void arch_code_changed(void *begin, void *end)
{
	(void)begin;
	(void)end;
}

/* In a loop that waits for another thread. */
static inline void arch_pause(void)
{
	__asm__ __volatile__("pause");
}

#endif
