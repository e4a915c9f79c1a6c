/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver's exported functions, one form for each symbol, sorted by it, and what is handed out
 * in their place. Generated from driver.tbl (scripts/driverwrappers.py).
 */
#ifndef HOOK_DRIVER_FORMS_H
#define HOOK_DRIVER_FORMS_H

#include <stdint.h>

#pragma GCC visibility push(hidden)

struct hook_driver_form {
	uint16_t symbol;  /* offset of "cuMemAlloc_v2" in hook_driver_names */
	uint16_t name;    /* of "cuMemAlloc" */
	uint16_t version; /* in which this ABI entered: 3020 */
	uint16_t per_thread;
};

extern const unsigned int hook_driver_form_count;
extern const struct hook_driver_form hook_driver_forms[];
extern const char hook_driver_names[];
extern void (*const hook_driver_wrappers[])(void);

/* What the driver itself has; NULL: not known, and then the wrapper was given to nobody. */
extern void *hook_driver_originals[];

#pragma GCC visibility pop

#endif
