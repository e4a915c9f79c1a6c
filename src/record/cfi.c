/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading .eh_frame: the Linux Standard Base's form of DWARF's call frame information, found by the
 * sorted table in .eh_frame_hdr. Nothing in it is believed: every byte that is read lies in a
 * segment of the module that can be read. No allocation, and little stack: a signal handler's may
 * be small.
 *
 * Only the rules of three registers are followed (stack and frame pointer, return address), and of
 * expressions only the one form that compilers use for realigned stacks: what the frame pointer
 * points at. A frame that needs more ends the stack.
 */
#include "record/cfi.h"

#include <stddef.h>
#include <string.h>

#include "util/arch.h"

/* ---- bytes --------------------------------------------------------------------------------- */

struct bytes {
	const uint8_t *at;
	const uint8_t *end;
	bool bad; /* more was read than there is */
};

static void get(struct bytes *b, void *value, size_t size)
{
	memset(value, 0, size);
	if ((size_t)(b->end - b->at) < size) {
		b->bad = true;
		b->at = b->end;
		return;
	}
	memcpy(value, b->at, size);
	b->at += size;
}

static uint64_t get_unsigned(struct bytes *b, size_t size)
{
	uint64_t value = 0;

	get(b, &value, size);
	return value;
}

static int64_t get_signed(struct bytes *b, size_t size)
{
	unsigned int unused = 64 - 8 * (unsigned int)size;

	return (int64_t)(get_unsigned(b, size) << unused) >> unused;
}

