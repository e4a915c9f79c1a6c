/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A driver that does what a test says: every function of the table notes its call and answers
 * success, unless the test gave it another answer, outputs, or a function of its own.
 *
 * Functions are named as the fields of struct drv_table: script_answer(cuMemAlloc, ...). Only
 * integer and pointer arguments are seen, as 64-bit words; a `float` is not. A test that gives a
 * function more than SCRIPT_ARGS arguments reads the first ones.
 */
#ifndef RUNTIME_SCRIPT_DRIVER_H
#define RUNTIME_SCRIPT_DRIVER_H

#include <stddef.h>
#include <stdint.h>

#include "driver/driver.h"

#define SCRIPT_ARGS 12

#define SCRIPT_FIELD(function) ((int)(offsetof(struct drv_table, function) / sizeof(void *)))

struct script_call {
	int field;
	uint64_t args[SCRIPT_ARGS]; /* a 32-bit argument: its upper half means nothing */
};

/*
 * Installs the script: no calls noted, every answer success. One device and a current context
 * (SCRIPT_CONTEXT on device 0) are there already. For a fixture's setup.
 */
void script_install(void);

#define SCRIPT_CONTEXT ((CUcontext)0xc0de00)

/* The result from now on; outputs are written with success only. */
#define script_answer(function, result) script_set_answer(SCRIPT_FIELD(function), (result))

/* On success, *argument number `arg` (from 0) = `value`, `size` bytes of it. */
#define script_output(function, arg, value, size) \
	script_set_output(SCRIPT_FIELD(function), (arg), (uint64_t)(value), (size))

/* What the call does instead; it is noted all the same. */
#define script_hook(function, hook) script_set_hook(SCRIPT_FIELD(function), (hook))

/* How often it was called, its newest call, and one counted from 0 in the order of calls. */
#define script_count(function)  script_field_count(SCRIPT_FIELD(function))
#define script_last(function)   script_field_last(SCRIPT_FIELD(function))
#define script_nth(function, n) script_field_nth(SCRIPT_FIELD(function), (n))

/* Argument `arg` of the newest call. */
#define script_arg(function, arg) (script_last(function)->args[arg])

/* All calls in order, but for the driver's current-context query that most calls begin with. */
int script_calls(void);
void script_forget_calls(void);

void script_set_answer(int field, CUresult result);
void script_set_output(int field, int arg, uint64_t value, size_t size);
void script_set_hook(int field, CUresult (*hook)(const uint64_t *args));
int script_field_count(int field);
const struct script_call *script_field_last(int field);
const struct script_call *script_field_nth(int field, int n);

#endif
