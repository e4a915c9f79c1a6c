/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking. See walk.h.
 *
 * Why not libunwind: its fast walk reads where the tables say, also if that is nowhere; a cold walk
 * takes locks and some kilobytes of stack, which a child of fork or a signal handler may not have.
 */
#include "record/walk.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "record/cfi.h"
#include "record/module.h"
#include "record/rule.h"
#include "util/arch.h"

/* Reads of memory that is not ours to check: the stack's redzones, other threads' races. */
#define UNCHECKED __attribute__((no_sanitize("address", "thread", "undefined")))
/* A frame that is known stays in registers. */
#define FAST static inline __attribute__((always_inline)) UNCHECKED
#define SLOW static __attribute__((noinline)) UNCHECKED

#define PAGE 4096ull

/* Frames of our own above the program's, and handlers within handlers. */
#define MAX_OWN     16
#define MAX_SIGNALS 8

/* Words of a frame without tables that are looked at for a return address. */
#define GUESS_WORDS 16

/* ---- memory -------------------------------------------------------------------------------- */

/*
 * The system call fails in any case: of a mask that can be read it says that the way to use it is
 * not known. Nothing cheaper tells PROT_NONE, which guards stacks, from what can be read.
 */
UNCHECKED static bool can_read(uint64_t address)
{
	return syscall(SYS_rt_sigprocmask, -1, address & ~7ull, NULL, 8) < 0 && errno == EINVAL;
}

bool rec_walk_possible(void)
{
	static const uint64_t readable = 1;

	/* The first page is never mapped. */
	return can_read((uint64_t)&readable) && !can_read(64);
}

/* Grows the range upwards, from page to page, as stacks are walked; else begins it anew. */
SLOW bool explore(struct rec_walk *w, uint64_t address)
{
	uint64_t page = address & ~(PAGE - 1);

	if (!can_read(page))
		return false;
	for (unsigned int i = 0; i < 2; i++)
		if (w->ranges[i].high == page) {
			w->ranges[i].high += PAGE;
			return true;
		}
	w->ranges[w->ranges[0].high ? 1 : 0] = (struct rec_range){ page, page + PAGE };
	return true;
}

FAST bool in_range(const struct rec_range *range, uint64_t address)
{
	return address >= range->low && address < range->high;
}

/* A word of the stack. */
FAST bool load(struct rec_walk *w, uint64_t address, uint64_t *value)
{
	if (address & 7)
		return false;
	if (!in_range(&w->ranges[0], address) && !in_range(&w->ranges[1], address) &&
	    !explore(w, address))
		return false;
	*value = *(const volatile uint64_t *)address;
	return true;
}

/*
 * Memory that was readable is so for as long as the thread stands on it. On another stack than
 * before it is found out anew: that of a coroutine may lie where an earlier one was.
 */
static void begin_on(struct rec_walk *w, uint64_t sp)
{
	if (!in_range(&w->ranges[0], sp))
		memset(w->ranges, 0, sizeof(w->ranges));
}

/* ---- rules --------------------------------------------------------------------------------- */

/*
 * Shared by all threads, never invalid: the check ties a rule to its place, so that the halves of
 * two entries do not pass for one. Where a library was unloaded and another one lies now, a stale
 * rule can give a wrong frame.
 */
#define CACHE_SIZE 8192

static struct {
	uint64_t check;
	uint64_t rule;
} cache[CACHE_SIZE];

FAST uint64_t check_of(uint64_t pc, uint64_t rule)
{
	return pc ^ rule * 0x9e3779b97f4a7c15ull;
}

FAST unsigned int slot_of(uint64_t pc)
{
	return (unsigned int)(pc * 0x9e3779b97f4a7c15ull >> 51) % CACHE_SIZE;
}

/* Code bytes before `pc`, in a module or made at run time. */
UNCHECKED static bool is_called(const struct rec_module *m, uint64_t pc)
{
	uint64_t from = pc - ARCH_CALL_SIZE;

	if (m ? !rec_module_holds(m, from, ARCH_CALL_SIZE, PF_R | PF_X)
	      : pc < PAGE || !can_read(from) || !can_read(pc - 1))
		return false;
	return arch_is_call((const uint8_t *)pc);
}

static struct rec_rule read_tables(uint64_t at)
{
	struct rec_rule rule = { .kind = REC_RULE_NONE };
	struct rec_module m;
	bool in_module = rec_module_find(at, &m);

	if (in_module && !rec_module_holds(&m, at, 1, PF_X))
		return rule;
	if (!in_module || !rec_cfi_find(&m, at, &rule)) {
		rule = (struct rec_rule){ .kind = REC_RULE_GUESS };
		/* What no module holds need not be code at all. */
		if (!in_module && !is_called(NULL, at + 1))
			rule.kind = REC_RULE_NONE;
	}
	rule.is_called = is_called(in_module ? &m : NULL, at + 1);
	return rule;
}

SLOW struct rec_rule look_up(uint64_t at)
{
	struct rec_rule rule = read_tables(at);
	unsigned int slot = slot_of(at);
	uint64_t word;

	memcpy(&word, &rule, sizeof(word));
	__atomic_store_n(&cache[slot].rule, word, __ATOMIC_RELAXED);
	__atomic_store_n(&cache[slot].check, check_of(at, word), __ATOMIC_RELAXED);
	return rule;
}