static uint64_t get_leb(struct bytes *b, bool is_signed)
{
	uint64_t value = 0, byte;
	unsigned int shift = 0;

	do {
		byte = get_unsigned(b, 1);
		if (shift < 64)
			value |= (byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80 && !b->bad);
	if (is_signed && shift < 64 && byte & 0x40)
		value |= ~0ull << shift;
	return value;
}

static uint64_t get_uleb(struct bytes *b)
{
	return get_leb(b, false);
}

static int64_t get_sleb(struct bytes *b)
{
	return (int64_t)get_leb(b, true);
}

static void skip(struct bytes *b, uint64_t size)
{
	if ((uint64_t)(b->end - b->at) < size) {
		b->bad = true;
		size = (uint64_t)(b->end - b->at);
	}
	b->at += size;
}

/* DW_EH_PE_*: the low half of an encoding is the form, the next three bits what it counts from. */
#define PE_PCREL 0x10
#define PE_OMIT  0xff

static uint64_t get_encoded(struct bytes *b, unsigned int encoding)
{
	uint64_t from = (encoding & 0x70) == PE_PCREL ? (uint64_t)b->at : 0, value;

	switch (encoding & 0x0f) {
	case 0x00: /* absolute */
	case 0x04: /* udata8 */
	case 0x0c: /* sdata8 */
		value = get_unsigned(b, 8);
		break;
	case 0x02:
		value = get_unsigned(b, 2);
		break;
	case 0x03:
		value = get_unsigned(b, 4);
		break;
	case 0x0a:
		value = (uint64_t)get_signed(b, 2);
		break;
	case 0x0b:
		value = (uint64_t)get_signed(b, 4);
		break;
	default:
		b->bad = true;
		return 0;
	}
	if ((encoding & 0x70) != 0 && (encoding & 0x70) != PE_PCREL)
		b->bad = true;
	return value + from;
}

/* ---- entries ------------------------------------------------------------------------------- */

/* What a common information entry says of the descriptions that refer to it. */
struct common {
	uint64_t code_align;
	int64_t data_align;
	unsigned int encoding; /* of code addresses */
	bool augmented;
	bool is_signal;
	struct bytes program;
};

/* The contents of the entry at `at`, without its length. */
static bool open_entry(const struct rec_module *m, uint64_t at, struct bytes *b)
{
	uint32_t length;

	if (!rec_module_holds(m, at, sizeof(length), PF_R))
		return false;
	memcpy(&length, (const void *)at, sizeof(length));
	/* 0 ends the section, and all ones say that the length does not fit. */
	if (length < 4 || length == UINT32_MAX ||
	    !rec_module_holds(m, at + sizeof(length), length, PF_R))
		return false;
	b->at = (const uint8_t *)at + sizeof(length);
	b->end = b->at + length;
	b->bad = false;
	return true;
}

/* The letters behind the z, and what each of them brings. */
static void read_augmentation(struct bytes *b, const char *letters, struct common *c)
{
	uint64_t size = get_uleb(b);
	const uint8_t *end = b->at + size;

	if ((uint64_t)(b->end - b->at) < size) {
		b->bad = true;
		return;
	}
	for (; *letters && !b->bad; letters++) {
		if (*letters == 'R')
			c->encoding = (unsigned int)get_unsigned(b, 1);
		else if (*letters == 'L')
			skip(b, 1);
		else if (*letters == 'S')
			c->is_signal = true;
		else if (*letters == 'P')
			/* Not called, so that an indirect one need not be looked up. */
			get_encoded(b, (unsigned int)get_unsigned(b, 1) & 0x0f);
	}
	b->at = end;
}

static bool read_common(const struct rec_module *m, uint64_t at, struct common *c)
{
	const char *letters;
	unsigned int version;
	struct bytes b;

	*c = (struct common){ .encoding = 0 };
	if (!open_entry(m, at, &b) || get_unsigned(&b, 4) != 0)
		return false;
	version = (unsigned int)get_unsigned(&b, 1);
	letters = (const char *)b.at;
	while (get_unsigned(&b, 1) != 0)
		;
	if (b.bad || (version != 1 && version != 3))
		return false;
	c->code_align = get_uleb(&b);
	c->data_align = get_sleb(&b);
	if ((version == 1 ? get_unsigned(&b, 1) : get_uleb(&b)) != ARCH_DWARF_RA)
		return false;
	if (*letters == 'z') {
		c->augmented = true;
		read_augmentation(&b, letters + 1, c);
	} else if (*letters) {
		return false;
	}
	c->program = b;
	return !b.bad;
}

/* ---- the program of a description ---------------------------------------------------------- */

enum place_kind {
	PLACE_SAME = 0,
	PLACE_AT_CFA,
	PLACE_AT_FP,
	PLACE_NONE /* not to be known */
};

struct place {
	int8_t kind;
	int32_t offset;
};

/* One row of the table that the program describes. */
struct row {
	int8_t cfa_base; /* ARCH_DWARF_SP, _FP, or -1 */
	bool indirect;
	int32_t cfa_offset;
	struct place fp, ra;
};

#define REMEMBERED 6

struct machine {
	const struct common *common;
	struct row row, initial, remembered[REMEMBERED];
	unsigned int depth;
	uint64_t at; /* code address that the row holds from */
};

static struct place *place_of(struct row *row, uint64_t reg)
{
	if (reg == ARCH_DWARF_FP)
		return &row->fp;
	return reg == ARCH_DWARF_RA ? &row->ra : NULL;
}

static void set_place(struct row *row, uint64_t reg, enum place_kind kind, int64_t offset)
{
	struct place *place = place_of(row, reg);

	if (place)
		*place = (struct place){ .kind = (int8_t)kind, .offset = (int32_t)offset };
}

static void restore(struct machine *m, uint64_t reg)
{
	struct place *place = place_of(&m->row, reg);

	if (place)
		*place = *place_of(&m->initial, reg);
}

static void set_base(struct row *row, uint64_t reg)
{
	row->cfa_base = reg == ARCH_DWARF_SP || reg == ARCH_DWARF_FP ? (int8_t)reg : -1;
	row->indirect = false;
}

/* A base register and an offset, DW_OP_bregN; `deref`: followed by DW_OP_deref. */
static bool read_breg(struct bytes *b, bool deref, unsigned int *reg, int64_t *offset)
{
	uint64_t size = get_uleb(b);
	struct bytes e = { .at = b->at, .end = b->at + size };
	unsigned int op;

	skip(b, size);
	if (b->bad)
		return false;
	op = (unsigned int)get_unsigned(&e, 1);
	*offset = get_sleb(&e);
	*reg = op - 0x70;
	if (op < 0x70 || op > 0x8f || (deref && get_unsigned(&e, 1) != 0x06))
		return false;
	return !e.bad && e.at == e.end;
}

static void cfa_expression(struct row *row, struct bytes *b)
{
	unsigned int reg;
	int64_t offset;

	row->cfa_base = -1;
	if (!read_breg(b, true, &reg, &offset))
		return;
	set_base(row, reg);
	row->indirect = true;
	row->cfa_offset = (int32_t)offset;
}

static void place_expression(struct row *row, uint64_t place, struct bytes *b)
{
	unsigned int reg;
	int64_t offset;

	if (read_breg(b, false, &reg, &offset) && reg == ARCH_DWARF_FP && place == ARCH_DWARF_FP)
		set_place(row, place, PLACE_AT_FP, offset);
	else
		set_place(row, place, PLACE_NONE, 0);
}

/* The instructions that have an operand in their first byte. False: it is none of them. */
static bool run_short(struct machine *m, struct bytes *b, unsigned int op)
{
	switch (op & 0xc0) {
	case 0x40: /* advance_loc */
		m->at += (op & 0x3f) * m->common->code_align;
		return true;
	case 0x80: /* offset */
		set_place(&m->row, op & 0x3f, PLACE_AT_CFA,
			  (int64_t)get_uleb(b) * m->common->data_align);
		return true;
	case 0xc0:
		restore(m, op & 0x3f);
		return true;
	default:
		return false;
	}
}

/* The instructions about the CFA. False: it is none of them. */
static bool run_cfa(struct machine *m, struct bytes *b, unsigned int op)
{
	struct row *row = &m->row;

	switch (op) {
	case 0x0c: /* def_cfa */
		set_base(row, get_uleb(b));
		row->cfa_offset = (int32_t)get_uleb(b);
		return true;
	case 0x12: /* def_cfa_sf */
		set_base(row, get_uleb(b));
		row->cfa_offset = (int32_t)(get_sleb(b) * m->common->data_align);
		return true;
	case 0x0d: /* def_cfa_register */
		set_base(row, get_uleb(b));
		return true;
	case 0x0e: /* def_cfa_offset */
		row->cfa_offset = (int32_t)get_uleb(b);
		return true;
	case 0x13: /* def_cfa_offset_sf */
		row->cfa_offset = (int32_t)(get_sleb(b) * m->common->data_align);
		return true;
	case 0x0f:
		cfa_expression(row, b);
		return true;
	default:
		return false;
	}
}

/* The instructions about other registers. False: it is none of them. */
static bool run_register(struct machine *m, struct bytes *b, unsigned int op)
{
	int64_t align = m->common->data_align;
	uint64_t reg = get_uleb(b);

	switch (op) {
	case 0x05: /* offset_extended */
		set_place(&m->row, reg, PLACE_AT_CFA, (int64_t)get_uleb(b) * align);
		return true;
	case 0x11: /* offset_extended_sf */
		set_place(&m->row, reg, PLACE_AT_CFA, get_sleb(b) * align);
		return true;
	case 0x2f: /* negative_offset_extended */
		set_place(&m->row, reg, PLACE_AT_CFA, -(int64_t)get_uleb(b) * align);
		return true;
	case 0x06: /* restore_extended */
		restore(m, reg);
		return true;
	case 0x07: /* undefined */
		set_place(&m->row, reg, PLACE_NONE, 0);
		return true;
	case 0x08: /* same_value */
		set_place(&m->row, reg, PLACE_SAME, 0);
		return true;
	case 0x09: /* register */
	case 0x14: /* val_offset */
	case 0x15: /* val_offset_sf */
		get_uleb(b);
		set_place(&m->row, reg, PLACE_NONE, 0);
		return true;
	case 0x10: /* expression */
		place_expression(&m->row, reg, b);
		return true;
	case 0x16: /* val_expression */
		skip(b, get_uleb(b));
		set_place(&m->row, reg, PLACE_NONE, 0);
		return true;
	default:
		return false;
	}
}

/* The rest. False: an instruction that is not known, whose length is not either. */
static bool run_other(struct machine *m, struct bytes *b, unsigned int op)
{
	switch (op) {
	case 0x00: /* nop */
	case 0x2d: /* of the processor: signing of return addresses */
		return true;
	case 0x01: /* set_loc */
		m->at = get_encoded(b, m->common->encoding);
		return true;
	case 0x02: /* advance_loc1, 2, 4 */
	case 0x03:
	case 0x04:
		m->at += get_unsigned(b, 1u << (op - 2)) * m->common->code_align;
		return true;
	case 0x0a: /* remember_state */
		if (m->depth == REMEMBERED)
			return false;
		m->remembered[m->depth++] = m->row;
		return true;
	case 0x0b: /* restore_state */
		if (!m->depth)
			return false;
		m->row = m->remembered[--m->depth];
		return true;
	case 0x2e: /* args_size */
		get_uleb(b);
		return true;
	default:
		return run_register(m, b, op);
	}
}

/* Up to the row that holds at `pc`. */
static bool run(struct machine *m, struct bytes b, uint64_t pc)
{
	while (b.at < b.end && m->at <= pc) {
		unsigned int op = (unsigned int)get_unsigned(&b, 1);

		if (!run_short(m, &b, op) && !run_cfa(m, &b, op) && !run_other(m, &b, op))
			return false;
		if (b.bad)
			return false;
	}
	return true;
}

/* ---- from a row to a rule ------------------------------------------------------------------ */

static bool fits(int64_t value, unsigned int bits)
{
	return value >= -(1ll << (bits - 1)) && value < 1ll << (bits - 1);
}

static void make_rule(const struct row *row, struct rec_rule *rule)
{
	static const uint8_t fp_kinds[] = { [PLACE_SAME] = REC_FP_SAME,
					    [PLACE_AT_CFA] = REC_FP_AT_CFA,
					    [PLACE_AT_FP] = REC_FP_AT_FP,
					    [PLACE_NONE] = REC_FP_LOST };

	*rule = (struct rec_rule){ .kind = REC_RULE_CFI, .fp = REC_FP_LOST };
	if (row->cfa_base < 0 || !fits(row->cfa_offset, 22) || row->ra.kind != PLACE_AT_CFA ||
	    !fits(row->ra.offset, 16))
		return;
	rule->from_fp = row->cfa_base == ARCH_DWARF_FP;
	rule->indirect = row->indirect;
	rule->cfa_offset = row->cfa_offset;
	rule->has_ra = 1;
	rule->ra_offset = row->ra.offset;
	if (!fits(row->fp.offset, 16))
		return;
	rule->fp = fp_kinds[row->fp.kind];
	rule->fp_offset = row->fp.offset;
}

/* ---- finding a description ----------------------------------------------------------------- */

/* The table's form as linkers write it: pairs of 32-bit distances from the header. */
#define TABLE_FORM 0x3b03

struct pair {
	int32_t code;
	int32_t description;
};

/* The description of the function that begins last at or before `pc`; 0: there is none. */
static uint64_t search(const struct rec_module *m, uint64_t pc)
{
	const Elf64_Phdr *segment = rec_module_segment(m, PT_GNU_EH_FRAME);
	const struct pair *table;
	uint64_t header, low = 0, high;
	uint8_t head[12];
	uint32_t count;

	if (!segment)
		return 0;
	header = m->bias + segment->p_vaddr;
	if (!rec_module_holds(m, header, sizeof(head), PF_R))
		return 0;
	memcpy(head, (const void *)header, sizeof(head));
	memcpy(&count, head + 8, sizeof(count));
	/* version; encodings of the section's address (4 bytes), the count, the table */
	if (head[0] != 1 || (head[1] & 0x07) != 0x03 || (head[3] << 8 | head[2]) != TABLE_FORM ||
	    !rec_module_holds(m, header + sizeof(head), count * sizeof(*table), PF_R))
		return 0;
	table = (const struct pair *)(header + sizeof(head));
	for (high = count; low < high;) {
		uint64_t middle = low + (high - low) / 2;

		if (header + (uint64_t)(int64_t)table[middle].code <= pc)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? header + (uint64_t)(int64_t)table[low - 1].description : 0;
}

/* Its code's beginning and length, and the program that follows. */
static bool read_description(const struct rec_module *m, uint64_t at, struct common *common,
			     struct bytes *b, uint64_t *begin, uint64_t *size)
{
	uint64_t here;

	if (!open_entry(m, at, b))
		return false;
	here = (uint64_t)b->at;
	if (!read_common(m, here - get_unsigned(b, 4), common))
		return false;
	*begin = get_encoded(b, common->encoding);
	*size = get_encoded(b, common->encoding & 0x0f);
	if (common->augmented)
		skip(b, get_uleb(b));
	return !b->bad;
}

bool rec_cfi_find(const struct rec_module *m, uint64_t pc, struct rec_rule *rule)
{
	uint64_t description = search(m, pc), begin, size;
	struct common common;
	struct machine machine = { .common = &common };
	struct bytes program;

	if (!description || !read_description(m, description, &common, &program, &begin, &size) ||
	    pc - begin >= size)
		return false;
	*rule = (struct rec_rule){ .kind = REC_RULE_SIGNAL };
	if (common.is_signal)
		return true;
	*rule = (struct rec_rule){ .kind = REC_RULE_CFI, .fp = REC_FP_LOST };
	machine.row.cfa_base = -1;
	machine.at = begin;
	if (!run(&machine, common.program, pc))
		return true;
	machine.initial = machine.row;
	if (run(&machine, program, pc))
		make_rule(&machine.row, rule);
	return true;
}
