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

/* The registers by which a stack is walked, as call frame information numbers them. */
#define ARCH_DWARF_FP 29
#define ARCH_DWARF_SP 31
#define ARCH_DWARF_RA 30
/* A call leaves the return address in a register, which the function saves where it likes. */
#define ARCH_RA_ON_STACK 0

struct arch_frame {
	uint64_t pc, sp, fp;
};

/* Of the function that this is expanded in. */
static inline __attribute__((always_inline)) void arch_frame_here(struct arch_frame *f)
{
	__asm__ __volatile__("adr %0, .\n\tmov %1, sp\n\tmov %2, x29"
			     : "=r"(f->pc), "=r"(f->sp), "=r"(f->fp));
}

/*
 * Where the kernel keeps the registers of what a signal has interrupted, from the stack pointer at
 * the handler's return: behind a siginfo and the head of a ucontext.
 */
#define ARCH_SIGNAL_FP (128 + 176 + 8 + 29 * 8)
#define ARCH_SIGNAL_SP (128 + 176 + 8 + 31 * 8)
#define ARCH_SIGNAL_PC (128 + 176 + 8 + 32 * 8)

/* Whether the instruction that ends at `end` can be a call; ARCH_CALL_SIZE bytes are readable. */
#define ARCH_CALL_SIZE 4

static inline int arch_is_call(const uint8_t *end)
{
	uint32_t word;

	__builtin_memcpy(&word, end - sizeof(word), sizeof(word));
	/* bl; blr, with or without pointer authentication */
	return (word & 0xfc000000) == 0x94000000 || (word & 0xfeff0000) == 0xd63f0000;
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
	__builtin_prefetch(line, 1);
}

/* A jump to anywhere by the register that is a procedure's own until it begins: ldr x16; br x16. */
#define ARCH_JUMP_SIZE 16

static inline void arch_jump(unsigned char *at, const void *to)
{
	static const uint32_t jump[] = { 0x58000050, 0xd61f0200 };

	__builtin_memcpy(at, jump, sizeof(jump));
	__builtin_memcpy(at + sizeof(jump), &to, sizeof(to));
}

/* Code between these has been changed: what caches hold of it is old. */
static inline void arch_code_changed(void *begin, void *end)
{
	__builtin___clear_cache(begin, end);
}

/* In a loop that waits for another thread. */
static inline void arch_pause(void)
{
	__asm__ __volatile__("yield");
}

#endif
