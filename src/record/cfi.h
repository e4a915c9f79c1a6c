/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Call frame information: what a module's .eh_frame says about a place in its code.
 */
#ifndef RECORD_CFI_H
#define RECORD_CFI_H

#include <stdbool.h>
#include <stdint.h>

#include "record/module.h"
#include "record/rule.h"

/*
 * Fills in what the tables say of `pc`; false if they do not speak of it. What they say may be
 * wrong, and may be more than a rule can hold: then it ends the stack (has_ra is 0).
 */
bool rec_cfi_find(const struct rec_module *m, uint64_t pc, struct rec_rule *rule);

#endif
