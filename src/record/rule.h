/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How to get from a frame to the one that called it, for all frames at one place in the code. Small
 * enough for a word, so that it can be kept where several threads look at it without a lock.
 *
 * The canonical frame address (CFA) is what the stack pointer was before the call, as in DWARF.
 */
#ifndef RECORD_RULE_H
#define RECORD_RULE_H

#include <stdint.h>

enum rec_rule_kind {
	REC_RULE_NONE = 0, /* no code, or nothing above it */
	REC_RULE_CFI,      /* known from the module's tables */
	REC_RULE_SIGNAL,   /* where handlers return to: the kernel has saved all registers */
	REC_RULE_GUESS     /* code without tables */
};

enum rec_rule_fp {
	REC_FP_SAME = 0,
	REC_FP_AT_CFA, /* saved at CFA + fp_offset */
	REC_FP_AT_FP,  /* saved at what the register now holds + fp_offset */
	REC_FP_LOST
};

struct rec_rule {
	uint64_t kind : 3;      /* enum rec_rule_kind */
	uint64_t from_fp : 1;   /* the CFA counts from the frame pointer, else the stack pointer */
	uint64_t indirect : 1;  /* and lies in memory there */
	uint64_t fp : 2;        /* enum rec_rule_fp */
	uint64_t has_ra : 1;    /* the return address is at CFA + ra_offset; else it ends here */
	uint64_t is_called : 1; /* a call stands before: what a return address must look like */
	int64_t cfa_offset : 22;
	int64_t fp_offset : 16;
	int64_t ra_offset : 16;
};

_Static_assert(sizeof(struct rec_rule) == sizeof(uint64_t), "a rule is a word");

#endif
