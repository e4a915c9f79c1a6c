/* SPDX-License-Identifier: Apache-2.0 */
/* What a loaded object's imports are bound to: the words that its relocations have filled in. */
#ifndef HOOK_SLOTS_H
#define HOOK_SLOTS_H

#include <link.h>

/*
 * `change` is called with the name of each import and what it is bound to, and returns what to bind
 * it to instead, or NULL. Imports that are bound with their first call may not be bound yet.
 */
void hook_slots_replace(const struct link_map *map, void *(*change)(const char *name, void *bound));

#endif