/* `at` lies in the call itself: the function may end behind it. */
FAST struct rec_rule rule_at(uint64_t at)
{
	unsigned int slot = slot_of(at);
	uint64_t check = __atomic_load_n(&cache[slot].check, __ATOMIC_RELAXED);
	uint64_t word = __atomic_load_n(&cache[slot].rule, __ATOMIC_RELAXED);
	struct rec_rule rule;

	if (__builtin_expect(check == check_of(at, word), 1)) {
		memcpy(&rule, &word, sizeof(rule));
		return rule;
	}
	return look_up(at);
}

/* ---- steps --------------------------------------------------------------------------------- */

FAST bool step_cfi(struct rec_walk *w, struct arch_frame *f, struct rec_rule rule)
{
	uint64_t cfa = (rule.from_fp ? f->fp : f->sp) + (uint64_t)(int64_t)rule.cfa_offset, fp = 0;

	if (!rule.has_ra || (rule.indirect && !load(w, cfa, &cfa)))
		return false;
	if (rule.fp == REC_FP_SAME)
		fp = f->fp;
	/* Without it the frames above may still be found. */
	else if (rule.fp != REC_FP_LOST &&
		 !load(w,
		       (rule.fp == REC_FP_AT_CFA ? cfa : f->fp) + (uint64_t)(int64_t)rule.fp_offset,
		       &fp))
		fp = 0;
	/* A frame takes room: else a walk could go on for ever. */
	if (cfa <= f->sp || !load(w, cfa + (uint64_t)(int64_t)rule.ra_offset, &f->pc))
		return false;
	f->sp = cfa;
	f->fp = fp;
	return true;
}

/* May lead to another stack, above or below. */
SLOW bool step_signal(struct rec_walk *w, struct arch_frame *f)
{
	uint64_t sp = f->sp;

	return load(w, sp + ARCH_SIGNAL_PC, &f->pc) && load(w, sp + ARCH_SIGNAL_FP, &f->fp) &&
	       load(w, sp + ARCH_SIGNAL_SP, &f->sp);
}

SLOW bool is_return_address(uint64_t pc)
{
	return pc > PAGE && rule_at(pc - 1).is_called;
}

/* The frame pointer is set up as by most compilers that make code at run time. */
UNCHECKED static bool step_frame_pointer(struct rec_walk *w, struct arch_frame *f)
{
	uint64_t pc, fp;

	if (f->fp < f->sp || f->fp - f->sp > 1u << 20 || !load(w, f->fp, &fp) ||
	    !load(w, f->fp + 8, &pc) || !is_return_address(pc))
		return false;
	*f = (struct arch_frame){ .pc = pc, .sp = f->fp + 16, .fp = fp };
	return true;
}

/*
 * Code without tables that leaves the frame pointer alone, such as CPython's perf trampolines, has
 * small frames: the first word that leads back to a call in a module.
 */
UNCHECKED static bool step_scan(struct rec_walk *w, struct arch_frame *f)
{
	for (uint64_t sp = f->sp; sp < f->sp + GUESS_WORDS * 8; sp += 8) {
		uint64_t pc;

		if (!load(w, sp, &pc))
			return false;
		if (!is_return_address(pc) || rule_at(pc - 1).kind != REC_RULE_CFI)
			continue;
		f->pc = pc;
		f->sp = sp + 8;
		return true;
	}
	return false;
}

SLOW bool step_guess(struct rec_walk *w, struct arch_frame *f)
{
	return step_frame_pointer(w, f) || step_scan(w, f);
}

/* The rare ways, with a copy: what has an address cannot be in registers. */
FAST bool step_other(struct rec_walk *w, struct arch_frame *f, struct rec_rule rule)
{
	struct arch_frame copy = *f;
	bool done = rule.kind == REC_RULE_SIGNAL  ? step_signal(w, &copy)
		    : rule.kind == REC_RULE_GUESS ? step_guess(w, &copy)
						  : false;

	*f = copy;
	return done;
}

/* What called the frame. `interrupted`: by a signal, that is, not at a call; for both frames. */
FAST bool step(struct rec_walk *w, struct arch_frame *f, bool *interrupted)
{
	struct rec_rule rule = rule_at(f->pc - !*interrupted);

	*interrupted = rule.kind == REC_RULE_SIGNAL;
	if (__builtin_expect(rule.kind == REC_RULE_CFI, 1))
		return step_cfi(w, f, rule);
	return step_other(w, f, rule);
}

/* Everything above the frame of the call's entry, which returns to `caller`. */
UNCHECKED __attribute__((noinline)) unsigned int rec_walk(struct rec_walk *w, const void *caller,
							  unsigned int depth)
{
	unsigned int n = 0, own = 0, signals = 0;
	bool interrupted = false, found = false;
	struct arch_frame f;

	arch_frame_here(&f);
	begin_on(w, f.sp);
	while (n < depth && step(w, &f, &interrupted)) {
		found |= f.pc == (uint64_t)caller;
		if (!found && ++own > MAX_OWN)
			break;
		if (interrupted && ++signals > MAX_SIGNALS)
			break;
		if (found)
			w->addresses[n++] = f.pc + interrupted;
	}
	if (n == 0)
		w->addresses[n++] = (uint64_t)caller;
	return n;
}
